/* The path of a linkage, behind link.h: chances, plan, candidates, fit, weights, choice. tested by: src/match/link_test.c */
#include "match/link.h"

#include "match/gather.h"
#include "match/group/group.h"
#include "match/score/crew.h"
#include "match/set/pages.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const link_class_words[] = { "possible", "household", "match" };

/* Expected pairs for each record from which on cards are made. */
static const double met_often = 4;
/* Pairs below these bits under the fitted model are let go. */
static const double found_bits = -14;

/* Relatives rather than one person; or one person but for two valid numbers that differ. */
static bool is_household(const struct link_model *m, struct link_weight w, uint64_t pattern)
{
    if (link_pattern_is_vetoed(m, pattern))
        return link_weight_bits((struct link_weight){ w.chance - LINK_VETO_BITS, w.kin - LINK_VETO_BITS }) > 0;
    return w.kin < fmin(w.chance, 0);
}

/* Threads weigh slices of the candidates, each from where its slice begins; then the slices are put together. */
struct weighing {
    const struct link_model *m;
    const struct candidates *from;
    struct link_found *found;
    size_t count[CREW_MAX];
    int threads;
};

static struct link_found *few_weigh(const struct link_model *m, const struct link_scored *list, size_t count, struct link_found *out)
{
    link_score_touch(m, list, count);
    for (size_t i = 0; i < count; i++) {
        struct link_weight w = link_score(m, list[i].pair, list[i].pattern);
        double bits = link_weight_bits(w);
        bool household = is_household(m, w, list[i].pattern);

        if (bits >= found_bits || (household && link_pattern_is_vetoed(m, list[i].pattern)))
            *out++ = (struct link_found){ list[i].pair, list[i].pattern, (float)bits, 0, household ? LINK_PAIR_HOUSEHOLD : LINK_PAIR_POSSIBLE };
    }
    return out;
}

static void slice_weigh(void *arg, int thread)
{
    struct weighing *all = arg;
    size_t from = crew_from(all->from->count, thread, all->threads), to = crew_from(all->from->count, thread + 1, all->threads);
    struct link_found *begin = all->found + from, *out = begin;

    for (; from < to; from += COMPARE_TOUCHED)
        out = few_weigh(all->m, all->from->list + from, to - from < COMPARE_TOUCHED ? to - from : COMPARE_TOUCHED, out);
    all->count[thread] = (size_t)(out - begin);
}

static void found_weigh(struct link_result *r, const struct candidates *c, int threads)
{
    struct weighing all = { .m = &r->model, .from = c, .threads = threads };

    r->found_bytes = c->count * sizeof *r->found;
    r->found = all.found = link_pages_new(r->found_bytes);
    crew_run(threads, slice_weigh, &all);
    for (int t = 0; t < threads; t++) {
        size_t from = crew_from(c->count, t, threads);

        if (r->count != from && all.count[t])
            memmove(r->found + r->count, r->found + from, all.count[t] * sizeof *r->found);
        r->count += all.count[t];
    }
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

/* Rivals are weighed and pairs chosen apart from each other. */
struct choosing {
    const struct link_set *set;
    const struct group_edge *edges;
    size_t count;
    float *probability;
    bool *chosen;
    int threads;
};

static void pairs_choose(void *arg, int thread)
{
    const struct choosing *c = arg;

    if (thread == 0)
        group_rivals(c->set, c->edges, c->count, c->probability);
    if (thread == c->threads - 1)
        group_one_to_one(c->set, c->edges, c->count, c->chosen);
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
        struct choosing c = { set, edges, r->count, probability, chosen, link_block_threads(o) > 1 ? 2 : 1 };

        crew_run(c.threads, pairs_choose, &c);
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
    group_cluster(&r->model, edges, r->count, log2(r->threshold / (1 - fmin(r->threshold, 1 - 1e-9))), link_block_threads(o), r->cluster[0]);
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

static void step(const struct link_options *o, const char *name)
{
    if (o->step)
        o->step(o->step_with, name);
}

/* Are most records looked at so often that their cards pay? */
static bool is_met_often(const struct link_plan *plan, const struct link_set *set)
{
    double pairs = 0;

    for (int i = 0; i < plan->rules; i++)
        pairs += plan->rule[i].pairs;
    return !plan->settles && pairs > met_often * set->count[0];
}

/* Chances and keys have nothing to do with each other, and a part of each that is one thread's. */
struct starting {
    struct link_result *r;
    const struct link_set *set;
    struct link_options options[2]; /* of each, with its part of the threads */
    int threads;
};

static void parts_start(void *arg, int thread)
{
    struct starting *s = arg;

    if (thread == 0)
        link_model_start_with(&s->r->model, s->set, s->options[0].threads);
    if (thread == s->threads - 1)
        link_block_plan(s->set, &s->options[1], &s->r->plan);
}

static void start(struct link_result *r, const struct link_set *set, const struct link_options *options)
{
    int threads = link_block_threads(options);
    struct starting s = { r, set, { *options, *options }, threads > 1 ? 2 : 1 };

    s.options[0].threads = threads > 1 ? threads / 2 : 1;
    s.options[1].threads = threads > 1 ? threads - threads / 2 : 1;
    crew_run(s.threads, parts_start, &s);
}

STATUS link_run(struct link_set *set, const struct link_options *options, struct link_result **ret)
{
    struct link_result *r = calloc(1, sizeof *r);
    struct candidates c;

    MUST(r);
    step(options, "keys");
    start(r, set, options);
    clusters_alone(r, set);
    step(options, "candidates");
    if (is_met_often(r->plan, set)) /* else the columns serve as well, and take no memory */
        comparer_cards(&r->model.comparer, link_block_threads(options));
    candidates_gather(&r->model, r->plan, options, &c);
    comparer_cards_drop(&r->model.comparer);
    r->candidates = c.compared;
    r->cut = c.cut;
    step(options, "learn");
    link_model_fit(&r->model, c.list, c.count);
    step(options, "weigh");
    found_weigh(r, &c, link_block_threads(options));
    candidates_done(&c);
    step(options, "choose");
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
    link_pages_free(r->found, r->found_bytes);
    free(r->cluster[0]);
    free(r->cluster[1]);
    free(r);
}
