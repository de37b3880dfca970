/* The sequencer: gives entries their index, hashes them into tiles, signs a checkpoint; all in one transaction, so that
 * after any fault either nothing of a step is there or everything.
 *
 * Order. On PostgreSQL transactions do not commit in the order in which they took a number, so no global counter or clock
 * may serve as a cursor: a row with a smaller number could become visible after the cursor has passed. Here every writing
 * thread has its own stream, whose row it holds from taking a number to commit. So what is visible of a stream is always
 * a prefix without gaps, and a cursor for each stream misses nothing, without a safety window or a guess about clocks. A
 * gap means that somebody removed a row: nothing is sequenced or signed then.
 *
 * One sequencer: the lease row is compared and set in the same transaction; a holder that lost its lease cannot commit.
 *
 * Never signed: a tree whose stored right edge does not hash to the last checkpoint, a last checkpoint that we did not
 * sign, a tree smaller than one this process has seen, tiles that do not read back as they were computed.
 *
 * tested by: src/ledger/test/sequence_test.c */
#include "ledger/inside.h"
#include <stdlib.h>
#include <string.h>

enum { STEP_ENTRIES_MAX = 200000, STEP_ROWS_MAX = 8192, TILE_CHUNK = 256 };
#define MINUTE_US ((int64_t)60 * 1000000)

struct agreement_day {
    int32_t day;
    str agreement;
    int64_t entries;
};

/* One step of the sequencer. */
struct step {
    struct scratch scratch; /* lives through the step */
    struct ledger *ledger;
    bool committed; /* what is stored was committed before this transaction */
    struct ledger_checkpoint_row last;
    struct merkle_range range;
    uint64_t size_old;
    struct merkle_hash *leaves;
    size_t leaf_count, leaf_cap;
    struct ledger_index_add_params *index;
    size_t index_count;
    struct table counts; /* "yyyymmdd agreement" → struct agreement_day */
    struct agreement_day **count_list;
    size_t count_count, count_cap;
};

STATUS ledger_open(const struct ledger_options *options, struct ledger **ret)
{
    struct ledger *l = calloc(1, sizeof *l);
    status st;

    MUST(l != NULL);
    l->origin = calloc(1, options->origin.len + 1);
    MUST(l->origin != NULL);
    if (options->origin.len > 0)
        memcpy(l->origin, options->origin.ptr, options->origin.len);
    l->shard = options->shard;
    l->key = options->key;
    l->lease_us = options->lease_us > 0 ? options->lease_us : 10 * 1000000;
    l->index_run_min = options->index_run_min > 0 ? options->index_run_min : 2000;
    l->step_entries_max = options->step_entries_max > 0 && options->step_entries_max < STEP_ENTRIES_MAX ? options->step_entries_max
                                                                                                        : STEP_ENTRIES_MAX;
    l->holder = (int64_t)(random_u64() >> 1 | 1);
    st = note_verifier_make(str_of(l->origin), NOTE_ED25519, l->key.public_key, &l->verifier);
    if (status_ok(st))
        st = memory_open(l, options->memory_path);
    if (!status_ok(st)) {
        ledger_close(l);
        return st;
    }
    *ret = l;
    return OK;
}

void ledger_close(struct ledger *l)
{
    if (!l)
        return;
    sign_key_done(&l->key);
    free(l->memory_path);
    free(l->origin);
    free(l);
}

void ledger_name(const struct ledger *l, str *ret_origin, uint8_t ret_public_key[static SIGN_PUBLIC_BYTES])
{
    *ret_origin = str_of(l->origin);
    memcpy(ret_public_key, l->key.public_key, SIGN_PUBLIC_BYTES);
}

str ledger_verifier(const struct ledger *l, struct arena *a)
{
    return note_verifier_text(a, &l->verifier);
}

