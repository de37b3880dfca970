/* Orders of benefits: a funeral allowance is paid, a health card is handed over. What stands in the decision of a sector register is
 * checked against the population register, and for money against the benefit accounts, when it is ordered and again when it is approved.
 * An order is a chain of states that no command can skip, and every state that moves money leaves two lines that add up to nothing.
 *
 * Refuses a payee who has died or is no kin of the deceased, an account in another name, a second order for one decision, and the
 * same officer twice.
 * Law: Luật Bảo hiểm xã hội 2024 Đ85-86 (10 lần mức tham chiếu); NĐ 20/2021/NĐ-CP Đ11 (20 lần mức chuẩn trợ giúp xã hội).
 * tested by: src/money/test/benefit_test.c */
#include "money/benefit.h"


enum { LIST_MOST = 50, ACCOUNT_TAIL = 4 };

/* --- showing ---------------------------------------------------------------------------------------------------------------- */

void benefit_purpose(struct ctx *cx, int64_t order) { cx->purpose = (struct purpose){ STR("benefit"), arena_printf(cx->arena, "%lld", (long long)order) }; }

static bool is_again(const struct benefit_order_row *r) { return (r->state == BENEFIT_RETURNED || r->state == BENEFIT_CANCELLED) && !r->revoked && r->kind == BENEFIT_FUNERAL; }

/* What the office may do with it now; a decision that another order has taken meanwhile is found out when it is tried. */
static void moves_of(const struct ctx *cx, const struct benefit_order_row *r, struct benefit_item *ret)
{
    bool pays = r->kind == BENEFIT_FUNERAL, open = r->state == BENEFIT_PROPOSED || r->state == BENEFIT_ORDERED;
    ret->may = ARENA_ARRAY(cx->arena, str, 6);
    if (!(cx->actor.roles & ROLE_OFFICER) || !str_eq(cx->actor.organisation, r->organisation))
        return;
    if (r->state == BENEFIT_PROPOSED || is_again(r))
        ret->may[ret->may_count++] = STR("order");
    if (r->state == BENEFIT_ORDERED && pays && r->ordered_by != cx->actor.account.v)
        ret->may[ret->may_count++] = STR("approve");
    if (r->state == BENEFIT_ORDERED && !pays)
        ret->may[ret->may_count++] = STR("deliver");
    if (open || r->state == BENEFIT_APPROVED)
        ret->may[ret->may_count++] = STR("cancel");
    if (r->state == BENEFIT_PAID || r->state == BENEFIT_RECOVERING)
        ret->may[ret->may_count++] = STR("recover");
}

STATUS benefit_item_of(struct ctx *cx, const struct benefit_order_row *r, struct benefit_item *ret)
{
    struct person payee;
    bool known;
    benefit_purpose(cx, r->id);
    TRY(person_by_id(cx, (person_id){ r->payee }, &payee, &known));
    TRY(disclosure_note(cx, (struct subject){ { r->payee }, (unit_id){ r->unit } }, UINT64_C(1) << FIELD_NAME));
    *ret = (struct benefit_item){ .order = r->id, .version = r->version, .kind = r->kind, .state = r->state, .card = r->card, .row = r->decision, .order_no = r->order_no, .fund = r->fund, .amount = r->amount,
                                  .recovered = r->recovered, .payee = known ? payee.name : STR(""), .bank = r->bank, .ordered = r->ordered_us,
                                  .batch = r->batch, .reference = r->reference, .reason = r->reason,
                                  .account_tail = str_from(r->account_no, r->account_no.len > ACCOUNT_TAIL ? r->account_no.len - ACCOUNT_TAIL : 0) };
    moves_of(cx, r, ret);
    return OK;
}

