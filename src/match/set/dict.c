/* The dictionaries behind dict.h: sixteen shards, each a table of hashes, a list of values and a pool of their bytes under
 * its own lock. It refuses more than 2^28 distinct values a shard (the process stops: bound the input).
 * tested by: src/match/set/test/load_test.c */
#include "match/set/dict.h"

#include <pthread.h>
#include <stdlib.h>

#include "match/set/hash.h"
#include "match/set/pages.h"

enum { SHARD_BITS = 4, SHARDS = 1 << SHARD_BITS, POOL_BYTES = 1 << 16 };

struct value {
    str key, text; /* equal pointers when there are no tones */
    uint64_t hash; /* of the text */
};

struct pool {
    char *at, *end;
    char **blocks;
    size_t count, cap;
};

struct shard {
    pthread_mutex_t lock;
    uint32_t *slots; /* index + 1 into values */
    struct value *values;
    size_t count, cap, slots_cap;
    struct pool pool;
};

struct dict_build {
    enum link_dict_form form;
    struct shard shard[SHARDS];
    str *text, *tones; /* the final arrays */
    uint64_t *hash;
    size_t text_bytes, hash_bytes;
};

struct dict_memo *dict_memo_new(void)
{
    struct dict_memo *m = link_pages_new(sizeof(struct dict_memo));

    m->arena = arena_new((size_t)64 << 20);
    return m;
}

void dict_memo_free(struct dict_memo *m)
{
    if (!m)
        return;
    arena_free(m->arena);
    link_pages_free(m, sizeof *m);
}

struct dict_build *dict_build_new(enum link_dict_form form)
{
    struct dict_build *d = calloc(1, sizeof *d);

    MUST(d);
    d->form = form;
    for (int i = 0; i < SHARDS; i++)
        MUST(pthread_mutex_init(&d->shard[i].lock, NULL) == 0);
    return d;
}

void dict_build_free(struct dict_build *d)
{
    if (!d)
        return;
    for (int i = 0; i < SHARDS; i++) {
        struct shard *s = &d->shard[i];

        for (size_t k = 0; k < s->pool.count; k++)
            free(s->pool.blocks[k]);
        free(s->pool.blocks);
        free(s->slots);
        free(s->values);
        pthread_mutex_destroy(&s->lock);
    }
    link_pages_free(d->text, d->text_bytes);
    link_pages_free(d->tones, d->text_bytes);
    link_pages_free(d->hash, d->hash_bytes);
    free(d);
}

static str pool_copy(struct pool *p, str s)
{
    char *copy;

    if ((size_t)(p->end - p->at) < s.len || !p->at) {
        size_t bytes = s.len > POOL_BYTES / 4 ? s.len : POOL_BYTES;

        if (p->count == p->cap) {
            p->cap = p->cap ? p->cap * 2 : 16;
            p->blocks = reallocarray(p->blocks, p->cap, sizeof *p->blocks);
            MUST(p->blocks);
        }
        p->at = p->blocks[p->count++] = malloc(bytes);
        MUST(p->at);
        p->end = p->at + bytes;
    }
    copy = p->at;
    memcpy(copy, s.ptr, s.len);
    p->at += s.len;
    return (str){ copy, s.len };
}

static void shard_grow(struct shard *s)
{
    size_t cap = s->cap ? s->cap * 2 : 64;

    MUST(cap <= (size_t)1 << 28);
    s->values = reallocarray(s->values, cap, sizeof *s->values);
    free(s->slots);
    s->slots_cap = cap * 2;
    s->slots = calloc(s->slots_cap, sizeof *s->slots);
    MUST(s->values && s->slots);
    s->cap = cap;
    for (size_t i = 0; i < s->count; i++) {
        size_t at = link_hash(s->values[i].key) & (s->slots_cap - 1);

        while (s->slots[at])
            at = (at + 1) & (s->slots_cap - 1);
        s->slots[at] = (uint32_t)i + 1;
    }
}

/* `text` may be empty: then it is the key. */
static uint32_t shard_take(struct shard *s, uint64_t hash, str key, str text)
{
    size_t at;
    struct value *v;

    if (s->count == s->cap)
        shard_grow(s);
    for (at = hash & (s->slots_cap - 1); s->slots[at]; at = (at + 1) & (s->slots_cap - 1))
        if (str_eq(s->values[s->slots[at] - 1].key, key))
            return s->slots[at] - 1;
    v = &s->values[s->count];
    v->key = pool_copy(&s->pool, key);
    v->text = text.len ? pool_copy(&s->pool, text) : v->key;
    v->hash = text.len ? link_hash(text) : hash;
    s->slots[at] = (uint32_t)++s->count;
    return (uint32_t)s->count - 1;
}

