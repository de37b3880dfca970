/* Our edge answering the same constant as http_floor, to tell what its checks, headers and exchanges cost.
 *
 *   http_edge [PORT [THREADS [elsewhere]]]     "elsewhere": each exchange is finished by another thread, which is woken
 *                                              once a turn of the loop */
#include "net/net.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define RING 65536

static struct {
    _Atomic(struct exchange *) slots[RING];
    atomic_size_t put;
    size_t taken;
    pthread_mutex_t lock;
    pthread_cond_t more;
} ring = { .lock = PTHREAD_MUTEX_INITIALIZER, .more = PTHREAD_COND_INITIALIZER };

static void answer(struct exchange *x)
{
    x->reply.content_type = STR("application/json");
    x->reply.body = STR("{\"holds\":true}\n");
    exchange_finish(x);
}

static void at_once(struct exchange *x, void *app)
{
    (void)app;
    answer(x);
}

static void elsewhere(struct exchange *x, void *app)
{
    (void)app;
    pthread_mutex_lock(&ring.lock);
    atomic_store(&ring.slots[atomic_fetch_add(&ring.put, 1) % RING], x);
    pthread_mutex_unlock(&ring.lock);
}

static size_t wake(void *app, void (*again)(void *loop), void *loop)
{
    (void)app, (void)again, (void)loop;
    pthread_cond_signal(&ring.more);
    return 0;
}

/* Takes all that is there at once, as a lane does that commits in groups. */
static void *work(void *unused)
{
    for (;;) {
        size_t end;

        pthread_mutex_lock(&ring.lock);
        while (ring.taken == (end = atomic_load(&ring.put)))
            pthread_cond_wait(&ring.more, &ring.lock);
        pthread_mutex_unlock(&ring.lock);
        for (; ring.taken < end; ring.taken++)
            answer(atomic_load(&ring.slots[ring.taken % RING]));
    }
    return unused;
}

int main(int argc, char **argv)
{
    struct server_options o = { .address = STR("127.0.0.1"), .threads = 1, .handlers.handle = at_once };
    int64_t port = 0, threads = 1;
    struct server *s;
    pthread_t worker;

    if ((argc > 1 && !str_i64(str_of(argv[1]), &port)) || (argc > 2 && !str_i64(str_of(argv[2]), &threads)))
        return 2;
    o.port = (uint16_t)port;
    o.threads = (int)threads;
    if (argc > 3) {
        o.handlers.handle = elsewhere;
        o.handlers.turn = wake;
    }
    if (argc > 3 && pthread_create(&worker, NULL, work, NULL) != 0)
        return 1;
    if (!status_ok(server_start(&o, &s)))
        return 1;
    printf("%d\n", server_port(s));
    fflush(stdout);
    for (;;)
        pause();
}
