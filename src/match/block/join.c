/* Bringing the pairs of the chosen keys together. Keys of all records are computed once. For each rule the records are
 * scattered into partitions that fit the cache, and each partition is joined by itself. A pair leaves only by the first
 * rule whose key is equal for it; what a later rule finds again is seen by comparing the keys before.
 *
 * Of two large lists of which each record has one match, the first rules settle most: the taker says which pairs are beyond
 * doubt. Their records are not looked for further, so that the later rules, which find the few pairs with many slips, pass
 * over the rest only and cost little.
 *
 * A block that is too large is cut by the values of further parts, and the finer keys take the place of the coarse ones, so
 * that later rules see what really came out. What is still too large then is alike in everything that could cut it: there
 * each record meets its neighbours in the order of content only.
 * tested by: src/match/block/test/block_test.c */
#include "match/block/inside.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "match/set/pages.h"

enum { THREADS_MAX = 64, ROWS = 512, PARTITIONS_MAX = 1024, PARTITION_RECORDS = 4096, TOUCHED = 256, BUCKETS = 2048, BATCH_LEAST = 4096 };

struct entry {
    uint32_t key, member;
};

struct join {
    const struct plan *plan;
    const struct link_set *set;
    int threads, partitions, shift;
    int from, rules;        /* this stage runs the rules from … rules - 1; those before are known by their keys */
    link_batch *sink;
    void *arg;
    uint32_t count[2];      /* members of this stage */
    uint32_t *record[2];    /* [member]; NULL: all records, each its own member */
    uint8_t *settled[2];    /* [member]; NULL when nothing is settled in this stage */
    uint32_t *keys[2];      /* [member * rules + rule] */
    struct entry *entry[2]; /* by partition */
    uint32_t *counts[2];    /* [(thread * rules + rule) * partitions + partition] */
    uint32_t start[2][PARTITIONS_MAX + 1];
    uint32_t *write[2];     /* [thread * partitions + partition] */
    uint32_t largest;       /* partition, of either side */
    int rule;
    atomic_int next;
    pthread_barrier_t barrier;
};

/* What a thread needs to join partitions. */
struct worker {
    struct join *join;
    int thread;
    struct link_pair *batch, *sent; /* of members; of records */
    uint8_t *settled;
    uint32_t *place; /* [bucket] of left members */
    size_t count, room_pairs;
    struct slot *slots;
    uint32_t slots_cap;
    uint32_t *slot_of[2], *member[2], room;
};

struct slot {
    uint32_t key, count[2], at[2];
};

static uint32_t record_of(const struct join *j, int side, uint32_t member)
{
    return j->record[side] ? j->record[side][member] : member;
}

static uint32_t slice_from(const struct join *j, int side, int thread)
{
    return (uint32_t)((uint64_t)j->count[side] * (uint64_t)thread / (uint64_t)j->threads);
}

static void keys_rows(struct join *j, int side, uint32_t from, uint32_t count, uint32_t (*column)[ROWS], uint64_t used)
{
    const struct plan *p = j->plan;

    for (int i = 0; i < p->parts; i++)
        if (used >> i & 1)
            part_fill(&p->part[i], j->set, (struct part_rows){ side, j->record[side] ? j->record[side] + from : NULL, from, count }, column[i]);
    for (int rule = j->from; rule < j->rules; rule++) {
        const struct key *k = &p->key[rule];
        const uint32_t *a = column[k->part[0]], *b = k->parts > 1 ? column[k->part[1]] : NULL, *c = k->parts > 2 ? column[k->part[2]] : NULL;
        uint32_t *out = j->keys[side] + (size_t)from * (size_t)j->rules + (size_t)rule;

        for (uint32_t r = 0; r < count; r++) {
            uint32_t key = key_first(a[r]);

            key = b ? key_mix(key, b[r]) : key;
            out[r * (uint32_t)j->rules] = c ? key_mix(key, c[r]) : key;
        }
    }
}

