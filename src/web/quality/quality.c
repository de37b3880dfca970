/* Quality as pages: every register with its four figures and what to mend next, and one register through the days as a chart over
 * its table. Figures name nobody.
 * tested by: tests/scenario/run.py */
#include "web/quality/parts.h"
#include "messages/messages.h"
#include "web/web_tmpl.h"

#include <string.h>

enum { STEPS_SHOWN = 20, CRUMBS_MAX = 4, CHART_WIDTH = 600, CHART_HEIGHT = 200, POINT_BYTES = 24 };

const char *const quality_dimensions[DIMENSIONS] = { "correct", "complete", "clean", "live" };
static const char *const line_classes[] = { "app-chart__line app-chart__line--1", "app-chart__line app-chart__line--2", "app-chart__line app-chart__line--3",
                                            "app-chart__line app-chart__line--4" };

str quality_dimension_name(struct visit *v, int dimension) { return visit_label(v, "sector_", str_of(quality_dimensions[dimension])); }

str url_with(struct visit *v, str url, const char *name, str value)
{
    if (str_is_empty(value))
        return url;
    return arena_printf(v->arena, "%.*s%c%s=%.*s", STR_ARG(url), str_find_char(url, '?') < url.len ? '&' : '?', name, STR_ARG(value));
}

static str with_unit(struct visit *v, const char *path, str code, str unit) { return url_with(v, url_with(v, str_of(path), "code", code), "unit", unit); }

/* --- all registers ---------------------------------------------------------------------------------------------------------- */

static void row_fill(struct visit *v, struct quality_row_view *r, const struct quality_standing *s, str unit)
{
    const int64_t good[] = { s->correct, s->complete, s->clean, s->live };
    *r = (struct quality_row_view){ .name = s->name, .url = with_unit(v, "/centre/register", s->code, unit),
                                    .trend_url = with_unit(v, "/centre/quality/trend", s->code, unit),
                                    .fields_url = with_unit(v, "/centre/quality/fields", s->code, unit), .rows = s->rows, .stale = s->stale };
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

static struct link unit_link(struct visit *v, str base, unit_id unit, day today)
{
    const struct defs *d = v->web->app->defs;
    return (struct link){ defs_unit_name(v->arena, d, unit, today, v->lang), url_with(v, base, "unit", defs_unit_text(v->arena, unit)) };
}

void quality_places_fill(struct visit *v, struct quality_places *p, str base, unit_id above, bool old, day today)
{
    const struct defs *d = v->web->app->defs;
    size_t count = 0;
    const unit_id *units = above.v ? defs_unit_children(d, above, &count) : defs_provinces(d, old ? MAP_OLD : MAP_NEW, &count);
    p->country_url = base;
    p->units = ARENA_ARRAY(v->arena, struct link, count + 1);
    for (size_t i = 0; i < count; i++)
        p->units[p->unit_count++] = unit_link(v, base, units[i], today);
    p->crumbs = ARENA_ARRAY(v->arena, struct link, CRUMBS_MAX);
    for (const struct unit *u = above.v ? defs_unit(d, above) : NULL; u && u->parent.v && p->crumb_count + 1 < CRUMBS_MAX; u = defs_unit(d, u->parent)) {
        memmove(p->crumbs + 1, p->crumbs, p->crumb_count * sizeof *p->crumbs);
        p->crumbs[0] = unit_link(v, base, u->parent, today);
        p->crumb_count++;
    }
    p->within = above.v != 0;
    p->maps[0] = (struct list_option){ url_with(v, base, "map", STR("new")), msg_quality_map_new(v->lang) };
    p->maps[1] = (struct list_option){ url_with(v, base, "map", STR("old")), msg_quality_map_old(v->lang) };
    p->map = p->maps[old].label;
}

STATUS quality_unit_asked(struct ctx *cx, struct visit *v, unit_id *ret, str *ret_name)
{
    str unit = visit_query(v, "unit");
    *ret = UNIT_NONE;
    *ret_name = msg_home_country(v->lang);
    if (str_is_empty(unit))
        return OK;
    TRY(defs_unit_parse(cx->app->defs, unit, cx->today, ret));
    *ret_name = defs_unit_path(v->arena, cx->app->defs, *ret, cx->today, v->lang);
    return OK;
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
            .says = s->says, .dimension = quality_dimension_name(v, s->dimension), .rows = s->rows, .minutes = s->minutes, .per_hour = s->per_hour, .hours = s->hours };
    }
    return OK;
}

