/* From the rows of a list to the rows of a sector register. A column belongs to a field by the field's key, its labels or the
 * headers that its definition names. Each row that was compared becomes or updates one row of the register, linked with the
 * person found, or with the reason why not. A row that repeats another is left out when the person alone is the key.
 *
 * Nothing ends because a list does not have it: what is gone is counted and told, and a human decides.
 * tested by: src/centre/test/into_test.c */
#include "centre/into.h"
#include "register/register_sql.h"

#include <stdlib.h>
#include <string.h>

/* `done` of a delivery into a register; what completes another is not the list before the next one. */
enum { INTO_ENDED = 1, INTO_COMPLETED };

struct into {
    const struct sector_register *def;
    int64_t delivery;
    int64_t seen_in; /* the delivery under which its rows count as seen: the one that it completes, or itself */
    str source;
    unit_id unit; /* of who sent the list */
    day effective;
    int column[SECTOR_FIELDS_MAX]; /* of the list; -1: it has none */
    uint64_t given;
    bool drafts; /* it began with an empty register: rows can be made ahead */
    struct sector_keys keys;
};

STATUS into_begin(struct ctx *cx, str code, int64_t delivery, str source, int64_t completes)
{
    const struct sector_register *r = defs_sector(cx->app->defs, code, cx->today);
    struct sector_delivery_before_row *before;
    size_t n;

    if (!r)
        return FAIL_WITH(REGISTER_MISSING, STR("into"), code);
    if (!sector_in_force(r, cx->today))
        return FAIL_WITH(REGISTER_CLOSED, STR("into"), code);
    if (r->origin)
        return FAIL_WITH(REGISTER_ELSEWHERE, STR("into"), r->owner);
    if (!sector_may_write(cx, r))
        return FAIL(NOT_ALLOWED);
    TRY(sector_delivery_before(cx, CENTRE_SHARD, code, source, delivery, &before, &n));
    return sector_delivery_add(cx, &(struct sector_delivery_add_params){ .shard = CENTRE_SHARD, .delivery = delivery, .code = code, .source = source,
                                                                         .previous = completes ? completes : n ? before[0].delivery : 0 }, NULL);
}

/* --- columns ---------------------------------------------------------------------------------------------------------------- */

static bool is_header_of(struct arena *a, const struct sector_field *f, str header)
{
    str folded = viet_fold(a, str_trim(header));
    bool same = str_eq(header, f->key) || str_eq(folded, viet_fold(a, f->vi)) || str_eq(folded, viet_fold(a, f->en));

    for (size_t i = 0; i < f->column_count && !same; i++)
        same = str_eq(folded, viet_fold(a, f->columns[i]));
    return same;
}

void into_columns(struct arena *a, const struct sector_register *r, const struct sheet *s, str map, int ret[static SECTOR_FIELDS_MAX])
{
    for (size_t f = 0; f < r->field_count; f++) {
        str told;
        ret[f] = -1;
        if (mapping_field(map, r->fields[f].key, &told)) {
            ret[f] = mapping_column(a, s, told);
            continue;
        }
        for (size_t c = 0; c < s->column_count && ret[f] < 0; c++)
            if (s->columns[c].header.len && is_header_of(a, &r->fields[f], s->columns[c].header))
                ret[f] = (int)c;
    }
}

STATUS into_open(struct ctx *cx, struct arena *a, const struct sheet *s, int64_t delivery, struct into **ret)
{
    struct sector_delivery_get_row row;
    struct delivery_rest_get_row rest;
    struct delivery_row d;
    bool found, completes;

    *ret = NULL;
    TRY(sector_delivery_get(cx, CENTRE_SHARD, delivery, &row, &found));
    if (!found)
        return OK;
    TRY(delivery_of(cx, delivery, &d));
    struct into *in = ARENA_NEW(a, struct into);
    *in = (struct into){ .def = defs_sector(cx->app->defs, row.code, cx->today), .delivery = delivery, .source = arena_str(a, row.source),
                         .unit = { d.unit }, .effective = day_of_us(d.created_us) };
    if (!in->def)
        return FAIL_WITH(REGISTER_MISSING, STR("into"), row.code);
    TRY(delivery_rest_get(cx, CENTRE_SHARD, delivery, &rest, &completes));
    in->seen_in = completes ? rest.completes : delivery;
    into_columns(a, in->def, s, d.map, in->column);
    for (size_t f = 0; f < in->def->field_count; f++)
        if (in->column[f] >= 0)
            in->given |= UINT64_C(1) << f;
    for (size_t i = 0; i < in->def->key_count; i++)
        if (in->column[in->def->key[i]] < 0)
            return FAIL_AT(COLUMN_UNMAPPED, in->def->fields[in->def->key[i]].key);
    TRY(sector_keys_start(cx, in->def, &in->keys));
    in->drafts = in->keys.known;
    *ret = in;
    return OK;
}

