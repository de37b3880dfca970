/* Reads the engine's result for report.h. Pure arithmetic: what is told is what was decided by.
 * tested by: src/refine/link/test/job_test.c */
#include "refine/link/result.h"

#include "match/score/crew.h"
#include "refine/link/unlinkable.h"
#include "match/set/word.h"

#include <math.h>
#include <stdlib.h>

static const double told_from = 0.05; /* probability of a pair that is no match */

enum { BIN_BITS = 2, BIN_FIRST_BITS = -30, BIN_LAST_BITS = 90 };

enum report_class report_class_of(const struct link_found *f)
{
    static const enum report_class classes[] = { [LINK_PAIR_POSSIBLE] = REPORT_POSSIBLE, [LINK_PAIR_HOUSEHOLD] = REPORT_HOUSEHOLD, [LINK_PAIR_MATCH] = REPORT_MATCH };

    return classes[f->class];
}

bool report_is_told(const struct link_found *f) { return f->class != LINK_PAIR_POSSIBLE || (double)f->probability >= told_from; }

static enum report_scale scale_of(const struct link_set *set, const struct comparison *c)
{
    switch (set->field[c->field].kind) {
    case LINK_KIND_DAY: return SCALE_DAY;
    case LINK_KIND_DIGITS: return SCALE_DIGITS;
    case LINK_KIND_WORDS: return c->is_name ? SCALE_NAME : SCALE_WORDS;
    case LINK_KIND_TEXT:
    case LINK_KIND_NONE: break;
    }
    return SCALE_TEXT;
}

/* --- the model ----------------------------------------------------------------------------------------------------------- */

static void field_read(const struct link_set *set, const struct link_model *m, int at, struct report_field *ret)
{
    const struct comparison *c = &m->comparer.list[at];
    const struct link_field *f = &set->field[c->field];

    *ret = (struct report_field){ .head = f->head, .role = f->role, .scale = scale_of(set, c), .known = { f->known[0], f->known[1] } };
    for (int k = LEVEL_DIFFERENT; k < LEVELS; k++)
        ret->levels[k] = (struct report_level){ .used = m->m[at][k] > 0 && isfinite(m->bits[at][k]) && (m->m[at][k] > 1e-6 || m->u[at][k] > 1e-9),
                                                .m = m->m[at][k], .u = m->u[at][k], .bits = (double)m->bits[at][k],
                                                .k = m->has_kin ? m->k[at][k] : -1 };
}

static void model_read(const struct link_set *set, const struct link_model *m, struct link_report *ret)
{
    static const enum report_model states[] = { [LINK_FIT_CONVERGED] = MODEL_FITTED, [LINK_FIT_STOPPED] = MODEL_STOPPED,
                                                [LINK_FIT_TOO_FEW] = MODEL_TOO_FEW, [LINK_FIT_UNCLEAR] = MODEL_UNCLEAR };

    ret->model = states[m->fit];
    ret->rounds = m->rounds;
    ret->has_kin = m->has_kin;
    ret->prior = link_probability(m->prior_bits);
    ret->field_count = m->comparer.count;
    for (int i = 0; i < m->comparer.count; i++)
        field_read(set, m, i, &ret->fields[i]);
}

static void plan_read(const struct link_plan *plan, struct link_report *ret)
{
    ret->key_count = plan->rules < REPORT_KEYS_MAX ? plan->rules : REPORT_KEYS_MAX;
    ret->keys_considered = plan->considered;
    ret->sure = plan->certain;
    ret->missed = plan->missed;
    for (int i = 0; i < ret->key_count; i++)
        ret->keys[i] = (struct report_key){ plan->rule[i].name, plan->rule[i].pairs, plan->rule[i].brings, plan->rule[i].first };
}

/* --- pairs --------------------------------------------------------------------------------------------------------------- */

static int bin_of(double bits)
{
    double at = (fmin(fmax(bits, BIN_FIRST_BITS), BIN_LAST_BITS - 1e-6) - BIN_FIRST_BITS) / BIN_BITS;

    return (int)at;
}

/* Empty bins at both ends are left out. */
static void bins_trim(struct report_bin *bins, int count, struct link_report *ret)
{
    int first = 0;

    while (first < count && !bins[first].pairs)
        first++;
    while (count > first && !bins[count - 1].pairs)
        count--;
    for (int i = first; i < count; i++)
        ret->bins[ret->bin_count++] = bins[i];
}

static void pairs_read(const struct link_result *r, struct link_report *ret)
{
    enum { BINS = (BIN_LAST_BITS - BIN_FIRST_BITS) / BIN_BITS };
    struct report_bin bins[BINS] = { 0 };

    _Static_assert((int)BINS <= (int)REPORT_BINS_MAX, "a report has room for the histogram");
    for (int i = 0; i < BINS; i++) {
        bins[i].from = BIN_FIRST_BITS + i * BIN_BITS;
        bins[i].to = bins[i].from + BIN_BITS;
    }
    for (size_t i = 0; i < r->count; i++) {
        struct report_bin *b = &bins[bin_of((double)r->found[i].bits)];
        b->pairs++;
        b->matches += (double)r->found[i].probability;
        ret->found[report_class_of(&r->found[i])] += report_is_told(&r->found[i]);
    }
    bins_trim(bins, BINS, ret);
}

