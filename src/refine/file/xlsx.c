/* The sheet behind xlsx.h. The parser stops itself at the end of each row and goes on at the next call, so that one row is
 * held at a time. */
#include "refine/file/xlsx.h"

#include "base/csv.h"
#include "refine/file/workbook.h"
#include "refine/file/xml.h"
#include "viet/encoding/encoding.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BOOK_BYTES_MAX ((size_t)900 << 20)

enum { ROWS_MAX = 1 << 21, DAYS_1900_TO_1970 = 25569, DAYS_1904_TO_1970 = 24107, LEAP_BUG_UNTIL = 60 };

const char xlsx_formula[] = "=";

enum cell_kind { CELL_NUMBER, CELL_SHARED, CELL_TEXT, CELL_BOOL };

/* Of a cell: a span of the row's text, or a text that lives elsewhere. */
struct cell {
    size_t from, len;
    const char *shared;
    bool date;
};

struct xlsx {
    struct xml_guard guard; /* first */
    struct archive *archive;
    struct entry *entry;
    struct arena *arena;
    struct workbook book;
    struct buf text; /* of the row under way */
    struct cell cells[XLSX_COLUMNS_MAX];
    str row_cells[XLSX_COLUMNS_MAX];
    size_t count;
    int64_t row, rows, expected;
    enum error_code row_bad;
    /* the cell under way */
    int column, style;
    enum cell_kind kind;
    size_t cell_from;
    bool in_row, in_value, in_phonetic, has_formula, has_value, row_ready, filled, ended;
};

str xlsx_sheet(const struct xlsx *x) { return x->book.sheet; }
int64_t xlsx_rows_expected(const struct xlsx *x) { return x->expected; }

/* "BC12": column 54; -1 if it is no place. */
static int column_of(const char *place)
{
    int n = 0;

    if (!place || *place < 'A' || *place > 'Z')
        return -1;
    for (; *place >= 'A' && *place <= 'Z' && n < 100000; place++)
        n = n * 26 + (*place - 'A' + 1);
    return n - 1;
}

/* "A1:H5001": 5001. */
static int64_t last_row_of(const char *range)
{
    str rest = str_of(range), first;
    int64_t n = 0;

    if (!str_cut(&rest, ':', &first))
        return 0;
    while (rest.len && !(rest.ptr[0] >= '0' && rest.ptr[0] <= '9'))
        rest = str_from(rest, 1);
    return str_i64(rest, &n) && n > 0 && n < ROWS_MAX ? n : 0;
}

static void row_open(struct xlsx *x, const char *number)
{
    int64_t n;

    x->row = number && str_i64(str_of(number), &n) && n > x->row ? n : x->row + 1;
    x->in_row = true;
    x->count = 0;
    x->column = -1;
    x->row_bad = ERR_OK;
    x->filled = false;
    buf_clear(&x->text);
}

static void cell_open(struct xlsx *x, const char *const *list)
{
    const char *type = xml_attribute(list, "t"), *style = xml_attribute(list, "s");
    int64_t n;

    int column = column_of(xml_attribute(list, "r"));
    x->column = column >= 0 ? column : x->column + 1;
    x->style = style && str_i64(str_of(style), &n) && n >= 0 && n < INT32_MAX ? (int)n : 0;
    x->kind = !type || strcmp(type, "n") == 0 ? CELL_NUMBER : strcmp(type, "s") == 0 ? CELL_SHARED : strcmp(type, "b") == 0 ? CELL_BOOL : CELL_TEXT;
    x->has_formula = x->has_value = x->in_phonetic = false;
    x->cell_from = x->text.len;
}

static void XMLCALL sheet_start(void *with, const char *name, const char **attributes)
{
    struct xlsx *x = with;
    const char *const *list = (const char *const *)attributes;

    name = xml_local(name);
    if (strcmp(name, "row") == 0)
        row_open(x, xml_attribute(list, "r"));
    else if (strcmp(name, "dimension") == 0)
        x->expected = last_row_of(xml_attribute(list, "ref"));
    else if (!x->in_row)
        return;
    else if (strcmp(name, "c") == 0)
        cell_open(x, list);
    else if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
        x->in_value = x->has_value = !x->in_phonetic;
    else if (strcmp(name, "f") == 0)
        x->has_formula = true;
    else if (strcmp(name, "rPh") == 0)
        x->in_phonetic = true;
}

static void XMLCALL sheet_text(void *with, const char *bytes, int len)
{
    struct xlsx *x = with;

    if (x->in_value && x->text.len - x->cell_from <= CSV_CELL_BYTES_MAX)
        buf_bytes(&x->text, bytes, (size_t)len);
}

/* A serial day becomes its ISO date, a whole number its digits (a long one may be stored as 1.0E10). */
static void number_settle(struct xlsx *x, struct cell *c)
{
    str raw = str_slice(buf_str(&x->text), c->from, c->from + c->len);
    bool date = (size_t)x->style < x->book.style_count && x->book.date_styles[x->style];
    double n;

    if (!str_f64(raw, &n) || !(fabs(n) < 1e15))
        return;
    c->date = date && n >= 1 && n < 2958466;
    if (c->date) {
        int32_t days = (int32_t)n - (x->book.epoch_1904 ? DAYS_1904_TO_1970 : DAYS_1900_TO_1970);
        if (!x->book.epoch_1904 && (int32_t)n < LEAP_BUG_UNTIL)
            days++;
        x->text.len = c->from;
        day_iso(day_from_number(days), &x->text);
    } else if (n == floor(n) && !str_is_digits(raw)) {
        x->text.len = c->from;
        buf_i64(&x->text, (int64_t)n);
    }
}

