/* Addresses as lists write them, taken apart into the names of units and the rest. Which unit a name means is the business
 * of defs, which knows the units of each time; nothing here looks a name up. */
#pragma once
#include "base/base.h"

enum place_level { PLACE_PROVINCE, PLACE_DISTRICT, PLACE_COMMUNE, PLACE_LEVELS };

struct place_name {
    str type;     /* "xã", "thành phố" … written out; empty if the address does not say */
    str name;     /* slice of the address without its type: "Ba Đình", "5"; empty if there is none */
    bool guessed; /* the level follows from the order only */
};

struct place {
    struct place_name unit[PLACE_LEVELS];
    str rest; /* house, street, hamlet: what stands before the units, a slice */
};

/* Of a text that has passed viet_enter(). Always succeeds; what it does not understand stays in `rest`. */
void place_parse(str address, struct place *ret);
/* Written-out name of a province that lists shorten ("TPHCM", "HN", "BR-VT"); empty if it is no such abbreviation. */
str place_expand_province(str name);
