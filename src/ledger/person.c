/* Entries by person. The index is written behind the tree, in long sorted runs: one row at a time it would touch a page of
 * the b-tree each. A reader therefore takes three steps, in the order in which an entry travels, so that one that moves on
 * meanwhile is seen twice (and dropped once) but never missed: what the sequencer has not taken, what is in the tree but
 * not in the index, the index.
 *
 * tested by: src/ledger/test/ledger_test.c */
#include "ledger/inside.h"
#include <stdlib.h>

enum { RUN_ENTRIES_MAX = 1 << 18, PAGE_ROWS = 1024 };

struct run {
    struct ledger_subject_add_params *rows;
    size_t count;
    int64_t end; /* index behind the last entry taken */
};

static int by_person(const void *x, const void *y)
{
    const struct ledger_subject_add_params *a = x, *b = y;

    if (a->person != b->person)
        return a->person < b->person ? -1 : 1;
    return (a->entry_index > b->entry_index) - (a->entry_index < b->entry_index);
}

static STATUS take_batch(const struct ledger_index_from_row *row, int16_t shard, struct run *run)
{
    str rest = row->body;
    int64_t person;

    if (row->first_index != run->end || row->in_batch != row->entries)
        return FAIL(CORRUPT);
    for (int32_t i = 0; i < row->entries; i++, run->end++) {
        TRY(record_next_person(&rest, &person));
        if (person != 0)
            run->rows[run->count++] = (struct ledger_subject_add_params){ shard, person, run->end };
    }
    return OK;
}

static STATUS fill_run(struct ctx *cx, int16_t shard, int64_t size, struct run *run)
{
    int64_t start = run->end;

    while (run->end < size && run->end - start < RUN_ENTRIES_MAX) {
        struct ledger_index_from_cursor c DEFER(ledger_index_from_done) = { NULL };
        struct ledger_index_from_row row;
        bool more = true;
        TRY(ledger_index_from_each(cx, shard, run->end, PAGE_ROWS, &c));
        while (run->end < size && run->end - start < RUN_ENTRIES_MAX) {
            TRY(ledger_index_from_next(&c, &row, &more));
            if (!more)
                break;
            TRY(take_batch(&row, shard, run));
        }
        if (!more && run->end == start)
            return FAIL(CORRUPT);
    }
    return OK;
}

STATUS person_index(struct ctx *cx, int16_t shard, int64_t size, int64_t least, int64_t *ret_indexed)
{
    struct scratch s DEFER(scratch_done);
    struct ledger_state_get_row state;
    struct run run = { 0 };
    int64_t changed;
    bool found;

    scratch_begin(&s, cx);
    *ret_indexed = 0;
    TRY(ledger_state_get(cx, shard, &state, &found));
    if (!found || size - state.person_size < least || size == state.person_size)
        return OK;
    run.end = state.person_size;
    run.rows = ARENA_ARRAY(s.cx.arena, struct ledger_subject_add_params, RUN_ENTRIES_MAX + BATCH_ENTRIES_MAX);
    TRY(fill_run(&s.cx, shard, size, &run));
    qsort(run.rows, run.count, sizeof *run.rows, by_person);
    TRY(ledger_subject_add_bulk(cx, run.rows, run.count));
    *ret_indexed = run.end - state.person_size;
    return ledger_state_indexed(cx, shard, run.end, &changed);
}

/* ---- reading */

static STATUS match_batch(struct arena *a, str body, int32_t entries, struct place first, int64_t person, struct places *ret)
{
    str rest = body;
    int64_t this_person;

    for (int32_t i = 0; i < entries; i++) {
        TRY(record_next_person(&rest, &this_person));
        if (this_person == person) {
            int64_t index = first.index == LEDGER_PENDING ? LEDGER_PENDING : first.index + i;
            places_add(a, ret, (struct place){ index, first.seq, first.writer, i });
        }
    }
    return OK;
}

static STATUS find_pending(struct scratch *s, const struct ledger_person_query *q, struct places *ret)
{
    struct ledger_streams_row *streams;
    size_t count;

    TRY(ledger_streams(&s->cx, q->shard, &streams, &count));
    for (size_t i = 0; i < count; i++) {
        struct ledger_batch_after_cursor c DEFER(ledger_batch_after_done) = { NULL };
        struct ledger_batch_after_row row;
        bool more;
        TRY(ledger_batch_after_each(&s->cx, q->shard, streams[i].writer, streams[i].taken, INT32_MAX, &c));
        for (;;) {
            TRY(ledger_batch_after_next(&c, &row, &more));
            if (!more)
                break;
            struct place first = { LEDGER_PENDING, row.seq, streams[i].writer, 0 };
            TRY(match_batch(s->cx.arena, row.body, row.entries, first, q->person.v, ret));
        }
    }
    return OK;
}