status quality_overview_page_run(struct ctx *cx, struct visit *v)
{
    struct quality_view *view = ARENA_NEW(v->arena, struct quality_view);
    bool old = str_eq(visit_query(v, "map"), STR("old"));
    struct quality_overview_in in = { .map = old ? QUALITY_OVERVIEW_IN_MAP_OLD : QUALITY_OVERVIEW_IN_MAP_NEW };
    struct quality_overview_out out;
    str unit = visit_query(v, "unit");
    v->view = view;
    TRY(quality_unit_asked(cx, v, &in.unit, &view->unit_name));
    in.has_unit = in.unit.v != 0;
    in.has_map = !in.has_unit; /* a unit is of one map */
    quality_places_fill(v, &view->places, STR("/centre/quality"), in.unit, old, cx->today);
    TRY(visit_call(cx, "quality.overview", &in, &out));
    view->as_of_us = out.as_of;
    rows_fill(v, view, &out, unit);
    TRY(quality_debts_load(cx, v, in.unit, &view->debts));
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

/* A dimension that no rule judges (judged: false) has no line and no figure. */
static void points_fill(struct visit *v, struct quality_trend_view *view, const struct quality_trend_out *out, const bool *judged)
{
    view->points = ARENA_ARRAY(v->arena, struct quality_point_view, out->points_count + 1);
    for (size_t i = out->points_count; i > 0; i--) {
        const struct quality_point *p = &out->points[i - 1];
        view->points[view->point_count++] = (struct quality_point_view){
            .day = p->day, .rows = p->rows,
            .percent = { percent_of(p->correct, p->rows), percent_of(p->complete, p->rows), percent_of(p->clean, p->rows), percent_of(p->live, p->rows) } };
    }
    view->drawn = view->point_count > 1;
    for (int k = 0; k < DIMENSIONS; k++)
        if (judged[k])
            view->lines[view->line_count++] = (struct quality_line_view){ k, quality_dimension_name(v, k), view->drawn ? line_points(v, view, k) : (str){ 0 },
                                                                          str_of(line_classes[k]) };
}

/* The attribute whose days are shown: its name, and in which dimensions it is judged at all. */
static STATUS trend_field_load(struct ctx *cx, struct visit *v, const struct quality_trend_in *in, struct quality_trend_view *view, bool *judged)
{
    struct sector_figures_in ask = { .code = in->code, .has_unit = in->has_unit, .unit = in->unit };
    struct sector_figures_out f;
    TRY(visit_call(cx, "sector.figures", &ask, &f));
    for (size_t i = 0; i < f.attributes_count; i++) {
        const struct sector_attribute *a = &f.attributes[i];
        if (!str_eq(a->field, in->field))
            continue;
        const bool has[] = { a->has_correct, a->has_complete, a->has_clean, a->has_live };
        memcpy(judged, has, sizeof has);
        view->name = msg_quality_field_of(v->arena, v->lang, view->name, a->label);
    }
    return OK;
}

status quality_trend_page_run(struct ctx *cx, struct visit *v)
{
    struct quality_trend_view *view = ARENA_NEW(v->arena, struct quality_trend_view);
    struct quality_trend_in in = { .code = visit_query(v, "code"), .field = visit_query(v, "field") };
    struct quality_trend_out out;
    bool judged[DIMENSIONS] = { true, true, true, true };
    v->view = view;
    in.has_field = !str_is_empty(in.field);
    TRY(quality_unit_asked(cx, v, &in.unit, &view->unit_name));
    in.has_unit = in.unit.v != 0;
    TRY(visit_call(cx, "quality.trend", &in, &out));
    view->name = out.name;
    str unit = visit_query(v, "unit");
    view->back_url = in.has_field ? url_with(v, with_unit(v, "/centre/quality/fields", in.code, unit), "field", in.field) : url_with(v, STR("/centre/quality"), "unit", unit);
    if (in.has_field)
        TRY(trend_field_load(cx, v, &in, view, judged));
    points_fill(v, view, &out, judged);
    return OK;
}

void quality_trend_page_show(struct page *pg, struct visit *v)
{
    pg->path = STR("/centre/quality");
    tmpl_quality_trend(pg, v->view);
}