static void keys_fill(struct join *j, int thread)
{
    uint32_t(*column)[ROWS] = malloc(PARTS_MAX * sizeof *column);
    uint64_t used = 0;

    MUST(column);
    for (int rule = j->from; rule < j->rules; rule++)
        used |= j->plan->key[rule].mask;
    for (int side = 0; side < j->set->sides; side++) {
        uint32_t to = slice_from(j, side, thread + 1);

        for (uint32_t from = slice_from(j, side, thread); from < to; from += ROWS) {
            uint32_t count = to - from < ROWS ? to - from : ROWS;
            const uint32_t *keys = j->keys[side] + (size_t)from * (size_t)j->rules;

            keys_rows(j, side, from, count, column, used);
            for (uint32_t r = 0; r < count; r++)
                for (int rule = j->from; rule < j->rules; rule++) {
                    uint32_t key = keys[r * (uint32_t)j->rules + (uint32_t)rule];
                    j->counts[side][((thread * j->rules) + rule) * j->partitions + (int)(key >> j->shift)] += key != 0;
                }
        }
    }
    free(column);
}

/* Where each thread writes its records of each partition: threads in order, so that a partition holds rows in order. */
static void starts_make(struct join *j)
{
    j->largest = 1;
    for (int side = 0; side < j->set->sides; side++) {
        uint32_t at = 0;

        for (int p = 0; p < j->partitions; p++) {
            j->start[side][p] = at;
            for (int t = 0; t < j->threads; t++) {
                j->write[side][t * j->partitions + p] = at;
                at += j->counts[side][(t * j->rules + j->rule) * j->partitions + p];
            }
            j->largest = at - j->start[side][p] > j->largest ? at - j->start[side][p] : j->largest;
        }
        j->start[side][j->partitions] = at;
    }
    atomic_store(&j->next, 0);
}

static void scatter(struct join *j, int thread)
{
    for (int side = 0; side < j->set->sides; side++) {
        uint32_t to = slice_from(j, side, thread + 1), *write = j->write[side] + thread * j->partitions;
        const uint32_t *keys = j->keys[side] + j->rule;

        for (uint32_t r = slice_from(j, side, thread); r < to; r++) {
            uint32_t key = keys[(size_t)r * (size_t)j->rules];

            if (key)
                j->entry[side][write[key >> j->shift]++] = (struct entry){ key, r };
        }
    }
}

static bool seen_before(const uint32_t *a, const uint32_t *b, int rules)
{
    bool seen = false;

    for (int i = 0; i < rules; i++)
        seen |= a[i] == b[i] && a[i];
    return seen;
}

static void settle(struct worker *w, size_t count)
{
    struct join *j = w->join;

    for (size_t i = 0; i < count; i++)
        if (w->settled[i]) {
            __atomic_store_n(&j->settled[0][w->batch[i].left], 1, __ATOMIC_RELAXED);
            __atomic_store_n(&j->settled[1][w->batch[i].right], 1, __ATOMIC_RELAXED);
        }
}

/* From members to records; of a deduplication in the order of content. */
static struct link_pair pair_of(const struct join *j, struct link_pair p)
{
    const struct link_set *set = j->set;
    struct link_pair found = { record_of(j, 0, p.left), record_of(j, set->sides - 1, p.right) };

    if (set->sides == 1) {
        uint64_t a = set->hash[0][found.left], b = set->hash[0][found.right];

        if (a > b || (a == b && found.left > found.right))
            return (struct link_pair){ found.right, found.left };
    }
    return found;
}

static void keys_touch(const struct join *j, const struct link_pair *pairs, size_t count)
{
    size_t rules = (size_t)j->rules, last = (size_t)j->rule - 1;
    int other = j->set->sides - 1;
    uint32_t sum = 0;

    for (size_t i = 0; i < count; i++) {
        const uint32_t *left = j->keys[0] + pairs[i].left * rules, *right = j->keys[other] + pairs[i].right * rules;

        sum += left[0] + left[last] + right[0] + right[last];
    }
    __asm__ volatile("" : : "r"(sum)); /* the loads are the work: they do not wait for each other */
}

