/* The whole path on lists made here: what it must find, and that neither the order of rows nor the number of threads shows
 * in the answer. */
#include "match/link.h"

#include "match/set/load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COLUMN(name, role_) { { "" name, sizeof(name) - 1 }, LINK_##role_ }
#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct link_column columns[] = {
    COLUMN("id", ID),         COLUMN("given", GIVEN_NAME), COLUMN("sur", SURNAME), COLUMN("born", BIRTH_DATE),
    COLUMN("town", PLACE),    COLUMN("tel", PHONE),
};
static const struct link_load_options load = { .column = columns, .columns = COUNT(columns), .threads = 1 };
enum { PEOPLE = 1500, ROW_BYTES = 120 };

struct rows {
    char row[2 * PEOPLE][ROW_BYTES];
    int count;
};

static void word_make(struct rng *r, char *out, int letters)
{
    for (int i = 0; i < letters; i++)
        out[i] = (i % 2 ? "aeiou" : "bdghklmnprstv")[rng_below(r, i % 2 ? 5 : 13)];
    out[letters] = 0;
}

/* A row of person `i`; `slips` of its values are spoilt. */
static void row_make(char out[ROW_BYTES], int i, char side, int slips)
{
    struct rng r, s;
    char given[12], sur[12], town[12];
    uint32_t y, m, d, tel;

    rng_seed(&r, 77, (uint64_t)i);
    rng_seed(&s, 78, (uint64_t)i * 7 + (uint64_t)side);
    word_make(&r, given, 4 + (int)rng_below(&r, 4));
    word_make(&r, sur, 5 + (int)rng_below(&r, 4));
    y = 1930 + rng_below(&r, 80), m = 1 + rng_below(&r, 12), d = 1 + rng_below(&r, 28), tel = 10000000 + rng_below(&r, 80000000);
    rng_seed(&r, 79, rng_below(&r, 60));
    word_make(&r, town, 7);
    for (; slips; slips--)
        switch (rng_below(&s, 5)) {
        case 0:
            given[rng_below(&s, 4)] = 'z';
            break;
        case 1:
            sur[rng_below(&s, 5)] = 'q';
            break;
        case 2:
            y += 1;
            break;
        case 3:
            tel = 10000000 + rng_below(&s, 80000000);
            break;
        default:
            town[0] = 0;
        }
    snprintf(out, ROW_BYTES, "%c%d,%s,%s,%04u-%02u-%02u,%s,09%u\n", side, i, given, sur, y, m, d, town, tel);
}

static void shuffle(struct rows *rows, uint64_t seed)
{
    struct rng r;

    rng_seed(&r, seed, 9);
    for (int i = rows->count - 1; i > 0; i--) {
        int k = (int)rng_below(&r, (uint32_t)i + 1);
        char hold[ROW_BYTES];

        memcpy(hold, rows->row[i], ROW_BYTES);
        memcpy(rows->row[i], rows->row[k], ROW_BYTES);
        memcpy(rows->row[k], hold, ROW_BYTES);
    }
}

static void text_make(const struct rows *rows, struct buf *b)
{
    buf_init(b, 1 << 22);
    buf_printf(b, "id,given,sur,born,town,tel\n");
    for (int i = 0; i < rows->count; i++)
        buf_printf(b, "%s", rows->row[i]);
}

/* A run with all that it stands on. */
struct run {
    struct rows *rows[2];
    struct link_set *set;
    struct link_result *result;
};

static void run_make(struct run *run, int sides, uint64_t seed, int threads)
{
    struct buf text[2] = { 0 };
    struct link_options o = { .threads = threads };

    for (int side = 0; side < 2; side++) {
        run->rows[side] = calloc(1, sizeof *run->rows[side]);
        for (int i = 0; i < PEOPLE; i++)
            /* Of two lists, persons 0 … 999 are in both; of one, a third stands twice. */
            if (sides == 2 ? side == 0 || i < 1000 : side == 0 || i % 3 == 0) {
                struct rows *to = run->rows[sides == 2 ? side : 0];

                row_make(to->row[to->count++], i, side ? 'b' : 'a', side ? i % 3 : 0);
            }
    }
    for (int side = 0; side < sides; side++) {
        shuffle(run->rows[side], seed + (uint64_t)side);
        text_make(run->rows[side], &text[side]);
    }
    assert_true(status_ok(link_set_load(&run->set, buf_str(&text[0]), sides == 2 ? buf_str(&text[1]) : (str){ 0 }, &load)));
    assert_true(status_ok(link_run(run->set, &o, &run->result)));
    buf_done(&text[0]);
    buf_done(&text[1]);
}

