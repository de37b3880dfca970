/* Days and digits in the forms of lists; what has no sense is not known. */
#include "match/set/cell.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const day today = { 20260630 };

static uint32_t read_day(const char *cell)
{
    struct link_day_tally tally = { 0 };

    return link_day_settle(link_day_read(str_of(cell), today, &tally), false);
}

static void test_days(void **state)
{
    static const char *const same[] = { "1990-02-03", "19900203", "03/02/1990", "3/2/1990", "3.2.1990", "03-02-1990", "1990/02/03", "3/2/90", "03021990" };

    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        assert_int_equal(read_day(same[i]), link_day(1990, 2, 3));
    assert_int_equal(read_day("1990"), link_day(1990, 0, 0));
    assert_int_equal(read_day("1685-03-21"), link_day(1685, 3, 21));
    assert_int_equal(read_day("00/00/1950"), link_day(1950, 0, 0));
    assert_int_equal(read_day("02/25/1990"), link_day(1990, 2, 25));
    assert_int_equal(read_day("30/02/1990"), 0);
    assert_int_equal(read_day("32/01/1990"), 0);
    assert_int_equal(read_day("0001-01-01"), 0);
    assert_int_equal(read_day("someday"), 0);
    assert_int_equal(read_day(""), 0);
}

static void test_day_order(void **state)
{
    struct link_day_tally tally = { 0 };
    uint32_t d = link_day_read(STR("1/2/1990"), today, &tally), sure = link_day_read(STR("1990-01-02"), today, &tally);

    (void)state;
    assert_false(link_day_month_first(&tally));
    for (int i = 0; i < 5; i++)
        assert_int_equal(link_day_settle(link_day_read(STR("1/25/1990"), today, &tally), true), link_day(1990, 1, 25));
    assert_true(link_day_month_first(&tally));
    assert_int_equal(link_day_settle(d, false), link_day(1990, 2, 1));
    assert_int_equal(link_day_settle(d, true), link_day(1990, 1, 2));
    assert_int_equal(link_day_settle(sure, true), link_day(1990, 1, 2));
    for (int i = 0; i < 2; i++)
        (void)link_day_read(STR("25/1/1990"), today, &tally); /* a column that contradicts itself */
    assert_false(link_day_month_first(&tally));
}

static void test_digits(void **state)
{
    (void)state;
    assert_true(link_digits_read(STR("012"), LINK_ID_NUMBER) == link_digits(3, 12));
    assert_true(link_digits_read(STR("a-0 1x2"), LINK_ID_NUMBER) == link_digits(3, 12));
    assert_true(link_digits_read(STR("000"), LINK_ID_NUMBER) == 0);
    assert_true(link_digits_read(STR("none"), LINK_ID_NUMBER) == 0);
    assert_true(link_digits_read(STR(""), LINK_PERSON_NUMBER) == 0);
    assert_true(link_digits_read(STR("99123456789012345678"), LINK_ID_NUMBER) == link_digits(16, 3456789012345678));
    assert_true(link_digits_read(STR("001090000012"), LINK_PERSON_NUMBER) == link_digits(12, 1090000012));
    assert_true(link_digits_read(STR("1090000012"), LINK_PERSON_NUMBER) == link_digits(12, 1090000012)); /* zeros lost */
    assert_true(link_digits_read(STR("+84 912 345 678"), LINK_PHONE) == link_digits(10, 912345678));
    assert_true(link_digits_read(STR("0912.345.678"), LINK_PHONE) == link_digits(10, 912345678));
    assert_true(link_digits_read(STR("12345"), LINK_PHONE) == link_digits(5, 12345));
}

static void test_parts(void **state)
{
    (void)state;
    assert_int_equal(link_part_read(STR(" 07 "), 2), 7);
    assert_int_equal(link_part_read(STR("7.0"), 2), 7);
    assert_int_equal(link_part_read(STR("123"), 2), -1);
    assert_int_equal(link_part_read(STR(""), 2), -1);
    assert_int_equal(link_part_read(STR("-1"), 2), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_days), cmocka_unit_test(test_day_order), cmocka_unit_test(test_digits), cmocka_unit_test(test_parts) };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
