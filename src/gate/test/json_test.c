/* The reader of JSON: what it takes, what it refuses and where, and that it judges any text as jansson does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <jansson.h>
#include <string.h>

#include "gate/json.h"

static struct arena *arena;

static int setup(void **state)
{
    (void)state;
    arena = arena_new(1 << 28);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static void texts_are_told(void **state)
{
    (void)state;
    static const struct { const char *json, *text; } cases[] = {
        { "[\"\"]", "" },
        { "[\"Nguyễn Văn An\"]", "Nguyễn Văn An" },
        { "[ \"a\\\"b\\\\c\\/d\\b\\f\\n\\r\\te\" ]", "a\"b\\c/d\b\f\n\r\te" },
        { "[\"\\u0041\\u00e9\\u1EC5\"]", "Aéễ" },
        { "[\"x\\ud83d\\uDE00y\"]", "x😀y" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct json *j;
        assert_true(status_ok(json_read(arena, str_of(cases[i].json), &j)));
        assert_int_equal(j->first->kind, JSON_IS_TEXT);
        assert_true(str_eq(j->first->text, str_of(cases[i].text)));
    }
}

static void told_where_it_is_wrong(void **state)
{
    (void)state;
    static const struct { const char *json; enum error_code code; int line, column; } cases[] = {
        { "", ERR_BODY_NOT_JSON, 0, 0 },
        { "   ", ERR_BODY_NOT_JSON, 1, 4 },
        { "7", ERR_BODY_NOT_JSON, 1, 1 },
        { "{\"a\":1", ERR_BODY_NOT_JSON, 1, 7 },
        { "{\"a\":1}x", ERR_BODY_NOT_JSON, 1, 8 },
        { "{\"a\":1,}", ERR_BODY_NOT_JSON, 1, 8 },
        { "[1,]", ERR_BODY_NOT_JSON, 1, 4 },
        { "{'a':1}", ERR_BODY_NOT_JSON, 1, 2 },
        { "{\n  \"Đỗ\": +1}", ERR_BODY_NOT_JSON, 2, 9 },
        { "[01]", ERR_BODY_NOT_JSON, 1, 3 },
        { "[1.]", ERR_BODY_NOT_JSON, 1, 4 },
        { "[1e]", ERR_BODY_NOT_JSON, 1, 4 },
        { "[-]", ERR_BODY_NOT_JSON, 1, 3 },
        { "[9223372036854775808]", ERR_BODY_NOT_JSON, 1, 2 },
        { "[\"a\nb\"]", ERR_BODY_NOT_JSON, 1, 4 },
        { "[\"\\x\"]", ERR_BODY_NOT_JSON, 1, 3 },
        { "[\"\\u0000\"]", ERR_BODY_NOT_JSON, 1, 3 },
        { "[\"\\ud800\"]", ERR_BODY_NOT_JSON, 1, 3 },
        { "[\"\\udc00\"]", ERR_BODY_NOT_JSON, 1, 3 },
        { "[\"a", ERR_BODY_NOT_JSON, 1, 4 },
        { "[\"a\\", ERR_BODY_NOT_JSON, 1, 4 },
        { "[nul]", ERR_BODY_NOT_JSON, 1, 2 },
        { "[\"\xff\"]", ERR_TEXT_NOT_UTF8, 0, 0 },
        { "{\"a\":1,\"b\":{\"c\":1,\n\"c\":2}}", ERR_FIELD_DOUBLE, 2, 1 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct json *j;
        fault_clear();
        status st = json_read(arena, str_of(cases[i].json), &j);
        if (st.code != cases[i].code || fault_here()->row != cases[i].line || fault_here()->column != cases[i].column)
            fail_msg("%s: got %s at %d:%d", cases[i].json, error_def(st.code)->name, (int)fault_here()->row, (int)fault_here()->column);
    }
}

static void as_deep_as_it_may(void **state)
{
    (void)state;
    char deep[200];
    const struct json *j;
    for (int depth = JSON_DEPTH_MAX; depth <= JSON_DEPTH_MAX + 1; depth++) {
        memset(deep, '[', (size_t)depth);
        memset(deep + depth, ']', (size_t)depth);
        status st = json_read(arena, (str){ deep, 2 * (size_t)depth }, &j);
        assert_int_equal(st.code, depth > JSON_DEPTH_MAX ? ERR_BODY_NOT_JSON : ERR_OK);
    }
}

/* A name may stand twice far apart, in an object that is larger than any described one. */
static void doubles_among_many(void **state)
{
    (void)state;
    for (int twice = 0; twice < 2; twice++) {
        struct buf b;
        const struct json *j;
        buf_init(&b, 1 << 20);
        buf_char(&b, '{');
        for (int i = 0; i < 5000; i++)
            buf_printf(&b, "\"n%d\":%d,", i, i);
        buf_printf(&b, "\"n%d\":0}", twice ? 2500 : 5000);
        status st = json_read(arena, buf_str(&b), &j);
        assert_int_equal(st.code, twice ? ERR_FIELD_DOUBLE : ERR_OK);
        buf_done(&b);
    }
}

