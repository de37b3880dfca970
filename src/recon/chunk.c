/* Some rows of a run: compared while the chunk before is written, then in one transaction told apart from rows before them that
 * mean the same, written with their ledger entries, and the run moved on. What the run keeps in memory changes only once the transaction has committed. The digest goes
 * over the results row by row, so that it does not depend on where a chunk ends or how often the run was broken off.
 * tested by: src/recon/test/run_test.c */
#include "recon/inside.h"

#include <string.h>

/* --- rows ------------------------------------------------------------------------------------------------------------------ */

static STATUS scoped_rows(struct ctx *cx, const struct run_chunk *c, const struct run_side *side, struct sector_rows_then *ret, size_t *ret_looked)
{
    struct recon_scope_rows_row *ids;
    size_t n;
    TRY(recon_scope_rows(cx, RECON_SHARD, c->work->row.id, c->last_row, RUN_LOOK_ROWS, &ids, &n));
    *ret = (struct sector_rows_then){ .rows = ARENA_ARRAY(cx->arena, struct sector_row_row, n + 1), .more = n == RUN_LOOK_ROWS,
                                      .last = n ? ids[n - 1].row_id : c->last_row };
    *ret_looked = n;
    for (size_t i = 0; i < n; i++) {
        struct sector_row_row *row = &ret->rows[ret->count];
        bool known, live = false;
        TRY(sector_row_get(cx, 0, side->def->code, ids[i].row_id, row, &known));
        if (known)
            TRY(sector_row_known_at(cx, side->def, side->known_us, row, &live));
        ret->count += live;
    }
    return OK;
}

static STATUS rows_read(struct ctx *cx, const struct run_chunk *c, const struct run_side *side, struct sector_rows_then *ret, size_t *ret_looked)
{
    if (c->work->scoped)
        return scoped_rows(cx, c, side, ret, ret_looked);
    TRY(sector_rows_known_at(cx, side->def, side->known_us, c->last_row, RUN_LOOK_ROWS, ret));
    *ret_looked = ret->more ? RUN_LOOK_ROWS : ret->count;
    return OK;
}

static STATUS rows_compare(struct ctx *cx, const struct run_side *side, struct run_chunk *c, const struct sector_rows_then *rows)
{
    struct judge *judge = judge_new(cx->arena);
    status st = OK;
    for (size_t i = 0; status_ok(st) && i < rows->count; i++)
        st = run_row_compare(cx, judge, side, &rows->rows[i], &c->results[c->count + i]);
    judge_free(judge);
    return st;
}

STATUS run_chunk_look(struct ctx *cx, struct run_chunk *c)
{
    const struct sector_register *def = run_register(cx, &c->work->row);
    if (!def)
        return FAIL_WITH(REGISTER_MISSING, STR("code"), c->work->row.code);
    const struct run_side side = { .def = def, .then = c->work->then, .known_us = c->work->row.snapshot_us, .one_row_each = def->key_subject };
    struct sector_rows_then rows;
    size_t looked = 0;
    if (!c->results) {
        c->room = c->work->row.rows_total < RUN_LARGE_ROWS ? RUN_CHUNK_ROWS : RUN_CHUNK_ROWS_LARGE;
        c->results = ARENA_ARRAY(cx->arena, struct run_result, c->room);
        c->began_us = cx->now_us;
    }
    journal_lend(cx, &c->noted);
    TRY(known_then_refresh(cx, c->work->then));
    TRY(rows_read(cx, c, &side, &rows, &looked));
    TRY(rows_compare(cx, &side, c, &rows));
    journal_take(cx, &c->noted);
    c->count += rows.count;
    c->looked += looked;
    c->last_row = rows.last;
    c->more = rows.more;
    c->full = !c->more || c->first || c->looked + RUN_LOOK_ROWS > c->room || c->noted.count > RUN_CHUNK_ENTRIES || cx->now_us - c->began_us > RUN_CHUNK_US;
    return OK;
}

/* The first row that means somebody stands; later ones repeat it. */
static void duplicates_mark(struct run_chunk *c)
{
    struct table64 here;
    table64_init(&here, c->count);
    for (size_t i = 0; i < c->count; i++) {
        struct run_result *r = &c->results[i];
        uint64_t first = 0;
        if (!r->same_key)
            continue;
        if (!table64_get(&c->work->seen, (uint64_t)r->same_key, &first) && !table64_get(&here, (uint64_t)r->same_key, &first)) {
            table64_set(&here, (uint64_t)r->same_key, (uint64_t)r->row);
            continue;
        }
        r->outcome = RUN_DUPLICATE;
        r->duplicate_of = (int64_t)first;
    }
    table64_done(&here);
}

/* --- writing ----------------------------------------------------------------------------------------------------------------- */

