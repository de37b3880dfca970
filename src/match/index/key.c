/* Which keys an index has, and the key of a record. A look-up costs a place in memory for each key and a comparison for each
 * record that has it; a key gives the copies with slips that too few keys before it find. The best ratio is taken until
 * nothing is left to find or the look-up has become dear. Counts are those of a sample, carried over to the register's size.
 *
 * tested by: src/match/index/test/index_test.c */
#include "match/index/slip.h"

#include "match/set/hash.h"

#include <math.h>
#include <stdlib.h>

enum { COUNTED_RECORDS = 65536, COPIES = 4096, LIBRARY_MAX = 1 << 16, COUNTS_MAX = 24 };
/* What a key costs beside its candidates, in candidates; what all may come to; what is still worth a key; what is left to
 * find of a copy that a key finds. */
static const double probe_cost = 4, candidates_max = 40, gain_min = .0015, found_weight = .12;

void rule_parts_make(const struct index_rule *rule, const struct link_set *list, const int *field, struct part_tables *tables, struct rule_parts *ret)
{
    *ret = (struct rule_parts){ 0 };
    for (int i = 0; i < rule->parts; i++)
        if (field[rule->part[i].field] < 0 || field[rule->part[i].other] < 0)
            return;
    for (int i = 0; i < rule->parts; i++)
        ret->part[i] = part_make(tables, (enum part_kind)rule->part[i].kind, field[rule->part[i].field], field[rule->part[i].other]);
    ret->parts = rule->parts;
    ret->refines = rule->refine.kind != INDEX_NO_PART && field[rule->refine.field] >= 0 && field[rule->refine.other] >= 0;
    if (ret->refines)
        ret->refine = part_make(tables, (enum part_kind)rule->refine.kind, field[rule->refine.field], field[rule->refine.other]);
    (void)list;
}

static uint32_t key_join(uint32_t key, uint32_t value)
{
    uint64_t x = link_mix((uint64_t)key << 32 | value, 0x2545F4914F6CDD1Du);

    return !key || !value ? 0 : (uint32_t)(x >> 32) ? (uint32_t)(x >> 32) : 1;
}

void rule_keys_fill(const struct rule_parts *p, const struct link_set *list, uint32_t from, uint32_t count, uint64_t *ret)
{
    uint32_t column[INDEX_PARTS_MAX + 1][KEYS_AT_ONCE];
    const struct part_rows rows = { 0, NULL, from, count };

    MUST(count <= KEYS_AT_ONCE);
    memset(ret, 0, count * sizeof *ret);
    if (!p->parts)
        return;
    for (int i = 0; i < p->parts; i++)
        part_fill(&p->part[i], list, rows, column[i]);
    if (p->refines)
        part_fill(&p->refine, list, rows, column[INDEX_PARTS_MAX]);
    for (uint32_t r = 0; r < count; r++) {
        uint32_t key = 0x5bd1e995u, fine = p->refines ? column[INDEX_PARTS_MAX][r] * 0x9E3779B1u >> (32 - KEY_REFINE_BITS) : 0;

        for (int i = 0; i < p->parts; i++)
            key = key_join(key, column[i][r]);
        ret[r] = key ? (uint64_t)key << KEY_REFINE_BITS | fine : 0;
    }
}

/* --- choosing --------------------------------------------------------------------------------------------------------------- */

struct draft {
    uint8_t part[INDEX_PARTS_MAX], parts;
    bool counted;
    uint64_t mask;
    double candidates, gain, cost;
};
struct slot {
    uint32_t key, count;
};
struct choice {
    struct index_def *def;
    const struct link_set *sample;
    int field_of[LINK_FIELDS_MAX]; /* of the definition, by field of the sample; -1: none */
    struct part part[PARTS_MAX];
    int parts;
    uint32_t *records, count, copies;
    uint32_t *column[PARTS_MAX]; /* [part][record] */
    uint64_t *equal;             /* [copy]: parts that are as they were */
    float *weight;
    double records_all, chance[PARTS_MAX];
    struct slot *slots;
    uint32_t slots_mask;
    struct draft *library;
    int drafts;
};

struct drawn {
    uint64_t hash;
    uint32_t record;
};

static int drawn_order(const void *one, const void *other)
{
    const struct drawn *a = one, *b = other;

    return a->hash != b->hash ? (a->hash < b->hash ? -1 : 1) : a->record < b->record ? -1 : a->record > b->record;
}

