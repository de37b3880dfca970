/* Benefits that are paid out: only to a living kin of the dead and into the kin's own account, by two officers, once; whatever
 * officers and the bank do in whatever order, the lines add up to nothing and a decision is paid once. */
#include "register/test/fixture.h"

#include <stdio.h>
#include <string.h>

#include "money/inside.h"

enum { AMOUNT = 23400000, FIRST = 301, SECOND = 302, STEPS = 400, DECISIONS = 4 };

static void as_payer(struct fixture *f, int64_t account)
{
    as_officer(f, "");
    f->cx.purpose = (struct purpose){ 0 };
    f->cx.actor.account = (account_id){ account };
    f->cx.actor.organisation = STR("H26.00004.BHXH");
    f->cx.actor.unit = (unit_id){ UNIT_A };
}

static struct person_birth_out relative(struct fixture *f, const char *name, int64_t father)
{
    struct person_birth_in in = { .name = str_of(name), .sex = SEX_MALE, .birth = { father ? 19800201 : 19500201 }, .registered_at = { UNIT_A },
                                  .has_father = father != 0, .father = father, .has_ethnic = true, .ethnic = 1 };
    struct person_birth_out p;
    struct person_move_out moved;
    as_officer(f, "civil-status");
    f->cx.actor.unit = (unit_id){ UNIT_A };
    GOOD(call(f, "person.birth", &in, &p));
    as_officer(f, "residence-management");
    f->cx.actor.unit = (unit_id){ UNIT_A };
    GOOD(call(f, "person.move", &(struct person_move_in){ .number = p.number, .unit = { UNIT_A }, .effective = f->cx.today }, &moved));
    return p;
}

static void dies(struct fixture *f, int64_t number)
{
    struct person_death_out out;
    as_officer(f, "civil-status");
    f->cx.actor.unit = (unit_id){ UNIT_A };
    GOOD(call(f, "person.death", &(struct person_death_in){ .number = number, .death = f->cx.today }, &out));
}

static int64_t put(struct fixture *f, const char *code, int64_t number, struct sector_given_cell *cells, size_t count)
{
    struct sector_given row = { .has_number = true, .number = number, .cells = cells, .cells_count = count };
    struct sector_put_out out;
    as_payer(f, FIRST);
    f->cx.purpose = (struct purpose){ STR("register"), str_of(code) };
    GOOD(call(f, "sector.put", &(struct sector_put_in){ .code = str_of(code), .rows = &row, .rows_count = 1 }, &out));
    return out.rows[0].row;
}

static int64_t decided(struct fixture *f, int64_t payee, int64_t dead, int n)
{
    char text[3][20];
    snprintf(text[0], sizeof text[0], "HS-%d", n);
    snprintf(text[1], sizeof text[1], "%d", AMOUNT);
    snprintf(text[2], sizeof text[2], "%012lld", (long long)dead);
    return put(f, "funeral-allowances", payee, (struct sector_given_cell[]){ { STR("order_no"), str_of(text[0]) }, { STR("fund"), STR("insurance") },
        { STR("amount"), str_of(text[1]) }, { STR("deceased"), str_of(text[2]) }, { STR("decided"), STR("2025-01-01") } }, 5);
}

static void account(struct fixture *f, int64_t payee, const char *number, const char *holder)
{
    (void)put(f, "benefit-accounts", payee, (struct sector_given_cell[]){ { STR("benefit"), STR("funeral") }, { STR("bank"), STR("Ngân hàng A") },
        { STR("account_no"), str_of(number) }, { STR("holder"), str_of(holder) } }, 4);
}

static status order(struct fixture *f, int64_t row, struct benefit_order_out *out)
{
    as_payer(f, FIRST);
    return call(f, "benefit.order", &(struct benefit_order_in){ row }, out);
}

static status approve(struct fixture *f, int64_t who, const struct benefit_item *i, struct benefit_approve_out *out)
{
    as_payer(f, who);
    return call(f, "benefit.approve", &(struct benefit_approve_in){ i->order, i->version }, out);
}

static status outcome(struct fixture *f, int64_t id, bool paid, const char *reference)
{
    struct benefit_outcome_out out;
    struct benefit_outcome_in in = { .order = id, .amount = AMOUNT, .reference = str_of(reference), .has_reason = !paid, .reason = STR("Sai số tài khoản"),
                                     .result = paid ? BENEFIT_OUTCOME_IN_RESULT_PAID : BENEFIT_OUTCOME_IN_RESULT_RETURNED };
    as_system(f, "cong-thanh-toan", "AG-2026-004");
    return call(f, "benefit.outcome", &in, &out);
}

