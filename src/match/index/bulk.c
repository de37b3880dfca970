/* A list against the register, so that the index is read once from its beginning to its end: the rows' keys are sorted as the
 * postings lie, what they bring is sorted as the records lie, and each record is unpacked once for all rows that ask for it.
 * The rows' keys and candidates are in memory, the index never is.
 * tested by: src/match/index/test/index_test.c */
#include "match/index/inside.h"

#include "match/group/expect.h"
#include "match/group/group.h"
#include "match/link.h"
#include "match/set/hash.h"
#include "match/set/pages.h"
#include "match/set/word.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { THREADS_MAX = 64, RADIX = 11, AHEAD = 8, RELEASE_BYTES = 8 << 20 };

/* A growing list of numbers; candidates are record << 32 | row. */
struct numbers {
    uint64_t *list;
    size_t count, cap;
};

static void numbers_add(struct numbers *n, uint64_t value)
{
    if (n->count == n->cap) {
        n->cap = n->cap ? n->cap * 2 : 1 << 16;
        n->list = reallocarray(n->list, n->cap, sizeof *n->list);
        MUST(n->list);
    }
    n->list[n->count++] = value;
}

/* By the bits below `bits`. */
static void numbers_sort(struct numbers *n, int bits)
{
    uint64_t *other = malloc((n->count + 1) * sizeof *other), *swap;

    MUST(other);
    for (int shift = 0; shift < bits; shift += RADIX) {
        size_t at[1 << RADIX] = { 0 }, sum = 0;

        for (size_t i = 0; i < n->count; i++)
            at[n->list[i] >> shift & ((1 << RADIX) - 1)]++;
        for (int k = 0; k < 1 << RADIX; k++) {
            size_t here = at[k];

            at[k] = sum;
            sum += here;
        }
        for (size_t i = 0; i < n->count; i++)
            other[at[n->list[i] >> shift & ((1 << RADIX) - 1)]++] = n->list[i];
        swap = n->list;
        n->list = other;
        other = swap;
    }
    n->cap = n->count + 1;
    free(other);
}

static void numbers_once(struct numbers *n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n->count; i++)
        if (i == 0 || n->list[i] != n->list[i - 1])
            n->list[kept++] = n->list[i];
    n->count = kept;
}

/* What a thread found. */
struct found {
    struct index_bulk_hit *hit;
    size_t count, cap;
    char *ids;
    size_t ids_bytes, ids_cap;
};
struct bulk {
    const struct index *ix;
    const struct link_set *list;
    const struct index_bulk_options *o;
    int field[LINK_FIELDS_MAX];
    struct rule_parts rule[INDEX_RULES_MAX];
    int segment;
    atomic_int next;
    atomic_ullong cut;
    struct numbers brought[INDEX_RULES_MAX]; /* by rule, of the segment at hand */
    struct numbers candidates;
    int parts;                               /* of the candidates, one for each thread */
    struct found found[THREADS_MAX];
};

static void parallel(struct bulk *b, void *(*work)(void *))
{
    pthread_t started[THREADS_MAX];
    int threads = b->o->threads < 1 ? 1 : b->o->threads > THREADS_MAX ? THREADS_MAX : b->o->threads;

    atomic_store(&b->next, 0);
    for (int i = 1; i < threads; i++)
        MUST(pthread_create(&started[i], NULL, work, b) == 0);
    work(b);
    for (int i = 1; i < threads; i++)
        MUST(pthread_join(started[i], NULL) == 0);
}

/* --- candidates ---------------------------------------------------------------------------------------------------------------- */

struct row_key {
    uint64_t key;
    uint32_t row;
};

static int row_key_order(const void *one, const void *other)
{
    const struct row_key *a = one, *b = other;

    return a->key != b->key ? (a->key < b->key ? -1 : 1) : a->row < b->row ? -1 : a->row > b->row;
}

/* Sorted by key: rows are dealt to heaps by the key's upper bits first, which leaves little to sort. */
static struct row_key *row_keys(const struct bulk *b, int rule, size_t *ret_count)
{
    enum { HEAPS = 1 << 12 };
    uint32_t rows = b->list->count[0];
    size_t *at = calloc(HEAPS + 2, sizeof *at);
    uint64_t *key = malloc((rows + 1u) * sizeof *key);
    struct row_key *list = malloc((rows + 1u) * sizeof *list);

