/* How often two records agree by chance (u): equal values are counted exactly from how often each value stands, or from a
 * part of the values drawn by their hash where there is no dictionary; the other levels from pairs of records drawn by the
 * hash of their content. tested by: src/match/score/model_test.c */
#include "match/score/chance.h"

#include "match/score/crew.h"
#include "match/set/hash.h"
#include "match/set/word.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DRAWN_PAIRS = 400000, DRAWN_PAIRS_LARGE = 160000, LARGE = 400000, DRAWN_VALUES = 1 << 17, DAY_YEAR_FIRST = 1400, SEEN_OFTEN = 20 };

size_t chance_day_slot(uint32_t d)
{
    int year = link_day_year(d) - DAY_YEAR_FIRST, m = link_day_month(d), k = link_day_day(d);
    int row = year < 0 || year >= CHANCE_DAY_YEARS ? 0 : year + 1;

    return d == 0 || m > 12 || k > 31 ? 0 : 1 + (size_t)((row * 13 + m) * 32 + k);
}

static double choose_two(double n) { return n * (n - 1) / 2; }
static double records(const struct link_set *s) { return (double)s->count[0] + (s->sides == 2 ? s->count[1] : 0); }

/* Pairs of records that both have the value, which `left` and `right` records have. */
static double equal_pairs(const struct link_set *s, double left, double right)
{
    return s->sides == 1 ? choose_two(left) : left * right;
}

/* The chance of a word in a name: of all fields that share the dictionary, as its uses are counted over all of them. */
static double word_chance(const struct link_model *m, const struct link_field *f, uint32_t code)
{
    const struct link_set *s = m->comparer.set;
    double uses = (double)f->dict->uses[0][code] + (s->sides == 2 ? f->dict->uses[1][code] : 0);

    return fmax(uses, 1) / m->words_known[f - s->field];
}

static void words_known_count(struct link_model *m)
{
    const struct link_set *s = m->comparer.set;

    for (int k = 0; k < s->fields; k++) {
        double known = 0;

        for (int i = 0; i < s->fields; i++)
            if (s->field[i].dict == s->field[k].dict)
                known += (double)s->field[i].known[0] + (s->sides == 2 ? s->field[i].known[1] : 0);
        m->words_known[k] = fmax(1, known);
    }
}

static double uses_of(const struct link_model *m, int comparison, int side, uint32_t code)
{
    const struct link_set *s = m->comparer.set;
    const struct link_dict *d = s->field[m->comparer.list[comparison].field].dict;

    if (side >= s->sides)
        return 0;
    return m->uses[comparison] ? m->uses[comparison][(size_t)side * (d->count + 1) + code] : d->uses[side][code];
}

/* The chance of a value in its field: a dictionary may be shared by several. */
static double code_chance(const struct link_model *m, int comparison, uint32_t code)
{
    const struct link_set *s = m->comparer.set;
    const struct link_field *f = &s->field[m->comparer.list[comparison].field];
    double uses = uses_of(m, comparison, 0, code) + uses_of(m, comparison, 1, code);

    return fmax(uses, 1) / fmax(1, (double)f->known[0] + (s->sides == 2 ? f->known[1] : 0));
}

static void uses_count(struct link_model *m, int comparison)
{
    const struct link_set *s = m->comparer.set;
    const struct link_field *f = &s->field[m->comparer.list[comparison].field];
    size_t stride = (size_t)f->dict->count + 1;
    int sharing = 0;

    for (int i = 0; i < s->fields; i++)
        sharing += s->field[i].dict == f->dict;
    if (sharing == 1)
        return;
    m->uses[comparison] = calloc(stride * (size_t)s->sides, sizeof(uint32_t));
    MUST(m->uses[comparison]);
    for (int side = 0; side < s->sides; side++)
        for (uint32_t i = 0; i < s->count[side]; i++)
            m->uses[comparison][(size_t)side * stride + f->code[side][i]]++;
}

