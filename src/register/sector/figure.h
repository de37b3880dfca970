/* Where a row counts (sector_tally.link): as enum sector_link says, or among those that have ended. Stored. */
#pragma once
#include "register/sector/inside.h"

enum { TALLY_ENDED = LINK_CANCELLED + 1 };
