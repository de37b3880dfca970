/* What enters is normal, tidy and stable; what could deceive is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "viet/enter.h"
#include "viet/letter.h"

static struct arena *arena;

static void enters_as(const char *raw, const char *expected)
{
    str got;
    arena_reset(arena);
    assert_true(status_ok(viet_enter(arena, STR("name"), str_of(raw), 200, &got)));
    assert_int_equal(got.len, strlen(expected));
    assert_memory_equal(got.ptr, expected, got.len);
}

static void refuses(str raw, enum error_code code)
{
    str got;
    arena_reset(arena);
    assert_int_equal(viet_enter(arena, STR("name"), raw, 40, &got).code, code);
    assert_string_equal(fault_here()->field, "name");
}

static void keeps_good_text(void **state)
{
    (void)state;
    enters_as("", "");
    enters_as("Nguyễn Thị Ánh", "Nguyễn Thị Ánh");
    enters_as("001099000123", "001099000123");
    enters_as("H'Hen Niê", "H'Hen Niê");
    enters_as("Ñu Čur", "Ñu Čur");
    enters_as("李", "李");
}

static void tidies_spaces(void **state)
{
    (void)state;
    enters_as("  Nguyễn   Văn  An ", "Nguyễn Văn An");
    enters_as(" An", "An");
    enters_as("An ", "An");
    enters_as("An  Bình", "An Bình");
    enters_as("\u00A0Nguyễn\u00A0 \u3000Văn\u2003An\u00A0", "Nguyễn Văn An");
    enters_as("\uFEFFNguy\u200Bễn\u200D", "Nguyễn");
    enters_as("Ng\u00ADuyễn\u2060 An", "Nguyễn An"); /* soft hyphen, word joiner */
    enters_as("An\u2028Bình", "An Bình");
    enters_as("   ", "");
    enters_as("\u200B", "");
}

static void composes(void **state)
{
    (void)state;
    enters_as("Nguye\u0302\u0303n", "Nguyễn");
    enters_as("Lươ\u0323ng", "Lượng");
    enters_as("Luo\u031B\u0323ng", "Luợng");
    enters_as("o\u0301\u031B", "ớ");      /* tone before horn: ordered by Unicode */
    enters_as("a\u0301\u0302", "ấ");      /* tone before circumflex: left apart by Unicode */
    enters_as("á\u0306", "ắ");
    enters_as("n\u0308", "n\u0308");        /* no composed form */
    enters_as("ấ\u0302", "ấ\u0302");        /* a second mark stays */
}

static void refuses_bad_text(void **state)
{
    (void)state;
    refuses(STR("Nguy\xEA\xBB"), ERR_TEXT_NOT_UTF8);
    refuses(STR("\xC0\x80"), ERR_TEXT_NOT_UTF8);
    refuses(STR("a\tb"), ERR_TEXT_CONTROL);
    refuses(STR("a\nb"), ERR_TEXT_CONTROL);
    refuses(STR("a\0b"), ERR_TEXT_CONTROL);
    refuses(STR("a\x7F"), ERR_TEXT_CONTROL);
    refuses(STR("a\xC2\x85"), ERR_TEXT_CONTROL);
    refuses(STR("An\u202Ehni"), ERR_TEXT_CONTROL);
    refuses(STR("An\uFFFF"), ERR_TEXT_CONTROL);
    refuses(STR("Nguyễn Thị Nguyễn Thị Nguyễn Thị Nguyễn Thị"), ERR_TEXT_TOO_LONG);
}

static void counts_the_limit_after_cleaning(void **state)
{
    str got;
    (void)state;
    assert_true(status_ok(viet_enter(arena, STR("name"), STR("  Hồng  "), 6, &got))); /* ồ has three bytes */
    assert_true(str_eq(got, STR("Hồng")));
    assert_int_equal(viet_enter(arena, STR("name"), STR("Hồng"), 5, &got).code, ERR_TEXT_TOO_LONG);
    assert_int_equal(viet_enter(arena, STR("name"), STR("abcdef"), 5, &got).code, ERR_TEXT_TOO_LONG);
    assert_true(status_ok(viet_enter(arena, STR("name"), STR("abcde"), 5, &got)));
}

static void bounds_its_work(void **state)
{
    static char huge[1 << 20];
    (void)state;
    memset(huge, 'a', sizeof huge);
    refuses((str){ huge, sizeof huge }, ERR_TEXT_TOO_LONG);
    memset(huge, 0xFF, sizeof huge); /* not looked at */
    refuses((str){ huge, sizeof huge }, ERR_TEXT_TOO_LONG);
}

static void cells_may_have_line_breaks(void **state)
{
    str got;
    (void)state;
    assert_true(status_ok(viet_enter_cell(arena, STR("cell"), STR("Nguyễn\r\nVăn\tAn\n"), 40, &got)));
    assert_true(str_eq(got, STR("Nguyễn Văn An")));
    assert_int_equal(viet_enter_cell(arena, STR("cell"), STR("a\x01"), 40, &got).code, ERR_TEXT_CONTROL);
}

/* Whatever enters, enters again as itself; a decomposed text enters as the composed one. */
static void is_idempotent(void **state)
{
    struct rng r;
    (void)state;
    rng_seed(&r, 7, 1);
    for (int round = 0; round < 3000; round++) {
        static const uint32_t odd[] = { 0x300, 0x301, 0x302, 0x303, 0x306, 0x309, 0x31B, 0x323, 0x308, ' ', 0xA0, 0x200B,
                                        0x110, 0xD0, 0x430, 0x1E9E, 0x344, 0xAC00, 0x1100, 0x1161 };
        char raw[128];
        size_t len = 0;
        str once, twice, apart;
        for (uint32_t i = 0, n = rng_below(&r, 20); i < n; i++) {
            struct letter l = { .base = "aeiouyd"[rng_below(&r, 7)], .mark = (uint8_t)rng_below(&r, MARK_COUNT),
                                .tone = (uint8_t)rng_below(&r, TONE_COUNT), .upper = rng_chance(&r, 0.3) };
            uint32_t cp = letter_make(l);
            len += text_put(raw + len, cp && rng_chance(&r, 0.7) ? cp : odd[rng_below(&r, 20)]);
        }
        arena_reset(arena);
        assert_true(status_ok(viet_enter(arena, STR("x"), (str){ raw, len }, 500, &once)));
        assert_true(status_ok(viet_enter(arena, STR("x"), once, 500, &twice)));
        assert_true(str_eq(once, twice));
        assert_true(status_ok(viet_enter(arena, STR("x"), viet_decompose(arena, once), 500, &apart)));
        assert_true(str_eq(once, apart));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_good_text),  cmocka_unit_test(tidies_spaces),   cmocka_unit_test(composes),
        cmocka_unit_test(refuses_bad_text), cmocka_unit_test(counts_the_limit_after_cleaning),
        cmocka_unit_test(bounds_its_work), cmocka_unit_test(cells_may_have_line_breaks),
        cmocka_unit_test(is_idempotent),
    };
    arena = arena_new(1 << 20);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
