/* One row at a time: what is repaired, what is warned of, what is refused and why. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "refine/row.h"

#define BIT(place) (UINT64_C(1) << (place))

struct asked {
    const char *cells; /* name, birth, sex, number */
    enum row_reason reason;
    const char *name;
    int32_t birth;
    int64_t number, old_number;
    uint64_t repairs, warnings;
    const char *head; /* NULL: as below, with a first row */
};

static void check(const struct asked *q)
{
    struct arena *a = arena_new(8 << 20);
    struct sheet *s DEFER(sheet_done) = NULL;
    struct sheet_options o = { 0 };
    struct sheet_row row;
    struct evidence evidence;
    struct list_person p;
    bool more;
    const char *head = q->head ? q->head : "Họ và tên,Ngày sinh,Giới tính,Số CCCD\nĐặng Quốc Huy,25/12/1980,Nam,001080017345";
    str text = arena_printf(a, "%s\n%s\n", head, q->cells);

    assert_true(status_ok(sheet_open(text, (day){ 20261121 }, &o, &s)));
    for (int i = 0; i < 2; i++)
        assert_true(status_ok(sheet_next(s, &row, &more)) && more);
    evidence_of_head(s, &evidence);
    row_clean(a, &(struct refinery){ .sheet = s, .evidence = &evidence }, &row, &p);
    if (p.reason != q->reason || p.repairs != q->repairs || p.warnings != q->warnings)
        fail_msg("%s: reason %s, repairs %llx, warnings %llx", q->cells, reason_word(p.reason), (unsigned long long)p.repairs, (unsigned long long)p.warnings);
    if (q->reason == REASON_none) {
        if (!str_eq(p.name, str_of(q->name)))
            fail_msg("%s: name %.*s", q->cells, STR_ARG(p.name));
        assert_int_equal(p.birth.ymd, q->birth);
        assert_int_equal(p.number, q->number);
        assert_int_equal(p.old_number, q->old_number);
    }
    arena_free(a);
}

