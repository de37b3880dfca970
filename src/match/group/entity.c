/* Gives new clusters the numbers of old entities; see entity.h. One pass over shares: a share is the records that one old
 * entity has in one new cluster. tested by: src/match/group/entity_test.c */
#include "match/group/entity.h"

#include <stdlib.h>
#include <string.h>

struct share {
    uint64_t entity;
    uint32_t cluster;
    uint32_t records, pinned;
    uint64_t hash; /* smallest of its records */
};

struct assignment {
    struct arena *arena;
    const struct entity_input *in;
    struct share *shares; /* by entity, then cluster */
    size_t share_count;
    uint64_t *number;     /* [cluster]: entity, 0: none yet */
    uint64_t *smallest;   /* [cluster]: hash of its records */
};

static int share_order(const void *a, const void *b)
{
    const struct share *x = a, *y = b;

    if (x->entity != y->entity)
        return x->entity < y->entity ? -1 : 1;
    return x->cluster < y->cluster ? -1 : x->cluster > y->cluster;
}

/* One share a known record, then those of one entity and cluster put together. */
static void shares_gather(struct assignment *w)
{
    const struct entity_input *in = w->in;
    size_t n = 0, kept = 0;

    w->shares = ARENA_ARRAY(w->arena, struct share, in->count + 1);
    for (size_t i = 0; i < in->count; i++)
        if (in->before[i])
            w->shares[n++] = (struct share){ in->before[i], in->cluster[i], 1, in->pinned[i], in->hash[i] };
    if (n)
        qsort(w->shares, n, sizeof *w->shares, share_order);
    for (size_t i = 0; i < n; i++) {
        struct share *last = kept ? &w->shares[kept - 1] : NULL;
        if (last && last->entity == w->shares[i].entity && last->cluster == w->shares[i].cluster) {
            last->records++;
            last->pinned += w->shares[i].pinned;
            if (w->shares[i].hash < last->hash)
                last->hash = w->shares[i].hash;
        } else {
            w->shares[kept++] = w->shares[i];
        }
    }
    w->share_count = kept;
}

/* The larger, then the one with the smaller hash. */
static bool is_larger(const struct share *a, const struct share *b)
{
    if (a->pinned != b->pinned)
        return a->pinned > b->pinned;
    return a->records != b->records ? a->records > b->records : a->hash < b->hash;
}

/* An entity lives on where most of its records are; a cluster is called by the largest entity that lives on in it. */
static void numbers_keep(struct assignment *w)
{
    const struct share **called = ARENA_ARRAY(w->arena, const struct share *, (size_t)w->in->clusters + 1);

    for (size_t from = 0, to; from < w->share_count; from = to) {
        const struct share *home = &w->shares[from];
        for (to = from; to < w->share_count && w->shares[to].entity == home->entity; to++)
            if (is_larger(&w->shares[to], home))
                home = &w->shares[to];
        const struct share *now = called[home->cluster];
        /* Shares come by entity: of two as large, the older one stands already. */
        if (!now || home->pinned > now->pinned || (home->pinned == now->pinned && home->records > now->records))
            called[home->cluster] = home;
    }
    for (uint32_t c = 0; c < w->in->clusters; c++)
        w->number[c] = called[c] ? called[c]->entity : 0;
}

struct newcomer {
    uint64_t hash;
    uint32_t cluster;
};
static int newcomer_order(const void *a, const void *b)
{
    const struct newcomer *x = a, *y = b;

    return x->hash < y->hash ? -1 : x->hash > y->hash;
}

/* New numbers in the order of hashes, so that they do not depend on the order of records. */
static uint64_t numbers_make(struct assignment *w)
{
    struct newcomer *list = ARENA_ARRAY(w->arena, struct newcomer, (size_t)w->in->clusters + 1);
    uint64_t next = w->in->next;
    size_t n = 0;

    memset(w->smallest, 0xff, w->in->clusters * sizeof *w->smallest);
    for (size_t i = 0; i < w->in->count; i++)
        if (w->in->hash[i] < w->smallest[w->in->cluster[i]])
            w->smallest[w->in->cluster[i]] = w->in->hash[i];
    for (uint32_t c = 0; c < w->in->clusters; c++)
        if (!w->number[c] && w->smallest[c] != UINT64_MAX)
            list[n++] = (struct newcomer){ w->smallest[c], c };
    if (n)
        qsort(list, n, sizeof *list, newcomer_order);
    for (size_t i = 0; i < n; i++)
        w->number[list[i].cluster] = next++;
    return next;
}

static int event_order(const void *a, const void *b)
{
    const struct entity_event *x = a, *y = b;

    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return x->to < y->to ? -1 : x->to > y->to;
}

static void events_tell(struct assignment *w, struct entity_output *ret)
{
    const struct entity_input *in = w->in;
    struct table64 living;
    size_t n = 0, kept = 0;
    uint64_t any;

    table64_init(&living, in->count);
    ret->events = ARENA_ARRAY(w->arena, struct entity_event, in->count + 1);
    for (size_t i = 0; i < in->count; i++) {
        table64_set(&living, ret->entity[i], 1);
        if (in->before[i] && in->before[i] != ret->entity[i])
            ret->events[n++] = (struct entity_event){ ENTITY_MOVED, in->before[i], ret->entity[i] };
    }
    if (n)
        qsort(ret->events, n, sizeof *ret->events, event_order);
    for (size_t i = 0; i < n; i++) {
        struct entity_event e = ret->events[i];
        if (kept && event_order(&ret->events[kept - 1], &e) == 0)
            continue;
        e.change = !table64_get(&living, e.from, &any) ? ENTITY_MERGED : e.to >= in->next ? ENTITY_SPLIT : ENTITY_MOVED;
        ret->events[kept++] = e;
    }
    ret->event_count = kept;
    table64_done(&living);
}

void entity_assign(struct arena *a, const struct entity_input *in, struct entity_output *ret)
{
    struct assignment w = { .arena = a, .in = in };

    w.number = ARENA_ARRAY(a, uint64_t, (size_t)in->clusters + 1);
    w.smallest = ARENA_ARRAY(a, uint64_t, (size_t)in->clusters + 1);
    *ret = (struct entity_output){ .entity = ARENA_ARRAY(a, uint64_t, in->count + 1) };
    shares_gather(&w);
    numbers_keep(&w);
    ret->next = numbers_make(&w);
    for (size_t i = 0; i < in->count; i++)
        ret->entity[i] = in->pinned[i] && in->before[i] ? in->before[i] : w.number[in->cluster[i]];
    events_tell(&w, ret);
}