static void totals(struct fixture *f, int64_t ret[static MONEY_ACCOUNTS])
{
    struct payment_balance_out out = { 0 };
    as_coordinator(f, "");
    f->cx.purpose = (struct purpose){ 0 };
    GOOD(call(f, "payment.balance", &(struct payment_balance_in){ 0 }, &out));
    assert_int_equal(out.sum, 0);
    memset(ret, 0, MONEY_ACCOUNTS * sizeof *ret);
    for (size_t i = 0; i < out.accounts_count; i++)
        ret[out.accounts[i].account] = out.accounts[i].total;
}

static void a_decision_is_paid_once_by_two_officers(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out dead = relative(f, "Nguyễn Văn An", 0), son = relative(f, "Nguyễn Văn Bình", dead.number);
    struct benefit_order_out made, again;
    struct benefit_approve_out approved;
    struct benefit_export_out batch;
    struct benefit_file_out file;
    int64_t stands[MONEY_ACCOUNTS];
    int64_t row = decided(f, son.number, dead.number, 1);
    BAD(order(f, row, &made), BENEFIT_KIN); /* nobody has died */
    dies(f, dead.number);
    BAD(order(f, row, &made), BENEFIT_ACCOUNT);
    account(f, son.number, "100000000001", "NGUYEN VAN BINH");
    GOOD(order(f, row, &made));
    BAD(order(f, row, &again), BENEFIT_TWICE);
    BAD(approve(f, FIRST, &made.item, &approved), SAME_OFFICER);
    as_payer(f, SECOND);
    BAD(call(f, "benefit.export", &(struct benefit_export_in){ 0 }, &batch), BENEFIT_NONE);
    GOOD(approve(f, SECOND, &made.item, &approved));
    BAD(approve(f, SECOND, &approved.item, &approved), BENEFIT_STATE);
    BAD(outcome(f, made.item.order, true, "UNC-1"), BENEFIT_STATE);
    as_payer(f, SECOND);
    GOOD(call(f, "benefit.export", &(struct benefit_export_in){ 0 }, &batch));
    assert_true(batch.orders == 1 && batch.total == AMOUNT);
    int64_t id = batch.batch;
    BAD(call(f, "benefit.export", &(struct benefit_export_in){ 0 }, &batch), BENEFIT_NONE);
    GOOD(call(f, "benefit.file", &(struct benefit_file_in){ id }, &file));
    assert_true(str_find(file.file, STR("100000000001,Nguyễn Văn Bình,23400000,HS-1")) < file.file.len);
    GOOD(outcome(f, made.item.order, true, "UNC-1"));
    GOOD(outcome(f, made.item.order, true, "UNC-1"));
    BAD(outcome(f, made.item.order, false, "UNC-2"), BENEFIT_STATE);
    totals(f, stands);
    assert_true(stands[MONEY_BENEFIT_PAID] == AMOUNT && stands[MONEY_BENEFIT_FUND] == -AMOUNT && stands[MONEY_BENEFIT_SENT] == 0);
    struct benefit_recover_in back = { .order = made.item.order, .amount = AMOUNT + 1, .reference = STR("PT-1"), .reason = STR("Khai tử nhầm") };
    struct benefit_recover_out got;
    as_payer(f, SECOND);
    BAD(call(f, "benefit.recover", &back, &got), VALUE_RANGE);
    back.amount = AMOUNT;
    GOOD(call(f, "benefit.recover", &back, &got));
    totals(f, stands);
    assert_int_equal(stands[MONEY_BENEFIT_PAID], 0);
}

