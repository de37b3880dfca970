/* A dossier to its end: the check before it is sent, its course as anyone concerned may see it, and the moves that are open
 * to the one who looks; the citizen's list and the office's queue.
 * tested by: src/web/web_test.c */
#include "money/money_ops.h"
#include "messages/messages.h"
#include "paper/paper.h"
#include "web/service/benefit.h"
#include "web/service/feedback.h"
#include "web/service/words.h"
#include "web/web_tmpl.h"

static const char *const state_words[] = { "draft", "submitted", "accepted", "declined", "processing", "awaiting_supplement", "awaiting_payment",
                                           "withdrawn", "stopped", "decided", "returned" };
static str state_word(int32_t state) { return str_of(state_words[state]); }

static str left_text(const struct visit *v, int64_t left)
{
    if (left < 0)
        return msg_service_days_late(v->arena, v->lang, -left);
    return left ? msg_service_days_left(v->arena, v->lang, left) : msg_service_today(v->lang);
}

static str minutes_text(const struct visit *v, int64_t minutes) { return msg_service_time(v->arena, v->lang, minutes / 60, minutes % 60); }

/* --- one ------------------------------------------------------------------------------------------------------------------ */

static void answers_view(struct ctx *cx, struct visit *v, const struct dossier_show_out *d, struct dossier_view *view)
{
    view->answers = ARENA_ARRAY(v->arena, struct dossier_answer_view, d->form_count + 1);
    for (size_t i = 0; i < d->form_count; i++) {
        const struct form_field *f = &d->form[i];
        str value = answer_of(d->answers, d->answers_count, f->key);
        if (str_is_empty(value) && !view->draft)
            continue;
        view->answers[view->answer_count++] = (struct dossier_answer_view){
            label_shown(v, f), answer_shown(cx, v, f, value),
            view->draft ? arena_printf(v->arena, "/dossier/%lld/ask?field=%.*s", (long long)view->dossier, STR_ARG(f->key)) : (str){ 0 } };
    }
    view->fetched = ARENA_ARRAY(v->arena, struct dossier_answer_view, d->fetched_count + 1);
    for (size_t i = 0; i < d->fetched_count; i++) {
        int bit;
        bool known = person_field_by_name(d->fetched[i].key, &bit);
        const struct person_field_def *def = known ? person_field_def(bit) : NULL;
        view->fetched[view->fetched_count++] = (struct dossier_answer_view){ def ? (v->lang == LANG_EN ? def->label_en : def->label_vi) : d->fetched[i].key,
                                                                             d->fetched[i].value, { 0 } };
    }
}

static void course_view(struct visit *v, const struct dossier_show_out *d, struct dossier_view *view)
{
    view->events = ARENA_ARRAY(v->arena, struct dossier_event_view, d->events_count + 1);
    for (size_t i = d->events_count; i > 0; i--) {
        const struct dossier_event *e = &d->events[i - 1];
        view->events[view->event_count++] = (struct dossier_event_view){
            .what = visit_label(v, "service_done_", e->command), .state = visit_label(v, "dossier_state_", e->state), .who = e->step, .note = e->note,
            .at_us = e->at, .amount = e->amount };
    }
    view->holders = ARENA_ARRAY(v->arena, struct dossier_holder_view, d->holders_count + 1);
    for (size_t i = 0; i < d->holders_count; i++)
        view->holders[view->holder_count++] = (struct dossier_holder_view){ d->holders[i].name, minutes_text(v, d->holders[i].minutes), minutes_text(v, d->holders[i].late_minutes) };
}

static bool one_of(str word, const char *const *list)
{
    for (; *list; list++)
        if (str_eq(word, str_of(*list)))
            return true;
    return false;
}

static void moves_view(struct visit *v, const struct dossier_show_out *d, struct dossier_view *view)
{
    static const char *const hidden[] = { "save", "submit", "supply", "time_out", NULL };
    static const char *const needs[] = { "decline", "ask_supplement", "charge", "stop", "refuse", "reopen", "apologise", NULL }, *const takes[] = { "withdraw", "forward", NULL };
    static const char *const danger[] = { "decline", "stop", "refuse", "withdraw", NULL };
    view->moves = ARENA_ARRAY(v->arena, struct dossier_move_view, d->moves_count + 1);
    for (size_t i = 0; i < d->moves_count; i++) {
        str c = d->moves[i];
        if (one_of(c, hidden))
            continue;
        view->moves[view->move_count++] = (struct dossier_move_view){
            .command = c, .label = visit_label(v, "service_do_", c), .needs_reason = one_of(c, needs), .takes_reason = one_of(c, needs) || one_of(c, takes),
            .takes_amount = str_eq(c, STR("charge")) || str_eq(c, STR("pay")), .takes_receipt = str_eq(c, STR("pay")),
            .takes_day = str_eq(c, STR("apologise")), .danger = one_of(c, danger),
            .asks = one_of(c, needs) || one_of(c, takes) || str_eq(c, STR("pay")) };
    }
}

