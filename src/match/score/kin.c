/* The third class: two people of one family or home, twins above all. Of what they share (family name, parents, home, often
 * a telephone) agreement says nothing against them; what is a person's own (given name, number, most birth dates) agrees by
 * chance only. The shares of the class are learned beside those of matches, with these as a firm prior; on a person's own
 * fields agreement stays bounded, so that the class can never become a second class of matches.
 * tested by: src/match/score/model_test.c */
#include "match/score/model.h"

#include <math.h>
#include <string.h>

enum own { OWN_NOT, OWN_PARTLY, OWN_WHOLLY };

static enum own own_of(enum link_role role)
{
    switch (role) {
    case LINK_SURNAME:
    case LINK_PARENT_NAME:
    case LINK_FATHER_NAME:
    case LINK_MOTHER_NAME:
    case LINK_ADDRESS:
    case LINK_STREET_NUMBER:
    case LINK_STREET:
    case LINK_PLACE:
    case LINK_POSTCODE:
    case LINK_REGION:
    case LINK_HOUSEHOLD:
        return OWN_NOT;
    case LINK_GIVEN_NAME:
    case LINK_PERSON_NUMBER:
    case LINK_ID_NUMBER:
    case LINK_EMAIL:
        return OWN_WHOLLY;
    default:
        return OWN_PARTLY;
    }
}

/* A family name and a town are shared by too many to tell a family: parents or a home must be there. */
bool kin_is_told(const struct link_set *set, const struct comparer *c)
{
    bool own = false, family = false;

    for (int i = 0; i < c->count; i++) {
        enum link_role role = set->field[c->list[i].field].role;

        own |= role == LINK_FULL_NAME || role == LINK_GIVEN_NAME;
        family |= role == LINK_PARENT_NAME || role == LINK_FATHER_NAME || role == LINK_MOTHER_NAME || role == LINK_ADDRESS ||
                  role == LINK_STREET || role == LINK_HOUSEHOLD;
    }
    return own && family;
}

/* How much of a field's agreement a family shares. */
static double part_shared(enum link_role role)
{
    enum own own = own_of(role);

    if (role == LINK_BIRTH_DATE || role == LINK_AGE || role == LINK_SEX)
        return .1;
    return own == OWN_NOT ? 1 : own == OWN_WHOLLY ? .002 : .5;
}

void kin_default(const struct link_model *m, int i, double ret[static LEVELS])
{
    static const double full_name[LEVELS] = { 0, .200, .700, .020, .050, .020, .004, .006 };
    const struct link_set *set = m->comparer.set;
    enum link_role role = set->field[m->comparer.list[i].field].role;
    const double *one = link_default_m(set, &m->comparer.list[i]);
    double part = part_shared(role);

    if (role == LINK_FULL_NAME) {
        memcpy(ret, full_name, sizeof full_name);
        return;
    }
    ret[LEVEL_UNKNOWN] = 0;
    for (int level = LEVEL_DIFFERENT; level < LEVELS; level++)
        ret[level] = part * one[level] + (1 - part) * m->all[i][level];
}

/* Agreement beyond a bound goes back to the levels that differ. */
void kin_bound(const struct link_model *m, int i, double share[static LEVELS])
{
    enum link_role role = m->comparer.set->field[m->comparer.list[i].field].role;
    double agreeing = 0, most = role == LINK_FULL_NAME ? .05 : own_of(role) == OWN_WHOLLY ? .02 : 1;

    for (int level = NAME_NEAR; level < LEVELS; level++)
        agreeing += share[level];
    if (agreeing <= most)
        return;
    for (int level = LEVEL_DIFFERENT; level < LEVELS; level++)
        share[level] *= level >= NAME_NEAR ? most / agreeing : (1 - most) / (1 - agreeing);
}
