/* Lists given back: the refused rows byte for byte as they came with a column for the reason in front, and the whole list
 * with what came of each row. The register's own values are not in it. A cell that a spreadsheet would run as a formula
 * is given as text.
 * tested by: src/centre/test/export_test.c */
#include "book/book.h"
#include "centre/inside.h"

#include <string.h>

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

/* --- the whole list ------------------------------------------------------------------------------------------------------------ */

static str cell_text(struct arena *a, const struct sheet *s, const struct sheet_row *row, size_t column)
{
    str text;

    if (column >= row->count || row->cells[column].ptr == xlsx_formula)
        return (str){ 0 };
    text = sheet_decode(s, a, column, row->cells[column]);
    return text_is_utf8(text) && !memchr(text.ptr ? text.ptr : "", 0, text.len) ? text : (str){ 0 };
}

static status full_head(void *with, struct ctx *cx, const struct sheet *s)
{
    struct book *b = with;
    str extra[EXTRA_COLUMNS];

    book_table(b, msg_list_sheet_result(cx->lang));
    book_words(b, msg_list_column_line(cx->lang));
    for (size_t c = 0; c < s->column_count; c++)
        book_words(b, s->columns[c].header);
    extra_headers(cx, extra);
    for (size_t i = 0; i < EXTRA_COLUMNS; i++)
        book_words(b, extra[i]);
    book_line(b);
    return OK;
}

static status full_row(void *with, struct ctx *cx, const struct sheet *s, const struct sheet_row *row, const struct list_row_row *what)
{
    struct book *b = with;
    str extra[EXTRA_COLUMNS];

    book_number(b, what->line);
    for (size_t c = 0; c < s->column_count; c++)
        book_words(b, cell_text(cx->arena, s, row, c));
    extra_cells(cx, what, extra);
    for (size_t i = 0; i < EXTRA_COLUMNS; i++)
        book_words(b, extra[i]);
    book_line(b);
    return OK;
}

STATUS list_export(struct ctx *cx, const struct list_export_in *in, struct list_export_out *ret)
{
    struct delivery_row d;
    struct book *b DEFER(book_drop) = NULL;

    TRY(delivery_of(cx, in->delivery, &d));
    TRY(book_draft(cx->app->directory, in->has_format && in->format == LIST_EXPORT_IN_FORMAT_XLSX ? BOOK_XLSX : BOOK_CSV, &b));
    TRY(walk(cx, &d, full_head, full_row, b));
    return book_take(&b, cx->arena, EXPORT_BYTES_MAX, &ret->file);
}
