/* Buffers: what is written can be read back, and the maximum is never passed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"

static void numbers(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 1000);
    buf_i64(&b, INT64_MIN);
    buf_char(&b, ' ');
    buf_u64(&b, UINT64_MAX);
    buf_char(&b, ' ');
    buf_i64(&b, 0);
    buf_char(&b, ' ');
    buf_pad(&b, 7, 3);
    buf_char(&b, ' ');
    buf_pad(&b, 12345, 3);
    assert_true(str_eq(buf_str(&b), STR("-9223372036854775808 18446744073709551615 0 007 12345")));
    assert_true(status_ok(buf_check(&b)));
    buf_done(&b);
}

static void hex_and_base64(void **state)
{
    /* RFC 4648 section 10 */
    static const char *const vectors[][2] = { { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" },
        { "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" }, { "\xff\xfe\xfd", "//79" },
        { "\xfb\xef\xbe", "++++" } };
    struct buf b;

    (void)state;
    buf_init(&b, 1000);
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        buf_clear(&b);
        buf_base64(&b, vectors[i][0], strlen(vectors[i][0]));
        assert_true(str_eq(buf_str(&b), str_of(vectors[i][1])));
    }
    buf_clear(&b);
    buf_hex(&b, "\x00\x7f\xff", 3);
    assert_true(str_eq(buf_str(&b), STR("007fff")));
    buf_done(&b);
}

static void json_escapes(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 1000);
    buf_json(&b, STR("a\"b\\c\n\t\r\b\f\x01\x1f/ Đỗ\x7f"));
    assert_true(str_eq(buf_str(&b), STR("\"a\\\"b\\\\c\\n\\t\\r\\b\\f\\u0001\\u001f/ Đỗ\x7f\"")));
    buf_clear(&b);
    buf_json(&b, (str){ "\0", 1 });
    buf_json(&b, (str){ 0 });
    assert_true(str_eq(buf_str(&b), STR("\"\\u0000\"\"\"")));
    buf_clear(&b);
    buf_json(&b, STR("x\xff\"\xc3\n"));
    assert_true(str_eq(buf_str(&b), STR("\"x\xef\xbf\xbd\\\"\xef\xbf\xbd\\n\"")));
    buf_done(&b);
}

/* A reader of JSON strings as plain as can be, for the round trip only. */
static size_t json_read(str quoted, char *out)
{
    static const char shorts[] = "\"\"\\\\b\bf\fn\nr\rt\t";
    size_t len = 0;

    for (size_t i = 1; i + 1 < quoted.len; i++) {
        char c = quoted.ptr[i];

        if (c == '\\' && quoted.ptr[i + 1] == 'u') {
            c = (char)strtol((char[]){ quoted.ptr[i + 4], quoted.ptr[i + 5], 0 }, NULL, 16);
            i += 5;
        } else if (c == '\\') {
            c = strchr(shorts, quoted.ptr[++i])[1];
        }
        out[len++] = c;
    }
    return len;
}

static void json_round_trips(void **state)
{
    struct rng r;
    struct buf b;
    char text[256], back[256];

    (void)state;
    rng_seed(&r, 4, 0);
    buf_init(&b, 10000);
    for (int round = 0; round < 5000; round++) {
        size_t len = 0, count = rng_below(&r, 60);

        for (size_t i = 0; i < count; i++)
            len += text_put(text + len, rng_chance(&r, 0.5) ? rng_below(&r, 128) : rng_below(&r, 0x110000));
        buf_clear(&b);
        buf_json(&b, (str){ text, len });
        assert_true(text_is_utf8(buf_str(&b)));
        assert_int_equal(json_read(buf_str(&b), back), len);
        assert_memory_equal(text, back, len);
    }
    buf_done(&b);
}

static void the_maximum_holds(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 10);
    buf_add(&b, STR("12345678"));
    assert_true(status_ok(buf_check(&b)));
    buf_add(&b, STR("abc"));
    assert_true(b.full);
    buf_char(&b, 'x');
    assert_true(str_eq(buf_str(&b), STR("12345678")));
    assert_true(status_is(buf_check(&b), ERR_MEMORY_LIMIT));
    buf_clear(&b);
    buf_add(&b, STR("1234567890"));
    assert_true(status_ok(buf_check(&b)));
    assert_true(b.cap <= 256);
    buf_hex(&b, "x", 1);
    assert_true(status_is(buf_check(&b), ERR_MEMORY_LIMIT));
    buf_clear(&b);
    buf_base64(&b, "123456789", 9);
    assert_true(b.full);
    buf_base64(&b, "", 0);
    buf_hex(&b, "", 0);
    assert_true(b.full);
    buf_clear(&b);
    buf_hex(&b, "", SIZE_MAX / 2 + 1);
    assert_true(b.full);
    buf_clear(&b);
    buf_base64(&b, "", SIZE_MAX / 2 + 1);
    assert_true(b.full);
    buf_done(&b);
    buf_init(&b, 0);
    buf_add(&b, STR(""));
    assert_true(status_ok(buf_check(&b)));
    buf_char(&b, 'x');
    assert_true(b.full);
    buf_done(&b);
}

static void growth_and_printf(void **state)
{
    struct buf b;
    char expected[4000];

    (void)state;
    buf_init(&b, 5000);
    memset(expected, 'z', sizeof expected);
    expected[sizeof expected - 1] = '\0';
    buf_printf(&b, "%s%d", expected, 42);
    assert_int_equal(b.len, sizeof expected - 1 + 2);
    assert_memory_equal(b.ptr, expected, sizeof expected - 1);
    buf_clear(&b);
    for (int i = 0; i < 5000; i++)
        buf_char(&b, (char)('a' + i % 26));
    assert_true(status_ok(buf_check(&b)));
    for (int i = 0; i < 5000; i++)
        assert_int_equal(b.ptr[i], 'a' + i % 26);
    buf_done(&b);
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),          cmocka_unit_test(hex_and_base64),    cmocka_unit_test(json_escapes),
        cmocka_unit_test(json_round_trips), cmocka_unit_test(the_maximum_holds), cmocka_unit_test(growth_and_printf),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
