/* Metrics: sums over threads, the text format, and what is refused. */
#include "base/metric.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const char *const words[] = { "red", "blue", "a\"b\\c" };
static const char *const sizes[] = { "small", "large" };

METRIC_DEFINE(plain, METRIC_COUNTER, "test_plain_total", "Plain.", { { NULL, NULL, 0 } })
METRIC_DEFINE(pairs, METRIC_COUNTER, "test_pairs_total", "Pairs.", { { "colour", words, 3 }, { "size", sizes, 2 } })
METRIC_DEFINE(level, METRIC_GAUGE, "test_level", "Level.", { { NULL, NULL, 0 } })
METRIC_DEFINE(times, METRIC_HISTOGRAM, "test_times_seconds", "Times.", { { "size", sizes, 2 } })

static void *count_many(void *unused)
{
    for (int i = 0; i < 10000; i++)
        metric_add(&pairs, 1, 1, 1);
    return unused;
}

static void threads_lose_nothing(void **state)
{
    pthread_t t[20]; /* more threads than shards */

    (void)state;
    for (int i = 0; i < 20; i++)
        assert_int_equal(pthread_create(&t[i], NULL, count_many, NULL), 0);
    for (int i = 0; i < 20; i++)
        pthread_join(t[i], NULL);
    assert_int_equal(metric_value(&pairs, 1, 1), 200000);
    assert_int_equal(metric_value(&pairs, 1, 0), 0);
    assert_int_equal(metric_value(&pairs, 2, 1), 0);
}

static bool exposed(const char *line)
{
    struct buf out;
    bool found;

    buf_init(&out, (size_t)1 << 20);
    metric_expose(&out);
    assert_true(status_ok(buf_check(&out)));
    found = str_find(buf_str(&out), str_of(line)) < out.len;
    buf_done(&out);
    return found;
}

static void text_format(void **state)
{
    (void)state;
    METRIC_ADD(plain, 7);
    metric_add(&pairs, 2, 0, 3);
    metric_set(&level, 0, 0, -4);
    assert_true(exposed("# HELP test_plain_total Plain.\n# TYPE test_plain_total counter\ntest_plain_total 7\n"));
    assert_true(exposed("\ntest_pairs_total{colour=\"a\\\"b\\\\c\",size=\"small\"} 3\n"));
    assert_true(exposed("\n# TYPE test_level gauge\ntest_level -4\n"));
    assert_false(exposed("test_level 4"));
}

static void histogram_is_cumulative(void **state)
{
    (void)state;
    metric_observe_us(&times, 1, 0, 50);
    metric_observe_us(&times, 1, 0, 51);
    metric_observe_us(&times, 1, 0, 20000000);
    assert_true(exposed("\ntest_times_seconds_bucket{size=\"large\",le=\"0.000050\"} 1\n"));
    assert_true(exposed("\ntest_times_seconds_bucket{size=\"large\",le=\"0.000100\"} 2\n"));
    assert_true(exposed("\ntest_times_seconds_bucket{size=\"large\",le=\"10.000000\"} 2\n"));
    assert_true(exposed("\ntest_times_seconds_bucket{size=\"large\",le=\"+Inf\"} 3\n"
                        "test_times_seconds_sum{size=\"large\"} 20.000101\ntest_times_seconds_count{size=\"large\"} 3\n"));
    assert_true(exposed("\ntest_times_seconds_count{size=\"small\"} 0\n"));
    assert_int_equal(metric_value(&times, 1, 0), 3);
}

static void found_by_its_series(void **state)
{
    int64_t value = -1;

    (void)state;
    metric_add(&pairs, 0, 1, 5);
    assert_true(metric_find(STR("test_pairs_total{colour=\"red\",size=\"large\"}"), &value));
    assert_int_equal(value, 5);
    assert_false(metric_find(STR("test_pairs_total{colour=\"red\"}"), &value));
    assert_false(metric_find(STR("test_unknown"), &value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_lose_nothing),
        cmocka_unit_test(text_format),
        cmocka_unit_test(histogram_is_cumulative),
        cmocka_unit_test(found_by_its_series),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
