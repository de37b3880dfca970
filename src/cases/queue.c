/* What waits, due first: for the officers of a commune, and for the centre. A page looks at a bounded number of cases and says
 * where to go on; a name that leaves here was noted, with the case as its ground.
 * tested by: src/cases/test/case_test.c */
#include "cases/inside.h"

#include <string.h>

enum { QUEUE_DEFAULT = 50, SCAN_CASES = 200, SCAN_PAGES_MAX = 10, FIGURES_MAX = 5000 };

STATUS case_item_show(struct ctx *cx, const struct case_row *r, struct case_item *ret)
{
    const struct sector_register *s = r->register_code.len ? defs_sector(cx->app->defs, r->register_code, cx->today) : NULL;
    const struct calendar *c = defs_calendar(cx->app->defs);
    struct person p = { 0 };
    bool known = false;
    unit_id unit = { r->unit };
    int64_t until = r->ended_us ? r->ended_us : cx->now_us;
    int bit = -1;
    if (r->person)
        TRY(person_by_id(cx, (person_id){ r->person }, &p, &known));
    case_purpose(cx, r->id);
    uint64_t fields = UINT64_C(1) << FIELD_NAME;
    if (person_field_by_name(r->attribute, &bit))
        fields |= UINT64_C(1) << bit;
    if (known)
        TRY(disclosure_note(cx, (struct subject){ p.id, p.unit }, fields & cx->journal->op->reads));
    *ret = (struct case_item){
        .now = { r->id, r->version, r->state, r->queue, r->due_us }, .kind = r->kind, .code = r->register_code,
        .register_name = s ? (cx->lang == LANG_EN ? s->en : s->vi) : STR(""), .name = p.name, .attribute = r->attribute,
        .attribute_name = case_attribute_name(cx, s, r), .said = case_value_show(cx, s, r, r->said), .held = case_value_show(cx, s, r, r->held),
        .has_unit = unit.v != 0, .unit = unit, .unit_name = defs_unit_name(cx->arena, cx->app->defs, unit, cx->today, cx->lang),
        .opened = r->opened_us, .source = r->source, .late = until > r->due_us,
        .left = calendar_days_between(c, day_of_us(until), day_of_us(r->due_us)) };
    return OK;
}

static bool wanted(const struct ctx *cx, const struct case_queue_in *in, const struct case_row *r)
{
    unit_id unit = { r->unit };
    if (!case_is_near(cx, unit) || (in->has_kind && r->kind != in->kind) || (in->has_code && !str_eq(r->register_code, in->code)))
        return false;
    return !in->has_unit || r->unit == in->unit.v || defs_unit_covers(cx->app->defs, in->unit, unit);
}

/* A commune's own cases lie together; else all of the queue are gone through. */
static STATUS page(struct ctx *cx, const struct case_queue_in *in, int64_t due, int64_t id, struct case_row **ret, size_t *ret_count)
{
    unit_id unit = in->has_unit ? in->unit : cx->actor.roles & ROLE_OFFICER ? cx->actor.unit : UNIT_NONE;
    const struct unit *u = defs_unit(cx->app->defs, unit);
    int16_t queue = in->has_queue ? (int16_t)in->queue : QUEUE_SETTLE;
    if (u && u->level == UNIT_COMMUNE && u->map == MAP_NEW)
        return cases_of_unit(cx, &(struct cases_of_unit_params){ .shard = CASE_SHARD, .unit = unit.v, .queue = queue, .after_due = due, .after_id = id,
                                                                 .most = SCAN_CASES }, ret, ret_count);
    return cases_queued(cx, &(struct cases_queued_params){ .shard = CASE_SHARD, .queue = queue, .after_due = due, .after_id = id, .most = SCAN_CASES },
                        ret, ret_count);
}

STATUS case_queue(struct ctx *cx, const struct case_queue_in *in, struct case_queue_out *ret)
{
    size_t most = in->has_limit ? (size_t)in->limit : QUEUE_DEFAULT, n = SCAN_CASES;
    int64_t due = in->has_after_due ? in->after_due : 0, id = in->has_after_id ? in->after_id : 0;
    struct purpose before = cx->purpose;
    struct case_row *rows;
    ret->cases = ARENA_ARRAY(cx->arena, struct case_item, most);
    for (int pages = 0; pages < SCAN_PAGES_MAX && n == SCAN_CASES && !ret->more; pages++) {
        TRY(page(cx, in, due, id, &rows, &n));
        for (size_t i = 0; i < n && !ret->more; i++) {
            ret->more = ret->cases_count == most;
            if (ret->more)
                break;
            due = rows[i].due_us;
            id = rows[i].id;
            if (wanted(cx, in, &rows[i]))
                TRY(case_item_show(cx, &rows[i], &ret->cases[ret->cases_count++]));
        }
    }
    cx->purpose = before;
    ret->more = ret->more || n == SCAN_CASES;
    ret->has_next_due = ret->more;
    ret->next_due = due;
    ret->next_id = ret->more ? id : 0;
    return OK;
}

/* Figures name nobody, so that leaders see all units. */
STATUS case_figures(struct ctx *cx, const struct case_figures_in *in, struct case_figures_out *ret)
{
    const struct defs *d = cx->app->defs;
    struct case_figures_of_cursor cursor DEFER(case_figures_of_done) = { 0 };
    struct case_figures_of_row row;
    bool more;
    ret->figures = ARENA_ARRAY(cx->arena, struct case_figure, FIGURES_MAX);
    TRY(case_figures_of_each(cx, CASE_SHARD, &cursor));
    for (;;) {
        unit_id unit;
        TRY(case_figures_of_next(&cursor, &row, &more));
        if (!more || ret->figures_count == FIGURES_MAX)
            return OK;
        unit = (unit_id){ row.unit };
        if (in->has_unit && row.unit != in->unit.v && !(unit.v && defs_unit_covers(d, in->unit, unit)))
            continue;
        ret->figures[ret->figures_count++] = (struct case_figure){
            .has_unit = row.unit != 0, .unit = unit, .unit_name = defs_unit_name(cx->arena, d, unit, cx->today, cx->lang), .kind = row.kind,
            .queue = row.queue, .cases = row.cases };
    }
}
