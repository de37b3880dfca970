/* Which pairs of records are worth comparing. Of all pairs (10^12 and more) a few per record are brought together by equal
 * keys. Keys come from a library made for the fields at hand: parts of values (a name's sound, a date without its day, a
 * number without some of its digits …) alone or two or three of them together. Which are used is chosen without labels:
 * the cost of a key is counted, its benefit is the share of pairs that look certain by other fields and that too few of
 * the keys before it bring. A block that is too large is cut by further parts, never dropped.
 *
 * A pair comes out once, by the first rule that brings it. Pairs that no rule brings are lost: the plan states how many
 * of the certain ones that is. */
#pragma once
#include "match/options.h"
#include "match/set/set.h"

enum { LINK_BATCH = 1 << 19, LINK_RULES_MAX = 64 };

struct link_rule {
    str name;      /* "surname sound + birth-date year" */
    double pairs;  /* expected, in the whole set */
    double brings; /* share of the certain pairs of the sample that have this key equal */
    double first;  /* … and that no earlier rule brings */
};
struct link_plan {
    int rules;
    struct link_rule rule[LINK_RULES_MAX];
    int considered;    /* keys of the library that were weighed */
    uint32_t sampled;  /* records */
    uint32_t certain;  /* pairs in the sample that are certain without labels */
    double missed;     /* share of them that no rule brings */
    bool settles;      /* the first rules settle most records, so that few records are compared more than once */
};

/* Chooses the keys. `set` must outlive the plan. */
void link_block_plan(const struct link_set *set, const struct link_options *options, struct link_plan **ret);
void link_plan_free(struct link_plan *plan); /* NULL is allowed */

/* At most LINK_BATCH pairs, brought first by `rule`; of two lists about in the order of the left record. Called from several threads at once, each with its own number below
 * link_block_threads(); the order of batches is not determined, what they hold together is. Where a plan settles records,
 * `settled` holds a zero for each pair: one that the taker sets to 1 is so sure that later rules leave its two records out;
 * this must depend on the pair alone. Else it is NULL. */
typedef void link_batch(void *arg, int thread, int rule, const struct link_pair *pairs, size_t count, uint8_t *settled);
int link_block_threads(const struct link_options *options);
void link_block_run(const struct link_plan *plan, int threads, link_batch *sink, void *arg);
