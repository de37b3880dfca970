/* Pairs that are certain without labels, see inside.h. In the sample, broad keys bring pairs together; a pair is certain
 * when what agrees could hardly agree by chance in a set of this size. What people of one household share (home, parents,
 * telephone) proves no person: a part of the evidence must come from what is a person's own. Pairs that agree in fewer
 * fields than any key needs are never seen here; for them stand pairs made up of what the certain ones have, field by field
 * apart from each other, as errors of different fields mostly are, and copies of records with one or two fields wrong.
 * tested by: src/match/block/test/block_test.c */
#include "match/block/inside.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "match/score/crew.h"
#include "match/set/hash.h"

enum { CERTAIN_FEW = 1024, CERTAIN_MANY = 8192, SMALL_RECORDS = 200000, FINDERS = 24, FOUND_MAX = 1 << 19, PARTS_USED_MAX = 4, IMAGINED = 96, MIXED = 1536, MIXED_FROM = 30 };
static const double margin_bits = 3, own_share = .85, finder_pairs_max = 16000, imagined_share = .02;
/* What a value that differs speaks against a person: entirely, or when a part of it agrees. */
static const double differ_bits = 4, differ_in_part_bits = 2;

struct found {
    uint64_t hash;
    uint32_t left, right;
};
struct finder {
    const struct plan *plan;
    const struct sample *sample;
    const double *chance;
    double bits[PARTS_MAX]; /* that equal parts speak for a person */
    double size_bits;       /* log2 of the records */
    const struct key *keys;
    uint64_t parts_of[LINK_FIELDS_MAX]; /* of a field, as bits; the first of them is the whole value */
    struct found *found; /* of this one, or of all */
    uint32_t count, cap;
};

/* Parts that are known on both sides, and those of them that are equal. */
struct agreement {
    uint64_t known, equal;
};

/* Parts past the last one are zero in both rows. */
static struct agreement agreement_of(const struct finder *f, uint32_t left, uint32_t right)
{
    const uint32_t *a = f->sample->row[0] + (size_t)left * PARTS_MAX;
    const uint32_t *b = f->sample->row[f->plan->set->sides - 1] + (size_t)right * PARTS_MAX;
    struct agreement of = { 0, 0 };

#ifdef __SSE2__
    const __m128i zero = _mm_setzero_si128();

    for (int i = 0; i < f->plan->parts; i += 4) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(a + i)), y = _mm_loadu_si128((const __m128i *)(const void *)(b + i));
        __m128i unknown = _mm_or_si128(_mm_cmpeq_epi32(x, zero), _mm_cmpeq_epi32(y, zero));

        of.known |= (uint64_t)(15 ^ (uint32_t)_mm_movemask_ps(_mm_castsi128_ps(unknown))) << i;
        of.equal |= (uint64_t)(uint32_t)_mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(x, y))) << i;
    }
#else
    for (int i = 0; i < f->plan->parts; i++) {
        of.known |= (uint64_t)(a[i] && b[i]) << i;
        of.equal |= (uint64_t)(a[i] == b[i]) << i;
    }
#endif
    of.equal &= of.known;
    return of;
}

static bool role_is_own(enum link_role role)
{
    switch (role) {
    case LINK_FULL_NAME: case LINK_GIVEN_NAME: case LINK_MIDDLE_NAME: case LINK_BIRTH_DATE: case LINK_AGE: case LINK_SEX:
    case LINK_PERSON_NUMBER: case LINK_ID_NUMBER: case LINK_EMAIL: case LINK_CODE: return true;
    default: return false;
    }
}

uint64_t fields_own(const struct link_set *set)
{
    uint64_t own = 0;

    for (int i = 0; i < set->fields; i++)
        own |= (uint64_t)(role_is_own(set->field[i].role) && !link_field_is_told(set, i)) << i;
    return own ? own : UINT64_MAX;
}

/* The bits of one field: `best` of its equal parts, less what does not agree. */
static double field_bits(const struct finder *f, struct agreement of, int field, double best)
{
    uint64_t parts = f->parts_of[field];

    if (of.equal & parts & -parts || !(of.known & parts))
        return best;
    return best > 0 ? best - differ_in_part_bits : -differ_bits;
}

/* Two numbers that the law gives once are two people. */
static bool is_vetoed(const struct finder *f, uint32_t left, uint32_t right)
{
    const struct link_set *set = f->plan->set;
    int other = set->sides - 1;

    for (int i = 0; i < set->fields; i++) {
        const struct link_field *field = &set->field[i];

        if (field->role == LINK_PERSON_NUMBER) {
            uint64_t a = field->digits[0][f->sample->records[0][left]], b = field->digits[other][f->sample->records[other][right]];

            if (a != b && a >> 56 == 12 && b >> 56 == 12)
                return true;
        }
    }
    return false;
}

