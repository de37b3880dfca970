/* Lanes: the threads that run work in transactions and make durable what it leaves in the ledger.
 *
 * SQLite: two reading lanes, one of them for work that is known to disclose, run many pieces of work in one read
 * transaction each. What they disclosed goes to the recording lane, which puts the entries of all that waits on the tape with
 * one fsync, while the reading lanes go on. The writing lane commits commands in groups, entries and all, and moves the tape
 * into the tables. Without the tape (another process has it) the writing lane records, too. What is quick does not come here
 * at all: the net thread that read the request runs and records it (round.c).
 * PostgreSQL: every lane does everything on its own connection.
 *
 * What is slow (a password to hash, a file to keep) is rehearsed on a lane of its own before the writing lane runs it (prepare.h).
 *
 * A reply leaves (done) only after its entries are durable. A command that fails is undone to its savepoint and takes nobody
 * with it; a commit that fails fails its whole group.
 * tested by: src/gate/test/gate_test.c */
#include "gate/gate.h"

#include "gate/ground.h"
#include "gate/lane.h"
#include "gate/prepare.h"
#include "gate/worker.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    COMMIT_TRIES = 3,
    TICK_MS = 500,     /* when idle */
    BUSY_TICK_MS = 50, /* of the sequencer while there is work … */
    TICK_REST = 5,     /* … but it rests so many times as long as it took, up to TICK_MS: its files wait for the disk, too */
    FINISH_STEPS_MAX = 1000,
    LANES_POSTGRESQL = 6,
    LANES_SLOW = 2,
};

static void queue_init(struct queue *q)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->wake, &attr);
    pthread_condattr_destroy(&attr);
    q->head = NULL;
    q->tail = &q->head;
    q->stopping = false;
}

static void queue_add(struct queue *q, struct work *first, struct work *last)
{
    last->next = NULL;
    pthread_mutex_lock(&q->lock);
    bool was_empty = !q->head;
    *q->tail = first;
    q->tail = &last->next;
    if (was_empty)
        pthread_cond_signal(&q->wake);
    pthread_mutex_unlock(&q->lock);
}

/* Waits up to wait_ms for work; takes `most` at once. *ret_stop once stopping and empty. */
static size_t queue_take(struct queue *q, long wait_ms, size_t most, struct work **ret, bool *ret_stop)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += wait_ms * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;

    size_t n = 0;
    pthread_mutex_lock(&q->lock);
    while (!q->head && !q->stopping)
        if (pthread_cond_timedwait(&q->wake, &q->lock, &until) != 0)
            break;
    while (q->head && n < most) {
        ret[n++] = q->head;
        q->head = q->head->next;
    }
    if (!q->head)
        q->tail = &q->head;
    else
        pthread_cond_signal(&q->wake);
    *ret_stop = n == 0 && q->stopping;
    pthread_mutex_unlock(&q->lock);
    return n;
}

void work_fail(struct work *w, status st)
{
    w->result = st;
    w->fault = *fault_here();
    w->journal.count = 0;
}

static void work_run(struct work *w, struct tx *tx)
{
    w->journal = (struct journal){ 0 };
    w->cx.journal = &w->journal;
    w->cx.tx = tx;
    w->cx.now_us = clock_now_us();
    w->cx.today = day_of_us(w->cx.now_us);
    fault_clear();
    status st = w->run(&w->cx, w->arg);
    w->cx.tx = NULL;
    w->result = st;
    if (!status_ok(st))
        work_fail(w, st);
}

/* Within a savepoint of its own, so that what fails is undone and the group goes on. */
static void work_run_marked(struct work *w, struct tx *tx)
{
    status st = tx_mark(tx);
    if (!status_ok(st)) {
        work_fail(w, st);
        return;
    }
    work_run(w, tx);
    st = status_ok(w->result) ? tx_keep(tx) : tx_undo(tx);
    if (!status_ok(st) && status_ok(w->result))
        work_fail(w, st);
}

size_t works_entries(struct arena *a, struct work *const *list, size_t n, struct ledger_entry **ret)
{
    size_t total = 0, at = 0;
    if (n == 1) { /* no need of a copy, which of a large list is large */
        *ret = list[0]->journal.entries;
        return list[0]->journal.count;
    }
    for (size_t i = 0; i < n; i++)
        total += list[i]->journal.count;
    *ret = ARENA_ARRAY(a, struct ledger_entry, total + 1);
    for (size_t i = 0; i < n; i++) {
        if (list[i]->journal.count)
            memcpy(*ret + at, list[i]->journal.entries, list[i]->journal.count * sizeof **ret);
        at += list[i]->journal.count;
    }
    return total;
}

