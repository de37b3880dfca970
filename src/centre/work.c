/* Works off deliveries, one after another, oldest first. The thread of the job reads and cleans a chunk of rows while a reading
 * lane compares the chunk before and the writing lane writes the one before that, under the operation list.match, in the name of
 * whoever sent the list. It holds the file's lock while it does, so that two processes on one store never do the same work; were
 * they to, the count of rows done would refuse the second. A full disk or a store that is away is waited for; a broken file ends the
 * delivery with its error.
 * tested by: src/centre/test/list_test.c */
#include "centre/into.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { IDLE_MS = 5000, FIRST_MS = 1000, OPEN_MAX = 100, CHUNK_ARENA_BYTES = 1 << 30, SLOTS = 3 };

/* A chunk on its way: filled by this thread, then twice a lane's, to be compared and to be written. */
struct slot {
    struct work_off *of;
    struct arena *arena;
    struct chunk chunk;
    struct errand errand;
};

/* One delivery under way. */
struct work_off {
    struct worker *worker;
    struct app *app;
    struct arena *arena; /* lives as long as the delivery */
    struct delivery_row row;
    struct mapped file;
    struct sheet *sheet;
    struct seen seen;
    struct places places;
    struct place_memo memo;
    struct evidence evidence;
    struct into *into; /* NULL: into no register */
    struct slot slots[SLOTS], *looking, *writing;
    struct list_match_in in;
    int64_t done, total;
    bool more;
};

/* --- steps in a transaction ---------------------------------------------------------------------------------------------- */

static status row_find(struct ctx *cx, void *arg)
{
    struct work_off *o = arg;

    return delivery_of(cx, o->row.id, &o->row);
}

static status into_find(struct ctx *cx, void *arg)
{
    struct work_off *o = arg;

    return into_open(cx, o->arena, o->sheet, o->row.id, &o->into);
}

static status row_begin(struct ctx *cx, void *arg)
{
    struct work_off *o = arg;

    int64_t begun;

    TRY(delivery_move(cx, &(struct delivery_move_params){ CENTRE_SHARD, o->row.id, DELIVERY_WAITING, DELIVERY_RUNNING, DELIVERY_RUNNING }, &begun));
    return begun ? OK : FAIL(VERSION_CONFLICT);
}

static status seen_restore(struct ctx *cx, void *arg)
{
    struct work_off *o = arg;
    struct list_rows_all_cursor cursor DEFER(list_rows_all_done);
    struct list_row_row row;
    bool more;

    TRY(list_rows_all_each(cx, CENTRE_SHARD, o->row.id, 0, &cursor));
    for (;;) {
        TRY(list_rows_all_next(&cursor, &row, &more));
        if (!more)
            return OK;
        if (row.outcome == OUTCOME_REJECTED || row.outcome == OUTCOME_AMBIGUOUS || row.outcome == OUTCOME_DUPLICATE)
            continue;
        struct list_person p = { .number = row.number, .birth = { row.birth }, .sex = (enum sex)row.sex };
        seen_add(&o->seen, seen_key((person_id){ row.person }, &p, row.name.len ? person_name_hash(row.name) : 0), row.place);
    }
}

struct ending {
    struct work_off *of;
    enum delivery_state state;
    struct fault fault;
};

static status row_end(struct ctx *cx, void *arg)
{
    const struct ending *e = arg;
    bool failed = e->state == DELIVERY_FAILED;

    if (!failed)
        TRY(into_end(cx, e->of->row.id));
    return delivery_end(cx, &(struct delivery_end_params){
        .shard = CENTRE_SHARD, .id = e->of->row.id, .expected = e->of->done, .state = (int16_t)e->state, .finished_us = cx->now_us,
        .error = failed ? str_of(error_def(e->fault.status.code)->name) : (str){ 0 }, .error_field = failed ? str_of(e->fault.field) : (str){ 0 },
        .error_row = e->fault.row, .error_column = e->fault.column, .stopped = DELIVERY_CANCELLED }, NULL);
}

/* --- chunks on their way ------------------------------------------------------------------------------------------------- */

static bool chunk_is_compared(const struct chunk *c) { return c->compared == c->count; }

static bool chunk_is_open(const void *chunk) { return !chunk_is_compared(chunk); }

/* To be compared, or once it has been, to be written. */
static void slot_offer(struct slot *s)
{
    s->chunk.done_before = s->of->done;
    errand_offer(&s->errand, s->arena, chunk_is_compared(&s->chunk));
}

