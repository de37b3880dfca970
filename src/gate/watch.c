/* The thread of a watch. Refuses to go on after watch_stop(), even in the middle of a round.
 * tested by: src/gate/test/gate_test.c */
#include "gate/watch.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { ARENA_BYTES = 64 << 20 };

struct watch {
    struct app *app;
    const struct watch_plan *plan;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping, woken;
};

struct step {
    const struct watch_plan *plan;
    bool more;
};

static status step_run(struct ctx *cx, void *arg)
{
    struct step *s = arg;
    return s->plan->step(cx, &s->more);
}

/* True: there is more to do. */
static bool step_do(struct watch *w, struct arena *arena)
{
    struct step s = { .plan = w->plan };
    struct work work = { .run = step_run, .arg = &s, .writes = true };
    arena_reset(arena);
    ctx_for_program(&work.cx, w->app, arena, str_of(w->plan->job));
    return status_ok(lanes_call(w->app->lanes, &work)) && s.more;
}

/* Sleeps with the lock held; true: it is time to stop. */
static bool sleep_ms(struct watch *w, int64_t ms)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    int64_t ns = until.tv_nsec + ms % 1000 * 1000000;
    until.tv_sec += ms / 1000 + ns / 1000000000;
    until.tv_nsec = ns % 1000000000;
    if (!w->stopping && !w->woken)
        pthread_cond_timedwait(&w->wake, &w->lock, &until);
    return w->stopping;
}

static void *watch_run(void *arg)
{
    struct watch *w = arg;
    struct arena *arena = arena_new(ARENA_BYTES);
    pthread_mutex_lock(&w->lock);
    while (!sleep_ms(w, (int64_t)w->plan->every_s * 1000)) {
        bool more = true;
        w->woken = false;
        while (more && !w->stopping) {
            pthread_mutex_unlock(&w->lock);
            more = step_do(w, arena);
            pthread_mutex_lock(&w->lock);
            if (more && w->plan->pause_ms)
                (void)sleep_ms(w, w->plan->pause_ms);
        }
    }
    pthread_mutex_unlock(&w->lock);
    arena_free(arena);
    return NULL;
}

struct watch *watch_start(struct app *app, const struct watch_plan *plan)
{
    if (!app->lanes || !app->serving)
        return NULL;
    struct watch *w = calloc(1, sizeof *w);
    MUST(w);
    w->app = app;
    w->plan = plan;
    w->woken = plan->at_once && !app->debug; /* a test says itself when something falls due */
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->wake, NULL);
    MUST(pthread_create(&w->thread, NULL, watch_run, w) == 0);
    return w;
}

void watch_wake(struct watch *w)
{
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->woken = true;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
}

void watch_stop(struct watch *w)
{
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->stopping = true;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
}

void watch_free(struct watch *w)
{
    if (!w)
        return;
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->wake);
    free(w);
}
