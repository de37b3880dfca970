/* Lists that go into a sector register: rows by outcome, the delta against the list before, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "centre/test/hall.h"
#include "register/register_ops.h"
#include "register/sector/sector.h"

static struct ctx keeper(struct hall *h)
{
    struct ctx cx = hall_as(h, ROLE_OPERATOR, "delivery", "hoi");
    return cx;
}

static status import(struct hall *h, const char *text, const char *into, struct list_report_out *ret)
{
    struct ctx cx = keeper(h);
    return hall_deliver(h, &cx, &(struct list_import_in){ .file = str_of(text), .name = STR("list.csv"), .source = STR("hoi"), .has_into = true, .into = str_of(into) }, ret);
}

static struct sector_rows_out rows_of(struct hall *h, const char *code)
{
    struct ctx cx = hall_as(h, ROLE_OPERATOR, "register", code);
    struct sector_rows_in in = { .code = str_of(code) };
    struct sector_rows_out out;
    assert_true(status_ok(hall_call(&cx, "sector.rows", &in, &out)));
    return out;
}

static const char first[] =
    "Họ và tên,Ngày sinh,Số CCCD,Ngày kết nạp,Tình trạng,Diện tích\n"
    "Nguyễn Văn An,01/02/1980,001080012345,06/05/2001,Đang sinh hoạt,1.200\n"
    "Trần Thị Bình,12/09/1982,001182054321,2003,đang hoạt động,x\n"
    "Nguyễn Văn An,01/02/1980,001080012345,06/05/2001,Đang sinh hoạt,1.200\n"
    "Người Lạ Mặt,03/03/1970,,1999,Đang sinh hoạt,\n"
    ",,,,,\n";
static const char second[] =
    "Họ và tên,Ngày sinh,Số CCCD,Ngày kết nạp,Tình trạng,Diện tích\n"
    "Nguyễn Văn An,01/02/1980,001080012345,06/05/2001,Đang sinh hoạt,1.200\n"
    "Người Lạ Mặt,03/03/1970,,1999,Ra khỏi Hội,\n"
    "Nguyễn Minh Châu,20/11/2008,001208007777,2020,Đang sinh hoạt,\n";

static struct sector_delta_out delta_of(struct hall *h, int64_t delivery, int32_t kind, int64_t after, int64_t limit)
{
    struct ctx cx = hall_as(h, ROLE_OPERATOR, "register", "farmers");
    struct sector_delta_in in = { .code = STR("farmers"), .delivery = delivery, .kind = kind, .has_after = true, .after = after, .has_limit = true, .limit = limit };
    struct sector_delta_out out;
    assert_true(status_ok(hall_call(&cx, "sector.delta", &in, &out)));
    return out;
}

static str delta_file(struct hall *h, int64_t delivery, int32_t kind)
{
    struct ctx cx = hall_as(h, ROLE_OPERATOR, "register", "farmers");
    struct sector_delta_file_in in = { .code = STR("farmers"), .delivery = delivery, .kind = kind };
    struct sector_delta_file_out out;
    cx.lang = LANG_EN;
    assert_true(status_ok(hall_call(&cx, "sector.delta_file", &in, &out)));
    return out.file;
}

/* What the second list did: one made, one changed in one field, one gone; the first made all that it has. */
static void changes_open(struct hall *h, int64_t earlier, int64_t later)
{
    struct sector_delta_out d = delta_of(h, earlier, SECTOR_DELTA_IN_KIND_NEW, 0, 2);
    assert_true(d.rows_count == 2 && d.next == 2);
    d = delta_of(h, earlier, SECTOR_DELTA_IN_KIND_NEW, d.next, 2);
    assert_true(d.rows_count == 1 && d.next == 0);
    assert_int_equal(delta_of(h, earlier, SECTOR_DELTA_IN_KIND_CHANGED, 0, 50).rows_count, 0);

    d = delta_of(h, later, SECTOR_DELTA_IN_KIND_NEW, 0, 50);
    assert_true(d.rows_count == 1 && d.rows[0].item.number == INT64_C(1208007777) && d.rows[0].before_count == 0);
    d = delta_of(h, later, SECTOR_DELTA_IN_KIND_CHANGED, 0, 50);
    assert_true(d.rows_count == 1 && str_eq(d.rows[0].item.name, STR("Người Lạ Mặt")));
    assert_true(d.rows[0].changed_count == 1 && str_eq(d.rows[0].changed[0], STR("state")));
    assert_true(d.rows[0].before_count == 2 && str_eq(d.rows[0].before[1].value, STR("active")) && str_eq(d.rows[0].item.cells[1].value, STR("left")));
    d = delta_of(h, later, SECTOR_DELTA_IN_KIND_GONE, 0, 50);
    assert_true(d.rows_count == 1 && d.rows[0].item.number == INT64_C(1182054321));

    str file = delta_file(h, later, SECTOR_DELTA_IN_KIND_CHANGED);
    assert_true(str_find(file, STR("State (before),State\r\n")) < file.len && str_find(file, STR("\r\nNgười Lạ Mặt,,03/03/1970,")) < file.len);
    file = delta_file(h, later, SECTOR_DELTA_IN_KIND_GONE);
    assert_true(str_find(file, STR("\r\nTrần Thị Bình,001182054321,12/09/1982,")) < file.len);

    struct ctx cx = hall_as(h, ROLE_OPERATOR, "register", "farmers");
    struct sector_delta_in in = { .code = STR("farmers"), .delivery = later + 1, .kind = SECTOR_DELTA_IN_KIND_NEW };
    assert_true(status_is(hall_call(&cx, "sector.delta", &in, &d), ERR_DELIVERY_MISSING));
    in.delivery = later;
    cx.purpose.reference = STR("elders");
    assert_false(status_ok(hall_call(&cx, "sector.delta", &in, &d)));
}

