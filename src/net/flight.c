/* The life of an exchange: taken from the loop's pool, run by a handler that may finish it on any thread, carried back
 * to its loop through a mailbox, and given back when the reply is sent.
 *
 * At a stop an exchange may be abandoned: then the loop and the handler both own it, and the last one frees it.
 * tested by: src/net/test/server_test.c */
#include "net/edge.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define POOL_MAX 256

_Thread_local struct flight *flight_here;

#define ARENA_BYTES_MAX ((size_t)64 << 20)

struct flight *flight_new(struct loop *l)
{
    struct flight *f = l->pool;

    if (f) {
        struct arena *arena = f->arena;
        struct kept *kept = f->kept;

        l->pool = f->next;
        l->pool_count--;
        memset(f, 0, sizeof *f);
        f->arena = arena;
        f->kept = kept;
    } else {
        size_t max = l->server->options.arena_bytes_max;

        f = calloc(1, sizeof *f);
        MUST(f != NULL);
        f->arena = arena_new(max ? max : ARENA_BYTES_MAX);
    }
    f->loop = l;
    f->mailbox = l->mailbox;
    f->spool_fd = f->x.request.body_fd = f->x.reply.body_fd = -1;
    f->x.request.arena = f->arena;
    f->x.reply.status = 200;
    atomic_store_explicit(&f->owners, 1, memory_order_relaxed);
    return f;
}

/* Everything that the exchange holds beside its arena. */
static void let_go(struct flight *f)
{
    if (f->x.reply.release)
        f->x.reply.release(f->x.reply.release_arg);
    f->x.reply.release = NULL;
    if (f->x.reply.body_fd >= 0)
        close(f->x.reply.body_fd);
    if (f->mapped)
        munmap(f->mapped, f->length);
    if (f->spool_fd >= 0)
        close(f->spool_fd);
    free(f->body);
    f->body = f->mapped = NULL;
    f->spool_fd = f->x.reply.body_fd = -1;
}

void flight_free(struct flight *f)
{
    let_go(f);
    answer_forget(f->kept);
    arena_free(f->arena);
    free(f);
}

void flight_drop(struct flight *f)
{
    struct loop *l = f->loop;

    if (atomic_load(&f->state) == FLIGHT_ABANDONED) {
        if (atomic_fetch_sub(&f->owners, 1) == 1)
            flight_free(f);
        return;
    }
    if (l->pool_count >= POOL_MAX) {
        flight_free(f);
        return;
    }
    let_go(f);
    arena_reset(f->arena);
    f->next = l->pool;
    l->pool = f;
    l->pool_count++;
}

void mailbox_release(struct mailbox *m)
{
    if (atomic_fetch_sub(&m->owners, 1) != 1)
        return;
    close(m->wake_fd);
    free(m);
}

struct flight *mailbox_take(struct mailbox *m)
{
    struct flight *latest, *oldest = NULL;

    if (!atomic_load_explicit(&m->head, memory_order_relaxed))
        return NULL;
    latest = atomic_exchange(&m->head, NULL);
    while (latest) {
        struct flight *next = latest->next;

        latest->next = oldest;
        oldest = latest;
        latest = next;
    }
    return oldest;
}

static void mailbox_wake(struct mailbox *m)
{
    uint64_t one = 1;

    /* The counter of an eventfd cannot be full here; a failure would only mean that it is already awake. */
    if (atomic_exchange(&m->asleep, false) && write(m->wake_fd, &one, sizeof one) < 0)
        return;
}

static void mailbox_put(struct mailbox *m, struct flight *f)
{
    struct flight *head = atomic_load_explicit(&m->head, memory_order_relaxed);

    do
        f->next = head;
    while (!atomic_compare_exchange_weak(&m->head, &head, f));
    mailbox_wake(m);
}

void mailbox_turn(void *mailbox)
{
    struct mailbox *m = mailbox;

    atomic_store(&m->turn_due, true);
    mailbox_wake(m);
}

void exchange_soon(struct exchange *x)
{
    struct flight *f = (struct flight *)x;

    MUST(flight_here == f && !f->done_inline);
    f->soon = true;
}

/* On the loop's own thread, within the handler or in turn(), nothing needs to be carried anywhere. */
void exchange_finish(struct exchange *x)
{
    struct flight *f = (struct flight *)x;
    struct mailbox *m = f->mailbox;
    int running = FLIGHT_RUNNING;

    MUST(f->phase == PHASE_RUN && !f->done_inline);
    if (flight_here == f) {
        f->done_inline = true;
        return;
    }
    if (f->soon && atomic_load_explicit(&f->state, memory_order_relaxed) == FLIGHT_RUNNING) {
        atomic_store_explicit(&f->state, FLIGHT_FINISHED, memory_order_relaxed);
        f->loop->running--;
        f->loop->finished = true;
        mailbox_release(m);
        return;
    }
    if (atomic_compare_exchange_strong(&f->state, &running, FLIGHT_FINISHED))
        mailbox_put(m, f);
    else {
        MUST(running == FLIGHT_ABANDONED);
        if (atomic_fetch_sub(&f->owners, 1) == 1)
            flight_free(f);
    }
    mailbox_release(m);
}
