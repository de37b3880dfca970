/* The path of a linkage, behind link.h: chances, plan, candidates, fit, weights, choice. tested by: src/match/link_test.c */
#include "match/link.h"

#include "match/group/group.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const link_class_words[] = { "possible", "household", "match" };

/* Candidates below these bits under the first model, and pairs below these under the fitted one, are let go. */
static const double kept_bits = -24, found_bits = -14;

enum { AHEAD = 12 }; /* pairs whose records are fetched from memory before their turn */

/* What a thread gathers. */
struct gather {
    struct compare_memo *memo;
    struct link_scored *list;
    size_t count, cap;
    double seen;
    char apart[64]; /* so that two threads do not write to one cache line */
};
struct gathering {
    const struct link_model *model;
    struct gather *by;
};

static void gather_add(struct gather *g, struct link_pair pair, uint64_t pattern)
{
    if (g->count == g->cap) {
        g->cap = g->cap ? g->cap * 2 : 4096;
        g->list = realloc(g->list, g->cap * sizeof *g->list);
        MUST(g->list);
    }
    g->list[g->count++] = (struct link_scored){ pair, pattern };
}

static void gather_batch(void *arg, int thread, int rule, const struct link_pair *pairs, size_t count)
{
    const struct gathering *all = arg;
    struct gather *g = &all->by[thread];

    (void)rule;
    g->seen += (double)count;
    for (size_t i = 0; i < count; i++) {
        uint64_t pattern;

        if (i + AHEAD < count)
            compare_prefetch(&all->model->comparer, pairs[i + AHEAD], false);
        if (i + AHEAD / 2 < count)
            compare_prefetch(&all->model->comparer, pairs[i + AHEAD / 2], true);
        pattern = compare_pair(&all->model->comparer, g->memo, pairs[i]);
        if (link_pattern_weight(all->model, pattern).chance >= kept_bits)
            gather_add(g, pairs[i], pattern);
    }
}

/* All kept candidates in one list, from malloc(). */
static struct link_scored *candidates_gather(struct link_result *r, int threads, size_t *ret_count)
{
    struct gather *by = calloc((size_t)threads, sizeof *by);
    struct gathering all = { &r->model, by };
    struct link_scored *list;
    size_t count = 0;

    MUST(by);
    for (int i = 0; i < threads; i++)
        by[i].memo = compare_memo_new();
    link_block_run(r->plan, threads, gather_batch, &all);
    for (int i = 0; i < threads; i++) {
        count += by[i].count;
        r->candidates += by[i].seen;
    }
    list = realloc(by[0].list, (count + 1) * sizeof *list);
    MUST(list);
    for (int i = 1; i < threads; i++) {
        if (by[i].count)
            memcpy(list + by[0].count, by[i].list, by[i].count * sizeof *list);
        by[0].count += by[i].count;
        free(by[i].list);
    }
    for (int i = 0; i < threads; i++)
        compare_memo_free(by[i].memo);
    free(by);
    *ret_count = count;
    return list;
}

static int found_order(const void *a, const void *b)
{
    const struct link_found *x = a, *y = b;

    if (x->pair.left != y->pair.left)
        return x->pair.left < y->pair.left ? -1 : 1;
    return x->pair.right < y->pair.right ? -1 : x->pair.right > y->pair.right;
}

/* Relatives rather than one person; or one person but for two valid numbers that differ. */
static bool is_household(const struct link_model *m, struct link_weight w, uint64_t pattern)
{
    if (link_pattern_is_vetoed(m, pattern))
        return link_weight_bits((struct link_weight){ w.chance - LINK_VETO_BITS, w.kin - LINK_VETO_BITS }) > 0;
    return w.kin < fmin(w.chance, 0);
}

static void found_weigh(struct link_result *r, const struct link_scored *list, size_t count)
{
    r->found = malloc((count + 1) * sizeof *r->found);
    MUST(r->found);
    for (size_t i = 0; i < count; i++) {
        struct link_weight w = link_score(&r->model, list[i].pair, list[i].pattern);
        double bits = link_weight_bits(w);
        bool household = is_household(&r->model, w, list[i].pattern);

        if (bits >= found_bits || (household && link_pattern_is_vetoed(&r->model, list[i].pattern)))
            r->found[r->count++] = (struct link_found){ list[i].pair, list[i].pattern, (float)bits, 0,
                                                        household ? LINK_PAIR_HOUSEHOLD : LINK_PAIR_POSSIBLE };
    }
    qsort(r->found, r->count, sizeof *r->found, found_order);
}

