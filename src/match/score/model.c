/* A model from its shares: weights, and the weight of a pair. tested by: src/match/score/model_test.c */
#include "match/score/model.h"

#include "match/score/chance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Rarity may move a weight by nine bits at most: agreement on the rarest value is still agreement on one field. */
static const double rarity_most = 512;
static const double weight_no_kin = 1000;

void link_model_start(struct link_model *m, const struct link_set *set) { link_model_start_with(m, set, 1); }

void link_model_start_with(struct link_model *m, const struct link_set *set, int threads)
{
    *m = (struct link_model){ 0 };
    comparer_init(&m->comparer, set);
    chance_count(m, threads);
    for (int i = 0; i < m->comparer.count; i++)
        if (set->field[m->comparer.list[i].field].role == LINK_PERSON_NUMBER)
            m->veto |= UINT64_C(1) << (i * LEVEL_BITS);
    model_default(m);
}

void model_default(struct link_model *m)
{
    const struct link_set *set = m->comparer.set;
    double records = fmin(set->count[0], set->count[set->sides - 1]);

    for (int i = 0; i < m->comparer.count; i++) {
        memcpy(m->m[i], link_default_m(set, &m->comparer.list[i]), sizeof m->m[i]);
        memcpy(m->u[i], m->all[i], sizeof m->u[i]);
    }
    m->has_kin = kin_is_told(set, &m->comparer);
    for (int i = 0; i < m->comparer.count && m->has_kin; i++)
        kin_default(m, i, m->k[i]);
    m->matches = m->kin = fmax(records * .3, 1);
    model_weigh(m);
}

void link_model_done(struct link_model *m)
{
    comparer_done(&m->comparer);
    for (int i = 0; i < LINK_FIELDS_MAX; i++) {
        free(m->uses[i]);
        if (m->rarity_is_own[i])
            free(m->rarity[i]);
    }
    free(m->days);
    m->days = NULL;
}

/* The levels of a kind from weak to strong, as far as that is known beforehand; ended by 0. */
static const uint8_t *levels_in_order(const struct link_model *m, int i)
{
    static const uint8_t text[] = { 1, 2, 4, 5, 6, 7, 0 }, born[] = { 1, 2, 3, 4, 7, 0 }, digits[] = { 1, 2, 3, 6, 7, 0 };
    static const uint8_t name[] = { 1, 2, 4, 5, 6, 7, 0 }, words[] = { 1, 2, 3, 4, 5, 6, 7, 0 };

    switch (m->comparer.set->field[m->comparer.list[i].field].kind) {
    case LINK_KIND_DAY:
        return born;
    case LINK_KIND_DIGITS:
        return digits;
    case LINK_KIND_WORDS:
        return m->comparer.list[i].is_name ? name : words;
    case LINK_KIND_TEXT:
    case LINK_KIND_NONE:
        break;
    }
    return text;
}

/* A nearer level never weighs less: neighbours out of order share their pairs (pool adjacent violators); and no level weighs
 * more than equality. */
static void weights_order(struct link_model *m, int i)
{
    const uint8_t *order = levels_in_order(m, i);
    double sum_m[LEVELS], sum_u[LEVELS];
    int size[LEVELS], blocks = 0;

    for (int k = 0; order[k]; k++) {
        sum_m[blocks] = m->m[i][order[k]];
        sum_u[blocks] = m->u[i][order[k]];
        size[blocks++] = 1;
        while (blocks > 1 && sum_m[blocks - 2] * sum_u[blocks - 1] > sum_m[blocks - 1] * sum_u[blocks - 2]) {
            sum_m[blocks - 2] += sum_m[blocks - 1];
            sum_u[blocks - 2] += sum_u[blocks - 1];
            size[blocks - 2] += size[blocks - 1];
            blocks--;
        }
    }
    for (int b = 0, k = 0; b < blocks; b++)
        for (int n = 0; n < size[b]; n++, k++)
            m->bits[i][order[k]] = (float)log2(sum_m[b] / sum_u[b]);
    for (int level = LEVEL_DIFFERENT; level < LEVEL_SAME; level++)
        m->bits[i][level] = fminf(m->bits[i][level], m->bits[i][LEVEL_SAME]);
}

