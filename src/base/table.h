/* Hash tables with open addressing: text to pointer-sized value, and 64-bit key to 64-bit value. Keys of the text table
 * are not copied. Neither shrinks nor deletes; both live as long as their owner. */
#pragma once
#include "base/str.h"

struct table_slot {
    str key;
    uint64_t hash;
    void *value;
};
struct table {
    struct table_slot *slots;
    size_t count, cap;
};
void table_init(struct table *t);
void table_done(struct table *t);
void *table_get(const struct table *t, str key); /* NULL if absent */
/* Puts `value` unless the key is there; returns the value that the table holds now. */
void *table_put(struct table *t, str key, void *value);
void table_set(struct table *t, str key, void *value);

struct table64 {
    uint64_t *keys, *values;
    bool *used;
    size_t count, cap;
};
void table64_init(struct table64 *t, size_t expected);
void table64_done(struct table64 *t);
bool table64_get(const struct table64 *t, uint64_t key, uint64_t *ret_value);
void table64_set(struct table64 *t, uint64_t key, uint64_t value);
