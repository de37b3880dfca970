/* Rows of a register as they were known at a moment: of the versions recorded until then, the one that holds latest (by its day,
 * then by its place). A row that has not changed since is read alone, without its history.
 * tested by: src/register/test/known_test.c */
#include "register/sector/inside.h"

/* Of the versions recorded until `known_us` and true by `valid` (none: whenever), the one that holds latest; *ret NULL: none. */
static STATUS version_then(struct ctx *cx, const struct sector_register *r, int64_t id, day valid, int64_t known_us, const struct sector_events_row **ret)
{
    struct sector_events_row *events;
    size_t n;
    *ret = NULL;
    TRY(sector_events(cx, 0, r->code, id, &events, &n));
    for (size_t i = 0; i < n; i++)
        if (events[i].recorded_us <= known_us && (day_is_none(valid) || day_first((day){ events[i].effective }) <= day_last(valid)) &&
            (!*ret || events[i].effective >= (*ret)->effective))
            *ret = &events[i];
    return OK;
}

/* All but the unit. */
void sector_row_become(struct sector_row_row *row, const struct sector_events_row *version)
{
    row->version = version->seq;
    row->state = version->kind == MOMENT_END ? SECTOR_ENDED : SECTOR_LIVE;
    row->person = version->person;
    row->why_not = version->why_not;
    row->effective = version->effective;
    row->recorded_us = version->recorded_us;
    row->source = version->source;
    row->delivery = version->delivery;
    row->doc = version->doc;
    row->rules = 0; /* nobody has judged it as it was */
}

STATUS sector_row_as_of(struct ctx *cx, const struct sector_register *r, day valid, int64_t known_us, struct sector_row_row *inout, bool *ret_known)
{
    const struct sector_events_row *best;
    TRY(version_then(cx, r, inout->id, valid, known_us, &best));
    *ret_known = best != NULL;
    if (best)
        sector_row_become(inout, best);
    return OK;
}

STATUS sector_row_written_in(struct ctx *cx, const struct sector_register *r, int64_t known_us, const struct sector_row_row *row, unit_id *ret)
{
    const struct sector_events_row *best;
    TRY(version_then(cx, r, row->id, (day){ 0 }, known_us, &best));
    *ret = (unit_id){ best ? best->unit : 0 };
    return OK;
}

STATUS sector_row_known_at(struct ctx *cx, const struct sector_register *r, int64_t known_us, struct sector_row_row *inout, bool *ret_live)
{
    const struct sector_events_row *best;
    *ret_live = inout->state == SECTOR_LIVE;
    if (inout->recorded_us <= known_us)
        return OK;
    TRY(version_then(cx, r, inout->id, (day){ 0 }, known_us, &best));
    *ret_live = best && best->kind != MOMENT_END;
    if (*ret_live) {
        sector_row_become(inout, best);
        inout->unit = best->unit;
    }
    return OK;
}

STATUS sector_rows_known_at(struct ctx *cx, const struct sector_register *r, int64_t known_us, int64_t after, size_t most,
                            struct sector_rows_then *ret)
{
    size_t n, kept = 0;
    TRY(sector_rows_after(cx, 0, r->code, after, (int64_t)most, &ret->rows, &n));
    ret->more = n == most;
    ret->last = n ? ret->rows[n - 1].id : after;
    for (size_t i = 0; i < n; i++) {
        bool live;
        TRY(sector_row_known_at(cx, r, known_us, &ret->rows[i], &live));
        if (live)
            ret->rows[kept++] = ret->rows[i];
    }
    ret->count = kept;
    return OK;
}