void into_close(struct into *in)
{
    if (in)
        sector_keys_done(&in->keys);
}

void into_room(const struct into *in, struct arena *a, struct chunk *c)
{
    if (!in)
        return;
    c->values_wide = in->def->field_count;
    c->values = arena_array(a, c->room * c->values_wide, sizeof *c->values);
    c->drafts = ARENA_ARRAY(a, struct sector_draft, c->room);
}

void into_take(struct ctx *cx, const struct sheet *s, const struct sheet_row *row, struct chunk *c, size_t place)
{
    const struct into *in = c->into;

    if (!in || row->bad != ERR_OK)
        return;
    for (size_t f = 0; f < in->def->field_count; f++) {
        int column = in->column[f];
        str text = { 0 };
        if (column < 0 || (size_t)column >= row->count || row->cells[column].ptr == xlsx_formula)
            continue;
        str cell = sheet_decode(s, cx->arena, (size_t)column, row->cells[column]);
        if (status_ok(viet_enter_cell(cx->arena, STR("cell"), cell, SECTOR_TEXT_BYTES_MAX, &text)))
            sector_cell_read(cx, &in->def->fields[f], text, &c->values[place * c->values_wide + f]);
        else
            fault_clear();
    }
}

/* --- rows ------------------------------------------------------------------------------------------------------------------- */

static bool is_left_out(const struct into *in, const struct chunk_result *r)
{
    bool person_is_key = in->def->key_subject && in->def->key_count == 0;

    return r->outcome == OUTCOME_REJECTED || (r->outcome == OUTCOME_DUPLICATE && person_is_key);
}

static void subject_take(const struct into *in, const struct chunk_result *r, struct sector_put *put)
{
    if (!in->def->has_subject) {
        put->link = LINK_NO_SUBJECT;
        return;
    }
    if (r->outcome == OUTCOME_AMBIGUOUS) {
        put->link = LINK_AMBIGUOUS;
        return;
    }
    if (!r->found) {
        put->link = r->person.v ? LINK_CANCELLED : LINK_NOT_FOUND; /* also of a row that repeats another */
        return;
    }
    put->person = *r->found;
    put->link = LINK_LINKED;
}

static bool has_key(const struct into *in, const struct sector_put *put)
{
    for (size_t i = 0; i < in->def->key_count; i++) {
        const struct sector_value *v = &put->content.values[in->def->key[i]];
        if (!v->known && !v->raw)
            return false;
    }
    return true;
}

struct delta {
    int64_t done[SECTOR_CHANGED + 1], keyless, outside;
    struct sector_touched *touched[SECTOR_CHANGED + 1]; /* of SECTOR_NEW and SECTOR_CHANGED */
};

/* What all rows of the list have in common. */
static void put_start(const struct into *in, struct sector_put *ret)
{
    *ret = (struct sector_put){ .given = in->given, .unit = in->unit, .effective = in->effective, .source = in->source, .delivery = in->seen_in };
}

static void put_fill(const struct into *in, const struct chunk *c, size_t i, struct sector_put *put)
{
    const struct list_person *p = &c->rows[i];

    put->content.listed = (struct sector_listed){ p->number, p->name, p->birth, p->sex };
    memcpy(put->content.values, c->values + i * c->values_wide, c->values_wide * sizeof *put->content.values);
    subject_take(in, &c->results[i], put);
}

STATUS into_draft(struct ctx *cx, const struct chunk *c, size_t i)
{
    const struct into *in = c->into;
    struct sector_put put;

    if (!in || !in->drafts || c->results[i].outcome == OUTCOME_REJECTED)
        return OK;
    put_start(in, &put);
    put_fill(in, c, i, &put);
    return has_key(in, &put) ? sector_draft_make(cx, in->def, &put, &c->drafts[i]) : OK;
}

/* `put`: of put_start(); what is drafted needs no more. */
static STATUS row_put(const struct into *in, struct sector_batch *b, const struct chunk *c, size_t i, struct sector_put *put, struct delta *delta)
{
    struct sector_written_row written;
    bool added;

    TRY(sector_batch_add(b, &c->drafts[i], put, &written, &added));
    if (!added) {
        put_start(in, put);
        put_fill(in, c, i, put);
        if (!has_key(in, put)) {
            delta->keyless++;
            return OK;
        }
        TRY(sector_batch_put(b, put, &written));
    }
    if (written.done != SECTOR_SAME)
        delta->touched[written.done][delta->done[written.done]] = (struct sector_touched){ written.id, written.version };
    delta->done[written.done]++;
    return OK;
}

