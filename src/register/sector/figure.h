/* The kinds of counts; stored. */
#pragma once
#include "register/sector/inside.h"

enum sector_figure_kind {
    SECTOR_FIGURE_LINK = 1, /* live rows, by enum sector_link */
    SECTOR_FIGURE_ENDED,
    SECTOR_FIGURE_FLAW,  /* live rows with a flaw, by enum dimension */
    SECTOR_FIGURE_CHECK, /* live rows that fail a check, by its bit */
};
