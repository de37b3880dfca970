/* Some rows of a list against the register, in one transaction: candidates are fetched by key, weighed and judged, and rows,
 * figures, ledger entries and progress are written together. Whoever was compared is noted as disclosed with the fields
 * compared, also when the answer was no.
 * tested by: src/centre/test/list_test.c */
#include "centre/into.h"

#include <string.h>

enum { CANDIDATES_NOTED_MAX = 16 };

/* --- outcomes ----------------------------------------------------------------------------------------------------------- */

static uint64_t fields_compared(const struct candidate *c)
{
    uint64_t fields = 0;

    for (int f = 0; f < JUDGE_FIELDS; f++)
        if (c->level[f] != LEVEL_UNKNOWN)
            fields |= UINT64_C(1) << judge_person_field((enum judge_field)f);
    return fields;
}

static uint64_t fields_differing(const struct candidate *c)
{
    uint64_t fields = 0;

    for (int f = 0; f < JUDGE_FIELDS; f++)
        if (c->differs[f])
            fields |= UINT64_C(1) << judge_person_field((enum judge_field)f);
    return fields;
}

static STATUS compared_note(struct ctx *cx, const struct candidates *c)
{
    for (size_t i = 0; i < c->count && i < CANDIDATES_NOTED_MAX; i++) {
        const struct person *p = c->list[i].person;
        uint64_t fields = fields_compared(&c->list[i]) | UINT64_C(1) << FIELD_STATE | UINT64_C(1) << FIELD_RESIDENCE;
        TRY(disclosure_note(cx, (struct subject){ p->id, p->unit }, fields & cx->journal->grant.fields));
    }
    return OK;
}

static void person_take(struct chunk_result *r, const struct person *p)
{
    r->person = p->id;
    r->found = p;
    r->unit = p->unit;
}

/* What a human will ask about: why these, and why not more surely. */
static void evidence_take(struct chunk_result *r, const struct candidates *c, size_t count)
{
    for (size_t i = 0; i < count && i < EVIDENCE_MAX; i++)
        r->evidence[r->evidence_count++] = evidence_pack(&c->list[i]);
}

static void row_judge(struct judge *judge, const struct list_person *row, struct candidates *c, struct chunk_result *r)
{
    struct judgement j = judge_row(judge, row, c->list, c->count);

    r->candidates = (int32_t)j.in_question;
    r->outcome = OUTCOME_NOT_FOUND;
    if (j.verdict == VERDICT_NONE)
        return;
    if (j.verdict == VERDICT_MANY) {
        r->outcome = OUTCOME_AMBIGUOUS;
        evidence_take(r, c, j.in_question);
        return;
    }
    const struct person *p = c->list[0].person;
    person_take(r, p);
    r->differs = fields_differing(&c->list[0]);
    /* What the list has, but nobody can read, is a difference too. */
    if (row->number_wrong && p->number)
        r->differs |= UINT64_C(1) << FIELD_NUMBER;
    if (row->birth_wrong && !day_is_none(p->birth))
        r->differs |= UINT64_C(1) << FIELD_BIRTH;
    r->outcome = p->state == PERSON_DECEASED ? OUTCOME_DECEASED : r->differs ? OUTCOME_CONFLICTING : OUTCOME_MATCHED;
    if (r->outcome == OUTCOME_CONFLICTING)
        evidence_take(r, c, 1);
}

static STATUS row_cancelled(struct ctx *cx, const struct candidates *c, struct chunk_result *r)
{
    uint64_t fields = (UINT64_C(1) << FIELD_NUMBER | UINT64_C(1) << FIELD_STATE) & cx->journal->grant.fields;

    r->outcome = OUTCOME_CANCELLED;
    r->candidates = 1;
    r->person = c->holder.id;
    r->unit = c->holder.unit;
    return disclosure_note(cx, (struct subject){ c->holder.id, c->holder.unit }, fields);
}