STATUS sequence_lease(struct ctx *cx, struct ledger *l, bool *ret_held)
{
    struct ledger_state_get_row state;
    int64_t changed, now = clock_now_us();
    bool found;

    *ret_held = false;
    TRY(ledger_state_get(cx, l->shard, &state, &found));
    if (!found) {
        TRY(ledger_state_make(cx, l->shard, &changed));
        TRY(ledger_state_get(cx, l->shard, &state, &found));
        MUST(found);
    }
    if (state.holder != l->holder && state.until_us > now)
        return OK;
    struct ledger_state_lease_params p = {
        .shard = l->shard,
        .holder = l->holder,
        .token = state.token + (state.holder == l->holder ? 0 : 1),
        .until_us = now + l->lease_us > state.until_us ? now + l->lease_us : state.until_us + 1,
        .seen_token = state.token,
        .seen_until_us = state.until_us,
    };
    TRY(ledger_state_lease(cx, &p, &changed));
    *ret_held = changed == 1;
    return OK;
}

STATUS ledger_release(struct ctx *cx, struct ledger *l)
{
    struct ledger_state_get_row state;
    int64_t changed;
    bool found;

    TRY(ledger_state_get(cx, l->shard, &state, &found));
    if (!found || state.holder != l->holder)
        return OK;
    struct ledger_state_lease_params p = {
        .shard = l->shard,
        .token = state.token + 1,
        .seen_token = state.token,
        .seen_until_us = state.until_us,
    };
    return ledger_state_lease(cx, &p, &changed);
}

/* ---- what is there */

static status forked(const char *why)
{
    status st = FAIL(LEDGER_FORKED);

    fault_detail("%s", why);
    return st;
}

static STATUS check_signature(struct step *s)
{
    struct ledger_checkpoint c;
    struct ledger *l = s->ledger;

    if (!status_ok(ledger_checkpoint_check(s->scratch.cx.arena, s->last.note, str_of(l->origin), l->key.public_key, &c)))
        return forked("the last checkpoint does not bear our signature");
    if (c.size != s->last.size || !str_eq((str){ (const char *)c.root, SHA256_BYTES }, s->last.root))
        return forked("the last checkpoint's row differs from its text");
    return OK;
}

/* The tree that this process saw last must be a beginning of the one that is there. */
static STATUS check_seen(struct step *s, struct tree *t)
{
    struct ledger *l = s->ledger;
    struct merkle_source source = tree_source(t);
    struct merkle_proof p;

    if (s->last.size < l->seen_size)
        return forked("the log is shorter than it was");
    if (l->seen_size > 0) {
        TRY(merkle_prove(&source, 0, (uint64_t)l->seen_size, (uint64_t)s->last.size, &p));
        if (!status_ok(merkle_check_consistency((uint64_t)l->seen_size, (uint64_t)s->last.size, &p, merkle_str(&l->seen_root), s->last.root)))
            return forked("the log does not contain the tree that was here before");
    }
    l->seen_size = s->last.size;
    memcpy(l->seen_root.b, s->last.root.ptr, SHA256_BYTES);
    memory_write(l, s->last.note);
    return OK;
}

/* Rebuilds the right edge from the stored tiles and holds it against the last checkpoint. */
static STATUS load_edge(struct step *s)
{
    struct tree *t = tree_open(&s->scratch.cx, s->ledger->shard);
    struct merkle_source source = tree_source(t);
    struct merkle_hash root;
    uint64_t at = 0;
    bool found;

    TRY(tree_checkpoint(&s->scratch.cx, s->ledger->shard, &s->last, &found));
    s->size_old = (uint64_t)s->last.size;
    merkle_range_init(&s->range);
    if (!found)
        return s->ledger->seen_size > 0 ? forked("the log is gone") : OK;
    TRY(check_signature(s));
    for (int level = 62; level >= 0; level--) {
        struct merkle_hash h;
        if (!(s->size_old >> level & 1))
            continue;
        TRY(source.node(source.with, level, at >> level, &h));
        merkle_range_add_subtree(&s->range, level, &h);
        at += (uint64_t)1 << level;
    }
    merkle_range_root(&s->range, &root);
    if (!str_eq(merkle_str(&root), s->last.root))
        return forked("the stored tiles do not hash to the last checkpoint");
    return s->committed ? check_seen(s, t) : OK;
}

/* ---- taking batches */

