/* Lanes: the threads that hold database connections and run work in transactions.
 *
 * SQLite: one reading lane runs many pieces of work in one read transaction; what they disclosed goes to the one writing
 * lane, which commits it together with all waiting commands, and with the work that is known to disclose, in one
 * transaction and one fsync. PostgreSQL: every lane does both on its own connection. A reply leaves (done) only after the
 * commit that holds its ledger entries.
 * A command that fails is undone to its savepoint and takes nobody with it; a commit that fails fails its whole group.
 * tested by: src/gate/test/gate_test.c */
#include "gate/gate.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    GROUP_WORKS_MAX = 256,
    GROUP_ENTRIES_MAX = 30000, /* below LEDGER_GROUP_MAX, with room for one more piece of work */
    COMMIT_TRIES = 3,
    TICK_MS = 500,     /* when idle */
    BUSY_TICK_MS = 50, /* of the sequencer while there is work */
    FINISH_STEPS_MAX = 1000,
    LANES_MAX = 16,
    LANES_POSTGRESQL = 6,
};

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct work *head, **tail;
    bool stopping;
};

struct lane {
    struct lanes *of;
    struct queue *queue;
    struct db *db;
    bool reader; /* reads only; hands entries on to the writing lane */
    bool keeper; /* sequences the ledger and lets the store idle */
    pthread_t thread;
    struct arena *arena;
    int64_t ticked_us;
    day counted; /* the last day whose entries have been counted */
};

struct lanes {
    struct app *app;
    struct queue reads, writes;
    struct lane lane[LANES_MAX];
    int count;
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

/* Waits up to a tick for work; takes all that fits in a group. *ret_stop once stopping and empty. */
static size_t queue_take(struct queue *q, struct work *ret[static GROUP_WORKS_MAX], bool *ret_stop)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += TICK_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;

