/* Working days and minutes in a week with a holiday and a worked Saturday; adding and measuring are inverse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "viet/calendar/workday.h"

/* A week with a holiday on Wednesday and a worked Saturday. 2026-11-16 is a Monday. */
static const day off[] = { { 20261118 } }, worked[] = { { 20261121 } };
static const struct calendar office = {
    .rest_days = REST_DAY(6) | REST_DAY(7),
    .off = off,
    .off_count = 1,
    .work = worked,
    .work_count = 1,
    .spans = { { 450, 690 }, { 780, 1020 } }, /* 7:30-11:30, 13:00-17:00 */
    .span_count = 2,
};

static int64_t at(int ymd, int hour, int minute)
{
    return day_start_us((day){ ymd }) + (hour * 60 + minute) * INT64_C(60000000);
}

static void knows_working_days(void **state)
{
    (void)state;
    assert_true(calendar_is_working(&office, (day){ 20261116 }));
    assert_false(calendar_is_working(&office, (day){ 20261118 }));
    assert_true(calendar_is_working(&office, (day){ 20261121 }));  /* a worked Saturday */
    assert_false(calendar_is_working(&office, (day){ 20261122 }));
    assert_int_equal(calendar_next_working(&office, (day){ 20261122 }).ymd, 20261123);
    assert_int_equal(calendar_next_working(&office, (day){ 20261123 }).ymd, 20261123);
}

static void adds_days(void **state)
{
    (void)state;
    assert_int_equal(calendar_add_days(&office, (day){ 20261117 }, 1).ymd, 20261119);
    assert_int_equal(calendar_add_days(&office, (day){ 20261120 }, 1).ymd, 20261121);
    assert_int_equal(calendar_add_days(&office, (day){ 20261121 }, 1).ymd, 20261123);
    assert_int_equal(calendar_add_days(&office, (day){ 20261122 }, 1).ymd, 20261123);
    assert_int_equal(calendar_add_days(&office, (day){ 20261122 }, 0).ymd, 20261123);
    assert_int_equal(calendar_add_days(&office, (day){ 20261119 }, -1).ymd, 20261117);
    assert_int_equal(calendar_add_days(&office, (day){ 20261116 }, 5).ymd, 20261123);
}

static void counts_days(void **state)
{
    (void)state;
    assert_int_equal(calendar_days_between(&office, (day){ 20261116 }, (day){ 20261116 }), 0);
    assert_int_equal(calendar_days_between(&office, (day){ 20261116 }, (day){ 20261122 }), 4);
    assert_int_equal(calendar_days_between(&office, (day){ 20261122 }, (day){ 20261116 }), -4);
}

static void adds_minutes(void **state)
{
    (void)state;
    assert_int_equal(calendar_minutes_a_day(&office), 480);
    assert_true(calendar_add_minutes(&office, at(20261116, 8, 0), 60) == at(20261116, 9, 0));
    assert_true(calendar_add_minutes(&office, at(20261116, 11, 0), 60) == at(20261116, 13, 30));  /* over noon */
    assert_true(calendar_add_minutes(&office, at(20261117, 16, 30), 60) == at(20261119, 8, 0));   /* over the holiday */
    assert_true(calendar_add_minutes(&office, at(20261118, 9, 0), 30) == at(20261119, 8, 0));
    assert_true(calendar_add_minutes(&office, at(20261116, 6, 0), 0) == at(20261116, 7, 30));
    assert_true(calendar_add_minutes(&office, at(20261116, 18, 0), 0) == at(20261117, 7, 30));
    assert_true(calendar_add_minutes(&office, at(20261116, 7, 30), 480) == at(20261116, 17, 0));
}

static void measures_work(void **state)
{
    const int64_t minute = 60000000;
    (void)state;
    assert_true(calendar_work_us_between(&office, at(20261116, 8, 0), at(20261116, 9, 0)) == 60 * minute);
    assert_true(calendar_work_us_between(&office, at(20261116, 0, 0), at(20261117, 0, 0)) == 480 * minute);
    assert_true(calendar_work_us_between(&office, at(20261118, 0, 0), at(20261119, 0, 0)) == 0);
    assert_true(calendar_work_us_between(&office, at(20261116, 11, 0), at(20261116, 14, 0)) == 90 * minute);
    assert_true(calendar_work_us_between(&office, at(20261117, 0, 0), at(20261116, 0, 0)) == 0);
}

static void receives_late_dossiers_next_day(void **state)
{
    (void)state;
    assert_int_equal(calendar_receipt_day(&office, at(20261116, 15, 0), 900).ymd, 20261116);
    assert_int_equal(calendar_receipt_day(&office, at(20261116, 15, 1), 900).ymd, 20261117);
    assert_int_equal(calendar_receipt_day(&office, at(20261117, 15, 1), 900).ymd, 20261119);
    assert_int_equal(calendar_receipt_day(&office, at(20261122, 9, 0), 900).ymd, 20261123);
}

static void refuses_unsound_calendars(void **state)
{
    const day wrong[] = { { 20261119 }, { 20261118 } }, vague[] = { { 20261100 } };
    struct calendar c = office;
    (void)state;
    assert_true(calendar_is_sound(&c));
    c.rest_days = 0xFE;
    assert_false(calendar_is_sound(&c));
    c = office;
    c.off = wrong;
    c.off_count = 2;
    assert_false(calendar_is_sound(&c));
    c.off = vague;
    c.off_count = 1;
    assert_false(calendar_is_sound(&c));
    c = office;
    c.spans[1].from_minute = 600;
    assert_false(calendar_is_sound(&c));
    c.spans[1] = (struct work_span){ 1000, 1500 };
    assert_false(calendar_is_sound(&c));
    c.spans[1] = (struct work_span){ 1000, 1000 };
    assert_false(calendar_is_sound(&c));
}

/* Adding and measuring are inverse, from any moment, for any length. */
static void adding_and_measuring_agree(void **state)
{
    struct rng r;
    (void)state;
    rng_seed(&r, 8, 8);
    for (int round = 0; round < 3000; round++) {
        int64_t from = at(20261101, 0, 0) + (int64_t)rng_below(&r, 40 * 1440) * 60000000;
        int64_t minutes = rng_below(&r, 6000);
        int64_t to = calendar_add_minutes(&office, from, minutes);
        assert_true(calendar_work_us_between(&office, from, to) == minutes * 60000000);
        int days = (int)rng_below(&r, 40) + 1;
        day d = day_from_number(day_first((day){ 20261101 }) + (int32_t)rng_below(&r, 60));
        assert_int_equal(calendar_days_between(&office, d, calendar_add_days(&office, d, days)), days);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_working_days),        cmocka_unit_test(adds_days),
        cmocka_unit_test(counts_days),               cmocka_unit_test(adds_minutes),
        cmocka_unit_test(measures_work),             cmocka_unit_test(receives_late_dossiers_next_day),
        cmocka_unit_test(refuses_unsound_calendars), cmocka_unit_test(adding_and_measuring_agree),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
