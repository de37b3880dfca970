/* Dates in words: "ngày 2 tháng 1 năm 1990", and the line of the civil-status books that repeats the date in letters.
 * "Năm" is both "year" and "five", with the same tone; the sentence decides, not the word. */
#include <string.h>

#include "viet/field/date.h"

enum { WORDS_MAX = 24 };

struct words {
    str at[WORDS_MAX];
    size_t count;
};

static bool is_wordly(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool split(str s, struct words *w)
{
    size_t at = 0;
    w->count = 0;
    while (at < s.len) {
        size_t from = at;
        while (at < s.len && is_wordly(s.ptr[at]))
            at++;
        if (at > from) {
            if (w->count == WORDS_MAX)
                return false;
            w->at[w->count++] = str_slice(s, from, at);
        } else if (!strchr(" ,.;:-/()", s.ptr[at++])) {
            return false;
        }
    }
    return true;
}

static bool is(str word, const char *one)
{
    return str_eq(word, str_of(one));
}

static int digit_word(str word)
{
    static const struct {
        const char *word;
        int value;
    } digits[] = {
        { "khong", 0 }, { "mot", 1 },  { "hai", 2 },  { "ba", 3 },  { "bon", 4 }, { "tu", 4 },   { "nam", 5 },
        { "lam", 5 },   { "nham", 5 }, { "sau", 6 },  { "bay", 7 }, { "tam", 8 }, { "chin", 9 },
    };
    for (size_t i = 0; i < sizeof digits / sizeof *digits; i++)
        if (is(word, digits[i].word))
            return digits[i].value;
    return -1;
}

/* "hai không không hai": digit by digit. */
static bool read_spelled(const str *w, size_t n, int *ret)
{
    *ret = 0;
    for (size_t i = 0; i < n; i++) {
        int d = digit_word(w[i]);
        if (d < 0 || *ret > 999)
            return false;
        *ret = *ret * 10 + d;
    }
    return n >= 2;
}

static bool read_counted(const str *w, size_t n, int *ret)
{
    int total = 0, digit = -1;
    for (size_t i = 0; i < n; i++) {
        int d = digit_word(w[i]), unit = 0;
        if (d >= 0) {
            if (digit >= 0)
                return false;
            digit = d;
            continue;
        }
        if (is(w[i], "nghin") || is(w[i], "ngan"))
            unit = 1000;
        else if (is(w[i], "tram"))
            unit = 100;
        else if (is(w[i], "muoi"))
            unit = 10;
        else if (!is(w[i], "linh") && !is(w[i], "le"))
            return false;
        if (unit == 100 && digit < 0)
            return false;
        total += unit * (digit < 0 ? 1 : digit);
        digit = -1;
    }
    *ret = total + (digit < 0 ? 0 : digit);
    return n > 0;
}

static bool read_number(const str *w, size_t n, int *ret)
{
    int64_t value;
    if (n == 1 && str_is_digits(w[0])) {
        if (w[0].len > 4 || !str_i64(w[0], &value))
            return false;
        *ret = (int)value;
        return true;
    }
    return read_spelled(w, n, ret) || read_counted(w, n, ret);
}

static size_t find(const struct words *w, size_t from, const char *word)
{
    while (from < w->count && !is(w->at[from], word))
        from++;
    return from;
}

static bool read_year_after(const struct words *w, size_t from, int *ret)
{
    return from < w->count && read_number(&w->at[from], w->count - from, ret) && *ret >= 1000;
}

/* After "tháng": a month, "năm", a year. Every "năm" is tried as the word for year. */
static bool read_month_year(const struct words *w, size_t from, struct date_parts *ret)
{
    for (size_t year = from + 1; year < w->count; year++)
        if (is(w->at[year], "nam") && read_number(&w->at[from], year - from, &ret->month) &&
            read_year_after(w, year + 1, &ret->year))
            return true;
    /* "2 tháng 1, 1990" */
    return from + 1 < w->count && read_number(&w->at[from], 1, &ret->month) && read_year_after(w, from + 1, &ret->year);
}

static int english_month(str word)
{
    static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    for (int m = 0; m < 12 && word.len >= 3; m++)
        if (memcmp(word.ptr, months + 3 * m, 3) == 0)
            return m + 1;
    return 0;
}

/* "02-Jan-1990", "January 2, 1990", "Jan 1990" */
static bool read_english(const struct words *w, struct date_parts *ret)
{
    if (w->count < 2 || w->count > 3)
        return false;
    size_t month = english_month(w->at[0]) ? 0 : 1, last = w->count - 1;
    ret->month = english_month(w->at[month]);
    if (!ret->month || month == last || !read_number(&w->at[last], 1, &ret->year) || ret->year < 1000)
        return false;
    return w->count == 2 ? month == 0 : read_number(&w->at[1 - month], 1, &ret->day) && ret->day > 0;
}

bool date_words_read(str folded, struct date_parts *ret)
{
    struct words w;
    *ret = (struct date_parts){ 0 };
    if (!split(folded, &w) || w.count == 0)
        return false;
    if (read_english(&w, ret))
        return true;
    *ret = (struct date_parts){ 0 };
    size_t from = is(w.at[0], "sinh") ? 1 : 0, month = find(&w, from, "thang");
    if (month == w.count) {
        size_t year = find(&w, from, "nam");
        return year == from && read_year_after(&w, year + 1, &ret->year);
    }
    if (!read_month_year(&w, month + 1, ret) || ret->month < 1 || ret->month > 12)
        return false;
    from += from < month && is(w.at[from], "ngay");
    from += from < month && (is(w.at[from], "mong") || is(w.at[from], "mung"));
    return from == month || (read_number(&w.at[from], month - from, &ret->day) && ret->day > 0);
}
