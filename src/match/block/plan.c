/* The choice of keys, see block.h. A key costs a pass over the records and a comparison for each pair that it brings; it
 * gives the certain pairs that too few keys before it bring. The best ratio is taken until the time allowed is used up or
 * what another key gives is next to nothing.
 * tested by: src/match/block/test/block_test.c */
#include "match/block/inside.h"

#include "match/score/crew.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLE_RECORDS = 32768, FEW_RECORDS = 16384, LIBRARY_MAX = 1 << 15, SHELF = 64 };
/* Seconds for a record to pass a join and for a pair to be compared, on a machine of today; only their ratio and the
 * growth with the size matter. */
static const double record_seconds = 15e-9, pair_seconds = 100e-9, again_seconds = 15e-9;
/* A pair that k keys bring weighs decay^k: what is found often needs no further key; where time is short, less so. */
static const double decay_small = .2, decay_large = .03;
/* Of the certain pairs' weight. A long list in which nothing is settled pays for each rule with a pass over all of it. */
static const double gain_min = 1e-5, gain_min_unsettled = 2e-3;
/* A rule costs at least so large a part of the time: few broad rules rather than many narrow ones. Keys are counted for
 * each rule so many times, and so many rules may turn out too dear before the choice ends. */
enum { RULES_PAID = 24, COUNTS_MAX = 8, DEAR_MAX = 4 };

double seconds_allowed(double records)
{
    return 2 * fmin(1, sqrt(1e5 / fmax(records, 1))) + records * 300e-9;
}

/* Below this many records every rule is run for all: it costs little. */
static const double settling_records = 400000, settled_bits = 10, settled_own_bits = 25;

struct choice {
    struct plan *plan;
    struct sample sample;
    struct certain certain;
    double chance[PARTS_MAX];
    double records, all; /* of both sides; pairs that there could be */
    double scale;
    struct key *library;
    double *gain, *cost, *ratio; /* gain as last computed; it can only fall */
    double rule_seconds; /* paid for a rule as such */
    double open;         /* share of the records that are not settled */
    double gain_min;
    bool *counted; /* the key's pairs are counted, not guessed */
    int count;
    int16_t best[2][LIBRARY_MAX / SHELF]; /* the key of the best ratio of each shelf, of all and of those counted; -1: none */
};

static void chances(struct choice *c)
{
    double all = (double)c->sample.few[0] * (c->plan->set->sides == 2 ? c->sample.few[1] : c->sample.few[0] / 2.0);

    for (int i = 0; i < c->plan->parts; i++) {
        struct key k = { { (uint8_t)i }, 1, (uint64_t)1 << i, 0 };

        c->chance[i] = fmin(.999, fmax(sample_pairs(&c->sample, &k), .5) / fmax(all, 1));
    }
}

/* Keys that are not too broad, and of which no part could be left out at little cost. */
static void library_add(struct choice *c, const uint8_t *part, int parts, double pairs_max)
{
    double narrow = .05 * c->records, pairs = c->all;
    struct key k = { .parts = (uint8_t)parts };

    for (int i = 0; i < parts; i++) {
        k.part[i] = part[i];
        k.mask |= (uint64_t)1 << part[i];
        pairs *= c->chance[part[i]];
    }
    for (int i = 0; i < parts && parts > 1; i++)
        if (pairs / c->chance[part[i]] <= narrow)
            return;
    if (pairs > pairs_max || c->count == LIBRARY_MAX)
        return;
    k.pairs = pairs;
    c->library[c->count++] = k;
}

static bool apart(const struct part *a, const struct part *b)
{
    return a->field != b->field && a->field != b->other && a->other != b->field && a->other != b->other;
}

static void library_fill(struct choice *c)
{
    const struct plan *p = c->plan;
    double pairs_max = seconds_allowed(c->records) / pair_seconds / 3;

    for (uint8_t i = 0; i < p->parts; i++)
        library_add(c, (uint8_t[]){ i }, 1, pairs_max);
    for (uint8_t i = 0; i < p->parts; i++)
        for (uint8_t k = (uint8_t)(i + 1); k < p->parts; k++)
            if (apart(&p->part[i], &p->part[k]))
                library_add(c, (uint8_t[]){ i, k }, 2, pairs_max);
    for (uint8_t i = 0; i < p->parts; i++)
        for (uint8_t k = (uint8_t)(i + 1); k < p->parts; k++)
            for (uint8_t j = (uint8_t)(k + 1); j < p->parts && apart(&p->part[i], &p->part[k]); j++)
                if (apart(&p->part[i], &p->part[j]) && apart(&p->part[k], &p->part[j]))
                    library_add(c, (uint8_t[]){ i, k, j }, 3, pairs_max);
}

