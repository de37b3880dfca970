/* Appending: all entries of a transaction become one row (one more for each further 256), in that transaction. The row's
 * number comes from the stream of the writing thread, by one UPDATE that holds the stream's row until commit: numbers of a
 * stream are without gaps and become visible in order, whatever the isolation level, and a rolled-back transaction gives
 * its number back. SQLite has one writer, hence one stream; on PostgreSQL each thread takes its own, so that they do not
 * wait for each other. Two threads that meet in one stream only queue.
 *
 * tested by: src/ledger/test/ledger_test.c */
#include "ledger/inside.h"
#include <stdatomic.h>

enum { STREAMS = 1024 };

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

STATUS ledger_append(struct ctx *cx, const struct ledger_entry *entries, size_t count)
{
    struct buf body DEFER(buf_done);
    struct ledger_batch_add_params *rows;
    struct ledger_stream_advance_row stream;
    size_t batches = (count + BATCH_ENTRIES_MAX - 1) / BATCH_ENTRIES_MAX;
    bool found;

    buf_init(&body, count * RECORD_BYTES_MAX);
    if (count == 0)
        return OK;
    TRY(check(entries, count));
    int16_t shard = entries[0].shard;
    int32_t writer = store_engine(tx_store(cx->tx)) == STORE_SQLITE ? 0 : stream_of_thread();
    TRY(ledger_stream_advance(cx, shard, writer, (int64_t)batches, &stream, &found));
    MUST(found);
    rows = ARENA_ARRAY(cx->arena, struct ledger_batch_add_params, batches);
    for (size_t b = 0; b < batches; b++) {
        size_t first = b * BATCH_ENTRIES_MAX, end = first + BATCH_ENTRIES_MAX < count ? first + BATCH_ENTRIES_MAX : count;
        size_t start = body.len;
        for (size_t i = first; i < end; i++)
            entry_write(&entries[i], &body);
        rows[b] = (struct ledger_batch_add_params){ shard, writer, stream.seq - (int64_t)(batches - 1 - b), (int32_t)(end - first),
                                                    { NULL, body.len - start } };
    }
    TRY(buf_check(&body));
    /* The buffer does not move any more: only now can the rows point into it. */
    for (size_t b = 0, at = 0; b < batches; at += rows[b++].body.len)
        rows[b].body.ptr = body.ptr + at;
    return ledger_batch_add_bulk(cx, rows, batches);
}
