/* One's own record. The gate notes that the person looked.
 * tested by: src/web/web_test.c */
#include "register/register_ops.h"
#include "web/visit.h"
#include "web/web_tmpl.h"

static str field_label(enum lang lang, str key)
{
    int bit;
    if (!person_field_by_name(key, &bit))
        return key;
    const struct person_field_def *def = person_field_def(bit);
    return lang == LANG_EN ? def->label_en : def->label_vi;
}

static str source_label(enum lang lang, str key)
{
    enum fact_source source;
    if (!fact_source_by_name(key, &source))
        return key;
    const struct fact_source_def *def = fact_source_def(source);
    return lang == LANG_EN ? def->label_en : def->label_vi;
}

static str organisation_label(struct ctx *cx, enum lang lang, str code)
{
    struct organisation o;
    if (str_is_empty(code) || !defs_organisation(cx->arena, cx->app->defs, code, &o))
        return code;
    return lang == LANG_EN ? o.name_en : o.name_vi;
}

status record_run(struct ctx *cx, struct visit *v)
{
    struct record_view *view = ARENA_NEW(v->arena, struct record_view);
    struct person_own_in in = { 0 };
    struct person_own_out out;
    v->view = view;
    TRY(visit_call(cx, "person.own", &in, &out));
    view->version = out.version;
    view->as_of_us = out.as_of;
    view->facts = ARENA_ARRAY(v->arena, struct record_fact, out.facts_count);
    for (size_t i = 0; i < out.facts_count; i++) {
        const struct person_fact *f = &out.facts[i];
        view->facts[view->fact_count++] = (struct record_fact){
            .label = field_label(v->lang, f->field),
            .value = f->shown,
            .source = source_label(v->lang, f->source),
            .organisation = organisation_label(cx, v->lang, f->organisation),
            .from = f->has_from ? f->from : (day){ 0 },
            .recorded_us = f->recorded,
            .confidence = (int)f->confidence,
        };
    }
    view->warnings = ARENA_ARRAY(v->arena, str, out.warnings_count);
    for (size_t i = 0; i < out.warnings_count; i++)
        view->warnings[view->warning_count++] = visit_label(v, "warning_", out.warnings[i]);
    return OK;
}

void record_show(struct page *pg, struct visit *v)
{
    tmpl_record(pg, v->view);
}
