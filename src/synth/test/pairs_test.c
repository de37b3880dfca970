/* Two agencies' files and their answers: the same bytes whatever the threads; without slips both files say the same; each
 * slip touches its own cell and no other; the answers name every pair once; twins are there and have two numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/csv.h"
#include "synth/pairs.h"

enum { PEOPLE = 4000, COLUMNS = 9, FILE_BYTES_MAX = 1 << 22, FILES = 6 };
enum { ID, NAME, BIRTH, SEX, NUMBER, FATHER, MOTHER, ADDRESS, PHONE };
static const char *const made[FILES] = { "A.csv", "B.csv", "records.csv", "truth.csv", "roles.yaml", "synth.txt" };
static struct defs *defs;
static char root[] = "/tmp/dancu-pairs-XXXXXX";

struct row {
    str cells[COLUMNS];
};
struct sheet {
    struct arena *arena;
    struct row *rows;
    size_t count;
};

static int setup(void **state)
{
    (void)state;
    return mkdtemp(root) && status_ok(defs_load(NULL, (str){ 0 }, &defs, NULL)) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    for (int d = 'a'; d <= 'b'; d++) {
        char path[128];
        for (size_t f = 0; f < FILES; f++) {
            snprintf(path, sizeof path, "%s/%c/%s", root, d, made[f]);
            unlink(path);
        }
        snprintf(path, sizeof path, "%s/%c", root, d);
        rmdir(path);
    }
    int left = rmdir(root); /* no temporary file may stay */
    defs_free(defs);
    return left;
}

static struct synth_pairs_options options(void)
{
    return (struct synth_pairs_options){ .people = PEOPLE, .seed = 3, .duplicates = 0.2, .threads = 2 };
}

static struct synth_pairs_result make(char d, struct synth_pairs_options o)
{
    char path[128];
    struct synth_pairs_result r;
    snprintf(path, sizeof path, "%s/%c", root, d);
    o.directory = str_of(path);
    assert_true(status_ok(synth_pairs(defs, &o, &r)));
    return r;
}

static str file_bytes(struct arena *a, char d, const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%c/%s", root, d, name);
    FILE *f = fopen(path, "rbe");
    assert_non_null(f);
    char *bytes = arena_alloc(a, FILE_BYTES_MAX);
    size_t n = fread(bytes, 1, FILE_BYTES_MAX, f);
    fclose(f);
    return (str){ bytes, n };
}

static int by_id(const void *a, const void *b) { return str_cmp(((const struct row *)a)->cells[0], ((const struct row *)b)->cells[0]); }

/* Rows without the head, sorted by their first cell. */
static struct sheet sheet_read(char d, const char *name)
{
    struct sheet s = { .arena = arena_new(1 << 26) };
    struct csv c;
    size_t n;
    bool more;
    str cells[COLUMNS];
    csv_start(&c, file_bytes(s.arena, d, name), ',');
    s.rows = ARENA_ARRAY(s.arena, struct row, PEOPLE * 2);
    assert_true(status_ok(csv_next(&c, cells, COLUMNS, &n, &more)) && more);
    while (status_ok(csv_next(&c, cells, COLUMNS, &n, &more)) && more) {
        for (size_t i = 0; i < n; i++)
            s.rows[s.count].cells[i] = arena_str(s.arena, cells[i]);
        s.count++;
    }
    csv_done(&c);
    qsort(s.rows, s.count, sizeof *s.rows, by_id);
    return s;
}

static const struct row *row_of(const struct sheet *s, str id)
{
    struct row key = { .cells = { id } };
    return bsearch(&key, s->rows, s->count, sizeof *s->rows, by_id);
}

static void rates_set(struct synth_pairs_options *o)
{
    memcpy(o->rates, synth_slip_rates, sizeof o->rates);
}

static void same_seed_same_bytes(void **state)
{
    (void)state;
    struct arena *a = arena_new(1 << 26);
    struct synth_pairs_options o = options();
    rates_set(&o);
    o.threads = 1;
    make('a', o);
    o.threads = 3;
    make('b', o);
    assert_true(str_eq(file_bytes(a, 'a', "A.csv"), file_bytes(a, 'b', "A.csv")));
    assert_true(str_eq(file_bytes(a, 'a', "B.csv"), file_bytes(a, 'b', "B.csv")));
    assert_true(str_eq(file_bytes(a, 'a', "truth.csv"), file_bytes(a, 'b', "truth.csv")));
    o.seed++;
    make('b', o);
    assert_false(str_eq(file_bytes(a, 'a', "B.csv"), file_bytes(a, 'b', "B.csv")));
    arena_free(a);
}

