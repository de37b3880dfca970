/* Rows of a list, one face for CSV and XLSX; see sheet.h. */
#include "refine/file/sheet.h"

#include "refine/file/inside.h"
#include "refine/file/kept.h"

#include <stdlib.h>
#include <string.h>

#define SHEET_BYTES_MAX ((size_t)1536 << 20)

enum { HEAD_CELL_BYTES = 4096 };

static void csv_bad(struct sheet *s, enum error_code code, struct sheet_row *ret)
{
    s->cells[0] = s->csv.raw;
    *ret = (struct sheet_row){ .number = s->csv.line, .cells = s->cells, .count = 0, .raw = s->csv.raw, .bad = code };
}

static bool row_is_empty(const struct sheet_row *r)
{
    for (size_t i = 0; i < r->count; i++)
        if (str_trim(r->cells[i]).len)
            return false;
    return r->bad == ERR_OK;
}

/* UTF-8 must be so in each row; a NUL stands in no text of any encoding. */
static enum error_code row_judge(const struct sheet *s, const struct sheet_row *r)
{
    if (r->raw.len && memchr(r->raw.ptr, 0, r->raw.len))
        return ERR_TEXT_CONTROL;
    if (s->utf8 && s->kind == FILE_CSV && !text_is_utf8(r->raw))
        return ERR_TEXT_NOT_UTF8;
    return ERR_OK;
}

static STATUS row_read_csv(struct sheet *s, struct sheet_row *ret, bool *ret_more)
{
    size_t count;
    status st = csv_next(&s->csv, s->cells, SHEET_COLUMNS_MAX, &count, ret_more);

    if (!status_ok(st)) {
        enum error_code code = (enum error_code)st.code;
        fault_clear();
        *ret_more = true;
        csv_bad(s, code, ret);
        return OK;
    }
    *ret = (struct sheet_row){ .number = s->csv.line, .cells = s->cells, .count = count, .raw = s->csv.raw };
    ret->bad = row_judge(s, ret);
    return OK;
}

static STATUS row_read_xlsx(struct sheet *s, struct sheet_row *ret, bool *ret_more)
{
    struct xlsx_row row;

    if (s->kept && kept_is_whole(s->kept)) {
        *ret_more = kept_next(s->kept, &row);
    } else {
        TRY(xlsx_next(s->xlsx, &row, ret_more));
        if (s->kept && *ret_more)
            kept_add(s->kept, &row);
        else if (s->kept)
            kept_finish(s->kept);
    }
    if (!*ret_more)
        return OK;
    *ret = (struct sheet_row){ .number = row.number, .cells = row.cells, .count = row.count, .bad = row.bad };
    memcpy(ret->dates, row.dates, sizeof ret->dates);
    return OK;
}

static STATUS row_read(struct sheet *s, struct sheet_row *ret, bool *ret_more)
{
    do {
        TRY(s->kind == FILE_CSV ? row_read_csv(s, ret, ret_more) : row_read_xlsx(s, ret, ret_more));
    } while (*ret_more && row_is_empty(ret));
    return OK;
}

static STATUS rows_start(struct sheet *s)
{
    if (s->kind == FILE_CSV) {
        csv_done(&s->csv);
        csv_start(&s->csv, s->text, s->delimiter);
        s->delimiter = s->csv.delimiter;
        return OK;
    }
    if (s->kept && kept_is_whole(s->kept)) {
        kept_rewind(s->kept);
        return OK;
    }
    kept_free(s->kept);
    s->kept = s->head_count ? kept_new() : NULL; /* not of the pass that only looks at the head */
    if (s->xlsx)
        return xlsx_rewind(s->xlsx);
    TRY(xlsx_open(s->bytes, s->sheet_name, &s->xlsx));
    s->sheet_name = arena_str(s->arena, xlsx_sheet(s->xlsx));
    return OK;
}

static void head_keep(struct sheet *s, const struct sheet_row *row)
{
    struct sheet_row *kept = &s->head[s->head_count++];
    str *cells = ARENA_ARRAY(s->arena, str, row->count + 1);

    *kept = *row;
    for (size_t i = 0; i < row->count; i++) {
        str cell = row->cells[i];
        cells[i] = cell.ptr == xlsx_formula ? cell : arena_str(s->arena, str_slice(cell, 0, HEAD_CELL_BYTES));
    }
    kept->cells = cells;
    if (row->count > s->column_count)
        s->column_count = row->count;
}

