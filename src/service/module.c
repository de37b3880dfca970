/* The module as the process knows it, and its watch: a thread that every half minute stops what waited too long.
 * tested by: src/service/test/dossier_test.c */
#include "service/inside.h"

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
    struct dossier_sweep_in in = { 0 };
    return gate_call(cx, operation_find(cx->app, STR("dossier.sweep")), &in, arg);
}

static void sweep(struct watch *w, struct arena *arena)
{
    struct dossier_sweep_out out = { .more = true };
    while (out.more) {
        struct work work = { .run = sweep_run, .arg = &out, .writes = true };
        arena_reset(arena);
        ctx_for_program(&work.cx, w->app, arena, STR("dossier-watch"));
        out = (struct dossier_sweep_out){ 0 };
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

static status service_start(struct app *app)
{
    if (!app->lanes)
        return OK;
    struct watch *w = calloc(1, sizeof *w);
    MUST(w);
    w->app = app;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->wake, NULL);
    MUST(pthread_create(&w->thread, NULL, watch_run, w) == 0);
    app_state_set(app, "service", w);
    return OK;
}

static void service_stop(struct app *app)
{
    struct watch *w = app_state(app, "service");
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->stopping = true;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
}

static void service_end(struct app *app)
{
    free(app_state(app, "service"));
}

const struct module service_module = {
    .name = "service",
    .operations = service_operations,
    .operation_count = SERVICE_OPERATION_COUNT,
    .migrations = &service_migrations,
    .grounds = &dossier_ground,
    .ground_count = 1,
    .check = procedures_check,
    .start = service_start,
    .stop = service_stop,
    .end = service_end,
};