/* One over the chance of each value of a text, or of each word of names, so that weighing a pair is a look-up. */
static void rarity_tabulate(struct link_model *m, int comparison)
{
    const struct comparison *c = &m->comparer.list[comparison];
    const struct link_field *f = &m->comparer.set->field[c->field];

    if (f->kind != LINK_KIND_TEXT && (f->kind != LINK_KIND_WORDS || !c->is_name))
        return;
    for (int i = 0; i < comparison && f->kind == LINK_KIND_WORDS; i++)
        if (m->comparer.list[i].is_name && m->comparer.set->field[m->comparer.list[i].field].dict == f->dict) {
            m->rarity[comparison] = m->rarity[i];
            return;
        }
    m->rarity[comparison] = malloc(((size_t)f->dict->count + 1) * sizeof(float));
    MUST(m->rarity[comparison]);
    m->rarity_is_own[comparison] = true;
    m->rarity[comparison][0] = 1;
    for (uint32_t code = 1; code <= f->dict->count; code++)
        m->rarity[comparison][code] = (float)(f->kind == LINK_KIND_TEXT ? 1 / code_chance(m, comparison, code) : fmin(1 / word_chance(m, f, code), 1e6));
}

static double words_rarity(const struct link_model *m, int comparison, int side, uint32_t row, int level)
{
    const struct link_field *f = &m->comparer.set->field[m->comparer.list[comparison].field];
    struct link_words words = link_words(f, side, row);
    const float *of = m->rarity[comparison];
    double rarity = 1;

    for (int k = 0; k < words.count; k++) {
        bool counts = level >= NAME_NEAR || (k == 0 && level != NAME_LAST) || (k == words.count - 1 && level != NAME_FIRST);

        rarity *= counts ? (double)of[words.code[k]] : 1;
    }
    return fmin(rarity, records(m->comparer.set)); /* no list shows a name to be rarer than that */
}

/* Of these the pairs of two people: at best every record has its match among them. Rarity is averaged over chance pairs
 * only, since matches have rare values as often as common ones, and would hide how common chance agreement is. */
static double chance_pairs(const struct link_set *s, double left, double right)
{
    return s->sides == 1 ? fmax(0, choose_two(left) - floor(left / 2)) : left * right - fmin(left, right);
}

/* One value among those that are drawn. */
struct drawn {
    uint64_t hash; /* even up to the limit below which values are drawn */
    uint32_t row, side; /* of any of the records that have it */
};

static int drawn_order(const void *a, const void *b)
{
    const struct drawn *x = a, *y = b;

    return x->hash < y->hash ? -1 : x->hash > y->hash;
}

/* Into as many buckets as there are values, of which most then hold one or two. */
static struct drawn *drawn_sort(struct drawn *list, size_t count, uint64_t limit)
{
    size_t *to = calloc(count + 2, sizeof *to), from = 0;
    struct drawn *sorted = malloc((count + 1) * sizeof *sorted);
    double scale = (double)count / ((double)limit + 1);

    MUST(to && sorted);
    for (size_t i = 0; i < count; i++)
        to[(size_t)((double)list[i].hash * scale)]++;
    for (size_t b = 0, at = 0; b <= count; b++) {
        at += to[b];
        to[b] = at;
    }
    for (size_t i = count; i-- > 0;)
        sorted[--to[(size_t)((double)list[i].hash * scale)]] = list[i];
    to[count + 1] = count;
    for (size_t b = 1; b <= count + 1; from = to[b++])
        if (to[b] - from > 1)
            qsort(sorted + from, to[b] - from, sizeof *sorted, drawn_order);
    free(to);
    free(list);
    return sorted;
}

/* Equal for equal values. Codes are given by content, so that it is the same for any order of rows. */
static uint64_t value_hash(const struct link_field *f, int side, uint32_t i)
{
    uint64_t h;

    if (f->kind == LINK_KIND_DAY)
        return f->code[side][i] ? link_mix(f->code[side][i], 2) | 1 : 0;
    if (f->kind == LINK_KIND_DIGITS)
        return f->digits[side][i] ? link_mix(f->digits[side][i], 1) | 1 : 0;
    h = link_words_hash(f, side, i);
    return h ? h | 1 : 0;
}

/* Numbers and texts of words have no dictionary of their own: of the values a part is drawn and counted, and stands for
 * all. *ret_rarity is the mean rarity of the pairs that are equal. */
