/* Reading entries back by index or place, serving tiles and bundles, and forgetting. What leaves here to the public
 * (tiles, bundles) holds hashes and commitments only.
 *
 * tested by: src/ledger/test/ledger_test.c */
#include "ledger/inside.h"
#include <stdlib.h>
#include <string.h>

void places_add(struct arena *a, struct places *p, struct place place)
{
    if (p->count == p->cap) {
        size_t cap = p->cap ? p->cap * 2 : 64;
        struct place *list = ARENA_ARRAY(a, struct place, cap);
        if (p->count > 0)
            memcpy(list, p->list, p->count * sizeof *list);
        p->list = list;
        p->cap = cap;
    }
    p->list[p->count++] = place;
}

STATUS place_of_index(struct ctx *cx, int16_t shard, int64_t index, struct place *ret)
{
    struct ledger_index_row row;
    bool found;

    if (index < 0)
        return FAIL(ENTRY_MISSING);
    TRY(ledger_index_at(cx, shard, index, &row, &found));
    if (!found || index >= row.first_index + row.entries)
        return FAIL(ENTRY_MISSING);
    *ret = (struct place){ index, row.seq, row.writer, (int32_t)(index - row.first_index) };
    return OK;
}

static void keep_texts(struct arena *a, struct ledger_entry *e)
{
    e->operation = arena_str(a, e->operation);
    e->organisation = arena_str(a, e->organisation);
    e->purpose_kind = arena_str(a, e->purpose_kind);
    e->purpose_reference = arena_str(a, e->purpose_reference);
}

static STATUS record_at(str body, int32_t ordinal, struct record *ret)
{
    str rest = body;

    for (int32_t i = 0; i <= ordinal; i++)
        TRY(record_next(&rest, ret));
    return OK;
}

/* From the table, or while it is not there from the tape. */
static STATUS batch_get(struct ctx *cx, int16_t shard, const struct place *p, struct ledger_batch_get_row *ret, bool *ret_found)
{
    struct tape *t = tape_of(tx_store(cx->tx));
    struct tape_record *list;

    TRY(ledger_batch_get(cx, shard, p->writer, p->seq, ret, ret_found));
    if (*ret_found || !t || p->writer != TAPE_WRITER)
        return OK;
    *ret_found = tape_waiting(t, cx->arena, p->seq - 1, 1, &list) == 1 && list->number == p->seq;
    if (*ret_found)
        *ret = (struct ledger_batch_get_row){ .entries = list->entries, .body = list->body };
    return OK;
}

STATUS place_fetch(struct ctx *cx, int16_t shard, const struct place *places, size_t count, struct ledger_record *ret)
{
    struct scratch s DEFER(scratch_done);
    struct ledger_batch_get_row batch = { 0 };
    const struct place *held = NULL;

    scratch_begin(&s, cx);
    for (size_t i = 0; i < count; i++) {
        const struct place *p = &places[i];
        struct record record;
        bool found = true;
        if (!held || held->writer != p->writer || held->seq != p->seq) {
            scratch_reset(&s);
            TRY(batch_get(&s.cx, shard, p, &batch, &found));
            held = p;
        }
        if (!found || p->ordinal >= batch.entries)
            return FAIL(CORRUPT);
        TRY(record_at(batch.body, p->ordinal, &record));
        ret[i] = (struct ledger_record){ .index = p->index, .forgotten = record.forgotten };
        memcpy(ret[i].commitment, record.commitment.b, SHA256_BYTES);
        TRY(entry_read(&record, &ret[i].entry));
        ret[i].entry.shard = shard;
        keep_texts(cx->arena, &ret[i].entry);
    }
    return OK;
}

STATUS ledger_entry_at(struct ctx *cx, int16_t shard, int64_t index, struct ledger_record *ret)
{
    struct place p;

    TRY(place_of_index(cx, shard, index, &p));
    return place_fetch(cx, shard, &p, 1, ret);
}

static void places_of_batch(struct arena *a, struct places *ret, int32_t writer, int64_t seq, int32_t entries)
{
    for (int32_t n = 0; n < entries; n++)
        places_add(a, ret, (struct place){ LEDGER_PENDING, seq, writer, n });
}

/* Pending entries of all streams, newest of each stream last; those of the tape are the newest. */
static STATUS pending_places(struct ctx *cx, struct scratch *s, int16_t shard, struct places *ret)
{
    struct ledger_streams_row *streams;
    size_t count;

    TRY(ledger_streams(&s->cx, shard, &streams, &count));
    for (size_t i = 0; i < count; i++) {
        struct ledger_batch_after_cursor c DEFER(ledger_batch_after_done) = { NULL };
        struct ledger_batch_after_row row;
        bool more;
        TRY(ledger_batch_after_each(cx, shard, streams[i].writer, streams[i].taken, INT32_MAX, &c));
        for (;;) {
            TRY(ledger_batch_after_next(&c, &row, &more));
            if (!more)
                break;
            places_of_batch(s->cx.arena, ret, streams[i].writer, row.seq, row.entries);
        }
    }
    struct tape_record *list;
    count = tape_batches(&s->cx, streams, count, &list);
    for (size_t i = 0; i < count; i++)
        places_of_batch(s->cx.arena, ret, TAPE_WRITER, list[i].number, list[i].entries);
    return OK;
}

