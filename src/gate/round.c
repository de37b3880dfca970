/* Rounds: what is quick and only reads runs on the net thread that read the request, together with all that came in the same
 * turn of its loop: in one read transaction on a connection of the thread's own, with one sync of the tape. Handing a call to
 * a lane and back costs more than such a call itself, and the thread would wait for the disk all the same.
 *
 * A thread that works here reads no request meanwhile; so an operation is quick only if it looks a few rows up by their
 * keys. Without a tape (PostgreSQL; another process has it), or with more threads than rounds, everything goes to the lanes.
 * tested by: src/gate/test/gate_test.c */
#include "gate/lane.h"

#include <stdatomic.h>
#include <stdlib.h>

struct round {
    struct db *db; /* NULL: it could not be opened, and is not tried again */
    struct arena *arena;
    struct work *first, **end;
};

static _Thread_local struct {
    uint64_t id; /* of the lanes; 0: none */
    struct round *round;
} own;

void rounds_init(struct rounds *r)
{
    static _Atomic uint64_t seen;
    *r = (struct rounds){ .id = atomic_fetch_add(&seen, 1) + 1 };
}

void rounds_free(struct rounds *r)
{
    for (int i = 0; i < r->count && i < ROUNDS_MAX; i++) {
        if (!r->list[i])
            continue;
        MUST(r->list[i]->first == NULL);
        db_close(r->list[i]->db);
        arena_free(r->list[i]->arena);
        free(r->list[i]);
    }
}

static struct round *round_new(struct lanes *ls)
{
    int place = __atomic_fetch_add(&ls->rounds.count, 1, __ATOMIC_RELAXED);
    if (place >= ROUNDS_MAX)
        return NULL;
    struct round *r = calloc(1, sizeof *r);
    MUST(r);
    r->end = &r->first;
    r->arena = arena_new(1u << 30);
    if (!status_ok(db_open(ls->app->store, DB_READ, &r->db)))
        log_fault("round_refused", 0);
    ls->rounds.list[place] = r;
    return r;
}

static struct round *round_of_thread(struct lanes *ls)
{
    if (own.id != ls->rounds.id) {
        own.id = ls->rounds.id;
        own.round = round_new(ls);
    }
    return own.round && own.round->db ? own.round : NULL;
}

bool round_take(struct lanes *ls, struct work *w)
{
    if (!w->quick || w->writes || !tape_of(ls->app->store))
        return false;
    struct round *r = round_of_thread(ls);
    if (!r)
        return false;
    w->ran = false;
    w->next = NULL;
    *r->end = w;
    r->end = &w->next;
    return true;
}

static size_t round_list(struct round *r, struct work *list[static GROUP_WORKS_MAX])
{
    size_t n = 0;
    while (r->first && n < GROUP_WORKS_MAX) {
        list[n++] = r->first;
        r->first = r->first->next;
    }
    if (!r->first)
        r->end = &r->first;
    return n;
}

void round_run(struct lanes *ls)
{
    struct work *list[GROUP_WORKS_MAX];
    struct round *r = own.id == ls->rounds.id ? own.round : NULL;
    while (r && r->first) {
        size_t n = round_list(r, list);
        works_read(r->db, list, n);
        for (size_t at = 0; at < n;)
            at += works_record(ls->app->store, r->arena, list + at, n - at);
    }
}
