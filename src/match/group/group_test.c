/* One-to-one choice and clusters on small cases whose answer a person can see. */
#include "match/group/expect.h"
#include "match/group/group.h"

#include "match/set/load.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COLUMN(name, role_) { { "" name, sizeof(name) - 1 }, LINK_##role_ }
#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct link_column columns[] = {
    COLUMN("id", ID), COLUMN("given", GIVEN_NAME), COLUMN("sur", SURNAME), COLUMN("born", BIRTH_DATE), COLUMN("tel", PHONE),
};
static const struct link_load_options options = { .column = columns, .columns = COUNT(columns), .threads = 1 };

static struct link_set *loaded(const char *left, const char *right)
{
    struct link_set *set;

    assert_true(status_ok(link_set_load(&set, str_of(left), str_of(right), &options)));
    return set;
}

#define HEAD "id,given,sur,born,tel\n"
static const char three[] = HEAD "1,a,b,1990-01-01,1\n2,c,d,1991-01-01,2\n3,e,f,1992-01-01,3\n";

static void test_best_pair_first(void **state)
{
    struct link_set *set = loaded(three, three);
    /* 0-0 is best, so 0-1 and 1-0 are lost; 1-1 stays though it is weakest; 2 has no rival. */
    struct group_edge edges[] = { { 0, 1, 8 }, { 1, 1, 1 }, { 0, 0, 9 }, { 1, 0, 7 }, { 2, 2, -3 } };
    bool chosen[5];

    (void)state;
    group_one_to_one(set, edges, 5, chosen);
    assert_false(chosen[0]);
    assert_true(chosen[1]);
    assert_true(chosen[2]);
    assert_false(chosen[3]);
    assert_true(chosen[4]);
    link_set_free(set);
}

static void test_rivals_share_the_probability(void **state)
{
    struct link_set *set = loaded(three, three);
    struct group_edge edges[] = { { 0, 0, 10 }, { 0, 1, 10 }, { 2, 2, 10 } };
    float p[3];

    (void)state;
    group_rivals(set, edges, 3, p);
    assert_true(fabs((double)p[0] - .5) < .01 && fabs((double)p[1] - .5) < .01);
    assert_true((double)p[2] > .999);
    link_set_free(set);
}

/* Enough other people that names, dates and numbers are rare. */
static char *crowd_with(const char *rows)
{
    struct buf b;
    char *text;

    buf_init(&b, 1 << 20);
    buf_printf(&b, HEAD "%s", rows);
    for (int i = 0; i < 300; i++)
        buf_printf(&b, "x%d,%c%c%c%c,%c%c%c%c%c,%d-%02d-%02d,09%07d\n", i, 'a' + i % 26, 'e' + i / 26 % 20, 'b' + i % 7, 'a' + i % 17,
                   'k' + i % 13, 'a' + i % 23, 'm' + i % 11, 'e' + i % 19, 'a' + i / 13 % 26, 1930 + i % 80, 1 + i % 12, 1 + i % 28, i * 33331 % 9999999);
    text = malloc(b.len + 1);
    memcpy(text, b.ptr, b.len);
    text[b.len] = 0;
    buf_done(&b);
    return text;
}

static size_t edges_make(const struct link_model *m, uint32_t people, struct group_edge *edges)
{
    struct compare_memo *memo = compare_memo_new();
    size_t n = 0;

    for (uint32_t i = 0; i < people; i++)
        for (uint32_t k = i + 1; k < people; k++) {
            struct link_pair pair = { i, k };

            edges[n++] = (struct group_edge){ i, k, (float)link_weight_bits(link_score(m, pair, compare_pair(&m->comparer, memo, pair))) };
        }
    compare_memo_free(memo);
    return n;
}

static void test_two_people_with_one_link_stay_two(void **state)
{
    /* Record 2 lies between: its names are of one person, its number and date of another. */
    char *text = crowd_with("1,Wilhelmina,Okonkwo,1950-02-03,0901111111\n2,Wilhelmina,Okonkwo,1950-02-03,0901111111\n"
                            "3,Theodore,Zbigniew,1981-12-24,0902222222\n4,Theodore,Zbigniew,1981-12-24,0902222222\n"
                            "5,Wilhelmina,Okonkwo,1981-12-24,0902222222\n");
    struct link_set *set = loaded(text, "");
    struct group_edge edges[10];
    uint32_t *cluster = malloc(set->count[0] * sizeof *cluster);
    struct link_model m;
    size_t n;

    (void)state;
    link_model_start(&m, set);
    n = edges_make(&m, 5, edges);
    group_cluster(&m, edges, n, 0, 1, cluster);
    assert_int_equal(cluster[0], 0);
    assert_int_equal(cluster[1], 0);
    assert_int_equal(cluster[2], 2);
    assert_int_equal(cluster[3], 2);
    assert_int_equal(cluster[7], 7);
    link_model_done(&m);
    link_set_free(set);
    free(cluster);
    free(text);
}

