/* Likeness of texts: known distances, and the laws that every distance keeps. */
#include "match/score/similar.h"

#include "base/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int edits(const char *a, const char *b, int max) { return similar_edits(str_of(a), str_of(b), max); }

static void test_edits(void **state)
{
    (void)state;
    assert_int_equal(edits("", "", 2), 0);
    assert_int_equal(edits("an", "an", 2), 0);
    assert_int_equal(edits("", "an", 2), 2);
    assert_int_equal(edits("nguyen", "ngyuen", 2), 1);
    assert_int_equal(edits("nguyen", "nguyeen", 2), 1);
    assert_int_equal(edits("nguyen", "nguye", 2), 1);
    assert_int_equal(edits("nguyen", "nguyem", 2), 1);
    assert_int_equal(edits("ca", "abc", 9), 3); /* optimal alignment: no edit inside a swap */
    assert_int_equal(edits("kitten", "sitting", 9), 3);
    assert_int_equal(edits("kitten", "sitting", 2), 3);
    assert_int_equal(edits("abcdefgh", "zyxwvuts", 2), 3);
}

static int table_edits(str a, str b)
{
    int d[40][40];

    for (size_t i = 0; i <= a.len; i++)
        for (size_t j = 0; j <= b.len; j++) {
            int best = i == 0 ? (int)j : j == 0 ? (int)i : 99;

            if (i && j) {
                int same = a.ptr[i - 1] == b.ptr[j - 1];

                best = d[i - 1][j - 1] + !same;
                best = d[i - 1][j] + 1 < best ? d[i - 1][j] + 1 : best;
                best = d[i][j - 1] + 1 < best ? d[i][j - 1] + 1 : best;
                if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] && a.ptr[i - 2] == b.ptr[j - 1] && d[i - 2][j - 2] + 1 < best)
                    best = d[i - 2][j - 2] + 1;
            }
            d[i][j] = best;
        }
    return d[a.len][b.len];
}

static void test_edits_as_by_table(void **state)
{
    struct rng r;

    (void)state;
    rng_seed(&r, 5, 1);
    for (int n = 0; n < 20000; n++) {
        char one[32], other[32];
        str a = { one, rng_below(&r, 20) }, b = { other, rng_below(&r, 20) };
        int max = (int)rng_below(&r, 6), expected;

        for (int i = 0; i < 32; i++) {
            one[i] = (char)('a' + rng_below(&r, 3));
            other[i] = (char)('a' + rng_below(&r, 3));
        }
        expected = table_edits(a, b);
        assert_int_equal(similar_edits(a, b, max), expected > max ? max + 1 : expected);
        assert_int_equal(similar_edits(b, a, max), similar_edits(a, b, max));
        assert_true(similar_jaro(a, b) >= 0 && similar_jaro(a, b) <= 1);
        assert_true((similar_jaro(a, b) > .9999) == str_eq(a, b));
    }
}

static void test_jaro(void **state)
{
    (void)state;
    assert_true(similar_jaro(STR("martha"), STR("marhta")) > .961 && similar_jaro(STR("martha"), STR("marhta")) < .962);
    assert_true(similar_jaro(STR("dixon"), STR("dicksonx")) > .813 && similar_jaro(STR("dixon"), STR("dicksonx")) < .814);
    assert_true(similar_jaro(STR("abc"), STR("xyz")) == 0);
    assert_true(similar_jaro(STR(""), STR("xyz")) == 0);
}

static void test_compact(void **state)
{
    (void)state;
    assert_true(similar_compact(STR("elk i"), STR("elki")));
    assert_true(similar_compact(STR("o'brien-smith"), STR("obrien smith")));
    assert_false(similar_compact(STR("elk i"), STR("elks")));
    assert_false(similar_compact(STR("elk"), STR("elki")));
}

static void test_digits(void **state)
{
    (void)state;
    assert_int_equal(similar_digits(12, 4, 12, 2, 5), 2); /* "0012" and "12" */
    assert_int_equal(similar_digits(123456, 6, 124356, 6, 2), 1);
    assert_int_equal(similar_digits(123456, 6, 123956, 6, 2), 1);
    assert_int_equal(similar_digits(123456, 6, 654321, 6, 2), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edits),   cmocka_unit_test(test_edits_as_by_table), cmocka_unit_test(test_jaro),
        cmocka_unit_test(test_compact), cmocka_unit_test(test_digits),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