int record_newest_first(const void *x, const void *y)
{
    const struct ledger_record *a = x, *b = y;
    uint64_t i = (uint64_t)a->index, j = (uint64_t)b->index; /* pending: the greatest */

    if (i != j)
        return i > j ? -1 : 1;
    return (a->entry.time_us < b->entry.time_us) - (a->entry.time_us > b->entry.time_us);
}

STATUS ledger_latest(struct ctx *cx, int16_t shard, size_t limit, struct ledger_record **ret, size_t *ret_count)
{
    struct scratch s DEFER(scratch_done);
    struct ledger_index_row *rows;
    struct places all = { 0 };
    struct place *newest;
    size_t count, n = 0;

    scratch_begin(&s, cx);
    MUST(limit >= 1 && limit <= 1000);
    newest = ARENA_ARRAY(s.cx.arena, struct place, limit);
    TRY(pending_places(cx, &s, shard, &all));
    while (n < limit && all.count > 0)
        newest[n++] = all.list[--all.count];
    TRY(ledger_index_below(&s.cx, shard, INT64_MAX, (int64_t)limit, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        for (int32_t k = rows[i].entries; k > 0 && n < limit; k--)
            newest[n++] = (struct place){ rows[i].first_index + k - 1, rows[i].seq, rows[i].writer, k - 1 };
    }
    *ret = ARENA_ARRAY(cx->arena, struct ledger_record, n > 0 ? n : 1);
    *ret_count = n;
    TRY(place_fetch(cx, shard, newest, n, *ret));
    qsort(*ret, n, sizeof **ret, record_newest_first);
    return OK;
}

STATUS ledger_forget(struct ctx *cx, int16_t shard, int64_t index)
{
    struct buf body DEFER(buf_done);
    struct ledger_batch_get_row batch;
    struct record record;
    struct place p;
    int64_t changed, person = 0;
    bool found;
    str rest, person_rest;

    buf_init(&body, BATCH_BYTES_MAX);
    /* Not while the sequencer copies the person into its index. */
    TRY(ledger_state_hold(cx, shard, &changed));
    TRY(place_of_index(cx, shard, index, &p));
    TRY(ledger_batch_get(cx, shard, p.writer, p.seq, &batch, &found));
    if (!found || p.ordinal >= batch.entries)
        return FAIL(CORRUPT);
    rest = person_rest = batch.body;
    for (int32_t i = 0; i < batch.entries; i++) {
        int64_t this_person;
        TRY(record_next(&rest, &record));
        TRY(record_next_person(&person_rest, &this_person));
        if (i != p.ordinal) {
            buf_add(&body, record.whole);
            continue;
        }
        record_write_forgotten(&record.commitment, &body);
        person = this_person;
    }
    TRY(buf_check(&body));
    TRY(ledger_batch_replace(cx, shard, p.writer, p.seq, buf_str(&body), &changed));
    if (changed != 1)
        return FAIL(CORRUPT);
    return person_forget(cx, shard, person, index);
}

static STATUS serve_bundle(struct ctx *cx, int16_t shard, const struct tile_path *p, struct buf *out)
{
    struct scratch s DEFER(scratch_done);
    int64_t at = (int64_t)p->index * TILE_WIDTH, end = at + p->width;

    scratch_begin(&s, cx);
    while (at < end) {
        struct ledger_batch_get_row batch;
        struct record record;
        struct place place;
        bool found;
        scratch_reset(&s);
        TRY(place_of_index(&s.cx, shard, at, &place));
        TRY(ledger_batch_get(&s.cx, shard, place.writer, place.seq, &batch, &found));
        if (!found)
            return FAIL(CORRUPT);
        str rest = batch.body;
        for (int32_t i = 0; i < batch.entries && at < end; i++) {
            TRY(record_next(&rest, &record));
            if (i < place.ordinal)
                continue;
            buf_bytes(out, "\x00\x20", 2); /* length of the entry, big endian */
            buf_bytes(out, record.commitment.b, SHA256_BYTES);
            at++;
        }
    }
    return buf_check(out);
}

STATUS ledger_tile_read(struct ctx *cx, int16_t shard, str path, struct buf *out)
{
    struct ledger_checkpoint last;
    const struct tree_slot *slot;
    struct tile_path p;

    TRY(ledger_checkpoint_last(cx, shard, &last));
    if (str_eq(path, STR("checkpoint"))) {
        if (str_is_empty(last.note))
            return FAIL(ENTRY_MISSING);
        buf_add(out, last.note);
        return buf_check(out);
    }
    TRY(tile_path_parse(path, &p));
    if (p.index > INT64_MAX / TILE_WIDTH || p.width > tile_width_at(p.level, p.index, (uint64_t)last.size))
        return FAIL(ENTRY_MISSING);
    if (p.level == TILE_ENTRIES)
        return serve_bundle(cx, shard, &p, out);
    TRY(tree_tile(tree_open(cx, shard), p.level, (int64_t)p.index, p.width, &slot));
    buf_bytes(out, slot->hash, (size_t)p.width * SHA256_BYTES);
    return buf_check(out);
}
