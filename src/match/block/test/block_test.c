/* The choice of keys and the join: what comes out is what the keys say, each pair once, whatever the threads and the
 * order of rows, and certain pairs are not lost. */
#include "match/block/inside.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "match/set/hash.h"
#include "match/set/load.h"

#define COLUMN(name, role_) { { "" name, sizeof(name) - 1 }, LINK_##role_ }

static const struct link_column people[] = {
    COLUMN("id", ID), COLUMN("name", FULL_NAME), COLUMN("born", BIRTH_DATE), COLUMN("no", ID_NUMBER), COLUMN("home", ADDRESS), COLUMN("town", PLACE),
};
static const struct link_load_options load_options = { .column = people, .columns = 6, .threads = 1 };
static const char *const words[] = { "an", "binh", "chau", "dung", "giang", "hoa", "khanh", "lan", "minh", "nga", "oanh", "phuc", "quan",
                                     "son", "thu", "uyen", "van", "xuan", "yen", "nguyen", "tran", "le", "pham", "hoang", "huynh" };

/* Person `id` as file `file` has it; the second file errs now and then. */
static void row_add(struct buf *b, uint32_t id, int file)
{
    struct rng r, e;
    uint32_t w[8];

    rng_seed(&r, 3, id);
    rng_seed(&e, 4, id);
    for (int i = 0; i < 8; i++)
        w[i] = rng_below(&r, 25);
    buf_printf(b, "%c%u,%s %s %s,", 'a' + file, id, words[w[0]], words[w[1]], file && rng_chance(&e, .2) ? "x" : words[w[2]]);
    buf_printf(b, "%u-%02u-%02u,", 1940 + rng_below(&r, 70), rng_below(&r, 12) + 1, file && rng_chance(&e, .1) ? 28 : rng_below(&r, 27) + 1);
    if (file && rng_chance(&e, .3))
        buf_char(b, ',');
    else
        buf_printf(b, "%u,", 100000000 + id * 7919);
    buf_printf(b, "%u %s %s,%s\n", rng_below(&r, 90) + 1, words[w[3]], words[w[4]], words[w[5]]);
}

static struct link_set *set_made(uint32_t count, int sides, bool backwards)
{
    struct link_set *set;
    struct buf b[2];

    for (int file = 0; file < 2; file++) {
        buf_init(&b[file], 64 << 20);
        buf_add(&b[file], STR("id,name,born,no,home,town\n"));
    }
    for (uint32_t i = 0; i < count; i++)
        for (int file = 0; file < 2; file++)
            row_add(&b[sides == 2 ? file : 0], backwards ? count - 1 - i : i, backwards && sides == 1 ? 1 - file : file);
    assert_true(status_ok(link_set_load(&set, buf_str(&b[0]), sides == 2 ? buf_str(&b[1]) : (str){ 0 }, &load_options)));
    buf_done(&b[0]);
    buf_done(&b[1]);
    return set;
}

struct gathered {
    pthread_mutex_t lock;
    const struct link_set *set;
    struct link_pair *list;
    uint64_t *named; /* pairs by the hashes of their ids and the rule */
    size_t count, cap, by_rule[LINK_RULES_MAX];
};

static void gather(void *arg, int thread, int rule, const struct link_pair *pairs, size_t count, uint8_t *settled)
{
    struct gathered *g = arg;
    const struct link_field *number = &g->set->field[2];

    (void)thread;
    pthread_mutex_lock(&g->lock);
    while (g->count + count > g->cap) {
        g->cap = g->cap ? g->cap * 2 : 4096;
        g->list = reallocarray(g->list, g->cap, sizeof *g->list);
        g->named = reallocarray(g->named, g->cap, sizeof *g->named);
    }
    for (size_t i = 0; i < count; i++) {
        uint64_t left = link_hash(link_id(g->set, 0, pairs[i].left)), right = link_hash(link_id(g->set, link_side(g->set, 1), pairs[i].right));

        if (g->set->sides == 1 && left > right) { /* records of equal content stand in the order of their rows */
            uint64_t kept = left;
            left = right;
            right = kept;
        }
        if (settled)
            settled[i] = number->digits[0][pairs[i].left] && number->digits[0][pairs[i].left] == number->digits[1][pairs[i].right];
        g->named[g->count] = link_mix(link_mix(left, (uint64_t)rule), right);
        g->list[g->count++] = pairs[i];
    }
    g->by_rule[rule] += count;
    pthread_mutex_unlock(&g->lock);
}

