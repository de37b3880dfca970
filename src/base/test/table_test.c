/* Hash tables against a plain array. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/table.h"

#define COUNT 5000

static void text_keys(void **state)
{
    struct arena *arena = arena_new(4u << 20);
    static int values[COUNT];
    struct table t;

    (void)state;
    table_init(&t);
    assert_null(table_get(&t, STR("none")));
    for (int i = 0; i < COUNT; i++) {
        str key = arena_printf(arena, "k%d", i);

        assert_null(table_get(&t, key));
        assert_ptr_equal(table_put(&t, key, &values[i]), &values[i]);
        assert_ptr_equal(table_put(&t, key, &values[0]), &values[i]);
    }
    assert_int_equal(t.count, COUNT);
    for (int i = 0; i < COUNT; i++)
        assert_ptr_equal(table_get(&t, arena_printf(arena, "k%d", i)), &values[i]);
    assert_null(table_get(&t, STR("k-1")));
    table_set(&t, STR("k7"), &values[8]);
    assert_ptr_equal(table_get(&t, STR("k7")), &values[8]);
    table_set(&t, (str){ 0 }, &values[9]);
    assert_ptr_equal(table_get(&t, STR("")), &values[9]);
    assert_int_equal(t.count, COUNT + 1);
    table_done(&t);
    assert_null(table_get(&t, STR("k7")));
    arena_free(arena);
}

/* A key whose value is NULL is there all the same: it must neither be lost when the table grows nor counted twice. */
static void null_values(void **state)
{
    struct arena *arena = arena_new(4u << 20);
    struct table t;

    (void)state;
    table_init(&t);
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 100; i++)
            assert_null(table_put(&t, arena_printf(arena, "%d", i), round ? &t : NULL));
    assert_int_equal(t.count, 100);
    table_done(&t);
    arena_free(arena);
}

static void number_keys(void **state)
{
    static uint64_t keys[COUNT];
    struct table64 t;
    struct rng r;
    uint64_t value = 77;

    (void)state;
    rng_seed(&r, 8, 0);
    for (int spread = 0; spread < 3; spread++) {
        table64_init(&t, spread == 0 ? 0 : COUNT);
        for (uint64_t i = 0; i < COUNT; i++) {
            keys[i] = spread == 0 ? i : spread == 1 ? i << 40 : rng_u64(&r);
            assert_false(table64_get(&t, keys[i], &value));
            table64_set(&t, keys[i], i + 1);
        }
        assert_int_equal(t.count, COUNT);
        for (uint64_t i = 0; i < COUNT; i++) {
            assert_true(table64_get(&t, keys[i], &value));
            assert_int_equal(value, i + 1);
            table64_set(&t, keys[i], i);
        }
        assert_int_equal(t.count, COUNT);
        assert_true(table64_get(&t, keys[COUNT - 1], &value) && value == COUNT - 1);
        table64_done(&t);
        assert_false(table64_get(&t, keys[0], &value));
    }
}

/* Filled as expected, a table must not have grown. */
static void the_expected_count_fits(void **state)
{
    struct table64 t;

    (void)state;
    for (size_t expected = 1; expected < 3000; expected = expected * 3 + 1) {
        table64_init(&t, expected);

        size_t cap = t.cap;

        for (size_t i = 0; i < expected; i++)
            table64_set(&t, i, i);
        assert_int_equal(t.cap, cap);
        table64_done(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_keys),
        cmocka_unit_test(null_values),
        cmocka_unit_test(number_keys),
        cmocka_unit_test(the_expected_count_fits),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
