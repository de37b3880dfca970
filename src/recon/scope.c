/* Which rows a run takes that does not take the whole register: those of a unit, or those that a list brought or saw last. They are
 * written down when the snapshot is taken, because a later list or a move of a person would change the answer.
 * tested by: src/recon/test/run_test.c */
#include "recon/inside.h"

enum { SCOPE_BLOCK = 5000 };

struct scope {
    struct ctx *cx;
    const struct recon_run_row *run;
    struct recon_scope_add_params *list;
    size_t count, cap;
    unit_id asked; /* the last unit that was looked at, and the answer */
    bool inside;
};

static bool is_inside(struct scope *s, unit_id unit)
{
    if (!s->run->unit)
        return true;
    if (unit.v != s->asked.v) {
        s->asked = unit;
        s->inside = unit.v && defs_unit_covers(s->cx->app->defs, (unit_id){ s->run->unit }, unit);
    }
    return s->inside;
}

static void take(struct scope *s, const struct sector_place_row *row)
{
    if (!is_inside(s, (unit_id){ row->unit }))
        return;
    s->list = rows_room(s->cx->arena, s->list, s->count, &s->cap, sizeof *s->list);
    s->list[s->count++] = (struct recon_scope_add_params){ .shard = RECON_SHARD, .run = s->run->id, .row_id = row->id };
}

static STATUS of_delivery(struct scope *s)
{
    struct sector_ids_of_delivery_cursor cursor DEFER(sector_ids_of_delivery_done) = { 0 };
    struct sector_place_row row;
    bool more;
    TRY(sector_ids_of_delivery_each(s->cx, RECON_SHARD, s->run->code, s->run->delivery, &cursor));
    for (;;) {
        TRY(sector_ids_of_delivery_next(&cursor, &row, &more));
        if (!more)
            return OK;
        take(s, &row);
    }
}

static STATUS of_unit(struct scope *s)
{
    struct sector_ids_by_unit_cursor cursor DEFER(sector_ids_by_unit_done) = { 0 };
    struct sector_place_row row;
    bool more;
    TRY(sector_ids_by_unit_each(s->cx, RECON_SHARD, s->run->code, &cursor));
    for (;;) {
        TRY(sector_ids_by_unit_next(&cursor, &row, &more));
        if (!more)
            return OK;
        take(s, &row);
    }
}

STATUS run_scope_make(struct ctx *cx, const struct recon_run_row *r, int64_t *ret_rows)
{
    struct scope s = { .cx = cx, .run = r };
    if (r->repeats)
        return recon_scope_copy(cx, RECON_SHARD, r->id, r->repeats, ret_rows);
    TRY(r->delivery ? of_delivery(&s) : of_unit(&s));
    for (size_t at = 0; at < s.count; at += SCOPE_BLOCK)
        TRY(recon_scope_add_bulk(cx, s.list + at, s.count - at < SCOPE_BLOCK ? s.count - at : SCOPE_BLOCK));
    *ret_rows = (int64_t)s.count;
    return OK;
}
