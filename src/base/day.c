/* Calendar days of the proleptic Gregorian calendar (ISO 8601), years 1 to 9999, with their precision. Old Vietnamese
 * registers often know only the year or month of birth; such a day is kept as it is and never filled up with an
 * invented one. The lunar calendar is not the business of this file. */
#include "base/day.h"

#include "base/arena.h"
#include "base/buf.h"

#define YEAR_MAX 9999
#define NUMBER_MIN (-719162) /* 0001-01-01 */
#define NUMBER_MAX 2932896   /* 9999-12-31 */
#define DAY_US 86400000000ll
#define VIETNAM_AHEAD_US (7 * 3600000000ll)

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* 0 for a month that does not exist. */
int day_days_in_month(int year, int month)
{
    static const signed char days[] = { 0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    if (month < 1 || month > 12)
        return 0;
    return days[month] + (month == 2 && is_leap(year));
}

bool day_is_valid(day d)
{
    day same;

    return d.ymd >= 0 && day_make(day_year(d), day_month(d), day_of_month(d), &same);
}

enum day_precision day_precision(day d)
{
    if (d.ymd % 100)
        return DAY_FULL;
    if (d.ymd % 10000)
        return DAY_MONTH;
    return d.ymd ? DAY_YEAR : DAY_UNKNOWN;
}

bool day_make(int year, int month, int day_of_month, day *ret)
{
    bool none = year == 0 && month == 0 && day_of_month == 0;
    bool month_open = month == 0 && day_of_month == 0;

    if (!none && (year < 1 || year > YEAR_MAX))
        return false;
    if (!month_open && (month < 1 || month > 12 || day_of_month < 0 || day_of_month > day_days_in_month(year, month)))
        return false;
    *ret = (day){ year * 10000 + month * 100 + day_of_month };
    return true;
}

/* Years are counted from March, so that the leap day is the last of its year; 400 years have 146097 days. */
static int32_t number_of(int year, int month, int day_of_month)
{
    int y = month <= 2 ? year - 1 : year;
    int from_march = (month + 9) % 12;

    return y * 365 + y / 4 - y / 100 + y / 400 + (153 * from_march + 2) / 5 + day_of_month - 719469;
}

int32_t day_first(day d)
{
    MUST(day_is_valid(d));
    if (day_is_none(d))
        return NUMBER_MIN;
    return number_of(day_year(d), day_month(d) ? day_month(d) : 1, day_of_month(d) ? day_of_month(d) : 1);
}

int32_t day_last(day d)
{
    MUST(day_is_valid(d));
    if (day_is_none(d))
        return NUMBER_MAX;

    int month = day_month(d) ? day_month(d) : 12;

    return number_of(day_year(d), month, day_of_month(d) ? day_of_month(d) : day_days_in_month(day_year(d), month));
}

/* None outside of the years 1 to 9999. */
day day_from_number(int32_t days_since_1970)
{
    if (days_since_1970 < NUMBER_MIN || days_since_1970 > NUMBER_MAX)
        return (day){ 0 };

    int32_t from_march_0 = days_since_1970 + 719468;
    int32_t era = from_march_0 / 146097, in_era = from_march_0 % 146097;
    int32_t year_in_era = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    int32_t in_year = in_era - (365 * year_in_era + year_in_era / 4 - year_in_era / 100);
    int32_t from_march = (5 * in_year + 2) / 153;
    int32_t of_month = in_year - (153 * from_march + 2) / 5 + 1;
    int32_t month = from_march < 10 ? from_march + 3 : from_march - 9;
    int32_t year = era * 400 + year_in_era + (month <= 2);

    return (day){ year * 10000 + month * 100 + of_month };
}

/* None if the result leaves the years 1 to 9999. */
day day_add(day full, int32_t days)
{
    int32_t number;

    MUST(day_precision(full) == DAY_FULL);
    if (__builtin_add_overflow(day_first(full), days, &number))
        return (day){ 0 };
    return day_from_number(number);
}

int day_weekday(day full)
{
    MUST(day_precision(full) == DAY_FULL);
    return (day_first(full) - NUMBER_MIN) % 7 + 1; /* 0001-01-01 was a Monday */
}

bool day_can_be(day claimed, day known)
{
    enum day_precision a = day_precision(claimed), b = day_precision(known);
    enum day_precision less = a < b ? a : b;

    if (less == DAY_UNKNOWN)
        return false;

    int32_t unit = less == DAY_FULL ? 1 : less == DAY_MONTH ? 100 : 10000;

    return claimed.ymd / unit == known.ymd / unit;
}

/* 0 where the birth is unknown or lies after `on`: no age is certain then. Who was born on 29 February completes a
 * year on 1 March of a common year. */
int day_age(day birth, day on)
{
    if (day_is_none(birth) || day_is_none(on))
        return 0;

    day born = day_from_number(day_last(birth)), at = day_from_number(day_first(on));
    int years = day_year(at) - day_year(born) - (at.ymd % 10000 < born.ymd % 10000);

    return years > 0 ? years : 0;
}

static int digits(str s)
{
    int value = 0;

    for (size_t i = 0; i < s.len; i++)
        value = value * 10 + (s.ptr[i] - '0');
    return value;
}

static bool parse(str iso, day *ret)
{
    bool has_month = iso.len >= 7, has_day = iso.len == 10;
    str year = str_slice(iso, 0, 4), month = str_slice(iso, 5, 7), of_month = str_slice(iso, 8, 10);

    if (iso.len != 4 && iso.len != 7 && iso.len != 10)
        return false;
    if (!str_is_digits(year) || digits(year) == 0)
        return false;
    if (has_month && (iso.ptr[4] != '-' || !str_is_digits(month) || digits(month) == 0))
        return false;
    if (has_day && (iso.ptr[7] != '-' || !str_is_digits(of_month) || digits(of_month) == 0))
        return false;
    return day_make(digits(year), has_month ? digits(month) : 0, has_day ? digits(of_month) : 0, ret);
}

STATUS day_parse(str iso, day *ret)
{
    return parse(iso, ret) ? OK : FAIL_WITH(DAY_FORMAT, STR(""), iso);
}

void day_iso(day d, struct buf *out)
{
    if (day_is_none(d))
        return;
    buf_pad(out, (uint64_t)day_year(d), 4);
    if (day_month(d)) {
        buf_char(out, '-');
        buf_pad(out, (uint64_t)day_month(d), 2);
    }
    if (day_of_month(d)) {
        buf_char(out, '-');
        buf_pad(out, (uint64_t)day_of_month(d), 2);
    }
}

str day_iso_str(struct arena *a, day d)
{
    switch (day_precision(d)) {
    case DAY_YEAR:
        return arena_printf(a, "%04d", day_year(d));
    case DAY_MONTH:
        return arena_printf(a, "%04d-%02d", day_year(d), day_month(d));
    case DAY_FULL:
        return arena_printf(a, "%04d-%02d-%02d", day_year(d), day_month(d), day_of_month(d));
    case DAY_UNKNOWN:
        break;
    }
    return (str){ 0 };
}

str day_vi(struct arena *a, day d)
{
    switch (day_precision(d)) {
    case DAY_YEAR:
        return arena_printf(a, "%04d", day_year(d));
    case DAY_MONTH:
        return arena_printf(a, "%02d/%04d", day_month(d), day_year(d));
    case DAY_FULL:
        return arena_printf(a, "%02d/%02d/%04d", day_of_month(d), day_month(d), day_year(d));
    case DAY_UNKNOWN:
        break;
    }
    return (str){ 0 };
}

/* None outside of the years 1 to 9999. */
day day_of_us(int64_t us_utc)
{
    int64_t local;

    if (__builtin_add_overflow(us_utc, VIETNAM_AHEAD_US, &local))
        return (day){ 0 };

    return day_from_number((int32_t)(local / DAY_US - (local % DAY_US < 0))); /* 2^63 us are 1.1e8 days */
}

int64_t day_start_us(day full)
{
    MUST(day_precision(full) == DAY_FULL);
    return day_first(full) * DAY_US - VIETNAM_AHEAD_US;
}