static void refused(void **state)
{
    (void)state;
    struct synth_pairs_result r;
    struct synth_pairs_options o = options();
    o.directory = STR("/proc/nowhere");
    assert_true(status_is(synth_pairs(defs, &o, &r), ERR_IO));
    o.rates[1][SYNTH_SLIP_name_typo] = 1.01;
    assert_true(status_is(synth_pairs(defs, &o, &r), ERR_VALUE_RANGE));
    assert_string_equal(fault_here()->field, "name_typo");
    o = options();
    o.rates[0][SYNTH_SLIP_absent] = o.rates[1][SYNTH_SLIP_absent] = 0.6;
    assert_true(status_is(synth_pairs(defs, &o, &r), ERR_VALUE_RANGE));
    o = options();
    o.people = 999;
    assert_true(status_is(synth_pairs(defs, &o, &r), ERR_VALUE_RANGE));
    o = options();
    o.dedupe = true;
    o.duplicates = 0.71;
    assert_true(status_is(synth_pairs(defs, &o, &r), ERR_VALUE_RANGE));
}

/* The columns that differ between the records of true pairs, as bits; checks the answers on the way. */
static uint32_t columns_that_differ(struct synth_pairs_result r)
{
    struct sheet a = sheet_read('a', "A.csv"), b = sheet_read('a', "B.csv"), truth = sheet_read('a', "truth.csv");
    uint32_t differ = 0;
    assert_int_equal(a.count, r.records[0]);
    assert_int_equal(b.count, r.records[1]);
    assert_int_equal(truth.count, r.pairs);
    for (size_t i = 0; i < truth.count; i++) {
        const struct row *left = row_of(&a, truth.rows[i].cells[0]), *right = row_of(&b, truth.rows[i].cells[1]);
        assert_true(left && right && (!i || str_cmp(truth.rows[i - 1].cells[0], truth.rows[i].cells[0]) < 0));
        for (int c = NAME; c < COLUMNS; c++)
            differ |= (uint32_t)!str_eq(left->cells[c], right->cells[c]) << c;
    }
    arena_free(a.arena), arena_free(b.arena), arena_free(truth.arena);
    return differ;
}

static uint32_t columns_of(int slip)
{
    static const struct {
        const char *word;
        uint32_t columns;
    } words[] = { { "name_", 1 << NAME },     { "birth_", 1 << BIRTH },   { "sex_", 1 << SEX },
                  { "number_", 1 << NUMBER }, { "father_", 1 << FATHER }, { "mother_", 1 << MOTHER },
                  { "parent_", 1 << FATHER | 1 << MOTHER }, { "address_", 1 << ADDRESS }, { "phone_", 1 << PHONE } };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_starts(str_of(synth_slip_names[slip]), str_of(words[i].word)))
            return words[i].columns;
    return 0;
}

static void a_slip_touches_its_own_cell(void **state)
{
    (void)state;
    struct synth_pairs_options o = options();
    o.people = 1200;
    assert_int_equal(columns_that_differ(make('a', o)), 0);
    for (int s = 0; s < SYNTH_SLIP_COUNT; s++) {
        o.rates[1][s] = s == SYNTH_SLIP_absent ? 0.3 : 1;
        struct synth_pairs_result r = make('a', o);
        assert_int_equal(columns_that_differ(r), columns_of(s));
        assert_true(r.done[1][s] > 0 && r.done[0][s] == 0);
        for (int other = 0; other < SYNTH_SLIP_COUNT; other++)
            assert_true(other == s || r.done[1][other] == 0);
        o.rates[1][s] = 0;
    }
}

static void slips_are_as_many_as_stated(void **state)
{
    (void)state;
    struct synth_pairs_options o = options();
    o.people = 40000;
    rates_set(&o);
    struct synth_pairs_result r = make('b', o);
    static const enum synth_slip always[] = { SYNTH_SLIP_absent, SYNTH_SLIP_number_missing, SYNTH_SLIP_name_upper, SYNTH_SLIP_name_typo,
                                              SYNTH_SLIP_sex_missing, SYNTH_SLIP_father_missing, SYNTH_SLIP_address_missing };
    for (size_t i = 0; i < sizeof always / sizeof *always; i++) {
        double want = synth_slip_rates[1][always[i]] * 40000, have = (double)r.done[1][always[i]];
        assert_true(have > want * 0.9 - 20 && have < want * 1.1 + 20);
    }
    assert_int_equal(r.records[0] + r.done[0][SYNTH_SLIP_absent], 40000);
    assert_int_equal(r.records[1] + r.done[1][SYNTH_SLIP_absent], 40000);
    assert_int_equal(r.pairs, 40000 - r.done[0][SYNTH_SLIP_absent] - r.done[1][SYNTH_SLIP_absent]);
}

