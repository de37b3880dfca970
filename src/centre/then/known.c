/* People as they were known at a moment: see candidate.h. What somebody was then never changes, so each who has changed since is
 * folded once for each change that is seen. tested by: src/recon/test/run_test.c */
#include "centre/then/known.h"

#include <stdlib.h>
#include <string.h>

/* Commits may become visible later than the moment that they carry; so the last seconds are asked for again. */
#define OVERLAP_US INT64_C(5000000)
enum { NAMES_BYTES_MAX = 1 << 30 };

struct known_then {
    int64_t us, seen_us;
    struct arena *arena; /* names of those below */
    struct person *changed;
    size_t count, cap, *next; /* place + 1 of the next with the same name, 0 for none */
    struct table64 by_name, by_id; /* place + 1 of the first */
};

struct known_then *known_then_new(int64_t known_us)
{
    struct known_then *k = calloc(1, sizeof *k);
    MUST(k);
    k->us = k->seen_us = known_us;
    k->arena = arena_new(NAMES_BYTES_MAX);
    table64_init(&k->by_name, 64);
    table64_init(&k->by_id, 64);
    return k;
}

void known_then_free(struct known_then *k)
{
    if (!k)
        return;
    table64_done(&k->by_name);
    table64_done(&k->by_id);
    arena_free(k->arena);
    free(k->changed);
    free(k->next);
    free(k);
}

static void changed_add(struct known_then *k, const struct person *p)
{
    uint64_t first = 0;
    if (k->count == k->cap) {
        k->cap = k->cap ? k->cap * 2 : 64;
        k->changed = realloc(k->changed, k->cap * sizeof *k->changed);
        k->next = realloc(k->next, k->cap * sizeof *k->next);
        MUST(k->changed && k->next);
    }
    k->changed[k->count] = *p;
    k->changed[k->count].name = arena_str(k->arena, p->name);
    k->changed[k->count].nationality = (str){ 0 };
    table64_get(&k->by_name, (uint64_t)p->name_hash, &first);
    k->next[k->count] = first;
    k->count++;
    table64_set(&k->by_name, (uint64_t)p->name_hash, k->count);
    table64_set(&k->by_id, (uint64_t)p->id.v, k->count);
}

STATUS known_then_refresh(struct ctx *cx, struct known_then *k)
{
    static const struct numbers_asked none;
    int64_t since = k->seen_us - OVERLAP_US > k->us ? k->seen_us - OVERLAP_US : k->us;
    person_id *ids;
    size_t n;
    TRY(persons_changed_since(cx, since, &ids, &n));
    for (size_t i = 0; i < n; i++) {
        struct person_then p;
        uint64_t place;
        if (table64_get(&k->by_id, (uint64_t)ids[i].v, &place))
            continue;
        TRY(person_known_at(cx, ids[i], k->us, &none, &p));
        if (p.known)
            changed_add(k, &p.is);
    }
    k->seen_us = cx->now_us > k->seen_us ? cx->now_us : k->seen_us;
    return OK;
}

int64_t known_then_us(const struct known_then *k) { return k->us; }

STATUS known_then_person(struct ctx *cx, const struct known_then *k, person_id id, struct person *ret, bool *ret_known)
{
    static const struct numbers_asked none;
    struct person_then p;
    TRY(person_by_id(cx, id, ret, ret_known));
    if (!k || !*ret_known || ret->recorded_us <= k->us)
        return OK;
    TRY(person_known_at(cx, id, k->us, &none, &p));
    *ret = p.is;
    *ret_known = p.known;
    return OK;
}

const struct person *known_then_by_name(const struct known_then *k, int64_t name_hash, day from, day to, size_t *inout)
{
    uint64_t first = 0;
    if (*inout == 0 && !table64_get(&k->by_name, (uint64_t)name_hash, &first))
        return NULL;
    for (size_t at = *inout ? k->next[*inout - 1] : first; at; at = k->next[at - 1]) {
        const struct person *p = &k->changed[at - 1];
        *inout = at;
        if (p->name_hash == name_hash && p->birth.ymd >= from.ymd && p->birth.ymd <= to.ymd)
            return p;
    }
    return NULL;
}
