/* Slips of people who write down a name or an address, done to letters. Each says whether it could be done. */
#pragma once
#include "base/base.h"

enum { LETTERS_MAX = 240 };
struct letters {
    uint32_t cp[LETTERS_MAX];
    size_t count;
};

void letters_read(struct letters *l, str text); /* what does not fit is cut off */
str letters_write(const struct letters *l, char out[static LETTERS_MAX * 4]);

bool slip_typo(struct rng *r, struct letters *l);  /* one letter put in, left out, replaced, swapped with the next, or another tone */
bool slip_telex(struct rng *r, struct letters *l); /* a word as Telex keys: "Nguyeenx" */
bool slip_marks(struct letters *l);                /* all diacritics lost */
bool slip_upper(struct letters *l);
bool slip_order(struct letters *l);                 /* the last word first */
bool slip_middle(struct letters *l);                /* only the first and the last word stay */
bool slip_variant(struct rng *r, struct letters *l); /* the form of another region: Hoàng, Huỳnh */
bool slip_digit(struct rng *r, char *digits, size_t from); /* another digit at or after `from` */

/* The pairs of slip_variant(), for tests. */
extern const char *const slip_variants[][2];
extern const size_t slip_variant_count;
