/* Behind words.h. Words are met greedily, equal ones first, in the order of the shorter text: at most eight words, so that
 * the greedy choice and the best one differ for no name that people have. Which text comes first is a matter of the two alone,
 * so that neither the order of rows nor of sides shows.
 * tested by: src/match/score/compare_test.c */
#include "match/score/words.h"

#include <math.h>
#include <stdlib.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* For each word of `a` the word of `b` that it meets, or -1. */
struct meeting {
    int8_t at[LINK_WORDS_MAX];
    uint8_t may[LINK_WORDS_MAX]; /* of an open word of `a`: open words of `b` that could be near, as bits */
    int met, slips;
    unsigned open; /* words of `b` that none has met, as bits */
};

enum { SHAPE_LENGTH = 56, SHAPE_LAST = 48, SHAPE_FIRST = 40, SHAPE_JOINT = 38, SHAPE_VARIANT = 37, SHAPE_DIGITS = 36, LETTERS = 36, VARIANT_BYTES_MAX = 16 };

/* Letters a … z and digits as bits 0 … 35; others share bits by their low part. */
static uint64_t shape_of(str s)
{
    uint64_t shape = (uint64_t)(s.len < 255 ? s.len : 255) << SHAPE_LENGTH | (uint64_t)(s.ptr[s.len - 1] & 63) << SHAPE_LAST |
                     (uint64_t)(s.ptr[0] & 63) << SHAPE_FIRST;

    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        bool letter = c >= 'a' && c <= 'z', digit = c >= '0' && c <= '9';

        shape |= UINT64_C(1) << (letter ? c - 'a' : digit ? 26 + c - '0' : c % LETTERS);
        shape |= (uint64_t)(!letter && !digit && c < 0x80) << SHAPE_JOINT;
    }
    return shape | (uint64_t)(s.ptr[0] >= '0' && s.ptr[0] <= '9') << SHAPE_DIGITS;
}

/* Bits that are set, of at most 36; the instruction for it is not on every machine that this is built for. */
static int letters_count(uint64_t set)
{
    set -= set >> 1 & UINT64_C(0x5555555555555555);
    set = (set & UINT64_C(0x3333333333333333)) + (set >> 2 & UINT64_C(0x3333333333333333));
    return (int)(((set + (set >> 4)) & UINT64_C(0x0F0F0F0F0F0F0F0F)) * UINT64_C(0x0101010101010101) >> 56);
}

/* Letters that one word has and the other lacks. */
static int letters_apart(uint64_t a, uint64_t b) { return letters_count((a ^ b) & ((UINT64_C(1) << LETTERS) - 1)); }

/* Of up to four letters only one slip is near, which leaves one end as it is and brings one letter at most where it makes the
 * word longer, two where not; of two letters none but both swapped. */
static bool shorts_may_be_near(uint64_t a, uint64_t b)
{
    int al = (int)(a >> SHAPE_LENGTH), bl = (int)(b >> SHAPE_LENGTH);
    bool same_end = !((a ^ b) >> SHAPE_FIRST & 63) || !((a ^ b) >> SHAPE_LAST & 63);

    if (al == bl)
        return al == 2 ? letters_apart(a, b) == 0 : same_end && letters_apart(a, b) <= 2;
    return same_end && al - bl <= 1 && bl - al <= 1 && letters_apart(a, b) <= 1;
}

/* False only for words that words_are_near() would refuse, or that are three letters apart in length. A slip makes two letters
 * differ at most, one if it makes the word longer; Jaro-Winkler .9 needs m letters met with m/a + m/b >= 1.5, so that at most
 * a + b - 3ab / (a + b) are not. */
