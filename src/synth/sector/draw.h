/* The fields of a sector register in a synthetic list. */
#pragma once
#include "defs/sector/sector.h"
#include "synth/list.h"

struct drawing {
    const struct defs *defs;
    const struct sector_register *r;
    struct rng *g;
    const struct list_row *row;
    int64_t index;
    day today;
    day last; /* the day drawn before for this row; none at first */
};
/* Cells in the order of the fields, as an office would write them: plausible, some blank, some unreadable. `index` is the
 * row's, so that keys differ. Draws from a generator of its own: the people of a list do not depend on its register. */
void sector_cells_draw(struct drawing *w, char (*cells)[CELL_BYTES]);
