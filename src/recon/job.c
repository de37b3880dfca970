/* Works off runs one after another, oldest first: snapshot, rows in chunks under the operation run.match in the name of whoever
 * planned (compared on a reading lane while the writing lane writes those before), figures, cases. A lock on a file keeps two processes of one machine apart; the compare-and-set on the last
 * row refuses the later of two that do not share one. A full disk or a store that is away is waited for; what is wrong with the run
 * itself ends it with its error, and run.resume goes on from the last chunk.
 * tested by: src/recon/test/run_test.c */
#include "recon/inside.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

enum { IDLE_MS = 5000, FIRST_MS = 1000, RETRY_MS = 500, SETTLE_MS = 2000, PATH_BYTES = 4096, OPEN_MAX = 20 };
#define WORK_ARENA_BYTES ((size_t)1 << 30)
#define CHUNK_ARENA_BYTES ((size_t)512 << 20)

/* --- steps in a transaction ------------------------------------------------------------------------------------------------- */

struct step {
    struct run_work *work;
    int64_t id;
    status failed; /* of a run that ends so */
};

static status open_find(struct ctx *cx, void *arg)
{
    static const enum run_state open[] = { RUN_PLANNED, RUN_SNAPSHOT, RUN_MATCHING, RUN_PUBLISHING };
    struct step *s = arg;
    s->id = 0;
    for (size_t i = 0; i < sizeof open / sizeof *open; i++) {
        struct recon_runs_in_state_row *rows;
        size_t n;
        TRY(recon_runs_in_state(cx, RECON_SHARD, (int16_t)open[i], OPEN_MAX, &rows, &n));
        if (n && (!s->id || rows[0].id < s->id))
            s->id = rows[0].id;
    }
    return OK;
}

static status row_load(struct ctx *cx, void *arg)
{
    struct step *s = arg;
    struct ctx keep = *cx;
    bool found;
    keep.arena = s->work->arena;
    TRY(recon_run_get(&keep, RECON_SHARD, s->id, &s->work->row, &found));
    return found ? OK : FAIL(RUN_MISSING);
}

static STATUS moved(int64_t changed) { return changed == 1 ? OK : FAIL(VERSION_CONFLICT); }

static status snapshot_begin(struct ctx *cx, void *arg)
{
    const struct step *s = arg;
    int64_t changed = 0;
    TRY(recon_run_move(cx, &(struct recon_run_move_params){ .shard = RECON_SHARD, .id = s->id, .expected = RUN_PLANNED, .state = RUN_SNAPSHOT }, &changed));
    return moved(changed);
}

static status snapshot_take(struct ctx *cx, void *arg)
{
    const struct step *s = arg;
    struct sector_rows_count_row count = { 0 };
    int64_t changed = 0;
    bool found = true;
    if (run_is_scoped(&s->work->row))
        TRY(run_scope_make(cx, &s->work->row, &count.n));
    else
        TRY(sector_rows_count(cx, RECON_SHARD, s->work->row.code, &count, &found));
    TRY(recon_run_counted(cx, &(struct recon_run_counted_params){ .shard = RECON_SHARD, .id = s->id, .expected = RUN_SNAPSHOT, .state = RUN_MATCHING,
                                                                  .rows_total = count.n }, &changed));
    return moved(changed);
}

static status work_restore(struct ctx *cx, void *arg)
{
    const struct step *s = arg;
    return run_restore(cx, s->work);
}

static status scored(struct ctx *cx, void *arg)
{
    const struct step *s = arg;
    int64_t changed = 0;
    enum run_state next = s->work->row.publish ? RUN_PUBLISHING : RUN_SCORED;
    TRY(recon_run_scored(cx, &(struct recon_run_scored_params){ .shard = RECON_SHARD, .id = s->id, .expected = RUN_MATCHING, .state = (int16_t)next,
                                                                .finished_us = cx->now_us }, &changed));
    TRY(moved(changed));
    return tally_write(cx, &s->work->tally, s->id);
}

