/* Every form of a date with its flags, what no calendar has, and round trips. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "viet/field/date.h"

static const struct date_habits here = { .today = { 20261121 } };

static void reads_by(const struct date_habits *h, const char *raw, int ymd, enum date_rule rule, uint32_t flags)
{
    struct date_reading r;
    bool ok = date_read(str_of(raw), h, &r);
    if (ok != (ymd != 0) || r.day.ymd != ymd || r.rule != rule || r.flags != flags)
        fail_msg("\"%s\": %d rule %d flags %x", raw, r.day.ymd, r.rule, r.flags);
}

static void reads(const char *raw, int ymd, enum date_rule rule, uint32_t flags)
{
    reads_by(&here, raw, ymd, rule, flags);
}

static void refuses(const char *raw, uint32_t flags)
{
    reads(raw, 0, DATE_UNREAD, flags);
}

static void reads_separated(void **state)
{
    (void)state;
    reads("25/12/1990", 19901225, DATE_DAY_FIRST, 0);
    reads("2/1/1990", 19900102, DATE_DAY_FIRST, DATE_SWAP_POSSIBLE);
    reads("02-01-1990", 19900102, DATE_DAY_FIRST, DATE_SWAP_POSSIBLE);
    reads("15.03.1990", 19900315, DATE_DAY_FIRST, 0);
    reads(" 15 / 3 / 1990 ", 19900315, DATE_DAY_FIRST, 0);
    reads("15 3 1990", 19900315, DATE_DAY_FIRST, 0);
    reads("3/3/1990", 19900303, DATE_DAY_FIRST, 0);
    reads("12/25/1990", 19901225, DATE_MONTH_FIRST, 0);
    reads("1990-12-25", 19901225, DATE_YEAR_FIRST, 0);
    reads("1990/1/2", 19900102, DATE_YEAR_FIRST, 0);
    reads("'25/12/1990", 19901225, DATE_DAY_FIRST, 0);
    reads("1990-12-25 00:00:00", 19901225, DATE_YEAR_FIRST, DATE_TIME_DROPPED);
    reads("1990-12-25T07:30:00Z", 19901225, DATE_YEAR_FIRST, DATE_TIME_DROPPED);
    reads("25/12/1990 7:30 AM", 19901225, DATE_DAY_FIRST, DATE_TIME_DROPPED);
    reads("29/2/2000", 20000229, DATE_DAY_FIRST, 0);
}

static void guesses_the_century(void **state)
{
    (void)state;
    reads("25/12/90", 19901225, DATE_DAY_FIRST, DATE_CENTURY_GUESSED);
    reads("25/12/26", 20261225, DATE_DAY_FIRST, DATE_CENTURY_GUESSED | DATE_IN_FUTURE);
    reads("25/12/25", 20251225, DATE_DAY_FIRST, DATE_CENTURY_GUESSED);
    reads("25/12/27", 19271225, DATE_DAY_FIRST, DATE_CENTURY_GUESSED);
    reads("90-12-25", 19901225, DATE_YEAR_FIRST, DATE_CENTURY_GUESSED);
}

static void reads_imprecise(void **state)
{
    (void)state;
    reads("1950", 19500000, DATE_YEAR_ONLY, 0);
    reads("00/00/1950", 19500000, DATE_DAY_FIRST, DATE_ZERO_PARTS);
    reads("00/03/1950", 19500300, DATE_DAY_FIRST, DATE_ZERO_PARTS);
    reads("15/00/1950", 19500000, DATE_DAY_FIRST, DATE_ZERO_PARTS);
    reads("--/--/1950", 19500000, DATE_DAY_FIRST, DATE_ZERO_PARTS);
    reads("../../1950", 19500000, DATE_DAY_FIRST, DATE_ZERO_PARTS);
    reads("//1950", 19500000, DATE_DAY_FIRST, DATE_ZERO_PARTS);
    reads("xx/xx/1950", 19500000, DATE_DAY_FIRST, DATE_ZERO_PARTS);
    reads("3/1950", 19500300, DATE_MONTH_ONLY, 0);
    reads("1950-03", 19500300, DATE_MONTH_ONLY, 0);
    reads("00/1950", 19500000, DATE_MONTH_ONLY, DATE_ZERO_PARTS);
    reads("01/01/1950", 19500101, DATE_DAY_FIRST, DATE_FIRST_OF_JANUARY);
}

static void reads_compact(void **state)
{
    (void)state;
    reads("25121990", 19901225, DATE_COMPACT, 0);
    reads("19901225", 19901225, DATE_COMPACT, 0);
    reads("2011990", 19900102, DATE_COMPACT, DATE_ZERO_RESTORED);
    reads("251290", 19901225, DATE_COMPACT, DATE_CENTURY_GUESSED);
    reads("199003", 19900300, DATE_COMPACT, 0);
    reads("031990", 19900300, DATE_COMPACT, 0);
    reads("20122012", 20121220, DATE_COMPACT, 0);
    reads("20101912", 19121020, DATE_COMPACT, 0);
}

static void reads_serials(void **state)
{
    const struct date_habits mac = { .today = { 20261121 }, .epoch_1904 = true };
    (void)state;
    reads("33232", 19901225, DATE_SERIAL, 0);
    reads("33232.0", 19901225, DATE_SERIAL, 0);
    reads("33232.3125", 19901225, DATE_SERIAL, DATE_TIME_DROPPED);
    reads("10000", 19270518, DATE_SERIAL, 0);
    reads_by(&mac, "31770", 19901225, DATE_SERIAL, 0);
    refuses("99999", 0);
    refuses("09999", 0);
}

static void offers_the_other_reading(void **state)
{
    struct date_reading r;
    const struct date_habits american = { .today = { 20261121 }, .month_first = true };
    (void)state;
    assert_true(date_read(STR("2/1/1990"), &here, &r));
    assert_int_equal(r.other.ymd, 19900201);
    assert_true(date_read(STR("2/1/1990"), &american, &r));
    assert_int_equal(r.day.ymd, 19900201);
    assert_int_equal(r.other.ymd, 19900102);
    assert_int_equal(r.rule, DATE_MONTH_FIRST);
    reads_by(&american, "25/12/1990", 19901225, DATE_DAY_FIRST, 0);
    reads_by(&american, "12/25/1990", 19901225, DATE_MONTH_FIRST, 0);
    assert_true(date_read(STR("20121012"), &here, &r)); /* 20 December 1012 is out of range */
    assert_int_equal(r.day.ymd, 20121012);
    assert_true(date_read(STR("201012"), &here, &r));
    assert_int_equal(r.day.ymd, 20121020);
    assert_int_equal(r.other.ymd, 20101200);
    assert_true(r.flags & DATE_TWO_READINGS);
}

