/* Candidates: brought by the plan's keys, compared, and kept in the order of their left record. */
#pragma once
#include "match/block/block.h"
#include "match/score/score.h"

struct candidates {
    struct link_scored *list; /* by left, then right record */
    size_t count;
    double compared;
    double cut; /* let go because the memory allowed holds no more: those of the least weight */
};

/* Keeps what could still become a pair under the first model. */
void candidates_gather(const struct link_model *m, const struct link_plan *plan, const struct link_options *options, struct candidates *ret);
void candidates_done(struct candidates *c);