static void only_kin_and_only_their_own_account(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out dead = relative(f, "Nguyễn Văn An", 0), son = relative(f, "Nguyễn Văn Bình", dead.number), other = relative(f, "Trần Văn Cường", 0);
    struct benefit_order_out made;
    struct benefit_approve_out approved;
    dies(f, dead.number);
    account(f, other.number, "100000000009", "TRAN VAN CUONG");
    BAD(order(f, decided(f, other.number, dead.number, 1), &made), BENEFIT_KIN);
    int64_t row = decided(f, son.number, dead.number, 2);
    account(f, son.number, "100000000001", "TRAN VAN CUONG");
    BAD(order(f, row, &made), BENEFIT_HOLDER);
    account(f, son.number, "100000000001", "Nguyễn Văn Bình");
    GOOD(order(f, row, &made));
    account(f, son.number, "100000000002", "Nguyễn Văn Bình");
    BAD(approve(f, SECOND, &made.item, &approved), BENEFIT_CHANGED);
    dies(f, son.number);
    BAD(approve(f, SECOND, &made.item, &approved), PERSON_DECEASED);
    as_payer(f, SECOND);
    f->cx.actor.organisation = STR("H26.00004.TP");
    BAD(call(f, "benefit.approve", &(struct benefit_approve_in){ made.item.order, made.item.version }, &approved), BENEFIT_MISSING);
}

/* Each command on any order in any state by anyone: most are refused, and what was done adds up. */
static void any_order_of_commands_adds_up(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out dead = relative(f, "Nguyễn Văn An", 0);
    int64_t rows[DECISIONS], done = 0, stands[MONEY_ACCOUNTS];
    struct rng r;
    rng_seed(&r, 5, 0);
    for (int i = 0; i < DECISIONS; i++) {
        struct person_birth_out son = relative(f, "Nguyễn Văn Bình", dead.number);
        rows[i] = decided(f, son.number, dead.number, i);
        account(f, son.number, "100000000001", "NGUYEN VAN BINH");
    }
    dies(f, dead.number);
    for (int i = 0; i < STEPS; i++) {
        struct benefit_list_out list;
        union { struct benefit_order_out order; struct benefit_approve_out approve; struct benefit_cancel_out cancel; struct benefit_export_out export; struct benefit_recover_out recover; } out;
        as_payer(f, FIRST + rng_below(&r, 2));
        GOOD(call(f, "benefit.list", &(struct benefit_list_in){ 0 }, &list));
        const struct benefit_item *x = list.orders_count ? &list.orders[rng_below(&r, (uint32_t)list.orders_count)] : &(struct benefit_item){ 0 };
        struct benefit_item item = *x;
        status st = OK;
        switch (rng_below(&r, 7)) {
        case 0: st = order(f, rows[rng_below(&r, DECISIONS)], &out.order); break;
        case 1: st = approve(f, FIRST + rng_below(&r, 2), &item, &out.approve); break;
        case 2: st = call(f, "benefit.cancel", &(struct benefit_cancel_in){ item.order, item.version, STR("Nhầm") }, &out.cancel); break;
        case 3: st = call(f, "benefit.export", &(struct benefit_export_in){ 0 }, &out.export); break;
        case 4: st = outcome(f, item.order, true, "UNC"); break;
        case 5: st = outcome(f, item.order, false, "TL"); break;
        case 6: st = call(f, "benefit.recover", &(struct benefit_recover_in){ item.order, 1 + rng_below(&r, AMOUNT), STR("PT"), STR("Nhầm") }, &out.recover); break;
        }
        done += status_ok(st);
        fault_clear();
    }
    struct benefit_list_out list;
    int64_t paid = 0, owed = 0, sent = 0;
    as_payer(f, FIRST);
    GOOD(call(f, "benefit.list", &(struct benefit_list_in){ 0 }, &list));
    for (size_t i = 0; i < list.orders_count; i++) {
        const struct benefit_item *x = &list.orders[i];
        paid += x->state == BENEFIT_ITEM_STATE_PAID ? x->amount - x->recovered : 0;
        owed += x->state == BENEFIT_ITEM_STATE_APPROVED ? x->amount : 0;
        sent += x->state == BENEFIT_ITEM_STATE_EXPORTED ? x->amount : 0;
    }
    totals(f, stands);
    print_message("# %lld commands done, %zu orders\n", (long long)done, list.orders_count);
    assert_true(done > 20 && list.next == 0);
    assert_true(stands[MONEY_BENEFIT_PAID] == paid && stands[MONEY_BENEFIT_OWED] == owed && stands[MONEY_BENEFIT_SENT] == sent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EVERYWHERE(a_decision_is_paid_once_by_two_officers), EVERYWHERE(only_kin_and_only_their_own_account), EVERYWHERE(any_order_of_commands_adds_up),
    };
    fixture_modules[fixture_module_count++] = &service_module;
    fixture_modules[fixture_module_count++] = &money_module;
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
