/* Temporary residence and absence: where a person lives beside, or instead of, the place of permanent residence. A
 * temporary residence ends by itself on its last day; an absence ends when its return is declared. Refuses a temporary
 * residence in the commune of the permanent one, or longer than two years (Luật Cư trú 2020 Đ27), and a return of one who
 * is not away (Đ31).
 * tested by: src/register/test/command_test.c */
#include "register/inside.h"
#include "register/register_ops.h"

enum { TEMPORARY_DAYS_MAX = 731 };

static STATUS temporary_check(struct ctx *cx, const struct person_stay_in *in, const struct person *p)
{
    const struct unit *unit = defs_unit(cx->app->defs, in->unit);
    if (!in->has_unit)
        return FAIL_AT(FIELD_MISSING, STR("unit"));
    if (!in->has_until)
        return FAIL_AT(FIELD_MISSING, STR("until"));
    if (!unit || unit->level != UNIT_COMMUNE || !defs_unit_in_force(cx->app->defs, in->unit, in->from))
        return FAIL_AT(UNIT_UNKNOWN, STR("unit"));
    if (p->unit.v && defs_unit_covers(cx->app->defs, in->unit, p->unit))
        return FAIL_AT(EVENT_CONFLICT, STR("unit"));
    if (day_precision(in->from) != DAY_FULL || day_precision(in->until) != DAY_FULL)
        return FAIL_AT(DAY_FORMAT, STR("until"));
    int32_t days = day_first(in->until) - day_first(in->from);
    return days < 0 ? FAIL_AT(EVENT_ORDER, STR("until")) : days > TEMPORARY_DAYS_MAX ? FAIL_AT(VALUE_RANGE, STR("until")) : OK;
}

static bool is_away(const struct person *p) { return p->residence_state == RESIDENCE_ABSENT || p->residence_state == RESIDENCE_ABROAD; }

static size_t temporary_facts(const struct person_stay_in *in, str evidence, struct fact *facts)
{
    facts[0] = fact_number(FIELD_TEMPORARY_RESIDENCE, in->unit.v, in->from, SOURCE_RESIDENCE, evidence);
    facts[1] = fact_number(FIELD_PRESENT_PLACE, in->unit.v, in->from, SOURCE_RESIDENCE, evidence);
    facts[0].to = facts[1].to = in->until;
    return 2;
}

STATUS person_stay(struct ctx *cx, const struct person_stay_in *in, struct person_stay_out *ret)
{
    struct person p, after;
    struct fact facts[2];
    size_t count = 1;
    int16_t state = in->kind == PERSON_STAY_IN_KIND_ABSENT ? RESIDENCE_ABSENT : in->kind == PERSON_STAY_IN_KIND_ABROAD ? RESIDENCE_ABROAD : RESIDENCE_PERMANENT;
    str evidence = in->has_evidence ? in->evidence : STR("");
    TRY(effective_check(cx, in->from, STR("from")));
    TRY(person_for_change(cx, in->number, STR("number"), false, &p));
    if (!day_is_none(p.birth) && day_last(in->from) < day_first(p.birth))
        return FAIL_AT(EVENT_ORDER, STR("from"));
    bool temporary = in->kind == PERSON_STAY_IN_KIND_TEMPORARY;
    if (temporary)
        TRY(temporary_check(cx, in, &p));
    else if (!p.unit.v || is_away(&p) != (in->kind == PERSON_STAY_IN_KIND_BACK))
        return FAIL_AT(EVENT_CONFLICT, STR("kind"));
    if (temporary)
        count = temporary_facts(in, evidence, facts);
    else
        facts[0] = fact_number(FIELD_RESIDENCE_STATE, state, in->from, SOURCE_RESIDENCE, evidence);
    TRY(person_record(cx, &(struct event_new){ .person = p.id, .expected_version = p.version, .kind = EVENT_STAY, .effective = in->from,
                                               .source = cx->actor.organisation, .facts = facts, .fact_count = count }, &after));
    if (!temporary && after.residence_state != state) /* a later one is on record */
        return FAIL_AT(EVENT_ORDER, STR("from"));
    ret->person = after.id.v;
    ret->version = after.version;
    return OK;
}
