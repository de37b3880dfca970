/* Lists from the door to the report: each outcome, nothing twice, nothing lost, the trace in the ledger. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "refine/file/test/book.h"
#include "centre/test/hall.h"
#include "register/register_ops.h"

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

static void each_outcome_comes_out(bool postgresql)
{
    struct hall h;
    struct list_report_out r;
    struct list_rows_out rows;

    assert_true(hall_open(&h, postgresql));
    assert_true(status_ok(hall_import(&h, (str){ every_outcome, sizeof every_outcome - 1 }, "farmers", &r)));
    assert_int_equal(r.item.rows_done, 15);
    assert_int_equal(r.item.rows_total, 15);
    assert_int_equal(rows_of(&r, OUTCOME_MATCHED), 3);
    assert_int_equal(rows_of(&r, OUTCOME_CONFLICTING), 2);
    assert_int_equal(rows_of(&r, OUTCOME_DECEASED), 1);
    assert_int_equal(rows_of(&r, OUTCOME_AMBIGUOUS), 1);
    assert_int_equal(rows_of(&r, OUTCOME_NOT_FOUND), 1);
    assert_int_equal(rows_of(&r, OUTCOME_DUPLICATE), 2);
    assert_int_equal(rows_of(&r, OUTCOME_REJECTED), 5);
    assert_int_equal(r.fields_count, 2);
    assert_int_equal(r.reasons_count, 5);
    assert_int_equal(r.units_count, 2);
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
    ask = (struct list_rows_in){ .delivery = r.item.delivery, .has_limit = true, .limit = 10 };
    assert_true(status_ok(hall_call(&cx, "list.rows", &ask, &rows)));
    assert_int_equal(rows.rows_count, 10);
    assert_int_equal(rows.next, 10);
    hall_close(&h);
}
ON_BOTH(each_outcome_comes_out)

static status import_as(struct ctx *cx, str file, str source, struct list_import_out *ret)
{
    struct list_import_in in = { .file = file, .name = STR("a.csv"), .source = source };

    return hall_call(cx, "list.import", &in, ret);
}

static void same_file_twice_does_nothing_twice(bool postgresql)
{
    struct hall h;
    struct list_report_out first, second;
    struct list_import_out again;
    str file = { every_outcome, sizeof every_outcome - 1 };

    assert_true(hall_open(&h, postgresql));
    assert_true(status_ok(hall_import(&h, file, "farmers", &first)));
    struct ctx cx = hall_as(&h, ROLE_OPERATOR, "delivery", "farmers");
    assert_true(status_ok(import_as(&cx, file, STR("farmers"), &again)));
    assert_true(again.known);
    assert_int_equal(again.delivery, first.item.delivery);
    struct list_status_out s;
    assert_true(status_ok(hall_call(&cx, "list.status", &(struct list_status_in){ again.delivery }, &s)));
    assert_int_equal(s.item.state, LIST_ITEM_STATE_DONE);
    assert_true(status_ok(hall_import(&h, file, "farmers", &second)));
    assert_int_equal(second.item.rows_done, 15);
    assert_int_equal(rows_of(&second, OUTCOME_MATCHED), 3);
    assert_true(status_ok(hall_import(&h, file, "elders", &second)));
    assert_true(second.item.delivery != first.item.delivery);
    hall_close(&h);
}
ON_BOTH(same_file_twice_does_nothing_twice)

static void the_door_refuses(void **state)
{
    static const struct {
        const char *text;
        enum error_code code;
    } files[] = {
        { "", ERR_FILE_EMPTY },          { "%PDF-1.4", ERR_FILE_KIND },
        { "a,b\n1,2\n", ERR_COLUMN_UNMAPPED }, { "CCCD,CCCD\n001080012345,001080012345\n", ERR_COLUMN_DOUBLE },
    };
    struct hall h;
    struct list_import_out taken;
    struct list_recent_out recent;
    struct list_status_out s;
    struct list_rows_out rows;
    str good = STR("Họ tên,CCCD\nAn,001080012345\n");

    (void)state;
    assert_true(hall_open(&h, false));
    struct ctx cx = hall_as(&h, ROLE_OPERATOR, "delivery", "farmers");
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        assert_int_equal(import_as(&cx, str_of(files[i].text), STR("farmers"), &taken).code, files[i].code);
    assert_int_equal(import_as(&cx, good, STR("no good/source"), &taken).code, ERR_FIELD_TYPE);
    assert_true(status_ok(hall_call(&cx, "list.recent", &(struct list_recent_in){ 0 }, &recent)));
    assert_int_equal(recent.lists_count, 0);

    struct ctx none = hall_as(&h, ROLE_COORDINATOR, NULL, NULL), citizen = hall_as(&h, ROLE_CITIZEN, "delivery", "farmers");
    struct ctx officer = hall_as(&h, ROLE_OFFICER, "delivery", "farmers"), other = hall_as(&h, ROLE_COORDINATOR, "delivery", "farmers/1");
    assert_int_equal(import_as(&none, good, STR("farmers"), &taken).code, ERR_PURPOSE_MISSING);
    assert_int_equal(import_as(&citizen, good, STR("farmers"), &taken).code, ERR_NOT_ALLOWED);
    assert_int_equal(import_as(&officer, good, STR("farmers"), &taken).code, ERR_GROUND_NOT_LIVE);
    assert_int_equal(import_as(&other, good, STR("farmers"), &taken).code, ERR_GROUND_NOT_LIVE);

    assert_true(status_ok(import_as(&cx, good, STR("farmers"), &taken)));
    assert_true(status_ok(hall_wait(&h, taken.delivery, &s)));
    officer.actor.organisation = STR("H99");
    assert_int_equal(hall_call(&officer, "list.status", &(struct list_status_in){ taken.delivery }, &s).code, ERR_DELIVERY_MISSING);
    assert_int_equal(hall_call(&none, "list.rows", &(struct list_rows_in){ .delivery = taken.delivery }, &rows).code, ERR_PURPOSE_MISSING);
    assert_int_equal(hall_call(&cx, "list.rows", &(struct list_rows_in){ .delivery = taken.delivery }, &rows).code, ERR_GROUND_NOT_LIVE);
    assert_int_equal(hall_call(&cx, "list.status", &(struct list_status_in){ 7 }, &s).code, ERR_DELIVERY_MISSING);
    hall_close(&h);
}

/* --- what a person sees of it ----------------------------------------------------------------------------------------------- */

