/* Record linkage from a loaded set to pairs and clusters: candidates, comparison, learning, choice. Pure: no file, no
 * clock, no output. The same set gives the same answer for any order of its rows and any number of threads.
 *
 * Of two lists each record has at most one match (unless options.many); of one list, matches are the pairs of records in
 * one cluster. A pair that looks like two people of one household is never a match. */
#pragma once
#include "match/block/block.h"
#include "match/group/expect.h"
#include "match/options.h"
#include "match/score/score.h"

enum link_class {
    LINK_PAIR_POSSIBLE,  /* under the threshold, or another record fits as well: for a human */
    LINK_PAIR_HOUSEHOLD, /* relatives or twins, not one person; two valid numbers among them that nothing else tells apart */
    LINK_PAIR_MATCH,
};
extern const char *const link_class_words[];

struct link_found {
    struct link_pair pair;
    uint64_t pattern;
    float bits;        /* weight with prior */
    float probability; /* that it is one person, its rivals considered; in a cluster at least the threshold */
    uint8_t class;     /* enum link_class */
};

struct link_result {
    struct link_found *found; /* sorted by left, then right row */
    size_t count;
    uint32_t *cluster[2]; /* [side][record]: the smallest record number of the cluster, those of side 1 after side 0 */
    size_t matches, households, clusters; /* pairs that match; clusters of two and more */
    size_t found_bytes;                 /* private: reserved */
    double candidates;                  /* pairs compared */
    double cut;                         /* of these, let go because the memory allowed holds no more */
    double threshold;                   /* probability from which a pair is a match */
    struct link_expected expected[LINK_EXPECTED]; /* by weight alone, before clusters are grown */
    struct link_model model;
    struct link_plan *plan;
};

/* `set` must outlive the result. */
STATUS link_run(struct link_set *set, const struct link_options *options, struct link_result **ret);
void link_result_free(struct link_result *r); /* NULL is allowed */
