/* Rounds: what is quick and only reads runs on the net thread that read the request, together with all that came in the same
 * turn of its loop: in one read transaction on a connection of the thread's own. Its entries are posted to the tape, and while
 * the disk works the thread reads the next requests; a later turn finishes what has become durable. Handing a call to a lane
 * and back costs more than such a call itself.
 *
 * A thread that works here reads no request meanwhile; so an operation is quick only if it looks a few rows up by their
 * keys. Without a tape (PostgreSQL; another process has it), or with more threads than rounds, everything goes to the lanes.
 * tested by: src/gate/test/gate_test.c */
#include "gate/lane.h"

#include <stdatomic.h>
#include <stdlib.h>

/* Works whose entries share a post, whose owner is the round; what is spare hangs together by it, too. */
struct group {
    struct tape_post post; /* first */
    size_t count;
    struct work *list[GROUP_WORKS_MAX];
};

struct round {
    struct db *db; /* NULL: it could not be opened, and is not tried again */
    struct arena *arena;
    struct work *first, **end;
    struct tape_post *spare;
    size_t waiting; /* works whose entries are posted */
    pthread_mutex_t lock; /* of what follows */
    struct tape_post *ripe, **ripe_end;
    void (*wake)(void *arg);
    void *wake_arg;
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

static void round_free(struct round *r)
{
    MUST(r->first == NULL && r->waiting == 0);
    while (r->spare) {
        struct tape_post *next = r->spare->next;
        free(r->spare);
        r->spare = next;
    }
    db_close(r->db);
    arena_free(r->arena);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

void rounds_free(struct rounds *r)
{
    for (int i = 0; i < r->count && i < ROUNDS_MAX; i++) {
        if (!r->list[i])
            continue;
        round_free(r->list[i]);
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
    r->ripe_end = &r->ripe;
    pthread_mutex_init(&r->lock, NULL);
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

/* On the tape's thread. The lock is held while waking, so that whoever takes the groups knows that this is over. */
static void groups_ripe(struct tape_post *list)
{
    struct round *r = list->owner;
    pthread_mutex_lock(&r->lock);
    *r->ripe_end = list;
    while (*r->ripe_end)
        r->ripe_end = &(*r->ripe_end)->next;
    r->wake(r->wake_arg);
    pthread_mutex_unlock(&r->lock);
}

static struct group *group_take(struct round *r)
{
    struct group *g = (struct group *)r->spare;
    if (!g) {
        g = malloc(sizeof *g);
        MUST(g);
    } else {
        r->spare = g->post.next;
    }
    g->post = (struct tape_post){ .done = groups_ripe, .owner = r };
    g->count = 0;
    return g;
}

/* A group that failed may have met one broken piece of work: each is tried alone, and this waits. */
static void group_fail(struct store *s, struct round *r, struct group *g, status st)
{
    for (size_t i = 0; i < g->count; i++) {
        if (g->count > 1 && work_again(st)) {
            works_record(s, r->arena, g->list + i, 1);
            continue;
        }
        work_fail(g->list[i], st);
        g->list[i]->done(g->list[i]);
    }
}

static void group_finish(struct store *s, struct round *r, struct group *g)
{
    status st = g->post.result;
    r->waiting -= g->count;
    if (status_ok(st))
        for (size_t i = 0; i < g->count; i++)
            g->list[i]->done(g->list[i]);
    else
        group_fail(s, r, g, fault_raise(st.code, __FILE__, __LINE__, STR("tape"), (str){ 0 }));
    g->post.next = r->spare;
    r->spare = &g->post;
}

static void ripe_finish(struct store *s, struct round *r, void (*wake)(void *arg), void *arg)
{
    pthread_mutex_lock(&r->lock);
    r->wake = wake;
    r->wake_arg = arg;
    struct tape_post *p = r->ripe;
    r->ripe = NULL;
    r->ripe_end = &r->ripe;
    pthread_mutex_unlock(&r->lock);
    while (p) {
        struct tape_post *next = p->next;
        group_finish(s, r, (struct group *)p);
        p = next;
    }
}

static void group_post(struct store *s, struct round *r, struct group *g)
{
    struct ledger_entry *all;
    size_t n = works_entries(r->arena, g->list, g->count, &all);
    r->waiting += g->count;
    status st = ledger_tape_post(r->arena, tape_of(s), all, n, &g->post);
    arena_reset(r->arena);
    if (!status_ok(st)) {
        g->post.result = st;
        group_finish(s, r, g);
    }
}

/* What left no entry (a refusal) is done at once. */
static void works_post(struct store *s, struct round *r, struct work *const *list, size_t n)
{
    struct group *g = NULL;
    size_t entries = 0;
    for (size_t i = 0; i < n; i++) {
        struct work *w = list[i];
        if (w->journal.count == 0) {
            w->done(w);
            continue;
        }
        if (!g)
            g = group_take(r);
        g->list[g->count++] = w;
        entries += w->journal.count;
        if (entries >= GROUP_ENTRIES_MAX) {
            group_post(s, r, g);
            g = NULL;
            entries = 0;
        }
    }
    if (g)
        group_post(s, r, g);
}

size_t round_run(struct lanes *ls, void (*wake)(void *arg), void *arg)
{
    struct work *list[GROUP_WORKS_MAX];
    struct round *r = own.id == ls->rounds.id ? own.round : NULL;
    if (!r || !r->db)
        return 0;
    ripe_finish(ls->app->store, r, wake, arg);
    while (r->first) {
        size_t n = round_list(r, list);
        works_read(r->db, list, n);
        works_post(ls->app->store, r, list, n);
    }
    return r->waiting;
}
