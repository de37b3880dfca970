/* Four-way sets behind striped locks; the least recently used of a set makes room. Holds no token, only digests.
 * tested by: src/identity/throttle_test.c */
#include "identity/inside.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { SETS = 4096, WAYS = 4, STRIPES = 64 };

struct cache {
    pthread_mutex_t locks[STRIPES];
    struct cached sets[SETS][WAYS];
};

struct cache *cache_new(void)
{
    struct cache *c = calloc(1, sizeof *c);
    MUST(c);
    for (size_t i = 0; i < STRIPES; i++)
        pthread_mutex_init(&c->locks[i], NULL);
    return c;
}

void cache_free(struct cache *c)
{
    free(c);
}

static size_t set_of(const uint8_t *digest)
{
    return ((size_t)digest[0] | (size_t)digest[1] << 8) % SETS;
}

/* Locks the set of the digest. NULL: not there. */
static struct cached *find(struct cache *c, const uint8_t *digest)
{
    size_t set = set_of(digest);
    pthread_mutex_lock(&c->locks[set % STRIPES]);
    for (size_t i = 0; i < WAYS; i++)
        if (c->sets[set][i].account && memcmp(c->sets[set][i].digest, digest, SHA256_BYTES) == 0)
            return &c->sets[set][i];
    return NULL;
}

static void leave(struct cache *c, const uint8_t *digest)
{
    pthread_mutex_unlock(&c->locks[set_of(digest) % STRIPES]);
}

bool cache_get(struct cache *c, const uint8_t digest[static SHA256_BYTES], struct cached *ret)
{
    const struct cached *e = find(c, digest);
    if (e)
        *ret = *e;
    leave(c, digest);
    return e != NULL;
}

void cache_put(struct cache *c, const struct cached *entry)
{
    struct cached *e = find(c, entry->digest);
    size_t set = set_of(entry->digest);
    if (!e) {
        e = &c->sets[set][0];
        for (size_t i = 1; i < WAYS; i++)
            if (c->sets[set][i].account == 0 || (e->account && c->sets[set][i].seen_us < e->seen_us))
                e = &c->sets[set][i];
    }
    *e = *entry;
    leave(c, entry->digest);
}

void cache_seen(struct cache *c, const uint8_t digest[static SHA256_BYTES], int64_t seen_us, int64_t stored_us)
{
    struct cached *e = find(c, digest);
    if (e && seen_us > e->seen_us)
        e->seen_us = seen_us;
    if (e && stored_us > e->stored_us)
        e->stored_us = stored_us;
    leave(c, digest);
}

void cache_drop(struct cache *c, const uint8_t digest[static SHA256_BYTES])
{
    struct cached *e = find(c, digest);
    if (e)
        *e = (struct cached){ 0 };
    leave(c, digest);
}

void cache_drop_account(struct cache *c, int64_t account)
{
    for (size_t set = 0; set < SETS; set++) {
        pthread_mutex_lock(&c->locks[set % STRIPES]);
        for (size_t i = 0; i < WAYS; i++)
            if (c->sets[set][i].account == account)
                c->sets[set][i] = (struct cached){ 0 };
        pthread_mutex_unlock(&c->locks[set % STRIPES]);
    }
}
