/* A list that goes into a sector register: the columns of its fields, and what becomes of its rows once they have been
 * compared with the population. */
#pragma once
#include "centre/inside.h"
#include "register/sector/sector.h"

struct into; /* one delivery's columns */
/* For a new delivery: may this actor write into register `code`? Remembers it beside the delivery. */
STATUS into_begin(struct ctx *cx, str code, int64_t delivery, str source);
/* NULL when the delivery goes into none. Lives in the arena. */
STATUS into_open(struct ctx *cx, struct arena *a, const struct sheet *s, int64_t delivery, struct into **ret);
/* Room for the values of CHUNK_ROWS rows; into NULL: none. */
void into_room(const struct into *in, struct arena *a, struct chunk *c);
/* Reads the values of row `place` of the chunk. */
void into_take(struct ctx *cx, const struct sheet *s, const struct sheet_row *row, struct chunk *c, size_t place);
/* Within the chunk's transaction, after its outcomes are known. */
STATUS into_apply(struct ctx *cx, const struct into *in, const struct chunk *c);
/* When the last chunk has been written: what the source's list before this one had, and this one has not. */
STATUS into_end(struct ctx *cx, int64_t delivery);