/* Leaves what no rule before has brought. */
static void batch_filter(struct worker *w)
{
    struct join *j = w->join;
    int other = j->set->sides - 1;
    size_t rules = (size_t)j->rules, kept = 0;

    for (size_t from = 0; from < w->count && j->rule; from += TOUCHED) {
        size_t to = w->count - from < TOUCHED ? w->count : from + TOUCHED;

        keys_touch(j, w->batch + from, to - from);
        for (size_t i = from; i < to; i++) {
            struct link_pair p = w->batch[i];

            if (!seen_before(j->keys[0] + p.left * rules, j->keys[other] + p.right * rules, j->rule))
                w->batch[kept++] = p;
        }
    }
    w->count = j->rule ? kept : w->count;
}

/* By buckets of left members, so that whoever compares them reads the left columns nearly from front to end. */
static void batch_order(struct worker *w)
{
    const struct join *j = w->join;
    unsigned shift = 0;
    uint32_t at = 0;

    while (j->count[0] >> shift >= BUCKETS)
        shift++;
    memset(w->place, 0, BUCKETS * sizeof *w->place);
    for (size_t i = 0; i < w->count; i++)
        w->place[w->batch[i].left >> shift]++;
    for (int b = 0; b < BUCKETS; b++) {
        uint32_t n = w->place[b];

        w->place[b] = at;
        at += n;
    }
    for (size_t i = 0; i < w->count; i++)
        w->sent[w->place[w->batch[i].left >> shift]++] = w->batch[i];
    memcpy(w->batch, w->sent, w->count * sizeof *w->batch);
}

static void batch_send(struct worker *w)
{
    struct join *j = w->join;
    size_t count;

    batch_filter(w);
    if (j->set->sides == 2 && w->count > BUCKETS)
        batch_order(w);
    count = w->count;
    w->count = 0;
    if (!count)
        return;
    for (size_t i = 0; i < count; i++)
        w->sent[i] = pair_of(j, w->batch[i]);
    if (j->settled[0])
        memset(w->settled, 0, count);
    j->sink(j->arg, w->thread, j->rule, w->sent, count, j->settled[0] ? w->settled : NULL);
    if (j->settled[0])
        settle(w, count);
}

static void pair_add(struct worker *w, uint32_t left, uint32_t right)
{
    w->batch[w->count++] = (struct link_pair){ left, right };
    if (w->count == w->room_pairs)
        batch_send(w);
}

struct block {
    uint32_t *member[2], count[2];
};

static uint64_t block_pairs(const struct join *j, const struct block *b)
{
    return j->set->sides == 2 ? (uint64_t)b->count[0] * b->count[1] : (uint64_t)b->count[0] * (b->count[0] - 1) / 2;
}

static void block_send(struct worker *w, const struct block *b)
{
    if (w->join->set->sides == 2) {
        for (uint32_t i = 0; i < b->count[0]; i++)
            for (uint32_t k = 0; k < b->count[1]; k++)
                pair_add(w, b->member[0][i], b->member[1][k]);
        return;
    }
    for (uint32_t i = 0; i < b->count[0]; i++)
        for (uint32_t k = i + 1; k < b->count[0]; k++)
            pair_add(w, b->member[0][i], b->member[0][k]);
}

struct finer {
    uint64_t order; /* finer key, or content hash */
    uint32_t member;
};

static int finer_cmp(const void *one, const void *other)
{
    const struct finer *a = one, *b = other;

    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    return a->member < b->member ? -1 : a->member > b->member;
}

/* Alike in all: each meets those that stand near it in the order of content. */
static void block_send_near(struct worker *w, const struct block *b)
{
    const struct link_set *set = w->join->set;
    uint64_t max = w->join->plan->block_pairs_max;
    uint32_t reach;
    int other = set->sides - 1;

    for (int side = 0; side < set->sides; side++) {
        struct finer *list = malloc(b->count[side] * sizeof *list);

        MUST(list);
        for (uint32_t i = 0; i < b->count[side]; i++)
            list[i] = (struct finer){ set->hash[side][record_of(w->join, side, b->member[side][i])], b->member[side][i] };
        qsort(list, b->count[side], sizeof *list, finer_cmp);
        for (uint32_t i = 0; i < b->count[side]; i++)
            b->member[side][i] = list[i].member;
        free(list);
    }
    reach = (uint32_t)(max / b->count[0]) + 1;
    for (uint32_t i = 0; i < b->count[0]; i++) {
        uint64_t middle = other ? (uint64_t)i * b->count[1] / b->count[0] : i;
        uint64_t from = other ? (middle > reach / 2 ? middle - reach / 2 : 0) : i + 1;

        for (uint64_t k = from; k < b->count[other] && k <= from + reach; k++)
            pair_add(w, b->member[0][i], b->member[other][k]);
    }
}

