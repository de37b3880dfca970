/* Only the reckoning: which days, for how long and by which law stands in definitions. Decisions of a single year (days
 * swapped, another eve of Tết) are put over this by the caller. */
#include "viet/calendar/holiday.h"

#include "viet/calendar/lunar.h"

enum { HOLIDAYS_MAX = 64 };

struct days {
    int32_t at[HOLIDAYS_MAX]; /* ascending */
    size_t count;
};

static bool has(const struct days *d, int32_t number)
{
    for (size_t i = 0; i < d->count; i++)
        if (d->at[i] == number)
            return true;
    return false;
}

static void insert(struct days *d, int32_t number)
{
    size_t i = d->count;
    if (has(d, number) || d->count == HOLIDAYS_MAX)
        return;
    for (; i > 0 && d->at[i - 1] > number; i--)
        d->at[i] = d->at[i - 1];
    d->at[i] = number;
    d->count++;
}

bool holiday_first_day(const struct holiday_rule *rule, int year, day *ret)
{
    day named;
    if ((rule->first_year && year < rule->first_year) || (rule->last_year && year > rule->last_year))
        return false;
    if (rule->kind == HOLIDAY_SOLAR) {
        if (!day_make(year, rule->month, rule->day, &named))
            return false;
    } else if (!lunar_to_day((struct lunar_day){ .year = year, .month = rule->month, .day = rule->day }, &named)) {
        return false;
    }
    *ret = day_add(named, -rule->before);
    return true;
}

static bool is_rest(int32_t number, uint8_t rest_days)
{
    return rest_days & REST_DAY(day_weekday(day_from_number(number)));
}

size_t holiday_days(const struct holiday_rule *rules, size_t n, int year, uint8_t rest_days, day *out, size_t cap)
{
    struct days off = { .count = 0 }, named;
    for (size_t i = 0; i < n; i++) {
        day first;
        if (!holiday_first_day(&rules[i], year, &first))
            continue;
        for (int k = 0; k < rules[i].days; k++)
            insert(&off, day_first(first) + k);
    }
    named = off;
    for (size_t i = 0; i < named.count; i++) {
        int32_t instead = named.at[i];
        if (!is_rest(instead, rest_days))
            continue;
        for (int tries = 0; (has(&off, instead) || is_rest(instead, rest_days)) && tries < HOLIDAYS_MAX; tries++)
            instead++;
        insert(&off, instead);
    }
    for (size_t i = 0; i < off.count && i < cap; i++)
        out[i] = day_from_number(off.at[i]);
    return off.count;
}