void model_weigh(struct link_model *m)
{
    double share = m->matches / fmax(m->pairs, m->matches + 1);

    m->prior_bits = log2(share / (1 - share));
    m->kin_prior_bits = m->has_kin ? log2(m->matches / m->kin) : weight_no_kin;
    for (int i = 0; i < m->comparer.count; i++) {
        for (int level = LEVEL_DIFFERENT; level < LEVELS; level++)
            m->bits[i][level] = (float)log2(m->m[i][level] / m->u[i][level]);
        m->bits[i][LEVEL_UNKNOWN] = 0;
        weights_order(m, i);
        for (int level = LEVEL_DIFFERENT; level < LEVELS; level++)
            m->kin_bits[i][level] = m->has_kin ? (float)log2(m->m[i][level] / m->k[i][level]) : 0;
    }
}

double link_weight_bits(struct link_weight w)
{
    double least = fmin(w.chance, w.kin);

    if (fmax(w.chance, w.kin) - least > 60)
        return least; /* what the other adds is less than a double holds */
    return least - log2(1 + exp2(least - fmax(w.chance, w.kin)));
}

bool link_pattern_is_vetoed(const struct link_model *m, uint64_t pattern)
{
    for (uint64_t rest = m->veto; rest; rest &= rest - 1) {
        int at = __builtin_ctzll(rest);

        if ((pattern >> at & LEVEL_MASK) == LEVEL_DIFFERENT)
            return true;
    }
    return false;
}

struct link_weight link_pattern_weight(const struct link_model *m, uint64_t pattern)
{
    struct link_weight w = { m->prior_bits, m->kin_prior_bits };

    for (int i = 0; i < m->comparer.count; i++) {
        int level = pattern_level(pattern, i);

        w.chance += (double)m->bits[i][level];
        w.kin += (double)m->kin_bits[i][level];
    }
    if (link_pattern_is_vetoed(m, pattern))
        w = (struct link_weight){ w.chance + LINK_VETO_BITS, w.kin + LINK_VETO_BITS };
    return w;
}

/* What rarity multiplies the odds by. */
static double rarity_factor(const struct link_model *m, int i, struct link_pair pair, int level)
{
    double mean = m->rarity_mean[i][level], factor;

    if (mean <= 0 || level <= LEVEL_DIFFERENT)
        return 1;
    factor = chance_rarity(m, i, pair, level) / mean;
    return factor > rarity_most ? rarity_most : factor < 1 / rarity_most ? 1 / rarity_most : factor;
}

struct link_weight link_field_weight(const struct link_model *m, int comparison, struct link_pair pair, uint64_t pattern)
{
    int level = pattern_level(pattern, comparison);

    return (struct link_weight){ (double)m->bits[comparison][level] + log2(rarity_factor(m, comparison, pair, level)),
                                 (double)m->kin_bits[comparison][level] };
}

struct link_weight link_score(const struct link_model *m, struct link_pair pair, uint64_t pattern)
{
    struct link_weight w = link_pattern_weight(m, pattern);
    double factor = 1; /* of all fields: one logarithm for a pair, not one for each */

    for (int i = 0; i < m->comparer.count; i++)
        factor *= rarity_factor(m, i, pair, pattern_level(pattern, i));
    w.chance += log2(factor);
    return w;
}

void link_score_touch(const struct link_model *m, const struct link_scored *list, size_t count)
{
    for (int i = 0; i < m->comparer.count; i++)
        chance_touch(m, i, list, count);
}

double link_score_bits(const struct link_model *m, struct link_pair pair, uint64_t pattern)
{
    return link_weight_bits(link_score(m, pair, pattern));
}

double link_score_field(const struct link_model *m, int comparison, struct link_pair pair, uint64_t pattern)
{
    struct link_weight all = link_score(m, pair, pattern), w = link_field_weight(m, comparison, pair, pattern);
    double veto = m->veto >> (comparison * LEVEL_BITS) & 1 && pattern_level(pattern, comparison) == LEVEL_DIFFERENT ? LINK_VETO_BITS : 0;

    return veto + (all.kin < all.chance ? w.kin : w.chance);
}

double link_score_prior(const struct link_model *m, struct link_pair pair, uint64_t pattern)
{
    struct link_weight all = link_score(m, pair, pattern);

    return all.kin < all.chance ? m->kin_prior_bits : m->prior_bits;
}
