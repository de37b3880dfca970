/* Birth, death, marriage, divorce, disappearance: the events of civil status and what they change about a person. Each is
 * effective on the day on which it happened and recorded today. They refuse what the law or time forbids; what is only
 * strange (an implausible number) comes back as a warning.
 * tested by: src/register/test/command_test.c */
#include "register/inside.h"
#include "register/register_ops.h"

#include <string.h>

enum { MARRIAGE_AGE_MALE = 20, MARRIAGE_AGE_FEMALE = 18, PARENT_AGE_MIN = 10, ID_TRIES = 50 };

/* Before which day `later` certainly lies: known only as precisely as the less precise of the two. */
static bool certainly_before(day earlier, day later) { return day_last(earlier) < day_first(later); }

struct parents {
    struct person mother, father;
    bool has_mother, has_father;
};

/* A parent may have died before the birth is registered, but not be a child himself. */
static STATUS parent_find(struct ctx *cx, int64_t number, str field, enum sex sex, day birth, struct person *ret)
{
    TRY(person_for_change(cx, number, field, true, ret));
    if (ret->sex != SEX_UNKNOWN && ret->sex != (int16_t)sex)
        return FAIL_AT(EVENT_CONFLICT, field);
    if (!day_is_none(ret->birth) && day_year(birth) - day_year(ret->birth) < PARENT_AGE_MIN)
        return FAIL_AT(EVENT_ORDER, field);
    bool mother_dead = sex == SEX_FEMALE && !day_is_none(ret->death) && certainly_before(ret->death, birth);
    return mother_dead ? FAIL_AT(EVENT_ORDER, field) : OK;
}

static STATUS birth_check(struct ctx *cx, const struct person_birth_in *in, struct parents *ret)
{
    const struct defs *d = cx->app->defs;
    TRY(effective_check(cx, in->birth, STR("birth")));
    if (in->sex != SEX_MALE && in->sex != SEX_FEMALE)
        return FAIL_AT(ENUM_UNKNOWN, STR("sex"));
    if (!defs_unit_in_force(d, in->registered_at, cx->today))
        return FAIL_AT(UNIT_UNKNOWN, STR("registered_at"));
    if (in->has_birth_place && !defs_unit_in_force(d, in->birth_place, in->birth))
        return FAIL_AT(UNIT_UNKNOWN, STR("birth_place"));
    if (in->has_origin && !defs_unit(d, in->origin))
        return FAIL_AT(UNIT_UNKNOWN, STR("origin"));
    ret->has_mother = in->has_mother;
    ret->has_father = in->has_father;
    if (in->has_mother)
        TRY(parent_find(cx, in->mother, STR("mother"), SEX_FEMALE, in->birth, &ret->mother));
    if (in->has_father)
        TRY(parent_find(cx, in->father, STR("father"), SEX_MALE, in->birth, &ret->father));
    return OK;
}

/* The household named, or else the mother's, or the father's (Luật Cư trú 2020 Đ12: a child lives with its parents). */
static STATUS birth_home(struct ctx *cx, const struct person_birth_in *in, const struct parents *parents, unit_id *ret_unit, int64_t *ret_household)
{
    struct household_get_row home;
    bool found;
    const struct person *with = parents->has_mother ? &parents->mother : parents->has_father ? &parents->father : NULL;
    *ret_household = in->has_household ? in->household : with ? with->household : 0;
    *ret_unit = with ? with->unit : UNIT_NONE;
    if (*ret_household == 0)
        return OK;
    TRY(household_get(cx, shard_of(*ret_household), *ret_household, &home, &found));
    if (!found)
        return FAIL_AT(HOUSEHOLD_MISSING, STR("household"));
    *ret_unit = (unit_id){ home.unit };
    return OK;
}

struct fact_list {
    struct fact list[FACTS_MAX];
    size_t count;
    day from;
    enum fact_source source;
    str evidence;
};

static void add_number(struct fact_list *l, enum person_field field, int64_t value)
{
    l->list[l->count++] = fact_number(field, value, l->from, l->source, l->evidence);
}

