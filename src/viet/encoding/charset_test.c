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
#include "viet/fold.h"

static struct arena *arena;
static size_t merged;

/* The columns of the published table behind char, code point and form D. */
static const enum encoding columns[] = {
    ENCODING_TCVN3, ENCODING_VPS,        ENCODING_VISCII_TEXT, ENCODING_BK1,    ENCODING_VIETWARE_F,  ENCODING_ISC,    ENCODING_VNI,
    ENCODING_BK2,   ENCODING_VIETWARE_X, ENCODING_VNI_MAC,     ENCODING_VISCII, ENCODING_TCVN5712_1, ENCODING_CP1258,
};
enum { COLUMNS = sizeof columns / sizeof *columns, FIELDS = 3 + COLUMNS };

/* Written as published, read back as the letter (as the small one where both cases share the bytes), and written again. */
static size_t agrees(str letter, enum encoding set, str hex)
{
    const struct encoding_form form = { .set = set };
    struct encoded e, again;
    struct decoding d;
    char bytes[8];
    size_t len = 0;
    for (size_t i = 0; i + 1 < hex.len; i += 2)
        bytes[len++] = (char)strtol((char[]){ hex.ptr[i], hex.ptr[i + 1], 0 }, NULL, 16);
    viet_encode(arena, form, letter, &e);
    if (!str_eq(e.bytes, (str){ bytes, len }) || e.lost)
        fail_msg("%s: %.*s is not written %.*s", encoding_name(set), STR_ARG(letter), STR_ARG(hex));
    viet_decode(arena, form, e.bytes, &d);
    str meant = e.case_lost ? viet_lower(arena, letter) : letter;
    if ((!str_eq(d.text, meant) && !e.merged) || d.bad)
        fail_msg("%s: %.*s is read as %.*s", encoding_name(set), STR_ARG(hex), STR_ARG(d.text));
    viet_encode(arena, form, d.text, &again);
    assert_true(str_eq(again.bytes, e.bytes));
    merged += e.merged;
    return e.case_lost;
}

static void agrees_with_the_published_tables(void **state)
{
    const char *domain = getenv("DOMAIN_DATA");
    char path[1024], line[256];
    size_t rows = 0, losses = 0;
    snprintf(path, sizeof path, "%s/vn_legacy_encodings.csv", domain ? domain : "../shared/domain");
    FILE *f = fopen(path, "r");
    (void)state;
    if (!f) {
        print_message("# SKIP no published tables beside this source tree (set DOMAIN_DATA)\n");
        skip();
    }
    while (fgets(line, sizeof line, f)) {
        str rest = str_trim(str_of(line)), cell[FIELDS];
        size_t cells = 0;
        while (cells < FIELDS && str_cut(&rest, ',', &cell[cells]))
            cells++;
        if (cells < FIELDS || str_eq(cell[0], STR("char")))
            continue;
        arena_reset(arena);
        for (size_t i = 0; i < COLUMNS; i++)
            losses += agrees(cell[0], columns[i], cell[3 + i]);
        rows++;
    }
    fclose(f);
    print_message("# %zu letters in %d sets: written, read, written again; %zu capitals with the bytes of the small letter, %zu letters "
                  "with the byte of another\n", rows, COLUMNS, losses, merged);
    assert_int_equal(rows, 134);
    assert_int_equal(merged, 2); /* BK HCM 1: Ặ and Ụ, Ị and Ỵ */
}

static size_t shared_in(enum encoding set)
{
    size_t count = 0;
    for (uint32_t cp = 0xC0; cp < 0x1F00; cp++) {
        struct letter l;
        bool shared;
        count += letter_take(cp, &l) && l.upper && charset_bytes(charset_of(set), cp, &shared) && shared;
    }
    return count;
}

static void shares_capitals_where_fonts_did(void **state)
{
    bool shared;
    (void)state;
    assert_int_equal(shared_in(ENCODING_TCVN3), 60);
    assert_int_equal(shared_in(ENCODING_VPS), 14);
    assert_int_equal(shared_in(ENCODING_VISCII), 0);
    assert_int_equal(shared_in(ENCODING_VISCII_TEXT), 7);
    assert_int_equal(shared_in(ENCODING_TCVN5712_1), 0);
    assert_null(charset_of(ENCODING_CP1258));
    assert_null(charset_of(ENCODING_UTF8));
    assert_int_equal(charset_bytes(charset_of(ENCODING_VPS), 'a', &shared), 0);
    assert_int_equal(charset_bytes(charset_of(ENCODING_VPS), 0x00D1, &shared), 0);
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

static void pairs_refuse_signs_out_of_place(void **state)
{
    const struct charset *vni = charset_of(ENCODING_VNI), *single = charset_of(ENCODING_TCVN3);
    (void)state;
    assert_int_equal(charset_pair(vni, 'a', 0xE1), 0x1EA5);
    assert_int_equal(charset_pair(vni, 'A', 0xE1), 0x1EA4); /* a small sign behind a capital */
    assert_int_equal(charset_pair(vni, 0xF4, 0xF8), 0x1EDD);
    assert_int_equal(charset_pair(vni, 0xF4, 0xE2), 0); /* horn and circumflex */
    assert_int_equal(charset_pair(vni, 'u', 0xE2), 0);  /* no û */
    assert_int_equal(charset_pair(vni, 'n', 0xF9), 0);
    assert_int_equal(charset_pair(vni, 'i', 0xF9), 0); /* í has a byte of its own */
    assert_int_equal(charset_pair(vni, 'a', '9'), 0);
    assert_int_equal(charset_pair(single, 'a', 0xE1), 0);
    assert_int_equal(vni->code[0x71], 0); /* q is F1 less 0x80 */
    assert_int_equal(vni->code[0xD1], 0x0110);
    assert_int_equal(charset_combining(ENCODING_TCVN3, 0xB4), 0x0323);
    assert_int_equal(charset_combining(ENCODING_TCVN3, 0xB5), 0);
    assert_int_equal(charset_combining(ENCODING_VPS, 0xB4), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_published_tables),
        cmocka_unit_test(shares_capitals_where_fonts_did),
        cmocka_unit_test(windows_pages_invert),
        cmocka_unit_test(pairs_refuse_signs_out_of_place),
    };
    arena = arena_new(1 << 20);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