static struct group_edge *edges_of(const struct link_result *r)
{
    struct group_edge *edges = malloc((r->count + 1) * sizeof *edges);

    MUST(edges);
    for (size_t i = 0; i < r->count; i++)
        edges[i] = (struct group_edge){ r->found[i].pair.left, r->found[i].pair.right, r->found[i].bits };
    return edges;
}

static void clusters_alone(struct link_result *r, const struct link_set *set)
{
    for (int side = 0; side < set->sides; side++) {
        r->cluster[side] = malloc(((size_t)set->count[side] + 1) * sizeof(uint32_t));
        MUST(r->cluster[side]);
        for (uint32_t i = 0; i < set->count[side]; i++)
            r->cluster[side][i] = i + (side ? set->count[0] : 0);
    }
}

static void threshold_choose(struct link_result *r, const struct link_options *o, const float *probability, const bool *counts)
{
    group_expect(probability, counts, r->count, r->plan->missed, r->expected);
    r->threshold = o->probability > 0 ? o->probability : group_threshold(r->expected);
}

static void link_two(struct link_result *r, const struct link_set *set, const struct link_options *o)
{
    struct group_edge *edges = edges_of(r);
    float *probability = malloc((r->count + 1) * sizeof *probability);
    bool *chosen = calloc(r->count + 1, 1);

    MUST(probability && chosen);
    if (o->many)
        for (size_t i = 0; i < r->count; i++) {
            probability[i] = (float)link_probability((double)edges[i].bits);
            chosen[i] = true;
        }
    else {
        group_rivals(set, edges, r->count, probability);
        group_one_to_one(set, edges, r->count, chosen);
    }
    threshold_choose(r, o, probability, chosen);
    for (size_t i = 0; i < r->count; i++) {
        struct link_found *f = &r->found[i];

        f->probability = probability[i];
        if (!chosen[i] || (double)f->probability < r->threshold)
            continue;
        f->class = LINK_PAIR_MATCH;
        r->matches++;
        if (r->cluster[1][f->pair.right] >= set->count[0])
            r->cluster[1][f->pair.right] = f->pair.left;
    }
    r->clusters = r->matches;
    free(chosen);
    free(probability);
    free(edges);
}

static void link_one(struct link_result *r, const struct link_set *set, const struct link_options *o)
{
    struct group_edge *edges = edges_of(r);
    float *probability = malloc((r->count + 1) * sizeof *probability);
    bool *counts = malloc(r->count + 1);
    uint8_t *met = calloc((size_t)set->count[0] + 1, 1);

    MUST(probability && counts && met);
    for (size_t i = 0; i < r->count; i++) {
        probability[i] = (float)link_probability((double)edges[i].bits);
        counts[i] = true;
    }
    threshold_choose(r, o, probability, counts);
    group_cluster(&r->model, edges, r->count, log2(r->threshold / (1 - fmin(r->threshold, 1 - 1e-9))), r->cluster[0]);
    for (size_t i = 0; i < r->count; i++) {
        struct link_found *f = &r->found[i];

        f->probability = probability[i];
        if (r->cluster[0][f->pair.left] != r->cluster[0][f->pair.right])
            continue;
        f->class = LINK_PAIR_MATCH;
        f->probability = fmaxf(f->probability, (float)r->threshold);
        r->matches++;
    }
    for (uint32_t i = 0; i < set->count[0]; i++)
        if (r->cluster[0][i] != i && !met[r->cluster[0][i]]++)
            r->clusters++;
    free(met);
    free(counts);
    free(probability);
    free(edges);
}

STATUS link_run(struct link_set *set, const struct link_options *options, struct link_result **ret)
{
    struct link_result *r = calloc(1, sizeof *r);
    struct link_scored *list;
    size_t count;

    MUST(r);
    link_model_start(&r->model, set);
    clusters_alone(r, set);
    link_block_plan(set, options, &r->plan);
    list = candidates_gather(r, link_block_threads(options), &count);
    link_model_fit(&r->model, list, count);
    found_weigh(r, list, count);
    free(list);
    if (set->sides == 2)
        link_two(r, set, options);
    else
        link_one(r, set, options);
    for (size_t i = 0; i < r->count; i++)
        r->households += r->found[i].class == LINK_PAIR_HOUSEHOLD;
    *ret = r;
    return OK;
}

void link_result_free(struct link_result *r)
{
    if (!r)
        return;
    link_model_done(&r->model);
    link_plan_free(r->plan);
    free(r->found);
    free(r->cluster[0]);
    free(r->cluster[1]);
    free(r);
}
