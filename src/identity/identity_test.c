/* Sign-in, sessions, tokens and the operations on accounts, on a real store with real lanes. */
#include "identity/inside.h"
#include "identity/test/town.h"
#include "register/register.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct town town;
static const int64_t start_us = INT64_C(1795273200000000);
static const str good = { "ba con voi xanh", 15 };

static int start(void **state)
{
    static const struct module *const modules[] = { &register_module, &identity_module };
    (void)state;
    clock_set_us(start_us);
    return town_open(&town, modules, 2, false) ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    town_close(&town);
    return 0;
}

static status call_as(const struct actor *actor, const char *name, const void *in, void *out)
{
    struct ctx as = { 0 };
    if (actor)
        as.actor = *actor;
    return town_call(&town, actor ? &as : NULL, name, in, out);
}

static void officer_make(const char *login)
{
    struct account_create_in in = { .login = str_of(login), .kind = ACCOUNT_CREATE_IN_KIND_OFFICER, .has_unit = true, .unit = { 2300004 },
                                    .has_password = true, .password = good };
    struct account_create_out out;
    assert_true(status_ok(call_as(NULL, "account.create", &in, &out)));
}

struct waiting {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool done;
};

static void signed_in(struct sign_in *s)
{
    struct waiting *w = s->user;
    pthread_mutex_lock(&w->lock);
    w->done = true;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
}

static status sign_in(const char *login, str password, str old_token, str *ret_token)
{
    struct waiting w = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false };
    struct sign_in s = { .app = town.app, .arena = town.arena, .login = str_of(login), .password = password, .peer = STR("192.0.2.1"),
                         .old_token = old_token, .done = signed_in, .user = &w };
    sign_in_start(&s);
    pthread_mutex_lock(&w.lock);
    while (!w.done)
        pthread_cond_wait(&w.wake, &w.lock);
    pthread_mutex_unlock(&w.lock);
    *ret_token = s.token;
    return s.result;
}

static status actor_of(str token, struct actor *ret)
{
    return town_actor(&town, token, ret);
}

/* --- tests -------------------------------------------------------------------------------------------------------- */

static void a_session_stands_for_its_account(void **state)
{
    (void)state;
    struct actor actor;
    str token;
    officer_make("lan");
    assert_true(status_ok(sign_in("  LAN ", good, (str){ 0 }, &token)));
    assert_true(status_ok(actor_of(token, &actor)));
    assert_int_equal(actor.roles, ROLE_OFFICER);
    assert_int_equal(actor.unit.v, 2300004);
    assert_true(str_eq(actor.name, STR("lan")));
    assert_true(status_ok(actor_of((str){ 0 }, &actor)));
    assert_int_equal(actor.roles, ROLE_PUBLIC);
}

static void forged_tokens_are_nobody(void **state)
{
    (void)state;
    struct actor actor;
    str token;
    officer_make("lan");
    assert_true(status_ok(sign_in("lan", good, (str){ 0 }, &token)));
    char *other = arena_z(town.arena, token);
    other[10] = other[10] == 'A' ? 'B' : 'A';
    str as_system = arena_join(town.arena, STR("t_"), str_from(token, 2));
    const str bad[] = { str_of(other), as_system, STR("s_"), STR("x"), str_slice(token, 0, token.len - 1) };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_true(status_is(actor_of(bad[i], &actor), ERR_SIGNED_OUT));
        assert_int_equal(actor.roles, 0);
    }
}

static void wrong_password_and_unknown_name_are_alike(void **state)
{
    (void)state;
    str token;
    officer_make("lan");
    assert_true(status_is(sign_in("lan", STR("wrong"), (str){ 0 }, &token), ERR_SIGN_IN_FAILED));
    assert_true(str_is_empty(token));
    assert_true(status_is(sign_in("nobody", STR("wrong"), (str){ 0 }, &token), ERR_SIGN_IN_FAILED));
    assert_true(status_is(sign_in("Tên lạ", good, (str){ 0 }, &token), ERR_SIGN_IN_FAILED));
}

static void five_failures_slow_a_name_whether_it_exists_or_not(void **state)
{
    (void)state;
    str token;
    officer_make("lan");
    const char *names[] = { "lan", "nobody" };
    for (size_t n = 0; n < 2; n++) {
        for (int i = 0; i < SIGN_IN_NAME_FAILURES_MAX; i++)
            assert_true(status_is(sign_in(names[n], STR("wrong"), (str){ 0 }, &token), ERR_SIGN_IN_FAILED));
        assert_true(status_is(sign_in(names[n], good, (str){ 0 }, &token), ERR_SIGN_IN_SLOWED));
    }
    clock_advance_us((int64_t)SIGN_IN_SLOWED_S * 1000000);
    assert_true(status_ok(sign_in("lan", good, (str){ 0 }, &token)));
}