static bool is_certain(const struct finder *f, uint32_t left, uint32_t right, struct agreement of)
{
    double bits[LINK_FIELDS_MAX] = { 0 }, own = 0, all = 0;

    for (uint64_t rest = of.equal; rest; rest &= rest - 1) {
        int i = __builtin_ctzll(rest);
        const struct part *p = &f->plan->part[i];

        bits[p->field] = bits[p->field] > f->bits[i] ? bits[p->field] : f->bits[i];
        bits[p->other] = bits[p->other] > f->bits[i] ? bits[p->other] : f->bits[i];
    }
    for (int i = 0; i < f->plan->set->fields; i++) {
        double field = field_bits(f, of, i, bits[i]);

        own += f->plan->own >> i & 1 ? field : 0;
        all += field;
    }
    return own >= own_share * f->size_bits && all > f->size_bits + margin_bits && !is_vetoed(f, left, right);
}

/* Chains of the left records by key; index + 1. */
struct chains {
    uint32_t mask, *head;
    struct {
        uint32_t key, next;
    } *link; /* [index + 1] */
};

static void chain_add(struct chains *c, uint32_t key, uint32_t record)
{
    if (!key)
        return;
    c->link[record + 1].key = key;
    c->link[record + 1].next = c->head[key & c->mask];
    c->head[key & c->mask] = record + 1;
}

static void meet(struct finder *f, const struct key *k, uint32_t left, uint32_t right)
{
    const struct link_set *set = f->plan->set;
    const struct sample *s = f->sample;
    struct agreement of = agreement_of(f, left, right);
    int other = set->sides - 1;

    if (f->count == FOUND_MAX || (of.equal & k->mask) != k->mask || !is_certain(f, left, right, of))
        return;
    if (f->count == f->cap) {
        f->cap = f->cap ? f->cap * 2 : 1024;
        f->found = reallocarray(f->found, f->cap, sizeof *f->found);
        MUST(f->found);
    }
    f->found[f->count++] = (struct found){ link_mix(set->hash[0][s->records[0][left]], 1) ^
                                               link_mix(set->hash[other][s->records[other][right]], (uint64_t)set->sides),
                                           left, right };
}

static void find_by(struct finder *f, const struct key *k)
{
    const struct sample *s = f->sample;
    int other = f->plan->set->sides - 1;
    struct chains c = { .mask = 63 };

    while (c.mask < s->count[0])
        c.mask = c.mask * 2 + 1;
    c.head = calloc(c.mask + 1u, sizeof *c.head);
    c.link = malloc((s->count[0] + 1u) * sizeof *c.link);
    MUST(c.head && c.link);
    for (uint32_t r = 0; r < s->count[0] && other; r++)
        chain_add(&c, sample_key(s, 0, r, k), r);
    for (uint32_t r = 0; r < s->count[other]; r++) {
        uint32_t key = sample_key(s, other, r, k);

        for (uint32_t l = key ? c.head[key & c.mask] : 0; l; l = c.link[l].next)
            if (c.link[l].key == key)
                meet(f, k, l - 1, r);
        if (!other)
            chain_add(&c, key, r);
    }
    free(c.head);
    free(c.link);
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
    double shrink = (double)f->sample->few[0] * f->sample->few[p->set->sides - 1] / fmax((double)f->sample->count[0] * f->sample->count[p->set->sides - 1], 1);
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

        if (used[k->part[0]] >= PARTS_USED_MAX || used[k->part[1]] >= PARTS_USED_MAX || sample_pairs(f->sample, k) > 4 * finder_pairs_max * shrink)
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
        equal |= (uint64_t)(f->sample->row[0][(size_t)r * PARTS_MAX + (size_t)i] && !broken) << i;
    }
    return equal;
}

/* Pairs whose fields agree as those of certain pairs do, each field as in another one. */
static void mix_up(struct certain *c, const struct finder *f)
{
    const struct plan *p = f->plan;

    for (uint32_t i = 0; i < MIXED && c->real >= MIXED_FROM; i++) {
        uint64_t equal = 0;

        for (int k = 0; k < p->set->fields; k++)
            equal |= c->equal[link_mix(i + 1, (uint64_t)k + 1) % c->real] & f->parts_of[k];
        c->equal[c->count] = equal;
        c->weight[c->count++] = (float)c->real / MIXED;
    }
}

