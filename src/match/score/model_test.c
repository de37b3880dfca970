/* Chances, fit and weights on a list whose shares are known, because it was made here. */
#include "match/score/score.h"

#include "match/set/load.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COLUMN(name, role_) { { "" name, sizeof(name) - 1 }, LINK_##role_ }
#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct link_column columns[] = { COLUMN("id", ID), COLUMN("a", CODE), COLUMN("b", CODE), COLUMN("c", CODE), COLUMN("d", CODE) };
static const struct link_load_options options = { .column = columns, .columns = COUNT(columns), .threads = 1 };
enum { PEOPLE = 400, FIELDS = 4 };
static const double right[FIELDS] = { .95, .9, .8, .7 }; /* a value is told right twice */
static const int values[FIELDS] = { 300, 60, 12, 3 };

/* Two lists of the same people; of the second each value is wrong at a known rate. Values are far from each other. */
static void lists_make(struct buf *left, struct buf *second, int same)
{
    struct rng r;

    rng_seed(&r, 11, 3);
    buf_printf(left, "id,a,b,c,d\n");
    buf_printf(second, "id,a,b,c,d\n");
    for (int i = 0; i < PEOPLE; i++) {
        buf_printf(left, "%d", i);
        buf_printf(second, "%d", i);
        for (int f = 0; f < FIELDS; f++) {
            uint32_t v = rng_below(&r, (uint32_t)values[f]), w = i < same && rng_chance(&r, right[f]) ? v : rng_below(&r, (uint32_t)values[f]);

            buf_printf(left, ",%06u", v * 7919u % 999983u);
            buf_printf(second, ",%06u", w * 7919u % 999983u);
        }
        buf_char(left, '\n');
        buf_char(second, '\n');
    }
}

static struct link_set *set_make(int same)
{
    struct buf left, second;
    struct link_set *set;

    buf_init(&left, 1 << 20);
    buf_init(&second, 1 << 20);
    lists_make(&left, &second, same);
    assert_true(status_ok(link_set_load(&set, buf_str(&left), buf_str(&second), &options)));
    buf_done(&left);
    buf_done(&second);
    return set;
}

/* Every pair that there could be, last first when `back`. */
static struct link_scored *all_pairs(const struct link_model *m, bool back, size_t *ret_count)
{
    struct link_scored *list = malloc((size_t)PEOPLE * PEOPLE * sizeof *list);
    struct compare_memo *memo = compare_memo_new();

    for (uint32_t i = 0, n = 0; i < PEOPLE; i++)
        for (uint32_t k = 0; k < PEOPLE; k++, n++) {
            struct link_pair pair = { i, k };

            list[back ? PEOPLE * PEOPLE - 1 - n : n] = (struct link_scored){ pair, compare_pair(&m->comparer, memo, pair) };
        }
    compare_memo_free(memo);
    *ret_count = (size_t)PEOPLE * PEOPLE;
    return list;
}

static void test_learns_known_shares(void **state)
{
    struct link_set *set = set_make(PEOPLE);
    struct link_model m;
    struct link_scored *list;
    size_t count;

    (void)state;
    link_model_start(&m, set);
    list = all_pairs(&m, false, &count);
    link_model_fit(&m, list, count);
    assert_int_equal(m.fit, LINK_FIT_CONVERGED);
    assert_true(m.matches > .9 * PEOPLE && m.matches < 1.1 * PEOPLE);
    for (int f = 0; f < FIELDS; f++) {
        double expected = right[f] + (1 - right[f]) / values[f], chance = 1.0 / values[f];

        assert_true(fabs(m.m[f][LEVEL_SAME] - expected) < .07);
        assert_true(fabs(m.u[f][LEVEL_SAME] / chance - 1) < .15);
    }
    free(list);
    link_model_done(&m);
    link_set_free(set);
}

static void test_order_of_pairs_does_not_matter(void **state)
{
    struct link_set *set = set_make(PEOPLE);
    struct link_model m, n;
    struct link_scored *list;
    size_t count;

    (void)state;
    link_model_start(&m, set);
    link_model_start(&n, set);
    list = all_pairs(&m, false, &count);
    link_model_fit(&m, list, count);
    free(list);
    list = all_pairs(&n, true, &count);
    link_model_fit(&n, list, count);
    assert_memory_equal(m.bits, n.bits, sizeof m.bits);
    assert_memory_equal(&m.prior_bits, &n.prior_bits, sizeof m.prior_bits);
    free(list);
    link_model_done(&m);
    link_model_done(&n);
    link_set_free(set);
}

static void test_says_when_nothing_matches(void **state)
{
    struct link_set *set = set_make(0);
    struct link_model m;
    struct link_scored *list;
    size_t count;

    (void)state;
    link_model_start(&m, set);
    list = all_pairs(&m, false, &count);
    link_model_fit(&m, list, count);
    assert_int_not_equal(m.fit, LINK_FIT_CONVERGED);
    assert_memory_equal(m.m[0], link_default_m(set, &m.comparer.list[0]), sizeof m.m[0]);
    free(list);
    link_model_done(&m);
    link_set_free(set);
}