static bool shapes_may_be_near(uint64_t a, uint64_t b)
{
    int al = (int)(a >> SHAPE_LENGTH), bl = (int)(b >> SHAPE_LENGTH), apart = al > bl ? al - bl : bl - al, both = al + bl, differ;
    bool same_first = !((a ^ b) >> SHAPE_FIRST & 63);

    if ((a | b) >> SHAPE_DIGITS & 1)
        return al >= 5 && bl >= 5 && apart <= 1;
    if (al == 1 || bl == 1)
        return same_first;
    if (apart > (same_first ? 3 : 2))
        return false;
    if ((a & b) >> SHAPE_VARIANT & 1 || (a | b) >> SHAPE_JOINT & 1)
        return same_first || letters_apart(a, b) <= 4;
    if (al <= 4 && bl <= 4)
        return shorts_may_be_near(a, b);
    differ = letters_apart(a, b);
    if (differ > 4 && !same_first)
        return false;
    return differ <= 4 - apart || differ * both <= both * both - 3 * al * bl;
}

void word_facts_make(struct word_facts *f, const struct link_set *set, const struct link_dict *dict)
{
    double words = 1;

    *f = (struct word_facts){ .dict = dict };
    for (int side = 0; side < set->sides; side++)
        for (uint32_t code = 1; code <= dict->count; code++)
            words += dict->uses[side][code];
    word_facts_room(f, dict->count);
    for (uint32_t code = 1; code <= dict->count; code++)
        word_facts_add(f, code, words);
}

void word_facts_room(struct word_facts *f, uint32_t codes)
{
    f->fact = reallocarray(f->fact, (size_t)codes + 1, sizeof *f->fact);
    MUST(f->fact);
}

void word_facts_add(struct word_facts *f, uint32_t code, double words)
{
    const struct link_dict *d = f->dict;
    double uses = (double)d->uses[0][code] + (d->uses[1] ? d->uses[1][code] : 0);
    bool variant = d->tones && d->tones[code].len <= VARIANT_BYTES_MAX && name_has_variant(d->tones[code]);

    f->fact[code] = (struct word_fact){ .shape = shape_of(d->text[code]) | (uint64_t)variant << SHAPE_VARIANT, .fold = (uint32_t)d->hash[code],
                                        .rarity = (float)(log2(words) - log2(uses + .5)) };
}

void word_facts_done(struct word_facts *f)
{
    free(f->fact);
    *f = (struct word_facts){ 0 };
}

/* Equal without tones. */
static bool folds_alike(const struct word_facts *f, uint32_t a, uint32_t b)
{
    return f->fact[a].fold == f->fact[b].fold && f->dict->hash[a] == f->dict->hash[b];
}

/* The shorter text, or of two as long the one of the smaller hashes, to `a`. */
static void words_order(const struct word_facts *f, struct words *a, struct words *b)
{
    int apart = a->count - b->count;

    for (int i = 0; i < a->count && !apart; i++) {
        uint32_t x = f->fact[a->code[i]].fold, y = f->fact[b->code[i]].fold;

        apart = x < y ? -1 : x > y;
    }
    if (apart > 0) {
        struct words swap = *a;

        *a = *b;
        *b = swap;
    }
}

/* Which of the eight are `fold`, as bits. */
#ifdef __SSE2__
static unsigned places_of(const uint32_t folds[static LINK_WORDS_MAX], uint32_t fold)
{
    const __m128i wanted = _mm_set1_epi32((int)fold);
    __m128i low = _mm_cmpeq_epi32(_mm_loadu_si128((const __m128i *)(const void *)folds), wanted);
    __m128i high = _mm_cmpeq_epi32(_mm_loadu_si128((const __m128i *)(const void *)(folds + 4)), wanted);

    return (unsigned)_mm_movemask_ps(_mm_castsi128_ps(low)) | (unsigned)_mm_movemask_ps(_mm_castsi128_ps(high)) << 4;
}
#else
static unsigned places_of(const uint32_t folds[static LINK_WORDS_MAX], uint32_t fold)
{
    unsigned places = 0;

    for (int i = 0; i < LINK_WORDS_MAX; i++)
        places |= (unsigned)(folds[i] == fold) << i;
    return places;
}
#endif

