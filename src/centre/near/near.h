/* Names that one slip of a clerk makes of another. Inside of the centre. */
#pragma once
#include "base/base.h"

enum { NEAR_NAMES_MAX = 1000 };
/* Hashes (person_name_hash) of the names of which a slip may have made this one, the likeliest slips first. */
struct near_names {
    size_t turned; /* so many have the last word first, or the first last, */
    size_t moved;  /* … or two letters swapped, or a letter too many */
    size_t count;  /* … or one too few */
    int64_t hash[NEAR_NAMES_MAX];
};
void near_names_make(str name, struct near_names *ret); /* none of a name that is longer than any */