static void block_done(struct worker *w, struct block *b, int level);

/* Gives the members of one side their finer keys and sorts them by these; `keys` receives them in that order. */
static void side_refine(struct worker *w, struct block *b, int side, int level, uint32_t *keys)
{
    struct join *j = w->join;
    const struct plan *p = j->plan;
    uint32_t n = b->count[side];
    struct finer *list = malloc(n * sizeof *list);
    uint32_t *records = malloc(n * sizeof *records);

    MUST(list && records);
    for (uint32_t i = 0; i < n; i++)
        records[i] = record_of(j, side, b->member[side][i]);
    part_fill(&p->part[p->refine[j->rule][level]], j->set, (struct part_rows){ side, records, 0, n }, keys);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t member = b->member[side][i], *key = &j->keys[side][(size_t)member * (size_t)j->rules + (size_t)j->rule];

        *key = key_mix(*key, keys[i]);
        list[i] = (struct finer){ *key, member };
    }
    free(records);
    qsort(list, n, sizeof *list, finer_cmp);
    for (uint32_t i = 0; i < n; i++) {
        b->member[side][i] = list[i].member;
        keys[i] = (uint32_t)list[i].order;
    }
    free(list);
}

static void block_refine(struct worker *w, struct block *b, int level)
{
    int sides = w->join->set->sides;
    uint32_t *keys[2] = { 0 }, at[2] = { 0 };

    for (int side = 0; side < sides; side++) {
        keys[side] = malloc(b->count[side] * sizeof **keys);
        MUST(keys[side]);
        side_refine(w, b, side, level, keys[side]);
    }
    while (at[0] < b->count[0]) {
        uint32_t key = keys[0][at[0]];
        struct block sub = { { b->member[0] + at[0] }, { 0 } };

        while (at[0] < b->count[0] && keys[0][at[0]] == key)
            at[0]++, sub.count[0]++;
        if (sides == 2) {
            while (at[1] < b->count[1] && keys[1][at[1]] < key)
                at[1]++;
            sub.member[1] = b->member[1] + at[1];
            while (at[1] < b->count[1] && keys[1][at[1]] == key)
                at[1]++, sub.count[1]++;
        }
        if (key)
            block_done(w, &sub, level + 1);
    }
    free(keys[0]);
    free(keys[1]);
}

static void block_done(struct worker *w, struct block *b, int level)
{
    uint64_t pairs = block_pairs(w->join, b);

    if (pairs == 0)
        return;
    if (pairs <= w->join->plan->block_pairs_max)
        block_send(w, b);
    else if (level < w->join->plan->refines[w->join->rule])
        block_refine(w, b, level);
    else
        block_send_near(w, b);
}

static void worker_room(struct worker *w)
{
    uint32_t n = w->join->largest;

    if (w->room >= n)
        return;
    for (int side = 0; side < 2; side++) {
        free(w->slot_of[side]);
        free(w->member[side]);
        w->slot_of[side] = malloc(n * sizeof(uint32_t));
        w->member[side] = malloc(n * sizeof(uint32_t));
        MUST(w->slot_of[side] && w->member[side]);
    }
    free(w->slots);
    w->slots_cap = 64;
    while (w->slots_cap < n + n / 2)
        w->slots_cap *= 2;
    w->slots = malloc(w->slots_cap * sizeof *w->slots);
    MUST(w->slots);
    w->room = n;
}