static void add_always(struct fact_list *l, enum person_field field, int64_t value)
{
    l->list[l->count++] = fact_number(field, value, (day){ 0 }, l->source, l->evidence);
}

static void birth_facts(struct fact_list *l, const struct person_birth_in *in, const struct parents *parents, int64_t number)
{
    l->list[l->count++] = fact_text(FIELD_NAME, in->name, (day){ 0 }, l->source, l->evidence);
    l->list[l->count++] = fact_text(FIELD_NATIONALITY, in->has_nationality ? in->nationality : STR("VN"), (day){ 0 }, l->source, l->evidence);
    add_always(l, FIELD_SEX, in->sex);
    add_always(l, FIELD_BIRTH, in->birth.ymd);
    add_always(l, FIELD_BIRTH_REGISTRATION, in->registered_at.v);
    if (in->has_birth_place)
        add_always(l, FIELD_BIRTH_PLACE, in->birth_place.v);
    if (in->has_origin)
        add_always(l, FIELD_ORIGIN, in->origin.v);
    if (in->has_ethnic)
        add_always(l, FIELD_ETHNIC, in->ethnic);
    if (parents->has_mother)
        add_always(l, FIELD_MOTHER, parents->mother.id.v);
    if (parents->has_father)
        add_always(l, FIELD_FATHER, parents->father.id.v);
    add_number(l, FIELD_NUMBER, number);
    add_number(l, FIELD_STATE, PERSON_ACTIVE);
    add_number(l, FIELD_MARITAL, MARITAL_SINGLE);
}

/* An id that nobody has: a birth must never be folded into another person's life. */
static STATUS id_unused(struct ctx *cx, person_id *ret)
{
    struct person other;
    bool taken = true;
    for (int tries = 0; taken && tries < ID_TRIES; tries++) {
        *ret = person_id_new(cx);
        TRY(person_by_id(cx, *ret, &other, &taken));
    }
    return taken ? FAIL(VERSION_CONFLICT) : OK;
}

STATUS person_birth(struct ctx *cx, const struct person_birth_in *in, struct person_birth_out *ret)
{
    struct parents parents = { 0 };
    struct person p;
    unit_id unit;
    int64_t household;
    person_id id;
    struct person_birth_in clean = *in;
    struct fact_list l = { .from = in->birth, .source = SOURCE_CIVIL_STATUS, .evidence = in->has_evidence ? in->evidence : STR("") };
    TRY(viet_enter(cx->arena, STR("name"), in->name, 200, &clean.name));
    if (clean.name.len == 0)
        return FAIL_AT(TEXT_EMPTY, STR("name"));
    TRY(birth_check(cx, in, &parents));
    TRY(birth_home(cx, in, &parents, &unit, &household));
    if (in->has_at_home && !in->at_home)
        unit = UNIT_NONE;
    TRY(id_unused(cx, &id));
    TRY(number_issue_new(cx, id, in->registered_at, in->birth, in->sex, &ret->number));
    birth_facts(&l, &clean, &parents, ret->number);
    if (unit.v) {
        add_number(&l, FIELD_RESIDENCE, unit.v);
        add_number(&l, FIELD_RESIDENCE_STATE, RESIDENCE_PERMANENT);
        add_number(&l, FIELD_HOUSEHOLD, household);
        add_number(&l, FIELD_RELATION, RELATION_CHILD);
    }
    TRY(person_record(cx, &(struct event_new){ .person = id, .kind = EVENT_BIRTH, .effective = in->birth,
                                               .source = cx->actor.organisation, .facts = l.list, .fact_count = l.count }, &p));
    ret->person = p.id.v;
    ret->version = p.version;
    ret->warnings_count = warnings_of(cx, &p, &ret->warnings);
    return OK;
}

/* The one left behind is widowed from the day of death, unless he died before. */
static STATUS widow(struct ctx *cx, const struct person *dead, day death, str evidence)
{
    struct person spouse, after;
    bool known;
    if (!dead->spouse.v || dead->marital != MARITAL_MARRIED)
        return OK;
    TRY(person_by_id(cx, dead->spouse, &spouse, &known));
    if (!known || spouse.state == PERSON_DECEASED || spouse.spouse.v != dead->id.v)
        return OK;
    struct fact f = fact_number(FIELD_MARITAL, MARITAL_WIDOWED, death, SOURCE_CIVIL_STATUS, evidence);
    return person_record(cx, &(struct event_new){ .person = spouse.id, .kind = EVENT_DEATH, .effective = death,
                                                  .source = cx->actor.organisation, .facts = &f, .fact_count = 1 }, &after);
}

