/* A block in the making. */
#pragma once
#include "synth/inside.h"

struct making {
    const struct plan *p;
    struct block *b;
    struct rng r;
    size_t target;
    unit_id commune;
    int prefix; /* of the block's own province */
    int64_t index;
    char surnames[SYNTH_BLOCK + 1][24]; /* by place + 1 */
};
void families_make(struct making *m);
