/* The audit: walks the whole log once and believes nothing that is stored. From the entries it computes each commitment,
 * leaf, tile and root again and holds them against the tiles, against every kept checkpoint and its signature, and against
 * a checkpoint that somebody kept elsewhere; it recounts what count entries state and what the person index holds.
 *
 * It cannot see: entries that were removed together with every checkpoint that covers them, unless such a checkpoint is
 * given to it. That is why checkpoints are handed out and cosigned.
 *
 * Memory: one page of 256 rows, a tile for each level, and one counter for each agreement and day.
 *
 * tested by: src/ledger/test/verify_test.c */
#include "ledger/inside.h"
#include <stdlib.h>
#include <string.h>

enum { AUDIT_ROWS = 256, AUDIT_LEAVES = AUDIT_ROWS * BATCH_ENTRIES_MAX, LEVELS = TILE_LEVEL_MAX + 1, SUBJECT_PAGES = 4096 };

struct counted {
    uint64_t entries;
};

struct audit {
    struct ctx *cx;
    struct scratch page, counters; /* thrown away with each page; kept to the end */
    const struct ledger_audit *order;
    struct ledger_report *report;
    struct merkle_range range;
    struct merkle_hash *leaves;
    size_t leaf_count;
    struct merkle_hash level[LEVELS][TILE_WIDTH]; /* tiles under way */
    int width[LEVELS];
    uint64_t place[LEVELS];
    struct table64 writers; /* writer → last seq seen */
    struct table counts;    /* "yyyymmdd agreement" → struct counted */
    struct ledger_checkpoint kept;
    struct ledger_checkpoint_row next; /* the next checkpoint on the way */
    bool have_next;
    int64_t person_size, tree_size, next_index;
    int64_t suspect; /* a checkpoint whose root differs: said once the tile that holds its last entry has been compared */
    uint64_t persons, person_sum;
};

const char *ledger_fault_name(enum ledger_fault fault)
{
    static const char *const names[] = { "sound", "bad_entry", "bad_index", "bad_tile", "bad_root", "bad_signature",
                                         "bad_history", "bad_count", "bad_person_index" };

    MUST((size_t)fault < sizeof names / sizeof *names);
    return names[fault];
}

/* The first fault counts. */
static void blame(struct audit *a, enum ledger_fault fault, int64_t index)
{
    if (a->report->fault != LEDGER_SOUND)
        return;
    a->report->fault = fault;
    a->report->wrong_index = index;
}

static bool sound(const struct audit *a)
{
    return a->report->fault == LEDGER_SOUND;
}

/* Sum over all pairs, whatever their order. */
static uint64_t pair_hash(int64_t person, int64_t index)
{
    uint64_t x = (uint64_t)person * 0x9e3779b97f4a7c15u ^ (uint64_t)index;

    x = (x ^ x >> 32) * 0xd6e8feb86659fd93u;
    x = (x ^ x >> 32) * 0xd6e8feb86659fd93u;
    return x ^ x >> 32;
}

/* ---- entries */

static void recount(struct audit *a, const struct ledger_entry *e, int64_t index)
{
    char room[COUNT_KEY_BYTES];
    str key = entry_count_key(e, room);
    struct counted *held;

    if (str_is_empty(key))
        return;
    held = table_get(&a->counts, key);
    if (e->kind == LEDGER_COUNT) {
        uint64_t counted = held ? held->entries : 0;
        a->report->counts++;
        /* The forgotten are no longer countable; nobody can have hidden more than there are. */
        if (e->count < counted || e->count > counted + (uint64_t)a->report->forgotten)
            blame(a, LEDGER_BAD_COUNT, index);
        return;
    }
    if (!held) {
        held = ARENA_NEW(a->counters.cx.arena, struct counted);
        table_set(&a->counts, arena_str(a->counters.cx.arena, key), held);
    }
    held->entries++;
}

static void take_entry(struct audit *a, str *rest, int64_t index)
{
    struct record record;
    struct ledger_entry e;

    if (!status_ok(record_next(rest, &record)) || !status_ok(entry_read(&record, &e))) {
        blame(a, LEDGER_BAD_ENTRY, index);
        return;
    }
    merkle_leaf(merkle_str(&record.commitment), &a->leaves[a->leaf_count++]);
    if (record.forgotten) {
        a->report->forgotten++;
        return;
    }
    recount(a, &e, index);
    if (e.person.v != 0 && index < a->person_size) {
        a->persons++;
        a->person_sum += pair_hash(e.person.v, index);
    }
}