struct trace {
    person_id person;
    struct ledger_record *records;
    size_t count;
};

static status trace_run(struct ctx *cx, void *arg)
{
    struct trace *t = arg;

    return ledger_by_person(cx, &(struct ledger_person_query){ .person = t->person, .limit = 100 }, &t->records, &t->count);
}

static void each_comparison_leaves_its_trace(bool postgresql)
{
    struct hall h;
    struct list_report_out r;
    struct trace t = { .person = { 1 } }, nobody = { .person = { 6 } };

    assert_true(hall_open(&h, postgresql));
    assert_true(status_ok(hall_import(&h, (str){ every_outcome, sizeof every_outcome - 1 }, "farmers", &r)));
    struct work w = { .run = trace_run, .arg = &t, .cx = hall_as(&h, ROLE_OPERATOR, NULL, NULL) };
    assert_true(status_ok(lanes_call(h.app->lanes, &w)));
    assert_int_equal(t.count, 1);
    const struct ledger_entry *e = &t.records[0].entry;
    assert_int_equal(e->kind, LEDGER_DISCLOSURE);
    assert_true(str_eq(e->operation, STR("list.match")));
    assert_true(str_eq(e->purpose_kind, STR("delivery")));
    assert_true(str_eq(e->purpose_reference, arena_printf(h.arena, "farmers/%lld", (long long)r.item.delivery)));
    assert_true((e->fields & (FIELDS_NUMBER | FIELDS_NAME | FIELDS_BIRTH)) == (FIELDS_NUMBER | FIELDS_NAME | FIELDS_BIRTH));
    w = (struct work){ .run = trace_run, .arg = &nobody, .cx = hall_as(&h, ROLE_OPERATOR, NULL, NULL) };
    assert_true(status_ok(lanes_call(h.app->lanes, &w)));
    assert_int_equal(nobody.count, 0);
    hall_close(&h);
}
ON_BOTH(each_comparison_leaves_its_trace)

