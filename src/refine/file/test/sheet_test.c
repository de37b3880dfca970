/* What a list may come as, and thirty ways of being none: each with the error it gets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "refine/file/sheet.h"
#include "refine/file/test/book.h"
#include "refine/file/workbook.h"

static const day today = { 20261121 };

static status open_as(str bytes, const struct sheet_options *o, struct sheet **ret)
{
    static const struct sheet_options plain;

    *ret = NULL;
    return sheet_open(bytes, today, o ? o : &plain, ret);
}

static void expect_refused(str bytes, const struct sheet_options *o, enum error_code code, const char *what)
{
    struct sheet *s DEFER(sheet_done) = NULL;
    status st = open_as(bytes, o, &s);

    if (status_ok(st))
        st = sheet_roles_check(s);
    if (st.code != code)
        fail_msg("%s: got %s", what, error_def(st.code)->name);
}

/* The data rows as "number:cell|cell|…" with the code of bad ones, one a line. */
static str rows_text(struct arena *a, struct sheet *s)
{
    struct buf b;
    struct sheet_row row;
    bool more;
    str text;

    buf_init(&b, 1 << 20);
    for (;;) {
        assert_true(status_ok(sheet_next(s, &row, &more)));
        if (!more)
            break;
        buf_i64(&b, row.number);
        buf_char(&b, ':');
        for (size_t i = 0; i < row.count; i++)
            buf_printf(&b, "%s%.*s", i ? "|" : "", STR_ARG(row.cells[i].ptr == xlsx_formula ? STR("FORMULA") : row.cells[i]));
        if (row.bad != ERR_OK)
            buf_printf(&b, " %s", error_def(row.bad)->name);
        buf_char(&b, '\n');
    }
    text = arena_str(a, buf_str(&b));
    buf_done(&b);
    return text;
}

static void expect_rows(str bytes, const char *expected)
{
    struct arena *a = arena_new(4 << 20);
    struct sheet *s DEFER(sheet_done) = NULL;
    status st = open_as(bytes, NULL, &s);

    if (!status_ok(st))
        fail_msg("%s", error_def(st.code)->name);
    str got = rows_text(a, s);
    if (!str_eq(got, str_of(expected)))
        fail_msg("got\n%.*s\nnot\n%s", STR_ARG(got), expected);
    arena_free(a);
}

static void files_that_are_no_list(void **state)
{
    static const char encrypted[] = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1....E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0";
    static const char old_book[] = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1....W\0o\0r\0k\0b\0o\0o\0k\0";
    char junk[4096];

    (void)state;
    expect_refused(STR(""), NULL, ERR_FILE_EMPTY, "empty");
    expect_refused(STR(" \r\n\r\n,,;\n"), NULL, ERR_FILE_EMPTY, "blank");
    expect_refused(STR("\xEF\xBB\xBF\n"), NULL, ERR_FILE_EMPTY, "only a mark");
    expect_refused(STR("%PDF-1.7 ..."), NULL, ERR_FILE_KIND, "PDF");
    expect_refused(STR("<html><table><tr><td>"), NULL, ERR_FILE_KIND, "web page");
    expect_refused((str){ old_book, sizeof old_book - 1 }, NULL, ERR_FILE_KIND, "old workbook");
    expect_refused((str){ encrypted, sizeof encrypted - 1 }, NULL, ERR_FILE_ENCRYPTED, "password");
    memset(junk, 0, sizeof junk);
    junk[0] = 'x';
    junk[sizeof junk - 1] = 'y';
    expect_refused((str){ junk, sizeof junk - 1 }, NULL, ERR_FILE_KIND, "binary junk");
}

static void columns_that_say_nobody(void **state)
{
    struct sheet_options o = { .map = STR("name=#9") };

    (void)state;
    expect_refused(STR("STT,Ghi chú\n1,a\n2,b\n"), NULL, ERR_COLUMN_UNMAPPED, "no role");
    assert_string_equal(fault_here()->field, "name");
    expect_refused(STR("Họ và tên,Ghi chú\nAn,a\n"), NULL, ERR_COLUMN_UNMAPPED, "no birth");
    assert_string_equal(fault_here()->field, "birth");
    expect_refused(STR("Họ và tên^Ngày sinh^Số CCCD\nNguyễn Văn An^1/1/1990^001090000001\n"), NULL, ERR_COLUMN_UNMAPPED, "unknown delimiter");
    expect_refused(STR("Họ tên,Số CCCD,Số CCCD\nAn,001090000001,001090000002\n"), NULL, ERR_COLUMN_DOUBLE, "double header");
    assert_int_equal(fault_here()->column, 3);
    expect_refused(STR("Họ tên,Ngày sinh\nAn,1990\n"), &o, ERR_COLUMN_UNKNOWN, "map beyond the columns");
    o.map = STR("who=Họ tên");
    expect_refused(STR("Họ tên,Ngày sinh\nAn,1990\n"), &o, ERR_ENUM_UNKNOWN, "map of no role");
    o = (struct sheet_options){ .encoding = STR("klingon") };
    expect_refused(STR("Họ tên,Ngày sinh\nAn,1990\n"), &o, ERR_ENUM_UNKNOWN, "encoding");
    expect_refused(STR("Ho ten,Ngay sinh\nL\xAA,1990\n"), NULL, ERR_ENCODING_UNKNOWN, "a list that two encodings read well");
    assert_string_equal(fault_here()->what, "TCVN3 “Lê”, VISCII “Lế”");
}

