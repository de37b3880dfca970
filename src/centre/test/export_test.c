/* The whole list given back with its outcomes, in both forms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "centre/test/hall.h"

static str cell_at(struct xlsx *x, int64_t number, size_t column, struct xlsx_row *row)
{
    bool more = true;

    while (more) {
        assert_true(status_ok(xlsx_next(x, row, &more)));
        if (more && row->number == number)
            return column < row->count ? row->cells[column] : (str){ 0 };
    }
    fail_msg("no row %d", (int)number);
    return (str){ 0 };
}

static void the_whole_list_in_both_forms(void **state)
{
    struct hall h;
    struct list_report_out r;
    struct list_export_out out;
    struct xlsx_row row;

    (void)state;
    assert_true(hall_open(&h, false));
    assert_true(status_ok(hall_import(&h, hall_list, "farmers", &r)));
    struct ctx cx = hall_as(&h, ROLE_OPERATOR, NULL, NULL);
    struct list_export_in ask = { .delivery = r.item.delivery };
    cx.lang = LANG_EN;
    assert_true(status_ok(hall_call(&cx, "list.export", &ask, &out)));
    assert_true(str_find(out.file, STR("2,Nguyễn Văn An,01/02/1980,001080012345,'=1+1,Matched,,,,,")) < out.file.len);
    assert_true(str_find(out.file, STR("6,Lê Quốc Dũng,1976,001075099123,,\"Found, with conflicts\",,Date of birth,,")) < out.file.len);
    /* What the register has is not in it. */
    assert_true(str_find(out.file, STR("1975,")) == out.file.len);

    ask = (struct list_export_in){ .delivery = r.item.delivery, .has_format = true, .format = LIST_EXPORT_IN_FORMAT_XLSX };
    assert_true(status_ok(hall_call(&cx, "list.export", &ask, &out)));
    struct xlsx *x DEFER(xlsx_done) = NULL;
    assert_true(status_ok(xlsx_open(out.file, (str){ 0 }, &x)));
    assert_true(str_eq(cell_at(x, 1, 5, &row), STR("Outcome")));
    assert_true(str_eq(cell_at(x, 2, 4, &row), STR("=1+1")));
    assert_true(str_eq(cell_at(x, 4, 9, &row), STR("Leading zero restored")));
    hall_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_list_in_both_forms),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
