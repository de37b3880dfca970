/* One-to-one. tested by: src/match/group/group_test.c */
#include "match/group/group.h"

#include <math.h>
#include <stdlib.h>

/* Right records stand anywhere: what an edge so many further on will look at is fetched beforehand. */
enum { ROUNDS_MAX = 24, AHEAD = 24 };

/* Edges that are still open, and the best of them for each record: its number and 1. */
struct choosing {
    const struct link_set *set;
    const struct group_edge *edges;
    uint32_t *open;
    size_t count;
    uint32_t *best[2];
    uint8_t *taken[2];
    bool *chosen;
};

static bool comes_before(const struct choosing *c, uint32_t one, uint32_t other)
{
    const struct group_edge *x = &c->edges[one], *y = &c->edges[other];
    const uint64_t *left = c->set->hash[0], *right = c->set->hash[1];

    if (x->bits != y->bits)
        return x->bits > y->bits;
    if (left[x->left] != left[y->left])
        return left[x->left] < left[y->left];
    if (right[x->right] != right[y->right])
        return right[x->right] < right[y->right];
    return one < other;
}

static void fetch_ahead(const struct choosing *c, size_t i)
{
    __builtin_prefetch(&c->best[1][c->edges[c->open[i + AHEAD < c->count ? i + AHEAD : i]].right], 1);
}

static void best_keep(const struct choosing *c, uint32_t *best, uint32_t edge)
{
    if (!*best || comes_before(c, edge, *best - 1))
        *best = edge + 1;
}

static void edge_take(struct choosing *c, uint32_t edge)
{
    c->chosen[edge] = true;
    c->taken[0][c->edges[edge].left] = c->taken[1][c->edges[edge].right] = 1;
}

/* Takes the edges that are the best of both their records, which is what taking all edges from the best one on would do, and
 * leaves those between records that are still free. */
static void round_choose(struct choosing *c)
{
    size_t left = 0;

    for (size_t i = 0; i < c->count; i++) {
        fetch_ahead(c, i);
        c->best[0][c->edges[c->open[i]].left] = c->best[1][c->edges[c->open[i]].right] = 0;
    }
    for (size_t i = 0; i < c->count; i++) {
        fetch_ahead(c, i);
        best_keep(c, &c->best[0][c->edges[c->open[i]].left], c->open[i]);
        best_keep(c, &c->best[1][c->edges[c->open[i]].right], c->open[i]);
    }
    for (size_t i = 0; i < c->count; i++) {
        const struct group_edge *e = &c->edges[c->open[i]];

        fetch_ahead(c, i);
        if (c->best[0][e->left] == c->open[i] + 1 && c->best[1][e->right] == c->open[i] + 1)
            edge_take(c, c->open[i]);
    }
    for (size_t i = 0; i < c->count; i++)
        if (!c->taken[0][c->edges[c->open[i]].left] && !c->taken[1][c->edges[c->open[i]].right])
            c->open[left++] = c->open[i];
    c->count = left;
}

struct ranked {
    const struct choosing *by;
    uint32_t edge;
};

static int ranked_order(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;

    return x->edge == y->edge ? 0 : comes_before(x->by, x->edge, y->edge) ? -1 : 1;
}

/* A chain in which each edge is better than the one before leaves one edge a round: what rounds do not end is sorted. */
static void rest_choose(struct choosing *c)
{
    struct ranked *rank = malloc((c->count + 1) * sizeof *rank);

    MUST(rank);
    for (size_t i = 0; i < c->count; i++)
        rank[i] = (struct ranked){ c, c->open[i] };
    qsort(rank, c->count, sizeof *rank, ranked_order);
    for (size_t i = 0; i < c->count; i++) {
        const struct group_edge *e = &c->edges[rank[i].edge];

        if (!c->taken[0][e->left] && !c->taken[1][e->right])
            edge_take(c, rank[i].edge);
    }
    free(rank);
}

void group_one_to_one(const struct link_set *set, const struct group_edge *edges, size_t count, bool *ret_chosen)
{
    struct choosing c = { .set = set, .edges = edges, .open = malloc((count + 1) * sizeof *c.open), .count = count, .chosen = ret_chosen };

    MUST(c.open && count < UINT32_MAX);
    for (int side = 0; side < 2; side++) {
        c.best[side] = calloc((size_t)set->count[side] + 1, sizeof *c.best[side]);
        c.taken[side] = calloc((size_t)set->count[side] + 1, 1);
        MUST(c.best[side] && c.taken[side]);
    }
    for (size_t i = 0; i < count; i++) {
        c.open[i] = (uint32_t)i;
        ret_chosen[i] = false;
    }
    for (int round = 0; c.count && round < ROUNDS_MAX; round++)
        round_choose(&c);
    rest_choose(&c);
    for (int side = 0; side < 2; side++) {
        free(c.best[side]);
        free(c.taken[side]);
    }
    free(c.open);
}

/* Odds as whole numbers, so that their sum does not depend on the order of pairs; 2^34 and more are the same certainty. */
static uint64_t odds_of(float bits)
{
    return bits >= 34 ? UINT64_C(1) << 54 : (uint64_t)(exp2(fmax(-30, (double)bits)) * 0x1p20);
}

void group_rivals(const struct link_set *set, const struct group_edge *edges, size_t count, float *ret_probability)
{
    uint64_t *sum[2];

    for (int side = 0; side < 2; side++) {
        sum[side] = calloc((size_t)set->count[side] + 1, sizeof *sum[side]);
        MUST(sum[side]);
    }
    for (size_t i = 0; i < count; i++) {
        __builtin_prefetch(&sum[1][edges[i + AHEAD < count ? i + AHEAD : i].right], 1);
        sum[0][edges[i].left] += odds_of(edges[i].bits);
        sum[1][edges[i].right] += odds_of(edges[i].bits);
    }
    for (size_t i = 0; i < count; i++) {
        uint64_t odds = odds_of(edges[i].bits);

        __builtin_prefetch(&sum[1][edges[i + AHEAD < count ? i + AHEAD : i].right]);
        ret_probability[i] = (float)((double)odds / (0x1p20 + (double)sum[0][edges[i].left] + (double)(sum[1][edges[i].right] - odds)));
    }
    free(sum[0]);
    free(sum[1]);
}
