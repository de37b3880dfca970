/* Pairs that are certain without labels, see inside.h. In the sample, broad keys bring pairs together; a pair is certain
 * when what agrees could hardly agree by chance in a set of this size. Pairs that agree in fewer fields than any key needs
 * are never seen here; for them stand copies of records in which one or two fields are taken for wrong.
 * tested by: src/match/block/test/block_test.c */
#include "match/block/inside.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "match/set/hash.h"

enum { CERTAIN_MAX = 1024, FINDERS = 24, FOUND_MAX = 1 << 19, PARTS_USED_MAX = 4, IMAGINED = 96 };
static const double margin_bits = 3, penalty_bits = 3, finder_pairs_max = 30000, imagined_share = .1;

struct found {
    uint64_t hash;
    uint32_t left, right;
};
struct finder {
    const struct plan *plan;
    const struct sample *sample;
    const double *chance;
    struct found *found;
    uint32_t count;
};

static uint32_t value_of(const struct finder *f, int side, uint32_t r, int part)
{
    return f->sample->value[side][(size_t)r * PARTS_MAX + (size_t)part];
}

static uint64_t equal_of(const struct finder *f, uint32_t left, uint32_t right)
{
    int other = f->plan->set->sides - 1;
    uint64_t equal = 0;

    for (int i = 0; i < f->plan->parts; i++) {
        uint32_t a = value_of(f, 0, left, i), b = value_of(f, other, right, i);

        equal |= (uint64_t)(a && a == b) << i;
    }
    return equal;
}

static bool is_certain(const struct finder *f, uint32_t left, uint32_t right, uint64_t equal)
{
    const struct link_set *set = f->plan->set;
    double bits[LINK_FIELDS_MAX] = { 0 }, sum = 0;
    bool known[LINK_FIELDS_MAX] = { false };

    for (int i = 0; i < f->plan->parts; i++) {
        const struct part *p = &f->plan->part[i];
        double b = -log2(f->chance[i]) / (p->field == p->other ? 1 : 2);

        known[p->field] |= value_of(f, 0, left, i) && value_of(f, set->sides - 1, right, i);
        if (!(equal >> i & 1))
            continue;
        bits[p->field] = fmax(bits[p->field], b);
        bits[p->other] = fmax(bits[p->other], b);
    }
    for (int i = 0; i < set->fields; i++)
        sum += bits[i] > 0 ? bits[i] : known[i] ? -penalty_bits : 0;
    return sum > log2((double)set->count[0] + set->count[1]) + margin_bits;
}

static uint32_t key_of(const struct finder *f, int side, uint32_t r, const struct key *k)
{
    uint32_t key = key_first(value_of(f, side, r, k->part[0]));

    for (int i = 1; i < k->parts; i++)
        key = key_mix(key, value_of(f, side, r, k->part[i]));
    return key;
}

/* Chains of the left records by key; index + 1. */
struct chains {
    uint32_t mask, *head, *next;
};

static void chain_add(struct chains *c, uint32_t key, uint32_t record)
{
    if (!key)
        return;
    c->next[record + 1] = c->head[key & c->mask];
    c->head[key & c->mask] = record + 1;
}

static void meet(struct finder *f, const struct key *k, uint32_t left, uint32_t right)
{
    const struct link_set *set = f->plan->set;
    const struct sample *s = f->sample;
    uint64_t equal = equal_of(f, left, right);
    int other = set->sides - 1;

    if (f->count == FOUND_MAX || (equal & k->mask) != k->mask || !is_certain(f, left, right, equal))
        return;
    f->found[f->count++] = (struct found){ link_mix(set->hash[0][s->records[0][left]], 1) ^
                                               link_mix(set->hash[other][s->records[other][right]], (uint64_t)set->sides),
                                           left, right };
}

static void find_by(struct finder *f, const struct key *k)
{
    const struct sample *s = f->sample;
    int other = f->plan->set->sides - 1;
    struct chains c = { 63, NULL, calloc(s->count[0] + 1u, sizeof(uint32_t)) };

    while (c.mask < s->count[0])
        c.mask = c.mask * 2 + 1;
    c.head = calloc(c.mask + 1u, sizeof(uint32_t));
    MUST(c.head && c.next);
    for (uint32_t r = 0; r < s->count[0] && other; r++)
        chain_add(&c, key_of(f, 0, r, k), r);
    for (uint32_t r = 0; r < s->count[other]; r++) {
        uint32_t key = key_of(f, other, r, k);

        for (uint32_t l = key ? c.head[key & c.mask] : 0; l; l = c.next[l])
            meet(f, k, l - 1, r);
        if (!other)
            chain_add(&c, key, r);
    }
    free(c.head);
    free(c.next);
}

