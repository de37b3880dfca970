/* Pages of quality, for web.c. */
#pragma once
#include "web/visit.h"

PAGE(quality_overview_page);
PAGE(quality_trend_page);
PAGE(quality_fields_page);
PAGE(quality_mendings_page);
status quality_mending_ask_run(struct ctx *cx, struct visit *v);
status quality_mending_move_run(struct ctx *cx, struct visit *v);
status quality_file_run(struct ctx *cx, struct visit *v);
