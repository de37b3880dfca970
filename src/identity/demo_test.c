/* Demo sign-ins stand where real users stand, and a citizen sees exactly the uses of his own data. */
#include "identity/inside.h"
#include "identity/test/town.h"
#include "register/register.h"
#include "register/register_ops.h"

#include <setjmp.h>
#include <stdarg.h>
#include <time.h>

#include <cmocka.h>

enum { DEMO_KINDS = 11 };

static struct town town;
static struct account_demo_out demo;

static int start(void **state)
{
    static const struct module *const modules[] = { &register_module, &identity_module };
    static const struct account_demo_in in = { 0 };
    (void)state;
    if (!town_open(&town, modules, 2, true))
        return -1;
    return status_ok(town_call(&town, NULL, "account.demo", &in, &demo)) ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    town_close(&town);
    return 0;
}

struct named {
    str login, password;
    struct actor actor;
};

static status sign_in_run(struct ctx *cx, void *arg)
{
    struct named *n = arg;
    TRY(cx->app->sign_in(cx, n->login, n->password));
    n->actor = cx->actor;
    return OK;
}

static struct ctx signed_in(int kind)
{
    struct named n = { .login = demo.accounts[kind].login, .password = demo.accounts[kind].secret };
    struct work w = { .run = sign_in_run, .arg = &n, .writes = true };
    ctx_for_program(&w.cx, town.app, town.arena, STR("test"));
    assert_true(status_ok(lanes_call(town.app->lanes, &w)));
    return (struct ctx){ .actor = n.actor };
}

static void each_kind_signs_in_with_its_role(void **state)
{
    static const uint32_t roles[] = { ROLE_CITIZEN, ROLE_OFFICER, ROLE_OFFICER, ROLE_OFFICER, ROLE_OFFICER, ROLE_OFFICER, ROLE_OFFICER, ROLE_COORDINATOR, ROLE_LEADER, ROLE_SYSTEM, ROLE_AUDITOR };
    struct actor actor;
    (void)state;
    assert_int_equal(demo.accounts_count, DEMO_KINDS);
    for (int kind = 0; kind < DEMO_KINDS; kind++) {
        if (kind == DEMO_ACCOUNT_KIND_SYSTEM)
            assert_true(status_ok(town_actor(&town, demo.accounts[kind].secret, &actor)));
        else
            actor = signed_in(kind).actor;
        assert_int_equal(actor.roles, roles[kind]);
    }
    assert_true(signed_in(DEMO_ACCOUNT_KIND_CITIZEN).actor.person.v > 0);
    assert_true(signed_in(DEMO_ACCOUNT_KIND_OFFICER).actor.unit.v > 0);
}

static void doing_it_again_gives_new_passwords(void **state)
{
    static const struct account_demo_in in = { 0 };
    struct account_demo_out first = demo;
    (void)state;
    assert_true(status_ok(town_call(&town, NULL, "account.demo", &in, &demo)));
    assert_int_equal(demo.accounts_count, DEMO_KINDS);
    for (int kind = 0; kind < DEMO_KINDS; kind++)
        assert_false(str_eq(first.accounts[kind].secret, demo.accounts[kind].secret));
    (void)signed_in(DEMO_ACCOUNT_KIND_OFFICER);
}

static struct ledger_mine_out mine_of(const struct ctx *citizen)
{
    struct ledger_mine_in in = { 0 };
    struct ledger_mine_out out;
    assert_true(status_ok(town_call(&town, citizen, "ledger.mine", &in, &out)));
    return out;
}

static int64_t number_of(const struct ctx *citizen)
{
    struct person_own_in in = { 0 };
    struct person_own_out out;
    int64_t number = 0;
    assert_true(status_ok(town_call(&town, citizen, "person.own", &in, &out)));
    for (size_t i = 0; i < out.facts_count; i++)
        if (str_eq(out.facts[i].field, STR("number")))
            assert_true(str_i64(out.facts[i].value, &number));
    assert_true(number > 0);
    return number;
}

