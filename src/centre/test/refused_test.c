/* Refused rows given back in the form in which they came, and taken in again once they are mended: text, old letters, workbooks, columns
 * matched by hand, and a list without a header. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "book/book.h"
#include "centre/test/hall.h"
#include "refine/file/test/book.h"

static str refused_as(struct hall *h, int64_t delivery, bool workbook)
{
    struct ctx cx = hall_as(h, ROLE_OPERATOR, NULL, NULL);
    struct list_rejected_in in = { .delivery = delivery, .has_format = workbook, .format = LIST_REJECTED_IN_FORMAT_XLSX };
    struct list_rejected_out out;

    cx.lang = LANG_EN;
    assert_true(status_ok(hall_call(&cx, "list.rejected", &in, &out)));
    return out.file;
}

/* The file of corrected rows, as the page sends it. */
static status complete(struct hall *h, str file, int64_t completes, struct list_report_out *ret)
{
    struct ctx cx = hall_as(h, ROLE_OPERATOR, "delivery", "farmers");
    struct list_import_in in = { .file = file, .name = STR("mended"), .source = STR("farmers"), .has_completes = true, .completes = completes };

    return hall_deliver(h, &cx, &in, ret);
}

static str replaced(struct arena *a, str text, str what, str by)
{
    size_t at = str_find(text, what);

    assert_true(at < text.len);
    return arena_printf(a, "%.*s%.*s%.*s", (int)at, text.ptr, STR_ARG(by), STR_ARG(str_from(text, at + what.len)));
}

/* The cells of a workbook's rows, a line each; days between angle brackets. */
static str cells_of(struct arena *a, str workbook)
{
    struct xlsx *x DEFER(xlsx_done) = NULL;
    struct xlsx_row row;
    bool more = true;
    str out = { 0 };

    assert_true(status_ok(xlsx_open(workbook, (str){ 0 }, &x)));
    while (status_ok(xlsx_next(x, &row, &more)) && more) {
        for (size_t i = 0; i < row.count; i++) {
            bool date = row.dates[i / 64] >> i % 64 & 1;
            out = arena_printf(a, "%.*s%s%.*s%s|", STR_ARG(out), date ? "<" : "", STR_ARG(row.cells[i]), date ? ">" : "");
        }
        out = arena_printf(a, "%.*s\n", STR_ARG(out));
    }
    return out;
}

static void expect(str got, const char *wanted)
{
    if (!str_eq(got, str_of(wanted)))
        fail_msg("got\n%.*snot\n%s", STR_ARG(got), wanted);
}

static void text_comes_back_as_it_came(void **state)
{
    struct hall h;
    struct list_report_out r, again;

    (void)state;
    assert_true(hall_open(&h, false));
    assert_true(status_ok(hall_import(&h, hall_list, "farmers", &r)));
    str got = refused_as(&h, r.item.delivery, false);
    expect(got, "\xEF\xBB\xBF" "Reason;Remedy;Họ và tên;Ngày sinh;Số CCCD;Ghi chú\r\n"
                "The date of birth is missing;Give the date of birth, or the personal number of 12 digits;Không Ai;;;\"mất; \"\"giấy\"\"\"\r\n"
                "The row has bytes outside the file's encoding;Type the broken letters again and save the file as UTF-8;xấu\xFF;1/1/1990;;\r\n");
    got = replaced(h.arena, got, STR("Không Ai;;"), STR("Phạm Thu Hà;30/05/1978;"));
    got = replaced(h.arena, got, STR("xấu\xFF;1/1/1990"), STR("Lê Quốc Dũng;1975"));
    assert_true(status_ok(complete(&h, got, r.item.delivery, &again)));
    assert_int_equal(again.item.rows_done, 2);
    assert_int_equal(again.outcomes[OUTCOME_MATCHED].rows, 2);
    assert_int_equal(again.completes, r.item.delivery);
    hall_close(&h);
}

/* One row alone does not tell in which letters it stands: the list that it comes from does. In a workbook it stands in Unicode. */
static void old_letters_stay_old(void **state)
{
    static const char text[] = "Họ và tên,Ngày sinh\nNguyễn Thị Phượng,01/02/1990\nTrần Đức Lượng,\nPhạm Hữu Thưởng,05/06/1979\nĐỗ Thị Thuỳ Dương,02/03/1992\n";
    const struct encoding_form tcvn3 = { .set = ENCODING_TCVN3 };
    struct hall h;
    struct list_report_out r, again;
    struct encoded e, row, mended;

    (void)state;
    assert_true(hall_open(&h, false));
    viet_encode(h.arena, tcvn3, (str){ text, sizeof text - 1 }, &e);
    viet_encode(h.arena, tcvn3, STR("Trần Đức Lượng,\r\n"), &row);
    viet_encode(h.arena, tcvn3, STR("Phạm Thu Hà,30/05/1978\r\n"), &mended);
    assert_true(status_ok(hall_import(&h, e.bytes, "farmers", &r)));
    assert_true(str_eq(r.encoding, STR("TCVN3")));
    str got = refused_as(&h, r.item.delivery, false);
    assert_true(str_starts(got, STR("reason,remedy,")));
    assert_true(str_ends(got, row.bytes));
    assert_true(status_ok(complete(&h, replaced(h.arena, got, row.bytes, mended.bytes), r.item.delivery, &again)));
    assert_int_equal(again.outcomes[OUTCOME_MATCHED].rows, 1);
    expect(cells_of(h.arena, refused_as(&h, r.item.delivery, true)),
           "Reason|Remedy|Họ và tên|Ngày sinh|\n"
           "The date of birth is missing|Give the date of birth, or the personal number of 12 digits|Trần Đức Lượng|\n");
    hall_close(&h);
}

