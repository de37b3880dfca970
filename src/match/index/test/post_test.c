/* Postings: what was put is found, for keys in any order, in rising order, and where a key has more than a block. */
#include "match/index/inside.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "match/set/hash.h"

enum { POSTS = 20000 };

struct put {
    uint64_t key;
    uint32_t record;
};

static int put_order(const void *one, const void *other)
{
    const struct put *a = one, *b = other;

    return a->key != b->key ? (a->key < b->key ? -1 : 1) : a->record < b->record ? -1 : a->record > b->record;
}

/* Some keys have one record, some hundreds; `spread` moves the upper bits apart. */
static struct put *puts_make(int spread)
{
    struct put *list = malloc(POSTS * sizeof *list);

    assert_non_null(list);
    for (uint32_t i = 0; i < POSTS; i++) {
        uint32_t key = (uint32_t)(link_mix(i % 7 ? i : i % 13, 3) >> spread);
        list[i] = (struct put){ (uint64_t)key << KEY_REFINE_BITS | link_mix(i, 9) % 4, i };
    }
    qsort(list, POSTS, sizeof *list, put_order);
    return list;
}

static void found_check(const struct put *list, const struct posts *p, struct post_cursor *c, struct post_group *g, uint32_t key)
{
    size_t n = 0;

    (void)p;
    post_seek(c, key, g);
    for (size_t i = 0; i < POSTS; i++) {
        if (list[i].key >> KEY_REFINE_BITS != key)
            continue;
        assert_true(n < g->count);
        assert_int_equal(g->list[n].record, list[i].record);
        assert_int_equal(g->list[n].fine, list[i].key & 255);
        n++;
    }
    assert_int_equal(n, g->count);
}

static void spread_check(int spread)
{
    struct put *list = puts_make(spread);
    struct post_writer w = { 0 };
    struct buf out;
    struct post_cursor c;
    struct post_group g = { 0 };

    buf_init(&out, 1 << 20);
    w.out = &out;
    for (size_t i = 0; i < POSTS; i++)
        post_put(&w, list[i].key, list[i].record);
    struct posts p = { (const uint8_t *)out.ptr, out.len, w.block, w.blocks };
    post_start(&c, &p);
    for (size_t i = 0; i < POSTS; i += 97) /* rising */
        found_check(list, &p, &c, &g, (uint32_t)(list[i].key >> KEY_REFINE_BITS));
    for (uint32_t i = 0; i < 300; i++) { /* any; half of them are there, the others near */
        uint64_t at = link_mix(i, 21) % POSTS;
        found_check(list, &p, &c, &g, (uint32_t)(list[at].key >> KEY_REFINE_BITS) + (i & 1));
    }
    found_check(list, &p, &c, &g, 0);
    found_check(list, &p, &c, &g, UINT32_MAX);
    p.bytes_count = out.len / 2; /* cut off: nothing beyond is read */
    post_start(&c, &p);
    for (size_t i = 0; i < POSTS; i += 501)
        post_seek(&c, (uint32_t)(list[i].key >> KEY_REFINE_BITS), &g);
    free(g.list);
    free(w.block);
    buf_done(&out);
    free(list);
}

static void test_found(void **state)
{
    (void)state;
    spread_check(32);
    spread_check(40);
    spread_check(50);
}

static void test_take(void **state)
{
    struct post list[] = { { 5, 1 }, { 6, 2 }, { 7, 1 }, { 8, 3 } };
    struct post_group g = { list, 4, 4 };
    uint32_t records[4];
    bool cut;

    (void)state;
    assert_int_equal(post_take(&g, 1, records, 4, &cut), 4);
    assert_false(cut);
    assert_int_equal(post_take(&g, 1, records, 3, &cut), 2);
    assert_true(cut);
    assert_int_equal(records[1], 7);
    assert_int_equal(post_take(&g, 9, records, 3, &cut), 3);
    assert_int_equal(records[0], 5);
    assert_true(cut);
}

static void test_empty(void **state)
{
    struct posts p = { 0 };
    struct post_cursor c;
    struct post_group g = { 0 };

    (void)state;
    post_start(&c, &p);
    post_seek(&c, 17, &g);
    assert_int_equal(g.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_found), cmocka_unit_test(test_take), cmocka_unit_test(test_empty) };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
