/* Lists given back: the refused rows byte for byte as they came with a column for the reason in front, and the whole list
 * with what came of each row. The register's own values are not in it. A cell that a spreadsheet would run as a formula
 * is given as text.
 * tested by: src/centre/test/export_test.c */
#include "centre/inside.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

enum { EXPORT_BYTES_MAX = 1 << 29, EXTRA_COLUMNS = 6, BATCH_ROWS = 1000 };

static str word_of(struct ctx *cx, const char *family, const char *word)
{
    str text;

    return msg_find(arena_printf(cx->arena, "%s%s", family, word), cx->lang, &text) ? text : str_of(word);
}

static str words_of(struct ctx *cx, const char *family, const char *(*name)(int), uint64_t bits)
{
    struct buf b;
    str text;

    buf_init(&b, 8192);
    for (int i = 0; bits; i++, bits >>= 1) {
        if (!(bits & 1))
            continue;
        if (b.len)
            buf_add(&b, STR("; "));
        buf_add(&b, word_of(cx, family, name(i)));
    }
    text = arena_str(cx->arena, buf_str(&b));
    buf_done(&b);
    return text;
}

static str fields_text(struct ctx *cx, uint64_t fields)
{
    struct buf b;
    str text;

    buf_init(&b, 8192);
    for (int i = 0; fields; i++, fields >>= 1) {
        const struct person_field_def *f = person_field_def(i);
        if (!(fields & 1) || !f)
            continue;
        if (b.len)
            buf_add(&b, STR("; "));
        buf_add(&b, cx->lang == LANG_EN ? f->label_en : f->label_vi);
    }
    text = arena_str(cx->arena, buf_str(&b));
    buf_done(&b);
    return text;
}

static void extra_headers(struct ctx *cx, str out[static EXTRA_COLUMNS])
{
    out[0] = msg_list_column_outcome(cx->lang);
    out[1] = msg_list_column_reason(cx->lang);
    out[2] = msg_list_column_differs(cx->lang);
    out[3] = msg_list_column_duplicate(cx->lang);
    out[4] = msg_list_column_repairs(cx->lang);
    out[5] = msg_list_column_warnings(cx->lang);
}

static void extra_cells(struct ctx *cx, const struct list_row_row *r, str out[static EXTRA_COLUMNS])
{
    out[0] = word_of(cx, "list_outcome_", outcome_word((enum outcome)r->outcome));
    out[1] = r->reason ? word_of(cx, "row_reason_", reason_word((enum row_reason)r->reason)) : (str){ 0 };
    out[2] = fields_text(cx, (uint64_t)r->differs);
    out[3] = r->duplicate_of ? arena_printf(cx->arena, "%lld", (long long)r->duplicate_of) : (str){ 0 };
    out[4] = words_of(cx, "repair_", repair_word, (uint64_t)r->repairs);
    out[5] = words_of(cx, "row_warning_", warning_word, (uint64_t)r->warnings);
}

/* --- rows of the file beside their outcomes -------------------------------------------------------------------------------- */

struct walk {
    struct ctx *cx;
    const struct delivery_row *d;
    struct sheet *sheet;
    struct list_rows_all_cursor cursor;
    struct arena *arena; /* of one batch of rows */
};

/* The next row of the file and what came of it; *ret_more false when either ends. */
static STATUS walk_next(struct walk *w, struct sheet_row *row, struct list_row_row *what, bool *ret_more)
{
    TRY(list_rows_all_next(&w->cursor, what, ret_more));
    if (!*ret_more)
        return OK;
    return sheet_next(w->sheet, row, ret_more);
}

typedef status walk_row(void *with, struct ctx *cx, const struct sheet *s, const struct sheet_row *row, const struct list_row_row *what);

static STATUS walk_rows(struct walk *w, walk_row *each, void *with)
{
    struct ctx cx = *w->cx;
    struct sheet_row row;
    struct list_row_row what;
    bool more;

    cx.arena = w->arena;
    for (int64_t n = 0;; n++) {
        if (n % BATCH_ROWS == 0)
            arena_reset(w->arena);
        TRY(walk_next(w, &row, &what, &more));
        if (!more)
            return OK;
        TRY(each(with, &cx, w->sheet, &row, &what));
    }
}

static STATUS walk(struct ctx *cx, const struct delivery_row *d, status (*head)(void *, struct ctx *, const struct sheet *), walk_row *each, void *with)
{
    struct mapped file DEFER(delivery_file_unmap) = { .fd = -1 };
    struct sheet *sheet DEFER(sheet_done) = NULL;
    struct walk w = { .cx = cx, .d = d };
    status st;

    TRY(delivery_file_map(cx->app, d->digest, false, &file));
    TRY(delivery_sheet(d, cx->today, file.bytes, &sheet));
    TRY(head(with, cx, sheet));
    w.sheet = sheet;
    TRY(list_rows_all_each(cx, CENTRE_SHARD, d->id, 0, &w.cursor));
    w.arena = arena_new((size_t)64 << 20);
    st = walk_rows(&w, each, with);
    list_rows_all_done(&w.cursor);
    arena_free(w.arena);
    return st;
}

