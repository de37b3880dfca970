/* Entries by person. One row for each entry would touch a page of a b-tree each, at 50,000 entries a second; so the index is
 * kept as sorted runs, like a log-structured merge tree: each some 2,000 entries a new run is written, and eight runs of a
 * level become one, up to about a million pairs. A run is cut into pages of some 180 pairs, found by their
 * first pair. An entry is so written a handful of times in long stretches, five bytes each.
 *
 * A reader takes three steps, in the order in which an entry travels, so that one that moves on meanwhile is seen twice
 * (and dropped once) but never missed: what the sequencer has not taken (in its stream, or still on the tape), what is in the tree but not in the index, the
 * runs.
 *
 * tested by: src/ledger/test/ledger_test.c */
#include "ledger/inside.h"
#include <stdlib.h>
#include <string.h>

enum { TAKE_ENTRIES_MAX = 1 << 18, PAGE_ROWS = 1024, PAGE_BYTES = 900, PAGE_CHUNK = 512, MERGE_RUNS = 8, LEVEL_TOP = 3 };

struct pairs {
    struct pair *list;
    size_t count;
};

/* ---- pages */

static uint8_t *put_varint(uint8_t *at, uint64_t v)
{
    for (; v >= 0x80; v >>= 7)
        *at++ = (uint8_t)(v | 0x80);
    *at++ = (uint8_t)v;
    return at;
}

static bool take_varint(const uint8_t **at, const uint8_t *end, uint64_t *ret)
{
    uint64_t v = 0;

    for (int shift = 0; shift < 63 && *at < end; shift += 7) {
        uint8_t b = *(*at)++;
        v |= (uint64_t)(b & 0x7f) << shift;
        if (!(b & 0x80)) {
            *ret = v;
            return true;
        }
    }
    return false;
}

/* Writes as many pairs as fit. Of each: the step from the last person, then from the last entry of the same person, or
 * from the run's first entry. */
static size_t write_page(const struct pair *pairs, size_t count, int64_t first_person, int64_t run, struct buf *out)
{
    int64_t person = first_person, index = run;
    size_t n = 0;

    for (; n < count && out->len + 20 <= PAGE_BYTES; n++) {
        uint8_t bytes[20], *at = bytes;
        if (pairs[n].person != person)
            index = run;
        at = put_varint(at, (uint64_t)(pairs[n].person - person));
        at = put_varint(at, (uint64_t)(pairs[n].index - index));
        buf_bytes(out, bytes, (size_t)(at - bytes));
        person = pairs[n].person;
        index = pairs[n].index;
    }
    return n;
}

STATUS person_page_read(const struct ledger_page_row *page, int64_t run, struct pair *out, size_t *ret_count)
{
    const uint8_t *at = (const uint8_t *)page->body.ptr, *end = at + page->body.len;
    int64_t person = page->first_person, index = run;

    *ret_count = 0;
    while (at < end) {
        uint64_t step, entry;
        if (*ret_count == PERSON_PAGE_PAIRS || !take_varint(&at, end, &step) || !take_varint(&at, end, &entry))
            return FAIL(CORRUPT);
        if (step > (uint64_t)(INT64_MAX - person))
            return FAIL(CORRUPT);
        index = step > 0 ? run : index;
        if (entry > (uint64_t)(INT64_MAX - index))
            return FAIL(CORRUPT);
        person += (int64_t)step;
        index += (int64_t)entry;
        out[(*ret_count)++] = (struct pair){ person, index };
    }
    return OK;
}

/* ---- runs */