static double equal_drawn(const struct link_model *m, int comparison, double *ret_rarity)
{
    const struct link_set *s = m->comparer.set;
    const struct link_field *f = &s->field[m->comparer.list[comparison].field];
    double share = fmin(1, DRAWN_VALUES / fmax(1, records(s))), sum = 0, rarity = 0, chance = 0;
    uint64_t limit = share >= 1 ? UINT64_MAX : (uint64_t)(share * 0x1p64);
    size_t cap = 4 * DRAWN_VALUES, count = 0;
    struct drawn *list = malloc(cap * sizeof *list);

    MUST(list);
    for (int side = 0; side < s->sides; side++)
        for (uint32_t i = 0; i < s->count[side] && count < cap; i++) {
            uint64_t h = value_hash(f, side, i);

            if (h && (h = link_mix(h, 7)) <= limit)
                list[count++] = (struct drawn){ h, i, (uint32_t)side };
        }
    list = drawn_sort(list, count, limit);
    for (size_t i = 0, end; i < count; i = end) {
        double of[2] = { 0, 0 }, pairs;

        for (end = i; end < count && list[end].hash == list[i].hash; end++)
            of[list[end].side]++;
        sum += equal_pairs(s, of[0], of[1]);
        chance += pairs = chance_pairs(s, of[0], of[1]);
        if (pairs > 0 && m->comparer.list[comparison].is_name)
            rarity += pairs * words_rarity(m, comparison, (int)list[i].side, list[i].row, LEVEL_SAME);
    }
    free(list);
    *ret_rarity = chance > 0 ? rarity / chance : 0;
    return sum / share;
}

static void days_count(struct link_model *m, const struct link_field *f)
{
    const struct link_set *s = m->comparer.set;

    m->days = calloc(2 * CHANCE_DAY_SLOTS, sizeof *m->days);
    MUST(m->days);
    for (int side = 0; side < s->sides; side++)
        for (uint32_t i = 0; i < s->count[side]; i++)
            if (f->code[side][i])
                m->days[side * CHANCE_DAY_SLOTS + chance_day_slot(f->code[side][i])]++;
}

static double slot_rarity(const struct link_model *m, const struct link_field *f, size_t slot)
{
    double known = (double)f->known[0] + (m->comparer.set->sides == 2 ? f->known[1] : 0);

    return slot ? known / fmax(1, (double)m->days[slot] + m->days[CHANCE_DAY_SLOTS + slot]) : 1;
}

/* What is equal is as rare on one side as on the other: then the left one is asked alone. */
double chance_rarity(const struct link_model *m, int comparison, struct link_pair pair, int level)
{
    const struct comparison *c = &m->comparer.list[comparison];
    const struct link_set *s = m->comparer.set;
    const struct link_field *f = &s->field[c->field];
    const float *of = m->rarity[comparison];
    int right = link_side(s, 1);

    switch (f->kind) {
    case LINK_KIND_TEXT:
        if (level <= TEXT_ELSEWHERE)
            return 1;
        return ((double)of[f->code[0][pair.left]] + (double)of[level == LEVEL_SAME ? f->code[0][pair.left] : f->code[right][pair.right]]) / 2;
    case LINK_KIND_DAY:
        return level == LEVEL_SAME && comparison == m->day_comparison ? slot_rarity(m, f, chance_day_slot(f->code[0][pair.left])) : 1;
    case LINK_KIND_WORDS:
        if (!c->is_name)
            return 1;
        if (level == LEVEL_SAME)
            return words_rarity(m, comparison, 0, pair.left, level);
        return (words_rarity(m, comparison, 0, pair.left, level) + words_rarity(m, comparison, right, pair.right, level)) / 2;
    case LINK_KIND_DIGITS:
    case LINK_KIND_NONE:
        break;
    }
    return 1;
}

/* What is equal is looked up for the left record only. */
void chance_touch(const struct link_model *m, int comparison, const struct link_scored *list, size_t count)
{
    const struct link_field *f = &m->comparer.set->field[m->comparer.list[comparison].field];
    uint32_t left[COMPARE_TOUCHED], right[COMPARE_TOUCHED];
    size_t lefts = 0, rights = 0;

    if (f->kind == LINK_KIND_DIGITS || (f->kind == LINK_KIND_WORDS && !m->comparer.list[comparison].is_name))
        return;
    for (size_t i = 0; i < count; i++) {
        int level = pattern_level(list[i].pattern, comparison);
        bool counts = level > LEVEL_DIFFERENT && m->rarity_mean[comparison][level] > 0;

        left[lefts] = list[i].pair.left;
        lefts += counts;
        right[rights] = list[i].pair.right;
        rights += counts && level != LEVEL_SAME && f->kind != LINK_KIND_DAY;
    }
    compare_touch(f, 0, left, lefts);
    compare_touch(f, link_side(m->comparer.set, 1), right, rights);
}