/* In the name of the sender. */
static void slots_start(struct work_off *o)
{
    const struct delivery_row *r = &o->row;
    o->in.delivery = r->id;
    for (int i = 0; i < SLOTS; i++)
        errand_start(&o->slots[i].errand, &(struct errand){
            .worker = o->worker, .operation = "list.match", .waits = "list_chunk_waits", .in = &o->in, .what = &o->slots[i].chunk, .more = chunk_is_open,
            .actor = { .roles = (uint32_t)r->roles, .account = { r->account }, .organisation = r->organisation, .unit = { r->unit }, .name = STR("lists") },
            .purpose = { STR("delivery"), arena_printf(o->arena, "%.*s/%lld", STR_ARG(r->source), (long long)r->id) } });
}

/* What was written counts; the rest of the chunk, if its entries would have been too many for one transaction, goes again. */
static void chunk_settled(struct work_off *o, struct chunk *c)
{
    for (size_t i = 0; i < c->applied; i++)
        if (c->results[i].key && !c->results[i].duplicate_of)
            seen_add(&o->seen, c->results[i].key, c->done_before + (int64_t)i + 1);
    o->done += (int64_t)c->applied;
    c->noted = c->applied ? c->results[c->applied - 1].noted_end : c->noted;
    c->rows += c->applied;
    c->hashes += c->applied;
    c->results += c->applied;
    if (c->into) {
        c->values += c->applied * c->values_wide;
        c->drafts += c->applied;
    }
    c->count -= c->applied;
    c->compared -= c->applied;
}

static STATUS slot_settle(struct slot *s)
{
    while (s && s->errand.offered) {
        TRY(errand_insist(&s->errand));
        chunk_settled(s->of, &s->chunk);
        if (s->chunk.count)
            slot_offer(s);
    }
    return OK;
}

/* The chunk that was compared is written, once the one before it has been. */
static STATUS slots_advance(struct work_off *o)
{
    struct slot *next = o->looking;

    TRY(slot_settle(o->writing));
    o->writing = NULL;
    if (!next)
        return OK;
    TRY(errand_insist(&next->errand));
    slot_offer(next);
    o->writing = next;
    o->looking = NULL;
    return OK;
}

static STATUS slots_settle(struct work_off *o)
{
    TRY(slots_advance(o));
    return slots_advance(o);
}

/* --- rows ------------------------------------------------------------------------------------------------------------------ */

/* Reads up to a chunk of rows; cells are copied into the arena by the cleaning. */
static STATUS rows_clean(struct work_off *o, struct slot *s)
{
    const struct refinery by = { .sheet = o->sheet, .places = &o->places, .memo = &o->memo, .evidence = &o->evidence };
    size_t room = o->total < LARGE_ROWS ? CHUNK_ROWS : CHUNK_ROWS_LARGE;
    struct list_person *rows = ARENA_ARRAY(s->arena, struct list_person, room);
    int64_t *hashes = ARENA_ARRAY(s->arena, int64_t, room);
    struct chunk *c = &s->chunk;
    struct sheet_row row;
    struct ctx cx;

    ctx_for_program(&cx, o->app, s->arena, STR("lists"));
    *c = (struct chunk){ .delivery = o->row.id, .rows_total = o->total, .rows = rows, .hashes = hashes, .room = room, .seen = &o->seen, .into = o->into };
    into_room(o->into, s->arena, c);
    while (c->count < c->room) {
        TRY(sheet_next(o->sheet, &row, &o->more));
        if (!o->more)
            break;
        struct list_person *p = &rows[c->count];
        row_clean(s->arena, &by, &row, p);
        hashes[c->count] = p->name.len ? person_name_hash(p->name) : 0;
        into_take(&cx, o->sheet, &row, c, c->count++);
    }
    return OK;
}

static STATUS rows_skip(struct work_off *o)
{
    struct sheet_row row;

    o->more = true;
    for (int64_t i = 0; i < o->done; i++) {
        TRY(sheet_next(o->sheet, &row, &o->more));
        if (!o->more)
            return FAIL(CORRUPT);
    }
    return OK;
}

/* While these rows are cleaned, those before are compared, and those before these written. */
static STATUS chunk_off(struct work_off *o, struct slot *s)
{
    judge_free(s->chunk.judge);
    s->chunk.judge = NULL;
    arena_reset(s->arena);
    delivery_file_rest(&o->file);
    status st = rows_clean(o, s);
    struct fault fault = *fault_here();

    TRY(slots_advance(o));
    if (s->chunk.count) {
        slot_offer(s);
        o->looking = s;
    }
    if (status_ok(st))
        return OK;
    TRY(slots_settle(o)); /* an error of the file shows only after the rows before it have been written */
    *fault_here() = fault;
    return st;
}

static STATUS chunks_off(struct work_off *o)
{
    for (int at = 0; o->more && !worker_stopping(o->worker); at = (at + 1) % SLOTS)
        TRY(chunk_off(o, &o->slots[at]));
    return slots_settle(o);
}

