/* What a list did to the rows of its register since the list of its source before it: which it made, which it changed and from what,
 * and which it no longer has. Pages and files of them are shown as rows are: each noted as disclosed, none from outside the ground.
 *
 * What was made or changed is remembered by id and version when it is written, a piece for each chunk: an entry for each row would cost
 * the largest lists more than it is worth. A row that was gone and came back is not gone.
 * tested by: src/centre/test/into_test.c */
#include "book/book.h"
#include "messages/messages.h"
#include "register/sector/inside.h"

#include <stdlib.h>

enum { PAGE_ROWS = 50, PART_ROWS = 5000, PIECE_BYTES_MAX = 1 << 20, FILE_BYTES_MAX = 64 << 20 };

/* In the order of the enum `kind` of sector.delta. */
enum delta_kind { DELTA_NEW, DELTA_CHANGED, DELTA_GONE };

/* --- pieces ----------------------------------------------------------------------------------------------------------------- */

static int by_row(const void *a, const void *b)
{
    const struct sector_touched *x = a, *y = b;
    return x->row != y->row ? (x->row < y->row ? -1 : 1) : x->version < y->version ? -1 : x->version > y->version;
}

static void varint_put(struct buf *b, uint64_t n)
{
    for (; n >= 0x80; n >>= 7)
        buf_char(b, (char)(unsigned char)(n | 0x80));
    buf_char(b, (char)n);
}

static STATUS varint_take(str *rest, uint64_t *ret)
{
    *ret = 0;
    for (int shift = 0; rest->len && shift < 63; shift += 7) {
        unsigned char c = (unsigned char)rest->ptr[0];
        *rest = str_from(*rest, 1);
        *ret |= (uint64_t)(c & 0x7f) << shift;
        if (!(c & 0x80))
            return OK;
    }
    return FAIL_AT(CORRUPT, STR("sector_delta"));
}

STATUS sector_delta_keep(struct ctx *cx, int64_t delivery, enum sector_done kind, int64_t before, struct sector_touched *list, size_t count)
{
    struct buf doc;
    int64_t last = 0;
    if (!count)
        return OK;
    qsort(list, count, sizeof *list, by_row);
    buf_init(&doc, PIECE_BYTES_MAX);
    for (size_t i = 0; i < count; i++) {
        varint_put(&doc, (uint64_t)(list[i].row - last));
        varint_put(&doc, (uint64_t)list[i].version);
        last = list[i].row;
    }
    status st = buf_check(&doc);
    if (status_ok(st))
        st = sector_delta_add(cx, &(struct sector_delta_add_params){ .delivery = delivery, .kind = (int16_t)kind, .upto = before + (int64_t)count,
                                                                     .doc = buf_str(&doc) }, NULL);
    buf_done(&doc);
    return st;
}

struct taking {
    struct sector_touched *list;
    size_t count, most;
    int64_t after, next; /* places among those of the kind; of rows that are gone, ids */
};

static STATUS piece_take(struct arena *a, const struct sector_delta_after_row *piece, struct taking *t)
{
    struct sector_touched *list = ARENA_ARRAY(a, struct sector_touched, piece->doc.len / 2 + 1);
    str rest = piece->doc;
    size_t n = 0;
    int64_t row = 0;
    while (rest.len) {
        uint64_t step, version;
        TRY(varint_take(&rest, &step));
        TRY(varint_take(&rest, &version));
        row += (int64_t)step;
        list[n++] = (struct sector_touched){ row, (int32_t)version };
    }
    for (size_t i = 0; i < n && t->count < t->most; i++) {
        int64_t place = piece->upto - (int64_t)(n - 1 - i);
        if (place <= t->after)
            continue;
        t->list[t->count++] = list[i];
        t->next = place;
    }
    return OK;
}

