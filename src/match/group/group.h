/* From weighed pairs to people: which record of two lists goes with which, and which records of one list are one person. */
#pragma once
#include "match/score/score.h"

struct group_edge {
    uint32_t left, right;
    float bits; /* weight with prior */
};

/* Two lists, one-to-one: the best pair first, each record once (so every chosen pair is the best that its two records have
 * left). *ret_chosen[i] says whether edges[i] was taken; ties go by the content of the records. Edges keep their order. */
void group_one_to_one(const struct link_set *set, const struct group_edge *edges, size_t count, bool *ret_chosen);

/* Probability of each edge when at most one pair of a record can be a match: each is weighed against its rivals. */
void group_rivals(const struct link_set *set, const struct group_edge *edges, size_t count, float *ret_probability);

/* One list: clusters grown pair by pair, the surest first, each join judged by what all records of the two clusters say
 * together: field by field the mean likelihood ratio over the pairs across, so that a record with many slips is held by
 * several others, and one accidental link never joins two people. At most `GROUP_MEMBERS` records of a cluster are asked.
 * cluster[record]: the smallest record of its cluster. */
enum { GROUP_MEMBERS = 8 };
void group_cluster(const struct link_model *m, const struct group_edge *edges, size_t count, double threshold_bits, int threads, uint32_t *cluster);