static void word_met(struct meeting *m, int i, int at)
{
    m->at[i] = (int8_t)at;
    m->open &= ~(1u << at);
    m->met++;
}

/* Words that are equal without tones; each takes its own place first, then the next one on. */
static void words_meet_equal(const struct word_facts *facts, struct words a, struct words b, struct meeting *m)
{
    uint32_t folds[LINK_WORDS_MAX] = { 0 };

    *m = (struct meeting){ .open = (1u << b.count) - 1 };
    for (int k = 0; k < b.count; k++)
        folds[k] = facts->fact[b.code[k]].fold;
    for (int i = 0, own = 0; i < a.count; i++, own = own + 1 == b.count ? 0 : own + 1) {
        unsigned places = places_of(folds, facts->fact[a.code[i]].fold) & m->open, later = places >> own << own;

        m->at[i] = -1;
        while (places && m->at[i] < 0) {
            int at = __builtin_ctz(later ? later : places);

            if (folds_alike(facts, a.code[i], b.code[at]))
                word_met(m, i, at);
            places &= ~(1u << at);
            later &= ~(1u << at);
        }
    }
}

/* Which open words could be the same with slips, as far as shapes tell. */
static void words_may_meet(const struct word_facts *facts, struct words a, struct words b, struct meeting *m)
{
    for (int i = 0; i < a.count; i++) {
        m->may[i] = 0;
        for (unsigned open = m->at[i] < 0 ? m->open : 0; open; open &= open - 1) {
            int k = __builtin_ctz(open);

            m->may[i] |= (uint8_t)(shapes_may_be_near(facts->fact[a.code[i]].shape, facts->fact[b.code[k]].shape) << k);
        }
    }
}

static bool all_may_meet(struct words a, struct words b, const struct meeting *m)
{
    bool all = a.count == b.count;

    for (int i = 0; i < a.count; i++)
        all &= m->at[i] >= 0 || m->may[i];
    return all;
}