static void take_row(struct audit *a, const struct ledger_index_from_row *row)
{
    uint64_t seq = 0;
    str rest = row->body;

    table64_get(&a->writers, (uint64_t)row->writer, &seq);
    if (row->first_index != a->next_index || row->seq != (int64_t)seq + 1 || row->in_batch != row->entries || row->entries < 1 ||
        row->entries > BATCH_ENTRIES_MAX) {
        blame(a, LEDGER_BAD_INDEX, a->next_index);
        return;
    }
    table64_set(&a->writers, (uint64_t)row->writer, (uint64_t)row->seq);
    a->report->bytes += (int64_t)row->body.len;
    for (int32_t i = 0; i < row->entries && sound(a); i++)
        take_entry(a, &rest, a->next_index + i);
    if (sound(a) && rest.len > 0)
        blame(a, LEDGER_BAD_ENTRY, a->next_index);
    a->next_index += row->entries;
}

static STATUS take_page(struct audit *a, bool *ret_more)
{
    struct ledger_index_from_cursor c DEFER(ledger_index_from_done) = { NULL };
    struct ledger_index_from_row row;
    bool more;

    *ret_more = false;
    a->leaf_count = 0;
    TRY(ledger_index_from_each(&a->page.cx, a->order->shard, a->next_index, AUDIT_ROWS, &c));
    for (;;) {
        TRY(ledger_index_from_next(&c, &row, &more));
        if (!more || !sound(a))
            return OK;
        *ret_more = true;
        take_row(a, &row);
    }
}

/* ---- tiles */

static STATUS stored_tile(struct audit *a, int level, uint64_t place, struct ledger_tile_get_row *ret, bool *ret_found)
{
    TRY(ledger_tile_get(&a->page.cx, a->order->shard, (int16_t)level, (int64_t)place, ret, ret_found));
    *ret_found = *ret_found && ret->body.len == (size_t)ret->width * SHA256_BYTES && ret->width >= 1 && ret->width <= TILE_WIDTH;
    return OK;
}

/* A tile differs from the entries: which of the two was touched? If the stored tile still fits what is above it, the
 * entry was. */
static STATUS tell_apart(struct audit *a, uint64_t place, const struct ledger_tile_get_row *tile, int64_t wrong)
{
    struct merkle_hash root, hashes[TILE_WIDTH];
    struct ledger_tile_get_row parent;
    bool found;

    memcpy(hashes, tile->body.ptr, tile->body.len);
    if (tile->width == TILE_WIDTH) {
        TRY(stored_tile(a, 1, place / TILE_WIDTH, &parent, &found));
        tile_subtree(hashes, TILE_BITS, &root);
        size_t at = (size_t)(place % TILE_WIDTH) * SHA256_BYTES;
        bool fits = found && parent.body.len >= at + SHA256_BYTES && memcmp(parent.body.ptr + at, root.b, SHA256_BYTES) == 0;
        blame(a, fits ? LEDGER_BAD_ENTRY : LEDGER_BAD_TILE, wrong);
        return OK;
    }
    struct merkle_source source = tree_source(tree_open(&a->page.cx, a->order->shard));
    struct ledger_checkpoint_row last;
    TRY(tree_checkpoint(&a->page.cx, a->order->shard, &last, &found));
    bool fits = status_ok(merkle_root_of(&source, 0, (uint64_t)last.size, &root)) && str_eq(merkle_str(&root), last.root);
    blame(a, fits ? LEDGER_BAD_ENTRY : LEDGER_BAD_TILE, wrong);
    return OK;
}

/* Holds the tile under way (full, or the last of its level) against the stored one. */
static STATUS compare_tile(struct audit *a, int level)
{
    struct ledger_tile_get_row tile;
    int64_t first = (int64_t)(a->place[level] * TILE_WIDTH) << level * TILE_BITS;
    bool found;

    TRY(stored_tile(a, level, a->place[level], &tile, &found));
    if (!found || tile.width != a->width[level]) {
        blame(a, LEDGER_BAD_TILE, first);
        return OK;
    }
    a->report->bytes += (int64_t)tile.body.len;
    for (int i = 0; i < tile.width; i++) {
        if (memcmp(tile.body.ptr + i * SHA256_BYTES, a->level[level][i].b, SHA256_BYTES) == 0)
            continue;
        int64_t wrong = first + ((int64_t)i << level * TILE_BITS);
        if (level == 0)
            return tell_apart(a, a->place[0], &tile, wrong);
        blame(a, LEDGER_BAD_TILE, wrong);
        return OK;
    }
    return OK;
}

/* The tile was right, so the checkpoint is wrong and not an entry below it. */
static void settle_suspect(struct audit *a)
{
    if (a->suspect > 0)
        blame(a, LEDGER_BAD_ROOT, a->suspect);
}

