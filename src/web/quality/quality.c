/* Quality as pages: every register with its four figures and what to mend next, and one register through the days as a chart over
 * its table. Figures name nobody.
 * tested by: tests/scenario/run.py */
#include "quality/quality_ops.h"
#include "web/quality/pages.h"
#include "web/quality/quality_view.h"
#include "web/web_tmpl.h"

#include <string.h>

enum { STEPS_SHOWN = 20, CRUMBS_MAX = 4, AIM_PERCENT = 98, CHART_WIDTH = 600, CHART_HEIGHT = 200, POINT_BYTES = 24 };

static const char *const dimensions[] = { "correct", "complete", "clean", "live" };
static const char *const line_classes[] = { "app-chart__line app-chart__line--1", "app-chart__line app-chart__line--2", "app-chart__line app-chart__line--3",
                                            "app-chart__line app-chart__line--4" };

/* Rounded down, so that 100 means all. */
static int percent_of(int64_t part, int64_t whole) { return whole > 0 ? (int)(part * 100 / whole) : 100; }

static str dimension_name(struct visit *v, int dimension) { return visit_label(v, "sector_", str_of(dimensions[dimension])); }

static str with_unit(struct visit *v, const char *path, str code, str unit)
{
    str url = arena_printf(v->arena, "%s?code=%.*s", path, STR_ARG(code));
    return str_is_empty(unit) ? url : arena_printf(v->arena, "%.*s&unit=%.*s", STR_ARG(url), STR_ARG(unit));
}

/* --- all registers ---------------------------------------------------------------------------------------------------------- */

static void row_fill(struct visit *v, struct quality_row_view *r, const struct quality_standing *s, str unit)
{
    const int64_t good[] = { s->correct, s->complete, s->clean, s->live };
    *r = (struct quality_row_view){ .name = s->name, .url = with_unit(v, "/centre/register", s->code, unit),
                                    .trend_url = with_unit(v, "/centre/quality/trend", s->code, unit), .rows = s->rows, .stale = s->stale };
    for (int k = 0; k < 4; k++) {
        int percent = percent_of(good[k], s->rows);
        r->measures[k] = (struct quality_measure_view){ percent, percent < AIM_PERCENT };
    }
}

/* The population first; registers without rows are only named. */
static void rows_fill(struct visit *v, struct quality_view *view, const struct quality_overview_out *o, str unit)
{
    view->rows = ARENA_ARRAY(v->arena, struct quality_row_view, o->registers_count + 1);
    view->empty = ARENA_ARRAY(v->arena, struct link, o->registers_count + 1);
    for (int people = 1; people >= 0; people--)
        for (size_t i = 0; i < o->registers_count; i++) {
            const struct quality_standing *s = &o->registers[i];
            if (str_eq(s->code, STR("population")) != people)
                continue;
            if (s->rows > 0)
                row_fill(v, &view->rows[view->row_count++], s, unit);
            else
                view->empty[view->empty_count++] = (struct link){ s->name, with_unit(v, "/centre/register", s->code, unit) };
        }
}

static struct link unit_link(struct visit *v, unit_id unit, day today)
{
    const struct defs *d = v->web->app->defs;
    str text = defs_unit_text(v->arena, unit);
    return (struct link){ defs_unit_name(v->arena, d, unit, today, v->lang), arena_printf(v->arena, "/centre/quality?unit=%.*s", STR_ARG(text)) };
}

/* Down to the units of `above`, up to those that hold it. UNIT_NONE: the country. */
static void units_fill(struct visit *v, struct quality_view *view, unit_id above, enum unit_map map, day today)
{
    const struct defs *d = v->web->app->defs;
    size_t count = 0;
    const unit_id *units = above.v ? defs_unit_children(d, above, &count) : defs_provinces(d, map, &count);
    view->units = ARENA_ARRAY(v->arena, struct link, count + 1);
    for (size_t i = 0; i < count; i++)
        view->units[view->unit_count++] = unit_link(v, units[i], today);
    view->crumbs = ARENA_ARRAY(v->arena, struct link, CRUMBS_MAX);
    for (const struct unit *u = above.v ? defs_unit(d, above) : NULL; u && u->parent.v && view->crumb_count + 1 < CRUMBS_MAX; u = defs_unit(d, u->parent)) {
        memmove(view->crumbs + 1, view->crumbs, view->crumb_count * sizeof *view->crumbs);
        view->crumbs[0] = unit_link(v, u->parent, today);
        view->crumb_count++;
    }
}

static STATUS steps_load(struct ctx *cx, struct visit *v, struct quality_view *view, const struct quality_next_in *in, str unit)
{
    struct quality_next_out out;
    TRY(visit_call(cx, "quality.next", in, &out));
    view->steps = ARENA_ARRAY(v->arena, struct quality_step_view, STEPS_SHOWN);
    for (size_t i = 0; i < out.steps_count && view->step_count < STEPS_SHOWN; i++) {
        const struct quality_step *s = &out.steps[i];
        view->steps[view->step_count++] = (struct quality_step_view){
            .register_name = s->name, .url = arena_printf(v->arena, "%.*s&check=%.*s#rows", STR_ARG(with_unit(v, "/centre/register", s->code, unit)), STR_ARG(s->check)),
            .says = s->says, .dimension = dimension_name(v, s->dimension), .rows = s->rows, .minutes = s->minutes, .per_hour = s->per_hour, .hours = s->hours };
    }
    return OK;
}

