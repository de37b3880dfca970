/* Mendings that were asked for, as a queue: an officer sees those of the own office, a coordinator and a leader all of them and which
 * unit owes the late ones. From each to its row; looked at again when it is mended, or let be with a reason.
 * tested by: tests/scenario/run.py */
#include "web/quality/parts.h"
#include "web/web_tmpl.h"

enum { TABS = 4, TAB_LATE = 1 };
static const char *const tab_words[TABS] = { "open", "late", "closed", "waived" };
static const int tab_states[TABS] = { QUALITY_ISSUES_IN_STATE_ASSIGNED, QUALITY_ISSUES_IN_STATE_ASSIGNED, QUALITY_ISSUES_IN_STATE_CLOSED,
                                      QUALITY_ISSUES_IN_STATE_WAIVED };
static const char *const done_words[] = { "asked", "closed", "still", "waived", NULL };

static bool may_act(const struct visit *v) { return (v->actor.roles & (ROLE_OFFICER | ROLE_COORDINATOR)) != 0; }

static int tab_asked(const struct visit *v)
{
    for (int i = 0; i < TABS; i++)
        if (str_eq(visit_query(v, "state"), str_of(tab_words[i])))
            return i;
    return 0;
}

static void tabs_fill(struct visit *v, struct quality_mendings_view *view, int tab)
{
    view->tabs = ARENA_ARRAY(v->arena, struct list_option, TABS);
    for (int i = 0; i < TABS; i++) {
        str url = url_with(v, STR("/centre/quality/mendings"), "state", str_of(tab_words[i]));
        view->tabs[i] = (struct list_option){ url_with(v, url, "unit", visit_query(v, "unit")), visit_label(v, "quality_mending_tab_", str_of(tab_words[i])) };
    }
    view->tab_count = TABS;
    view->tab = view->tabs[tab].label;
}

STATUS quality_debts_load(struct ctx *cx, struct visit *v, unit_id unit, struct quality_debts_view *ret)
{
    struct quality_owed_in in = { .has_unit = unit.v != 0, .unit = unit };
    struct quality_owed_out out;
    TRY(visit_call(cx, "quality.owed", &in, &out));
    ret->rows = ARENA_ARRAY(v->arena, struct quality_debt_view, out.units_count + 1);
    for (size_t i = 0; i < out.units_count; i++) {
        const struct quality_debt *d = &out.units[i];
        str url = d->has_unit ? url_with(v, STR("/centre/quality/mendings"), "unit", defs_unit_text(v->arena, d->unit)) : (str){ 0 };
        ret->rows[ret->count++] = (struct quality_debt_view){ d->unit_name, url, d->owed, d->late, d->oldest };
        ret->owed += d->owed;
        ret->late += d->late;
    }
    return OK;
}

static struct quality_mending_view mending_of(struct visit *v, const struct quality_issue_item *i)
{
    bool sees_row = (v->actor.roles & (ROLE_OFFICER | ROLE_COORDINATOR | ROLE_OPERATOR)) != 0;
    return (struct quality_mending_view){
        .issue = i->issue, .version = i->version, .register_name = i->name, .says = i->says, .unit = i->unit_name, .asked_by = i->asked_by, .asked_us = i->opened,
        .due = i->due, .late = i->late, .reason = i->reason, .open = i->state == QUALITY_ISSUE_ITEM_STATE_ASSIGNED,
        .url = sees_row ? arena_printf(v->arena, "/centre/register/row?code=%.*s&row=%lld", STR_ARG(i->code), (long long)i->row) : (str){ 0 } };
}

static STATUS fill(struct ctx *cx, struct visit *v, struct quality_mendings_view *view)
{
    int tab = tab_asked(v);
    bool own = (cx->actor.roles & ROLE_OFFICER) && cx->actor.unit.v;
    struct quality_issues_in in = { .has_state = true, .state = tab_states[tab], .has_late = tab == TAB_LATE, .late = tab == TAB_LATE };
    struct quality_issues_out out;
    TRY(quality_unit_asked(cx, v, &in.unit, &view->unit_name));
    if (own && !in.unit.v) {
        in.unit = cx->actor.unit;
        view->unit_name = defs_unit_path(v->arena, cx->app->defs, in.unit, cx->today, v->lang);
    }
    in.has_unit = in.unit.v != 0;
    in.has_after = str_i64(visit_query(v, "after"), &in.after);
    tabs_fill(v, view, tab);
    view->may_act = may_act(v);
    TRY(visit_call(cx, "quality.issues", &in, &out));
    view->rows = ARENA_ARRAY(v->arena, struct quality_mending_view, out.issues_count + 1);
    for (size_t i = 0; i < out.issues_count; i++)
        view->rows[view->count++] = mending_of(v, &out.issues[i]);
    if (out.next)
        view->next_url = arena_printf(v->arena, "%.*s&after=%lld", STR_ARG(view->tabs[tab].word), (long long)out.next);
    return quality_debts_load(cx, v, in.unit, &view->debts);
}

status quality_mendings_page_run(struct ctx *cx, struct visit *v)
{
    struct quality_mendings_view *view = ARENA_NEW(v->arena, struct quality_mendings_view);
    v->view = view;
    for (int i = 0; done_words[i]; i++)
        if (str_eq(visit_query(v, "done"), str_of(done_words[i])))
            view->done = visit_label(v, "quality_mending_done_", str_of(done_words[i]));
    return fill(cx, v, view);
}

void quality_mendings_page_show(struct page *pg, struct visit *v)
{
    pg->path = STR("/centre/quality/mendings");
    tmpl_quality_mendings(pg, v->view);
}

/* --- doing it -------------------------------------------------------------------------------------------------------------- */

static STATUS ended(struct ctx *cx, struct visit *v, status st, const char *done)
{
    if (status_ok(st)) {
        v->redirect = url_with(v, STR("/centre/quality/mendings"), "done", str_of(done));
        return OK;
    }
    struct quality_mendings_view *view = ARENA_NEW(v->arena, struct quality_mendings_view);
    TRY(visit_refused(v, st, &view->error, &view->hint));
    TRY(fill(cx, v, view));
    v->view = view;
    v->show = quality_mendings_page_show;
    return OK;
}

status quality_mending_ask_run(struct ctx *cx, struct visit *v)
{
    struct quality_assign_in in = { .code = visit_field(v, "code"), .check = visit_field(v, "check") };
    struct quality_assign_out out;
    if (!str_i64(visit_field(v, "row"), &in.row))
        return FAIL_AT(FIELD_TYPE, STR("row"));
    return ended(cx, v, visit_call(cx, "quality.assign", &in, &out), "asked");
}

status quality_mending_move_run(struct ctx *cx, struct visit *v)
{
    struct quality_verify_in look = { .issue = v->number[0] };
    struct quality_verify_out seen = { 0 };
    struct quality_waive_in in = { .issue = v->number[0], .reason = str_trim(visit_field(v, "reason")) };
    struct quality_waive_out out;
    if (!str_eq(visit_field(v, "do"), STR("waive"))) {
        status st = visit_call(cx, "quality.verify", &look, &seen);
        return ended(cx, v, st, seen.state == QUALITY_VERIFY_OUT_STATE_ASSIGNED ? "still" : "closed");
    }
    if (!str_i64(visit_field(v, "version"), &in.expected_version))
        return FAIL_AT(FIELD_TYPE, STR("version"));
    return ended(cx, v, visit_call(cx, "quality.waive", &in, &out), "waived");
}
