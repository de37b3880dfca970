/* Which units does an address mean? Asked of a gazetteer that the caller brings: viet knows no units, and the same address
 * may be read by the map of 2020 and by that of 2025. */
#pragma once
#include "viet/field/place.h"

enum { PLACE_CANDIDATES = 8 };

struct gazetteer {
    const void *self;
    /* Units at any depth below `parent` (0: anywhere) with this name, with or without the word of its type. At most `max`
     * go to `out`; returns how many there are. */
    size_t (*find)(const void *self, int32_t parent, str name, int32_t *out, size_t max);
};

struct place_match {
    int32_t unit[PLACE_CANDIDATES];
    size_t count;           /* units that fit; at most PLACE_CANDIDATES are told */
    enum place_level level; /* of these units: the lowest that was found; PLACE_LEVELS if none */
    uint32_t missed;        /* 1 << level for each named level that fits nowhere */
};

/* True if every named level was found and they lead to a single unit. */
bool place_resolve(struct arena *a, const struct gazetteer *g, const struct place *place, struct place_match *ret);