/* Counts the keys of a partition into slots. Of a link the right side makes them, and the left only looks them up. */
static void partition_count(struct worker *w, int partition)
{
    struct join *j = w->join;
    int maker = j->set->sides - 1;
    uint32_t mask = w->slots_cap - 1;

    memset(w->slots, 0, w->slots_cap * sizeof *w->slots);
    for (int side = maker; side >= 0; side--) {
        uint32_t from = j->start[side][partition], n = j->start[side][partition + 1] - from;

        for (uint32_t i = 0; i < n; i++) {
            uint32_t key = j->entry[side][from + i].key, at = key & mask;

            while (w->slots[at].key && w->slots[at].key != key)
                at = (at + 1) & mask;
            if (side == maker)
                w->slots[at].key = key;
            w->slot_of[side][i] = w->slots[at].key ? at : UINT32_MAX;
            w->slots[at].count[side] += w->slots[at].key != 0;
        }
    }
}

static void partition_join(struct worker *w, int partition)
{
    struct join *j = w->join;
    uint32_t at[2] = { 0, 0 }, singles = j->set->sides == 1 ? 1 : 0;
    int other = j->set->sides - 1;

    partition_count(w, partition);
    for (uint32_t s = 0; s < w->slots_cap; s++)
        for (int side = 0; side < j->set->sides; side++) {
            if (w->slots[s].count[0] <= singles || !w->slots[s].count[other])
                w->slots[s].key = 0;
            w->slots[s].at[side] = at[side];
            at[side] += w->slots[s].key ? w->slots[s].count[side] : 0;
        }
    for (int side = 0; side < j->set->sides; side++) {
        uint32_t from = j->start[side][partition], n = j->start[side][partition + 1] - from;

        for (uint32_t i = 0; i < n; i++) {
            uint32_t s = w->slot_of[side][i];

            if (s != UINT32_MAX && w->slots[s].key)
                w->member[side][w->slots[s].at[side]++] = j->entry[side][from + i].member;
        }
    }
    for (uint32_t s = 0; s < w->slots_cap; s++) {
        const struct slot *slot = &w->slots[s];
        struct block b = { { w->member[0] + slot->at[0] - slot->count[0], w->member[1] + slot->at[1] - slot->count[1] },
                           { slot->count[0], slot->count[1] } };
        if (slot->key)
            block_done(w, &b, 0);
    }
}

static void *thread_run(void *with)
{
    struct worker *w = with;
    struct join *j = w->join;

    keys_fill(j, w->thread);
    for (int rule = j->from; rule < j->rules; rule++) {
        int partition;

        if (pthread_barrier_wait(&j->barrier) == PTHREAD_BARRIER_SERIAL_THREAD) {
            j->rule = rule;
            starts_make(j);
        }
        pthread_barrier_wait(&j->barrier);
        scatter(j, w->thread);
        worker_room(w);
        pthread_barrier_wait(&j->barrier);
        while ((partition = atomic_fetch_add(&j->next, 1)) < j->partitions)
            partition_join(w, partition);
        batch_send(w);
    }
    return NULL;
}

static void stage_new(struct join *j)
{
    size_t largest = j->count[0] > j->count[1] ? j->count[0] : j->count[1];

    for (j->partitions = 2, j->shift = 31; j->partitions < PARTITIONS_MAX && (size_t)j->partitions * PARTITION_RECORDS < largest; j->shift--)
        j->partitions *= 2;
    for (int side = 0; side < j->set->sides; side++) {
        size_t n = j->count[side], cells = (size_t)j->threads * (size_t)j->partitions;

        j->keys[side] = link_pages_new(n * (size_t)j->rules * sizeof(uint32_t));
        j->entry[side] = link_pages_new(n * sizeof(struct entry));
        j->counts[side] = calloc(cells * (size_t)j->rules, sizeof(uint32_t));
        j->write[side] = calloc(cells, sizeof(uint32_t));
        MUST(j->counts[side] && j->write[side]);
    }
}

static void stage_free(struct join *j)
{
    for (int side = 0; side < j->set->sides; side++) {
        size_t n = j->count[side];

        link_pages_free(j->keys[side], n * (size_t)j->rules * sizeof(uint32_t));
        link_pages_free(j->entry[side], n * sizeof(struct entry));
        free(j->counts[side]);
        free(j->write[side]);
        free(j->record[side]);
        free(j->settled[side]);
    }
}

