/* Building a dictionary from many threads. A value is folded once; a small memory of each thread answers for the values
 * that come again, so that most look-ups touch neither lock nor table. While it is built a value has a passing number;
 * dict_finish() gives the final codes by the order of content hashes, so that neither the order of rows nor that of the
 * threads shows in them. */
#pragma once
#include "match/set/hash.h"
#include "match/set/set.h"

enum link_dict_form {
    LINK_FORM_PLAIN, /* viet_fold */
    LINK_FORM_TONES, /* viet_key: code and `tones` by it, `text` is its fold */
    LINK_FORM_SEX,   /* words for sex become m, f, x; all else as PLAIN */
};

/* Of a role that has a dictionary. */
enum link_dict_form link_form_of(enum link_role role);

struct dict_build;
struct dict_build *dict_build_new(enum link_dict_form form);
void dict_build_free(struct dict_build *d);

/* What one thread remembers of one dictionary; small enough for the second cache. A value of up to 16 bytes is these bytes
 * themselves, with zeros after them; a longer one its hash and its address. */
enum { DICT_MEMO_BITS = 15, DICT_SHORT = 16 };
struct dict_slot {
    uint64_t a, b;
    uint32_t len, code;
};
struct dict_memo {
    struct arena *arena; /* for folding; emptied after each value */
    struct dict_slot slot[1 << DICT_MEMO_BITS];
};
struct dict_memo *dict_memo_new(void);
void dict_memo_free(struct dict_memo *m);

/* The first of the two slots that a value may have. */
static inline struct dict_slot *dict_slot_at(struct dict_memo *m, uint64_t a, uint64_t b, size_t len)
{
    return &m->slot[(link_mix(a ^ len, b) >> (65 - DICT_MEMO_BITS)) * 2];
}

/* The passing number of a cell or word without spaces around it; 0 when nothing is left of it after folding. */
uint32_t dict_take(struct dict_build *d, struct dict_memo *m, str raw);
/* A value of at most DICT_SHORT bytes as the memory knows it; sixteen bytes from its first on may be read. */
struct dict_short {
    uint64_t a, b;
};
static inline struct dict_short dict_short_of(str raw)
{
    static const uint64_t low[DICT_SHORT + 1] = { 0, 0xFF, 0xFFFF, 0xFFFFFF, 0xFFFFFFFF, 0xFFFFFFFFFF, 0xFFFFFFFFFFFF, 0xFFFFFFFFFFFFFF,
                                                  ~(uint64_t)0, ~(uint64_t)0, ~(uint64_t)0, ~(uint64_t)0, ~(uint64_t)0, ~(uint64_t)0, ~(uint64_t)0, ~(uint64_t)0, ~(uint64_t)0 };
    static const uint64_t high[DICT_SHORT + 1] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFFFF, 0xFFFFFF, 0xFFFFFFFF, 0xFFFFFFFFFF, 0xFFFFFFFFFFFF,
                                                   0xFFFFFFFFFFFFFF, ~(uint64_t)0 };

    return (struct dict_short){ link_load64(raw.ptr) & low[raw.len], link_load64(raw.ptr + 8) & high[raw.len] };
}

/* As dict_take(), of a short value at its slot. */
static inline uint32_t dict_take_short(struct dict_build *d, struct dict_memo *m, str raw, struct dict_short s, const struct dict_slot *slot)
{
    uint64_t first = (slot[0].a ^ s.a) | (slot[0].b ^ s.b) | (slot[0].len ^ raw.len); /* without branches: none could be foreseen */
    uint64_t second = (slot[1].a ^ s.a) | (slot[1].b ^ s.b) | (slot[1].len ^ raw.len);
    uint32_t code = first ? slot[1].code : slot[0].code;

    return __builtin_expect(first && second, 0) ? dict_take(d, m, raw) : code;
}

/* The same, and sixteen bytes from its first on may be read. */
static inline uint32_t dict_take_near(struct dict_build *d, struct dict_memo *m, str raw)
{
    struct dict_short s;

    if (raw.len > DICT_SHORT)
        return dict_take(d, m, raw);
    s = dict_short_of(raw);
    return dict_take_short(d, m, raw, s, dict_slot_at(m, s.a, s.b, raw.len));
}

/* Final codes: *ret_map[passing number] = code, from link_pages_new(*ret_map_bytes). The dictionary's arrays but `uses`
 * are filled and belong to `d` from then on. */
void dict_finish(struct dict_build *d, struct link_dict *ret, uint32_t **ret_map, size_t *ret_map_bytes);
