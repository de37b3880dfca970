/* What the files of this folder share. */
#pragma once
#include "register/register.h"
#include "register/register_sql.h"

/* People lie in one shard until the store is spread; every statement names it all the same. */
static inline int16_t shard_of(int64_t id)
{
    (void)id;
    return 0;
}

#define DAY_LAST ((day){ 99991231 })
#define TIME_LAST INT64_MAX
enum { FACTS_MAX = 64, DOC_BYTES_MAX = 60000, WARNINGS_MAX = 16 };

/* fact.c: the assertions of an event as bytes. */
bool fact_is_text(int field);
void facts_encode(const struct event *e, struct buf *out);
STATUS facts_decode(struct arena *arena, str doc, struct event *e); /* needs e->effective; ERR_CORRUPT */
/* Encodes without an arena or error path, for the load; `out` needs DOC_BYTES_MAX bytes. Returns its length. */
size_t facts_encode_into(const struct event *e, char *out, size_t cap);

/* fold.c: which assertion wins. */
void held_take(struct held_facts *h, const struct event *e, day valid, int64_t known_us);
void held_person(const struct held_facts *h, person_id id, struct person *ret);
const char *person_differs(const struct person *a, const struct person *b); /* name of the first field, NULL if equal */

/* person.c */
person_id person_id_new(struct ctx *cx);
void person_from_row(const struct person_row *row, struct person *ret);
void person_to_row(const struct person *p, struct person_row_add_params *ret);

/* figures.c: what moves when a person changes; `before` NULL: was not there. */
STATUS figure_move(struct ctx *cx, const struct person *before, const struct person *after);

/* command.c */
STATUS effective_check(const struct ctx *cx, day effective, str field);
/* A person who can still be changed: known, not merged, and alive unless `dead_too`. */
STATUS person_for_change(struct ctx *cx, int64_t number, str field, bool dead_too, struct person *ret);
uint64_t evidence_hash(str evidence);
struct fact fact_number(enum person_field field, int64_t value, day from, enum fact_source source, str evidence);
struct fact fact_text(enum person_field field, str value, day from, enum fact_source source, str evidence);
size_t warnings_of(struct ctx *cx, const struct person *p, str **ret);

/* Totals of all units, counted at *ret_as_of_us (figures_kept.c). */
STATUS figures_totals(struct ctx *cx, struct unit_total **ret, size_t *ret_count, int64_t *ret_as_of_us);
void figures_changed(const struct ctx *cx);
status figures_kept_start(struct app *app);
void figures_kept_end(struct app *app);
