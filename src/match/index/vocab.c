/* The dictionary of a segment while it is made: keys in the order in which they were first met, so that frequent ones have
 * small codes and few bytes. When its room is used up further values are written into the records that have them.
 * tested by: src/match/index/test/index_test.c */
#include "match/index/inside.h"

#include "match/set/hash.h"

#include <stdlib.h>

struct vocab {
    char *text;
    uint64_t *at; /* [code]: where it begins; [count + 1]: where all end */
    uint32_t *slot;
    size_t text_bytes, text_cap, bytes_max;
    uint32_t count, cap, slot_mask;
};

struct vocab *vocab_new(size_t bytes_max)
{
    struct vocab *v = calloc(1, sizeof *v);

    MUST(v);
    v->bytes_max = bytes_max;
    v->cap = 1024;
    v->slot_mask = 2 * v->cap - 1;
    v->at = calloc(v->cap + 2u, sizeof *v->at);
    v->slot = calloc(v->slot_mask + 1u, sizeof *v->slot);
    v->text = malloc(v->text_cap = 1 << 16);
    MUST(v->at && v->slot && v->text);
    return v;
}

void vocab_free(struct vocab *v)
{
    if (!v)
        return;
    free(v->text);
    free(v->at);
    free(v->slot);
    free(v);
}

static str vocab_key(const struct vocab *v, uint32_t code) { return (str){ v->text + v->at[code], (size_t)(v->at[code + 1] - v->at[code]) }; }

static uint32_t *vocab_slot(const struct vocab *v, str key)
{
    uint32_t at = (uint32_t)link_hash(key) & v->slot_mask;

    while (v->slot[at] && !str_eq(vocab_key(v, v->slot[at]), key))
        at = (at + 1) & v->slot_mask;
    return &v->slot[at];
}

static void vocab_grow(struct vocab *v)
{
    v->cap *= 2;
    v->slot_mask = 2 * v->cap - 1;
    v->at = reallocarray(v->at, v->cap + 2u, sizeof *v->at);
    free(v->slot);
    v->slot = calloc(v->slot_mask + 1u, sizeof *v->slot);
    MUST(v->at && v->slot);
    for (uint32_t code = 1; code <= v->count; code++)
        *vocab_slot(v, vocab_key(v, code)) = code;
}

uint32_t vocab_take(struct vocab *v, str key)
{
    uint32_t *slot = vocab_slot(v, key);

    if (*slot)
        return *slot;
    if (key.len > INDEX_TEXT_MAX || v->text_bytes + key.len + (size_t)v->count * 24 > v->bytes_max)
        return 0;
    if (v->count == v->cap) {
        vocab_grow(v);
        slot = vocab_slot(v, key);
    }
    while (v->text_bytes + key.len > v->text_cap) {
        v->text = realloc(v->text, v->text_cap *= 2);
        MUST(v->text);
    }
    memcpy(v->text + v->text_bytes, key.ptr, key.len);
    v->text_bytes += key.len;
    *slot = ++v->count;
    v->at[v->count + 1] = v->text_bytes;
    return v->count;
}

uint32_t vocab_count(const struct vocab *v) { return v->count; }

void vocab_sections(const struct vocab *v, str *ret_text, str *ret_at, str *ret_slots)
{
    *ret_text = (str){ v->text, v->text_bytes };
    *ret_at = (str){ (const char *)(v->at + 1), (v->count + 1u) * sizeof *v->at };
    *ret_slots = (str){ (const char *)v->slot, (v->slot_mask + 1u) * sizeof *v->slot };
}

/* --- as it lies in a file ---------------------------------------------------------------------------------------------------- */

str lexicon_key(const struct lexicon *l, uint32_t code)
{
    uint64_t from, to;

    if (code == 0 || code > l->count)
        return (str){ 0 };
    from = l->at[code - 1];
    to = l->at[code];
    return from <= to && to <= l->text_bytes ? (str){ l->text + from, (size_t)(to - from) } : (str){ 0 };
}

uint32_t lexicon_find(const struct lexicon *l, str key)
{
    uint32_t at = (uint32_t)link_hash(key) & l->slot_mask;

    for (uint32_t steps = 0; l->slot_mask && steps <= l->slot_mask && l->slot[at]; steps++) {
        if (str_eq(lexicon_key(l, l->slot[at]), key))
            return l->slot[at];
        at = (at + 1) & l->slot_mask;
    }
    return 0;
}
