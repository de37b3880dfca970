/* Who may be meant by a row: all who bear its number, its old number, or its name and birth, as the register has them; where that is
 * nobody, who bears the name with its words turned, and for a row without a number with a slip of one letter, or with another day. People
 * outside the unit of the ground do not exist here; of a person recorded twice only the one who survives does.
 * tested by: src/centre/test/list_test.c, src/recon/test/run_test.c */
#include "centre/inside.h"
#include "centre/near/near.h"
#include "centre/then/known.h"

#include <string.h>

enum { FIRST_OF_JANUARY = 101, FOLLOW_MAX = 8, CANDIDATES_FIRST = 2 };

static bool is_open(const struct ctx *cx, const struct person *p)
{
    unit_id only = cx->journal->grant.only_unit;

    return !only.v || defs_unit_within(cx->app->defs, p->unit, only);
}

static STATUS survivor(const struct candidates *c, struct person *inout)
{
    bool known = true;

    for (int i = 0; i < FOLLOW_MAX && inout->survives_as.v && known; i++)
        TRY(known_then_person(c->cx, c->then, inout->survives_as, inout, &known));
    return known ? OK : FAIL(CORRUPT);
}

/* Has he changed since the moment that is asked about? */
static bool is_later(const struct candidates *c, const struct person *p) { return c->then && p->recorded_us > known_then_us(c->then); }

static STATUS candidate_add(struct candidates *c, const struct person *found, int64_t old_number, bool weak)
{
    struct person *p = ARENA_NEW(c->cx->arena, struct person);

    *p = *found;
    TRY(survivor(c, p));
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

/* Who bears the name today and has changed since then is left out here: known_then knows what he was. */
static STATUS candidates_add(struct candidates *c, const struct person *list, size_t n, bool weak)
{
    for (size_t i = 0; i < n; i++)
        if (!is_later(c, &list[i]))
            TRY(candidate_add(c, &list[i], 0, weak));
    return OK;
}

static STATUS changed_add(struct candidates *c, int64_t name_hash, day from, day to, bool weak)
{
    const struct person *p;
    size_t at = 0;

    while (c->then && (p = known_then_by_name(c->then, name_hash, from, to, &at)))
        TRY(candidate_add(c, p, 0, weak));
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
        TRY(candidates_add(c, list, n, second));
        return changed_add(c, name_hash, (day){ day_year(birth) * 10000 }, (day){ day_year(birth) * 10000 + 1231 }, second);
    }
    const day year = { day_year(birth) * 10000 };
    TRY(persons_by_name(c->cx, name_hash, birth, &list, &n));
    TRY(candidates_add(c, list, n, false));
    TRY(changed_add(c, name_hash, birth, birth, false));
    TRY(persons_by_name(c->cx, name_hash, year, &list, &n));
    TRY(candidates_add(c, list, n, false));
    return changed_add(c, name_hash, year, year, false);
}

/* A number that a repair restored is somebody's only when his name or birth says so too. */
static bool is_confirmed(const struct list_person *p, int64_t name_hash, const struct person *found)
{
    return !p->number_doubtful || (p->name.len && found->name_hash == name_hash) || day_can_be(p->birth, found->birth);
}

/* The holder of a number as known then. A number that he was given later had nobody yet. */
static STATUS holder_then(struct candidates *c, int64_t number, enum number_state *state, bool *known)
{
    const struct numbers_asked asked = { .number = number };
    struct person_then was;

    if (!*known || !is_later(c, &c->holder))
        return OK;
    TRY(person_known_at(c->cx, c->holder.id, known_then_us(c->then), &asked, &was));
    *known = was.known && was.had_number;
    *state = was.is.number == number ? NUMBER_ISSUED : NUMBER_CANCELLED;
    c->holder = was.is;
    return OK;
}

static STATUS fetch_by_number(struct candidates *c, const struct person *linked, const struct list_person *p, int64_t name_hash)
{
    bool his = linked && linked->number == p->number && !linked->survives_as.v, known = his;
    enum number_state state = NUMBER_ISSUED;

    if (!p->number)
        return OK;
    if (his) {
        c->holder = *linked;
    } else {
        TRY(person_by_number(c->cx, p->number, &c->holder, &state, &known));
        TRY(holder_then(c, p->number, &state, &known));
    }
    if (!known)
        return OK;
    TRY(survivor(c, &c->holder));
    c->held = is_open(c->cx, &c->holder) && is_confirmed(p, name_hash, &c->holder);
    c->cancelled = c->held && state != NUMBER_ISSUED;
    return c->held && !c->cancelled ? candidate_add(c, &c->holder, 0, false) : OK;
}