static STATUS group_append(struct lane *l, struct work *const *list, size_t n, struct tx *tx)
{
    struct ledger_entry *all;
    size_t total = works_entries(l->arena, list, n, &all);
    if (!total)
        return OK;
    struct ctx cx;
    ctx_for_program(&cx, l->of->app, l->arena, STR("lane"));
    cx.tx = tx;
    return ledger_append(&cx, all, total);
}

/* Alone it needs no savepoint, which has to keep what each page was: the transaction is its own. */
static STATUS work_try(struct lane *l, struct work *w, struct tx *tx)
{
    work_run(w, tx);
    status st = status_ok(w->result) ? group_append(l, &w, 1, tx) : OK;
    if (!status_ok(st) || !status_ok(w->result)) {
        tx_rollback(tx);
        return status_ok(st) ? OK : fault_pass(st, __FILE__, __LINE__);
    }
    return tx_commit(tx);
}

/* Runs what has not run yet and commits. On failure nothing of the group is done. `*ret_used` counts the works that fit. */
static STATUS group_try(struct lane *l, struct work *const *list, size_t n, size_t *ret_used)
{
    struct tx *tx = NULL;
    *ret_used = n;
    TRY(tx_begin(l->db, &tx));
    size_t entries = 0, i = 0;
    if (n == 1 && !list[0]->ran)
        return work_try(l, list[0], tx);
    for (; i < n && entries < GROUP_ENTRIES_MAX; i++) {
        struct work *w = list[i];
        if (!w->ran)
            work_run_marked(w, tx);
        entries += w->journal.count;
    }
    *ret_used = i;
    status st = group_append(l, list, i, tx);
    if (!status_ok(st)) {
        tx_rollback(tx);
        return fault_pass(st, __FILE__, __LINE__);
    }
    return tx_commit(tx);
}

bool work_again(status st)
{
    enum error_class c = error_def(st.code)->class;
    return (c == CLASS_BUSY || c == CLASS_BROKEN) && !status_is(st, ERR_DISK_FULL) && !status_is(st, ERR_STORE_GONE);
}

/* It met another transaction's rows (PostgreSQL sees one snapshot): in a fresh one it may succeed. */
static bool met_another(const struct work *w) { return !w->ran && status_is(w->result, ERR_STORE_BUSY); }

/* One piece of work alone, after its group failed, so that one broken command cannot fail its neighbours; or after it met
 * another transaction there. What an earlier run put into its context is forgotten. */
static void work_alone(struct lane *l, struct work *w, const struct ctx *began)
{
    status st = OK;
    for (int try = 0; try < COMMIT_TRIES; try++) {
        size_t used;
        if (!w->ran)
            w->cx = *began;
        st = group_try(l, &w, 1, &used);
        if (status_ok(st) ? !met_another(w) : !work_again(st))
            break;
    }
    if (!status_ok(st))
        work_fail(w, st);
}

static void work_committed(struct work *w)
{
    for (size_t i = 0; status_ok(w->result) && i < w->journal.wake_count; i++)
        worker_wake(w->journal.wakes[i]);
    w->done(w);
}

static size_t group_run(struct lane *l, struct work *const *list, size_t n)
{
    size_t used = n;
    struct ctx *began = ARENA_ARRAY(l->arena, struct ctx, n);
    for (size_t i = 0; i < n; i++)
        began[i] = list[i]->cx;
    status st = group_try(l, list, n, &used);
    if (!status_ok(st) && n > 1 && work_again(st))
        for (size_t i = 0; i < used; i++)
            work_alone(l, list[i], &began[i]);
    else if (!status_ok(st))
        for (size_t i = 0; i < used; i++)
            work_fail(list[i], st);
    for (size_t i = 0; i < used && status_ok(st); i++)
        if (met_another(list[i]))
            work_alone(l, list[i], &began[i]);
    for (size_t i = 0; i < used; i++)
        work_committed(list[i]);
    arena_reset(l->arena);
    return used;
}

/* Durable on the tape. *ret_used counts the works that fit. */
static STATUS records_try(struct store *s, struct arena *a, struct work *const *list, size_t n, size_t *ret_used)
{
    struct ledger_entry *all;
    size_t entries = 0, used = 0;
    while (used < n && entries < GROUP_ENTRIES_MAX)
        entries += list[used++]->journal.count;
    *ret_used = used;
    entries = works_entries(a, list, used, &all);
    return ledger_tape_add(a, tape_of(s), all, entries);
}

