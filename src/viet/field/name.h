/* Names of persons: họ, chữ đệm, tên. A name is what the birth certificate says: nothing here corrects one; it splits,
 * doubts and proposes. */
#pragma once
#include "base/base.h"
#include "viet/repair.h"

struct person_name {
    str family, middle, given; /* slices of the input; a single word is the given name */
};
/* Of a text that has passed viet_enter(). */
void name_split(str name, struct person_name *ret);

enum name_warning {
    NAME_EMPTY = 1 << 0,
    NAME_ONE_WORD = 1 << 1,      /* legal for some minorities */
    NAME_MANY_WORDS = 1 << 2,    /* more than six */
    NAME_DIGITS = 1 << 3,
    NAME_SYMBOLS = 1 << 4,       /* anything but letters, space, apostrophe, hyphen, dot */
    NAME_LOST_LETTERS = 1 << 5,  /* '?' or U+FFFD where a letter was */
    NAME_OTHER_WORDS = 1 << 6,   /* a word that is no Vietnamese syllable: minority, foreign, or misspelt */
    NAME_NO_MARKS = 1 << 7,      /* "Nguyen Van An": diacritics were lost */
    NAME_MIXED_CASE = 1 << 8,
    NAME_ABBREVIATED = 1 << 9,
    NAME_HONORIFIC = 1 << 10,    /* begins with Ông, Bà, Cụ … before a family name */
    NAME_CLAN_ORDER = 1 << 11,   /* Y, H', K' … : parts may stand in another order */
};
uint32_t name_plausibility(str name);
const char *name_warning_name(uint32_t bit); /* "name_digits"; NULL for no single bit */

/* Is it one of the common family names, with its diacritics, in any case? */
bool name_is_family(str word);
/* Two forms of one name by region or old taboo (Hoàng and Huỳnh, Phúc and Phước). Different legal names: weak evidence. */
bool name_is_variant(str one, str other);
bool name_has_variant(str word);
/* Proposals, the surest first; `out` holds `cap`. None changes `name`. */
size_t name_repairs(struct arena *a, str name, struct repair *out, size_t cap);
/* The same, but only of what is no part of the name: a form of address, a remark. */
size_t name_additions(str name, struct repair *out, size_t cap);
