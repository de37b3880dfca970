/* Forms of a text for comparing and for showing. Keys are made here and stored beside the text; the data base never
 * lower-cases or compares Vietnamese. */
#pragma once
#include "base/base.h"

/* Lower case, no diacritics, đ to d, lookalikes and full-width forms to plain letters, typographic quotes and dashes to
 * ASCII, single spaces: "ÐẶNG  Thùy" gives "dang thuy". For blocking and searching. */
str viet_fold(struct arena *a, str s);
/* The same into `out`; stops on a code-point boundary when full. Returns the bytes written. Never more than 2 * s.len. */
size_t viet_fold_into(char *out, size_t cap, str s);
/* Lower case with tones, both tone places and the spellings y and i as one: "Hoà", "HÒA" give one key, "Hoa" another. */
str viet_key(struct arena *a, str s);
str viet_lower(struct arena *a, str s);
str viet_upper(struct arena *a, str s);
str viet_title(struct arena *a, str s); /* each word, also after hyphen and apostrophe: "H'Hen Niê" */
/* The letter meant by a lookalike (Ð for Đ, Cyrillic а for a, full-width Ａ for A); the same code point otherwise. */
uint32_t viet_lookalike(uint32_t code_point);
