/* Reads an agency's answer by the places that the definition names. What a row says of its fields is taken as text and judged where
 * it is written (sector.fetched); an answer that has not the form laid down is refused whole.
 * tested by: src/origin/test/answer_test.c */
#include "origin/inside.h"

#include "gate/json.h"
#include "viet/viet.h"

enum { ROWS_MAX = 200 };

/* The item of a list whose member is `value`. */
static const struct json *chosen(const struct json *list, str member, str value)
{
    if (list->kind != JSON_IS_LIST)
        return NULL;
    for (const struct json *i = list->first; i; i = i->next) {
        const struct json *m = i->kind == JSON_IS_OBJECT ? json_member(i, member) : NULL;
        if (m && m->kind == JSON_IS_TEXT && str_eq(m->text, value))
            return i;
    }
    return NULL;
}

static const struct json *at_place(const struct json *from, str place)
{
    str name, member, value;
    while (from && origin_place_next(&place, &name, &member, &value)) {
        from = from->kind == JSON_IS_OBJECT ? json_member(from, name) : NULL;
        if (from && member.len)
            from = chosen(from, member, value);
    }
    return from && from->kind != JSON_IS_NULL ? from : NULL;
}

/* Text, whole number or truth; false: something else stands there. Nothing there is no text. */
static bool text_at(struct arena *a, const struct json *row, str place, str *ret)
{
    const struct json *j = place.len ? at_place(row, place) : NULL;
    *ret = (str){ 0 };
    if (!j)
        return true;
    switch (j->kind) {
    case JSON_IS_TEXT: return status_ok(viet_enter(a, STR("origin"), j->text, SECTOR_TEXT_BYTES_MAX, ret)) || j->text.len == 0;
    case JSON_IS_I64: *ret = arena_printf(a, "%lld", (long long)j->i); return true;
    case JSON_IS_TRUE: *ret = STR("true"); return true;
    case JSON_IS_FALSE: *ret = STR("false"); return true;
    case JSON_IS_REAL: *ret = j->text; return true;
    case JSON_IS_NULL:
    case JSON_IS_LIST:
    case JSON_IS_OBJECT: break;
    }
    return false;
}

static bool sex_at(str text, enum sex *ret)
{
    static const str words[] = { STR("unknown"), STR("male"), STR("female"), STR("other") };
    static const enum sex sexes[] = { SEX_UNKNOWN, SEX_MALE, SEX_FEMALE, SEX_OTHER };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq(text, words[i])) {
            *ret = sexes[i];
            return true;
        }
    return sex_read(text, SEX_CODE_CIVIL, ret);
}

static bool subject_read(struct arena *a, const struct sector_origin *o, const struct json *row, struct sector_given *ret)
{
    str number, name, birth, sex;
    bool sound = text_at(a, row, o->number, &number) && text_at(a, row, o->name, &name) && text_at(a, row, o->birth, &birth) && text_at(a, row, o->sex, &sex);
    ret->has_number = number.len > 0;
    ret->has_name = name.len > 0;
    ret->name = name;
    ret->has_birth = birth.len > 0;
    ret->has_sex = sex.len > 0;
    sound = sound && (!number.len || (number.len == 12 && str_is_digits(number) && str_i64(number, &ret->number)));
    sound = sound && (!birth.len || status_ok(day_parse(birth, &ret->birth)));
    return sound && (!sex.len || sex_at(sex, &ret->sex));
}

static bool row_read(struct arena *a, const struct sector_register *r, const struct json *row, struct sector_given *ret)
{
    *ret = (struct sector_given){ .cells = ARENA_ARRAY(a, struct sector_given_cell, r->field_count + 1) };
    if (row->kind != JSON_IS_OBJECT || !subject_read(a, r->origin, row, ret))
        return false;
    for (size_t i = 0; i < r->field_count; i++) {
        str text;
        if (!text_at(a, row, r->origin->fields[i], &text))
            return false;
        if (text.len)
            ret->cells[ret->cells_count++] = (struct sector_given_cell){ r->fields[i].key, text };
    }
    return true;
}

static bool is_good(struct arena *a, const struct sector_origin *o, const struct json *root)
{
    str word;
    if (!o->good_at.len)
        return true;
    if (!text_at(a, root, o->good_at, &word))
        return false;
    for (size_t i = 0; i < o->good_count; i++)
        if (str_eq(word, o->good_is[i]))
            return true;
    return false;
}

static enum origin_reason rows_read(struct arena *a, const struct origin_question *q, const struct json *root, struct sector_fetched_in *ret)
{
    const struct json *rows = at_place(root, q->def->origin->rows);
    if (!rows || rows->kind != JSON_IS_LIST || rows->count > ROWS_MAX)
        return ORIGIN_UNREADABLE;
    ret->rows = ARENA_ARRAY(a, struct sector_given, rows->count + 1);
    for (const struct json *i = rows->first; i; i = i->next)
        if (!row_read(a, q->def, i, &ret->rows[ret->rows_count++]))
            return ORIGIN_UNREADABLE;
    return ORIGIN_NO_REASON;
}

enum origin_reason answer_read(struct arena *a, const struct origin_question *q, str body, struct sector_fetched_in *ret)
{
    const struct json *root = NULL;
    enum origin_reason reason = ORIGIN_UNREADABLE;
    *ret = (struct sector_fetched_in){ .ask = q->ask, .lease = q->lease };
    if (status_ok(json_read(a, body, &root)) && root->kind == JSON_IS_OBJECT)
        reason = is_good(a, q->def->origin, root) ? rows_read(a, q, root, ret) : ORIGIN_LATER;
    fault_clear();
    return reason;
}
