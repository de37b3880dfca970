/* The quality of a register's attributes as a page: each field in the four dimensions, and of a chosen one the rules that fail and the
 * units; from each figure to the rows behind it, and the same as a file. Figures name nobody.
 * tested by: tests/scenario/run.py */
#include "web/quality/parts.h"
#include "messages/messages.h"
#include "web/web_tmpl.h"

#include <string.h>

static bool may_see_rows(const struct visit *v) { return (v->actor.roles & (ROLE_OFFICER | ROLE_COORDINATOR | ROLE_OPERATOR)) != 0; }

static str fields_url(struct visit *v, const char *path, const struct quality_fields_view *view)
{
    return url_with(v, url_with(v, url_with(v, str_of(path), "code", view->code), "unit", view->unit), "map", view->map_word);
}

static struct quality_share_view share_of(bool judged, int64_t good, int64_t rows)
{
    int percent = percent_of(good, rows);
    return (struct quality_share_view){ .judged = judged, .percent = percent, .low = judged && percent < AIM_PERCENT, .flawed = judged ? rows - good : 0 };
}

/* To the rows with a flaw of this field in this dimension. */
static void share_link(struct visit *v, const struct quality_fields_view *view, const struct sector_attribute *a, int dimension, struct quality_share_view *s)
{
    if (!s->flawed)
        return;
    s->about = msg_quality_field_flawed_of(v->arena, v->lang, quality_dimension_name(v, dimension), a->label);
    if (!may_see_rows(v))
        return;
    str url = url_with(v, url_with(v, STR("/centre/register"), "code", view->code), "unit", view->unit);
    s->url = arena_printf(v->arena, "%.*s&field=%.*s&dimension=%s#rows", STR_ARG(url), STR_ARG(a->field), quality_dimensions[dimension]);
}

static void fields_fill(struct visit *v, struct quality_fields_view *view, const struct sector_figures_out *f)
{
    str url = fields_url(v, "/centre/quality/fields", view);
    view->fields = ARENA_ARRAY(v->arena, struct quality_shares_view, f->attributes_count + 1);
    for (size_t i = 0; i < f->attributes_count; i++) {
        const struct sector_attribute *a = &f->attributes[i];
        const bool judged[] = { a->has_correct, a->has_complete, a->has_clean, a->has_live };
        const int64_t good[] = { a->correct, a->complete, a->clean, a->live };
        struct quality_shares_view *row = &view->fields[view->field_count++];
        row->name = a->label;
        row->url = url_with(v, url, "field", a->field);
        for (int k = 0; k < DIMENSIONS; k++) {
            row->shares[k] = share_of(judged[k], good[k], f->total.rows);
            share_link(v, view, a, k, &row->shares[k]);
        }
    }
}

static const struct sector_attribute *attribute_of(const struct sector_figures_out *f, str field)
{
    for (size_t i = 0; i < f->attributes_count; i++)
        if (str_eq(f->attributes[i].field, field))
            return &f->attributes[i];
    return NULL;
}

static void units_fill(struct visit *v, struct quality_fields_view *view, const struct sector_figures_out *f, const struct sector_attribute *a)
{
    const bool judged[] = { a->has_correct, a->has_complete, a->has_clean, a->has_live };
    str url = url_with(v, url_with(v, STR("/centre/quality/fields"), "code", view->code), "field", a->field);
    view->units = ARENA_ARRAY(v->arena, struct quality_shares_view, f->units_count + 1);
    for (size_t i = 0; i < f->units_count; i++) {
        const struct sector_count *c = &f->units[i];
        const int64_t good[] = { c->correct, c->complete, c->clean, c->live };
        struct quality_shares_view *row = &view->units[view->unit_count++];
        row->name = c->name;
        if (c->has_unit)
            row->url = url_with(v, url, "unit", defs_unit_text(v->arena, c->unit));
        for (int k = 0; k < DIMENSIONS; k++)
            row->shares[k] = share_of(judged[k], good[k], c->rows);
    }
}

static STATUS rules_load(struct ctx *cx, struct visit *v, struct quality_fields_view *view, const struct sector_figures_in *of)
{
    struct quality_next_in in = { .has_code = true, .code = of->code, .has_unit = of->has_unit, .unit = of->unit, .has_field = true, .field = of->field };
    struct quality_next_out out;
    TRY(visit_call(cx, "quality.next", &in, &out));
    view->rules = ARENA_ARRAY(v->arena, struct quality_step_view, out.steps_count + 1);
    for (size_t i = 0; i < out.steps_count; i++) {
        const struct quality_step *s = &out.steps[i];
        str url = url_with(v, url_with(v, STR("/centre/register"), "code", view->code), "unit", view->unit);
        view->rules[view->rule_count++] = (struct quality_step_view){
            .says = s->says, .dimension = quality_dimension_name(v, s->dimension), .rows = s->rows, .per_hour = s->per_hour, .hours = s->hours,
            .url = may_see_rows(v) ? arena_printf(v->arena, "%.*s&check=%.*s#rows", STR_ARG(url), STR_ARG(s->check)) : (str){ 0 } };
    }
    return OK;
}

