/* What a decision brings and what happens when it is taken back: a leg of a life event proposes the money or has the card handed over; a
 * wrong death cancels what was not paid and opens the recovery of what was, also when the bank reports it as paid only later.
 *
 * Refuses a card for whom the register does not know as living, and the delivery of what is money.
 * Law: Luật Hộ tịch 2014 Đ71; NĐ 63/2024/NĐ-CP; Luật Bảo hiểm y tế 2008 Đ16.
 * tested by: src/money/test/benefit_test.c */
#include "money/benefit.h"

enum { ORDERS_OF_DOSSIER = 20 };

/* --- granting ------------------------------------------------------------------------------------------------------------- */

STATUS benefit_grant(struct ctx *cx, const struct benefit_grant_in *in, struct benefit_grant_out *ret)
{
    struct purpose purpose = cx->purpose;
    bool card = in->kind == BENEFIT_GRANT_IN_KIND_HEALTH_CARD;
    struct benefit_order_row r = { .id = id_fresh(cx->now_us), .version = 1, .kind = card ? BENEFIT_HEALTH_CARD : BENEFIT_FUNERAL,
                                   .state = card ? BENEFIT_ORDERED : BENEFIT_PROPOSED, .organisation = cx->actor.organisation, .order_no = in->order_no,
                                   .ordered_by = cx->actor.account.v, .ordered_us = cx->now_us };
    enum number_state state;
    struct person who;
    int64_t row;
    bool known;
    TRY(person_by_number(cx, in->number, &who, &state, &known));
    if (!known) /* another node's newborn: this register has not heard of it, and its row stands unlinked; no order until then */
        return OK;
    TRY(decision_find(cx, (enum benefit_kind)r.kind, in->number, in->key, &row));
    TRY(decision_read(cx, row, &r));
    TRY(benefit_insert(cx, &r));
    cx->purpose = purpose;
    ret->order = r.id;
    return OK;
}

STATUS benefit_deliver(struct ctx *cx, const struct benefit_deliver_in *in, struct benefit_deliver_out *ret)
{
    struct benefit_order_row r, now;
    TRY(benefit_order_find(cx, in->order, &r));
    TRY(benefit_wants(&r, BENEFIT_ORDERED, in->expected_version));
    if (r.kind != BENEFIT_HEALTH_CARD)
        return FAIL_AT(BENEFIT_STATE, STR("order"));
    now = r;
    TRY(decision_read(cx, r.decision, &now));
    if (now.payee != r.payee || !str_eq(now.card, r.card))
        return FAIL_AT(BENEFIT_CHANGED, STR("order"));
    TRY(benefit_state_set(cx, &r, BENEFIT_DELIVERED));
    return benefit_item_of(cx, &r, &ret->item);
}

STATUS benefit_about(struct ctx *cx, const struct benefit_about_in *in, struct benefit_about_out *ret)
{
    struct benefit_order_row *rows;
    struct dossier d;
    size_t count = 0;
    TRY(dossier_find(cx, in->dossier, &d));
    ret->orders = ARENA_ARRAY(cx->arena, struct benefit_item, ORDERS_OF_DOSSIER);
    if (d.row.code.len)
        TRY(benefit_orders_with(cx, MONEY_SHARD, d.row.code, ORDERS_OF_DOSSIER, &rows, &count));
    for (size_t i = 0; i < count; i++)
        TRY(benefit_item_of(cx, &rows[i], &ret->orders[ret->orders_count++]));
    return OK;
}

/* --- taking back ---------------------------------------------------------------------------------------------------------- */

