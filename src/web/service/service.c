/* The catalogue of services and the description of one: what it asks, what the state fetches itself, how long and how much.
 * tested by: src/web/web_test.c */
#include "service/service_ops.h"
#include "messages/messages.h"
#include "web/service/words.h"
#include "web/web_tmpl.h"

static const char *const level_words[] = { "full", "partial", "counter" };

str service_term(const struct visit *v, int64_t days, int64_t hours)
{
    if (hours)
        return msg_service_hours(v->arena, v->lang, hours);
    return days ? msg_service_days(v->arena, v->lang, days) : msg_service_same_day(v->lang);
}

status services_run(struct ctx *cx, struct visit *v)
{
    struct services_view *view = ARENA_NEW(v->arena, struct services_view);
    struct procedure_list_in in = { 0 };
    struct procedure_list_out out;
    v->view = view;
    TRY(visit_call(cx, "procedure.list", &in, &out));
    view->list = ARENA_ARRAY(v->arena, struct service_link, out.procedures_count + 1);
    for (size_t i = 0; i < out.procedures_count; i++) {
        const struct procedure_item *p = &out.procedures[i];
        view->list[view->count++] = (struct service_link){
            .name = p->name, .area = p->area, .url = arena_printf(v->arena, "/service?key=%.*s", STR_ARG(p->key)),
            .term = service_term(v, p->working_days, p->working_hours), .fee = p->fee_online,
        };
    }
    return OK;
}

void services_show(struct page *pg, struct visit *v) { tmpl_services(pg, v->view); }

status service_run(struct ctx *cx, struct visit *v)
{
    struct service_view *view = ARENA_NEW(v->arena, struct service_view);
    struct procedure_show_in in = { .key = visit_query(v, "key") };
    struct procedure_show_out out;
    v->view = view;
    TRY(visit_call(cx, "procedure.show", &in, &out));
    *view = (struct service_view){
        .key = out.item.key, .name = out.item.name, .code = out.item.code, .area = out.item.area, .law = out.law, .result = out.result,
        .level = visit_label(v, "service_level_", str_of(level_words[out.item.level])), .term = service_term(v, out.item.working_days, out.item.working_hours),
        .fee_online = out.item.fee_online, .fee_counter = out.item.fee_counter, .steps = out.steps, .step_count = out.steps_count,
        .citizen = v->actor.roles & ROLE_CITIZEN, .officer = v->actor.roles & ROLE_OFFICER, .signed_in = v->actor.account.v != 0,
        .sign_in_url = arena_printf(v->arena, "/sign-in?next=/service%%3Fkey%%3D%.*s", STR_ARG(out.item.key)),
    };
    view->asked = ARENA_ARRAY(v->arena, str, out.components_count + 1);
    view->fetched = ARENA_ARRAY(v->arena, str, out.components_count + 1);
    for (size_t i = 0; i < out.components_count; i++)
        if (out.components[i].fetched)
            view->fetched[view->fetched_count++] = out.components[i].label;
        else
            view->asked[view->asked_count++] = out.components[i].label;
    return OK;
}

void service_show(struct page *pg, struct visit *v) { tmpl_service(pg, v->view); }

status service_start_run(struct ctx *cx, struct visit *v)
{
    struct dossier_create_in in = { .procedure = visit_field(v, "procedure") };
    struct dossier_create_out out;
    str applicant = visit_field(v, "applicant");
    if (v->actor.roles & ROLE_OFFICER) {
        if (applicant.len != 12 || !str_i64(applicant, &in.applicant))
            return FAIL_AT(NUMBER_FORMAT, STR("applicant"));
        in.has_applicant = true;
    }
    TRY(visit_call(cx, "dossier.create", &in, &out));
    v->redirect = dossier_url(v, out.now.dossier, "/ask");
    return OK;
}