static int cmp64(const void *one, const void *other)
{
    uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)other;
    return a < b ? -1 : a > b;
}

static struct gathered *gathered_by(const struct link_set *set, const struct link_plan *plan, int threads)
{
    struct gathered *g = calloc(1, sizeof *g);

    pthread_mutex_init(&g->lock, NULL);
    g->set = set;
    link_block_run(plan, threads, gather, g);
    if (g->count)
        qsort(g->named, g->count, sizeof *g->named, cmp64);
    return g;
}

static void gathered_free(struct gathered *g)
{
    free(g->list);
    free(g->named);
    free(g);
}

/* The first rule that brings a pair, by the parts themselves; -1 if none does. No block is too large here. */
static int rule_of(const struct plan *p, uint32_t left, uint32_t right)
{
    for (int rule = 0; rule < p->face.rules; rule++) {
        const struct key *k = &p->key[rule];
        bool equal = true;

        for (int i = 0; i < k->parts && equal; i++) {
            uint32_t a, b;

            part_fill(&p->part[k->part[i]], p->set, (struct part_rows){ 0, NULL, left, 1 }, &a);
            part_fill(&p->part[k->part[i]], p->set, (struct part_rows){ link_side(p->set, 1), NULL, right, 1 }, &b);
            equal = a && a == b;
        }
        if (equal)
            return rule;
    }
    return -1;
}

static void check_against_all_pairs(int sides)
{
    struct link_set *set = set_made(700, sides, false);
    const struct link_options options = { .threads = 1 };
    struct link_plan *plan;
    struct gathered *g;
    size_t expected[LINK_RULES_MAX] = { 0 }, sum = 0;

    link_block_plan(set, &options, &plan);
    assert_true(plan->rules > 1);
    for (uint32_t i = 0; i < set->count[0]; i++)
        for (uint32_t k = sides == 2 ? 0 : i + 1; k < set->count[sides - 1]; k++) {
            int rule = rule_of((const struct plan *)(const void *)plan, i, k);

            if (rule >= 0)
                expected[rule]++, sum++;
        }
    g = gathered_by(set, plan, 1);
    assert_int_equal(g->count, sum);
    for (int rule = 0; rule < plan->rules; rule++)
        assert_int_equal(g->by_rule[rule], expected[rule]);
    for (size_t i = 1; i < g->count; i++)
        assert_true(g->named[i] != g->named[i - 1]);
    for (size_t i = 0; i < g->count && sides == 1; i++)
        assert_true(set->hash[0][g->list[i].left] <= set->hash[0][g->list[i].right]);
    gathered_free(g);
    link_plan_free(plan);
    link_set_free(set);
}

static void test_all_pairs(void **state)
{
    (void)state;
    check_against_all_pairs(2);
    check_against_all_pairs(1);
}

static void check_order_and_threads(int sides)
{
    const struct link_options options = { .threads = 1 };
    struct link_set *a = set_made(6000, sides, false), *b = set_made(6000, sides, true);
    struct link_plan *plan_a, *plan_b;
    struct gathered *one, *three, *back;

    link_block_plan(a, &options, &plan_a);
    link_block_plan(b, &options, &plan_b);
    assert_int_equal(plan_a->rules, plan_b->rules);
    for (int i = 0; i < plan_a->rules; i++)
        assert_true(str_eq(plan_a->rule[i].name, plan_b->rule[i].name));
    one = gathered_by(a, plan_a, 1);
    three = gathered_by(a, plan_a, 3);
    back = gathered_by(b, plan_b, 2);
    assert_int_equal(one->count, three->count);
    assert_int_equal(one->count, back->count);
    assert_memory_equal(one->named, three->named, one->count * sizeof *one->named);
    assert_memory_equal(one->named, back->named, one->count * sizeof *one->named);
    gathered_free(one);
    gathered_free(three);
    gathered_free(back);
    link_plan_free(plan_a);
    link_plan_free(plan_b);
    link_set_free(a);
    link_set_free(b);
}

static void test_order_and_threads(void **state)
{
    (void)state;
    check_order_and_threads(2);
    check_order_and_threads(1);
}

