/* Names that one slip of a clerk makes of another. Inside of the centre. */
#pragma once
#include "base/base.h"

enum { NEAR_NAMES_MAX = 1000 };
/* Hashes (person_name_hash) of the names of which a slip may have made this one, the likeliest slips first. */
struct near_names {
    size_t count;
    int64_t hash[NEAR_NAMES_MAX];
};
/* Each with those before it: the last word first or the first last; two letters swapped or a letter too many; one too few. */
enum near_reach { NEAR_TURNED, NEAR_MOVED, NEAR_LETTERED };
void near_names_make(str name, enum near_reach reach, struct near_names *ret); /* none of a name that is longer than any */
