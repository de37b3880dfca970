/* Moving, correcting, merging. A correction leaves what it corrects readable in the history, names its source and its
 * proof, and may not let a weaker source overrule a stronger one (authority matrix of the population register). A merge
 * keeps both records and both numbers, so that it can be undone without loss.
 * tested by: src/register/test/command_test.c */
#include "register/inside.h"
#include "register/sector/sector.h"
#include "register/register_ops.h"

#include <string.h>

enum { VALUE_BYTES_MAX = 300 };

static STATUS household_for(struct ctx *cx, const struct person_move_in *in, person_id person, int64_t *ret, bool *ret_new)
{
    struct household_get_row home;
    bool found;
    *ret_new = !in->has_household;
    if (in->has_household) {
        TRY(household_get(cx, shard_of(in->household), in->household, &home, &found));
        if (!found)
            return FAIL_AT(HOUSEHOLD_MISSING, STR("household"));
        *ret = in->household;
        return home.unit == in->unit.v ? OK : FAIL_AT(EVENT_CONFLICT, STR("unit"));
    }
    *ret = person_id_new(cx).v;
    return household_add(cx, &(struct household_add_params){ .shard = shard_of(*ret), .id = *ret, .unit = in->unit.v,
                             .head = person.v, .address = in->has_address ? in->address : STR(""), .recorded_us = cx->now_us }, NULL);
}

STATUS person_move(struct ctx *cx, const struct person_move_in *in, struct person_move_out *ret)
{
    const struct unit *unit = defs_unit(cx->app->defs, in->unit);
    struct person p, after;
    struct fact facts[5];
    size_t count = 0;
    bool fresh;
    str evidence = in->has_evidence ? in->evidence : STR(""), address = STR("");
    TRY(effective_check(cx, in->effective, STR("effective")));
    TRY(person_for_change(cx, in->number, STR("number"), false, &p));
    if (!unit || unit->level != UNIT_COMMUNE || !defs_unit_in_force(cx->app->defs, in->unit, in->effective))
        return FAIL_AT(UNIT_UNKNOWN, STR("unit"));
    if (!day_is_none(p.birth) && day_last(in->effective) < day_first(p.birth))
        return FAIL_AT(EVENT_ORDER, STR("effective"));
    if (in->has_address)
        TRY(viet_enter(cx->arena, STR("address"), in->address, VALUE_BYTES_MAX, &address));
    TRY(household_for(cx, in, p.id, &ret->household, &fresh));
    facts[count++] = fact_number(FIELD_RESIDENCE, in->unit.v, in->effective, SOURCE_RESIDENCE, evidence);
    facts[count++] = fact_number(FIELD_RESIDENCE_STATE, RESIDENCE_PERMANENT, in->effective, SOURCE_RESIDENCE, evidence);
    facts[count++] = fact_number(FIELD_HOUSEHOLD, ret->household, in->effective, SOURCE_RESIDENCE, evidence);
    facts[count++] = fact_number(FIELD_RELATION, fresh ? RELATION_HEAD : RELATION_OTHER, in->effective, SOURCE_RESIDENCE, evidence);
    if (address.len > 0)
        facts[count++] = fact_text(FIELD_ADDRESS, address, in->effective, SOURCE_RESIDENCE, evidence);
    TRY(person_record(cx, &(struct event_new){ .person = p.id, .expected_version = in->has_expected_version ? (int32_t)in->expected_version : 0,
                                               .kind = EVENT_MOVE, .effective = in->effective, .source = cx->actor.organisation,
                                               .facts = facts, .fact_count = count }, &after));
    if (after.unit.v != in->unit.v || after.household != ret->household) /* a later move is on record */
        return FAIL_AT(EVENT_ORDER, STR("effective"));
    ret->person = after.id.v;
    ret->version = after.version;
    ret->warnings_count = warnings_of(cx, &after, &ret->warnings);
    return OK;
}

/* The value as text into the fact, by the type of the field. */
static STATUS value_read(struct ctx *cx, const struct person_field_def *def, str value, struct fact *f)
{
    enum sex sex = SEX_UNKNOWN;
    unit_id unit = UNIT_NONE;
    day when = { 0 };
    switch (def->type) {
    case FIELD_TYPE_TEXT:
        TRY(viet_enter(cx->arena, STR("value"), value, VALUE_BYTES_MAX, &f->text));
        return f->text.len > 0 ? OK : FAIL_AT(TEXT_EMPTY, STR("value"));
    case FIELD_TYPE_DAY:
        TRY(day_parse(value, &when));
        f->number = when.ymd;
        return effective_check(cx, when, STR("value"));
    case FIELD_TYPE_SEX:
        if (!sex_read(value, SEX_CODE_CIVIL, &sex) || sex == SEX_UNKNOWN)
            return FAIL_AT(ENUM_UNKNOWN, STR("value"));
        f->number = sex;
        return OK;
    case FIELD_TYPE_UNIT:
        TRY(defs_unit_parse(cx->app->defs, value, cx->today, &unit));
        f->number = unit.v;
        return OK;
    case FIELD_TYPE_CODE:
        if (!str_i64(value, &f->number) || !person_code_label(def->bit, f->number, LANG_VI).len)
            return FAIL_AT(ENUM_UNKNOWN, STR("value"));
        return OK;
    case FIELD_TYPE_NUMBER:
        if (value.len != 9 || !str_is_digits(value) || !str_i64(value, &f->number) || f->number == 0)
            return FAIL_AT(NUMBER_FORMAT, STR("value"));
        return OK;
    case FIELD_TYPE_PERSON:
    case FIELD_TYPE_HOUSEHOLD:
    case FIELD_TYPE_COUNT:
        break;
    }
    return FAIL_WITH(FIELDS_UNKNOWN, STR("field"), def->key);
}

