/* Some rows of a list on their way into the columns. */
#pragma once
#include "match/set/cell.h"
#include "match/set/inside.h"

struct chunk {
    struct load *load;
    struct load_pool *pool; /* of the thread; outlives the chunk */
    int side;
    uint32_t base, rows; /* first row, a multiple of LOAD_CHUNK_ROWS; how many */
    str *cells;          /* [row * columns + column] */
    struct dict_memo *memo[LINK_FIELDS_MAX];
    struct link_day_tally tally[LINK_FIELDS_MAX][2];
};

void chunk_encode(struct chunk *c);
void chunk_tally(struct chunk *c); /* adds what the thread counted to the load's */
