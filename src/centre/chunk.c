/* Some rows of a list against the register, in one transaction: candidates are fetched by key, match/ finds and judges the
 * pairs, and rows, figures, ledger entries and progress are written together. Whoever was compared is noted as disclosed
 * with the fields compared, also when the answer was no. People outside the unit of the ground do not exist here.
 * tested by: src/centre/test/list_test.c */
#include "centre/into.h"

#include <string.h>

enum { FOLLOW_MAX = 8, PAIRS_NOTED_MAX = 16 };

/* The register's side of a chunk. */
struct pool {
    struct ctx *cx;
    struct person *people;
    int64_t *old_numbers;
    size_t count, cap;
    struct table64 places; /* by person id: index + 1 */
};

/* What a row's number led to. */
struct by_number {
    bool known, cancelled;
    struct person person;
};

static bool is_open(const struct ctx *cx, const struct person *p)
{
    unit_id only = cx->journal->grant.only_unit;

    return !only.v || defs_unit_within(cx->app->defs, p->unit, only);
}

static STATUS survivor(struct ctx *cx, struct person *inout)
{
    bool known = true;

    for (int i = 0; i < FOLLOW_MAX && inout->survives_as.v && known; i++)
        TRY(person_by_id(cx, inout->survives_as, inout, &known));
    return known ? OK : FAIL(CORRUPT);
}

static STATUS pool_add(struct pool *pool, const struct person *found, int64_t old_number)
{
    struct person p = *found;
    uint64_t at;

    TRY(survivor(pool->cx, &p));
    if (!is_open(pool->cx, &p))
        return OK;
    if (table64_get(&pool->places, (uint64_t)p.id.v, &at)) {
        if (old_number)
            pool->old_numbers[at - 1] = old_number;
        return OK;
    }
    if (pool->count == pool->cap) {
        size_t cap = pool->cap ? pool->cap * 2 : 2 * CHUNK_ROWS;
        struct person *people = ARENA_ARRAY(pool->cx->arena, struct person, cap);
        int64_t *numbers = ARENA_ARRAY(pool->cx->arena, int64_t, cap);
        if (pool->count) {
            memcpy(people, pool->people, pool->count * sizeof *people);
            memcpy(numbers, pool->old_numbers, pool->count * sizeof *numbers);
        }
        pool->people = people;
        pool->old_numbers = numbers;
        pool->cap = cap;
    }
    pool->people[pool->count] = p;
    pool->old_numbers[pool->count] = old_number;
    table64_set(&pool->places, (uint64_t)p.id.v, ++pool->count);
    return OK;
}

static STATUS fetch_by_name(struct pool *pool, int64_t name_hash, day birth)
{
    struct person *list;
    size_t n;

    if (day_is_none(birth))
        return OK;
    if (day_precision(birth) == DAY_FULL) {
        TRY(persons_by_name(pool->cx, name_hash, birth, &list, &n));
        for (size_t i = 0; i < n; i++)
            TRY(pool_add(pool, &list[i], 0));
        birth = (day){ day_year(birth) * 10000 };
        TRY(persons_by_name(pool->cx, name_hash, birth, &list, &n));
    } else {
        TRY(persons_by_name_year(pool->cx, name_hash, day_year(birth), &list, &n));
    }
    for (size_t i = 0; i < n; i++)
        TRY(pool_add(pool, &list[i], 0));
    return OK;
}

/* A number that a repair restored is somebody's only when his name or birth says so too. */
static bool is_confirmed(const struct list_person *p, int64_t name_hash, const struct person *found)
{
    return !p->number_doubtful || (p->name.len && found->name_hash == name_hash) || day_can_be(p->birth, found->birth);
}

static STATUS fetch_by_number(struct pool *pool, const struct list_person *p, int64_t name_hash, struct by_number *ret)
{
    enum number_state state;

    *ret = (struct by_number){ 0 };
    if (!p->number)
        return OK;
    TRY(person_by_number(pool->cx, p->number, &ret->person, &state, &ret->known));
    if (!ret->known)
        return OK;
    TRY(survivor(pool->cx, &ret->person));
    ret->known = is_open(pool->cx, &ret->person) && is_confirmed(p, name_hash, &ret->person);
    ret->cancelled = ret->known && state != NUMBER_ISSUED;
    return ret->known && !ret->cancelled ? pool_add(pool, &ret->person, 0) : OK;
}

static STATUS fetch_by_old_number(struct pool *pool, int64_t old_number)
{
    struct person *list;
    size_t n;

    TRY(persons_by_old_number(pool->cx, old_number, &list, &n));
    for (size_t i = 0; i < n; i++)
        TRY(pool_add(pool, &list[i], old_number));
    return OK;
}