static void run_done(struct run *run)
{
    link_result_free(run->result);
    link_set_free(run->set);
    free(run->rows[0]);
    free(run->rows[1]);
}

static bool is_one_person(const struct run *run, const struct link_found *f)
{
    str a = link_id(run->set, 0, f->pair.left), b = link_id(run->set, run->set->sides - 1, f->pair.right);

    return str_eq(str_from(a, 1), str_from(b, 1));
}

static void figures(const struct run *run, double *ret_precision, double *ret_recall, double truth)
{
    double right = 0, matches = 0;

    for (size_t i = 0; i < run->result->count; i++)
        if (run->result->found[i].class == LINK_PAIR_MATCH) {
            matches++;
            right += is_one_person(run, &run->result->found[i]);
        }
    assert_true(matches == (double)run->result->matches);
    *ret_precision = right / matches;
    *ret_recall = right / truth;
}

static void test_finds_people(void **state)
{
    double precision, recall;
    struct run run;

    (void)state;
    run_make(&run, 2, 1, 1);
    figures(&run, &precision, &recall, 1000);
    assert_true(precision > .99);
    assert_true(recall > .98);
    run_done(&run);
    run_make(&run, 1, 1, 1);
    figures(&run, &precision, &recall, PEOPLE / 3);
    assert_true(precision > .99);
    assert_true(recall > .98);
    assert_int_equal(run.result->clusters, run.result->matches);
    run_done(&run);
}

static int line_order(const void *a, const void *b) { return strcmp(a, b); }

/* The answer as lines of ids, weights and classes, sorted. */
static char (*answer(const struct run *run))[ROW_BYTES]
{
    char(*lines)[ROW_BYTES] = calloc(run->result->count + 1, ROW_BYTES);

    for (size_t i = 0; i < run->result->count; i++) {
        const struct link_found *f = &run->result->found[i];
        str a = link_id(run->set, 0, f->pair.left), b = link_id(run->set, run->set->sides - 1, f->pair.right);
        bool swap = run->set->sides == 1 && str_cmp(a, b) > 0;

        snprintf(lines[i], ROW_BYTES, "%.*s %.*s %.6g %.6g %d", STR_ARG(swap ? b : a), STR_ARG(swap ? a : b), (double)f->bits,
                 (double)f->probability, f->class);
    }
    qsort(lines, run->result->count, ROW_BYTES, line_order);
    return lines;
}

static void test_rows_and_threads_do_not_matter(void **state)
{
    (void)state;
    for (int sides = 1; sides <= 2; sides++) {
        struct run one, other;
        char(*first)[ROW_BYTES], (*second)[ROW_BYTES];

        run_make(&one, sides, 1, 1);
        run_make(&other, sides, 2, 2);
        assert_int_equal(one.result->count, other.result->count);
        first = answer(&one);
        second = answer(&other);
        for (size_t i = 0; i < one.result->count; i++)
            assert_string_equal(first[i], second[i]);
        free(first);
        free(second);
        run_done(&one);
        run_done(&other);
    }
}

/* With little memory the least likely candidates go, the same ones for any number of threads, and it is told how many. */
static void test_memory_is_bounded(void **state)
{
    struct link_result *one, *other;
    struct run run;

    (void)state;
    run_make(&run, 2, 1, 1);
    assert_true(run.result->cut == 0);
    for (size_t bytes = 1 << 17; bytes <= 1 << 19; bytes *= 2) {
        assert_true(status_ok(link_run(run.set, &(struct link_options){ .threads = 1, .bytes_max = bytes }, &one)));
        assert_true(status_ok(link_run(run.set, &(struct link_options){ .threads = 3, .bytes_max = bytes }, &other)));
        assert_true(one->cut == other->cut && one->count == other->count);
        assert_memory_equal(one->found, other->found, one->count * sizeof *one->found);
        assert_true(one->cut > 0 || bytes > 1 << 17);
        link_result_free(one);
        link_result_free(other);
    }
    run_done(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds_people),
        cmocka_unit_test(test_rows_and_threads_do_not_matter),
        cmocka_unit_test(test_memory_is_bounded),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
