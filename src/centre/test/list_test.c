/* Lists from the door to the report: each outcome, nothing twice, nothing lost, the trace in the ledger. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "centre/test/hall.h"

static const char every_outcome[] =
    "DANH SÁCH HỘI VIÊN,,,,\n"
    "STT,Họ và tên,Ngày sinh,Giới tính,Số CCCD\n"
    "1,Nguyễn Văn An,01/02/1980,Nam,001080012345\n"       /* matched */
    "2,TRẦN THỊ BÌNH,12/09/1982,Nữ,1182054321\n"          /* matched; two zeros restored */
    "3,Nguyễn Minh Châu,20/11/2008,Nam,\n"                /* matched by name and birth */
    "4,Lê Quốc Dũng,1975,Nam,001075099124\n"              /* conflicting: number */
    "5,Phạm Thu Hà,31/05/1978,Nữ,001178088456\n"          /* conflicting: birth */
    "6,Hoàng Văn Sơn,04/04/1970,Nam,001070044111\n"       /* deceased */
    "7,Vũ Thị Mai,08/07/1990,Nữ,\n"                       /* ambiguous: two of that name and day */
    "8,Phan Văn Lạ,03/03/1966,Nam,001066123456\n"         /* not found */
    "9,Nguyen Van An,1/2/1980,,001080012345\n"            /* duplicate of 1 */
    "10,Phan Văn Lạ,03/03/1966,Nam,001066123456\n"        /* duplicate of 8 */
    "11,,,,\n"                                            /* rejected: nobody */
    "12,Bùi Văn Mơ,31/02/1990,Nam,\n"                     /* rejected: no such day */
    "13,Bùi Văn Mai,05/05/2090,Nam,\n"                    /* rejected: in the future */
    "14,Ngô Thị Ké,\"mở ngoặc,Nữ,\n"                      /* rejected: quote */
    "15,Ngô Thị Tư,1/1/1960,Nữ,001160000001,thừa,thừa\n"; /* rejected: columns */

static int64_t rows_of(const struct list_report_out *r, enum outcome o) { return r->outcomes[o].rows; }

static void each_outcome_comes_out(void **state)
{
    struct hall h;
    struct list_report_out r;
    struct list_rows_out rows;

    (void)state;
    assert_true(hall_open(&h));
    assert_true(status_ok(hall_import(&h, (str){ every_outcome, sizeof every_outcome - 1 }, "farmers", &r)));
    assert_int_equal(r.item.rows_done, 15);
    assert_int_equal(rows_of(&r, OUTCOME_MATCHED), 3);
    assert_int_equal(rows_of(&r, OUTCOME_CONFLICTING), 2);
    assert_int_equal(rows_of(&r, OUTCOME_DECEASED), 1);
    assert_int_equal(rows_of(&r, OUTCOME_AMBIGUOUS), 1);
    assert_int_equal(rows_of(&r, OUTCOME_NOT_FOUND), 1);
    assert_int_equal(rows_of(&r, OUTCOME_DUPLICATE), 2);
    assert_int_equal(rows_of(&r, OUTCOME_REJECTED), 5);
    assert_int_equal(r.fields_count, 2);
    assert_true(str_eq(r.encoding, STR("UTF-8")));

    struct ctx cx = hall_as(&h, ROLE_COORDINATOR, "authority", "reconciliation");
    struct list_rows_in ask = { .delivery = r.item.delivery, .has_outcome = true, .outcome = LIST_ROWS_IN_OUTCOME_CONFLICTING };
    assert_true(status_ok(hall_call(&cx, "list.rows", &ask, &rows)));
    assert_int_equal(rows.rows_count, 2);
    assert_int_equal(rows.rows[0].row, 4);
    assert_int_equal(rows.rows[0].differs, FIELDS_NUMBER);
    assert_int_equal(rows.rows[0].register_number, 1075099123);
    assert_int_equal(rows.rows[1].differs, FIELDS_BIRTH);
    ask.outcome = LIST_ROWS_IN_OUTCOME_DUPLICATE;
    assert_true(status_ok(hall_call(&cx, "list.rows", &ask, &rows)));
    assert_int_equal(rows.rows[0].duplicate_of, 1);
    assert_int_equal(rows.rows[1].duplicate_of, 8);
    hall_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_outcome_comes_out),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
