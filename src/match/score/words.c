/* Behind words.h. Words are met greedily, equal ones first, in the order of the shorter text: at most eight words, so that
 * the greedy choice and the best one differ for no name that people have.
 * tested by: src/match/score/compare_test.c */
#include "match/score/words.h"

#include <math.h>
#include <stdlib.h>

/* For each word of `a` the word of `b` that it meets, or -1. */
struct meeting {
    int8_t at[LINK_WORDS_MAX];
    int met, slips;
};

enum { SHAPE_LENGTH = 48, SHAPE_FIRST = 40, SHAPE_DIGITS = 36, LETTERS = 36 };

/* Letters a … z and digits as bits 0 … 35; others share bits by their low part. */
static uint64_t shape_of(str s)
{
    uint64_t shape = (uint64_t)(s.len < 255 ? s.len : 255) << SHAPE_LENGTH | (uint64_t)(s.ptr[0] & 63) << SHAPE_FIRST;

    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];

        shape |= UINT64_C(1) << (c >= 'a' && c <= 'z' ? c - 'a' : c >= '0' && c <= '9' ? 26 + c - '0' : c % LETTERS);
    }
    return shape | (uint64_t)(s.ptr[0] >= '0' && s.ptr[0] <= '9') << SHAPE_DIGITS;
}

/* False only for words that words_are_near() would refuse, or that are three letters apart in length. */
static bool shapes_may_be_near(uint64_t a, uint64_t b)
{
    int al = (int)(a >> SHAPE_LENGTH), bl = (int)(b >> SHAPE_LENGTH), apart = al > bl ? al - bl : bl - al;
    bool same_first = !((a ^ b) >> SHAPE_FIRST & 63);

    if ((a | b) >> SHAPE_DIGITS & 1)
        return al >= 5 && bl >= 5 && apart <= 1;
    if (al == 1 || bl == 1)
        return same_first;
    return same_first ? apart <= 3 : apart <= 2 && __builtin_popcountll((a ^ b) & ((UINT64_C(1) << LETTERS) - 1)) <= 4;
}

void word_facts_make(struct word_facts *f, const struct link_set *set, const struct link_dict *dict)
{
    double words = 1;

    *f = (struct word_facts){ .dict = dict,
                              .shape = malloc(((size_t)dict->count + 1) * sizeof *f->shape),
                              .rarity = malloc(((size_t)dict->count + 1) * sizeof *f->rarity) };
    MUST(f->shape && f->rarity);
    for (int side = 0; side < set->sides; side++)
        for (uint32_t code = 1; code <= dict->count; code++)
            words += dict->uses[side][code];
    for (uint32_t code = 1; code <= dict->count; code++) {
        double uses = (double)dict->uses[0][code] + (set->sides == 2 ? dict->uses[1][code] : 0);

        f->shape[code] = shape_of(dict->text[code]);
        f->rarity[code] = (float)(log2(words) - log2(uses + .5));
    }
}

void word_facts_room(struct word_facts *f, uint32_t codes)
{
    f->shape = reallocarray(f->shape, (size_t)codes + 1, sizeof *f->shape);
    f->rarity = reallocarray(f->rarity, (size_t)codes + 1, sizeof *f->rarity);
    MUST(f->shape && f->rarity);
}

void word_facts_add(struct word_facts *f, uint32_t code, double words)
{
    f->shape[code] = shape_of(f->dict->text[code]);
    f->rarity[code] = (float)(log2(words) - log2((double)f->dict->uses[0][code] + f->dict->uses[1][code] + .5));
}

void word_facts_done(struct word_facts *f)
{
    free(f->shape);
    free(f->rarity);
    *f = (struct word_facts){ 0 };
}

static bool is_free(unsigned taken, int at) { return !(taken >> at & 1); }