static int found_cmp(const void *one, const void *other)
{
    const struct found *a = one, *b = other;

    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    if (a->left != b->left)
        return a->left < b->left ? -1 : 1;
    return a->right < b->right ? -1 : a->right > b->right;
}

static int key_broader(const void *one, const void *other)
{
    const struct key *a = one, *b = other;

    if (a->pairs != b->pairs)
        return a->pairs > b->pairs ? -1 : 1;
    return a->mask < b->mask ? -1 : a->mask > b->mask;
}

/* The broadest keys that the sample bears: as many pairs as allowed, each part in a few of them only. */
static int finders_list(const struct finder *f, struct key out[static FINDERS])
{
    const struct plan *p = f->plan;
    double all = (double)f->sample->count[0] * (p->set->sides == 2 ? f->sample->count[1] : f->sample->count[0]);
    struct key *list = malloc(PARTS_MAX * PARTS_MAX * sizeof *list);
    int used[PARTS_MAX] = { 0 }, count = 0, n = 0;

    MUST(list);
    for (int i = 0; i < p->parts; i++)
        for (int k = i; k < p->parts; k++) {
            struct key key = { { (uint8_t)i, (uint8_t)k, 0 }, k == i ? 1 : 2, (uint64_t)1 << i | (uint64_t)1 << k,
                               all * f->chance[i] * (k == i ? 1 : f->chance[k]) };

            if (key.pairs <= finder_pairs_max && (k == i || p->part[i].field != p->part[k].field))
                list[count++] = key;
        }
    qsort(list, (size_t)count, sizeof *list, key_broader);
    for (int i = 0; i < count && n < FINDERS; i++) {
        const struct key *k = &list[i];

        if (used[k->part[0]] >= PARTS_USED_MAX || used[k->part[1]] >= PARTS_USED_MAX || sample_pairs(f->sample, k) > 4 * finder_pairs_max)
            continue;
        used[k->part[0]]++;
        used[k->part[1]] += k->parts == 2;
        out[n++] = *k;
    }
    free(list);
    return n;
}

static uint64_t imagined_equal(const struct finder *f, uint32_t r, uint64_t seed)
{
    const struct plan *p = f->plan;
    int wrong = (int)(seed % (uint64_t)p->set->fields), too = (int)((seed >> 32) % (uint64_t)p->set->fields);
    uint64_t equal = 0;

    for (int i = 0; i < p->parts; i++) {
        bool broken = p->part[i].field == wrong || p->part[i].field == too || p->part[i].other == wrong || p->part[i].other == too;
        equal |= (uint64_t)(value_of(f, 0, r, i) && !broken) << i;
    }
    return equal;
}

/* Copies of records with one or two fields wrong: of those of the smallest content hashes. */
static void imagine(struct certain *c, struct finder *f)
{
    const struct sample *s = f->sample;
    uint32_t first = c->count, n = 0;

    for (uint32_t r = 0; r < s->count[0] && n < FOUND_MAX; r++)
        f->found[n++] = (struct found){ link_mix(f->plan->set->hash[0][s->records[0][r]], 77), r, 0 };
    qsort(f->found, n, sizeof *f->found, found_cmp);
    for (uint32_t i = 0; i < n && i < IMAGINED; i++)
        c->equal[c->count++] = imagined_equal(f, f->found[i].left, f->found[i].hash);
    for (uint32_t i = first; i < c->count; i++)
        c->weight[i] = (float)(fmax((double)c->real * imagined_share, 20) / (c->count - first));
}

void certain_find(struct certain *c, const struct plan *p, const struct sample *s, const double chance[static PARTS_MAX])
{
    struct finder f = { p, s, chance, malloc(FOUND_MAX * sizeof *f.found), 0 };
    struct key keys[FINDERS];
    int n;

    MUST(f.found);
    *c = (struct certain){ calloc(CERTAIN_MAX + IMAGINED + 1, sizeof *c->equal), calloc(CERTAIN_MAX + IMAGINED + 1, sizeof *c->weight), 0, 0 };
    MUST(c->equal && c->weight);
    n = finders_list(&f, keys);
    for (int i = 0; i < n; i++)
        find_by(&f, &keys[i]);
    qsort(f.found, f.count, sizeof *f.found, found_cmp);
    for (uint32_t i = 0; i < f.count && c->real < CERTAIN_MAX; i++) {
        if (i && found_cmp(&f.found[i - 1], &f.found[i]) == 0)
            continue;
        c->equal[c->real] = equal_of(&f, f.found[i].left, f.found[i].right);
        c->weight[c->real++] = 1;
    }
    c->count = c->real;
    if (s->count[0])
        imagine(c, &f);
    free(f.found);
}

void certain_done(struct certain *c)
{
    free(c->equal);
    free(c->weight);
}