static str plain_of(str raw, char *out, size_t cap)
{
    bool space = false;
    size_t len = 0;

    if (!text_is_ascii(raw) || raw.len > cap)
        return (str){ out, viet_fold_into(out, cap, raw) };
    for (size_t i = 0; i < raw.len; i++) {
        unsigned char c = (unsigned char)raw.ptr[i];

        if (c <= ' ') {
            space = len > 0;
            continue;
        }
        if (space)
            out[len++] = ' ';
        space = false;
        out[len++] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
    return (str){ out, len };
}

static str sex_of(str raw, str plain)
{
    enum sex sex;

    if (str_is_digits(plain) || !sex_read(raw, SEX_CODE_CIVIL, &sex))
        return plain;
    return sex == SEX_MALE ? STR("m") : sex == SEX_FEMALE ? STR("f") : sex == SEX_OTHER ? STR("x") : (str){ 0 };
}

static uint32_t value_take(struct dict_build *d, str key, str text)
{
    uint64_t hash = link_hash(key);
    unsigned number = (unsigned)(hash >> (64 - SHARD_BITS));
    struct shard *s = &d->shard[number];
    uint32_t index;

    pthread_mutex_lock(&s->lock);
    index = shard_take(s, hash, key, text);
    pthread_mutex_unlock(&s->lock);
    return (index + 1) << SHARD_BITS | number;
}

/* Lead bytes of U+0300 … U+036F: without them there is nothing to compose. */
static bool has_marks(str raw)
{
    for (size_t i = 0; i < raw.len; i++)
        if (raw.ptr[i] == '\xCC' || raw.ptr[i] == '\xCD')
            return true;
    return false;
}

/* The readers of viet take UTF-8 only; what is none becomes question marks, so that such values still meet. */
static str utf8_of(struct arena *arena, str raw)
{
    char *out;
    size_t at = 0, len = 0;

    if (text_is_utf8(raw))
        return raw;
    out = arena_alloc(arena, raw.len + 4);
    while (at < raw.len) {
        uint32_t cp = text_next(raw, &at);

        len += text_put(out + len, cp == 0xFFFD ? '?' : cp);
    }
    return (str){ out, len };
}

static uint32_t fold_take(struct dict_build *d, struct arena *arena, str raw)
{
    str text, key;
    uint32_t code = 0;

    raw = utf8_of(arena, raw);
    if (d->form == LINK_FORM_TONES) {
        key = viet_key(arena, has_marks(raw) ? viet_compose(arena, raw) : raw);
        text = text_is_ascii(key) ? key : viet_fold(arena, key);
    } else {
        text = plain_of(raw, arena_alloc(arena, 2 * raw.len + 1), 2 * raw.len + 1);
        key = text = d->form == LINK_FORM_SEX ? sex_of(raw, text) : text;
    }
    if (text.len)
        code = value_take(d, key, str_eq(key, text) ? (str){ 0 } : text);
    arena_reset(arena);
    return code;
}

uint32_t dict_take(struct dict_build *d, struct dict_memo *m, str raw)
{
    bool is_short = raw.len <= DICT_SHORT;
    uint64_t at[2] = { 0, 0 };
    struct dict_slot *slot;

    if (is_short && raw.len) {
        char bytes[DICT_SHORT] = { 0 };

        memcpy(bytes, raw.ptr, raw.len);
        at[0] = link_load64(bytes);
        at[1] = link_load64(bytes + 8);
    } else if (!is_short) {
        at[0] = link_hash(raw);
    }
    slot = dict_slot_at(m, at[0], at[1], raw.len);
    for (int i = 0; i < 2; i++)
        if (slot[i].a == at[0] && slot[i].len == raw.len && (is_short ? slot[i].b == at[1] : memcmp((const char *)(uintptr_t)slot[i].b, raw.ptr, raw.len) == 0))
            return slot[i].code;
    slot[1] = slot[0]; /* the older one goes */
    *slot = (struct dict_slot){ at[0], is_short ? at[1] : (uint64_t)(uintptr_t)raw.ptr, (uint32_t)raw.len, raw.len ? fold_take(d, m->arena, raw) : 0 };
    return slot->code;
}

struct order {
    const struct value *value;
    uint32_t passing;
};

static int order_cmp(const void *one, const void *other)
{
    const struct order *a = one, *b = other;

    if (a->value->hash != b->value->hash)
        return a->value->hash < b->value->hash ? -1 : 1;
    return str_cmp(a->value->key, b->value->key);
}

void dict_finish(struct dict_build *d, struct link_dict *ret, uint32_t **ret_map, size_t *ret_map_bytes)
{
    size_t count = 0, largest = 0, n = 0;
    struct order *order;
    bool tones = false;

    for (int i = 0; i < SHARDS; i++) {
        count += d->shard[i].count;
        largest = d->shard[i].count > largest ? d->shard[i].count : largest;
    }
    order = link_pages_new(count * sizeof *order);
    *ret_map_bytes = ((largest + 1) << SHARD_BITS) * sizeof **ret_map;
    *ret_map = link_pages_new(*ret_map_bytes);
    d->text_bytes = (count + 1) * sizeof *d->text;
    d->hash_bytes = (count + 1) * sizeof *d->hash;
    d->text = link_pages_new(d->text_bytes);
    d->tones = link_pages_new(d->text_bytes);
    d->hash = link_pages_new(d->hash_bytes);
    for (uint32_t i = 0; i < SHARDS; i++)
        for (uint32_t k = 0; k < d->shard[i].count; k++)
            order[n++] = (struct order){ &d->shard[i].values[k], (k + 1) << SHARD_BITS | i };
    qsort(order, count, sizeof *order, order_cmp);
    for (size_t i = 0; i < count; i++) {
        (*ret_map)[order[i].passing] = (uint32_t)i + 1;
        d->text[i + 1] = order[i].value->text;
        d->tones[i + 1] = order[i].value->key;
        d->hash[i + 1] = order[i].value->hash;
        tones |= order[i].value->key.ptr != order[i].value->text.ptr;
    }
    link_pages_free(order, count * sizeof *order);
    *ret = (struct link_dict){ .count = (uint32_t)count, .text = d->text, .tones = tones ? d->tones : NULL, .hash = d->hash };
}