/* The stage after `before`, which it ends: the records that are not settled, with the keys that they have by now. */
static void stage_after(struct join *j, struct join *before)
{
    uint32_t *member[2];

    for (int side = 0; side < j->set->sides; side++) {
        uint32_t n = 0;

        for (uint32_t i = 0; i < before->count[side]; i++)
            n += !before->settled[side][i];
        j->count[side] = n;
        j->record[side] = malloc((n + 1u) * sizeof(uint32_t));
        member[side] = malloc((n + 1u) * sizeof(uint32_t));
        MUST(j->record[side] && member[side]);
        n = 0;
        for (uint32_t i = 0; i < before->count[side]; i++)
            if (!before->settled[side][i]) {
                j->record[side][n] = record_of(before, side, i);
                member[side][n++] = i;
            }
    }
    stage_new(j);
    for (int side = 0; side < j->set->sides; side++) {
        for (uint32_t i = 0; i < j->count[side]; i++)
            memcpy(j->keys[side] + (size_t)i * (size_t)j->rules, before->keys[side] + (size_t)member[side][i] * (size_t)before->rules,
                   (size_t)before->rules * sizeof(uint32_t));
        free(member[side]);
    }
    stage_free(before);
}

static void stage_run(struct join *j)
{
    struct worker worker[THREADS_MAX] = { 0 };
    pthread_t started[THREADS_MAX];
    size_t pairs = (size_t)j->count[0] / (size_t)j->threads;

    pairs = pairs < BATCH_LEAST ? BATCH_LEAST : pairs < LINK_BATCH ? pairs : LINK_BATCH;
    MUST(pthread_barrier_init(&j->barrier, NULL, (unsigned)j->threads) == 0);
    for (int i = 0; i < j->threads; i++) {
        worker[i].join = j;
        worker[i].thread = i;
        worker[i].room_pairs = pairs;
        worker[i].batch = malloc(pairs * sizeof *worker[i].batch);
        worker[i].sent = malloc(pairs * sizeof *worker[i].sent);
        worker[i].settled = malloc(pairs);
        worker[i].place = malloc(BUCKETS * sizeof *worker[i].place);
        MUST(worker[i].batch && worker[i].sent && worker[i].settled && worker[i].place);
    }
    for (int i = 1; i < j->threads; i++)
        MUST(pthread_create(&started[i], NULL, thread_run, &worker[i]) == 0);
    thread_run(&worker[0]);
    for (int i = 1; i < j->threads; i++)
        MUST(pthread_join(started[i], NULL) == 0);
    pthread_barrier_destroy(&j->barrier);
    for (int i = 0; i < j->threads; i++) {
        free(worker[i].batch);
        free(worker[i].sent);
        free(worker[i].place);
        free(worker[i].settled);
        free(worker[i].slots);
        for (int side = 0; side < 2; side++) {
            free(worker[i].slot_of[side]);
            free(worker[i].member[side]);
        }
    }
}

int link_block_threads(const struct link_options *options)
{
    long n = options->threads > 0 ? options->threads : sysconf(_SC_NPROCESSORS_ONLN);

    return n < 1 ? 1 : n > THREADS_MAX ? THREADS_MAX : (int)n;
}

void link_block_run(const struct link_plan *plan, int threads, link_batch *sink, void *arg)
{
    const struct plan *p = (const struct plan *)(const void *)plan;
    struct join stage = { .plan = p, .set = p->set, .threads = threads < 1 ? 1 : threads > THREADS_MAX ? THREADS_MAX : threads,
                          .sink = sink, .arg = arg, .count = { p->set->count[0], p->set->count[1] } };

    while (stage.rules < plan->rules) {
        struct join before = stage;

        stage.from = before.rules;
        stage.rules = stage.from < p->settling ? stage.from + 1 : plan->rules;
        memset(stage.settled, 0, sizeof stage.settled);
        if (before.rules)
            stage_after(&stage, &before);
        else
            stage_new(&stage);
        for (int side = 0; side < 2 && stage.rules <= p->settling; side++) {
            stage.settled[side] = calloc(stage.count[side] + 1u, 1);
            MUST(stage.settled[side]);
        }
        stage_run(&stage);
    }
    if (plan->rules)
        stage_free(&stage);
}
