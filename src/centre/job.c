/* The thread that works off deliveries, one after another, oldest first; how, stands in work.c.
 * tested by: src/centre/test/list_test.c */
#include "centre/work.h"

#include <stdlib.h>
#include <time.h>

enum { IDLE_MS = 5000, EAGER_MS = 20, FIRST_MS = 1000, OPEN_MAX = 100 };
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

void job_wait(struct job *j, int ms)
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

bool job_stopping(struct job *j)
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

void job_chunk_set(struct job *j, struct chunk *c)
{
    pthread_mutex_lock(&j->lock);
    j->chunk = c;
    pthread_mutex_unlock(&j->lock);
}

/* --- deliveries ------------------------------------------------------------------------------------------------------------ */

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

static bool open_off(struct job *j)
{
    struct open_list *list = calloc(1, sizeof *list);
    struct arena *a = arena_new(1 << 20);
    bool worked = false;

    MUST(list);
    if (!status_ok(job_lane_run(j->app, a, false, open_find, list)))
        list->count = 0;
    arena_free(a);
    for (size_t i = 0; i < list->count && !job_stopping(j); i++)
        worked |= delivery_off(j, j->app, list->ids[i]);
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
