/* The loader: what it reads, what it refuses, and that neither threads nor the order of rows show in what it gives. */
#include "match/set/load.h"
#include "match/set/word.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COLUMN(name, role_) { { "" name, sizeof(name) - 1 }, LINK_##role_ }
#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct link_column people[] = {
    COLUMN("id", ID),      COLUMN("ho_ten", FULL_NAME), COLUMN("ngay", BIRTH_DATE), COLUMN("so", PERSON_NUMBER),
    COLUMN("sex", SEX),    COLUMN("tel", PHONE),        COLUMN("noi_o", ADDRESS),
};
static const struct link_load_options options = { .column = people, .columns = COUNT(people), .threads = 1 };

static struct link_set *loaded(str left, str right, const struct link_load_options *o)
{
    struct link_set *set = NULL;

    assert_true(status_ok(link_set_load(&set, left, right, o)));
    return set;
}

static void text_is(const struct link_field *f, int side, uint32_t record, const char *text)
{
    uint32_t code = f->code[side][record];

    assert_int_not_equal(code, 0);
    assert_true(str_eq(f->dict->text[code], str_of(text)));
}

static void test_values(void **state)
{
    struct link_set *s = loaded(STR("id, ho_ten ,ngay,so,sex,tel,noi_o\n"
                                    "a, Nguyễn  Văn Hoà,02/01/1990,001090000012,Nam,+84 912 345 678,\"Số 5, \"\"Phố\"\" Huế\"\n"
                                    "\n"
                                    "b,NGUYỄN VĂN HÒA,1990,,Nữ,,null\n"
                                    "c,nguyen van hoa,19900102,1090000012,nam,0912345678\n"),
                                (str){ 0 }, &options);
    const struct link_field *name = &s->field[0], *birth = &s->field[1], *number = &s->field[2], *sex = &s->field[3];

    (void)state;
    assert_int_equal(s->sides, 1);
    assert_int_equal(s->count[0], 3);
    assert_true(str_eq(link_id(s, 0, 1), STR("b")));
    assert_int_equal(link_words(name, 0, 0).count, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(link_words(name, 0, 0).code[i], link_words(name, 0, 1).code[i]);
    assert_int_not_equal(link_words(name, 0, 0).code[2], link_words(name, 0, 2).code[2]);
    assert_true(str_eq(name->dict->text[link_words(name, 0, 0).code[2]], name->dict->text[link_words(name, 0, 2).code[2]]));
    assert_true(name->dict->hash[link_words(name, 0, 0).code[2]] == name->dict->hash[link_words(name, 0, 2).code[2]]);
    assert_int_equal(birth->code[0][0], link_day(1990, 1, 2));
    assert_int_equal(birth->code[0][1], link_day(1990, 0, 0));
    assert_int_equal(birth->code[0][2], link_day(1990, 1, 2));
    assert_true(number->digits[0][0] == link_digits(12, 1090000012));
    assert_true(number->digits[0][1] == 0);
    assert_true(number->digits[0][2] == number->digits[0][0]);
    text_is(sex, 0, 0, "m");
    text_is(sex, 0, 1, "f");
    assert_true(s->field[4].digits[0][0] == link_digits(10, 912345678));
    assert_true(s->field[4].digits[0][0] == s->field[4].digits[0][2]);
    assert_int_equal(link_words(&s->field[5], 0, 0).count, 4);
    assert_int_equal(link_words(&s->field[5], 0, 1).count, 0);
    assert_int_equal(name->known[0], 3);
    assert_int_equal(name->dict->uses[0][link_words(name, 0, 0).code[0]], 2);
    link_set_free(s);
}

static void test_parts_and_order(void **state)
{
    static const struct link_column columns[] = { COLUMN("by", BIRTH_YEAR), COLUMN("bm", BIRTH_MONTH), COLUMN("bd", BIRTH_DAY),
                                                  COLUMN("seen", BIRTH_DATE) };
    const struct link_load_options o = { .column = columns, .columns = COUNT(columns), .threads = 1 };
    struct link_set *s = loaded(STR("by,bm,bd,seen\n1967,9,27,1/2/1990\n1968,,,3/25/1990\n,13,32,\n"), (str){ 0 }, &o);

    (void)state;
    assert_int_equal(s->fields, 2);
    assert_int_equal(s->field[0].code[0][0], link_day(1967, 9, 27));
    assert_int_equal(s->field[0].code[0][1], link_day(1968, 0, 0));
    assert_int_equal(s->field[0].code[0][2], 0);
    assert_int_equal(s->field[0].known[0], 2);
    assert_int_equal(s->field[1].code[0][0], link_day(1990, 1, 2)); /* the column writes the month first */
    assert_int_equal(s->field[1].code[0][1], link_day(1990, 3, 25));
    assert_true(str_eq(link_id(s, 0, 2), STR("3")));
    link_set_free(s);
}

static void test_two_lists(void **state)
{
    static const struct link_column columns[] = { COLUMN("name", GIVEN_NAME), COLUMN("ten", GIVEN_NAME), COLUMN("so", ID_NUMBER),
                                                  COLUMN("only", CODE) };
    const struct link_load_options o = { .column = columns, .columns = COUNT(columns), .threads = 2 };
    struct link_set *s = loaded(STR("only,name,so\nx,An,12\n"), STR("so;ten\n012;an\n12;Bình\n"), &o);

    (void)state;
    assert_int_equal(s->sides, 2);
    assert_int_equal(s->fields, 2);
    assert_int_equal(s->count[1], 2);
    assert_int_equal(s->field[0].kind, LINK_KIND_DIGITS);
    assert_true(s->field[0].digits[0][0] == s->field[0].digits[1][1] && s->field[0].digits[1][0] == link_digits(3, 12));
    assert_int_equal(s->field[1].code[0][0], s->field[1].code[1][0]);
    link_set_free(s);
}

static enum error_code refused(str left, str right, const struct link_load_options *o)
{
    struct link_set *s = NULL;
    status st = link_set_load(&s, left, right, o);

    assert_null(s);
    return st.code;
}

static void test_refusals(void **state)
{
    static const struct link_column id[] = { COLUMN("id", ID), COLUMN("no", ID), COLUMN("a", TEXT) };
    const struct link_load_options ids = { .column = id, .columns = 3 }, only = { .column = id, .columns = 1 };

    (void)state;
    assert_int_equal(refused(STR(""), (str){ 0 }, &options), ERR_FILE_EMPTY);
    assert_int_equal(refused(STR("id,ho_ten\n"), (str){ 0 }, &options), ERR_COLUMN_UNKNOWN);
    assert_int_equal(refused(STR("id,a,no\n1,2,3\n"), (str){ 0 }, &ids), ERR_COLUMN_DOUBLE);
    assert_int_equal(refused(STR("id,id\n1,2\n"), (str){ 0 }, &only), ERR_COLUMN_DOUBLE);
    assert_int_equal(refused(STR("id,b\n1,2\n"), (str){ 0 }, &only), ERR_COLUMN_UNMAPPED);
    assert_int_equal(refused(STR("id,ho_ten,ngay,so,sex,tel,noi_o\na,b\nc,\"d\" e\n"), (str){ 0 }, &options), ERR_CSV_QUOTE);
    assert_int_equal(fault_here()->row, 3);
    assert_int_equal(refused(STR("id,ho_ten,ngay,so,sex,tel,noi_o\n"), STR("id,ho_ten,ngay,so,sex,tel,noi_o\n1,2,3,4,5,6,7,8\n"), &options),
                     ERR_CSV_COLUMNS);
    assert_string_equal(fault_here()->detail, "right");
}

/* Bytes that are no UTF-8 are values like others; long cells have words too, and marks may stand apart. */
static void test_odd_bytes(void **state)
{
    struct link_set *s = loaded(STR("id,ho_ten,ngay,so,sex,tel,noi_o\n"
                                    "1,\xCC\xFF\xFE\xFF,x,y,\xFF,z,\n"
                                    "2,Nguye\xCC\x82\xCC\x83n,,,,,a bb ccc dddd eeeee ffffff ggggggg hhhhhhhh iiiiiiiii jjjjjjjjjj kkkkkkkkkkk\n"
                                    "3,Nguy\xE1\xBB\x85n,,,,,\n"),
                                (str){ 0 }, &options);
    const struct link_field *name = &s->field[0], *home = &s->field[5];

    (void)state;
    assert_int_equal(link_words(name, 0, 0).count, 1);
    assert_int_equal(link_words(name, 0, 1).code[0], link_words(name, 0, 2).code[0]);
    assert_int_equal(link_words(home, 0, 1).count, LINK_WORDS_MAX);
    assert_true(str_eq(home->dict->text[link_words(home, 0, 1).code[7]], STR("hhhhhhhh")));
    link_set_free(s);
}

enum { MANY = 20000 };

static const char *const given[] = { "An", "Bình", "Chi", "Dũng", "Giang", "Hoà", "Hòa", "Hoa", "", "Ly", "Lý", "Li" };

static void row_add(struct buf *b, struct rng *r, uint32_t id)
{
    rng_seed(r, 7, id);
    buf_printf(b, "%u,Trần %s%u,%02u/%02u/%u,%u,%s,,\"thôn %u, \nxã %s\"\n", id, given[rng_below(r, 12)], rng_below(r, 900),
               rng_below(r, 28) + 1, rng_below(r, 12) + 1, 1930 + rng_below(r, 90), rng_below(r, 1000000), rng_below(r, 2) ? "Nam" : "",
               rng_below(r, 30), given[rng_below(r, 12)]);
}

static void records_equal(const struct link_set *a, uint32_t i, const struct link_set *b, uint32_t k)
{
    assert_true(str_eq(link_id(a, 0, i), link_id(b, 0, k)));
    assert_true(a->hash[0][i] == b->hash[0][k]);
    for (int f = 0; f < a->fields; f++) {
        const struct link_field *x = &a->field[f], *y = &b->field[f];

        if (x->code[0])
            assert_int_equal(x->code[0][i], y->code[0][k]);
        if (x->digits[0])
            assert_true(x->digits[0][i] == y->digits[0][k]);
        if (!x->word[0])
            continue;
        assert_int_equal(link_words(x, 0, i).count, link_words(y, 0, k).count);
        for (int w = 0; w < link_words(x, 0, i).count; w++)
            assert_int_equal(link_words(x, 0, i).code[w], link_words(y, 0, k).code[w]);
    }
}

/* Codes too are the same for any number of threads and any order of rows. */
static void test_order_and_threads(void **state)
{
    struct link_load_options two = options;
    struct buf forth, back;
    struct link_set *a, *b;
    struct rng r;

    (void)state;
    two.threads = 3;
    buf_init(&forth, 8 << 20);
    buf_init(&back, 8 << 20);
    buf_add(&forth, STR("id,ho_ten,ngay,so,sex,tel,noi_o\n"));
    buf_add(&back, STR("id,ho_ten,ngay,so,sex,tel,noi_o\n"));
    for (uint32_t i = 0; i < MANY; i++) {
        row_add(&forth, &r, i);
        row_add(&back, &r, MANY - 1 - i);
    }
    a = loaded(buf_str(&forth), (str){ 0 }, &options);
    b = loaded(buf_str(&back), (str){ 0 }, &two);
    assert_int_equal(a->count[0], MANY);
    assert_int_equal(b->count[0], MANY);
    for (uint32_t i = 0; i < MANY; i++)
        records_equal(a, i, b, MANY - 1 - i);
    for (int f = 0; f < a->fields; f++)
        for (uint32_t c = 1; a->field[f].dict && c <= a->field[f].dict->count; c++)
            assert_int_equal(a->field[f].dict->uses[0][c], b->field[f].dict->uses[0][c]);
    link_set_free(a);
    link_set_free(b);
    buf_done(&forth);
    buf_done(&back);
}

static void words_are(const struct link_field *f, uint32_t row, str expected)
{
    struct link_words w = link_words(f, 0, row);
    str word;

    for (int i = 0; i < w.count; i++) {
        assert_true(str_cut(&expected, ' ', &word));
        assert_true(str_eq(f->dict->text[w.code[i]], word));
    }
    assert_int_equal(expected.len, 0);
}

/* Words past what two bytes can number, names past what a short row holds, and both. */
static void test_rows_of_words(void **state)
{
    enum { MOST = 90000 };
    struct buf b;

    (void)state;
    for (int many = 0; many < 2; many++) {
        struct link_load_options two = options;
        uint32_t rows = many ? MOST : 3000;
        struct link_set *s;

        two.threads = 2;
        buf_init(&b, 16 << 20);
        buf_add(&b, STR("id,ho_ten,ngay,so,sex,tel,noi_o\n"));
        for (uint32_t i = 0; i < rows; i++)
            buf_printf(&b, "%u,a w%u%s,,,,,x%u z\n", i, i, i % 7 ? "" : " c d e f", i % 50);
        s = loaded(buf_str(&b), (str){ 0 }, &two);
        assert_int_equal(s->field[0].row, many ? LINK_ROW_WIDE : LINK_ROW_SHORT);
        assert_int_equal(s->field[5].row, LINK_ROW_NARROW);
        for (uint32_t i = 0; i < rows; i++) {
            char name[32], home[32];
            int name_len = snprintf(name, sizeof name, "a w%u%s", i, i % 7 ? "" : " c d e f"), home_len = snprintf(home, sizeof home, "x%u z", i % 50);

            words_are(&s->field[0], i, (str){ name, (size_t)name_len });
            words_are(&s->field[5], i, (str){ home, (size_t)home_len });
        }
        assert_int_equal(s->field[0].known[0], rows);
        link_set_free(s);
        buf_done(&b);
    }
}

/* A list in parts holds what the whole holds, row by row, wherever it is cut; places of errors are those of the whole. */
static void test_slices(void **state)
{
    static const struct link_column columns[] = { COLUMN("id", ID), COLUMN("ho_ten", FULL_NAME), COLUMN("ngay", BIRTH_DATE), COLUMN("noi_o", ADDRESS) };
    struct link_load_options o = { .column = columns, .columns = COUNT(columns), .threads = 1 };
    struct buf b;

    (void)state;
    buf_init(&b, 1 << 20);
    buf_add(&b, STR("\xEF\xBB\xBFid,ho_ten,ngay,noi_o\n"));
    for (int i = 0; i < 500; i++)
        buf_printf(&b, "%sr%d,An Binh%d,%02d/%02d/1990,\"Số %d,%s\"\n", i % 9 ? "" : "\n", i, i % 17, i % 28 + 1, i % 12 + 1, i % 40, i % 5 ? "" : "\nHuế");
    struct link_set *whole = loaded(buf_str(&b), (str){ 0 }, &o);
    for (uint32_t most = 1; most < 600; most = most * 3 + 1) {
        struct link_slice slice = { .rows_max = most, .more = true };
        uint32_t at = 0;

        o.slice = &slice;
        while (slice.more) {
            struct link_set *part = loaded(buf_str(&b), (str){ 0 }, &o);

            assert_true(part->count[0] <= most);
            for (uint32_t r = 0; r < part->count[0]; r++, at++) {
                assert_true(str_eq(link_id(part, 0, r), link_id(whole, 0, at)));
                assert_true(part->hash[0][r] == whole->hash[0][at]);
                assert_int_equal(part->field[1].code[0][r], whole->field[1].code[0][at]);
                for (int k = 0; k < link_words(&part->field[2], 0, r).count; k++)
                    assert_true(part->field[2].dict->hash[link_words(&part->field[2], 0, r).code[k]] == whole->field[2].dict->hash[link_words(&whole->field[2], 0, at).code[k]]);
            }
            link_set_free(part);
        }
        assert_int_equal(at, whole->count[0]);
    }
    link_set_free(whole);
    buf_add(&b, STR("x,\"open\n"));
    struct link_slice slice = { .rows_max = 490, .more = true };
    struct link_set *part = NULL;
    o.slice = &slice;
    part = loaded(buf_str(&b), (str){ 0 }, &o);
    link_set_free(part);
    assert_true(status_is(link_set_load(&part, buf_str(&b), (str){ 0 }, &o), ERR_CSV_QUOTE));
    assert_int_equal(fault_here()->row, 500 + 1 + 56 + 1);
    buf_done(&b);
}

/* What says that nothing is known is no value, and what only looks like it is one. */
static void test_nothing(void **state)
{
    static const char *const words[] = { "-", "?", "--", "\\N", "n/a", "NaN", "nil", "#N/A", "NULL", "None", "Unknown", "khong ro", "Khong co", "không rõ", "Không có" };
    static const char *const values[] = { "Nam", "nu", "na", "?-", "Không", "không rõ ràng", "Khổng Có" };
    static const struct link_column columns[] = { COLUMN("ten", GIVEN_NAME), COLUMN("ho_ten", FULL_NAME) };
    const struct link_load_options o = { .column = columns, .columns = COUNT(columns), .threads = 1 };
    struct buf b;

    (void)state;
    buf_init(&b, 1 << 16);
    buf_add(&b, STR("ten,ho_ten\n"));
    for (size_t i = 0; i < COUNT(words); i++)
        buf_printf(&b, "%s, %s \n", words[i], words[i]);
    for (size_t i = 0; i < COUNT(values); i++)
        buf_printf(&b, "%s,%s\n", values[i], values[i]);
    struct link_set *s = loaded(buf_str(&b), (str){ 0 }, &o);
    for (uint32_t i = 0; i < s->count[0]; i++) {
        assert_int_equal(s->field[0].code[0][i] != 0, i >= COUNT(words));
        assert_int_equal(link_words(&s->field[1], 0, i).count > 0, i >= COUNT(words) && strcmp(values[i - COUNT(words)], "?-") != 0);
    }
    link_set_free(s);
    buf_done(&b);
}

/* Ids of any length, in blocks that end before the list does and right with it; without ids the number of the row. */
static void test_ids(void **state)
{
    static const struct link_column columns[] = { COLUMN("id", ID), COLUMN("ten", GIVEN_NAME) };
    static const uint32_t counts[] = { 1, LINK_ID_ROWS - 1, LINK_ID_ROWS, 5 * LINK_ID_ROWS, 40 * LINK_ID_ROWS + 7 };

    (void)state;
    for (size_t k = 0; k < 2 * COUNT(counts); k++) {
        const uint32_t count = counts[k / 2];
        const struct link_load_options o = { .column = columns + k % 2, .columns = 2 - k % 2, .threads = 2 };
        struct buf b;

        buf_init(&b, 16 << 20);
        buf_add(&b, STR("id,ten\n"));
        for (uint32_t i = 0; i < count; i++)
            buf_printf(&b, " %.*s%u ,An\n", (int)(i % 50), "a string of fifty bytes that stands before numbers", i);
        struct link_set *s = loaded(buf_str(&b), (str){ 0 }, &o);
        assert_int_equal(s->count[0], count);
        for (uint32_t i = 0; i < count; i++) {
            char id[80];
            int len = k % 2 ? snprintf(id, sizeof id, "%u", i + 1) : snprintf(id, sizeof id, "%.*s%u", (int)(i % 50), "a string of fifty bytes that stands before numbers", i);

            assert_true(str_eq(link_id(s, 0, i), (str){ id, (size_t)len }));
        }
        link_set_free(s);
        buf_done(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids),      cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_slices),   cmocka_unit_test(test_rows_of_words),
        cmocka_unit_test(test_values),   cmocka_unit_test(test_parts_and_order),   cmocka_unit_test(test_two_lists),
        cmocka_unit_test(test_refusals), cmocka_unit_test(test_odd_bytes), cmocka_unit_test(test_order_and_threads),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
