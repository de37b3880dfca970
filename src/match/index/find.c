/* One look-up: the records that share a key with a row, each weighed. The weight of a pair does not know how it was found, so
 * that a list of millions gets the same. A probability weighs a hit against the others of its row, and in bulk also against
 * the other rows of its record.
 * tested by: src/match/index/test/index_test.c */
#include "match/index/inside.h"

#include "match/link.h"
#include "match/set/word.h"

#include <math.h>
#include <stdlib.h>

/* Weights below are not told. As in src/match/link.c. */
static const double kept_bits = -24, found_bits = -14;

/* Relatives rather than one person; or one person but for two valid numbers that differ. */
static bool is_household(const struct link_model *m, struct link_weight w, uint64_t pattern)
{
    if (link_pattern_is_vetoed(m, pattern))
        return link_weight_bits((struct link_weight){ w.chance - LINK_VETO_BITS, w.kin - LINK_VETO_BITS }) > 0;
    return w.kin < fmin(w.chance, 0);
}

bool search_weigh(struct index_search *s, uint32_t left, uint32_t right, struct index_hit *ret)
{
    const struct link_model *m = &s->model;
    struct link_pair pair = { left, right };
    struct link_weight w;
    bool vetoed, household;

    ret->pattern = compare_pair(&m->comparer, s->memo, pair);
    vetoed = link_pattern_is_vetoed(m, ret->pattern);
    if (!vetoed && link_pattern_weight(m, ret->pattern).chance < kept_bits)
        return false;
    w = link_score(m, pair, ret->pattern);
    household = is_household(m, w, ret->pattern);
    ret->bits = (float)link_weight_bits(w);
    ret->class = household ? LINK_PAIR_HOUSEHOLD : LINK_PAIR_POSSIBLE;
    ret->probability = 0;
    return (double)ret->bits >= found_bits || (household && vetoed);
}

static int number_order(const void *one, const void *other)
{
    uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)other;

    return a < b ? -1 : a > b;
}

static size_t candidates_find(struct index_search *s, uint32_t row)
{
    size_t n = 0, kept = 0;
    uint32_t records[SEARCH_MOST];
    bool cut;

    for (int k = 0; k < s->ix->def.rules; k++) {
        uint64_t key;

        rule_keys_fill(&s->rule[k], s->list, row, 1, &key);
        for (int i = 0; key && i < s->ix->segments; i++) {
            size_t count;

            post_seek(&s->cursor[i][k], (uint32_t)(key >> KEY_REFINE_BITS), &s->group);
            count = post_take(&s->group, (uint8_t)key, records, SEARCH_MOST, &cut);
            s->cut += cut;
            for (size_t r = 0; r < count; r++)
                if (records[r] < s->ix->segment[i].head.records)
                    s->candidate[n++] = (uint64_t)i << 32 | records[r];
        }
    }
    qsort(s->candidate, n, sizeof *s->candidate, number_order);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || s->candidate[i] != s->candidate[i - 1])
            s->candidate[kept++] = s->candidate[i];
    return kept;
}

static int hit_order(const void *one, const void *other)
{
    const struct index_hit *a = one, *b = other;

    if (a->bits != b->bits)
        return a->bits > b->bits ? -1 : 1;
    if (a->segment != b->segment)
        return a->segment < b->segment ? -1 : 1;
    return a->record < b->record ? -1 : a->record > b->record;
}

size_t index_find(struct index_search *s, uint32_t row, double threshold, const struct index_hit **ret)
{
    size_t candidates = candidates_find(s, row), hits = 0;
    double odds = 1;

    *ret = s->hit;
    for (size_t i = 0; i < candidates; i++) {
        struct index_hit *h = &s->hit[hits];
        uint32_t slot = (uint32_t)(i % SEARCH_SLOTS);

        if (slot == 0) {
            search_room(s);
            search_left(s, 0, row);
        }
        h->row = row;
        h->segment = (uint32_t)(s->candidate[i] >> 32);
        h->record = (uint32_t)s->candidate[i];
        search_right(s, slot, h->segment, h->record);
        hits += search_weigh(s, 0, slot, h);
    }
    for (size_t i = 0; i < hits; i++)
        odds += exp2(fmin((double)s->hit[i].bits, 60));
    for (size_t i = 0; i < hits; i++) {
        struct index_hit *h = &s->hit[i];

        h->probability = (float)(exp2(fmin((double)h->bits, 60)) / odds);
        if (h->class == LINK_PAIR_POSSIBLE && (double)h->probability >= threshold)
            h->class = LINK_PAIR_MATCH;
    }
    qsort(s->hit, hits, sizeof *s->hit, hit_order);
    return hits;
}

static str value_text(struct arena *a, const struct link_field *f, uint32_t slot)
{
    str text = { 0 };

    if (f->kind == LINK_KIND_TEXT && f->code[1][slot])
        return arena_str(a, f->dict->text[f->code[1][slot]]);
    if (f->kind == LINK_KIND_DAY && f->code[1][slot])
        return arena_printf(a, "%04d-%02d-%02d", link_day_year(f->code[1][slot]), link_day_month(f->code[1][slot]), link_day_day(f->code[1][slot]));
    if (f->kind == LINK_KIND_DIGITS && f->digits[1][slot])
        return arena_printf(a, "%0*llu", (int)(f->digits[1][slot] >> 56), (unsigned long long)(f->digits[1][slot] & ((UINT64_C(1) << 56) - 1)));
    for (int i = 0; f->kind == LINK_KIND_WORDS && i < link_words(f, 1, slot).count; i++)
        text = arena_printf(a, "%.*s%s%.*s", STR_ARG(text), i ? " " : "", STR_ARG(f->dict->text[link_words(f, 1, slot).code[i]]));
    return text;
}

void index_explain(struct index_search *s, struct arena *a, const struct index_hit *hit, struct index_explained *ret)
{
    const struct link_model *m = &s->model;
    const struct link_pair pair = { 0, 0 };

    search_room(s);
    search_left(s, 0, hit->row);
    search_right(s, 0, hit->segment, hit->record);
    *ret = (struct index_explained){ .fields = m->comparer.count, .start = link_score_prior(m, pair, hit->pattern),
                                     .total = link_score_bits(m, pair, hit->pattern), .vetoed = link_pattern_is_vetoed(m, hit->pattern) };
    for (int i = 0; i < m->comparer.count; i++) {
        const struct link_field *f = &s->view.field[m->comparer.list[i].field];

        ret->field[i] = (struct index_explained_field){ .head = f->head, .value = value_text(a, f, 0), .comparison = i,
                                                        .level = pattern_level(hit->pattern, i), .bits = link_score_field(m, i, pair, hit->pattern) };
    }
}
