/* Who may be meant by a row: all who bear its number, its old number, or its name and birth. Asked about now, or about what the
 * register knew at a moment, so that a comparison can be repeated. */
#pragma once
#include "centre/judge.h"

/* People as they were known at a moment. Who has changed since is remembered by the name that he bore then, because the
 * register no longer finds him by it. */
struct known_then;
struct known_then *known_then_new(int64_t known_us);
void known_then_free(struct known_then *k); /* NULL is allowed */
/* Takes in who has changed since the last call; once in every transaction, before candidates are fetched. */
STATUS known_then_refresh(struct ctx *cx, struct known_then *k);
/* A person as known then. False: not known then. */
STATUS known_then_person(struct ctx *cx, const struct known_then *k, person_id id, struct person *ret, bool *ret_known);

struct candidates {
    struct ctx *cx;
    const struct known_then *then; /* NULL: now */
    struct candidate *list;
    size_t count, cap;
    bool held;      /* somebody has the row's number: */
    bool cancelled; /* … and it is not valid any more */
    struct person holder;
};
STATUS candidates_fetch(struct ctx *cx, const struct list_person *p, int64_t name_hash, struct candidates *ret);
/* `linked`: whom the row meant so far, as known then; spares the look for his number. NULL: nobody. */
STATUS candidates_fetch_then(struct ctx *cx, const struct known_then *then, const struct person *linked, const struct list_person *p, int64_t name_hash,
                             struct candidates *ret);
/* Also this one, who is meant by what was settled before; nothing if unknown, or outside the unit of the ground. */
STATUS candidates_add_person(struct candidates *c, person_id id);