static void test_nothing_to_learn_from(void **state)
{
    struct link_set *set = set_make(PEOPLE);
    struct link_model m;

    (void)state;
    link_model_start(&m, set);
    link_model_fit(&m, NULL, 0);
    assert_int_equal(m.fit, LINK_FIT_TOO_FEW);
    link_model_done(&m);
    link_set_free(set);
}

/* Few values each: many strangers agree in all that there is. */
static void test_says_when_it_cannot_tell(void **state)
{
    struct link_column two[] = { COLUMN("sex", SEX), COLUMN("year", BIRTH_YEAR) };
    struct link_load_options o = { .column = two, .columns = 2, .threads = 1 };
    struct link_set *set;
    struct link_model m;
    struct link_scored *list;
    struct buf b[2];
    struct rng r;
    size_t count;

    (void)state;
    rng_seed(&r, 5, 6);
    for (int side = 0; side < 2; side++) {
        buf_init(&b[side], 1 << 20);
        buf_printf(&b[side], "sex,year\n");
        for (int i = 0; i < PEOPLE; i++)
            buf_printf(&b[side], "%c,%u\n", "mf"[rng_below(&r, 2)], 1990 + rng_below(&r, 4));
    }
    assert_true(status_ok(link_set_load(&set, buf_str(&b[0]), buf_str(&b[1]), &o)));
    link_model_start(&m, set);
    list = all_pairs(&m, false, &count);
    link_model_fit(&m, list, count);
    assert_true(m.fit == LINK_FIT_UNCLEAR || m.fit == LINK_FIT_TOO_FEW);
    free(list);
    link_model_done(&m);
    link_set_free(set);
    buf_done(&b[0]);
    buf_done(&b[1]);
}

static void test_rare_values_weigh_more(void **state)
{
    struct buf b;
    struct link_set *set;
    struct link_model m;
    struct link_column name[] = { COLUMN("name", SURNAME), COLUMN("code", CODE) };
    struct link_load_options o = { .column = name, .columns = 2, .threads = 1 };
    struct compare_memo *memo = compare_memo_new();
    double common, rare;

    (void)state;
    buf_init(&b, 1 << 20);
    buf_printf(&b, "name,code\nOkonkwo,1\nOkonkwo,2\n");
    for (int i = 0; i < 500; i++)
        buf_printf(&b, "%s,%d\n", i % 2 ? "Smith" : "Wolfgang", i);
    assert_true(status_ok(link_set_load(&set, buf_str(&b), (str){ 0 }, &o)));
    link_model_start(&m, set);
    rare = link_field_weight(&m, 0, (struct link_pair){ 0, 1 }, compare_pair(&m.comparer, memo, (struct link_pair){ 0, 1 })).chance;
    common = link_field_weight(&m, 0, (struct link_pair){ 2, 4 }, compare_pair(&m.comparer, memo, (struct link_pair){ 2, 4 })).chance;
    assert_true(rare > common + 5);
    assert_true(common > 0 && common < 2);
    compare_memo_free(memo);
    link_model_done(&m);
    link_set_free(set);
    buf_done(&b);
}

/* What a date agrees on by chance is counted whatever its year is: long ago, or not known. */
static void test_chance_of_dates_without_a_year(void **state)
{
    static const int years[] = { 1985, 1685, 0 };
    struct link_column column[] = { COLUMN("y", BIRTH_YEAR), COLUMN("m", BIRTH_MONTH), COLUMN("d", BIRTH_DAY) };
    struct link_load_options o = { .column = column, .columns = 3, .threads = 1 };

    (void)state;
    for (size_t k = 0; k < COUNT(years); k++) {
        struct link_set *set;
        struct link_model m;
        struct buf b;

        buf_init(&b, 1 << 16);
        buf_printf(&b, "y,m,d\n");
        for (int i = 0; i < 1200; i++)
            buf_printf(&b, "%.*d,%d,%d\n", years[k] ? 4 : 0, years[k], 1 + i % 12, 1 + i / 12 % 10);
        assert_true(status_ok(link_set_load(&set, buf_str(&b), (str){ 0 }, &o)));
        link_model_start(&m, set);
        assert_true(fabs(m.u[0][LEVEL_SAME] * 120 - 1) < .15);
        link_model_done(&m);
        link_set_free(set);
        buf_done(&b);
    }
}

/* Families of four: parents' names and home are shared, given names and birth dates are not. One of `twice` is listed
 * again with another telephone. */
