/* Days: the arithmetic against a count that goes day by day, and the rules of imprecise days. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/day.h"

static day of(int32_t ymd)
{
    return (day){ ymd };
}

/* Walks 1800 … 2400 one day at a time from 1970-01-01, a Thursday, in both directions; the calendar's rule is written
 * out here a second time, as a table that knows nothing of the code under test. */
static int month_days(int y, int m)
{
    if (m == 2)
        return y % 400 == 0 ? 29 : y % 100 == 0 ? 28 : y % 4 == 0 ? 29 : 28;
    return m == 4 || m == 6 || m == 9 || m == 11 ? 30 : 31;
}

static void check_one(int y, int m, int d, int32_t number, int weekday)
{
    day made;

    assert_true(day_make(y, m, d, &made));
    assert_int_equal(made.ymd, y * 10000 + m * 100 + d);
    assert_int_equal(day_first(made), number);
    assert_int_equal(day_last(made), number);
    assert_int_equal(day_from_number(number).ymd, made.ymd);
    assert_int_equal(day_weekday(made), weekday);
    assert_int_equal(day_days_in_month(y, m), month_days(y, m));
}

static void count_forwards(void **state)
{
    int32_t number = 0;
    int weekday = 4;

    (void)state;
    for (int y = 1970; y <= 2400; y++)
        for (int m = 1; m <= 12; m++)
            for (int d = 1; d <= month_days(y, m); d++, number++, weekday = weekday % 7 + 1)
                check_one(y, m, d, number, weekday);
}

static void count_backwards(void **state)
{
    int32_t number = -1;
    int weekday = 3;

    (void)state;
    for (int y = 1969; y >= 1800; y--)
        for (int m = 12; m >= 1; m--)
            for (int d = month_days(y, m); d >= 1; d--, number--, weekday = weekday == 1 ? 7 : weekday - 1)
                check_one(y, m, d, number, weekday);
}

static void ends_of_the_calendar(void **state)
{
    (void)state;
    assert_int_equal(day_first(of(0)), day_first(of(10101)));
    assert_int_equal(day_last(of(0)), day_last(of(99991231)));
    assert_int_equal(day_from_number(day_first(of(10101))).ymd, 10101);
    assert_int_equal(day_from_number(day_last(of(99991231))).ymd, 99991231);
    assert_true(day_is_none(day_add(of(99991231), 1)));
    assert_true(day_is_none(day_add(of(10101), -1)));
    assert_true(day_is_none(day_add(of(10101), INT32_MIN)));
    assert_true(day_is_none(day_add(of(20260101), INT32_MAX)));
    assert_int_equal(day_add(of(20240228), 1).ymd, 20240229);
    assert_int_equal(day_add(of(20260301), -1).ymd, 20260228);
}

static void no_such_day(void **state)
{
    static const int32_t refused[] = { 20260229, 19000229, 20261301, 20260631, 20260100 + 32, 20260001, -1, 1, 100, 101, 100000000,
                                       20261300, INT32_MIN, INT32_MAX };
    static const int32_t valid[] = { 0, 19500000, 19500300, 20240229, 20000229, 10000, 10101, 99991231 };
    day d = of(7);

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_false(day_is_valid(of(refused[i])));
    for (size_t i = 0; i < sizeof valid / sizeof *valid; i++)
        assert_true(day_is_valid(of(valid[i])));
    assert_false(day_make(2026, 0, 5, &d));
    assert_false(day_make(2026, -1, 5, &d));
    assert_false(day_make(2026, 1, -1, &d));
    assert_false(day_make(0, 1, 1, &d));
    assert_false(day_make(10000, 1, 1, &d));
    assert_int_equal(d.ymd, 7);
    assert_int_equal(day_days_in_month(2026, 0), 0);
    assert_int_equal(day_days_in_month(2026, 13), 0);
}

static void precision(void **state)
{
    (void)state;
    assert_int_equal(day_precision(of(0)), DAY_UNKNOWN);
    assert_int_equal(day_precision(of(19500000)), DAY_YEAR);
    assert_int_equal(day_precision(of(19500300)), DAY_MONTH);
    assert_int_equal(day_precision(of(19500302)), DAY_FULL);
    assert_int_equal(day_first(of(19500000)), day_first(of(19500101)));
    assert_int_equal(day_last(of(19500000)), day_last(of(19501231)));
    assert_int_equal(day_first(of(19520200)), day_first(of(19520201)));
    assert_int_equal(day_last(of(19520200)), day_last(of(19520229)));
}