/* --- workbooks --------------------------------------------------------------------------------------------------------------- */

/* Style 1 is a day. The second column's name says nothing: a human matched it. The last row cannot be told from a formula. */
static const char styles[] = "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>";
#define TEXT(cell) "<c t=\"inlineStr\"><is><t>" cell "</t></is></c>"
static const char sheet[] = "<row r=\"1\">" TEXT("DANH SÁCH HỘI VIÊN") "</row>"
                            "<row r=\"3\">" TEXT("Họ và tên") TEXT("Cột hai") TEXT("Số CCCD") TEXT("Vào hội") "</row>"
                            "<row r=\"4\">" TEXT("Nguyễn Văn An") TEXT("01/02/1980") TEXT("001080012345") "<c s=\"1\"><v>36526</v></c></row>"
                            "<row r=\"5\">" TEXT("Phạm Thu Hà") TEXT("30-05") TEXT("") "<c s=\"1\"><v>36892</v></c></row>"
                            "<row r=\"6\">" TEXT("Lê Quốc Dũng") "<c s=\"1\"><v>99999</v></c>" TEXT("") TEXT("2001-02-03") "</row>";
#define REFUSED                                                                                                                          \
    "Reason|Remedy|Họ và tên|Cột hai|Số CCCD|Vào hội|\n"                                                                                \
    "The date of birth cannot be read|Write the birth as day/month/year; if only the year is known, its four digits|Phạm Thu Hà|30-05||<2001-01-01>|\n" \
    "The date of birth lies in the future|Check the year of birth|Lê Quốc Dũng|<2173-10-13>||2001-02-03|\n"

static str book_of(struct hall *h, const char *const *lines, size_t count)
{
    struct book *b DEFER(book_drop) = NULL;
    str bytes;

    assert_true(status_ok(book_draft(h->app->directory, BOOK_XLSX, &b)));
    book_table(b, STR("1"));
    for (size_t i = 0; i < count; i++) {
        str line = str_of(lines[i]), cell;
        while (line.len && str_cut(&line, '|', &cell))
            book_text(b, cell);
        book_line(b);
    }
    assert_true(status_ok(book_take(&b, h->arena, 1 << 20, &bytes)));
    return bytes;
}

static void a_workbook_comes_back_as_a_workbook(void **state)
{
    static const char *const mended[] = { "Reason|Remedy|Họ và tên|Cột hai|Số CCCD|Vào hội", "||Phạm Thu Hà|30/05/1978||01/01/2001", "||Lê Quốc Dũng|1975||2001-02-03" };
    struct hall h;
    struct list_report_out r, again;
    struct list_import_in in = { .name = STR("list.xlsx"), .source = STR("farmers"), .has_map = true, .map = STR("name=#1; birth=#2; number=#3") };

    (void)state;
    assert_true(hall_open(&h, false));
    struct ctx cx = hall_as(&h, ROLE_OPERATOR, "delivery", "farmers");
    in.file = book_make(h.arena, sheet, NULL, styles);
    assert_true(status_ok(hall_deliver(&h, &cx, &in, &r)));
    assert_int_equal(r.outcomes[OUTCOME_REJECTED].rows, 2);
    expect(cells_of(h.arena, refused_as(&h, r.item.delivery, false)), REFUSED);
    assert_true(status_ok(complete(&h, book_of(&h, mended, 3), r.item.delivery, &again)));
    assert_int_equal(again.item.rows_done, 2);
    assert_int_equal(again.outcomes[OUTCOME_MATCHED].rows, 2);
    hall_close(&h);
}

/* A list without header comes back with names by which its columns are found again. Without the columns in front, places mean nothing. */
static void a_list_without_header(void **state)
{
    static const char *const mended[] = { "Reason|Remedy|Họ và tên|Ngày sinh|Cột 3", "||Phạm Thu Hà|30/05/1978|x" };
    static const char *const cut[] = { "Họ và tên|Ngày sinh|Cột 3", "Đỗ Thị Lan|03/1950|x" };
    struct hall h;
    struct list_report_out r, again;
    struct list_import_in in = { .name = STR("list.csv"), .source = STR("farmers"), .has_map = true, .map = STR("name=#1; birth=#2") };

    (void)state;
    assert_true(hall_open(&h, false));
    struct ctx cx = hall_as(&h, ROLE_OPERATOR, "delivery", "farmers");
    in.file = STR("Nguyễn Văn An,01/02/1980,x\nPhạm Thu Hà,,x\nTrần Thị Bình,12/09/1982,x\n");
    assert_true(status_ok(hall_deliver(&h, &cx, &in, &r)));
    assert_true(str_starts(refused_as(&h, r.item.delivery, false), STR("\xEF\xBB\xBFReason,Remedy,Full name,Date of birth,Column 3\r\n")));
    assert_true(status_is(complete(&h, book_of(&h, cut, 2), r.item.delivery, &again), ERR_COLUMNS_CUT));
    assert_true(status_ok(complete(&h, book_of(&h, mended, 2), r.item.delivery, &again)));
    assert_int_equal(again.outcomes[OUTCOME_MATCHED].rows, 1);
    hall_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_comes_back_as_it_came),
        cmocka_unit_test(old_letters_stay_old),
        cmocka_unit_test(a_workbook_comes_back_as_a_workbook),
        cmocka_unit_test(a_list_without_header),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