/* Copies of records with one or two fields wrong: of those of the smallest content hashes. */
static void imagine(struct certain *c, struct finder *f)
{
    const struct sample *s = f->sample;
    uint32_t first = c->count, n = 0;

    for (uint32_t r = 0; r < s->count[0]; r++)
        f->found[n++] = (struct found){ link_mix(f->plan->set->hash[0][s->records[0][r]], 77), r, 0 };
    qsort(f->found, n, sizeof *f->found, found_cmp);
    for (uint32_t i = 0; i < n && i < IMAGINED; i++)
        c->equal[c->count++] = imagined_equal(f, f->found[i].left, f->found[i].hash);
    for (uint32_t i = first; i < c->count; i++)
        c->weight[i] = (float)(fmax((double)c->real * imagined_share, 20) / (c->count - first));
}

/* One finder for each key, which threads take in turn. */
struct search {
    struct finder *finder;
    int count, threads;
};

static void finders_run(void *arg, int thread)
{
    const struct search *all = arg;

    for (int i = thread; i < all->count; i += all->threads)
        find_by(&all->finder[i], &all->finder[i].keys[i]);
}

/* What all keys find goes into `f`, in the order of content. */
static void pairs_find(struct finder *f, int count)
{
    struct search all = { calloc((size_t)count + 1, sizeof *all.finder), count, f->plan->threads };
    uint32_t found = 0;

    MUST(all.finder);
    for (int i = 0; i < count; i++)
        all.finder[i] = *f;
    crew_run(all.threads, finders_run, &all);
    for (int i = 0; i < count; i++)
        found += all.finder[i].count;
    f->cap = found > f->sample->count[0] ? found : f->sample->count[0]; /* imagine() takes it for the records */
    f->found = malloc((f->cap + 1u) * sizeof *f->found);
    MUST(f->found);
    for (int i = 0; i < count; i++) {
        if (all.finder[i].count)
            memcpy(f->found + f->count, all.finder[i].found, all.finder[i].count * sizeof *f->found);
        f->count += all.finder[i].count;
        free(all.finder[i].found);
    }
    free(all.finder);
    qsort(f->found, f->count, sizeof *f->found, found_cmp);
}

static void parts_turn(struct certain *c)
{
    c->with = calloc((c->count / 64 + 1u) * PARTS_MAX, sizeof *c->with);
    MUST(c->with);
    for (uint32_t i = 0; i < c->count; i++)
        for (uint64_t rest = c->equal[i]; rest; rest &= rest - 1)
            c->with[i / 64 * PARTS_MAX + (uint32_t)__builtin_ctzll(rest)] |= (uint64_t)1 << i % 64;
}

void certain_find(struct certain *c, const struct plan *p, const struct sample *s, const double chance[static PARTS_MAX])
{
    struct key keys[FINDERS];
    struct finder f = { .plan = p, .sample = s, .chance = chance, .keys = keys };
    uint32_t max = p->set->count[0] + p->set->count[1] > SMALL_RECORDS ? CERTAIN_FEW : CERTAIN_MANY;
    int other = p->set->sides - 1;
    double scale = (double)p->set->count[0] * p->set->count[other] / fmax((double)s->count[0] * s->count[other], 1);

    *c = (struct certain){ .equal = calloc(max + MIXED + IMAGINED, sizeof *c->equal), .weight = calloc(max + MIXED + IMAGINED, sizeof *c->weight) };
    MUST(c->equal && c->weight);
    f.size_bits = log2(fmax((double)p->set->count[0] + p->set->count[1], 2));
    for (int i = 0; i < p->parts; i++)
        f.bits[i] = -log2(chance[i]) / (p->part[i].field == p->part[i].other ? 1 : 2);
    for (int i = 0; i < p->parts; i++)
        f.parts_of[p->part[i].field] |= (uint64_t)1 << i;
    pairs_find(&f, finders_list(&f, keys));
    for (uint32_t i = 0; i < f.count; i++) {
        if (i && found_cmp(&f.found[i - 1], &f.found[i]) == 0)
            continue;
        c->pairs += scale;
        if (c->real == max)
            continue;
        c->equal[c->real] = agreement_of(&f, f.found[i].left, f.found[i].right).equal;
        c->weight[c->real++] = 1;
    }
    c->count = c->real;
    mix_up(c, &f);
    imagine(c, &f);
    free(f.found);
    parts_turn(c);
}

void certain_done(struct certain *c)
{
    free(c->equal);
    free(c->with);
    free(c->weight);
}
