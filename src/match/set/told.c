/* Which fields say again what others say: each would be counted as if it were another witness.
 * tested by: src/match/set/test/told_test.c */
#include "match/set/set.h"

/* Records of the side that knows least. */
static uint32_t known(const struct link_set *set, const struct link_field *f)
{
    uint32_t left = f->known[0], right = f->known[set->sides - 1];

    return left < right ? left : right;
}

/* Of the fields of a role, or of all dates, the one that is known most often. */
static uint32_t most_known(const struct link_set *set, enum link_role role)
{
    uint32_t most = 0;

    for (int i = 0; i < set->fields; i++)
        if (set->field[i].role == role || (role == LINK_BIRTH_DATE && set->field[i].kind == LINK_KIND_DAY))
            most = known(set, &set->field[i]) > most ? known(set, &set->field[i]) : most;
    return most;
}

/* Do given name and surname, each in a column of its own, say what the full name says? */
static bool names_stand_apart(const struct link_set *set)
{
    uint32_t given = most_known(set, LINK_GIVEN_NAME), surname = most_known(set, LINK_SURNAME), full = most_known(set, LINK_FULL_NAME);

    return given > 0 && surname > 0 && given >= full / 2 && surname >= full / 2;
}

bool link_field_is_told(const struct link_set *set, int field)
{
    const struct link_field *f = &set->field[field];

    switch (f->role) {
    case LINK_AGE:
        return most_known(set, LINK_BIRTH_DATE) > 0;
    case LINK_FULL_NAME:
        return names_stand_apart(set);
    case LINK_GIVEN_NAME:
    case LINK_MIDDLE_NAME:
    case LINK_SURNAME:
        return !names_stand_apart(set) && most_known(set, LINK_FULL_NAME) > known(set, f) / 2;
    default:
        return false;
    }
}
