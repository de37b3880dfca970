/* What a column says as a whole: order of day and month, meaning of 0 and 1, century of two digits, forms of address, columns of
 * men and women. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "refine/row.h"

static struct arena *arena;
static struct sheet *sheet;
static struct evidence evidence;
static struct row_journal journal;

/* A list of one head and many rows, opened and looked through. */
static void open_list(const char *head, const char *rows)
{
    struct sheet_options o = { 0 };

    sheet_done(&sheet);
    str text = arena_printf(arena, "%s\n%s", head, rows);
    assert_true(status_ok(sheet_open(text, (day){ 20261122 }, &o, &sheet)));
    assert_true(status_ok(evidence_gather(sheet, &evidence)));
}

static struct list_person last_row(void)
{
    const struct refinery by = { .sheet = sheet, .evidence = &evidence, .journal = &journal };
    struct list_person p = { 0 };
    struct sheet_row row;
    bool more = true;

    assert_true(status_ok(sheet_rewind(sheet)));
    while (status_ok(sheet_next(sheet, &row, &more)) && more)
        row_clean(arena, &by, &row, &p);
    return p;
}

static bool has(const struct list_person *p, enum row_warning why) { return p->warnings >> why & 1; }

static str repeated(const char *row, int n)
{
    str out = { 0 };

    for (int i = 0; i < n; i++)
        out = arena_printf(arena, "%.*s%s\n", STR_ARG(out), row);
    return out;
}

static void births(const char *last, const char *const *pieces, const int *counts, size_t n)
{
    str rows = { 0 };

    for (size_t i = 0; i < n; i++)
        rows = arena_join(arena, rows, repeated(arena_printf(arena, "Trần Văn An,%s", pieces[i]).ptr, counts[i]));
    open_list("Họ và tên,Ngày sinh", arena_printf(arena, "%.*sTrần Văn An,%s\n", STR_ARG(rows), last).ptr);
}

static void a_column_proves_its_order(void **state)
{
    static const char *const day_first[] = { "25/12/1990" }, *const mixed[] = { "25/12/1990", "12/25/1990", "03/04/1970" };
    struct list_person p;

    (void)state;
    births("03/02/1980", day_first, (const int[]){ 40 }, 1);
    p = last_row();
    assert_int_equal(p.birth.ymd, 19800203);
    assert_false(has(&p, WARNING_birth_swap_possible));
    assert_true(evidence.order_is_proven && evidence.day_first == 40 && evidence.either == 1);

    births("03/02/1980", mixed, (const int[]){ 40, 2, 30 }, 3);
    p = last_row();
    assert_int_equal(p.birth.ymd, 19800203);
    assert_true(has(&p, WARNING_birth_swap_possible));
    assert_true(str_eq(journal.questions[0].choices, STR("03/02/1980; 02/03/1980")));
    assert_true(evidence_swapped(&evidence) > 0.04 && evidence_swapped(&evidence) < 0.06);

    births("03/02/1980", mixed + 1, (const int[]){ 40 }, 1); /* a column of a foreign spreadsheet */
    p = last_row();
    assert_int_equal(p.birth.ymd, 19800302);
    assert_false(has(&p, WARNING_birth_swap_possible));
    assert_true(p.repairs >> REPAIR_DATE_MONTH_FIRST & 1);

    births("03/02/1980", day_first, (const int[]){ 3 }, 1); /* too few to prove anything */
    p = last_row();
    assert_true(has(&p, WARNING_birth_swap_possible));
}

/* A spreadsheet turns what it can read as a month first into dates of its own form, and leaves the rest as typed. */
static void a_form_of_its_own_is_not_proven_by_others(void **state)
{
    static const char *const rows[] = { "25/12/1990", "3/4/1970" };
    struct list_person p;

    (void)state;
    births("3/2/1980", rows, (const int[]){ 40, 30 }, 2);
    p = last_row();
    assert_true(has(&p, WARNING_birth_swap_possible));
    births("03/02/1980", rows, (const int[]){ 40, 30 }, 2);
    p = last_row();
    assert_false(has(&p, WARNING_birth_swap_possible));
}

