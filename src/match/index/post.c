/* Postings of a key: which records have it, in blocks of 128 by (key, record), each the difference to the one before. A
 * directory holds the first key of each block; keys are hashes, so that a place in it is guessed from the key and then
 * found within a few steps. Bytes that were changed end a block early and never lead out of it.
 * tested by: src/match/index/test/post_test.c */
#include "match/index/inside.h"

#include <stdlib.h>

void post_put(struct post_writer *w, uint64_t key, uint32_t record)
{
    uint8_t to[2 * VARINT_BYTES], *at = to;

    if (w->count % INDEX_BLOCK_POSTS == 0) {
        if (w->blocks == w->cap) {
            w->cap = w->cap ? w->cap * 2 : 1024;
            w->block = reallocarray(w->block, w->cap, sizeof *w->block);
            MUST(w->block);
        }
        w->block[w->blocks++] = (struct post_block){ (uint32_t)(key >> KEY_REFINE_BITS), 0, w->written + w->out->len };
        w->key = key & ~(((uint64_t)1 << KEY_REFINE_BITS) - 1);
        w->record = 0;
    }
    MUST(key >= w->key);
    at = varint_put(at, key - w->key);
    at = varint_put(at, key == w->key ? record - w->record : record);
    buf_bytes(w->out, to, (size_t)(at - to));
    w->key = key;
    w->record = record;
    w->block[w->blocks - 1].count++;
    w->count++;
}

/* The first block that may hold `key`: the last one that begins below it, or 0. */
static size_t block_first(const struct posts *p, uint32_t key)
{
    size_t guess = (size_t)(((uint64_t)key * p->blocks) >> 32), step = 1, low, high;

    if (p->block[guess].key < key) {
        for (low = guess; guess + step < p->blocks && p->block[guess + step].key < key; step *= 2)
            low = guess + step;
        high = guess + step < p->blocks ? guess + step : p->blocks;
    } else {
        for (high = guess; step <= guess && p->block[guess - step].key >= key; step *= 2)
            high = guess - step;
        if (step > guess && p->block[0].key >= key)
            return 0;
        low = step > guess ? 0 : guess - step;
    }
    while (high - low > 1) { /* block[low] begins below the key, block[high] does not */
        size_t middle = low + (high - low) / 2;

        if (p->block[middle].key < key)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* The next posting of the block at hand, or the first of the next one. */
static bool cursor_next(struct post_cursor *c)
{
    const struct posts *p = c->posts;

    while (c->left == 0) {
        uint64_t from;

        if (c->block == p->blocks)
            return c->open = false;
        from = p->block[c->block].at < p->bytes_count ? p->block[c->block].at : p->bytes_count;
        c->bytes = (struct bytes){ p->bytes + from, p->bytes + p->bytes_count };
        c->left = p->block[c->block].count < INDEX_BLOCK_POSTS ? p->block[c->block].count : INDEX_BLOCK_POSTS;
        c->key = (uint64_t)p->block[c->block].key << KEY_REFINE_BITS;
        c->record = 0;
        c->block++;
    }
    uint64_t step = varint_get(&c->bytes);

    c->record = (uint32_t)varint_get(&c->bytes) + (step ? 0 : c->record);
    c->key += step;
    c->left--;
    return c->open = true;
}

void post_start(struct post_cursor *c, const struct posts *p) { *c = (struct post_cursor){ .posts = p }; }

/* Keys may be asked for in any order; in rising order each block is read once at most. */
void post_seek(struct post_cursor *c, uint32_t key, struct post_group *g)
{
    const struct posts *p = c->posts;

    g->count = 0;
    if (p->blocks == 0)
        return;
    if (!c->open || c->key >> KEY_REFINE_BITS > key || (c->block < p->blocks && p->block[c->block].key < key)) {
        c->block = block_first(p, key);
        c->left = 0;
        (void)cursor_next(c);
    }
    while (c->open && c->key >> KEY_REFINE_BITS < key)
        (void)cursor_next(c);
    for (; c->open && c->key >> KEY_REFINE_BITS == key; (void)cursor_next(c)) {
        if (g->count == g->cap) {
            g->cap = g->cap ? g->cap * 2 : 256;
            g->list = reallocarray(g->list, g->cap, sizeof *g->list);
            MUST(g->list);
        }
        g->list[g->count++] = (struct post){ c->record, (uint8_t)c->key };
    }
}

size_t post_take(const struct post_group *g, uint8_t fine, uint32_t *records, size_t most, bool *ret_cut)
{
    size_t n = 0;

    *ret_cut = g->count > most;
    for (size_t i = 0; i < g->count && n < most; i++)
        if (g->count <= most || g->list[i].fine == fine)
            records[n++] = g->list[i].record;
    for (size_t i = 0; i < g->count && n == 0 && i < most; i++)
        records[i] = g->list[i].record;
    return n ? n : g->count < most ? g->count : most;
}
