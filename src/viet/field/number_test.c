/* Numbers as they stand, repaired and refused; made numbers are plausible. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "viet/field/number.h"

static void reads(const char *raw, enum number_kind kind, int64_t number, uint32_t repairs, int zeros)
{
    struct number_reading r;
    bool ok = number_read(str_of(raw), &r);
    if (ok != (kind != NUMBER_NONE) || r.kind != kind || r.number != number || r.repairs != repairs || r.zeros != zeros)
        fail_msg("%s: kind %d number %lld repairs %u zeros %d", raw, r.kind, (long long)r.number, r.repairs, r.zeros);
}

static void reads_whole_numbers(void **state)
{
    (void)state;
    reads("001099000123", NUMBER_PERSONAL, 1099000123, 0, 0);
    reads("096202999999", NUMBER_PERSONAL, 96202999999, 0, 0);
    reads("001 099 000 123", NUMBER_PERSONAL, 1099000123, NUMBER_SEPARATORS, 0);
    reads("'001.099.000.123", NUMBER_PERSONAL, 1099000123, NUMBER_SEPARATORS, 0);
    reads("\u00A0001099000123\u200B", NUMBER_PERSONAL, 1099000123, 0, 0);
    reads("００１０９９０００１２３", NUMBER_PERSONAL, 1099000123, 0, 0);
    reads("999099000123", NUMBER_PERSONAL, 999099000123, 0, 0); /* plausible or not is another question */
}

static void suggests_repairs(void **state)
{
    (void)state;
    reads("1099000123", NUMBER_SUGGESTED, 1099000123, NUMBER_ZEROS, 2);
    reads("79099000123", NUMBER_SUGGESTED, 79099000123, NUMBER_ZEROS, 1);
    reads("1099000123.0", NUMBER_SUGGESTED, 1099000123, NUMBER_ZEROS | NUMBER_FRACTION, 2);
    reads("OO1O99OOO123", NUMBER_NONE, 0, 0, 0); /* six letters: no longer a number */
    reads("0O1099000l23", NUMBER_SUGGESTED, 1099000123, NUMBER_LETTERS, 0);
    reads("001099000I2S", NUMBER_SUGGESTED, 1099000125, NUMBER_LETTERS, 0);
}

static void reads_old_cards(void **state)
{
    (void)state;
    reads("012345678", NUMBER_OLD, 12345678, 0, 0);
    reads("12345678", NUMBER_OLD, 12345678, NUMBER_ZEROS, 1);
    reads("271 234 567", NUMBER_OLD, 271234567, NUMBER_SEPARATORS, 0);
}

static void refuses_others(void **state)
{
    (void)state;
    reads("", NUMBER_NONE, 0, 0, 0);
    reads("Nguyễn Văn An", NUMBER_NONE, 0, 0, 0);
    reads("1234567", NUMBER_NONE, 0, 0, 0);
    reads("0010990001234", NUMBER_NONE, 0, 0, 0);
    reads("0010990001234567", NUMBER_NONE, 0, 0, 0);
    reads("000000000000", NUMBER_NONE, 0, 0, 0);
    reads("000000000", NUMBER_NONE, 0, 0, 0);
    reads("3099000123", NUMBER_NONE, 0, 0, 0); /* no province 003 */
    reads("1.09099E+10", NUMBER_NONE, 0, NUMBER_ROUNDED, 0);
    reads("1E10", NUMBER_NONE, 0, NUMBER_ROUNDED, 0);
    reads("-", NUMBER_NONE, 0, 0, 0);
    reads("001099000123 001099000124 001099000125 001099000126", NUMBER_NONE, 0, 0, 0);
}

