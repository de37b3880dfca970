/* The thread that works off deliveries, one after another, oldest first. It holds the file's lock while it does, so that two
 * processes on one store never do the same work; were they to, the count of rows done would refuse the second. Parsing
 * happens here, matching and writing in chunks on the writing lane under the operation list.match, in the name of whoever
 * sent the list. A full disk or a store that is away is waited for; a broken file ends the delivery with its error.
 * tested by: src/centre/test/list_test.c */
#include "centre/into.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { IDLE_MS = 5000, EAGER_MS = 20, FIRST_MS = 1000, RETRY_MS = 500, OPEN_MAX = 100, CHUNK_ARENA_BYTES = 512 << 20 };
#define EAGER_US INT64_C(3000000)

struct job {
    struct app *app;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping, woken;
    int64_t eager_until_us; /* a transaction that announced work may not have committed yet */
    struct chunk *chunk;    /* under way */
};

/* One delivery under way. */
struct work_off {
    struct job *job;
    struct arena *arena; /* lives as long as the delivery */
    struct delivery_row row;
    struct mapped file;
    struct sheet *sheet;
    struct seen seen;
    struct places places;
    struct evidence evidence;
    struct into *into; /* NULL: into no register */
    int64_t done, total;
    bool more;
};

static void job_wait(struct job *j, int ms)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_mutex_lock(&j->lock);
    while (!j->stopping && !j->woken)
        if (pthread_cond_timedwait(&j->wake, &j->lock, &until) != 0)
            break;
    j->woken = false;
    pthread_mutex_unlock(&j->lock);
}

static bool job_stopping(struct job *j)
{
    pthread_mutex_lock(&j->lock);
    bool stopping = j->stopping;
    pthread_mutex_unlock(&j->lock);
    return stopping;
}

void job_wake(struct job *j)
{
    if (!j)
        return;
    pthread_mutex_lock(&j->lock);
    j->woken = true;
    j->eager_until_us = clock_mono_us() + EAGER_US;
    pthread_cond_signal(&j->wake);
    pthread_mutex_unlock(&j->lock);
}

struct chunk *job_chunk(struct job *j, uint64_t request_id)
{
    struct chunk *c = NULL;

    if (!j)
        return NULL;
    pthread_mutex_lock(&j->lock);
    if (j->chunk && j->chunk->ticket == request_id)
        c = j->chunk;
    pthread_mutex_unlock(&j->lock);
    return c;
}

static void chunk_set(struct job *j, struct chunk *c)
{
    pthread_mutex_lock(&j->lock);
    j->chunk = c;
    pthread_mutex_unlock(&j->lock);
}

/* --- steps in a transaction ---------------------------------------------------------------------------------------------- */

static STATUS lane_run(struct job *j, struct arena *a, bool writes, status (*run)(struct ctx *, void *), void *arg)
{
    struct work w = { .run = run, .arg = arg, .writes = writes };

    ctx_for_program(&w.cx, j->app, a, STR("lists"));
    return lanes_call(j->app->lanes, &w);
}

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

    return delivery_state_set(cx, CENTRE_SHARD, o->row.id, DELIVERY_RUNNING, NULL);
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
        .error_row = e->fault.row, .error_column = e->fault.column }, NULL);
}

static status match_run(struct ctx *cx, void *arg)
{
    struct list_match_in in = { .delivery = *(const int64_t *)arg };
    struct list_match_out out;

    return gate_call(cx, operation_find(cx->app, STR("list.match")), &in, &out);
}

/* In the name of the sender: his are the ledger entries. */
static STATUS chunk_run(struct work_off *o, struct chunk *c, struct arena *a)
{
    struct job *j = o->job;
    struct work w = { .run = match_run, .arg = &c->delivery, .writes = true };
    status st;

    ctx_for_program(&w.cx, j->app, a, STR("lists"));
    w.cx.actor = (struct actor){ .roles = (uint32_t)o->row.roles, .account = { o->row.account }, .organisation = o->row.organisation,
                                 .unit = { o->row.unit }, .name = STR("lists") };
    w.cx.purpose = (struct purpose){ STR("delivery"), arena_printf(a, "%.*s/%lld", STR_ARG(o->row.source), (long long)o->row.id) };
    w.cx.request_id = c->ticket;
    chunk_set(j, c);
    st = lanes_call(j->app->lanes, &w);
    chunk_set(j, NULL);
    return st;
}

/* --- one delivery ---------------------------------------------------------------------------------------------------------- */

static bool worth_waiting(status st)
{
    return error_def(st.code)->class == CLASS_BUSY && !status_is(st, ERR_VERSION_CONFLICT) && !status_is(st, ERR_STOPPING);
}

