/* The sample from which keys are weighed: records of small content hash, so that neither the order of rows nor threads
 * show in the choice.
 * tested by: src/match/block/test/block_test.c */
#include "match/block/inside.h"

#include <stdlib.h>
#include <string.h>

#include "match/score/compare.h"
#include "match/score/crew.h"
#include "match/set/hash.h"
#include "match/set/pages.h"

struct sample_slot {
    uint32_t key, count;
};

static uint64_t limit_of(uint32_t records_max, uint32_t all)
{
    double share = all <= records_max ? 1 : (double)records_max / all;

    return share >= 1 ? UINT64_MAX : (uint64_t)(share * 0x1p64);
}

static int hash_cmp(const void *one, const void *other)
{
    uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)other;

    return a < b ? -1 : a > b;
}

/* Of records of equal content one is enough: they would stand in the sample together far more often than others, and
 * every key brings them. Keeps the rows' order. */
static uint32_t equal_drop(const struct link_set *set, int side, uint32_t *records, uint32_t n)
{
    uint64_t *hashes = malloc((n + 1u) * sizeof *hashes);
    uint32_t kept = 0;
    bool *seen = calloc(n + 1u, 1);

    MUST(hashes && seen);
    for (uint32_t i = 0; i < n; i++)
        hashes[i] = set->hash[side][records[i]];
    qsort(hashes, n, sizeof *hashes, hash_cmp);
    for (uint32_t i = 0; i < n; i++) {
        uint64_t hash = set->hash[side][records[i]];
        uint32_t low = 0, high = n;

        while (low < high) {
            uint32_t middle = low + (high - low) / 2;

            if (hashes[middle] < hash)
                low = middle + 1;
            else
                high = middle;
        }
        if (!seen[low])
            records[kept++] = records[i];
        seen[low] = true;
    }
    free(hashes);
    free(seen);
    return kept;
}

/* The sides are drawn apart from each other, so that records of equal content on both are no rule. */
static void draw_side(struct sample *s, const struct link_set *set, int side, uint32_t records_max, uint32_t few_max)
{
    uint32_t all = set->count[side], room = all < records_max * 2 ? all : records_max * 2;
    uint64_t limit = limit_of(records_max, all), few = limit_of(few_max, all);
    uint32_t *late = malloc((room + 1u) * sizeof *late), lates = 0, n = 0;

    s->records[side] = malloc((room + 1u) * sizeof(uint32_t));
    MUST(s->records[side] && late);
    for (uint32_t r = 0; r < all && n + lates < room; r++) {
        uint64_t hash = link_mix(set->hash[side][r], side ? 0x5bd1e9955bd1e995u : 0x1b873593cc9e2d51u);

        if (hash <= few)
            s->records[side][n++] = r;
        else if (hash <= limit)
            late[lates++] = r;
    }
    s->share[side] = all ? (double)n / all : 1;
    if (set->sides == 1 && limit != UINT64_MAX) {
        n = equal_drop(set, side, s->records[side], n);
        lates = equal_drop(set, side, late, lates);
    }
    if (lates)
        memcpy(s->records[side] + n, late, lates * sizeof *late);
    free(late);
    s->few[side] = n;
    s->count[side] = n + lates;
}

/* The values of one side: threads take slices, of which the lines of memory that hold a few records serve all their parts. */
struct filling {
    struct sample *sample;
    const struct plan *plan;
    int side;
};

static void few_fill(const struct filling *f, uint32_t from, uint32_t count)
{
    const struct plan *p = f->plan;
    const uint32_t *records = f->sample->records[f->side] + from;
    uint32_t *row = f->sample->row[f->side] + (size_t)from * PARTS_MAX;

    for (int i = 0; i < p->set->fields; i++)
        if (p->set->field[i].kind != LINK_KIND_NONE)
            compare_touch(&p->set->field[i], f->side, records, count);
    for (int i = 0; i < p->parts; i++) {
        uint32_t *column = f->sample->column[f->side] + (size_t)i * f->sample->count[f->side] + from;

        part_fill(&p->part[i], p->set, (struct part_rows){ f->side, records, 0, count }, column);
        for (uint32_t r = 0; r < count; r++)
            row[(size_t)r * PARTS_MAX + (size_t)i] = column[r];
    }
}

static void slices_fill(void *arg, int thread)
{
    const struct filling *f = arg;
    uint32_t n = f->sample->count[f->side], to = (uint32_t)crew_from(n, thread + 1, f->plan->threads);

    for (uint32_t from = (uint32_t)crew_from(n, thread, f->plan->threads); from < to; from += COMPARE_TOUCHED)
        few_fill(f, from, to - from < COMPARE_TOUCHED ? to - from : COMPARE_TOUCHED);
}

static void values_fill(struct sample *s, const struct plan *p, int side)
{
    struct filling f = { s, p, side };

    s->row[side] = link_pages_new((size_t)s->count[side] * PARTS_MAX * sizeof(uint32_t));
    s->column[side] = link_pages_new((size_t)s->count[side] * PARTS_MAX * sizeof(uint32_t));
    crew_run(p->threads, slices_fill, &f);
}

struct drawing {
    struct sample *sample;
    const struct plan *plan;
    uint32_t records_max, few_max;
};

static void sides_draw(void *arg, int thread)
{
    const struct drawing *d = arg;

    for (int side = thread; side < d->plan->set->sides; side += d->plan->threads)
        draw_side(d->sample, d->plan->set, side, d->records_max, d->few_max);
}

void sample_draw(struct sample *s, const struct plan *p, uint32_t records_max, uint32_t few_max)
{
    *s = (struct sample){ 0 };
    crew_run(p->threads, sides_draw, &(struct drawing){ s, p, records_max, few_max });
    for (int side = 0; side < p->set->sides; side++)
        values_fill(s, p, side);
    s->slots_cap = 64;
    while (s->slots_cap < s->few[0] * 2)
        s->slots_cap *= 2;
    s->slots = malloc(s->slots_cap * sizeof *s->slots);
    MUST(s->slots);
}

void sample_done(struct sample *s)
{
    for (int side = 0; side < 2; side++) {
        free(s->records[side]);
        link_pages_free(s->row[side], (size_t)s->count[side] * PARTS_MAX * sizeof(uint32_t));
        link_pages_free(s->column[side], (size_t)s->count[side] * PARTS_MAX * sizeof(uint32_t));
    }
    free(s->slots);
}

double sample_scale(const struct sample *s)
{
    double shares = s->share[0] * (s->row[1] ? s->share[1] : s->share[0]);

    return shares > 0 ? 1 / shares : 1;
}

static struct sample_slot *slot_at(const struct sample *s, uint32_t key)
{
    uint32_t mask = s->slots_cap - 1, at = key & mask;

    while (s->slots[at].key && s->slots[at].key != key)
        at = (at + 1) & mask;
    return &s->slots[at];
}

double sample_pairs(const struct sample *s, const struct key *k)
{
    double pairs = 0;

    memset(s->slots, 0, s->slots_cap * sizeof *s->slots);
    for (uint32_t r = 0; r < s->few[0]; r++) {
        uint32_t key = sample_key(s, 0, r, k);
        struct sample_slot *slot;

        if (!key)
            continue;
        slot = slot_at(s, key);
        slot->key = key;
        if (!s->row[1])
            pairs += slot->count;
        slot->count++;
    }
    for (uint32_t r = 0; r < s->few[1]; r++) {
        uint32_t key = sample_key(s, 1, r, k);

        pairs += key ? slot_at(s, key)->count : 0;
    }
    return pairs;
}
