/* The clock against a count that walks day by day and minute by minute over ten years, with the country's own calendar. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "defs/defs.h"
#include "service/clock.h"

enum { UNTIL = 15 * 60, EVENTS_MAX = 16, RUNS = 3000, MINUTE_US = 60 * 1000000 };

static struct defs *defs;

static const struct calendar *office(void) { return defs_calendar(defs); }

static int64_t at(int ymd, int hour, int minute) { return day_start_us((day){ ymd }) + (hour * 60 + minute) * INT64_C(60000000); }

static struct dossier_clock folded(const struct deadline *d, const struct clock_event *e, size_t n, int64_t now_us)
{
    struct dossier_clock k;
    dossier_clock_fold(&(struct clock_life){ office(), UNTIL, *d, e, n, now_us }, &k);
    return k;
}

static int64_t held(const struct clock_event *e, size_t n, int32_t holder, int64_t due_us, int64_t now_us, int64_t *ret_late)
{
    return dossier_clock_held_by(&(struct clock_life){ .calendar = office(), .events = e, .count = n, .now_us = now_us }, holder, due_us, ret_late);
}

static void starts_with_the_acceptance(void **state)
{
    static const struct deadline three = { .working_days = 3 };
    struct clock_event e[] = { { COMMAND_SUBMIT, DOSSIER_SUBMITTED, at(20260706, 9, 0), 0 }, { COMMAND_ACCEPT, DOSSIER_ACCEPTED, at(20260706, 14, 59), 0 } };
    (void)state;
    assert_int_equal(folded(&three, e, 1, at(20260706, 10, 0)).due_us, 0);
    assert_int_equal(folded(&three, e, 2, at(20260706, 15, 0)).due_us, at(20260709, 17, 0)); /* Monday to Thursday */
    e[1].at_us = at(20260706, 15, 1);
    assert_int_equal(folded(&three, e, 2, at(20260706, 16, 0)).due_us, at(20260710, 17, 0)); /* after 15:00: from Tuesday on */
}

static void counts_make_up_days_and_holidays(void **state)
{
    static const struct deadline two = { .working_days = 2 };
    /* Friday 21 August 2026; Saturday 22 is worked for Monday 31. */
    struct clock_event e[] = { { COMMAND_ACCEPT, DOSSIER_ACCEPTED, at(20260821, 9, 0), 0 } };
    (void)state;
    assert_int_equal(folded(&two, e, 1, at(20260821, 9, 0)).due_us, at(20260824, 17, 0));
    e[0].at_us = at(20260828, 9, 0); /* then 31 August off, 1 and 2 September holidays */
    assert_int_equal(folded(&two, e, 1, at(20260828, 9, 0)).due_us, at(20260904, 17, 0));
}

static void stands_while_the_applicant_owes(void **state)
{
    static const struct deadline five = { .working_days = 5 }, anew = { .working_days = 5, .restart = true };
    struct clock_event e[] = { { COMMAND_ACCEPT, DOSSIER_ACCEPTED, at(20260706, 9, 0), 0 },
                               { COMMAND_ASK_SUPPLEMENT, DOSSIER_AWAITING_SUPPLEMENT, at(20260708, 10, 0), 0 },
                               { COMMAND_SUPPLY, DOSSIER_PROCESSING, at(20260715, 9, 0), 0 } };
    (void)state;
    struct dossier_clock k = folded(&five, e, 2, at(20260714, 9, 0));
    assert_false(k.runs);
    assert_false(k.late);
    assert_int_equal(k.left_days, 3);
    assert_int_equal(folded(&five, e, 3, at(20260715, 9, 0)).due_us, at(20260720, 17, 0)); /* Wednesday + 3 */
    assert_int_equal(folded(&anew, e, 3, at(20260715, 9, 0)).due_us, at(20260722, 17, 0));
    e[1].to = DOSSIER_AWAITING_PAYMENT; /* a payment never restarts it */
    assert_int_equal(folded(&anew, e, 3, at(20260715, 9, 0)).due_us, at(20260720, 17, 0));
}

static void blames_who_held_it(void **state)
{
    static const struct deadline one = { .working_days = 1 };
    struct clock_event e[] = { { COMMAND_ACCEPT, DOSSIER_ACCEPTED, at(20260706, 9, 0), 7 },
                               { COMMAND_FORWARD, DOSSIER_PROCESSING, at(20260707, 16, 0), 8 },
                               { COMMAND_GRANT, DOSSIER_DECIDED, at(20260708, 9, 30), 8 } };
    int64_t late;
    (void)state;
    struct dossier_clock k = folded(&one, e, 3, at(20260710, 9, 0));
    assert_true(k.late);
    assert_int_equal(k.late_us, 2 * 60 * (int64_t)MINUTE_US); /* 7:30 to 9:30 of Wednesday */
    assert_int_equal(k.ended_us, at(20260708, 9, 30));
    assert_int_equal(held(e, 3, 7, at(20260707, 17, 0), at(20260710, 9, 0), &late), (int64_t)MINUTE_US * 60 * (2 + 4 + 4 + 3 + 0) + (int64_t)MINUTE_US * 60 / 2);
    assert_int_equal(late, 0);
    held(e, 3, 8, at(20260707, 17, 0), at(20260710, 9, 0), &late);
    assert_int_equal(late, 2 * 60 * (int64_t)MINUTE_US);
}