static STATUS buf_take(struct ctx *cx, struct buf *b, str *ret)
{
    status st = buf_check(b);

    if (status_ok(st))
        *ret = arena_str(cx->arena, buf_str(b));
    buf_done(b);
    return status_ok(st) ? OK : FAIL(FILE_TOO_LARGE);
}

/* --- refused rows ------------------------------------------------------------------------------------------------------------ */

static void raw_header(struct buf *b, const struct sheet *s)
{
    for (size_t i = 0; i < s->head_count; i++)
        if (s->header_row && s->head[i].number == s->header_row && s->head[i].raw.len) {
            buf_add(b, s->head[i].raw);
            return;
        }
    for (size_t c = 0; c < s->column_count; c++) {
        if (c)
            buf_char(b, s->csv.delimiter ? s->csv.delimiter : ',');
        csv_cell(b, s->columns[c].header, s->csv.delimiter ? s->csv.delimiter : ',');
    }
}

/* An old encoding is kept, so that the file opens as the one that was sent; the reasons in front are plain ASCII then. */
static status rejected_head(void *with, struct ctx *cx, const struct sheet *s)
{
    struct buf *b = with;

    if (s->utf8)
        buf_add(b, STR("\xEF\xBB\xBF"));
    csv_cell(b, s->utf8 ? msg_list_column_reason(cx->lang) : viet_fold(cx->arena, msg_list_column_reason(cx->lang)), ',');
    buf_char(b, s->csv.delimiter ? s->csv.delimiter : ',');
    raw_header(b, s);
    buf_add(b, STR("\r\n"));
    return OK;
}

static status rejected_row(void *with, struct ctx *cx, const struct sheet *s, const struct sheet_row *row, const struct list_row_row *what)
{
    struct buf *b = with;
    char delimiter = s->csv.delimiter ? s->csv.delimiter : ',';
    str reason;

    if (what->outcome != OUTCOME_REJECTED)
        return OK;
    reason = word_of(cx, "row_reason_", reason_word((enum row_reason)what->reason));
    csv_cell(b, s->utf8 ? reason : viet_fold(cx->arena, reason), delimiter);
    buf_char(b, delimiter);
    if (row->raw.len)
        buf_add(b, row->raw);
    for (size_t c = 0; !row->raw.len && c < row->count; c++) {
        if (c)
            buf_char(b, delimiter);
        csv_cell(b, row->cells[c], delimiter);
    }
    buf_add(b, STR("\r\n"));
    return OK;
}

STATUS list_rejected(struct ctx *cx, const struct list_rejected_in *in, struct list_rejected_out *ret)
{
    struct delivery_row d;
    struct buf b;
    status st;

    TRY(delivery_of(cx, in->delivery, &d));
    buf_init(&b, EXPORT_BYTES_MAX);
    st = walk(cx, &d, rejected_head, rejected_row, &b);
    if (!status_ok(st)) {
        buf_done(&b);
        return fault_pass(st, __FILE__, __LINE__);
    }
    return buf_take(cx, &b, &ret->file);
}

/* --- the whole list as CSV ---------------------------------------------------------------------------------------------------- */

/* "=…", "+…", "-…", "@…" would be run by a spreadsheet; an apostrophe keeps them text. */
static str harmless(struct arena *a, str cell)
{
    return cell.len && strchr("=+-@\t\r", cell.ptr[0]) ? arena_join(a, STR("'"), cell) : cell;
}

static str cell_text(struct arena *a, const struct sheet *s, const struct sheet_row *row, size_t column)
{
    str text;

    if (column >= row->count || row->cells[column].ptr == xlsx_formula)
        return (str){ 0 };
    text = sheet_decode(s, a, column, row->cells[column]);
    return text_is_utf8(text) && !memchr(text.ptr ? text.ptr : "", 0, text.len) ? text : (str){ 0 };
}

static status csv_head(void *with, struct ctx *cx, const struct sheet *s)
{
    struct buf *b = with;
    str extra[EXTRA_COLUMNS];

    buf_add(b, STR("\xEF\xBB\xBF"));
    csv_cell(b, msg_list_column_line(cx->lang), ',');
    for (size_t c = 0; c < s->column_count; c++) {
        buf_char(b, ',');
        csv_cell(b, harmless(cx->arena, s->columns[c].header), ',');
    }
    extra_headers(cx, extra);
    for (size_t i = 0; i < EXTRA_COLUMNS; i++) {
        buf_char(b, ',');
        csv_cell(b, extra[i], ',');
    }
    buf_add(b, STR("\r\n"));
    return OK;
}

