/* Known bytes, restored capitals, and round trips through every set. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "viet/encoding/encoding.h"
#include "viet/enter.h"
#include "viet/fold.h"
#include "viet/letter.h"

static struct arena *arena;

static struct decoding reads(struct encoding_form form, str bytes, const char *expected)
{
    struct decoding d;
    viet_decode(arena, form, bytes, &d);
    assert_string_equal(arena_z(arena, d.text), expected);
    return d;
}

#define FORM(name) ((struct encoding_form){ .set = ENCODING_##name })

static void reads_known_bytes(void **state)
{
    (void)state;
    reads(FORM(TCVN3), STR("Nguy\xD4n V\xA8n An"), "Nguyễn Văn An");
    reads(FORM(VNI), STR("Nguye\xE3n Va\xEAn An"), "Nguyễn Văn An");
    reads(FORM(VNI), STR("\xD1\xF4\xF8i A\xF9"), "Đời Á"); /* a small sign behind a capital */
    reads(FORM(VNI), STR("u\xE2 \xF9"), "u\uFFFD \uFFFD");
    reads(FORM(VISCII), STR("Nguy\xADn"), "Nguyễn");
    reads(FORM(VPS), STR("Nguy\xCDn"), "Nguyễn");
    reads(FORM(CP1258), STR("Nguy\xEA\xDEn \xD0\xFD\xEC" "c"), "Nguyễn Đức");
    reads(FORM(VIQR), STR("Nguye^~n DDu+'c Ba\\."), "Nguyễn Đức Ba.");
    reads(FORM(UTF8), STR("\xEF\xBB\xBFNguyễn"), "Nguyễn");
    reads(FORM(UTF8), STR("Nguye\u0302\u0303n"), "Nguyễn");
    reads(FORM(UTF16LE), STR("\xFF\xFE" "A\0\xD4\0"), "AÔ");
    reads(FORM(UTF16BE), STR("\xFE\xFF\0A\x1E\xBF"), "Aế");
    reads((struct encoding_form){ .set = ENCODING_TCVN3, .wrapped = true }, STR("NguyÔn V¨n An"), "Nguyễn Văn An");
    reads((struct encoding_form){ .set = ENCODING_UTF8, .wrapped = true }, STR("Nguyá»…n"), "Nguyễn");
}

static void counts_bytes_without_meaning(void **state)
{
    (void)state;
    assert_int_equal(reads(FORM(TCVN3), STR("a\xFF\x81"), "a\uFFFD\uFFFD").bad, 2);
    assert_int_equal(reads(FORM(UTF8), STR("a\xFF"), "a\uFFFD").bad, 1);
    assert_int_equal(reads(FORM(UTF16LE), STR("a\0b"), "a\uFFFD").bad, 1);
    assert_int_equal(reads(FORM(UTF16LE), STR("\x00\xD8" "a\0"), "\uFFFDa").bad, 1);
    assert_int_equal(reads(FORM(UTF16BE), STR("\xDC\0"), "\uFFFD").bad, 1);
    assert_int_equal(reads(FORM(VIQR), STR("a\xE9"), "a\uFFFD").bad, 1);
    assert_int_equal(reads((struct encoding_form){ .set = ENCODING_TCVN3, .wrapped = true }, STR("Nguyễn"), "Nguyễn").bad, 1);
    assert_int_equal(reads((struct encoding_form){ .set = ENCODING_TCVN3, .wrapped = true }, STR("Thành"), "Thành").bad, 1);
    assert_int_equal(reads(FORM(TCVN3), STR("\x93" "A\x94\xA0"), "“A”\u00A0").bad, 0);
}

/* TCVN3 forgets the case of toned capitals; neighbours tell it. */
static void restores_case(const char *text, const char *expected)
{
    struct encoded e;
    arena_reset(arena);
    viet_encode(arena, FORM(TCVN3), str_of(text), &e);
    reads(FORM(TCVN3), e.bytes, expected);
}

static void restores_capitals(void **state)
{
    (void)state;
    restores_case("NGUYỄN THỊ ÁNH", "NGUYỄN THỊ ÁNH");
    restores_case("Nguyễn Thị Ánh", "Nguyễn Thị Ánh");
    restores_case("LÝ VĂN TÀI", "LÝ VĂN TÀI");
    restores_case("Lý Văn Tài", "Lý Văn Tài");
    restores_case("TRẦN THỊ Ý", "TRẦN THỊ Ý");
    restores_case("Trần Thị Như Ý", "Trần Thị Như Ý");
    restores_case("đội ấp thượng", "đội ấp thượng");
    restores_case("Xã Ấn Hòa, huyện ấy", "Xã ấn Hòa, huyện ấy"); /* not every word is a name: left small */
    restores_case("ánh", "ánh");
    restores_case("BÙI Ấ", "BÙI Ấ");
}

static void font_of_capitals(void **state)
{
    struct encoded e;
    struct decoding d;
    (void)state;
    viet_encode(arena, FORM(TCVN3), STR("nguyễn thị ánh"), &e);
    viet_decode(arena, (struct encoding_form){ .set = ENCODING_TCVN3, .upper_font = true }, e.bytes, &d);
    assert_true(str_eq(d.text, STR("NGUYỄN THỊ ÁNH")));
    viet_encode(arena, FORM(TCVN3), STR("THỊ ÁNH"), &e);
    viet_decode(arena, FORM(TCVN3), e.bytes, &d);
    assert_int_equal(d.case_guessed, 2);
}