static STATUS feed_tiles(struct audit *a, const struct merkle_hash *leaf)
{
    struct merkle_hash h = *leaf;

    for (int level = 0; level < LEVELS && sound(a); level++) {
        a->level[level][a->width[level]++] = h;
        if (a->width[level] < TILE_WIDTH)
            return OK;
        TRY(compare_tile(a, level));
        settle_suspect(a);
        tile_subtree(a->level[level], TILE_BITS, &h);
        a->width[level] = 0;
        a->place[level]++;
    }
    return OK;
}

/* ---- checkpoints */

static STATUS load_next(struct audit *a)
{
    struct ledger_checkpoint_row row;

    TRY(ledger_checkpoint_from(&a->page.cx, a->order->shard, (int64_t)a->range.size, &row, &a->have_next));
    if (!a->have_next)
        return OK;
    /* It outlives the page. */
    a->next = row;
    a->next.root = arena_str(a->counters.cx.arena, row.root);
    a->next.note = arena_str(a->counters.cx.arena, row.note);
    return OK;
}

static STATUS check_next(struct audit *a)
{
    struct merkle_hash root;
    struct ledger_checkpoint c;
    int64_t size = (int64_t)a->range.size;

    if (a->kept.size == size && size > 0) {
        merkle_range_root(&a->range, &root);
        if (memcmp(root.b, a->kept.root, SHA256_BYTES) != 0)
            blame(a, LEDGER_BAD_HISTORY, size);
    }
    if (!a->have_next || a->next.size != size)
        return OK;
    merkle_range_root(&a->range, &root);
    if (!status_ok(ledger_checkpoint_check(a->counters.cx.arena, a->next.note, a->order->origin, a->order->public_key, &c)))
        blame(a, LEDGER_BAD_SIGNATURE, size);
    else if (c.size != size || memcmp(c.root, root.b, SHA256_BYTES) != 0 || !str_eq(a->next.root, merkle_str(&root)))
        a->suspect = a->suspect > 0 ? a->suspect : size;
    a->report->checkpoints++;
    a->report->checkpoint_us = a->next.time_us;
    memcpy(a->report->root, root.b, SHA256_BYTES);
    return load_next(a);
}

static STATUS feed_page(struct audit *a)
{
    for (size_t i = 0; i < a->leaf_count && sound(a); i++) {
        merkle_range_add(&a->range, &a->leaves[i]);
        TRY(feed_tiles(a, &a->leaves[i]));
        TRY(check_next(a));
    }
    return OK;
}

/* ---- the whole */

static STATUS check_end(struct audit *a)
{
    struct ledger_tile_get_row tile;
    bool found;

    for (int level = 0; level < LEVELS && sound(a); level++) {
        if (a->width[level] > 0)
            TRY(compare_tile(a, level));
        settle_suspect(a);
        TRY(stored_tile(a, level, a->place[level] + (a->width[level] > 0), &tile, &found));
        if (found)
            blame(a, LEDGER_BAD_TILE, (int64_t)a->range.size);
    }
    if (a->have_next || (int64_t)a->range.size != a->tree_size)
        blame(a, LEDGER_BAD_HISTORY, a->have_next ? a->next.size : (int64_t)a->range.size);
    if (a->kept.size > (int64_t)a->range.size)
        blame(a, LEDGER_BAD_HISTORY, a->kept.size);
    return OK;
}

static STATUS check_streams(struct audit *a)
{
    struct ledger_streams_row *streams;
    size_t count;

    TRY(ledger_streams(&a->counters.cx, a->order->shard, &streams, &count));
    for (size_t i = 0; i < count && sound(a); i++) {
        struct ledger_batch_after_cursor c DEFER(ledger_batch_after_done) = { NULL };
        struct ledger_batch_after_row row;
        uint64_t seen = 0;
        int64_t at = streams[i].taken;
        bool more;
        table64_get(&a->writers, (uint64_t)streams[i].writer, &seen);
        if ((int64_t)seen != streams[i].taken)
            blame(a, LEDGER_BAD_INDEX, (int64_t)a->range.size);
        TRY(ledger_batch_after_each(&a->page.cx, a->order->shard, streams[i].writer, at, INT32_MAX, &c));
        for (;;) {
            TRY(ledger_batch_after_next(&c, &row, &more));
            if (!more)
                break;
            if (row.seq != ++at)
                blame(a, LEDGER_BAD_INDEX, (int64_t)a->range.size + a->report->pending);
            a->report->pending += row.entries;
        }
        if (at != streams[i].seq)
            blame(a, LEDGER_BAD_INDEX, (int64_t)a->range.size + a->report->pending);
    }
    struct tape_record *list;
    count = tape_batches(&a->counters.cx, streams, count, &list);
    for (size_t i = 0; i < count; i++)
        a->report->pending += list[i].entries;
    return OK;
}

