/* One reader for all the ways in which lists write a date. It never picks silently: the rule that it used and every doubt
 * come back as flags. Refuses days that no calendar has, and years before 1800 or after 2199. */
#include "viet/field/date.h"

#include <string.h>

#include "viet/fold.h"

enum { TEXT_MAX = 96, YEAR_FIRST = 1800, YEAR_LAST = 2199, YEAR_RARE = 1870 };
/* Day 0 of a spreadsheet is 30 December 1899; four digits are a year, so serials begin at 10000 (18 May 1927). */
enum { SERIAL_FIRST = 10000, SERIAL_LAST = 99999, SERIAL_1904 = 1462 };

struct part {
    int value, digits; /* no digits: a placeholder such as ".." */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "1990-01-02 00:00:00", "1990-01-02t00:00:00z", "2/1/1990 7:30 am" */
static str without_time(str s, uint32_t *flags)
{
    size_t colon = str_find_char(s, ':'), at = colon;
    if (colon == s.len || colon == 0)
        return s;
    while (at > 0 && is_digit(s.ptr[at - 1]))
        at--;
    if (at == 0 || (s.ptr[at - 1] != ' ' && s.ptr[at - 1] != 't'))
        return s;
    *flags |= DATE_TIME_DROPPED;
    return str_trim(str_slice(s, 0, at - 1));
}

static bool part_read(str piece, struct part *ret)
{
    *ret = (struct part){ 0, 0 };
    piece = str_trim(piece);
    for (size_t i = 0; i < piece.len; i++) {
        char c = piece.ptr[i];
        if (is_digit(c)) {
            ret->value = ret->value * 10 + (c - '0');
            if (++ret->digits > 8)
                return false;
        } else if (ret->digits > 0 || !strchr(".?_x*- ", c)) {
            return false;
        }
    }
    return true;
}

/* Pieces between separators. Slashes go first, so that "../../1950" keeps its dots as placeholders. */
static bool parts_split(str s, struct part parts[static 3], size_t *ret_count)
{
    static const char separators[] = { '/', '-', '.', ' ', ',' };
    str piece;
    *ret_count = 0;
    for (size_t i = 0; i < sizeof separators; i++) {
        if (str_find_char(s, separators[i]) == s.len)
            continue;
        while (str_cut(&s, separators[i], &piece))
            if (*ret_count == 3 || !part_read(piece, &parts[(*ret_count)++]))
                return false;
        return true;
    }
    *ret_count = 1;
    return part_read(s, &parts[0]);
}

static int full_year(struct part year, const struct date_habits *h, uint32_t *flags)
{
    if (year.digits == 4)
        return year.value;
    if (year.digits != 2)
        return 0;
    *flags |= DATE_CENTURY_GUESSED;
    int century = day_year(h->today) / 100 * 100;
    return year.value + (year.value > day_year(h->today) % 100 ? century - 100 : century);
}

/* Fills the reading, or says why there is no such day. */
static bool settle(int year, int month, int day_of_month, struct date_reading *r)
{
    if (year < YEAR_FIRST || year > YEAR_LAST)
        return false;
    if (month == 0 && day_of_month > 0) {
        r->flags |= DATE_ZERO_PARTS;
        day_of_month = 0;
    }
    if (day_make(year, month, day_of_month, &r->day))
        return true;
    r->day = (day){ 0 };
    r->flags |= DATE_NO_SUCH_DAY;
    if (day_of_month == 30 && month == 2)
        r->flags |= DATE_MAYBE_LUNAR;
    return false;
}

static bool read_three(const struct part p[static 3], const struct date_habits *h, struct date_reading *r)
{
    if (p[0].digits == 4 || (p[0].digits == 2 && p[0].value > 31)) {
        r->rule = DATE_YEAR_FIRST;
        return settle(full_year(p[0], h, &r->flags), p[1].value, p[2].value, r);
    }
    if (p[0].digits > 2 || p[1].digits > 2)
        return false;
    int year = full_year(p[2], h, &r->flags), first = p[0].value, second = p[1].value;
    bool month_first = h->month_first ? first <= 12 || second > 12 : second > 12 && first <= 12;
    if (h->month_first && first > 12 && second <= 12)
        month_first = false;
    r->rule = month_first ? DATE_MONTH_FIRST : DATE_DAY_FIRST;
    if (first == 0 || second == 0)
        r->flags |= DATE_ZERO_PARTS;
    else if (first <= 12 && second <= 12 && first != second) {
        r->flags |= DATE_SWAP_POSSIBLE;
        if (!day_make(year, month_first ? second : first, month_first ? first : second, &r->other))
            return false;
    }
    return settle(year, month_first ? first : second, month_first ? second : first, r);
}

static bool read_two(const struct part p[static 2], struct date_reading *r)
{
    r->rule = DATE_MONTH_ONLY;
    if (p[1].digits == 4 && p[0].digits <= 2) {
        r->flags |= p[0].value == 0 ? DATE_ZERO_PARTS : 0;
        return settle(p[1].value, p[0].value, 0, r);
    }
    if (p[0].digits == 4 && p[1].digits >= 1 && p[1].digits <= 2)
        return settle(p[0].value, p[1].value, 0, r);
    return false;
}

static bool year_in_range(day d)
{
    return !day_is_none(d) && day_year(d) >= YEAR_RARE && day_year(d) <= YEAR_LAST;
}

static day made(int year, int month, int day_of_month)
{
    day d = { 0 };
    return month > 0 && day_make(year, month, day_of_month, &d) && year_in_range(d) ? d : (day){ 0 };
}

static bool choose(day first, day second, struct date_reading *r)
{
    r->rule = DATE_COMPACT;
    r->day = day_is_none(first) ? second : first;
    if (!day_is_none(first) && !day_is_none(second)) {
        r->other = second;
        r->flags |= DATE_TWO_READINGS;
    }
    return !day_is_none(r->day);
}

static bool read_serial(int serial, const struct date_habits *h, struct date_reading *r)
{
    int32_t days = day_first((day){ 18991230 }) + serial + (h->epoch_1904 ? SERIAL_1904 : 0);
    if (serial < SERIAL_FIRST || serial > SERIAL_LAST || days > day_first(h->today) + 366)
        return false;
    r->rule = DATE_SERIAL;
    r->day = day_from_number(days);
    return true;
}

static bool read_one(struct part p, const struct date_habits *h, struct date_reading *r)
{
    int v = p.value;
    switch (p.digits) {
    case 4:
        r->rule = DATE_YEAR_ONLY;
        return settle(v, 0, 0, r);
    case 5: return read_serial(v, h, r);
    case 6: {
        struct part yy = { v % 100, 2 };
        uint32_t guessed = 0;
        day short_day = v / 10000 > 0 ? made(full_year(yy, h, &guessed), v / 100 % 100, v / 10000) : (day){ 0 };
        day month = made(v / 100, v % 100, 0);
        if (day_is_none(month))
            month = made(v % 10000, v / 10000, 0);
        r->flags |= day_is_none(short_day) ? 0 : guessed;
        return choose(short_day, month, r);
    }
    case 7:
        r->flags |= DATE_ZERO_RESTORED;
        return choose(made(v % 10000, v / 10000 % 100, v / 1000000), (day){ 0 }, r);
    case 8: {
        day day_first_form = v / 1000000 > 0 ? made(v % 10000, v / 10000 % 100, v / 1000000) : (day){ 0 };
        day year_first_form = v % 100 > 0 ? made(v / 10000, v / 100 % 100, v % 100) : (day){ 0 };
        return choose(day_first_form, year_first_form, r);
    }
    default: return false;
    }
}

static bool has_word(str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] >= 'a' && s.ptr[i] <= 'z' && s.ptr[i] != 'x')
            return true;
    return false;
}

