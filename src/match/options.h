/* What the caller of a linkage may set; all else the engine finds out from the data. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct link_options {
    int threads;        /* 0: as many as there are processors; the answer does not depend on it */
    size_t bytes_max;   /* memory for candidates and joins; 0: a quarter of what the machine has */
    double probability; /* a pair is a match from here on; 0: the engine chooses without labels */
    bool many;          /* of two files: a record may have several matches (no one-to-one choice) */
    void (*step)(void *with, const char *name); /* called when a step of the work begins, so that its time can be told; or NULL */
    void *step_with;
};
