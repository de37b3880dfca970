/* The answers of a form: kept as JSON, opaque to the store, and judged by the procedure's definition alone. An answer to a
 * question that is not asked is refused, so that nobody hands in what the state may not keep. Questions of a group are answered
 * once in each of its rows: "members" is "2", "members.1.name" is the first one's name.
 * tested by: src/service/test/form_test.c */
#include "service/inside.h"

#include "messages/messages.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct answer *form_answer(const struct answer *answers, size_t count, str key)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(answers[i].key, key) && answers[i].value.len > 0)
            return &answers[i];
    return NULL;
}

/* --- rows of groups ------------------------------------------------------------------------------------------------------- */

str form_key(struct ctx *cx, const struct procedure_place *at)
{
    return at->group ? arena_printf(cx->arena, "%.*s.%d.%.*s", STR_ARG(at->group->key), at->row, STR_ARG(at->field->key)) : at->field->key;
}

int form_rows(struct answers a, const struct procedure_field *group)
{
    const struct answer *answer = form_answer(a.list, a.count, group->key);
    int64_t rows;
    if (!answer || !str_i64(answer->value, &rows) || rows < 0)
        return 0;
    return (int)(rows < group->max ? rows : group->max);
}

const struct answer *form_answer_at(struct answers a, const struct procedure_place *at)
{
    char key[ANSWER_KEY_BYTES];
    if (!at->group)
        return form_answer(a.list, a.count, at->field->key);
    int n = snprintf(key, sizeof key, "%.*s.%d.%.*s", STR_ARG(at->group->key), at->row, STR_ARG(at->field->key));
    return n > 0 && (size_t)n < sizeof key ? form_answer(a.list, a.count, (str){ key, (size_t)n }) : NULL;
}

bool form_asks(const struct procedure *p, const struct procedure_place *at, struct answers a)
{
    struct procedure_place condition = { .group = at->group, .row = at->row };
    if (at->group && (at->row > form_rows(a, at->group) || !form_asks(p, &(struct procedure_place){ .field = at->group }, a)))
        return false;
    if (at->field->when.len == 0)
        return true;
    for (size_t i = 0; at->group && i < at->group->field_count && !condition.field; i++)
        condition.field = str_eq(at->group->fields[i].key, at->field->when) ? &at->group->fields[i] : NULL;
    if (!condition.field)
        condition = (struct procedure_place){ .field = procedure_field(p, at->field->when) };
    const struct answer *answer = condition.field ? form_answer_at(a, &condition) : NULL;
    return answer && str_eq(answer->value, at->field->when_is) && form_asks(p, &condition, a);
}

bool form_next(struct form_walk *w, struct procedure_place *ret)
{
    while (w->field < w->procedure->field_count) {
        const struct procedure_field *f = &w->procedure->fields[w->field];
        *ret = (struct procedure_place){ .field = f };
        if (w->row == 0 && f->type == ANSWER_GROUP && form_asks(w->procedure, ret, w->answers)) {
            w->row = 1;
            w->child = 0;
            return true;
        }
        if (w->row == 0 || w->row > form_rows(w->answers, f)) {
            bool itself = w->row == 0;
            w->field++;
            w->row = 0;
            if (itself && form_asks(w->procedure, ret, w->answers))
                return true;
        } else if (w->child == f->field_count) {
            w->row++;
            w->child = 0;
        } else {
            *ret = (struct procedure_place){ &f->fields[w->child++], f, w->row };
            if (form_asks(w->procedure, ret, w->answers))
                return true;
        }
    }
    return false;
}

/* --- one answer ----------------------------------------------------------------------------------------------------------- */