enum { QUIET = 4 }; /* modules around a code */

/* Without an account for the office it is paid at the counter, and the page says nothing of transfers. */
STATUS payment_view_fill(struct ctx *cx, struct visit *v, struct dossier_view *view)
{
    struct payment_ask_in in = { .dossier = view->dossier };
    struct payment_ask_out out;
    struct qr code;
    status st = visit_call(cx, "payment.ask", &in, &out);
    if (st.code == ERR_PAYMENT_ACCOUNT || (status_ok(st) && !out.owed))
        return OK;
    TRY(st);
    TRY(qr_make(v->arena, out.code, &code));
    view->pay = ARENA_NEW(v->arena, struct payment_view);
    *view->pay = (struct payment_view){ .owed = out.owed, .bank = out.bank_name, .account = out.account, .holder = out.holder, .words = out.words,
                                        .bank_url = app_state(cx->app, SIMULATOR_STATE) ? arena_printf(v->arena, "/bank/%lld", (long long)view->dossier) : (str){ 0 },
                                        .picture = qr_path(v->arena, &code),
                                        .box = arena_printf(v->arena, "%d %d %d %d", -QUIET, -QUIET, code.size + 2 * QUIET, code.size + 2 * QUIET) };
    return OK;
}

static STATUS dossier_fill(struct ctx *cx, struct visit *v, struct dossier_view *view)
{
    struct dossier_show_in in = { .dossier = v->number[0] };
    struct dossier_show_out d;
    TRY(visit_call(cx, "dossier.show", &in, &d));
    *view = (struct dossier_view){
        .dossier = d.now.dossier, .version = d.now.version, .service = d.item.name, .code = d.now.code, .state_word = state_word(d.now.state),
        .state = visit_label(v, "dossier_state_", state_word(d.now.state)), .office = d.organisation_name, .step = d.step, .applicant = d.item.applicant,
        .law = d.law, .due_us = d.now.has_due ? d.now.due : 0, .until_us = d.has_until ? d.until : 0, .fee = d.fee, .paid = d.paid, .late = d.item.late,
        .draft = d.now.state == DOSSIER_NOW_STATE_DRAFT, .submit_url = dossier_url(v, d.now.dossier, "/submit"), .move_url = dossier_url(v, d.now.dossier, "/move"),
    };
    if (d.has_applicant_number)
        view->applicant_number = arena_printf(v->arena, "%012lld", (long long)d.applicant_number);
    if (d.now.has_due && d.now.state != DOSSIER_NOW_STATE_DECIDED && d.now.state != DOSSIER_NOW_STATE_RETURNED)
        view->left = left_text(v, d.item.left);
    answers_view(cx, v, &d, view);
    course_view(v, &d, view);
    moves_view(v, &d, view);
    bool open;
    TRY(dossier_files_view(cx, v, &view->components, &view->component_count, &open));
    if (open && view->component_count)
        view->files_url = dossier_url(v, d.now.dossier, "/files");
    if (view->draft)
        return OK;
    if (d.now.state == DOSSIER_NOW_STATE_AWAITING_PAYMENT)
        TRY(payment_view_fill(cx, v, view));
    TRY(benefit_fill(cx, v, d.now.dossier, &view->benefits));
    TRY(feedback_fill(cx, v, d.now.dossier, &view->feedback));
    if (v->actor.roles & ROLE_OFFICER)
        view->control_url = dossier_url(v, d.now.dossier, "/control");
    return dossier_papers_view(cx, v, view);
}

status dossier_run(struct ctx *cx, struct visit *v)
{
    struct dossier_view *view = ARENA_NEW(v->arena, struct dossier_view);
    v->view = view;
    TRY(dossier_fill(cx, v, view));
    if (view->draft)
        v->redirect = dossier_url(v, view->dossier, "/ask");
    return OK;
}

