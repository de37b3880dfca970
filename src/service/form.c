/* The answers of a form: kept as JSON, opaque to the store, and judged by the procedure's definition alone. An answer to a
 * question that is not asked is refused, so that nobody hands in what the state may not keep.
 * tested by: src/service/test/form_test.c */
#include "service/inside.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

const struct answer *form_answer(const struct answer *answers, size_t count, str key)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(answers[i].key, key) && answers[i].value.len > 0)
            return &answers[i];
    return NULL;
}

bool form_asks(const struct procedure *p, const struct procedure_field *f, const struct answer *answers, size_t count)
{
    if (f->when.len == 0)
        return true;
    const struct procedure_field *condition = procedure_field(p, f->when);
    const struct answer *a = form_answer(answers, count, f->when);
    return condition && a && str_eq(a->value, f->when_is) && form_asks(p, condition, answers, count);
}

/* --- one answer ----------------------------------------------------------------------------------------------------------- */

static STATUS number_check(const struct procedure_field *f, str path, str value)
{
    int64_t n;
    if (!str_i64(value, &n))
        return FAIL_WITH(FIELD_TYPE, path, value);
    return n >= f->min && n <= f->max ? OK : FAIL_WITH(VALUE_RANGE, path, value);
}

static STATUS day_check(struct ctx *cx, const struct procedure_field *f, str path, str value)
{
    day d;
    if (!status_ok(day_parse(value, &d)) || day_precision(d) != DAY_FULL)
        return FAIL_WITH(DAY_FORMAT, path, value);
    return f->past && d.ymd > cx->today.ymd ? FAIL_AT(EVENT_FUTURE, path) : OK;
}

static STATUS choice_check(const struct procedure_field *f, str path, str value)
{
    for (size_t i = 0; i < f->choice_count; i++)
        if (str_eq(f->choices[i].word, value))
            return OK;
    return FAIL_WITH(ENUM_UNKNOWN, path, value);
}

static STATUS person_check(str path, str value)
{
    /* Whether there is such a person is not said here: an applicant must not be able to try numbers. */
    return value.len == 12 && str_is_digits(value) ? OK : FAIL_AT(NUMBER_FORMAT, path);
}

static STATUS value_check(struct ctx *cx, const struct procedure_field *f, str path, str value)
{
    struct phone_reading phone;
    unit_id unit;
    switch (f->type) {
    case ANSWER_TEXT: return (int64_t)value.len <= f->max ? OK : FAIL_AT(TEXT_TOO_LONG, path);
    case ANSWER_NUMBER:
    case ANSWER_MONEY: return number_check(f, path, value);
    case ANSWER_DAY: return day_check(cx, f, path, value);
    case ANSWER_SEX: return str_eq(value, STR("male")) || str_eq(value, STR("female")) ? OK : FAIL_WITH(ENUM_UNKNOWN, path, value);
    case ANSWER_UNIT:
        if (!status_ok(defs_unit_parse(cx->app->defs, value, cx->today, &unit)))
            return FAIL_WITH(UNIT_UNKNOWN, path, value);
        return defs_unit_in_force(cx->app->defs, unit, cx->today) ? OK : FAIL_WITH(UNIT_UNKNOWN, path, value);
    case ANSWER_PERSON: return person_check(path, value);
    case ANSWER_CHOICE: return choice_check(f, path, value);
    case ANSWER_FLAG: return str_eq(value, STR("true")) || str_eq(value, STR("false")) ? OK : FAIL_WITH(FIELD_TYPE, path, value);
    case ANSWER_PHONE: return phone_read(value, &phone) ? OK : FAIL_AT(FIELD_TYPE, path);
    case ANSWER_EMAIL: return str_find_char(value, '@') > 0 && str_find_char(value, '@') + 1 < value.len ? OK : FAIL_AT(FIELD_TYPE, path);
    case ANSWER_TYPE_COUNT: break;
    }
    return FAIL_AT(FIELD_TYPE, path);
}

static str path_of(struct ctx *cx, str key) { return arena_printf(cx->arena, "answers.%.*s", STR_ARG(key)); }

STATUS form_check(struct ctx *cx, const struct procedure *p, const struct answer *answers, size_t count, bool whole)
{
    for (size_t i = 0; i < count; i++) {
        const struct procedure_field *f = procedure_field(p, answers[i].key);
        if (!f)
            return FAIL_AT(FIELD_UNKNOWN, path_of(cx, answers[i].key));
        for (size_t k = 0; k < i; k++)
            if (str_eq(answers[k].key, answers[i].key))
                return FAIL_AT(FIELD_DOUBLE, path_of(cx, answers[i].key));
        if (answers[i].value.len == 0)
            continue;
        if (!form_asks(p, f, answers, count))
            return FAIL_AT(FIELD_UNKNOWN, path_of(cx, answers[i].key));
        TRY(value_check(cx, f, path_of(cx, f->key), answers[i].value));
    }
    for (size_t i = 0; whole && i < p->field_count; i++) {
        const struct procedure_field *f = &p->fields[i];
        if (f->required && form_asks(p, f, answers, count) && !form_answer(answers, count, f->key))
            return FAIL_AT(FIELD_MISSING, path_of(cx, f->key));
    }
    return OK;
}

/* --- all of them ---------------------------------------------------------------------------------------------------------- */

void form_merge(struct ctx *cx, struct answers old, struct answers add, struct answer **ret, size_t *ret_count)
{
    struct answer *out = ARENA_ARRAY(cx->arena, struct answer, old.count + add.count + 1);
    size_t n = 0;
    for (size_t i = 0; i < old.count; i++) {
        bool replaced = false;
        for (size_t k = 0; k < add.count && !replaced; k++)
            replaced = str_eq(add.list[k].key, old.list[i].key);
        if (!replaced)
            out[n++] = old.list[i];
    }
    for (size_t k = 0; k < add.count; k++)
        if (add.list[k].value.len > 0)
            out[n++] = add.list[k];
    *ret = out;
    *ret_count = n;
}

STATUS form_store(struct ctx *cx, const struct answer *answers, size_t count, str *ret)
{
    json_t *object = json_object();
    MUST(object);
    for (size_t i = 0; i < count; i++) {
        const char *key = arena_z(cx->arena, answers[i].key);
        MUST(json_object_set_new(object, key, json_stringn(answers[i].value.ptr, answers[i].value.len)) == 0);
    }
    char *text = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);
    MUST(text);
    *ret = arena_str(cx->arena, str_of(text));
    free(text);
    json_decref(object);
    return ret->len <= ANSWERS_BYTES_MAX ? OK : FAIL_AT(BODY_TOO_LARGE, STR("answers"));
}

STATUS form_load(struct ctx *cx, str stored, struct answer **ret, size_t *ret_count)
{
    json_t *object = json_loadb(stored.ptr, stored.len, JSON_REJECT_DUPLICATES, NULL);
    const char *key;
    json_t *value;
    *ret_count = 0;
    if (!json_is_object(object)) {
        json_decref(object);
        return FAIL_AT(CORRUPT, STR("answers"));
    }
    *ret = ARENA_ARRAY(cx->arena, struct answer, json_object_size(object) + 1);
    json_object_foreach(object, key, value) {
        (*ret)[*ret_count].key = arena_str(cx->arena, str_of(key));
        (*ret)[(*ret_count)++].value = arena_str(cx->arena, (str){ json_string_value(value), json_string_length(value) });
    }
    json_decref(object);
    return OK;
}