/* --- the independent count ---------------------------------------------------------------------------------------------- */

/* Steps through the days one by one; knows only whether a day is worked. */
static day plain_due(int64_t at_us, int days)
{
    day d = day_of_us(at_us);
    bool late_receipt = at_us - day_start_us(d) > (int64_t)UNTIL * MINUTE_US;
    if (late_receipt)
        d = day_add(d, 1);
    while (!calendar_is_working(office(), d))
        d = day_add(d, 1);
    while (days > 0) {
        d = day_add(d, 1);
        days -= calendar_is_working(office(), d);
    }
    return d;
}

static void agrees_with_a_plain_count(void **state)
{
    struct rng r;
    (void)state;
    rng_seed(&r, 11, 0);
    for (int i = 0; i < RUNS; i++) {
        int32_t first = day_first((day){ 20210104 });
        day d = day_from_number(first + (int32_t)rng_below(&r, 3652));
        struct clock_event e = { COMMAND_ACCEPT, DOSSIER_ACCEPTED, day_start_us(d) + (int64_t)rng_below(&r, 24 * 60) * MINUTE_US, 0 };
        struct deadline dl = { .working_days = (int)rng_below(&r, 40) };
        struct dossier_clock k = folded(&dl, &e, 1, e.at_us);
        assert_int_equal(day_of_us(k.due_us).ymd, plain_due(e.at_us, dl.working_days).ymd);
        assert_int_equal(k.due_us - day_start_us(day_of_us(k.due_us)), INT64_C(17) * 60 * MINUTE_US);
    }
}

/* Every working day of ten years, for every small term. */
static void agrees_for_ten_years(void **state)
{
    (void)state;
    for (day d = { 20210104 }; d.ymd < 20310104; d = day_add(d, 1))
        for (int days = 0; days <= 20; days++) {
            struct clock_event e = { COMMAND_ACCEPT, DOSSIER_ACCEPTED, day_start_us(d) + INT64_C(9) * 60 * MINUTE_US, 0 };
            struct deadline dl = { .working_days = days };
            assert_int_equal(day_of_us(folded(&dl, &e, 1, e.at_us).due_us).ymd, plain_due(e.at_us, days).ymd);
        }
}

/* Working minutes counted one at a time. */
static int64_t plain_work(int64_t from_us, int64_t to_us)
{
    int64_t minutes = 0;
    for (int64_t t = from_us; t < to_us; t += MINUTE_US) {
        day d = day_of_us(t);
        int64_t minute = (t - day_start_us(d)) / MINUTE_US;
        bool open = (minute >= 450 && minute < 690) || (minute >= 780 && minute < 1020);
        minutes += open && calendar_is_working(office(), d);
    }
    return minutes * MINUTE_US;
}

/* Random lives: what agencies held is what a minute-by-minute count of the running intervals gives. */
static void holds_what_was_held(void **state)
{
    static const enum dossier_command commands[] = { COMMAND_TAKE, COMMAND_ASK_SUPPLEMENT, COMMAND_SUPPLY, COMMAND_CHARGE, COMMAND_PAY, COMMAND_FORWARD };
    struct rng r;
    (void)state;
    rng_seed(&r, 13, 0);
    for (int i = 0; i < 60; i++) {
        struct clock_event e[EVENTS_MAX] = { { COMMAND_ACCEPT, DOSSIER_ACCEPTED, at(20260105, 9, 0) + (int64_t)rng_below(&r, 500000) * MINUTE_US, 0 } };
        size_t n = 1;
        int64_t plain = 0, t = e[0].at_us, late, both = 0;
        enum dossier_state to;
        for (int step = 0; step < 12 && n < EVENTS_MAX - 1; step++) {
            enum dossier_command c = commands[rng_below(&r, 6)];
            if (!state_move(e[n - 1].to, c, &to))
                continue;
            int64_t next = t + (int64_t)rng_below(&r, 5000) * MINUTE_US;
            plain += state_clock_runs(e[n - 1].to) ? plain_work(t, next) : 0;
            e[n++] = (struct clock_event){ c, to, next, (int32_t)rng_below(&r, 2) };
            t = next;
        }
        struct deadline dl = { .working_days = 3 };
        struct dossier_clock k = folded(&dl, e, n, t);
        assert_int_equal(k.held_us, plain);
        for (int32_t holder = 0; holder < 2; holder++)
            both += held(e, n, holder, k.due_us, t, &late);
        assert_int_equal(both, plain);
    }
}

static int start(void **state)
{
    (void)state;
    return status_ok(defs_load(NULL, (str){ 0 }, &defs, NULL)) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    defs_free(defs);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_with_the_acceptance), cmocka_unit_test(counts_make_up_days_and_holidays),
        cmocka_unit_test(stands_while_the_applicant_owes), cmocka_unit_test(blames_who_held_it),
        cmocka_unit_test(agrees_with_a_plain_count), cmocka_unit_test(agrees_for_ten_years), cmocka_unit_test(holds_what_was_held),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, start, end);
}
