/* The round of a day: every register's rows are judged anew, step by step, then its figures are published for the day. A round
 * that was broken off goes on where it stopped; a change of the rules begins it again.
 * tested by: src/quality/test/quality_test.c */
#include "quality/inside.h"

#include <string.h>

enum { STEP_DEFAULT = 1000, UNITS_MAX = 16000, ISSUES_STEP = 500 };

struct published {
    struct ctx *cx;
    const struct sector_register *r;
    struct quality_day_add_params *list;
    size_t count;
    struct table64 places; /* by unit */
};

static struct quality_day_add_params *day_of_unit(struct published *p, unit_id unit)
{
    uint64_t at = 0;
    if (!table64_get(&p->places, (uint64_t)unit.v, &at)) {
        if (p->count == UNITS_MAX)
            return NULL;
        at = p->count++;
        p->list[at] = (struct quality_day_add_params){ .shard = QUALITY_SHARD, .code = p->r->code, .unit = unit.v, .on_day = p->cx->today.ymd };
        table64_set(&p->places, (uint64_t)unit.v, at);
    }
    return &p->list[at];
}

static void unit_add(struct published *p, unit_id unit, const struct sector_standing *s)
{
    struct quality_day_add_params *d = day_of_unit(p, unit);
    if (!d)
        return;
    d->row_count += s->rows;
    d->linked += s->linked;
    d->correct += s->good[DIMENSION_CORRECT];
    d->complete += s->good[DIMENSION_COMPLETE];
    d->clean += s->good[DIMENSION_CLEAN];
    d->live += s->good[DIMENSION_LIVE];
}

/* To its unit in force, all units above it, and the country. */
static void standing_add(struct published *p, const struct sector_standing *s)
{
    const struct defs *d = p->cx->app->defs;
    unit_id there[1] = { s->unit };
    size_t count = 1;
    const struct unit *u = defs_unit(d, s->unit);
    unit_add(p, UNIT_NONE, s);
    if (u && !defs_unit_in_force(d, s->unit, p->cx->today) && defs_unit_at(d, s->unit, p->cx->today, there, 1, &count) != UNIT_ANSWER_ONE)
        there[0] = defs_unit(d, defs_unit_province(d, s->unit))->next;
    for (u = defs_unit(d, there[0]); u; u = defs_unit(d, u->parent))
        unit_add(p, u->id, s);
}

static STATUS publish(struct ctx *cx, const struct sector_register *r)
{
    struct sector_standing *list;
    size_t count;
    struct published p = { .cx = cx, .r = r };
    TRY(sector_standings(cx, r, &list, &count));
    p.list = ARENA_ARRAY(cx->arena, struct quality_day_add_params, UNITS_MAX);
    table64_init(&p.places, 1024);
    (void)day_of_unit(&p, UNIT_NONE); /* an empty register has its zero too */
    for (size_t i = 0; i < count; i++)
        standing_add(&p, &list[i]);
    table64_done(&p.places);
    return quality_day_add_bulk(cx, p.list, p.count);
}

/* Begins where this register's round stands; false: it is done for the day. */
static STATUS round_of(struct ctx *cx, const struct sector_register *r, struct quality_round_get_row *ret, bool *ret_open)
{
    bool known;
    TRY(quality_round_get(cx, QUALITY_SHARD, r->code, ret, &known));
    bool current = known && ret->on_day == cx->today.ymd && ret->rules == (int64_t)r->rules_hash;
    if (!current)
        *ret = (struct quality_round_get_row){ .on_day = cx->today.ymd, .rules = (int64_t)r->rules_hash };
    *ret_open = !ret->done;
    return OK;
}

static STATUS step(struct ctx *cx, const struct sector_register *r, struct quality_round_get_row *round, int64_t limit, struct quality_judge_out *ret)
{
    int64_t next;
    TRY(sector_judge_some(cx, r, round->after, limit, &next, &ret->changed));
    ret->code = r->code;
    ret->published = next == 0;
    if (ret->published)
        TRY(publish(cx, r));
    return quality_round_set(cx, &(struct quality_round_set_params){ .shard = QUALITY_SHARD, .code = r->code, .on_day = round->on_day,
                                                                     .rules = round->rules, .after = next, .done = ret->published }, NULL);
}

/* The open issues are gone through like a register, under a code that none can have. */
static STATUS issues_step(struct ctx *cx, struct quality_judge_out *ret)
{
    struct quality_round_get_row round;
    int64_t next;
    bool known;
    TRY(quality_round_get(cx, QUALITY_SHARD, STR("*"), &round, &known));
    if (!known || round.on_day != cx->today.ymd)
        round = (struct quality_round_get_row){ .on_day = cx->today.ymd };
    if (round.done)
        return OK;
    TRY(issues_verify(cx, round.after, ISSUES_STEP, &next, &ret->closed));
    ret->more = next != 0;
    return quality_round_set(cx, &(struct quality_round_set_params){ .shard = QUALITY_SHARD, .code = STR("*"), .on_day = round.on_day, .after = next,
                                                                     .done = next == 0 }, NULL);
}

STATUS quality_judge(struct ctx *cx, const struct quality_judge_in *in, struct quality_judge_out *ret)
{
    size_t n = defs_sector_count(cx->app->defs);
    for (size_t i = 0; i < n; i++) {
        const struct sector_register *r = defs_sector_nth(cx->app->defs, i, cx->today);
        struct quality_round_get_row round;
        bool open = false;
        TRY(round_of(cx, r, &round, &open));
        if (!open)
            continue;
        ret->more = true;
        return step(cx, r, &round, in->has_limit ? in->limit : STEP_DEFAULT, ret);
    }
    return issues_step(cx, ret);
}
