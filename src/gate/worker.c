/* See worker.h. tested by: src/gate/test/gate_test.c, src/recon/test/run_test.c */
#include "gate/worker.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SWEEP_ARENA_BYTES = 64 << 20, RETRY_MS = 500 };

struct worker {
    struct app *app;
    const struct worker_plan *plan;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping, woken;
    struct arena *arena; /* of sweeps */
    struct { uint64_t ticket; void *what; } hands[WORKER_HANDS_MAX]; /* what: NULL where one is free */
};

static void rest(struct worker *w, int ms, bool for_wake)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += ms % 1000 * 1000000L;
    until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_mutex_lock(&w->lock);
    while (!w->stopping && !(for_wake && w->woken))
        if (pthread_cond_timedwait(&w->wake, &w->lock, &until) != 0)
            break;
    if (for_wake)
        w->woken = false;
    pthread_mutex_unlock(&w->lock);
}

void worker_pause(struct worker *w, int ms) { rest(w, ms, false); }

bool worker_stopping(struct worker *w)
{
    pthread_mutex_lock(&w->lock);
    bool stopping = w->stopping;
    pthread_mutex_unlock(&w->lock);
    return stopping;
}

void worker_wake(struct worker *w)
{
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->woken = true;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
}

void worker_wake_after(struct ctx *cx, struct worker *w)
{
    struct journal *j = cx->journal;
    if (!w)
        return;
    for (size_t i = 0; j && i < j->wake_count; i++)
        if (j->wakes[i] == w)
            return;
    if (j && j->wake_count < JOURNAL_WAKES_MAX)
        j->wakes[j->wake_count++] = w;
    else
        worker_wake(w);
}

void worker_hand(struct worker *w, uint64_t ticket, void *what)
{
    int at = 0;
    pthread_mutex_lock(&w->lock);
    while (at < WORKER_HANDS_MAX && (what ? w->hands[at].what != NULL : w->hands[at].ticket != ticket))
        at++;
    MUST(at < WORKER_HANDS_MAX);
    w->hands[at].ticket = what ? ticket : 0;
    w->hands[at].what = what;
    pthread_mutex_unlock(&w->lock);
}

void *worker_handed(struct worker *w, uint64_t ticket)
{
    if (!w)
        return NULL;
    void *what = NULL;
    pthread_mutex_lock(&w->lock);
    for (int i = 0; i < WORKER_HANDS_MAX; i++)
        if (w->hands[i].ticket == ticket)
            what = w->hands[i].what;
    pthread_mutex_unlock(&w->lock);
    return what;
}

STATUS worker_call(struct worker *w, struct arena *a, bool writes, status (*run)(struct ctx *, void *), void *arg)
{
    struct work work = { .run = run, .arg = arg, .writes = writes };
    ctx_for_program(&work.cx, w->app, a, str_of(w->plan->job));
    return lanes_call(w->app->lanes, &work);
}

bool worker_may_wait(status st)
{
    return error_def(st.code)->class == CLASS_BUSY && !status_is(st, ERR_VERSION_CONFLICT) && !status_is(st, ERR_STOPPING);
}

/* --- errands ---------------------------------------------------------------------------------------------------------------- */

static status errand_run(struct ctx *cx, void *arg)
{
    const struct errand *e = arg;
    const struct operation *op = operation_find(cx->app, str_of(e->operation));
    return gate_call(cx, op, e->in, arena_alloc(cx->arena, op->gives->bytes));
}

/* On a thread of the lanes. */
static void errand_ended(struct work *w)
{
    struct errand *e = w->arg;
    if (status_ok(w->result) && !w->writes && e->more && e->more(e->what) && !worker_stopping(e->worker)) {
        lanes_submit(e->worker->app->lanes, w);
        return;
    }
    pthread_mutex_lock(&e->lock);
    e->ended = true;
    pthread_cond_signal(&e->wake);
    pthread_mutex_unlock(&e->lock);
}

void errand_start(struct errand *e, const struct errand *as)
{
    *e = *as;
    pthread_mutex_init(&e->lock, NULL);
    pthread_cond_init(&e->wake, NULL);
}