size_t works_record(struct store *s, struct arena *a, struct work *const *list, size_t n)
{
    size_t used, one;
    status st = records_try(s, a, list, n, &used);
    for (size_t i = 0; i < used && !status_ok(st); i++) {
        status alone = used > 1 && work_again(st) ? records_try(s, a, list + i, 1, &one) : st;
        if (!status_ok(alone))
            work_fail(list[i], alone);
    }
    for (size_t i = 0; i < used; i++)
        list[i]->done(list[i]);
    arena_reset(a);
    return used;
}

void works_read(struct db *db, struct work *const *list, size_t n)
{
    struct tx *tx = NULL;
    status begun = tx_begin(db, &tx);
    for (size_t i = 0; i < n; i++) {
        if (!status_ok(begun)) {
            work_fail(list[i], begun);
            continue;
        }
        work_run(list[i], tx);
        enum error_class class = error_def(list[i]->result.code)->class;
        if (class == CLASS_BROKEN || class == CLASS_BUSY) { /* the store may have failed under it: a fresh one for the others */
            tx_rollback(tx);
            begun = tx_begin(db, &tx);
        }
    }
    if (status_ok(begun))
        tx_rollback(tx);
}

/* What disclosed something goes on to be recorded. */
static void reads_run(struct lane *l, struct work *const *list, size_t n)
{
    struct work *first = NULL, *last = NULL;
    works_read(l->db, list, n);
    for (size_t i = 0; i < n; i++) {
        struct work *w = list[i];
        if (w->journal.count == 0) {
            w->done(w);
            continue;
        }
        w->ran = true;
        w->next = NULL;
        if (last)
            last->next = w;
        else
            first = w;
        last = w;
    }
    if (first)
        queue_add(&l->of->queue[tape_of(l->of->app->store) ? TASK_RECORD : TASK_WRITE], first, last);
}

/* One at a time, so that no snapshot is held longer than one of them takes. A refusal is the answer; anything else goes on to
 * the writing lane, which begins anew, with what was worked out. */
static void rehearse(struct lane *l, struct work *w)
{
    struct ctx kept = w->cx;
    kept.prepared = w->cx.prepared = prepared_new(kept.arena);
    works_read(l->db, &w, 1);
    enum error_class class = error_def(w->result.code)->class;
    w->cx = kept;
    prepared_ready(kept.prepared);
    if (status_ok(w->result) || class == CLASS_BUSY || class == CLASS_BROKEN)
        queue_add(&l->of->queue[TASK_WRITE], w, w);
    else
        w->done(w);
}

/* What can wait until nothing else does: the index by person, and once a day the counts of yesterday. */
static STATUS keep_idle(struct lane *l, struct ctx *cx)
{
    int64_t n;
    day yesterday = day_add(cx->today, -1);
    TRY(ledger_index_persons(cx, l->of->app->ledger, &n));
    if (day_eq(yesterday, l->counted))
        return OK;
    TRY(ledger_count_day(cx, l->of->app->ledger, yesterday, &n));
    l->counted = yesterday;
    return OK;
}

/* What waits on the tape moves into the tables whether or not the tree can grow. */
static STATUS keep_step(struct lane *l, struct ctx *cx, bool sequence, int64_t *ret_sequenced)
{
    struct ledger *ledger = l->of->app->ledger;
    *ret_sequenced = 0;
    TRY(ledger_tape_store(cx, 0));
    if (!sequence)
        return OK;
    TRY(ledger_sequence(cx, ledger, ret_sequenced));
    return *ret_sequenced == 0 ? keep_idle(l, cx) : OK;
}

static STATUS keep_in_tx(struct lane *l, bool sequence, int64_t *ret_sequenced)
{
    struct ctx cx;
    struct tx *tx = NULL;
    ctx_for_program(&cx, l->of->app, l->arena, STR("sequencer"));
    TRY(tx_begin(l->db, &tx));
    cx.tx = tx;
    status st = keep_step(l, &cx, sequence, ret_sequenced);
    if (!status_ok(st)) {
        tx_rollback(tx);
        return st;
    }
    return tx_commit(tx);
}

static STATUS keep_ledger(struct lane *l, int64_t *ret_sequenced)
{
    struct tape *tape = tape_of(l->of->app->store);
    status st = keep_in_tx(l, true, ret_sequenced);
    if (status_ok(st) || !tape)
        return st;
    struct fault f = *fault_here();
    int64_t none;
    status moved = keep_in_tx(l, false, &none);
    if (!status_ok(moved))
        tape_stalled(tape, moved);
    *fault_here() = f;
    return st;
}