static STATUS row_apply(const struct into *in, struct sector_batch *b, const struct chunk *c, size_t i, struct sector_put *put, struct delta *delta)
{
    status st = row_put(in, b, c, i, put, delta);
    if (!status_is(st, ERR_GROUND_PERSON))
        return st;
    fault_clear(); /* of a unit where the sender's writ does not run */
    delta->outside++;
    return OK;
}

/* Rows of a register that is told apart by subject are written in the order of the people whom they mean, so that its indexes grow where
 * they were touched just before. Two of one person, and those of nobody, stay in the order of the list. */
struct turn {
    int64_t person;
    size_t place;
};

static int by_person(const void *a, const void *b)
{
    const struct turn *x = a, *y = b;

    return x->person != y->person ? (x->person < y->person ? -1 : 1) : x->place < y->place ? -1 : x->place > y->place;
}

static struct turn *turns_make(struct ctx *cx, const struct into *in, const struct chunk *c, size_t *ret_count)
{
    struct turn *list = ARENA_ARRAY(cx->arena, struct turn, c->applied + 1);
    size_t n = 0;

    for (size_t i = 0; i < c->applied; i++)
        if (!is_left_out(in, &c->results[i]))
            list[n++] = (struct turn){ in->def->key_subject ? c->results[i].person.v : 0, i };
    qsort(list, n, sizeof *list, by_person);
    *ret_count = n;
    return list;
}

static STATUS delta_write(struct ctx *cx, const struct into *in, const struct delta *delta)
{
    struct sector_delivery_get_row had;
    bool found;

    TRY(sector_delivery_get(cx, CENTRE_SHARD, in->delivery, &had, &found));
    TRY(sector_delta_keep(cx, in->delivery, SECTOR_NEW, had.rows_new, delta->touched[SECTOR_NEW], (size_t)delta->done[SECTOR_NEW]));
    TRY(sector_delta_keep(cx, in->delivery, SECTOR_CHANGED, had.rows_changed, delta->touched[SECTOR_CHANGED], (size_t)delta->done[SECTOR_CHANGED]));
    return sector_delivery_count(cx, &(struct sector_delivery_count_params){
        .shard = CENTRE_SHARD, .delivery = in->delivery, .rows_new = delta->done[SECTOR_NEW], .rows_changed = delta->done[SECTOR_CHANGED],
        .rows_same = delta->done[SECTOR_SAME], .rows_keyless = delta->keyless, .rows_outside = delta->outside }, NULL);
}

STATUS into_apply(struct ctx *cx, struct into *in, const struct chunk *c)
{
    struct sector_batch *b DEFER(sector_batch_done) = NULL;
    struct delta delta = { { 0 } };
    struct sector_put put;
    size_t n;

    if (!in)
        return OK;
    for (int kind = SECTOR_NEW; kind <= SECTOR_CHANGED; kind++)
        delta.touched[kind] = ARENA_ARRAY(cx->arena, struct sector_touched, c->applied + 1);
    const struct turn *turns = turns_make(cx, in, c, &n);
    put_start(in, &put);
    sector_batch_start(cx, in->def, &b);
    TRY(sector_batch_keys(b, &in->keys));
    for (size_t i = 0; i < n; i++)
        TRY(row_apply(in, b, c, turns[i].place, &put, &delta));
    TRY(sector_batch_end(b));
    return delta_write(cx, in, &delta);
}

STATUS into_report(struct ctx *cx, int64_t delivery, struct list_report_out *ret)
{
    struct sector_delivery_get_row row;

    TRY(sector_delivery_get(cx, CENTRE_SHARD, delivery, &row, &ret->has_into));
    if (ret->has_into)
        ret->into = (struct into_count){ .code = row.code, .previous = row.previous, .added = row.rows_new, .changed = row.rows_changed,
                                         .same = row.rows_same, .gone = row.rows_gone, .keyless = row.rows_keyless, .outside = row.rows_outside };
    return OK;
}

STATUS into_end(struct ctx *cx, int64_t delivery)
{
    struct sector_delivery_get_row row;
    struct delivery_rest_get_row rest;
    int64_t gone = 0;
    bool found, completes;

    TRY(sector_delivery_get(cx, CENTRE_SHARD, delivery, &row, &found));
    if (!found || row.done)
        return OK;
    TRY(delivery_rest_get(cx, CENTRE_SHARD, delivery, &rest, &completes));
    if (row.previous && !completes)
        TRY(sector_rows_left_in(cx, row.code, row.previous, &gone));
    return sector_delivery_end(cx, CENTRE_SHARD, delivery, gone, completes ? INTO_COMPLETED : INTO_ENDED, NULL);
}