static void refuses_what_no_calendar_has(void **state)
{
    (void)state;
    refuses("31/4/1990", DATE_NO_SUCH_DAY);
    refuses("29/2/1990", DATE_NO_SUCH_DAY);
    refuses("30/2/1950", DATE_NO_SUCH_DAY | DATE_MAYBE_LUNAR);
    refuses("13/13/1990", DATE_NO_SUCH_DAY);
    refuses("32/1/1990", DATE_NO_SUCH_DAY);
    refuses("", 0);
    refuses("   ", 0);
    refuses("abc", 0);
    refuses("1/2", 0);
    refuses("1/2/3/1990", 0);
    refuses("1/2/199", 0);
    refuses("12", 0);
    refuses("123", 0);
    refuses("1799", 0);
    refuses("2200", 0);
    refuses("25/12/0090", 0);
    refuses("99999999", 0);
    refuses("2/1/1990?", 0);
    refuses("1990-12-25-", 0);
    refuses("12:30", 0);
    refuses("1/1/99999999999999999999", 0);
}

static void flags_time(void **state)
{
    (void)state;
    reads("22/11/2026", 20261122, DATE_DAY_FIRST, DATE_IN_FUTURE);
    reads("21/11/2026", 20261121, DATE_DAY_FIRST, 0);
    reads("25/12/1850", 18501225, DATE_DAY_FIRST, DATE_LONG_AGO);
    reads("2027", 20270000, DATE_YEAR_ONLY, DATE_IN_FUTURE);
}

