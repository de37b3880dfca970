/* A case that a person reports and no run: two records that may be one person, or a paper that differs from the register.
 * tested by: src/cases/test/case_test.c */
#include "cases/inside.h"

static STATUS subject_of(struct ctx *cx, int64_t number, str field, struct person *ret)
{
    enum number_state state;
    bool known;
    TRY(person_by_number(cx, number, ret, &state, &known));
    if (!known)
        return FAIL_AT(PERSON_MISSING, field);
    if (ret->survives_as.v)
        return FAIL_AT(PERSON_MERGED, field);
    /* An officer opens cases of the own area; what lies elsewhere is answered like a number that nobody has. */
    return case_is_near(cx, ret->unit) ? OK : FAIL_AT(PERSON_MISSING, field);
}

static STATUS differing(struct ctx *cx, const struct case_report_in *in, const struct person *p, struct case_new *c)
{
    int bit;
    c->kind = CASE_CONFLICT;
    if (!in->has_attribute || !in->has_said || !in->said.len)
        return FAIL_AT(FIELD_MISSING, in->has_attribute ? STR("said") : STR("attribute"));
    if (!person_field_by_name(in->attribute, &bit) || !(cx->journal->op->reads >> bit & 1) || bit == FIELD_NUMBER || bit == FIELD_STATE)
        return FAIL_WITH(FIELDS_UNKNOWN, STR("attribute"), in->attribute);
    c->attribute = in->attribute;
    TRY(viet_enter(cx->arena, STR("said"), in->said, CASE_VALUE_BYTES_MAX, &c->said));
    TRY(case_held_now(cx, p->id, bit, &c->held, NULL));
    return str_eq(c->said, c->held) ? FAIL_AT(CASE_NOTHING, STR("said")) : OK;
}

STATUS case_report(struct ctx *cx, const struct case_report_in *in, struct case_report_out *ret)
{
    struct case_new c = { .source = in->source };
    struct case_file f;
    struct person p, other;
    int64_t id;
    TRY(subject_of(cx, in->number, STR("number"), &p));
    c.person = p.id;
    if (in->has_other) {
        TRY(subject_of(cx, in->other, STR("other"), &other));
        if (other.id.v == p.id.v)
            return FAIL_AT(CASE_NOTHING, STR("other"));
        c.kind = CASE_SAME_PERSON;
        c.other_person = other.id;
    } else {
        TRY(differing(cx, in, &p, &c));
    }
    TRY(case_open(cx, &c, &id));
    TRY(case_find(cx, id, &f));
    if (f.row.version == 1 && f.row.unit != cx->actor.unit.v) /* his own office knows */
        TRY(case_tell(cx, &f, DO_OPEN));
    case_now(&f, &ret->now);
    return OK;
}