struct person_sum {
    uint64_t count, sum;
    bool bad;
};

/* Pages of a run, from behind the pair (*person, *entry) on; both move along. */
static STATUS sum_pages(struct audit *a, const struct ledger_run_row *run, struct person_sum *sum, struct pair *last, size_t *ret_pages)
{
    struct ledger_page_after_params p = { a->order->shard, run->level, run->run, last->person, last->index, SUBJECT_PAGES };
    struct ledger_page_after_cursor c DEFER(ledger_page_after_done) = { NULL };
    struct pair pairs[PERSON_PAGE_PAIRS];
    struct ledger_page_row row;
    size_t count;
    bool more;

    TRY(ledger_page_after_each(&a->page.cx, &p, &c));
    for (*ret_pages = 0;; (*ret_pages)++) {
        TRY(ledger_page_after_next(&c, &row, &more));
        if (!more)
            return OK;
        *last = (struct pair){ row.first_person, row.first_entry };
        a->report->bytes += (int64_t)row.body.len;
        if (!status_ok(person_page_read(&row, run->run, pairs, &count)))
            sum->bad = true;
        for (size_t i = 0; i < count && !sum->bad; i++) {
            bool before = pairs[i].person < last->person || (pairs[i].person == last->person && pairs[i].index < last->index);
            sum->bad = before || pairs[i].index < run->run || pairs[i].index >= run->end_index;
            sum->count++;
            sum->sum += pair_hash(pairs[i].person, pairs[i].index);
            *last = pairs[i]; /* in order, so that a search finds each */
        }
        *last = (struct pair){ row.first_person, row.first_entry };
    }
}

static STATUS check_persons(struct audit *a)
{
    struct ledger_run_row *runs;
    struct person_sum sum = { 0 };
    size_t count, pages;

    TRY(ledger_runs(&a->counters.cx, a->order->shard, &runs, &count));
    for (size_t i = 0; i < count && !sum.bad; i++) {
        struct pair last = { -1, -1 };
        do {
            scratch_reset(&a->page);
            TRY(sum_pages(a, &runs[i], &sum, &last, &pages));
        } while (pages == SUBJECT_PAGES && !sum.bad);
    }
    if (sum.bad || sum.count != a->persons || sum.sum != a->person_sum)
        blame(a, LEDGER_BAD_PERSON_INDEX, -1);
    return OK;
}

static STATUS begin(struct audit *a)
{
    struct ledger_state_get_row state = { 0 };
    struct ledger_checkpoint_row last;
    bool found;

    merkle_range_init(&a->range);
    a->leaves = ARENA_ARRAY(a->counters.cx.arena, struct merkle_hash, AUDIT_LEAVES);
    TRY(ledger_state_get(&a->counters.cx, a->order->shard, &state, &found));
    a->person_size = found ? state.person_size : 0;
    TRY(tree_checkpoint(&a->counters.cx, a->order->shard, &last, &found));
    a->tree_size = last.size;
    if (!str_is_empty(a->order->kept) &&
        !status_ok(ledger_checkpoint_check(a->counters.cx.arena, a->order->kept, a->order->origin, a->order->public_key, &a->kept)))
        blame(a, LEDGER_BAD_SIGNATURE, -1);
    merkle_empty((struct merkle_hash *)(void *)a->report->root);
    return load_next(a);
}

static STATUS walk(struct audit *a)
{
    bool more = true;

    TRY(begin(a));
    while (more && sound(a)) {
        scratch_reset(&a->page);
        TRY(take_page(a, &more));
        TRY(feed_page(a));
        a->report->size = (int64_t)a->range.size;
        if (a->order->progress)
            a->order->progress(a->order->progress_with, a->report->size, a->tree_size);
    }
    if (sound(a))
        TRY(check_end(a));
    if (sound(a))
        TRY(check_streams(a));
    return sound(a) ? check_persons(a) : OK;
}

STATUS ledger_verify(struct ctx *cx, const struct ledger_audit *order, struct ledger_report *ret)
{
    struct audit *a = calloc(1, sizeof *a);
    status st;

    MUST(a != NULL);
    *ret = (struct ledger_report){ .wrong_index = -1 };
    a->cx = cx;
    a->order = order;
    a->report = ret;
    scratch_begin(&a->page, cx);
    scratch_begin(&a->counters, cx);
    table64_init(&a->writers, 64);
    table_init(&a->counts);
    st = walk(a);
    table_done(&a->counts);
    table64_done(&a->writers);
    scratch_done(&a->counters);
    scratch_done(&a->page);
    free(a);
    return st;
}
