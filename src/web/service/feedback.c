/* The pages by which a citizen rates a finished dossier or complains about it, the head of an office settles complaints, and offices see
 * how they are rated.
 * tested by: src/web/web_test.c */
#include "web/service/feedback.h"
#include "messages/messages.h"
#include "web/web_tmpl.h"

static const char *const complaint_words[] = { "lodged", "accepted", "rejected", "upheld", "partly", "dismissed", "withdrawn" };
enum { PER_MILLE_PERCENT = 10, MONTHS = 100, FIRST_YEAR = 2020 };

static str complaint_url(const struct visit *v, int64_t id, const char *rest) { return arena_printf(v->arena, "/complaint/%lld%s", (long long)id, rest); }

static struct complaint_row_view row_of(const struct visit *v, const struct complaint_item *c)
{
    return (struct complaint_row_view){ .url = complaint_url(v, c->complaint, ""), .code = c->code, .subject = c->subject, .lodged_us = c->lodged,
                                        .state = visit_label(v, "complaint_state_", str_of(complaint_words[c->state])), .due_us = c->has_due ? c->due : 0,
                                        .late = c->late };
}

/* --- on the page of a dossier ------------------------------------------------------------------------------------------------------- */

static str level_label(const struct visit *v, int64_t level) { return visit_label(v, "rating_level_", arena_printf(v->arena, "%lld", (long long)level)); }

STATUS feedback_fill(struct ctx *cx, struct visit *v, int64_t dossier, struct feedback_view **ret)
{
    struct feedback_view *view = ARENA_NEW(v->arena, struct feedback_view);
    struct complaint_about_out about;
    struct rating_mine_out mine;
    if (v->actor.roles & ROLE_CITIZEN) {
        TRY(visit_call(cx, "rating.mine", &(struct rating_mine_in){ .dossier = dossier }, &mine));
        view->rate_url = mine.open ? dossier_url(v, dossier, "/rate") : STR("");
        view->rated = mine.level ? level_label(v, mine.level) : STR("");
    }
    TRY(visit_call(cx, "complaint.about", &(struct complaint_about_in){ .dossier = dossier }, &about));
    view->complain_url = about.open ? dossier_url(v, dossier, "/complain") : STR("");
    view->complaints = ARENA_ARRAY(v->arena, struct complaint_row_view, about.complaints_count + 1);
    for (size_t i = 0; i < about.complaints_count; i++) {
        struct complaint_row_view row = row_of(v, &about.complaints[i]);
        if (!(v->actor.roles & ROLE_CITIZEN))
            row.url = STR("");
        view->complaints[view->complaint_count++] = row;
    }
    *ret = view;
    return OK;
}

static STATUS dossier_named(struct ctx *cx, struct visit *v, str *ret_service, str *ret_code)
{
    struct dossier_show_in in = { .dossier = v->number[0] };
    struct dossier_show_out d;
    TRY(visit_call(cx, "dossier.show", &in, &d));
    *ret_service = d.item.name;
    *ret_code = d.now.code;
    return OK;
}

/* --- rating ------------------------------------------------------------------------------------------------------------------------ */

static STATUS rate_fill(struct ctx *cx, struct visit *v, struct rate_view *view)
{
    v->view = view;
    TRY(dossier_named(cx, v, &view->service, &view->code));
    view->action_url = dossier_url(v, v->number[0], "/rate");
    for (int i = 0; i < 5; i++)
        view->levels[i] = (struct rating_level_view){ 5 - i, level_label(v, 5 - i) };
    return OK;
}

status rate_run(struct ctx *cx, struct visit *v) { return rate_fill(cx, v, ARENA_NEW(v->arena, struct rate_view)); }

void rate_show(struct page *pg, struct visit *v)
{
    pg->path = ((struct rate_view *)v->view)->action_url;
    tmpl_rate(pg, v->view);
}

status rate_give_run(struct ctx *cx, struct visit *v)
{
    struct rating_give_in in = { .dossier = v->number[0], .reason = str_trim(visit_field(v, "reason")) };
    struct rating_give_out out;
    struct rate_view *view = ARENA_NEW(v->arena, struct rate_view);
    in.has_reason = in.reason.len > 0;
    status st = str_i64(visit_field(v, "level"), &in.level) && in.level >= 1 && in.level <= 5 ? OK : FAIL_AT(FIELD_MISSING, msg_rating_level(v->lang));
    if (status_ok(st))
        st = visit_call(cx, "rating.give", &in, &out);
    if (!status_ok(st)) {
        TRY(visit_refused(v, st, &view->error, &view->hint));
        view->wrong_level = in.level < 1 || in.level > 5;
        view->chosen = in.level;
        view->reason = in.reason;
        v->show = rate_show;
        return rate_fill(cx, v, view);
    }
    v->redirect = dossier_url(v, in.dossier, "");
    return OK;
}

