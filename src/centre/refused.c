/* Refused rows, given back in the form in which they came, each with its reason and what to do about it in two columns in front;
 * and the corrected file, read as the list that it completes. A CSV keeps its bytes, encoding and delimiter; a workbook its cells,
 * days as days. A CSV in an old encoding may be had as a workbook too: a spreadsheet that opens such a CSV and saves it loses
 * letters. What stood above the header does not come back.
 * tested by: src/centre/test/refused_test.c */
#include "book/book.h"
#include "centre/inside.h"
#include "messages/messages.h"

#include <string.h>

enum { FRONT_COLUMNS = 2 };

static void front_headers(struct ctx *cx, str out[static FRONT_COLUMNS])
{
    out[0] = msg_list_column_reason(cx->lang);
    out[1] = msg_list_column_remedy(cx->lang);
}

static void front_cells(struct ctx *cx, const struct list_row_row *what, str out[static FRONT_COLUMNS])
{
    const char *word = reason_word((enum row_reason)what->reason);

    out[0] = export_word(cx, "row_reason_", word);
    out[1] = export_word(cx, "row_remedy_", word);
}

/* Is this one of the lines that the header takes? A list without one gets one, by which it is read again. */
static bool is_header(const struct sheet *s, const struct sheet_row *r)
{
    return s->header_row && r->number >= s->header_row && r->number <= s->data_after;
}

/* The name by which a column without a header is found again: its role, the key of its field, or its place. */
static str header_made(struct ctx *cx, const struct delivery_row *d, const struct sheet *s, size_t column)
{
    str map = d->map, item, name, place = arena_printf(cx->arena, "#%zu", column + 1);

    if (s->columns[column].role != COLUMN_NONE)
        return export_word(cx, "list_role_", column_role_name(s->columns[column].role));
    while (map.len && str_cut(&map, ';', &item))
        if (str_cut(&item, '=', &name) && str_eq(str_trim(item), place) && str_starts(str_trim(name), STR(SHEET_FIELD_MARK)))
            return str_from(str_trim(name), strlen(SHEET_FIELD_MARK));
    return msg_list_column_unnamed(cx->arena, cx->lang, (int64_t)column + 1);
}

/* --- as a CSV ---------------------------------------------------------------------------------------------------------------- */

struct refused_csv {
    const struct delivery_row *d;
    struct buf out;
};

static char delimiter_of(const struct sheet *s) { return s->csv.delimiter ? s->csv.delimiter : ','; }

/* An old encoding is kept, so that the file opens as the one that was sent; the two columns in front are plain ASCII then. */
static void front_put(struct ctx *cx, struct buf *b, const struct sheet *s, const str *front)
{
    for (size_t i = 0; i < FRONT_COLUMNS; i++) {
        if (front)
            csv_cell(b, s->utf8 ? front[i] : viet_fold(cx->arena, front[i]), delimiter_of(s));
        buf_char(b, delimiter_of(s));
    }
}

static void cells_put(struct buf *b, const struct sheet *s, const struct sheet_row *row)
{
    if (row->raw.len)
        buf_add(b, row->raw);
    for (size_t c = 0; !row->raw.len && c < row->count; c++) {
        if (c)
            buf_char(b, delimiter_of(s));
        csv_cell(b, row->cells[c].ptr == xlsx_formula ? (str){ 0 } : row->cells[c], delimiter_of(s));
    }
    buf_add(b, STR("\r\n"));
}

static status csv_head(void *with, struct ctx *cx, const struct sheet *s)
{
    struct refused_csv *r = with;
    str front[FRONT_COLUMNS];
    bool first = true;

    front_headers(cx, front);
    if (s->utf8)
        buf_add(&r->out, STR("\xEF\xBB\xBF"));
    for (size_t i = 0; i < s->head_count; i++) {
        if (!is_header(s, &s->head[i]))
            continue;
        front_put(cx, &r->out, s, first ? front : NULL);
        cells_put(&r->out, s, &s->head[i]);
        first = false;
    }
    if (!first)
        return OK;
    front_put(cx, &r->out, s, front);
    for (size_t c = 0; c < s->column_count; c++) {
        str header = header_made(cx, r->d, s, c);
        if (c)
            buf_char(&r->out, delimiter_of(s));
        csv_cell(&r->out, s->utf8 ? header : viet_fold(cx->arena, header), delimiter_of(s));
    }
    buf_add(&r->out, STR("\r\n"));
    return OK;
}

static status csv_row(void *with, struct ctx *cx, const struct sheet *s, const struct sheet_row *row, const struct list_row_row *what)
{
    struct refused_csv *r = with;
    str front[FRONT_COLUMNS];

    if (what->outcome != OUTCOME_REJECTED)
        return OK;
    front_cells(cx, what, front);
    front_put(cx, &r->out, s, front);
    cells_put(&r->out, s, row);
    return OK;
}

static STATUS csv_make(struct ctx *cx, const struct delivery_row *d, str *ret)
{
    struct refused_csv r = { .d = d };

    buf_init(&r.out, EXPORT_BYTES_MAX);
    status st = delivery_walk(cx, d, csv_head, csv_row, &r);
    if (status_ok(st) && !status_ok(buf_check(&r.out)))
        st = FAIL(FILE_TOO_LARGE);
    if (status_ok(st))
        *ret = arena_str(cx->arena, buf_str(&r.out));
    buf_done(&r.out);
    return st;
}

