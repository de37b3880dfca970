/* The module as the process knows it, and its watch: a thread that every half minute chases holders and takes up cases whose
 * evidence never came.
 * tested by: src/cases/test/decide_test.c */
#include "cases/inside.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { WATCH_S = 30, ARENA_BYTES = 32 << 20 };

struct watch {
    struct app *app;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping;
};

static status sweep_run(struct ctx *cx, void *arg)
{
    struct case_sweep_in in = { 0 };
    return gate_call(cx, operation_find(cx->app, STR("case.sweep")), &in, arg);
}

static void sweep(struct watch *w, struct arena *arena)
{
    struct case_sweep_out out = { .more = true };
    while (out.more) {
        struct work work = { .run = sweep_run, .arg = &out, .writes = true };
        arena_reset(arena);
        ctx_for_program(&work.cx, w->app, arena, STR("case-watch"));
        out = (struct case_sweep_out){ 0 };
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

static status cases_start(struct app *app)
{
    if (!app->lanes)
        return OK;
    struct watch *w = calloc(1, sizeof *w);
    MUST(w);
    w->app = app;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->wake, NULL);
    MUST(pthread_create(&w->thread, NULL, watch_run, w) == 0);
    app_state_set(app, "cases", w);
    return OK;
}

static void cases_stop(struct app *app)
{
    struct watch *w = app_state(app, "cases");
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->stopping = true;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
}

static void cases_end(struct app *app) { free(app_state(app, "cases")); }

/* Each kind of case has its days. */
static void cases_check(const struct app *app, const struct defs *d, struct arena *arena, struct defs_problems *problems)
{
    static const char *const terms[] = { "evidence", "acknowledge" };
    (void)app;
    for (int i = 0; i < CASE_KIND_COUNT + 2; i++) {
        str word = i < CASE_KIND_COUNT ? case_kind_word(&(struct case_row){ .kind = (int16_t)i }) : str_of(terms[i - CASE_KIND_COUNT]);
        if (defs_days(d, word) < 0)
            defs_problem_add(arena, problems, &(struct defs_problem){ .file = STR("authority.yaml"), .line = 1, .column = 1,
                             .reason = arena_printf(arena, "days: nothing for '%.*s'", STR_ARG(word)), .remedy = STR("Add it under 'days'.") });
    }
}

const struct module cases_module = {
    .name = "cases",
    .operations = cases_operations,
    .operation_count = CASES_OPERATION_COUNT,
    .migrations = &cases_migrations,
    .grounds = &case_ground,
    .ground_count = 1,
    .check = cases_check,
    .start = cases_start,
    .stop = cases_stop,
    .end = cases_end,
};