static void a_cancelled_number_is_told(void **state)
{
    struct hall h;
    struct number_cancel_out out;
    struct list_report_out r;
    struct list_rows_out rows;

    (void)state;
    assert_true(hall_open(&h, false));
    struct ctx cx = hall_as(&h, ROLE_COORDINATOR, "authority", "correction");
    struct number_cancel_in cancel = { .number = 1178088456, .replace = false, .evidence = STR("QD-1") };
    assert_true(status_ok(hall_call(&cx, "number.cancel", &cancel, &out)));
    assert_true(status_ok(hall_import(&h, STR("Họ tên,Ngày sinh,CCCD\n"
                                              "Phạm Thu Hà,30/05/1978,001178088456\n" /* cancelled */
                                              "Phạm Thu Hà,30/05/1978,\n"             /* the same person */
                                              "Ai Khác,1/1/1950,1178088456\n"),       /* zeros lost, and nothing else fits */
                                      "farmers", &r)));
    assert_int_equal(rows_of(&r, OUTCOME_CANCELLED), 1);
    assert_int_equal(rows_of(&r, OUTCOME_DUPLICATE), 1);
    assert_int_equal(rows_of(&r, OUTCOME_NOT_FOUND), 1);
    cx = hall_as(&h, ROLE_COORDINATOR, "authority", "reconciliation");
    assert_true(status_ok(hall_call(&cx, "list.rows", &(struct list_rows_in){ .delivery = r.item.delivery }, &rows)));
    assert_int_equal(rows.rows[0].outcome, LIST_ROW_OUTCOME_CANCELLED);
    assert_true(str_eq(rows.rows[0].register_name, STR("Phạm Thu Hà")));
    hall_close(&h);
}

static void unknown_units_are_told(void **state)
{
    struct hall h;
    struct list_report_out r;

    (void)state;
    assert_true(hall_open(&h, false));
    assert_true(status_ok(hall_import(&h, STR("Họ tên,CCCD,Địa chỉ\n"
                                              "An,001080012345,\"Phường Ba Đình, Thành phố Hà Nội\"\n"
                                              "Bình,001182054321,\"Số 5, Xã Không Đâu, Thành phố Hà Nội\"\n"
                                              "Châu,001208007777,\"Phường Phúc Xá, Quận Ba Đình, Thành phố Hà Nội\"\n"
                                              "Dũng,001075099123,\"Xã Không Đâu, Thành phố Hà Nội\"\n"
                                              "Hà,001178088456,thôn Đoài\n"),
                                      "farmers", &r)));
    int64_t told = 0;
    for (size_t i = 0; i < r.warnings_count; i++)
        if (str_eq(r.warnings[i].word, STR("unit_unknown")))
            told = r.warnings[i].rows;
    assert_int_equal(told, 2);
    hall_close(&h);
}

/* --- breaking off and going on ------------------------------------------------------------------------------------------------ */

enum { LONG_ROWS = 6500 };

/* Many strangers, repeated now and then, between the people of the hall. */
static str long_list(struct hall *h)
{
    struct buf b;
    str text;

    buf_init(&b, 8 << 20);
    buf_add(&b, STR("Họ và tên,Ngày sinh,Số CCCD\n"));
    for (int i = 0; i < LONG_ROWS; i++) {
        if (i % 500 == 7)
            buf_add(&b, STR("Nguyễn Văn An,01/02/1980,001080012345\n"));
        else if (i % 11 == 3)
            buf_printf(&b, "Phan Văn Lạ,1/1/1966,%d\n", i % 50);
        else
            buf_printf(&b, "Phan Thị Lạ,%d/%d/%d,\n", 13 + i % 15, 1 + i % 12, 1930 + i % 70);
    }
    text = arena_str(h->arena, buf_str(&b));
    buf_done(&b);
    return text;
}

static void expect_same_figures(const struct list_report_out *a, const struct list_report_out *b)
{
    assert_int_equal(a->item.rows_done, b->item.rows_done);
    assert_int_equal(a->item.matched, b->item.matched);
    for (int i = 0; i < OUTCOME_COUNT; i++)
        assert_int_equal(a->outcomes[i].rows, b->outcomes[i].rows);
    assert_int_equal(a->warnings_count, b->warnings_count);
    for (size_t i = 0; i < a->warnings_count; i++)
        assert_int_equal(a->warnings[i].rows, b->warnings[i].rows);
}