static void count_agreement(struct step *s, const struct ledger_entry *e)
{
    struct arena *a = s->scratch.cx.arena;
    struct agreement_day *held;
    char room[COUNT_KEY_BYTES];
    str key = entry_count_key(e, room);

    if (e->kind == LEDGER_COUNT || str_is_empty(key))
        return;
    held = table_get(&s->counts, key);
    if (!held) {
        held = ARENA_NEW(a, struct agreement_day);
        key = arena_str(a, key);
        held->day = day_of_us(e->time_us).ymd;
        held->agreement = str_from(key, 8);
        table_set(&s->counts, key, held);
        if (s->count_count == s->count_cap) {
            s->count_cap = s->count_cap ? s->count_cap * 2 : 16;
            struct agreement_day **list = ARENA_ARRAY(a, struct agreement_day *, s->count_cap);
            if (s->count_count > 0)
                memcpy(list, s->count_list, s->count_count * sizeof *list);
            s->count_list = list;
        }
        s->count_list[s->count_count++] = held;
    }
    held->entries++;
}

static void add_leaf(struct step *s, const struct merkle_hash *leaf)
{
    MUST(s->leaf_count < s->leaf_cap);
    s->leaves[s->leaf_count++] = *leaf;
    merkle_range_add(&s->range, leaf);
}

static STATUS take_batch(struct step *s, int32_t writer, const struct ledger_batch_after_row *row)
{
    str rest = row->body;
    int16_t shard = s->ledger->shard;

    if (row->entries < 1 || row->entries > BATCH_ENTRIES_MAX)
        return FAIL(CORRUPT);
    s->index[s->index_count++] = (struct ledger_index_add_params){ shard, (int64_t)s->range.size, writer, row->seq, row->entries };
    for (int32_t i = 0; i < row->entries; i++) {
        struct record record;
        struct ledger_entry e;
        struct merkle_hash leaf;
        TRY(record_next(&rest, &record));
        TRY(entry_read(&record, &e));
        merkle_leaf(merkle_str(&record.commitment), &leaf);
        add_leaf(s, &leaf);
        count_agreement(s, &e);
    }
    return rest.len == 0 ? OK : FAIL(CORRUPT);
}

static STATUS take_stream(struct step *s, const struct ledger_streams_row *stream)
{
    struct ledger_batch_after_cursor c DEFER(ledger_batch_after_done) = { NULL };
    struct ledger_batch_after_row row;
    int64_t taken = stream->taken, changed;
    bool more;

    TRY(ledger_batch_after_each(&s->scratch.cx, s->ledger->shard, stream->writer, taken, STEP_ROWS_MAX, &c));
    while (taken < stream->seq && s->leaf_count < s->ledger->step_entries_max && s->index_count < STEP_ROWS_MAX) {
        TRY(ledger_batch_after_next(&c, &row, &more));
        if (!more || row.seq != taken + 1)
            return forked("a batch is missing from its stream");
        TRY(take_batch(s, stream->writer, &row));
        taken++;
    }
    ledger_batch_after_done(&c);
    c.rows = NULL;
    return ledger_cursor_set(&s->scratch.cx, s->ledger->shard, stream->writer, taken, &changed);
}

/* Room for what is pending, and no more than a step takes. */
static void make_room(struct step *s, const struct ledger_streams_row *streams, size_t count)
{
    size_t batches = 0, most = s->ledger->step_entries_max + BATCH_ENTRIES_MAX;

    for (size_t i = 0; i < count; i++)
        batches += (size_t)(streams[i].seq - streams[i].taken);
    batches = batches < STEP_ROWS_MAX ? batches : STEP_ROWS_MAX;
    s->leaf_cap = batches * BATCH_ENTRIES_MAX < most ? batches * BATCH_ENTRIES_MAX : most;
    s->leaves = ARENA_ARRAY(s->scratch.cx.arena, struct merkle_hash, s->leaf_cap + 1);
    s->index = ARENA_ARRAY(s->scratch.cx.arena, struct ledger_index_add_params, batches + 1);
}

static STATUS take_all(struct step *s)
{
    struct ledger_streams_row *streams;
    size_t count;

    TRY(ledger_streams(&s->scratch.cx, s->ledger->shard, &streams, &count));
    for (size_t i = 0; i < count; i++)
        if (streams[i].seq < streams[i].taken)
            return forked("a stream was set back");
    make_room(s, streams, count);
    for (size_t i = 0; i < count && s->leaf_count < s->ledger->step_entries_max && s->index_count < STEP_ROWS_MAX; i++)
        if (streams[i].seq > streams[i].taken)
            TRY(take_stream(s, &streams[i]));
    return OK;
}

