/* Rate limits by the generic cell rate algorithm (ITU-T I.371): of each key one time is kept, at which its bucket will be
 * full again. Taking one moves that time on by one interval; a bucket whose time lies more than `burst` intervals ahead
 * is empty.
 *
 * Memory is bounded: sets of eight keys, found by a keyed hash (SipHash-1-3), since peers choose their keys. In a full set
 * a new key takes the place of the fullest bucket and inherits its time, so that flooding the table with keys can slow a
 * stranger down but never frees anyone from a limit. */
#include "net/rate.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define WAYS 8
#define LOCKS 64

struct slot {
    uint64_t hash; /* 0: free */
    int64_t full_at_us;
};

struct rate {
    struct slot *slots;
    size_t set_mask;
    uint64_t secret[2];
    int64_t interval_us, burst_us;
    pthread_mutex_t locks[LOCKS];
};

struct rate *rate_new(size_t keys_max, int64_t per_minute, int64_t burst)
{
    struct rate *r = calloc(1, sizeof *r);
    size_t sets = 1;

    MUST(r != NULL && per_minute > 0 && burst > 0 && keys_max <= ((size_t)1 << 30));
    while (sets * WAYS < keys_max)
        sets *= 2;
    r->slots = calloc(sets * WAYS, sizeof *r->slots);
    MUST(r->slots != NULL);
    r->set_mask = sets - 1;
    r->interval_us = 60000000 / per_minute > 0 ? 60000000 / per_minute : 1;
    r->burst_us = r->interval_us * burst;
    random_bytes(r->secret, sizeof r->secret);
    for (int i = 0; i < LOCKS; i++)
        pthread_mutex_init(&r->locks[i], NULL);
    return r;
}

void rate_free(struct rate *r)
{
    if (!r)
        return;
    for (int i = 0; i < LOCKS; i++)
        pthread_mutex_destroy(&r->locks[i]);
    free(r->slots);
    free(r);
}

static uint64_t turn(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

static void sip_round(uint64_t v[4])
{
    v[0] += v[1], v[1] = turn(v[1], 13) ^ v[0], v[0] = turn(v[0], 32);
    v[2] += v[3], v[3] = turn(v[3], 16) ^ v[2];
    v[0] += v[3], v[3] = turn(v[3], 21) ^ v[0];
    v[2] += v[1], v[1] = turn(v[1], 17) ^ v[2], v[2] = turn(v[2], 32);
}

static uint64_t keyed_hash(const struct rate *r, str key)
{
    uint64_t v[4] = { r->secret[0] ^ 0x736f6d6570736575, r->secret[1] ^ 0x646f72616e646f6d,
                      r->secret[0] ^ 0x6c7967656e657261, r->secret[1] ^ 0x7465646279746573 };
    uint64_t hash;

    for (size_t at = 0; at <= key.len; at += 8) {
        uint64_t word = key.len - at < 8 ? (uint64_t)key.len << 56 : 0;
        size_t bytes = key.len - at < 8 ? key.len - at : 8;

        for (size_t i = 0; i < bytes; i++)
            word |= (uint64_t)(unsigned char)key.ptr[at + i] << (8 * i);
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    v[2] ^= 0xff;
    for (int i = 0; i < 3; i++)
        sip_round(v);
    hash = v[0] ^ v[1] ^ v[2] ^ v[3];
    return hash ? hash : 1;
}

/* The key's slot, or the one that it takes over: a free one, else that of the fullest bucket. */
static struct slot *slot_of(struct rate *r, uint64_t hash)
{
    struct slot *set = &r->slots[(hash & r->set_mask) * WAYS], *fullest = set;

    for (int i = 0; i < WAYS; i++) {
        if (set[i].hash == hash)
            return &set[i];
        if (set[i].full_at_us < fullest->full_at_us)
            fullest = &set[i];
    }
    fullest->hash = hash;
    return fullest;
}

static bool judge(struct rate *r, str key, bool take, int64_t *ret_wait_us)
{
    uint64_t hash = keyed_hash(r, key);
    pthread_mutex_t *lock = &r->locks[(hash & r->set_mask) % LOCKS];
    int64_t now_us = clock_now_us(), full_at_us;
    struct slot *s;

    pthread_mutex_lock(lock);
    s = slot_of(r, hash);
    if (s->full_at_us > now_us + r->burst_us) /* the clock was set back */
        s->full_at_us = now_us + r->burst_us;
    full_at_us = (s->full_at_us > now_us ? s->full_at_us : now_us) + r->interval_us;
    *ret_wait_us = full_at_us - now_us - r->burst_us;
    if (take && *ret_wait_us <= 0)
        s->full_at_us = full_at_us;
    pthread_mutex_unlock(lock);
    return *ret_wait_us <= 0;
}

bool rate_take(struct rate *r, str key, int64_t *ret_retry_s)
{
    int64_t wait_us;
    bool taken = judge(r, key, true, &wait_us);

    if (ret_retry_s)
        *ret_retry_s = taken ? 0 : (wait_us + 999999) / 1000000;
    return taken;
}

bool rate_is_empty(struct rate *r, str key)
{
    int64_t wait_us;

    return !judge(r, key, false, &wait_us);
}
