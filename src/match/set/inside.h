/* What the files of the loader share. */
#pragma once
#include "base/csv.h"
#include "match/set/cell.h"
#include "match/set/dict.h"
#include "match/set/load.h"

#include <pthread.h>
#include <string.h>

enum { LOAD_COLUMNS_MAX = 256, LOAD_CHUNK_ROWS = LINK_ID_ROWS, LOAD_THREADS_MAX = 64 };

/* What becomes of a column. */
enum load_part { PART_NOTHING, PART_ID, PART_WHOLE, PART_YEAR, PART_MONTH, PART_DAY };
struct load_target {
    enum load_part part;
    int field;
};

/* One list while it is read. Cutting rows into cells is done by one thread at a time, everything else beside it. */
struct load_side {
    str text;
    pthread_mutex_t lock;
    struct csv csv;
    size_t columns;
    struct load_target target[LOAD_COLUMNS_MAX];
    const char *resident; /* from here on the text may be in memory because it was read */
    uint32_t rows, rows_max;
    bool over, overflow;
    struct fault fault; /* of the row that ended it */
};

struct load_pool {
    char *at, *end;
    char **blocks;
    size_t count, cap;
};

/* set.h's struct first: a link_set is one of these. */
struct load {
    struct link_set set;
    const struct link_load_options *options;
    day today;
    int threads;
    struct load_side side[2];
    struct dict_build *build[LINK_FIELDS_MAX];
    struct link_dict dict[LINK_FIELDS_MAX];
    uint32_t *uses[LINK_FIELDS_MAX][2];
    int dicts, dict_of[LINK_FIELDS_MAX];
    struct link_day_tally tally[LINK_FIELDS_MAX][2];
    pthread_mutex_t tally_lock;
    uint32_t wide;                               /* dictionaries, as bits, whose codes of words take four bytes */
    _Atomic uint32_t outgrown;                   /* those that showed while reading that they need them */
    _Atomic uint32_t longer[LINK_FIELDS_MAX][2]; /* rows in use */
    struct load_pool pool[LOAD_THREADS_MAX + 1]; /* of the threads; the last is for row numbers */
    uint32_t rows_max[2];                        /* of the arrays, until they are cut */
};

/* Targets of both sides and the fields of the set. */
STATUS load_heads(struct load *l);
/* Reads all rows; every array of the set holds passing numbers then. */
STATUS load_rows(struct load *l);
/* Final codes, days, counts and uses. */
void load_finish(struct load *l);
char *load_pool_take(struct load_pool *p, size_t bytes);
/* The block of ids of so many records, for texts of `bytes` in all; filled one after the other. */
struct load_ids {
    uint32_t *block, count;
    char *at;
};
struct load_ids load_ids_new(struct load_pool *p, uint32_t count, size_t bytes);
static inline void load_ids_add(struct load_ids *b, str id)
{
    memcpy(b->at, id.ptr, id.len);
    b->at += id.len;
    b->block[++b->count] = (uint32_t)(b->at - (char *)b->block);
}

/* Runs work(arg, thread) on so many threads, this one among them. */
void load_parallel(int threads, void (*work)(void *arg, int thread), void *arg);