    size_t n = 0;
    pthread_mutex_lock(&q->lock);
    while (!q->head && !q->stopping)
        if (pthread_cond_timedwait(&q->wake, &q->lock, &until) != 0)
            break;
    while (q->head && n < GROUP_WORKS_MAX) {
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

static void work_fail(struct work *w, status st)
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

static STATUS group_append(struct lane *l, struct work *const *list, size_t n, struct tx *tx)
{
    size_t total = 0;
    for (size_t i = 0; i < n; i++)
        total += list[i]->journal.count;
    if (!total)
        return OK;
    struct ledger_entry *all = ARENA_ARRAY(l->arena, struct ledger_entry, total);
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        if (list[i]->journal.count)
            memcpy(all + at, list[i]->journal.entries, list[i]->journal.count * sizeof *all);
        at += list[i]->journal.count;
    }
    struct ctx cx;
    ctx_for_program(&cx, l->of->app, l->arena, STR("lane"));
    cx.tx = tx;
    return ledger_append(&cx, all, total);
}

/* Runs what has not run yet and commits. On failure nothing of the group is done. `*ret_used` counts the works that fit. */
static STATUS group_try(struct lane *l, struct work *const *list, size_t n, size_t *ret_used)
{
    struct tx *tx = NULL;
    *ret_used = n;
    TRY(tx_begin(l->db, &tx));
    size_t entries = 0, i = 0;
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

static bool worth_another_try(status st)
{
    enum error_class c = error_def(st.code)->class;
    return (c == CLASS_BUSY || c == CLASS_BROKEN) && !status_is(st, ERR_DISK_FULL) && !status_is(st, ERR_STORE_GONE);
}

/* One piece of work alone, after its group failed: so that one broken command cannot fail its neighbours. */
static void work_alone(struct lane *l, struct work *w)
{
    status st = OK;
    for (int try = 0; try < COMMIT_TRIES; try++) {
        size_t used;
        st = group_try(l, &w, 1, &used);
        if (status_ok(st) || !worth_another_try(st))
            break;
    }
    if (!status_ok(st))
        work_fail(w, st);
}

static size_t group_run(struct lane *l, struct work *const *list, size_t n)
{
    size_t used = n;
    status st = group_try(l, list, n, &used);
    if (!status_ok(st) && n > 1 && worth_another_try(st))
        for (size_t i = 0; i < used; i++)
            work_alone(l, list[i]);
    else if (!status_ok(st))
        for (size_t i = 0; i < used; i++)
            work_fail(list[i], st);
    for (size_t i = 0; i < used; i++)
        list[i]->done(list[i]);
    arena_reset(l->arena);
    return used;
}

/* Reads: one transaction for all; what disclosed something goes on to the writing lane. */
static void reads_run(struct lane *l, struct work *const *list, size_t n)
{
    struct tx *tx = NULL;
    struct work *first = NULL, *last = NULL;
    status begun = tx_begin(l->db, &tx);
    for (size_t i = 0; i < n; i++) {
        if (!status_ok(begun)) {
            work_fail(list[i], begun);
            continue;
        }
        work_run(list[i], tx);
        enum error_class class = error_def(list[i]->result.code)->class;
        if (class == CLASS_BROKEN || class == CLASS_BUSY) { /* the store may have failed under it: a fresh one for the others */
            tx_rollback(tx);
            begun = tx_begin(l->db, &tx);
        }
    }
    if (status_ok(begun))
        tx_rollback(tx);
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
        queue_add(&l->of->writes, first, last);
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

static STATUS keep_ledger(struct lane *l, int64_t *ret_sequenced)
{
    struct ctx cx;
    struct tx *tx = NULL;
    ctx_for_program(&cx, l->of->app, l->arena, STR("sequencer"));
    TRY(tx_begin(l->db, &tx));
    cx.tx = tx;
    status st = ledger_sequence(&cx, l->of->app->ledger, ret_sequenced);
    if (status_ok(st) && *ret_sequenced == 0)
        st = keep_idle(l, &cx);
    if (!status_ok(st)) {
        tx_rollback(tx);
        return st;
    }
    return tx_commit(tx);
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

/* Between groups while there is work, and whenever there is none. */
static void lane_tick(struct lane *l, bool idle)
{
    int64_t now = clock_mono_us();
    if (!l->keeper || (!idle && now - l->ticked_us < BUSY_TICK_MS * 1000))
        return;
    l->ticked_us = now;
    int64_t sequenced = 0;
    status st = keep_ledger(l, &sequenced);
    if (!status_ok(st) && error_def(st.code)->class != CLASS_BUSY) /* another process has the store: the next tick */
        log_fault("ledger_sequence_failed", 0);
    arena_reset(l->arena);
    if (idle && sequenced == 0 && !status_ok(db_idle(l->db)))
        log_fault("store_idle_failed", 0);
}

static void *lane_main(void *arg)
{
    struct lane *l = arg;
    struct work *list[GROUP_WORKS_MAX];
    bool stop = false;
    while (!stop) {
        size_t n = queue_take(l->queue, list, &stop);
        if (l->reader && n)
            reads_run(l, list, n);
        else
            for (size_t at = 0; at < n;)
                at += group_run(l, list + at, n - at);
        lane_tick(l, n == 0);
    }
    if (l->keeper)
        lane_finish(l);
    return NULL;
}

static STATUS lane_open(struct lanes *ls, struct queue *q, bool reader)
{
    MUST(ls->count < LANES_MAX);
    struct lane *l = &ls->lane[ls->count];
    *l = (struct lane){ .of = ls, .queue = q, .reader = reader, .keeper = !reader && (ls->count == 0) };
    TRY(db_open(ls->app->store, reader ? DB_READ : DB_WRITE, &l->db));
    l->arena = arena_new(1u << 30);
    ls->count++;
    return OK;
}

STATUS lanes_start(struct app *app, struct lanes **ret)
{
    struct lanes *ls = calloc(1, sizeof *ls);
    MUST(ls);
    ls->app = app;
    queue_init(&ls->reads);
    queue_init(&ls->writes);
    bool embedded = store_engine(app->store) == STORE_SQLITE;
    status st = lane_open(ls, &ls->writes, false);
    for (int i = 0; status_ok(st) && i < (embedded ? 1 : LANES_POSTGRESQL - 1); i++)
        st = embedded ? lane_open(ls, &ls->reads, true) : lane_open(ls, &ls->writes, false);
    if (!status_ok(st)) {
        for (int i = 0; i < ls->count; i++) {
            db_close(ls->lane[i].db);
            arena_free(ls->lane[i].arena);
        }
        free(ls);
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

/* The reading lanes first, because they feed the writing one. */
void lanes_stop(struct lanes *ls)
{
    if (!ls)
        return;
    for (int pass = 0; pass < 2; pass++) {
        queue_stop(pass == 0 ? &ls->reads : &ls->writes);
        for (int i = 0; i < ls->count; i++)
            if (ls->lane[i].reader == (pass == 0))
                pthread_join(ls->lane[i].thread, NULL);
    }
    for (int i = 0; i < ls->count; i++) {
        db_close(ls->lane[i].db);
        arena_free(ls->lane[i].arena);
    }
    free(ls);
}

/* What leaves an entry has to wait for the writing lane anyway. It runs there from the start: after each commit of another
 * connection SQLite throws away what the reading one has cached and mapped, which costs more than the reading. */
static bool goes_to_reader(const struct lanes *ls, const struct work *w)
{
    return !w->writes && !w->notes && store_engine(ls->app->store) == STORE_SQLITE;
}

void lanes_submit(struct lanes *ls, struct work *w)
{
    w->ran = false;
    queue_add(goes_to_reader(ls, w) ? &ls->reads : &ls->writes, w, w);
}

static _Thread_local struct gathered {
    struct work *first, *last;
} gathered[2];

void lanes_gather(struct lanes *ls, struct work *w)
{
    struct gathered *g = &gathered[goes_to_reader(ls, w)];
    w->ran = false;
    w->next = NULL;
    if (g->last)
        g->last->next = w;
    else
        g->first = w;
    g->last = w;
}

void lanes_flush(struct lanes *ls)
{
    for (int to_reader = 0; to_reader < 2; to_reader++) {
        struct gathered *g = &gathered[to_reader];
        if (g->first)
            queue_add(to_reader ? &ls->reads : &ls->writes, g->first, g->last);
        *g = (struct gathered){ NULL, NULL };
    }
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