static struct rating_line_view line_view(const struct visit *v, const struct rating_line *l, int64_t target)
{
    return (struct rating_line_view){ .name = l->name, .ratings = l->ratings, .met = l->share >= target * PER_MILLE_PERCENT,
                                      .share = msg_decimal(v->arena, v->lang, (double)l->share / PER_MILLE_PERCENT) };
}

/* Two fields of a month as 202607. */
static bool month_read(const struct visit *v, const char *name, int64_t *ret)
{
    int64_t year, month;
    if (!str_i64(visit_query(v, arena_printf(v->arena, "%s-year", name).ptr), &year) || !str_i64(visit_query(v, arena_printf(v->arena, "%s-month", name).ptr), &month))
        return false;
    *ret = year * MONTHS + month;
    return year >= FIRST_YEAR && year <= 9999 && month >= 1 && month <= 12;
}

static struct month_view month_view(const struct ctx *cx, const char *name, str label, int64_t month)
{
    return (struct month_view){ .name = name, .label = label, .month = month % MONTHS, .year = month / MONTHS, .first_year = FIRST_YEAR,
                                .last_year = day_year(cx->today) };
}

status satisfaction_run(struct ctx *cx, struct visit *v)
{
    struct satisfaction_view *view = ARENA_NEW(v->arena, struct satisfaction_view);
    struct rating_figures_in in = { .organisation = visit_query(v, "office") };
    struct rating_figures_out out;
    v->view = view;
    in.has_organisation = in.organisation.len > 0;
    in.has_from = month_read(v, "from", &in.from);
    in.has_to = month_read(v, "to", &in.to);
    TRY(visit_call(cx, "rating.figures", &in, &out));
    *view = (struct satisfaction_view){ .from = month_view(cx, "from", msg_rating_figures_from(v->lang), out.from),
                                        .to = month_view(cx, "to", msg_rating_figures_to(v->lang), out.to), .target = out.target, .total = line_view(v, &out.total, out.target),
                                        .reasons = out.reasons, .reason_count = out.reasons_count };
    view->offices = ARENA_ARRAY(v->arena, struct rating_line_view, out.offices_count + 1);
    view->procedures = ARENA_ARRAY(v->arena, struct rating_line_view, out.procedures_count + 1);
    for (size_t i = 0; i < out.offices_count; i++) {
        struct rating_line_view line = line_view(v, &out.offices[i], out.target);
        line.url = arena_printf(v->arena, "/satisfaction?office=%.*s&from-month=%lld&from-year=%lld&to-month=%lld&to-year=%lld", STR_ARG(out.offices[i].key),
                                (long long)view->from.month, (long long)view->from.year, (long long)view->to.month, (long long)view->to.year);
        view->office = in.has_organisation && str_eq(in.organisation, out.offices[i].key) ? line.name : view->office;
        view->offices[view->office_count++] = line;
    }
    for (size_t i = 0; i < out.procedures_count; i++)
        view->procedures[view->procedure_count++] = line_view(v, &out.procedures[i], out.target);
    return OK;
}

void satisfaction_show(struct page *pg, struct visit *v) { tmpl_satisfaction(pg, v->view); }

/* --- complaints -------------------------------------------------------------------------------------------------------------------- */

static STATUS complain_fill(struct ctx *cx, struct visit *v, struct complain_view *view)
{
    struct complaint_about_out about;
    v->view = view;
    TRY(dossier_named(cx, v, &view->service, &view->code));
    TRY(visit_call(cx, "complaint.about", &(struct complaint_about_in){ .dossier = v->number[0] }, &about));
    view->action_url = dossier_url(v, v->number[0], "/complain");
    view->accept_days = about.accept_days;
    view->settle_days = about.settle_days;
    return OK;
}

status complain_run(struct ctx *cx, struct visit *v) { return complain_fill(cx, v, ARENA_NEW(v->arena, struct complain_view)); }

void complain_show(struct page *pg, struct visit *v)
{
    pg->path = ((struct complain_view *)v->view)->action_url;
    tmpl_complain(pg, v->view);
}

status complain_lodge_run(struct ctx *cx, struct visit *v)
{
    struct complaint_lodge_in in = { .dossier = v->number[0], .reason = str_trim(visit_field(v, "reason")), .wish = str_trim(visit_field(v, "wish")) };
    struct complaint_lodge_out out;
    struct complain_view *view = ARENA_NEW(v->arena, struct complain_view);
    status st = visit_call(cx, "complaint.lodge", &in, &out);
    if (!status_ok(st)) {
        TRY(visit_refused(v, st, &view->error, &view->hint));
        view->reason = in.reason;
        view->wish = in.wish;
        v->show = complain_show;
        return complain_fill(cx, v, view);
    }
    v->redirect = complaint_url(v, out.item.complaint, "");
    return OK;
}

