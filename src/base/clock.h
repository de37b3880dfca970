/* The one clock and the one random source of the process. Tests set both, so that a seed reproduces a run. */
#pragma once
#include "base/day.h"

int64_t clock_now_us(void);           /* microseconds since 1970, UTC */
int64_t clock_mono_us(void);          /* for measuring only, never set by tests */
void clock_set_us(int64_t us);        /* freezes the clock at `us` */
void clock_advance_us(int64_t by_us); /* moves a frozen clock; freezes a running one */
void clock_release(void);             /* back to real time */
void clock_format(int64_t us, char out[static 28]); /* RFC 3339, UTC, microseconds, NUL-terminated */
bool clock_parse(str rfc3339, int64_t *ret_us);

void random_bytes(void *out, size_t len); /* getrandom(2), or the seeded stream of a test */
uint64_t random_u64(void);
/* An id: milliseconds since 2020 above 12 random bits, and larger than any that this process gave before, so that many in one
 * millisecond differ and rows lie in the order in which they came. Until 2089 it fits what JSON readers take for a whole number. */
int64_t id_fresh(int64_t now_us);
void random_seed(uint64_t seed); /* tests only: makes every later byte reproducible */

/* A small, fast, splittable generator for synthetic data and tests. Never for secrets. */
struct rng {
    uint64_t s[4];
};
void rng_seed(struct rng *r, uint64_t seed, uint64_t stream);
uint64_t rng_u64(struct rng *r);
uint32_t rng_below(struct rng *r, uint32_t bound); /* 0 … bound-1, unbiased; bound > 0 */
double rng_unit(struct rng *r);                    /* [0,1) */
bool rng_chance(struct rng *r, double probability);
