/* Money for dossiers: whatever a gateway reports, however often and in whatever order, adds up; a fee is taken once and whole; what
 * is too much goes back; nothing is lost. */
#include "register/test/fixture.h"

#include <stdio.h>
#include <string.h>

#include "money/inside.h"

enum { CHARGED = 5000, FEE = 7500 + CHARGED /* of the procedure on line, and what the officer adds */, OFFICER = 204, STEPS = 300, DOSSIERS = 6 };

static void as_clerk(struct fixture *f)
{
    as_officer(f, "");
    f->cx.purpose = (struct purpose){ 0 };
    f->cx.actor.account = (account_id){ OFFICER };
    f->cx.actor.organisation = STR("H26.00004.TP");
}

static void as_gateway(struct fixture *f) { as_system(f, "cong-thanh-toan", "AG-2026-004"); }

static struct dossier seen(struct fixture *f, int64_t id)
{
    struct dossier d;
    begin(f);
    f->cx.actor.roles |= ROLE_OPERATOR;
    GOOD(dossier_find(&f->cx, id, &d));
    commit(f);
    return d;
}

static void as_holder(struct fixture *f, int64_t id)
{
    struct dossier d = seen(f, id);
    as_clerk(f);
    f->cx.actor.organisation = d.row.organisation;
}

/* A dossier that waits for its fee. */
static int64_t charged(struct fixture *f, struct person_birth_out p)
{
    struct dossier_create_out made;
    struct dossier_submit_out sent;
    union { struct dossier_accept_out accept; struct dossier_take_out take; struct dossier_charge_out charge; } out;
    struct answer answers[] = { { STR("purpose"), STR("property") } };
    as_citizen(f, (person_id){ p.person });
    f->cx.actor.account = (account_id){ 100 };
    GOOD(call(f, "dossier.create", &(struct dossier_create_in){ .procedure = STR("marital-status") }, &made));
    int64_t id = made.now.dossier;
    GOOD(call(f, "dossier.submit", &(struct dossier_submit_in){ .dossier = id, .expected_version = made.now.version, .answers = answers, .answers_count = 1 }, &sent));
    as_holder(f, id);
    GOOD(call(f, "dossier.accept", &(struct dossier_accept_in){ .dossier = id, .expected_version = sent.now.version }, &out));
    GOOD(call(f, "dossier.take", &(struct dossier_take_in){ .dossier = id, .expected_version = out.accept.now.version }, &out));
    GOOD(call(f, "dossier.charge", &(struct dossier_charge_in){ .dossier = id, .expected_version = out.take.now.version, .amount = CHARGED, .reason = STR("Bản sao") }, &out));
    return id;
}

static status notice(struct fixture *f, const char *receipt, int64_t amount, str words, struct payment_notice_out *ret)
{
    struct payment_notice_in in = { .receipt = str_of(receipt), .amount = amount, .words = words, .paid = f->cx.now_us };
    as_gateway(f);
    return call(f, "payment.notice", &in, ret);
}

static void adds_up(struct fixture *f, int64_t came_in)
{
    struct payment_balance_out out = { 0 };
    int64_t in = 0;
    as_coordinator(f, "");
    f->cx.purpose = (struct purpose){ 0 };
    GOOD(call(f, "payment.balance", &(struct payment_balance_in){ 0 }, &out));
    assert_int_equal(out.sum, 0);
    for (size_t i = 0; i < out.accounts_count; i++)
        if (out.accounts[i].account == MONEY_GATEWAY)
            in = -out.accounts[i].total;
    assert_int_equal(in, came_in);
}

static void a_transfer_pays_its_dossier_once(void **state)
{
    struct fixture *f = fixture_ready(state);
    int64_t id = charged(f, resident(f, NULL, 19900201));
    struct payment_ask_out ask;
    struct payment_notice_out out;
    struct vietqr code;
    as_citizen(f, (person_id){ seen(f, id).row.applicant });
    GOOD(call(f, "payment.ask", &(struct payment_ask_in){ id }, &ask));
    assert_int_equal(ask.owed, FEE);
    GOOD(vietqr_read(ask.code, &code));
    assert_true(code.amount == FEE && str_eq(code.purpose, ask.words) && str_eq(code.account, ask.account));
    str words = arena_str(f->cx.arena, ask.words);
    for (int times = 0; times < 3; times++) { /* the gateway says it again */
        GOOD(notice(f, "R1", FEE, words, &out));
        assert_true(out.placed && out.dossier == id && out.refund_due == 0);
    }
    assert_int_equal(seen(f, id).row.state, DOSSIER_PROCESSING);
    assert_int_equal(seen(f, id).row.paid, FEE);
    BAD(notice(f, "R1", FEE + 1, words, &out), COMMAND_REUSED);
    GOOD(notice(f, "R2", FEE, words, &out)); /* paid twice by mistake */
    assert_int_equal(out.refund_due, FEE);
    adds_up(f, 2 * FEE);
}

static void parts_wait_until_they_are_enough(void **state)
{
    struct fixture *f = fixture_ready(state);
    int64_t id = charged(f, resident(f, NULL, 19900201));
    str words = reference_of(f->cx.arena, id);
    struct payment_notice_out out;
    GOOD(notice(f, "R1", 7000, words, &out));
    assert_true(out.placed && out.refund_due == 0);
    assert_int_equal(seen(f, id).row.state, DOSSIER_AWAITING_PAYMENT);
    GOOD(notice(f, "R2", 7000, words, &out));
    assert_int_equal(out.refund_due, 1500);
    struct dossier d = seen(f, id);
    assert_true(d.row.state == DOSSIER_PROCESSING && d.row.paid == FEE);
    adds_up(f, 14000);
}