    MUST(at && key && list);
    for (uint32_t from = 0; from < rows; from += KEYS_AT_ONCE) {
        uint32_t n = rows - from < KEYS_AT_ONCE ? rows - from : KEYS_AT_ONCE;

        rule_keys_fill(&b->rule[rule], b->list, from, n, key + from);
        for (uint32_t r = from; r < from + n; r++)
            at[(key[r] >> 28) + 2] += key[r] != 0;
    }
    for (int k = 2; k < HEAPS + 2; k++)
        at[k] += at[k - 1];
    for (uint32_t r = 0; r < rows; r++)
        if (key[r])
            list[at[(key[r] >> 28) + 1]++] = (struct row_key){ key[r], r };
    for (int k = 0; k < HEAPS; k++)
        qsort(list + at[k], at[k + 1] - at[k], sizeof *list, row_key_order);
    *ret_count = at[HEAPS];
    free(at);
    free(key);
    return list;
}

static void rule_join(struct bulk *b, int rule)
{
    const struct segment *s = &b->ix->segment[b->segment];
    struct post_group group = { 0 };
    struct post_cursor cursor;
    size_t count;
    struct row_key *list = row_keys(b, rule, &count);

    post_start(&cursor, &s->posts[rule]);
    for (size_t i = 0; i < count; i++) {
        uint32_t key = (uint32_t)(list[i].key >> KEY_REFINE_BITS), records[SEARCH_MOST];
        bool cut;
        size_t n;

        if (i == 0 || key != (uint32_t)(list[i - 1].key >> KEY_REFINE_BITS))
            post_seek(&cursor, key, &group);
        n = post_take(&group, (uint8_t)list[i].key, records, SEARCH_MOST, &cut);
        atomic_fetch_add(&b->cut, cut);
        for (size_t r = 0; r < n; r++)
            if (records[r] < s->head.records)
                numbers_add(&b->brought[rule], (uint64_t)records[r] << 32 | list[i].row);
    }
    if (b->o->release)
        b->o->release(b->o->with, s->posts[rule].bytes, s->posts[rule].bytes_count);
    free(group.list);
    free(list);
}

static void *rules_join(void *with)
{
    struct bulk *b = with;
    int rule;

    while ((rule = atomic_fetch_add(&b->next, 1)) < b->ix->def.rules)
        rule_join(b, rule);
    return NULL;
}

static int bits_of(uint64_t n)
{
    int bits = 1;

    while (n >> bits)
        bits++;
    return bits;
}

static void candidates_gather(struct bulk *b)
{
    size_t count = 0;

    parallel(b, rules_join);
    for (int i = 0; i < b->ix->def.rules; i++)
        count += b->brought[i].count;
    b->candidates = (struct numbers){ malloc((count + 1) * sizeof(uint64_t)), 0, count + 1 };
    MUST(b->candidates.list);
    for (int i = 0; i < b->ix->def.rules; i++) {
        if (b->brought[i].count)
            memcpy(b->candidates.list + b->candidates.count, b->brought[i].list, b->brought[i].count * sizeof(uint64_t));
        b->candidates.count += b->brought[i].count;
        free(b->brought[i].list);
        b->brought[i] = (struct numbers){ 0 };
    }
    numbers_sort(&b->candidates, 32 + bits_of(b->ix->segment[b->segment].head.records));
    numbers_once(&b->candidates);
}

/* --- weighing ------------------------------------------------------------------------------------------------------------------ */

/* What search_left() will read of a row. */
static void row_prefetch(const struct index_search *s, uint32_t row)
{
    for (int i = 0; i < s->ix->def.fields; i++) {
        const struct link_field *f = s->field[i] < 0 ? NULL : &s->list->field[s->field[i]];

        if (!f)
            continue;
        if (f->kind == LINK_KIND_WORDS) {
            __builtin_prefetch(link_row(f, 0, row));
        } else if (f->kind == LINK_KIND_DIGITS) {
            __builtin_prefetch(&f->digits[0][row]);
        } else {
            __builtin_prefetch(&f->code[0][row]);
        }
    }
}