void dossier_page_show(struct page *pg, struct visit *v) { tmpl_dossier(pg, v->view); }

status dossier_check_run(struct ctx *cx, struct visit *v)
{
    v->view = ARENA_NEW(v->arena, struct dossier_view);
    return dossier_fill(cx, v, v->view);
}

void dossier_check_show(struct page *pg, struct visit *v) { tmpl_dossier_check(pg, v->view); }

/* The page again with what was refused on it: nothing that was done before is lost. */
static STATUS refused(struct ctx *cx, struct visit *v, status st, void (*show)(struct page *pg, struct visit *v))
{
    struct dossier_view *view = ARENA_NEW(v->arena, struct dossier_view);
    str error, hint;
    TRY(visit_refused(v, st, &error, &hint));
    TRY(dossier_fill(cx, v, view));
    view->error = error;
    view->hint = hint;
    v->view = view;
    v->show = show;
    return OK;
}

status dossier_submit_run(struct ctx *cx, struct visit *v)
{
    struct dossier_submit_in in = { .dossier = v->number[0] };
    struct dossier_submit_out out;
    if (!str_i64(visit_field(v, "version"), &in.expected_version))
        return FAIL_AT(FIELD_TYPE, STR("version"));
    status st = visit_call(cx, "dossier.submit", &in, &out);
    if (!status_ok(st))
        return refused(cx, v, st, dossier_check_show);
    v->redirect = dossier_url(v, in.dossier, "");
    return OK;
}

/* --- moves ---------------------------------------------------------------------------------------------------------------- */

struct asked_move {
    int64_t dossier, version, amount;
    str reason, receipt;
    day promised;
};