static struct link_set *families_make(int families, uint32_t twice)
{
    static const struct link_column family[] = { COLUMN("id", ID), COLUMN("name", FULL_NAME), COLUMN("born", BIRTH_DATE),
                                                 COLUMN("father", FATHER_NAME), COLUMN("home", ADDRESS), COLUMN("tel", PHONE) };
    static const struct link_load_options o = { .column = family, .columns = COUNT(family), .threads = 1 };
    static const char *const onset[] = { "b", "c", "d", "g", "h", "k", "l", "m", "n", "ph", "t", "v" };
    static const char *const rime[] = { "an", "inh", "oa", "ung", "ao", "iet", "uy", "ong", "am", "ich" };
    struct link_set *set;
    struct buf b;
    struct rng r;

    buf_init(&b, 1 << 22);
    rng_seed(&r, 3, 8);
    buf_printf(&b, "id,name,born,father,home,tel\n");
    for (int i = 0; i < families; i++) {
        uint32_t sur = rng_below(&r, 12), dad = rng_below(&r, 120), house = rng_below(&r, 900), way = rng_below(&r, 120);

        for (int k = 0; k < 4; k++) {
            uint32_t given = rng_below(&r, 120), y = 1950 + rng_below(&r, 60), m = 1 + rng_below(&r, 12), d = 1 + rng_below(&r, 28);
            int copies = rng_below(&r, twice) == 0 ? 2 : 1;

            for (int copy = 0; copy < copies; copy++)
                buf_printf(&b, "%d-%d-%d,%soang van %s%s,%u-%02u-%02u,%soang van %s%s,so %u duong %s%s,09%08u\n", i, k, copy, onset[sur],
                           onset[given / 10], rime[given % 10], y, m, d, onset[sur], onset[dad / 10], rime[dad % 10], house, onset[way / 10],
                           rime[way % 10], rng_below(&r, 99999999));
        }
    }
    assert_true(status_ok(link_set_load(&set, buf_str(&b), (str){ 0 }, &o)));
    buf_done(&b);
    return set;
}

/* Fits all pairs; returns those of one person, and of all pairs those that are judged wrongly. */
static size_t people_in(struct link_model *m, const struct link_set *set, size_t *ret_wrong)
{
    struct compare_memo *memo = compare_memo_new();
    struct link_scored *list = malloc((size_t)set->count[0] * set->count[0] / 2 * sizeof *list);
    size_t count = 0, people = 0;

    *ret_wrong = 0;
    for (uint32_t i = 0; i < set->count[0]; i++)
        for (uint32_t k = i + 1; k < set->count[0]; k++)
            list[count++] = (struct link_scored){ { i, k }, compare_pair(&m->comparer, memo, (struct link_pair){ i, k }) };
    link_model_fit(m, list, count);
    for (size_t i = 0; i < count; i++) {
        str a = link_id(set, 0, list[i].pair.left), b = link_id(set, 0, list[i].pair.right);
        bool one = a.len == b.len && str_eq(str_slice(a, 0, a.len - 1), str_slice(b, 0, b.len - 1));

        people += one;
        *ret_wrong += one != (link_score_bits(m, list[i].pair, list[i].pattern) > 0);
    }
    free(list);
    compare_memo_free(memo);
    return people;
}

static void test_relatives_are_a_class_of_their_own(void **state)
{
    struct link_set *set = families_make(150, 3);
    struct link_model m;
    size_t people, wrong;

    (void)state;
    link_model_start(&m, set);
    assert_true(m.has_kin);
    people = people_in(&m, set, &wrong);
    assert_true(m.has_kin);
    assert_true(m.kin > 500); /* more than 150 * 6, as some are listed twice */
    assert_true(people > 100);
    assert_true(wrong * 10 < people);
    link_model_done(&m);
    link_set_free(set);
}

/* A clean list is full of relatives and of people with like names: these are no matches, however many they are. */
static void test_few_stand_twice(void **state)
{
    struct link_set *set = families_make(600, 60);
    struct link_model m;
    size_t people, wrong;

    (void)state;
    link_model_start(&m, set);
    people = people_in(&m, set, &wrong);
    print_message("# %zu stand twice, %zu judged wrongly, %g expected, fit %s\n", people, wrong, m.matches, link_fit_words[m.fit]);
    assert_true(people > 20);
    assert_true(wrong * 5 < people);
    link_model_done(&m);
    link_set_free(set);
}

static void test_probability(void **state)
{
    (void)state;
    assert_true(link_probability(0) == .5);
    assert_true(link_probability(1000) == 1 && link_probability(-1000) == 0);
    assert_true(fabs(link_probability(3) - 8.0 / 9) < 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_learns_known_shares),     cmocka_unit_test(test_order_of_pairs_does_not_matter),
        cmocka_unit_test(test_says_when_nothing_matches), cmocka_unit_test(test_nothing_to_learn_from),
        cmocka_unit_test(test_rare_values_weigh_more),  cmocka_unit_test(test_probability),
        cmocka_unit_test(test_says_when_it_cannot_tell), cmocka_unit_test(test_chance_of_dates_without_a_year),
        cmocka_unit_test(test_relatives_are_a_class_of_their_own), cmocka_unit_test(test_few_stand_twice),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