/* ---- tiles */

/* Hashes [first, first + count) of a level, `first` being where the stored level ends. */
struct level_run {
    int level;
    uint64_t first;
    struct merkle_hash *hashes;
    size_t count;
};

static STATUS put_tiles(struct step *s, const struct level_run *run, uint64_t start, const struct merkle_hash *from)
{
    struct ledger_tile_put_params rows[TILE_CHUNK];
    uint64_t end = run->first + run->count;
    size_t n = 0;

    for (uint64_t at = start; at < end; at += TILE_WIDTH) {
        int32_t width = end - at < TILE_WIDTH ? (int32_t)(end - at) : TILE_WIDTH;
        rows[n++] = (struct ledger_tile_put_params){ s->ledger->shard, (int16_t)run->level, (int64_t)(at / TILE_WIDTH), width,
                                                     { (const char *)from[at - start].b, (size_t)width * SHA256_BYTES } };
        if (n == TILE_CHUNK || at + TILE_WIDTH >= end) {
            TRY(ledger_tile_put_bulk(&s->scratch.cx, rows, n));
            n = 0;
        }
    }
    return OK;
}

/* Writes the tiles that the run touches and turns it into the run of the next level: the roots of those now full. */
static STATUS write_level(struct step *s, struct level_run *run)
{
    struct arena *a = s->scratch.cx.arena;
    size_t before = (size_t)(run->first % TILE_WIDTH), total = before + run->count;
    struct merkle_hash *row = ARENA_ARRAY(a, struct merkle_hash, total), *up;
    const struct tree_slot *slot;

    if (before > 0) {
        TRY(tree_tile(tree_open(&s->scratch.cx, s->ledger->shard), run->level, (int64_t)(run->first / TILE_WIDTH), (int)before, &slot));
        if (slot->width != (int)before)
            return forked("a tile is wider than the tree");
        memcpy(row, slot->hash, before * sizeof *row);
    }
    memcpy(row + before, run->hashes, run->count * sizeof *row);
    TRY(put_tiles(s, run, run->first - before, row));
    up = ARENA_ARRAY(a, struct merkle_hash, total / TILE_WIDTH + 1);
    for (size_t i = 0; i < total / TILE_WIDTH; i++)
        tile_subtree(row + i * TILE_WIDTH, TILE_BITS, &up[i]);
    *run = (struct level_run){ run->level + 1, run->first / TILE_WIDTH, up, total / TILE_WIDTH };
    return OK;
}

/* Reads each touched tile back, hashes it again and holds it against its parent's entry as stored. */
static STATUS reread_level(struct step *s, int level, uint64_t size_new)
{
    struct scratch own DEFER(scratch_done);
    uint64_t first = (s->size_old >> level * TILE_BITS) / TILE_WIDTH, hashes = size_new >> level * TILE_BITS;
    struct tree *t;

    scratch_begin(&own, &s->scratch.cx);
    t = tree_open(&own.cx, s->ledger->shard);
    for (uint64_t place = first; place * TILE_WIDTH < hashes; place++) {
        int width = tile_width_at(level, place, size_new);
        const struct tree_slot *slot, *parent;
        struct merkle_hash root;
        TRY(tree_tile(t, level, (int64_t)place, width, &slot));
        if (slot->width != width)
            return forked("a tile did not read back as written");
        if (width < TILE_WIDTH)
            continue;
        tile_subtree(slot->hash, TILE_BITS, &root);
        TRY(tree_tile(t, level + 1, (int64_t)(place / TILE_WIDTH), (int)(place % TILE_WIDTH) + 1, &parent));
        if (memcmp(parent->hash[place % TILE_WIDTH].b, root.b, SHA256_BYTES) != 0)
            return forked("a tile did not read back as written");
    }
    return OK;
}