void errand_offer(struct errand *e, struct arena *a, bool writes)
{
    struct app *app = e->worker->app;
    MUST(!e->offered);
    e->arena = a;
    e->ticket = random_u64();
    e->work = (struct work){ .run = errand_run, .done = errand_ended, .arg = e, .writes = writes };
    ctx_for_program(&e->work.cx, app, a, str_of(e->worker->plan->job));
    e->work.cx.actor = e->actor;
    e->work.cx.purpose = e->purpose;
    e->work.cx.request_id = e->ticket;
    e->offered = true;
    e->ended = false;
    worker_hand(e->worker, e->ticket, e->what);
    lanes_submit(app->lanes, &e->work);
}

static STATUS errand_wait(struct errand *e)
{
    pthread_mutex_lock(&e->lock);
    while (!e->ended)
        pthread_cond_wait(&e->wake, &e->lock);
    pthread_mutex_unlock(&e->lock);
    worker_hand(e->worker, e->ticket, NULL);
    e->offered = false;
    if (!status_ok(e->work.result))
        *fault_here() = e->work.fault;
    return e->work.result;
}

STATUS errand_insist(struct errand *e)
{
    status st;
    while (!status_ok(st = errand_wait(e))) {
        if (!worker_may_wait(st) || worker_stopping(e->worker))
            return fault_pass(st, __FILE__, __LINE__);
        log_fault(e->waits, 0);
        worker_pause(e->worker, RETRY_MS);
        errand_offer(e, e->arena, e->work.writes);
    }
    return OK;
}

void errand_end(struct errand *e)
{
    struct fault fault = *fault_here();
    if (e->offered)
        (void)errand_wait(e).code;
    *fault_here() = fault;
    pthread_cond_destroy(&e->wake);
    pthread_mutex_destroy(&e->lock);
}

/* --- sweeps ----------------------------------------------------------------------------------------------------------------- */

struct sweep {
    const struct operation *op;
    bool more;
};

static status sweep_run(struct ctx *cx, void *arg)
{
    struct sweep *s = arg;
    const struct op_shape *gives = s->op->gives;
    int more = shape_field_index(gives, STR("more"));
    void *in = arena_alloc(cx->arena, s->op->takes->bytes), *out = arena_alloc(cx->arena, gives->bytes);
    MUST(more >= 0);
    TRY(gate_call(cx, s->op, in, out));
    s->more = *(const bool *)((const char *)out + gives->fields[more].offset);
    return OK;
}

int sweep_step(struct worker *w)
{
    struct sweep s = { .op = operation_find(w->app, str_of(w->plan->sweep)) };
    arena_reset(w->arena);
    bool more = status_ok(worker_call(w, w->arena, true, sweep_run, &s)) && s.more;
    return more ? w->plan->pause_ms : w->plan->every_ms;
}

/* --- the thread ------------------------------------------------------------------------------------------------------------- */

static void *worker_main(void *arg)
{
    struct worker *w = arg;
    char name[16]; /* as many as the system keeps */
    snprintf(name, sizeof name, "%s", w->plan->job);
    pthread_setname_np(pthread_self(), name);
    bool told = w->plan->sweep && w->app->debug; /* a test says itself when something falls due */
    rest(w, told ? w->plan->every_ms : w->plan->first_ms, true);
    while (!worker_stopping(w)) {
        int ms = w->plan->step(w);
        if (ms > 0)
            rest(w, ms, true);
    }
    return NULL;
}

STATUS worker_start(struct app *app, const struct worker_plan *plan, struct worker **ret)
{
    pthread_condattr_t attr;
    *ret = NULL;
    if (!app->lanes || (plan->sweep && !app->serving))
        return OK;
    struct worker *w = calloc(1, sizeof *w);
    MUST(w);
    w->app = app;
    w->plan = plan;
    w->arena = plan->sweep ? arena_new(SWEEP_ARENA_BYTES) : NULL;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->wake, &attr);
    pthread_condattr_destroy(&attr);
    *ret = w; /* the step may look there */
    MUST(pthread_create(&w->thread, NULL, worker_main, w) == 0);
    return OK;
}

void worker_stop(struct worker *w)
{
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->stopping = true;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
}

void worker_free(struct worker *w)
{
    if (!w)
        return;
    if (w->arena)
        arena_free(w->arena);
    pthread_cond_destroy(&w->wake);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

struct app *worker_app(const struct worker *w) { return w->app; }
void *worker_with(const struct worker *w) { return w->plan->with; }