static STATUS number_check(const struct procedure_field *f, str path, str value)
{
    int64_t n;
    if (!str_i64(value, &n))
        return FAIL_WITH(FIELD_TYPE, path, value);
    return n >= (f->type == ANSWER_GROUP ? 0 : f->min) && n <= f->max ? OK : FAIL_WITH(VALUE_RANGE, path, value);
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
    case ANSWER_GROUP: /* how many rows; whether they are enough is asked of the whole */
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

static STATUS answer_check(struct ctx *cx, const struct procedure *p, struct answers a, size_t i)
{
    struct procedure_place at;
    str path = path_of(cx, a.list[i].key);
    if (!procedure_place(p, a.list[i].key, &at))
        return FAIL_AT(FIELD_UNKNOWN, path);
    for (size_t k = 0; k < i; k++)
        if (str_eq(a.list[k].key, a.list[i].key))
            return FAIL_AT(FIELD_DOUBLE, path);
    if (a.list[i].value.len == 0)
        return OK;
    return form_asks(p, &at, a) ? value_check(cx, at.field, path, a.list[i].value) : FAIL_AT(FIELD_UNKNOWN, path);
}

STATUS form_check(struct ctx *cx, const struct procedure *p, const struct answer *answers, size_t count, bool whole)
{
    struct form_walk walk = { .procedure = p, .answers = { answers, count } };
    struct procedure_place at;
    for (size_t i = 0; i < count; i++)
        TRY(answer_check(cx, p, walk.answers, i));
    while (whole && form_next(&walk, &at)) {
        bool group = at.field->type == ANSWER_GROUP;
        if (group && form_rows(walk.answers, at.field) < at.field->min)
            return FAIL_WITH(FORM_ROWS, path_of(cx, at.field->key), lang_of(cx, at.field->label_vi, at.field->label_en));
        if (!group && at.field->required && !form_answer_at(walk.answers, &at))
            return FAIL_AT(FIELD_MISSING, path_of(cx, form_key(cx, &at)));
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

/* An answer to what another answer closed is forgotten; one that was just given stays, to be refused. */
void form_settle(const struct procedure *p, struct answers given, struct answer *all, size_t *count)
{
    for (bool again = true; again;) {
        size_t n = 0;
        for (size_t i = 0; i < *count; i++) {
            struct procedure_place at;
            bool asked = !procedure_place(p, all[i].key, &at) || form_asks(p, &at, (struct answers){ all, *count });
            for (size_t k = 0; k < given.count && !asked; k++)
                asked = str_eq(given.list[k].key, all[i].key);
            if (asked)
                all[n++] = all[i];
        }
        again = n < *count;
        *count = n;
    }
}

STATUS form_row_drop(struct ctx *cx, const struct procedure *p, str row, struct answer *all, size_t *count)
{
    str rest = row, name;
    int64_t gone = 0;
    size_t n = 0;
    const struct procedure_field *group = str_cut(&rest, '.', &name) ? procedure_field(p, name) : NULL;
    int rows = group && group->type == ANSWER_GROUP ? form_rows((struct answers){ all, *count }, group) : 0;
    if (!str_i64(rest, &gone) || gone < 1 || gone > rows)
        return FAIL_WITH(FIELD_UNKNOWN, STR("drop"), row);
    for (size_t i = 0; i < *count; i++) {
        struct procedure_place at;
        struct answer a = all[i];
        if (!procedure_place(p, a.key, &at))
            continue;
        if (at.group == group && at.row == gone)
            continue;
        if (at.group == group && at.row > gone) {
            at.row--;
            a.key = form_key(cx, &at);
        }
        if (at.field == group)
            a.value = arena_printf(cx->arena, "%d", rows - 1);
        all[n++] = a;
    }
    *count = n;
    return OK;
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

str form_shown(const struct ctx *cx, const struct procedure_field *f, str value, enum lang lang)
{
    day d;
    int64_t amount;
    unit_id unit;
    str label = value;
    switch (f->type) {
    case ANSWER_CHOICE:
        for (size_t i = 0; i < f->choice_count; i++)
            if (str_eq(f->choices[i].word, value))
                return lang == LANG_EN ? f->choices[i].label_en : f->choices[i].label_vi;
        return value;
    case ANSWER_SEX: (void)msg_find(arena_printf(cx->arena, "sex_%.*s", STR_ARG(value)), lang, &label); return label;
    case ANSWER_FLAG: (void)msg_find(arena_printf(cx->arena, "service_flag_%.*s", STR_ARG(value)), lang, &label); return label;
    case ANSWER_DAY: return status_ok(day_parse(value, &d)) ? msg_day(cx->arena, lang, d) : value;
    case ANSWER_MONEY: return str_i64(value, &amount) ? msg_service_dong(cx->arena, lang, amount) : value;
    case ANSWER_UNIT:
        if (status_ok(defs_unit_parse(cx->app->defs, value, cx->today, &unit)))
            return defs_unit_path(cx->arena, cx->app->defs, unit, cx->today, lang);
        return value;
    default: return value;
    }
}
