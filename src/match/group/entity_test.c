/* Numbers that stay: growth, merge, split, pins, and independence of order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "match/group/entity.h"

#include <string.h>

enum { RECORDS_MAX = 64 };

struct desk {
    struct arena *arena;
    uint32_t cluster[RECORDS_MAX];
    uint64_t before[RECORDS_MAX], hash[RECORDS_MAX];
    bool pinned[RECORDS_MAX];
    struct entity_input in;
    struct entity_output out;
};

static void desk_open(struct desk *d)
{
    *d = (struct desk){ .arena = arena_new(16 << 20) };
    d->in = (struct entity_input){ .cluster = d->cluster, .before = d->before, .pinned = d->pinned, .hash = d->hash, .next = 1 };
    for (int i = 0; i < RECORDS_MAX; i++)
        d->hash[i] = (uint64_t)(i * 7919 % 1009) + 1;
}

/* Clusters as digits, one for each record. */
static void run(struct desk *d, const char *clusters)
{
    d->in.count = strlen(clusters);
    d->in.clusters = 10;
    for (size_t i = 0; i < d->in.count; i++)
        d->cluster[i] = (uint32_t)(clusters[i] - '0');
    entity_assign(d->arena, &d->in, &d->out);
    memcpy(d->before, d->out.entity, d->in.count * sizeof *d->before);
    d->in.next = d->out.next;
}

static void numbers_stay(void **state)
{
    struct desk d;
    uint64_t first[6];

    (void)state;
    desk_open(&d);
    run(&d, "001122");
    assert_int_equal(d.out.next, 4);
    assert_int_equal(d.out.event_count, 0);
    memcpy(first, d.out.entity, sizeof first);
    run(&d, "5533770044"); /* other cluster numbers, four more records */
    assert_memory_equal(first, d.out.entity, sizeof first);
    assert_int_equal(d.out.event_count, 0);
    assert_int_equal(d.out.next, 6);
    arena_free(d.arena);
}

static void merge_is_told(void **state)
{
    struct desk d;
    uint64_t large, small;

    (void)state;
    desk_open(&d);
    run(&d, "00011");
    large = d.out.entity[0];
    small = d.out.entity[4];
    run(&d, "00000");
    assert_int_equal(d.out.entity[4], large);
    assert_int_equal(d.out.event_count, 1);
    assert_int_equal(d.out.events[0].change, ENTITY_MERGED);
    assert_int_equal(d.out.events[0].from, small);
    assert_int_equal(d.out.events[0].to, large);
    run(&d, "00011"); /* apart again: a number that died does not come back by itself */
    assert_int_equal(d.out.events[0].change, ENTITY_SPLIT);
    assert_int_equal(d.out.entity[0], large);
    assert_true(d.out.entity[4] >= 3);
    arena_free(d.arena);
}

static void move_is_told(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d);
    run(&d, "000111");
    run(&d, "001111");
    assert_int_equal(d.out.event_count, 1);
    assert_int_equal(d.out.events[0].change, ENTITY_MOVED);
    assert_int_equal(d.out.entity[2], d.out.entity[5]);
    assert_true(d.out.entity[0] != d.out.entity[5]);
    arena_free(d.arena);
}

static void of_two_as_large_the_older_stays(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d);
    d.before[0] = d.before[1] = 9;
    d.before[2] = d.before[3] = 4;
    d.in.next = 10;
    run(&d, "0000");
    assert_int_equal(d.out.entity[0], 4);
    arena_free(d.arena);
}

static void pins_hold(void **state)
{
    struct desk d;
    uint64_t a, b;

    (void)state;
    desk_open(&d);
    run(&d, "00111");
    a = d.out.entity[0];
    b = d.out.entity[2];
    d.pinned[0] = d.pinned[1] = d.pinned[2] = true;
    run(&d, "000000"); /* the engine wants one; a human said two */
    assert_int_equal(d.out.entity[0], a);
    assert_int_equal(d.out.entity[1], a);
    assert_int_equal(d.out.entity[2], b);
    assert_true(d.out.entity[5] == a || d.out.entity[5] == b);
    arena_free(d.arena);
}

/* Shuffled records and renamed clusters give the same numbers. */
static void order_does_not_matter(void **state)
{
    struct rng rng;
    struct desk d, e;
    uint32_t at[RECORDS_MAX];

    (void)state;
    rng_seed(&rng, 5, 0);
    for (int round = 0; round < 300; round++) {
        desk_open(&d);
        desk_open(&e);
        d.in.count = e.in.count = 40;
        d.in.clusters = e.in.clusters = 16;
        d.in.next = e.in.next = 9;
        for (uint32_t i = 0; i < 40; i++)
            at[i] = i;
        for (uint32_t i = 40; i > 1; i--) {
            uint32_t k = rng_below(&rng, i), t = at[k];
            at[k] = at[i - 1];
            at[i - 1] = t;
        }
        for (uint32_t i = 0; i < 40; i++) {
            d.cluster[i] = rng_below(&rng, 16);
            d.before[i] = rng_below(&rng, 9);
            d.pinned[i] = d.before[i] && rng_below(&rng, 5) == 0;
            e.cluster[at[i]] = 15 - d.cluster[i];
            e.before[at[i]] = d.before[i];
            e.pinned[at[i]] = d.pinned[i];
            e.hash[at[i]] = d.hash[i];
        }
        entity_assign(d.arena, &d.in, &d.out);
        entity_assign(e.arena, &e.in, &e.out);
        assert_int_equal(d.out.next, e.out.next);
        assert_int_equal(d.out.event_count, e.out.event_count);
        for (uint32_t i = 0; i < 40; i++) {
            assert_int_equal(d.out.entity[i], e.out.entity[at[i]]);
            assert_true(!d.pinned[i] || d.out.entity[i] == d.before[i]);
        }
        arena_free(d.arena);
        arena_free(e.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_stay), cmocka_unit_test(merge_is_told), cmocka_unit_test(move_is_told),
        cmocka_unit_test(of_two_as_large_the_older_stays), cmocka_unit_test(pins_hold), cmocka_unit_test(order_does_not_matter),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