static STATUS write_tiles(struct step *s)
{
    struct level_run run = { 0, s->size_old, s->leaves, s->leaf_count };
    int levels = 0;

    for (; run.count > 0; levels++)
        TRY(write_level(s, &run));
    for (int level = 0; level < levels; level++)
        TRY(reread_level(s, level, s->range.size));
    return OK;
}

/* ---- signing */

/* The stored tree must hash to what was computed leaf by leaf, and must extend the last signed one. */
static STATUS check_tree(struct step *s, const struct merkle_hash *root)
{
    struct merkle_source source = tree_source(tree_open(&s->scratch.cx, s->ledger->shard));
    struct merkle_hash stored;
    struct merkle_proof p;

    TRY(merkle_root_of(&source, 0, s->range.size, &stored));
    if (!str_eq(merkle_str(&stored), merkle_str(root)))
        return forked("the stored tree differs from the computed one");
    if (s->size_old == 0)
        return OK;
    TRY(merkle_prove(&source, 0, s->size_old, s->range.size, &p));
    if (!status_ok(merkle_check_consistency(s->size_old, s->range.size, &p, s->last.root, merkle_str(root))))
        return forked("the new tree does not extend the last checkpoint");
    return OK;
}

/* Of the checkpoints of a minute the last is kept, and every cosigned one: any size can be proved without its row. */
static STATUS thin_out(struct step *s, int64_t now)
{
    int64_t changed;

    if (s->last.size == 0 || s->last.cosignatures.len > 0 || s->last.time_us / MINUTE_US != now / MINUTE_US)
        return OK;
    return ledger_checkpoint_drop(&s->scratch.cx, s->ledger->shard, s->last.size, &changed);
}

static STATUS sign(struct step *s)
{
    struct ledger *l = s->ledger;
    struct arena *a = s->scratch.cx.arena;
    struct checkpoint c = { .origin = str_of(l->origin), .size = s->range.size };
    int64_t changed, now = clock_now_us();

    merkle_range_root(&s->range, &c.root);
    TRY(check_tree(s, &c.root));
    str text = checkpoint_text(a, &c), line = note_sign_line(a, &l->verifier, &l->key, text);
    struct ledger_checkpoint_add_params p = {
        .shard = l->shard,
        .size = (int64_t)c.size,
        .time_us = now,
        .root = merkle_str(&c.root),
        .note = arena_printf(a, "%.*s\n%.*s", STR_ARG(text), STR_ARG(line)),
    };
    TRY(ledger_checkpoint_add(&s->scratch.cx, &p, &changed));
    return thin_out(s, now);
}

static STATUS write_counts(struct step *s)
{
    struct ledger_count_add_params *rows = ARENA_ARRAY(s->scratch.cx.arena, struct ledger_count_add_params, s->count_count + 1);

    for (size_t i = 0; i < s->count_count; i++) {
        const struct agreement_day *d = s->count_list[i];
        rows[i] = (struct ledger_count_add_params){ s->ledger->shard, d->day, d->agreement, d->entries };
    }
    return ledger_count_add_bulk(&s->scratch.cx, rows, s->count_count);
}

static STATUS run_step(struct step *s)
{
    TRY(load_edge(s));
    TRY(take_all(s));
    if (s->leaf_count == 0)
        return OK;
    TRY(write_tiles(s));
    TRY(ledger_index_add_bulk(&s->scratch.cx, s->index, s->index_count));
    TRY(write_counts(s));
    return sign(s);
}

static void step_done(struct step *s)
{
    table_done(&s->counts);
    scratch_done(&s->scratch);
}

/* Nothing is written when nothing waits, so that an idle server does not touch its disk. */
static STATUS anything_pending(struct ctx *cx, int16_t shard, bool *ret_pending)
{
    struct ledger_streams_row *streams;
    size_t count;

    *ret_pending = false;
    TRY(ledger_streams(cx, shard, &streams, &count));
    for (size_t i = 0; i < count; i++)
        *ret_pending |= streams[i].seq != streams[i].taken;
    return OK;
}

