/* Threads behind crew.h. It refuses nothing: where a thread cannot be started the process stops.
 * tested by: src/match/link_test.c */
#include "match/score/crew.h"

#include "base/base.h"

#include <pthread.h>

struct member {
    void (*work)(void *arg, int thread);
    void *arg;
    int thread;
};

static void *member_run(void *with)
{
    const struct member *m = with;

    m->work(m->arg, m->thread);
    return NULL;
}

void crew_run(int threads, void (*work)(void *arg, int thread), void *arg)
{
    pthread_t started[CREW_MAX];
    struct member member[CREW_MAX];

    MUST(threads >= 1 && threads <= CREW_MAX);
    for (int i = 1; i < threads; i++) {
        member[i] = (struct member){ work, arg, i };
        MUST(pthread_create(&started[i], NULL, member_run, &member[i]) == 0);
    }
    work(arg, 0);
    for (int i = 1; i < threads; i++)
        MUST(pthread_join(started[i], NULL) == 0);
}
