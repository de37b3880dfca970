/* Slices: clamping, searching, cutting, and the refusals of the number readers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/str.h"

static void slices_clamp(void **state)
{
    str s = STR("abcdef");

    (void)state;
    assert_true(str_eq(str_slice(s, 1, 3), STR("bc")));
    assert_true(str_eq(str_slice(s, 4, 99), STR("ef")));
    assert_true(str_eq(str_slice(s, 5, 2), STR("")));
    assert_true(str_eq(str_from(s, 99), STR("")));
    assert_true(str_is_empty(str_slice((str){ 0 }, 0, 5)));
    assert_true(str_is_empty(str_of(NULL)));
    assert_true(str_eq(str_of("xyz"), STR("xyz")));
}

static void order_is_bytewise(void **state)
{
    (void)state;
    assert_true(str_cmp(STR("a"), STR("b")) < 0);
    assert_true(str_cmp(STR("a"), STR("ab")) < 0);
    assert_true(str_cmp(STR("\xc3\xa9"), STR("z")) > 0);
    assert_int_equal(str_cmp((str){ 0 }, STR("")), 0);
    assert_false(str_eq(STR("a"), STR("b")));
    assert_false(str_eq(STR("a"), STR("ab")));
}

static void ends_and_starts(void **state)
{
    (void)state;
    assert_true(str_starts(STR("dossier"), STR("dos")));
    assert_true(str_starts(STR("x"), STR("")));
    assert_false(str_starts(STR("do"), STR("dos")));
    assert_true(str_ends(STR("person.c"), STR(".c")));
    assert_false(str_ends(STR("c"), STR(".c")));
    assert_true(str_eq(str_trim(STR(" \t\r\n a b \v\f")), STR("a b")));
    assert_true(str_is_empty(str_trim(STR("  "))));
}

static void finding(void **state)
{
    (void)state;
    assert_int_equal(str_find_char(STR("a,b"), ','), 1);
    assert_int_equal(str_find_char(STR("ab"), ','), 2);
    assert_int_equal(str_find_char((str){ 0 }, ','), 0);
    assert_int_equal(str_find(STR("banana"), STR("nan")), 2);
    assert_int_equal(str_find(STR("banana"), STR("nab")), 6);
    assert_int_equal(str_find(STR("ba"), STR("")), 0);
    assert_int_equal(str_find((str){ 0 }, STR("a")), 0);
}

static void cutting_keeps_empty_pieces(void **state)
{
    str rest = STR("a,,b,"), piece;

    (void)state;
    assert_true(str_cut(&rest, ',', &piece) && str_eq(piece, STR("a")));
    assert_true(str_cut(&rest, ',', &piece) && str_eq(piece, STR("")));
    assert_true(str_cut(&rest, ',', &piece) && str_eq(piece, STR("b")));
    assert_true(str_cut(&rest, ',', &piece) && str_eq(piece, STR("")));
    assert_false(str_cut(&rest, ',', &piece));
    rest = (str){ 0 };
    assert_false(str_cut(&rest, ',', &piece));
}

static void integers(void **state)
{
    static const char *const refused[] = { "", "-", "+1", " 1", "1 ", "0x1", "1.0", "--1", "9223372036854775808",
                                           "-9223372036854775809", "99999999999999999999", "1\n" };
    int64_t value = 77;

    (void)state;
    assert_true(str_i64(STR("0"), &value) && value == 0);
    assert_true(str_i64(STR("-0"), &value) && value == 0);
    assert_true(str_i64(STR("007"), &value) && value == 7);
    assert_true(str_i64(STR("9223372036854775807"), &value) && value == INT64_MAX);
    assert_true(str_i64(STR("-9223372036854775808"), &value) && value == INT64_MIN);
    value = 77;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_false(str_i64(str_of(refused[i]), &value));
    assert_int_equal(value, 77);
}

static void integers_round_trip(void **state)
{
    struct rng r;
    char text[32];
    int64_t value;

    (void)state;
    rng_seed(&r, 1, 0);
    for (int i = 0; i < 20000; i++) {
        int64_t wanted = (int64_t)(rng_u64(&r) >> rng_below(&r, 64));

        if (rng_chance(&r, 0.5))
            wanted = -wanted;
        snprintf(text, sizeof text, "%lld", (long long)wanted);
        assert_true(str_i64(str_of(text), &value));
        assert_true(value == wanted);
    }
}

static void decimals(void **state)
{
    static const char *const refused[] = { "", "-", ".", "1.", ".5", "1e", "1e+", "inf", "nan", "0x1p3", " 1", "1 ", "+1", "1,5", "1e999",
        "0000000000000000000000000000000000000000000000000000000000000000" };
    double value = 7;

    (void)state;
    assert_true(str_f64(STR("-12.5"), &value) && value == -12.5);
    assert_true(str_f64(STR("3"), &value) && value == 3);
    assert_true(str_f64(STR("1e3"), &value) && value == 1000);
    assert_true(str_f64(STR("25E-2"), &value) && value == 0.25);
    value = 7;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_false(str_f64(str_of(refused[i]), &value));
    assert_true(value == 7);
    assert_true(str_is_digits(STR("0123456789")));
    assert_false(str_is_digits(STR("")));
    assert_false(str_is_digits(STR("12a")));
    assert_false(str_is_digits(STR("/")));
    assert_false(str_is_digits(STR(":")));
}

/* Every length from 0 to 80 and every single changed byte must give another hash, and low bits must spread. */
static void hash_tells_apart(void **state)
{
    char text[80];
    unsigned buckets[256] = { 0 };

    (void)state;
    memset(text, 'a', sizeof text);
    for (size_t len = 1; len <= sizeof text; len++) {
        uint64_t plain = str_hash((str){ text, len });

        assert_true(plain != str_hash((str){ text, len - 1 }));
        for (size_t i = 0; i < len; i++) {
            text[i] ^= 1;
            assert_true(plain != str_hash((str){ text, len }));
            text[i] ^= 1;
        }
    }
    for (int i = 0; i < 25600; i++) {
        int len = snprintf(text, sizeof text, "key %d", i);

        buckets[str_hash((str){ text, (size_t)len }) & 255]++;
    }
    for (int i = 0; i < 256; i++)
        assert_in_range(buckets[i], 50, 150);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices_clamp),   cmocka_unit_test(order_is_bytewise), cmocka_unit_test(ends_and_starts),
        cmocka_unit_test(finding),        cmocka_unit_test(cutting_keeps_empty_pieces),
        cmocka_unit_test(integers),       cmocka_unit_test(integers_round_trip),
        cmocka_unit_test(decimals),       cmocka_unit_test(hash_tells_apart),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