/* Pairs that have the same value, and their mean rarity: each pair counted as often as it occurs. */
static double equal_counted(const struct link_model *m, int comparison, double *ret_rarity)
{
    const struct link_set *s = m->comparer.set;
    const struct link_field *f = &s->field[m->comparer.list[comparison].field];
    double sum = 0, rarity = 0, chance = 0, equal;

    if (f->kind == LINK_KIND_TEXT)
        for (uint32_t code = 1; code <= f->dict->count; code++) {
            sum += equal_pairs(s, uses_of(m, comparison, 0, code), uses_of(m, comparison, 1, code));
            chance += equal = chance_pairs(s, uses_of(m, comparison, 0, code), uses_of(m, comparison, 1, code));
            rarity += equal > 0 ? equal / code_chance(m, comparison, code) : 0;
        }
    else if (comparison == m->day_comparison)
        for (size_t slot = 1; slot < CHANCE_DAY_SLOTS; slot++) {
            sum += equal_pairs(s, m->days[slot], m->days[CHANCE_DAY_SLOTS + slot]);
            chance += equal = chance_pairs(s, m->days[slot], m->days[CHANCE_DAY_SLOTS + slot]);
            rarity += equal > 0 ? equal * slot_rarity(m, f, slot) : 0;
        }
    else
        return equal_drawn(m, comparison, ret_rarity);
    *ret_rarity = chance > 0 ? rarity / chance : 0;
    return sum;
}

struct draw {
    uint64_t hash;
    uint32_t row;
};

static int draw_order(const void *a, const void *b)
{
    const struct draw *x = a, *y = b;

    return x->hash < y->hash ? -1 : x->hash > y->hash ? 1 : x->row < y->row ? -1 : 1;
}

/* About `wanted` records of a side, those of the smallest hashes, in their order. */
static struct draw *records_draw(const struct link_set *s, int side, double wanted, size_t *ret_count)
{
    double share = fmin(1, wanted / fmax(1, s->count[side]));
    uint64_t limit = share >= 1 ? UINT64_MAX : (uint64_t)(share * 0x1p64);
    size_t cap = (size_t)wanted * 4 + 64, count = 0;
    struct draw *list = malloc(cap * sizeof *list);

    MUST(list);
    for (uint32_t i = 0; i < s->count[side] && count < cap; i++)
        if (link_mix(s->hash[side][i], 3) <= limit)
            list[count++] = (struct draw){ link_mix(s->hash[side][i], 3), i };
    qsort(list, count, sizeof *list, draw_order);
    *ret_count = count;
    return list;
}

struct tally {
    double count[LINK_FIELDS_MAX][LEVELS], rarity[LINK_FIELDS_MAX][LEVELS], pairs;
};

static void tally_pair(const struct link_model *m, struct compare_memo *memo, struct link_pair pair, struct tally *t)
{
    uint64_t pattern = compare_pair(&m->comparer, memo, pair);

    t->pairs++;
    for (int i = 0; i < m->comparer.count; i++) {
        int level = pattern_level(pattern, i);

        t->count[i][level]++;
        if (level > LEVEL_DIFFERENT)
            t->rarity[i][level] += chance_rarity(m, i, pair, level);
    }
}

/* Pairs are tallied in so many slices whatever the threads, and the slices summed in their order. */
enum { SLICES = 16 };

struct drawing {
    struct link_model *m;
    struct draw *left, *right;
    size_t left_count, right_count;
    struct tally *slice; /* SLICES of them */
    int threads;
};

static void slices_tally(void *arg, int thread)
{
    const struct drawing *d = arg;
    struct compare_memo *memo = compare_memo_new();
    bool two = d->m->comparer.set->sides == 2;

    for (int slice = thread; slice < SLICES; slice += d->threads)
        for (size_t i = (size_t)slice; i < d->left_count; i += SLICES)
            for (size_t k = two ? 0 : i + 1; k < d->right_count; k++)
                tally_pair(d->m, memo, (struct link_pair){ d->left[i].row, d->right[k].row }, &d->slice[slice]);
    compare_memo_free(memo);
}