/* In the tree, not yet in the index. */
static STATUS find_tail(struct scratch *s, const struct ledger_person_query *q, int64_t from, struct places *ret)
{
    struct ledger_index_from_cursor c DEFER(ledger_index_from_done) = { NULL };
    struct ledger_index_from_row row;
    bool more;

    TRY(ledger_index_from_each(&s->cx, q->shard, from, INT32_MAX, &c));
    for (;;) {
        TRY(ledger_index_from_next(&c, &row, &more));
        if (!more)
            return OK;
        struct place first = { row.first_index, row.seq, row.writer, 0 };
        TRY(match_batch(s->cx.arena, row.body, row.in_batch, first, q->person.v, ret));
    }
}

static bool same(const struct place *a, const struct place *b)
{
    return a->writer == b->writer && a->seq == b->seq && a->ordinal == b->ordinal;
}

/* Adds from the end of `from` while there is room; passes over what is there already or lies above the page. */
static void take_newest(const struct places *from, const struct ledger_person_query *q, struct place *out, size_t *count)
{
    int64_t below = q->before_index > 0 ? q->before_index : INT64_MAX;

    for (size_t i = from->count; i > 0 && *count < q->limit; i--) {
        const struct place *p = &from->list[i - 1];
        bool there = p->index >= below || (p->index == LEDGER_PENDING && q->before_index > 0);
        for (size_t k = *count; k > 0 && !there; k--)
            there = same(&out[k - 1], p);
        if (!there)
            out[(*count)++] = *p;
    }
}

static STATUS find_indexed(struct scratch *s, const struct ledger_person_query *q, int64_t below, struct places *ret)
{
    struct ledger_subject_page_row *rows;
    size_t count;

    TRY(ledger_subject_page(&s->cx, q->shard, q->person.v, below, (int64_t)q->limit, &rows, &count));
    for (size_t i = count; i > 0; i--) {
        struct place p;
        TRY(place_of_index(&s->cx, q->shard, rows[i - 1].entry_index, &p));
        places_add(s->cx.arena, ret, p);
    }
    return OK;
}

static int newest_first(const void *x, const void *y)
{
    const struct ledger_record *a = x, *b = y;
    uint64_t i = (uint64_t)a->index, j = (uint64_t)b->index; /* pending: the greatest */

    if (i != j)
        return i > j ? -1 : 1;
    return (a->entry.time_us < b->entry.time_us) - (a->entry.time_us > b->entry.time_us);
}

STATUS ledger_by_person(struct ctx *cx, const struct ledger_person_query *q, struct ledger_record **ret, size_t *ret_count)
{
    struct scratch s DEFER(scratch_done);
    struct places pending = { 0 }, tail = { 0 }, old = { 0 };
    struct ledger_state_get_row state = { 0 };
    struct place *page;
    bool found;

    scratch_begin(&s, cx);
    MUST(q->limit >= 1 && q->limit <= 1000 && q->person.v > 0);
    page = ARENA_ARRAY(s.cx.arena, struct place, q->limit);
    *ret_count = 0;
    if (q->before_index <= 0)
        TRY(find_pending(&s, q, &pending));
    TRY(ledger_state_get(&s.cx, q->shard, &state, &found));
    if (q->before_index <= 0 || q->before_index > state.person_size)
        TRY(find_tail(&s, q, state.person_size, &tail));
    /* Again, because the index may have been written since. */
    TRY(find_indexed(&s, q, q->before_index > 0 ? q->before_index : INT64_MAX, &old));
    take_newest(&tail, q, page, ret_count);
    take_newest(&old, q, page, ret_count);
    /* Pending ones come first on the page; those that have got an index meanwhile are dropped as doubles. */
    size_t sequenced = *ret_count;
    struct place *all = ARENA_ARRAY(s.cx.arena, struct place, sequenced + pending.count + 1);
    for (size_t i = 0; i < sequenced; i++)
        all[i] = page[i];
    struct ledger_person_query wide = *q;
    wide.limit = sequenced + pending.count;
    take_newest(&pending, &wide, all, ret_count);
    *ret = ARENA_ARRAY(cx->arena, struct ledger_record, *ret_count + 1);
    TRY(place_fetch(cx, q->shard, all, *ret_count, *ret));
    qsort(*ret, *ret_count, sizeof **ret, newest_first);
    if (*ret_count > q->limit)
        *ret_count = q->limit;
    return OK;
}