STATUS benefit_list(struct ctx *cx, const struct benefit_list_in *in, struct benefit_list_out *ret)
{
    struct benefit_order_row *rows;
    size_t count;
    if (cx->actor.organisation.len == 0)
        return FAIL(NOT_ALLOWED);
    int64_t before = in->has_before ? in->before : INT64_MAX;
    if (in->has_state)
        TRY(benefit_orders_in(cx, &(struct benefit_orders_in_params){ .shard = MONEY_SHARD, .organisation = cx->actor.organisation, .state = (int16_t)in->state,
            .before = before, .most = LIST_MOST }, &rows, &count));
    else
        TRY(benefit_orders_of(cx, MONEY_SHARD, cx->actor.organisation, before, LIST_MOST, &rows, &count));
    ret->orders = ARENA_ARRAY(cx->arena, struct benefit_item, count + 1);
    for (size_t i = 0; i < count; i++)
        TRY(benefit_item_of(cx, &rows[i], &ret->orders[ret->orders_count++]));
    ret->next = count == LIST_MOST ? rows[count - 1].id : 0;
    return OK;
}

/* --- moving ------------------------------------------------------------------------------------------------------------------- */

STATUS benefit_order_find(struct ctx *cx, int64_t id, struct benefit_order_row *ret)
{
    bool found;
    TRY(benefit_order_get(cx, MONEY_SHARD, id, ret, &found));
    bool mine = found && (cx->actor.roles & ROLE_SYSTEM || (cx->actor.organisation.len > 0 && str_eq(ret->organisation, cx->actor.organisation)));
    return mine ? OK : FAIL_AT(BENEFIT_MISSING, STR("order"));
}

STATUS benefit_state_set(struct ctx *cx, struct benefit_order_row *r, enum benefit_state to)
{
    int64_t changed = 0;
    TRY(benefit_order_set(cx, &(struct benefit_order_set_params){ .shard = MONEY_SHARD, .id = r->id, .expected = r->version, .state = (int16_t)to,
        .amount = r->amount, .recovered = r->recovered, .bank = r->bank, .account_no = r->account_no, .holder = r->holder, .ordered_by = r->ordered_by,
        .ordered_us = r->ordered_us, .batch = r->batch, .reference = r->reference, .reason = r->reason, .revoked = r->revoked }, &changed));
    if (changed != 1)
        return FAIL(VERSION_CONFLICT);
    r->version++;
    r->state = (int16_t)to;
    struct purpose before = cx->purpose;
    if (!(cx->actor.roles & ROLE_SYSTEM)) /* a bank acts under its agreement */
        benefit_purpose(cx, r->id);
    status st = change_note(cx, (struct subject){ { r->payee }, (unit_id){ r->unit } }, 0);
    cx->purpose = before;
    return status_ok(st) ? OK : fault_pass(st, __FILE__, __LINE__);
}

STATUS benefit_moved(struct ctx *cx, const struct benefit_order_row *r, const struct benefit_money *m)
{
    str key = arena_printf(cx->arena, "benefit-%lld", (long long)r->id);
    return money_moved(cx, &(struct money_move){ key, m->from, m->to, m->amount, 0, m->note });
}

STATUS benefit_wants(const struct benefit_order_row *r, enum benefit_state state, int64_t version)
{
    if (r->state != (int16_t)state)
        return FAIL_AT(BENEFIT_STATE, STR("order"));
    return r->version == version ? OK : FAIL(VERSION_CONFLICT);
}

STATUS benefit_insert(struct ctx *cx, const struct benefit_order_row *r)
{
    TRY(claim_take(cx, r->decision, r->id));
    TRY(benefit_order_add(cx, &(struct benefit_order_add_params){
        .shard = MONEY_SHARD, .id = r->id, .version = r->version, .state = r->state, .organisation = r->organisation, .decision = r->decision, .order_no = r->order_no,
        .fund = r->fund, .payee = r->payee, .unit = r->unit, .amount = r->amount, .bank = r->bank, .account_no = r->account_no, .holder = r->holder,
        .ordered_by = r->ordered_by, .ordered_us = r->ordered_us, .kind = r->kind, .card = r->card }, NULL));
    benefit_purpose(cx, r->id);
    return change_note(cx, (struct subject){ { r->payee }, (unit_id){ r->unit } }, 0);
}

