/* Paths round-trip and have one spelling; widths and roots agree with the tree. */
#include "ledger/tile.h"
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void known_paths(void **state)
{
    struct tile_path p;

    (void)state;
    assert_true(status_ok(tile_path_parse(STR("tile/0/x001/x234/067"), &p)));
    assert_true(p.level == 0 && p.index == 1234067 && p.width == 256);
    assert_true(status_ok(tile_path_parse(STR("tile/3/000.p/17"), &p)));
    assert_true(p.level == 3 && p.index == 0 && p.width == 17);
    assert_true(status_ok(tile_path_parse(STR("tile/entries/x001/000.p/255"), &p)));
    assert_true(p.level == TILE_ENTRIES && p.index == 1000 && p.width == 255);
    assert_true(status_ok(tile_path_parse(STR("tile/63/999"), &p)));
}

static void round_trip(void **state)
{
    struct rng r;

    (void)state;
    rng_seed(&r, 4, 0);
    for (int round = 0; round < 2000; round++) {
        struct tile_path p = { (int)rng_below(&r, 65) - 1, rng_u64(&r) >> (10 + rng_below(&r, 54)), 1 + (int)rng_below(&r, 256) }, q;
        struct buf b DEFER(buf_done);
        buf_init(&b, 200);
        if (p.index >= 1000000000000000000)
            continue;
        tile_path_write(&p, &b);
        assert_true(status_ok(tile_path_parse(buf_str(&b), &q)));
        assert_true(p.level == q.level && p.index == q.index && p.width == q.width);
    }
}

static void refusals(void **state)
{
    static const char *const bad[] = {
        "", "tile", "tile/", "tile/0", "tile/0/", "tile/00/000", "tile/64/000", "tile/-1/000", "tile/0/0", "tile/0/0000",
        "tile/0/x000/000", "tile/0/001/000", "tile/0/x001", "tile/0/x001/", "tile/0/x001/x000", "tile/0/000/", "tile/0//000",
        "tile/0/000.p", "tile/0/000.p/", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/017", "tile/0/000.p/1/", "tile/0/000.p/1.p/1",
        "tile/x/000", "tile/data/000", "tile/0/X001/000", "tile/0/x1/000", "tile/0/x001/x001/x001/x001/x001/x001/000", "/tile/0/000",
        "tile/0/000 ", "tile/entries", "tile/entries/", "tile/+1/000", "tile/0/+00", ".p/1", "tile/0.p/1", "tile.p/1",
    };
    struct tile_path p;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (!status_is(tile_path_parse(str_of(bad[i]), &p), ERR_ROUTE_UNKNOWN))
            fail_msg("accepted: %s", bad[i]);
    }
}

static void widths(void **state)
{
    (void)state;
    assert_int_equal(tile_width_at(0, 0, 0), 0);
    assert_int_equal(tile_width_at(0, 0, 255), 255);
    assert_int_equal(tile_width_at(0, 0, 256), 256);
    assert_int_equal(tile_width_at(0, 1, 256), 0);
    assert_int_equal(tile_width_at(1, 0, 256), 1);
    assert_int_equal(tile_width_at(0, 273, 70000), 112);
    assert_int_equal(tile_width_at(1, 1, 70000), 17);
    assert_int_equal(tile_width_at(2, 0, 70000), 1);
    assert_int_equal(tile_width_at(8, 0, UINT64_MAX), 0);
    assert_int_equal(tile_width_at(TILE_ENTRIES, 273, 70000), 112);
}

static void subtree_equals_range(void **state)
{
    struct merkle_hash leaves[TILE_WIDTH], one, two;

    (void)state;
    for (size_t i = 0; i < TILE_WIDTH; i++)
        random_bytes(leaves[i].b, SHA256_BYTES);
    for (int level = 0; level <= TILE_BITS; level++) {
        struct merkle_range r;
        merkle_range_init(&r);
        for (size_t i = 0; i < (size_t)1 << level; i++)
            merkle_range_add(&r, &leaves[i]);
        merkle_range_root(&r, &one);
        tile_subtree(leaves, level, &two);
        assert_memory_equal(one.b, two.b, SHA256_BYTES);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_paths), cmocka_unit_test(round_trip),           cmocka_unit_test(refusals),
        cmocka_unit_test(widths),      cmocka_unit_test(subtree_equals_range),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
