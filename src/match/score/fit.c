/* Expectation and maximisation on the histogram of patterns, over all pairs that there could be: what was no candidate is
 * taken for two persons. m is learned; u is what all pairs show less the part that matches have in it. Each field has a few
 * pairs' worth of default shares as a prior. Where few records stand twice, what is learned may be families, or people of a
 * name: then the default shares stay, and only how many matches there are is learned. tested by: src/match/score/model_test.c */
#include "match/score/model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS_MAX = 200, MATCHES_MIN = 8 };
static const double prior_pairs = 4;   /* worth of the default shares */
static const double kin_prior_pairs = 30;
static const double kin_least = .02; /* of the matches; so few relatives cannot be told from odd matches: the class is given up */
static const double told_least = .2; /* of the matches; fewer mean that nothing tells them from the rest */
static const double held_most = 1.25; /* matches of a model that had to be held, for each that the usual shares find: more are something else */
static const double still = 1e-4;    /* a share, or the part of the matches, that a round moves */
static const double chance_least = .05; /* of the agreement seen, at least so much is chance */

struct pattern_count {
    uint64_t pattern;
    double count;
};

static int pattern_order(const void *a, const void *b)
{
    uint64_t x = ((const struct pattern_count *)a)->pattern, y = ((const struct pattern_count *)b)->pattern;

    return x < y ? -1 : x > y;
}

/* Patterns with their counts in a table by hash, which is at most half full; of count 0 are the empty slots. */
struct histogram {
    struct pattern_count *slot;
    size_t mask, used;
};

static void histogram_add(struct histogram *h, uint64_t pattern, double count)
{
    size_t at = (size_t)((pattern * UINT64_C(0x9E3779B97F4A7C15)) >> 20) & h->mask;

    while (h->slot[at].count > 0 && h->slot[at].pattern != pattern)
        at = (at + 1) & h->mask;
    h->used += h->slot[at].count <= 0;
    h->slot[at].pattern = pattern;
    h->slot[at].count += count;
}

static void histogram_grow(struct histogram *h)
{
    struct histogram larger = { NULL, h->mask * 2 + 1, 0 };

    larger.slot = calloc(larger.mask + 1, sizeof *larger.slot);
    MUST(larger.slot);
    for (size_t i = 0; i <= h->mask && h->slot; i++)
        if (h->slot[i].count > 0)
            histogram_add(&larger, h->slot[i].pattern, h->slot[i].count);
    free(h->slot);
    *h = larger;
}

static struct pattern_count *histogram_make(const struct link_scored *list, size_t count, size_t *ret_count)
{
    struct histogram h = { NULL, 511, 0 };
    size_t n = 0;

    histogram_grow(&h);
    for (size_t i = 0; i < count; i++) {
        if (h.used * 2 > h.mask)
            histogram_grow(&h);
        histogram_add(&h, list[i].pattern, 1);
    }
    for (size_t i = 0; i <= h.mask; i++)
        if (h.slot[i].count > 0)
            h.slot[n++] = h.slot[i];
    qsort(h.slot, n, sizeof *h.slot, pattern_order);
    *ret_count = n;
    return h.slot;
}

/* What the pairs are expected to be under the present shares. */
struct expected {
    double level[LINK_FIELDS_MAX][LEVELS], kin_level[LINK_FIELDS_MAX][LEVELS], matches, kin, loglik;
    double told; /* of the matches: those that a second look would find, each by its probability */
};

static void expect(const struct link_model *m, const struct pattern_count *list, size_t count, struct expected *ret)
{
    *ret = (struct expected){ 0 };
    for (size_t n = 0; n < count; n++) {
        struct link_weight w = link_pattern_weight(m, list[n].pattern);
        /* Odds of a match and of kin against chance; the larger of the two may be beyond all numbers. */
        double kin_bits = fmin(w.chance - w.kin, 900), match = list[n].count * link_probability(link_weight_bits(w));
        double kin = m->has_kin ? (list[n].count - match) * link_probability(kin_bits) : 0;

        ret->matches += match;
        ret->told += match * match / list[n].count;
        ret->kin += kin;
        ret->loglik += list[n].count * log2(1 + exp2(fmin(w.chance, 900)) + (m->has_kin ? exp2(kin_bits) : 0));
        for (int i = 0; i < m->comparer.count; i++) {
            ret->level[i][pattern_level(list[n].pattern, i)] += match;
            ret->kin_level[i][pattern_level(list[n].pattern, i)] += kin;
        }
    }
}

static void maximise_kin(struct link_model *m, int i, const struct expected *e)
{
    double known = kin_prior_pairs, prior[LEVELS];

    kin_default(m, i, prior);
    for (int level = LEVEL_DIFFERENT; level < LEVELS; level++)
        known += e->kin_level[i][level];
    for (int level = LEVEL_DIFFERENT; level < LEVELS; level++)
        m->k[i][level] = (e->kin_level[i][level] + kin_prior_pairs * prior[level]) / known;
    kin_bound(m, i, m->k[i]);
}

