/* What became of a unit, and what a unit came from. The answer is one unit only where the law leaves no choice; where an
 * old unit was divided the question goes back, since a wrong commune moves a person's file to the wrong police.
 * tested by: src/defs/unit_test.c */
#include "defs/inside.h"

#include <stdlib.h>
#include <string.h>

static int old_order(const void *a, const void *b)
{
    const struct lineage *x = a, *y = b;
    if (x->old.v != y->old.v)
        return x->old.v < y->old.v ? -1 : 1;
    return (x->new.v > y->new.v) - (x->new.v < y->new.v);
}

static int new_order(const void *a, const void *b)
{
    const struct lineage *x = a, *y = b;
    if (x->new.v != y->new.v)
        return x->new.v < y->new.v ? -1 : 1;
    return (x->old.v > y->old.v) - (x->old.v < y->old.v);
}

static const struct lineage *edges(const struct lineage *list, size_t count, bool by_new, unit_id id, size_t *ret_count)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if ((by_new ? list[middle].new.v : list[middle].old.v) < id.v)
            low = middle + 1;
        else
            high = middle;
    }
    size_t end = low;
    while (end < count && (by_new ? list[end].new.v : list[end].old.v) == id.v)
        end++;
    *ret_count = end - low;
    return end > low ? list + low : NULL;
}

const struct lineage *defs_unit_successors(const struct defs *d, unit_id old, size_t *ret_count)
{
    return edges(d->by_old, d->lineage_count, false, old, ret_count);
}

const struct lineage *defs_unit_predecessors(const struct defs *d, unit_id new, size_t *ret_count)
{
    return edges(d->by_new, d->lineage_count, true, new, ret_count);
}

static enum lineage_kind kind_of(const struct defs *d, const struct lineage *l)
{
    size_t successors = 0, predecessors = 0;
    if (l->kind == LINEAGE_PEOPLE)
        return LINEAGE_PEOPLE;
    defs_unit_successors(d, l->old, &successors);
    defs_unit_predecessors(d, l->new, &predecessors);
    if (successors > 1)
        return LINEAGE_PART;
    if (predecessors > 1)
        return LINEAGE_FULL;
    const struct unit *old = defs_unit(d, l->old), *new = defs_unit(d, l->new);
    return old->type == new->type && str_eq(old->name, new->name) ? LINEAGE_SAME : LINEAGE_RENAME;
}

void lineage_finish(struct defs *d)
{
    qsort(d->by_old, d->lineage_count, sizeof *d->by_old, old_order);
    d->by_new = ARENA_ARRAY(d->arena, struct lineage, d->lineage_count + 1);
    memcpy(d->by_new, d->by_old, d->lineage_count * sizeof *d->by_old);
    qsort(d->by_new, d->lineage_count, sizeof *d->by_new, new_order);
    for (size_t i = 0; i < d->lineage_count; i++) {
        MUST(defs_unit(d, d->by_old[i].old) && defs_unit(d, d->by_old[i].new));
        d->by_old[i].kind = kind_of(d, &d->by_old[i]);
        d->by_new[i].kind = kind_of(d, &d->by_new[i]);
    }
}

struct answer {
    unit_id *out;
    size_t max, count;
};

static void answer_add(struct answer *a, unit_id id)
{
    for (size_t i = 0; i < a->count && i < a->max; i++)
        if (a->out[i].v == id.v)
            return;
    if (a->count < a->max)
        a->out[a->count] = id;
    a->count++;
}

/* Where all people of a divided commune went, if they went one way: what concerns people is no question then. */
static bool people_went(const struct defs *d, unit_id old, struct answer *a)
{
    size_t count = 0;
    const struct lineage *l = defs_unit_successors(d, old, &count);
    for (size_t i = 0; i < count; i++)
        if (l[i].kind == LINEAGE_PEOPLE) {
            answer_add(a, l[i].new);
            return true;
        }
    return false;
}

static void answer_new(const struct defs *d, unit_id old, struct answer *a)
{
    size_t count = 0;
    const struct unit *u = defs_unit(d, old);
    if (u->level == UNIT_PROVINCE) {
        answer_add(a, u->next);
        return;
    }
    if (people_went(d, old, a))
        return;
    const struct lineage *l = defs_unit_successors(d, old, &count);
    for (size_t i = 0; i < count; i++)
        answer_add(a, l[i].new);
    const unit_id *below = defs_unit_children(d, old, &count);
    for (size_t i = 0; i < count; i++) {
        size_t links = 0;
        const struct lineage *of = defs_unit_successors(d, below[i], &links);
        for (size_t k = 0; k < links && !people_went(d, below[i], a); k++)
            answer_add(a, of[k].new);
    }
}

static void answer_old(const struct defs *d, unit_id new, struct answer *a)
{
    size_t count = 0;
    if (defs_unit(d, new)->level == UNIT_PROVINCE) {
        const unit_id *provinces = defs_provinces(d, MAP_OLD, &count);
        for (size_t i = 0; i < count; i++)
            if (defs_unit(d, provinces[i])->next.v == new.v)
                answer_add(a, provinces[i]);
        return;
    }
    const struct lineage *l = defs_unit_predecessors(d, new, &count);
    for (size_t i = 0; i < count; i++)
        answer_add(a, l[i].old);
}

enum unit_answer defs_unit_at(const struct defs *d, unit_id id, day on, unit_id *out, size_t max, size_t *ret_count)
{
    const struct unit *u = defs_unit(d, id);
    struct answer a = { out, max, 0 };
    *ret_count = 0;
    if (!u)
        return UNIT_ANSWER_NONE;
    enum unit_map map = defs_map_at(d, on);
    if (u->map == map)
        answer_add(&a, id);
    else if (map == MAP_NEW)
        answer_new(d, id, &a);
    else
        answer_old(d, id, &a);
    *ret_count = a.count;
    return a.count == 0 ? UNIT_ANSWER_NONE : a.count == 1 ? UNIT_ANSWER_ONE : UNIT_ANSWER_MANY;
}

bool defs_unit_covers(const struct defs *d, unit_id outer, unit_id inner)
{
    unit_id there[32];
    size_t count = 0;
    const struct unit *u = defs_unit(d, outer), *of = defs_unit(d, inner);
    if (!u || !of)
        return false;
    if (u->map == of->map)
        return defs_unit_within(d, inner, outer);
    if (defs_unit_at(d, inner, d->maps[u->map].from, there, 32, &count) == UNIT_ANSWER_NONE || count > 32)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!defs_unit_within(d, there[i], outer))
            return false;
    return true;
}