static void rows_become_rows_of_the_register(bool postgresql)
{
    struct hall h;
    struct list_report_out r;
    assert_true(hall_open(&h, postgresql));
    assert_true(status_ok(import(&h, first, "farmers", &r)));
    assert_true(r.has_into && r.into.added == 3 && r.into.changed == 0 && r.into.gone == 0 && r.into.previous == 0);
    struct sector_rows_out rows = rows_of(&h, "farmers");
    assert_int_equal(rows.rows_count, 3);
    size_t linked = 0, raw = 0;
    for (size_t i = 0; i < rows.rows_count; i++) {
        linked += rows.rows[i].link == SECTOR_ITEM_LINK_LINKED;
        for (size_t k = 0; k < rows.rows[i].cells_count; k++)
            raw += !rows.rows[i].cells[k].readable;
    }
    assert_true(linked == 2 && raw == 1);

    assert_true(status_ok(import(&h, first, "farmers", &r)));
    assert_int_equal(r.into.added, 3); /* the same delivery: its own report, nothing done twice */
    assert_int_equal(rows_of(&h, "farmers").rows_count, 3);

    assert_true(status_ok(import(&h, second, "farmers", &r)));
    assert_true(r.into.previous != 0 && r.into.added == 1 && r.into.changed == 1 && r.into.same == 1 && r.into.gone == 1);
    changes_open(&h, r.into.previous, r.item.delivery);
    rows = rows_of(&h, "farmers");
    assert_int_equal(rows.rows_count, 4);
    for (size_t i = 0; i < rows.rows_count; i++)
        if (rows.rows[i].number == INT64_C(1208007777))
            assert_true(rows.rows[i].broken_count == 1 && str_eq(rows.rows[i].broken[0], STR("age_at_joining")));
    struct sector_figures_in ask = { .code = STR("farmers") };
    struct sector_figures_out f;
    struct ctx cx = hall_as(&h, ROLE_OPERATOR, NULL, NULL);
    assert_true(status_ok(hall_call(&cx, "sector.figures", &ask, &f)));
    assert_true(f.total.rows == 4 && f.total.linked == 3 && f.total.clean == 3 && f.total.correct == 2);
    hall_close(&h);
}

