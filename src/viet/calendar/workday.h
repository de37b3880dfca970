/* Working days and working time. Deadlines of procedures run in working days or hours (NĐ 61/2018; NĐ 118/2025), so that
 * every clock stands on this. The calendar is data: weekly rest, holidays, swapped days. Times are microseconds UTC, days
 * are those of Vietnam (UTC+7). */
#pragma once
#include "viet/calendar/holiday.h"

enum { WORK_SPANS_MAX = 4 };

struct work_span {
    int16_t from_minute, to_minute; /* of the day, 0 … 1440; ascending, not touching */
};

struct calendar {
    uint8_t rest_days;       /* REST_DAY() bits */
    const day *off;          /* days off, ascending */
    size_t off_count;
    const day *work;         /* rest days that are worked, ascending; they win over `off` */
    size_t work_count;
    struct work_span spans[WORK_SPANS_MAX];
    size_t span_count;
};

/* At least one working day a week, spans in order, lists ascending and of whole days. */
bool calendar_is_sound(const struct calendar *c);
bool calendar_is_working(const struct calendar *c, day d);
/* The first working day on or after `d`. */
day calendar_next_working(const struct calendar *c, day d);
/* The working day `count` working days after (before, if negative) `from`; 0 gives the next working day on or after. The
 * day of receipt does not count: one working day from a Friday is the Monday. */
day calendar_add_days(const struct calendar *c, day from, int count);
/* Working days in (from, to]; negative if `to` is before `from`. */
int calendar_days_between(const struct calendar *c, day from, day to);
int calendar_minutes_a_day(const struct calendar *c);
/* The moment at which so many working minutes have passed; 0 gives the next moment of working time. `minutes` >= 0. */
int64_t calendar_add_minutes(const struct calendar *c, int64_t from_us, int64_t minutes);
/* Working time in [from, to), in microseconds; 0 if to <= from. */
int64_t calendar_work_us_between(const struct calendar *c, int64_t from_us, int64_t to_us);
/* The day from which a receipt counts: after `until_minute` or on a day without work it is the next working day. */
day calendar_receipt_day(const struct calendar *c, int64_t received_us, int until_minute);
