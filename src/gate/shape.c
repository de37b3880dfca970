/* From text to the struct of an operation and back: JSON (RFC 8259), query strings and verb options, all by the same
 * tables. Strict: what the description does not name is refused with its path, and so is what it names twice. Text that
 * comes in passes viet_enter() here and nowhere else.
 * tested by: src/gate/test/shape_test.c */
#include "gate/gate.h"
#include "gate/json.h"
#include "viet/viet.h"

#include <stdlib.h>
#include <string.h>

enum { PERSON_NUMBER_DIGITS = 12, ITEM_TEXT_BYTES_MAX = 1000 };

static void *at(void *base, uint32_t offset) { return (char *)base + offset; }
static const void *at_const(const void *base, uint32_t offset) { return (const char *)base + offset; }

static const struct op_field *field_find(const struct op_shape *shape, str name)
{
    for (size_t i = 0; i < shape->field_count; i++)
        if (str_eq(str_of(shape->fields[i].name), name))
            return &shape->fields[i];
    return NULL;
}

static size_t scalar_bytes(enum op_type type, const struct op_shape *shape)
{
    switch (type) {
    case OP_BOOL: return sizeof(bool);
    case OP_I64:
    case OP_NUMBER:
    case OP_TIME:
    case OP_FIELDS: return sizeof(int64_t);
    case OP_TEXT:
    case OP_BYTES: return sizeof(str);
    case OP_DAY: return sizeof(day);
    case OP_UNIT: return sizeof(unit_id);
    case OP_SEX:
    case OP_ENUM: return sizeof(int32_t);
    case OP_SHAPE: return shape->bytes;
    case OP_LIST: break;
    }
    return 0;
}

/* --- scalars from text ------------------------------------------------------------------------------------------- */

static const char *const sex_words[] = { "unknown", "male", "female", "other", NULL };

static STATUS word_read(const char *const *words, str path, str text, void *out)
{
    for (int32_t i = 0; words[i]; i++)
        if (str_eq(str_of(words[i]), text)) {
            memcpy(out, &i, sizeof i);
            return OK;
        }
    return FAIL_WITH(ENUM_UNKNOWN, path, text);
}

static STATUS i64_read(const struct op_field *f, str path, str text, void *out)
{
    int64_t v;
    if (!str_i64(text, &v))
        return FAIL_WITH(FIELD_TYPE, path, text);
    if (v < f->min || v > f->max)
        return FAIL_WITH(VALUE_RANGE, path, text);
    memcpy(out, &v, sizeof v);
    return OK;
}

static STATUS person_number_read(str path, str text, void *out)
{
    int64_t v;
    if (text.len != PERSON_NUMBER_DIGITS || !str_is_digits(text) || !str_i64(text, &v) || v == 0)
        return FAIL_WITH(NUMBER_FORMAT, path, text);
    memcpy(out, &v, sizeof v);
    return OK;
}

static STATUS field_names_read(str path, str text, void *out)
{
    uint64_t mask = 0;
    str piece;
    while (str_cut(&text, ',', &piece)) {
        int bit;
        if (!person_field_by_name(str_trim(piece), &bit))
            return FAIL_WITH(FIELDS_UNKNOWN, path, piece);
        mask |= UINT64_C(1) << bit;
    }
    memcpy(out, &mask, sizeof mask);
    return OK;
}

static STATUS time_read(str path, str text, void *out)
{
    int64_t us;
    if (!clock_parse(text, &us))
        return FAIL_WITH(DAY_FORMAT, path, text);
    memcpy(out, &us, sizeof us);
    return OK;
}

static STATUS iso_day_read(str path, str text, void *out)
{
    day d;
    if (!status_ok(day_parse(text, &d)))
        return FAIL_WITH(DAY_FORMAT, path, text);
    memcpy(out, &d, sizeof d);
    return OK;
}