static void words_meet(struct compare_memo *memo, const struct word_facts *facts, struct words a, struct words b, struct meeting *m)
{
    const struct link_dict *d = facts->dict;
    uint64_t ha[LINK_WORDS_MAX], hb[LINK_WORDS_MAX];
    unsigned taken = 0;

    *m = (struct meeting){ 0 };
    for (int i = 0; i < a.count; i++)
        ha[i] = d->hash[a.code[i]];
    for (int k = 0; k < b.count; k++)
        hb[k] = d->hash[b.code[k]];
    for (int i = 0; i < a.count; i++) {
        m->at[i] = -1;
        for (int k = 0, j = i % b.count; k < b.count && m->at[i] < 0; k++, j = j + 1 == b.count ? 0 : j + 1) /* its own place first */
            if (is_free(taken, j) && ha[i] == hb[j]) {
                m->at[i] = (int8_t)j;
                taken |= 1u << j;
                m->met++;
            }
    }
    if (m->met == 0 && a.count > 2) /* nothing in common: likeness of single words would be chance */
        return;
    for (int i = 0; i < a.count; i++)
        for (int k = 0, j = i % b.count; k < b.count && m->at[i] < 0; k++, j = j + 1 == b.count ? 0 : j + 1)
            if (is_free(taken, j) && shapes_may_be_near(facts->shape[a.code[i]], facts->shape[b.code[j]]) && memo_word_is_near(memo, d, a.code[i], b.code[j])) {
                m->at[i] = (int8_t)j;
                taken |= 1u << j;
                m->met++;
                m->slips++;
            }
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Could one word be the other with slips? Numbers hardly: their digits are what tells them apart. */
bool words_are_near(const struct link_dict *d, uint32_t a, uint32_t b)
{
    str x = d->text[a], y = d->text[b];
    enum level level;

    if (is_digit(x.ptr[0]) || is_digit(y.ptr[0]))
        return x.len >= 5 && y.len >= 5 && compare_text(x, y, true) == TEXT_SLIP;
    if (x.len == 1 || y.len == 1)
        return x.ptr[0] == y.ptr[0]; /* an initial */
    level = compare_text(x, y, false);
    if (level >= TEXT_LIKE || (x.len == 2 && y.len == 2 && x.ptr[0] == y.ptr[1] && x.ptr[1] == y.ptr[0]))
        return true;
    return d->tones && name_is_variant(d->tones[a], d->tones[b]);
}

static enum level names_equal_level(const struct link_dict *d, struct words a, struct words b)
{
    bool tones = true;

    if (a.count != b.count)
        return LEVEL_UNKNOWN;
    for (int i = 0; i < a.count; i++) {
        tones &= a.code[i] == b.code[i];
        if (a.code[i] != b.code[i] && d->hash[a.code[i]] != d->hash[b.code[i]])
            return LEVEL_UNKNOWN;
    }
    return tones ? LEVEL_SAME : NAME_LETTERS;
}

enum level words_name_level(struct compare_memo *memo, const struct word_facts *facts, struct words a, struct words b)
{
    enum level level = names_equal_level(facts->dict, a, b);
    struct meeting m;
    bool first, last;

    if (level)
        return level;
    if (a.count > b.count) {
        struct words swap = a;

        a = b;
        b = swap;
    }
    words_meet(memo, facts, a, b, &m);
    first = m.at[0] == 0;
    last = m.at[a.count - 1] == b.count - 1;
    if (m.met == a.count && a.count == b.count && (m.slips < a.count || a.count == 1))
        return NAME_NEAR;
    if ((first && last && a.count > 1) || (m.met == a.count && a.count > 1 && !m.slips))
        return NAME_ENDS;
    return last ? NAME_LAST : first ? NAME_FIRST : LEVEL_DIFFERENT;
}

static double weight_of(const float *rarity, struct words w)
{
    double sum = 0;

    for (int i = 0; i < w.count; i++)
        sum += (double)rarity[w.code[i]];
    return sum;
}

enum level words_text_level(struct compare_memo *memo, const struct word_facts *facts, struct words a, struct words b)
{
    enum level level = names_equal_level(facts->dict, a, b);
    struct meeting m;
    double common = 0, share;

    if (level)
        return level == LEVEL_SAME ? LEVEL_SAME : WORDS_6;
    words_meet(memo, facts, a, b, &m);
    for (int i = 0; i < a.count; i++)
        if (m.at[i] >= 0) {
            double one = (double)facts->rarity[a.code[i]], other = (double)facts->rarity[b.code[m.at[i]]];
            bool equal = facts->dict->hash[a.code[i]] == facts->dict->hash[b.code[m.at[i]]];

            common += equal ? one : .7 * fmin(one, other);
        }
    share = 2 * common / fmax(weight_of(facts->rarity, a) + weight_of(facts->rarity, b), 1e-9);
    if (m.met == a.count && a.count == b.count)
        return WORDS_6;
    return share >= .8 ? WORDS_5 : share >= .6 ? WORDS_4 : share >= .4 ? WORDS_3 : share >= .2 ? WORDS_2 : LEVEL_DIFFERENT;
}