static int by_family(const void *a, const void *b)
{
    static const int columns[] = { BIRTH, FATHER, MOTHER, ADDRESS };
    const struct row *x = a, *y = b;
    int order = 0;
    for (size_t i = 0; i < 4 && order == 0; i++)
        order = str_cmp(x->cells[columns[i]], y->cells[columns[i]]);
    return order;
}

static void twins_differ_in_name_and_number(void **state)
{
    (void)state;
    make('a', options());
    struct sheet s = sheet_read('a', "A.csv");
    size_t twins = 0;
    qsort(s.rows, s.count, sizeof *s.rows, by_family);
    for (size_t i = 1; i < s.count; i++) {
        const struct row *x = &s.rows[i - 1], *y = &s.rows[i];
        if (str_is_empty(x->cells[FATHER]) || by_family(x, y) != 0)
            continue;
        twins++;
        assert_false(str_eq(x->cells[NUMBER], y->cells[NUMBER]));
        assert_false(str_eq(x->cells[NAME], y->cells[NAME]));
    }
    assert_true(twins > PEOPLE / 400 && twins < PEOPLE / 60);
    arena_free(s.arena);
}

static void duplicates_with_answers(void **state)
{
    (void)state;
    struct synth_pairs_options o = options();
    o.dedupe = true;
    rates_set(&o);
    struct synth_pairs_result r = make('a', o);
    struct sheet records = sheet_read('a', "records.csv"), truth = sheet_read('a', "truth.csv");
    struct table entities;
    size_t most = 0;
    table_init(&entities);
    assert_int_equal(records.count, PEOPLE);
    assert_int_equal(truth.count, PEOPLE);
    assert_int_equal(r.people, PEOPLE - PEOPLE / 5);
    for (size_t i = 0; i < truth.count; i++) {
        assert_true(str_eq(records.rows[i].cells[0], truth.rows[i].cells[0]));
        size_t n = (uintptr_t)table_get(&entities, truth.rows[i].cells[1]) + 1;
        table_set(&entities, truth.rows[i].cells[1], (void *)n);
        most = n > most ? n : most;
    }
    assert_int_equal(entities.count, r.people);
    assert_int_equal(most, 4);
    table_done(&entities);
    arena_free(records.arena), arena_free(truth.arena);
}

static void variants_are_known_to_viet(void **state)
{
    (void)state;
    for (size_t i = 0; i < slip_variant_count; i++)
        assert_true(name_is_variant(str_of(slip_variants[i][0]), str_of(slip_variants[i][1])));
}

static void slip_check(bool (*act)(struct letters *), const char *from, const char *to)
{
    struct letters l;
    char bytes[LETTERS_MAX * 4];
    letters_read(&l, str_of(from));
    assert_int_equal(act(&l), strcmp(from, to) != 0);
    assert_true(str_eq(letters_write(&l, bytes), str_of(to)));
}

static void slips_of_a_name(void **state)
{
    (void)state;
    struct rng r;
    struct letters l;
    char bytes[LETTERS_MAX * 4];
    slip_check(slip_order, "Nguyễn Văn An", "An Nguyễn Văn");
    slip_check(slip_order, "An", "An");
    slip_check(slip_middle, "Nguyễn Văn Bá An", "Nguyễn An");
    slip_check(slip_middle, "Nguyễn An", "Nguyễn An");
    slip_check(slip_marks, "Đỗ Thị Ái", "Do Thi Ai");
    slip_check(slip_upper, "Đỗ thị Ái", "ĐỖ THỊ ÁI");
    rng_seed(&r, 1, 1);
    letters_read(&l, STR("An Nguyễn"));
    assert_true(slip_telex(&r, &l));
    assert_true(str_eq(letters_write(&l, bytes), STR("An Nguyeenx")));
    letters_read(&l, STR("Nguyen An"));
    assert_false(slip_telex(&r, &l));
    for (int i = 0; i < 5000; i++) { /* a typo always changes the text, and leaves it text */
        letters_read(&l, STR("Đặng Thị Huệ"));
        assert_true(slip_typo(&r, &l));
        str typed = letters_write(&l, bytes);
        assert_true(text_is_utf8(typed) && !str_eq(typed, STR("Đặng Thị Huệ")));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_seed_same_bytes),
        cmocka_unit_test(refused),
        cmocka_unit_test(a_slip_touches_its_own_cell),
        cmocka_unit_test(slips_are_as_many_as_stated),
        cmocka_unit_test(twins_differ_in_name_and_number),
        cmocka_unit_test(duplicates_with_answers),
        cmocka_unit_test(variants_are_known_to_viet),
        cmocka_unit_test(slips_of_a_name),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, setup, teardown);
}
