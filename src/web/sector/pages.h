/* Pages of sector registers, for web.c. */
#pragma once
#include "web/visit.h"

PAGE(sectors);
PAGE(sector);
PAGE(sector_row);
PAGE(sector_found);
status sector_find_run(struct ctx *cx, struct visit *v);
status sector_row_put_run(struct ctx *cx, struct visit *v);

/* edit.c: the form of a row, with what was typed into it or what the row has. */
struct sector_row_page_view;
struct sector_describe_out;
struct sector_item;
void sector_inputs_fill(struct visit *v, const struct sector_describe_out *d, const struct sector_item *item, struct sector_row_page_view *view);
/* What is to be written: what was typed, as the operation reads it. */
struct sector_given;
void sector_given_fill(struct ctx *cx, struct visit *v, const struct sector_describe_out *d, const struct sector_item *item, struct sector_given *ret);
