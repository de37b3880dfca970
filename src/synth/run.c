/* Blocks made by several threads, written in order by one: the bytes do not depend on the number of threads.
 * tested by: src/synth/test/synth_test.c */
#include "synth/inside.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { THREADS_MAX = 64, SLOTS_PER_THREAD = 3, TEXT_BYTES_MAX = 64 << 20, PATH_BYTES_MAX = 4096, FILES = 3 };

struct slot {
    struct buf text[FILES];
    int64_t households, events;
    bool ready;
};

struct running {
    const struct plan *plan;
    struct slot *slots;
    int64_t slot_count, next, written;
    bool stop;
    pthread_mutex_t lock;
    pthread_cond_t changed;
};

static void block_fill(const struct plan *p, int64_t index, struct block *b, struct slot *s)
{
    for (int f = 0; f < FILES; f++)
        buf_clear(&s->text[f]);
    block_make(p, index, b);
    block_write(p, b, &s->text[0], &s->text[1], &s->text[2]);
    s->events = (int64_t)b->event_count;
    s->households = 0;
    for (size_t i = 1; i <= b->home_count; i++)
        s->households += b->homes[i].head != 0;
}

static void *worker(void *arg)
{
    struct running *g = arg;
    struct block *b = calloc(1, sizeof *b);
    MUST(b);
    pthread_mutex_lock(&g->lock);
    while (!g->stop && g->next < g->plan->blocks) {
        int64_t index = g->next;
        if (index >= g->written + g->slot_count) {
            pthread_cond_wait(&g->changed, &g->lock);
            continue;
        }
        g->next++;
        struct slot *s = &g->slots[index % g->slot_count];
        pthread_mutex_unlock(&g->lock);
        block_fill(g->plan, index, b, s);
        pthread_mutex_lock(&g->lock);
        s->ready = true;
        pthread_cond_broadcast(&g->changed);
    }
    pthread_mutex_unlock(&g->lock);
    free(b);
    return NULL;
}

struct output {
    FILE *file[FILES];
};

static void output_done(struct output *o)
{
    for (int f = 0; f < FILES; f++)
        if (o->file[f])
            fclose(o->file[f]);
}

static status out_bad(str directory)
{
    int why = errno;
    status bad = why == ENOSPC ? FAIL(DISK_FULL) : FAIL_WITH(IO, STR("out"), directory);

    fault_detail("%s", strerror(why));
    return bad;
}

static STATUS output_open(const struct synth_options *o, struct output *ret)
{
    static const char *const names[] = { "people.csv", "households.csv", "events.csv" };
    const char *heads[] = { people_head, households_head, events_head };
    char path[PATH_BYTES_MAX];
    snprintf(path, sizeof path, "%.*s", STR_ARG(o->directory));
    if (mkdir(path, 0750) != 0 && errno != EEXIST) {
        return out_bad(o->directory);
    }
    for (int f = 0; f < FILES; f++) {
        snprintf(path, sizeof path, "%.*s/%s", STR_ARG(o->directory), names[f]);
        ret->file[f] = fopen(path, "we");
        if (!ret->file[f] || fputs(heads[f], ret->file[f]) < 0) {
            return out_bad(o->directory);
        }
    }
    return OK;
}

static STATUS slot_write(struct output *o, struct slot *s, struct synth_result *ret)
{
    for (int f = 0; f < FILES; f++) {
        MUST(!s->text[f].full);
        if (fwrite(s->text[f].ptr, 1, s->text[f].len, o->file[f]) != s->text[f].len) {
            return out_bad((str){ 0 });
        }
        ret->bytes += (int64_t)s->text[f].len;
    }
    ret->households += s->households;
    ret->events += s->events;
    return OK;
}

/* Takes finished blocks in order until all are written or writing fails. */
static STATUS blocks_write(struct running *g, struct output *out, const struct synth_options *o, struct synth_result *ret)
{
    status st = OK;
    pthread_mutex_lock(&g->lock);
    while (g->written < g->plan->blocks && status_ok(st)) {
        struct slot *s = &g->slots[g->written % g->slot_count];
        if (!s->ready) {
            pthread_cond_wait(&g->changed, &g->lock);
            continue;
        }
        pthread_mutex_unlock(&g->lock);
        st = slot_write(out, s, ret);
        pthread_mutex_lock(&g->lock);
        s->ready = false;
        g->written++;
        ret->people = g->written * SYNTH_BLOCK < o->people ? g->written * SYNTH_BLOCK : o->people;
        pthread_cond_broadcast(&g->changed);
        if (o->progress)
            o->progress(o->progress_with, ret->people, o->people);
    }
    g->stop = true;
    pthread_cond_broadcast(&g->changed);
    pthread_mutex_unlock(&g->lock);
    return st;
}

static STATUS blocks_run(const struct plan *p, const struct synth_options *o, struct output *out, struct synth_result *ret)
{
    int threads = o->threads > 0 ? o->threads : 2;
    MUST(threads <= THREADS_MAX);
    struct running g = { .plan = p, .slot_count = threads * SLOTS_PER_THREAD, .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };
    g.slots = calloc((size_t)g.slot_count, sizeof *g.slots);
    MUST(g.slots);
    for (int64_t i = 0; i < g.slot_count; i++)
        for (int f = 0; f < FILES; f++)
            buf_init(&g.slots[i].text[f], TEXT_BYTES_MAX);
    pthread_t thread[THREADS_MAX];
    for (int i = 0; i < threads; i++)
        MUST(pthread_create(&thread[i], NULL, worker, &g) == 0);
    status st = blocks_write(&g, out, o, ret);
    for (int i = 0; i < threads; i++)
        pthread_join(thread[i], NULL);
    for (int64_t i = 0; i < g.slot_count; i++)
        for (int f = 0; f < FILES; f++)
            buf_done(&g.slots[i].text[f]);
    free(g.slots);
    return st;
}

STATUS synth_run(const struct defs *defs, const struct synth_options *o, struct synth_result *ret)
{
    struct arena *a = arena_new(1u << 30);
    struct output out = { 0 };
    struct plan p;
    *ret = (struct synth_result){ 0 };
    status st = plan_make(a, defs, o, &p);
    if (status_ok(st))
        st = output_open(o, &out);
    if (status_ok(st))
        st = blocks_run(&p, o, &out, ret);
    for (int f = 0; f < FILES && status_ok(st); f++)
        if (out.file[f] && fflush(out.file[f]) != 0)
            st = errno == ENOSPC ? FAIL(DISK_FULL) : FAIL_AT(IO, STR("out"));
    output_done(&out);
    arena_free(a);
    return st;
}
