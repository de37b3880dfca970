/* The module as the process knows it, and its watch: a thread that every half minute raises alarms about legs that nobody
 * acknowledged and ends what waited too long.
 * tested by: src/life/test/life_test.c */
#include "life/inside.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { WATCH_S = 30, ARENA_BYTES = 32 << 20 };

struct watch {
    struct app *app;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping, running;
};

static status sweep_run(struct ctx *cx, void *arg)
{
    struct life_sweep_in in = { 0 };
    return gate_call(cx, operation_find(cx->app, STR("life.sweep")), &in, arg);
}

static void sweep(struct watch *w, struct arena *arena)
{
    struct life_sweep_out out = { .more = true };
    while (out.more) {
        struct work work = { .run = sweep_run, .arg = &out, .writes = true };
        arena_reset(arena);
        ctx_for_program(&work.cx, w->app, arena, STR("life-watch"));
        out = (struct life_sweep_out){ 0 };
        if (!status_ok(lanes_call(w->app->lanes, &work)))
            return; /* the next round tries again */
    }
}

static void *watch_run(void *arg)
{
    struct watch *w = arg;
    struct arena *arena = arena_new(ARENA_BYTES);
    pthread_mutex_lock(&w->lock);
    while (!w->stopping) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += WATCH_S;
        pthread_cond_timedwait(&w->wake, &w->lock, &until);
        if (w->stopping)
            break;
        pthread_mutex_unlock(&w->lock);
        sweep(w, arena);
        pthread_mutex_lock(&w->lock);
    }
    pthread_mutex_unlock(&w->lock);
    arena_free(arena);
    return NULL;
}

static status life_start(struct app *app)
{
    if (!app->lanes)
        return OK;
    struct watch *w = calloc(1, sizeof *w);
    MUST(w);
    w->app = app;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->wake, NULL);
    MUST(pthread_create(&w->thread, NULL, watch_run, w) == 0);
    app_state_set(app, "life", w);
    return OK;
}

static void life_stop(struct app *app)
{
    struct watch *w = app_state(app, "life");
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->stopping = true;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
}

static void life_end(struct app *app)
{
    free(app_state(app, "life"));
}

const struct module life_module = {
    .name = "life",
    .operations = life_operations,
    .operation_count = LIFE_OPERATION_COUNT,
    .migrations = &life_migrations,
    .grounds = &life_ground,
    .ground_count = 1,
    .check = life_check,
    .start = life_start,
    .stop = life_stop,
    .end = life_end,
};
