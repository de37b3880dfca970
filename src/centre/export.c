/* A list given back whole, with what came of each row. The register's own values are not in it. A cell that a spreadsheet would
 * run as a formula is given as text. Refused rows alone: refused.c.
 * tested by: src/centre/test/export_test.c */
#include "book/book.h"
#include "centre/inside.h"
#include "messages/messages.h"

#include <string.h>

enum { EXTRA_COLUMNS = 6, BATCH_ROWS = 1000 };

str export_word(struct ctx *cx, const char *family, const char *word)
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
        buf_add(&b, export_word(cx, family, name(i)));
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
    out[0] = export_word(cx, "list_outcome_", outcome_word((enum outcome)r->outcome));
    out[1] = r->reason ? export_word(cx, "row_reason_", reason_word((enum row_reason)r->reason)) : (str){ 0 };
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

static STATUS walk_rows(struct walk *w, delivery_row_visit *each, void *with)
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

STATUS delivery_walk(struct ctx *cx, const struct delivery_row *d, delivery_head_visit *head, delivery_row_visit *each, void *with)
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

/* --- the whole list ------------------------------------------------------------------------------------------------------------ */

/* Bytes that are no text of a spreadsheet show as the sign for what cannot be read, so that the rest of the cell is not lost. */
static str text_readable(struct arena *a, str text)
{
    struct buf b;

    buf_init(&b, 4 * CSV_CELL_BYTES_MAX + 4);
    for (size_t at = 0, n; at < text.len; at += n) {
        for (n = 1; n < 4 && at + n < text.len && !text_is_utf8(str_slice(text, at, at + n)); n++) {}
        bool good = text_is_utf8(str_slice(text, at, at + n)) && ((unsigned char)text.ptr[at] >= ' ' || strchr("\t\n\r", text.ptr[at]));
        n = good ? n : 1;
        buf_add(&b, good && text.ptr[at] ? str_slice(text, at, at + n) : STR("\xEF\xBF\xBD"));
    }
    text = arena_str(a, buf_str(&b));
    buf_done(&b);
    return text;
}

str export_text(struct arena *a, const struct sheet *s, size_t column, str cell)
{
    if (cell.ptr == xlsx_formula)
        return (str){ 0 };
    str text = sheet_decode(s, a, column, cell);
    return status_ok(text_check(STR("cell"), text, SIZE_MAX)) ? text : (fault_clear(), text_readable(a, text));
}

static str cell_text(struct arena *a, const struct sheet *s, const struct sheet_row *row, size_t column)
{
    return column < row->count ? export_text(a, s, column, row->cells[column]) : (str){ 0 };
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
    TRY(delivery_walk(cx, &d, full_head, full_row, b));
    return book_take(&b, cx->arena, EXPORT_BYTES_MAX, &ret->file);
}