static double gain_of(const struct choice *c, uint64_t mask)
{
    double gain = 0;

    for (uint32_t from = 0; from < c->certain.count; from += 64)
        for (uint64_t rest = certain_with(&c->certain, mask, from / 64); rest; rest &= rest - 1)
            gain += (double)c->certain.weight[from + (uint32_t)__builtin_ctzll(rest)];
    return gain;
}

/* What agrees when all these parts do, in bits; of a field the part that says most. */
static void mask_bits(const struct choice *c, uint64_t mask, double *ret_own, double *ret_all)
{
    const struct plan *p = c->plan;
    double bits[LINK_FIELDS_MAX] = { 0 };

    *ret_own = *ret_all = 0;
    for (int i = 0; i < p->parts; i++)
        if (mask >> i & 1 && p->part[i].field == p->part[i].other)
            bits[p->part[i].field] = fmax(bits[p->part[i].field], -log2(c->chance[i]));
    for (int i = 0; i < p->set->fields; i++) {
        *ret_all += bits[i];
        *ret_own += p->own >> i & 1 ? bits[i] : 0;
    }
}

/* Records that the rules so far will settle, by the certain pairs that they bring: those that agree in so much that no one
 * will doubt them. */
static void settled_guess(struct choice *c)
{
    double settled = 0;

    for (uint32_t i = 0; i < c->certain.real; i++) {
        double own, all;

        if (c->certain.weight[i] == 1)
            continue;
        mask_bits(c, c->certain.equal[i], &own, &all);
        settled += own >= settled_own_bits && all >= log2(fmax(c->all, 1)) + settled_bits;
    }
    c->open = 1 - fmin(1, settled / fmax(c->certain.real, 1) * c->certain.pairs * 2 / fmax(c->records, 1));
    c->open = fmax(c->open, .05);
}

/* Matches are compared by whatever rule brings them, so that only what comes beside them is the rule's own cost, and being
 * looked at again. Settled records cost nothing. */
static double cost_of(const struct choice *c, const struct key *k)
{
    double again = 0;

    for (uint32_t from = 0; from < c->certain.real; from += 64) {
        uint64_t with = certain_with(&c->certain, k->mask, from / 64);

        again += __builtin_popcountll(c->certain.real - from < 64 ? with & ((UINT64_C(1) << (c->certain.real - from)) - 1) : with);
    }
    again = fmin(k->pairs, again / fmax(c->certain.real, 1) * c->certain.pairs);
    return c->rule_seconds + c->open * (c->records * record_seconds + again * again_seconds + c->open * (k->pairs - again) * pair_seconds);
}

static void ratio_set(struct choice *c, int i) { c->ratio[i] = c->gain[i] / c->cost[i]; }

/* After a ratio of the shelf has changed. */
static void shelf_set(struct choice *c, int shelf)
{
    int to = c->count < (shelf + 1) * SHELF ? c->count : (shelf + 1) * SHELF;
    double most[2] = { 0, 0 };

    c->best[0][shelf] = c->best[1][shelf] = -1;
    for (int i = shelf * SHELF; i < to; i++)
        for (int only = 0; only <= c->counted[i]; only++)
            if (c->ratio[i] > most[only]) {
                most[only] = c->ratio[i];
                c->best[only][shelf] = (int16_t)i;
            }
}

static int ratio_best(const struct choice *c, bool counted_only, double *ret_ratio)
{
    int best = -1;

    *ret_ratio = 0;
    for (int shelf = 0; shelf * SHELF < c->count; shelf++) {
        int here = c->best[counted_only][shelf];

        if (here >= 0 && c->ratio[here] > *ret_ratio) {
            *ret_ratio = c->ratio[here];
            best = here;
        }
    }
    return best;
}

/* The key of the best ratio, its gain and pairs brought up to date; -1 if there is none. Pairs are counted only of keys
 * that would be chosen for their guessed ones, and of a few for each rule: of the next best keys most are much alike. */
