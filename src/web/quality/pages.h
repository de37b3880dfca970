/* Pages of quality, for web.c. */
#pragma once
#include "web/visit.h"

PAGE(quality_overview_page);
PAGE(quality_trend_page);
PAGE(quality_fields_page);
status quality_file_run(struct ctx *cx, struct visit *v);