static STATUS registers_load(struct ctx *cx, struct visit *v, struct quality_fields_view *view)
{
    struct sector_list_in in = { 0 };
    struct sector_list_out out;
    TRY(visit_call(cx, "sector.list", &in, &out));
    view->registers = ARENA_ARRAY(v->arena, struct list_option, out.registers_count + 1);
    for (size_t i = 0; i < out.registers_count; i++) {
        view->registers[view->register_count++] = (struct list_option){ out.registers[i].code, out.registers[i].name };
        if (str_eq(out.registers[i].code, view->code))
            view->register_name = out.registers[i].name;
    }
    return OK;
}

/* The population's where no register is named. */
static STATUS asked(struct ctx *cx, struct visit *v, struct quality_fields_view *view, struct sector_figures_in *ret)
{
    str code = visit_query(v, "code");
    bool old = str_eq(visit_query(v, "map"), STR("old"));
    *ret = (struct sector_figures_in){ .code = str_is_empty(code) ? STR("population") : code, .field = visit_query(v, "field") };
    ret->has_field = !str_is_empty(ret->field);
    TRY(quality_unit_asked(cx, v, &ret->unit, &view->unit_name));
    ret->has_unit = ret->unit.v != 0;
    ret->has_map = !ret->has_unit;
    ret->map = old ? SECTOR_FIGURES_IN_MAP_OLD : SECTOR_FIGURES_IN_MAP_NEW;
    view->code = ret->code;
    view->field = ret->field;
    view->unit = visit_query(v, "unit");
    view->map_word = ret->has_map && old ? STR("old") : (str){ 0 };
    return OK;
}

status quality_fields_page_run(struct ctx *cx, struct visit *v)
{
    struct quality_fields_view *view = ARENA_NEW(v->arena, struct quality_fields_view);
    struct sector_figures_in in;
    struct sector_figures_out f;
    v->view = view;
    TRY(asked(cx, v, view, &in));
    TRY(visit_call(cx, "sector.figures", &in, &f));
    TRY(registers_load(cx, v, view));
    str base = url_with(v, url_with(v, STR("/centre/quality/fields"), "code", view->code), "field", view->field);
    quality_places_fill(v, &view->places, base, in.unit, view->map_word.len > 0, cx->today);
    view->rows = f.total.rows;
    view->stale = f.stale;
    fields_fill(v, view, &f);
    str file = url_with(v, fields_url(v, "/centre/quality/file", view), "field", view->field);
    view->csv_url = url_with(v, file, "format", STR("csv"));
    view->xlsx_url = url_with(v, file, "format", STR("xlsx"));
    const struct sector_attribute *chosen = in.has_field ? attribute_of(&f, in.field) : NULL;
    if (!chosen)
        return OK;
    view->field_name = chosen->label;
    view->all_url = fields_url(v, "/centre/quality/fields", view);
    view->trend_url = url_with(v, url_with(v, url_with(v, STR("/centre/quality/trend"), "code", view->code), "unit", view->unit), "field", view->field);
    units_fill(v, view, &f, chosen);
    return rules_load(cx, v, view, &in);
}

void quality_fields_page_show(struct page *pg, struct visit *v)
{
    pg->path = STR("/centre/quality");
    tmpl_quality_fields(pg, v->view);
}

status quality_file_run(struct ctx *cx, struct visit *v)
{
    struct quality_fields_view view = { 0 };
    struct sector_figures_in of;
    struct quality_export_out out;
    bool sheet = str_eq(visit_query(v, "format"), STR("xlsx"));
    TRY(asked(cx, v, &view, &of));
    struct quality_export_in in = { .code = of.code, .has_unit = of.has_unit, .unit = of.unit, .has_map = of.has_map, .map = of.map, .has_field = of.has_field,
                                    .field = of.field, .has_format = true, .format = sheet ? QUALITY_EXPORT_IN_FORMAT_XLSX : QUALITY_EXPORT_IN_FORMAT_CSV };
    TRY(visit_call(cx, "quality.export", &in, &out));
    v->file = out.file;
    v->file_type = str_of(sheet ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" : "text/csv; charset=utf-8");
    v->file_name = arena_printf(v->arena, "quality-%.*s.%s", STR_ARG(of.code), sheet ? "xlsx" : "csv");
    return OK;
}