static STATUS complaint_fill(struct ctx *cx, struct visit *v, struct complaint_view *view)
{
    struct complaint_show_in in = { .complaint = v->number[0] };
    struct complaint_show_out c;
    v->view = view;
    TRY(visit_call(cx, "complaint.show", &in, &c));
    view->code = c.item.code;
    view->service = c.item.subject;
    view->state = visit_label(v, "complaint_state_", str_of(complaint_words[c.item.state]));
    view->office = c.organisation_name;
    view->complainant = c.complainant;
    view->reason = c.reason;
    view->wish = c.wish;
    view->answer = c.answer;
    view->version = c.item.version;
    view->lodged_us = c.item.lodged;
    view->due_us = c.item.has_due ? c.item.due : 0;
    view->ended_us = c.item.has_ended ? c.item.ended : 0;
    view->late = c.item.late;
    view->accepted = c.has_accepted;
    view->action_url = complaint_url(v, c.item.complaint, "/move");
    view->dossier_url = v->actor.roles & ROLE_CITIZEN ? dossier_url(v, c.item.dossier, "") : STR("");
    for (size_t i = 0; i < c.moves_count && i < 5; i++) {
        bool words = !str_eq(c.moves[i], STR("accept")) && !str_eq(c.moves[i], STR("withdraw"));
        view->moves[view->move_count++] = (struct complaint_move_view){ c.moves[i], visit_label(v, "complaint_do_", c.moves[i]), words,
                                                                        str_eq(c.moves[i], STR("reject")) || str_eq(c.moves[i], STR("withdraw")) };
    }
    return OK;
}

status complaint_page_run(struct ctx *cx, struct visit *v) { return complaint_fill(cx, v, ARENA_NEW(v->arena, struct complaint_view)); }

void complaint_page_show(struct page *pg, struct visit *v)
{
    pg->path = complaint_url(v, v->number[0], "");
    tmpl_complaint(pg, v->view);
}

static STATUS move_call(struct ctx *cx, struct visit *v, str command, str words)
{
    static const struct { const char *word; int32_t outcome; } outcomes[] = {
        { "upheld", COMPLAINT_ANSWER_IN_OUTCOME_UPHELD }, { "partly", COMPLAINT_ANSWER_IN_OUTCOME_PARTLY }, { "dismissed", COMPLAINT_ANSWER_IN_OUTCOME_DISMISSED } };
    struct complaint_accept_in accept = { .complaint = v->number[0] };
    union {
        struct complaint_accept_out accept;
        struct complaint_reject_out reject;
        struct complaint_answer_out answer;
        struct complaint_withdraw_out withdraw;
    } out;
    if (!str_i64(visit_field(v, "version"), &accept.expected_version))
        return FAIL_AT(FIELD_TYPE, STR("version"));
    int64_t version = accept.expected_version;
    if (str_eq(command, STR("accept")))
        return visit_call(cx, "complaint.accept", &accept, &out);
    if (str_eq(command, STR("withdraw")))
        return visit_call(cx, "complaint.withdraw", &(struct complaint_withdraw_in){ .complaint = v->number[0], .expected_version = version }, &out);
    if (str_eq(command, STR("reject")))
        return visit_call(cx, "complaint.reject", &(struct complaint_reject_in){ .complaint = v->number[0], .expected_version = version, .reason = words }, &out);
    for (size_t i = 0; i < 3; i++)
        if (str_eq(command, str_of(outcomes[i].word)))
            return visit_call(cx, "complaint.answer", &(struct complaint_answer_in){ .complaint = v->number[0], .expected_version = version,
                                                                                    .outcome = outcomes[i].outcome, .answer = words }, &out);
    return FAIL_WITH(ENUM_UNKNOWN, STR("command"), command);
}

status complaint_move_run(struct ctx *cx, struct visit *v)
{
    str words = str_trim(visit_field(v, "words"));
    struct complaint_view *view = ARENA_NEW(v->arena, struct complaint_view);
    status st = move_call(cx, v, visit_field(v, "command"), words);
    if (!status_ok(st)) {
        TRY(visit_refused(v, st, &view->error, &view->hint));
        view->words = words;
        v->show = complaint_page_show;
        return complaint_fill(cx, v, view);
    }
    v->redirect = complaint_url(v, v->number[0], "");
    return OK;
}

status complaints_page_run(struct ctx *cx, struct visit *v)
{
    struct complaints_view *view = ARENA_NEW(v->arena, struct complaints_view);
    struct complaint_queue_in in = { 0 };
    struct complaint_queue_out out;
    v->view = view;
    in.has_after_due = str_i64(visit_query(v, "due"), &in.after_due);
    in.has_after_complaint = str_i64(visit_query(v, "after"), &in.after_complaint);
    TRY(visit_call(cx, "complaint.queue", &in, &out));
    view->rows = ARENA_ARRAY(v->arena, struct complaint_row_view, out.complaints_count + 1);
    for (size_t i = 0; i < out.complaints_count; i++)
        view->rows[view->count++] = row_of(v, &out.complaints[i]);
    if (out.more)
        view->next_url = arena_printf(v->arena, "/desk/complaints?due=%lld&after=%lld", (long long)out.next_due, (long long)out.next_complaint);
    return OK;
}

void complaints_page_show(struct page *pg, struct visit *v) { tmpl_complaints(pg, v->view); }