STATUS person_death(struct ctx *cx, const struct person_death_in *in, struct person_death_out *ret)
{
    struct person p, after;
    str evidence = in->has_evidence ? in->evidence : STR("");
    TRY(effective_check(cx, in->death, STR("death")));
    TRY(person_for_change(cx, in->number, STR("number"), false, &p));
    if (!day_is_none(p.birth) && certainly_before(in->death, p.birth))
        return FAIL_AT(EVENT_ORDER, STR("death"));
    struct fact facts[] = {
        fact_number(FIELD_STATE, PERSON_DECEASED, in->death, SOURCE_CIVIL_STATUS, evidence),
        fact_number(FIELD_DEATH, in->death.ymd, in->death, SOURCE_CIVIL_STATUS, evidence),
        /* the registration of residence is struck off by an act of today (Luật Cư trú 2020 Đ24) */
        fact_number(FIELD_RESIDENCE_STATE, RESIDENCE_NONE, cx->today, SOURCE_CIVIL_STATUS, evidence),
    };
    TRY(person_record(cx, &(struct event_new){ .person = p.id, .expected_version = in->has_expected_version ? (int32_t)in->expected_version : 0,
                                               .kind = EVENT_DEATH, .effective = in->death, .source = cx->actor.organisation,
                                               .facts = facts, .fact_count = in->has_residence_stays && in->residence_stays ? 2 : 3 }, &after));
    if (after.state != PERSON_DECEASED) /* something that was recorded to have happened later says otherwise */
        return FAIL_AT(EVENT_ORDER, STR("death"));
    TRY(widow(cx, &p, in->death, evidence));
    ret->person = after.id.v;
    ret->version = after.version;
    ret->warnings_count = warnings_of(cx, &after, &ret->warnings);
    return OK;
}

static STATUS may_marry(const struct person *p, day on, str field)
{
    if (p->marital == MARITAL_MARRIED)
        return FAIL_AT(MARRIAGE_EXISTS, field);
    int age = day_age(p->birth, on);
    int needed = p->sex == SEX_MALE ? MARRIAGE_AGE_MALE : MARRIAGE_AGE_FEMALE; /* Luật HN&GĐ 2014 Đ8.1.a */
    return age < needed ? FAIL_AT(MARRIAGE_AGE, field) : OK;
}

/* Direct line and siblings (Luật HN&GĐ 2014 Đ5.2.d); remoter kin within three generations is not known to one row. */
static bool close_kin(const struct person *a, const struct person *b)
{
    bool line = a->father.v == b->id.v || a->mother.v == b->id.v || b->father.v == a->id.v || b->mother.v == a->id.v;
    bool siblings = (a->father.v && a->father.v == b->father.v) || (a->mother.v && a->mother.v == b->mother.v);
    return line || siblings;
}

/* What a marriage or its end asserts about both. */
struct bond {
    enum event_kind kind;
    enum marital_state marital;
    day on;
    str evidence;
};

static STATUS bond_record(struct ctx *cx, const struct bond *b, const struct person *p, person_id spouse, struct person *ret)
{
    struct fact facts[] = {
        fact_number(FIELD_SPOUSE, spouse.v, b->on, SOURCE_CIVIL_STATUS, b->evidence),
        fact_number(FIELD_MARITAL, b->marital, b->on, SOURCE_CIVIL_STATUS, b->evidence),
    };
    return person_record(cx, &(struct event_new){ .person = p->id, .expected_version = p->version, .kind = b->kind, .effective = b->on,
                                                  .source = cx->actor.organisation, .facts = facts, .fact_count = 2 }, ret);
}