/* Then those of them that are; each asks its own place first, then the next one on. */
static void words_meet_near(struct compare_memo *memo, const struct word_facts *facts, struct words a, struct words b, struct meeting *m)
{
    for (int i = 0, own = 0; i < a.count; i++, own = own + 1 == b.count ? 0 : own + 1) {
        unsigned places = m->may[i] & m->open, later = places >> own << own;

        while (places && m->at[i] < 0) {
            int at = __builtin_ctz(later ? later : places);

            if (memo_word_is_near(memo, facts->dict, a.code[i], b.code[at])) {
                word_met(m, i, at);
                m->slips++;
            }
            places &= ~(1u << at);
            later &= ~(1u << at);
        }
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

static enum level names_equal_level(const struct word_facts *facts, struct words a, struct words b)
{
    uint32_t differ = 0;

    if (a.count != b.count)
        return LEVEL_UNKNOWN;
    for (int i = 0; i < a.count; i++)
        differ |= a.code[i] ^ b.code[i];
    if (!differ)
        return LEVEL_SAME;
    for (int i = 0; i < a.count; i++)
        if (a.code[i] != b.code[i] && !folds_alike(facts, a.code[i], b.code[i]))
            return LEVEL_UNKNOWN;
    return NAME_LETTERS;
}

/* Could words with slips make another level? With nothing in common the likeness of single words would be chance. */
static bool names_may_be_nearer(const struct word_facts *facts, struct words a, struct words b, struct meeting *m)
{
    int last = a.count - 1;

    if (!m->open || (m->met == 0 && a.count > 2))
        return false;
    words_may_meet(facts, a, b, m);
    return m->may[0] & 1 || m->may[last] >> (b.count - 1) & 1 || (m->met < a.count && all_may_meet(a, b, m));
}

enum level words_name_level(struct compare_memo *memo, const struct word_facts *facts, struct words a, struct words b)
{
    enum level level = names_equal_level(facts, a, b);
    struct meeting m;
    bool first, last;

    if (level)
        return level;
    words_order(facts, &a, &b);
    words_meet_equal(facts, a, b, &m);
    if (names_may_be_nearer(facts, a, b, &m))
        words_meet_near(memo, facts, a, b, &m);
    first = m.at[0] == 0;
    last = m.at[a.count - 1] == b.count - 1;
    if (m.met == a.count && a.count == b.count && (m.slips < a.count || a.count == 1))
        return NAME_NEAR;
    if ((first && last && a.count > 1) || (m.met == a.count && a.count > 1 && !m.slips))
        return NAME_ENDS;
    return last ? NAME_LAST : first ? NAME_FIRST : LEVEL_DIFFERENT;
}

static enum level share_level(double common, double all)
{
    double share = 2 * common / fmax(all, 1e-9);

    return share >= .8 ? WORDS_5 : share >= .6 ? WORDS_4 : share >= .4 ? WORDS_3 : share >= .2 ? WORDS_2 : LEVEL_DIFFERENT;
}

/* Words with slips weigh less; they are looked at only where that could make another level. */
static const double slip_weight = .7;

/* What words weigh: those in common, all of either text, and those of either that have met nothing yet. */
struct weight {
    double common, one, other, one_open, other_open;
};

static struct weight weigh(const struct word_facts *facts, struct words a, struct words b, const struct meeting *m)
{
    struct weight w = { 0 };

    for (int i = 0; i < a.count; i++) {
        double weight = (double)facts->fact[a.code[i]].rarity;

        w.one += weight;
        *(m->at[i] >= 0 ? &w.common : &w.one_open) += weight;
    }
    for (int k = 0; k < b.count; k++) {
        double weight = (double)facts->fact[b.code[k]].rarity;

        w.other += weight;
        w.other_open += m->open >> k & 1 ? weight : 0;
    }
    return w;
}

/* Leaves open what may meet something. */
static void weigh_open(const struct word_facts *facts, struct words a, struct words b, const struct meeting *m, struct weight *w)
{
    unsigned may = 0;

    w->one_open = w->other_open = 0;
    for (int i = 0; i < a.count; i++) {
        w->one_open += m->may[i] ? (double)facts->fact[a.code[i]].rarity : 0;
        may |= m->may[i];
    }
    for (; may; may &= may - 1)
        w->other_open += (double)facts->fact[b.code[__builtin_ctz(may)]].rarity;
}

static enum level level_of(const struct weight *w) { return share_level(w->common, w->one + w->other); }

/* The same level, however much of what is open meets? */
static bool level_stands(const struct weight *w)
{
    return share_level(w->common + slip_weight * fmin(w->one_open, w->other_open) + 1e-6, w->one + w->other) == level_of(w);
}

enum level words_text_level(struct compare_memo *memo, const struct word_facts *facts, struct words a, struct words b)
{
    enum level level = names_equal_level(facts, a, b);
    struct meeting m;
    struct weight w;

    if (level)
        return level == LEVEL_SAME ? LEVEL_SAME : WORDS_6;
    words_order(facts, &a, &b);
    words_meet_equal(facts, a, b, &m);
    if (m.met == 0 && a.count > 2) /* the likeness of single words would be chance */
        return LEVEL_DIFFERENT;
    w = weigh(facts, a, b, &m);
    if (a.count != b.count && level_stands(&w))
        return level_of(&w);
    words_may_meet(facts, a, b, &m);
    weigh_open(facts, a, b, &m, &w);
    if (level_stands(&w) && !all_may_meet(a, b, &m))
        return level_of(&w);
    words_meet_near(memo, facts, a, b, &m);
    if (m.met == a.count && a.count == b.count)
        return WORDS_6;
    for (int i = 0; i < a.count && m.slips; i++)
        if (m.at[i] >= 0 && !folds_alike(facts, a.code[i], b.code[m.at[i]]))
            w.common += slip_weight * fmin((double)facts->fact[a.code[i]].rarity, (double)facts->fact[b.code[m.at[i]]].rarity);
    return level_of(&w);
}