static STATUS sequence(struct ctx *cx, struct ledger *l, bool committed, int64_t *ret_sequenced)
{
    struct step s DEFER(step_done) = { .ledger = l, .committed = committed };
    int64_t filed;
    bool held, pending;

    scratch_begin(&s.scratch, cx);
    table_init(&s.counts);
    *ret_sequenced = 0;
    TRY(anything_pending(&s.scratch.cx, l->shard, &pending));
    if (!pending)
        return OK;
    TRY(sequence_lease(&s.scratch.cx, l, &held));
    if (!held)
        return OK;
    TRY(run_step(&s));
    *ret_sequenced = (int64_t)s.leaf_count;
    return person_index(cx, l->shard, (int64_t)s.range.size, (int64_t)l->index_run_min, &filed);
}

STATUS ledger_sequence(struct ctx *cx, struct ledger *l, int64_t *ret_sequenced)
{
    return sequence(cx, l, true, ret_sequenced);
}

STATUS ledger_index_persons(struct ctx *cx, struct ledger *l, int64_t *ret_indexed)
{
    struct scratch s DEFER(scratch_done);
    struct ledger_checkpoint_row last;
    struct ledger_state_get_row state;
    bool held, found;

    scratch_begin(&s, cx);
    *ret_indexed = 0;
    TRY(ledger_state_get(&s.cx, l->shard, &state, &found));
    TRY(tree_checkpoint(&s.cx, l->shard, &last, &held));
    if (!found || state.person_size == last.size)
        return OK;
    TRY(sequence_lease(&s.cx, l, &held));
    if (!held)
        return OK;
    TRY(tree_checkpoint(&s.cx, l->shard, &last, &found)); /* again, now that nobody else moves it */
    return person_index(cx, l->shard, last.size, 1, ret_indexed);
}

/* ---- counts as entries */

static STATUS sequence_all(struct ctx *cx, struct ledger *l, bool committed)
{
    int64_t sequenced;

    for (;;) {
        TRY(sequence(cx, l, committed, &sequenced));
        if (sequenced == 0)
            return OK;
        committed = false;
    }
}

static STATUS count_entries(struct scratch *s, const struct ledger *l, day on, struct ledger_entry **ret, size_t *ret_count)
{
    struct ledger_counts_of_cursor c DEFER(ledger_counts_of_done) = { NULL };
    struct ledger_counts_of_row row;
    struct ledger_entry *list = ARENA_ARRAY(s->cx.arena, struct ledger_entry, LEDGER_GROUP_MAX);
    size_t n = 0;
    bool more;

    TRY(ledger_counts_of_each(&s->cx, l->shard, on.ymd, &c));
    for (;;) {
        TRY(ledger_counts_of_next(&c, &row, &more));
        if (!more || n == LEDGER_GROUP_MAX)
            break;
        if (row.entries == row.stated)
            continue;
        list[n++] = (struct ledger_entry){
            .shard = l->shard,
            .kind = LEDGER_COUNT,
            .time_us = day_start_us(on),
            .operation = STR("ledger.count"),
            .purpose_kind = STR("agreement"),
            .purpose_reference = arena_str(s->cx.arena, row.agreement),
            .count = (uint64_t)row.entries,
        };
    }
    *ret = list;
    *ret_count = n;
    return OK;
}

STATUS ledger_count_day(struct ctx *cx, struct ledger *l, day on, int64_t *ret_entries)
{
    struct scratch s DEFER(scratch_done);
    struct ledger_entry *list = NULL;
    int64_t changed;
    size_t count = 0;
    bool held;

    scratch_begin(&s, cx);
    *ret_entries = 0;
    if (day_precision(on) != DAY_FULL || on.ymd >= day_of_us(clock_now_us()).ymd)
        return FAIL_AT(VALUE_RANGE, STR("day"));
    TRY(sequence_lease(&s.cx, l, &held));
    if (!held)
        return FAIL(LEDGER_LEASE);
    TRY(sequence_all(&s.cx, l, true));
    TRY(count_entries(&s, l, on, &list, &count));
    if (count == 0)
        return OK;
    TRY(ledger_append(&s.cx, list, count));
    for (size_t i = 0; i < count; i++)
        TRY(ledger_count_state(&s.cx, l->shard, on.ymd, list[i].purpose_reference, &changed));
    *ret_entries = (int64_t)count;
    return sequence_all(&s.cx, l, false);
}
