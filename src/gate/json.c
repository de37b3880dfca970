/* See json.h. One pass; memory goes as the number of values, of which each takes two bytes of input at least.
 * tested by: src/gate/test/json_test.c */
#include "gate/json.h"

#include <stdlib.h>
#include <string.h>

enum { FEW_MEMBERS = 16 };

struct reader {
    struct arena *arena;
    const char *start, *at, *end;
};

static status wrong_at(const struct reader *r, const char *at, enum error_code code)
{
    int64_t line = 1;
    const char *begins = r->start;
    for (const char *p = r->start; p < at; p++)
        if (*p == '\n') {
            line++;
            begins = p + 1;
        }
    status st = code == ERR_FIELD_DOUBLE ? FAIL(FIELD_DOUBLE) : FAIL(BODY_NOT_JSON);
    fault_place(line, (int32_t)text_count((str){ begins, (size_t)(at - begins) }) + 1);
    return st;
}

static status wrong(const struct reader *r) { return wrong_at(r, r->at, ERR_BODY_NOT_JSON); }

static void skip_space(struct reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\r' || *r->at == '\t'))
        r->at++;
}

static bool take(struct reader *r, char c)
{
    if (r->at == r->end || *r->at != c)
        return false;
    r->at++;
    return true;
}

/* --- texts ------------------------------------------------------------------------------------------------------- */

static bool hex_take(struct reader *r, uint32_t *ret)
{
    *ret = 0;
    for (int i = 0; i < 4; i++) {
        char c = r->at < r->end ? *r->at++ : 0;
        uint32_t digit = c >= '0' && c <= '9' ? (uint32_t)(c - '0') : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (uint32_t)((c | 0x20) - 'a') + 10 : 16;
        if (digit > 15)
            return false;
        *ret = *ret << 4 | digit;
    }
    return true;
}

/* What stands behind "\u": a code point of the basic plane, or the two halves of another one. */
static bool unit_take(struct reader *r, uint32_t *ret)
{
    uint32_t low;
    if (!hex_take(r, ret) || *ret == 0 || (*ret >= 0xDC00 && *ret <= 0xDFFF))
        return false;
    if (*ret < 0xD800 || *ret > 0xDBFF)
        return true;
    if (!take(r, '\\') || !take(r, 'u') || !hex_take(r, &low) || low < 0xDC00 || low > 0xDFFF)
        return false;
    *ret = 0x10000 + ((*ret - 0xD800) << 10) + (low - 0xDC00);
    return true;
}

static bool escape_take(struct reader *r, uint32_t *ret)
{
    static const char names[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    if (take(r, 'u'))
        return unit_take(r, ret);
    const char *found = r->at < r->end && *r->at ? strchr(names, *r->at) : NULL;
    if (!found)
        return false;
    r->at++;
    *ret = (unsigned char)meant[found - names];
    return true;
}

/* Up to a quotation mark, a backslash, or what may not stand there. */
static void plain_take(struct reader *r)
{
    while (r->at < r->end && (unsigned char)*r->at >= 0x20 && *r->at != '"' && *r->at != '\\')
        r->at++;
}

/* No escape is shorter than what it means, so the text fits where its source did. */
static status text_escaped(struct reader *r, const char *from, str *ret)
{
    const char *p = r->at;
    while (p < r->end && *p != '"')
        p += *p == '\\' && p + 1 < r->end ? 2 : 1;
    char *out = arena_alloc(r->arena, (size_t)(p - from) + 4);
    size_t len = 0;
    for (;;) {
        memcpy(out + len, from, (size_t)(r->at - from));
        len += (size_t)(r->at - from);
        const char *bad = r->at;
        uint32_t cp;
        if (take(r, '"'))
            break;
        if (!take(r, '\\') || !escape_take(r, &cp))
            return wrong_at(r, bad, ERR_BODY_NOT_JSON);
        len += text_put(out + len, cp);
        from = r->at;
        plain_take(r);
    }
    *ret = (str){ out, len };
    return OK;
}

/* Behind the opening mark. */
static status text_take(struct reader *r, str *ret)
{
    const char *from = r->at;
    plain_take(r);
    if (r->at == r->end || *r->at != '"')
        return text_escaped(r, from, ret);
    *ret = (str){ from, (size_t)(r->at++ - from) };
    return OK;
}

/* --- numbers and words ------------------------------------------------------------------------------------------- */

static bool digits_take(struct reader *r)
{
    const char *from = r->at;
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
        r->at++;
    return r->at > from;
}

static status number_take(struct reader *r, struct json *j)
{
    const char *from = r->at;
    j->kind = JSON_IS_I64;
    take(r, '-');
    if (!take(r, '0') && !digits_take(r))
        return wrong(r);
    str whole = { from, (size_t)(r->at - from) };
    if (take(r, '.')) {
        j->kind = JSON_IS_REAL;
        if (!digits_take(r))
            return wrong(r);
    }
    if (take(r, 'e') || take(r, 'E')) {
        j->kind = JSON_IS_REAL;
        if (!take(r, '+'))
            take(r, '-');
        if (!digits_take(r))
            return wrong(r);
    }
    if (j->kind == JSON_IS_REAL) {
        j->text = (str){ from, (size_t)(r->at - from) };
        return OK;
    }
    return str_i64(whole, &j->i) ? OK : wrong_at(r, from, ERR_BODY_NOT_JSON);
}

static status word_take(struct reader *r, struct json *j)
{
    static const struct { const char *word; enum json_kind kind; } words[] = {
        { "true", JSON_IS_TRUE }, { "false", JSON_IS_FALSE }, { "null", JSON_IS_NULL },
    };
    str rest = { r->at, (size_t)(r->end - r->at) };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_starts(rest, str_of(words[i].word))) {
            j->kind = words[i].kind;
            r->at += strlen(words[i].word);
            return OK;
        }
    return wrong(r);
}

