/* Which spellings meet in one key and which must stay apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "viet/fold.h"
#include "viet/letter.h"

static struct arena *arena;

#define IS(got, expected) assert_string_equal(arena_z(arena, got), expected)

static void folds(void **state)
{
    (void)state;
    IS(viet_fold(arena, STR("Nguyễn Thị Ánh")), "nguyen thi anh");
    IS(viet_fold(arena, STR("ĐẶNG  THÙY")), "dang thuy");
    IS(viet_fold(arena, STR("Ðức Ɖức ðức")), "duc duc duc");
    IS(viet_fold(arena, STR(" \u00A0Lê\u3000\tHuỳnh ")), "le huynh");
    IS(viet_fold(arena, STR("Н\u043Eàng Ａn １２")), "hoang an 12");
    IS(viet_fold(arena, STR("Nguye\u0302\u0303n")), "nguyen");
    IS(viet_fold(arena, STR("H\u2019Hen Ñu Ƀuôn Ŭ")), "h'hen nu buon u");
    IS(viet_fold(arena, STR("A\u2013B")), "a-b");
    IS(viet_fold(arena, STR("")), "");
    IS(viet_fold(arena, STR("   ")), "");
    IS(viet_fold(arena, STR("李")), "李");
}

static void folds_into_little_room(void **state)
{
    char out[4];
    (void)state;
    assert_int_equal(viet_fold_into(out, 4, STR("Lê An")), 4);
    assert_memory_equal(out, "le a", 4);
    assert_int_equal(viet_fold_into(out, 3, STR("Lê An")), 2);
    assert_int_equal(viet_fold_into(out, 4, STR("李李")), 3);
    assert_int_equal(viet_fold_into(out, 0, STR("An")), 0);
}

static void same_key(const char *one, const char *other, bool same)
{
    arena_reset(arena);
    assert_int_equal(str_eq(viet_key(arena, str_of(one)), viet_key(arena, str_of(other))), same);
}

static void keys_join_spellings_of_one_name(void **state)
{
    (void)state;
    same_key("Hòa", "HOÀ", true);
    same_key("thủy", "Thuỷ", true);
    same_key("khỏe", "khoẻ", true);
    same_key("Nguyễn Thúy  Hòa", "nguyễn thuý hoà", true);
    same_key("Lý", "Lí", true);
    same_key("Mỹ", "Mĩ", true);
    same_key("Quý", "Quí", true);
    same_key("Qúy", "Quý", true);
    same_key("Quỳnh", "Quình", true);
    same_key("Ðức", "Đức", true);
    same_key("Già", "Gìa", true);
    same_key(" Nguyễn\t Thúy \t Hòa\u00A0", "nguyễn thuý hoà", true);
    same_key("Nguyễn\u00A0Hòa", "Nguyễn Hoà", true);
    same_key("\t", "", true);
}

/* What was met before has the key that it had then, whatever was met since. */
static void keys_stay_the_same(void **state)
{
    char word[40], key[40];
    (void)state;
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 5000; i++) {
            snprintf(word, sizeof word, "HÒAHÒA%d a%dNguyễnHòa", i, i);
            snprintf(key, sizeof key, "hòahòa%d a%dnguyễnhòa", i, i);
            same_key(word, key, true);
        }
}

static void keys_keep_different_names_apart(void **state)
{
    (void)state;
    same_key("Hoa", "Hòa", false);
    same_key("Thúy", "Thúi", false);
    same_key("Mai", "May", false);
    same_key("Phan", "Phạm", false);
    same_key("Lê", "Lệ", false);
    same_key("Đức", "Dức", false);
    same_key("Hoàng", "Huỳnh", false);
}

static void keys_look_as_expected(void **state)
{
    (void)state;
    IS(viet_key(arena, STR("  LÝ  Thị\u00A0Thủy, H'Hen 12 ")), "lí thị thuỷ, h'hen 12");
    IS(viet_key(arena, STR("")), "");
    IS(viet_key(arena, STR("Krông Đắk-Lắk")), "krông đắk-lắk");
}

static void changes_case(void **state)
{
    (void)state;
    IS(viet_upper(arena, STR("Nguyễn Thị đặng")), "NGUYỄN THỊ ĐẶNG");
    IS(viet_lower(arena, STR("NGUYỄN THỊ ĐẶNG Ỵ")), "nguyễn thị đặng ỵ");
    IS(viet_title(arena, STR("NGUYỄN thị h'hen bà rịa-vũng tàu")), "Nguyễn Thị H'Hen Bà Rịa-Vũng Tàu");
    IS(viet_title(arena, STR("ñu")), "Ñu");
}

/* Folding forgets case, marks and tones and nothing else, whatever the letter. */
static void folds_every_letter_to_its_base(void **state)
{
    (void)state;
    for (uint32_t cp = 0x20; cp < 0x2000; cp++) {
        struct letter l;
        char bytes[4], base[2] = { 0 };
        if (!letter_take(cp, &l))
            continue;
        base[0] = l.base;
        IS(viet_fold(arena, (str){ bytes, text_put(bytes, cp) }), base);
    }
}

static void is_idempotent_and_bounded(void **state)
{
    struct rng r;
    (void)state;
    rng_seed(&r, 11, 0);
    for (int round = 0; round < 5000; round++) {
        char raw[128];
        size_t len = 0;
        for (uint32_t i = 0, n = rng_below(&r, 24); i < n; i++) {
            uint32_t cp = rng_chance(&r, 0.6) ? rng_below(&r, 0x250) : rng_below(&r, 0x2400);
            len += text_put(raw + len, rng_chance(&r, 0.2) ? 0x1EA0 + rng_below(&r, 90) : cp);
        }
        arena_reset(arena);
        str s = { raw, len }, fold = viet_fold(arena, s), key = viet_key(arena, s);
        assert_true(fold.len <= 2 * len && text_is_utf8(fold) && text_is_utf8(key));
        assert_true(str_eq(viet_fold(arena, fold), fold));
        assert_true(str_eq(viet_key(arena, key), key));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folds),
        cmocka_unit_test(folds_into_little_room),
        cmocka_unit_test(keys_join_spellings_of_one_name), cmocka_unit_test(keys_stay_the_same),
        cmocka_unit_test(keys_keep_different_names_apart),
        cmocka_unit_test(keys_look_as_expected),
        cmocka_unit_test(changes_case),
        cmocka_unit_test(folds_every_letter_to_its_base),
        cmocka_unit_test(is_idempotent_and_bounded),
    };
    arena = arena_new(4 << 20);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
