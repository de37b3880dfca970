/* Personal numbers: issued, cancelled, replaced, never used again. The six random digits come from the system's secure
 * source, so that a number says nothing about the order of issue (NĐ 137/2015/NĐ-CP Đ13; TT 59/2021/TT-BCA Đ4).
 * tested by: src/register/test/command_test.c */
#include "register/inside.h"
#include "register/register_ops.h"

enum { DRAWS_MAX = 100, TAILS = 1000000 };

static int tail_draw(void)
{
    uint64_t limit = UINT64_MAX - UINT64_MAX % TAILS, got;
    do
        got = random_u64();
    while (got >= limit);
    return (int)(got % TAILS);
}

STATUS number_issue_new(struct ctx *cx, person_id person, unit_id registered_at, day birth, enum sex sex, int64_t *ret)
{
    const struct unit *province = defs_unit(cx->app->defs, defs_unit_province(cx->app->defs, registered_at));
    int64_t prefix = 0;
    if (!province || !str_i64(province->prefix, &prefix))
        return FAIL_AT(UNIT_UNKNOWN, STR("registered_at"));
    for (int draw = 0; draw < DRAWS_MAX; draw++) {
        struct person_number_get_row taken;
        bool found;
        if (!number_make((int)prefix, sex, day_year(birth), tail_draw(), ret))
            return FAIL_AT(VALUE_RANGE, sex == SEX_MALE || sex == SEX_FEMALE ? STR("birth") : STR("sex"));
        if (number_plausibility(*ret, birth, sex) & NUMBER_TAIL_PATTERN)
            continue;
        TRY(person_number_get(cx, *ret, &taken, &found));
        if (!found)
            return person_number_add(cx, *ret, shard_of(person.v), person.v, NUMBER_ISSUED, NULL);
    }
    return FAIL(NUMBER_TAKEN); /* of a million for this province, sex and year nearly all are given */
}

static STATUS record_number(struct ctx *cx, const struct person *p, enum event_kind kind, int64_t number, str evidence, struct person *ret)
{
    struct fact f = fact_number(FIELD_NUMBER, number, cx->today, SOURCE_POPULATION, evidence);
    return person_record(cx, &(struct event_new){ .person = p->id, .expected_version = p->version, .kind = kind,
                                                  .effective = cx->today, .source = cx->actor.organisation, .facts = &f,
                                                  .fact_count = 1 }, ret);
}

STATUS number_issue(struct ctx *cx, const struct number_issue_in *in, struct number_issue_out *ret)
{
    struct person p, after;
    bool known;
    TRY(person_by_id(cx, (person_id){ in->person }, &p, &known));
    if (!known)
        return FAIL_AT(PERSON_MISSING, STR("person"));
    if (p.survives_as.v)
        return FAIL_AT(PERSON_MERGED, STR("person"));
    if (p.state == PERSON_DECEASED)
        return FAIL_AT(PERSON_DECEASED, STR("person"));
    if (p.number)
        return FAIL_AT(NUMBER_TAKEN, STR("person"));
    if (in->has_expected_version && in->expected_version != p.version)
        return FAIL(VERSION_CONFLICT);
    TRY(number_issue_new(cx, p.id, in->registered_at, p.birth, (enum sex)p.sex, &ret->number));
    TRY(record_number(cx, &p, EVENT_NUMBER_ISSUED, ret->number, STR(""), &after));
    ret->person = after.id.v;
    ret->version = after.version;
    return OK;
}

STATUS number_cancel(struct ctx *cx, const struct number_cancel_in *in, struct number_cancel_out *ret)
{
    struct person p, after;
    TRY(person_for_change(cx, in->number, STR("number"), true, &p));
    if (in->replace && p.state == PERSON_DECEASED)
        return FAIL_AT(PERSON_DECEASED, STR("number"));
    if (in->replace && !in->has_registered_at)
        return FAIL_AT(FIELD_MISSING, STR("registered_at"));
    TRY(person_number_set(cx, in->number, p.id.v, in->replace ? NUMBER_REPLACED : NUMBER_CANCELLED, NULL));
    TRY(record_number(cx, &p, EVENT_NUMBER_CANCELLED, 0, in->evidence, &after));
    if (in->replace) {
        TRY(number_issue_new(cx, p.id, in->registered_at, p.birth, (enum sex)p.sex, &ret->number));
        p = after;
        TRY(record_number(cx, &p, EVENT_NUMBER_ISSUED, ret->number, in->evidence, &after));
        ret->has_number = true;
    }
    ret->person = after.id.v;
    ret->version = after.version;
    return OK;
}
