/* The OpenAPI 3.1 document and the permission matrix, walked out of the operation tables, so that neither can say
 * something that the program does not do.
 * tested by: src/gate/test/gate_test.c */
#include "gate/gate.h"

#include <stdio.h>
#include <string.h>

static void quoted(struct buf *out, const char *s) { buf_json(out, str_of(s)); }

static void schema_ref(struct buf *out, const struct op_shape *shape)
{
    buf_printf(out, "{\"$ref\":\"#/components/schemas/%s\"}", shape->name);
}

static void words_schema(struct buf *out, const char *const *words)
{
    buf_add(out, STR("{\"type\":\"string\",\"enum\":["));
    for (int i = 0; words[i]; i++) {
        if (i)
            buf_char(out, ',');
        quoted(out, words[i]);
    }
    buf_add(out, STR("]}"));
}

static void fields_schema(struct buf *out)
{
    bool first = true;
    buf_add(out, STR("{\"type\":\"array\",\"uniqueItems\":true,\"items\":{\"type\":\"string\",\"enum\":["));
    for (int bit = 0; bit < 64; bit++) {
        str name = person_field_name(bit);
        if (str_is_empty(name))
            continue;
        if (!first)
            buf_char(out, ',');
        first = false;
        buf_json(out, name);
    }
    buf_add(out, STR("]}}"));
}

static void item_schema(struct buf *out, const struct op_field *f, enum op_type type)
{
    static const char *const sexes[] = { "unknown", "male", "female", "other", NULL };
    switch (type) {
    case OP_BOOL: buf_add(out, STR("{\"type\":\"boolean\"}")); break;
    case OP_I64:
        buf_add(out, STR("{\"type\":\"integer\",\"format\":\"int64\""));
        if (f->type == OP_I64 && f->max != INT64_MAX)
            buf_printf(out, ",\"minimum\":%lld,\"maximum\":%lld", (long long)f->min, (long long)f->max);
        buf_char(out, '}');
        break;
    case OP_TEXT:
        buf_printf(out, "{\"type\":\"string\",\"maxLength\":%lld}", f->type == OP_TEXT ? (long long)f->max : 1000LL);
        break;
    case OP_BYTES: buf_add(out, STR("{\"type\":\"string\",\"format\":\"binary\"}")); break;
    case OP_NUMBER: buf_add(out, STR("{\"type\":\"string\",\"pattern\":\"^[0-9]{12}$\"}")); break;
    case OP_DAY: buf_add(out, STR("{\"type\":\"string\",\"pattern\":\"^([0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?)?$\"}")); break;
    case OP_TIME: buf_add(out, STR("{\"type\":\"string\",\"format\":\"date-time\"}")); break;
    case OP_UNIT: buf_add(out, STR("{\"type\":\"string\",\"maxLength\":16}")); break;
    case OP_SEX: words_schema(out, sexes); break;
    case OP_ENUM: words_schema(out, f->words); break;
    case OP_FIELDS: fields_schema(out); break;
    case OP_SHAPE: schema_ref(out, f->shape); break;
    case OP_LIST:
        buf_printf(out, "{\"type\":\"array\",\"maxItems\":%lld,\"items\":", (long long)f->max);
        item_schema(out, f, f->item);
        buf_char(out, '}');
        break;
    }
}

static void shape_schema(struct buf *out, const struct op_shape *shape)
{
    buf_add(out, STR("{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"));
    for (size_t i = 0; i < shape->field_count; i++) {
        if (i)
            buf_char(out, ',');
        quoted(out, shape->fields[i].name);
        buf_char(out, ':');
        item_schema(out, &shape->fields[i], shape->fields[i].type);
    }
    buf_add(out, STR("},\"required\":["));
    bool first = true;
    for (size_t i = 0; i < shape->field_count; i++) {
        if (shape->fields[i].optional)
            continue;
        if (!first)
            buf_char(out, ',');
        first = false;
        quoted(out, shape->fields[i].name);
    }
    buf_add(out, STR("]}"));
}

/* Shapes that others embed come along; each once. */
static void shape_collect(struct table *seen, const struct op_shape *shape, struct buf *out)
{
    if (table_get(seen, str_of(shape->name)))
        return;
    if (seen->count)
        buf_char(out, ',');
    table_set(seen, str_of(shape->name), (void *)(uintptr_t)shape);
    quoted(out, shape->name);
    buf_char(out, ':');
    shape_schema(out, shape);
    for (size_t i = 0; i < shape->field_count; i++)
        if (shape->fields[i].shape)
            shape_collect(seen, shape->fields[i].shape, out);
}