static bool is_same(const struct json *mine, json_t *theirs)
{
    const struct json *m = mine->first;
    size_t i = 0;
    switch (mine->kind) {
    case JSON_IS_NULL: return json_is_null(theirs);
    case JSON_IS_FALSE: return json_is_false(theirs);
    case JSON_IS_TRUE: return json_is_true(theirs);
    case JSON_IS_I64: return json_is_integer(theirs) && json_integer_value(theirs) == mine->i;
    case JSON_IS_REAL: return json_is_real(theirs);
    case JSON_IS_TEXT: return json_is_string(theirs) && str_eq(mine->text, (str){ json_string_value(theirs), json_string_length(theirs) });
    case JSON_IS_LIST:
        for (; m && is_same(m, json_array_get(theirs, i)); m = m->next)
            i++;
        return !m && json_is_array(theirs) && i == json_array_size(theirs) && i == mine->count;
    case JSON_IS_OBJECT:
        for (; m && is_same(m, json_object_get(theirs, arena_z(arena, m->name))); m = m->next)
            i++;
        return !m && json_is_object(theirs) && i == json_object_size(theirs) && i == mine->count;
    }
    return false;
}

/* Pieces that make sense often enough, and often do not. */
static size_t soup(struct rng *r, char *out, size_t cap)
{
    static const char *const pieces[] = { "{", "}", "[", "]", ",", ":", "\"", "\"a\"", "\"b\"", "\"\\u00e9\"", "\"\\ud83d\\ude00\"", "\\u", "\\n", "\"ễ\"",
                                          "0", "-1", "12", "1.5", "1e3", "-", ".", "e", "true", "false", "null", " ", "\n", "\t", "{\"a\":", "[1,", "\"\"", "\x01", "/" };
    size_t len = 0, wanted = 1 + (size_t)rng_below(r, 14);
    if (rng_chance(r, 0.8))
        out[len++] = rng_chance(r, 0.5) ? '{' : '[';
    for (size_t i = 0; i < wanted && len + 16 < cap; i++) {
        const char *piece = pieces[rng_below(r, sizeof pieces / sizeof *pieces)];
        memcpy(out + len, piece, strlen(piece));
        len += strlen(piece);
    }
    return len;
}

static void nested(struct rng *r, struct buf *out, int depth)
{
    int count = (int)rng_below(r, 4);
    char open = rng_chance(r, 0.5) ? '{' : '[';
    buf_char(out, open);
    for (int i = 0; i < count; i++) {
        static const char *const leaves[] = { "1", "-20", "2.5e-3", "true", "null", "\"x\\ty\"", "\"\\u1ec5\"", "\"\"" };
        if (i)
            buf_add(out, STR(" , "));
        if (open == '{')
            buf_printf(out, "\"k%d\" :", (int)rng_below(r, 20));
        if (depth < 4 && rng_chance(r, 0.4))
            nested(r, out, depth + 1);
        else
            buf_add(out, str_of(leaves[rng_below(r, sizeof leaves / sizeof *leaves)]));
    }
    buf_char(out, open == '{' ? '}' : ']');
}

static void judge(str text, int *good)
{
    const struct json *mine;
    json_error_t e;
    json_t *theirs = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, &e);
    status st = json_read(arena, text, &mine);
    if (status_ok(st) != (theirs != NULL) || (theirs && !is_same(mine, theirs)))
        fail_msg("%.*s", STR_ARG(text));
    if (!theirs && (json_error_code(&e) == json_error_duplicate_key) != status_is(st, ERR_FIELD_DOUBLE))
        fail_msg("%.*s", STR_ARG(text));
    *good += theirs != NULL;
    json_decref(theirs);
    arena_reset(arena);
}

static void judged_as_by_another(void **state)
{
    (void)state;
    struct rng r;
    int good = 0;
    rng_seed(&r, 11, 0);
    for (int i = 0; i < 60000; i++) {
        char text[400];
        judge((str){ text, soup(&r, text, sizeof text) }, &good);
    }
    for (int i = 0; i < 20000; i++) {
        struct buf b;
        buf_init(&b, 1 << 16);
        nested(&r, &b, 0);
        if (rng_chance(&r, 0.3) && b.len > 2)
            b.ptr[rng_below(&r, (int64_t)b.len)] = "{}[]\",:0a\\"[rng_below(&r, 10)];
        judge(buf_str(&b), &good);
        buf_done(&b);
    }
    assert_in_range(good, 10000, 60000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_told), cmocka_unit_test(told_where_it_is_wrong), cmocka_unit_test(as_deep_as_it_may),
        cmocka_unit_test(doubles_among_many), cmocka_unit_test(judged_as_by_another),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, setup, teardown);
}
