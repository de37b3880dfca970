/* Rows of a list that have been compared, written in one transaction: rows, figures, ledger entries and progress together. Whoever has
 * changed since he was compared is compared again here.
 * tested by: src/centre/test/list_test.c */
#include "centre/into.h"

#include <string.h>

enum { COMMIT_LAG_US = 10000000 }; /* a change may commit so long after the moment that it bears */

/* --- what was seen -------------------------------------------------------------------------------------------------------- */

/* As many rows as one transaction can tell the ledger of: each with its comparisons and at most one change. */
static void rows_take(struct chunk *c)
{
    for (c->applied = 0; c->applied < c->count; c->applied++)
        if (c->results[c->applied].noted_end - c->noted + c->applied + 1 > CHUNK_ENTRIES_MAX)
            break;
}

static STATUS is_as_compared(struct ctx *cx, const struct person *found, bool *ret)
{
    struct person now;

    TRY(person_by_id(cx, found->id, &now, ret));
    *ret = *ret && now.version == found->version;
    return OK;
}

static STATUS changed_look_again(struct ctx *cx, struct chunk *c)
{
    struct table64 changed DEFER(table64_done);
    person_id *ids;
    uint64_t any;
    size_t n;

    table64_init(&changed, 64);
    TRY(persons_changed_since(cx, c->looked_us - COMMIT_LAG_US, &ids, &n));
    for (size_t i = 0; i < n; i++)
        table64_set(&changed, (uint64_t)ids[i].v, 1);
    for (size_t i = 0; n && i < c->applied; i++) {
        struct chunk_result *r = &c->results[i];
        bool same = true;
        size_t noted_end = r->noted_end;
        if (r->found && table64_get(&changed, (uint64_t)r->person.v, &any))
            TRY(is_as_compared(cx, r->found, &same));
        if (!same) {
            TRY(row_look(cx, c->judge, &c->rows[i], c->hashes[i], r));
            TRY(into_draft(cx, c, i));
        }
        r->noted_end = noted_end;
    }
    return OK;
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
    MUST(c->compared == c->count);
    rows_take(c);
    size_t noted = c->applied ? c->results[c->applied - 1].noted_end - c->noted : 0;
    if (noted)
        TRY(journal_put(cx, c->looked.entries + c->noted, noted));
    TRY(changed_look_again(cx, c));
    duplicates_mark(c);
    TRY(rows_write(cx, c));
    TRY(evidence_write(cx, c));
    TRY(figures_write(cx, c));
    TRY(into_apply(cx, c->into, c));
    return progress_write(cx, c);
}