static bool in_path(const struct operation *op, const char *name)
{
    char braced[80];
    snprintf(braced, sizeof braced, "{%s}", name);
    return strstr(op->path, braced) != NULL;
}

static void parameter(struct buf *out, bool *first, const char *in, const char *name, bool required)
{
    if (!*first)
        buf_char(out, ',');
    *first = false;
    buf_printf(out, "{\"name\":\"%s\",\"in\":\"%s\",\"required\":%s,\"schema\":", name, in, required ? "true" : "false");
}

static void parameters(struct buf *out, const struct operation *op)
{
    bool first = true, from_query = strcmp(op->method, "GET") == 0 || op->consumes;
    buf_add(out, STR("\"parameters\":["));
    for (size_t i = 0; i < op->takes->field_count; i++) {
        const struct op_field *f = &op->takes->fields[i];
        bool path = in_path(op, f->name);
        if (f->type == OP_BYTES || (!path && !from_query))
            continue;
        parameter(out, &first, path ? "path" : "query", f->name, path || !f->optional);
        item_schema(out, f, f->type);
        if (f->type == OP_LIST || f->type == OP_FIELDS)
            buf_add(out, STR(",\"style\":\"form\",\"explode\":false"));
        buf_char(out, '}');
    }
    if (op->ground == GROUND_REQUIRED) {
        parameter(out, &first, "header", "Purpose", true);
        buf_add(out, STR("{\"type\":\"string\",\"maxLength\":120,\"pattern\":\"^[a-z]+/.+$\"},\"description\":")); 
        buf_add(out, STR("\"Kind and reference of the ground, e.g. agreement/AG-2026-001\"}"));
    }
    if (op->once) {
        parameter(out, &first, "header", "Idempotency-Key", false);
        buf_add(out, STR("{\"type\":\"string\",\"maxLength\":64},\"description\":"));
        buf_add(out, STR("\"Made by the client; a command sent twice is done once\"}"));
    }
    buf_add(out, STR("],"));
}

static void body(struct buf *out, const struct operation *op)
{
    if (strcmp(op->method, "GET") == 0)
        return;
    buf_add(out, STR("\"requestBody\":{\"required\":true,\"content\":{"));
    quoted(out, op->consumes ? op->consumes : "application/json");
    buf_add(out, STR(":{\"schema\":"));
    if (op->consumes)
        buf_add(out, STR("{\"type\":\"string\",\"format\":\"binary\"}"));
    else
        schema_ref(out, op->takes);
    buf_add(out, STR("}}},"));
}

static void responses(struct buf *out, const struct operation *op)
{
    buf_add(out, STR("\"responses\":{\"200\":{\"description\":\"OK\",\"content\":{"));
    quoted(out, op->produces ? op->produces : "application/json");
    buf_add(out, STR(":{\"schema\":"));
    if (op->produces)
        buf_add(out, STR("{\"type\":\"string\",\"format\":\"binary\"}"));
    else
        schema_ref(out, op->gives);
    buf_add(out, STR("}}},\"4XX\":{\"$ref\":\"#/components/responses/problem\"},"
                     "\"5XX\":{\"$ref\":\"#/components/responses/problem\"}}"));
}

static void roles(struct buf *out, uint32_t may, const char *separator, const char *quote)
{
    static const char *const names[] = { "public", "citizen", "officer", "coordinator", "leader", "system", "auditor", "operator" };
    bool first = true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!(may >> i & 1))
            continue;
        buf_printf(out, "%s%s%s%s", first ? "" : separator, quote, names[i], quote);
        first = false;
    }
}

static void operation_write(struct buf *out, const struct operation *op)
{
    char tag[40];
    snprintf(tag, sizeof tag, "%.*s", (int)strcspn(op->name, "."), op->name);
    buf_printf(out, "\"%s\":{\"operationId\":\"%s\",\"tags\":[\"%s\"],\"summary\":", strcmp(op->method, "GET") ? "post" : "get", op->name, tag);
    quoted(out, op->says_en);
    buf_add(out, STR(",\"description\":"));
    quoted(out, op->says_vi);
    buf_add(out, STR(",\"x-roles\":["));
    roles(out, op->may, ",", "\"");
    buf_add(out, STR("],"));
    if (op->may & ROLE_PUBLIC)
        buf_add(out, STR("\"security\":[{}],"));
    parameters(out, op);
    body(out, op);
    responses(out, op);
    buf_char(out, '}');
}