/* The order that the decision has brought with it and nobody has signed yet. */
static STATUS proposal_of(struct ctx *cx, int64_t decision, struct benefit_order_row *ret, bool *ret_found)
{
    struct benefit_claim_get_row claim;
    TRY(benefit_claim_get(cx, MONEY_SHARD, decision, &claim, ret_found));
    if (*ret_found && claim.order_id)
        TRY(benefit_order_get(cx, MONEY_SHARD, claim.order_id, ret, ret_found));
    *ret_found = *ret_found && claim.order_id && ret->state == BENEFIT_PROPOSED && str_eq(ret->organisation, cx->actor.organisation);
    return OK;
}

STATUS benefit_order(struct ctx *cx, const struct benefit_order_in *in, struct benefit_order_out *ret)
{
    struct benefit_order_row r = { .kind = BENEFIT_FUNERAL }, proposal = { 0 };
    bool proposed;
    if (cx->actor.organisation.len == 0)
        return FAIL(NOT_ALLOWED);
    TRY(decision_check(cx, in->row, &r));
    TRY(proposal_of(cx, in->row, &proposal, &proposed));
    r.id = proposed ? proposal.id : id_fresh(cx->now_us);
    r.version = proposed ? proposal.version : 1;
    r.organisation = cx->actor.organisation;
    r.ordered_by = cx->actor.account.v;
    r.ordered_us = cx->now_us;
    TRY(proposed ? benefit_state_set(cx, &r, BENEFIT_ORDERED) : benefit_insert(cx, &r));
    return benefit_item_of(cx, &r, &ret->item);
}

STATUS benefit_approve(struct ctx *cx, const struct benefit_approve_in *in, struct benefit_approve_out *ret)
{
    struct benefit_order_row r, now = { 0 };
    TRY(benefit_order_find(cx, in->order, &r));
    TRY(benefit_wants(&r, BENEFIT_ORDERED, in->expected_version));
    if (r.ordered_by == cx->actor.account.v)
        return FAIL(SAME_OFFICER);
    if (r.kind != BENEFIT_FUNERAL)
        return FAIL_AT(BENEFIT_STATE, STR("order"));
    TRY(decision_check(cx, r.decision, &now));
    if (now.amount != r.amount || now.payee != r.payee || !str_eq(now.account_no, r.account_no))
        return FAIL_AT(BENEFIT_CHANGED, STR("order"));
    TRY(benefit_moved(cx, &r, &(struct benefit_money){ MONEY_BENEFIT_FUND, MONEY_BENEFIT_OWED, r.amount, r.order_no }));
    TRY(benefit_state_set(cx, &r, BENEFIT_APPROVED));
    return benefit_item_of(cx, &r, &ret->item);
}

STATUS benefit_drop(struct ctx *cx, struct benefit_order_row *r, str reason)
{
    if (r->state == BENEFIT_APPROVED)
        TRY(benefit_moved(cx, r, &(struct benefit_money){ MONEY_BENEFIT_OWED, MONEY_BENEFIT_FUND, r->amount, reason }));
    r->reason = reason;
    TRY(benefit_claim_set(cx, MONEY_SHARD, r->decision, r->id, 0, NULL));
    return benefit_state_set(cx, r, BENEFIT_CANCELLED);
}

STATUS benefit_cancel(struct ctx *cx, const struct benefit_cancel_in *in, struct benefit_cancel_out *ret)
{
    struct benefit_order_row r;
    TRY(benefit_order_find(cx, in->order, &r));
    if (str_is_empty(str_trim(in->reason)))
        return FAIL_AT(FIELD_MISSING, STR("reason"));
    bool open = r.state == BENEFIT_APPROVED || r.state == BENEFIT_PROPOSED;
    TRY(benefit_wants(&r, open ? (enum benefit_state)r.state : BENEFIT_ORDERED, in->expected_version));
    TRY(benefit_drop(cx, &r, in->reason));
    return benefit_item_of(cx, &r, &ret->item);
}

STATUS benefit_show(struct ctx *cx, const struct benefit_show_in *in, struct benefit_show_out *ret)
{
    struct benefit_order_row r;
    TRY(benefit_order_find(cx, in->order, &r));
    return benefit_item_of(cx, &r, &ret->item);
}
