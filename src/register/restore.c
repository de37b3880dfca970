/* What follows a death apart from it: the registration of residence is struck off by the police, and a death that was recorded
 * wrongly is taken back. Nothing is erased: the wrong death stays in the history below the act that takes it back, so that the
 * register can say what it believed in between.
 * Refuses to strike off one who lives, and to give back a life that nobody recorded as ended.
 * Law: Luật Cư trú 2020 Đ24 (striking off); Luật Hộ tịch 2014 Đ71 (withdrawing a registration that was wrong).
 * tested by: src/register/test/command_test.c */
#include "register/inside.h"
#include "register/register_ops.h"

STATUS person_strike_off(struct ctx *cx, const struct person_strike_off_in *in, struct person_strike_off_out *ret)
{
    struct person p, after;
    str evidence = in->has_evidence ? in->evidence : STR("");
    TRY(person_for_change(cx, in->number, STR("number"), true, &p));
    if (p.state != PERSON_DECEASED || p.residence_state == RESIDENCE_NONE)
        return FAIL_AT(EVENT_CONFLICT, STR("number"));
    struct fact f = fact_number(FIELD_RESIDENCE_STATE, RESIDENCE_NONE, cx->today, SOURCE_RESIDENCE, evidence);
    TRY(person_record(cx, &(struct event_new){ .person = p.id, .expected_version = p.version, .kind = EVENT_STRUCK_OFF, .effective = cx->today,
                                               .source = cx->actor.organisation, .facts = &f, .fact_count = 1 }, &after));
    if (after.residence_state != RESIDENCE_NONE)
        return FAIL_AT(EVENT_ORDER, STR("number"));
    ret->person = after.id.v;
    ret->version = after.version;
    return OK;
}

/* The state of residence that held before it was struck off; it is asserted again from the same day. */
static STATUS residence_before(struct ctx *cx, const struct person *p, const struct held *now, int64_t *ret)
{
    struct event *events;
    struct held_facts before = { 0 };
    size_t count;
    TRY(person_events(cx, p->id, &events, &count));
    for (size_t i = 0; i < count && events[i].seq < now->seq; i++)
        if (events[i].kind != EVENT_DEATH)
            held_take(&before, &events[i], cx->today, INT64_MAX);
    *ret = before.field[FIELD_RESIDENCE_STATE].known ? before.field[FIELD_RESIDENCE_STATE].fact.number : RESIDENCE_NONE;
    return OK;
}

/* One who married again meanwhile stays married to the other: a court decides about that. */
static STATUS unwidow(struct ctx *cx, const struct person *p, str evidence)
{
    struct person spouse, after;
    bool known;
    if (!p->spouse.v || p->marital != MARITAL_MARRIED)
        return OK;
    TRY(person_by_id(cx, p->spouse, &spouse, &known));
    if (!known || spouse.marital != MARITAL_WIDOWED || spouse.spouse.v != p->id.v)
        return OK;
    struct fact f = fact_number(FIELD_MARITAL, MARITAL_MARRIED, p->death, SOURCE_CIVIL_STATUS, evidence);
    return person_record(cx, &(struct event_new){ .person = spouse.id, .kind = EVENT_RESTORED, .effective = p->death,
                                                  .source = cx->actor.organisation, .facts = &f, .fact_count = 1 }, &after);
}

STATUS person_restore(struct ctx *cx, const struct person_restore_in *in, struct person_restore_out *ret)
{
    struct person p, after;
    struct held_facts held;
    int64_t residence = RESIDENCE_NONE;
    TRY(person_for_change(cx, in->number, STR("number"), true, &p));
    if (p.state != PERSON_DECEASED)
        return FAIL_AT(EVENT_CONFLICT, STR("number"));
    TRY(person_as_of(cx, p.id, (day){ 0 }, 0, &held));
    const struct held *struck = &held.field[FIELD_RESIDENCE_STATE];
    struct fact facts[3] = {
        fact_number(FIELD_STATE, PERSON_ACTIVE, held.field[FIELD_STATE].fact.from, SOURCE_CIVIL_STATUS, in->evidence),
        fact_number(FIELD_DEATH, 0, held.field[FIELD_DEATH].fact.from, SOURCE_CIVIL_STATUS, in->evidence),
    };
    size_t count = 2;
    if (p.residence_state == RESIDENCE_NONE && struck->known) {
        TRY(residence_before(cx, &p, struck, &residence));
        facts[count++] = fact_number(FIELD_RESIDENCE_STATE, residence, struck->fact.from, SOURCE_RESIDENCE, in->evidence);
    }
    TRY(person_record(cx, &(struct event_new){ .person = p.id, .expected_version = p.version, .kind = EVENT_RESTORED, .effective = p.death,
                                               .source = cx->actor.organisation, .facts = facts, .fact_count = count }, &after));
    if (after.state != PERSON_ACTIVE || !day_is_none(after.death))
        return FAIL_AT(EVENT_ORDER, STR("number"));
    TRY(unwidow(cx, &p, in->evidence));
    ret->person = after.id.v;
    ret->version = after.version;
    return OK;
}