/* A row of the register of recoveries, by the program's hand: the payee may live anywhere. */
static STATUS recovery_put(struct ctx *cx, const struct benefit_order_row *r, bool settled)
{
    struct actor before = cx->actor;
    struct person payee;
    bool known;
    int64_t row;
    str today = day_iso_str(cx->arena, cx->today);
    TRY(person_by_id(cx, (person_id){ r->payee }, &payee, &known));
    struct answer cells[] = { { STR("order_no"), r->order_no }, { STR("fund"), settled ? STR("") : r->fund },
                              { STR("amount"), settled ? STR("") : arena_printf(cx->arena, "%lld", (long long)(r->amount - r->recovered)) },
                              { STR("opened"), settled ? STR("") : today }, { STR("settled"), settled ? today : STR("") } };
    struct row_given given = { STR("recoveries"), arena_printf(cx->arena, "%012lld", (long long)payee.number), settled ? ONLY_CHANGE : ONLY_ANY, cells, 5 };
    cx->actor = (struct actor){ .roles = ROLE_OPERATOR, .organisation = r->organisation, .name = STR("benefit") };
    status st = row_put(cx, &given, &row);
    cx->actor = before;
    return status_ok(st) ? OK : fault_pass(st, __FILE__, __LINE__);
}

STATUS recovery_open(struct ctx *cx, struct benefit_order_row *r)
{
    r->revoked = 1;
    TRY(recovery_put(cx, r, false));
    return benefit_state_set(cx, r, BENEFIT_RECOVERING);
}

static STATUS order_revoke(struct ctx *cx, struct benefit_order_row *r, str reason)
{
    r->revoked = 1;
    r->reason = reason;
    switch ((enum benefit_state)r->state) {
    case BENEFIT_PROPOSED:
    case BENEFIT_ORDERED:
    case BENEFIT_APPROVED: return benefit_drop(cx, r, reason);
    case BENEFIT_PAID: return recovery_open(cx, r);
    case BENEFIT_DELIVERED: return benefit_state_set(cx, r, BENEFIT_CANCELLED);
    case BENEFIT_EXPORTED: /* the bank will say what became of it */
    case BENEFIT_RETURNED:
    case BENEFIT_CANCELLED: return benefit_state_set(cx, r, (enum benefit_state)r->state);
    case BENEFIT_RECOVERING:
    case BENEFIT_RECOVERED: break;
    }
    return OK;
}

STATUS benefit_revoke(struct ctx *cx, const struct benefit_revoke_in *in, struct benefit_revoke_out *ret)
{
    enum benefit_kind kind = in->kind == BENEFIT_REVOKE_IN_KIND_HEALTH_CARD ? BENEFIT_HEALTH_CARD : BENEFIT_FUNERAL;
    struct purpose purpose = cx->purpose;
    struct benefit_order_row *rows;
    size_t count;
    TRY(benefit_orders_with(cx, MONEY_SHARD, in->order_no, ORDERS_OF_DOSSIER, &rows, &count));
    for (size_t i = 0; i < count; i++)
        if (rows[i].kind == (int16_t)kind && str_eq(rows[i].organisation, cx->actor.organisation)) {
            TRY(order_revoke(cx, &rows[i], in->reason));
            ret->orders++;
        }
    cx->purpose = purpose;
    return OK;
}

STATUS benefit_recover(struct ctx *cx, const struct benefit_recover_in *in, struct benefit_recover_out *ret)
{
    struct benefit_order_row r;
    TRY(benefit_order_find(cx, in->order, &r));
    if (str_is_empty(str_trim(in->reason)))
        return FAIL_AT(FIELD_MISSING, STR("reason"));
    if (r.state != BENEFIT_PAID && r.state != BENEFIT_RECOVERING)
        return FAIL_AT(BENEFIT_STATE, STR("order"));
    if (in->amount > r.amount - r.recovered)
        return FAIL_AT(VALUE_RANGE, STR("amount"));
    r.recovered += in->amount;
    str note = arena_printf(cx->arena, "%.*s: %.*s", STR_ARG(in->reference), STR_ARG(in->reason));
    TRY(benefit_moved(cx, &r, &(struct benefit_money){ MONEY_BENEFIT_PAID, MONEY_BENEFIT_FUND, in->amount, note }));
    bool whole = r.recovered == r.amount;
    if (whole && r.revoked)
        TRY(recovery_put(cx, &r, true));
    TRY(benefit_state_set(cx, &r, whole ? BENEFIT_RECOVERED : (enum benefit_state)r.state));
    return benefit_item_of(cx, &r, &ret->item);
}