static STATUS fetch_by_old_number(struct candidates *c, int64_t old_number)
{
    struct person *list;
    size_t n;

    TRY(persons_by_old_number(c->cx, old_number, &list, &n));
    for (size_t i = 0; i < n; i++) {
        const struct numbers_asked asked = { .old_number = old_number };
        struct person_then was = { .is = list[i], .had_old_number = true };
        if (is_later(c, &list[i]))
            TRY(person_known_at(c->cx, list[i].id, known_then_us(c->then), &asked, &was));
        if (was.had_old_number)
            TRY(candidate_add(c, &was.is, old_number, false));
    }
    return OK;
}

/* --- near names and days --------------------------------------------------------------------------------------------------- */

static bool is_placed(const struct list_person *p) { return p->place.answer == PLACE_KNOWN || p->place.answer == PLACE_DIVIDED; }

/* Slips are believed only where the commune agrees. A row with a number that nobody has means a stranger most often: not every slip is
 * tried for it. */
static STATUS fetch_near_names(struct candidates *c, const struct list_person *p, int64_t name_hash)
{
    struct near_names near;
    bool slips = is_placed(p) && day_precision(p->birth) == DAY_FULL;

    near_names_make(p->name, !slips ? NEAR_TURNED : p->number || p->old_number ? NEAR_MOVED : NEAR_LETTERED, &near);
    for (size_t i = 0; i < near.count && !c->count; i++)
        if (near.hash[i] != name_hash)
            TRY(fetch_by_name(c, near.hash[i], p->birth, false));
    return OK;
}

/* A wrong day is believed of somebody of the same name in the same commune alone. */
static STATUS fetch_near_days(struct candidates *c, const struct list_person *p, int64_t name_hash)
{
    for (int year = day_year(p->birth) - 1; is_placed(p) && day_precision(p->birth) == DAY_FULL && year <= day_year(p->birth) + 1; year++) {
        struct person *list;
        size_t n;
        TRY(persons_by_name_year(c->cx, name_hash, year, &list, &n));
        for (size_t i = 0; i < n; i++)
            if (judge_same_unit(p, &list[i]) && !is_later(c, &list[i]))
                TRY(candidate_add(c, &list[i], 0, false));
    }
    return OK;
}

STATUS candidates_add_person(struct candidates *c, person_id id)
{
    struct person p;
    bool known;

    TRY(known_then_person(c->cx, c->then, id, &p, &known));
    return known ? candidate_add(c, &p, 0, false) : OK;
}

STATUS candidates_fetch(struct ctx *cx, const struct list_person *p, int64_t name_hash, struct candidates *ret)
{
    return candidates_fetch_then(cx, NULL, NULL, p, name_hash, ret);
}

/* Name and birth are asked only when the number leaves a doubt. The first of January often stands for a day that nobody knew. */
STATUS candidates_fetch_then(struct ctx *cx, const struct known_then *then, const struct person *linked, const struct list_person *p, int64_t name_hash,
                             struct candidates *ret)
{
    *ret = (struct candidates){ .cx = cx, .then = then };
    TRY(fetch_by_number(ret, linked, p, name_hash));
    if (ret->cancelled)
        return OK;
    if (ret->held && (!p->name.len || ret->holder.name_hash == name_hash || day_can_be(p->birth, ret->holder.birth)))
        return OK;
    if (p->old_number)
        TRY(fetch_by_old_number(ret, p->old_number));
    if (!p->name.len)
        return OK;
    TRY(fetch_by_name(ret, name_hash, p->birth, false));
    TRY(fetch_by_name(ret, name_hash, p->birth_other, true));
    if (!ret->count)
        TRY(fetch_near_names(ret, p, name_hash));
    if (!ret->count)
        TRY(fetch_near_days(ret, p, name_hash));
    return ret->count || p->birth.ymd % 10000 != FIRST_OF_JANUARY ? OK : fetch_by_name(ret, name_hash, (day){ day_year(p->birth) * 10000 }, false);
}