static void found_add(struct bulk *b, struct found *f, struct arena *a, const struct index_hit *hit)
{
    struct bytes record = segment_record(&b->ix->segment[hit->segment], hit->record);
    uint64_t hash = link_hash((str){ (const char *)record.at, (size_t)(record.end - record.at) });
    str id = record_id(&record, a);

    if (f->count == f->cap) {
        f->cap = f->cap ? f->cap * 2 : 4096;
        f->hit = reallocarray(f->hit, f->cap, sizeof *f->hit);
        MUST(f->hit);
    }
    while (f->ids_bytes + id.len > f->ids_cap) {
        f->ids_cap = f->ids_cap ? f->ids_cap * 2 : 1 << 16;
        f->ids = realloc(f->ids, f->ids_cap);
        MUST(f->ids);
    }
    if (id.len > 0)
        memcpy(f->ids + f->ids_bytes, id.ptr, id.len);
    f->hit[f->count++] = (struct index_bulk_hit){ *hit, hash, f->ids_bytes, (uint32_t)id.len };
    f->ids_bytes += id.len;
    arena_reset(a);
}

/* Bytes of the records that were passed. */
static uint64_t records_release(const struct bulk *b, uint64_t from, uint32_t record)
{
    const struct segment *s = &b->ix->segment[b->segment];
    uint64_t to = s->record_at[record / INDEX_BLOCK_RECORDS];

    if (!b->o->release || to > s->record_bytes || to < from + RELEASE_BYTES)
        return from;
    b->o->release(b->o->with, s->record + from, (size_t)(to - from));
    return to;
}

static void part_weigh(struct bulk *b, int part, struct index_search *s, struct arena *ids)
{
    const uint64_t *list = b->candidates.list;
    size_t from = b->candidates.count * (size_t)part / (size_t)b->parts, to = b->candidates.count * ((size_t)part + 1) / (size_t)b->parts;
    uint64_t released = from < to ? b->ix->segment[b->segment].record_at[(list[from] >> 32) / INDEX_BLOCK_RECORDS] : 0;
    uint32_t slot = 0;

    search_room(s);
    for (size_t i = from; i < to; i++) {
        struct index_hit hit = { .row = (uint32_t)list[i], .segment = (uint32_t)b->segment, .record = (uint32_t)(list[i] >> 32) };

        if (i + AHEAD < to)
            row_prefetch(s, (uint32_t)list[i + AHEAD]);
        if (i == from || hit.record != list[i - 1] >> 32) {
            slot = (slot + 1) % SEARCH_SLOTS;
            if (slot == 0) {
                search_room(s);
                released = records_release(b, released, hit.record);
            }
            search_right(s, slot, hit.segment, hit.record);
        }
        search_left(s, 0, hit.row);
        if (search_weigh(s, 0, slot, &hit))
            found_add(b, &b->found[part], ids, &hit);
    }
}

static void *parts_weigh(void *with)
{
    struct bulk *b = with;
    struct index_search *s = index_search_new(b->ix, b->list);
    struct arena *ids = arena_new(1 << 20);
    int part;

    while ((part = atomic_fetch_add(&b->next, 1)) < b->parts)
        part_weigh(b, part, s, ids);
    arena_free(ids);
    index_search_free(s);
    return NULL;
}

/* --- choosing ------------------------------------------------------------------------------------------------------------------ */

static int hit_order(const void *one, const void *other)
{
    const struct index_hit *a = one, *b = other; /* the first member */

    if (a->row != b->row)
        return a->row < b->row ? -1 : 1;
    if (a->segment != b->segment)
        return a->segment < b->segment ? -1 : 1;
    return a->record < b->record ? -1 : a->record > b->record;
}

static int number_order(const void *one, const void *other)
{
    uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)other;

    return a < b ? -1 : a > b;
}

static uint64_t record_number(const struct index_hit *h) { return (uint64_t)h->segment << 32 | h->record; }

/* Only records that were hit have a number here, in their order. */
static void edges_make(const struct index_bulk *r, struct group_edge *edge, struct link_set *set)
{
    uint64_t *numbers = malloc((r->count + 1) * sizeof *numbers), *hash;
    size_t n = 0;

    MUST(numbers);
    for (size_t i = 0; i < r->count; i++)
        numbers[i] = record_number(&r->hit[i].hit);
    qsort(numbers, r->count, sizeof *numbers, number_order);
    for (size_t i = 0; i < r->count; i++)
        if (i == 0 || numbers[i] != numbers[i - 1])
            numbers[n++] = numbers[i];
    set->hash[1] = hash = calloc(n + 1, sizeof *hash);
    MUST(hash);
    set->count[1] = (uint32_t)n;
    for (size_t i = 0; i < r->count; i++) {
        uint64_t number = record_number(&r->hit[i].hit);
        const uint64_t *at = bsearch(&number, numbers, n, sizeof number, number_order);

        edge[i] = (struct group_edge){ r->hit[i].hit.row, (uint32_t)(at - numbers), r->hit[i].hit.bits };
        hash[at - numbers] = r->hit[i].hash;
    }
    free(numbers);
}

