/* Blocks of people made by several threads and handed on in order by one: what is written does not depend on the number
 * of threads, and memory holds a few blocks whatever the size of the population.
 * tested by: src/synth/test/synth_test.c */
#include "synth/inside.h"

#include <pthread.h>
#include <stdlib.h>

enum { THREADS_MAX = 64, SLOTS_PER_THREAD = 3, TEXT_BYTES_MAX = 64 << 20 };

struct slot {
    struct buf text[RELAY_TEXTS];
    bool ready;
};

struct running {
    const struct relay *relay;
    struct slot *slots;
    int64_t slot_count, next, taken;
    bool stop;
    pthread_mutex_t lock;
    pthread_cond_t changed;
};

static void slot_fill(const struct relay *r, int64_t index, struct block *b, struct slot *s)
{
    for (int t = 0; t < RELAY_TEXTS; t++)
        buf_clear(&s->text[t]);
    block_make(r->plan, index, b);
    r->fill(r->with, index, b, s->text);
    for (int t = 0; t < RELAY_TEXTS; t++)
        MUST(!s->text[t].full);
}

static void *worker(void *arg)
{
    struct running *g = arg;
    struct block *b = calloc(1, sizeof *b);
    MUST(b);
    pthread_mutex_lock(&g->lock);
    while (!g->stop && g->next < g->relay->plan->blocks) {
        int64_t index = g->next;
        if (index >= g->taken + g->slot_count) {
            pthread_cond_wait(&g->changed, &g->lock);
            continue;
        }
        g->next++;
        struct slot *s = &g->slots[index % g->slot_count];
        pthread_mutex_unlock(&g->lock);
        slot_fill(g->relay, index, b, s);
        pthread_mutex_lock(&g->lock);
        s->ready = true;
        pthread_cond_broadcast(&g->changed);
    }
    pthread_mutex_unlock(&g->lock);
    free(b);
    return NULL;
}

/* Takes finished blocks in order until all are taken or taking fails. */
static STATUS blocks_take(struct running *g)
{
    status st = OK;
    pthread_mutex_lock(&g->lock);
    while (g->taken < g->relay->plan->blocks && status_ok(st)) {
        struct slot *s = &g->slots[g->taken % g->slot_count];
        if (!s->ready) {
            pthread_cond_wait(&g->changed, &g->lock);
            continue;
        }
        pthread_mutex_unlock(&g->lock);
        st = g->relay->take(g->relay->with, g->taken, s->text);
        pthread_mutex_lock(&g->lock);
        s->ready = false;
        g->taken++;
        pthread_cond_broadcast(&g->changed);
    }
    g->stop = true;
    pthread_cond_broadcast(&g->changed);
    pthread_mutex_unlock(&g->lock);
    return st;
}

STATUS relay_run(const struct relay *r)
{
    int threads = r->threads > 0 ? r->threads : 2;
    MUST(threads <= THREADS_MAX);
    struct running g = { .relay = r, .slot_count = threads * SLOTS_PER_THREAD, .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };
    g.slots = calloc((size_t)g.slot_count, sizeof *g.slots);
    MUST(g.slots);
    for (int64_t i = 0; i < g.slot_count; i++)
        for (int t = 0; t < RELAY_TEXTS; t++)
            buf_init(&g.slots[i].text[t], TEXT_BYTES_MAX);
    pthread_t thread[THREADS_MAX];
    for (int i = 0; i < threads; i++)
        MUST(pthread_create(&thread[i], NULL, worker, &g) == 0);
    status st = blocks_take(&g);
    for (int i = 0; i < threads; i++)
        pthread_join(thread[i], NULL);
    for (int64_t i = 0; i < g.slot_count; i++)
        for (int t = 0; t < RELAY_TEXTS; t++)
            buf_done(&g.slots[i].text[t]);
    free(g.slots);
    return st;
}
