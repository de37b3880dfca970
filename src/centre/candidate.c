/* Who may be meant by a row: all who bear its number, its old number, or its name and birth, as the register has them. People
 * outside the unit of the ground do not exist here; of a person recorded twice only the one who survives does.
 * tested by: src/centre/test/list_test.c */
#include "centre/inside.h"

#include <string.h>

enum { FOLLOW_MAX = 8, CANDIDATES_FIRST = 16 };

static bool is_open(const struct ctx *cx, const struct person *p)
{
    unit_id only = cx->journal->grant.only_unit;

    return !only.v || defs_unit_within(cx->app->defs, p->unit, only);
}

static STATUS survivor(struct ctx *cx, struct person *inout)
{
    bool known = true;

    for (int i = 0; i < FOLLOW_MAX && inout->survives_as.v && known; i++)
        TRY(person_by_id(cx, inout->survives_as, inout, &known));
    return known ? OK : FAIL(CORRUPT);
}

static STATUS candidate_add(struct candidates *c, const struct person *found, int64_t old_number, bool weak)
{
    struct person *p = ARENA_NEW(c->cx->arena, struct person);

    *p = *found;
    TRY(survivor(c->cx, p));
    if (!is_open(c->cx, p))
        return OK;
    for (size_t i = 0; i < c->count; i++)
        if (c->list[i].person->id.v == p->id.v) {
            c->list[i].weak &= weak;
            c->list[i].old_number = c->list[i].old_number ? c->list[i].old_number : old_number;
            return OK;
        }
    if (c->count == c->cap) {
        c->cap = c->cap ? c->cap * 2 : CANDIDATES_FIRST;
        struct candidate *list = ARENA_ARRAY(c->cx->arena, struct candidate, c->cap);
        if (c->count)
            memcpy(list, c->list, c->count * sizeof *list);
        c->list = list;
    }
    c->list[c->count++] = (struct candidate){ .person = p, .old_number = old_number, .weak = weak };
    return OK;
}

static STATUS candidates_add(struct candidates *c, const struct person *list, size_t n, bool weak)
{
    for (size_t i = 0; i < n; i++)
        TRY(candidate_add(c, &list[i], 0, weak));
    return OK;
}

/* `second`: of a birth that the row can also mean; when that is a year alone, it says less than the row. */
static STATUS fetch_by_name(struct candidates *c, int64_t name_hash, day birth, bool second)
{
    struct person *list;
    size_t n;

    if (day_is_none(birth))
        return OK;
    if (day_precision(birth) != DAY_FULL) {
        TRY(persons_by_name_year(c->cx, name_hash, day_year(birth), &list, &n));
        return candidates_add(c, list, n, second);
    }
    TRY(persons_by_name(c->cx, name_hash, birth, &list, &n));
    TRY(candidates_add(c, list, n, false));
    TRY(persons_by_name(c->cx, name_hash, (day){ day_year(birth) * 10000 }, &list, &n));
    return candidates_add(c, list, n, false);
}

/* A number that a repair restored is somebody's only when his name or birth says so too. */
static bool is_confirmed(const struct list_person *p, int64_t name_hash, const struct person *found)
{
    return !p->number_doubtful || (p->name.len && found->name_hash == name_hash) || day_can_be(p->birth, found->birth);
}

static STATUS fetch_by_number(struct candidates *c, const struct list_person *p, int64_t name_hash)
{
    enum number_state state;
    bool known;

    if (!p->number)
        return OK;
    TRY(person_by_number(c->cx, p->number, &c->holder, &state, &known));
    if (!known)
        return OK;
    TRY(survivor(c->cx, &c->holder));
    c->held = is_open(c->cx, &c->holder) && is_confirmed(p, name_hash, &c->holder);
    c->cancelled = c->held && state != NUMBER_ISSUED;
    return c->held && !c->cancelled ? candidate_add(c, &c->holder, 0, false) : OK;
}

static STATUS fetch_by_old_number(struct candidates *c, int64_t old_number)
{
    struct person *list;
    size_t n;

    TRY(persons_by_old_number(c->cx, old_number, &list, &n));
    for (size_t i = 0; i < n; i++)
        TRY(candidate_add(c, &list[i], old_number, false));
    return OK;
}

/* Name and birth are asked only when the number leaves a doubt. */
STATUS candidates_fetch(struct ctx *cx, const struct list_person *p, int64_t name_hash, struct candidates *ret)
{
    *ret = (struct candidates){ .cx = cx };
    TRY(fetch_by_number(ret, p, name_hash));
    if (ret->cancelled)
        return OK;
    if (ret->held && (!p->name.len || ret->holder.name_hash == name_hash || day_can_be(p->birth, ret->holder.birth)))
        return OK;
    if (p->old_number)
        TRY(fetch_by_old_number(ret, p->old_number));
    if (!p->name.len)
        return OK;
    TRY(fetch_by_name(ret, name_hash, p->birth, false));
    return fetch_by_name(ret, name_hash, p->birth_other, true);
}
