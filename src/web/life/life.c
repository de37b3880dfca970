/* Life events as those see them who wait for them and those who owe them: one line that says where it stands and who has it, the legs
 * with their clocks, what may be done now; the office's queue of legs, the late ones first; and what a person is asked to agree to.
 * tested by: tests/scenario/birth.scn */
#include "life/life_ops.h"
#include "messages/messages.h"
#include "web/life/life_view.h"
#include "web/life/pages.h"
#include "web/web_tmpl.h"

static const char *const leg_words[] = { "waiting", "ready", "sent", "acknowledged", "processing", "done", "refused", "timed_out", "compensated", "skipped" };
static const char *const bundle_words[] = { "open", "done", "partly", "refused", "withdrawn", "reversed" };

static str life_url(const struct visit *v, int64_t bundle, const char *rest) { return arena_printf(v->arena, "/life/%lld%s", (long long)bundle, rest); }

/* --- one event ------------------------------------------------------------------------------------------------------------ */

static void move_add(const struct visit *v, struct life_leg_view *leg, const char *command, bool needs_reason)
{
    leg->moves[leg->move_count++] = (struct life_move_view){ str_of(command), visit_label(v, "life_do_", str_of(command)), needs_reason, needs_reason };
}

static void leg_moves(const struct visit *v, const struct life_leg_item *l, struct life_leg_view *leg)
{
    leg->moves = ARENA_ARRAY(v->arena, struct life_move_view, 4);
    if (!l->mine || (v->actor.roles & ROLE_CITIZEN))
        return;
    if (l->state == LIFE_LEG_ITEM_STATE_SENT)
        move_add(v, leg, "acknowledge", false);
    if (l->state == LIFE_LEG_ITEM_STATE_SENT || l->state == LIFE_LEG_ITEM_STATE_ACKNOWLEDGED)
        move_add(v, leg, "take", false);
    if (l->state == LIFE_LEG_ITEM_STATE_PROCESSING) {
        move_add(v, leg, "complete", false);
        move_add(v, leg, "refuse", true);
    }
}

static void legs_view(const struct visit *v, const struct life_show_out *out, struct life_view *view)
{
    view->legs = ARENA_ARRAY(v->arena, struct life_leg_view, out->legs_count + 1);
    for (size_t i = 0; i < out->legs_count; i++) {
        const struct life_leg_item *l = &out->legs[i];
        struct life_leg_view *leg = &view->legs[view->leg_count++];
        *leg = (struct life_leg_view){
            .key = l->key, .name = l->name, .state = visit_label(v, "life_leg_", str_of(leg_words[l->state])), .state_word = str_of(leg_words[l->state]),
            .owner = l->person_asked ? msg_life_person_asked(v->lang) : l->owner_name, .reason = l->reason, .node = l->node, .version = l->version,
            .due_us = l->has_due ? l->due : 0, .ended_us = l->has_ended ? l->ended : 0, .late = l->late, .unanswered = l->unanswered };
        leg_moves(v, l, leg);
    }
}

static void course_view(const struct visit *v, const struct life_show_out *out, struct life_view *view)
{
    view->moments = ARENA_ARRAY(v->arena, struct life_moment_view, out->moments_count + 1);
    for (size_t i = out->moments_count; i > 0; i--) {
        const struct life_moment_item *m = &out->moments[i - 1];
        view->moments[view->moment_count++] = (struct life_moment_view){ visit_label(v, "life_done_", m->command), m->leg, m->actor, m->note, m->at };
    }
    view->answers = ARENA_ARRAY(v->arena, struct life_answer_view, out->answers_count + 1);
    for (size_t i = 0; i < out->answers_count && (v->actor.roles & ROLE_OFFICER); i++)
        view->answers[view->answer_count++] = (struct life_answer_view){ out->answers[i].label, out->answers[i].shown };
}

status life_page_run(struct ctx *cx, struct visit *v)
{
    struct life_view *view = ARENA_NEW(v->arena, struct life_view);
    struct life_show_in in = { .bundle = v->number[0] };
    struct life_show_out out;
    v->view = view;
    TRY(visit_call(cx, "life.show", &in, &out));
    *view = (struct life_view){
        .name = out.now.name, .code = out.now.code, .state = visit_label(v, "life_bundle_", str_of(bundle_words[out.now.state])),
        .state_word = str_of(bundle_words[out.now.state]), .awaited = out.now.awaited, .awaited_of = out.now.awaited_of,
        .move_url = life_url(v, out.now.bundle, "/move"), .version = out.now.version, .began_us = out.now.began,
        .ended_us = out.now.has_ended ? out.now.ended : 0, .applicant = v->actor.roles & ROLE_CITIZEN };
    if (view->applicant)
        view->dossier_url = arena_printf(v->arena, "/dossier/%lld", (long long)out.now.bundle);
    legs_view(v, &out, view);
    course_view(v, &out, view);
    return OK;
}

void life_page_show(struct page *pg, struct visit *v) { tmpl_life(pg, v->view); }

/* --- doing ---------------------------------------------------------------------------------------------------------------- */

