/* Addresses against a small invented map with two communes and two districts of one name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "viet/field/gazetteer.h"
#include "viet/fold.h"

static struct arena *arena;

static const struct {
    int32_t id, parent;
    const char *type, *name;
} map[] = {
    { 1, 0, "tỉnh", "Bắc Sơn" },  { 2, 0, "thành phố", "Nam Hải" }, { 11, 1, "huyện", "Tân Lập" }, { 12, 1, "huyện", "An Phú" },
    { 21, 2, "huyện", "Tân Lập" }, { 111, 11, "xã", "Hòa Bình" },    { 112, 11, "xã", "Đông" },     { 121, 12, "xã", "Hòa Bình" },
    { 211, 21, "phường", "Tây" },
};
enum { UNITS = sizeof map / sizeof *map };

static int32_t parent_of(int32_t id)
{
    for (size_t i = 0; i < UNITS; i++)
        if (map[i].id == id)
            return map[i].parent;
    return 0;
}

static size_t find(const void *self, int32_t parent, str name, int32_t *out, size_t max)
{
    size_t count = 0;
    (void)self;
    for (size_t i = 0; i < UNITS; i++) {
        str key = viet_key(arena, name), bare = viet_key(arena, str_of(map[i].name));
        str full = viet_key(arena, arena_printf(arena, "%s %s", map[i].type, map[i].name));
        int32_t up = map[i].parent;
        while (up != 0 && up != parent)
            up = parent_of(up);
        if (up != parent || (!str_eq(key, bare) && !str_eq(key, full)))
            continue;
        if (count < max)
            out[count] = map[i].id;
        count++;
    }
    return count;
}

static bool resolves(const char *address, struct place_match *m)
{
    const struct gazetteer g = { .find = find };
    struct place p;
    arena_reset(arena);
    place_parse(str_of(address), &p);
    return place_resolve(arena, &g, &p, m);
}

static void finds_single_units(void **state)
{
    struct place_match m;
    (void)state;
    assert_true(resolves("Thôn 2, xã Hoà Bình, huyện An Phú, tỉnh Bắc Sơn", &m));
    assert_int_equal(m.unit[0], 121);
    assert_int_equal(m.level, PLACE_COMMUNE);
    assert_true(resolves("phường Tây, huyện Tân Lập", &m)); /* the commune decides between two districts */
    assert_int_equal(m.unit[0], 211);
    assert_true(resolves("xã Đông, tỉnh Bắc Sơn", &m));
    assert_int_equal(m.unit[0], 112);
    assert_true(resolves("huyện Tân Lập, thành phố Nam Hải", &m));
    assert_int_equal(m.unit[0], 21);
    assert_int_equal(m.level, PLACE_DISTRICT);
}

static void tells_several(void **state)
{
    struct place_match m;
    (void)state;
    assert_false(resolves("xã Hòa Bình, tỉnh Bắc Sơn", &m));
    assert_int_equal(m.count, 2);
    assert_int_equal(m.missed, 0);
    assert_false(resolves("huyện Tân Lập", &m));
    assert_int_equal(m.count, 2);
}

static void tells_what_is_missing(void **state)
{
    struct place_match m;
    (void)state;
    assert_false(resolves("xã Đông, quận Một, tỉnh Bắc Sơn", &m)); /* an old district, stepped over */
    assert_int_equal(m.count, 1);
    assert_int_equal(m.unit[0], 112);
    assert_int_equal(m.missed, 1u << PLACE_DISTRICT);
    assert_false(resolves("xã Lạ, huyện An Phú, tỉnh Bắc Sơn", &m));
    assert_int_equal(m.level, PLACE_DISTRICT);
    assert_int_equal(m.unit[0], 12);
    assert_int_equal(m.missed, 1u << PLACE_COMMUNE);
    assert_false(resolves("xã Lạ, tỉnh Lạ", &m));
    assert_int_equal(m.level, PLACE_LEVELS);
    assert_int_equal(m.count, 0);
    assert_false(resolves("", &m));
    assert_int_equal(m.missed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_single_units),
        cmocka_unit_test(tells_several),
        cmocka_unit_test(tells_what_is_missing),
    };
    arena = arena_new(1 << 20);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