/* --- as a workbook ----------------------------------------------------------------------------------------------------------- */

struct refused_book {
    const struct delivery_row *d;
    struct book *book;
};

static void cell_write(struct ctx *cx, struct book *b, const struct sheet *s, const struct sheet_row *row, size_t column)
{
    str cell = row->cells[column];
    day d;

    if (!sheet_cell_is_day(row, column)) {
        book_text(b, export_text(cx->arena, s, column, cell));
    } else if (status_ok(day_parse(cell, &d))) {
        book_day(b, d);
    } else {
        fault_clear();
        book_text(b, cell);
    }
}

static void line_write(struct ctx *cx, struct book *b, const struct sheet *s, const struct sheet_row *row, const str *front)
{
    for (size_t i = 0; i < FRONT_COLUMNS; i++)
        book_text(b, front ? front[i] : (str){ 0 });
    for (size_t c = 0; c < row->count; c++)
        cell_write(cx, b, s, row, c);
    if (!row->count) /* a record of a CSV that could not be cut into cells */
        book_text(b, export_text(cx->arena, s, 0, row->raw));
    book_line(b);
}

static status book_head(void *with, struct ctx *cx, const struct sheet *s)
{
    struct refused_book *r = with;
    str front[FRONT_COLUMNS];
    bool first = true;

    front_headers(cx, front);
    book_table(r->book, msg_list_sheet_refused(cx->lang));
    for (size_t i = 0; i < s->head_count; i++) {
        if (!is_header(s, &s->head[i]))
            continue;
        line_write(cx, r->book, s, &s->head[i], first ? front : NULL);
        first = false;
    }
    if (!first)
        return OK;
    for (size_t i = 0; i < FRONT_COLUMNS; i++)
        book_text(r->book, front[i]);
    for (size_t c = 0; c < s->column_count; c++)
        book_text(r->book, header_made(cx, r->d, s, c));
    book_line(r->book);
    return OK;
}

static status book_row(void *with, struct ctx *cx, const struct sheet *s, const struct sheet_row *row, const struct list_row_row *what)
{
    struct refused_book *r = with;
    str front[FRONT_COLUMNS];

    if (what->outcome != OUTCOME_REJECTED)
        return OK;
    front_cells(cx, what, front);
    line_write(cx, r->book, s, row, front);
    return OK;
}

STATUS list_rejected(struct ctx *cx, const struct list_rejected_in *in, struct list_rejected_out *ret)
{
    struct book *b DEFER(book_drop) = NULL;
    struct delivery_row d;

    TRY(delivery_of(cx, in->delivery, &d));
    bool workbook = in->has_format ? in->format == LIST_REJECTED_IN_FORMAT_XLSX : d.kind == FILE_XLSX;
    if (!workbook)
        return csv_make(cx, &d, &ret->file);
    TRY(book_draft(cx->app->directory, BOOK_XLSX, &b));
    TRY(delivery_walk(cx, &d, book_head, book_row, &(struct refused_book){ &d, b }));
    return book_take(&b, cx->arena, EXPORT_BYTES_MAX, &ret->file);
}

/* --- the corrected file ------------------------------------------------------------------------------------------------------ */

/* "name=#3" as "name=#5". */
static str map_moved(struct arena *a, str map)
{
    str item, name, out = { 0 };
    int64_t place;

    while (map.len && str_cut(&map, ';', &item)) {
        if (!str_cut(&item, '=', &name))
            continue;
        item = str_trim(item);
        if (str_starts(item, STR("#")) && str_i64(str_from(item, 1), &place))
            item = arena_printf(a, "#%lld", (long long)place + FRONT_COLUMNS);
        out = arena_printf(a, "%.*s%s%.*s=%.*s", STR_ARG(out), out.len ? "; " : "", STR_ARG(str_trim(name)), STR_ARG(item));
    }
    return out;
}

STATUS mended_as(struct ctx *cx, int64_t completes, struct mended *ret)
{
    struct delivery_row d;
    str carrier;

    TRY(delivery_of(cx, completes, &d));
    *ret = (struct mended){ .map = map_moved(cx->arena, d.map), .encoding = d.found_encoding };
    ret->moved = !str_eq(ret->map, d.map) && str_find_char(ret->map, '#') < ret->map.len;
    if (str_cut(&ret->encoding, '/', &carrier)) /* "TCVN3/UTF-8" */
        ret->encoding = carrier;
    return OK;
}

STATUS mended_check(const struct mended *m, struct arena *a, const struct sheet *s)
{
    str first = viet_fold(a, str_trim(s->column_count ? s->columns[0].header : (str){ 0 }));

    if (!m->moved || str_eq(first, viet_fold(a, msg_list_column_reason(LANG_VI))) || str_eq(first, viet_fold(a, msg_list_column_reason(LANG_EN))))
        return OK;
    return FAIL_AT(COLUMNS_CUT, STR("file"));
}