/* No row of it can be read: the first one says why. */
static STATUS head_bad(const struct sheet *s)
{
    status st = s->head[0].bad == ERR_CSV_COLUMNS ? FAIL_AT(CSV_COLUMNS, STR("file")) : FAIL(FILE_BROKEN);

    fault_place(s->head[0].number, 0);
    return st;
}

static STATUS head_read(struct sheet *s)
{
    struct sheet_row row;
    bool more = true;

    s->head = ARENA_ARRAY(s->arena, struct sheet_row, SHEET_HEAD_ROWS);
    while (s->head_count < SHEET_HEAD_ROWS) {
        TRY(row_read(s, &row, &more));
        if (!more)
            break;
        head_keep(s, &row);
    }
    s->rows_told = s->kind == FILE_XLSX ? xlsx_rows_expected(s->xlsx) : 0;
    if (!s->head_count)
        return FAIL(FILE_EMPTY);
    return s->column_count ? OK : head_bad(s);
}

STATUS sheet_open(str bytes, day today, const struct sheet_options *o, struct sheet **ret)
{
    struct sheet *s DEFER(sheet_done) = calloc(1, sizeof *s);

    MUST(s);
    s->arena = arena_new(SHEET_BYTES_MAX);
    s->bytes = bytes;
    s->habits.today = today;
    s->sheet_name = arena_str(s->arena, o->sheet);
    TRY(kind_of(bytes, &s->kind));
    TRY(text_prepare(s, o->encoding));
    TRY(rows_start(s));
    TRY(head_read(s));
    TRY(columns_encoding(s, o->encoding));
    TRY(columns_map(s, o->map));
    TRY(sheet_rewind(s));
    *ret = s;
    s = NULL;
    return OK;
}

void sheet_done(struct sheet **at)
{
    struct sheet *s = *at;

    if (!s)
        return;
    csv_done(&s->csv);
    xlsx_done(&s->xlsx);
    kept_free(s->kept);
    arena_free(s->arena);
    free(s);
    *at = NULL;
}

STATUS sheet_rewind(struct sheet *s) { return rows_start(s); }

int64_t sheet_rows_expected(const struct sheet *s)
{
    int64_t lines = s->kind == FILE_XLSX ? s->rows_told : 1;
    const char *p = s->text.ptr, *end = p + s->text.len;

    while (s->kind == FILE_CSV && p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
        lines++;
        p++;
    }
    return lines > s->data_after ? lines - s->data_after : 0;
}

/* A row that is longer than the header has slipped: no cell of it can be trusted. Of a CSV, so has one too short for its
 * roles, but for the trailing columns that hold none. */
static enum error_code row_shape(const struct sheet *s, const struct sheet_row *r)
{
    size_t needed = 0;

    for (size_t i = s->column_count; i < r->count; i++)
        if (str_trim(r->cells[i]).len)
            return ERR_CSV_COLUMNS;
    for (int i = COLUMN_NONE + 1; i <= COLUMN_SEX; i++)
        if (s->of_role[i] >= 0 && (size_t)s->of_role[i] + 1 > needed)
            needed = (size_t)s->of_role[i] + 1;
    return s->kind == FILE_CSV && r->count < needed ? ERR_CSV_COLUMNS : ERR_OK;
}

STATUS sheet_next(struct sheet *s, struct sheet_row *ret, bool *ret_more)
{
    do {
        TRY(row_read(s, ret, ret_more));
    } while (*ret_more && ret->number <= s->data_after);
    if (*ret_more && ret->bad == ERR_OK)
        ret->bad = row_shape(s, ret);
    return OK;
}

str sheet_cell(const struct sheet *s, struct arena *a, const struct sheet_row *row, enum column_role role)
{
    int column = s->of_role[role];

    if (column < 0 || (size_t)column >= row->count)
        return (str){ 0 };
    if (row->cells[column].ptr == xlsx_formula)
        return row->cells[column];
    return sheet_decode(s, a, (size_t)column, row->cells[column]);
}
