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

static bool is_as_found(const struct place_found *a, const struct place_found *b)
{
    bool same = a->answer == b->answer && a->named.v == b->named.v && a->today.v == b->today.v && a->sure == b->sure &&
                a->choice_count == b->choice_count && str_eq(a->rest, b->rest) && str_eq(a->units, b->units);

    for (size_t i = 0; same && i < a->choice_count && i < PLACE_CHOICES; i++)
        same = a->choices[i].v == b->choices[i].v;
    return same;
}

/* Remembered or read, an address is the same: behind houses, hamlets, numbers, and behind words that are units themselves. */
static void remembers_what_it_read(void **state)
{
    static const char *const heads[] = { "", "Tổ 17, ", "Tổ 5, ", "Thôn Đông, ", "12 Lê Lợi, ", "Phường 2, ", "P5, ", "5, ", "Bảo Lộc, ", "Phường 2 ", "xã Tân Tiến, ",
                                         "Khu phố 2, ", "to 17, ", "Xóm Chùa; ", "Tân, ", "Thị trấn, ", "TP Vinh, ", "Số 3, ngõ 5, ", "Quận 1, ", "x, " };
    static const char *const cuts[] = { "", ", Việt Nam", " (cũ)", " 10000" };
    struct place_memo m;
    size_t headed = 0, wrong = 0;

    (void)state;
    place_memo_init(&m, &places);
    for (size_t i = 0; i < defs_unit_count(defs); i += 7) {
        const struct unit *u = defs_unit_nth(defs, i);
        struct arena *a = arena_new(1 << 22);
        str path = defs_unit_path(a, defs, u->id, places_day(&places, u->id), LANG_VI), forms[3] = { path, viet_fold(a, path), u->name };
        for (size_t k = 0; k < 3 * sizeof heads / sizeof *heads; k++) {
            str address = arena_printf(a, "%s%.*s%s", heads[k / 3], STR_ARG(forms[k % 3]), cuts[(i + k) % 4]);
            struct place_found read, kept;
            places_find(&places, a, address, &read);
            place_memo_find(&m, a, address, &kept);
            headed += places_head(&places, address) > 0;
            if (!is_as_found(&read, &kept) && wrong++ < 5)
                print_message("# %.*s: read %d %d \"%.*s\", kept %d %d \"%.*s\"\n", STR_ARG(address), read.answer, read.named.v, STR_ARG(read.rest),
                              kept.answer, kept.named.v, STR_ARG(kept.rest));
        }
        arena_free(a);
    }
    place_memo_done(&m);
    assert_int_equal(wrong, 0);
    assert_true(headed > 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_full_addresses),
        cmocka_unit_test(reads_other_spellings),
        cmocka_unit_test(asks),
        cmocka_unit_test(reads_every_unit),
        cmocka_unit_test(remembers_what_it_read),
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
