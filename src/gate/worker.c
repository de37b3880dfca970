/* See worker.h. tested by: src/gate/test/gate_test.c, src/recon/test/run_test.c */
#include "gate/worker.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { IDLE_MS = 5000, EAGER_MS = 20, FIRST_MS = 1000 };
#define EAGER_US INT64_C(3000000)

struct worker {
    struct app *app;
    bool (*step)(struct worker *w);
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping, woken;
    int64_t eager_until_us; /* a transaction that announced work may not have committed yet */
};

static void wait_locked(struct worker *w, int ms, bool for_wake)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += ms % 1000 * 1000000L;
    until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    while (!w->stopping && !(for_wake && w->woken))
        if (pthread_cond_timedwait(&w->wake, &w->lock, &until) != 0)
            break;
}

void worker_pause(struct worker *w, int ms)
{
    pthread_mutex_lock(&w->lock);
    wait_locked(w, ms, false);
    pthread_mutex_unlock(&w->lock);
}

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
    w->eager_until_us = clock_mono_us() + EAGER_US;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
}

static void idle(struct worker *w)
{
    pthread_mutex_lock(&w->lock);
    wait_locked(w, clock_mono_us() < w->eager_until_us ? EAGER_MS : IDLE_MS, true);
    w->woken = false;
    pthread_mutex_unlock(&w->lock);
}

static void *worker_main(void *arg)
{
    struct worker *w = arg;
    pthread_mutex_lock(&w->lock);
    wait_locked(w, FIRST_MS, true);
    pthread_mutex_unlock(&w->lock);
    while (!worker_stopping(w))
        if (!w->step(w))
            idle(w);
    return NULL;
}

STATUS worker_start(struct app *app, bool (*step)(struct worker *w), struct worker **ret)
{
    struct worker *w = calloc(1, sizeof *w);
    pthread_condattr_t attr;
    MUST(w);
    w->app = app;
    w->step = step;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->wake, &attr);
    pthread_condattr_destroy(&attr);
    MUST(pthread_create(&w->thread, NULL, worker_main, w) == 0);
    *ret = w;
    return OK;
}

void worker_stop(struct worker *w)
{
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->stopping = true;
    pthread_cond_broadcast(&w->wake);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
}

void worker_free(struct worker *w)
{
    if (!w)
        return;
    pthread_cond_destroy(&w->wake);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

struct app *worker_app(const struct worker *w) { return w->app; }
