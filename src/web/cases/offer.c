/* What a citizen offers: the form, and what became of each offer. A refusal comes back on the page with what was typed.
 * tested by: tests/scenario/run.py */
#include "cases/cases_ops.h"
#include "web/cases/case_view.h"
#include "web/cases/pages.h"
#include "web/web_tmpl.h"

static const char *const state_words[] = { "waiting", "accepted", "refused" };

static STATUS fill(struct ctx *cx, struct visit *v, struct offers_view *view)
{
    struct offer_topics_in none = { 0 };
    struct offer_mine_in mine = { 0 };
    struct offer_topics_out topics;
    struct offer_mine_out out;
    TRY(visit_call(cx, "offer.topics", &none, &topics));
    TRY(visit_call(cx, "offer.mine", &mine, &out));
    *view = (struct offers_view){ .topic = visit_field(v, "topic"), .value = visit_field(v, "value"), .evidence = visit_field(v, "evidence") };
    view->topics = ARENA_ARRAY(v->arena, struct list_option, topics.topics_count + 1);
    for (size_t i = 0; i < topics.topics_count; i++)
        view->topics[view->topic_count++] = (struct list_option){ topics.topics[i].key, topics.topics[i].label };
    view->offers = ARENA_ARRAY(v->arena, struct offer_view, out.offers_count + 1);
    for (size_t i = 0; i < out.offers_count; i++) {
        const struct offer_item *o = &out.offers[i];
        view->offers[view->count++] = (struct offer_view){ o->label, o->value, o->evidence, visit_label(v, "offer_state_", str_of(state_words[o->state])), o->reason, o->offered };
    }
    return OK;
}

status offers_run(struct ctx *cx, struct visit *v)
{
    v->view = ARENA_NEW(v->arena, struct offers_view);
    return fill(cx, v, v->view);
}

void offers_show(struct page *pg, struct visit *v) { tmpl_offers(pg, v->view); }

status offer_make_run(struct ctx *cx, struct visit *v)
{
    struct offer_make_in in = { .topic = visit_field(v, "topic"), .value = str_trim(visit_field(v, "value")), .evidence = str_trim(visit_field(v, "evidence")) };
    struct offer_make_out out;
    status st = visit_call(cx, "offer.make", &in, &out);
    if (status_ok(st)) {
        v->redirect = STR("/me/offers");
        return OK;
    }
    struct offers_view *view = ARENA_NEW(v->arena, struct offers_view);
    str error, hint;
    TRY(visit_refused(v, st, &error, &hint));
    TRY(fill(cx, v, view));
    view->error = error;
    view->hint = hint;
    v->view = view;
    v->show = offers_show;
    return OK;
}