/* Records of the smallest content hashes, so that the order of rows does not show. */
static void records_draw(struct choice *c)
{
    uint32_t all = c->sample->count[0];
    struct drawn *list = malloc((all + 1u) * sizeof *list);

    MUST(list);
    for (uint32_t r = 0; r < all; r++)
        list[r] = (struct drawn){ link_mix(c->sample->hash[0][r], 5), r };
    qsort(list, all, sizeof *list, drawn_order);
    c->count = all < COUNTED_RECORDS ? all : COUNTED_RECORDS;
    c->copies = c->count < COPIES ? c->count : COPIES;
    c->records = malloc((c->count + 1u) * sizeof *c->records);
    MUST(c->records);
    for (uint32_t i = 0; i < c->count; i++)
        c->records[i] = list[i].record;
    free(list);
}

static void columns_fill(struct choice *c, const int *field)
{
    uint32_t *copied = malloc((c->copies + 1u) * sizeof *copied);
    struct slips slips;

    slips_make(&slips, c->def, c->sample, field, c->records, c->copies);
    c->equal = calloc(c->copies + 1u, sizeof *c->equal);
    c->weight = malloc((c->copies + 1u) * sizeof *c->weight);
    MUST(copied && c->equal && c->weight);
    for (int i = 0; i < c->parts; i++) {
        c->column[i] = malloc((c->count + 1u) * sizeof(uint32_t));
        MUST(c->column[i]);
        part_fill(&c->part[i], c->sample, (struct part_rows){ 0, c->records, 0, c->count }, c->column[i]);
        part_fill(&c->part[i], &slips.set, (struct part_rows){ 0, NULL, 0, c->copies }, copied);
        for (uint32_t r = 0; r < c->copies; r++)
            c->equal[r] |= (uint64_t)(copied[r] && copied[r] == c->column[i][r]) << i;
    }
    for (uint32_t r = 0; r < c->copies; r++)
        c->weight[r] = 1;
    slips_done(&slips);
    free(copied);
}

/* Records of the register that share this key with one that has it, on average over all. */
static double candidates_count(struct choice *c, const uint8_t *part, int parts)
{
    double pairs = 0, all = (double)c->count * (c->count - 1.0) / 2;

    memset(c->slots, 0, ((size_t)c->slots_mask + 1) * sizeof *c->slots);
    for (uint32_t r = 0; r < c->count; r++) {
        uint32_t key = 0x5bd1e995u, at;

        for (int i = 0; i < parts; i++)
            key = key_join(key, c->column[part[i]][r]);
        if (!key)
            continue;
        for (at = key & c->slots_mask; c->slots[at].key && c->slots[at].key != key;)
            at = (at + 1) & c->slots_mask;
        c->slots[at].key = key;
        pairs += c->slots[at].count++;
    }
    return fmax(pairs, .25) / fmax(all, 1) * c->records_all;
}

static double gain_of(const struct choice *c, uint64_t mask)
{
    double gain = 0;

    for (uint32_t i = 0; i < c->copies; i++)
        gain += (c->equal[i] & mask) == mask ? (double)c->weight[i] : 0;
    return gain;
}

static void library_add(struct choice *c, const uint8_t *part, int parts)
{
    struct draft d = { .parts = (uint8_t)parts, .candidates = c->records_all };

    for (int i = 0; i < parts; i++) {
        d.part[i] = part[i];
        d.mask |= (uint64_t)1 << part[i];
        d.candidates *= c->chance[part[i]];
    }
    if (d.candidates > candidates_max || c->drafts == LIBRARY_MAX)
        return;
    for (int i = 0; i < parts && parts > 1; i++) /* a part that could as well be left out */
        if (d.candidates / c->chance[part[i]] < .25)
            return;
    d.cost = probe_cost + d.candidates;
    d.gain = gain_of(c, d.mask);
    c->library[c->drafts++] = d;
}

static bool apart(const struct part *a, const struct part *b)
{
    return a->field != b->field && a->field != b->other && a->other != b->field && a->other != b->other;
}

static void library_fill(struct choice *c)
{
    for (uint8_t i = 0; i < c->parts; i++) {
        library_add(c, (uint8_t[]){ i }, 1);
        for (uint8_t k = (uint8_t)(i + 1); k < c->parts; k++) {
            if (!apart(&c->part[i], &c->part[k]))
                continue;
            library_add(c, (uint8_t[]){ i, k }, 2);
            for (uint8_t j = (uint8_t)(k + 1); j < c->parts; j++)
                if (apart(&c->part[i], &c->part[j]) && apart(&c->part[k], &c->part[j]))
                    library_add(c, (uint8_t[]){ i, k, j }, 3);
        }
    }
}

