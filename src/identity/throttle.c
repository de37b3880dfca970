/* Counts failed sign-ins by name and by address. Memory is fixed; keys are hashed with a secret of the process, so that
 * nobody can choose names which push another's count out. Unknown names are counted like known ones. */
#include "identity/inside.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 16384, PROBES = 16 };

struct slot {
    uint64_t key;
    int64_t since_us;
    int32_t failures;
};

struct throttle {
    pthread_mutex_t lock;
    char secret[32];
    struct slot slots[SLOTS];
};

struct throttle *throttle_new(void)
{
    struct throttle *t = calloc(1, sizeof *t);
    MUST(t);
    pthread_mutex_init(&t->lock, NULL);
    random_bytes(t->secret, sizeof t->secret);
    return t;
}

void throttle_free(struct throttle *t)
{
    free(t);
}

static uint64_t key_of(const struct throttle *t, str kind, str key)
{
    char bytes[256];
    uint8_t mac[SHA256_BYTES];
    uint64_t out;
    size_t room = sizeof bytes - kind.len - 1, len = key.len < room ? key.len : room;
    memcpy(bytes, kind.ptr, kind.len);
    bytes[kind.len] = '/';
    if (len)
        memcpy(bytes + kind.len + 1, key.ptr, len);
    hmac_sha256((str){ t->secret, sizeof t->secret }, (str){ bytes, kind.len + 1 + len }, mac);
    memcpy(&out, mac, sizeof out);
    return out ? out : 1;
}

static bool is_over(const struct slot *s, int64_t now_us)
{
    return now_us - s->since_us >= (int64_t)SIGN_IN_SLOWED_S * 1000000 || now_us < s->since_us;
}

static struct slot *slot_find(struct throttle *t, uint64_t key)
{
    for (size_t i = 0; i < PROBES; i++) {
        struct slot *s = &t->slots[(key + i) % SLOTS];
        if (s->key == key)
            return s;
    }
    return NULL;
}

static struct slot *slot_take(struct throttle *t, uint64_t key, int64_t now_us)
{
    struct slot *oldest = &t->slots[key % SLOTS];
    for (size_t i = 0; i < PROBES; i++) {
        struct slot *s = &t->slots[(key + i) % SLOTS];
        if (s->since_us < oldest->since_us)
            oldest = s;
    }
    *oldest = (struct slot){ .key = key, .since_us = now_us };
    return oldest;
}

bool throttle_is_closed(struct throttle *t, str kind, str key, int failures_max, int64_t now_us)
{
    pthread_mutex_lock(&t->lock);
    const struct slot *s = slot_find(t, key_of(t, kind, key));
    bool closed = s && !is_over(s, now_us) && s->failures >= failures_max;
    pthread_mutex_unlock(&t->lock);
    return closed;
}

int throttle_fail(struct throttle *t, str kind, str key, int64_t now_us)
{
    uint64_t hash = key_of(t, kind, key);
    pthread_mutex_lock(&t->lock);
    struct slot *s = slot_find(t, hash);
    if (!s || is_over(s, now_us)) {
        if (s)
            *s = (struct slot){ .key = hash, .since_us = now_us };
        else
            s = slot_take(t, hash, now_us);
    }
    /* The window runs from the failure that closed it, so that going on trying does not shorten it. */
    if (s->failures < SIGN_IN_NAME_FAILURES_MAX)
        s->since_us = now_us;
    int failures = ++s->failures;
    pthread_mutex_unlock(&t->lock);
    return failures;
}

void throttle_clear(struct throttle *t, str kind, str key)
{
    pthread_mutex_lock(&t->lock);
    struct slot *s = slot_find(t, key_of(t, kind, key));
    if (s)
        *s = (struct slot){ 0 };
    pthread_mutex_unlock(&t->lock);
}
