/* Records that hold too little: agreeing in all that they say they would still not be surely one person. Whoever keeps the list
 * needs to know which, and what to ask for, so each comes with the fields that it lacks; the report counts them by these.
 * Says nothing of who they are but their ids.
 * tested by: src/refine/link/test/job_test.c */
#include "refine/link/unlinkable.h"

#include "match/set/word.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS = 1024, KINDS = 64, SLOTS = 4096, SLOTS_USED_MAX = 3072 };

/* Of some rows, the comparisons that they say nothing for. */
struct rows {
    uint32_t from, count;
    uint64_t missing[ROWS];
};

static void field_add(struct rows *r, const struct link_field *f, int side, int comparison)
{
    switch (f->kind) {
    case LINK_KIND_TEXT:
    case LINK_KIND_DAY:
        for (uint32_t i = 0; i < r->count; i++)
            r->missing[i] |= (uint64_t)(f->code[side][r->from + i] == 0) << comparison;
        break;
    case LINK_KIND_DIGITS:
        for (uint32_t i = 0; i < r->count; i++)
            r->missing[i] |= (uint64_t)(f->digits[side][r->from + i] == 0) << comparison;
        break;
    case LINK_KIND_WORDS:
        for (uint32_t i = 0; i < r->count; i++)
            r->missing[i] |= (uint64_t)!link_has_words(f, side, r->from + i) << comparison;
        break;
    case LINK_KIND_NONE: break;
    }
}

/* Bits when all agrees that a record says, by what it does not say: a few kinds of records are most of them. */
struct kinds {
    const struct link_model *m;
    struct {
        uint64_t missing;
        double bits;
    } kind[KINDS];
};

static double bits_without(const struct link_model *m, uint64_t missing)
{
    double bits = m->prior_bits;

    for (int c = 0; c < m->comparer.count; c++)
        bits += missing >> c & 1 ? 0 : (double)m->bits[c][LEVEL_SAME];
    return bits;
}

static void kinds_start(struct kinds *k, const struct link_model *m)
{
    k->m = m;
    for (int i = 0; i < KINDS; i++) {
        k->kind[i].missing = 0;
        k->kind[i].bits = bits_without(m, 0);
    }
}

static double kinds_bits(struct kinds *k, uint64_t missing)
{
    size_t at = missing * UINT64_C(0x9E3779B97F4A7C15) >> 58;

    if (k->kind[at].missing != missing) {
        k->kind[at].missing = missing;
        k->kind[at].bits = bits_without(k->m, missing);
    }
    return k->kind[at].bits;
}

void unlinkable_each(const struct link_set *set, const struct link_model *m, double threshold_bits, unlinkable_take *take, void *with)
{
    struct kinds kinds;
    struct rows r;

    kinds_start(&kinds, m);
    for (int side = 0; side < set->sides; side++)
        for (r.from = 0; r.from < set->count[side]; r.from += ROWS) {
            r.count = set->count[side] - r.from < ROWS ? set->count[side] - r.from : ROWS;
            memset(r.missing, 0, r.count * sizeof *r.missing);
            for (int c = 0; c < m->comparer.count; c++)
                field_add(&r, &set->field[m->comparer.list[c].field], side, c);
            for (uint32_t i = 0; i < r.count; i++)
                if (kinds_bits(&kinds, r.missing[i]) < threshold_bits)
                    take(with, side, r.from + i, r.missing[i]);
        }
}

/* --- counted by what is missing ------------------------------------------------------------------------------------------- */

struct count {
    struct link_report *report;
    struct report_lack slot[SLOTS];
    int used;
};

/* More kinds of records than a report could show are counted in the sum only. */
static void record_count(void *with, int side, uint32_t record, uint64_t missing)
{
    struct count *c = with;
    size_t at = (size_t)(missing * UINT64_C(0x9E3779B97F4A7C15) >> 52);

    (void)record;
    c->report->unlinkable[side]++;
    while (c->slot[at].records && c->slot[at].missing != missing)
        at = (at + 1) % SLOTS;
    if (!c->slot[at].records && c->used == SLOTS_USED_MAX)
        return;
    c->used += !c->slot[at].records;
    c->slot[at].missing = missing;
    c->slot[at].records++;
}

static int lack_order(const void *one, const void *other)
{
    const struct report_lack *a = one, *b = other;

    if (a->records != b->records)
        return a->records > b->records ? -1 : 1;
    return a->missing < b->missing ? -1 : a->missing > b->missing;
}

void unlinkable_count(const struct link_set *set, const struct link_model *m, double threshold_bits, struct link_report *ret)
{
    struct count *c = calloc(1, sizeof *c);

    MUST(c);
    c->report = ret;
    ret->unlinkable[0] = ret->unlinkable[1] = 0;
    unlinkable_each(set, m, threshold_bits, record_count, c);
    qsort(c->slot, SLOTS, sizeof *c->slot, lack_order);
    for (ret->lack_count = 0; ret->lack_count < REPORT_LACKS_MAX && c->slot[ret->lack_count].records; ret->lack_count++)
        ret->lack[ret->lack_count] = c->slot[ret->lack_count];
    free(c);
}