static STATUS release_ledger(struct lane *l)
{
    struct ctx cx;
    struct tx *tx = NULL;
    ctx_for_program(&cx, l->of->app, l->arena, STR("sequencer"));
    TRY(tx_begin(l->db, &tx));
    cx.tx = tx;
    status st = ledger_release(&cx, l->of->app->ledger);
    if (!status_ok(st)) {
        tx_rollback(tx);
        return st;
    }
    return tx_commit(tx);
}

/* At the end the keeper numbers what is left and lets another process take over. */
static void lane_finish(struct lane *l)
{
    int64_t sequenced = 1;
    for (int step = 0; step < FINISH_STEPS_MAX && sequenced > 0; step++) {
        status st = keep_ledger(l, &sequenced);
        arena_reset(l->arena);
        if (!status_ok(st))
            return;
    }
    if (!status_ok(release_ledger(l)))
        log_fault("ledger_release_failed", 0);
}

/* One process at a time has the tape; the next one takes over what its owner left. */
static STATUS tape_take(struct lane *l)
{
    struct ctx cx;
    struct tape *tape;
    ctx_for_program(&cx, l->of->app, l->arena, STR("sequencer"));
    TRY(tx_begin(l->db, &cx.tx));
    status st = ledger_tape_open(&cx, 0, &tape);
    tx_rollback(cx.tx);
    return st;
}

static void tape_try(struct lane *l)
{
    struct store *s = l->of->app->store;
    if (store_engine(s) != STORE_SQLITE || tape_of(s) || l->tape_refused)
        return;
    status st = tape_take(l);
    l->tape_refused = !status_ok(st) && !status_is(st, ERR_STORE_BUSY) && !status_is(st, ERR_DISK_FULL);
    if (l->tape_refused)
        log_fault("tape_refused", 0);
}

/* Between groups while there is work, and whenever there is none. */
static void lane_tick(struct lane *l, bool idle)
{
    int64_t now = clock_mono_us();
    if (!l->keeper || (!idle && now < l->tick_at_us))
        return;
    int64_t sequenced = 0;
    tape_try(l);
    status st = keep_ledger(l, &sequenced);
    l->behind = status_ok(st) && sequenced >= SEQUENCER_STEP_ENTRIES;
    if (!status_ok(st) && error_def(st.code)->class != CLASS_BUSY) /* another process has the store: the next tick */
        log_fault("ledger_sequence_failed", 0);
    arena_reset(l->arena);
    if (idle && !l->behind && !status_ok(db_idle(l->db)))
        log_fault("store_idle_failed", 0);
    int64_t ended = clock_mono_us(), rest = (ended - now) * TICK_REST;
    l->tick_at_us = ended + (rest < BUSY_TICK_MS * 1000 ? BUSY_TICK_MS * 1000 : rest < TICK_MS * 1000 ? rest : TICK_MS * 1000);
}

static void lane_run(struct lane *l, struct work *const *list, size_t n)
{
    if (l->task == TASK_SLOW) {
        rehearse(l, list[0]);
        return;
    }
    if (l->task == TASK_READ || l->task == TASK_SHOW) {
        reads_run(l, list, n);
        return;
    }
    for (size_t at = 0; at < n;)
        at += l->task == TASK_RECORD ? works_record(l->of->app->store, l->arena, list + at, n - at) : group_run(l, list + at, n - at);
}

static void *lane_main(void *arg)
{
    static const char *const names[TASKS] = { [TASK_SLOW] = "slow", [TASK_READ] = "read", [TASK_SHOW] = "show", [TASK_RECORD] = "record", [TASK_WRITE] = "write" };
    struct lane *l = arg;
    struct work *list[GROUP_WORKS_MAX];
    bool stop = false;
    pthread_setname_np(pthread_self(), names[l->task]);
    if (l->keeper)
        tape_try(l);
    while (!stop) {
        size_t n = queue_take(&l->of->queue[l->task], l->behind ? 0 : TICK_MS, l->task == TASK_SLOW ? 1 : GROUP_WORKS_MAX, list, &stop);
        if (n)
            lane_run(l, list, n);
        lane_tick(l, n == 0);
    }
    if (l->keeper)
        lane_finish(l);
    return NULL;
}

static STATUS lane_open(struct lanes *ls, enum task task)
{
    MUST(ls->count < LANES_MAX);
    struct lane *l = &ls->lane[ls->count];
    *l = (struct lane){ .of = ls, .task = task, .keeper = ls->count == 0 };
    if (task != TASK_RECORD)
        TRY(db_open(ls->app->store, task == TASK_WRITE ? DB_WRITE : DB_READ, &l->db));
    l->arena = arena_new(1u << 30);
    ls->count++;
    return OK;
}