static STATUS bool_read(str path, str text, void *out)
{
    bool yes = str_eq(text, STR("true"));
    if (!yes && !str_eq(text, STR("false")))
        return FAIL_WITH(FIELD_TYPE, path, text);
    memcpy(out, &yes, sizeof yes);
    return OK;
}

static STATUS text_read(struct ctx *cx, const struct op_field *f, str path, str text, void *out)
{
    str entered;
    size_t max = f->type == OP_TEXT ? (size_t)f->max : ITEM_TEXT_BYTES_MAX;
    TRY(viet_enter(cx->arena, path, text, max, &entered));
    memcpy(out, &entered, sizeof entered);
    return OK;
}

static STATUS unit_read(struct ctx *cx, str path, str text, void *out)
{
    unit_id u;
    if (!status_ok(defs_unit_parse(cx->app->defs, text, cx->today, &u)))
        return FAIL_WITH(UNIT_UNKNOWN, path, text);
    memcpy(out, &u, sizeof u);
    return OK;
}

static STATUS scalar_read(struct ctx *cx, const struct op_field *f, enum op_type type, str path, str text, void *out)
{
    switch (type) {
    case OP_BOOL: return bool_read(path, text, out);
    case OP_I64: return i64_read(f, path, text, out);
    case OP_TEXT: return text_read(cx, f, path, text, out);
    case OP_NUMBER: return person_number_read(path, text, out);
    case OP_DAY: return iso_day_read(path, text, out);
    case OP_TIME: return time_read(path, text, out);
    case OP_UNIT: return unit_read(cx, path, text, out);
    case OP_SEX: return word_read(sex_words, path, text, out);
    case OP_FIELDS: return field_names_read(path, text, out);
    case OP_ENUM: return word_read(f->words, path, text, out);
    case OP_BYTES: memcpy(out, &text, sizeof text); return OK;
    case OP_SHAPE:
    case OP_LIST: break;
    }
    return FAIL_AT(FIELD_TYPE, path);
}

/* --- by member: query strings and verbs -------------------------------------------------------------------------- */

static STATUS list_read_text(struct ctx *cx, const struct op_field *f, str path, str text, void *out)
{
    size_t bytes = scalar_bytes(f->item, NULL), n = 0;
    if (!bytes || f->item == OP_SHAPE)
        return FAIL_AT(FIELD_TYPE, path);
    char *items = arena_array(cx->arena, text.len + 1, bytes);
    str piece;
    while (str_cut(&text, ',', &piece)) {
        if ((int64_t)n >= f->max)
            return FAIL_AT(VALUE_RANGE, path);
        TRY(scalar_read(cx, f, f->item, path, str_trim(piece), items + bytes * n++));
    }
    memcpy(at(out, f->offset), &items, sizeof items);
    memcpy(at(out, f->count_offset), &n, sizeof n);
    return OK;
}

STATUS shape_read_member(struct ctx *cx, const struct op_shape *shape, str name, str text, void *out)
{
    const struct op_field *f = field_find(shape, name);
    if (!f)
        return FAIL_WITH(FIELD_UNKNOWN, name, name);
    if (f->type == OP_LIST)
        return list_read_text(cx, f, name, text, out);
    if (f->optional)
        *(bool *)at(out, f->has_offset) = true;
    return scalar_read(cx, f, f->type, name, text, at(out, f->offset));
}

STATUS shape_check_complete(const struct op_shape *shape, const bool *given)
{
    for (size_t i = 0; i < shape->field_count; i++)
        if (!shape->fields[i].optional && !given[i] && shape->fields[i].type != OP_LIST)
            return FAIL_AT(FIELD_MISSING, str_of(shape->fields[i].name));
    return OK;
}

int shape_field_index(const struct op_shape *shape, str name)
{
    const struct op_field *f = field_find(shape, name);
    return f ? (int)(f - shape->fields) : -1;
}

/* --- from JSON --------------------------------------------------------------------------------------------------- */

static status object_read(struct ctx *cx, const struct op_shape *shape, const struct json *j, str path, void *out);

