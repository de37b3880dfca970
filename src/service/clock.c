/* Folding events into a clock.
 * tested by: src/service/test/clock_test.c */
#include "service/clock.h"

#include <string.h>

enum { MINUTE_US = 60 * 1000000, HOUR_MINUTES = 60 };

int64_t working_day_end(const struct calendar *c, day on)
{
    return day_start_us(on) + (int64_t)c->spans[c->span_count - 1].to_minute * MINUTE_US;
}

/* The clock starts, or starts again, with this much left. */
static void run(const struct clock_life *life, int64_t at_us, struct dossier_clock *k)
{
    const struct calendar *c = life->calendar;
    day first = calendar_receipt_day(c, at_us, life->received_until);
    k->runs = true;
    if (life->deadline.working_hours) {
        /* Hours of a receipt after the hour count from the next morning too. */
        bool today = day_eq(first, day_of_us(at_us));
        k->due_us = calendar_add_minutes(c, today ? at_us : day_start_us(first), k->left_minutes);
    } else {
        k->due_us = working_day_end(c, calendar_add_days(c, first, k->left_days));
    }
}

static void whole(const struct deadline *d, struct dossier_clock *k)
{
    k->left_days = d->working_days;
    k->left_minutes = (int64_t)d->working_hours * HOUR_MINUTES;
}

/* What is left when it stops: never less than nothing, so that a late dossier stays due on the day of its return. */
static void stand(const struct calendar *c, const struct deadline *d, const struct clock_event *e, struct dossier_clock *k)
{
    int64_t at_us = e->at_us;
    int days = calendar_days_between(c, day_of_us(at_us), day_of_us(k->due_us));
    k->runs = false;
    k->left_days = days > 0 ? days : 0;
    k->left_minutes = calendar_work_us_between(c, at_us, k->due_us) / MINUTE_US;
    if (d->restart && e->to == DOSSIER_AWAITING_SUPPLEMENT)
        whole(d, k);
    k->due_us = 0;
}

static void late_note(const struct calendar *c, int64_t until_us, struct dossier_clock *k)
{
    if (k->due_us && until_us > k->due_us) {
        k->late = true;
        k->late_us += calendar_work_us_between(c, k->due_us, until_us);
    }
}

void dossier_clock_fold(const struct clock_life *life, struct dossier_clock *ret)
{
    const struct calendar *c = life->calendar;
    const struct deadline *d = &life->deadline;
    int64_t since_us = 0;
    memset(ret, 0, sizeof *ret);
    whole(d, ret);
    for (size_t i = 0; i < life->count; i++) {
        const struct clock_event *e = &life->events[i];
        bool runs = state_clock_runs(e->to);
        if (e->command == COMMAND_REOPEN) {
            memset(ret, 0, sizeof *ret);
            whole(d, ret);
        }
        if (ret->runs)
            ret->held_us += calendar_work_us_between(c, since_us, e->at_us);
        since_us = e->at_us;
        if (runs && !ret->runs) {
            run(life, e->at_us, ret);
        } else if (!runs && ret->runs && state_is_open(e->to)) {
            late_note(c, e->at_us, ret);
            stand(c, d, e, ret);
        } else if (!runs && !state_is_open(e->to)) {
            /* Decided, withdrawn or stopped: the first end counts, not the day on which the result was fetched. */
            if (!ret->ended_us) {
                ret->ended_us = e->at_us;
                late_note(c, e->at_us, ret);
            }
            ret->runs = false;
        }
    }
    if (ret->runs) {
        ret->held_us += calendar_work_us_between(c, since_us, life->now_us);
        late_note(c, life->now_us, ret);
    }
}

int64_t dossier_clock_held_by(const struct clock_life *life, int32_t holder, int64_t due_us, int64_t *ret_late_us)
{
    const struct calendar *c = life->calendar;
    int64_t held = 0;
    *ret_late_us = 0;
    for (size_t i = 0; i < life->count; i++) {
        const struct clock_event *e = &life->events[i];
        int64_t until = i + 1 < life->count ? e[1].at_us : life->now_us;
        if (e->command == COMMAND_REOPEN)
            held = *ret_late_us = 0;
        if (!state_clock_runs(e->to) || e->holder != holder)
            continue;
        held += calendar_work_us_between(c, e->at_us, until);
        if (due_us && until > due_us)
            *ret_late_us += calendar_work_us_between(c, e->at_us > due_us ? e->at_us : due_us, until);
    }
    return held;
}
