/* Entities that keep their numbers while clusters change: when records arrive, leave or are weighed anew, each new cluster is
 * given the number of the entity that most of its records had, and all that moved is told. What a human has settled is
 * pinned: such a record stays where it is, whatever the engine says later.
 *
 * The answer depends on neither the order of records nor the numbers of clusters: ties go to the older entity, and between
 * clusters to the record with the smaller hash. */
#pragma once
#include "base/base.h"

enum entity_change {
    ENTITY_MERGED, /* all its records went over to another: the number is not used any more */
    ENTITY_SPLIT,  /* some of its records became an entity of their own */
    ENTITY_MOVED,  /* some of its records went over to another that there was */
};

struct entity_event {
    enum entity_change change;
    uint64_t from, to;
};

struct entity_input {
    size_t count;           /* records */
    const uint32_t *cluster; /* [record]: any number below `clusters` */
    uint32_t clusters;
    const uint64_t *before; /* [record]: entity so far; 0: a new record */
    const bool *pinned;     /* [record] */
    const uint64_t *hash;   /* [record]: of its id */
    uint64_t next;          /* the first number that was never used; at least 1 */
};
struct entity_output {
    uint64_t *entity; /* [record] */
    uint64_t next;
    struct entity_event *events; /* by from, then to */
    size_t event_count;
};
/* Arrays lie in the arena. */
void entity_assign(struct arena *a, const struct entity_input *in, struct entity_output *ret);