static void rows_that_cannot_be_read(void **state)
{
    struct arena *a = arena_new(8 << 20);
    char *wide = arena_alloc(a, 70000), *many = arena_alloc(a, 1000);

    (void)state;
    memset(wide, 'x', 69999);
    memset(many, ',', 400);
    expect_rows(STR("Họ tên,Số CCCD\nĐặng Văn A,001090000001\nxấu\xFF\xFE,2\nLê B,3\n"), "2:Đặng Văn A|001090000001\n3:xấu\xFF\xFE|2 TEXT_NOT_UTF8\n4:Lê B|3\n");
    expect_rows((str){ "Ho ten,So CCCD\nA,1\nB\0B,2\n", 25 }, "2:A|1\n3:B|2 TEXT_CONTROL\n");
    expect_rows(STR("Họ tên,Số CCCD\nA,\"1\"x\nB,2\n"), "2: CSV_QUOTE\n3:B|2\n");
    expect_rows(STR("Họ tên,Số CCCD\nA,1,thừa\nB\nC,3,\n"), "2:A|1|thừa CSV_COLUMNS\n3:B CSV_COLUMNS\n4:C|3|\n");
    str big = arena_printf(a, "Họ tên,Số CCCD\n%s,1\nB,2\n", wide);
    struct sheet *s DEFER(sheet_done) = NULL;
    assert_true(status_ok(open_as(big, NULL, &s)));
    assert_true(str_eq(rows_text(a, s), STR("2: CELL_TOO_LARGE\n3:B|2\n")));
    expect_rows(arena_printf(a, "Họ tên,Số CCCD\nA,1%s\nB,2\n", many), "2: CSV_COLUMNS\n3:B|2\n");
    arena_free(a);
}

static void headers_in_many_shapes(void **state)
{
    (void)state;
    expect_rows(STR("UBND XÃ,,\nDANH SÁCH\n\nSTT;Họ và tên;Ngày sinh\n1;An;1990\n"), "5:1|An|1990\n");
    expect_rows(STR("STT,Họ và tên,Ngày sinh\n(1),(2),(3)\n1,An,1990\n"), "3:1|An|1990\n");
    expect_rows(STR("Họ và tên,Giấy tờ,,Ngày sinh\n,CCCD,CMND,\nAn,1,2,1990\n"), "3:An|1|2|1990\n");
    expect_rows(STR("Họ và tên\tNgày sinh\r\nAn\t1990\r\n"), "2:An|1990\n");
    /* Without any header: by what the columns hold. */
    expect_rows(STR("Nguyễn Văn An,001090012345,01/02/1990\nTrần Thị Bình,001190012346,03/04/1990\nLê Văn Cường,001090012347,05/06/1990\n"),
                "1:Nguyễn Văn An|001090012345|01/02/1990\n2:Trần Thị Bình|001190012346|03/04/1990\n3:Lê Văn Cường|001090012347|05/06/1990\n");
}

static void roles_are_suggested_and_told(void **state)
{
    struct sheet_options o = { .map = STR("birth=Ngày cấp ; number=#3; phone=") };
    struct sheet *s DEFER(sheet_done) = NULL;
    str text = STR("\"Họ, chữ đệm và tên\",Ngày sinh,Mã,Ngày cấp,SĐT\nAn,1,2,3,4\n");

    (void)state;
    assert_true(status_ok(open_as(text, NULL, &s)));
    assert_int_equal(s->of_role[COLUMN_NAME], 0);
    assert_int_equal(s->of_role[COLUMN_BIRTH], 1);
    assert_int_equal(s->of_role[COLUMN_NUMBER], -1);
    assert_int_equal(s->of_role[COLUMN_PHONE], 4);
    sheet_done(&s);
    assert_true(status_ok(open_as(text, &o, &s)));
    assert_int_equal(s->of_role[COLUMN_BIRTH], 3);
    assert_int_equal(s->columns[1].role, COLUMN_NONE);
    assert_int_equal(s->of_role[COLUMN_NUMBER], 2);
    assert_int_equal(s->of_role[COLUMN_PHONE], -1);
}