/* All methods of one path stand under one key: a key twice is no JSON. */
static void path_write(const struct app *app, const char *path, struct buf *out)
{
    bool first = true;
    for (size_t m = 0; m < app->module_count; m++)
        for (size_t i = 0; i < app->modules[m]->operation_count; i++) {
            const struct operation *op = &app->modules[m]->operations[i];
            if (strcmp(op->path, path) != 0)
                continue;
            if (!first)
                buf_char(out, ',');
            operation_write(out, op);
            first = false;
        }
}

static void paths(const struct app *app, struct buf *out)
{
    struct table seen;
    table_init(&seen);
    for (size_t m = 0; m < app->module_count; m++)
        for (size_t i = 0; i < app->modules[m]->operation_count; i++) {
            const char *path = app->modules[m]->operations[i].path;
            if (table_get(&seen, str_of(path)))
                continue;
            buf_printf(out, "%s\"%s\":{", seen.count ? "," : "", path);
            path_write(app, path, out);
            buf_char(out, '}');
            table_set(&seen, str_of(path), &seen);
        }
    table_done(&seen);
}

static void tags(const struct app *app, struct buf *out)
{
    struct table seen;
    table_init(&seen);
    buf_add(out, STR("\"tags\":["));
    for (size_t m = 0; m < app->module_count; m++)
        for (size_t i = 0; i < app->modules[m]->operation_count; i++) {
            str name = str_of(app->modules[m]->operations[i].name);
            name = str_slice(name, 0, str_find_char(name, '.'));
            if (table_get(&seen, name))
                continue;
            buf_printf(out, "%s{\"name\":\"%.*s\",\"description\":\"%s\"}", seen.count ? "," : "", STR_ARG(name), app->modules[m]->name);
            table_set(&seen, name, &seen);
        }
    buf_add(out, STR("],"));
    table_done(&seen);
}

void openapi_write(const struct app *app, struct buf *out)
{
    struct table seen;
    table_init(&seen);
    buf_add(out, STR("{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"dancu\",\"version\":\"1\",\"summary\":"));
    buf_add(out, STR("\"Population data, electronic identity and public services\",\"license\":{\"name\":\"Apache-2.0\","
                     "\"identifier\":\"Apache-2.0\"}},\"servers\":[{\"url\":\"/\"}],\"security\":[{\"bearer\":[]}],"));
    tags(app, out);
    buf_add(out, STR("\"paths\":{"));
    paths(app, out);
    buf_add(out, STR("},\"components\":{\"securitySchemes\":{\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\"}},"
                     "\"responses\":{\"problem\":{\"description\":\"RFC 9457\",\"content\":{\"application/problem+json\":"
                     "{\"schema\":{\"$ref\":\"#/components/schemas/problem\"}}}}},\"schemas\":{\"problem\":{\"type\":\"object\","
                     "\"required\":[\"type\",\"status\",\"title\",\"code\",\"instance\"],\"properties\":{"
                     "\"type\":{\"type\":\"string\",\"format\":\"uri\"},\"status\":{\"type\":\"integer\"},\"title\":{\"type\":\"string\"},"
                     "\"code\":{\"type\":\"string\"},\"detail\":{\"type\":\"string\"},\"field\":{\"type\":\"string\"},"
                     "\"row\":{\"type\":\"integer\"},\"column\":{\"type\":\"integer\"},\"instance\":{\"type\":\"string\"}}},"));
    for (size_t m = 0; m < app->module_count; m++)
        for (size_t i = 0; i < app->modules[m]->operation_count; i++) {
            const struct operation *op = &app->modules[m]->operations[i];
            if (strcmp(op->method, "GET") != 0 && !op->consumes)
                shape_collect(&seen, op->takes, out);
            if (!op->produces)
                shape_collect(&seen, op->gives, out);
        }
    buf_add(out, STR("}}}"));
    table_done(&seen);
}

void permission_matrix_write(const struct app *app, struct buf *out)
{
    buf_add(out, STR("| operation | may call | ground | writes | fields of a person | law |\n|---|---|---|---|---|---|\n"));
    for (size_t m = 0; m < app->module_count; m++)
        for (size_t i = 0; i < app->modules[m]->operation_count; i++) {
            const struct operation *op = &app->modules[m]->operations[i];
            buf_printf(out, "| `%s` | ", op->name);
            roles(out, op->may, ", ", "");
            buf_printf(out, " | %s | %s | ", op->ground == GROUND_REQUIRED ? "required" : "–", op->writes ? "yes" : "no");
            const char *separator = "";
            for (int bit = 0; bit < 64; bit++)
                if (op->reads >> bit & 1) {
                    buf_printf(out, "%s%.*s", separator, STR_ARG(person_field_name(bit)));
                    separator = ", ";
                }
            buf_printf(out, " | %s |\n", op->law ? op->law : "");
        }
}