static status published(struct ctx *cx, void *arg)
{
    const struct step *s = arg;
    int64_t changed = 0;
    TRY(recon_run_published(cx, &(struct recon_run_published_params){ .shard = RECON_SHARD, .id = s->id, .expected = RUN_PUBLISHING,
                                                                      .state = RUN_PUBLISHED, .published_us = cx->now_us }, &changed));
    return moved(changed);
}

static status failed(struct ctx *cx, void *arg)
{
    const struct step *s = arg;
    return recon_run_move(cx, &(struct recon_run_move_params){ .shard = RECON_SHARD, .id = s->id, .expected = s->work->row.state, .state = RUN_FAILED,
                                                               .error = str_of(error_def(s->failed.code)->name) }, NULL);
}

/* --- chunks ------------------------------------------------------------------------------------------------------------------- */

/* One chunk: looked at by calls that are waited for, written while the next one is looked at. */
struct slot {
    struct arena *arena;
    struct run_match_in in;
    struct run_chunk chunk;
    struct errand errand;
};

static bool chunk_grows(const void *chunk) { return !((const struct run_chunk *)chunk)->full; }

/* In the name of the planner. */
static void slot_start(struct slot *s, struct worker *w, struct run_work *work)
{
    const struct recon_run_row *r = &work->row;
    *s = (struct slot){ .arena = arena_new(CHUNK_ARENA_BYTES), .in = { .run = r->id }, .chunk = { .work = work } };
    errand_start(&s->errand, &(struct errand){
        .worker = w, .operation = "run.match", .waits = "run_chunk_waits", .in = &s->in, .what = &s->chunk, .more = chunk_grows,
        .actor = { .roles = (uint32_t)r->roles, .account = { r->account }, .organisation = r->organisation, .unit = { r->actor_unit }, .name = STR("runs") },
        .purpose = { STR("run"), arena_printf(work->arena, "%lld", (long long)r->id) } });
}

static void slot_done(struct slot *s)
{
    errand_end(&s->errand);
    arena_free(s->arena);
}

/* --- matching: one chunk is looked at while the one before is written ---------------------------------------------------------- */

static STATUS slot_look(struct slot *s, int64_t after)
{
    arena_reset(s->arena);
    s->chunk = (struct run_chunk){ .work = s->chunk.work, .last_row = after, .first = after == 0 };
    errand_offer(&s->errand, s->arena, false);
    return errand_insist(&s->errand);
}

static STATUS slot_written(struct slot *s)
{
    if (!s->errand.offered)
        return OK;
    TRY(errand_insist(&s->errand));
    run_chunk_take(&s->chunk);
    return OK;
}

static STATUS chunks_match(struct worker *w, struct run_work *work, struct slot slots[static 2], bool *ret_done)
{
    int64_t after = work->row.last_row;
    bool more = true;
    for (int at = 0; more && !worker_stopping(w); at = !at) {
        struct slot *s = &slots[at];
        TRY(slot_look(s, after));
        TRY(slot_written(&slots[!at]));
        if (!s->chunk.full)
            break; /* the process stops */
        more = s->chunk.more;
        after = s->chunk.last_row;
        errand_offer(&s->errand, s->arena, true);
    }
    TRY(slot_written(&slots[0]));
    TRY(slot_written(&slots[1]));
    *ret_done = !more;
    return OK;
}

static STATUS rows_off(struct worker *w, struct run_work *work, bool *ret_done)
{
    struct slot slots[2];
    slot_start(&slots[0], w, work);
    slot_start(&slots[1], w, work);
    status st = chunks_match(w, work, slots, ret_done);
    slot_done(&slots[0]);
    slot_done(&slots[1]);
    return st;
}

/* --- publishing ------------------------------------------------------------------------------------------------------------------ */

static STATUS cases_open(struct worker *w, struct slot *s, struct run_work *work, bool *ret_done)
{
    struct run_chunk *c = &s->chunk;
    for (c->more = true; c->more && !worker_stopping(w);) {
        arena_reset(s->arena);
        *c = (struct run_chunk){ .work = work };
        errand_offer(&s->errand, s->arena, true);
        TRY(errand_insist(&s->errand));
        if (!c->told_row)
            continue;
        work->row.told_row = c->told_row;
        work->row.told_outcome = c->told_outcome;
        work->row.told_unit = c->told_unit;
    }
    *ret_done = !c->more;
    return OK;
}

