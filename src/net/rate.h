/* How often somebody may do something: token buckets by key (a peer's address, an account) in bounded memory. */
#pragma once
#include "base/base.h"

struct rate;

/* `burst` at once, then `per_minute`. `keys_max` is rounded up; each key takes 16 bytes. */
struct rate *rate_new(size_t keys_max, int64_t per_minute, int64_t burst);
void rate_free(struct rate *r); /* NULL is allowed */
/* Takes one from the bucket of `key`. False if it is empty; *ret_retry_s (NULL allowed) tells when to come again. From
 * any thread; by the clock of base. */
bool rate_take(struct rate *r, str key, int64_t *ret_retry_s);
/* Looks without taking: would rate_take() refuse? */
bool rate_is_empty(struct rate *r, str key);