/* Name and birth are asked only when the number leaves a doubt. */
static STATUS row_fetch(struct pool *pool, const struct list_person *p, int64_t name_hash, struct by_number *ret)
{
    bool agrees;

    TRY(fetch_by_number(pool, p, name_hash, ret));
    if (ret->cancelled)
        return OK;
    agrees = ret->known && (!p->name.len || ret->person.name_hash == name_hash || day_can_be(p->birth, ret->person.birth));
    if (agrees)
        return OK;
    if (p->old_number)
        TRY(fetch_by_old_number(pool, p->old_number));
    if (!p->name.len)
        return OK;
    TRY(fetch_by_name(pool, name_hash, p->birth));
    return fetch_by_name(pool, name_hash, p->birth_other);
}

/* --- columns ------------------------------------------------------------------------------------------------------------ */

static struct match_columns columns_of_pool(struct arena *a, const struct pool *pool)
{
    size_t n = pool->count;
    int64_t *number = ARENA_ARRAY(a, int64_t, n + 1), *hash = ARENA_ARRAY(a, int64_t, n + 1);
    str *name = ARENA_ARRAY(a, str, n + 1);
    day *birth = ARENA_ARRAY(a, day, n + 1);
    uint8_t *sex = ARENA_ARRAY(a, uint8_t, n + 1);

    for (size_t i = 0; i < n; i++) {
        number[i] = pool->people[i].number;
        hash[i] = pool->people[i].name_hash;
        name[i] = pool->people[i].name;
        birth[i] = pool->people[i].birth;
        sex[i] = (uint8_t)pool->people[i].sex;
    }
    return (struct match_columns){ .count = n, .number = number, .old_number = pool->old_numbers, .name = name, .name_hash = hash,
                                   .birth = birth, .sex = sex };
}

static struct match_columns columns_of_rows(struct arena *a, const struct chunk *c, const int64_t *hashes)
{
    size_t n = c->count;
    int64_t *number = ARENA_ARRAY(a, int64_t, n), *old = ARENA_ARRAY(a, int64_t, n);
    bool *doubtful = ARENA_ARRAY(a, bool, n);
    str *name = ARENA_ARRAY(a, str, n);
    day *birth = ARENA_ARRAY(a, day, n), *other = ARENA_ARRAY(a, day, n);
    uint8_t *sex = ARENA_ARRAY(a, uint8_t, n);

    for (size_t i = 0; i < n; i++) {
        const struct list_person *p = &c->rows[i];
        if (p->reason != REASON_none)
            continue;
        number[i] = p->number;
        old[i] = p->old_number;
        doubtful[i] = p->number_doubtful;
        name[i] = p->name;
        birth[i] = p->birth;
        other[i] = p->birth_other;
        sex[i] = (uint8_t)p->sex;
    }
    return (struct match_columns){ .count = n, .number = number, .old_number = old, .number_doubtful = doubtful, .name = name,
                                   .name_hash = hashes, .birth = birth, .birth_other = other, .sex = sex };
}

/* --- outcomes ----------------------------------------------------------------------------------------------------------- */

static uint64_t fields_of(uint8_t match_fields)
{
    static const struct {
        uint8_t match;
        uint64_t field;
    } table[] = {
        { MATCH_NUMBER, UINT64_C(1) << FIELD_NUMBER }, { MATCH_OLD_NUMBER, UINT64_C(1) << FIELD_OLD_NUMBER },
        { MATCH_NAME, UINT64_C(1) << FIELD_NAME },     { MATCH_BIRTH, UINT64_C(1) << FIELD_BIRTH },
        { MATCH_SEX, UINT64_C(1) << FIELD_SEX },
    };
    uint64_t fields = 0;

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (match_fields & table[i].match)
            fields |= table[i].field;
    return fields;
}

static STATUS compared_note(struct ctx *cx, const struct pool *pool, const struct match_pair *pairs, size_t count)
{
    for (size_t i = 0; i < count && i < PAIRS_NOTED_MAX; i++) {
        const struct person *p = &pool->people[pairs[i].right];
        uint64_t fields = fields_of(pairs[i].agree | pairs[i].differ | pairs[i].by) | UINT64_C(1) << FIELD_STATE | UINT64_C(1) << FIELD_RESIDENCE;
        TRY(disclosure_note(cx, (struct subject){ p->id, p->unit }, fields & cx->journal->grant.fields));
    }
    return OK;
}

static void person_take(struct chunk_result *r, const struct person *p)
{
    r->person = p->id;
    r->unit = p->unit;
}