static void cell_settle(struct xlsx *x, struct cell *c)
{
    bool capitals = (size_t)x->style < x->book.style_count && x->book.capital_styles[x->style];
    int64_t n;

    if (x->has_formula && !x->has_value) {
        c->shared = xlsx_formula;
        c->len = 1;
    } else if (x->kind == CELL_SHARED) {
        bool known = str_i64(str_slice(buf_str(&x->text), c->from, c->from + c->len), &n) && n >= 0 && (size_t)n < x->book.text_count;
        str text = known ? workbook_text(&x->book, (size_t)n, capitals) : (str){ 0 };
        c->shared = text.ptr ? text.ptr : "";
        c->len = text.len;
    } else if (x->kind == CELL_NUMBER) {
        number_settle(x, c);
        c->len = x->text.len - c->from;
    } else if (capitals && c->len) {
        encoding_raise(x->text.ptr + c->from, c->len);
    }
    if (c->len > CSV_CELL_BYTES_MAX)
        x->row_bad = ERR_CELL_TOO_LARGE;
}

static void cell_close(struct xlsx *x)
{
    struct cell c = { .from = x->cell_from, .len = x->text.len - x->cell_from };

    cell_settle(x, &c);
    if (!c.len)
        return;
    x->filled = true;
    if (x->column >= XLSX_COLUMNS_MAX) {
        x->row_bad = ERR_CSV_COLUMNS;
        return;
    }
    while (x->count <= (size_t)x->column)
        x->cells[x->count++] = (struct cell){ 0 };
    x->cells[x->column] = c;
}

static void XMLCALL sheet_end(void *with, const char *name)
{
    struct xlsx *x = with;

    name = xml_local(name);
    if (!x->in_row)
        return;
    if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0) {
        x->in_value = false;
    } else if (strcmp(name, "rPh") == 0) {
        x->in_phonetic = false;
    } else if (strcmp(name, "c") == 0) {
        cell_close(x);
    } else if (strcmp(name, "row") == 0) {
        x->in_row = false;
        if (x->filled) {
            x->row_ready = true;
            XML_StopParser(x->guard.parser, XML_TRUE);
        }
    }
}

STATUS xlsx_rewind(struct xlsx *x)
{
    static const struct xml_handlers handlers = { sheet_start, sheet_end, sheet_text };

    xml_stop(&x->guard);
    archive_entry_done(&x->entry);
    TRY(archive_entry(x->archive, x->book.sheet_entry, &x->entry));
    if (!x->entry)
        return FAIL(FILE_BROKEN);
    x->row = x->rows = 0;
    x->in_row = x->in_value = x->row_ready = x->ended = false;
    xml_start(&x->guard, &handlers);
    return OK;
}

STATUS xlsx_open(str bytes, str sheet, struct xlsx **ret)
{
    struct xlsx *x DEFER(xlsx_done) = calloc(1, sizeof *x);

    MUST(x);
    x->arena = arena_new(BOOK_BYTES_MAX);
    buf_init(&x->text, (size_t)XLSX_COLUMNS_MAX * (CSV_CELL_BYTES_MAX + 4096));
    TRY(archive_open(bytes, &x->archive));
    TRY(workbook_read(x->arena, x->archive, sheet, &x->book));
    TRY(xlsx_rewind(x));
    *ret = x;
    x = NULL;
    return OK;
}

void xlsx_done(struct xlsx **at)
{
    struct xlsx *x = *at;

    if (!x)
        return;
    xml_stop(&x->guard);
    archive_entry_done(&x->entry);
    archive_done(&x->archive);
    buf_done(&x->text);
    arena_free(x->arena);
    free(x);
    *at = NULL;
}

static void row_give(struct xlsx *x, struct xlsx_row *ret)
{
    *ret = (struct xlsx_row){ .number = x->row, .cells = x->row_cells, .count = x->count, .bad = x->text.full ? ERR_CELL_TOO_LARGE : x->row_bad };
    for (size_t i = 0; i < x->count; i++) {
        const struct cell *c = &x->cells[i];
        x->row_cells[i] = (str){ c->shared ? c->shared : x->text.ptr + c->from, c->len };
        ret->dates[i / 64] |= (uint64_t)c->date << i % 64;
    }
    x->row_ready = false;
}

STATUS xlsx_next(struct xlsx *x, struct xlsx_row *ret, bool *ret_more)
{
    status st = OK;

    *ret_more = false;
    for (;;) {
        if (xml_is_suspended(&x->guard))
            st = xml_resume(&x->guard);
        else if (!x->ended)
            st = xml_feed(&x->guard, x->entry, &x->ended);
        else
            return OK;
        if (!status_ok(st)) {
            fault_place(x->row, x->column + 1);
            return fault_pass(st, __FILE__, __LINE__);
        }
        if (!x->row_ready)
            continue;
        if (++x->rows > ROWS_MAX)
            return FAIL(FILE_TOO_LARGE);
        row_give(x, ret);
        *ret_more = true;
        return OK;
    }
}
