/* The lunar calendar of Vietnam: months from new moon to new moon and solar terms at UTC+7 (the rule since QĐ 121-CP of
 * 8 August 1967). Years 1900 to 2100. Before 1968 the printed calendars of the time followed UTC+8 and can differ by a day
 * or a month from what this computes. */
#pragma once
#include "base/base.h"

struct lunar_day {
    int year, month, day; /* month 1 … 12, day 1 … 30 */
    bool leap;            /* the second month of that number */
};

/* False outside 1900-2100 or for a day without full precision. */
bool lunar_of_day(day solar, struct lunar_day *ret);
/* False if there is no such day: a 30th of a short month, a leap month that the year has not. */
bool lunar_to_day(struct lunar_day lunar, day *ret);
/* The first day of the lunar year that begins in this solar year. */
bool lunar_new_year(int year, day *ret);
/* The month that is repeated in this lunar year, 0 if none. */
int lunar_leap_month(int year);
