/* Figures, days and errors in the manner of two languages. */
#include "base/base.h"
#include "messages/messages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct arena *arena;

#define SAME(text, expected) assert_true(same((text), (expected)))

static bool same(str text, const char *expected)
{
    bool equal = str_eq(text, str_of(expected));
    if (!equal)
        print_error("got “%.*s”, expected “%s”\n", STR_ARG(text), expected);
    return equal;
}

static void numbers_are_grouped(void **state)
{
    (void)state;
    SAME(msg_number(arena, LANG_VI, 0), "0");
    SAME(msg_number(arena, LANG_VI, 999), "999");
    SAME(msg_number(arena, LANG_VI, 1234567), "1.234.567");
    SAME(msg_number(arena, LANG_EN, 1234567), "1,234,567");
    SAME(msg_number(arena, LANG_EN, -1000), "-1,000");
    SAME(msg_number(arena, LANG_VI, INT64_MIN), "-9.223.372.036.854.775.808");
    SAME(msg_decimal(arena, LANG_VI, 1234.56), "1.234,6");
    SAME(msg_decimal(arena, LANG_EN, -0.44), "-0.4");
    SAME(msg_decimal(arena, LANG_EN, 1e300), "?");
}

static void days_follow_the_language(void **state)
{
    (void)state;
    SAME(msg_day(arena, LANG_VI, (day){ 20261121 }), "21/11/2026");
    SAME(msg_day(arena, LANG_EN, (day){ 20261121 }), "21 November 2026");
    SAME(msg_day(arena, LANG_EN, (day){ 19500300 }), "March 1950");
    SAME(msg_day(arena, LANG_EN, (day){ 19500000 }), "1950");
    SAME(msg_day(arena, LANG_VI, (day){ 19500000 }), "1950");
    SAME(msg_day(arena, LANG_VI, (day){ 0 }), "không rõ");
    SAME(msg_time(arena, LANG_VI, INT64_C(1795273200000000)), "22:00, 21/11/2026");
    SAME(msg_time(arena, LANG_EN, INT64_C(1795280340000000)), "23:59, 21 November 2026");
    SAME(msg_time(arena, LANG_EN, INT64_C(1795280400000000)), "00:00, 22 November 2026");
}

static struct fault fault_of(enum error_code code, const char *field, const char *what, int64_t row)
{
    struct fault fault = { .status = { (uint16_t)code }, .row = row };
    strncpy(fault.field, field, sizeof fault.field - 1);
    strncpy(fault.what, what, sizeof fault.what - 1);
    return fault;
}

static void errors_name_the_place_when_it_is_known(void **state)
{
    (void)state;
    struct fault bare = fault_of(ERR_DAY_FORMAT, "", "", 0);
    struct fault full = fault_of(ERR_DAY_FORMAT, "birth", "31/02/1990", 1204);
    struct fault unlabelled = fault_of(ERR_FIELD_MISSING, "x_y", "", 0);
    struct fault moved = fault_of(ERR_DOSSIER_STATE, "dossier", "processing", 0);
    SAME(msg_error(arena, LANG_VI, &moved), "Không thực hiện được ở trạng thái hiện tại của hồ sơ: “Đang xử lý”.");
    SAME(msg_error(arena, LANG_VI, &bare), "Ngày không hợp lệ.");
    SAME(msg_error(arena, LANG_EN, &bare), "The date is not valid.");
    SAME(msg_error(arena, LANG_VI, &full), "Ngày “31/02/1990” ở “ngày sinh”, dòng 1.204 không hợp lệ.");
    SAME(msg_error(arena, LANG_EN, &full), "The date “31/02/1990” in “date of birth”, row 1,204, is not valid.");
    SAME(msg_error(arena, LANG_EN, &unlabelled), "A required field is missing: “x_y”.");
}

static void every_error_speaks_both_languages(void **state)
{
    (void)state;
    for (int code = 1; code < ERR_COUNT; code++) {
        struct fault bare = fault_of((enum error_code)code, "", "", 0);
        struct fault full = fault_of((enum error_code)code, "name", "word", 7);
        for (int lang = LANG_VI; lang <= LANG_EN; lang++) {
            assert_true(msg_error(arena, lang, &bare).len > 8);
            assert_true(msg_error_hint(arena, lang, &full).len > 8);
            assert_true(text_is_utf8(msg_error(arena, lang, &full)));
        }
    }
}

/* A hole that an absent argument leaves shows as a doubled space or as an empty pair of quotes. */
static void absent_arguments_leave_no_hole(void **state)
{
    (void)state;
    for (int code = 1; code < ERR_COUNT; code++) {
        struct fault bare = fault_of((enum error_code)code, "", "", 0);
        for (int lang = LANG_VI; lang <= LANG_EN; lang++) {
            str text = msg_error(arena, lang, &bare);
            assert_int_equal(str_find(text, STR("  ")), text.len);
            assert_int_equal(str_find(text, STR("“”")), text.len);
            assert_int_equal(str_find(text, STR(" .")), text.len);
        }
    }
}

static void labels_are_found_by_key(void **state)
{
    (void)state;
    str label = STR("kept");
    assert_true(msg_find(STR("field_name"), LANG_VI, &label));
    SAME(label, "họ và tên");
    assert_false(msg_find(STR("field_nam"), LANG_VI, &label));
    assert_false(msg_find((str){ 0 }, LANG_VI, &label));
    SAME(label, "họ và tên");
    for (size_t i = 0; i < msg_row_count; i++)
        assert_true(msg_find(msg_rows[i].key, LANG_EN, &label));
    for (size_t i = 1; i < msg_row_count; i++)
        assert_true(str_cmp(msg_rows[i - 1].key, msg_rows[i].key) < 0);
}

static void a_kept_message_is_said_in_either_language(void **state)
{
    (void)state;
    struct msg_kept two = msg_defs_source_open(STR("a"), STR("b")), none = msg_defs_steps_none();
    SAME(msg_say(arena, LANG_VI, &two), "chưa rõ tin nguồn nào hơn giữa “a” và “b”");
    SAME(msg_say(arena, LANG_EN, &two), "nothing says which of “a” and “b” is believed");
    SAME(msg_say(arena, LANG_EN, &none), "nobody would decide");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_grouped),
        cmocka_unit_test(days_follow_the_language),
        cmocka_unit_test(errors_name_the_place_when_it_is_known),
        cmocka_unit_test(a_kept_message_is_said_in_either_language),
        cmocka_unit_test(every_error_speaks_both_languages),
        cmocka_unit_test(absent_arguments_leave_no_hole),
        cmocka_unit_test(labels_are_found_by_key),
    };
    arena = arena_new(16 << 20);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
