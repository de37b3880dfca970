/* Personal numbers (số định danh cá nhân) and the nine-digit numbers of the old identity cards. There is no check digit:
 * all that can be said of a number is whether it is plausible, and that is a warning with its reason, never a correction
 * (TT 59/2021/TT-BCA Đ4). */
#pragma once
#include "viet/field/sex.h"

#define NUMBER_FIRST INT64_C(1000000000)   /* 001 0 00 000000 */
#define NUMBER_LIMIT INT64_C(1000000000000) /* twelve digits */

enum number_kind {
    NUMBER_NONE,      /* no number can be read */
    NUMBER_PERSONAL,  /* twelve digits as they stand */
    NUMBER_SUGGESTED, /* twelve digits after a repair: a human or a match must confirm it */
    NUMBER_OLD,       /* nine digits: identity card until 2024 */
};

enum number_repair {
    NUMBER_SEPARATORS = 1 << 0, /* spaces, dots, dashes or an apostrophe taken out */
    NUMBER_ZEROS = 1 << 1,      /* leading zeros restored that a spreadsheet dropped */
    NUMBER_LETTERS = 1 << 2,    /* O for 0, l or I for 1, S for 5, B for 8 … */
    NUMBER_FRACTION = 1 << 3,   /* ".0" of a spreadsheet taken off */
    NUMBER_ROUNDED = 1 << 4,    /* written as 1.09E+10: digits are lost, nothing can be read */
};

struct number_reading {
    enum number_kind kind;
    int64_t number; /* 0 if none */
    uint32_t repairs; /* enum number_repair */
    int zeros;        /* leading zeros restored */
};
/* False if the text holds no number of either kind. */
bool number_read(str raw, struct number_reading *ret);

enum number_warning {
    NUMBER_NOT_TWELVE = 1 << 0,      /* out of range */
    NUMBER_PREFIX_UNKNOWN = 1 << 1,  /* no province; may be a country of registration, whose list is not public */
    NUMBER_SEX_DIFFERS = 1 << 2,
    NUMBER_YEAR_DIFFERS = 1 << 3,    /* the two digits of the year */
    NUMBER_CENTURY_DIFFERS = 1 << 4, /* the century digit, year digits agree */
    NUMBER_TAIL_PATTERN = 1 << 5,    /* 000000, 123456 …: typed to fill a form */
};
/* 0: plausible. An unknown birth or sex is not compared. */
uint32_t number_plausibility(int64_t number, day birth, enum sex sex);
/* The reason as a word of the program, for each single bit: "number_prefix_unknown" … NULL for no bit. */
const char *number_warning_name(uint32_t bit);

int number_year(int64_t number);    /* year of birth by the number */
enum sex number_sex(int64_t number);
const char *number_province(int64_t number); /* NULL if the prefix is unknown */
bool number_prefix_is_known(int prefix);
size_t number_prefixes(int *out, size_t cap); /* all 63, ascending; returns how many there are */
/* `tail` 0 … 999999; false for an unknown prefix, a year outside 1900-2399 or a sex that no digit stands for. */
bool number_make(int prefix, enum sex sex, int year, int tail, int64_t *ret);
void number_format(int64_t number, char out[static 13]); /* twelve digits and a NUL */
