/* The report of a run: figures by unit and field, under the map of units as registered, the old one or the new one, from the same
 * rows. Each row counts in exactly one line: where the law divided an area and nobody can say to which part a person belongs, it
 * counts in the line that has no unit, so that all maps agree in total.
 * tested by: src/recon/test/run_test.c */
#include "messages/messages.h"
#include "recon/inside.h"

#include <stdlib.h>
#include <string.h>

enum { ANSWERS_MAX = 64, UNITS_MAX = 4000 };

struct group {
    unit_id unit;
    int64_t outcomes[RUN_OUTCOMES], bands[RUN_BANDS], percent, compared[FIELD_END], differing[FIELD_END], field_percent[FIELD_END];
};
struct groups {
    struct ctx *cx;
    enum unit_map map; /* 0: as registered */
    unit_id parent;
    struct group *list, total;
    size_t count, cap;
    struct table64 by_unit; /* of a row: place + 1 in `list`, 0: outside the parent */
};

/* --- where a unit counts --------------------------------------------------------------------------------------------------------- */

static day map_day(const struct defs *d, enum unit_map map)
{
    day to = defs_map_to(d, map);
    return day_is_none(to) ? defs_map_from(d, map) : to;
}

/* The unit of the wanted map that holds it, at least its province. */
static unit_id mapped(const struct groups *g, unit_id unit)
{
    const struct defs *d = g->cx->app->defs;
    const struct unit *u = defs_unit(d, unit);
    unit_id out[ANSWERS_MAX], province;
    size_t n = 0;
    if (!u || !g->map || u->map == (uint8_t)g->map)
        return u ? unit : UNIT_NONE;
    if (defs_unit_at(d, unit, map_day(d, g->map), out, ANSWERS_MAX, &n) == UNIT_ANSWER_ONE)
        return out[0];
    if (n == 0 || n > ANSWERS_MAX)
        return UNIT_NONE;
    province = defs_unit_province(d, out[0]);
    for (size_t i = 1; i < n; i++)
        if (defs_unit_province(d, out[i]).v != province.v)
            return UNIT_NONE;
    return province;
}

/* The line in which it stands; false: outside the parent. */
static bool line_of(const struct groups *g, unit_id unit, unit_id *ret)
{
    const struct defs *d = g->cx->app->defs;
    unit_id at = mapped(g, unit);
    *ret = UNIT_NONE;
    if (!g->parent.v) {
        *ret = at.v ? defs_unit_province(d, at) : UNIT_NONE;
        return true;
    }
    if (!at.v || !defs_unit_within(d, at, g->parent))
        return false;
    for (const struct unit *u = defs_unit(d, at); u && u->id.v != g->parent.v; u = defs_unit(d, u->parent)) {
        *ret = u->id;
        if (!u->parent.v)
            break;
    }
    return true;
}

static struct group *group_of(struct groups *g, unit_id unit)
{
    uint64_t place = 0;
    unit_id line;
    if (!table64_get(&g->by_unit, (uint64_t)(uint32_t)unit.v, &place)) {
        bool inside = line_of(g, unit, &line);
        for (size_t i = 0; inside && i < g->count && !place; i++)
            if (g->list[i].unit.v == line.v)
                place = i + 1;
        if (inside && !place) {
            g->list = rows_room(g->cx->arena, g->list, g->count, &g->cap, sizeof *g->list);
            g->list[g->count++] = (struct group){ .unit = line };
            place = g->count;
        }
        table64_set(&g->by_unit, (uint64_t)(uint32_t)unit.v, place);
    }
    return place ? &g->list[place - 1] : NULL;
}

/* --- counting -------------------------------------------------------------------------------------------------------------------- */

static void figure_add(struct group *g, const struct recon_figures_row *f)
{
    switch ((enum run_figure)f->figure) {
    case RUN_OUTCOME_FIGURE: g->outcomes[f->item % RUN_OUTCOMES] += f->amount; break;
    case RUN_BAND_FIGURE: g->bands[f->item % RUN_BANDS] += f->amount; break;
    case RUN_PERCENT_FIGURE: g->percent += f->amount; break;
    case RUN_COMPARED_FIGURE: g->compared[f->item % FIELD_END] += f->amount; break;
    case RUN_DIFFERING_FIGURE: g->differing[f->item % FIELD_END] += f->amount; break;
    case RUN_FIELD_PERCENT_FIGURE: g->field_percent[f->item % FIELD_END] += f->amount; break;
    }
}

static STATUS figures_read(struct groups *g, int64_t run)
{
    struct recon_figures_cursor cursor DEFER(recon_figures_done) = { 0 };
    struct recon_figures_row f;
    bool more;
    TRY(recon_figures_each(g->cx, RECON_SHARD, run, &cursor));
    for (;;) {
        TRY(recon_figures_next(&cursor, &f, &more));
        if (!more)
            return OK;
        struct group *to = group_of(g, (unit_id){ f.unit });
        if (!to)
            continue;
        figure_add(to, &f);
        figure_add(&g->total, &f);
    }
}

