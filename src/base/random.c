/* Random bytes from the kernel (getrandom(2)), fetched in small lots a thread so that an identifier costs no system
 * call; bytes are wiped as they leave the lot, and a fork throws the lot away, so that parent and child never hand out
 * the same ones. Once random_seed() has been called, which only tests do, every byte comes from one seeded stream.
 * The generator `rng` is xoshiro256** with splitmix64 seeding (Blackman and Vigna): for synthetic data, not secrets.
 * tested by: src/base/test/clock_test.c */
#include "base/clock.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/random.h>

#define LOT_BYTES 512u

static struct {
    pthread_once_t once;
    atomic_uint fork_count;
    atomic_bool seeded;
    pthread_mutex_t stream_lock;
    struct rng stream;
} source = { .once = PTHREAD_ONCE_INIT, .stream_lock = PTHREAD_MUTEX_INITIALIZER };

static _Thread_local struct {
    unsigned char bytes[LOT_BYTES];
    size_t left;
    unsigned fork_count;
} lot;

static void after_fork(void)
{
    atomic_fetch_add(&source.fork_count, 1);
}

static void watch_forks(void)
{
    MUST(pthread_atfork(NULL, NULL, after_fork) == 0);
}

static void fetch(unsigned char *out, size_t len)
{
    while (len > 0) {
        ssize_t got = getrandom(out, len, 0);

        if (got < 0) {
            MUST(errno == EINTR);
            continue;
        }
        out += got;
        len -= (size_t)got;
    }
}

static void stream_bytes(unsigned char *out, size_t len)
{
    MUST(pthread_mutex_lock(&source.stream_lock) == 0);
    while (len > 0) {
        uint64_t word = rng_u64(&source.stream);
        size_t part = len < sizeof word ? len : sizeof word;

        memcpy(out, &word, part);
        out += part;
        len -= part;
    }
    MUST(pthread_mutex_unlock(&source.stream_lock) == 0);
}

void random_bytes(void *out, size_t len)
{
    if (len == 0)
        return;
    if (atomic_load(&source.seeded)) {
        stream_bytes(out, len);
        return;
    }
    if (len > LOT_BYTES / 4) {
        fetch(out, len);
        return;
    }
    MUST(pthread_once(&source.once, watch_forks) == 0);

    unsigned fork_count = atomic_load(&source.fork_count);

    if (lot.left < len || lot.fork_count != fork_count) {
        fetch(lot.bytes, sizeof lot.bytes);
        lot.left = sizeof lot.bytes;
        lot.fork_count = fork_count;
    }
    lot.left -= len;
    memcpy(out, lot.bytes + lot.left, len);
    explicit_bzero(lot.bytes + lot.left, len);
}

uint64_t random_u64(void)
{
    uint64_t value;

    random_bytes(&value, sizeof value);
    return value;
}

void random_seed(uint64_t seed)
{
    MUST(pthread_mutex_lock(&source.stream_lock) == 0);
    rng_seed(&source.stream, seed, 0);
    MUST(pthread_mutex_unlock(&source.stream_lock) == 0);
    atomic_store(&source.seeded, true);
}

static uint64_t split(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* Streams of one seed start at unrelated places, because the stream's number is scrambled before it is added. */
void rng_seed(struct rng *r, uint64_t seed, uint64_t stream)
{
    uint64_t state = seed ^ split(&stream);

    for (size_t i = 0; i < 4; i++)
        r->s[i] = split(&state);
}

static uint64_t turn(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

uint64_t rng_u64(struct rng *r)
{
    uint64_t *s = r->s, result = turn(s[1] * 5, 7) * 9, shifted = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = turn(s[3], 45);
    return result;
}

/* Multiply and shift; the few low products that would favour some results are drawn again (Lemire 2019). */
uint32_t rng_below(struct rng *r, uint32_t bound)
{
    MUST(bound > 0);

    uint64_t product = (rng_u64(r) >> 32) * bound;

    if ((uint32_t)product < bound) {
        uint32_t uneven = (0 - bound) % bound;

        while ((uint32_t)product < uneven)
            product = (rng_u64(r) >> 32) * bound;
    }
    return (uint32_t)(product >> 32);
}

double rng_unit(struct rng *r)
{
    return (double)(rng_u64(r) >> 11) * 0x1p-53;
}

bool rng_chance(struct rng *r, double probability)
{
    return rng_unit(r) < probability;
}

int64_t id_fresh(int64_t now_us)
{
    static _Atomic int64_t last;
    int64_t since_ms = (now_us - INT64_C(1577836800000000)) / 1000, before = atomic_load(&last), id;

    MUST(since_ms > 0 && since_ms < INT64_C(1) << 41);
    do {
        id = since_ms << 12 | (int64_t)(random_u64() & 0xFFF);
        if (id <= before)
            id = before + 1;
    } while (!atomic_compare_exchange_weak(&last, &before, id));
    return id;
}
