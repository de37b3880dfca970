/* Candidates behind gather.h: threads compare what the keys bring and keep what is not hopeless; then all is put in the order
 * of the left record, so that whoever weighs them reads the left columns from front to end.
 *
 * Memory is bounded: when more is kept than it allows, the least weights are let go, in whole bits, so that what remains does
 * not depend on threads or the order of rows: what a thread lets go early would have gone at the end as well, because the
 * bound only rises with what has been seen. tested by: src/match/link_test.c */
#include "match/gather.h"

#include "match/score/crew.h"
#include "match/set/pages.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Candidates below these bits under the first model are let go. */
static const double kept_bits = -24;
/* Beyond doubt before anything is learned: with all its slips the pair is so much likelier one person than chance, or than
 * relatives, that neither what is learned nor a rival could turn it. */
static const double settled_bits = 16, settled_kin_bits = 6;

enum {
    WEIGHTS = 128,           /* whole bits from kept_bits on; more is one */
    BYTES_EACH = 128,        /* of memory for a candidate until it is a pair that goes out */
    BUCKET_BITS = 10,        /* left records of a bucket, at least */
    BUCKETS_MAX = 4096,
    LIST_FIRST = 1 << 14,
    FEW = 24,                /* candidates of one record that are sorted by insertion */
};

/* What a thread gathers. */
struct gather {
    struct compare_memo *memo;
    struct link_scored *list;
    size_t count, cap;
    double seen, cut;
    uint64_t pattern[COMPARE_MANY];
    uint32_t *place; /* [bucket]: how many, then where the next one goes */
    char apart[64];  /* so that two threads do not write to one cache line */
};
struct gathering {
    const struct link_model *model;
    struct gather *by;
    int threads, shift, buckets;
    size_t kept_max; /* of a thread, before it lets go */
    size_t all_max;
    size_t weights[WEIGHTS]; /* candidates by weight; added to by all threads */
    struct link_scored *sorted;
    size_t *start; /* [bucket] */
};

static int weight_of(double bits)
{
    double at = floor(bits - kept_bits);

    return at < 0 ? -1 : at < WEIGHTS ? (int)at : WEIGHTS - 1;
}

/* The weight from which on no more candidates have been seen than may be kept. */
static int weight_least(const struct gathering *all)
{
    size_t sum = 0;

    for (int w = WEIGHTS - 1; w >= 0; w--) {
        sum += __atomic_load_n(&all->weights[w], __ATOMIC_RELAXED);
        if (sum > all->all_max)
            return w + 1;
    }
    return 0;
}

static void gather_cut(const struct gathering *all, struct gather *g)
{
    int least = weight_least(all);
    size_t kept = 0;

    if (least == 0)
        return;
    for (size_t i = 0; i < g->count; i++)
        if (weight_of(link_pattern_weight(all->model, g->list[i].pattern).chance) >= least)
            g->list[kept++] = g->list[i];
    g->cut += (double)(g->count - kept);
    g->count = kept;
}

static void gather_room(const struct gathering *all, struct gather *g)
{
    if (g->count + COMPARE_MANY > all->kept_max)
        gather_cut(all, g);
    if (g->count + COMPARE_MANY <= g->cap)
        return;
    g->cap = g->cap ? g->cap * 2 : LIST_FIRST;
    g->list = reallocarray(g->list, g->cap, sizeof *g->list);
    MUST(g->list);
}

static void gather_few(struct gathering *all, struct gather *g, const struct link_pair *pairs, size_t count, uint8_t *settled)
{
    uint32_t weights[WEIGHTS] = { 0 };

    compare_pairs(&all->model->comparer, g->memo, pairs, count, g->pattern);
    gather_room(all, g);
    for (size_t i = 0; i < count; i++) {
        struct link_weight w = link_pattern_weight(all->model, g->pattern[i]);

        if (w.chance >= kept_bits) {
            g->list[g->count++] = (struct link_scored){ pairs[i], g->pattern[i] };
            weights[weight_of(w.chance)]++;
        }
        if (settled)
            settled[i] = w.chance >= settled_bits && w.kin >= settled_kin_bits;
    }
    for (int w = 0; w < WEIGHTS; w++)
        if (weights[w])
            __atomic_fetch_add(&all->weights[w], weights[w], __ATOMIC_RELAXED);
}

static void gather_batch(void *arg, int thread, int rule, const struct link_pair *pairs, size_t count, uint8_t *settled)
{
    struct gathering *all = arg;

    (void)rule;
    all->by[thread].seen += (double)count;
    for (size_t from = 0; from < count; from += COMPARE_MANY)
        gather_few(all, &all->by[thread], pairs + from, count - from < COMPARE_MANY ? count - from : COMPARE_MANY, settled ? settled + from : NULL);
}

static void gather_finish(void *arg, int thread)
{
    struct gathering *all = arg;
    struct gather *g = &all->by[thread];

    gather_cut(all, g);
    g->place = calloc((size_t)all->buckets, sizeof *g->place);
    MUST(g->place);
    for (size_t i = 0; i < g->count; i++)
        g->place[g->list[i].pair.left >> all->shift]++;
}

