/* Appending: all entries of a transaction become one row (one more for each further 256), in that transaction. The row's
 * number comes from the stream of the writing thread, by one UPDATE that holds the stream's row until commit: numbers of a
 * stream are without gaps and become visible in order, whatever the isolation level, and a rolled-back transaction gives
 * its number back. SQLite has one writer, hence one stream; on PostgreSQL each thread takes its own, so that they do not
 * wait for each other. Two threads that meet in one stream only queue.
 *
 * Entries of what was only read need no transaction on SQLite: they are durable on the tape, each group under the number of
 * the row that it will be in the tape's own stream. The sequencer's lane moves them over; until then readers of the same
 * process find them on the tape.
 *
 * tested by: src/ledger/test/ledger_test.c */
#include "ledger/inside.h"
#include <stdatomic.h>

enum { STREAMS = 1024, TAPE_STEP_ROWS = 4096 };

static atomic_uint threads_seen;
static atomic_uint process_base;
static _Thread_local int32_t own_stream;

/* 1 … STREAMS on PostgreSQL. Processes start at random places, so that they seldom meet. */
static int32_t stream_of_thread(void)
{
    if (own_stream == 0) {
        unsigned none = 0, base = (unsigned)(random_u64() % STREAMS) + 1;
        atomic_compare_exchange_strong(&process_base, &none, base);
        own_stream = (int32_t)((atomic_load(&process_base) + atomic_fetch_add(&threads_seen, 1)) % STREAMS) + 1;
    }
    return own_stream;
}

static STATUS check(const struct ledger_entry *entries, size_t count)
{
    if (count > LEDGER_GROUP_MAX)
        return FAIL_AT(VALUE_RANGE, STR("ledger_entries"));
    for (size_t i = 0; i < count; i++) {
        MUST(entries[i].shard == entries[0].shard);
        TRY(entry_check(&entries[i]));
    }
    return OK;
}

/* The entries as rows, of which number and writer are still to be given. */
static STATUS make_rows(struct arena *a, const struct ledger_entry *entries, size_t count, struct buf *body, struct tape_record **ret)
{
    size_t batches = (count + BATCH_ENTRIES_MAX - 1) / BATCH_ENTRIES_MAX;

    TRY(check(entries, count));
    *ret = ARENA_ARRAY(a, struct tape_record, batches);
    for (size_t b = 0; b < batches; b++) {
        size_t first = b * BATCH_ENTRIES_MAX, end = first + BATCH_ENTRIES_MAX < count ? first + BATCH_ENTRIES_MAX : count;
        size_t start = body->len;
        for (size_t i = first; i < end; i++)
            entry_write(&entries[i], body);
        (*ret)[b] = (struct tape_record){ 0, (int32_t)(end - first), { NULL, body->len - start } };
    }
    TRY(buf_check(body));
    /* The buffer does not move any more: only now can the rows point into it. */
    for (size_t b = 0, at = 0; b < batches; at += (*ret)[b++].body.len)
        (*ret)[b].body.ptr = body->ptr + at;
    return OK;
}

/* Into the stream of `writer`; *ret_last: the number of the last row. */
static STATUS add_rows(struct ctx *cx, int16_t shard, int32_t writer, const struct tape_record *list, size_t count, int64_t *ret_last)
{
    struct ledger_batch_add_params *rows = ARENA_ARRAY(cx->arena, struct ledger_batch_add_params, count);
    struct ledger_stream_advance_row stream;
    bool found;

    TRY(ledger_stream_advance(cx, shard, writer, (int64_t)count, &stream, &found));
    MUST(found);
    for (size_t b = 0; b < count; b++)
        rows[b] = (struct ledger_batch_add_params){ shard, writer, stream.seq - (int64_t)(count - 1 - b), list[b].entries, list[b].body };
    *ret_last = stream.seq;
    return ledger_batch_add_bulk(cx, rows, count);
}

