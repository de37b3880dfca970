/* What the files of this folder share. */
#pragma once
#include "register/inside.h"
#include "register/register_ops.h"
#include "register/sector/sector.h"

enum { FLAW_BIT = SECTOR_CHECKS_MAX, SECTOR_DOC_BYTES_MAX = 60000, SECTOR_KEY_BYTES_MAX = 1000 };
#define SECTOR_MASK FIELDS_SHARED

/* Does the mask say that this dimension has a flaw? */
static inline bool flawed(uint64_t broken, enum dimension d) { return broken >> (FLAW_BIT + d) & 1; }

/* show.c: a row as the caller may see it, noted as disclosed. False: it lies outside the ground. */
STATUS sector_item_show(struct ctx *cx, const struct sector_scope *s, const struct sector_row_row *row, struct sector_item *ret, bool *ret_allowed);
size_t sector_cells_show(struct ctx *cx, const struct sector_scope *s, const struct sector_content *c, struct sector_cell **ret);
bool sector_row_open(const struct ctx *cx, unit_id unit); /* within the unit of the ground? */
size_t sector_broken_words(struct ctx *cx, const struct sector_register *r, uint64_t broken, str **ret);
struct sector_judged sector_judged_of(const struct sector_row_row *row);

bool sector_row_stale(const struct ctx *cx, const struct sector_register *r, const struct sector_row_row *row);

bool sector_field_open(const struct sector_scope *s, const struct sector_field *f); /* show.c: may this reader see it? */
void sector_row_become(struct sector_row_row *row, const struct sector_events_row *version); /* known.c: all but the unit */
/* rows.c: keys of the fields whose values differ. */
size_t sector_changed_fields(struct ctx *cx, const struct sector_register *r, const struct sector_content *before, const struct sector_content *after, str **ret);

/* rows.c: the person with this number, or why there is none, into `put`. */
STATUS sector_subject_find(struct ctx *cx, const struct sector_register *r, int64_t number, struct sector_put *put);
/* batch.c: the key by which a put is found. */
STATUS sector_put_key(struct ctx *cx, const struct sector_register *r, const struct sector_put *put, str *ret);

/* ask.c: questions to the agencies of registers that live elsewhere. */
enum origin_state { ORIGIN_WAITING = 1, ORIGIN_ASKING, ORIGIN_ANSWERED, ORIGIN_FAILED };
struct sought {
    struct sector_scope scope;
    struct sector_put put; /* number, key, person */
    bool by_key;
    str key; /* of the row, or of the number */
};
STATUS origin_ask_queue(struct ctx *cx, const struct sought *s, int64_t *ret_ask);
STATUS origin_line_paused(struct ctx *cx, str code, bool *ret);
/* find.c: the live rows that are here. */
STATUS sought_rows(struct ctx *cx, const struct sought *s, struct sector_row_row **ret, size_t *ret_count);

/* people.c */
/* Judges the people after `in->after`. */
STATUS people_judge(struct ctx *cx, const struct sector_register *r, const struct sector_judge_in *in, struct sector_judge_out *ret);
/* People with a flaw as rows of the register, the row's id being the person's. */
STATUS people_flawed(struct ctx *cx, const struct sector_register *r, const struct sector_rows_in *in, int64_t after,
                     struct sector_row_row **ret, size_t *ret_count);
STATUS people_row(struct ctx *cx, const struct sector_register *r, int64_t id, struct sector_row_row *ret, bool *ret_known);