/* Into the buckets, threads in turn. */
static void starts_make(struct gathering *all)
{
    size_t at = 0;

    for (int b = 0; b < all->buckets; b++) {
        all->start[b] = at;
        for (int t = 0; t < all->threads; t++) {
            uint32_t n = all->by[t].place[b];

            all->by[t].place[b] = (uint32_t)at;
            at += n;
        }
    }
    all->start[all->buckets] = at;
}

static void buckets_fill(void *arg, int thread)
{
    struct gathering *all = arg;
    struct gather *g = &all->by[thread];

    for (size_t i = 0; i < g->count; i++)
        all->sorted[g->place[g->list[i].pair.left >> all->shift]++] = g->list[i];
}

static int right_order(const void *a, const void *b)
{
    uint32_t x = ((const struct link_scored *)a)->pair.right, y = ((const struct link_scored *)b)->pair.right;

    return x < y ? -1 : x > y;
}

static void record_sort(struct link_scored *list, size_t n)
{
    if (n > FEW) {
        qsort(list, n, sizeof *list, right_order);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        struct link_scored moving = list[i];
        size_t to = i;

        for (; to && list[to - 1].pair.right > moving.pair.right; to--)
            list[to] = list[to - 1];
        list[to] = moving;
    }
}

/* Counts by left record, then puts the few of each record in the order of the right ones. */
static void bucket_sort(const struct gathering *all, int bucket, uint32_t *counts, struct link_scored *room)
{
    struct link_scored *list = all->sorted + all->start[bucket];
    size_t n = all->start[bucket + 1] - all->start[bucket];
    uint32_t mask = (UINT32_C(1) << all->shift) - 1, at = 0;

    memset(counts, 0, (mask + 1u) * sizeof *counts);
    for (size_t i = 0; i < n; i++)
        counts[list[i].pair.left & mask]++;
    for (uint32_t i = 0; i <= mask; i++) {
        uint32_t here = counts[i];

        counts[i] = at;
        at += here;
    }
    for (size_t i = 0; i < n; i++)
        room[counts[list[i].pair.left & mask]++] = list[i];
    at = 0;
    for (uint32_t i = 0; i <= mask; i++) {
        record_sort(room + at, counts[i] - at);
        at = counts[i];
    }
    if (n)
        memcpy(list, room, n * sizeof *list);
}

static void buckets_sort(void *arg, int thread)
{
    struct gathering *all = arg;
    int from = (int)crew_from((uint64_t)all->buckets, thread, all->threads), to = (int)crew_from((uint64_t)all->buckets, thread + 1, all->threads);
    uint32_t *counts = malloc((sizeof *counts) << all->shift);
    size_t largest = 1;
    struct link_scored *room;

    for (int b = from; b < to; b++)
        largest = all->start[b + 1] - all->start[b] > largest ? all->start[b + 1] - all->start[b] : largest;
    room = malloc(largest * sizeof *room);
    MUST(counts && room);
    for (int b = from; b < to; b++)
        bucket_sort(all, b, counts, room);
    free(room);
    free(counts);
}

static size_t bytes_allowed(const struct link_options *options)
{
    if (options->bytes_max)
        return options->bytes_max / 2; /* the other half is for joining */
    return (size_t)sysconf(_SC_PHYS_PAGES) / 8 * (size_t)sysconf(_SC_PAGESIZE);
}

void candidates_gather(const struct link_model *m, const struct link_plan *plan, const struct link_options *options, struct candidates *ret)
{
    struct gathering all = { .model = m, .threads = link_block_threads(options), .shift = BUCKET_BITS };
    uint32_t left = m->comparer.set->count[0];

    *ret = (struct candidates){ 0 };
    while (left >> all.shift >= BUCKETS_MAX)
        all.shift++;
    all.buckets = (int)(left >> all.shift) + 1;
    all.all_max = bytes_allowed(options) / BYTES_EACH;
    all.all_max = all.all_max < UINT32_MAX ? all.all_max : UINT32_MAX - 1;
    all.kept_max = all.all_max / (size_t)all.threads + 2 * COMPARE_MANY;
    all.by = calloc((size_t)all.threads, sizeof *all.by);
    all.start = calloc((size_t)all.buckets + 1, sizeof *all.start);
    MUST(all.by && all.start);
    for (int i = 0; i < all.threads; i++)
        all.by[i].memo = compare_memo_new();
    link_block_run(plan, all.threads, gather_batch, &all);
    crew_run(all.threads, gather_finish, &all);
    starts_make(&all);
    ret->count = all.start[all.buckets];
    ret->list = all.sorted = link_pages_new(ret->count * sizeof *all.sorted);
    crew_run(all.threads, buckets_fill, &all);
    for (int i = 0; i < all.threads; i++) {
        ret->compared += all.by[i].seen;
        ret->cut += all.by[i].cut;
        compare_memo_free(all.by[i].memo);
        free(all.by[i].list);
        free(all.by[i].place);
    }
    crew_run(all.threads, buckets_sort, &all);
    free(all.start);
    free(all.by);
}

void candidates_done(struct candidates *c)
{
    link_pages_free(c->list, c->count * sizeof *c->list);
    *c = (struct candidates){ 0 };
}
