/* Figures of a register by unit: a sum over the kept counts, under the units in force; and judging rows anew after the rules or a
 * person have changed, so that the counts follow.
 * tested by: src/register/test/sector_test.c */
#include "register/sector/figure.h"

#include <stdlib.h>
#include <string.h>

enum { UNITS_MAX = 4000, JUDGE_ROWS = 1000, STEP_ROWS = 200 };

struct summing {
    struct ctx *cx;
    const struct sector_register *def;
    unit_id above;
    struct sector_figures_out *out;
    struct table64 places;
    int64_t failing[SECTOR_CHECKS_MAX];
};

/* The unit that a row counts for in this view: a child of `above`, or a province; UNIT_NONE if it lies elsewhere. */
static unit_id place_of(const struct summing *s, unit_id unit)
{
    const struct defs *d = s->cx->app->defs;
    unit_id there[1] = { unit };
    size_t count = 1;
    const struct unit *u = defs_unit(d, unit);
    if (u && u->map == MAP_OLD && defs_unit_at(d, unit, s->cx->today, there, 1, &count) != UNIT_ANSWER_ONE) {
        const struct unit *province = defs_unit(d, defs_unit_province(d, unit));
        there[0] = province->next;
    }
    if (!s->above.v)
        return u ? defs_unit_province(d, there[0]) : UNIT_NONE;
    for (u = defs_unit(d, there[0]); u && u->parent.v; u = defs_unit(d, u->parent))
        if (u->parent.v == s->above.v)
            return u->id;
    return UNIT_NONE;
}

static struct sector_count *count_of(struct summing *s, unit_id unit)
{
    uint64_t at = 0;
    if (!table64_get(&s->places, (uint64_t)unit.v, &at)) {
        if (s->out->units_count == UNITS_MAX)
            return NULL;
        at = s->out->units_count++;
        s->out->units[at] = (struct sector_count){ .has_unit = true, .unit = unit,
                                                   .name = defs_unit_name(s->cx->arena, s->cx->app->defs, unit, s->cx->today, s->cx->lang) };
        table64_set(&s->places, (uint64_t)unit.v, at);
    }
    return &s->out->units[at];
}

static void count_add(struct sector_count *c, const struct sector_figures_all_row *row)
{
    int64_t *const flaws[DIMENSION_COUNT] = { &c->correct, &c->complete, &c->clean, &c->live };
    switch ((enum sector_figure_kind)row->figure) {
    case SECTOR_FIGURE_LINK:
        c->rows += row->row_count;
        c->linked += row->item == LINK_LINKED ? row->row_count : 0;
        for (int i = 0; i < DIMENSION_COUNT; i++)
            *flaws[i] += row->row_count;
        break;
    case SECTOR_FIGURE_ENDED: c->ended += row->row_count; break;
    case SECTOR_FIGURE_FLAW:
        if (row->item >= 0 && row->item < DIMENSION_COUNT)
            *flaws[row->item] -= row->row_count;
        break;
    case SECTOR_FIGURE_CHECK: break;
    }
}

static void row_sum(struct summing *s, const struct sector_figures_all_row *row)
{
    unit_id place = place_of(s, (unit_id){ row->unit });
    bool here = s->above.v && row->unit == s->above.v;
    if (s->above.v && !place.v && !here)
        return;
    bool now = (uint64_t)row->rules == s->def->rules_hash;
    if (!now && row->figure == SECTOR_FIGURE_LINK)
        s->out->stale += row->row_count;
    if (now && row->figure == SECTOR_FIGURE_CHECK && row->item >= 0 && row->item < SECTOR_CHECKS_MAX)
        s->failing[row->item] += row->row_count;
    struct sector_count *c = place.v ? count_of(s, place) : NULL;
    if (c)
        count_add(c, row);
    count_add(&s->out->total, row);
}

static STATUS all_sum(struct summing *s)
{
    struct sector_figures_all_cursor cursor DEFER(sector_figures_all_done) = { 0 };
    struct sector_figures_all_row row;
    bool more;
    TRY(sector_figures_all_each(s->cx, 0, s->def->code, &cursor));
    for (;;) {
        TRY(sector_figures_all_next(&cursor, &row, &more));
        if (!more)
            return OK;
        row_sum(s, &row);
    }
}

static int count_order(const void *a, const void *b)
{
    const struct sector_count *x = a, *y = b;
    return (x->unit.v > y->unit.v) - (x->unit.v < y->unit.v);
}

