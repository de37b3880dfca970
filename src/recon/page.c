/* Rows of a run in the order in which they lie: outcome, unit, row. tested by: src/recon/test/run_test.c */
#include "recon/inside.h"

#include <string.h>

STATUS run_rows_after(struct ctx *cx, const struct run_place *after, int64_t most, struct recon_row_row **ret, size_t *ret_count)
{
    struct recon_row_row *rest;
    size_t n = 0, more;
    *ret = ARENA_ARRAY(cx->arena, struct recon_row_row, (size_t)most + 1);
    if (after->unit >= 0) {
        TRY(recon_rows_of_unit(cx, &(struct recon_rows_of_unit_params){ .shard = RECON_SHARD, .run = after->run, .outcome = (int16_t)after->outcome,
                                                                        .unit = after->unit, .after = after->row, .most = most }, &rest, &n));
        if (n)
            memcpy(*ret, rest, n * sizeof *rest);
    }
    *ret_count = n;
    if (n == (size_t)most)
        return OK;
    TRY(recon_rows_after_unit(cx, &(struct recon_rows_after_unit_params){ .shard = RECON_SHARD, .run = after->run, .outcome = (int16_t)after->outcome,
                                                                          .after_unit = after->unit, .most = most - (int64_t)n }, &rest, &more));
    if (more)
        memcpy(*ret + n, rest, more * sizeof *rest);
    *ret_count = n + more;
    return OK;
}

STATUS run_units_of(struct ctx *cx, int64_t run, enum run_outcome outcome, unit_id within, unit_id **ret, size_t *ret_count)
{
    struct recon_figures_cursor cursor DEFER(recon_figures_done) = { 0 };
    struct recon_figures_row f;
    unit_id *list = NULL;
    size_t n = 0, cap = 0;
    bool more;
    TRY(recon_figures_each(cx, RECON_SHARD, run, &cursor));
    for (;;) {
        TRY(recon_figures_next(&cursor, &f, &more));
        if (!more)
            break;
        if (f.figure != RUN_OUTCOME_FIGURE || f.item != (int16_t)outcome || (within.v && !(f.unit && defs_unit_covers(cx->app->defs, within, (unit_id){ f.unit }))))
            continue;
        list = rows_room(cx->arena, list, n, &cap, sizeof *list);
        list[n++] = (unit_id){ f.unit };
    }
    *ret = list;
    *ret_count = n;
    return OK;
}
