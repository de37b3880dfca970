/* Addresses of two and three tiers, written out, shortened and without type words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "viet/field/place.h"

static struct arena *arena;

static void parses(const char *address, const char *rest, const char *commune, const char *district, const char *province)
{
    struct place p;
    place_parse(str_of(address), &p);
    const char *const expected[] = { province, district, commune };
    for (int level = 0; level < PLACE_LEVELS; level++) {
        struct place_name *u = &p.unit[level];
        str got = u->type.len ? arena_printf(arena, "%.*s %.*s", STR_ARG(u->type), STR_ARG(u->name)) : u->name;
        if (!str_eq(got, str_of(expected[level])))
            fail_msg("%s: level %d is \"%.*s\"", address, level, STR_ARG(got));
    }
    if (!str_eq(p.rest, str_of(rest)))
        fail_msg("%s: rest is \"%.*s\"", address, STR_ARG(p.rest));
}

static void reads_full_addresses(void **state)
{
    (void)state;
    parses("Số 12 ngõ 5, phường Ngọc Hà, quận Ba Đình, thành phố Hà Nội", "Số 12 ngõ 5", "phường Ngọc Hà", "quận Ba Đình",
           "thành phố Hà Nội");
    parses("Thôn Đông, Xã An Hòa, Huyện An Dương, Tỉnh X", "Thôn Đông", "xã An Hòa", "huyện An Dương", "tỉnh X");
    parses("Tổ 3, phường Bến Thành, thành phố Hồ Chí Minh", "Tổ 3", "phường Bến Thành", "", "thành phố Hồ Chí Minh");
    parses("phường Bến Thủy, thành phố Vinh, tỉnh Nghệ An", "", "phường Bến Thủy", "thành phố Vinh", "tỉnh Nghệ An");
    parses("Phường Ngô Quyền, Thị xã Sơn Tây, Thành phố Hà Nội", "", "phường Ngô Quyền", "thị xã Sơn Tây", "thành phố Hà Nội");
    parses("Phường Văn Miếu - Quốc Tử Giám, Quận Đống Đa - Hà Nội", "", "phường Văn Miếu - Quốc Tử Giám", "quận Đống Đa",
           "Hà Nội");
    parses("An Hòa - An Dương - Hải Phòng", "", "An Hòa", "An Dương", "Hải Phòng");
    parses("xã A - huyện B - Bà Rịa - Vũng Tàu", "", "xã A", "huyện B - Bà Rịa - Vũng Tàu", "");
    parses("đặc khu Phú Quốc, tỉnh An Giang", "", "đặc khu Phú Quốc", "", "tỉnh An Giang");
    parses("Thị trấn Đông Anh - huyện Đông Anh - Hà Nội", "", "thị trấn Đông Anh", "huyện Đông Anh", "Hà Nội");
    parses("xã A, huyện B, tỉnh Bà Rịa-Vũng Tàu", "", "xã A", "huyện B", "tỉnh Bà Rịa-Vũng Tàu");
}

static void reads_abbreviations(void **state)
{
    (void)state;
    parses("12 Lê Lợi, P. Bến Nghé, Q.1, TP. HCM", "12 Lê Lợi", "phường Bến Nghé", "quận 1", "thành phố Hồ Chí Minh");
    parses("P5, Q10, TPHCM", "", "phường 5", "quận 10", "Hồ Chí Minh");
    parses("TT. Sóc Sơn, H. Sóc Sơn, HN", "", "thị trấn Sóc Sơn", "huyện Sóc Sơn", "Hà Nội");
    parses("TX Sơn Tây, TP Hà Nội", "", "", "thị xã Sơn Tây", "thành phố Hà Nội");
    parses("TDP 3 P. Ngọc Hà Q. Ba Đình TP. Hà Nội", "TDP 3", "phường Ngọc Hà", "quận Ba Đình", "thành phố Hà Nội");
    parses("thôn 2 xã An Hòa huyện An Dương", "thôn 2", "xã An Hòa", "huyện An Dương", "");
}

static void guesses_by_order(void **state)
{
    struct place p;
    (void)state;
    parses("An Hòa, An Dương, Hải Phòng", "", "An Hòa", "An Dương", "Hải Phòng");
    parses("Ngọc Hà, Hà Nội", "", "Ngọc Hà", "", "Hà Nội");
    parses("Thôn Hạ, xã An Hòa, An Dương, Hải Phòng", "Thôn Hạ", "xã An Hòa", "An Dương", "Hải Phòng");
    place_parse(STR("Ngọc Hà, Hà Nội"), &p);
    assert_true(p.unit[PLACE_COMMUNE].guessed && p.unit[PLACE_PROVINCE].guessed);
    place_parse(STR("phường Ngọc Hà, thành phố Hà Nội"), &p);
    assert_false(p.unit[PLACE_COMMUNE].guessed || p.unit[PLACE_PROVINCE].guessed);
}

static void leaves_the_unknown(void **state)
{
    (void)state;
    parses("", "", "", "", "");
    parses(",,;", "", "", "", "");
    parses("12/5", "12/5", "", "", "");
    parses("phường", "", "", "", "phường");
    parses("Số 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, xã A, tỉnh B", "Số 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14",
           "xã A", "", "tỉnh B");
}

static void expands_provinces(void **state)
{
    (void)state;
    assert_true(str_eq(place_expand_province(STR("tp.HCM")), STR("Hồ Chí Minh")));
    assert_true(str_eq(place_expand_province(STR("HN")), STR("Hà Nội")));
    assert_int_equal(place_expand_province(STR("Hà Nam")).len, 0);
    assert_int_equal(place_expand_province(STR("")).len, 0);
}

/* Parts are slices of the address, in order, whatever the text. */
static void parts_lie_in_the_address(void **state)
{
    static const char *const pieces[] = { "xã", "Xã ", "P.", "Q1", ",", " - ", " ", "An", "Hòa", "thành phố ", "TP", "tỉnh ", "12", ";" };
    struct rng r;
    (void)state;
    rng_seed(&r, 2, 2);
    for (int round = 0; round < 20000; round++) {
        char text[256];
        size_t len = 0;
        struct place p;
        for (uint32_t i = 0, n = rng_below(&r, 16); i < n; i++) {
            str piece = str_of(pieces[rng_below(&r, 14)]);
            for (size_t k = 0; k < piece.len; k++)
                text[len++] = piece.ptr[k];
        }
        place_parse((str){ text, len }, &p);
        if (p.rest.len)
            assert_true(p.rest.ptr >= text && p.rest.ptr + p.rest.len <= text + len);
        for (int level = 0; level < PLACE_LEVELS; level++)
            if (p.unit[level].name.len)
                assert_true(p.unit[level].name.ptr >= text && p.unit[level].name.ptr + p.unit[level].name.len <= text + len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_full_addresses), cmocka_unit_test(reads_abbreviations), cmocka_unit_test(guesses_by_order),
        cmocka_unit_test(leaves_the_unknown),   cmocka_unit_test(expands_provinces),   cmocka_unit_test(parts_lie_in_the_address),
    };
    arena = arena_new(1 << 20);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
