/* The clock and the random source: freezing, RFC 3339, reproducible streams, fork, and the spread of the generator. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"

static void freezing(void **state)
{
    int64_t before = clock_now_us();

    (void)state;
    assert_true(before > 1700000000000000);
    clock_set_us(5);
    assert_int_equal(clock_now_us(), 5);
    clock_advance_us(-10);
    assert_int_equal(clock_now_us(), -5);
    assert_true(clock_mono_us() > 0);
    clock_release();
    assert_true(clock_now_us() >= before);
    clock_advance_us(3600000000);
    assert_true(clock_now_us() >= before + 3600000000);
    assert_int_equal(clock_now_us(), clock_now_us());
    clock_release();
}

static void *advance_often(void *unused)
{
    for (int i = 0; i < 10000; i++)
        clock_advance_us(1);
    return unused;
}

static void advancing_from_many_threads(void **state)
{
    pthread_t threads[4];

    (void)state;
    clock_set_us(0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, advance_often, NULL), 0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(clock_now_us(), 40000);
    clock_release();
}

static void rfc3339(void **state)
{
    static const char *const refused[] = { "", "2026-11-21", "2026-11-21T00:00:00", "2026-11-21 00:00:00Z", "2026-11-21T24:00:00Z",
        "2026-11-21T00:60:00Z", "2026-12-31T23:59:60Z", "2026-02-29T00:00:00Z", "2026-11-21T00:00:00.Z", "2026-11-21T00:00:00+0700",
        "2026-11-21T00:00:00+24:00", "2026-11-21T00:00:00+07:60", "2026-11-21T0:00:00Z ", "2026-11T00:00:00.000Z", "2026-11-21T00:00:00ZZ",
        "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "2026-11-21T00-00:00Z", "2026-11-21T00:00:00+07:0", "2026-11-21T00:00:00+07:000",
        "2026-11-21T00:00:00 07:00", "2026-11-21T00:00:00+07.00", "2026-11-21T00:00:00+-7:00", "2026-11-21T00:00:00+07:-1", "2026-11-21T00:00:00", "2026-11-21T00:00:00.5+7:00", "2026-11-21T00:00:-1Z" };
    char text[28];
    int64_t us = 7;

    (void)state;
    clock_format(0, text);
    assert_string_equal(text, "1970-01-01T00:00:00.000000Z");
    clock_format(-1, text);
    assert_string_equal(text, "1969-12-31T23:59:59.999999Z");
    clock_format(INT64_MIN, text);
    assert_string_equal(text, "0001-01-01T00:00:00.000000Z");
    clock_format(INT64_MAX, text);
    assert_string_equal(text, "9999-12-31T23:59:59.999999Z");
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_false(clock_parse(str_of(refused[i]), &us));
    assert_int_equal(us, 7);
    assert_true(clock_parse(STR("1970-01-01t07:00:00.5+07:00"), &us) && us == 500000);
    assert_true(clock_parse(STR("1969-12-31T23:00:00.1234569-01:00"), &us) && us == 123456);
    assert_true(clock_parse(STR("1970-01-01T23:59:59+23:59"), &us) && us == 59000000);
    assert_true(clock_parse(STR("1970-01-01T00:00:00-00:00"), &us) && us == 0);
    assert_true(clock_parse(STR("1970-01-02T00:00:00z"), &us) && us == 86400000000);
}

static void rfc3339_round_trips(void **state)
{
    struct rng r;
    char text[28];
    int64_t back;

    (void)state;
    rng_seed(&r, 6, 0);
    for (int i = 0; i < 20000; i++) {
        int64_t us = (int64_t)(rng_u64(&r) % 315537897600000000u) - 62135596800000000;

        clock_format(us, text);
        assert_true(clock_parse(str_of(text), &back));
        assert_int_equal(back, us);
    }
}

static void real_bytes_differ(void **state)
{
    unsigned char first[4000], second[4000], zero[64] = { 0 };

    (void)state;
    random_bytes(first, sizeof first);
    random_bytes(second, sizeof second);
    assert_memory_not_equal(first, second, sizeof first);
    for (int i = 0; i < 1000; i++) {
        random_bytes(first, 33);
        random_bytes(second, 33);
        assert_memory_not_equal(first, second, 33);
        assert_memory_not_equal(first, zero, 33);
    }
    random_bytes(NULL, 0);
}

/* Parent and child hold a copy of the same lot after a fork and must not hand out the same bytes. */
static void fork_does_not_repeat(void **state)
{
    int ends[2], how;
    uint64_t child_value, value;

    (void)state;
    random_u64();
    assert_int_equal(pipe(ends), 0);

    pid_t child = fork();

    value = random_u64();
    if (child == 0)
        _exit(write(ends[1], &value, sizeof value) == (ssize_t)sizeof value ? 0 : 1);
    assert_int_equal(read(ends[0], &child_value, sizeof child_value), sizeof child_value);
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(value != child_value);
    close(ends[0]);
    close(ends[1]);
}

static void streams_of_rng(void **state)
{
    struct rng a, b, c;
    unsigned counts[7] = { 0 }, hits = 0;

    (void)state;
    rng_seed(&a, 7, 0);
    rng_seed(&b, 7, 0);
    rng_seed(&c, 7, 1);
    for (int i = 0; i < 70000; i++) {
        uint64_t v = rng_u64(&a);

        assert_true(v == rng_u64(&b));
        assert_true(v != rng_u64(&c));
        counts[rng_below(&a, 7)]++;
        rng_below(&b, 7);

        double u = rng_unit(&c);

        assert_true(u >= 0 && u < 1);
        hits += rng_chance(&c, 0.25);
    }
    for (int i = 0; i < 7; i++)
        assert_in_range(counts[i], 9500, 10500);
    assert_in_range(hits, 16800, 18200);
    assert_int_equal(rng_below(&a, 1), 0);
    assert_false(rng_chance(&a, 0));
    assert_true(rng_chance(&a, 1));
}

/* Runs last: a seeded source stays seeded. */
static void seeded_bytes_repeat(void **state)
{
    unsigned char first[100], second[100];

    (void)state;
    random_seed(9);
    random_bytes(first, sizeof first);
    uint64_t next = random_u64();
    random_seed(9);
    random_bytes(second, sizeof second);
    assert_memory_equal(first, second, sizeof first);
    assert_true(next == random_u64());
    random_seed(10);
    random_bytes(second, sizeof second);
    assert_memory_not_equal(first, second, sizeof first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(freezing),             cmocka_unit_test(advancing_from_many_threads), cmocka_unit_test(rfc3339),
        cmocka_unit_test(rfc3339_round_trips),  cmocka_unit_test(real_bytes_differ),
        cmocka_unit_test(fork_does_not_repeat), cmocka_unit_test(streams_of_rng),
        cmocka_unit_test(seeded_bytes_repeat),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