static int64_t header_of(const char *text, const char *map)
{
    struct sheet_options o = { .map = str_of(map) };
    struct sheet *s DEFER(sheet_done) = NULL;
    status st = open_as(str_of(text), &o, &s);
    if (!status_ok(st))
        fail_msg("%s: %s", error_def(st.code)->name, text);
    return s->header_row;
}

/* Names that nobody knows: whoever matched the columns by hand shows where the values are, and so what stands above them. */
static void a_list_matched_by_hand_keeps_its_header_and_its_first_row(void **state)
{
    static const char places[] = "name=#1; birth=#2; number=#3";
    static const char rows[] = "Nguyễn Văn An,01/02/1980,001080012345\nTrần Thị Bình,13/09/1982,001182054321\n";
    struct arena *a = arena_new(1 << 20);

    (void)state;
#define ABOVE(head) arena_z(a, arena_printf(a, "%s%s", head, rows))
    assert_int_equal(header_of(ABOVE("Chủ hộ,Ra đời,Mã người\n"), places), 1);
    assert_int_equal(header_of(ABOVE("Chủ hộ,Ra đời,Số CCCD\n"), places), 1); /* one name is known */
    assert_int_equal(header_of(ABOVE("Danh sách xã\n\nChủ hộ,Ra đời,Mã người\n(1),(2),(3)\n"), places), 3);
    assert_int_equal(header_of(ABOVE("Chủ hộ,Ra đời,Mã người\n"), "name=Chủ hộ; birth=#2"), 1); /* by its name */
    assert_int_equal(header_of(ABOVE("Chủ hộ,Ra đời,Mã người\n"), ""), 0);                       /* nobody said anything */
    assert_int_equal(header_of(rows, places), 0);
    assert_int_equal(header_of(rows, "name=#1"), 0); /* any word may be a name */
    assert_int_equal(header_of("Nguyễn Văn An,không rõ,001080012345\nTrần Thị Bình,13/09/1982,\n", places), 0); /* a value stands in the first row */
    assert_int_equal(header_of("Nguyễn Văn An,,\nTrần Thị Bình,13/09/1982,001182054321\n", places), 0);
    assert_int_equal(header_of("An,01/02/1980,1\nBình,chưa rõ,không\nChi,03/04/1985,001185054321\n", places), 0);
    assert_int_equal(header_of("Chủ hộ,Ra đời,Mã người\nAn,chưa rõ,không\n", places), 0); /* no value anywhere: nothing can be told */
#undef ABOVE
    arena_free(a);
}

/* Month and year belong to a birth only where they stand beside it: other columns of months may stand as often as they like. */
static void a_birth_may_stand_in_three_columns(void **state)
{
    static const struct { const char *text; int month, year; } list[] = {
        { "Họ và tên,Ngày sinh,Tháng sinh,Năm sinh\nAn,1,2,1990\n", 2, 3 },
        { "Họ và tên,Ngày tháng năm sinh,,\n,Ngày,Tháng,Năm\nAn,1,2,1990\n", 2, 3 },
        { "Họ và tên,Ngày sinh,Tháng,Tháng,Năm\nAn,1,2,3,1990\n", -1, -1 },
        { "Họ và tên,Ngày sinh,Năm sinh\nAn,01/02/1990,1990\n", -1, -1 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        struct sheet *s DEFER(sheet_done) = NULL;
        assert_true(status_ok(open_as(str_of(list[i].text), NULL, &s)));
        assert_int_equal(s->of_role[COLUMN_BIRTH], 1);
        assert_int_equal(s->of_role[COLUMN_BIRTH_MONTH], list[i].month);
        assert_int_equal(s->of_role[COLUMN_BIRTH_YEAR], list[i].year);
    }
}

static const char people[] = "Họ và tên,Giới tính,Ngày sinh\nNguyễn Thị Phượng,Nữ,1/2/1990\nTrần Đức Lượng,Nam,3/4/1985\nPhạm Hữu Thưởng,Nam,5/6/1979\n"
                             "Đỗ Thị Thuỳ Dương,Nữ,7/8/1992\nLưu Quốc Khánh,Nam,2/9/1975\nĐặng Thị Huệ,Nữ,8/3/1981\n";

/* The same list in each encoding gives the same names. */
static void every_encoding_reads_alike(void **state)
{
    static const struct encoding_form forms[] = {
        { .set = ENCODING_UTF8 }, { .set = ENCODING_UTF16LE }, { .set = ENCODING_UTF16BE }, { .set = ENCODING_TCVN3 }, { .set = ENCODING_VNI },
        { .set = ENCODING_VISCII }, { .set = ENCODING_TCVN3, .wrapped = true }, { .set = ENCODING_VNI, .wrapped = true },
    };

    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct arena *a = arena_new(8 << 20);
        struct sheet *s DEFER(sheet_done) = NULL;
        struct encoded e;
        struct sheet_row row;
        bool more;
        viet_encode(a, forms[i], (str){ people, sizeof people - 1 }, &e);
        status st = open_as(e.bytes, NULL, &s);
        if (!status_ok(st))
            fail_msg("%s: %s", encoding_name(forms[i].set), error_def(st.code)->name);
        assert_int_equal(s->form.set, forms[i].set);
        assert_int_equal(s->form.wrapped, forms[i].wrapped);
        assert_true(status_ok(sheet_next(s, &row, &more)) && more);
        str name = viet_key(a, sheet_cell(s, a, &row, COLUMN_NAME));
        if (!str_eq(name, viet_key(a, STR("Nguyễn Thị Phượng"))))
            fail_msg("%s: %.*s", encoding_name(forms[i].set), STR_ARG(name));
        arena_free(a);
    }
}