static void hits_choose(const struct bulk *b, struct index_bulk *r)
{
    struct group_edge *edge = malloc((r->count + 1) * sizeof *edge);
    float *probability = malloc((r->count + 1) * sizeof *probability);
    bool *chosen = calloc(r->count + 1, 1);
    struct link_set set = { .sides = 2, .count = { b->list->count[0], 0 }, .hash = { b->list->hash[0], NULL } };
    struct link_expected expected[LINK_EXPECTED];

    MUST(edge && probability && chosen);
    edges_make(r, edge, &set);
    if (b->o->many)
        for (size_t i = 0; i < r->count; i++) {
            probability[i] = (float)link_probability((double)edge[i].bits);
            chosen[i] = true;
        }
    else {
        group_rivals(&set, edge, r->count, probability);
        group_one_to_one(&set, edge, r->count, chosen);
    }
    group_expect(probability, chosen, r->count, b->ix->def.missed, expected);
    r->threshold = b->o->probability > 0 ? b->o->probability : group_threshold(expected);
    for (size_t i = 0; i < r->count; i++) {
        struct index_hit *h = &r->hit[i].hit;

        h->probability = probability[i];
        if (chosen[i] && (double)h->probability >= r->threshold)
            h->class = LINK_PAIR_MATCH;
        r->matches += h->class == LINK_PAIR_MATCH;
        r->households += h->class == LINK_PAIR_HOUSEHOLD;
    }
    free(set.hash[1]);
    free(chosen);
    free(probability);
    free(edge);
}

static void found_take(struct bulk *b, struct index_bulk *r, size_t *inout_ids)
{
    for (int i = 0; i < b->parts; i++) {
        struct found *f = &b->found[i];

        r->hit = reallocarray(r->hit, r->count + f->count + 1, sizeof *r->hit);
        r->ids = realloc(r->ids, *inout_ids + f->ids_bytes + 1);
        MUST(r->hit && r->ids);
        for (size_t k = 0; k < f->count; k++) {
            r->hit[r->count] = f->hit[k];
            r->hit[r->count++].id_at += *inout_ids;
        }
        if (f->ids_bytes)
            memcpy(r->ids + *inout_ids, f->ids, f->ids_bytes);
        *inout_ids += f->ids_bytes;
        free(f->hit);
        free(f->ids);
        *f = (struct found){ 0 };
    }
}

void index_bulk_run(const struct index *ix, const struct link_set *list, const struct index_bulk_options *o, struct index_bulk *ret)
{
    struct bulk *b = calloc(1, sizeof *b);
    struct part_tables *tables = part_tables_new(list);
    size_t ids = 0;

    MUST(b);
    *ret = (struct index_bulk){ 0 };
    b->ix = ix;
    b->list = list;
    b->o = o;
    b->parts = o->threads < 1 ? 1 : o->threads > THREADS_MAX ? THREADS_MAX : o->threads;
    def_join(&ix->def, list, b->field);
    for (int i = 0; i < ix->def.rules; i++)
        rule_parts_make(&ix->def.rule[i], list, b->field, tables, &b->rule[i]);
    for (b->segment = 0; b->segment < ix->segments; b->segment++) {
        candidates_gather(b);
        ret->candidates += (double)b->candidates.count;
        parallel(b, parts_weigh);
        free(b->candidates.list);
        found_take(b, ret, &ids);
    }
    qsort(ret->hit, ret->count, sizeof *ret->hit, hit_order);
    ret->cut = atomic_load(&b->cut);
    hits_choose(b, ret);
    part_tables_free(tables);
    free(b);
}

void index_bulk_done(struct index_bulk *b)
{
    free(b->hit);
    free(b->ids);
    *b = (struct index_bulk){ 0 };
}