static bool read_text(str s, const struct date_habits *h, struct date_reading *r)
{
    struct part p[3];
    struct date_parts words;
    size_t count;

    if (has_word(s)) {
        r->rule = DATE_WORDS;
        return date_words_read(s, &words) && settle(words.year, words.month, words.day, r);
    }
    if (!parts_split(s, p, &count))
        return false;
    if (count == 2 && p[0].digits == 5) { /* 32875.0, 32875.3125 */
        r->flags |= p[1].value ? DATE_TIME_DROPPED : 0;
        count = 1;
    }
    if (count == 1)
        return read_one(p[0], h, r);
    return count == 2 ? read_two(p, r) : read_three(p, h, r);
}

bool date_read(str raw, const struct date_habits *habits, struct date_reading *ret)
{
    char bytes[TEXT_MAX];
    str s = { bytes, viet_fold_into(bytes, sizeof bytes, raw) };

    *ret = (struct date_reading){ 0 };
    if (s.len == sizeof bytes || s.len == 0)
        return false;
    if (s.ptr[0] == '\'')
        s = str_from(s, 1);
    s = without_time(s, &ret->flags);
    if (!read_text(s, habits, ret)) {
        *ret = (struct date_reading){ .flags = ret->flags & (DATE_NO_SUCH_DAY | DATE_MAYBE_LUNAR) };
        return false;
    }
    if (day_precision(ret->day) == DAY_FULL && ret->day.ymd % 10000 == 101)
        ret->flags |= DATE_FIRST_OF_JANUARY;
    if (day_first(ret->day) > day_first(habits->today))
        ret->flags |= DATE_IN_FUTURE;
    if (day_year(ret->day) < YEAR_RARE)
        ret->flags |= DATE_LONG_AGO;
    return true;
}

enum date_order date_order_of(str raw)
{
    char bytes[TEXT_MAX];
    uint32_t flags = 0;
    struct part p[3];
    size_t count;
    str s = { bytes, viet_fold_into(bytes, sizeof bytes, raw) };
    if (has_word(s) || !parts_split(without_time(s, &flags), p, &count) || count != 3 || p[0].digits > 2 || p[1].digits > 2)
        return DATE_ORDER_NONE;
    int first = p[0].value, second = p[1].value;
    if (first < 1 || second < 1 || first > 31 || second > 31 || (first > 12 && second > 12))
        return DATE_ORDER_NONE;
    return first > 12 ? DATE_ORDER_DAY : second > 12 ? DATE_ORDER_MONTH : first == second ? DATE_ORDER_NONE : DATE_ORDER_EITHER;
}

bool date_order_detect(const str *samples, size_t n, bool *ret_month_first)
{
    size_t day_first_seen = 0, month_first_seen = 0;
    for (size_t i = 0; i < n; i++) {
        enum date_order order = date_order_of(samples[i]);
        day_first_seen += order == DATE_ORDER_DAY;
        month_first_seen += order == DATE_ORDER_MONTH;
    }
    *ret_month_first = month_first_seen > 0 && day_first_seen == 0;
    return (month_first_seen > 0) != (day_first_seen > 0);
}

str date_typed(struct arena *a, str text, day today)
{
    struct date_reading r;
    if (!date_read(text, &(struct date_habits){ .today = today }, &r) || r.rule == DATE_SERIAL || r.flags & (DATE_TWO_READINGS | DATE_CENTURY_GUESSED))
        return text;
    return day_iso_str(a, r.day);
}
