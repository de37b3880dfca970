/* What is asked of quality: all registers at a glance, one through the days, and the list of what to mend next.
 * tested by: src/quality/test/quality_test.c */
#include "quality/inside.h"

#include <stdlib.h>
#include <string.h>

enum { POINTS_MAX = 400, STEPS_MAX = 200, MINUTES_OF_HOUR = 60 };

STATUS register_of(struct ctx *cx, str code, const struct sector_register **ret)
{
    *ret = defs_sector(cx->app->defs, code, cx->today);
    return *ret ? OK : FAIL_WITH(REGISTER_MISSING, STR("code"), code);
}

static str name_of(const struct ctx *cx, const struct sector_register *r) { return cx->lang == LANG_EN ? r->en : r->vi; }

static STATUS standing_of(struct ctx *cx, const struct sector_register *r, const struct quality_overview_in *in, struct quality_standing *ret)
{
    struct sector_figures_in ask = { .code = r->code, .has_unit = in->has_unit, .unit = in->unit, .has_map = in->has_map, .map = in->map };
    struct sector_figures_out got = { 0 };
    struct quality_round_get_row round;
    bool known;
    TRY(sector_figures(cx, &ask, &got));
    TRY(quality_round_get(cx, QUALITY_SHARD, r->code, &round, &known));
    *ret = (struct quality_standing){ .code = r->code, .name = name_of(cx, r), .rows = got.total.rows, .linked = got.total.linked,
                                      .correct = got.total.correct, .complete = got.total.complete, .clean = got.total.clean,
                                      .live = got.total.live, .stale = got.stale, .has_judged = known && round.done,
                                      .judged = { known ? round.on_day : 0 } };
    return OK;
}

STATUS quality_overview(struct ctx *cx, const struct quality_overview_in *in, struct quality_overview_out *ret)
{
    size_t n = defs_sector_count(cx->app->defs);
    ret->registers = ARENA_ARRAY(cx->arena, struct quality_standing, n + 1);
    ret->as_of = cx->now_us;
    for (size_t i = 0; i < n; i++)
        TRY(standing_of(cx, defs_sector_nth(cx->app->defs, i, cx->today), in, &ret->registers[ret->registers_count++]));
    return OK;
}

/* What of a day had a flaw in the field; false: the field was not judged then. Both lists have the newest day first. */
struct field_days {
    struct quality_field_day_row *country, *unit;
    size_t country_count, unit_count, country_at, unit_at;
};

static STATUS field_days_load(struct ctx *cx, const struct quality_days_params *of, str field, struct field_days *ret)
{
    struct quality_field_days_params ask = { .shard = QUALITY_SHARD, .code = of->code, .field = field, .from_day = of->from_day, .most = POINTS_MAX };
    TRY(quality_field_days(cx, &ask, &ret->country, &ret->country_count));
    ask.unit = of->unit;
    return quality_field_days(cx, &ask, &ret->unit, &ret->unit_count);
}

static const struct quality_field_day_row *day_in(const struct quality_field_day_row *list, size_t count, size_t *at, int32_t on_day)
{
    while (*at < count && list[*at].on_day > on_day)
        ++*at;
    return *at < count && list[*at].on_day == on_day ? &list[*at] : NULL;
}

static bool point_of_field(struct field_days *f, const struct quality_days_row *d, struct quality_point *point)
{
    const struct quality_field_day_row *flawed = day_in(f->unit, f->unit_count, &f->unit_at, d->on_day);
    if (!day_in(f->country, f->country_count, &f->country_at, d->on_day))
        return false;
    point->correct = d->row_count - (flawed ? flawed->correct_flawed : 0);
    point->complete = d->row_count - (flawed ? flawed->complete_flawed : 0);
    point->clean = d->row_count - (flawed ? flawed->clean_flawed : 0);
    point->live = d->row_count - (flawed ? flawed->live_flawed : 0);
    return true;
}