/* Gains can only fall and costs only rise, so that the best by old figures is the best when its own are new. */
static struct draft *draft_best(struct choice *c, double room)
{
    for (int counts = 0;;) {
        struct draft *best = NULL;
        double gain;

        for (int i = 0; i < c->drafts; i++) {
            struct draft *d = &c->library[i];

            if (d->gain > 0 && d->candidates <= room && (d->counted || counts < COUNTS_MAX) && (!best || d->gain / d->cost > best->gain / best->cost))
                best = d;
        }
        if (!best)
            return NULL;
        gain = gain_of(c, best->mask);
        if (gain == best->gain && best->counted)
            return best;
        best->gain = gain;
        if (best->counted)
            continue;
        best->candidates = fmax(best->candidates, candidates_count(c, best->part, best->parts));
        best->cost = probe_cost + best->candidates;
        best->counted = true;
        counts++;
    }
}

static struct index_part part_told(const struct choice *c, int part)
{
    const struct part *p = &c->part[part];

    return (struct index_part){ (uint8_t)p->kind, (uint8_t)c->field_of[p->field], (uint8_t)c->field_of[p->other] };
}

/* What agrees most often, of other fields, for what it tells apart. */
static struct index_part refine_choose(const struct choice *c, const struct draft *d)
{
    int chosen = -1;
    double best = 0;

    for (int i = 0; i < c->parts; i++) {
        double worth = gain_of(c, (uint64_t)1 << i) * fmin(-log2(c->chance[i]), KEY_REFINE_BITS);
        bool other = true;

        for (int k = 0; k < d->parts; k++)
            other &= apart(&c->part[i], &c->part[d->part[k]]);
        if (other && worth > best) {
            best = worth;
            chosen = i;
        }
    }
    return chosen < 0 ? (struct index_part){ INDEX_NO_PART, 0, 0 } : part_told(c, chosen);
}

static void rule_add(struct choice *c, struct draft *d)
{
    struct index_rule *r = &c->def->rule[c->def->rules++];
    double brings = 0, first = 0;

    *r = (struct index_rule){ .parts = d->parts, .candidates = d->candidates };
    for (int i = 0; i < d->parts; i++)
        r->part[i] = part_told(c, d->part[i]);
    for (uint32_t i = 0; i < c->copies; i++)
        if ((c->equal[i] & d->mask) == d->mask) {
            brings++;
            first += c->weight[i] == 1;
            c->weight[i] *= (float)found_weight;
        }
    r->brings = brings / c->copies;
    r->first = first / c->copies;
    d->gain = 0;
}

static void rules_choose(struct choice *c)
{
    struct draft *chosen[INDEX_RULES_MAX], *best;
    double room = candidates_max, missed = 0;

    while (c->def->rules < INDEX_RULES_MAX && (best = draft_best(c, room)) && best->gain >= gain_min * c->copies) {
        chosen[c->def->rules] = best;
        room -= best->candidates;
        rule_add(c, best);
    }
    for (uint32_t i = 0; i < c->copies; i++) {
        missed += c->weight[i] == 1;
        c->weight[i] = 1;
    }
    c->def->missed = missed / c->copies;
    for (int i = 0; i < c->def->rules; i++)
        c->def->rule[i].refine = refine_choose(c, chosen[i]);
}

static void choice_done(struct choice *c)
{
    for (int i = 0; i < c->parts; i++)
        free(c->column[i]);
    free(c->records);
    free(c->equal);
    free(c->weight);
    free(c->slots);
    free(c->library);
}

/* Parts of fields that are compared. */
static void parts_take(struct choice *c, struct part_tables *tables)
{
    struct part all[PARTS_MAX];
    int count = parts_list(c->sample, tables, all);

    for (int i = 0; i < count; i++) {
        const struct part *p = &all[i];

        if (part_fits(p->kind, c->sample->field[p->field].kind) && c->field_of[p->field] >= 0 && c->field_of[p->other] >= 0)
            c->part[c->parts++] = *p;
    }
}

void keys_choose(struct index_def *d, const struct link_set *sample, double records)
{
    struct choice c = { .def = d, .sample = sample, .records_all = records, .slots_mask = 2 * COUNTED_RECORDS - 1 };
    struct part_tables *tables = part_tables_new(sample);
    int field[LINK_FIELDS_MAX];

    def_join(d, sample, field);
    for (int i = 0; i < LINK_FIELDS_MAX; i++)
        c.field_of[i] = -1;
    for (int i = 0; i < d->fields; i++)
        c.field_of[field[i]] = i;
    parts_take(&c, tables);
    records_draw(&c);
    c.slots = malloc(((size_t)c.slots_mask + 1) * sizeof *c.slots);
    c.library = malloc(LIBRARY_MAX * sizeof *c.library);
    MUST(c.slots && c.library);
    columns_fill(&c, field);
    for (uint8_t i = 0; i < c.parts; i++)
        c.chance[i] = fmin(.999, candidates_count(&c, &i, 1) / records);
    library_fill(&c);
    rules_choose(&c);
    choice_done(&c);
    part_tables_free(tables);
}
