/* Password hashing costs 17 ms of CPU and 19 MiB each: few at a time, few waiting, and a clear refusal beyond.
 * tested by: src/identity/identity_test.c */
#include "identity/inside.h"

#include <pthread.h>
#include <stdlib.h>

enum { THREADS_MAX = 8 };

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct job *head, **tail;
    int waiting, waiting_max, threads;
    bool stopping;
    pthread_t thread[THREADS_MAX];
};

static struct job *job_wait(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    while (!p->head && !p->stopping)
        pthread_cond_wait(&p->wake, &p->lock);
    struct job *j = p->head;
    if (j) {
        p->head = j->next;
        if (!p->head)
            p->tail = &p->head;
        p->waiting--;
    }
    pthread_mutex_unlock(&p->lock);
    return j;
}

static void *pool_main(void *arg)
{
    for (struct job *j; (j = job_wait(arg)) != NULL;)
        j->run(j);
    return NULL;
}

struct pool *pool_new(int threads, int waiting_max)
{
    struct pool *p = calloc(1, sizeof *p);
    MUST(p && threads > 0 && threads <= THREADS_MAX);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->wake, NULL);
    p->tail = &p->head;
    p->waiting_max = waiting_max;
    p->threads = threads;
    for (int i = 0; i < threads; i++)
        MUST(pthread_create(&p->thread[i], NULL, pool_main, p) == 0);
    return p;
}

void pool_stop(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    p->stopping = true;
    pthread_cond_broadcast(&p->wake);
    pthread_mutex_unlock(&p->lock);
    for (int i = 0; i < p->threads; i++)
        pthread_join(p->thread[i], NULL);
}

void pool_free(struct pool *p)
{
    free(p);
}

STATUS pool_submit(struct pool *p, struct job *j)
{
    j->next = NULL;
    pthread_mutex_lock(&p->lock);
    bool room = p->waiting < p->waiting_max && !p->stopping;
    if (room) {
        *p->tail = j;
        p->tail = &j->next;
        p->waiting++;
        pthread_cond_signal(&p->wake);
    }
    pthread_mutex_unlock(&p->lock);
    return room ? OK : FAIL(OVERLOADED);
}