/* The lock is in the store too: another process, or this one after a restart, keeps to it. */
static void the_lock_outlives_the_memory(void **state)
{
    (void)state;
    str token;
    officer_make("lan");
    for (int i = 0; i < SIGN_IN_NAME_FAILURES_MAX; i++)
        assert_true(status_is(sign_in("lan", STR("wrong"), (str){ 0 }, &token), ERR_SIGN_IN_FAILED));
    throttle_clear(identity_of(town.app)->throttle, STR("name"), STR("lan"));
    officer_make("hoa"); /* a later write: what was queued before it is committed */
    assert_true(status_is(sign_in("lan", good, (str){ 0 }, &token), ERR_SIGN_IN_SLOWED));
}

static void signing_in_again_ends_the_old_session(void **state)
{
    (void)state;
    struct actor actor;
    str first, second;
    officer_make("lan");
    assert_true(status_ok(sign_in("lan", good, (str){ 0 }, &first)));
    assert_true(status_ok(actor_of(first, &actor)));
    assert_true(status_ok(sign_in("lan", good, first, &second)));
    assert_false(str_eq(first, second));
    assert_true(status_is(actor_of(first, &actor), ERR_SIGNED_OUT));
    assert_true(status_ok(actor_of(second, &actor)));
}

static void sessions_end_by_idleness_and_by_age(void **state)
{
    (void)state;
    struct actor actor;
    str token;
    officer_make("lan");
    assert_true(status_ok(sign_in("lan", good, (str){ 0 }, &token)));
    for (int i = 0; i < 20; i++) { /* used all the time */
        clock_advance_us((int64_t)(SESSION_IDLE_S - 1) * 1000000);
        assert_true(status_ok(actor_of(token, &actor)));
    }
    clock_advance_us((int64_t)(SESSION_IDLE_S + 1) * 1000000);
    assert_true(status_is(actor_of(token, &actor), ERR_SIGNED_OUT));
    assert_true(status_ok(sign_in("lan", good, (str){ 0 }, &token)));
    for (int i = 0; i <= SESSION_LIFE_S / 1000; i++) {
        assert_true(status_ok(actor_of(token, &actor)));
        clock_advance_us(INT64_C(1000000000));
    }
    assert_true(status_is(actor_of(token, &actor), ERR_SIGNED_OUT));
}

static void blocking_and_revoking_end_sessions_at_once(void **state)
{
    (void)state;
    struct actor actor;
    str token;
    officer_make("lan");
    assert_true(status_ok(sign_in("lan", good, (str){ 0 }, &token)));
    assert_true(status_ok(actor_of(token, &actor)));
    struct session_list_in list_in = { 0 };
    struct session_list_out list;
    assert_true(status_ok(call_as(&actor, "session.list", &list_in, &list)));
    assert_int_equal(list.sessions_count, 1);
    struct session_revoke_in revoke = { .has_id = true, .id = list.sessions[0].id };
    struct session_revoke_out revoked;
    assert_true(status_ok(call_as(&actor, "session.revoke", &revoke, &revoked)));
    assert_int_equal(revoked.ended, 1);
    assert_true(status_is(actor_of(token, &actor), ERR_SIGNED_OUT));

    assert_true(status_ok(sign_in("lan", good, (str){ 0 }, &token)));
    struct account_block_in block = { .login = STR("lan"), .blocked = true };
    struct account_block_out blocked;
    assert_true(status_ok(call_as(NULL, "account.block", &block, &blocked)));
    assert_true(status_is(actor_of(token, &actor), ERR_SIGNED_OUT));
    assert_true(status_is(sign_in("lan", good, (str){ 0 }, &token), ERR_SIGN_IN_FAILED));
}

static void a_system_has_a_token_until_the_next_one(void **state)
{
    (void)state;
    struct actor actor;
    struct account_create_in in = { .login = STR("benh-vien"), .kind = ACCOUNT_CREATE_IN_KIND_SYSTEM, .has_organisation = true,
                                    .organisation = STR("BV01") };
    struct account_create_out made;
    struct account_token_in ask = { .login = STR("benh-vien"), .has_days = true, .days = 1 };
    struct account_token_out first, second;
    assert_true(status_ok(call_as(NULL, "account.create", &in, &made)));
    assert_true(status_ok(call_as(NULL, "account.token", &ask, &first)));
    assert_true(status_ok(actor_of(first.token, &actor)));
    assert_int_equal(actor.roles, ROLE_SYSTEM);
    assert_true(str_eq(actor.organisation, STR("BV01")));
    assert_true(status_ok(call_as(NULL, "account.token", &ask, &second)));
    assert_true(status_is(actor_of(first.token, &actor), ERR_SIGNED_OUT));
    clock_advance_us(INT64_C(86400) * 1000000);
    assert_true(status_is(actor_of(second.token, &actor), ERR_SIGNED_OUT));
}

