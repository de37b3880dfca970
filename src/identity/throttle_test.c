/* The count of failures and the memory of live tokens: limits, windows, floods. */
#include "identity/inside.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const int64_t start_us = INT64_C(1795273200000000);
static const int64_t window_us = (int64_t)SIGN_IN_SLOWED_S * 1000000;

static void closes_after_the_limit_and_opens_again(void **state)
{
    (void)state;
    struct throttle *t = throttle_new();
    for (int i = 0; i < 5; i++) {
        assert_false(throttle_is_closed(t, STR("name"), STR("lan"), 5, start_us + i));
        assert_int_equal(throttle_fail(t, STR("name"), STR("lan"), start_us + i), i + 1);
    }
    assert_true(throttle_is_closed(t, STR("name"), STR("lan"), 5, start_us + 5));
    assert_true(throttle_is_closed(t, STR("name"), STR("lan"), 5, start_us + 4 + window_us - 1));
    assert_false(throttle_is_closed(t, STR("name"), STR("lan"), 5, start_us + 4 + window_us));
    assert_false(throttle_is_closed(t, STR("name"), STR("hoa"), 5, start_us + 5));
    assert_false(throttle_is_closed(t, STR("peer"), STR("lan"), 5, start_us + 5));
    throttle_free(t);
}

static void success_clears(void **state)
{
    (void)state;
    struct throttle *t = throttle_new();
    for (int i = 0; i < 4; i++)
        throttle_fail(t, STR("name"), STR("lan"), start_us);
    throttle_clear(t, STR("name"), STR("lan"));
    assert_int_equal(throttle_fail(t, STR("name"), STR("lan"), start_us), 1);
    throttle_free(t);
}

static void going_on_does_not_shorten_the_wait(void **state)
{
    (void)state;
    struct throttle *t = throttle_new();
    for (int i = 0; i < 50; i++)
        throttle_fail(t, STR("name"), STR("lan"), start_us + i * (window_us / 100));
    assert_true(throttle_is_closed(t, STR("name"), STR("lan"), 5, start_us + window_us));
    throttle_free(t);
}

/* Under a flood of other names memory stays as it is, and a name that was just closed stays so. */
static void a_flood_forgets_the_oldest_first(void **state)
{
    (void)state;
    struct throttle *t = throttle_new();
    char name[16];
    for (int i = 0; i < 100000; i++) {
        int len = snprintf(name, sizeof name, "n%d", i);
        throttle_fail(t, STR("name"), (str){ name, (size_t)len }, start_us + i);
    }
    for (int i = 0; i < 5; i++)
        throttle_fail(t, STR("name"), STR("lan"), start_us + 100000);
    for (int i = 0; i < 1000; i++) {
        int len = snprintf(name, sizeof name, "m%d", i);
        throttle_fail(t, STR("name"), (str){ name, (size_t)len }, start_us + 100001 + i);
    }
    assert_true(throttle_is_closed(t, STR("name"), STR("lan"), 5, start_us + 110000));
    throttle_free(t);
}

static void cache_finds_what_was_put_and_drops_an_account(void **state)
{
    (void)state;
    struct cache *c = cache_new();
    struct cached e = { .account = 0 }, got;
    for (int i = 1; i <= 1000; i++) {
        random_bytes(e.digest, sizeof e.digest);
        e.account = i % 2 + 1;
        e.seen_us = i;
        cache_put(c, &e);
        assert_true(cache_get(c, e.digest, &got));
        assert_int_equal(got.account, e.account);
    }
    cache_seen(c, e.digest, 5000, 4000);
    assert_true(cache_get(c, e.digest, &got));
    assert_int_equal(got.seen_us, 5000);
    assert_int_equal(got.stored_us, 4000);
    cache_drop_account(c, 1);
    cache_drop_account(c, 2);
    assert_false(cache_get(c, e.digest, &got));
    cache_put(c, &e); /* a call that read the row before the drop was committed */
    assert_false(cache_get(c, e.digest, &got));
    e.account = 3;
    cache_put(c, &e);
    assert_true(cache_get(c, e.digest, &got));
    cache_drop(c, e.digest);
    cache_put(c, &e);
    assert_false(cache_get(c, e.digest, &got));
    cache_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closes_after_the_limit_and_opens_again),
        cmocka_unit_test(success_clears),
        cmocka_unit_test(going_on_does_not_shorten_the_wait),
        cmocka_unit_test(a_flood_forgets_the_oldest_first),
        cmocka_unit_test(cache_finds_what_was_put_and_drops_an_account),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