static void maps_fill(struct visit *v, struct quality_view *view, bool old)
{
    view->maps = ARENA_ARRAY(v->arena, struct list_option, 2);
    view->maps[0] = (struct list_option){ STR("/centre/quality?map=new"), msg_quality_map_new(v->lang) };
    view->maps[1] = (struct list_option){ STR("/centre/quality?map=old"), msg_quality_map_old(v->lang) };
    view->map_count = 2;
    view->map = view->maps[old].label;
}

status quality_overview_page_run(struct ctx *cx, struct visit *v)
{
    struct quality_view *view = ARENA_NEW(v->arena, struct quality_view);
    bool old = str_eq(visit_query(v, "map"), STR("old"));
    struct quality_overview_in in = { .has_map = true, .map = old ? QUALITY_OVERVIEW_IN_MAP_OLD : QUALITY_OVERVIEW_IN_MAP_NEW };
    struct quality_overview_out out;
    str unit = visit_query(v, "unit");
    v->view = view;
    view->unit_name = msg_home_country(v->lang);
    if (!str_is_empty(unit)) {
        in.has_unit = true;
        in.has_map = false;
        TRY(defs_unit_parse(cx->app->defs, unit, cx->today, &in.unit));
        view->unit_name = defs_unit_path(v->arena, cx->app->defs, in.unit, cx->today, v->lang);
    }
    if (!in.has_unit)
        maps_fill(v, view, old); /* a unit is of one map */
    units_fill(v, view, in.unit, old ? MAP_OLD : MAP_NEW, cx->today);
    TRY(visit_call(cx, "quality.overview", &in, &out));
    view->as_of_us = out.as_of;
    rows_fill(v, view, &out, unit);
    return steps_load(cx, v, view, &(struct quality_next_in){ .has_unit = in.has_unit, .unit = in.unit }, unit);
}

void quality_overview_page_show(struct page *pg, struct visit *v)
{
    pg->path = STR("/centre/quality");
    tmpl_quality(pg, v->view);
}

/* --- one register through the days --------------------------------------------------------------------------------------------- */

/* The oldest point stands left; 100 per cent is the upper edge. */
static str line_points(struct visit *v, const struct quality_trend_view *view, int dimension)
{
    struct buf out;
    buf_init(&out, (view->point_count + 1) * POINT_BYTES);
    for (size_t i = view->point_count; i > 0; i--) {
        size_t from_left = view->point_count - i;
        buf_printf(&out, "%zu,%d ", from_left * CHART_WIDTH / (view->point_count - 1), (100 - view->points[i - 1].percent[dimension]) * CHART_HEIGHT / 100);
    }
    str points = arena_str(v->arena, str_trim(buf_str(&out)));
    buf_done(&out);
    return points;
}

static void points_fill(struct visit *v, struct quality_trend_view *view, const struct quality_trend_out *out)
{
    view->points = ARENA_ARRAY(v->arena, struct quality_point_view, out->points_count + 1);
    for (size_t i = out->points_count; i > 0; i--) {
        const struct quality_point *p = &out->points[i - 1];
        view->points[view->point_count++] = (struct quality_point_view){
            .day = p->day, .rows = p->rows,
            .percent = { percent_of(p->correct, p->rows), percent_of(p->complete, p->rows), percent_of(p->clean, p->rows), percent_of(p->live, p->rows) } };
    }
    view->drawn = view->point_count > 1;
    for (int k = 0; k < 4; k++)
        view->lines[k] = (struct quality_line_view){ dimension_name(v, k), view->drawn ? line_points(v, view, k) : (str){ 0 }, str_of(line_classes[k]) };
}

status quality_trend_page_run(struct ctx *cx, struct visit *v)
{
    struct quality_trend_view *view = ARENA_NEW(v->arena, struct quality_trend_view);
    struct quality_trend_in in = { .code = visit_query(v, "code") };
    struct quality_trend_out out;
    str unit = visit_query(v, "unit");
    v->view = view;
    view->back_url = STR("/centre/quality");
    if (!str_is_empty(unit)) {
        in.has_unit = true;
        TRY(defs_unit_parse(cx->app->defs, unit, cx->today, &in.unit));
        view->back_url = arena_printf(v->arena, "/centre/quality?unit=%.*s", STR_ARG(unit));
    }
    TRY(visit_call(cx, "quality.trend", &in, &out));
    view->name = out.name;
    points_fill(v, view, &out);
    return OK;
}

void quality_trend_page_show(struct page *pg, struct visit *v)
{
    pg->path = STR("/centre/quality");
    tmpl_quality_trend(pg, v->view);
}
