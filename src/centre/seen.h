/* Rows of the same list that mean the same person. */
#pragma once
#include "refine/row.h"
#include "register/register.h"

struct seen {
    struct table64 places; /* by key: the place of the first row, from 1 */
};
void seen_init(struct seen *s);
void seen_done(struct seen *s);
uint64_t seen_key(person_id person, const struct list_person *p, int64_t name_hash); /* the same in every run; never 0 */
int64_t seen_place(const struct seen *s, uint64_t key); /* 0: new */
void seen_add(struct seen *s, uint64_t key, int64_t place);
