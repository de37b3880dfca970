/* Rate limits: bursts, refill, independence of keys, bounded memory without escape, a clock that goes back. */
#include "net/rate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define START_US INT64_C(1795000000000000)

static int fresh_clock(void **state)
{
    (void)state;
    random_seed(11);
    clock_set_us(START_US);
    return 0;
}

static int taken(struct rate *r, str key, int tries)
{
    int count = 0;

    for (int i = 0; i < tries; i++)
        count += rate_take(r, key, NULL);
    return count;
}

static void burst_then_refill(void **state)
{
    struct rate *r = rate_new(100, 60, 5);
    int64_t retry_s;

    (void)state;
    assert_int_equal(taken(r, STR("a"), 100), 5);
    assert_false(rate_take(r, STR("a"), &retry_s));
    assert_int_equal(retry_s, 1);
    clock_advance_us(999999);
    assert_int_equal(taken(r, STR("a"), 10), 0);
    clock_advance_us(1);
    assert_int_equal(taken(r, STR("a"), 10), 1);
    clock_advance_us(3000000);
    assert_int_equal(taken(r, STR("a"), 10), 3);
    clock_advance_us(INT64_C(3600) * 1000000);
    assert_int_equal(taken(r, STR("a"), 100), 5);
    rate_free(r);
}

static void keys_are_apart(void **state)
{
    struct rate *r = rate_new(1000, 60, 2);

    (void)state;
    assert_int_equal(taken(r, STR("a"), 10), 2);
    assert_int_equal(taken(r, STR("b"), 10), 2);
    assert_int_equal(taken(r, STR(""), 10), 2);
    assert_int_equal(taken(r, STR("192.0.2.1"), 10), 2);
    assert_int_equal(taken(r, STR("192.0.2.10"), 10), 2);
    rate_free(r);
}

static void looking_takes_nothing(void **state)
{
    struct rate *r = rate_new(100, 60, 1);

    (void)state;
    for (int i = 0; i < 10; i++)
        assert_false(rate_is_empty(r, STR("a")));
    assert_true(rate_take(r, STR("a"), NULL));
    assert_true(rate_is_empty(r, STR("a")));
    rate_free(r);
}

/* Someone who has used up a bucket cannot wash it out of the table with a million other keys. */
static void flooding_frees_nobody(void **state)
{
    struct rate *r = rate_new(64, 60, 10);
    char key[16];

    (void)state;
    assert_int_equal(taken(r, STR("victim"), 20), 10);
    for (int i = 0; i < 100000; i++) {
        memcpy(key, &i, sizeof i);
        memcpy(key + 4, "flooding", 8);
        rate_take(r, (str){ key, 12 }, NULL);
    }
    assert_int_equal(taken(r, STR("victim"), 20), 0);
    rate_free(r);
}

/* Nor does taking turns with more keys than the table holds: who takes over a place takes over its debt. */
static void taking_turns_frees_nobody(void **state)
{
    struct rate *r = rate_new(8, 60, 10);
    int total = 0;
    char key = 0;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        key = (char)(i % 100);
        total += rate_take(r, (str){ &key, 1 }, NULL);
    }
    assert_int_equal(total, 80);
    rate_free(r);
}

static void clock_set_back(void **state)
{
    struct rate *r = rate_new(100, 60, 3);

    (void)state;
    assert_int_equal(taken(r, STR("a"), 10), 3);
    clock_set_us(START_US - INT64_C(86400) * 1000000);
    assert_int_equal(taken(r, STR("a"), 10), 0);
    clock_advance_us(1000000);
    assert_int_equal(taken(r, STR("a"), 10), 1);
    rate_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(burst_then_refill, fresh_clock),     cmocka_unit_test_setup(keys_are_apart, fresh_clock),
        cmocka_unit_test_setup(looking_takes_nothing, fresh_clock), cmocka_unit_test_setup(flooding_frees_nobody, fresh_clock),
        cmocka_unit_test_setup(taking_turns_frees_nobody, fresh_clock), cmocka_unit_test_setup(clock_set_back, fresh_clock),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
