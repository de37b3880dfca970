/* Orders to pay a funeral allowance. What is paid stands in a decision of the register of funeral allowances; whom and where to
 * is checked against the population register and the register of benefit accounts when it is ordered and again when it is approved.
 * An order is a chain of states that no command can skip, and every state that moves money leaves two lines that add up to nothing.
 *
 * Refuses a payee who has died or is no kin of the deceased, an account in another name, a second order for one decision, and the
 * same officer twice.
 * Law: Luật Bảo hiểm xã hội 2024 Đ85-86 (10 lần mức tham chiếu); NĐ 20/2021/NĐ-CP Đ11 (20 lần mức chuẩn trợ giúp xã hội).
 * tested by: src/money/test/benefit_test.c */
#include "money/benefit.h"

#include "register/register_sql.h"
#include "register/sector/sector.h"
#include "viet/fold.h"

enum { LIST_MOST = 50, ACCOUNT_TAIL = 4 };

/* --- showing ---------------------------------------------------------------------------------------------------------------- */

void benefit_purpose(struct ctx *cx, int64_t order) { cx->purpose = (struct purpose){ STR("benefit"), arena_printf(cx->arena, "%lld", (long long)order) }; }

static STATUS item_of(struct ctx *cx, const struct benefit_order_row *r, struct benefit_item *ret)
{
    struct person payee;
    bool known;
    benefit_purpose(cx, r->id);
    TRY(person_by_id(cx, (person_id){ r->payee }, &payee, &known));
    TRY(disclosure_note(cx, (struct subject){ { r->payee }, (unit_id){ r->unit } }, UINT64_C(1) << FIELD_NAME));
    *ret = (struct benefit_item){ .order = r->id, .version = r->version, .state = r->state, .order_no = r->order_no, .fund = r->fund, .amount = r->amount,
                                  .recovered = r->recovered, .payee = known ? payee.name : STR(""), .bank = r->bank, .ordered = r->ordered_us,
                                  .batch = r->batch, .reference = r->reference, .reason = r->reason,
                                  .account_tail = str_from(r->account_no, r->account_no.len > ACCOUNT_TAIL ? r->account_no.len - ACCOUNT_TAIL : 0) };
    return OK;
}

STATUS benefit_list(struct ctx *cx, const struct benefit_list_in *in, struct benefit_list_out *ret)
{
    struct benefit_order_row *rows;
    size_t count;
    if (cx->actor.organisation.len == 0)
        return FAIL(NOT_ALLOWED);
    TRY(benefit_orders_of(cx, MONEY_SHARD, cx->actor.organisation, in->has_before ? in->before : INT64_MAX, LIST_MOST, &rows, &count));
    ret->orders = ARENA_ARRAY(cx->arena, struct benefit_item, count + 1);
    for (size_t i = 0; i < count; i++)
        TRY(item_of(cx, &rows[i], &ret->orders[ret->orders_count++]));
    ret->next = count == LIST_MOST ? rows[count - 1].id : 0;
    return OK;
}

/* --- checking the payee ------------------------------------------------------------------------------------------------------- */

static STATUS row_of(struct ctx *cx, str code, int64_t row, struct sector_item *ret, bool *ret_live)
{
    const struct operation *op = operation_find(cx->app, STR("sector.get"));
    struct sector_get_in in = { .code = code, .row = row };
    struct sector_get_out out;
    struct purpose before = cx->purpose;
    cx->purpose = (struct purpose){ STR("register"), code };
    status st = gate_call(cx, op, &in, &out);
    cx->purpose = before;
    if (!status_ok(st))
        return fault_pass(st, __FILE__, __LINE__);
    *ret = out.item;
    *ret_live = out.known && out.item.state == SECTOR_ITEM_STATE_LIVE;
    return OK;
}

static str cell_of(const struct sector_item *item, const char *field)
{
    for (size_t i = 0; i < item->cells_count; i++)
        if (str_eq(item->cells[i].field, str_of(field)))
            return item->cells[i].value;
    return STR("");
}

static bool is_parent(const struct person *of, const struct person *who) { return of->father.v == who->id.v || of->mother.v == who->id.v; }