static void row_judge(const struct list_person *row, const struct pool *pool, const struct match_pair *pairs, size_t count,
                      struct chunk_result *r)
{
    struct match_judgement j = match_judge(pairs, count);
    const struct person *p = j.verdict == MATCH_NONE ? NULL : &pool->people[pairs[j.best].right];

    r->candidates = (int32_t)j.candidates;
    r->outcome = OUTCOME_NOT_FOUND;
    if (!p)
        return;
    if (j.verdict == MATCH_MANY) {
        r->outcome = OUTCOME_AMBIGUOUS;
        return;
    }
    person_take(r, p);
    r->differs = fields_of(pairs[j.best].differ);
    /* What the list has, but nobody can read, is a difference too. */
    if (row->number_wrong && p->number)
        r->differs |= UINT64_C(1) << FIELD_NUMBER;
    if (row->birth_wrong && !day_is_none(p->birth))
        r->differs |= UINT64_C(1) << FIELD_BIRTH;
    r->outcome = p->state == PERSON_DECEASED ? OUTCOME_DECEASED : r->differs ? OUTCOME_CONFLICTING : OUTCOME_MATCHED;
}

static STATUS row_cancelled(struct ctx *cx, const struct by_number *b, struct chunk_result *r)
{
    uint64_t fields = (UINT64_C(1) << FIELD_NUMBER | UINT64_C(1) << FIELD_STATE) & cx->journal->grant.fields;

    r->outcome = OUTCOME_CANCELLED;
    r->candidates = 1;
    person_take(r, &b->person);
    return disclosure_note(cx, (struct subject){ b->person.id, b->person.unit }, fields);
}

/* The first row that means a person stands; later ones repeat it. */
static void duplicates_mark(struct ctx *cx, struct chunk *c, const int64_t *hashes)
{
    struct seen here;

    (void)cx;
    seen_init(&here);
    for (size_t i = 0; i < c->count; i++) {
        struct chunk_result *r = &c->results[i];
        if (r->outcome == OUTCOME_REJECTED || r->outcome == OUTCOME_AMBIGUOUS)
            continue;
        r->key = seen_key(r->person, &c->rows[i], hashes[i]);
        r->duplicate_of = seen_place(c->seen, r->key);
        if (!r->duplicate_of)
            r->duplicate_of = seen_place(&here, r->key);
        if (r->duplicate_of)
            r->outcome = OUTCOME_DUPLICATE;
        else
            seen_add(&here, r->key, c->done_before + (int64_t)i + 1);
    }
    seen_done(&here);
}

static STATUS outcomes_find(struct ctx *cx, struct chunk *c, struct pool *pool)
{
    int64_t *hashes = ARENA_ARRAY(cx->arena, int64_t, c->count);
    struct by_number *numbers = ARENA_ARRAY(cx->arena, struct by_number, c->count);
    struct match_pairs pairs;
    size_t at = 0;

    for (size_t i = 0; i < c->count; i++) {
        if (c->rows[i].name.len)
            hashes[i] = person_name_hash(c->rows[i].name);
        if (c->rows[i].reason == REASON_none)
            TRY(row_fetch(pool, &c->rows[i], hashes[i], &numbers[i]));
    }
    struct match_columns left = columns_of_rows(cx->arena, c, hashes), right = columns_of_pool(cx->arena, pool);
    match_find(cx->arena, &left, &right, &pairs);
    for (size_t i = 0; i < c->count; i++) {
        size_t from = at;
        while (at < pairs.count && pairs.list[at].left == i)
            at++;
        c->results[i] = (struct chunk_result){ .outcome = OUTCOME_REJECTED };
        if (c->rows[i].reason != REASON_none)
            continue;
        if (numbers[i].cancelled) {
            TRY(row_cancelled(cx, &numbers[i], &c->results[i]));
            continue;
        }
        row_judge(&c->rows[i], pool, pairs.list + from, at - from, &c->results[i]);
        TRY(compared_note(cx, pool, pairs.list + from, at - from));
    }
    duplicates_mark(cx, c, hashes);
    return OK;
}

/* --- writing ------------------------------------------------------------------------------------------------------------- */