/* Reads up to a chunk of rows; cells are copied into the arena by the cleaning. */
static STATUS rows_clean(struct work_off *o, struct arena *a, struct list_person *rows, size_t *ret_count)
{
    const struct refinery by = { .sheet = o->sheet, .places = &o->places, .evidence = &o->evidence };
    struct sheet_row row;

    *ret_count = 0;
    while (*ret_count < CHUNK_ROWS) {
        TRY(sheet_next(o->sheet, &row, &o->more));
        if (!o->more)
            break;
        struct list_person *p = &rows[(*ret_count)++];
        row_clean(a, &by, &row, p);
        into_take(o->into, a, o->sheet, &row, *ret_count - 1);
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

static STATUS chunk_off(struct work_off *o, struct arena *a)
{
    struct list_person *rows = ARENA_ARRAY(a, struct list_person, CHUNK_ROWS);
    struct chunk c = { .delivery = o->row.id, .done_before = o->done, .rows_total = o->total, .rows = rows, .seen = &o->seen, .into = o->into };
    status st;

    TRY(rows_clean(o, a, rows, &c.count));
    if (!c.count)
        return OK;
    for (;;) {
        c.ticket = random_u64();
        st = chunk_run(o, &c, a);
        if (!worth_waiting(st) || job_stopping(o->job))
            break;
        log_fault("list_chunk_waits", 0);
        job_wait(o->job, RETRY_MS);
    }
    TRY(st);
    for (size_t i = 0; i < c.count; i++)
        if (c.results[i].key && !c.results[i].duplicate_of)
            seen_add(&o->seen, c.results[i].key, c.done_before + (int64_t)i + 1);
    o->done += (int64_t)c.count;
    return OK;
}

static STATUS chunks_off(struct work_off *o)
{
    while (o->more && !job_stopping(o->job)) {
        struct arena *a = arena_new(CHUNK_ARENA_BYTES);
        status st = chunk_off(o, a);
        arena_free(a);
        TRY(st);
    }
    return OK;
}

static STATUS file_off(struct work_off *o)
{
    TRY(delivery_sheet(&o->row, day_of_us(clock_now_us()), o->file.bytes, &o->sheet));
    TRY(evidence_gather(o->sheet, &o->evidence));
    o->done = o->row.rows_done;
    o->total = sheet_rows_expected(o->sheet);
    TRY(lane_run(o->job, o->arena, false, into_find, o));
    if (o->done)
        TRY(lane_run(o->job, o->arena, false, seen_restore, o));
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
        if (worth_waiting(st) || status_is(st, ERR_VERSION_CONFLICT) || status_is(st, ERR_STOPPING))
            return;
        e.state = DELIVERY_FAILED;
    }
    if (!status_ok(lane_run(o->job, o->arena, true, row_end, &e)))
        log_fault("list_end_failed", 0);
}

/* False when another process has it, or its file is elsewhere. */
static bool delivery_off(struct job *j, int64_t id)
{
    struct work_off o = { .job = j, .row = { .id = id }, .file = { .fd = -1 } };
    bool mine;

    o.arena = arena_new((size_t)1 << 30);
    seen_init(&o.seen);
    places_init(&o.places, j->app->defs, day_of_us(clock_now_us()));
    mine = status_ok(lane_run(j, o.arena, false, row_find, &o)) && o.row.state <= DELIVERY_RUNNING &&
           status_ok(delivery_file_map(j->app, o.row.digest, true, &o.file)) && status_ok(lane_run(j, o.arena, false, row_find, &o)) &&
           o.row.state <= DELIVERY_RUNNING && status_ok(lane_run(j, o.arena, true, row_begin, &o));
    if (mine) {
        fault_clear();
        delivery_finish(&o, file_off(&o));
    }
    sheet_done(&o.sheet);
    delivery_file_unmap(&o.file);
    seen_done(&o.seen);
    places_done(&o.places);
    arena_free(o.arena);
    return mine;
}

static bool open_off(struct job *j)
{
    struct open_list *list = calloc(1, sizeof *list);
    struct arena *a = arena_new(1 << 20);
    bool worked = false;

    MUST(list);
    if (!status_ok(lane_run(j, a, false, open_find, list)))
        list->count = 0;
    arena_free(a);
    for (size_t i = 0; i < list->count && !job_stopping(j); i++)
        worked |= delivery_off(j, list->ids[i]);
    free(list);
    return worked;
}

static void *job_main(void *arg)
{
    struct job *j = arg;

    job_wait(j, FIRST_MS);
    while (!job_stopping(j)) {
        bool worked = open_off(j);
        pthread_mutex_lock(&j->lock);
        bool eager = clock_mono_us() < j->eager_until_us;
        pthread_mutex_unlock(&j->lock);
        if (!worked)
            job_wait(j, eager ? EAGER_MS : IDLE_MS);
    }
    return NULL;
}

STATUS job_start(struct app *app, struct job **ret)
{
    struct job *j = calloc(1, sizeof *j);
    pthread_condattr_t attr;

    MUST(j);
    j->app = app;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&j->lock, NULL);
    pthread_cond_init(&j->wake, &attr);
    pthread_condattr_destroy(&attr);
    MUST(pthread_create(&j->thread, NULL, job_main, j) == 0);
    *ret = j;
    return OK;
}

void job_stop(struct job *j)
{
    pthread_mutex_lock(&j->lock);
    j->stopping = true;
    pthread_cond_signal(&j->wake);
    pthread_mutex_unlock(&j->lock);
    pthread_join(j->thread, NULL);
}

void job_free(struct job *j)
{
    pthread_cond_destroy(&j->wake);
    pthread_mutex_destroy(&j->lock);
    free(j);
}
