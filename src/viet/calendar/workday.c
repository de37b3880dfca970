/* Steps day by day: the longest stretch that a procedure knows is some hundred days, and a loop that a clerk can follow is
 * worth more than a formula. A calendar without any working day would never end: calendar_is_sound() is asked first. */
#include "viet/calendar/workday.h"

#define MINUTE_US INT64_C(60000000)
enum { YEAR_LONG = 400 };

static bool listed(const day *days, size_t count, day d)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (days[middle].ymd == d.ymd)
            return true;
        if (days[middle].ymd < d.ymd)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static bool ascending(const day *days, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (day_precision(days[i]) != DAY_FULL || !day_is_valid(days[i]) || (i > 0 && days[i].ymd <= days[i - 1].ymd))
            return false;
    return true;
}

/* A year of days off in a row means a wrong file, and would make every search long. */
static bool has_long_gap(const day *off, size_t count)
{
    for (size_t i = 0, run = 1; i + 1 < count; i++) {
        run = day_first(off[i + 1]) == day_first(off[i]) + 1 ? run + 1 : 1;
        if (run >= YEAR_LONG)
            return true;
    }
    return false;
}

bool calendar_is_sound(const struct calendar *c)
{
    const uint8_t week = 0xFE;
    if ((c->rest_days & week) == week || c->span_count > WORK_SPANS_MAX || !ascending(c->off, c->off_count) ||
        !ascending(c->work, c->work_count) || has_long_gap(c->off, c->off_count))
        return false;
    for (size_t i = 0; i < c->span_count; i++) {
        const struct work_span *s = &c->spans[i];
        int earliest = i > 0 ? c->spans[i - 1].to_minute + 1 : 0;
        if (s->from_minute < earliest || s->to_minute <= s->from_minute || s->to_minute > 24 * 60)
            return false;
    }
    return true;
}

bool calendar_is_working(const struct calendar *c, day d)
{
    if (listed(c->work, c->work_count, d))
        return true;
    return !(c->rest_days & REST_DAY(day_weekday(d))) && !listed(c->off, c->off_count, d);
}

static day step(const struct calendar *c, day d, int direction)
{
    do
        d = day_add(d, direction);
    while (!calendar_is_working(c, d));
    return d;
}

day calendar_next_working(const struct calendar *c, day d)
{
    return calendar_is_working(c, d) ? d : step(c, d, 1);
}

day calendar_add_days(const struct calendar *c, day from, int count)
{
    if (count == 0)
        return calendar_next_working(c, from);
    for (int i = 0; i < (count < 0 ? -count : count); i++)
        from = step(c, from, count < 0 ? -1 : 1);
    return from;
}

int calendar_days_between(const struct calendar *c, day from, day to)
{
    int count = 0;
    if (to.ymd < from.ymd)
        return -calendar_days_between(c, to, from);
    while (from.ymd < to.ymd) {
        from = day_add(from, 1);
        count += calendar_is_working(c, from);
    }
    return count;
}

int calendar_minutes_a_day(const struct calendar *c)
{
    int minutes = 0;
    for (size_t i = 0; i < c->span_count; i++)
        minutes += c->spans[i].to_minute - c->spans[i].from_minute;
    return minutes;
}

/* Working time of one day within [from, to), all in microseconds since its midnight. */
static int64_t within_day(const struct calendar *c, int64_t from, int64_t to)
{
    int64_t sum = 0;
    for (size_t i = 0; i < c->span_count; i++) {
        int64_t start = c->spans[i].from_minute * MINUTE_US, end = c->spans[i].to_minute * MINUTE_US;
        start = start > from ? start : from;
        end = end < to ? end : to;
        sum += end > start ? end - start : 0;
    }
    return sum;
}

/* The moment of the day at which `left` of working time after `from` has passed. The day has that much. */
static int64_t moment_of(const struct calendar *c, int64_t from, int64_t left)
{
    for (size_t i = 0; i < c->span_count; i++) {
        int64_t start = c->spans[i].from_minute * MINUTE_US, end = c->spans[i].to_minute * MINUTE_US;
        start = start > from ? start : from;
        if (end <= start)
            continue;
        if (left <= end - start)
            return start + left;
        left -= end - start;
    }
    MUST(!"the day has less working time than was promised");
    return from;
}

int64_t calendar_add_minutes(const struct calendar *c, int64_t from_us, int64_t minutes)
{
    day d = day_of_us(from_us);
    int64_t left = minutes * MINUTE_US, from = from_us - day_start_us(d), whole = calendar_minutes_a_day(c) * MINUTE_US;

    MUST(minutes >= 0 && minutes <= INT32_MAX && whole > 0);
    for (;; d = day_add(d, 1), from = 0) {
        if (!calendar_is_working(c, d))
            continue;
        int64_t today = within_day(c, from, 24 * 60 * MINUTE_US);
        if (today > 0 && left <= today)
            return day_start_us(d) + moment_of(c, from, left);
        left -= today;
    }
}

int64_t calendar_work_us_between(const struct calendar *c, int64_t from_us, int64_t to_us)
{
    int64_t sum = 0;
    for (day d = day_of_us(from_us); from_us < to_us; d = day_add(d, 1)) {
        int64_t start = day_start_us(d), end = start + 24 * 60 * MINUTE_US;
        int64_t upto = to_us < end ? to_us : end;
        if (calendar_is_working(c, d))
            sum += within_day(c, from_us - start, upto - start);
        from_us = end;
    }
    return sum;
}

day calendar_receipt_day(const struct calendar *c, int64_t received_us, int until_minute)
{
    day d = day_of_us(received_us);
    if (calendar_is_working(c, d) && received_us - day_start_us(d) > until_minute * MINUTE_US)
        return step(c, d, 1);
    return calendar_next_working(c, d);
}
