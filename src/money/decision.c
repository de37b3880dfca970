/* What the registers say of a decision and of who gets it: the row that holds it lives, its payee lives and, where money is paid, is kin of
 * the deceased and has an account of the own.
 * Law: Luật Bảo hiểm xã hội 2024 Đ85-86 (10 lần mức tham chiếu); NĐ 20/2021/NĐ-CP Đ11; Luật Bảo hiểm y tế 2008 Đ16.
 * tested by: src/money/test/benefit_test.c */
#include "money/benefit.h"
#include "register/register_sql.h"
#include "register/sector/sector.h"
#include "viet/fold.h"

/* The register that holds the decisions of a kind, and the field by which one is known. */
static const struct {
    const char *code, *key;
} kinds[] = { [BENEFIT_FUNERAL] = { "funeral-allowances", "order_no" }, [BENEFIT_HEALTH_CARD] = { "health-insurance", "card_no" } };

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

/* --- the decision ---------------------------------------------------------------------------------------------------------- */

static STATUS decision_open(struct ctx *cx, int64_t decision, struct benefit_order_row *r, struct sector_item *item, struct person *payee)
{
    enum number_state state;
    bool live, known;
    TRY(row_of(cx, str_of(kinds[r->kind].code), decision, item, &live));
    if (!live || !item->has_number)
        return FAIL_AT(BENEFIT_MISSING, STR("row"));
    if (r->kind == BENEFIT_HEALTH_CARD)
        r->card = cell_of(item, "card_no");
    else if (!str_i64(cell_of(item, "amount"), &r->amount))
        return FAIL_AT(BENEFIT_MISSING, STR("row"));
    TRY(person_by_number(cx, item->number, payee, &state, &known));
    if (!known || state != NUMBER_ISSUED || payee->survives_as.v)
        return FAIL_AT(PERSON_MISSING, STR("payee"));
    if (payee->state == PERSON_DECEASED)
        return FAIL_AT(PERSON_DECEASED, STR("payee"));
    if (r->kind == BENEFIT_FUNERAL)
        r->order_no = cell_of(item, "order_no");
    r->fund = cell_of(item, "fund");
    r->decision = decision;
    r->payee = payee->id.v;
    r->unit = payee->unit.v;
    return OK;
}

STATUS decision_read(struct ctx *cx, int64_t decision, struct benefit_order_row *r)
{
    struct sector_item item;
    struct person payee;
    return decision_open(cx, decision, r, &item, &payee);
}

STATUS decision_check(struct ctx *cx, int64_t decision, struct benefit_order_row *r)
{
    struct sector_item item;
    struct person payee, dead;
    enum number_state state;
    int64_t deceased;
    bool known = false;
    TRY(decision_open(cx, decision, r, &item, &payee));
    if (r->kind != BENEFIT_FUNERAL)
        return OK;
    if (str_i64(cell_of(&item, "deceased"), &deceased))
        TRY(person_by_number(cx, deceased, &dead, &state, &known));
    if (!known || dead.state != PERSON_DECEASED || !is_kin(&dead, &payee))
        return FAIL_AT(BENEFIT_KIN, STR("payee"));
    return account_of(cx, &payee, r);
}

STATUS decision_find(struct ctx *cx, enum benefit_kind kind, int64_t number, str key, int64_t *ret_row)
{
    struct sector_row_of_person_row *rows;
    struct person p;
    enum number_state state;
    size_t count = 0;
    bool known;
    TRY(person_by_number(cx, number, &p, &state, &known));
    if (known)
        TRY(sector_rows_of_person(cx, MONEY_SHARD, p.id.v, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        struct sector_item item;
        bool live;
        if (!str_eq(rows[i].code, str_of(kinds[kind].code)))
            continue;
        TRY(row_of(cx, rows[i].code, rows[i].id, &item, &live));
        *ret_row = rows[i].id;
        if (live && str_eq(cell_of(&item, kinds[kind].key), key))
            return OK;
    }
    return FAIL_AT(BENEFIT_MISSING, STR("key"));
}

STATUS claim_take(struct ctx *cx, int64_t decision, int64_t order)
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