static void goes_on_after_a_restart(bool postgresql)
{
    struct hall h;
    struct list_report_out whole, broken;
    struct list_import_out taken;
    struct list_status_out s;

    assert_true(hall_open(&h, postgresql));
    str file = long_list(&h);
    assert_true(status_ok(hall_import(&h, file, "whole", &whole)));
    assert_int_equal(whole.item.rows_done, LONG_ROWS);
    assert_int_equal(rows_of(&whole, OUTCOME_MATCHED), 1); /* the same man thirteen times, over all chunks */
    struct ctx cx = hall_as(&h, ROLE_OPERATOR, "delivery", "broken");
    assert_true(status_ok(import_as(&cx, file, STR("broken"), &taken)));
    for (int64_t done = 0; done < LONG_ROWS;) {
        assert_true(hall_restart(&h));
        cx = hall_as(&h, ROLE_OPERATOR, "delivery", "broken");
        assert_true(status_ok(import_as(&cx, file, STR("broken"), &taken)));
        assert_true(taken.known);
        do
            assert_true(status_ok(hall_status(&cx, taken.delivery, &s)));
        while (s.item.rows_done == done && s.item.state < LIST_ITEM_STATE_DONE);
        done = s.item.rows_done;
    }
    assert_true(status_ok(hall_import(&h, file, "broken", &broken)));
    expect_same_figures(&whole, &broken);
    hall_close(&h);
}
ON_BOTH(goes_on_after_a_restart)

static status stale_run(struct ctx *cx, void *arg)
{
    TRY(chunk_look(cx, arg));
    return chunk_apply(cx, arg);
}

/* Rows that another process has written meanwhile, or that would leave a gap, are refused as a whole. */
static void a_stale_chunk_is_refused(bool postgresql)
{
    static const int64_t places[] = { 0, 14, 16 };
    struct hall h;
    struct list_report_out r, after;
    struct list_person rows[2] = { { .row = 1, .reason = REASON_nobody }, { .row = 2, .reason = REASON_nobody } };
    struct seen seen;

    assert_true(hall_open(&h, postgresql));
    assert_true(status_ok(hall_import(&h, (str){ every_outcome, sizeof every_outcome - 1 }, "farmers", &r)));
    seen_init(&seen);
    for (size_t i = 0; i < 3; i++) {
        struct chunk c = { .delivery = r.item.delivery, .done_before = places[i], .rows = rows, .hashes = (int64_t[2]){ 0 }, .count = 2, .seen = &seen };
        struct work w = { .run = stale_run, .arg = &c, .writes = true, .cx = hall_as(&h, ROLE_OPERATOR, NULL, NULL) };
        status st = lanes_call(h.app->lanes, &w);
        judge_free(c.judge);
        assert_int_equal(st.code, i == 2 ? ERR_VERSION_CONFLICT : ERR_ROW_EXISTS);
    }
    seen_done(&seen);
    assert_true(status_ok(hall_import(&h, (str){ every_outcome, sizeof every_outcome - 1 }, "farmers", &after)));
    expect_same_figures(&r, &after);
    hall_close(&h);
}
ON_BOTH(a_stale_chunk_is_refused)

static void a_full_disk_is_waited_for(void **state)
{
    struct hall h;
    struct list_report_out whole, faulty;
    int faults = 0;

    (void)state;
    assert_true(hall_open(&h, false));
    str file = long_list(&h);
    assert_true(status_ok(hall_import(&h, file, "whole", &whole)));
    for (int n = 20; n < 24000 && faults < 4; n *= 5, faults++) {
        struct list_import_out taken;
        struct list_status_out s;
        str source = arena_printf(h.arena, "full%d", n);
        struct ctx cx = hall_as(&h, ROLE_OPERATOR, "delivery", source.ptr);
        assert_true(status_ok(import_as(&cx, file, source, &taken)));
        store_fault_set(n, STORE_FAULT_FULL);
        for (;;) {
            status st = hall_wait(&h, taken.delivery, &s);
            if (status_ok(st))
                break;
            assert_int_equal(st.code, ERR_DISK_FULL); /* it was our own question that met the fault */
        }
        store_fault_set(0, STORE_FAULT_FULL);
        assert_int_equal(s.item.state, LIST_ITEM_STATE_DONE);
        assert_true(status_ok(hall_import(&h, file, source.ptr, &faulty)));
        expect_same_figures(&whole, &faulty);
    }
    hall_close(&h);
}

