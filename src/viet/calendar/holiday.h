/* Public holidays of a year, computed from rules that the caller brings (they are definitions, with the law beside them). */
#pragma once
#include "base/base.h"

enum holiday_kind { HOLIDAY_SOLAR, HOLIDAY_LUNAR };

struct holiday_rule {
    enum holiday_kind kind;
    int month, day;  /* of the lunar calendar for HOLIDAY_LUNAR */
    int before;      /* the holiday begins so many days earlier: Tết from the eve on is 1 */
    int days;        /* length, with the days before */
    int first_year, last_year; /* the law's validity; 0: open */
};

/* Bits of the ISO weekdays that are weekly rest: REST_DAY(6) | REST_DAY(7). */
#define REST_DAY(weekday) (uint8_t)(1u << (weekday))

/* The days off of a solar year in ascending order, each once: the holidays, and for each that falls on a weekly rest day
 * the next working day (Bộ luật Lao động 2019 Đ111 khoản 3). Fills at most `cap`; returns how many there are. */
size_t holiday_days(const struct holiday_rule *rules, size_t n, int year, uint8_t rest_days, day *out, size_t cap);
/* The first day of a holiday in a solar year; false if it is not in force or cannot be computed. */
bool holiday_first_day(const struct holiday_rule *rule, int year, day *ret);