/* Rank 1 is the strongest source of a field; one that is no source of it may not speak at all. */
static STATUS source_check(const struct person_field_def *def, str source, const struct held *held, enum fact_source *ret)
{
    if (!fact_source_by_name(source, ret) || def->rank[*ret] == 0)
        return FAIL_WITH(ENUM_UNKNOWN, STR("source"), source);
    int holds = held->known ? def->rank[held->fact.source] : 0;
    return holds && def->rank[*ret] > holds ? FAIL_WITH(EVENT_CONFLICT, STR("source"), source) : OK;
}

STATUS person_correct(struct ctx *cx, const struct person_correct_in *in, struct person_correct_out *ret)
{
    struct person p, after;
    struct held_facts held;
    enum fact_source source;
    int bit = 0;
    if (!person_field_by_name(in->field, &bit) || bit == FIELD_NUMBER || !(cx->journal->op->reads >> bit & 1))
        return FAIL_WITH(FIELDS_UNKNOWN, STR("field"), in->field);
    const struct person_field_def *def = person_field_def(bit);
    TRY(person_for_change(cx, in->number, STR("number"), true, &p));
    TRY(person_as_of(cx, p.id, DAY_LAST, TIME_LAST, &held));
    TRY(source_check(def, in->source, &held.field[bit], &source));
    struct fact f = fact_number((enum person_field)bit, 0, held.field[bit].fact.from, source, in->evidence);
    TRY(value_read(cx, def, in->value, &f));
    if (bit == FIELD_BIRTH && !day_is_none(p.death) && day_last(p.death) < day_first((day){ (int32_t)f.number }))
        return FAIL_AT(EVENT_ORDER, STR("value"));
    TRY(person_record(cx, &(struct event_new){ .person = p.id, .expected_version = in->has_expected_version ? (int32_t)in->expected_version : 0,
                                               .kind = EVENT_CORRECTION, .effective = cx->today, .source = cx->actor.organisation,
                                               .facts = &f, .fact_count = 1 }, &after));
    if (bit == FIELD_OLD_NUMBER)
        TRY(person_old_number_add(cx, shard_of(p.id.v), f.number, p.id.v, NULL));
    ret->person = after.id.v;
    ret->version = after.version;
    ret->warnings_count = warnings_of(cx, &after, &ret->warnings);
    return OK;
}

/* A mark in the other record's history, without a change of its own. */
static STATUS mark(struct ctx *cx, enum event_kind kind, const struct person *p)
{
    struct person after;
    return person_record(cx, &(struct event_new){ .person = p->id, .expected_version = p->version, .kind = kind,
                                                  .effective = cx->today, .source = cx->actor.organisation }, &after);
}

static STATUS survives_record(struct ctx *cx, const struct person *p, enum event_kind kind, person_id as, str evidence, struct person *ret)
{
    struct fact f = fact_number(FIELD_SURVIVES_AS, as.v, cx->today, SOURCE_POPULATION, evidence);
    return person_record(cx, &(struct event_new){ .person = p->id, .expected_version = p->version, .kind = kind,
                                                  .effective = cx->today, .source = cx->actor.organisation, .facts = &f,
                                                  .fact_count = 1 }, ret);
}

STATUS person_merge(struct ctx *cx, const struct person_merge_in *in, struct person_merge_out *ret)
{
    struct person p, into, after;
    TRY(person_for_change(cx, in->number, STR("number"), true, &p));
    TRY(person_for_change(cx, in->into, STR("into"), true, &into));
    if (p.id.v == into.id.v || (p.sex && into.sex && p.sex != into.sex))
        return FAIL_AT(EVENT_CONFLICT, STR("into"));
    bool kin = p.father.v == into.id.v || p.mother.v == into.id.v || into.father.v == p.id.v || into.mother.v == p.id.v || p.spouse.v == into.id.v;
    if (kin)
        return FAIL_AT(KINSHIP_LOOP, STR("into"));
    TRY(survives_record(cx, &p, EVENT_MERGE, into.id, in->evidence, &after));
    TRY(mark(cx, EVENT_MERGE, &into));
    TRY(sector_person_merged(cx, &after, &into, false));
    TRY(person_number_set(cx, in->number, p.id.v, NUMBER_CANCELLED, NULL));
    ret->person = after.id.v;
    ret->version = after.version;
    ret->survives_as = after.survives_as.v;
    ret->warnings_count = warnings_of(cx, &after, &ret->warnings);
    return OK;
}

STATUS person_unmerge(struct ctx *cx, const struct person_unmerge_in *in, struct person_unmerge_out *ret)
{
    struct person p, into, after;
    enum number_state state;
    bool known, into_known;
    TRY(person_by_number(cx, in->number, &p, &state, &known));
    if (!known)
        return FAIL_AT(PERSON_MISSING, STR("number"));
    if (!p.survives_as.v)
        return FAIL_AT(EVENT_CONFLICT, STR("number"));
    TRY(person_by_id(cx, p.survives_as, &into, &into_known));
    TRY(survives_record(cx, &p, EVENT_UNMERGE, PERSON_NONE, in->evidence, &after));
    if (into_known)
        TRY(mark(cx, EVENT_UNMERGE, &into));
    if (into_known)
        TRY(sector_person_merged(cx, &after, &into, true));
    TRY(person_number_set(cx, in->number, p.id.v, NUMBER_ISSUED, NULL));
    ret->person = after.id.v;
    ret->version = after.version;
    ret->warnings_count = warnings_of(cx, &after, &ret->warnings);
    return OK;
}
