/* Reading days and digits, see cell.h. A date that has no sense is not known rather than wrong: an impossible day would
 * agree with nothing and count as a difference. */
#include "match/set/cell.h"

#include <string.h>

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static uint32_t day_if(int year, int month, int day_of)
{
    static const int8_t days[13] = { 31, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    if (year < LINK_YEAR_FIRST || year > LINK_YEAR_LAST || month < 0 || month > 12 || day_of < 0 || day_of > days[month] || (day_of && !month))
        return 0;
    return link_day(year, month, day_of);
}

static int digits_value(const char *p, int count)
{
    int value = 0;

    for (int i = 0; i < count; i++)
        value = value * 10 + (p[i] - '0');
    return value;
}

/* Lengths of the runs of digits between two equal separators; false for any other shape. */
static bool runs_of(str cell, int runs[static 3])
{
    char separator = 0;
    int n = 0;

    runs[0] = runs[1] = runs[2] = 0;
    for (size_t i = 0; i < cell.len; i++) {
        char c = cell.ptr[i];

        if (is_digit(c)) {
            runs[n]++;
        } else {
            if ((c != '/' && c != '-' && c != '.') || (separator && c != separator) || n == 2 || !runs[n])
                return false;
            separator = c;
            n++;
        }
    }
    return n == 2 && runs[2] > 0;
}

static uint32_t guessed(int one, int two, int year, struct link_day_tally *tally)
{
    tally->first_over += one > 12;
    tally->second_over += two > 12;
    if (two > 12)
        return day_if(year, one, two);
    return day_if(year, two, one) | (day_if(year, two, one) && one <= 12 ? LINK_DAY_GUESSED : 0);
}

static uint32_t day_slow(str cell, day today, struct link_day_tally *tally)
{
    const struct date_habits habits = { .today = today };
    struct date_reading r;

    if (!date_read(cell, &habits, &r))
        return 0;
    if (r.rule == DATE_DAY_FIRST && day_of_month(r.day))
        return guessed(day_of_month(r.day), day_month(r.day), day_year(r.day), tally);
    return day_if(day_year(r.day), day_month(r.day), day_of_month(r.day));
}

uint32_t link_day_read(str cell, day today, struct link_day_tally *tally)
{
    const char *p = cell.ptr;
    uint32_t found;
    int runs[3];

    if (cell.len == 0)
        return 0;
    if (cell.len == 8 && str_is_digits(cell)) {
        found = day_if(digits_value(p, 4), digits_value(p + 4, 2), digits_value(p + 6, 2));
        return found ? found : day_slow(cell, today, tally);
    }
    if (cell.len == 4 && str_is_digits(cell))
        return day_if(digits_value(p, 4), 0, 0);
    if (!runs_of(cell, runs))
        return day_slow(cell, today, tally);
    if (runs[0] == 4 && runs[1] <= 2 && runs[2] <= 2)
        return day_if(digits_value(p, 4), digits_value(p + 5, runs[1]), digits_value(p + 6 + runs[1], runs[2]));
    if (runs[0] > 2 || runs[1] > 2 || runs[2] != 4)
        return day_slow(cell, today, tally);
    return guessed(digits_value(p, runs[0]), digits_value(p + runs[0] + 1, runs[1]), digits_value(p + runs[0] + runs[1] + 2, 4), tally);
}

bool link_day_month_first(const struct link_day_tally *tally) { return tally->second_over > 4 * tally->first_over; }

uint32_t link_day_settle(uint32_t d, bool month_first)
{
    if (!(d & LINK_DAY_GUESSED))
        return d;
    d &= ~LINK_DAY_GUESSED;
    return month_first ? link_day(link_day_year(d), link_day_day(d), link_day_month(d)) : d;
}

int link_part_read(str cell, int digits_max)
{
    cell = str_trim(cell);
    if (cell.len > 2 && str_ends(cell, STR(".0")))
        cell.len -= 2;
    if (cell.len == 0 || cell.len > (size_t)digits_max || !str_is_digits(cell))
        return -1;
    return digits_value(cell.ptr, (int)cell.len);
}

/* The last digits, when there are more than fit: those tell people apart. */
static uint64_t digits_among(str cell)
{
    uint64_t value = 0;
    unsigned count = 0;

    for (size_t i = 0; i < cell.len; i++)
        count += is_digit(cell.ptr[i]);
    for (size_t i = 0, seen = 0; i < cell.len; i++) {
        if (!is_digit(cell.ptr[i]))
            continue;
        if (seen++ + LINK_DIGITS_MAX >= count)
            value = value * 10 + (uint64_t)(cell.ptr[i] - '0');
    }
    if (count == 0 || value == 0)
        return 0; /* a row of zeros fills a form */
    return link_digits(count < LINK_DIGITS_MAX ? count : LINK_DIGITS_MAX, value);
}

static uint64_t digits_only(str cell)
{
    uint64_t value = 0;
    bool other = false;

    if (cell.len > LINK_DIGITS_MAX)
        return digits_among(cell);
    for (size_t i = 0; i < cell.len; i++) {
        unsigned digit = (unsigned char)cell.ptr[i] - (unsigned)'0';

        other |= digit > 9;
        value = value * 10 + digit;
    }
    if (other)
        return digits_among(cell);
    return value ? link_digits((unsigned)cell.len, value) : 0;
}

static uint64_t person_number(str cell, uint64_t plain)
{
    struct number_reading r;

    if (plain >> 56 == 12 && cell.len == 12)
        return plain;
    if (!number_read(cell, &r))
        return plain;
    return link_digits(r.kind == NUMBER_OLD ? 9 : 12, (uint64_t)r.number);
}

static uint64_t phone_number(str cell, uint64_t plain)
{
    struct phone_reading r;

    if (plain >> 56 == 10 && plain << 8 >> 8 < 1000000000)
        return plain;
    if (!phone_read(cell, &r))
        return plain;
    return digits_only(str_of(r.digits));
}

uint64_t link_digits_read(str cell, enum link_role role)
{
    uint64_t plain;

    if (cell.len == 0)
        return 0;
    plain = digits_only(cell);
    if (role == LINK_PERSON_NUMBER)
        return person_number(cell, plain);
    return role == LINK_PHONE && plain ? phone_number(cell, plain) : plain;
}
