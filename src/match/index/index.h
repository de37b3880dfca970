/* A register that is too large to be loaded, as files that are mapped: its records packed row by row, the dictionaries of
 * its values, and for each key the records that have it, by key. Small lists meet it without loading it, and one record is
 * looked up in microseconds; both weigh a pair with the model that the index holds, so that a score is the same to the bit
 * whether records come singly or by the million.
 *
 * The model is fixed when the index is made: how often values agree by chance is counted in the register, the shares of one
 * person's slips are the default ones or given. Keys are chosen for the register's size from copies of its records with
 * slips in them, since a good register holds nobody twice. Records are added in further segments, which keep the model.
 *
 * Pure: bytes in, bytes out; who calls it maps and writes files. Whatever bytes a file holds, reading stays inside of them:
 * a file of another program or version, or one that was cut off, is refused when it is opened; bytes that were changed
 * inside give other candidates at worst. One machine's order of bytes (little-endian). */
#pragma once
#include "match/score/score.h"

enum { INDEX_RULES_MAX = 12, INDEX_SEGMENTS_MAX = 64, INDEX_VERSION = 2 };

/* --- making ------------------------------------------------------------------------------------------------------------- */

/* What an index is by: columns, keys, model. */
struct index_def;
/* Shares of levels of one person's pairs that were learned elsewhere, by head; what is not named keeps the default. */
struct index_learned {
    str head;
    double m[LEVELS];
};
struct index_plan_options {
    double records;    /* in the whole register, about */
    const struct index_learned *learned;
    size_t learned_count;
};
/* From a sample of the register, loaded as one list. ERR_INDEX_EMPTY: nothing in it to look for. */
STATUS index_plan(const struct link_set *sample, const struct index_plan_options *o, struct index_def **ret);
void index_def_free(struct index_def *d); /* NULL is allowed */

/* Where a segment is written: bytes one after the other, its head last; and a scratch file. Any may fail. */
struct index_sink {
    status (*append)(void *with, str bytes);
    status (*head)(void *with, str bytes); /* at the beginning, whose room was appended first */
    status (*spill)(void *with, uint64_t at, str bytes);
    status (*unspill)(void *with, uint64_t at, char *to, size_t bytes);
    void *with;
};
struct index_maker;
struct index_maker *index_maker_new(const struct index_def *def, const struct index_sink *sink, double records);
void index_maker_free(struct index_maker *m); /* NULL is allowed */
/* The next part of the register, with the columns of the sample. */
STATUS index_maker_add(struct index_maker *m, const struct link_set *part);
/* Writes the keys, which takes about as long as the parts did; `keys` hears how many of them are written. It may be NULL. */
STATUS index_maker_end(struct index_maker *m, void (*keys)(void *with, uint64_t done, uint64_t all), void *with);

/* --- reading ------------------------------------------------------------------------------------------------------------ */

struct index;
/* The segments' bytes, the first one first; they outlive the index. ERR_INDEX_FOREIGN, ERR_INDEX_VERSION, ERR_INDEX_CUT,
 * ERR_INDEX_SEGMENT (made with another definition); the field names `name[i]`. */
STATUS index_open(struct index **ret, const str *segment, const str *name, int segments);
void index_close(struct index *ix); /* NULL is allowed */
const struct index_def *index_definition(const struct index *ix); /* for another segment */

struct index_rule_told {
    str name;          /* "ho_ten words + ngay_sinh day" */
    double candidates; /* expected of a record that is looked up */
    double brings, first; /* share of the copies with slips that it finds; and that no rule before it does */
};
struct index_told {
    uint64_t records, bytes;
    int segments, rules, fields;
    struct index_rule_told rule[INDEX_RULES_MAX];
    double missed; /* share of the copies with slips that no rule finds */
    str head[LINK_FIELDS_MAX];
    enum link_role role[LINK_FIELDS_MAX];
};
void index_tell(const struct index *ix, struct arena *a, struct index_told *ret);

/* --- looking up --------------------------------------------------------------------------------------------------------- */

struct index_hit {
    uint32_t row;     /* of the list */
    uint32_t segment, record;
    uint64_t pattern;
    float bits;        /* weight with prior: the same in bulk */
    float probability; /* that it is one person, its rivals considered */
    uint8_t class;     /* enum link_class as far as one record tells: possible, household, match */
};

/* One thread's look-ups. `list` outlives it: the records that are asked about, loaded as one list by the same roles. */
struct index_search;
struct index_search *index_search_new(const struct index *ix, const struct link_set *list);
void index_search_free(struct index_search *s); /* NULL is allowed */
/* Another list for a search that keeps what it has in memory. */
void index_search_list(struct index_search *s, const struct link_set *list);

/* All hits of a row above the least weight worth telling, best first; they live until the next call. */
size_t index_find(struct index_search *s, uint32_t row, double threshold, const struct index_hit **ret);
/* The id of a hit's record; lives as long as the index or `a`. */
str index_id(const struct index *ix, struct arena *a, uint32_t segment, uint32_t record);

struct index_explained_field {
    str head, value; /* of the register's record, folded */
    int comparison, level;
    double bits;
};
struct index_explained {
    struct index_explained_field field[LINK_FIELDS_MAX];
    int fields;
    double start, total;
    bool vetoed;
};
void index_explain(struct index_search *s, struct arena *a, const struct index_hit *hit, struct index_explained *ret);

/* --- a list against the register ---------------------------------------------------------------------------------------- */

struct index_bulk_options {
    int threads;        /* at least 1; the answer does not depend on it */
    double probability; /* a hit is a match from here on; 0: chosen without labels */
    bool many;          /* a row may match several records, and a record several rows */
    void (*release)(void *with, const void *from, size_t bytes); /* these bytes of the index are not needed for now; may be NULL */
    void *with;
};
struct index_bulk_hit {
    struct index_hit hit;
    uint64_t hash;  /* of the record, by which ties are broken */
    uint64_t id_at; /* in `ids` */
    uint32_t id_len;
};
struct index_bulk {
    struct index_bulk_hit *hit; /* by row, segment, record */
    char *ids;                  /* of the records that were hit, so that these need not be fetched once more */
    size_t count;
    double candidates, threshold;
    uint64_t matches, households, cut; /* cut: keys of rows that too many records have */
};
void index_bulk_run(const struct index *ix, const struct link_set *list, const struct index_bulk_options *o, struct index_bulk *ret);
static inline str index_bulk_id(const struct index_bulk *b, size_t hit) { return (str){ b->ids + b->hit[hit].id_at, b->hit[hit].id_len }; }
void index_bulk_done(struct index_bulk *b);