static STATUS touched_take(struct ctx *cx, int64_t delivery, enum delta_kind kind, struct taking *t)
{
    int16_t done = kind == DELTA_NEW ? SECTOR_NEW : SECTOR_CHANGED;
    size_t n = 1;
    t->next = t->after;
    while (n && t->count < t->most) {
        struct sector_delta_after_row *pieces;
        TRY(sector_delta_after(cx, 0, delivery, done, t->next, &pieces, &n));
        for (size_t i = 0; i < n; i++)
            TRY(piece_take(cx->arena, &pieces[i], t));
    }
    return OK;
}

static STATUS gone_take(struct ctx *cx, const struct sector_delivery_get_row *d, struct taking *t)
{
    struct sector_rows_left_list_row *rows;
    size_t n = 0;
    if (d->previous && d->done)
        TRY(sector_rows_left_list(cx, &(struct sector_rows_left_list_params){ 0, d->code, d->previous, t->after, (int64_t)t->most }, &rows, &n));
    for (; t->count < n; t->count++)
        t->list[t->count] = (struct sector_touched){ .row = t->next = rows[t->count].id };
    return OK;
}

/* --- rows -------------------------------------------------------------------------------------------------------------------- */

struct delta {
    struct sector_scope scope;
    struct sector_delivery_get_row delivery;
    enum delta_kind kind;
};

static STATUS delta_open(struct ctx *cx, str code, int64_t delivery, int kind, struct delta *ret)
{
    bool found;
    *ret = (struct delta){ .kind = (enum delta_kind)kind };
    TRY(sector_enter(cx, code, false, &ret->scope));
    TRY(sector_delivery_get(cx, 0, delivery, &ret->delivery, &found));
    return found && str_eq(ret->delivery.code, code) ? OK : FAIL_AT(DELIVERY_MISSING, STR("delivery"));
}

static STATUS rows_take(struct ctx *cx, const struct delta *d, struct taking *t)
{
    t->list = ARENA_ARRAY(cx->arena, struct sector_touched, t->most + 1);
    return d->kind == DELTA_GONE ? gone_take(cx, &d->delivery, t) : touched_take(cx, d->delivery.delivery, d->kind, t);
}

static STATUS before_show(struct ctx *cx, const struct sector_scope *s, const struct sector_events_row *versions, struct sector_step *ret)
{
    struct sector_content was, is;
    TRY(sector_content_read(s->def, versions[1].doc, &was));
    TRY(sector_content_read(s->def, versions[0].doc, &is));
    ret->before_count = sector_cells_show(cx, s, &was, &ret->before);
    ret->changed_count = sector_changed_fields(cx, s->def, &was, &is, &ret->changed);
    ret->link_before = versions[1].why_not;
    return OK;
}

static STATUS step_show(struct ctx *cx, const struct delta *d, const struct sector_touched *t, struct sector_step *ret, bool *ret_allowed)
{
    struct sector_events_row *versions = NULL;
    struct sector_row_row row;
    size_t n = 0;
    bool known;
    *ret = (struct sector_step){ 0 };
    TRY(sector_row_get(cx, 0, d->scope.def->code, t->row, &row, &known));
    if (known && t->version)
        TRY(sector_version_pair(cx, 0, d->scope.def->code, t->row, t->version, &versions, &n));
    if (!known || (t->version && !n))
        return FAIL_AT(CORRUPT, STR("sector_delta"));
    if (n)
        sector_row_become(&row, &versions[0]);
    TRY(sector_item_show(cx, &d->scope, &row, &ret->item, ret_allowed));
    ret->link_before = ret->item.link;
    return *ret_allowed && d->kind == DELTA_CHANGED && n == 2 ? before_show(cx, &d->scope, versions, ret) : OK;
}

STATUS sector_delta(struct ctx *cx, const struct sector_delta_in *in, struct sector_delta_out *ret)
{
    struct taking t = { .most = in->has_limit ? (size_t)in->limit : PAGE_ROWS, .after = in->has_after ? in->after : 0 };
    struct delta d;
    TRY(delta_open(cx, in->code, in->delivery, in->kind, &d));
    TRY(rows_take(cx, &d, &t));
    ret->rows = ARENA_ARRAY(cx->arena, struct sector_step, t.count + 1);
    for (size_t i = 0; i < t.count; i++) {
        bool allowed;
        TRY(step_show(cx, &d, &t.list[i], &ret->rows[ret->rows_count], &allowed));
        ret->rows_count += allowed;
    }
    ret->next = t.count == t.most ? t.next : 0;
    return OK;
}