STATUS sector_figures(struct ctx *cx, const struct sector_figures_in *in, struct sector_figures_out *ret)
{
    struct summing s = { .cx = cx, .def = defs_sector(cx->app->defs, in->code, cx->today), .above = in->has_unit ? in->unit : UNIT_NONE, .out = ret };
    if (!s.def)
        return FAIL_WITH(REGISTER_MISSING, STR("code"), in->code);
    ret->as_of = cx->now_us;
    ret->units = ARENA_ARRAY(cx->arena, struct sector_count, UNITS_MAX);
    ret->total = (struct sector_count){ .has_unit = in->has_unit, .unit = s.above,
                                        .name = defs_unit_path(cx->arena, cx->app->defs, s.above, cx->today, cx->lang) };
    table64_init(&s.places, 256);
    status st = all_sum(&s);
    table64_done(&s.places);
    TRY(st);
    qsort(ret->units, ret->units_count, sizeof *ret->units, count_order);
    ret->failing = ARENA_ARRAY(cx->arena, struct sector_failing, s.def->check_count + 1);
    for (size_t i = 0; i < s.def->check_count; i++)
        if (s.failing[i])
            ret->failing[ret->failing_count++] = (struct sector_failing){
                .check = s.def->checks[i].code, .dimension = (int32_t)s.def->checks[i].dimension,
                .says = sector_check_says(cx, s.def, &s.def->checks[i]), .rows = s.failing[i] };
    return OK;
}

/* --- judging anew ---------------------------------------------------------------------------------------------------------- */

/* The row's mask by the rules in force; where its person lives now. False: nothing changed. */
static STATUS row_judge(struct ctx *cx, const struct sector_register *r, const struct person *p, struct sector_row_row *row, bool *ret_changed)
{
    struct sector_content c;
    TRY(sector_content_read(r, row->doc, &c));
    int64_t broken = (int64_t)sector_check_row(cx, r, &c, row->person ? p : NULL);
    int32_t unit = r->unit_field < 0 && row->person && p->unit.v ? p->unit.v : row->unit;
    *ret_changed = broken != row->broken || unit != row->unit || (uint64_t)row->rules != r->rules_hash;
    row->broken = broken;
    row->unit = unit;
    row->rules = (int64_t)r->rules_hash;
    return OK;
}

static STATUS row_rejudge(struct ctx *cx, const struct sector_register *r, const struct person *p, struct sector_row_row *row,
                          struct sector_moves *moves, bool *ret_changed)
{
    struct sector_judged before = sector_judged_of(row);
    TRY(row_judge(cx, r, p, row, ret_changed));
    if (!*ret_changed)
        return OK;
    struct sector_judged after = sector_judged_of(row);
    sector_moves_add(moves, &before, -1);
    sector_moves_add(moves, &after, 1);
    return sector_row_judged(cx, &(struct sector_row_judged_params){ .shard = 0, .code = r->code, .id = row->id, .unit = row->unit,
                                                                     .broken = row->broken, .rules = row->rules }, NULL);
}

static STATUS rows_judge(struct ctx *cx, const struct sector_register *r, const struct sector_judge_in *in, struct sector_moves *moves,
                         struct sector_judge_out *ret)
{
    int64_t most = in->has_limit ? in->limit : JUDGE_ROWS, after = in->has_after ? in->after : 0;
    size_t n = STEP_ROWS;
    while (ret->judged < most && n == STEP_ROWS) {
        struct sector_row_row *rows;
        TRY(sector_rows_after(cx, 0, r->code, after, STEP_ROWS, &rows, &n));
        for (size_t i = 0; i < n && ret->judged < most; i++) {
            struct person p = { 0 };
            bool known = false, changed;
            if (rows[i].person)
                TRY(person_by_id(cx, (person_id){ rows[i].person }, &p, &known));
            TRY(row_rejudge(cx, r, &p, &rows[i], moves, &changed));
            ret->judged++;
            ret->changed += changed;
            after = rows[i].id;
        }
    }
    ret->next = ret->judged == most ? after : 0;
    return OK;
}

STATUS sector_judge(struct ctx *cx, const struct sector_judge_in *in, struct sector_judge_out *ret)
{
    struct sector_moves *moves DEFER(sector_moves_done) = NULL;
    struct sector_scope s;
    TRY(sector_enter(cx, in->code, true, &s));
    sector_moves_start(&moves);
    TRY(rows_judge(cx, s.def, in, moves, ret));
    return sector_moves_write(cx, moves, s.def->code);
}

STATUS sector_person_changed(struct ctx *cx, const struct person *p)
{
    struct sector_row_of_person_row *found;
    size_t n;
    TRY(sector_rows_of_person(cx, 0, p->id.v, &found, &n));
    for (size_t i = 0; i < n; i++) {
        struct sector_moves *moves DEFER(sector_moves_done) = NULL;
        const struct sector_register *r = defs_sector(cx->app->defs, found[i].code, cx->today);
        struct sector_row_row row;
        bool known, changed;
        if (!r)
            continue;
        TRY(sector_row_get(cx, 0, found[i].code, found[i].id, &row, &known));
        sector_moves_start(&moves);
        if (known)
            TRY(row_rejudge(cx, r, p, &row, moves, &changed));
        TRY(sector_moves_write(cx, moves, r->code));
    }
    return OK;
}
