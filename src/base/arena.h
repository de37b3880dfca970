/* One arena per request or job. Allocation never returns NULL: memory is zeroed, aligned to 16 bytes, and lives until
 * the arena is reset or freed. The cap is a promise of the caller that its input is bounded; passing it stops the
 * process, because it means that a bound is missing. Not shared between threads. */
#pragma once
#include "base/str.h"

struct arena;

struct arena *arena_new(size_t bytes_max);
void arena_free(struct arena *a); /* NULL is allowed */
void arena_reset(struct arena *a);
size_t arena_used_bytes(const struct arena *a);
void *arena_alloc(struct arena *a, size_t bytes);
void *arena_array(struct arena *a, size_t count, size_t item_bytes); /* checks the product */
str arena_str(struct arena *a, str s);                               /* a copy, terminated by a NUL past its end */
char *arena_z(struct arena *a, str s);                               /* a terminated copy */
str arena_join(struct arena *a, str first, str second);
__attribute__((format(printf, 2, 3))) str arena_printf(struct arena *a, const char *format, ...);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, count) ((type *)arena_array((a), (count), sizeof(type)))
