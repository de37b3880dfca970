/* Undone in each way it happens; texts that only look so stay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "viet/encoding/encoding.h"
#include "viet/enter.h"
#include "viet/fold.h"
#include "viet/letter.h"
#include "viet/mend/mojibake.h"

static struct arena *arena;

static void becomes(const char *text, const char *expected)
{
    str got;
    double confidence;
    arena_reset(arena);
    bool undone = mojibake_undo(arena, str_of(text), &got, &confidence);
    assert_string_equal(arena_z(arena, viet_compose(arena, got)), expected);
    assert_int_equal(undone, !str_eq(str_of(text), got));
    assert_int_equal(undone, confidence > 0);
}

static void undoes(void **state)
{
    (void)state;
    becomes("Nguyá»…n Thá»‹ Ãnh", "Nguyễn Thị Ãnh"); /* the half of Á was lost for good */
    becomes("Nguyá»…n Thá»‹ Ã\xC2\x81" "nh", "Nguyễn Thị Ánh");
    becomes("Tráº§n VÄƒn Äá»©c", "Trần Văn Đức"); /* nothing but Đ begins so */
    becomes("Tráº§n VÄƒn Ä\xC2\x90" "á»©c", "Trần Văn Đức");
    becomes("HoÃ\u00A0 BÃ¬nh", "Hoà Bình");
    becomes("NguyÃ¡ÂºÂ¿n", "Nguyến"); /* twice */
    becomes("Nguyá»\xC2\x85" "n", "Nguyễn"); /* read as Latin-1 */
    becomes("LĂª", "Lê");               /* read as Windows-1258 */
    becomes("Nguyễn VÄƒn", "Nguyễn Văn"); /* in parts */
    becomes("eÌ\u0302Ìƒ", "eÌ\u0302\u0303"); /* only what is whole */
    becomes("xÃ£ HÃ²a BÃ¬nh â€“ huyá»‡n", "xã Hòa Bình – huyện");
}

static void leaves_alone(void **state)
{
    static const char *const good[] = {
        "Nguyễn Văn Ã", "XÃ’ LẠI", "ĐÃ\u00A0CHẾT", "“ĐÃ”", "HÀ ĐÃ…", "VÌ… SAO", "Êđê", "Ê\u00A0Ban", "Â – Â", "Café", "Ærø", "São Paulo", "Ä°", "",
        "123", "Nguyễn Thị Ánh", "ĂN\u00A0Ă\u00A0N", "Â’", "Đỗ Ă–Ă", "50 °C", "á»", "GIÃ»",
    };
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        becomes(good[i], good[i]);
}

/* Every letter survives, whichever set the bytes were taken for. */
static void round_trips(void **state)
{
    (void)state;
    for (uint32_t code = 0xC0; code < 0x1F00; code++) {
        struct letter l;
        char letter[8], text[64], wrong[128];
        if (!letter_take(code, &l))
            continue;
        size_t n = text_put(letter, code), len = 0, out = 0;
        for (const char *p = "Ngễx "; *p; p++)
            text[len++] = *p;
        for (size_t i = 0; i < n; i++)
            text[len++] = letter[i];
        for (int latin1 = 0; latin1 < 2; latin1++) {
            struct encoded e;
            str got, mine = { text, len };
            double confidence;
            out = 0;
            for (size_t i = 0; i < len; i++)
                out += text_put(wrong + out, (uint8_t)text[i]);
            viet_encode(arena, (struct encoding_form){ .set = ENCODING_UTF8, .wrapped = true }, mine, &e);
            assert_true(mojibake_undo(arena, latin1 ? (str){ wrong, out } : e.bytes, &got, &confidence));
            if (!str_eq(got, mine))
                fail_msg("%.*s became %.*s", STR_ARG(mine), STR_ARG(got));
        }
        arena_reset(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(undoes), cmocka_unit_test(leaves_alone), cmocka_unit_test(round_trips) };
    arena = arena_new(1 << 20);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
