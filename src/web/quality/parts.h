/* What the pages of quality share: measures, and the ways to units and maps. */
#pragma once
#include "quality/quality_ops.h"
#include "register/register_ops.h"
#include "web/quality/pages.h"
#include "web/quality/quality_view.h"

enum { DIMENSIONS = 4, AIM_PERCENT = 98 };
extern const char *const quality_dimensions[DIMENSIONS];

/* Rounded down, so that 100 means all. */
static inline int percent_of(int64_t part, int64_t whole) { return whole > 0 ? (int)(part * 100 / whole) : 100; }
str quality_dimension_name(struct visit *v, int dimension);
/* The address with one more parameter; as it is when the value is empty. */
str url_with(struct visit *v, str url, const char *name, str value);
/* The units below `above` and over it, and at the country the maps; all of them as `base` (which may have a query) of that unit or map. */
void quality_places_fill(struct visit *v, struct quality_places *p, str base, unit_id above, bool old, day today);
STATUS quality_debts_load(struct ctx *cx, struct visit *v, unit_id unit, struct quality_debts_view *ret); /* UNIT_NONE: of all */
/* The unit of ?unit=, if there is one, and its name; else the country's. */
STATUS quality_unit_asked(struct ctx *cx, struct visit *v, unit_id *ret, str *ret_name);
