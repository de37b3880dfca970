/* Holidays of known years, and the rule of Đ111 over eighty of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "viet/calendar/holiday.h"

/* Bộ luật Lao động 2019 Đ112, with the usual choice of days round Tết and 2 September. */
static const struct holiday_rule law[] = {
    { HOLIDAY_SOLAR, 1, 1, 0, 1, 2021, 0 },  { HOLIDAY_LUNAR, 1, 1, 1, 5, 2021, 0 }, { HOLIDAY_LUNAR, 3, 10, 0, 1, 2021, 0 },
    { HOLIDAY_SOLAR, 4, 30, 0, 1, 2021, 0 }, { HOLIDAY_SOLAR, 5, 1, 0, 1, 2021, 0 }, { HOLIDAY_SOLAR, 9, 2, 1, 2, 2021, 0 },
};
enum { RULES = sizeof law / sizeof *law };
static const uint8_t weekend = REST_DAY(6) | REST_DAY(7);

static void year_is(int year, const int *expected, size_t count)
{
    day got[32];
    assert_int_equal(holiday_days(law, RULES, year, weekend, got, 32), count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(got[i].ymd, expected[i]);
}

static void computes_years(void **state)
{
    /* 2024: Tết 9-13 February (Saturday and Sunday move to the 14th and 15th… of the same stretch) */
    static const int of_2024[] = { 20240101, 20240209, 20240210, 20240211, 20240212, 20240213, 20240214, 20240215,
                                   20240418, 20240430, 20240501, 20240901, 20240902, 20240903 };
    static const int of_2026[] = { 20260101, 20260216, 20260217, 20260218, 20260219, 20260220, 20260426, 20260427,
                                   20260430, 20260501, 20260901, 20260902 };
    (void)state;
    year_is(2024, of_2024, 14);
    year_is(2026, of_2026, 12);
    year_is(2020, NULL, 0); /* before these rules */
}

static void counts_beyond_the_room(void **state)
{
    day one[2] = { { 0 }, { 7 } };
    (void)state;
    assert_int_equal(holiday_days(law, RULES, 2026, weekend, one, 1), 12);
    assert_int_equal(one[0].ymd, 20260101);
    assert_int_equal(one[1].ymd, 7);
    assert_int_equal(holiday_days(law, 0, 2026, weekend, one, 1), 0);
}

static void refuses_impossible_rules(void **state)
{
    const struct holiday_rule none = { HOLIDAY_SOLAR, 2, 30, 0, 1, 0, 0 }, over = { HOLIDAY_SOLAR, 1, 1, 0, 1, 0, 2010 };
    day d;
    (void)state;
    assert_false(holiday_first_day(&none, 2026, &d));
    assert_false(holiday_first_day(&over, 2026, &d));
    assert_true(holiday_first_day(&over, 2010, &d));
    assert_false(holiday_first_day(&law[1], 2200, &d)); /* no lunar calendar there */
}

/* Each holiday on a weekly rest day gives one more day off, all off days stand once, in order. */
static void compensates_each_rest_day(void **state)
{
    (void)state;
    for (int year = 2021; year <= 2100; year++) {
        day with[32], without[32];
        size_t moved = holiday_days(law, RULES, year, weekend, with, 32), plain = holiday_days(law, RULES, year, 0, without, 32);
        size_t resting = 0;
        for (size_t i = 0; i < plain; i++)
            resting += day_weekday(without[i]) >= 6;
        assert_int_equal(moved, plain + resting);
        for (size_t i = 1; i < moved; i++)
            assert_true(with[i].ymd > with[i - 1].ymd);
    }
}

static void never_loops_without_working_days(void **state)
{
    day d[32];
    (void)state;
    assert_in_range(holiday_days(law, 1, 2026, 0xFE, d, 32), 1, 2); /* all seven days are rest */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(computes_years),
        cmocka_unit_test(counts_beyond_the_room),
        cmocka_unit_test(refuses_impossible_rules),
        cmocka_unit_test(compensates_each_rest_day),
        cmocka_unit_test(never_loops_without_working_days),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
