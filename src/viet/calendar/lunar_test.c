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

/* The first days of all lunar years by another program: PyEphem 4.1.4 (XEphem's sun and moon) with the rules of the calendar written
 * anew on top of it, at UTC+7. */
static void agrees_with_an_ephemeris(void **state)
{
    static const int first_days[] = {
        19000131, 19010219, 19020208, 19030128, 19040216, 19050204, 19060125, 19070213, 19080202, 19090122, 19100210, 19110130, 19120218, 19130206,
        19140126, 19150214, 19160203, 19170123, 19180211, 19190201, 19200220, 19210208, 19220128, 19230216, 19240205, 19250124, 19260213, 19270202,
        19280123, 19290210, 19300130, 19310217, 19320206, 19330126, 19340214, 19350203, 19360124, 19370211, 19380131, 19390219, 19400208, 19410127,
        19420215, 19430205, 19440125, 19450213, 19460202, 19470122, 19480210, 19490129, 19500217, 19510206, 19520127, 19530214, 19540203, 19550124,
        19560212, 19570131, 19580218, 19590208, 19600128, 19610215, 19620205, 19630125, 19640213, 19650201, 19660121, 19670209, 19680129, 19690216,
        19700206, 19710127, 19720215, 19730203, 19740123, 19750211, 19760131, 19770218, 19780207, 19790128, 19800216, 19810205, 19820125, 19830213,
        19840202, 19850121, 19860209, 19870129, 19880217, 19890206, 19900127, 19910215, 19920204, 19930123, 19940210, 19950131, 19960219, 19970207,
        19980128, 19990216, 20000205, 20010124, 20020212, 20030201, 20040122, 20050209, 20060129, 20070217, 20080207, 20090126, 20100214, 20110203,
        20120123, 20130210, 20140131, 20150219, 20160208, 20170128, 20180216, 20190205, 20200125, 20210212, 20220201, 20230122, 20240210, 20250129,
        20260217, 20270206, 20280126, 20290213, 20300202, 20310123, 20320211, 20330131, 20340219, 20350208, 20360128, 20370215, 20380204, 20390124,
        20400212, 20410201, 20420122, 20430210, 20440130, 20450217, 20460206, 20470126, 20480214, 20490202, 20500123, 20510211, 20520201, 20530218,
        20540208, 20550128, 20560215, 20570204, 20580124, 20590212, 20600202, 20610121, 20620209, 20630129, 20640217, 20650205, 20660126, 20670214,
        20680203, 20690123, 20700211, 20710131, 20720219, 20730207, 20740127, 20750215, 20760205, 20770124, 20780212, 20790202, 20800122, 20810209,
        20820129, 20830217, 20840206, 20850126, 20860214, 20870203, 20880124, 20890210, 20900130, 20910218, 20920207, 20930127, 20940215, 20950205,
        20960125, 20970212, 20980201, 20990121, 21000209,
    };
    (void)state;
    for (int year = 1900; year <= 2100; year++) {
        day d;
        assert_true(lunar_new_year(year, &d));
        assert_int_equal(d.ymd, first_days[year - 1900]);
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
        cmocka_unit_test(agrees_with_an_ephemeris),
        cmocka_unit_test(knows_leap_months),
        cmocka_unit_test(knows_days),
        cmocka_unit_test(is_right_near_midnight),
        cmocka_unit_test(refuses_days_that_are_not),
        cmocka_unit_test(walks_two_centuries),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
