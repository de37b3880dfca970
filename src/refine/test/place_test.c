/* Addresses in every way of writing against the units of the definitions: old and new map, shortened, unsigned, without
 * commas; those that are questions; and properties over all units. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "refine/place.h"
#include "viet/fold.h"

static struct defs *defs;
static struct places places;
static struct arena *arena;
static const day today = { 20261122 };

static struct place_found find(const char *address)
{
    struct place_found f;

    arena_reset(arena);
    places_find(&places, arena, str_of(address), &f);
    return f;
}

static void is(const char *address, const char *named, const char *now, const char *rest)
{
    struct place_found f = find(address);
    str got = defs_unit_text(arena, f.named), to = f.today.v ? defs_unit_text(arena, f.today) : STR("");

    if (!str_eq(got, str_of(named)) || !str_eq(to, str_of(now)) || !str_eq(f.rest, str_of(rest)))
        fail_msg("%s: %.*s, today %.*s, answer %d, rest \"%.*s\"", address, STR_ARG(got), STR_ARG(to), f.answer, STR_ARG(f.rest));
}

static void reads_full_addresses(void **state)
{
    (void)state;
    is("Tổ 5, Phường Bồ Đề, Quận Long Biên, Thành phố Hà Nội", "00139@old", "00118@new", "Tổ 5");
    is("Số 12 ngõ 5, Phường Ba Đình, Thành phố Hà Nội", "00004@new", "00004@new", "Số 12 ngõ 5");
    is("Xã Hoằng Châu, Huyện Hoằng Hóa, Tỉnh Thanh Hóa", "15979@old", "15976@new", "");
    is("đặc khu Phú Quốc, tỉnh An Giang, Việt Nam", "31078@new", "31078@new", "");
}

static void reads_other_spellings(void **state)
{
    (void)state;
    is("TDP 3 P. Bồ Đề Q. Long Biên TP. Hà Nội", "00139@old", "00118@new", "TDP 3");
    is("to 5 phuong Bo De quan Long Bien Ha Noi", "00139@old", "00118@new", "to 5");
    is("P.Bồ Đề,Q.Long Biên,HN", "00139@old", "00118@new", "");
    is("Thôn Hạ - xã Hoằng Châu - Hoằng Hóa - Thanh Hóa", "15979@old", "15976@new", "Thôn Hạ");
    is("Thôn Hạ, Hoằng Châu, Hoằng Hoá, Thanh Hoá", "15979@old", "15976@new", "Thôn Hạ");
    is("12 Lê Lợi, P. Bến Nghé, Q.1, TP. HCM", "26740@old", "26740@new", "12 Lê Lợi");
    is("Tổ 19, Bình Thạnh, Hồ Chí Minh", "26929@new", "26929@new", "Tổ 19");
    is("to 27 Dai Thang Tien Lang Hai Phong", "11758@old", "11761@new", "to 27");
    is("Tổ 10, Tịnh Hiệp, Sơn Tịnh, Quảng Ngãi", "21184@old", "21205@new", "Tổ 10");
    is("P8, Q10, TPHCM", "27187@old", "27169@new", "");
}

static void asks(void **state)
{
    struct place_found f = find("Phường Ngọc Hà, Quận Ba Đình, Thành phố Hà Nội");

    (void)state;
    assert_int_equal(f.answer, PLACE_DIVIDED);
    assert_true(f.choice_count > 1 && f.today.v == 0);
    f = find("xã Tân Tiến");
    assert_int_equal(f.answer, PLACE_SEVERAL);
    assert_true(f.choice_count > 1);
    assert_int_equal(find("xã Không Có Thật, huyện Hoằng Hóa, tỉnh Thanh Hóa").answer, PLACE_UNKNOWN);
    assert_int_equal(find("tỉnh Thanh Hóa").answer, PLACE_EMPTY);
    assert_int_equal(find("12/5 đường Láng").answer, PLACE_EMPTY);
    assert_int_equal(find(", - .").answer, PLACE_EMPTY);
}

/* Every commune by its own path, whole, folded and without commas, is read as itself or asked about; never as another. Two that have one name in one
 * district may have become the same commune: then today's is known all the same. */
static void reads_every_unit(void **state)
{
    size_t wrong = 0, asked = 0, all = 0;

    (void)state;
    for (size_t i = 0; i < defs_unit_count(defs); i++) {
        const struct unit *u = defs_unit_nth(defs, i);
        if (u->level != UNIT_COMMUNE)
            continue;
        struct arena *a = arena_new(1 << 22);
        str path = defs_unit_path(a, defs, u->id, places_day(&places, u->id), LANG_VI), forms[2] = { path, viet_fold(a, path) };
        for (int form = 0; form < 2; form++) {
            struct place_found f;
            places_find(&places, a, forms[form], &f);
            all++;
            asked += f.named.v != u->id.v && f.answer != PLACE_KNOWN;
            wrong += f.named.v && f.named.v != u->id.v;
            if (form == 0 && f.named.v != u->id.v && f.answer != PLACE_SEVERAL && f.answer != PLACE_KNOWN)
                fail_msg("%.*s is read as %d, answer %d", STR_ARG(path), f.named.v, f.answer);
        }
        arena_free(a);
    }
    if (wrong || asked * 200 > all)
        fail_msg("%zu of %zu wrong, %zu asked", wrong, all, asked);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_full_addresses),
        cmocka_unit_test(reads_other_spellings),
        cmocka_unit_test(asks),
        cmocka_unit_test(reads_every_unit),
    };

    arena = arena_new(8 << 20);
    if (!status_ok(defs_load(arena, (str){ 0 }, &defs, NULL)))
        return 1;
    arena_free(arena);
    arena = arena_new(8 << 20);
    places_init(&places, defs, today);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    places_done(&places);
    defs_free(defs);
    arena_free(arena);
    return failed;
}
