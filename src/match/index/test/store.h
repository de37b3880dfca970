/* Segments in memory, for tests and the fuzz target. */
#pragma once
#include "match/index/index.h"
#include "match/set/load.h"

struct store {
    struct buf file, scratch;
    int calls_left; /* the call that fails; below 0: none */
    struct index_sink sink;
};
void store_init(struct store *s);
void store_done(struct store *s);

extern const struct link_load_options store_options;
/* The columns that all of it is by: id,ho_ten,ngay,so,sex,tel,noi_o,ma. */
struct link_set *store_load(str csv);
/* A segment of a list in memory; `def` NULL: planned from it, and given back in *inout_def. */
STATUS store_make(struct store *s, str csv, struct index_def **inout_def);
