/* The sample from which keys are weighed: records of small content hash, so that neither the order of rows nor threads
 * show in the choice.
 * tested by: src/match/block/test/block_test.c */
#include "match/block/inside.h"

#include <math.h>
#include <stdlib.h>

#include "match/set/pages.h"

static void draw_side(struct sample *s, const struct link_set *set, int side, uint32_t records_max)
{
    uint32_t all = set->count[side], n = 0;
    double share = all <= records_max ? 1 : (double)records_max / all;
    uint64_t limit = share >= 1 ? UINT64_MAX : (uint64_t)(share * 0x1p64);

    s->records[side] = malloc(((size_t)all < (size_t)records_max * 2 ? all + 1u : records_max * 2u) * sizeof(uint32_t));
    MUST(s->records[side]);
    for (uint32_t r = 0; r < all && n < records_max * 2; r++)
        if (set->hash[side][r] <= limit)
            s->records[side][n++] = r;
    s->count[side] = n;
    s->share[side] = all ? (double)n / all : 1;
}

static void values_fill(struct sample *s, const struct plan *p, int side)
{
    uint32_t n = s->count[side], *column = malloc((n + 1u) * sizeof *column);

    MUST(column);
    s->value[side] = link_pages_new((size_t)n * PARTS_MAX * sizeof(uint32_t));
    for (int i = 0; i < p->parts; i++) {
        part_fill(&p->part[i], p->set, side, s->records[side], 0, n, column);
        for (uint32_t r = 0; r < n; r++)
            s->value[side][(size_t)r * PARTS_MAX + (size_t)i] = column[r];
    }
    free(column);
}

void sample_draw(struct sample *s, const struct plan *p, uint32_t records_max)
{
    *s = (struct sample){ 0 };
    for (int side = 0; side < p->set->sides; side++) {
        draw_side(s, p->set, side, records_max);
        values_fill(s, p, side);
    }
}

void sample_done(struct sample *s)
{
    for (int side = 0; side < 2; side++) {
        free(s->records[side]);
        link_pages_free(s->value[side], s->value[side] ? (size_t)s->count[side] * PARTS_MAX * sizeof(uint32_t) : 0);
    }
}

double sample_scale(const struct sample *s)
{
    return 1 / (s->share[0] * (s->value[1] ? s->share[1] : s->share[0]));
}

static uint32_t key_of(const uint32_t *value, const struct key *k)
{
    uint32_t key = key_first(value[k->part[0]]);

    for (int i = 1; i < k->parts; i++)
        key = key_mix(key, value[k->part[i]]);
    return key;
}

struct count {
    uint32_t key, count;
};

static struct count *count_at(struct count *table, uint32_t mask, uint32_t key)
{
    uint32_t at = key & mask;

    while (table[at].key && table[at].key != key)
        at = (at + 1) & mask;
    return &table[at];
}

double sample_pairs(const struct sample *s, const struct key *k)
{
    uint32_t size = 64;
    struct count *table;
    double pairs = 0;

    while (size < s->count[0] * 2)
        size *= 2;
    table = calloc(size, sizeof *table);
    MUST(table);
    for (uint32_t r = 0; r < s->count[0]; r++) {
        uint32_t key = key_of(s->value[0] + (size_t)r * PARTS_MAX, k);
        struct count *c;

        if (!key)
            continue;
        c = count_at(table, size - 1, key);
        c->key = key;
        if (!s->value[1])
            pairs += c->count;
        c->count++;
    }
    for (uint32_t r = 0; r < s->count[1]; r++) {
        uint32_t key = key_of(s->value[1] + (size_t)r * PARTS_MAX, k);

        pairs += key ? count_at(table, size - 1, key)->count : 0;
    }
    free(table);
    return pairs;
}
