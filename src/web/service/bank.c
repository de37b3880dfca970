/* The bundled simulator of a payment gateway: a page that looks like a bank's, where a fee is "paid" by VietQR or card, and the
 * notice goes in twice by the same operation, under the same agreement and with the credential of the gateway's own account.
 *
 * There only when the server was started with --simulator; no money moves, and every page says so. A card of any other number than
 * the two that are shown is refused, so that nobody types a real one in.
 * tested by: tests/scenario/dossier.scn */
#include "money/money_ops.h"
#include "messages/messages.h"
#include "web/service/words.h"
#include "web/web_tmpl.h"

static const str CARD_PAYS = STR("9704000000000018"), CARD_DECLINED = STR("9704000000000026");
static const str AGREEMENT = STR("AG-2026-004");

static STATUS bank_fill(struct ctx *cx, struct visit *v, struct bank_view *view)
{
    struct dossier_view of = { .dossier = v->number[0] };
    if (!app_state(cx->app, SIMULATOR_STATE))
        return FAIL(ROUTE_UNKNOWN);
    TRY(payment_view_fill(cx, v, &of));
    *view = (struct bank_view){ .pay = of.pay, .dossier = of.dossier, .action_url = arena_printf(v->arena, "/bank/%lld", (long long)of.dossier),
                                .dossier_url = dossier_url(v, of.dossier, ""), .card_pays = CARD_PAYS, .card_declined = CARD_DECLINED,
                                .receipt = arena_printf(v->arena, "SIM-%016llx", (unsigned long long)random_u64()) };
    return OK;
}

status bank_run(struct ctx *cx, struct visit *v)
{
    struct bank_view *view = ARENA_NEW(v->arena, struct bank_view);
    v->view = view;
    return bank_fill(cx, v, view);
}

void bank_show(struct page *pg, struct visit *v) { tmpl_bank(pg, v->view); }

/* As a gateway does whose first answer was lost: the same notice twice. */
static STATUS notice_twice(struct ctx *cx, const struct payment_notice_in *in)
{
    struct payment_notice_out out[2];
    struct actor before = cx->actor;
    struct purpose purpose = cx->purpose;
    TRY(cx->app->authenticate(cx, str_of(app_state(cx->app, SIMULATOR_STATE))));
    status st = OK;
    for (int i = 0; i < 2 && status_ok(st); i++) {
        cx->purpose = (struct purpose){ STR("agreement"), AGREEMENT }; /* a call that moves the dossier leaves the dossier's */
        st = visit_call(cx, "payment.notice", in, &out[i]);
    }
    cx->actor = before;
    cx->purpose = purpose;
    if (!status_ok(st))
        return fault_pass(st, __FILE__, __LINE__);
    return out[0].placed == out[1].placed && out[0].refund_due == out[1].refund_due ? OK : FAIL(INTERNAL);
}

status bank_pay_run(struct ctx *cx, struct visit *v)
{
    struct bank_view *view = ARENA_NEW(v->arena, struct bank_view);
    str card = visit_field(v, "card"), receipt = visit_field(v, "receipt");
    bool by_card = str_eq(visit_field(v, "by"), STR("card"));
    v->view = view;
    v->show = bank_show;
    TRY(bank_fill(cx, v, view));
    if (!view->pay) { /* sent again after it was paid */
        v->redirect = view->dossier_url;
        return OK;
    }
    if (by_card && !str_eq(card, CARD_PAYS)) {
        view->declined = str_eq(card, CARD_DECLINED) ? msg_bank_declined(v->lang) : msg_bank_only_these(v->lang);
        v->http = 422;
        return OK;
    }
    if (receipt.len == 0 || receipt.len > 40)
        return FAIL_AT(FIELD_MISSING, STR("receipt"));
    struct payment_notice_in in = { .receipt = receipt, .amount = view->pay->owed, .words = view->pay->words, .paid = cx->now_us };
    TRY(notice_twice(cx, &in));
    view->paid = in.amount;
    view->receipt = receipt;
    return OK;
}