/* Spouse, parent, child, or one of the same household, who saw to the funeral. */
static bool is_kin(const struct person *dead, const struct person *p)
{
    return dead->spouse.v == p->id.v || p->spouse.v == dead->id.v || is_parent(dead, p) || is_parent(p, dead) ||
           (dead->household && dead->household == p->household);
}

/* The account that the register of benefit accounts has under the payee's personal number, in the payee's own name. */
static STATUS account_of(struct ctx *cx, const struct person *payee, struct benefit_order_row *r)
{
    struct sector_row_of_person_row *rows;
    size_t count;
    TRY(sector_rows_of_person(cx, MONEY_SHARD, payee->id.v, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        struct sector_item item;
        bool live;
        if (!str_eq(rows[i].code, STR("benefit-accounts")))
            continue;
        TRY(row_of(cx, STR("benefit-accounts"), rows[i].id, &item, &live));
        str holder = cell_of(&item, "holder");
        if (!live || !str_eq(cell_of(&item, "benefit"), STR("funeral")))
            continue;
        if (holder.len > 0 && !str_eq(viet_fold(cx->arena, holder), viet_fold(cx->arena, payee->name)))
            return FAIL_AT(BENEFIT_HOLDER, STR("account"));
        r->bank = cell_of(&item, "bank");
        r->account_no = cell_of(&item, "account_no");
        r->holder = payee->name;
        return OK;
    }
    return FAIL_AT(BENEFIT_ACCOUNT, STR("account"));
}

/* Fills in what the decision says today; an order whose decision was taken back since cannot go on. */
static STATUS decision_read(struct ctx *cx, int64_t decision, struct benefit_order_row *r)
{
    struct sector_item item;
    struct person payee, dead;
    enum number_state state;
    int64_t deceased;
    bool live, known;
    TRY(row_of(cx, STR("funeral-allowances"), decision, &item, &live));
    if (!live || !item.has_number || !str_i64(cell_of(&item, "amount"), &r->amount) || !str_i64(cell_of(&item, "deceased"), &deceased))
        return FAIL_AT(BENEFIT_MISSING, STR("row"));
    TRY(person_by_number(cx, item.number, &payee, &state, &known));
    if (!known || state != NUMBER_ISSUED || payee.survives_as.v)
        return FAIL_AT(PERSON_MISSING, STR("payee"));
    if (payee.state == PERSON_DECEASED)
        return FAIL_AT(PERSON_DECEASED, STR("payee"));
    TRY(person_by_number(cx, deceased, &dead, &state, &known));
    if (!known || dead.state != PERSON_DECEASED || !is_kin(&dead, &payee))
        return FAIL_AT(BENEFIT_KIN, STR("payee"));
    r->decision = decision;
    r->order_no = cell_of(&item, "order_no");
    r->fund = cell_of(&item, "fund");
    r->payee = payee.id.v;
    r->unit = payee.unit.v;
    return account_of(cx, &payee, r);
}

/* --- moving ------------------------------------------------------------------------------------------------------------------- */

static STATUS claim_take(struct ctx *cx, int64_t decision, int64_t order)
{
    struct benefit_claim_get_row before;
    bool found;
    int64_t changed = 0;
    TRY(benefit_claim_get(cx, MONEY_SHARD, decision, &before, &found));
    if (found && before.order_id)
        return FAIL_AT(BENEFIT_TWICE, STR("row"));
    if (!found)
        return benefit_claim_add(cx, MONEY_SHARD, decision, order, NULL);
    TRY(benefit_claim_set(cx, MONEY_SHARD, decision, 0, order, &changed));
    return changed == 1 ? OK : FAIL(VERSION_CONFLICT);
}

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
        .recovered = r->recovered, .batch = r->batch, .reference = r->reference, .reason = r->reason }, &changed));
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

static STATUS wants(const struct benefit_order_row *r, enum benefit_state state, int64_t version)
{
    if (r->state != (int16_t)state)
        return FAIL_AT(BENEFIT_STATE, STR("order"));
    return r->version == version ? OK : FAIL(VERSION_CONFLICT);
}

