/* Pages of sector registers, for web.c. */
#pragma once
#include "web/visit.h"

PAGE(sectors);
PAGE(sector);
PAGE(sector_row);
PAGE(sector_found);
status sector_find_run(struct ctx *cx, struct visit *v);
