/* One cell from bytes in UTF-8 to clean text, each change told. */
#pragma once
#include "base/base.h"
#include "viet/repair.h"

struct cell_mending {
    struct arena *arena;
    bool words; /* repair typing residue and lookalikes too: for names and addresses, not for numbers and codes */
    size_t bytes_max;
    struct repair *repairs; /* at most `cap` are kept */
    size_t cap, count;      /* how many were made in all */
};

/* Undoes encoding done twice, then viet_enter_cell() with its errors, then typing. Spaces, invisible characters and letters
 * apart from their marks are told as one repair each. `ret` is clean, whatever was told. */
STATUS cell_mend(struct cell_mending *m, str field, str raw, str *ret);
/* The part of it that reads what was typed, for a text of which something was taken off: it says more by itself. Returns how
 * many repairs were told. */
size_t words_remend(struct arena *a, str *inout_text, struct repair *out, size_t cap);
