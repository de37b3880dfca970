/* Inside of synth: how a block of people is made and written. */
#pragma once
#include "synth/synth.h"

#include <stdio.h>

enum { BLOCK_HOUSEHOLDS_MAX = SYNTH_BLOCK, BLOCK_EVENTS_MAX = SYNTH_BLOCK * 6, EVENTS_FROM_YEAR = 2015 };

/* The kinds are words of events.csv. */
enum synth_event_kind { SYNTH_BIRTH, SYNTH_MARRIAGE, SYNTH_MOVE, SYNTH_DEATH };
enum marital { MARITAL_UNKNOWN, MARITAL_SINGLE, MARITAL_MARRIED, MARITAL_WIDOWED };
enum relation { RELATION_NONE, RELATION_HEAD, RELATION_SPOUSE, RELATION_CHILD, RELATION_PARENT, RELATION_OTHER };

/* People of a block refer to one another by place in the block; 0 is nobody (place + 1). */
struct human {
    char name[64];
    int64_t number;
    day birth;        /* as registered: may be a year only */
    int32_t born;     /* days since 1970: the true day */
    int32_t died;     /* 0 alive */
    int32_t married;  /* 0 not */
    uint8_t sex, ethnic, relation, marital, religion, blood, generation;
    uint16_t father, mother, spouse, household;
    unit_id birth_unit, origin;
    bool out; /* married into another household of the block */
};
struct home {
    unit_id unit;      /* today's */
    unit_id before;    /* where it lived before its move; UNIT_NONE */
    int32_t moved;     /* day of the move; 0 none */
    int32_t since;     /* day of the present residence */
    uint16_t head;     /* place + 1 */
    uint16_t house_number, lane;
    bool kept; /* a married son has stayed: the next one leaves */
};
struct event {
    int32_t on;
    uint8_t kind;
    uint16_t person, other;
    unit_id from, to;
};
struct block {
    int64_t first_id; /* id of the first person */
    struct human humans[SYNTH_BLOCK];
    struct home homes[BLOCK_HOUSEHOLDS_MAX + 1];
    struct event events[BLOCK_EVENTS_MAX];
    size_t human_count, home_count, event_count;
};

/* What all blocks share, read-only. More people can be made than are asked for at most, since not all are used. */
enum { PLAN_PEOPLE_MAX = 130000000 };
struct plan {
    const struct defs *defs;
    uint64_t seed;
    int64_t people, blocks;
    int32_t until; /* days since 1970 */
    unit_id *communes;
    double *weights; /* cumulative, 0 … 1 */
    size_t commune_count;
    int64_t blocks_of_prefix[100];       /* blocks by old province code */
    int64_t *slot;                       /* of a block within its province */
};
STATUS plan_make(struct arena *a, const struct defs *defs, const struct synth_options *o, struct plan *ret);
unit_id plan_commune(const struct plan *p, int64_t block);
/* An old commune whose area became (part of) `commune`; deterministic by the generator. */
unit_id plan_old_unit(const struct plan *p, struct rng *r, unit_id commune);
unit_id plan_any_old_commune(const struct plan *p, struct rng *r);
int plan_prefix(const struct plan *p, unit_id old_unit); /* 1 … 96 */

void block_make(const struct plan *p, int64_t index, struct block *b);

/* Makes the blocks in several threads, fills texts from each there, and takes the texts in order in the caller's thread. */
enum { RELAY_TEXTS = 3 };
struct relay {
    const struct plan *plan;
    int threads; /* 0: 2 */
    void *with;
    void (*fill)(void *with, int64_t index, const struct block *b, struct buf *texts);
    status (*take)(void *with, int64_t index, const struct buf *texts);
};
STATUS relay_run(const struct relay *r);
/* Files of a folder that is being written. */
STATUS synth_directory_make(str directory);
STATUS synth_file_open(str directory, const char *name, FILE **ret);
status synth_out_bad(str directory); /* raises what errno says */

/* Names: `ethnic` is the group's code, 1 the majority. */
struct name_style {
    int ethnic;
    char surname[24];
};
void name_tables_make(void);
void style_draw(struct rng *r, int old_province, struct name_style *ret);
void name_draw(struct rng *r, const struct name_style *style, enum sex sex, int year, char out[static 64]);

/* A mobile number of the present ranges; false: the person has none. */
bool human_phone(const struct plan *p, const struct human *h, int64_t id, char out[static 11]);
/* Appends the rows of a block to the three texts. */
void block_write(const struct plan *p, const struct block *b, struct buf *people, struct buf *households, struct buf *events);
extern const char people_head[], households_head[], events_head[];