static int best_key(struct choice *c)
{
    double ratio;
    int counts = 0;

    for (int shelf = 0; shelf * SHELF < c->count; shelf++)
        shelf_set(c, shelf);
    for (;;) {
        int best = ratio_best(c, counts == COUNTS_MAX, &ratio);
        struct key *k = &c->library[best < 0 ? 0 : best];

        if (best < 0)
            return -1;
        c->gain[best] = gain_of(c, k->mask);
        if (c->counted[best])
            c->cost[best] = cost_of(c, k);
        ratio_set(c, best);
        if (c->ratio[best] >= ratio * .999) {
            if (c->counted[best])
                return best;
            c->counted[best] = true;
            k->pairs = fmax(sample_pairs(&c->sample, k) * c->scale, fmin(k->pairs, c->scale));
            c->cost[best] = cost_of(c, k);
            ratio_set(c, best);
            counts++;
        }
        shelf_set(c, best / SHELF);
    }
}

static str key_name(struct plan *p, const struct key *k)
{
    str name = { 0 };

    for (int i = 0; i < k->parts; i++) {
        const struct part *part = &p->part[k->part[i]];
        str head = p->set->field[part->field].head, other = part->other == part->field ? (str){ 0 } : p->set->field[part->other].head;
        const char *word = part_word(part->kind);

        name = arena_printf(p->names, "%.*s%s%.*s%s%.*s%s%s", STR_ARG(name), i ? " + " : "", STR_ARG(head), other.len ? "/" : "",
                            STR_ARG(other), *word ? " " : "", word);
    }
    return name;
}

/* The parts of other fields that agree most often in certain pairs for what they tell apart. */
static void refines_choose(struct choice *c, int rule)
{
    struct plan *p = c->plan;
    const struct key *k = &p->key[rule];
    uint64_t fields = 0;

    for (int i = 0; i < k->parts; i++)
        fields |= (uint64_t)1 << p->part[k->part[i]].field | (uint64_t)1 << p->part[k->part[i]].other;
    while (p->refines[rule] < REFINE_MAX) {
        double best = 0;
        int chosen = -1;

        for (int i = 0; i < p->parts; i++) {
            const struct part *part = &p->part[i];
            double worth = gain_of(c, (uint64_t)1 << i) * fmin(-log2(c->chance[i]), 8);

            if (worth > best && !((fields >> part->field | fields >> part->other) & 1)) {
                best = worth;
                chosen = i;
            }
        }
        if (chosen < 0)
            return;
        p->refine[rule][p->refines[rule]++] = (uint8_t)chosen;
        fields |= (uint64_t)1 << p->part[chosen].field | (uint64_t)1 << p->part[chosen].other;
    }
}

static void rule_add(struct choice *c, int best)
{
    struct plan *p = c->plan;
    struct key *k = &p->key[p->face.rules];
    struct link_rule *r = &p->face.rule[p->face.rules];
    uint32_t brings = 0, first = 0;

    *k = c->library[best];
    for (uint32_t i = 0; i < c->certain.count; i++) {
        if ((c->certain.equal[i] & k->mask) != k->mask)
            continue;
        brings += i < c->certain.real;
        first += i < c->certain.real && c->certain.weight[i] == 1;
        c->certain.weight[i] *= (float)(c->records > settling_records ? decay_large : decay_small);
    }
    *r = (struct link_rule){ key_name(p, k), k->pairs, brings / fmax(c->certain.real, 1), first / fmax(c->certain.real, 1) };
    p->face.rules++;
    c->gain[best] = c->ratio[best] = 0;
}

/* Keys that the time left does not pay for are out; what a key costs can only turn out higher than it was guessed. */
static void dear_keys_drop(struct choice *c, double left)
{
    for (int i = 0; i < c->count; i++)
        if (c->cost[i] - c->rule_seconds > left)
            c->gain[i] = c->ratio[i] = 0;
}

/* The next rule passes over the open records only. */
static void settled_cheapen(struct choice *c)
{
    settled_guess(c);
    c->plan->settling = c->plan->face.rules;
    for (int i = 0; i < c->count; i++) {
        c->cost[i] = c->counted[i] ? cost_of(c, &c->library[i])
                                   : c->rule_seconds + c->open * (c->records * record_seconds + c->open * c->library[i].pairs * pair_seconds);
        ratio_set(c, i);
    }
}