static STATUS lanes_open(struct lanes *ls)
{
    TRY(lane_open(ls, TASK_WRITE));
    for (int i = 0; i < LANES_SLOW; i++)
        TRY(lane_open(ls, TASK_SLOW));
    if (store_engine(ls->app->store) == STORE_SQLITE) {
        TRY(lane_open(ls, TASK_READ));
        TRY(lane_open(ls, TASK_SHOW));
        return lane_open(ls, TASK_RECORD);
    }
    while (ls->count < LANES_POSTGRESQL + LANES_SLOW)
        TRY(lane_open(ls, TASK_WRITE));
    return OK;
}

static void lanes_free(struct lanes *ls)
{
    tape_close(tape_of(ls->app->store));
    rounds_free(&ls->rounds);
    for (int i = 0; i < ls->count; i++) {
        db_close(ls->lane[i].db);
        arena_free(ls->lane[i].arena);
    }
    free(ls);
}

STATUS lanes_start(struct app *app, struct lanes **ret)
{
    struct lanes *ls = calloc(1, sizeof *ls);
    MUST(ls);
    ls->app = app;
    rounds_init(&ls->rounds);
    for (int i = 0; i < TASKS; i++)
        queue_init(&ls->queue[i]);
    status st = lanes_open(ls);
    if (!status_ok(st)) {
        lanes_free(ls);
        return fault_pass(st, __FILE__, __LINE__);
    }
    for (int i = 0; i < ls->count; i++)
        MUST(pthread_create(&ls->lane[i].thread, NULL, lane_main, &ls->lane[i]) == 0);
    *ret = ls;
    return OK;
}

static void queue_stop(struct queue *q)
{
    pthread_mutex_lock(&q->lock);
    q->stopping = true;
    pthread_cond_broadcast(&q->wake);
    pthread_mutex_unlock(&q->lock);
}

void lanes_stop(struct lanes *ls)
{
    if (!ls)
        return;
    for (int task = 0; task < TASKS; task++) {
        queue_stop(&ls->queue[task]);
        for (int i = 0; i < ls->count; i++)
            if ((int)ls->lane[i].task == task)
                pthread_join(ls->lane[i].thread, NULL);
    }
    lanes_free(ls);
}

/* Without a tape, what leaves an entry runs on the writing lane from the start: it has to wait for its commit anyway. */
static enum task task_of(const struct lanes *ls, const struct work *w)
{
    if (w->writes && w->slow)
        return TASK_SLOW;
    if (w->writes || store_engine(ls->app->store) != STORE_SQLITE)
        return TASK_WRITE;
    if (w->notes)
        return tape_of(ls->app->store) ? TASK_SHOW : TASK_WRITE;
    return TASK_READ;
}

void lanes_submit(struct lanes *ls, struct work *w)
{
    w->ran = false;
    queue_add(&ls->queue[task_of(ls, w)], w, w);
}

static _Thread_local struct gathered {
    struct work *first, *last;
} gathered[TASKS];

bool lanes_gather(struct lanes *ls, struct work *w)
{
    if (round_take(ls, w))
        return true;
    struct gathered *g = &gathered[task_of(ls, w)];
    w->ran = false;
    w->next = NULL;
    if (g->last)
        g->last->next = w;
    else
        g->first = w;
    g->last = w;
    return false;
}

/* Others first: they work while this thread does. */
size_t lanes_flush(struct lanes *ls, void (*wake)(void *arg), void *arg)
{
    for (int task = 0; task < TASKS; task++) {
        struct gathered *g = &gathered[task];
        if (g->first)
            queue_add(&ls->queue[task], g->first, g->last);
        *g = (struct gathered){ NULL, NULL };
    }
    return round_run(ls, wake, arg);
}

struct waiting {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool done;
};

static void waiting_done(struct work *w)
{
    struct waiting *x = w->waiting;
    pthread_mutex_lock(&x->lock);
    x->done = true;
    pthread_cond_signal(&x->wake);
    pthread_mutex_unlock(&x->lock);
}

STATUS lanes_call(struct lanes *ls, struct work *w)
{
    struct waiting x = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false };
    w->waiting = &x;
    w->done = waiting_done;
    lanes_submit(ls, w);
    pthread_mutex_lock(&x.lock);
    while (!x.done)
        pthread_cond_wait(&x.wake, &x.lock);
    pthread_mutex_unlock(&x.lock);
    pthread_cond_destroy(&x.wake);
    if (!status_ok(w->result))
        *fault_here() = w->fault;
    return w->result;
}
