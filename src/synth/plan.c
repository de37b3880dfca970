/* Where people live: communes with weights, blocks spread over them, and the old units behind each.
 * tested by: src/synth/test/synth_test.c */
#include "synth/inside.h"

static double commune_weight(const struct unit *u)
{
    return u->type == UNIT_TYPE_WARD ? 3.0 : u->type == UNIT_TYPE_SPECIAL_ZONE ? 0.5 : 1.6;
}

unit_id plan_commune(const struct plan *p, int64_t block)
{
    double at = ((double)block + 0.5) / (double)p->blocks;
    size_t low = 0, high = p->commune_count - 1;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (p->weights[mid] > at)
            high = mid;
        else
            low = mid + 1;
    }
    return p->communes[low];
}

unit_id plan_old_unit(const struct plan *p, struct rng *r, unit_id commune)
{
    size_t n;
    const struct lineage *l = defs_unit_predecessors(p->defs, commune, &n);
    return n ? l[rng_below(r, (uint32_t)n)].old : UNIT_NONE;
}

unit_id plan_any_old_commune(const struct plan *p, struct rng *r)
{
    size_t n, m, k;
    const unit_id *provinces = defs_provinces(p->defs, MAP_OLD, &n);
    const unit_id *districts = defs_unit_children(p->defs, provinces[rng_below(r, (uint32_t)n)], &m);
    if (!m)
        return UNIT_NONE;
    const unit_id *communes = defs_unit_children(p->defs, districts[rng_below(r, (uint32_t)m)], &k);
    return k ? communes[rng_below(r, (uint32_t)k)] : UNIT_NONE;
}

int plan_prefix(const struct plan *p, unit_id old_unit)
{
    const struct unit *u = defs_unit(p->defs, defs_unit_province(p->defs, old_unit));
    return u && u->map == MAP_OLD ? u->code : 0;
}

static bool commune_wanted(const struct defs *d, const struct unit *u, unit_id within)
{
    return u->map == MAP_NEW && u->level == UNIT_COMMUNE && (!within.v || defs_unit_within(d, u->id, within));
}

static STATUS communes_take(struct arena *a, const struct synth_options *o, struct plan *p)
{
    size_t n = defs_unit_count(p->defs);
    double total = 0;
    p->communes = ARENA_ARRAY(a, unit_id, n);
    p->weights = ARENA_ARRAY(a, double, n);
    for (size_t i = 0; i < n; i++) {
        const struct unit *u = defs_unit_nth(p->defs, i);
        if (!commune_wanted(p->defs, u, o->unit))
            continue;
        p->communes[p->commune_count] = u->id;
        p->weights[p->commune_count++] = total += commune_weight(u);
    }
    if (!p->commune_count)
        return FAIL_AT(UNIT_UNKNOWN, STR("unit"));
    for (size_t i = 0; i < p->commune_count; i++)
        p->weights[i] /= total;
    return OK;
}

/* Numbers of a province are dealt out in ranges to the blocks that may issue them: a block's province is that of the
 * first predecessor of its commune. */
static void slots_deal(struct arena *a, struct plan *p)
{
    p->slot = ARENA_ARRAY(a, int64_t, (size_t)p->blocks);
    for (int64_t b = 0; b < p->blocks; b++) {
        size_t n;
        const struct lineage *l = defs_unit_predecessors(p->defs, plan_commune(p, b), &n);
        int prefix = n ? plan_prefix(p, l[0].old) : 0;
        p->slot[b] = p->blocks_of_prefix[prefix]++;
    }
}

STATUS plan_make(struct arena *a, const struct defs *defs, const struct synth_options *o, struct plan *ret)
{
    if (o->people < SYNTH_PEOPLE_MIN || o->people > PLAN_PEOPLE_MAX)
        return FAIL_AT(VALUE_RANGE, STR("people"));
    day until = day_is_none(o->until) ? (day){ 20260630 } : o->until;
    if (day_precision(until) != DAY_FULL || day_year(until) < 2016 || day_year(until) > 2100)
        return FAIL_AT(VALUE_RANGE, STR("until"));
    *ret = (struct plan){ .defs = defs, .seed = o->seed, .people = o->people, .until = day_first(until) };
    ret->blocks = (o->people + SYNTH_BLOCK - 1) / SYNTH_BLOCK;
    TRY(communes_take(a, o, ret));
    slots_deal(a, ret);
    name_tables_make();
    return OK;
}
