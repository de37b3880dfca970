/* Lists given back: refused rows as they came, and the whole list with its outcomes in both forms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "centre/test/hall.h"

static const char list[] = "Họ và tên;Ngày sinh;Số CCCD;Ghi chú\r\n"
                           "Nguyễn Văn An;01/02/1980;001080012345;=1+1\r\n"
                           "Không Ai;;;\"mất; \"\"giấy\"\"\"\r\n"
                           "Trần Thị Bình;12/09/1982;1182054321;\r\n"
                           "xấu\xFF;1/1/1990;;\r\n"
                           "Lê Quốc Dũng;1976;001075099123;\r\n";

static str rejected(struct hall *h, const struct list_report_out *r)
{
    struct ctx cx = hall_as(h, ROLE_OPERATOR, NULL, NULL);
    struct list_rejected_out out;

    cx.lang = LANG_EN;
    assert_true(status_ok(hall_call(&cx, "list.rejected", &(struct list_rejected_in){ r->item.delivery }, &out)));
    return out.file;
}

static void refused_rows_come_back_as_they_came(void **state)
{
    struct hall h;
    struct list_report_out r;

    (void)state;
    assert_true(hall_open(&h, false));
    assert_true(status_ok(hall_import(&h, (str){ list, sizeof list - 1 }, "farmers", &r)));
    str got = rejected(&h, &r);
    assert_true(str_eq(got, STR("\xEF\xBB\xBF" "Reason;Họ và tên;Ngày sinh;Số CCCD;Ghi chú\r\n"
                                "The date of birth is missing;Không Ai;;;\"mất; \"\"giấy\"\"\"\r\n"
                                "The row has bytes outside the file's encoding;xấu\xFF;1/1/1990;;\r\n")));
    hall_close(&h);
}

/* Mended, they come in again: the column of reasons is no obstacle. */
static void mended_rows_run_again(void **state)
{
    struct hall h;
    struct list_report_out r, again;
    struct buf b;

    (void)state;
    assert_true(hall_open(&h, false));
    assert_true(status_ok(hall_import(&h, (str){ list, sizeof list - 1 }, "farmers", &r)));
    str got = rejected(&h, &r);
    size_t at = str_find(got, STR("Không Ai;;;"));
    buf_init(&b, 1 << 16);
    buf_add(&b, str_slice(got, 0, at));
    buf_add(&b, STR("Phạm Thu Hà;30/05/1978;;\r\n"));
    assert_true(status_ok(hall_import(&h, buf_str(&b), "farmers", &again)));
    assert_int_equal(again.item.rows_done, 1);
    assert_int_equal(again.outcomes[OUTCOME_MATCHED].rows, 1);
    buf_done(&b);
    hall_close(&h);
}

static void old_letters_stay_old(void **state)
{
    static const char text[] = "Họ và tên,Ngày sinh\nNguyễn Thị Phượng,01/02/1990\nTrần Đức Lượng,\nPhạm Hữu Thưởng,05/06/1979\nĐỗ Thị Thuỳ Dương,02/03/1992\n";
    struct hall h;
    struct list_report_out r;
    struct encoded e, row;

    (void)state;
    assert_true(hall_open(&h, false));
    viet_encode(h.arena, (struct encoding_form){ .set = ENCODING_TCVN3 }, (str){ text, sizeof text - 1 }, &e);
    viet_encode(h.arena, (struct encoding_form){ .set = ENCODING_TCVN3 }, STR("Trần Đức Lượng,\r\n"), &row);
    assert_true(status_ok(hall_import(&h, e.bytes, "farmers", &r)));
    assert_true(str_eq(r.encoding, STR("TCVN3")));
    str got = rejected(&h, &r);
    assert_true(str_starts(got, STR("reason,")));
    assert_true(str_ends(got, row.bytes));
    hall_close(&h);
}

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
    assert_true(status_ok(hall_import(&h, (str){ list, sizeof list - 1 }, "farmers", &r)));
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
        cmocka_unit_test(refused_rows_come_back_as_they_came),
        cmocka_unit_test(mended_rows_run_again),
        cmocka_unit_test(old_letters_stay_old),
        cmocka_unit_test(the_whole_list_in_both_forms),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
