/* The checks of a register asked of one row. The four highest bits of the mask say which dimension has a flaw, so that counts
 * can be moved without the definition by which the row was judged.
 * tested by: src/register/test/sector_test.c */
#include "messages/messages.h"
#include "register/sector/inside.h"

static struct rule_value value_of(const struct sector_field *f, const struct sector_value *v)
{
    switch (f->type) {
    case SECTOR_DAY: return (struct rule_value){ .type = RULE_DAY, .known = v->known && v->number, .number = v->number };
    case SECTOR_NUMBER:
    case SECTOR_MONEY: return (struct rule_value){ .type = RULE_NUMBER, .known = v->known, .number = v->number };
    case SECTOR_UNIT: return (struct rule_value){ .type = RULE_UNIT, .known = v->known, .number = v->number };
    case SECTOR_PERSON: return (struct rule_value){ .type = RULE_TEXT, .known = v->known };
    case SECTOR_TEXT:
    case SECTOR_CODE:
    case SECTOR_DOCUMENT: break;
    }
    return (struct rule_value){ .type = RULE_TEXT, .known = v->known, .text = v->text };
}

static void person_values(const struct person *p, struct rule_value *values)
{
    static const str sexes[] = { STR(""), STR("male"), STR("female"), STR("other") };
    values[SECTOR_PERSON_BIRTH] = (struct rule_value){ .type = RULE_DAY };
    values[SECTOR_PERSON_SEX] = (struct rule_value){ .type = RULE_TEXT };
    values[SECTOR_PERSON_ALIVE] = (struct rule_value){ .type = RULE_TRUTH };
    values[SECTOR_PERSON_UNIT] = (struct rule_value){ .type = RULE_UNIT };
    values[SECTOR_LINKED] = (struct rule_value){ .type = RULE_TRUTH, .known = true, .number = p != NULL };
    if (!p)
        return;
    values[SECTOR_PERSON_BIRTH] = (struct rule_value){ .type = RULE_DAY, .known = !day_is_none(p->birth), .number = p->birth.ymd };
    values[SECTOR_PERSON_SEX] = (struct rule_value){ .type = RULE_TEXT, .known = p->sex != SEX_UNKNOWN, .text = sexes[p->sex & 3] };
    values[SECTOR_PERSON_ALIVE] = (struct rule_value){ .type = RULE_TRUTH, .known = true, .number = p->state != PERSON_DECEASED };
    values[SECTOR_PERSON_UNIT] = (struct rule_value){ .type = RULE_UNIT, .known = p->unit.v != 0, .number = p->unit.v };
}

static bool fails(const struct sector_check *c, const struct sector_content *content, const struct rule_value *values, size_t fields, day today)
{
    switch (c->kind) {
    case CHECK_LINKED: return !values[fields + SECTOR_LINKED].number;
    case CHECK_READABLE: return content->values[c->field].raw;
    case CHECK_REQUIRED: return !content->values[c->field].known && !content->values[c->field].raw;
    case CHECK_RULE: break;
    }
    return (!c->when || rule_holds(c->when, values, today)) && !rule_holds(c->expect, values, today);
}

uint64_t sector_check_row(const struct ctx *cx, const struct sector_register *r, const struct sector_content *c, const struct person *p)
{
    struct rule_value values[SECTOR_FIELDS_MAX + SECTOR_PERSON_NAMES];
    uint64_t broken = 0;
    for (size_t i = 0; i < r->field_count; i++)
        values[i] = value_of(&r->fields[i], &c->values[i]);
    person_values(p, values + r->field_count);
    for (size_t i = 0; i < r->check_count; i++)
        if (fails(&r->checks[i], c, values, r->field_count, cx->today))
            broken |= UINT64_C(1) << i | UINT64_C(1) << (FLAW_BIT + r->checks[i].dimension);
    return broken;
}

str sector_attribute_label(const struct ctx *cx, const struct sector_register *r, int field)
{
    bool subject = field == SECTOR_SUBJECT;
    if (cx->lang == LANG_EN)
        return subject ? r->subject_en : r->fields[field].en;
    return subject ? r->subject_vi : r->fields[field].vi;
}

str sector_check_says(const struct ctx *cx, const struct sector_register *r, const struct sector_check *c)
{
    switch (c->kind) {
    case CHECK_LINKED: return msg_sector_check_linked(cx->lang);
    case CHECK_READABLE: return msg_sector_check_readable(cx->arena, cx->lang, sector_attribute_label(cx, r, c->field));
    case CHECK_REQUIRED: return msg_sector_check_required(cx->arena, cx->lang, sector_attribute_label(cx, r, c->field));
    case CHECK_RULE: break;
    }
    return cx->lang == LANG_EN ? c->en : c->vi;
}
