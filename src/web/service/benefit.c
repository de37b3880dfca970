/* The pages by which the paying office orders, approves and sends benefits, hands cards over and gets back what was paid in error; and what
 * the applicant sees of it beside the dossier.
 * tested by: tests/browser/benefits.py */
#include "web/service/benefit.h"

#include "messages/messages.h"
#include "money/money_ops.h"
#include "web/service/feedback.h"
#include "web/web_tmpl.h"

static const char *const state_words[] = { "ordered", "approved", "exported", "paid", "returned", "cancelled", "proposed", "delivered", "recovering", "recovered" };
static const char *const tab_words[] = { "proposed", "ordered", "approved", "exported", "paid", "returned", "recovering", "recovered", "delivered", "cancelled" };
enum { STATES = sizeof state_words / sizeof *state_words };

static str money_text(const struct visit *v, int64_t amount) { return msg_benefit_amount(v->arena, v->lang, amount); }

static struct benefit_view view_of(const struct visit *v, const struct benefit_item *i)
{
    bool card = i->kind == BENEFIT_ITEM_KIND_HEALTH_CARD;
    str word = str_of(state_words[i->state]);
    struct benefit_view view = {
        .url = arena_printf(v->arena, "/desk/benefit/%lld", (long long)i->order), .kind = visit_label(v, "benefit_kind_", card ? STR("health_card") : STR("funeral")),
        .what = card ? i->card : money_text(v, i->amount), .payee = i->payee, .order_no = i->order_no, .state_word = word, .state = visit_label(v, "benefit_state_", word),
        .bank = i->bank, .account_tail = i->account_tail, .reference = i->reference, .reason = i->reason, .version = i->version, .ordered_us = i->ordered,
        .amount = i->amount, .recovered = i->recovered };
    if (i->batch && v->actor.roles & ROLE_OFFICER)
        view.file_url = arena_printf(v->arena, "/desk/benefits/file/%lld", (long long)i->batch);
    view.moves = ARENA_ARRAY(v->arena, struct benefit_move_view, i->may_count + 1);
    for (size_t k = 0; k < i->may_count; k++) {
        bool cancel = str_eq(i->may[k], STR("cancel")), recover = str_eq(i->may[k], STR("recover"));
        view.moves[view.move_count++] = (struct benefit_move_view){ i->may[k], visit_label(v, "benefit_do_", i->may[k]), cancel, cancel || recover, recover };
    }
    return view;
}

/* --- the list ------------------------------------------------------------------------------------------------------------- */

static int32_t state_asked(const struct visit *v)
{
    for (int32_t i = 0; i < STATES; i++)
        if (str_eq(visit_query(v, "state"), str_of(state_words[i])))
            return i;
    return BENEFIT_LIST_IN_STATE_PROPOSED;
}

static STATUS list_fill(struct ctx *cx, struct visit *v, struct benefits_view *view)
{
    struct benefit_list_in in = { .has_state = true, .state = state_asked(v) };
    struct benefit_list_out out;
    v->view = view;
    in.has_before = str_i64(visit_query(v, "before"), &in.before) && in.before > 0;
    TRY(visit_call(cx, "benefit.list", &in, &out));
    view->tabs = ARENA_ARRAY(v->arena, struct benefit_tab, STATES);
    for (size_t i = 0; i < STATES; i++)
        view->tabs[view->tab_count++] = (struct benefit_tab){ visit_label(v, "benefit_state_", str_of(tab_words[i])),
            arena_printf(v->arena, "/desk/benefits?state=%s", tab_words[i]), str_eq(str_of(tab_words[i]), str_of(state_words[in.state])) };
    view->rows = ARENA_ARRAY(v->arena, struct benefit_view, out.orders_count + 1);
    for (size_t i = 0; i < out.orders_count; i++)
        view->rows[view->count++] = view_of(v, &out.orders[i]);
    view->exports = in.state == BENEFIT_LIST_IN_STATE_APPROVED && view->count > 0;
    if (out.next)
        view->next_url = arena_printf(v->arena, "/desk/benefits?state=%s&before=%lld", state_words[in.state], (long long)out.next);
    return OK;
}

status benefits_run(struct ctx *cx, struct visit *v) { return list_fill(cx, v, ARENA_NEW(v->arena, struct benefits_view)); }
void benefits_show(struct page *pg, struct visit *v) { tmpl_benefits(pg, v->view); }

status benefit_export_run(struct ctx *cx, struct visit *v)
{
    struct benefits_view *view = ARENA_NEW(v->arena, struct benefits_view);
    struct benefit_export_out out;
    status st = visit_call(cx, "benefit.export", &(struct benefit_export_in){ 0 }, &out);
    if (!status_ok(st)) {
        TRY(visit_refused(v, st, &view->error, &view->hint));
        v->show = benefits_show;
        return list_fill(cx, v, view);
    }
    v->redirect = STR("/desk/benefits?state=exported");
    return OK;
}