static int by_person(const void *x, const void *y)
{
    const struct pair *a = x, *b = y;

    if (a->person != b->person)
        return a->person < b->person ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

/* Level by size: below 16,000 pairs 0, below 128,000 1, below a million 2; those above are not merged any more. Eight runs
 * of level 1 or 2 always make one of the next; small ones of level 0 may become one that is still of level 0. */
static int16_t level_of(size_t pairs)
{
    int16_t level = 0;

    for (size_t bound = 16000; pairs >= bound && level < LEVEL_TOP; bound *= MERGE_RUNS)
        level++;
    return level;
}

/* Pages of a chunk share one buffer; their rows point into it once it does not move any more. */
static STATUS write_run(struct scratch *s, int16_t shard, struct ledger_run_add_params run, const struct pairs *pairs)
{
    struct ledger_page_add_params rows[PAGE_CHUNK];
    size_t at = 0, n = 0, fill = 0;
    char *room = arena_alloc(s->cx.arena, (size_t)PAGE_CHUNK * PAGE_BYTES);

    run.pairs = (int64_t)pairs->count;
    TRY(ledger_run_add(&s->cx, &run, NULL));
    while (at < pairs->count) {
        struct buf page = { room + fill, 0, PAGE_BYTES, PAGE_BYTES, false };
        const struct pair *first = &pairs->list[at];
        at += write_page(first, pairs->count - at, first->person, run.run, &page);
        rows[n++] = (struct ledger_page_add_params){ shard, run.level, run.run, first->person, first->index, buf_str(&page) };
        fill += page.len;
        if (n < PAGE_CHUNK && at < pairs->count)
            continue;
        TRY(ledger_page_add_bulk(&s->cx, rows, n));
        n = fill = 0;
    }
    return OK;
}

static STATUS read_run(struct scratch *s, int16_t shard, const struct ledger_run_row *run, struct pairs *ret)
{
    struct ledger_page_after_params p = { shard, run->level, run->run, -1, -1, INT32_MAX };
    struct ledger_page_after_cursor c DEFER(ledger_page_after_done) = { NULL };
    struct ledger_page_row row;
    bool more;

    ret->list = ARENA_ARRAY(s->cx.arena, struct pair, (size_t)run->pairs + PERSON_PAGE_PAIRS);
    ret->count = 0;
    TRY(ledger_page_after_each(&s->cx, &p, &c));
    for (;;) {
        size_t count;
        TRY(ledger_page_after_next(&c, &row, &more));
        if (!more)
            return OK;
        TRY(person_page_read(&row, run->run, ret->list + ret->count, &count));
        ret->count += count;
        if (ret->count > (size_t)run->pairs)
            return FAIL(CORRUPT);
    }
}

static struct pairs merge_two(struct arena *a, const struct pairs *x, const struct pairs *y)
{
    struct pairs out = { ARENA_ARRAY(a, struct pair, x->count + y->count + 1), x->count + y->count };
    size_t i = 0, k = 0;

    for (size_t n = 0; n < out.count; n++) {
        bool left = k == y->count || (i < x->count && by_person(&x->list[i], &y->list[k]) < 0);
        out.list[n] = left ? x->list[i++] : y->list[k++];
    }
    return out;
}

static STATUS merge_runs(struct ctx *cx, int16_t shard, const struct ledger_run_row *runs)
{
    struct scratch s DEFER(scratch_done);
    struct pairs part[MERGE_RUNS];
    struct ledger_run_add_params whole = { .shard = shard, .run = runs[0].run };

    scratch_begin(&s, cx);
    for (size_t i = 0; i < MERGE_RUNS; i++) {
        TRY(read_run(&s, shard, &runs[i], &part[i]));
        TRY(ledger_pages_drop(&s.cx, shard, runs[i].level, runs[i].run, NULL));
        TRY(ledger_run_drop(&s.cx, shard, runs[i].level, runs[i].run, NULL));
        whole.end_index = runs[i].end_index > whole.end_index ? runs[i].end_index : whole.end_index;
    }
    for (size_t step = 1; step < MERGE_RUNS; step *= 2)
        for (size_t i = 0; i < MERGE_RUNS; i += 2 * step)
            part[i] = merge_two(s.cx.arena, &part[i], &part[i + step]);
    whole.level = level_of(part[0].count);
    return write_run(&s, shard, whole, &part[0]);
}

/* Merges the lowest level that has eight runs; one merge a call, so that a step stays short. */
static STATUS merge_some(struct ctx *cx, int16_t shard)
{
    struct scratch s DEFER(scratch_done);
    struct ledger_run_row *runs;
    size_t count, first = 0;

    scratch_begin(&s, cx);
    TRY(ledger_runs(&s.cx, shard, &runs, &count));
    for (size_t i = 0; i < count && runs[i].level < LEVEL_TOP; i++) {
        if (runs[i].level != runs[first].level)
            first = i;
        if (i - first + 1 == MERGE_RUNS)
            return merge_runs(cx, shard, &runs[first]);
    }
    return OK;
}

/* ---- from the tree into the index */

struct take {
    struct pairs pairs;
    int64_t end; /* index behind the last entry taken */
};

static STATUS take_batch(const struct ledger_index_from_row *row, struct take *t)
{
    str rest = row->body;
    int64_t person;

    if (row->first_index != t->end || row->in_batch != row->entries || row->entries > BATCH_ENTRIES_MAX)
        return FAIL(CORRUPT);
    for (int32_t i = 0; i < row->entries; i++, t->end++) {
        TRY(record_next_person(&rest, &person));
        if (person != 0)
            t->pairs.list[t->pairs.count++] = (struct pair){ person, t->end };
    }
    return OK;
}

static STATUS take_entries(struct ctx *cx, int16_t shard, int64_t size, struct take *t)
{
    int64_t start = t->end, page_start;

    do {
        struct ledger_index_from_cursor c DEFER(ledger_index_from_done) = { NULL };
        struct ledger_index_from_row row;
        bool more;
        page_start = t->end;
        TRY(ledger_index_from_each(cx, shard, t->end, PAGE_ROWS, &c));
        while (t->end < size && t->end - start < TAKE_ENTRIES_MAX) {
            TRY(ledger_index_from_next(&c, &row, &more));
            if (!more)
                break;
            TRY(take_batch(&row, t));
        }
        if (t->end == page_start)
            return FAIL(CORRUPT);
    } while (t->end < size && t->end - start < TAKE_ENTRIES_MAX);
    return OK;
}

STATUS person_index(struct ctx *cx, int16_t shard, int64_t size, int64_t least, int64_t *ret_indexed)
{
    struct scratch s DEFER(scratch_done);
    struct ledger_state_get_row state;
    struct take t = { 0 };
    bool found;

    scratch_begin(&s, cx);
    *ret_indexed = 0;
    TRY(ledger_state_get(&s.cx, shard, &state, &found));
    if (!found || size - state.person_size < least || size == state.person_size)
        return OK;
    int64_t most = size - state.person_size < TAKE_ENTRIES_MAX ? size - state.person_size : TAKE_ENTRIES_MAX;
    t.end = state.person_size;
    t.pairs.list = ARENA_ARRAY(s.cx.arena, struct pair, (size_t)most + BATCH_ENTRIES_MAX);
    TRY(take_entries(&s.cx, shard, size, &t));
    qsort(t.pairs.list, t.pairs.count, sizeof *t.pairs.list, by_person);
    struct ledger_run_add_params run = { shard, level_of(t.pairs.count), state.person_size, t.end, 0 };
    if (t.pairs.count > 0)
        TRY(write_run(&s, shard, run, &t.pairs));
    *ret_indexed = t.end - state.person_size;
    TRY(ledger_state_indexed(&s.cx, shard, t.end, NULL));
    return merge_some(&s.cx, shard);
}

/* ---- forgetting */

static STATUS drop_from_run(struct scratch *s, int16_t shard, const struct ledger_run_row *run, struct pair gone, bool *ret_done)
{
    struct ledger_page_at_params at = { shard, run->level, run->run, gone.person, gone.index };
    struct pair pairs[PERSON_PAGE_PAIRS];
    struct ledger_page_row page;
    size_t count, kept = 0;
    char room[PAGE_BYTES];
    struct buf body = { room, 0, PAGE_BYTES, PAGE_BYTES, false };
    int64_t changed;
    bool found;

    *ret_done = false;
    TRY(ledger_page_at(&s->cx, &at, &page, &found));
    if (!found)
        return OK;
    TRY(person_page_read(&page, run->run, pairs, &count));
    for (size_t i = 0; i < count; i++)
        if (by_person(&pairs[i], &gone) != 0)
            pairs[kept++] = pairs[i];
    if (kept == count)
        return OK;
    MUST(write_page(pairs, kept, page.first_person, run->run, &body) == kept);
    struct ledger_page_replace_params p = { shard, run->level, run->run, page.first_person, page.first_entry, buf_str(&body) };
    TRY(ledger_page_replace(&s->cx, &p, &changed));
    *ret_done = true;
    return changed == 1 ? OK : FAIL(CORRUPT);
}

STATUS person_forget(struct ctx *cx, int16_t shard, int64_t person, int64_t index)
{
    struct scratch s DEFER(scratch_done);
    struct ledger_run_row *runs;
    size_t count;
    bool done = false;

    scratch_begin(&s, cx);
    TRY(ledger_runs(&s.cx, shard, &runs, &count));
    for (size_t i = 0; i < count && !done; i++)
        if (index >= runs[i].run && index < runs[i].end_index)
            TRY(drop_from_run(&s, shard, &runs[i], (struct pair){ person, index }, &done));
    return OK; /* not indexed yet: the indexer will meet the forgotten record */
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
    struct tape_record *list;
    count = tape_batches(&s->cx, streams, count, &list);
    for (size_t i = 0; i < count; i++) {
        struct place first = { LEDGER_PENDING, list[i].number, TAPE_WRITER, 0 };
        TRY(match_batch(s->cx.arena, list[i].body, list[i].entries, first, q->person.v, ret));
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

static int newest_run_first(const void *x, const void *y)
{
    const struct ledger_run_row *a = x, *b = y;

    return (a->end_index < b->end_index) - (a->end_index > b->end_index);
}

/* The newest entries of the person in one run, below `below`, at most q->limit. */
static STATUS find_in_run(struct scratch *s, const struct ledger_person_query *q, const struct ledger_run_row *run, int64_t below,
                          struct pairs *found)
{
    size_t most = found->count + q->limit;
    struct pair pairs[PERSON_PAGE_PAIRS];
    struct ledger_page_row page;
    size_t count;
    bool there;

    do {
        struct ledger_page_at_params at = { q->shard, run->level, run->run, q->person.v, below - 1 };
        TRY(ledger_page_at(&s->cx, &at, &page, &there));
        if (!there)
            return OK;
        TRY(person_page_read(&page, run->run, pairs, &count));
        for (; count > 0 && found->count < most; count--)
            if (pairs[count - 1].person == q->person.v && pairs[count - 1].index < below)
                found->list[found->count++] = pairs[count - 1];
        below = page.first_entry; /* the page before holds what is older, if it is of the same person at all */
    } while (page.first_person == q->person.v && found->count < most);
    return OK;
}

static int newest_pair_first(const void *x, const void *y)
{
    const struct pair *a = x, *b = y;

    return (a->index < b->index) - (a->index > b->index);
}

/* Newest first; the runs overlap only where a large one was made at once. */
static STATUS find_indexed(struct scratch *s, const struct ledger_person_query *q, int64_t below, struct pairs *ret)
{
    struct ledger_run_row *runs;
    size_t count;

    TRY(ledger_runs(&s->cx, q->shard, &runs, &count));
    if (count > 1)
        qsort(runs, count, sizeof *runs, newest_run_first);
    ret->list = ARENA_ARRAY(s->cx.arena, struct pair, 2 * q->limit);
    ret->count = 0;
    for (size_t i = 0; i < count; i++) {
        if (runs[i].run >= below)
            continue;
        if (ret->count == q->limit && ret->list[q->limit - 1].index >= runs[i].end_index)
            return OK;
        TRY(find_in_run(s, q, &runs[i], below, ret));
        qsort(ret->list, ret->count, sizeof *ret->list, newest_pair_first);
        ret->count = ret->count < q->limit ? ret->count : q->limit;
    }
    return OK;
}

static STATUS places_of(struct scratch *s, int16_t shard, const struct pairs *pairs, struct places *ret)
{
    for (size_t i = pairs->count; i > 0; i--) {
        struct place p;
        TRY(place_of_index(&s->cx, shard, pairs->list[i - 1].index, &p));
        places_add(s->cx.arena, ret, p);
    }
    return OK;
}

STATUS ledger_by_person(struct ctx *cx, const struct ledger_person_query *q, struct ledger_record **ret, size_t *ret_count)
{
    struct scratch s DEFER(scratch_done);
    struct places pending = { 0 }, tail = { 0 }, old = { 0 };
    struct ledger_state_get_row state = { 0 };
    struct pairs pairs;
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
    TRY(find_indexed(&s, q, q->before_index > 0 ? q->before_index : INT64_MAX, &pairs));
    TRY(places_of(&s, q->shard, &pairs, &old));
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
    qsort(*ret, *ret_count, sizeof **ret, record_newest_first);
    if (*ret_count > q->limit)
        *ret_count = q->limit;
    return OK;
}
