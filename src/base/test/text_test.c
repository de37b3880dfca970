/* UTF-8: every scalar value goes round, every byte pair and triple is judged as a slow second reader judges it. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/text.h"

static void every_scalar_round_trips(void **state)
{
    char text[4];

    (void)state;
    for (uint32_t c = 0; c < 0x110000; c++) {
        bool surrogate = c >= 0xD800 && c <= 0xDFFF;
        size_t len = text_put(text, c), at = 0;
        uint32_t back = text_next((str){ text, len }, &at);

        if (back != (surrogate ? 0xFFFD : c) || at != len || !text_is_utf8((str){ text, len }))
            fail_msg("U+%04X", c);
    }
    assert_int_equal(text_put(text, 0x110000), 3);
    assert_memory_equal(text, "\xef\xbf\xbd", 3);
}

/* RFC 3629 by its definition: decode by the bit pattern, then ask whether encoding gives the same bytes. */
static size_t slow_sequence(const unsigned char *p, size_t left)
{
    size_t len = p[0] < 0x80 ? 1 : (p[0] & 0xE0) == 0xC0 ? 2 : (p[0] & 0xF0) == 0xE0 ? 3 : (p[0] & 0xF8) == 0xF0 ? 4 : 0;
    uint32_t c = len == 1 ? p[0] : p[0] & (0x7Fu >> len);
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };

    if (len == 0 || len > left)
        return 0;
    for (size_t i = 1; i < len; i++) {
        if (p[i] >> 6 != 2)
            return 0;
        c = c * 64 + p[i] % 64;
    }
    return c < least[len] || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000) ? 0 : len;
}

static bool slow_is_utf8(const unsigned char *p, size_t len)
{
    for (size_t at = 0, step; at < len; at += step) {
        step = slow_sequence(p + at, len - at);
        if (step == 0)
            return false;
    }
    return true;
}

static void judged_as_by_the_slow_reader(void **state)
{
    unsigned char text[40];
    struct rng r;

    (void)state;
    for (uint32_t v = 0; v < 0x1000000; v += v < 0x20000 ? 1 : 17) {
        unsigned char four[] = { (unsigned char)(0xE0 | (v >> 20)), (unsigned char)(v >> 12), (unsigned char)(v >> 6), (unsigned char)v };

        if (text_is_utf8((str){ (char *)four, 4 }) != slow_is_utf8(four, 4))
            fail_msg("%02x%02x%02x%02x", four[0], four[1], four[2], four[3]);
    }
    rng_seed(&r, 10, 0);
    for (int round = 0; round < 200000; round++) {
        size_t len = rng_below(&r, 20), at = 0, count = 0;

        for (size_t i = 0; i < len;)
            i += text_put((char *)text + i, rng_chance(&r, 0.6) ? rng_below(&r, 128) : rng_below(&r, 0x3000));
        if (rng_chance(&r, 0.5) && len)
            text[rng_below(&r, (uint32_t)len)] = (unsigned char)rng_below(&r, 256);

        str s = { (char *)text, len };

        if (text_is_utf8(s) != slow_is_utf8(text, len))
            fail_msg("round %d", round);
        for (; at < len; count++)
            text_next(s, &at);
        assert_int_equal(at, len);
        assert_int_equal(count, text_count(s));
        assert_true(!text_is_utf8(s) || text_is_utf8(text_cut(s, rng_below(&r, 20))));
    }
}

static void malformed(void **state)
{
    static const char *const refused[] = { "\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xed\xa0\x80",
        "\xe1\x80", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xf1\x80\x80",
        "abcdefgh\xff", "abcdefghijklmnop\xc3" };
    size_t at = 0;

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_false(text_is_utf8(str_of(refused[i])));
    assert_int_equal(text_next(STR("\xff"), &at), 0xFFFD);
    assert_int_equal(at, 1);
    assert_int_equal(text_next(STR("\xff"), &at), 0xFFFD);
    assert_int_equal(at, 1);
    assert_true(text_is_utf8((str){ 0 }));
    assert_true(text_is_ascii((str){ 0 }));
    assert_true(text_is_ascii(STR("abcdefghijklmnopq\x7f")));
    assert_false(text_is_ascii(STR("abcdefghijklmnopq\x80")));
    assert_false(text_is_ascii(STR("abcd\x80""fghijklmnopq")));
    assert_int_equal(text_count(STR("Nguyễn Thị Sáu")), 14);
}

static void cutting(void **state)
{
    str s = STR("aế"); /* 1 + 3 bytes */

    (void)state;
    assert_int_equal(text_cut(s, 0).len, 0);
    assert_int_equal(text_cut(s, 1).len, 1);
    assert_int_equal(text_cut(s, 2).len, 1);
    assert_int_equal(text_cut(s, 3).len, 1);
    assert_int_equal(text_cut(s, 4).len, 4);
    assert_int_equal(text_cut(s, 99).len, 4);
}

static void the_gate(void **state)
{
    char control[3] = "a";

    (void)state;
    assert_true(status_ok(text_check(STR("name"), STR("Đỗ Thị Ánh\xc2\xa0"), 100)));
    assert_true(status_ok(text_check(STR("name"), (str){ 0 }, 0)));
    assert_true(status_is(text_check(STR("name"), STR("abc"), 2), ERR_TEXT_TOO_LONG));
    assert_string_equal(fault_here()->field, "name");
    assert_true(status_is(text_check(STR("name"), STR("a\xff"), 9), ERR_TEXT_NOT_UTF8));
    for (int c = 0; c < 0x20; c++) {
        bool line = c == '\n' || c == '\t';

        control[1] = (char)c;
        assert_true(status_is(text_check(STR("f"), (str){ control, 2 }, 9), ERR_TEXT_CONTROL));
        assert_true(status_is(text_check_lines(STR("f"), (str){ control, 2 }, 9), line ? ERR_OK : ERR_TEXT_CONTROL));
    }
    assert_true(status_is(text_check_lines(STR("f"), STR("\x7f"), 9), ERR_TEXT_CONTROL));
    assert_true(status_is(text_check_lines(STR("f"), STR("\xc2\x80"), 9), ERR_TEXT_CONTROL));
    assert_true(status_is(text_check_lines(STR("f"), STR("\xc2\x9f"), 9), ERR_TEXT_CONTROL));
    assert_true(status_ok(text_check(STR("f"), STR("\xc3\x9f"), 9)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scalar_round_trips), cmocka_unit_test(judged_as_by_the_slow_reader),
        cmocka_unit_test(malformed),                cmocka_unit_test(cutting),
        cmocka_unit_test(the_gate),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