STATUS ledger_append(struct ctx *cx, const struct ledger_entry *entries, size_t count)
{
    struct buf body DEFER(buf_done);
    struct tape_record *rows;
    int64_t last;

    buf_init(&body, count * RECORD_BYTES_MAX);
    if (count == 0)
        return OK;
    TRY(make_rows(cx->arena, entries, count, &body, &rows));
    int32_t writer = store_engine(tx_store(cx->tx)) == STORE_SQLITE ? 0 : stream_of_thread();
    return add_rows(cx, entries[0].shard, writer, rows, (count + BATCH_ENTRIES_MAX - 1) / BATCH_ENTRIES_MAX, &last);
}

/* ---- the tape */

static int64_t seq_among(const struct ledger_streams_row *streams, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (streams[i].writer == TAPE_WRITER)
            return streams[i].seq;
    return 0;
}

size_t tape_batches(struct ctx *cx, const struct ledger_streams_row *streams, size_t count, struct tape_record **ret)
{
    struct tape *t = tape_of(tx_store(cx->tx));

    *ret = NULL;
    return t ? tape_waiting(t, cx->arena, seq_among(streams, count), SIZE_MAX, ret) : 0;
}

static STATUS stored_seq(struct ctx *cx, int16_t shard, int64_t *ret)
{
    struct ledger_streams_row *streams;
    size_t count;

    TRY(ledger_streams(cx, shard, &streams, &count));
    *ret = seq_among(streams, count);
    return OK;
}

STATUS ledger_tape_open(struct ctx *cx, int16_t shard, struct tape **ret)
{
    int64_t seq;

    *ret = NULL;
    MUST(store_engine(tx_store(cx->tx)) == STORE_SQLITE);
    TRY(stored_seq(cx, shard, &seq));
    return tape_open(tx_store(cx->tx), seq, ret);
}

static STATUS make_tape_rows(struct arena *a, const struct ledger_entry *entries, size_t count, struct buf *body, struct tape_record **ret)
{
    for (size_t i = 0; i < count; i++)
        if (entries[i].kind != LEDGER_DISCLOSURE)
            return FAIL(INTERNAL);
    return make_rows(a, entries, count, body, ret);
}

STATUS ledger_tape_add(struct arena *a, struct tape *t, const struct ledger_entry *entries, size_t count)
{
    struct buf body DEFER(buf_done);
    struct tape_record *rows;

    buf_init(&body, count * RECORD_BYTES_MAX);
    if (count == 0)
        return OK;
    TRY(make_tape_rows(a, entries, count, &body, &rows));
    return tape_add(t, rows, (count + BATCH_ENTRIES_MAX - 1) / BATCH_ENTRIES_MAX);
}

STATUS ledger_tape_post(struct arena *a, struct tape *t, const struct ledger_entry *entries, size_t count, struct tape_post *p)
{
    struct buf body DEFER(buf_done);
    struct tape_record *rows;

    buf_init(&body, count * RECORD_BYTES_MAX);
    MUST(count > 0);
    TRY(make_tape_rows(a, entries, count, &body, &rows));
    tape_post(t, p, rows, (count + BATCH_ENTRIES_MAX - 1) / BATCH_ENTRIES_MAX);
    return OK;
}

STATUS ledger_tape_store(struct ctx *cx, int16_t shard)
{
    struct scratch s DEFER(scratch_done);
    struct tape *t = tape_of(tx_store(cx->tx));
    struct tape_record *list;
    int64_t seq, last;

    scratch_begin(&s, cx);
    if (!t)
        return OK;
    TRY(stored_seq(&s.cx, shard, &seq));
    tape_settle(t, seq); /* read before anything is written in this transaction, so it is committed */
    size_t n = tape_waiting(t, s.cx.arena, seq, TAPE_STEP_ROWS, &list);
    if (n == 0)
        return OK;
    TRY(add_rows(&s.cx, shard, TAPE_WRITER, list, n, &last));
    return last == list[n - 1].number ? OK : FAIL(CORRUPT);
}
