/* Cards: what comparing asks first, one row of a few words for each record, so that a pair costs two look-ups in memory and
 * not two for each column. A card holds the value of each compared field itself, or for words a fingerprint of 64 bits; 0 is
 * not known. Two different texts of words have one fingerprint with a chance of 2^-64. */
#pragma once
#include "match/score/compare.h"

enum { CARD_LINE_UNITS = 16 }; /* of a line of the cache */

struct cards {
    int units;                       /* of 32 bits, of one card: 16 and a multiple of it, or less and a power of two */
    uint8_t at[LINK_FIELDS_MAX];     /* [comparison]: its first unit; wide values (words, digits) have two */
    uint32_t *card[2];               /* [side][record * units] */
    size_t bytes[2];
};

/* For records of both sides; NULL when the set is so small that the columns lie in the cache anyway. */
struct cards *cards_new(const struct comparer *c, int threads);
void cards_free(struct cards *k); /* NULL is allowed */

static inline const uint32_t *card_of(const struct cards *k, int side, uint32_t record) { return k->card[side] + (size_t)record * (size_t)k->units; }
static inline uint64_t card_wide(const uint32_t *card, int at) { return (uint64_t)card[at] | (uint64_t)card[at + 1] << 32; }