/* Gain and cost of every key to begin with; threads take slices of the library. */
static void library_weigh(void *arg, int thread)
{
    struct choice *c = arg;
    int to = (int)crew_from((uint64_t)c->count, thread + 1, c->plan->threads);

    for (int i = (int)crew_from((uint64_t)c->count, thread, c->plan->threads); i < to; i++) {
        c->gain[i] = gain_of(c, c->library[i].mask);
        c->cost[i] = c->rule_seconds + c->records * record_seconds + c->library[i].pairs * pair_seconds;
        ratio_set(c, i);
    }
}

static void rules_choose(struct choice *c, bool may_settle)
{
    struct plan *p = c->plan;
    double left = seconds_allowed(c->records), total = gain_of(c, 0);
    uint32_t missed = 0;

    crew_run(p->threads, library_weigh, c);
    for (int dear = 0; p->face.rules < LINK_RULES_MAX && dear < DEAR_MAX;) {
        int best;

        dear_keys_drop(c, left);
        best = best_key(c);
        if (best < 0 || c->gain[best] < c->gain_min * total)
            break;
        if (c->cost[best] - c->rule_seconds > left) {
            dear++;
            continue;
        }
        left -= c->cost[best] - c->rule_seconds;
        rule_add(c, best);
        if (may_settle && p->face.rules <= SETTLING_MAX)
            settled_cheapen(c);
    }
    for (uint32_t i = 0; i < c->certain.real; i++)
        missed += c->certain.weight[i] == 1;
    p->face.settles = p->settling > 0;
    p->face.missed = missed / fmax(c->certain.real, 1);
    for (uint32_t i = 0; i < c->certain.count; i++)
        c->certain.weight[i] = i < c->certain.real;
    for (int i = 0; i < p->face.rules; i++)
        refines_choose(c, i);
}

void link_block_plan(const struct link_set *set, const struct link_options *options, struct link_plan **ret)
{
    struct plan *p = calloc(1, sizeof *p);
    struct choice c = { .plan = p };
    bool may_settle;

    MUST(p);
    p->set = set;
    p->bytes_max = options->bytes_max;
    p->threads = link_block_threads(options);
    p->names = arena_new(1 << 20);
    p->tables = part_tables_new(set);
    p->own = fields_own(set);
    p->parts = parts_list(set, p->tables, p->part);
    sample_draw(&c.sample, p, SAMPLE_RECORDS, FEW_RECORDS);
    c.scale = sample_scale(&c.sample);
    c.records = (double)set->count[0] + set->count[1];
    c.all = set->sides == 2 ? (double)set->count[0] * set->count[1] : (double)set->count[0] * (set->count[0] - 1.0) / 2;
    c.rule_seconds = seconds_allowed(c.records) / RULES_PAID;
    c.open = 1;
    chances(&c);
    certain_find(&c.certain, p, &c.sample, c.chance);
    c.library = malloc(LIBRARY_MAX * sizeof *c.library);
    c.gain = calloc(LIBRARY_MAX, sizeof *c.gain);
    c.cost = calloc(LIBRARY_MAX, sizeof *c.cost);
    c.ratio = calloc(LIBRARY_MAX, sizeof *c.ratio);
    c.counted = calloc(LIBRARY_MAX, sizeof *c.counted);
    MUST(c.library && c.gain && c.cost && c.ratio && c.counted);
    library_fill(&c);
    may_settle = set->sides == 2 && !options->many && c.records > settling_records;
    c.gain_min = may_settle || c.records <= settling_records ? gain_min : gain_min_unsettled;
    rules_choose(&c, may_settle);
    p->face.considered = c.count;
    p->face.sampled = c.sample.count[0] + c.sample.count[1];
    p->face.certain = c.certain.real;
    p->block_pairs_max = (uint64_t)fmax(10000, seconds_allowed(c.records) / pair_seconds / 256);
    certain_done(&c.certain);
    sample_done(&c.sample);
    free(c.library);
    free(c.gain);
    free(c.cost);
    free(c.ratio);
    free(c.counted);
    *ret = &p->face;
}

void link_plan_free(struct link_plan *plan)
{
    struct plan *p = (struct plan *)(void *)plan;

    if (!p)
        return;
    part_tables_free(p->tables);
    arena_free(p->names);
    free(p);
}