/* With records settled by the first rules: nothing new comes out, and hardly a person is lost. */
static void test_settling(void **state)
{
    const struct link_options options = { .threads = 2 };
    struct link_set *set = set_made(20000, 2, false);
    struct link_plan *plan;
    struct plan *p;
    struct gathered *all, *some, *again;
    size_t found = 0, at = 0;

    (void)state;
    link_block_plan(set, &options, &plan);
    p = (struct plan *)(void *)plan;
    assert_int_equal(p->settling, 0); /* a small set needs none */
    assert_true(plan->rules > 3);
    all = gathered_by(set, plan, 2);
    p->settling = 3;
    some = gathered_by(set, plan, 1);
    again = gathered_by(set, plan, 3);
    assert_true(some->count < all->count);
    assert_int_equal(some->count, again->count);
    assert_memory_equal(some->named, again->named, some->count * sizeof *some->named);
    for (size_t i = 0; i < some->count; i++) {
        while (at < all->count && all->named[at] < some->named[i])
            at++;
        assert_true(at < all->count && all->named[at] == some->named[i]);
        found += some->list[i].left == some->list[i].right;
    }
    assert_true(found >= 19980);
    gathered_free(all);
    gathered_free(some);
    gathered_free(again);
    link_plan_free(plan);
    link_set_free(set);
}

static void test_recall(void **state)
{
    const struct link_options options = { .threads = 2 };
    struct link_set *set = set_made(20000, 2, false);
    struct link_plan *plan;
    struct gathered *g;
    size_t found = 0;

    (void)state;
    link_block_plan(set, &options, &plan);
    g = gathered_by(set, plan, 2);
    for (size_t i = 0; i < g->count; i++)
        found += g->list[i].left == g->list[i].right; /* both files hold the people in the same order */
    assert_true(found >= 19990);
    assert_true(plan->missed < .001);
    gathered_free(g);
    link_plan_free(plan);
    link_set_free(set);
}

/* Blocks that are too large are cut, and the pair that only they hold is still found. */
static void test_oversize(void **state)
{
    static const struct link_column columns[] = { COLUMN("name", GIVEN_NAME), COLUMN("no", CODE) };
    const struct link_load_options lo = { .column = columns, .columns = 2, .threads = 1 };
    const struct link_options options = { .threads = 1 };
    struct link_set *set;
    struct link_plan *plan;
    struct gathered *g;
    struct plan *p;
    struct buf b;
    size_t equal = 0;

    (void)state;
    buf_init(&b, 8 << 20);
    buf_add(&b, STR("name,no\n"));
    for (int i = 0; i < 3000; i++)
        buf_printf(&b, "lan,%d\n", i / 2);
    for (int i = 0; i < 400; i++)
        buf_add(&b, STR("minh,same\n"));
    assert_true(status_ok(link_set_load(&set, buf_str(&b), (str){ 0 }, &lo)));
    link_block_plan(set, &options, &plan);
    p = (struct plan *)(void *)plan;
    p->face.rules = 1; /* the name alone, cut by the number */
    p->key[0] = (struct key){ { 0 }, 1, 1, 0 };
    p->refine[0][0] = 1;
    p->refines[0] = 1;
    p->part[0].kind = PART_WHOLE;
    p->block_pairs_max = 10000;
    for (int i = 0; i < p->parts; i++)
        if (p->part[i].field == 1)
            p->refine[0][0] = (uint8_t)i;
    g = gathered_by(set, plan, 1);
    for (size_t i = 0; i < g->count; i++)
        equal += set->field[1].code[0][g->list[i].left] == set->field[1].code[0][g->list[i].right];
    assert_int_equal(equal, g->count);
    assert_true(g->count >= 1500 + 400 && g->count <= 1500 + 400 * 60);
    gathered_free(g);
    link_plan_free(plan);
    link_set_free(set);
    buf_done(&b);
}

static void test_nothing(void **state)
{
    const struct link_options options = { .threads = 2 };
    struct link_set *set = set_made(0, 2, false);
    struct link_plan *plan;
    struct gathered *g;

    (void)state;
    link_block_plan(set, &options, &plan);
    g = gathered_by(set, plan, 2);
    assert_int_equal(g->count, 0);
    gathered_free(g);
    link_plan_free(plan);
    link_set_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_pairs), cmocka_unit_test(test_order_and_threads), cmocka_unit_test(test_recall),
        cmocka_unit_test(test_oversize),  cmocka_unit_test(test_settling),          cmocka_unit_test(test_nothing),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