static STATUS move_call(struct ctx *cx, str command, const struct asked_move *m)
{
    union {
        struct dossier_accept_out any;
        struct dossier_decide_out decide;
        struct dossier_pay_out pay;
    } out;
    bool has = m->reason.len > 0;
#define MOVE(word, op, ...)                                                                                                    \
    if (str_eq(command, STR(word)))                                                                                            \
        return visit_call(cx, "dossier." #op, &(struct dossier_##op##_in){ .dossier = m->dossier, __VA_ARGS__ }, &out)
    MOVE("accept", accept, .expected_version = m->version);
    MOVE("decline", decline, .expected_version = m->version, .reason = m->reason);
    MOVE("take", take, .expected_version = m->version);
    MOVE("ask_supplement", ask, .expected_version = m->version, .reason = m->reason);
    MOVE("charge", charge, .expected_version = m->version, .amount = m->amount, .reason = m->reason);
    MOVE("pay", pay, .amount = m->amount, .receipt = m->receipt);
    MOVE("forward", forward, .expected_version = m->version, .has_note = has, .note = m->reason);
    MOVE("grant", decide, .expected_version = m->version, .grant = true);
    MOVE("refuse", decide, .expected_version = m->version, .has_reason = has, .reason = m->reason);
    MOVE("deliver", deliver, .expected_version = m->version);
    MOVE("withdraw", withdraw, .expected_version = m->version, .has_reason = has, .reason = m->reason);
    MOVE("stop", stop, .expected_version = m->version, .reason = m->reason);
    MOVE("apologise", apologise, .expected_version = m->version, .promised = m->promised, .reason = m->reason);
    MOVE("reopen", reopen, .expected_version = m->version, .reason = m->reason);
#undef MOVE
    return FAIL_WITH(ENUM_UNKNOWN, STR("command"), command);
}

status dossier_move_run(struct ctx *cx, struct visit *v)
{
    struct asked_move m = { .dossier = v->number[0], .reason = str_trim(visit_field(v, "reason")), .receipt = str_trim(visit_field(v, "receipt")) };
    str command = visit_field(v, "command"), amount = visit_field(v, "amount");
    if (!str_i64(visit_field(v, "version"), &m.version))
        return FAIL_AT(FIELD_TYPE, STR("version"));
    status st = OK;
    if (amount.len && (!str_i64(amount, &m.amount) || m.amount <= 0))
        st = FAIL_WITH(FIELD_TYPE, msg_service_amount(v->lang), amount);
    if (status_ok(st) && str_eq(command, STR("apologise")))
        st = day_parse(visit_field(v, "promised"), &m.promised);
    if (status_ok(st))
        st = move_call(cx, command, &m);
    if (!status_ok(st))
        return refused(cx, v, st, dossier_page_show);
    v->redirect = dossier_url(v, m.dossier, "");
    return OK;
}

/* --- many ----------------------------------------------------------------------------------------------------------------- */

struct dossier_row_view dossier_row_of(const struct visit *v, const struct dossier_item *i)
{
    return (struct dossier_row_view){
        .url = dossier_url(v, i->dossier, ""), .code = i->code.len ? i->code : msg_service_draft(v->lang), .service = i->name, .applicant = i->applicant,
        .state_word = state_word(i->state), .state = visit_label(v, "dossier_state_", state_word(i->state)), .due_us = i->has_due ? i->due : 0,
        .submitted_us = i->has_submitted ? i->submitted : 0, .late = i->late, .mine = i->mine,
        .left = i->has_due && i->state != DOSSIER_ITEM_STATE_DECIDED && i->state != DOSSIER_ITEM_STATE_RETURNED ? left_text(v, i->left) : (str){ 0 },
    };
}

status my_dossiers_run(struct ctx *cx, struct visit *v)
{
    struct dossiers_view *view = ARENA_NEW(v->arena, struct dossiers_view);
    struct dossier_mine_in in = { 0 };
    struct dossier_mine_out out;
    in.has_before = str_i64(visit_query(v, "before"), &in.before) && in.before > 0;
    in.has_before_dossier = str_i64(visit_query(v, "after"), &in.before_dossier);
    v->view = view;
    TRY(visit_call(cx, "dossier.mine", &in, &out));
    view->rows = ARENA_ARRAY(v->arena, struct dossier_row_view, out.dossiers_count + 1);
    for (size_t i = 0; i < out.dossiers_count; i++)
        view->rows[view->count++] = dossier_row_of(v, &out.dossiers[i]);
    if (out.has_next)
        view->next_url = arena_printf(v->arena, "/me/dossiers?before=%lld&after=%lld", (long long)out.next, (long long)out.next_dossier);
    return OK;
}

void my_dossiers_show(struct page *pg, struct visit *v) { tmpl_my_dossiers(pg, v->view); }

static const char *const tabs[] = { "submitted", "accepted", "processing", "awaiting_supplement", "awaiting_payment", "decided" };

static void tabs_view(struct visit *v, const struct dossier_queue_out *out, int32_t here, struct desk_view *view)
{
    view->tabs = ARENA_ARRAY(v->arena, struct desk_tab, sizeof tabs / sizeof *tabs);
    for (size_t i = 0; i < sizeof tabs / sizeof *tabs; i++) {
        int64_t n = 0;
        for (size_t k = 0; k < out->counts_count; k++)
            n += str_eq(out->counts[k].state, str_of(tabs[i])) ? out->counts[k].dossiers : 0;
        view->tabs[view->tab_count++] = (struct desk_tab){ visit_label(v, "dossier_state_", str_of(tabs[i])), arena_printf(v->arena, "/desk?state=%s", tabs[i]), n, (int32_t)i == here };
    }
}

status desk_run(struct ctx *cx, struct visit *v)
{
    struct desk_view *view = ARENA_NEW(v->arena, struct desk_view);
    struct dossier_queue_in in = { 0 };
    struct dossier_queue_out out;
    str state = visit_query(v, "state");
    for (size_t i = 0; i < sizeof tabs / sizeof *tabs; i++)
        in.state = str_eq(state, str_of(tabs[i])) ? (int32_t)i : in.state;
    in.has_after_due = str_i64(visit_query(v, "due"), &in.after_due);
    in.has_after_dossier = str_i64(visit_query(v, "after"), &in.after_dossier);
    v->view = view;
    view->book_from = arena_printf(v->arena, "%04d-%02d-01", day_year(cx->today), day_month(cx->today));
    view->book_to = day_iso_str(v->arena, cx->today);
    TRY(visit_call(cx, "dossier.queue", &in, &out));
    tabs_view(v, &out, in.state, view);
    view->page.rows = ARENA_ARRAY(v->arena, struct dossier_row_view, out.dossiers_count + 1);
    for (size_t i = 0; i < out.dossiers_count; i++)
        view->page.rows[view->page.count++] = dossier_row_of(v, &out.dossiers[i]);
    if (out.more)
        view->page.next_url = arena_printf(v->arena, "/desk?state=%s&due=%lld&after=%lld", tabs[in.state], (long long)out.next_due, (long long)out.next_dossier);
    return OK;
}

void desk_show(struct page *pg, struct visit *v) { tmpl_desk(pg, v->view); }