status life_move_run(struct ctx *cx, struct visit *v)
{
    str command = visit_field(v, "command"), leg = visit_field(v, "leg"), reason = str_trim(visit_field(v, "reason"));
    union {
        struct life_acknowledge_out acknowledge;
        struct life_take_out take;
        struct life_complete_out complete;
        struct life_refuse_out refuse;
    } out;
    int64_t version, bundle = v->number[0];
    if (!str_i64(visit_field(v, "version"), &version))
        return FAIL_AT(FIELD_TYPE, STR("version"));
    v->redirect = life_url(v, bundle, "");
    if (str_eq(command, STR("acknowledge")))
        return visit_call(cx, "life.acknowledge", &(struct life_acknowledge_in){ bundle, leg, version }, &out);
    if (str_eq(command, STR("take")))
        return visit_call(cx, "life.take", &(struct life_take_in){ bundle, leg, version }, &out);
    if (str_eq(command, STR("complete")))
        return visit_call(cx, "life.complete", &(struct life_complete_in){ bundle, leg, version }, &out);
    if (str_eq(command, STR("refuse")))
        return visit_call(cx, "life.refuse", &(struct life_refuse_in){ bundle, leg, version, reason }, &out);
    return FAIL_WITH(FIELD_UNKNOWN, STR("command"), command);
}

status life_answer_run(struct ctx *cx, struct visit *v)
{
    struct life_consent_in in = { .bundle = v->number[0], .leg = visit_field(v, "leg"), .agree = str_eq(visit_field(v, "answer"), STR("yes")) };
    struct life_consent_out out;
    if (!in.agree && !str_eq(visit_field(v, "answer"), STR("no")))
        return FAIL_AT(FIELD_MISSING, STR("answer"));
    TRY(visit_call(cx, "life.consent", &in, &out));
    v->redirect = STR("/me/life");
    return OK;
}

/* --- lists ---------------------------------------------------------------------------------------------------------------- */

static struct life_row_view bundle_row(const struct visit *v, const struct life_now *n)
{
    return (struct life_row_view){ .url = life_url(v, n->bundle, ""), .code = n->code, .event = n->name, .name = n->awaited,
                                   .state = visit_label(v, "life_bundle_", str_of(bundle_words[n->state])), .state_word = str_of(bundle_words[n->state]) };
}

status life_mine_page_run(struct ctx *cx, struct visit *v)
{
    struct life_mine_view *view = ARENA_NEW(v->arena, struct life_mine_view);
    struct life_mine_in in = { 0 };
    struct life_mine_out out;
    v->view = view;
    TRY(visit_call(cx, "life.mine", &in, &out));
    view->bundles.rows = ARENA_ARRAY(v->arena, struct life_row_view, out.bundles_count + 1);
    for (size_t i = 0; i < out.bundles_count; i++)
        view->bundles.rows[view->bundles.count++] = bundle_row(v, &out.bundles[i]);
    view->asked = ARENA_ARRAY(v->arena, struct life_ask_view, out.asked_count + 1);
    for (size_t i = 0; i < out.asked_count; i++)
        view->asked[view->asked_count++] = (struct life_ask_view){ life_url(v, out.asked[i].bundle, "/answer"), out.asked[i].name, out.asked[i].event,
                                                                   out.asked[i].bundle, out.asked[i].leg };
    return OK;
}

void life_mine_page_show(struct page *pg, struct visit *v) { tmpl_life_mine(pg, v->view); }

static struct life_row_view task_row(const struct visit *v, const struct life_task *t)
{
    return (struct life_row_view){ .url = life_url(v, t->bundle, ""), .code = t->code, .event = t->event, .name = t->name,
                                   .state = visit_label(v, "life_leg_", str_of(leg_words[t->state])), .state_word = str_of(leg_words[t->state]),
                                   .due_us = t->has_due ? t->due : 0, .late = t->late, .unanswered = t->unanswered, .mine = t->mine };
}

status life_desk_page_run(struct ctx *cx, struct visit *v)
{
    static const char *const tabs[] = { "sent", "acknowledged", "processing", "done", "refused" };
    struct life_desk_view *view = ARENA_NEW(v->arena, struct life_desk_view);
    struct life_queue_in in = { 0 };
    struct life_queue_out out;
    str state = visit_query(v, "state");
    v->view = view;
    view->tabs = ARENA_ARRAY(v->arena, struct life_tab, 5);
    for (size_t i = 0; i < 5; i++)
        in.state = str_eq(state, str_of(tabs[i])) ? (int32_t)i : in.state;
    for (size_t i = 0; i < 5; i++)
        view->tabs[view->tab_count++] = (struct life_tab){ visit_label(v, "life_leg_", str_of(tabs[i])), arena_printf(v->arena, "/desk/life?state=%s", tabs[i]),
                                                           in.state == (int32_t)i };
    in.has_after_due = str_i64(visit_query(v, "due"), &in.after_due);
    in.has_after_bundle = str_i64(visit_query(v, "after"), &in.after_bundle);
    TRY(visit_call(cx, "life.queue", &in, &out));
    view->page.rows = ARENA_ARRAY(v->arena, struct life_row_view, out.tasks_count + 1);
    for (size_t i = 0; i < out.tasks_count; i++)
        view->page.rows[view->page.count++] = task_row(v, &out.tasks[i]);
    if (out.more)
        view->next_url = arena_printf(v->arena, "/desk/life?state=%s&due=%lld&after=%lld", tabs[in.state], (long long)out.next_due, (long long)out.next_bundle);
    return OK;
}

void life_desk_page_show(struct page *pg, struct visit *v) { tmpl_life_desk(pg, v->view); }
