/* A list that goes into a sector register: the columns of its fields, and what becomes of its rows once they have been
 * compared with the population. */
#pragma once
#include "centre/inside.h"
#include "register/sector/sector.h"

struct into; /* one delivery's columns */
/* Which column holds each field: as the map says, else by the field's key, its labels and the headers of its definition. */
void into_columns(struct arena *a, const struct sector_register *r, const struct sheet *s, str map, int ret[static SECTOR_FIELDS_MAX]);
/* For a new delivery: may this actor write into register `code`? Remembers it beside the delivery. `completes`: the list
 * whose refused rows it corrects, or 0. */
STATUS into_begin(struct ctx *cx, str code, int64_t delivery, str source, int64_t completes);
/* NULL when the delivery goes into none. Lives in the arena. */
STATUS into_open(struct ctx *cx, struct arena *a, const struct sheet *s, int64_t delivery, struct into **ret);
void into_close(struct into *in); /* NULL is allowed */
/* Room for the values of the rows of a chunk; into NULL: none. */
void into_room(const struct into *in, struct arena *a, struct chunk *c);
/* Reads the values of row `place` of the chunk. */
void into_take(struct ctx *cx, const struct sheet *s, const struct sheet_row *row, struct chunk *c, size_t place);
/* Once row `i` has been compared: makes the row of the register that it will be, if that can only be a new one. */
STATUS into_draft(struct ctx *cx, const struct chunk *c, size_t i);
/* Within the chunk's transaction, after its outcomes are known. */
STATUS into_apply(struct ctx *cx, struct into *in, const struct chunk *c);
/* When the last chunk has been written: what the source's list before this one had, and this one has not. */
STATUS into_end(struct ctx *cx, int64_t delivery);
