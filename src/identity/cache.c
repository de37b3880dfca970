/* Four-way sets behind striped locks; the least recently used of a set makes room. Holds no token, only digests.
 *
 * An entry is dropped before the transaction that ends it commits, so a call beside it may still read the old row. What
 * was dropped is therefore not taken in again for some seconds; such calls ask the store.
 * tested by: src/identity/throttle_test.c */
#include "identity/inside.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { SETS = 4096, WAYS = 4, STRIPES = 64, DROPPED_MAX = 256, DROPPED_US = 5000000 };

struct cache {
    pthread_mutex_t locks[STRIPES];
    struct cached sets[SETS][WAYS];
    pthread_mutex_t dropped_lock;
    struct {
        int64_t key, at_us; /* account, or the first bytes of a digest */
    } dropped[DROPPED_MAX];
    size_t dropped_next;
};

struct cache *cache_new(void)
{
    struct cache *c = calloc(1, sizeof *c);
    MUST(c);
    for (size_t i = 0; i < STRIPES; i++)
        pthread_mutex_init(&c->locks[i], NULL);
    pthread_mutex_init(&c->dropped_lock, NULL);
    return c;
}

void cache_free(struct cache *c)
{
    free(c);
}

static int64_t key_of(const uint8_t *digest)
{
    int64_t key;
    memcpy(&key, digest, sizeof key);
    return key;
}

static void dropped_add(struct cache *c, int64_t key)
{
    pthread_mutex_lock(&c->dropped_lock);
    c->dropped[c->dropped_next].key = key;
    c->dropped[c->dropped_next].at_us = clock_mono_us();
    c->dropped_next = (c->dropped_next + 1) % DROPPED_MAX;
    pthread_mutex_unlock(&c->dropped_lock);
}

static bool was_dropped(struct cache *c, const struct cached *e)
{
    bool found = false;
    int64_t since_us = clock_mono_us() - DROPPED_US, key = key_of(e->digest);
    pthread_mutex_lock(&c->dropped_lock);
    for (size_t i = 0; i < DROPPED_MAX && !found; i++)
        found = c->dropped[i].at_us > since_us && c->dropped[i].at_us && (c->dropped[i].key == e->account || c->dropped[i].key == key);
    pthread_mutex_unlock(&c->dropped_lock);
    return found;
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
    if (was_dropped(c, entry))
        return;
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
    dropped_add(c, key_of(digest));
    struct cached *e = find(c, digest);
    if (e)
        *e = (struct cached){ 0 };
    leave(c, digest);
}

void cache_drop_account(struct cache *c, int64_t account)
{
    dropped_add(c, account);
    for (size_t set = 0; set < SETS; set++) {
        pthread_mutex_lock(&c->locks[set % STRIPES]);
        for (size_t i = 0; i < WAYS; i++)
            if (c->sets[set][i].account == account)
                c->sets[set][i] = (struct cached){ 0 };
        pthread_mutex_unlock(&c->locks[set % STRIPES]);
    }
}