static STATUS results_write(struct ctx *cx, const struct run_chunk *c)
{
    struct recon_row_add_params *rows = ARENA_ARRAY(cx->arena, struct recon_row_add_params, c->count + 1);
    struct recon_evidence_add_params *evidence = ARENA_ARRAY(cx->arena, struct recon_evidence_add_params, c->count * RUN_EVIDENCE_MAX + 1);
    size_t n = 0;
    for (size_t i = 0; i < c->count; i++) {
        const struct run_result *r = &c->results[i];
        rows[i] = (struct recon_row_add_params){
            .shard = RECON_SHARD, .run = c->work->row.id, .outcome = (int16_t)r->outcome, .unit = r->unit.v, .row_id = r->row, .person = r->person.v,
            .differs = (int64_t)r->differs, .compared = (int64_t)r->compared, .percent = (int16_t)r->percent,
            .candidates = (int16_t)(r->candidates < INT16_MAX ? r->candidates : INT16_MAX), .duplicate_of = r->duplicate_of, .same_key = r->same_key };
        for (int k = 0; k < r->evidence_count; k++)
            evidence[n++] = (struct recon_evidence_add_params){ .shard = RECON_SHARD, .run = c->work->row.id, .row_id = r->row, .candidate = (int16_t)k,
                                                                .person = r->evidence[k].person.v, .evidence = r->evidence[k].evidence };
    }
    TRY(recon_row_add_bulk(cx, rows, c->count));
    return recon_evidence_add_bulk(cx, evidence, n);
}

static int nibble(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

static void hex_write(const uint8_t digest[static SHA256_BYTES], char out[static DIGEST_HEX + 1])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < SHA256_BYTES; i++) {
        out[2 * i] = digits[digest[i] >> 4];
        out[2 * i + 1] = digits[digest[i] & 15];
    }
    out[DIGEST_HEX] = 0;
}

/* The digest before, and the row: little-endian numbers of fixed width. */
static void digest_row(const struct run_result *r, uint8_t digest[static SHA256_BYTES])
{
    const int64_t numbers[] = { r->row, r->version, (int64_t)r->outcome, r->person.v, r->unit.v, (int64_t)r->differs, (int64_t)r->compared,
                                r->percent, r->candidates, r->duplicate_of, r->evidence_count };
    uint8_t bytes[SHA256_BYTES + 8 * (sizeof numbers / sizeof *numbers + 2 * RUN_EVIDENCE_MAX)];
    size_t n = SHA256_BYTES;
    memcpy(bytes, digest, SHA256_BYTES);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        for (int shift = 0; shift < 64; shift += 8)
            bytes[n++] = (uint8_t)((uint64_t)numbers[i] >> shift);
    for (int k = 0; k < r->evidence_count; k++)
        for (int shift = 0; shift < 64; shift += 8) {
            bytes[n++] = (uint8_t)((uint64_t)r->evidence[k].person.v >> shift);
            bytes[n++] = (uint8_t)((uint64_t)r->evidence[k].evidence >> shift);
        }
    sha256_of(bytes, n, digest);
}

static void digest_make(struct run_chunk *c)
{
    uint8_t digest[SHA256_BYTES] = { 0 };
    str before = c->work->row.digest;
    for (size_t i = 0; i < SHA256_BYTES && before.len == DIGEST_HEX; i++)
        digest[i] = (uint8_t)(nibble(before.ptr[2 * i]) << 4 | nibble(before.ptr[2 * i + 1]));
    for (size_t i = 0; i < c->count; i++)
        digest_row(&c->results[i], digest);
    hex_write(digest, c->digest);
}

static STATUS run_advance(struct ctx *cx, struct run_chunk *c)
{
    int64_t changed = 0;
    c->matched = 0;
    for (size_t i = 0; i < c->count; i++)
        c->matched += c->results[i].outcome == RUN_MATCHED;
    digest_make(c);
    TRY(recon_run_advance(cx, &(struct recon_run_advance_params){
        .shard = RECON_SHARD, .id = c->work->row.id, .state = RUN_MATCHING, .expected = c->work->row.last_row, .last_row = c->last_row,
        .looked = (int64_t)c->looked, .kept = (int64_t)c->count, .matched = c->matched, .digest = str_of(c->digest) }, &changed));
    return changed == 1 ? OK : FAIL(VERSION_CONFLICT);
}

STATUS run_chunk_apply(struct ctx *cx, struct run_chunk *c)
{
    TRY(journal_put(cx, c->noted.entries, c->noted.count));
    duplicates_mark(c);
    TRY(results_write(cx, c));
    return run_advance(cx, c);
}

/* --- into the work ------------------------------------------------------------------------------------------------------------ */

static void result_take(struct run_work *w, const struct run_result *r)
{
    tally_row(&w->tally, r);
    if (r->same_key && !r->duplicate_of)
        table64_set(&w->seen, (uint64_t)r->same_key, (uint64_t)r->row);
}

void run_chunk_take(struct run_chunk *c)
{
    for (size_t i = 0; i < c->count; i++)
        result_take(c->work, &c->results[i]);
    c->work->row.last_row = c->last_row;
    c->work->row.digest = arena_str(c->work->arena, str_of(c->digest));
}

STATUS run_restore(struct ctx *cx, struct run_work *w)
{
    struct recon_rows_all_cursor cursor DEFER(recon_rows_all_done) = { 0 };
    struct recon_row_row row;
    bool more;
    TRY(recon_rows_all_each(cx, RECON_SHARD, w->row.id, &cursor));
    for (;;) {
        TRY(recon_rows_all_next(&cursor, &row, &more));
        if (!more)
            return OK;
        const struct run_result r = {
            .outcome = (enum run_outcome)row.outcome, .row = row.row_id, .person = { row.person }, .unit = { row.unit }, .differs = (uint64_t)row.differs,
            .compared = (uint64_t)row.compared, .percent = row.percent, .duplicate_of = row.duplicate_of, .same_key = row.same_key };
        result_take(w, &r);
    }
}