static str path_of(struct ctx *cx, str path, str name)
{
    return path.len ? arena_printf(cx->arena, "%.*s.%.*s", STR_ARG(path), STR_ARG(name)) : name;
}

static STATUS item_read(struct ctx *cx, const struct op_field *f, enum op_type type, const struct json *j, str path, void *out)
{
    if (type == OP_SHAPE)
        return object_read(cx, f->shape, j, path, out);
    if (type == OP_BOOL) {
        if (j->kind != JSON_IS_TRUE && j->kind != JSON_IS_FALSE)
            return FAIL_AT(FIELD_TYPE, path);
        *(bool *)out = j->kind == JSON_IS_TRUE;
        return OK;
    }
    if (type == OP_I64) {
        if (j->kind != JSON_IS_I64)
            return FAIL_AT(FIELD_TYPE, path);
        if (f->type == OP_I64 && (j->i < f->min || j->i > f->max))
            return FAIL_AT(VALUE_RANGE, path);
        memcpy(out, &j->i, sizeof j->i);
        return OK;
    }
    if (j->kind != JSON_IS_TEXT || type == OP_BYTES)
        return FAIL_AT(FIELD_TYPE, path);
    return scalar_read(cx, f, type, path, j->text, out);
}

static STATUS mask_read(const struct json *j, str path, void *out)
{
    uint64_t all = 0;
    for (const struct json *item = j->first; item; item = item->next) {
        uint64_t one = 0;
        if (item->kind != JSON_IS_TEXT)
            return FAIL_AT(FIELD_TYPE, path);
        TRY(field_names_read(path, item->text, &one));
        all |= one;
    }
    memcpy(out, &all, sizeof all);
    return OK;
}

static STATUS list_read(struct ctx *cx, const struct op_field *f, const struct json *j, str path, void *out)
{
    if (j->kind != JSON_IS_LIST)
        return FAIL_AT(FIELD_TYPE, path);
    size_t n = j->count, bytes = scalar_bytes(f->item, f->shape);
    if ((int64_t)n > f->max)
        return FAIL_AT(VALUE_RANGE, path);
    char *items = arena_array(cx->arena, n + 1, bytes), *place = items;
    for (const struct json *item = j->first; item; item = item->next, place += bytes)
        TRY(item_read(cx, f, f->item, item, path, place));
    memcpy(at(out, f->offset), &items, sizeof items);
    memcpy(at(out, f->count_offset), &n, sizeof n);
    return OK;
}

static STATUS value_read(struct ctx *cx, const struct op_field *f, const struct json *j, str path, void *out)
{
    if (f->type == OP_LIST)
        return list_read(cx, f, j, path, out);
    if (f->optional)
        *(bool *)at(out, f->has_offset) = true;
    if (f->type == OP_FIELDS)
        return j->kind == JSON_IS_LIST ? mask_read(j, path, at(out, f->offset)) : FAIL_AT(FIELD_TYPE, path);
    return item_read(cx, f, f->type, j, path, at(out, f->offset));
}

static status object_read(struct ctx *cx, const struct op_shape *shape, const struct json *j, str path, void *out)
{
    if (j->kind != JSON_IS_OBJECT)
        return FAIL_AT(FIELD_TYPE, path);
    size_t known = 0;
    for (size_t i = 0; i < shape->field_count; i++) {
        const struct op_field *f = &shape->fields[i];
        const struct json *value = json_member(j, str_of(f->name));
        known += value != NULL;
        if (value)
            TRY(value_read(cx, f, value, path_of(cx, path, str_of(f->name)), out));
        else if (!f->optional && f->type != OP_LIST)
            return FAIL_AT(FIELD_MISSING, path_of(cx, path, str_of(f->name)));
    }
    for (const struct json *m = j->first; m && known != j->count; m = m->next)
        if (!field_find(shape, m->name))
            return FAIL_WITH(FIELD_UNKNOWN, path_of(cx, path, m->name), m->name);
    return OK;
}

