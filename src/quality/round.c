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
    struct quality_field_day_add_params *fields;
    size_t field_count;
    struct table64 field_places; /* by unit and field */
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

/* The unit in force in which what was recorded in `unit` counts, as do all units above it and the country. */
static const struct unit *unit_now(const struct ctx *cx, unit_id unit)
{
    const struct defs *d = cx->app->defs;
    unit_id there[1] = { unit };
    size_t count = 1;
    const struct unit *u = defs_unit(d, unit);
    if (u && !defs_unit_in_force(d, unit, cx->today) && defs_unit_at(d, unit, cx->today, there, 1, &count) != UNIT_ANSWER_ONE)
        there[0] = defs_unit(d, defs_unit_province(d, unit))->next;
    return defs_unit(d, there[0]);
}

static void standing_add(struct published *p, const struct sector_standing *s)
{
    unit_add(p, UNIT_NONE, s);
    for (const struct unit *u = unit_now(p->cx, s->unit); u; u = defs_unit(p->cx->app->defs, u->parent))
        unit_add(p, u->id, s);
}

static void field_add(struct published *p, unit_id unit, const struct sector_field_flaws *f)
{
    uint64_t at = 0, key = (uint64_t)(uint32_t)unit.v << 6 | (uint64_t)f->field;
    if (!table64_get(&p->field_places, key, &at)) {
        at = p->field_count++;
        p->fields[at] = (struct quality_field_day_add_params){ .shard = QUALITY_SHARD, .code = p->r->code, .unit = unit.v, .on_day = p->cx->today.ymd,
                                                              .field = f->field == SECTOR_SUBJECT ? STR("subject") : p->r->fields[f->field].key };
        table64_set(&p->field_places, key, at);
    }
    p->fields[at].correct_flawed += f->flawed[DIMENSION_CORRECT];
    p->fields[at].complete_flawed += f->flawed[DIMENSION_COMPLETE];
    p->fields[at].clean_flawed += f->flawed[DIMENSION_CLEAN];
    p->fields[at].live_flawed += f->flawed[DIMENSION_LIVE];
}

static STATUS fields_publish(struct published *p, const struct sector_standings *s)
{
    const struct sector_register *r = p->r;
    p->fields = ARENA_ARRAY(p->cx->arena, struct quality_field_day_add_params, s->field_count * (UNIT_COMMUNE + 1) + SECTOR_SUBJECT + 1);
    table64_init(&p->field_places, 1024);
    for (size_t i = 0; i < r->check_count; i++)
        for (int f = 0; f <= SECTOR_SUBJECT; f++)
            if (r->checks[i].about >> f & 1)
                field_add(p, UNIT_NONE, &(struct sector_field_flaws){ .field = f });
    for (size_t i = 0; i < s->field_count; i++) {
        field_add(p, UNIT_NONE, &s->fields[i]);
        for (const struct unit *u = unit_now(p->cx, s->fields[i].unit); u; u = defs_unit(p->cx->app->defs, u->parent))
            field_add(p, u->id, &s->fields[i]);
    }
    table64_done(&p->field_places);
    return quality_field_day_add_bulk(p->cx, p->fields, p->field_count);
}

static STATUS publish(struct ctx *cx, const struct sector_register *r)
{
    struct sector_standings s;
    struct published p = { .cx = cx, .r = r };
    TRY(sector_standings(cx, r, &s));
    p.list = ARENA_ARRAY(cx->arena, struct quality_day_add_params, UNITS_MAX);
    table64_init(&p.places, 1024);
    (void)day_of_unit(&p, UNIT_NONE); /* an empty register has its zero too */
    for (size_t i = 0; i < s.unit_count; i++)
        standing_add(&p, &s.units[i]);
    table64_done(&p.places);
    TRY(quality_day_add_bulk(cx, p.list, p.count));
    return fields_publish(&p, &s);
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