static void accounts_are_refused(void **state)
{
    (void)state;
    struct account_create_out out;
    struct account_create_in in = { .login = STR("lan"), .kind = ACCOUNT_CREATE_IN_KIND_AUDITOR, .has_password = true, .password = good };
    struct actor officer = { .roles = ROLE_OFFICER };
    assert_true(status_is(call_as(&officer, "account.create", &in, &out), ERR_NOT_ALLOWED));
    assert_true(status_ok(call_as(NULL, "account.create", &in, &out)));
    assert_true(status_is(call_as(NULL, "account.create", &in, &out), ERR_ROW_EXISTS));
    const char *logins[] = { "a", "có dấu", "a b", "" };
    for (size_t i = 0; i < sizeof logins / sizeof *logins; i++) {
        in.login = str_of(logins[i]);
        assert_true(status_is(call_as(NULL, "account.create", &in, &out), ERR_LOGIN_FORMAT));
    }
    in.login = STR("hoa");
    const char *weak[] = { "short", "aaaaaaaaaaaa", "my hoa hoa hoa" };
    for (size_t i = 0; i < sizeof weak / sizeof *weak; i++) {
        in.password = str_of(weak[i]);
        assert_true(status_is(call_as(NULL, "account.create", &in, &out), ERR_PASSWORD_WEAK));
    }
    in.password = good;
    in.kind = ACCOUNT_CREATE_IN_KIND_OFFICER;
    assert_true(status_is(call_as(NULL, "account.create", &in, &out), ERR_FIELD_MISSING));
    in.kind = ACCOUNT_CREATE_IN_KIND_CITIZEN;
    assert_true(status_is(call_as(NULL, "account.create", &in, &out), ERR_FIELD_MISSING));
}

static void a_password_is_changed_with_the_old_one(void **state)
{
    (void)state;
    struct actor actor;
    str token;
    officer_make("lan");
    assert_true(status_ok(sign_in("lan", good, (str){ 0 }, &token)));
    assert_true(status_ok(actor_of(token, &actor)));
    struct account_password_in in = { .old = STR("not this one"), .new = STR("bon con voi xanh") };
    struct account_password_out out;
    assert_true(status_is(call_as(&actor, "account.password", &in, &out), ERR_SIGN_IN_FAILED));
    in.old = good;
    assert_true(status_ok(call_as(&actor, "account.password", &in, &out)));
    assert_true(status_is(actor_of(token, &actor), ERR_SIGNED_OUT));
    assert_true(status_is(sign_in("lan", good, (str){ 0 }, &token), ERR_SIGN_IN_FAILED));
    assert_true(status_ok(sign_in("lan", in.new, (str){ 0 }, &token)));
}

static void forms_carry_their_sessions_token(void **state)
{
    (void)state;
    str token = token_of_kind(town.arena, 's'), other = token_of_kind(town.arena, 's');
    assert_true(status_ok(csrf_check(town.arena, token, csrf_of(town.arena, token))));
    assert_true(status_is(csrf_check(town.arena, token, csrf_of(town.arena, other)), ERR_CSRF));
    assert_true(status_is(csrf_check(town.arena, token, (str){ 0 }), ERR_CSRF));
    assert_true(status_is(csrf_check(town.arena, (str){ 0 }, csrf_of(town.arena, (str){ 0 })), ERR_CSRF));
    assert_int_equal(str_find(csrf_of(town.arena, token), str_from(token, 2)), csrf_of(town.arena, token).len);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        CASE(a_session_stands_for_its_account),
        CASE(forged_tokens_are_nobody),
        CASE(wrong_password_and_unknown_name_are_alike),
        CASE(five_failures_slow_a_name_whether_it_exists_or_not),
        CASE(the_lock_outlives_the_memory),
        CASE(signing_in_again_ends_the_old_session),
        CASE(sessions_end_by_idleness_and_by_age),
        CASE(blocking_and_revoking_end_sessions_at_once),
        CASE(a_system_has_a_token_until_the_next_one),
        CASE(accounts_are_refused),
        CASE(a_password_is_changed_with_the_old_one),
        CASE(forms_carry_their_sessions_token),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