static void can_be(void **state)
{
    (void)state;
    assert_true(day_can_be(of(19500000), of(19500302)));
    assert_true(day_can_be(of(19500302), of(19500000)));
    assert_true(day_can_be(of(19500300), of(19500302)));
    assert_true(day_can_be(of(19500302), of(19500302)));
    assert_true(day_can_be(of(19500300), of(19500000)));
    assert_false(day_can_be(of(19500302), of(19500303)));
    assert_false(day_can_be(of(19500300), of(19500402)));
    assert_false(day_can_be(of(19500000), of(19510302)));
    assert_false(day_can_be(of(0), of(19500302)));
    assert_false(day_can_be(of(19500302), of(0)));
    assert_false(day_can_be(of(0), of(0)));
}

static void ages(void **state)
{
    (void)state;
    assert_int_equal(day_age(of(20000615), of(20180614)), 17);
    assert_int_equal(day_age(of(20000615), of(20180615)), 18);
    assert_int_equal(day_age(of(20040229), of(20220228)), 17);
    assert_int_equal(day_age(of(20040229), of(20220301)), 18);
    assert_int_equal(day_age(of(20000000), of(20181230)), 17);
    assert_int_equal(day_age(of(20000000), of(20181231)), 18);
    assert_int_equal(day_age(of(20000600), of(20180629)), 17);
    assert_int_equal(day_age(of(20000600), of(20180630)), 18);
    assert_int_equal(day_age(of(0), of(20180630)), 0);
    assert_int_equal(day_age(of(20200101), of(20180630)), 0);
}

static void parsing(void **state)
{
    static const char *const refused[] = { "", "1950-", "1950-3", "1950-00", "1950-13", "1950/03", "1950-ab", "19x0-03", "1950-03-00", "1950-02-30", "1950/03/02",
        "1950-0302", "19500302", "0000", "0000-01-01", "195", "02-03-1950", "1950-03-02 ", "1950-3-2", "+950", "1950-03x02", "１９５０" };
    day d = of(7);

    (void)state;
    assert_true(status_ok(day_parse(STR("1950"), &d)) && d.ymd == 19500000);
    assert_true(status_ok(day_parse(STR("1950-03"), &d)) && d.ymd == 19500300);
    assert_true(status_ok(day_parse(STR("2024-02-29"), &d)) && d.ymd == 20240229);
    d = of(7);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_true(status_is(day_parse(str_of(refused[i]), &d), ERR_DAY_FORMAT));
    assert_int_equal(d.ymd, 7);
    assert_string_equal(fault_here()->what, "１９５０");
}

static void text_round_trips(void **state)
{
    struct arena *a = arena_new(1u << 20);
    struct buf b;
    struct rng r;

    (void)state;
    rng_seed(&r, 5, 0);
    buf_init(&b, 100);
    for (int i = 0; i < 20000; i++) {
        day d = day_from_number((int32_t)rng_below(&r, 3652059) - 719162), back;

        d.ymd -= rng_chance(&r, 0.3) ? d.ymd % 100 : 0;
        d.ymd -= d.ymd % 100 == 0 && rng_chance(&r, 0.5) ? d.ymd % 10000 : 0;
        arena_reset(a);
        assert_true(status_ok(day_parse(day_iso_str(a, d), &back)));
        assert_int_equal(back.ymd, d.ymd);
        buf_clear(&b);
        day_iso(d, &b);
        assert_true(str_eq(buf_str(&b), day_iso_str(a, d)));
    }
    assert_true(str_eq(day_vi(a, of(19500302)), STR("02/03/1950")));
    assert_true(str_eq(day_vi(a, of(19500300)), STR("03/1950")));
    assert_true(str_eq(day_vi(a, of(19500000)), STR("1950")));
    assert_true(str_is_empty(day_vi(a, of(0))));
    assert_true(str_is_empty(day_iso_str(a, of(0))));
    buf_done(&b);
    arena_free(a);
}

static void midnight_is_in_vietnam(void **state)
{
    int64_t start = day_start_us(of(20261121));

    (void)state;
    assert_int_equal(start, 1795194000000000);
    assert_int_equal(day_of_us(start).ymd, 20261121);
    assert_int_equal(day_of_us(start - 1).ymd, 20261120);
    assert_int_equal(day_of_us(-1).ymd, 19700101);
    assert_int_equal(day_of_us(-7 * 3600000000ll).ymd, 19700101);
    assert_int_equal(day_of_us(-7 * 3600000000ll - 1).ymd, 19691231);
    assert_true(day_is_none(day_of_us(INT64_MAX)));
    assert_true(day_is_none(day_of_us(INT64_MIN)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(count_forwards),   cmocka_unit_test(count_backwards), cmocka_unit_test(ends_of_the_calendar),
        cmocka_unit_test(no_such_day),      cmocka_unit_test(precision),       cmocka_unit_test(can_be),
        cmocka_unit_test(ages),             cmocka_unit_test(parsing),         cmocka_unit_test(text_round_trips),
        cmocka_unit_test(midnight_is_in_vietnam),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