/* The first row that means a person stands; later ones repeat it. */
static void duplicates_mark(struct chunk *c)
{
    struct seen here;

    seen_init(&here);
    for (size_t i = 0; i < c->applied; i++) {
        struct chunk_result *r = &c->results[i];
        if (r->outcome == OUTCOME_REJECTED || r->outcome == OUTCOME_AMBIGUOUS)
            continue;
        r->key = seen_key(r->person, &c->rows[i], c->hashes[i]);
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

static STATUS row_compare(struct ctx *cx, struct judge *judge, const struct list_person *row, int64_t name_hash, struct chunk_result *r)
{
    struct candidates c;

    *r = (struct chunk_result){ .outcome = OUTCOME_REJECTED };
    if (row->reason != REASON_none)
        return OK;
    TRY(candidates_fetch(cx, row, name_hash, &c));
    if (c.cancelled)
        return row_cancelled(cx, &c, r);
    row_judge(judge, row, &c, r);
    return compared_note(cx, &c);
}

static STATUS outcomes_find(struct ctx *cx, struct judge *judge, struct chunk *c)
{
    for (c->applied = 0; c->applied < c->count && cx->journal->count < CHUNK_ENTRIES_MAX; c->applied++)
        TRY(row_compare(cx, judge, &c->rows[c->applied], c->hashes[c->applied], &c->results[c->applied]));
    duplicates_mark(c);
    return OK;
}

/* --- writing ------------------------------------------------------------------------------------------------------------- */

static STATUS rows_write(struct ctx *cx, const struct chunk *c)
{
    struct list_row_add_params *list = ARENA_ARRAY(cx->arena, struct list_row_add_params, c->applied);

    for (size_t i = 0; i < c->applied; i++) {
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
    return list_row_add_bulk(cx, list, c->applied);
}

/* Only rows that a human has to look at have any. */
static STATUS evidence_write(struct ctx *cx, const struct chunk *c)
{
    struct list_evidence_add_params *list = ARENA_ARRAY(cx->arena, struct list_evidence_add_params, c->applied * EVIDENCE_MAX + 1);
    size_t n = 0;

    for (size_t i = 0; i < c->applied; i++)
        for (int k = 0; k < c->results[i].evidence_count; k++)
            list[n++] = (struct list_evidence_add_params){ .shard = CENTRE_SHARD, .delivery = c->delivery,
                                                           .place = c->done_before + (int64_t)i + 1, .candidate = (int16_t)k,
                                                           .evidence = c->results[i].evidence[k] };
    return n ? list_evidence_add_bulk(cx, list, n) : OK;
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
    for (size_t i = 0; i < c->applied; i++)
        tally_row(&t, &c->rows[i], &c->results[i]);
    st = tally_write(&t, c->delivery);
    table64_done(&t.counts);
    return st;
}

static STATUS progress_write(struct ctx *cx, const struct chunk *c)
{
    int64_t matched = 0, changed, done = c->done_before + (int64_t)c->applied;

    for (size_t i = 0; i < c->applied; i++)
        matched += c->results[i].outcome == OUTCOME_MATCHED;
    TRY(delivery_advance(cx, &(struct delivery_advance_params){ .shard = CENTRE_SHARD, .id = c->delivery, .expected = c->done_before,
                                                                .done = done, .total = c->rows_total > done ? c->rows_total : done,
                                                                .matched = matched, .stopped = DELIVERY_CANCELLED },
                         &changed));
    return changed == 1 ? OK : FAIL(VERSION_CONFLICT);
}

STATUS chunk_apply(struct ctx *cx, struct chunk *c)
{
    struct judge *judge = judge_new(cx->arena);
    status st;

    c->results = ARENA_ARRAY(cx->arena, struct chunk_result, c->count);
    st = outcomes_find(cx, judge, c);
    judge_free(judge);
    TRY(st);
    TRY(rows_write(cx, c));
    TRY(evidence_write(cx, c));
    TRY(figures_write(cx, c));
    TRY(into_apply(cx, c->into, c));
    return progress_write(cx, c);
}