static void what_names_no_dossier_is_kept_and_placed_by_hand(void **state)
{
    struct fixture *f = fixture_ready(state);
    int64_t id = charged(f, resident(f, NULL, 19900201));
    struct payment_notice_out out;
    struct payment_unplaced_out waiting;
    struct payment_place_out done;
    GOOD(notice(f, "R1", FEE, STR("nop le phi ho so"), &out));
    assert_false(out.placed);
    as_coordinator(f, "");
    f->cx.purpose = (struct purpose){ 0 };
    GOOD(call(f, "payment.unplaced", &(struct payment_unplaced_in){ 0 }, &waiting));
    assert_true(waiting.payments_count == 1 && waiting.payments[0].refund_due == FEE);
    GOOD(call(f, "payment.place", &(struct payment_place_in){ .receipt = STR("R1"), .dossier = id }, &done));
    BAD(call(f, "payment.place", &(struct payment_place_in){ .receipt = STR("R1"), .dossier = id }, &done), PAYMENT_UNKNOWN);
    assert_int_equal(seen(f, id).row.state, DOSSIER_PROCESSING);
    adds_up(f, FEE);
}

static void no_more_goes_back_than_is_due(void **state)
{
    struct fixture *f = fixture_ready(state);
    int64_t id = charged(f, resident(f, NULL, 19900201));
    struct payment_notice_out out;
    struct payment_refund_out back;
    struct payment_refund_in in = { .receipt = STR("R1"), .amount = 2001, .reference = STR("UNC-1"), .reason = STR("Nộp thừa") };
    GOOD(notice(f, "R1", FEE + 2000, reference_of(f->cx.arena, id), &out));
    as_coordinator(f, "");
    f->cx.purpose = (struct purpose){ 0 };
    BAD(call(f, "payment.refund", &in, &back), VALUE_RANGE);
    in.amount = 1500;
    GOOD(call(f, "payment.refund", &in, &back));
    assert_int_equal(back.left, 500);
    in.reason = STR(" ");
    BAD(call(f, "payment.refund", &in, &back), FIELD_MISSING);
    in = (struct payment_refund_in){ .receipt = STR("R9"), .amount = 1, .reference = STR("x"), .reason = STR("x") };
    BAD(call(f, "payment.refund", &in, &back), PAYMENT_UNKNOWN);
    adds_up(f, FEE + 2000);
}

static void only_the_gateway_is_believed(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct payment_notice_in in = { .receipt = STR("R1"), .amount = 1, .words = STR("x"), .paid = f->cx.now_us };
    struct payment_notice_out out;
    as_system(f, "nganhang-a", "AG-2026-003");
    BAD(call(f, "payment.notice", &in, &out), GROUND_NOT_LIVE);
    as_clerk(f);
    BAD(call(f, "payment.notice", &in, &out), NOT_ALLOWED);
    as_gateway(f);
    in.paid = f->cx.now_us + INT64_C(3600000000);
    BAD(call(f, "payment.notice", &in, &out), EVENT_FUTURE);
}

/* Any number of reports in any order, doubled ones among them. */
static void all_that_came_in_adds_up(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct rng r;
    int64_t ids[DOSSIERS], came_in = 0;
    bool known[60] = { false };
    int64_t amounts[60];
    rng_seed(&r, 3, 0);
    struct person_birth_out p = resident(f, NULL, 19900201);
    for (int i = 0; i < DOSSIERS; i++)
        ids[i] = charged(f, p);
    for (int i = 0; i < 60; i++)
        amounts[i] = 1 + rng_below(&r, 2 * FEE);
    for (int i = 0; i < STEPS; i++) {
        char receipt[8];
        uint32_t which = rng_below(&r, 60);
        struct payment_notice_out out;
        (void)snprintf(receipt, sizeof receipt, "R%u", which);
        str words = which % 7 ? reference_of(f->cx.arena, ids[which % DOSSIERS]) : STR("khong ro");
        GOOD(notice(f, receipt, amounts[which], words, &out));
        came_in += known[which] ? 0 : amounts[which];
        known[which] = true;
    }
    adds_up(f, came_in);
    for (int i = 0; i < DOSSIERS; i++) {
        struct dossier d = seen(f, ids[i]);
        assert_true(d.row.paid == 0 || d.row.paid == FEE);
        assert_true((d.row.paid == FEE) == (d.row.state == DOSSIER_PROCESSING));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EVERYWHERE(a_transfer_pays_its_dossier_once), EVERYWHERE(parts_wait_until_they_are_enough),
        EVERYWHERE(what_names_no_dossier_is_kept_and_placed_by_hand), EVERYWHERE(no_more_goes_back_than_is_due),
        EVERYWHERE(only_the_gateway_is_believed), EVERYWHERE(all_that_came_in_adds_up),
    };
    fixture_modules[fixture_module_count++] = &notice_module;
    fixture_modules[fixture_module_count++] = &service_module;
    fixture_modules[fixture_module_count++] = &money_module;
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