static STATUS cases_off(struct worker *w, struct run_work *work, bool *ret_done)
{
    struct slot s;
    slot_start(&s, w, work);
    status st = cases_open(w, &s, work, ret_done);
    slot_done(&s);
    return st;
}

/* --- one run ------------------------------------------------------------------------------------------------------------------ */

/* On PostgreSQL a transaction that began before the snapshot may commit after it. */
static void settle(struct worker *w, const struct recon_run_row *r)
{
    if (store_engine(worker_app(w)->store) != STORE_SQLITE && clock_now_us() - r->snapshot_us < SETTLE_MS * INT64_C(1000))
        worker_pause(w, SETTLE_MS);
}

static STATUS match_off(struct worker *w, struct step *s)
{
    bool done = false;
    if (s->work->row.rows_done)
        TRY(worker_call(w, s->work->arena, false, work_restore, s));
    TRY(rows_off(w, s->work, &done));
    return done ? worker_call(w, s->work->arena, true, scored, s) : OK;
}

static STATUS publish_off(struct worker *w, struct step *s)
{
    bool done = false;
    TRY(cases_off(w, s->work, &done));
    return done ? worker_call(w, s->work->arena, true, published, s) : OK;
}

/* From the state that the run is in to the next. */
static STATUS state_off(struct worker *w, struct step *s)
{
    switch ((enum run_state)s->work->row.state) {
    case RUN_PLANNED:
        settle(w, &s->work->row);
        return worker_call(w, s->work->arena, true, snapshot_begin, s);
    case RUN_SNAPSHOT: return worker_call(w, s->work->arena, true, snapshot_take, s);
    case RUN_MATCHING: return match_off(w, s);
    case RUN_PUBLISHING: return publish_off(w, s);
    default: return OK;
    }
}

static void run_fail(struct worker *w, struct step *s, status st)
{
    if (status_is(st, ERR_VERSION_CONFLICT) || status_is(st, ERR_STOPPING)) { /* stopped by somebody, or worked off by another */
        worker_pause(w, RETRY_MS);
        return;
    }
    log_fault("run_failed", 0);
    if (worker_may_wait(st)) {
        worker_pause(w, RETRY_MS);
        return;
    }
    s->failed = st;
    if (!status_ok(worker_call(w, s->work->arena, true, failed, s)))
        log_fault("run_end_failed", 0);
}

static void run_off(struct worker *w, int64_t id)
{
    struct run_work work = { .arena = arena_new(WORK_ARENA_BYTES) };
    struct step s = { .work = &work, .id = id };
    table64_init(&work.seen, 64);
    tally_init(&work.tally);
    status st = worker_call(w, work.arena, false, row_load, &s);
    if (status_ok(st)) {
        work.then = known_then_new(work.row.snapshot_us);
        work.scoped = run_is_scoped(&work.row);
        fault_clear();
        st = state_off(w, &s);
    }
    if (!status_ok(st))
        run_fail(w, &s, st);
    known_then_free(work.then);
    tally_done(&work.tally);
    table64_done(&work.seen);
    arena_free(work.arena);
}

/* -1: another process works off the runs of this folder. */
static int lock_take(const struct app *app)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%.*s/runs.lock", STR_ARG(app->directory));
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* One run from its state to the next, if there is one. */
static int run_step(struct worker *w)
{
    struct arena *a = arena_new(1 << 20);
    struct step s = { .id = 0 };
    int lock = -1;
    if (status_ok(worker_call(w, a, false, open_find, &s)) && s.id)
        lock = lock_take(worker_app(w));
    arena_free(a);
    if (lock < 0)
        return IDLE_MS;
    run_off(w, s.id);
    close(lock);
    return 0;
}

const struct worker_plan run_worker = { .job = "runs", .step = run_step, .first_ms = FIRST_MS };