static void pairs_draw(struct link_model *m, int threads, struct tally *ret)
{
    const struct link_set *s = m->comparer.set;
    double pairs = records(s) > LARGE ? DRAWN_PAIRS_LARGE : DRAWN_PAIRS, wanted = sqrt(s->sides == 1 ? 2 * pairs : pairs);
    struct drawing d = { .m = m, .threads = threads, .slice = calloc(SLICES, sizeof *d.slice) };

    MUST(d.slice);
    d.left = d.right = records_draw(s, 0, wanted, &d.left_count);
    d.right_count = d.left_count;
    if (s->sides == 2)
        d.right = records_draw(s, 1, wanted, &d.right_count);
    crew_run(threads, slices_tally, &d);
    for (int slice = 0; slice < SLICES; slice++) {
        ret->pairs += d.slice[slice].pairs;
        for (int i = 0; i < m->comparer.count; i++)
            for (int level = 0; level < LEVELS; level++) {
                ret->count[i][level] += d.slice[slice].count[i][level];
                ret->rarity[i][level] += d.slice[slice].rarity[i][level];
            }
    }
    if (d.right != d.left)
        free(d.right);
    free(d.left);
    free(d.slice);
}

/* Of all pairs with the field known on both sides: the share of SAME from the exact count, the rest as drawn, with half a
 * pair for what was not seen. */
static void shares_set(struct link_model *m, int i, const struct tally *t)
{
    const struct link_set *s = m->comparer.set;
    const struct link_field *f = &s->field[m->comparer.list[i].field];
    double known = s->sides == 1 ? choose_two(f->known[0]) : (double)f->known[0] * f->known[1], drawn = .5 * (LEVELS - 2), same, rarity;

    known = fmax(known, 1);
    m->known[i] = known / fmax(m->pairs, 1);
    same = fmin(equal_counted(m, i, &rarity) / known, .999999);
    for (int level = LEVEL_DIFFERENT; level < LEVEL_SAME; level++)
        drawn += t->count[i][level];
    for (int level = LEVEL_DIFFERENT; level < LEVEL_SAME; level++)
        m->all[i][level] = (1 - same) * (t->count[i][level] + .5) / drawn;
    for (int level = LEVEL_DIFFERENT; level < LEVEL_SAME; level++)
        m->is_seen[i][level] = t->count[i][level] >= SEEN_OFTEN;
    m->is_seen[i][LEVEL_SAME] = true;
    m->all[i][LEVEL_SAME] = fmax(same, .5 / known);
    for (int level = LEVEL_DIFFERENT + 1; level < LEVEL_SAME; level++)
        m->rarity_mean[i][level] = t->count[i][level] >= SEEN_OFTEN ? t->rarity[i][level] / t->count[i][level] : 0;
    m->rarity_mean[i][LEVEL_SAME] = rarity;
    if (m->rarity_mean[i][LEVEL_SAME - 1] == 0 && f->kind != LINK_KIND_DAY && f->kind != LINK_KIND_DIGITS)
        m->rarity_mean[i][LEVEL_SAME - 1] = rarity; /* without tones */
}

/* A field has its shares by itself: threads take them in turn. */
struct sharing {
    struct link_model *m;
    const struct tally *tally;
    int threads;
};

static void fields_share(void *arg, int thread)
{
    const struct sharing *all = arg;

    for (int i = thread; i < all->m->comparer.count; i += all->threads)
        shares_set(all->m, i, all->tally);
}

void chance_count(struct link_model *m, int threads)
{
    const struct link_set *s = m->comparer.set;
    struct tally *t = calloc(1, sizeof *t);

    MUST(t);
    m->pairs = s->sides == 1 ? choose_two(s->count[0]) : (double)s->count[0] * s->count[1];
    m->day_comparison = -1;
    words_known_count(m);
    for (int i = 0; i < m->comparer.count; i++)
        if (s->field[m->comparer.list[i].field].kind == LINK_KIND_TEXT)
            uses_count(m, i);
    for (int i = 0; i < m->comparer.count && !m->days; i++)
        if (s->field[m->comparer.list[i].field].kind == LINK_KIND_DAY) {
            days_count(m, &s->field[m->comparer.list[i].field]);
            m->day_comparison = i;
        }
    for (int i = 0; i < m->comparer.count; i++)
        rarity_tabulate(m, i);
    pairs_draw(m, threads, t);
    crew_run(threads, fields_share, &(struct sharing){ m, t, threads });
    free(t);
}