static void learns_the_order_of_a_column(void **state)
{
    str vietnamese[] = { STR("2/1/1990"), STR("25/12/1990"), STR("") }, american[] = { STR("2/1/1990"), STR("12/25/1990") };
    str both[] = { STR("25/12/1990"), STR("12/25/1990") }, silent[] = { STR("2/1/1990"), STR("1990") };
    bool month_first;
    (void)state;
    assert_true(date_order_detect(vietnamese, 3, &month_first));
    assert_false(month_first);
    assert_true(date_order_detect(american, 2, &month_first));
    assert_true(month_first);
    assert_false(date_order_detect(both, 2, &month_first));
    assert_false(month_first);
    assert_false(date_order_detect(silent, 2, &month_first));
    assert_false(month_first);
}

static void write_day(day d, int form, char out[static 64])
{
    int y = day_year(d), m = day_month(d), n = day_of_month(d);
    switch (form) {
    case 0: snprintf(out, 64, "%02d/%02d/%04d", n, m, y); return;
    case 1: snprintf(out, 64, "%d-%d-%d", n, m, y); return;
    case 2: snprintf(out, 64, "%04d-%02d-%02d", y, m, n); return;
    case 3: snprintf(out, 64, "%02d%02d%04d", n, m, y); return;
    default: snprintf(out, 64, "Ngày %d tháng %d năm %d", n, m, y); return;
    }
}

/* Every day from 1870 on survives every way of writing it. */
static void round_trips(void **state)
{
    struct rng r;
    (void)state;
    rng_seed(&r, 1, 2);
    for (int round = 0; round < 6000; round++) {
        day d = day_from_number(-36524 + (int32_t)rng_below(&r, 57200));
        char text[64];
        struct date_reading got;
        write_day(d, round % 5, text);
        if (!date_read(str_of(text), &here, &got) || got.day.ymd != d.ymd)
            fail_msg("%s: %d", text, got.day.ymd);
        bool could_swap = day_of_month(d) <= 12 && day_of_month(d) != day_month(d);
        if (round % 5 < 2)
            assert_int_equal((got.flags & DATE_SWAP_POSSIBLE) != 0, could_swap);
    }
}

static void types_what_operations_take(void **state)
{
    static const char *const typed[][2] = { { "27/3/1985", "1985-03-27" }, { "3/1985", "1985-03" }, { "1985", "1985" }, { "1985-03-27", "1985-03-27" },
                                            { "", "" }, { "31/2/2001", "31/2/2001" }, { "27/3/85", "27/3/85" }, { "32875", "32875" }, { "hôm qua", "hôm qua" } };
    struct arena *a = arena_new(1 << 12);
    (void)state;
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++)
        assert_true(str_eq(date_typed(a, str_of(typed[i][0]), (day){ 20260630 }), str_of(typed[i][1])));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_separated), cmocka_unit_test(guesses_the_century), cmocka_unit_test(reads_imprecise),
        cmocka_unit_test(reads_compact),   cmocka_unit_test(reads_serials),       cmocka_unit_test(offers_the_other_reading),
        cmocka_unit_test(refuses_what_no_calendar_has), cmocka_unit_test(flags_time),
        cmocka_unit_test(learns_the_order_of_a_column), cmocka_unit_test(round_trips),
        cmocka_unit_test(types_what_operations_take),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