static void raises_text_of_capital_fonts(void **state)
{
    static const char *const texts[] = { "Nguyễn Thị Ánh", "đỗ văn ơn", "Trần Ưng Êm", "xã Ấn Độ", "Lưu Ô Ă Â" };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct encoded e;
        struct decoding d;
        viet_encode(arena, (struct encoding_form){ .set = ENCODING_TCVN3, .wrapped = true }, str_of(texts[i]), &e);
        char *bytes = arena_z(arena, e.bytes);
        encoding_raise(bytes, e.bytes.len);
        viet_decode(arena, (struct encoding_form){ .set = ENCODING_TCVN3, .wrapped = true }, str_of(bytes), &d);
        assert_true(str_eq(d.text, viet_upper(arena, str_of(texts[i]))));
    }
    char unicode[] = "Nguyễn";
    encoding_raise(unicode, sizeof unicode - 1);
    assert_string_equal(unicode, "Nguyễn");
}

/* A cell that shows nothing follows its column. */
static void follows_the_habit_of_the_column(void **state)
{
    const struct encoding_form titles = { .set = ENCODING_TCVN3, .habit = CASE_TITLES }, capitals = { .set = ENCODING_TCVN3, .habit = CASE_CAPITALS };
    (void)state;
    reads(titles, STR("\xB8nh"), "Ánh");
    reads(capitals, STR("\xFD"), "Ý");
    reads(capitals, STR("\xB8 \xCA"), "Á Ấ");
    reads(capitals, STR("\xB8nh"), "Ánh"); /* the small letters tell */
    reads(titles, STR("x\xB8 \xCAp"), "xá ấp");
    reads(FORM(TCVN3), STR("\xB8nh"), "ánh");
}

static void fonts_tell(void **state)
{
    static const struct {
        const char *font;
        enum encoding set;
        bool upper;
    } fonts[] = { { ".VnTime", ENCODING_TCVN3, false }, { ".VnTimeH", ENCODING_TCVN3, true },  { ".VnArial NarrowH", ENCODING_TCVN3, true },
                  { "VNI-Times", ENCODING_VNI, false },  { "VPS Times", ENCODING_VPS, false }, { ".vntimeh", ENCODING_TCVN3, false } };
    struct encoding_form form;
    (void)state;
    for (size_t i = 0; i < sizeof fonts / sizeof *fonts; i++) {
        assert_true(encoding_of_font(str_of(fonts[i].font), &form));
        assert_int_equal(form.set, fonts[i].set);
        assert_int_equal(form.upper_font, fonts[i].upper);
    }
    assert_false(encoding_of_font(STR("Times New Roman"), &form));
    assert_false(encoding_of_font(STR(""), &form));
    assert_false(encoding_of_font(STR("Verdana"), &form));
}

/* Every text of letters, digits and punctuation survives every set that can hold it; case only where the set keeps it. */
static void round_trips(void **state)
{
    struct rng r;
    (void)state;
    rng_seed(&r, 3, 9);
    for (int round = 0; round < 12000; round++) {
        struct encoding_form form = { .set = (enum encoding)(ENCODING_UTF8 + round % (ENCODING_COUNT - 1)), .wrapped = rng_chance(&r, 0.3) };
        char raw[256];
        size_t len = 0;
        struct encoded e;
        struct decoding d;
        for (uint32_t i = 0, n = rng_below(&r, 30); i < n; i++) {
            struct letter l = { .base = "aeiouyd"[rng_below(&r, 7)], .mark = (uint8_t)rng_below(&r, MARK_COUNT),
                                .tone = (uint8_t)rng_below(&r, TONE_COUNT), .upper = rng_chance(&r, 0.3) };
            uint32_t cp = letter_make(l);
            len += text_put(raw + len, cp && rng_chance(&r, 0.7) ? cp : ' ' + rng_below(&r, 95));
        }
        str text = { raw, len };
        arena_reset(arena);
        viet_encode(arena, form, text, &e);
        viet_decode(arena, form, e.bytes, &d);
        if (e.lost && (form.set == ENCODING_ISC || form.set == ENCODING_BK1)) /* they take ASCII signs for letters */
            continue;
        assert_int_equal(e.lost, 0);
        assert_int_equal(d.bad, 0);
        if (e.merged)
            continue;
        bool forgets = form.set != ENCODING_VNI && form.set >= ENCODING_TCVN3 && form.set < ENCODING_CP1258;
        str before = forgets ? viet_lower(arena, text) : text, after = forgets ? viet_lower(arena, d.text) : d.text;
        if (!str_eq(before, after))
            fail_msg("%s: %.*s became %.*s", encoding_name(form.set), STR_ARG(text), STR_ARG(d.text));
    }
}

/* No bytes whatever stop it, and what comes out is UTF-8. */
static void takes_any_bytes(void **state)
{
    struct rng r;
    (void)state;
    rng_seed(&r, 4, 2);
    for (int round = 0; round < 4000; round++) {
        char raw[64];
        struct decoding d;
        size_t len = rng_below(&r, sizeof raw);
        for (size_t i = 0; i < len; i++)
            raw[i] = (char)rng_below(&r, 256);
        arena_reset(arena);
        viet_decode(arena, (struct encoding_form){ .set = (enum encoding)rng_below(&r, ENCODING_COUNT), .wrapped = round & 1 },
                    (str){ raw, len }, &d);
        assert_true(text_is_utf8(d.text));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_known_bytes), cmocka_unit_test(counts_bytes_without_meaning),
        cmocka_unit_test(restores_capitals), cmocka_unit_test(font_of_capitals),
        cmocka_unit_test(round_trips),       cmocka_unit_test(takes_any_bytes),
        cmocka_unit_test(follows_the_habit_of_the_column), cmocka_unit_test(fonts_tell), cmocka_unit_test(raises_text_of_capital_fonts),
    };
    arena = arena_new(1 << 20);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