static void usable_rows(void **state)
{
    static const struct asked rows[] = {
        { "Nguyễn Văn An,15/02/1980,Nam,001080017345", REASON_none, "Nguyễn Văn An", 19800215, 1080017345, 0, 0, 0 },
        { "  Nguyễn   Văn An ,1980,,", REASON_none, "Nguyễn Văn An", 19800000, 0, 0, BIT(REPAIR_SPACES), 0 },
        { "Nguyễn Văn An,15/02/1980,Nam,1080017345", REASON_none, "Nguyễn Văn An", 19800215, 1080017345, 0, BIT(REPAIR_LEADING_ZERO), 0 },
        { "Nguyễn Văn An,15/02/1980,Nam,001.080.017.345", REASON_none, "Nguyễn Văn An", 19800215, 1080017345, 0, BIT(REPAIR_NUMBER_SEPARATORS), 0 },
        { "Nguyễn Văn An,15/02/1980,Nam,O0108OO17345", REASON_none, "Nguyễn Văn An", 19800215, 1080017345, 0, BIT(REPAIR_NUMBER_LETTERS), 0 },
        { "Nguyeenx Vawn An,15/02/1980,Nam,", REASON_none, "Nguyễn Văn An", 19800215, 0, 0, BIT(REPAIR_TELEX), 0 },
        { "Ông Nguyễn Văn An,15/02/1980,,", REASON_none, "Nguyễn Văn An", 19800215, 0, 0, BIT(REPAIR_HONORIFIC), 0 },
        { "Chu Văn An,15/02/1980,,", REASON_none, "Chu Văn An", 19800215, 0, 0, 0, 0 },
        { "Nguyễn Văn An (đã chuyển đi),15/02/1980,,", REASON_none, "Nguyễn Văn An", 19800215, 0, 0, BIT(REPAIR_REMARK), 0 },
        { "Nguyễn Văn An,00/00/1950,,", REASON_none, "Nguyễn Văn An", 19500000, 0, 0, BIT(REPAIR_DATE_ZERO_PARTS), 0 },
        { "Nguyễn Văn An,ngày 15 tháng 2 năm 1980,,", REASON_none, "Nguyễn Văn An", 19800215, 0, 0, BIT(REPAIR_DATE_WORDS), 0 },
        { "Nguyễn Văn An,15021980,,", REASON_none, "Nguyễn Văn An", 19800215, 0, 0, BIT(REPAIR_DATE_COMPACT), 0 },
        { "Nguyễn Văn An,01/01/1980,,", REASON_none, "Nguyễn Văn An", 19800101, 0, 0, 0, BIT(WARNING_birth_first_of_january) },
        { "Nguyễn Văn An,03/02/1980,,", REASON_none, "Nguyễn Văn An", 19800203, 0, 0, 0, BIT(WARNING_birth_swap_possible) },
        { "Nguyễn Văn An,15/02/1980,Nam,012345678", REASON_none, "Nguyễn Văn An", 19800215, 0, 12345678, 0, BIT(WARNING_number_old) },
        { "Nguyễn Văn An,15/02/1980,Nữ,001080017345", REASON_none, "Nguyễn Văn An", 19800215, 1080017345, 0, 0, BIT(WARNING_number_sex_differs) },
        { "Nguyễn Văn An,15/02/1981,Nam,001080017345", REASON_none, "Nguyễn Văn An", 19810215, 1080017345, 0, 0, BIT(WARNING_number_year_differs) },
        { "Nguyễn Văn An,15/02/1980,Nam,chưa có", REASON_none, "Nguyễn Văn An", 19800215, 0, 0, 0, BIT(WARNING_number_unreadable) },
        { ",,,001080017345", REASON_none, "", 0, 1080017345, 0, 0, 0 },
        { "Nguyễn Văn An,30/02/1980,Nam,001080017345", REASON_none, "Nguyễn Văn An", 0, 1080017345, 0, 0,
          BIT(WARNING_birth_unreadable) | BIT(WARNING_birth_no_such_day) | BIT(WARNING_birth_maybe_lunar) },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(&rows[i]);
}

static void refused_rows(void **state)
{
    static const struct asked rows[] = {
        { ",,Nam,", REASON_nobody, "", 0, 0, 0, 0, 0 },
        { "Nguyễn Văn An,,Nam,", REASON_birth_missing, "", 0, 0, 0, 0, 0 },
        { ",15/02/1980,Nam,", REASON_name_missing, "", 0, 0, 0, 0, 0 },
        { "Nguyễn Văn An,31/04/1980,Nam,", REASON_birth_unreadable, "", 0, 0, 0, 0, BIT(WARNING_birth_unreadable) | BIT(WARNING_birth_no_such_day) },
        { "Nguyễn Văn An,15/02/2090,Nam,", REASON_birth_in_future, "", 0, 0, 0, 0, BIT(WARNING_birth_in_future) },
        { ",,Nam,12ab", REASON_number_unreadable, "", 0, 0, 0, 0, BIT(WARNING_number_unreadable) },
        { "12345678,15/02/1980,Nam,", REASON_name_strange, "", 0, 0, 0, 0, BIT(WARNING_name_strange) },
        { "Họ và tên,Ngày sinh,Giới tính,Số CCCD", REASON_header_repeated, "", 0, 0, 0, 0,
          BIT(WARNING_number_unreadable) | BIT(WARNING_birth_unreadable) | BIT(WARNING_sex_unreadable) },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(&rows[i]);
}

static void a_birth_in_three_columns_is_joined(void **state)
{
#define THREE "Họ và tên,Ngày sinh,Tháng sinh,Năm sinh,Số CCCD\nĐặng Quốc Huy,25,12,1980,001080017345"
    static const struct asked rows[] = {
        { "Nguyễn Văn An,15,02,1980,", REASON_none, "Nguyễn Văn An", 19800215, 0, 0, 0, 0, THREE },
        { "Nguyễn Văn An,,2,1980,", REASON_none, "Nguyễn Văn An", 19800200, 0, 0, BIT(REPAIR_DATE_FORM), 0, THREE },
        { "Nguyễn Văn An,,,1980,", REASON_none, "Nguyễn Văn An", 19800000, 0, 0, 0, 0, THREE },
        { "Nguyễn Văn An,15/02/1980,,1980,", REASON_none, "Nguyễn Văn An", 19800215, 0, 0, 0, 0, THREE },
        { "Nguyễn Văn An,31,4,1980,", REASON_birth_unreadable, "", 0, 0, 0, 0, BIT(WARNING_birth_unreadable) | BIT(WARNING_birth_no_such_day), THREE },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(&rows[i]);
}

static void each_word_has_its_message(void **state)
{
    (void)state;
    for (int i = 1; i < REASON_COUNT; i++)
        assert_true(strlen(reason_word((enum row_reason)i)) > 0);
    assert_string_equal(reason_word((enum row_reason)REASON_COUNT), "none");
    assert_true(REPAIR_COUNT <= 64 && WARNING_COUNT <= 63);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usable_rows),
        cmocka_unit_test(refused_rows),
        cmocka_unit_test(a_birth_in_three_columns_is_joined),
        cmocka_unit_test(each_word_has_its_message),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
