/* Figures of a run by unit: how many rows of each outcome, how often a field was compared and differed, and how sure the comparison
 * was. Kept in memory while rows are compared, made anew from the stored rows when a run goes on later, written when all are done.
 * tested by: src/recon/test/run_test.c */
#include "recon/inside.h"

enum { EXPECTED = 1024, UNIT_SHIFT = 16, FIGURE_SHIFT = 8 };
const int run_band_from[RUN_BANDS] = { 0, 80, 95, 99 };

void tally_init(struct run_tally *t) { table64_init(&t->amounts, EXPECTED); }

void tally_done(struct run_tally *t) { table64_done(&t->amounts); }

static void add(struct run_tally *t, unit_id unit, enum run_figure figure, int item, int64_t by)
{
    uint64_t key = (uint64_t)(uint32_t)unit.v << UNIT_SHIFT | (uint64_t)figure << FIGURE_SHIFT | (uint64_t)item, n = 0;
    table64_get(&t->amounts, key, &n);
    table64_set(&t->amounts, key, n + (uint64_t)by);
}

void tally_row(struct run_tally *t, const struct run_result *r)
{
    add(t, r->unit, RUN_OUTCOME_FIGURE, (int)r->outcome, 1);
    if (!r->person.v)
        return;
    int band = RUN_BANDS - 1;
    while (band > 0 && r->percent < run_band_from[band])
        band--;
    add(t, r->unit, RUN_BAND_FIGURE, band, 1);
    add(t, r->unit, RUN_PERCENT_FIGURE, 0, r->percent);
    for (int field = 0; field < FIELD_END; field++) {
        if (!(r->compared >> field & 1))
            continue;
        add(t, r->unit, RUN_COMPARED_FIGURE, field, 1);
        if (!(r->differs >> field & 1))
            continue;
        add(t, r->unit, RUN_DIFFERING_FIGURE, field, 1);
        add(t, r->unit, RUN_FIELD_PERCENT_FIGURE, field, r->percent);
    }
}

STATUS tally_write(struct ctx *cx, const struct run_tally *t, int64_t run)
{
    struct recon_figure_add_params *list = ARENA_ARRAY(cx->arena, struct recon_figure_add_params, t->amounts.count + 1);
    size_t n = 0;
    for (size_t i = 0; i < t->amounts.cap; i++)
        if (t->amounts.used[i])
            list[n++] = (struct recon_figure_add_params){
                .shard = RECON_SHARD, .run = run, .unit = (int32_t)(t->amounts.keys[i] >> UNIT_SHIFT),
                .figure = (int16_t)(t->amounts.keys[i] >> FIGURE_SHIFT & 0xFF), .item = (int16_t)(t->amounts.keys[i] & 0xFF),
                .amount = (int64_t)t->amounts.values[i] };
    return recon_figure_add_bulk(cx, list, n);
}
