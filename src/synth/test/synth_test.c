/* Synthetic people: the same bytes by the same seed whatever the threads, numbers that are plausible and unique, kinship
 * that can be, and shares near those stated. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "synth/inside.h"

enum { PEOPLE = 40000, FILE_BYTES_MAX = 1 << 26 };
static struct arena *arena;
static struct defs *defs;
static char root[] = "/tmp/dancu-synth-XXXXXX";

static int setup(void **state)
{
    (void)state;
    struct defs_problems problems = { 0 };
    arena = arena_new(1u << 30);
    return mkdtemp(root) && status_ok(defs_load(arena, (str){ 0 }, &defs, &problems)) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    static const char *const made[] = { "a", "b" };
    static const char *const names[] = { "people.csv", "households.csv", "events.csv" };
    char path[128];
    for (size_t i = 0; i < 2; i++) {
        for (size_t f = 0; f < 3; f++) {
            snprintf(path, sizeof path, "%s/%s/%s", root, made[i], names[f]);
            unlink(path);
        }
        snprintf(path, sizeof path, "%s/%s", root, made[i]);
        rmdir(path);
    }
    static const char *const lists[] = { "list.csv", "list.csv.truth.csv", "list.xlsx", "list.xlsx.truth.csv" };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        snprintf(path, sizeof path, "%s/%s", root, lists[i]);
        unlink(path);
    }
    rmdir(root);
    defs_free(defs);
    arena_free(arena);
    return 0;
}

static str file_bytes(const char *directory, const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s%s%s", root, directory, *directory ? "/" : "", name);
    FILE *f = fopen(path, "rbe");
    assert_non_null(f);
    char *bytes = arena_alloc(arena, FILE_BYTES_MAX);
    size_t n = fread(bytes, 1, FILE_BYTES_MAX, f);
    fclose(f);
    return (str){ bytes, n };
}

static struct synth_result make(const char *directory, int threads, uint64_t seed)
{
    char path[128];
    struct synth_result r;
    snprintf(path, sizeof path, "%s/%s", root, directory);
    struct synth_options o = { .people = PEOPLE, .seed = seed, .directory = str_of(path), .threads = threads };
    assert_true(status_ok(synth_run(defs, &o, &r)));
    return r;
}

static void same_seed_same_bytes(void **state)
{
    (void)state;
    make("a", 1, 5);
    make("b", 3, 5);
    assert_true(str_eq(file_bytes("a", "people.csv"), file_bytes("b", "people.csv")));
    assert_true(str_eq(file_bytes("a", "events.csv"), file_bytes("b", "events.csv")));
    make("b", 2, 6);
    assert_false(str_eq(file_bytes("a", "people.csv"), file_bytes("b", "people.csv")));
}

static void refused(void **state)
{
    (void)state;
    struct synth_result r;
    struct synth_options o = { .people = 999, .directory = STR("/proc/nowhere") };
    assert_true(status_is(synth_run(defs, &o, &r), ERR_VALUE_RANGE));
    o.people = 1000;
    assert_true(status_is(synth_run(defs, &o, &r), ERR_IO));
    o.until = (day){ 20150000 };
    assert_true(status_is(synth_run(defs, &o, &r), ERR_VALUE_RANGE));
}

struct totals {
    int64_t people, alive, women, twins, births, year_only, nguyen, with_grandfather;
};

static void human_check(const struct block *b, size_t i, int32_t until, struct totals *t)
{
    const struct human *h = &b->humans[i];
    const struct human *father = h->father ? &b->humans[h->father - 1] : NULL, *mother = h->mother ? &b->humans[h->mother - 1] : NULL;
    assert_true(h->born <= until && (!h->died || (h->died > h->born - 1 && h->died <= until)));
    assert_true(text_is_utf8(str_of(h->name)) && h->name[0]);
    if (h->number)
        assert_int_equal(number_plausibility(h->number, h->birth, (enum sex)h->sex) & ~(uint32_t)NUMBER_TAIL_PATTERN, 0);
    if (father) {
        assert_true(father->sex == SEX_MALE && mother && mother->sex == SEX_FEMALE);
        int32_t age = h->born - mother->born;
        assert_true(age > 14 * 365 && age < 47 * 365);
        assert_true(!mother->died || mother->died >= h->born);
        assert_true(!father->died || father->died >= h->born - 280);
        t->with_grandfather += father->father != 0;
    }
    if (h->spouse) {
        const struct human *spouse = &b->humans[h->spouse - 1];
        assert_int_equal(spouse->spouse, i + 1);
        assert_true(spouse->sex != h->sex && spouse->married == h->married);
        assert_true(!h->father || h->father != spouse->father);
        assert_true(h->married - h->born >= (h->sex == SEX_MALE ? 20 : 18) * 365);
    }
    t->people++;
    t->alive += !h->died;
    t->women += h->sex == SEX_FEMALE;
    t->year_only += day_precision(h->birth) == DAY_YEAR;
    t->nguyen += str_starts(str_of(h->name), STR("Nguyễn "));
    if (i && father && b->humans[i - 1].father == h->father && b->humans[i - 1].born == h->born)
        t->twins++;
    t->births += father != NULL;
}

static void population_can_be(void **state)
{
    (void)state;
    struct synth_options o = { .people = PEOPLE, .seed = 9 };
    struct plan p;
    struct totals t = { 0 };
    struct table64 numbers;
    assert_true(status_ok(plan_make(arena, defs, &o, &p)));
    table64_init(&numbers, PEOPLE);
    struct block *b = calloc(1, sizeof *b);
    assert_non_null(b);
    for (int64_t index = 0; index < p.blocks; index++) {
        block_make(&p, index, b);
        for (size_t i = 0; i < b->human_count; i++) {
            uint64_t seen;
            human_check(b, i, p.until, &t);
            uint64_t number = (uint64_t)b->humans[i].number;
            assert_false(number && table64_get(&numbers, number, &seen));
            table64_set(&numbers, number, 1);
        }
        for (size_t i = 1; i < b->event_count; i++)
            assert_true(b->events[i - 1].on <= b->events[i].on);
    }
    free(b);
    table64_done(&numbers);
    assert_int_equal(t.people, PEOPLE);
    assert_true(t.alive > PEOPLE * 80 / 100 && t.alive < PEOPLE * 95 / 100);
    assert_true(t.women > PEOPLE * 47 / 100 && t.women < PEOPLE * 53 / 100);
    assert_true(t.twins * 1000 > t.births * 7 && t.twins * 1000 < t.births * 18);
    assert_true(t.nguyen > PEOPLE * 20 / 100 && t.nguyen < PEOPLE * 34 / 100);
    assert_true(t.with_grandfather > PEOPLE / 8);
    assert_true(t.year_only > 0);
}

static void list_with_truth(void **state)
{
    (void)state;
    char from[128], out[128];
    struct synth_list_result r;
    snprintf(from, sizeof from, "%s/a", root);
    snprintf(out, sizeof out, "%s/list.csv", root);
    struct synth_list_options o = { .from = str_of(from), .out = str_of(out), .rows = 4000, .seed = 3, .today = { 20260701 } };
    memcpy(o.rates, synth_fault_rates, sizeof o.rates);
    assert_true(status_ok(synth_list(defs, &o, &r)));
    assert_int_equal(r.rows, 4000);
    for (int f = 0; f < SYNTH_FAULT_COUNT; f++) {
        double most = synth_fault_rates[f] * 4000 * 1.35 + 25;
        assert_true((double)r.faults[f] <= most);
    }
    assert_true(r.faults[SYNTH_FAULT_zeros_lost] > 150 && r.dead > 15 && r.strangers > 15 && r.duplicates > 15);
    str truth = file_bytes("", "list.csv.truth.csv"), line;
    size_t lines = 0;
    while (str_cut(&truth, '\n', &line))
        lines += line.len > 0;
    assert_int_equal(lines, 4001);
    memset(o.rates, 0, sizeof o.rates);
    assert_true(status_ok(synth_list(defs, &o, &r)));
    for (int f = 0; f < SYNTH_FAULT_COUNT; f++)
        assert_int_equal(r.faults[f], 0);
}

static void lists_in_old_fonts(void **state)
{
    (void)state;
    char from[128], out[128];
    struct synth_list_result r;
    snprintf(from, sizeof from, "%s/a", root);
    snprintf(out, sizeof out, "%s/list.csv", root);
    struct synth_list_options o = { .from = str_of(from), .out = str_of(out), .rows = 300, .seed = 3, .encoding = SYNTH_TCVN3, .today = { 20260701 } };
    assert_true(status_ok(synth_list(defs, &o, &r)));
    str bytes = file_bytes("", "list.csv");
    assert_false(text_is_utf8(bytes));
    struct decoding d;
    viet_decode(arena, (struct encoding_form){ .set = ENCODING_TCVN3 }, bytes, &d);
    assert_true(str_find(d.text, STR("Họ và tên")) < d.text.len);
    snprintf(out, sizeof out, "%s/list.xlsx", root);
    o.out = str_of(out);
    assert_true(status_ok(synth_list(defs, &o, &r)));
    assert_true(str_starts(file_bytes("", "list.xlsx"), STR("PK")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_seed_same_bytes), cmocka_unit_test(refused),          cmocka_unit_test(population_can_be),
        cmocka_unit_test(list_with_truth),      cmocka_unit_test(lists_in_old_fonts),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, setup, teardown);
}