static void numbers_tell_what_digits_of_sex_mean(void **state)
{
    static const char head[] = "Họ và tên,Giới tính,Số CCCD,Năm sinh";
    struct list_person p;

    (void)state;
    open_list(head, repeated("Trần Văn An,0,001080017345,1980\nTrần Thị An,1,001180017345,1980", 4).ptr);
    p = last_row();
    assert_int_equal(p.sex, SEX_FEMALE); /* a checkbox "Nữ" */
    assert_false(has(&p, WARNING_sex_code));
    open_list(head, repeated("Trần Văn An,1,001080017345,1980\nTrần Thị An,0,001180017345,1980", 4).ptr);
    p = last_row();
    assert_int_equal(p.sex, SEX_FEMALE);
    open_list(head, repeated("Trần Văn An,1,,1980\nTrần Thị An,0,,1980", 4).ptr);
    p = last_row();
    assert_true(has(&p, WARNING_sex_code)); /* nothing tells: a question */
}

static void years_of_two_digits_take_their_century(void **state)
{
    static const char *const old[] = { "25/12/1921", "25/12/1925" }, *const both[] = { "25/12/1921", "25/12/2021" };
    struct list_person p;

    (void)state;
    births("25/12/20", old, (const int[]){ 20, 20 }, 2);
    p = last_row();
    assert_int_equal(p.birth.ymd, 19201225);
    births("25/12/20", both, (const int[]){ 20, 20 }, 2);
    p = last_row();
    assert_true(has(&p, WARNING_birth_century));
    births("25/12/90", old, (const int[]){ 20 }, 1);
    p = last_row();
    assert_int_equal(p.birth.ymd, 19901225); /* the other century has not come */
    open_list("Họ và tên,Ngày sinh,Số CCCD", "Trần Văn An,25/12/20,001020017345\n"); /* the number has the century */
    p = last_row();
    assert_int_equal(p.birth.ymd, 19201225);
}

static void columns_of_men_and_women(void **state)
{
    struct list_person p;

    (void)state;
    open_list("Họ và tên,Số CCCD,Nam,Nữ", "Trần Văn An,001080017345,x,\nTrần Thị An,001180017345,,x\n");
    p = last_row();
    assert_int_equal(p.sex, SEX_FEMALE);
    open_list("STT,Họ và tên,Năm sinh,,Địa chỉ\n,,Nam,Nữ,", "1,Trần Văn An,1980,,Hà Nội\n2,Trần Thị An,,1981,Hà Nội\n");
    p = last_row();
    assert_int_equal(p.sex, SEX_FEMALE);
    assert_int_equal(p.birth.ymd, 19810000);
    open_list("Họ và tên,Năm", "Trần Văn An,1980\n"); /* the year, although it folds to "nam" */
    assert_true(sheet->of_role[COLUMN_MALE] < 0);
}

static void forms_of_address_are_taken_off_where_a_list_has_them(void **state)
{
    struct list_person p;

    (void)state;
    open_list("Họ và tên,Năm sinh", "Bà Lý Thị Mỷ,1980\nBà Trần Thị An,1980\nBà Mùa Thị Dở,1980\nÔng Lầu A Páo,1980\n");
    p = last_row();
    assert_true(str_eq(p.name, STR("Lầu A Páo")));
    open_list("Họ và tên,Năm sinh", "Lý Thị Mỷ,1980\nÔng Xeo Hẻn,1980\n"); /* a family name, though a rare one */
    p = last_row();
    assert_true(str_eq(p.name, STR("Ông Xeo Hẻn")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_column_proves_its_order),
        cmocka_unit_test(a_form_of_its_own_is_not_proven_by_others),
        cmocka_unit_test(numbers_tell_what_digits_of_sex_mean),
        cmocka_unit_test(years_of_two_digits_take_their_century),
        cmocka_unit_test(columns_of_men_and_women),
        cmocka_unit_test(forms_of_address_are_taken_off_where_a_list_has_them),
    };

    arena = arena_new(64 << 20);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    sheet_done(&sheet);
    arena_free(arena);
    return failed;
}
