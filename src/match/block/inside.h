/* What choosing and joining share. */
#pragma once
#include "match/block/block.h"
#include "match/block/part.h"

enum { KEY_PARTS_MAX = 3, REFINE_MAX = 4, SETTLING_MAX = 5 };

/* One to three parts of different fields. */
struct key {
    uint8_t part[KEY_PARTS_MAX];
    uint8_t parts;
    uint64_t mask; /* the bits of `part` */
    double pairs;  /* expected in the whole set */
};

/* block.h's struct first. */
struct plan {
    struct link_plan face;
    const struct link_set *set;
    struct part_tables *tables;
    struct part part[PARTS_MAX];
    int parts;
    uint64_t own; /* fields_own() */
    struct key key[LINK_RULES_MAX];
    uint8_t refine[LINK_RULES_MAX][REFINE_MAX]; /* parts that cut blocks that are too large, in this order */
    int refines[LINK_RULES_MAX];
    uint64_t block_pairs_max; /* of one block, before it is cut */
    int settling; /* so many first rules run one after the other, each for the records that those before have not settled */
    struct arena *names;
    size_t bytes_max;
    int threads; /* while the keys are chosen */
};

/* The key of parts' values; 0 when one is missing. */
static inline uint32_t key_mix(uint32_t key, uint32_t value)
{
    uint64_t x = ((uint64_t)key << 32 | value) * 0x9E3779B97F4A7C15u;

    x = (x ^ x >> 32) * 0xD6E8FEB86659FD93u;
    x ^= x >> 32;
    return !key || !value ? 0 : (uint32_t)x ? (uint32_t)x : 1;
}
static inline uint32_t key_first(uint32_t value) { return key_mix(0x5bd1e995u, value); }

/* Records drawn by content hash, with the values of all parts. The first `few` of them are a smaller sample by themselves:
 * enough to count what a key brings, not to find certain pairs. */
struct sample {
    uint32_t *records[2], count[2], few[2];
    uint32_t *row[2];    /* [record * PARTS_MAX + part] */
    uint32_t *column[2]; /* [part * count + record] */
    double share[2];     /* of the side's records, in the smaller sample */
    struct sample_slot *slots;
    uint32_t slots_cap;
};
void sample_draw(struct sample *s, const struct plan *p, uint32_t records_max, uint32_t few_max);
void sample_done(struct sample *s);
/* Pairs of the smaller sample with equal keys. */
double sample_pairs(const struct sample *s, const struct key *k);
/* What one pair of the smaller sample stands for in the whole set. */
double sample_scale(const struct sample *s);
static inline uint32_t sample_key(const struct sample *s, int side, uint32_t record, const struct key *k)
{
    const uint32_t *column = s->column[side] + record;
    uint32_t key = key_first(column[(size_t)k->part[0] * s->count[side]]);

    for (int i = 1; i < k->parts; i++)
        key = key_mix(key, column[(size_t)k->part[i] * s->count[side]]);
    return key;
}

/* Pairs of the sample that are certain without labels: for each, which parts are equal; and the weight it has in choosing. */
struct certain {
    uint64_t *equal;
    uint64_t *with; /* the same by parts: [word * PARTS_MAX + part], the pairs word * 64 … in which the part is equal, as bits */
    float *weight;
    uint32_t count, real; /* the first `real` are pairs of the sample, the others stand for what it may not hold */
    double pairs;         /* such pairs in the whole set, as the sample has it */
};
void certain_find(struct certain *c, const struct plan *p, const struct sample *s, const double chance[static PARTS_MAX]);
void certain_done(struct certain *c);
/* Which of the pairs word * 64 … have all these parts equal; all of them when there is no part. */
static inline uint64_t certain_with(const struct certain *c, uint64_t mask, uint32_t word)
{
    uint64_t with = c->count - word * 64 < 64 ? (UINT64_C(1) << (c->count - word * 64)) - 1 : ~UINT64_C(0);

    for (; mask; mask &= mask - 1)
        with &= c->with[word * PARTS_MAX + (uint32_t)__builtin_ctzll(mask)];
    return with;
}

double seconds_allowed(double records);
/* The fields that are a person's own, not a household's, as bits; in a set without any such field (of firms, of things) all are. */
uint64_t fields_own(const struct link_set *set);
