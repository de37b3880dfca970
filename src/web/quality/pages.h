/* Pages of quality, for web.c. */
#pragma once
#include "web/visit.h"

PAGE(quality_overview_page);
PAGE(quality_trend_page);
