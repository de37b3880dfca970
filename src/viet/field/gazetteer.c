/* From the largest unit down, keeping every candidate: a commune decides between two districts of one name. A level that
 * fits nowhere is told and stepped over, so that "quận Ba Đình" does no harm in a map without districts. Chooses nothing
 * among several: that is for people or for better evidence. */
#include "viet/field/gazetteer.h"

struct candidates {
    int32_t unit[PLACE_CANDIDATES];
    size_t count; /* may be more than are kept */
};

static size_t kept(const struct candidates *c)
{
    return c->count < PLACE_CANDIDATES ? c->count : PLACE_CANDIDATES;
}

static void add(struct candidates *c, int32_t unit)
{
    for (size_t i = 0; i < kept(c); i++)
        if (c->unit[i] == unit)
            return;
    if (c->count < PLACE_CANDIDATES)
        c->unit[c->count] = unit;
    c->count++;
}

/* Units of that name below any of the parents. */
static struct candidates below(const struct gazetteer *g, const struct candidates *parents, str name)
{
    struct candidates next = { .count = 0 };
    for (size_t i = 0; i < kept(parents); i++) {
        int32_t found[PLACE_CANDIDATES];
        size_t count = g->find(g->self, parents->unit[i], name, found, PLACE_CANDIDATES);
        for (size_t k = 0; k < count && k < PLACE_CANDIDATES; k++)
            add(&next, found[k]);
        next.count += count > PLACE_CANDIDATES ? count - PLACE_CANDIDATES : 0;
    }
    return next;
}

bool place_resolve(struct arena *a, const struct gazetteer *g, const struct place *place, struct place_match *ret)
{
    struct candidates at = { .unit = { 0 }, .count = 1 }; /* anywhere */
    *ret = (struct place_match){ .level = PLACE_LEVELS };
    for (int level = PLACE_PROVINCE; level < PLACE_LEVELS; level++) {
        const struct place_name *name = &place->unit[level];
        if (name->name.len == 0)
            continue;
        str full = name->type.len ? arena_printf(a, "%.*s %.*s", STR_ARG(name->type), STR_ARG(name->name)) : name->name;
        struct candidates next = below(g, &at, full);
        if (next.count == 0 && name->type.len)
            next = below(g, &at, name->name);
        if (next.count == 0) {
            ret->missed |= 1u << level;
            continue;
        }
        at = next;
        ret->level = (enum place_level)level;
    }
    if (ret->level == PLACE_LEVELS)
        return false;
    ret->count = at.count;
    for (size_t i = 0; i < kept(&at); i++)
        ret->unit[i] = at.unit[i];
    return at.count == 1 && ret->missed == 0;
}