static const struct trail_entry *entry_of(const struct ledger_mine_out *out, const char *operation)
{
    for (size_t i = 0; i < out->entries_count; i++)
        if (str_eq(out->entries[i].operation, str_of(operation)))
            return &out->entries[i];
    return NULL;
}

static void a_citizen_sees_who_looked_and_why(void **state)
{
    (void)state;
    struct ctx citizen = signed_in(DEMO_ACCOUNT_KIND_CITIZEN), officer = signed_in(DEMO_ACCOUNT_KIND_OFFICER);
    struct person_verify_in ask = { .number = number_of(&citizen), .has_alive = true, .alive = true };
    struct person_verify_out answer;
    officer.purpose = (struct purpose){ STR("authority"), STR("residence-management") };
    struct ledger_mine_out before = mine_of(&citizen);
    assert_null(entry_of(&before, "person.verify"));
    assert_true(status_ok(town_call(&town, &officer, "person.verify", &ask, &answer)));
    assert_true(answer.holds);
    struct ledger_mine_out after = mine_of(&citizen);
    const struct trail_entry *e = entry_of(&after, "person.verify");
    assert_non_null(e);
    assert_false(e->own);
    assert_true(str_eq(e->role, STR("officer")));
    assert_true(str_eq(e->purpose_reference, STR("residence-management")));
    assert_true(e->purpose_title.len > 0 && e->says.len > 0 && e->unit_name.len > 0);
    assert_true(e->fields & FIELDS_NUMBER);
    const struct trail_entry *own = entry_of(&after, "person.own");
    assert_non_null(own);
    assert_true(own->own);
}

static void proofs_are_for_the_person_and_the_auditor(void **state)
{
    (void)state;
    struct ctx citizen = signed_in(DEMO_ACCOUNT_KIND_CITIZEN), auditor = signed_in(DEMO_ACCOUNT_KIND_AUDITOR), other = citizen;
    struct ledger_proof_in ask = { .index = -1 };
    struct ledger_proof_out proof;
    other.actor.person.v += 1;
    (void)number_of(&citizen); /* leaves an entry */
    for (int tries = 0; tries < 100 && ask.index < 0; tries++) {
        struct ledger_mine_out mine = mine_of(&citizen);
        assert_true(mine.entries_count > 0);
        ask.index = mine.entries[mine.entries_count - 1].index;
        nanosleep(&(struct timespec){ .tv_nsec = 50000000 }, NULL);
    }
    assert_true(ask.index >= 0);
    assert_true(status_ok(town_call(&town, &citizen, "ledger.proof", &ask, &proof)));
    assert_true(proof.proof.len > 0);
    assert_true(status_ok(town_call(&town, &auditor, "ledger.proof", &ask, &proof)));
    assert_true(status_is(town_call(&town, &other, "ledger.proof", &ask, &proof), ERR_ENTRY_MISSING));
}

static void a_citizens_account_needs_a_living_person(void **state)
{
    (void)state;
    struct account_create_in in = { .login = STR("ai-do"), .kind = ACCOUNT_CREATE_IN_KIND_CITIZEN, .has_person = true, .person = 999999999999 };
    struct account_create_out out;
    assert_true(status_is(town_call(&town, NULL, "account.create", &in, &out), ERR_PERSON_MISSING));
    struct ctx citizen = signed_in(DEMO_ACCOUNT_KIND_CITIZEN);
    in.person = number_of(&citizen);
    assert_true(status_ok(town_call(&town, NULL, "account.create", &in, &out)));
    assert_true(out.password.len >= PASSWORD_BYTES_MIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_signs_in_with_its_role),
        cmocka_unit_test(doing_it_again_gives_new_passwords),
        cmocka_unit_test(a_citizen_sees_who_looked_and_why),
        cmocka_unit_test(proofs_are_for_the_person_and_the_auditor),
        cmocka_unit_test(a_citizens_account_needs_a_living_person),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, start, stop);
}