/* --- as a file --------------------------------------------------------------------------------------------------------------- */

static str cell_of(const struct sector_cell *cells, size_t count, str field)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(cells[i].field, field))
            return cells[i].shown;
    return (str){ 0 };
}

static void file_head(const struct ctx *cx, struct book *b, const struct delta *d)
{
    const struct sector_register *r = d->scope.def;
    book_table(b, (str){ 0 });
    book_words(b, msg_sector_column_name(cx->lang));
    book_words(b, msg_sector_column_number(cx->lang));
    book_words(b, msg_sector_column_birth(cx->lang));
    book_words(b, msg_sector_column_unit(cx->lang));
    for (size_t i = 0; i < r->field_count; i++) {
        str label = cx->lang == LANG_EN ? r->fields[i].en : r->fields[i].vi;
        if (!sector_field_open(&d->scope, &r->fields[i]))
            continue;
        if (d->kind == DELTA_CHANGED)
            book_words(b, msg_sector_column_before(cx->arena, cx->lang, label));
        book_words(b, label);
    }
    book_line(b);
}

static void file_row(const struct ctx *cx, struct book *b, const struct delta *d, const struct sector_step *s)
{
    const struct sector_register *r = d->scope.def;
    book_words(b, s->item.name);
    book_text(b, s->item.has_number ? arena_printf(cx->arena, "%012lld", (long long)s->item.number) : (str){ 0 });
    book_words(b, s->item.has_birth ? day_vi(cx->arena, s->item.birth) : (str){ 0 });
    book_words(b, s->item.unit_name);
    for (size_t i = 0; i < r->field_count; i++) {
        if (!sector_field_open(&d->scope, &r->fields[i]))
            continue;
        if (d->kind == DELTA_CHANGED)
            book_words(b, cell_of(s->before, s->before_count, r->fields[i].key));
        book_words(b, cell_of(s->item.cells, s->item.cells_count, r->fields[i].key));
    }
    book_line(b);
}

/* Of rows that are gone no place is known: those before the part are passed over. */
static STATUS part_take(struct ctx *cx, const struct delta *d, int64_t part, struct taking *ret)
{
    bool by_id = d->kind == DELTA_GONE;
    *ret = (struct taking){ .most = PART_ROWS, .after = by_id ? 0 : (part - 1) * PART_ROWS };
    TRY(rows_take(cx, d, ret));
    for (int64_t i = 1; by_id && i < part; i++) {
        *ret = (struct taking){ .most = PART_ROWS, .after = ret->count ? ret->next : INT64_MAX };
        TRY(rows_take(cx, d, ret));
        if (!ret->count)
            return OK;
    }
    return OK;
}

STATUS sector_delta_file(struct ctx *cx, const struct sector_delta_file_in *in, struct sector_delta_file_out *ret)
{
    struct book *b DEFER(book_drop) = NULL;
    struct taking t;
    struct delta d;
    TRY(delta_open(cx, in->code, in->delivery, in->kind, &d));
    TRY(part_take(cx, &d, in->has_part ? in->part : 1, &t));
    TRY(book_draft(cx->app->directory, in->has_format && in->format == SECTOR_DELTA_FILE_IN_FORMAT_XLSX ? BOOK_XLSX : BOOK_CSV, &b));
    file_head(cx, b, &d);
    for (size_t i = 0; i < t.count; i++) {
        struct sector_step step;
        bool allowed;
        TRY(step_show(cx, &d, &t.list[i], &step, &allowed));
        if (allowed)
            file_row(cx, b, &d, &step);
    }
    return book_take(&b, cx->arena, FILE_BYTES_MAX, &ret->file);
}
