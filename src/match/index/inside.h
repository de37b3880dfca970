/* What the files of the index share: the definition, the layout of a segment, the dictionary of one. */
#pragma once
#include "match/block/part.h"
#include "match/index/bytes.h"
#include "match/index/index.h"
#include "match/set/dict.h"

enum { INDEX_PARTS_MAX = 3, INDEX_NO_PART = 255, INDEX_HEAD_BYTES = 4096, INDEX_BLOCK_RECORDS = 64, INDEX_BLOCK_POSTS = 128, INDEX_TEXT_MAX = 1000 };

struct index_part {
    uint8_t kind, field, other; /* enum part_kind, or INDEX_NO_PART */
};
struct index_rule {
    int parts;
    struct index_part part[INDEX_PARTS_MAX], refine; /* refine: narrows a key that too many records have */
    double candidates, brings, first;
};
struct index_field {
    enum link_role role;
    enum link_kind kind;
    int dict; /* -1: none */
    char head[208];
    double known; /* share of the sample's records that have a value */
};
/* index.h's struct. Fields are the comparisons of the sample, in their order. */
struct index_def {
    int fields, dicts, rules;
    struct index_field field[LINK_FIELDS_MAX];
    enum link_dict_form form[LINK_FIELDS_MAX];
    struct index_rule rule[INDEX_RULES_MAX];
    double missed;
    bool has_kin;
    double matches, kin; /* of a record that is looked up */
    double m[LINK_FIELDS_MAX][LEVELS], u[LINK_FIELDS_MAX][LEVELS], k[LINK_FIELDS_MAX][LEVELS], rarity[LINK_FIELDS_MAX][LEVELS];
};
void def_write(const struct index_def *d, struct buf *out);
STATUS def_read(str bytes, struct index_def *ret);
/* For each field of the definition the field of a list that is it, or -1: of equal role and head, then of equal role. */
void def_join(const struct index_def *d, const struct link_set *list, int ret_field[static LINK_FIELDS_MAX]);
void keys_choose(struct index_def *d, const struct link_set *sample, double records);

/* The key of a record under a rule: 32 bits of it, then 8 to refine by; 0 when a part is missing. */
struct rule_parts {
    struct part part[INDEX_PARTS_MAX], refine;
    int parts; /* 0: a field is not in the list */
    bool refines;
};
/* `field` as def_join() gave it; `tables` of the list. */
void rule_parts_make(const struct index_rule *rule, const struct link_set *list, const int *field, struct part_tables *tables, struct rule_parts *ret);
void rule_keys_fill(const struct rule_parts *p, const struct link_set *list, uint32_t from, uint32_t count, uint64_t *ret);
enum { KEY_REFINE_BITS = 8, KEYS_AT_ONCE = 512 };

/* --- layout: head, then sections in any order; each is named by what it is and of what ------------------------------------ */

enum section_kind {
    SECTION_DEF = 1,
    SECTION_DAYS,       /* uint32_t by day slot: of the first date of birth */
    SECTION_TEXT,       /* of a dictionary: keys one after the other, codes from 1 on */
    SECTION_TEXT_AT,    /* uint64_t[codes + 1] */
    SECTION_SLOT,       /* uint32_t[2^n]: codes by link_hash() of the key; 0: free */
    SECTION_USES,       /* uint32_t[codes + 1] */
    SECTION_FIELD_USES, /* of a field of texts: uint32_t[codes + 1] */
    SECTION_RECORD,     /* blocks of 64 records: their lengths, their bytes */
    SECTION_RECORD_AT,  /* uint64_t[blocks + 1] */
    SECTION_POST,       /* of a rule: blocks of 128 postings by key */
    SECTION_POST_AT,    /* struct post_block[blocks] */
};
struct section {
    uint32_t kind, of;
    uint64_t at, bytes;
};
struct segment_head {
    char magic[8];
    uint32_t version, sections;
    uint64_t file_bytes, records, def_hash, known[LINK_FIELDS_MAX], head_hash;
};
enum { SECTIONS_MAX = 150 };
#define INDEX_MAGIC "dancu-ix"

struct post_block {
    uint32_t key, count; /* key: the upper 32 bits of the first one */
    uint64_t at;
};

/* The postings of a rule as they are read. */
struct posts {
    const uint8_t *bytes;
    uint64_t bytes_count;
    const struct post_block *block;
    size_t blocks;
};
/* Postings are written in the order of (key, record). */
struct post_writer {
    struct buf *out;
    struct post_block *block;
    size_t blocks, cap;
    uint64_t written; /* bytes that left `out` before */
    uint64_t key;
    uint32_t record, count;
};
void post_put(struct post_writer *w, uint64_t key, uint32_t record);
struct post {
    uint32_t record;
    uint8_t fine; /* the 8 bits to refine by */
};
struct post_group {
    struct post *list; /* from malloc() */
    size_t count, cap;
};
struct post_cursor {
    const struct posts *posts;
    struct bytes bytes;
    size_t block;
    uint64_t key;
    uint32_t record, left;
    bool open;
};
void post_start(struct post_cursor *c, const struct posts *p);
/* All postings with these 32 bits. */
void post_seek(struct post_cursor *c, uint32_t key, struct post_group *g);
/* All of a group or, when there are more than `most`, those that agree in what refines, or else the first ones. Returns how
 * many, at most `most`. */