static void a_torn_book_is_told_and_kept(void **state)
{
    struct hall h;
    struct list_import_out taken;
    struct list_status_out s;
    struct buf b;

    (void)state;
    assert_true(hall_open(&h, false));
    buf_init(&b, 1 << 20);
    buf_add(&b, STR("<row r=\"1\"><c t=\"str\"><v>Họ tên</v></c><c t=\"str\"><v>CCCD</v></c></row>"));
    for (int i = 2; i < 1500; i++)
        buf_printf(&b, "<row r=\"%d\"><c t=\"str\"><v>Phan Lạ</v></c><c><v>1066000%03d</v></c></row>", i, i % 1000);
    buf_add(&b, STR("<row r=\"1500\"><c><v>1</c></row>"));
    str book = book_make(h.arena, arena_z(h.arena, buf_str(&b)), NULL, NULL);
    buf_done(&b);
    struct ctx cx = hall_as(&h, ROLE_OPERATOR, "delivery", "farmers");
    assert_true(status_ok(import_as(&cx, book, STR("farmers"), &taken)));
    assert_true(status_ok(hall_wait(&h, taken.delivery, &s)));
    assert_int_equal(s.item.state, LIST_ITEM_STATE_FAILED);
    assert_true(str_eq(s.error, STR("FILE_BROKEN")));
    assert_int_equal(s.error_row, 1500);
    assert_true(s.error_says.len > 0);
    assert_int_equal(s.item.rows_done, 1498); /* all before the tear */
    hall_close(&h);
}

static void file_put(const struct hall *h, const char *name, bool old)
{
    const struct timespec then[2] = { { .tv_sec = 1000000000 }, { .tv_sec = 1000000000 } };
    char path[512];

    snprintf(path, sizeof path, "%s/deliveries/%s", h->own.folder.path, name);
    FILE *f = fopen(path, "a");
    assert_non_null(f);
    fclose(f);
    assert_true(!old || utimensat(AT_FDCWD, path, then, 0) == 0);
}

static bool file_there(const struct hall *h, const char *name)
{
    char path[512];

    snprintf(path, sizeof path, "%s/deliveries/%s", h->own.folder.path, name);
    return access(path, F_OK) == 0;
}

/* A file that was kept for a call that never committed goes, once it is old; one that a delivery names stays. */
static void what_nobody_names_is_swept(void **state)
{
    (void)state;
    static const char orphan[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", young[] = "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    struct list_report_out r;
    struct hall h;
    char kept[65] = "";

    assert_true(hall_open(&h, false));
    assert_true(status_ok(hall_import(&h, (str){ every_outcome, sizeof every_outcome - 1 }, "farmers", &r)));
    uint8_t digest[SHA256_BYTES];
    sha256_of(every_outcome, sizeof every_outcome - 1, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(kept + 2 * i, 3, "%02x", digest[i]);
    file_put(&h, kept, true);
    file_put(&h, orphan, true);
    file_put(&h, young, false);
    file_put(&h, "00112233.0123456789abcdef", true);
    struct work w = { .run = delivery_files_sweep };
    ctx_for_program(&w.cx, h.app, h.arena, STR("test"));
    assert_true(status_ok(lanes_call(h.app->lanes, &w)));
    assert_true(file_there(&h, kept));
    assert_true(file_there(&h, young));
    assert_false(file_there(&h, orphan));
    assert_false(file_there(&h, "00112233.0123456789abcdef"));
    hall_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_outcome_comes_out_sqlite),
        cmocka_unit_test(each_outcome_comes_out_postgresql),
        cmocka_unit_test(same_file_twice_does_nothing_twice_sqlite),
        cmocka_unit_test(same_file_twice_does_nothing_twice_postgresql),
        cmocka_unit_test(the_door_refuses),
        cmocka_unit_test(each_comparison_leaves_its_trace_sqlite),
        cmocka_unit_test(each_comparison_leaves_its_trace_postgresql),
        cmocka_unit_test(a_cancelled_number_is_told),
        cmocka_unit_test(unknown_units_are_told),
        cmocka_unit_test(goes_on_after_a_restart_sqlite),
        cmocka_unit_test(goes_on_after_a_restart_postgresql),
        cmocka_unit_test(a_stale_chunk_is_refused_sqlite),
        cmocka_unit_test(a_stale_chunk_is_refused_postgresql),
        cmocka_unit_test(a_full_disk_is_waited_for),
        cmocka_unit_test(a_torn_book_is_told_and_kept),
        cmocka_unit_test(what_nobody_names_is_swept),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
