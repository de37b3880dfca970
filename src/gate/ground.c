/* Grounds: the lawful reasons that a request may name. The kinds "agreement" and "authority" are definitions and belong
 * to the gate itself; other modules register theirs. A ground that ended a minute ago is not live, whatever the caller
 * says. Law: NĐ 47/2020 Đ34-38 (agreements), NĐ 70/2024 Đ8 (authority).
 * tested by: src/gate/test/gate_test.c */
#include "gate/ground.h"

#include <pthread.h>
#include <string.h>

enum { RATE_SLOTS = 4096, RATE_PROBES = 8, MINUTE_US = 60 * 1000000 };

static STATUS grounded_check(struct ctx *cx, const struct operation *op, const struct defs_grounded *g)
{
    if (!defs_grounded_live(g, cx->today, str_of(op->name)))
        return FAIL_WITH(GROUND_NOT_LIVE, STR("purpose"), cx->purpose.reference);
    if (!defs_grounded_open(g, cx->now_us))
        return FAIL_WITH(GROUND_HOURS, STR("purpose"), cx->purpose.reference);
    return OK;
}

static STATUS agreement_check(struct ctx *cx, const struct operation *op, struct grant *ret)
{
    const struct agreement *a = defs_agreement(cx->app->defs, cx->purpose.reference);
    /* Another member's agreement is answered like none at all. */
    if (!a || !str_eq(a->member, cx->actor.organisation))
        return FAIL_WITH(GROUND_NOT_LIVE, STR("purpose"), cx->purpose.reference);
    TRY(grounded_check(cx, op, &a->is));
    *ret = (struct grant){ .fields = a->is.fields & op->reads, .only_unit = a->is.unit, .per_minute = a->is.per_minute };
    return OK;
}

static STATUS authority_check(struct ctx *cx, const struct operation *op, struct grant *ret)
{
    const struct authority *a = defs_authority(cx->app->defs, cx->purpose.reference);
    if (!a || !(a->roles & cx->actor.roles))
        return FAIL_WITH(GROUND_NOT_LIVE, STR("purpose"), cx->purpose.reference);
    TRY(grounded_check(cx, op, &a->is));
    unit_id unit = a->own_unit ? cx->actor.unit : a->is.unit;
    if (a->own_unit && !unit.v)
        return FAIL_WITH(GROUND_NOT_LIVE, STR("purpose"), cx->purpose.reference);
    *ret = (struct grant){ .fields = a->is.fields & op->reads, .only_unit = unit, .per_minute = a->is.per_minute };
    return OK;
}

const struct ground_kind gate_grounds[] = {
    { "agreement", agreement_check },
    { "authority", authority_check },
};
const size_t gate_ground_count = sizeof gate_grounds / sizeof *gate_grounds;

static const struct ground_kind *kind_in(const struct ground_kind *list, size_t count, str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(str_of(list[i].name), name))
            return &list[i];
    return NULL;
}

const struct ground_kind *ground_find(const struct app *app, str name)
{
    const struct ground_kind *k = kind_in(gate_grounds, gate_ground_count, name);
    for (size_t i = 0; !k && i < app->module_count; i++)
        k = kind_in(app->modules[i]->grounds, app->modules[i]->ground_count, name);
    return k;
}

bool ground_unit_within(struct ctx *cx, unit_id unit, unit_id container)
{
    return defs_unit_covers(cx->app->defs, container, unit);
}

/* Calls in the current minute by (account, ground). One table a process: a limit protects this server. A full
 * neighbourhood gives up its oldest slot, so that the table never grows. */
static struct rate {
    pthread_mutex_t lock;
    struct { uint64_t key; int64_t minute; int32_t calls; } slots[RATE_SLOTS];
} rates = { .lock = PTHREAD_MUTEX_INITIALIZER };

STATUS ground_rate(struct ctx *cx, const struct grant *g)
{
    if (g->per_minute <= 0)
        return OK;
    uint64_t key = (str_hash(cx->purpose.reference) ^ (uint64_t)cx->actor.account.v * 0x9E3779B97F4A7C15u) | 1;
    int64_t minute = cx->now_us / MINUTE_US;
    size_t oldest = key % RATE_SLOTS, found = RATE_SLOTS;
    pthread_mutex_lock(&rates.lock);
    for (size_t i = 0; i < RATE_PROBES && found == RATE_SLOTS; i++) {
        size_t s = (key + i) % RATE_SLOTS;
        if (rates.slots[s].key == key)
            found = s;
        else if (rates.slots[s].minute < rates.slots[oldest].minute)
            oldest = s;
    }
    size_t s = found == RATE_SLOTS ? oldest : found;
    if (rates.slots[s].key != key || rates.slots[s].minute != minute) {
        rates.slots[s].key = key;
        rates.slots[s].minute = minute;
        rates.slots[s].calls = 0;
    }
    bool fits = rates.slots[s].calls < g->per_minute;
    rates.slots[s].calls += fits;
    pthread_mutex_unlock(&rates.lock);
    return fits ? OK : FAIL_WITH(RATE_LIMIT, STR("purpose"), cx->purpose.reference);
}