status benefit_file_run(struct ctx *cx, struct visit *v)
{
    struct benefit_file_out out;
    TRY(visit_call(cx, "benefit.file", &(struct benefit_file_in){ .batch = v->number[0] }, &out));
    v->file = out.file;
    v->file_type = STR("text/csv; charset=utf-8");
    v->file_name = arena_printf(v->arena, "benefits-%lld.csv", (long long)v->number[0]);
    return OK;
}

/* --- one ------------------------------------------------------------------------------------------------------------------ */

static STATUS order_fill(struct ctx *cx, struct visit *v, struct benefit_page_view *view)
{
    struct benefit_show_out out;
    v->view = view;
    TRY(visit_call(cx, "benefit.show", &(struct benefit_show_in){ .order = v->number[0] }, &out));
    view->order = view_of(v, &out.item);
    return OK;
}

status benefit_page_run(struct ctx *cx, struct visit *v) { return order_fill(cx, v, ARENA_NEW(v->arena, struct benefit_page_view)); }

void benefit_page_show(struct page *pg, struct visit *v)
{
    struct benefit_page_view *view = v->view;
    pg->path = view->order.url;
    tmpl_benefit(pg, view);
}

static STATUS move_call(struct ctx *cx, struct visit *v, str command, const struct benefit_page_view *typed)
{
    int64_t order = v->number[0], version, amount;
    union {
        struct benefit_show_out show;
        struct benefit_order_out order;
        struct benefit_approve_out approve;
        struct benefit_deliver_out deliver;
        struct benefit_cancel_out cancel;
        struct benefit_recover_out recover;
    } out;
    if (!str_i64(visit_field(v, "version"), &version))
        return FAIL_AT(FIELD_TYPE, STR("version"));
    if (str_eq(command, STR("order"))) {
        TRY(visit_call(cx, "benefit.show", &(struct benefit_show_in){ .order = order }, &out));
        TRY(visit_call(cx, "benefit.order", &(struct benefit_order_in){ .row = out.show.item.row }, &out));
        v->redirect = arena_printf(v->arena, "/desk/benefit/%lld", (long long)out.order.item.order);
        return OK;
    }
    if (str_eq(command, STR("approve")))
        return visit_call(cx, "benefit.approve", &(struct benefit_approve_in){ order, version }, &out);
    if (str_eq(command, STR("deliver")))
        return visit_call(cx, "benefit.deliver", &(struct benefit_deliver_in){ order, version }, &out);
    if (str_eq(command, STR("cancel")))
        return visit_call(cx, "benefit.cancel", &(struct benefit_cancel_in){ order, version, typed->words }, &out);
    if (!str_eq(command, STR("recover")))
        return FAIL_WITH(ENUM_UNKNOWN, STR("command"), command);
    if (!str_i64(typed->amount, &amount) || amount < 1)
        return FAIL_AT(FIELD_TYPE, STR("amount"));
    if (typed->reference.len == 0)
        return FAIL_AT(FIELD_MISSING, STR("reference"));
    return visit_call(cx, "benefit.recover", &(struct benefit_recover_in){ order, amount, typed->reference, typed->words }, &out);
}

/* "23.400.000" as people write it. */
static str digits_of(struct arena *a, str text)
{
    char *out = arena_alloc(a, text.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != '.' && text.ptr[i] != ' ')
            out[n++] = text.ptr[i];
    return (str){ out, n };
}

status benefit_move_run(struct ctx *cx, struct visit *v)
{
    struct benefit_page_view *view = ARENA_NEW(v->arena, struct benefit_page_view);
    str command = visit_field(v, "command");
    *view = (struct benefit_page_view){ .words = str_trim(visit_field(v, "words")), .reference = str_trim(visit_field(v, "reference")),
                                        .amount = digits_of(v->arena, visit_field(v, "amount")) };
    v->redirect = arena_printf(v->arena, "/desk/benefit/%lld", (long long)v->number[0]);
    status st = move_call(cx, v, command, view);
    if (status_ok(st))
        return OK;
    v->redirect = (str){ 0 };
    TRY(visit_refused(v, st, &view->error, &view->hint));
    view->wrong = arena_printf(v->arena, "#do-%.*s", STR_ARG(command));
    v->show = benefit_page_show;
    return order_fill(cx, v, view);
}

/* --- on the page of a dossier --------------------------------------------------------------------------------------------- */

STATUS benefit_fill(struct ctx *cx, struct visit *v, int64_t dossier, struct benefit_part_view **ret)
{
    struct benefit_part_view *view = ARENA_NEW(v->arena, struct benefit_part_view);
    struct benefit_about_out out;
    TRY(visit_call(cx, "benefit.about", &(struct benefit_about_in){ .dossier = dossier }, &out));
    view->rows = ARENA_ARRAY(v->arena, struct benefit_view, out.orders_count + 1);
    for (size_t i = 0; i < out.orders_count; i++)
        view->rows[view->count++] = view_of(v, &out.orders[i]);
    *ret = view;
    return OK;
}