static void test_many_hold_a_record_that_none_holds_alone(void **state)
{
    char *text = crowd_with("1,Wilhelmina,Okonkwo,1950-02-03,\n2,Wilhelmina,Okonkwo,1950-02-03,\n"
                            "3,,Okonkwo,1950-02-03,0901111111\n4,Wilhelmina,,,0901111111\n");
    struct link_set *set = loaded(text, "");
    struct group_edge edges[6];
    uint32_t *cluster = malloc(set->count[0] * sizeof *cluster);
    struct link_model m;
    size_t n;

    (void)state;
    link_model_start(&m, set);
    n = edges_make(&m, 4, edges);
    group_cluster(&m, edges, n, 0, 1, cluster);
    for (int i = 0; i < 4; i++)
        assert_int_equal(cluster[i], 0);
    link_model_done(&m);
    link_set_free(set);
    free(cluster);
    free(text);
}

static void test_order_of_edges_does_not_matter(void **state)
{
    char *text = crowd_with("");
    struct link_set *set = loaded(text, "");
    uint32_t people = 120, *one = malloc(set->count[0] * sizeof *one), *other = malloc(set->count[0] * sizeof *other);
    struct group_edge *edges = malloc(people * people * sizeof *edges);
    struct link_model m;
    size_t n;

    (void)state;
    link_model_start(&m, set);
    n = edges_make(&m, people, edges);
    for (size_t i = 0; i < n; i++)
        edges[i].bits += 12; /* so that much is joined */
    group_cluster(&m, edges, n, 0, 1, one);
    for (size_t i = 0; i < n / 2; i++) {
        struct group_edge swap = edges[i];

        edges[i] = edges[n - 1 - i];
        edges[n - 1 - i] = swap;
    }
    group_cluster(&m, edges, n, 0, 2, other);
    assert_memory_equal(one, other, set->count[0] * sizeof *one);
    link_model_done(&m);
    link_set_free(set);
    free(edges);
    free(one);
    free(other);
    free(text);
}

static void test_expected_errors(void **state)
{
    const float p[] = { 1, 1, .9f, .9f, .6f, .3f, .1f };
    const bool counts[] = { true, true, true, true, true, true, true };
    struct link_expected e[LINK_EXPECTED];

    (void)state;
    group_expect(p, counts, 7, 0, e);
    assert_true(e[0].matches == 7 && fabs(e[0].precision - 4.8 / 7) < 1e-6 && fabs(e[0].recall - 1) < 1e-9);
    assert_true(e[16].matches == 4 && fabs(e[16].precision - .95) < 1e-6 && fabs(e[16].recall - 3.8 / 4.8) < 1e-6);
    assert_true(fabs(group_threshold(e) - .6) < .051); /* .6 is worth having, .3 is not */
    group_expect(p, counts, 7, .5, e);
    assert_true(fabs(e[0].recall - .5) < 1e-9);
    group_expect(p, counts, 0, 0, e);
    assert_true(group_threshold(e) >= .2 && group_threshold(e) <= .8);
}

static void test_valid_numbers_that_differ_never_join(void **state)
{
    static const struct link_column with_number[] = { COLUMN("id", ID), COLUMN("name", FULL_NAME), COLUMN("born", BIRTH_DATE),
                                                      COLUMN("number", PERSON_NUMBER), COLUMN("tel", PHONE) };
    static const struct link_load_options numbered = { .column = with_number, .columns = COUNT(with_number), .threads = 1 };
    struct compare_memo *memo = compare_memo_new();
    struct link_model m;
    struct link_set *set;
    struct buf b;
    uint64_t twins, slip, implausible;

    (void)state;
    buf_init(&b, 1 << 20);
    buf_printf(&b, "id,name,born,number,tel\n1,Trần Thị Lan,1990-01-02,001190004321,0901\n2,Trần Thị Lan,1990-01-02,001190708654,0901\n"
                   "3,Trần Thị Lan,1990-01-02,001190004329,0901\n4,Trần Thị Lan,1990-01-02,999190708654,0901\n");
    for (int i = 0; i < 50; i++)
        buf_printf(&b, "x%d,Lê Văn %c,19%d-03-04,0010%d00%04d,09%d\n", i, 'A' + i % 26, 30 + i, 30 + i, 1000 + 77 * i, i);
    assert_true(status_ok(link_set_load(&set, buf_str(&b), (str){ 0 }, &numbered)));
    link_model_start(&m, set);
    twins = compare_pair(&m.comparer, memo, (struct link_pair){ 0, 1 });
    slip = compare_pair(&m.comparer, memo, (struct link_pair){ 0, 2 });
    implausible = compare_pair(&m.comparer, memo, (struct link_pair){ 0, 3 });
    assert_true(link_pattern_is_vetoed(&m, twins));
    assert_true(link_score_bits(&m, (struct link_pair){ 0, 1 }, twins) < -300);
    assert_false(link_pattern_is_vetoed(&m, slip));
    assert_false(link_pattern_is_vetoed(&m, implausible));
    assert_true(link_score_bits(&m, (struct link_pair){ 0, 2 }, slip) > 0);
    compare_memo_free(memo);
    link_model_done(&m);
    link_set_free(set);
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_best_pair_first),
        cmocka_unit_test(test_rivals_share_the_probability),
        cmocka_unit_test(test_two_people_with_one_link_stay_two),
        cmocka_unit_test(test_many_hold_a_record_that_none_holds_alone),
        cmocka_unit_test(test_order_of_edges_does_not_matter),
        cmocka_unit_test(test_expected_errors),
        cmocka_unit_test(test_valid_numbers_that_differ_never_join),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
