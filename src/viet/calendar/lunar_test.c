/* Published new years and leap months, and every day of two centuries there and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "viet/calendar/lunar.h"

/* Published first days of lunar years; 1985, 2007, 2030 and 2053 differ from the Chinese calendar. */
static void knows_new_years(void **state)
{
    static const int published[] = { 19680129, 19750211, 19850121, 19870129, 20000205, 20070217, 20200125, 20210212, 20220201,
                                     20230122, 20240210, 20250129, 20260217, 20270206, 20280126, 20300202, 20530218 };
    (void)state;
    for (size_t i = 0; i < sizeof published / sizeof *published; i++) {
        day d;
        assert_true(lunar_new_year(published[i] / 10000, &d));
        assert_int_equal(d.ymd, published[i]);
    }
}

static void knows_leap_months(void **state)
{
    static const int published[][2] = { { 1984, 0 }, { 1985, 2 }, { 1987, 7 }, { 2004, 2 }, { 2006, 7 },  { 2009, 5 },  { 2012, 4 },
                                        { 2014, 9 }, { 2017, 6 }, { 2020, 4 }, { 2023, 2 }, { 2024, 0 }, { 2025, 6 }, { 2033, 11 } };
    (void)state;
    for (size_t i = 0; i < sizeof published / sizeof *published; i++)
        assert_int_equal(lunar_leap_month(published[i][0]), published[i][1]);
}

static void knows_days(void **state)
{
    struct lunar_day l;
    day d;
    (void)state;
    assert_true(lunar_to_day((struct lunar_day){ 2024, 3, 10, false }, &d)); /* Hùng kings */
    assert_int_equal(d.ymd, 20240418);
    assert_true(lunar_to_day((struct lunar_day){ 2025, 3, 10, false }, &d));
    assert_int_equal(d.ymd, 20250407);
    assert_true(lunar_to_day((struct lunar_day){ 2026, 3, 10, false }, &d));
    assert_int_equal(d.ymd, 20260426);
    assert_true(lunar_of_day((day){ 20250725 }, &l));
    assert_int_equal(l.month, 6);
    assert_true(l.leap);
    assert_true(lunar_of_day((day){ 20240209 }, &l)); /* last day of the year of the cat */
    assert_int_equal(l.year, 2023);
    assert_int_equal(l.month, 12);
    assert_int_equal(l.day, 30);
}

/* New moons within a minute of midnight, by an ephemeris: the month begins on this day. */
static void is_right_near_midnight(void **state)
{
    static const int first_days[] = { 19440620, 20540508, 20771115, 20851018 };
    (void)state;
    for (size_t i = 0; i < sizeof first_days / sizeof *first_days; i++) {
        struct lunar_day l;
        assert_true(lunar_of_day((day){ first_days[i] }, &l));
        assert_int_equal(l.day, 1);
    }
}

static void refuses_days_that_are_not(void **state)
{
    struct lunar_day l;
    day d;
    (void)state;
    assert_false(lunar_to_day((struct lunar_day){ 2024, 2, 1, true }, &d));
    assert_false(lunar_to_day((struct lunar_day){ 2024, 13, 1, false }, &d));
    assert_false(lunar_to_day((struct lunar_day){ 2024, 1, 31, false }, &d));
    assert_false(lunar_to_day((struct lunar_day){ 2024, 1, 0, false }, &d));
    assert_false(lunar_to_day((struct lunar_day){ 2024, 12, 30, false }, &d)); /* 29 days */
    assert_false(lunar_to_day((struct lunar_day){ 2101, 1, 1, false }, &d));
    assert_false(lunar_new_year(1899, &d));
    assert_false(lunar_of_day((day){ 18991231 }, &l));
    assert_false(lunar_of_day((day){ 21010101 }, &l));
    assert_false(lunar_of_day((day){ 20240200 }, &l));
    assert_false(lunar_of_day((day){ 0 }, &l));
}

/* Day by day: back to itself, one more than yesterday or the first of a month, months of 29 or 30 days. */
static void walks_two_centuries(void **state)
{
    struct lunar_day yesterday = { 0 };
    day d = { 19000101 };
    (void)state;
    for (int i = 0; day_year(d) <= 2100; i++, d = day_add(d, 1)) {
        struct lunar_day l;
        day back;
        assert_true(lunar_of_day(d, &l));
        if (i % 7 == 0) {
            assert_true(lunar_to_day(l, &back));
            assert_int_equal(back.ymd, d.ymd);
        }
        if (i > 0 && l.day == 1)
            assert_in_range(yesterday.day, 29, 30);
        else if (i > 0)
            assert_int_equal(l.day, yesterday.day + 1);
        yesterday = l;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_new_years),
        cmocka_unit_test(knows_leap_months),
        cmocka_unit_test(knows_days),
        cmocka_unit_test(is_right_near_midnight),
        cmocka_unit_test(refuses_days_that_are_not),
        cmocka_unit_test(walks_two_centuries),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