static void warns_with_reasons(void **state)
{
    const int64_t woman_of_1999 = 1199000123, man_of_2002 = 79202000123;
    day born_1999 = { 19990304 }, born_2002 = { 20020000 };
    (void)state;
    assert_int_equal(number_plausibility(woman_of_1999, born_1999, SEX_FEMALE), 0);
    assert_int_equal(number_plausibility(man_of_2002, born_2002, SEX_MALE), 0);
    assert_int_equal(number_plausibility(man_of_2002, (day){ 0 }, SEX_UNKNOWN), 0);
    assert_int_equal(number_plausibility(woman_of_1999, born_1999, SEX_MALE), NUMBER_SEX_DIFFERS);
    assert_int_equal(number_plausibility(woman_of_1999, born_2002, SEX_FEMALE), NUMBER_YEAR_DIFFERS);
    assert_int_equal(number_plausibility(woman_of_1999, (day){ 18990000 }, SEX_FEMALE), NUMBER_CENTURY_DIFFERS);
    assert_int_equal(number_plausibility(woman_of_1999, born_1999, SEX_OTHER), 0);
    assert_int_equal(number_plausibility(3099000123, (day){ 0 }, SEX_UNKNOWN), NUMBER_PREFIX_UNKNOWN);
    assert_int_equal(number_plausibility(1099000000, (day){ 0 }, SEX_UNKNOWN), NUMBER_TAIL_PATTERN);
    assert_int_equal(number_plausibility(1099123456, (day){ 0 }, SEX_UNKNOWN), NUMBER_TAIL_PATTERN);
    assert_int_equal(number_plausibility(12345678, (day){ 0 }, SEX_UNKNOWN), NUMBER_NOT_TWELVE);
    assert_int_equal(number_plausibility(NUMBER_LIMIT, (day){ 0 }, SEX_UNKNOWN), NUMBER_NOT_TWELVE);
    assert_int_equal(number_plausibility(-1, (day){ 0 }, SEX_UNKNOWN), NUMBER_NOT_TWELVE);
    for (uint32_t bit = 1; bit <= NUMBER_TAIL_PATTERN; bit <<= 1)
        assert_non_null(number_warning_name(bit));
    assert_null(number_warning_name(0));
    assert_null(number_warning_name(NUMBER_SEX_DIFFERS | NUMBER_YEAR_DIFFERS));
}

static void knows_provinces(void **state)
{
    int all[70];
    (void)state;
    assert_int_equal(number_prefixes(all, 70), 63);
    assert_int_equal(all[0], 1);
    assert_int_equal(all[62], 96);
    for (int i = 1; i < 63; i++)
        assert_true(all[i] > all[i - 1] && number_prefix_is_known(all[i]));
    assert_string_equal(number_province(79202000123), "Hồ Chí Minh");
    assert_string_equal(number_province(2099000123), "Hà Giang"); /* dissolved, valid for ever */
    assert_null(number_province(3099000123));
}

/* What is made is plausible for what it was made of, and survives writing and losing its zeros. */
static void round_trips(void **state)
{
    struct rng r;
    int prefixes[63];
    (void)state;
    rng_seed(&r, 5, 5);
    number_prefixes(prefixes, 63);
    for (int round = 0; round < 5000; round++) {
        int year = 1900 + (int)rng_below(&r, 500);
        enum sex sex = rng_chance(&r, 0.5) ? SEX_MALE : SEX_FEMALE;
        int64_t number;
        char text[13];
        struct number_reading read;
        assert_true(number_make(prefixes[rng_below(&r, 63)], sex, year, (int)rng_below(&r, 1000000), &number));
        assert_int_equal(number_plausibility(number, (day){ year * 10000 }, sex) & ~(uint32_t)NUMBER_TAIL_PATTERN, 0);
        assert_int_equal(number_year(number), year);
        assert_int_equal(number_sex(number), sex);
        number_format(number, text);
        assert_true(number_read(str_of(text), &read));
        assert_int_equal(read.number, number);
        assert_int_equal(read.kind, NUMBER_PERSONAL);
        assert_true(number_read(str_of(text + strspn(text, "0")), &read));
        assert_int_equal(read.number, number);
        assert_int_equal(read.kind, NUMBER_SUGGESTED);
    }
}

static void makes_nothing_implausible(void **state)
{
    int64_t n;
    (void)state;
    assert_false(number_make(3, SEX_MALE, 1990, 1, &n));
    assert_false(number_make(1, SEX_OTHER, 1990, 1, &n));
    assert_false(number_make(1, SEX_MALE, 1899, 1, &n));
    assert_false(number_make(1, SEX_MALE, 2400, 1, &n));
    assert_false(number_make(1, SEX_MALE, 1990, 1000000, &n));
    assert_false(number_make(1, SEX_MALE, 1990, -1, &n));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_whole_numbers), cmocka_unit_test(suggests_repairs),  cmocka_unit_test(reads_old_cards),
        cmocka_unit_test(refuses_others),      cmocka_unit_test(warns_with_reasons), cmocka_unit_test(knows_provinces),
        cmocka_unit_test(round_trips),         cmocka_unit_test(makes_nothing_implausible),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