static void steps_read(const struct link_result *r, struct link_report *ret)
{
    double nearest = INFINITY;

    _Static_assert((int)LINK_EXPECTED <= (int)REPORT_STEPS_MAX, "a report has room for the thresholds");
    ret->precision = ret->recall = -1;
    for (int i = 0; i < LINK_EXPECTED; i++) {
        const struct link_expected *e = &r->expected[i];
        if (!isfinite(e->precision) || !isfinite(e->recall) || e->probability <= 0)
            continue;
        ret->steps[ret->step_count++] = (struct report_step){ e->probability, e->matches, e->precision, e->recall };
        if (fabs(e->probability - r->threshold) < nearest && ret->model != MODEL_UNCLEAR) {
            nearest = fabs(e->probability - r->threshold);
            ret->precision = e->precision;
            ret->recall = e->recall;
        }
    }
}

/* --- records ------------------------------------------------------------------------------------------------------------- */

static bool is_known(const struct link_field *f, int side, uint32_t record)
{
    switch (f->kind) {
    case LINK_KIND_TEXT:
    case LINK_KIND_DAY: return f->code[side][record] != 0;
    case LINK_KIND_DIGITS: return f->digits[side][record] != 0;
    case LINK_KIND_WORDS: return link_has_words(f, side, record);
    case LINK_KIND_NONE: break;
    }
    return false;
}

static void clusters_read(const struct link_set *set, const struct link_result *r, struct link_report *ret)
{
    uint32_t all = set->count[0] + (set->sides == 2 ? set->count[1] : 0);
    uint32_t *sizes = calloc(all + 1, sizeof *sizes);

    MUST(sizes);
    for (int side = 0; side < set->sides; side++)
        for (uint32_t i = 0; r->cluster[side] && i < set->count[side]; i++)
            sizes[r->cluster[side][i]]++;
    for (uint32_t i = 0; i < all; i++)
        if (sizes[i] > 1) {
            ret->clusters++;
            ret->clustered += sizes[i];
        }
    free(sizes);
}

struct reading {
    const struct link_set *set;
    const struct link_result *r;
    struct link_report *report;
    int threads;
};

/* Pairs and records are counted apart from each other. */
static void counts_read(void *arg, int thread)
{
    const struct reading *all = arg;

    if (thread == 0) {
        pairs_read(all->r, all->report);
        clusters_read(all->set, all->r, all->report);
    }
    if (thread == all->threads - 1)
        unlinkable_count(all->set, &all->r->model, report_threshold_bits(all->r->threshold), all->report);
}

void report_of_result(const struct link_set *set, const struct link_result *r, int threads, struct link_report *ret)
{
    struct reading all = { set, r, ret, threads > 1 ? 2 : 1 };

    *ret = (struct link_report){ .sides = set->sides, .records = { set->count[0], set->sides == 2 ? set->count[1] : 0 },
                                 .candidates = (uint64_t)llround(r->candidates), .cut = (uint64_t)llround(r->cut), .threshold = r->threshold };
    model_read(set, &r->model, ret);
    if (r->plan)
        plan_read(r->plan, ret);
    steps_read(r, ret);
    crew_run(all.threads, counts_read, &all);
}

/* --- one pair ------------------------------------------------------------------------------------------------------------- */

static str value_text(struct arena *a, const struct link_field *f, int side, uint32_t record)
{
    str text = { 0 };

    if (!is_known(f, side, record))
        return text;
    switch (f->kind) {
    case LINK_KIND_TEXT: return f->dict->text[f->code[side][record]];
    case LINK_KIND_DAY: {
        uint32_t d = f->code[side][record];
        return arena_printf(a, "%04d-%02d-%02d", link_day_year(d), link_day_month(d), link_day_day(d));
    }
    case LINK_KIND_DIGITS: {
        uint64_t d = f->digits[side][record];
        return arena_printf(a, "%0*llu", (int)(d >> 56), (unsigned long long)(d & ((UINT64_C(1) << 56) - 1)));
    }
    case LINK_KIND_WORDS:
        for (int i = 0; i < link_words(f, side, record).count; i++)
            text = arena_printf(a, "%.*s%s%.*s", STR_ARG(text), i ? " " : "", STR_ARG(f->dict->text[link_words(f, side, record).code[i]]));
        break;
    case LINK_KIND_NONE: break;
    }
    return text;
}

static const struct link_found *found_of(const struct link_result *r, struct link_pair pair)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->found[i].pair.left == pair.left && r->found[i].pair.right == pair.right)
            return &r->found[i];
    return NULL;
}

void explain_pair(struct arena *a, const struct link_set *set, const struct link_result *r, struct link_pair pair, struct link_explained *ret)
{
    const struct link_model *m = &r->model;
    const struct link_found *found = found_of(r, pair);
    struct compare_memo *memo = compare_memo_new();
    uint64_t pattern = compare_pair(&m->comparer, memo, pair);
    int other = link_side(set, 1);

    compare_memo_free(memo);
    *ret = (struct link_explained){ .id_left = link_id(set, 0, pair.left), .id_right = link_id(set, other, pair.right), .start = link_score_prior(m, pair, pattern), .vetoed = link_pattern_is_vetoed(m, pattern),
                                    .total = link_score_bits(m, pair, pattern), .threshold = r->threshold, .field_count = m->comparer.count };
    for (int i = 0; i < m->comparer.count; i++) {
        const struct comparison *c = &m->comparer.list[i];
        const struct link_field *f = &set->field[c->field];
        ret->fields[i] = (struct explained_field){ .head = f->head, .left = value_text(a, f, 0, pair.left), .right = value_text(a, f, other, pair.right),
                                                   .scale = scale_of(set, c), .level = pattern_level(pattern, i),
                                                   .bits = link_score_field(m, i, pair, pattern) };
    }
    ret->probability = found ? (double)found->probability : link_probability(ret->total);
    if (ret->vetoed)
        ret->probability = 0;
    ret->verdict = found && report_is_told(found) ? report_class_of(found) : REPORT_DIFFERENT;
}