/* --- lists and objects ------------------------------------------------------------------------------------------- */

static status value_take(struct reader *r, struct json *j, int depth);

static status list_take(struct reader *r, struct json *j, int depth)
{
    struct json **end = &j->first;
    j->kind = JSON_IS_LIST;
    skip_space(r);
    if (take(r, ']'))
        return OK;
    do {
        struct json *item = ARENA_NEW(r->arena, struct json);
        TRY(value_take(r, item, depth));
        *end = item;
        end = &item->next;
        j->count++;
        skip_space(r);
    } while (take(r, ','));
    return take(r, ']') ? OK : wrong(r);
}

static int by_name(const void *a, const void *b)
{
    return str_cmp((*(const struct json *const *)a)->name, (*(const struct json *const *)b)->name);
}

/* Objects with more members than anything here describes are sorted, so that nobody can make this slow. */
static bool is_double_among_many(struct reader *r, const struct json *j)
{
    const struct json **all = ARENA_ARRAY(r->arena, const struct json *, j->count);
    size_t n = 0;
    for (const struct json *m = j->first; m; m = m->next)
        all[n++] = m;
    qsort(all, n, sizeof *all, by_name);
    for (size_t i = 1; i < n; i++)
        if (str_eq(all[i - 1]->name, all[i]->name))
            return true;
    return false;
}

static status object_take(struct reader *r, struct json *j, int depth)
{
    struct json **end = &j->first;
    j->kind = JSON_IS_OBJECT;
    skip_space(r);
    if (take(r, '}'))
        return OK;
    do {
        struct json *member = ARENA_NEW(r->arena, struct json);
        skip_space(r);
        const char *from = r->at;
        if (!take(r, '"'))
            return wrong(r);
        TRY(text_take(r, &member->name));
        if (j->count < FEW_MEMBERS && json_member(j, member->name))
            return wrong_at(r, from, ERR_FIELD_DOUBLE);
        skip_space(r);
        if (!take(r, ':'))
            return wrong(r);
        TRY(value_take(r, member, depth));
        *end = member;
        end = &member->next;
        j->count++;
        skip_space(r);
    } while (take(r, ','));
    if (j->count > FEW_MEMBERS && is_double_among_many(r, j))
        return wrong_at(r, r->at, ERR_FIELD_DOUBLE);
    return take(r, '}') ? OK : wrong(r);
}

static status value_take(struct reader *r, struct json *j, int depth)
{
    skip_space(r);
    if (r->at == r->end || depth == JSON_DEPTH_MAX)
        return wrong(r);
    switch (*r->at) {
    case '{': r->at++; return object_take(r, j, depth + 1);
    case '[': r->at++; return list_take(r, j, depth + 1);
    case '"':
        r->at++;
        j->kind = JSON_IS_TEXT;
        return text_take(r, &j->text);
    case '-':
    case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
        return number_take(r, j);
    default: return word_take(r, j);
    }
}

STATUS json_read(struct arena *a, str text, const struct json **ret)
{
    struct reader r = { a, text.ptr, text.ptr, text.ptr + text.len };
    struct json *j = ARENA_NEW(a, struct json);
    *ret = j;
    if (!text_is_utf8(text))
        return FAIL(TEXT_NOT_UTF8);
    if (text.len == 0)
        return FAIL(BODY_NOT_JSON);
    TRY(value_take(&r, j, 0));
    if (j->kind != JSON_IS_OBJECT && j->kind != JSON_IS_LIST)
        return wrong_at(&r, r.start, ERR_BODY_NOT_JSON);
    skip_space(&r);
    return r.at == r.end ? OK : wrong(&r);
}

const struct json *json_member(const struct json *object, str name)
{
    for (const struct json *m = object->first; m; m = m->next)
        if (str_eq(m->name, name))
            return m;
    return NULL;
}