static void a_person_may_have_several_rows_where_the_key_says_so(bool postgresql)
{
    struct hall h;
    struct list_report_out r;
    assert_true(hall_open(&h, postgresql));
    assert_true(status_ok(import(&h,
        "Họ và tên,Ngày sinh,Số CCCD,Vắc xin,Mũi,Ngày tiêm\n"
        "Nguyễn Minh Châu,20/11/2008,001208007777,Sởi,1,01/09/2009\n"
        "Nguyễn Minh Châu,20/11/2008,001208007777,Sởi,2,01/06/2010\n"
        "Nguyễn Minh Châu,20/11/2008,001208007777,Sởi,,01/06/2010\n", "vaccination", &r)));
    assert_true(r.into.added == 2 && r.into.keyless == 1);
    assert_int_equal(rows_of(&h, "vaccination").rows_count, 2);
    hall_close(&h);
}

/* Two thousand rows in one moment of a frozen clock. */
static void many_rows_at_once_have_ids_of_their_own(bool postgresql)
{
    struct hall h;
    struct list_report_out r;
    struct buf b;
    assert_true(hall_open(&h, postgresql));
    clock_set_us(INT64_C(1782871200000000));
    buf_init(&b, 1 << 20);
    buf_add(&b, STR("Họ và tên,Ngày sinh,Số CCCD,Ngày kết nạp,Tình trạng\n"));
    for (int i = 0; i < 2000; i++)
        buf_printf(&b, "Người Lạ Mặt,%02d/%02d/%d,,2001,Đang sinh hoạt\n", 1 + i % 28, 1 + i / 28 % 12, 1950 + i / 336);
    buf_char(&b, 0);
    assert_true(status_ok(import(&h, b.ptr, "farmers", &r)));
    assert_int_equal(r.into.added, 2000);
    buf_done(&b);
    hall_close(&h);
}

static void what_cannot_go_in_is_refused_at_once(bool postgresql)
{
    struct hall h;
    struct list_report_out r;
    assert_true(hall_open(&h, postgresql));
    assert_true(status_is(import(&h, first, "unicorns", &r), ERR_REGISTER_MISSING));
    assert_true(status_is(import(&h, first, "merit", &r), ERR_COLUMN_UNMAPPED)); /* its key has no column in this list */
    struct ctx cx = hall_as(&h, ROLE_OFFICER, "delivery", "hoi");
    struct list_import_in in = { .file = str_of(second), .name = STR("a"), .source = STR("hoi"), .has_into = true, .into = STR("farmers") };
    struct list_import_out taken;
    assert_false(status_ok(hall_call(&cx, "list.import", &in, &taken)));
    assert_int_equal(rows_of(&h, "farmers").rows_count, 0);
    hall_close(&h);
}

ON_BOTH(rows_become_rows_of_the_register)
ON_BOTH(a_person_may_have_several_rows_where_the_key_says_so)
ON_BOTH(many_rows_at_once_have_ids_of_their_own)
ON_BOTH(what_cannot_go_in_is_refused_at_once)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_become_rows_of_the_register_sqlite), cmocka_unit_test(rows_become_rows_of_the_register_postgresql),
        cmocka_unit_test(a_person_may_have_several_rows_where_the_key_says_so_sqlite),
        cmocka_unit_test(a_person_may_have_several_rows_where_the_key_says_so_postgresql),
        cmocka_unit_test(many_rows_at_once_have_ids_of_their_own_sqlite), cmocka_unit_test(many_rows_at_once_have_ids_of_their_own_postgresql),
        cmocka_unit_test(what_cannot_go_in_is_refused_at_once_sqlite), cmocka_unit_test(what_cannot_go_in_is_refused_at_once_postgresql),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