/* Some programs leave the byte order mark out. */
static void utf16_without_its_mark(void **state)
{
    static const struct encoding_form forms[] = { { .set = ENCODING_UTF16LE }, { .set = ENCODING_UTF16BE } };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct arena *a = arena_new(8 << 20);
        struct sheet *s DEFER(sheet_done) = NULL;
        struct encoded e;
        viet_encode(a, forms[i], (str){ people, sizeof people - 1 }, &e);
        bool marked = (unsigned char)e.bytes.ptr[0] >= 0xFE && (unsigned char)e.bytes.ptr[1] >= 0xFE;
        str bytes = marked ? (str){ e.bytes.ptr + 2, e.bytes.len - 2 } : e.bytes;
        assert_true(status_ok(open_as(bytes, NULL, &s)));
        assert_int_equal(s->form.set, forms[i].set);
        assert_int_equal(s->of_role[COLUMN_NAME], 0);
        assert_true(str_eq(viet_key(a, s->columns[0].header), viet_key(a, STR("Họ và tên"))));
        arena_free(a);
    }
}

static size_t rows_into(struct sheet *s, struct buf *out)
{
    struct sheet_row row;
    bool more = true;
    size_t rows = 0;

    while (true) {
        assert_true(status_ok(sheet_next(s, &row, &more)));
        if (!more)
            return rows;
        rows++;
        buf_printf(out, "%lld %d %zu", (long long)row.number, (int)row.bad, row.count);
        for (size_t i = 0; i < row.count; i++)
            buf_printf(out, "|%s%.*s", row.cells[i].ptr == xlsx_formula ? "formula:" : "", STR_ARG(row.cells[i]));
    }
}

/* The first pass unpacks, later ones read what was kept. */
static void a_book_reads_alike_each_time(void **state)
{
    struct arena *a = arena_new(1 << 26);
    struct sheet *s DEFER(sheet_done) = NULL;
    struct buf rows, seen[3];

    (void)state;
    buf_init(&rows, 1 << 20);
    buf_add(&rows, STR("<row r=\"1\"><c t=\"str\"><v>Họ tên</v></c><c t=\"str\"><v>CCCD</v></c></row>"));
    for (int i = 2; i < 900; i++)
        buf_printf(&rows, "<row r=\"%d\"><c t=\"str\"><v>Phan Lạ</v></c><c r=\"C%d\"><f>A1</f></c></row>", 2 * i, 2 * i);
    str book = book_make(a, arena_z(a, buf_str(&rows)), NULL, NULL);
    assert_true(status_ok(sheet_open(book, day_of_us(0), &(struct sheet_options){ 0 }, &s)));
    for (int pass = 0; pass < 3; pass++) {
        buf_init(&seen[pass], 1 << 20);
        assert_true(status_ok(sheet_rewind(s)));
        assert_int_equal(rows_into(s, &seen[pass]), 898);
        assert_true(str_find(buf_str(&seen[pass]), STR("formula:")) < seen[pass].len);
        assert_true(str_eq(buf_str(&seen[pass]), buf_str(&seen[0])));
    }
    for (int pass = 0; pass < 3; pass++)
        buf_done(&seen[pass]);
    buf_done(&rows);
    sheet_done(&s);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_that_are_no_list), cmocka_unit_test(a_book_reads_alike_each_time),     cmocka_unit_test(columns_that_say_nobody),
        cmocka_unit_test(rows_that_cannot_be_read),   cmocka_unit_test(headers_in_many_shapes),
        cmocka_unit_test(a_birth_may_stand_in_three_columns),
        cmocka_unit_test(roles_are_suggested_and_told),
        cmocka_unit_test(a_list_matched_by_hand_keeps_its_header_and_its_first_row), cmocka_unit_test(every_encoding_reads_alike), cmocka_unit_test(utf16_without_its_mark),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