STATUS quality_trend(struct ctx *cx, const struct quality_trend_in *in, struct quality_trend_out *ret)
{
    const struct sector_register *r;
    struct field_days f = { 0 };
    struct quality_days_row *days;
    size_t n;
    TRY(register_of(cx, in->code, &r));
    if (in->has_field && sector_attribute_find(r, in->field) < 0)
        return FAIL_WITH(FIELDS_UNKNOWN, STR("field"), in->field);
    struct quality_days_params ask = { .shard = QUALITY_SHARD, .code = r->code, .unit = in->has_unit ? in->unit.v : 0,
                                       .from_day = in->has_from ? in->from.ymd : 0, .most = POINTS_MAX };
    TRY(quality_days(cx, &ask, &days, &n));
    if (in->has_field)
        TRY(field_days_load(cx, &ask, in->field, &f));
    ret->name = name_of(cx, r);
    ret->points = ARENA_ARRAY(cx->arena, struct quality_point, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct quality_days_row *d = &days[i];
        struct quality_point p = { { d->on_day }, d->row_count, d->linked, d->correct, d->complete, d->clean, d->live };
        if (!in->has_field || point_of_field(&f, d, &p))
            ret->points[ret->points_count++] = p;
    }
    for (size_t i = 0; i < ret->points_count / 2; i++) { /* the oldest first */
        struct quality_point kept = ret->points[i];
        ret->points[i] = ret->points[ret->points_count - 1 - i];
        ret->points[ret->points_count - 1 - i] = kept;
    }
    return OK;
}

/* --- what to mend next ------------------------------------------------------------------------------------------------ */

static int step_order(const void *a, const void *b)
{
    const struct quality_step *x = a, *y = b;
    if (x->minutes != y->minutes)
        return x->minutes < y->minutes ? -1 : 1;
    if (x->rows != y->rows)
        return x->rows > y->rows ? -1 : 1;
    int order = str_cmp(x->code, y->code);
    return order ? order : str_cmp(x->check, y->check);
}

static const struct sector_check *check_of(const struct sector_register *r, str code)
{
    for (size_t i = 0; i < r->check_count; i++)
        if (str_eq(r->checks[i].code, code))
            return &r->checks[i];
    return NULL;
}

static STATUS steps_add(struct ctx *cx, const struct sector_register *r, const struct quality_next_in *in, struct quality_next_out *ret, size_t cap)
{
    struct sector_figures_in ask = { .code = r->code, .has_unit = in->has_unit, .unit = in->unit, .has_field = in->has_field, .field = in->field };
    struct sector_figures_out got = { 0 };
    TRY(sector_figures(cx, &ask, &got));
    for (size_t i = 0; i < got.failing_count && ret->steps_count < cap; i++) {
        const struct sector_check *c = check_of(r, got.failing[i].check);
        int64_t rows = got.failing[i].rows;
        if (c && rows > 0)
            ret->steps[ret->steps_count++] = (struct quality_step){
                .code = r->code, .name = name_of(cx, r), .check = c->code, .dimension = (int32_t)c->dimension, .says = got.failing[i].says, .rows = rows,
                .minutes = c->minutes, .per_hour = MINUTES_OF_HOUR > c->minutes ? MINUTES_OF_HOUR / c->minutes : 1,
                .hours = (rows * c->minutes + MINUTES_OF_HOUR - 1) / MINUTES_OF_HOUR };
    }
    return OK;
}

STATUS quality_next(struct ctx *cx, const struct quality_next_in *in, struct quality_next_out *ret)
{
    size_t n = defs_sector_count(cx->app->defs), cap = n * SECTOR_CHECKS_MAX;
    const struct sector_register *only = NULL;
    if (in->has_code)
        TRY(register_of(cx, in->code, &only));
    if (in->has_field && !only)
        return FAIL_AT(FIELD_MISSING, STR("code")); /* a field is a register's */
    ret->steps = ARENA_ARRAY(cx->arena, struct quality_step, cap + 1);
    for (size_t i = 0; i < n; i++) {
        const struct sector_register *r = defs_sector_nth(cx->app->defs, i, cx->today);
        if (!only || r == only)
            TRY(steps_add(cx, r, in, ret, cap));
    }
    qsort(ret->steps, ret->steps_count, sizeof *ret->steps, step_order);
    ret->steps_count = ret->steps_count < STEPS_MAX ? ret->steps_count : STEPS_MAX;
    return OK;
}