STATUS person_marriage(struct ctx *cx, const struct person_marriage_in *in, struct person_marriage_out *ret)
{
    struct person a, b, after, other;
    const struct bond bond = { EVENT_MARRIAGE, MARITAL_MARRIED, in->effective, in->has_evidence ? in->evidence : STR("") };
    TRY(effective_check(cx, in->effective, STR("effective")));
    TRY(person_for_change(cx, in->first, STR("first"), false, &a));
    TRY(person_for_change(cx, in->second, STR("second"), false, &b));
    TRY(may_marry(&a, in->effective, STR("first")));
    TRY(may_marry(&b, in->effective, STR("second")));
    if (a.id.v == b.id.v || a.sex == b.sex || close_kin(&a, &b)) /* Luật HN&GĐ 2014 Đ8.2: not recognised between the same sex */
        return FAIL_AT(EVENT_CONFLICT, STR("second"));
    TRY(bond_record(cx, &bond, &a, b.id, &after));
    TRY(bond_record(cx, &bond, &b, a.id, &other));
    if (after.spouse.v != b.id.v || other.spouse.v != a.id.v) /* a later divorce or death is on record */
        return FAIL_AT(EVENT_ORDER, STR("effective"));
    ret->person = after.id.v;
    ret->version = after.version;
    ret->spouse = other.id.v;
    ret->warnings_count = warnings_of(cx, &after, &ret->warnings);
    return OK;
}

STATUS person_divorce(struct ctx *cx, const struct person_divorce_in *in, struct person_divorce_out *ret)
{
    struct person a, b, after, other;
    const struct bond bond = { EVENT_DIVORCE, MARITAL_DIVORCED, in->effective, in->has_evidence ? in->evidence : STR("") };
    TRY(effective_check(cx, in->effective, STR("effective")));
    TRY(person_for_change(cx, in->first, STR("first"), false, &a));
    TRY(person_for_change(cx, in->second, STR("second"), false, &b));
    if (a.marital != MARITAL_MARRIED || a.spouse.v != b.id.v || b.spouse.v != a.id.v)
        return FAIL_AT(EVENT_CONFLICT, STR("second"));
    TRY(bond_record(cx, &bond, &a, PERSON_NONE, &after));
    TRY(bond_record(cx, &bond, &b, PERSON_NONE, &other));
    if (after.spouse.v || other.spouse.v) /* the marriage began after this day */
        return FAIL_AT(EVENT_ORDER, STR("effective"));
    ret->person = after.id.v;
    ret->version = after.version;
    ret->spouse = other.id.v;
    ret->warnings_count = warnings_of(cx, &after, &ret->warnings);
    return OK;
}

STATUS person_missing(struct ctx *cx, const struct person_missing_in *in, struct person_missing_out *ret)
{
    struct person p, after;
    str evidence = in->has_evidence ? in->evidence : STR("");
    TRY(effective_check(cx, in->effective, STR("effective")));
    TRY(person_for_change(cx, in->number, STR("number"), false, &p));
    if ((p.state == PERSON_MISSING) != in->found)
        return FAIL_AT(EVENT_CONFLICT, STR("found"));
    if (!day_is_none(p.birth) && certainly_before(in->effective, p.birth))
        return FAIL_AT(EVENT_ORDER, STR("effective"));
    struct fact facts[] = {
        fact_number(FIELD_STATE, in->found ? PERSON_ACTIVE : PERSON_MISSING, in->effective, SOURCE_CIVIL_STATUS, evidence),
        fact_number(FIELD_DEATH, in->found ? 0 : in->effective.ymd, in->effective, SOURCE_CIVIL_STATUS, evidence),
    };
    TRY(person_record(cx, &(struct event_new){ .person = p.id, .expected_version = p.version,
                                               .kind = in->found ? EVENT_FOUND : EVENT_MISSING, .effective = in->effective,
                                               .source = cx->actor.organisation, .facts = facts, .fact_count = 2 }, &after));
    if ((after.state == PERSON_MISSING) == in->found)
        return FAIL_AT(EVENT_ORDER, STR("effective"));
    ret->person = after.id.v;
    ret->version = after.version;
    ret->warnings_count = warnings_of(cx, &after, &ret->warnings);
    return OK;
}
