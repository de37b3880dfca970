/* Arenas: a list of blocks that are given back all at once. Blocks double in size, so that a small request costs one
 * malloc and a job of many megabytes a few dozen. What is handed out is zeroed at that moment, so a reset costs nothing
 * and no request sees the bytes of the one before. */
#include "base/arena.h"

#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALIGNMENT 16u
#define BLOCK_BYTES_MIN ((size_t)8 << 10)
#define BLOCK_BYTES_MAX ((size_t)1 << 20)

struct block {
    struct block *older;
    size_t cap, used;
    _Alignas(16) char bytes[];
};

struct arena {
    struct block *newest;
    size_t used_bytes, bytes_max;
};

/* An allocation of nothing still gets an address of its own. */
static size_t rounded(size_t bytes)
{
    return bytes ? (bytes + (ALIGNMENT - 1)) & ~(size_t)(ALIGNMENT - 1) : ALIGNMENT;
}

struct arena *arena_new(size_t bytes_max)
{
    struct arena *a = calloc(1, sizeof *a);

    MUST(a != NULL && bytes_max <= SIZE_MAX / 4);
    a->bytes_max = rounded(bytes_max);
    return a;
}

static void drop_blocks(struct block *b)
{
    while (b) {
        struct block *older = b->older;

        free(b);
        b = older;
    }
}

void arena_free(struct arena *a)
{
    if (!a)
        return;
    drop_blocks(a->newest);
    free(a);
}

/* Keeps the newest block, the largest unless one allocation was larger than any block, and drops an outsized one. */
void arena_reset(struct arena *a)
{
    struct block *kept = a->newest;

    a->used_bytes = 0;
    if (!kept)
        return;
    drop_blocks(kept->older);
    kept->older = NULL;
    kept->used = 0;
    if (kept->cap > BLOCK_BYTES_MAX) {
        free(kept);
        a->newest = NULL;
    }
}

size_t arena_used_bytes(const struct arena *a)
{
    return a->used_bytes;
}

static struct block *block_new(struct arena *a, size_t bytes)
{
    size_t cap = a->newest ? a->newest->cap * 2 : BLOCK_BYTES_MIN;

    if (cap > BLOCK_BYTES_MAX)
        cap = BLOCK_BYTES_MAX;
    if (cap < bytes)
        cap = bytes;

    struct block *b = malloc(sizeof *b + cap);

    MUST(b != NULL);
    b->cap = cap;
    b->used = 0;
    b->older = a->newest;
    a->newest = b;
    return b;
}

void *arena_alloc(struct arena *a, size_t bytes)
{
    MUST(bytes <= a->bytes_max);

    size_t taken = rounded(bytes);
    struct block *b = a->newest;

    a->used_bytes += taken;
    MUST(a->used_bytes <= a->bytes_max);
    if (!b || b->cap - b->used < taken)
        b = block_new(a, taken);

    void *at = b->bytes + b->used;

    b->used += taken;
    return memset(at, 0, taken);
}

void *arena_array(struct arena *a, size_t count, size_t item_bytes)
{
    size_t bytes;

    MUST(!__builtin_mul_overflow(count, item_bytes, &bytes));
    return arena_alloc(a, bytes);
}

char *arena_z(struct arena *a, str s)
{
    MUST(s.len < SIZE_MAX);

    char *copy = arena_alloc(a, s.len + 1);

    if (s.len)
        memcpy(copy, s.ptr, s.len);
    return copy;
}

str arena_str(struct arena *a, str s)
{
    return (str){ arena_z(a, s), s.len };
}

str arena_join(struct arena *a, str first, str second)
{
    size_t len;

    MUST(!__builtin_add_overflow(first.len, second.len, &len) && len < SIZE_MAX);

    char *joined = arena_alloc(a, len + 1);

    if (first.len)
        memcpy(joined, first.ptr, first.len);
    if (second.len)
        memcpy(joined + first.len, second.ptr, second.len);
    return (str){ joined, len };
}

str arena_printf(struct arena *a, const char *format, ...)
{
    va_list args, again;

    va_start(args, format);
    va_copy(again, args);

    int len = vsnprintf(NULL, 0, format, args);

    va_end(args);
    MUST(len >= 0);

    char *text = arena_alloc(a, (size_t)len + 1);

    vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    return (str){ text, (size_t)len };
}