static int by_unit(const void *a, const void *b)
{
    const struct group *x = a, *y = b;
    bool none_x = !x->unit.v, none_y = !y->unit.v;
    if (none_x != none_y)
        return none_x ? 1 : -1;
    return x->unit.v < y->unit.v ? -1 : x->unit.v > y->unit.v;
}

/* --- the reply -------------------------------------------------------------------------------------------------------------------- */

static int64_t mean(int64_t sum, int64_t n) { return n ? (sum + n / 2) / n : 0; }

static void fields_fill(struct ctx *cx, const struct group *g, struct run_unit_count *ret)
{
    ret->fields = ARENA_ARRAY(cx->arena, struct run_field_count, RUN_VALUES_MAX);
    for (int f = 0; f < FIELD_END && ret->fields_count < RUN_VALUES_MAX; f++) {
        const struct person_field_def *def = person_field_def(f);
        if (g->compared[f] && def)
            ret->fields[ret->fields_count++] = (struct run_field_count){
                .field = def->key, .label = cx->lang == LANG_EN ? def->label_en : def->label_vi, .compared = g->compared[f], .differing = g->differing[f],
                .confidence = mean(g->field_percent[f], g->differing[f]) };
    }
}

static struct run_unit_count count_of(struct ctx *cx, const struct group *g)
{
    struct run_unit_count c = {
        .has_unit = g->unit.v != 0, .unit = g->unit, .name = defs_unit_path(cx->arena, cx->app->defs, g->unit, (day){ 0 }, cx->lang),
        .matched = g->outcomes[RUN_MATCHED], .conflicting = g->outcomes[RUN_CONFLICTING], .ambiguous = g->outcomes[RUN_AMBIGUOUS],
        .not_found = g->outcomes[RUN_NOT_FOUND], .duplicate = g->outcomes[RUN_DUPLICATE], .deceased = g->outcomes[RUN_DECEASED],
        .moved = g->outcomes[RUN_MOVED], .cancelled = g->outcomes[RUN_NUMBER_CANCELLED] };
    int64_t sure = 0;
    for (int i = 0; i < RUN_OUTCOMES; i++)
        c.rows += g->outcomes[i];
    for (int i = 0; i < RUN_BANDS; i++)
        sure += g->bands[i];
    c.confidence = mean(g->percent, sure);
    fields_fill(cx, g, &c);
    return c;
}

static STATUS reply_fill(struct groups *g, struct run_report_out *ret)
{
    struct ctx *cx = g->cx;
    if (g->count > UNITS_MAX)
        return FAIL_AT(TEXT_TOO_LONG, STR("units"));
    if (g->count)
        qsort(g->list, g->count, sizeof *g->list, by_unit);
    ret->units = ARENA_ARRAY(cx->arena, struct run_unit_count, g->count + 1);
    for (size_t i = 0; i < g->count; i++)
        ret->units[ret->units_count++] = count_of(cx, &g->list[i]);
    g->total.unit = g->parent;
    ret->total = count_of(cx, &g->total);
    ret->outcomes = ARENA_ARRAY(cx->arena, struct run_outcome_count, RUN_OUTCOMES);
    for (int i = 0; i < RUN_OUTCOMES; i++)
        ret->outcomes[ret->outcomes_count++] = (struct run_outcome_count){ i, g->total.outcomes[i] };
    ret->bands = ARENA_ARRAY(cx->arena, struct run_band, RUN_BANDS);
    for (int i = 0; i < RUN_BANDS; i++)
        ret->bands[ret->bands_count++] = (struct run_band){ run_band_from[i], i + 1 < RUN_BANDS ? run_band_from[i + 1] - 1 : 100, g->total.bands[i] };
    return OK;
}

static str map_says(const struct ctx *cx, enum unit_map map)
{
    switch (map) {
    case MAP_OLD: return msg_run_map_old(cx->lang);
    case MAP_NEW: return msg_run_map_new(cx->lang);
    default: return msg_run_map_registered(cx->lang);
    }
}

STATUS run_report(struct ctx *cx, const struct run_report_in *in, struct run_report_out *ret)
{
    struct groups g = { .cx = cx, .map = in->has_map ? (enum unit_map)in->map : (enum unit_map)0, .parent = in->has_unit ? in->unit : UNIT_NONE };
    struct recon_run_row r;
    TRY(run_of(cx, in->run, &r));
    run_item_fill(cx, &r, &ret->item);
    ret->map = (int32_t)g.map;
    ret->map_says = map_says(cx, g.map);
    table64_init(&g.by_unit, 1024);
    status st = figures_read(&g, r.id);
    table64_done(&g.by_unit);
    TRY(st);
    return reply_fill(&g, ret);
}