static STATUS file_off(struct work_off *o)
{
    TRY(delivery_sheet(&o->row, day_of_us(clock_now_us()), o->file.bytes, &o->sheet));
    TRY(evidence_gather(o->sheet, &o->evidence));
    o->done = o->row.rows_done;
    o->total = sheet_rows_expected(o->sheet);
    TRY(worker_call(o->worker, o->arena, false, into_find, o));
    if (o->done)
        TRY(worker_call(o->worker, o->arena, false, seen_restore, o));
    TRY(rows_skip(o));
    return chunks_off(o);
}

/* What happened to the file is said in its row; what happened to us is tried again later. */
static void delivery_finish(struct work_off *o, status st)
{
    struct ending e = { .of = o, .state = DELIVERY_DONE, .fault = *fault_here() };

    if (status_ok(st) && o->more)
        return; /* stopped on the way */
    if (!status_ok(st)) {
        log_fault("list_failed", 0);
        if (worker_may_wait(st) || status_is(st, ERR_VERSION_CONFLICT) || status_is(st, ERR_STOPPING))
            return;
        e.state = DELIVERY_FAILED;
    }
    if (!status_ok(worker_call(o->worker, o->arena, true, row_end, &e)))
        log_fault("list_end_failed", 0);
}

/* False when another process has it, or its file is elsewhere. */
static bool delivery_off(struct worker *w, int64_t id)
{
    struct app *app = worker_app(w);
    struct work_off o = { .worker = w, .app = app, .row = { .id = id }, .file = { .fd = -1 } };
    status st;
    bool mine;

    o.arena = arena_new((size_t)1 << 30);
    for (int i = 0; i < SLOTS; i++) {
        o.slots[i].of = &o;
        o.slots[i].arena = arena_new(CHUNK_ARENA_BYTES);
    }
    seen_init(&o.seen);
    places_init(&o.places, app->defs, day_of_us(clock_now_us()));
    place_memo_init(&o.memo, &o.places);
    mine = status_ok(worker_call(o.worker, o.arena, false, row_find, &o)) && o.row.state <= DELIVERY_RUNNING &&
           status_ok(delivery_file_map(app, o.row.digest, true, &o.file)) && status_ok(worker_call(o.worker, o.arena, false, row_find, &o)) &&
           o.row.state <= DELIVERY_RUNNING && status_ok(worker_call(o.worker, o.arena, true, row_begin, &o));
    if (mine) {
        fault_clear();
        slots_start(&o);
        st = file_off(&o);
        for (int i = 0; i < SLOTS; i++)
            errand_end(&o.slots[i].errand);
        delivery_finish(&o, st);
    }
    for (int i = 0; i < SLOTS; i++)
        judge_free(o.slots[i].chunk.judge);
    sheet_done(&o.sheet);
    delivery_file_unmap(&o.file);
    seen_done(&o.seen);
    into_close(o.into);
    place_memo_done(&o.memo);
    places_done(&o.places);
    for (int i = 0; i < SLOTS; i++)
        arena_free(o.slots[i].arena);
    arena_free(o.arena);
    return mine;
}

/* --- deliveries ------------------------------------------------------------------------------------------------------------ */

struct open_list {
    int64_t ids[2 * OPEN_MAX];
    size_t count;
};

static status open_find(struct ctx *cx, void *arg)
{
    struct open_list *list = arg;
    struct deliveries_in_state_row *rows;
    size_t n;

    list->count = 0;
    for (int state = DELIVERY_WAITING; state <= DELIVERY_RUNNING; state++) {
        TRY(deliveries_in_state(cx, CENTRE_SHARD, (int16_t)state, OPEN_MAX, &rows, &n));
        for (size_t i = 0; i < n; i++)
            list->ids[list->count++] = rows[i].id;
    }
    return OK;
}

/* Now and then; what it could not do it tries again the next time. */
static void files_sweep(struct worker *w)
{
    static _Atomic int64_t next_us;
    int64_t now_us = clock_mono_us();

    if (now_us < atomic_load(&next_us))
        return;
    atomic_store(&next_us, now_us + (int64_t)DELIVERY_ORPHAN_S * 1000000);
    struct arena *a = arena_new(1 << 20);
    if (!status_ok(worker_call(w, a, false, delivery_files_sweep, NULL)))
        log_fault("delivery_sweep_failed", 0);
    arena_free(a);
}

static int open_off(struct worker *w)
{
    struct open_list *list = calloc(1, sizeof *list);
    struct arena *a = arena_new(1 << 20);
    bool worked = false;

    MUST(list);
    if (!status_ok(worker_call(w, a, false, open_find, list)))
        list->count = 0;
    arena_free(a);
    for (size_t i = 0; i < list->count && !worker_stopping(w); i++)
        worked |= delivery_off(w, list->ids[i]);
    free(list);
    if (!worked)
        files_sweep(w);
    return worked ? 0 : IDLE_MS;
}

const struct worker_plan delivery_worker = { .job = "lists", .step = open_off, .first_ms = FIRST_MS };