STATUS shape_read_json(struct ctx *cx, const struct op_shape *shape, str text, void *out)
{
    const struct json *j;
    TRY(json_read(cx->arena, text, &j));
    memset(out, 0, shape->bytes);
    return object_read(cx, shape, j, (str){ 0 }, out);
}

/* --- to JSON ----------------------------------------------------------------------------------------------------- */

static void object_write(const struct ctx *cx, const struct op_shape *shape, const void *in, struct buf *out);

static void time_write(int64_t us, struct buf *out)
{
    char text[28];
    clock_format(us, text);
    buf_char(out, '"');
    buf_add(out, str_of(text));
    buf_char(out, '"');
}

static void fields_write(uint64_t mask, struct buf *out)
{
    bool first = true;
    buf_char(out, '[');
    for (int bit = 0; bit < 64; bit++) {
        if (!(mask >> bit & 1))
            continue;
        if (!first)
            buf_char(out, ',');
        buf_json(out, person_field_name(bit));
        first = false;
    }
    buf_char(out, ']');
}

static void quoted_write(const struct ctx *cx, enum op_type type, const void *p, struct buf *out)
{
    buf_char(out, '"');
    if (type == OP_NUMBER)
        buf_pad(out, *(const uint64_t *)p, PERSON_NUMBER_DIGITS);
    else if (type == OP_DAY)
        day_iso(*(const day *)p, out);
    else
        buf_add(out, defs_unit_text(cx->arena, *(const unit_id *)p));
    buf_char(out, '"');
}

static void item_write(const struct ctx *cx, const struct op_field *f, enum op_type type, const void *p, struct buf *out)
{
    switch (type) {
    case OP_BOOL: buf_add(out, *(const bool *)p ? STR("true") : STR("false")); break;
    case OP_I64: buf_i64(out, *(const int64_t *)p); break;
    case OP_TEXT:
    case OP_BYTES: buf_json(out, *(const str *)p); break;
    case OP_NUMBER:
    case OP_DAY:
    case OP_UNIT: quoted_write(cx, type, p, out); break;
    case OP_TIME: time_write(*(const int64_t *)p, out); break;
    case OP_SEX: buf_json(out, str_of(sex_words[*(const int32_t *)p])); break;
    case OP_ENUM: buf_json(out, str_of(f->words[*(const int32_t *)p])); break;
    case OP_FIELDS: fields_write(*(const uint64_t *)p, out); break;
    case OP_SHAPE: object_write(cx, f->shape, p, out); break;
    case OP_LIST: break;
    }
}

static void list_write(const struct ctx *cx, const struct op_field *f, const void *in, struct buf *out)
{
    const char *items;
    size_t n, bytes = scalar_bytes(f->item, f->shape);
    memcpy(&items, at_const(in, f->offset), sizeof items);
    memcpy(&n, at_const(in, f->count_offset), sizeof n);
    buf_char(out, '[');
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_char(out, ',');
        item_write(cx, f, f->item, items + i * bytes, out);
    }
    buf_char(out, ']');
}

static void object_write(const struct ctx *cx, const struct op_shape *shape, const void *in, struct buf *out)
{
    bool first = true;
    buf_char(out, '{');
    for (size_t i = 0; i < shape->field_count; i++) {
        const struct op_field *f = &shape->fields[i];
        if (f->optional && f->type != OP_LIST && !*(const bool *)at_const(in, f->has_offset))
            continue;
        if (!first)
            buf_char(out, ',');
        first = false;
        buf_json(out, str_of(f->name));
        buf_char(out, ':');
        if (f->type == OP_LIST)
            list_write(cx, f, in, out);
        else
            item_write(cx, f, f->type, at_const(in, f->offset), out);
    }
    buf_char(out, '}');
}

void shape_write_json(const struct ctx *cx, const struct op_shape *shape, const void *in, struct buf *out)
{
    object_write(cx, shape, in, out);
}
