/* One-to-one. tested by: src/match/group/group_test.c */
#include "match/group/group.h"

#include <math.h>
#include <stdlib.h>

struct ranked {
    float bits;
    uint64_t left_hash, right_hash;
    size_t at;
};

static int ranked_order(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;

    if (x->bits != y->bits)
        return x->bits > y->bits ? -1 : 1;
    if (x->left_hash != y->left_hash)
        return x->left_hash < y->left_hash ? -1 : 1;
    if (x->right_hash != y->right_hash)
        return x->right_hash < y->right_hash ? -1 : 1;
    return x->at < y->at ? -1 : 1;
}

void group_one_to_one(const struct link_set *set, const struct group_edge *edges, size_t count, bool *ret_chosen)
{
    struct ranked *rank = malloc((count + 1) * sizeof *rank);
    uint8_t *taken[2];

    MUST(rank);
    for (int side = 0; side < 2; side++) {
        taken[side] = calloc(set->count[side] + 1, 1);
        MUST(taken[side]);
    }
    for (size_t i = 0; i < count; i++)
        rank[i] = (struct ranked){ edges[i].bits, set->hash[0][edges[i].left], set->hash[1][edges[i].right], i };
    qsort(rank, count, sizeof *rank, ranked_order);
    for (size_t i = 0; i < count; i++) {
        const struct group_edge *e = &edges[rank[i].at];

        ret_chosen[rank[i].at] = !taken[0][e->left] && !taken[1][e->right];
        if (ret_chosen[rank[i].at])
            taken[0][e->left] = taken[1][e->right] = 1;
    }
    free(taken[0]);
    free(taken[1]);
    free(rank);
}

/* Odds as whole numbers, so that their sum does not depend on the order of pairs; 2^34 and more are the same certainty. */
static uint64_t odds_of(float bits) { return (uint64_t)(exp2(fmax(-30, fmin((double)bits, 34))) * 0x1p20); }

void group_rivals(const struct link_set *set, const struct group_edge *edges, size_t count, float *ret_probability)
{
    uint64_t *sum[2];

    for (int side = 0; side < 2; side++) {
        sum[side] = calloc((size_t)set->count[side] + 1, sizeof *sum[side]);
        MUST(sum[side]);
    }
    for (size_t i = 0; i < count; i++) {
        sum[0][edges[i].left] += odds_of(edges[i].bits);
        sum[1][edges[i].right] += odds_of(edges[i].bits);
    }
    for (size_t i = 0; i < count; i++) {
        uint64_t odds = odds_of(edges[i].bits);

        ret_probability[i] = (float)((double)odds / (0x1p20 + (double)sum[0][edges[i].left] + (double)(sum[1][edges[i].right] - odds)));
    }
    free(sum[0]);
    free(sum[1]);
}
