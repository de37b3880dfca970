/* Dates as lists and civil-status books write them. A birth date may legally be a year or a month only; a wrong guess
 * between day and month makes another person, so every doubt comes back with the reading. */
#pragma once
#include "base/base.h"

enum date_rule {
    DATE_UNREAD,
    DATE_DAY_FIRST,   /* 2/1/1990, 02-01-1990, 2.1.90 */
    DATE_MONTH_FIRST, /* 12/25/1990 */
    DATE_YEAR_FIRST,  /* 1990-01-02 */
    DATE_COMPACT,     /* 02011990, 19900102 */
    DATE_SERIAL,      /* 32875: days of a spreadsheet */
    DATE_WORDS,       /* ngày 2 tháng 1 năm 1990, also in number words */
    DATE_MONTH_ONLY,  /* 1/1990 */
    DATE_YEAR_ONLY,   /* 1990 */
};

enum date_flag {
    DATE_SWAP_POSSIBLE = 1 << 0,   /* both parts are 12 or less and differ: `other` is the swapped day */
    DATE_CENTURY_GUESSED = 1 << 1, /* two digits of the year */
    DATE_FIRST_OF_JANUARY = 1 << 2, /* often a placeholder for "day not known" */
    DATE_ZERO_PARTS = 1 << 3,      /* 00/00/1950, --/--/1950 */
    DATE_TIME_DROPPED = 1 << 4,
    DATE_ZERO_RESTORED = 1 << 5,   /* 2011990: the leading zero of the day was lost */
    DATE_TWO_READINGS = 1 << 6,    /* compact digits that read in two ways: `other` */
    DATE_IN_FUTURE = 1 << 7,
    DATE_LONG_AGO = 1 << 8,        /* before 1870 */
    DATE_NO_SUCH_DAY = 1 << 9,     /* 31/4, 29/2/1990; not read */
    DATE_MAYBE_LUNAR = 1 << 10,    /* 30/2: a day of the lunar calendar; not read */
};

struct date_habits {
    day today;        /* a full day: for two-digit years and days in the future */
    bool month_first; /* the column writes the month first, see date_order_detect() */
    bool epoch_1904;  /* serials of the old Macintosh calendar */
};

struct date_reading {
    day day;   /* none if unread */
    day other; /* the second reading, or none */
    enum date_rule rule;
    uint32_t flags; /* enum date_flag */
};

/* False if it is no date; an empty text is false too, with rule DATE_UNREAD and no flag. */
bool date_read(str raw, const struct date_habits *habits, struct date_reading *ret);
/* A date that somebody types, as operations take it: 27/3/1985 as 1985-03-27. What leaves a doubt (two readings, two digits of the
 * year, the number of a day), or is none, stays as it was typed, for the operation to refuse. */
str date_typed(struct arena *a, str text, day today);
/* What a single date says of the order in its column. */
enum date_order {
    DATE_ORDER_NONE,   /* no day and month in digits */
    DATE_ORDER_DAY,    /* 25/12/1990 */
    DATE_ORDER_MONTH,  /* 12/25/1990 */
    DATE_ORDER_EITHER, /* 2/1/1990 */
};
enum date_order date_order_of(str raw);
/* Does a column write the day or the month first? Counts parts above 12. False if the column does not tell, or contradicts
 * itself; then *ret_month_first is the Vietnamese habit, day first. */
bool date_order_detect(const str *samples, size_t n, bool *ret_month_first);

/* Parts of a date in words, from text folded to plain small letters; 0 for what is missing. For date.c. */
struct date_parts {
    int year, month, day;
};
bool date_words_read(str folded, struct date_parts *ret);
