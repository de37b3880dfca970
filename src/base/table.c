/* Hash tables with linear probing and a power of two of slots, at most three quarters full. A hash of zero marks a free
 * slot; keys that hash to zero are moved to one. */
#include "base/table.h"

#include "base/status.h"

#include <stdlib.h>

#define CAP_MIN ((size_t)16)

static uint64_t hash_of(str key)
{
    uint64_t hash = str_hash(key);

    return hash ? hash : 1;
}

/* The slot that holds `key`, or the free one where it belongs. */
static struct table_slot *slot_of(struct table_slot *slots, size_t cap, str key, uint64_t hash)
{
    size_t i = hash & (cap - 1);

    while (slots[i].hash && (slots[i].hash != hash || !str_eq(slots[i].key, key)))
        i = (i + 1) & (cap - 1);
    return &slots[i];
}

static void grow(struct table *t)
{
    size_t cap = t->cap ? t->cap * 2 : CAP_MIN;
    struct table_slot *slots = calloc(cap, sizeof *slots);

    MUST(slots != NULL);
    for (size_t i = 0; i < t->cap; i++)
        if (t->slots[i].hash)
            *slot_of(slots, cap, t->slots[i].key, t->slots[i].hash) = t->slots[i];
    free(t->slots);
    t->slots = slots;
    t->cap = cap;
}

void table_init(struct table *t)
{
    *t = (struct table){ 0 };
}

void table_done(struct table *t)
{
    free(t->slots);
    *t = (struct table){ 0 };
}

void *table_get(const struct table *t, str key)
{
    return t->cap ? slot_of(t->slots, t->cap, key, hash_of(key))->value : NULL;
}

static struct table_slot *claim(struct table *t, str key, bool *ret_fresh)
{
    uint64_t hash = hash_of(key);

    if (t->count + 1 > t->cap / 4 * 3)
        grow(t);

    struct table_slot *slot = slot_of(t->slots, t->cap, key, hash);

    *ret_fresh = slot->hash == 0;
    if (*ret_fresh) {
        slot->key = key;
        slot->hash = hash;
        t->count++;
    }
    return slot;
}

void *table_put(struct table *t, str key, void *value)
{
    bool fresh;
    struct table_slot *slot = claim(t, key, &fresh);

    if (fresh)
        slot->value = value;
    return slot->value;
}

void table_set(struct table *t, str key, void *value)
{
    bool fresh;

    claim(t, key, &fresh)->value = value;
}

/* Spreads keys that count upwards over the whole table. */
static size_t place64(uint64_t key, size_t cap)
{
    key ^= key >> 32;
    key *= 0xd6e8feb86659fd93u;
    key ^= key >> 32;
    return key & (cap - 1);
}

static size_t slot64(const struct table64 *t, uint64_t key)
{
    size_t i = place64(key, t->cap);

    while (t->used[i] && t->keys[i] != key)
        i = (i + 1) & (t->cap - 1);
    return i;
}

static void reserve64(struct table64 *t, size_t cap)
{
    *t = (struct table64){ .keys = calloc(cap, sizeof *t->keys), .values = calloc(cap, sizeof *t->values),
                           .used = calloc(cap, sizeof *t->used), .cap = cap };
    MUST(t->keys != NULL && t->values != NULL && t->used != NULL);
}

void table64_init(struct table64 *t, size_t expected)
{
    size_t cap = CAP_MIN;

    MUST(expected <= SIZE_MAX / 4);
    while (cap / 4 * 3 < expected)
        cap *= 2;
    reserve64(t, cap);
}

void table64_done(struct table64 *t)
{
    free(t->keys);
    free(t->values);
    free(t->used);
    *t = (struct table64){ 0 };
}

static void grow64(struct table64 *t)
{
    struct table64 old = *t;

    reserve64(t, old.cap ? old.cap * 2 : CAP_MIN);
    for (size_t i = 0; i < old.cap; i++)
        if (old.used[i])
            table64_set(t, old.keys[i], old.values[i]);
    table64_done(&old);
}

bool table64_get(const struct table64 *t, uint64_t key, uint64_t *ret_value)
{
    if (!t->cap)
        return false;

    size_t i = slot64(t, key);

    if (!t->used[i])
        return false;
    *ret_value = t->values[i];
    return true;
}

void table64_set(struct table64 *t, uint64_t key, uint64_t value)
{
    if (t->count + 1 > t->cap / 4 * 3)
        grow64(t);

    size_t i = slot64(t, key);

    if (!t->used[i]) {
        t->used[i] = true;
        t->keys[i] = key;
        t->count++;
    }
    t->values[i] = value;
}
