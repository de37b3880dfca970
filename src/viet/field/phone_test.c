/* Numbers in every way of writing; others are refused. Synthetic numbers: tails of one digit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "viet/field/phone.h"

static void reads(const char *raw, const char *digits, enum phone_kind kind, uint32_t repairs)
{
    struct phone_reading r;
    if (!phone_read(str_of(raw), &r) || r.kind != kind || r.repairs != repairs)
        fail_msg("%s: %s kind %d repairs %u", raw, r.digits, r.kind, r.repairs);
    assert_string_equal(r.digits, digits);
}

static void reads_numbers(void **state)
{
    (void)state;
    reads("0912000000", "0912000000", PHONE_MOBILE, 0);
    reads("0912.000.000", "0912000000", PHONE_MOBILE, PHONE_SEPARATORS);
    reads("+84912000000", "0912000000", PHONE_MOBILE, PHONE_COUNTRY_CODE);
    reads("+84 (0)912 000 000", "0912000000", PHONE_MOBILE, PHONE_COUNTRY_CODE | PHONE_SEPARATORS);
    reads("84912000000", "0912000000", PHONE_MOBILE, PHONE_COUNTRY_CODE);
    reads("0084912000000", "0912000000", PHONE_MOBILE, PHONE_COUNTRY_CODE);
    reads("912000000", "0912000000", PHONE_MOBILE, PHONE_ZERO);
    reads("01680000000", "0380000000", PHONE_MOBILE, PHONE_OLD_PREFIX);
    reads("1680000000", "0380000000", PHONE_MOBILE, PHONE_ZERO | PHONE_OLD_PREFIX);
    reads("02430000000", "02430000000", PHONE_LANDLINE, 0);
    reads("2043000000", "02043000000", PHONE_LANDLINE, PHONE_ZERO);
    reads("０９１２０００００0", "0912000000", PHONE_MOBILE, 0);
}

static void reads_old_area_codes(void **state)
{
    (void)state;
    reads("043 9000000", "02439000000", PHONE_LANDLINE, PHONE_OLD_AREA | PHONE_SEPARATORS);
    reads("0511 3000000", "02363000000", PHONE_LANDLINE, PHONE_OLD_AREA | PHONE_SEPARATORS);
    reads("0203000000", "02143000000", PHONE_LANDLINE, PHONE_OLD_AREA);
    reads("+84 4 39000000", "02439000000", PHONE_LANDLINE, PHONE_COUNTRY_CODE | PHONE_OLD_AREA | PHONE_SEPARATORS);
    reads("02113000000", "02113000000", PHONE_LANDLINE, 0);
    /* What is a mobile number today stays one, although it was Nghệ An's landline once. */
    reads("0383000000", "0383000000", PHONE_MOBILE, 0);
}

/* Every prefix of before 2018 comes back as the one that replaced it. */
static void old_forms_read_as_new_ones(void **state)
{
    size_t tried = 0;
    (void)state;
    for (int prefix = 0; prefix < 1000; prefix++) {
        char digits[11], old[12];
        struct phone_reading r;
        snprintf(digits, sizeof digits, "%03d1234567", prefix);
        if (!phone_before_2018(str_of(digits), old))
            continue;
        tried++;
        assert_true(phone_read(str_of(old), &r) && r.repairs == PHONE_OLD_PREFIX);
        assert_string_equal(r.digits, digits);
    }
    assert_true(tried >= 20);
    assert_false(phone_before_2018(STR("0912345678"), (char[12]){ 0 }));
}

static void refuses_others(void **state)
{
    static const char *const bad[] = { "",          "113",        "19001234", "0112000000", "091200000", "09120000000",
                                       "+12025550100", "091200000a", "0012",     "no",        "0912000000 / 0913000000",
                                       "01300000000", "84", "02173000000", "0511300000", "000000000000000000000000" };
    struct phone_reading r;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (phone_read(str_of(bad[i]), &r))
            fail_msg("%s read as %s", bad[i], r.digits);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(reads_numbers), cmocka_unit_test(reads_old_area_codes), cmocka_unit_test(old_forms_read_as_new_ones), cmocka_unit_test(refuses_others) };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