/* One person's records agree mostly on a name and a birth date, and on half of all else. A class of pairs that share a birthday,
 * a family or a home could pass for matches: it needs more than that to differ, and is known by it. */
static double different_most(enum link_role role)
{
    switch (role) {
    case LINK_FULL_NAME:
    case LINK_GIVEN_NAME:
    case LINK_SURNAME:
    case LINK_BIRTH_DATE:
    case LINK_BIRTH_YEAR:
    case LINK_SEX:
        return .25;
    case LINK_ADDRESS:
    case LINK_STREET:
    case LINK_STREET_NUMBER:
    case LINK_PHONE:
    case LINK_EMAIL:
        return .7;
    default:
        return .5;
    }
}

/* Returns whether the share had to be held. */
static bool match_bound(const struct link_model *m, int i, double share[static LEVELS])
{
    double most = different_most(m->comparer.set->field[m->comparer.list[i].field].role), different = share[LEVEL_DIFFERENT];

    if (different <= most)
        return false;
    for (int level = LEVEL_DIFFERENT; level < LEVELS; level++)
        share[level] *= level == LEVEL_DIFFERENT ? most / different : (1 - most) / (1 - different);
    return true;
}

/* What one round did. */
struct round {
    double moved; /* the farthest that a share, or the part of the matches, has moved */
    bool held;    /* a share would have left its bound */
};

static void maximise_field(struct link_model *m, int i, const struct expected *e, bool learns, struct round *round)
{
    const double *prior = link_default_m(m->comparer.set, &m->comparer.list[i]);
    double known = prior_pairs, all = m->known[i] * m->pairs, chance = 0, share[LEVELS] = { 0 };

    for (int level = LEVEL_DIFFERENT; level < LEVELS; level++)
        known += e->level[i][level];
    for (int level = LEVEL_DIFFERENT; level < LEVELS; level++)
        share[level] = learns ? (e->level[i][level] + prior_pairs * prior[level]) / known : prior[level];
    round->held |= match_bound(m, i, share);
    for (int level = LEVEL_DIFFERENT; level < LEVELS; level++) {
        double seen = m->all[i][level] * all;

        round->moved = fmax(round->moved, fabs(share[level] - m->m[i][level]));
        m->m[i][level] = share[level];
        m->u[i][level] = m->is_seen[i][level] ? fmax(seen - e->level[i][level] - e->kin_level[i][level], chance_least * seen) : seen;
        chance += m->u[i][level];
    }
    for (int level = LEVEL_DIFFERENT; level < LEVELS; level++)
        m->u[i][level] /= chance;
    if (m->has_kin)
        maximise_kin(m, i, e);
}

static struct round maximise(struct link_model *m, const struct expected *e, bool learns)
{
    struct round round = { fabs(e->matches - m->matches) / fmax(1, m->matches), false };

    for (int i = 0; i < m->comparer.count; i++)
        maximise_field(m, i, e, learns, &round);
    m->matches = fmax(e->matches, .5);
    m->kin = fmax(e->kin, .5);
    model_weigh(m);
    return round;
}

/* What rounds end with. */
struct ended {
    double matches, told; /* expected; how many of them stand out */
    bool held;
};

/* Rounds until the shares stand still. Unless it `learns`, those of matches stay the usual ones. */
static struct ended rounds_run(struct link_model *m, const struct pattern_count *histogram, size_t patterns, bool learns)
{
    struct expected e = { 0 };
    struct round round = { 0, false };

    m->fit = LINK_FIT_STOPPED;
    for (m->rounds = 0; m->rounds < ROUNDS_MAX && m->fit == LINK_FIT_STOPPED; m->rounds++) {
        expect(m, histogram, patterns, &e);
        m->loglik = e.loglik;
        round = maximise(m, &e, learns);
        if (round.moved < still)
            m->fit = LINK_FIT_CONVERGED;
    }
    return (struct ended){ e.matches, e.told, round.held };
}

/* Relatives that are too few are given up as a class, and the rest is learned without them. */
static struct ended learn(struct link_model *m, const struct pattern_count *histogram, size_t patterns, bool learns)
{
    model_default(m);
    struct ended end = rounds_run(m, histogram, patterns, learns);
    if (!m->has_kin || m->kin >= kin_least * end.matches)
        return end;
    model_default(m);
    m->has_kin = false;
    model_weigh(m);
    return rounds_run(m, histogram, patterns, learns);
}

void link_model_fit(struct link_model *m, const struct link_scored *list, size_t count)
{
    size_t patterns;
    struct pattern_count *histogram = histogram_make(list, count, &patterns);
    struct ended end = learn(m, histogram, patterns, true);

    if (end.matches < MATCHES_MIN || end.held || end.told < told_least * end.matches) {
        const struct link_model learned = *m;
        double usual = learn(m, histogram, patterns, false).matches;

        if (end.matches >= MATCHES_MIN && end.told >= told_least * end.matches && end.matches <= held_most * usual)
            *m = learned;
        else
            m->fit = end.matches < MATCHES_MIN ? LINK_FIT_TOO_FEW : LINK_FIT_UNCLEAR;
    }
    free(histogram);
}