size_t post_take(const struct post_group *g, uint8_t fine, uint32_t *records, size_t most, bool *ret_cut);

/* A dictionary as it lies in a segment. */
struct lexicon {
    const char *text;
    const uint64_t *at;
    const uint32_t *slot, *uses;
    uint64_t text_bytes;
    uint32_t count, slot_mask; /* slot_mask 0: there are none */
};
str lexicon_key(const struct lexicon *l, uint32_t code);
uint32_t lexicon_find(const struct lexicon *l, str key); /* 0: not there */

struct segment {
    str file;
    struct segment_head head;
    struct lexicon lexicon[LINK_FIELDS_MAX];
    const uint32_t *field_uses[LINK_FIELDS_MAX], *days;
    const uint8_t *record;
    uint64_t record_bytes;
    const uint64_t *record_at;
    struct posts posts[INDEX_RULES_MAX];
};
/* index.h's struct. */
struct index {
    struct index_def def;
    int segments;
    struct segment segment[INDEX_SEGMENTS_MAX];
};

/* --- a record, packed: its id, the fields it has, their values ------------------------------------------------------------ */

/* How codes of a list become codes of the segment; 0: the value goes into the record. */
struct pack_source {
    const struct link_set *set;
    const struct index_def *def;
    const int *field;       /* def_join() */
    const uint32_t *const *map; /* [dictionary of the definition][code of the list] */
};
/* Appends; ERR_CELL_TOO_LARGE for a value that fits in no dictionary and is longer than INDEX_TEXT_MAX. */
STATUS record_pack(const struct pack_source *s, uint32_t row, struct buf *out);

/* The bytes of a record; empty when there is none. */
struct bytes segment_record(const struct segment *s, uint32_t record);
str record_id(struct bytes *b, struct arena *a);
/* What stands for a value in a record: its code, or the text itself. */
struct packed_text {
    uint32_t code;
    str text;
};
static inline struct packed_text packed_text_get(struct bytes *b)
{
    struct packed_text t = { (uint32_t)varint_get(b), { 0 } };

    if (!t.code) {
        uint64_t len = varint_get(b);

        t.text = bytes_get(b, len <= INDEX_TEXT_MAX ? len : 0);
    }
    return t;
}

/* --- the dictionary of a segment while it is made -------------------------------------------------------------------------- */

struct vocab;
struct vocab *vocab_new(size_t bytes_max);
void vocab_free(struct vocab *v); /* NULL is allowed */
/* Its code; 0 when there is no room for another value. */
uint32_t vocab_take(struct vocab *v, str key);
uint32_t vocab_count(const struct vocab *v);
void vocab_sections(const struct vocab *v, str *ret_text, str *ret_at, str *ret_slots);

/* --- a search: a set of two sides in which list rows (left) and records (right) stand by turns ------------------------------- */

enum { SEARCH_SLOTS = 1024, SEARCH_MOST = 256 }; /* records compared at once; that a key may bring */

struct search_dict {
    struct link_dict dict; /* `count` is the room: values are added while it is used */
    str *keys, *texts;
    uint32_t *slot, used;
    uint32_t *of_list;                        /* [code of the list]: ours, 0: not asked yet */
    uint32_t *of_segment[INDEX_SEGMENTS_MAX]; /* [code of the segment] */
    double words;
};
struct index_search {
    const struct index *ix;
    const struct link_set *list;
    int field[LINK_FIELDS_MAX];
    struct arena *arena; /* texts */
    struct search_dict dict[LINK_FIELDS_MAX];
    struct link_set view;
    struct link_model model;
    struct compare_memo *memo;
    struct part_tables *tables;
    struct rule_parts rule[INDEX_RULES_MAX];
    struct post_group group;
    struct post_cursor cursor[INDEX_SEGMENTS_MAX][INDEX_RULES_MAX];
    uint64_t *candidate;
    struct index_hit *hit;
    uint64_t cut; /* keys that brought too many */
};
/* Before a run of left and right fills: makes room for new values, which forgets all filled slots. */
void search_room(struct index_search *s);
void search_left(struct index_search *s, uint32_t slot, uint32_t row);
void search_right(struct index_search *s, uint32_t slot, uint32_t segment, uint32_t record);
/* False when the pair is not worth telling. */
bool search_weigh(struct index_search *s, uint32_t left, uint32_t right, struct index_hit *ret);