STATUS benefit_order(struct ctx *cx, const struct benefit_order_in *in, struct benefit_order_out *ret)
{
    struct benefit_order_row r = { .id = id_fresh(cx->now_us), .version = 1, .state = BENEFIT_ORDERED, .organisation = cx->actor.organisation,
                                   .ordered_by = cx->actor.account.v, .ordered_us = cx->now_us };
    if (cx->actor.organisation.len == 0)
        return FAIL(NOT_ALLOWED);
    TRY(decision_read(cx, in->row, &r));
    TRY(claim_take(cx, in->row, r.id));
    TRY(benefit_order_add(cx, &(struct benefit_order_add_params){
        .shard = MONEY_SHARD, .id = r.id, .version = r.version, .state = r.state, .organisation = r.organisation, .decision = r.decision, .order_no = r.order_no,
        .fund = r.fund, .payee = r.payee, .unit = r.unit, .amount = r.amount, .bank = r.bank, .account_no = r.account_no, .holder = r.holder,
        .ordered_by = r.ordered_by, .ordered_us = r.ordered_us }, NULL));
    benefit_purpose(cx, r.id);
    TRY(change_note(cx, (struct subject){ { r.payee }, (unit_id){ r.unit } }, 0));
    return item_of(cx, &r, &ret->item);
}

STATUS benefit_approve(struct ctx *cx, const struct benefit_approve_in *in, struct benefit_approve_out *ret)
{
    struct benefit_order_row r, now = { 0 };
    TRY(benefit_order_find(cx, in->order, &r));
    TRY(wants(&r, BENEFIT_ORDERED, in->expected_version));
    if (r.ordered_by == cx->actor.account.v)
        return FAIL(SAME_OFFICER);
    TRY(decision_read(cx, r.decision, &now));
    if (now.amount != r.amount || now.payee != r.payee || !str_eq(now.account_no, r.account_no))
        return FAIL_AT(BENEFIT_CHANGED, STR("order"));
    TRY(benefit_moved(cx, &r, &(struct benefit_money){ MONEY_BENEFIT_FUND, MONEY_BENEFIT_OWED, r.amount, r.order_no }));
    TRY(benefit_state_set(cx, &r, BENEFIT_APPROVED));
    return item_of(cx, &r, &ret->item);
}

STATUS benefit_cancel(struct ctx *cx, const struct benefit_cancel_in *in, struct benefit_cancel_out *ret)
{
    struct benefit_order_row r;
    TRY(benefit_order_find(cx, in->order, &r));
    if (str_is_empty(str_trim(in->reason)))
        return FAIL_AT(FIELD_MISSING, STR("reason"));
    TRY(wants(&r, r.state == BENEFIT_APPROVED ? BENEFIT_APPROVED : BENEFIT_ORDERED, in->expected_version));
    if (r.state == BENEFIT_APPROVED)
        TRY(benefit_moved(cx, &r, &(struct benefit_money){ MONEY_BENEFIT_OWED, MONEY_BENEFIT_FUND, r.amount, in->reason }));
    r.reason = in->reason;
    TRY(benefit_claim_set(cx, MONEY_SHARD, r.decision, r.id, 0, NULL));
    TRY(benefit_state_set(cx, &r, BENEFIT_CANCELLED));
    return item_of(cx, &r, &ret->item);
}

STATUS benefit_recover(struct ctx *cx, const struct benefit_recover_in *in, struct benefit_recover_out *ret)
{
    struct benefit_order_row r;
    TRY(benefit_order_find(cx, in->order, &r));
    if (str_is_empty(str_trim(in->reason)))
        return FAIL_AT(FIELD_MISSING, STR("reason"));
    if (r.state != BENEFIT_PAID)
        return FAIL_AT(BENEFIT_STATE, STR("order"));
    if (in->amount > r.amount - r.recovered)
        return FAIL_AT(VALUE_RANGE, STR("amount"));
    r.recovered += in->amount;
    str note = arena_printf(cx->arena, "%.*s: %.*s", STR_ARG(in->reference), STR_ARG(in->reason));
    TRY(benefit_moved(cx, &r, &(struct benefit_money){ MONEY_BENEFIT_PAID, MONEY_BENEFIT_FUND, in->amount, note }));
    TRY(benefit_state_set(cx, &r, BENEFIT_PAID));
    return item_of(cx, &r, &ret->item);
}
