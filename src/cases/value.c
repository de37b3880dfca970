/* Values of cases: stored as person.correct reads them, shown as people read them. A unit is shown with its path, a day as
 * dd/mm/yyyy, a code by its label in the caller's language.
 * tested by: src/cases/test/case_test.c */
#include "cases/inside.h"

str case_attribute_name(const struct ctx *cx, const struct sector_register *s, const struct case_row *r)
{
    int bit, field = s ? sector_field_find(s, r->attribute) : -1;
    if (person_field_by_name(r->attribute, &bit)) {
        const struct person_field_def *def = person_field_def(bit);
        return cx->lang == LANG_EN ? def->label_en : def->label_vi;
    }
    if (field >= 0)
        return cx->lang == LANG_EN ? s->fields[field].en : s->fields[field].vi;
    const struct offer_topic *t = defs_offer_topic(cx->app->defs, r->attribute);
    return !t ? r->attribute : cx->lang == LANG_EN ? t->en : t->vi;
}

static str sex_show(struct ctx *cx, str value)
{
    enum sex sex;
    return sex_read(value, SEX_CODE_CIVIL, &sex) ? person_code_label(FIELD_SEX, sex, (int)cx->lang) : value;
}

static str person_value_show(struct ctx *cx, int bit, str value)
{
    int64_t code;
    unit_id unit;
    day on;
    switch (person_field_def(bit)->type) {
    case FIELD_TYPE_DAY: return status_ok(day_parse(value, &on)) ? day_vi(cx->arena, on) : value;
    case FIELD_TYPE_SEX: return sex_show(cx, value);
    case FIELD_TYPE_UNIT:
        if (!status_ok(defs_unit_parse(cx->app->defs, value, cx->today, &unit)))
            return value;
        return defs_unit_path(cx->arena, cx->app->defs, unit, cx->today, cx->lang);
    case FIELD_TYPE_CODE:
        return str_i64(value, &code) && person_code_label(bit, code, (int)cx->lang).len ? person_code_label(bit, code, (int)cx->lang) : value;
    default: return value;
    }
}

str case_value_show(struct ctx *cx, const struct sector_register *s, const struct case_row *r, str value)
{
    int bit, field = s ? sector_field_find(s, r->attribute) : -1;
    struct sector_value v;
    if (!value.len || (field >= 0 && s->fields[field].class == SECTOR_STATE_SECRET))
        return STR("");
    if (person_field_by_name(r->attribute, &bit))
        return person_value_show(cx, bit, value);
    if (field >= 0 && status_ok(sector_value_read(cx, &s->fields[field], value, &v)))
        return sector_value_show(cx, &s->fields[field], &v);
    return value;
}

/* A date in doubt, or a unit that is not one, is left as it came, and refused with its reason where it is written. */
str case_value_typed(struct ctx *cx, const struct case_row *r, str typed)
{
    static const char *const sexes[] = { "unknown", "male", "female", "other" };
    enum sex sex;
    int bit;
    if (!person_field_by_name(r->attribute, &bit))
        return typed;
    switch (person_field_def(bit)->type) {
    case FIELD_TYPE_DAY: return date_typed(cx->arena, typed, cx->today);
    case FIELD_TYPE_SEX: return sex_read(typed, SEX_CODE_CIVIL, &sex) ? str_of(sexes[sex]) : typed;
    case FIELD_TYPE_UNIT: return defs_unit_typed(cx->app->defs, cx->arena, typed, cx->today);
    default: return typed;
    }
}

STATUS case_held_now(struct ctx *cx, person_id person, int bit, str *ret_value, struct held *ret)
{
    struct held_facts held;
    str shown;
    TRY(person_as_of(cx, person, (day){ 99991231 }, INT64_MAX, &held));
    *ret_value = STR("");
    if (ret)
        *ret = held.field[bit];
    return held.field[bit].known ? fact_value_show(cx, &held.field[bit].fact, ret_value, &shown) : OK;
}