static status csv_row(void *with, struct ctx *cx, const struct sheet *s, const struct sheet_row *row, const struct list_row_row *what)
{
    struct buf *b = with;
    str extra[EXTRA_COLUMNS];

    buf_i64(b, what->line);
    for (size_t c = 0; c < s->column_count; c++) {
        buf_char(b, ',');
        csv_cell(b, harmless(cx->arena, cell_text(cx->arena, s, row, c)), ',');
    }
    extra_cells(cx, what, extra);
    for (size_t i = 0; i < EXTRA_COLUMNS; i++) {
        buf_char(b, ',');
        csv_cell(b, extra[i], ',');
    }
    buf_add(b, STR("\r\n"));
    return OK;
}

static STATUS export_csv(struct ctx *cx, const struct delivery_row *d, str *ret)
{
    struct buf b;
    status st;

    buf_init(&b, EXPORT_BYTES_MAX);
    st = walk(cx, d, csv_head, csv_row, &b);
    if (!status_ok(st)) {
        buf_done(&b);
        return fault_pass(st, __FILE__, __LINE__);
    }
    return buf_take(cx, &b, ret);
}

/* --- the whole list as XLSX --------------------------------------------------------------------------------------------------- */

struct sheet_out {
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_row_t row;
};

static STATUS text_write(struct sheet_out *o, struct arena *a, size_t column, str text)
{
    if (!text.len)
        return OK;
    text = text_cut(text, 32000); /* what a cell can hold */
    return worksheet_write_string(o->sheet, o->row, (lxw_col_t)column, arena_z(a, text), NULL) == LXW_NO_ERROR ? OK : FAIL(FILE_TOO_LARGE);
}

static status xlsx_head(void *with, struct ctx *cx, const struct sheet *s)
{
    struct sheet_out *o = with;
    str extra[EXTRA_COLUMNS];

    TRY(text_write(o, cx->arena, 0, msg_list_column_line(cx->lang)));
    for (size_t c = 0; c < s->column_count; c++)
        TRY(text_write(o, cx->arena, c + 1, s->columns[c].header));
    extra_headers(cx, extra);
    for (size_t i = 0; i < EXTRA_COLUMNS; i++)
        TRY(text_write(o, cx->arena, s->column_count + 1 + i, extra[i]));
    o->row++;
    return OK;
}

static status xlsx_row(void *with, struct ctx *cx, const struct sheet *s, const struct sheet_row *row, const struct list_row_row *what)
{
    struct sheet_out *o = with;
    str extra[EXTRA_COLUMNS];

    worksheet_write_number(o->sheet, o->row, 0, (double)what->line, NULL);
    for (size_t c = 0; c < s->column_count; c++)
        TRY(text_write(o, cx->arena, c + 1, cell_text(cx->arena, s, row, c)));
    extra_cells(cx, what, extra);
    for (size_t i = 0; i < EXTRA_COLUMNS; i++)
        TRY(text_write(o, cx->arena, s->column_count + 1 + i, extra[i]));
    o->row++;
    return OK;
}

static STATUS file_take(struct ctx *cx, const char *path, str *ret)
{
    FILE *f = fopen(path, "rbe");
    struct buf b;
    char piece[65536];
    size_t n;

    if (!f)
        return FAIL_AT(IO, STR("xlsx"));
    buf_init(&b, EXPORT_BYTES_MAX);
    while ((n = fread(piece, 1, sizeof piece, f)) > 0)
        buf_bytes(&b, piece, n);
    fclose(f);
    return buf_take(cx, &b, ret);
}

/* The library writes files only: a draft beside the deliveries, gone before the reply leaves. */
static STATUS export_xlsx(struct ctx *cx, const struct delivery_row *d, str *ret)
{
    str folder = arena_printf(cx->arena, "%.*s/deliveries", STR_ARG(cx->app->directory));
    str path = arena_printf(cx->arena, "%.*s/.export-%016llx.xlsx", STR_ARG(folder), (unsigned long long)random_u64());
    char *file = arena_z(cx->arena, path), *drafts = arena_z(cx->arena, folder);
    lxw_workbook_options options = { .constant_memory = LXW_TRUE, .tmpdir = drafts };
    struct sheet_out o = { .book = workbook_new_opt(file, &options) };
    status st;

    if (!o.book)
        return FAIL_AT(IO, STR("xlsx"));
    o.sheet = workbook_add_worksheet(o.book, arena_z(cx->arena, msg_list_sheet_result(cx->lang)));
    st = walk(cx, d, xlsx_head, xlsx_row, &o);
    lxw_error closed = workbook_close(o.book);
    if (status_ok(st) && closed != LXW_NO_ERROR)
        st = FAIL_AT(IO, STR("xlsx"));
    if (status_ok(st))
        st = file_take(cx, file, ret);
    unlink(file);
    return st;
}

STATUS list_export(struct ctx *cx, const struct list_export_in *in, struct list_export_out *ret)
{
    struct delivery_row d;

    TRY(delivery_of(cx, in->delivery, &d));
    return in->has_format && in->format == LIST_EXPORT_IN_FORMAT_XLSX ? export_xlsx(cx, &d, &ret->file) : export_csv(cx, &d, &ret->file);
}
