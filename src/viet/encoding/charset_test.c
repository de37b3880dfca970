/* The tables against a list of facts that stands outside the project; each set's rules against themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "viet/encoding/charset.h"

static struct arena *arena;

static void encodes(str letter, enum encoding set, str hex, const char *where)
{
    struct encoded e;
    char bytes[8];
    size_t len = 0;
    for (size_t i = 0; i + 1 < hex.len; i += 2)
        bytes[len++] = (char)strtol((char[]){ hex.ptr[i], hex.ptr[i + 1], 0 }, NULL, 16);
    viet_encode(arena, (struct encoding_form){ .set = set }, letter, &e);
    if (!str_eq(e.bytes, (str){ bytes, len }) || e.lost)
        fail_msg("%s: %.*s is not %.*s", where, STR_ARG(letter), STR_ARG(hex));
}

static void agrees_with_the_published_tables(void **state)
{
    char line[256];
    int rows = 0;
    FILE *f = fopen("../shared/domain/vn_legacy_encodings.csv", "r");
    (void)state;
    if (!f) {
        print_message("# skipped: no folder with the published tables\n");
        skip();
    }
    while (fgets(line, sizeof line, f)) {
        str rest = str_trim(str_of(line)), cell[16];
        size_t cells = 0;
        while (cells < 16 && str_cut(&rest, ',', &cell[cells]))
            cells++;
        if (cells < 16 || str_eq(cell[0], STR("char")))
            continue;
        arena_reset(arena);
        encodes(cell[0], ENCODING_TCVN3, cell[3], "TCVN3");
        encodes(cell[0], ENCODING_VPS, cell[4], "VPS");
        encodes(cell[0], ENCODING_VNI, cell[9], "VNI");
        encodes(cell[0], ENCODING_VISCII, cell[13], "VISCII");
        encodes(cell[0], ENCODING_CP1258, cell[15], "CP1258");
        rows++;
    }
    fclose(f);
    assert_int_equal(rows, 134);
}

static void shares_capitals_where_fonts_did(void **state)
{
    size_t tcvn3 = 0, vps = 0, viscii = 0;
    bool shared;
    (void)state;
    for (uint32_t cp = 0xC0; cp < 0x1F00; cp++) {
        struct letter l;
        if (!letter_take(cp, &l) || !l.upper)
            continue;
        tcvn3 += charset_byte(charset_of(ENCODING_TCVN3), cp, &shared) && shared;
        vps += charset_byte(charset_of(ENCODING_VPS), cp, &shared) && shared;
        viscii += charset_byte(charset_of(ENCODING_VISCII), cp, &shared) && shared;
    }
    assert_int_equal(tcvn3, 60);
    assert_int_equal(vps, 14);
    assert_int_equal(viscii, 0);
    assert_null(charset_of(ENCODING_VNI));
    assert_int_equal(charset_byte(charset_of(ENCODING_VPS), 'a', &shared), 0);
    assert_int_equal(charset_byte(charset_of(ENCODING_VPS), 0x00D1, &shared), 0);
}

static void windows_pages_invert(void **state)
{
    uint8_t back;
    (void)state;
    for (int b = 0; b < 256; b++) {
        uint32_t latin = cp1252_code((uint8_t)b), viet = cp1258_code((uint8_t)b);
        if (latin || b == 0) {
            assert_true(cp1252_byte(latin, &back));
            assert_int_equal(back, b);
        }
        if (viet || b == 0) {
            assert_true(cp1258_byte(viet, &back));
            assert_int_equal(back, b);
        }
    }
    assert_false(cp1252_byte(0x1EA1, &back));
    assert_false(cp1258_byte(0x00D2, &back)); /* Ò: its byte is the hook */
    assert_false(cp1258_byte(0x0160, &back));
}

static void vni_refuses_signs_out_of_place(void **state)
{
    struct letter l, o_horn = { 'o', MARK_HORN, TONE_LEVEL, false };
    (void)state;
    assert_true(vni_pair((struct letter){ .base = 'a' }, 0xE1, &l));
    assert_int_equal(letter_make(l), 0x1EA5);
    assert_true(vni_pair(o_horn, 0xF8, &l));
    assert_false(vni_pair(o_horn, 0xE2, &l));                       /* horn and circumflex */
    assert_false(vni_pair((struct letter){ .base = 'u' }, 0xE2, &l)); /* no û */
    assert_false(vni_pair((struct letter){ .base = 'n' }, 0xF9, &l));
    assert_false(vni_pair((struct letter){ .base = 'i' }, 0xF9, &l));
    assert_false(vni_pair((struct letter){ .base = 'a' }, '9', &l));
    assert_false(vni_single(0x71, &l)); /* q is F1 less 0x80 */
    assert_true(vni_single(0xD1, &l));
    assert_int_equal(letter_make(l), 0x0110);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_published_tables),
        cmocka_unit_test(shares_capitals_where_fonts_did),
        cmocka_unit_test(windows_pages_invert),
        cmocka_unit_test(vni_refuses_signs_out_of_place),
    };
    arena = arena_new(1 << 20);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