static STATUS rows_write(struct ctx *cx, const struct chunk *c)
{
    struct list_row_add_params *list = ARENA_ARRAY(cx->arena, struct list_row_add_params, c->count);

    for (size_t i = 0; i < c->count; i++) {
        const struct list_person *p = &c->rows[i];
        const struct chunk_result *r = &c->results[i];
        list[i] = (struct list_row_add_params){
            .shard = CENTRE_SHARD, .delivery = c->delivery, .place = c->done_before + (int64_t)i + 1, .line = p->row,
            .outcome = (int16_t)r->outcome, .reason = (int16_t)p->reason, .repairs = (int64_t)p->repairs, .warnings = (int64_t)p->warnings,
            .differs = (int64_t)r->differs, .person = r->person.v,
            .candidates = (int16_t)(r->candidates < INT16_MAX ? r->candidates : INT16_MAX), .duplicate_of = r->duplicate_of,
            .number = p->number, .name = p->name, .birth = p->birth.ymd, .sex = (int16_t)p->sex,
        };
    }
    return list_row_add_bulk(cx, list, c->count);
}

/* Counts of a chunk: kind and item in one key. */
struct tally {
    struct table64 counts;
    struct ctx *cx;
};

static void tally(struct tally *t, enum figure_kind kind, int64_t item)
{
    uint64_t key = (uint64_t)kind << 48 | (uint64_t)item, n = 0;

    table64_get(&t->counts, key, &n);
    table64_set(&t->counts, key, n + 1);
}

static void tally_bits(struct tally *t, enum figure_kind kind, uint64_t bits)
{
    for (int i = 0; bits; i++, bits >>= 1)
        if (bits & 1)
            tally(t, kind, i);
}

static void tally_row(struct tally *t, const struct list_person *p, const struct chunk_result *r)
{
    tally(t, FIGURE_OUTCOME, r->outcome);
    if (r->outcome == OUTCOME_REJECTED)
        tally(t, FIGURE_REASON, p->reason);
    if (r->outcome == OUTCOME_CONFLICTING)
        tally_bits(t, FIGURE_FIELD, r->differs);
    tally_bits(t, FIGURE_REPAIR, p->repairs);
    tally_bits(t, FIGURE_WARNING, p->warnings);
    if (!r->person.v)
        return;
    tally(t, FIGURE_UNIT, r->unit.v);
    if (r->outcome == OUTCOME_MATCHED)
        tally(t, FIGURE_UNIT_MATCHED, r->unit.v);
    else if (r->outcome == OUTCOME_CONFLICTING)
        tally(t, FIGURE_UNIT_CONFLICTING, r->unit.v);
}

static STATUS tally_write(struct tally *t, int64_t delivery)
{
    struct delivery_figure_add_params *list = ARENA_ARRAY(t->cx->arena, struct delivery_figure_add_params, t->counts.count + 1);
    size_t n = 0;

    for (size_t i = 0; i < t->counts.cap; i++)
        if (t->counts.used[i])
            list[n++] = (struct delivery_figure_add_params){ .shard = CENTRE_SHARD, .delivery = delivery,
                                                             .figure = (int16_t)(t->counts.keys[i] >> 48),
                                                             .item = (int64_t)(t->counts.keys[i] & ((UINT64_C(1) << 48) - 1)),
                                                             .by = (int64_t)t->counts.values[i] };
    return delivery_figure_add_bulk(t->cx, list, n);
}

static STATUS figures_write(struct ctx *cx, const struct chunk *c)
{
    struct tally t = { .cx = cx };
    status st;

    table64_init(&t.counts, 256);
    for (size_t i = 0; i < c->count; i++)
        tally_row(&t, &c->rows[i], &c->results[i]);
    st = tally_write(&t, c->delivery);
    table64_done(&t.counts);
    return st;
}

static STATUS progress_write(struct ctx *cx, const struct chunk *c)
{
    int64_t matched = 0, changed, done = c->done_before + (int64_t)c->count;

    for (size_t i = 0; i < c->count; i++)
        matched += c->results[i].outcome == OUTCOME_MATCHED;
    TRY(delivery_advance(cx, &(struct delivery_advance_params){ .shard = CENTRE_SHARD, .id = c->delivery, .expected = c->done_before,
                                                                .done = done, .total = c->rows_total > done ? c->rows_total : done,
                                                                .matched = matched },
                         &changed));
    return changed == 1 ? OK : FAIL(VERSION_CONFLICT);
}

STATUS chunk_apply(struct ctx *cx, struct chunk *c)
{
    struct pool pool = { .cx = cx };
    status st;

    c->results = ARENA_ARRAY(cx->arena, struct chunk_result, c->count);
    table64_init(&pool.places, 2 * CHUNK_ROWS);
    st = outcomes_find(cx, c, &pool);
    table64_done(&pool.places);
    TRY(st);
    TRY(rows_write(cx, c));
    TRY(figures_write(cx, c));
    TRY(into_apply(cx, c->into, c));
    return progress_write(cx, c);
}
