/* Workbooks, and the ways in which one can be broken, locked or a weapon. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "refine/file/sheet.h"
#include "refine/file/test/book.h"
#include "refine/file/workbook.h"

#define HEADER                                                                                                         \
    "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>Họ tên</t></is></c><c r=\"B1\" t=\"inlineStr\"><is><t>Ngày sinh</t></is></c>" \
    "<c r=\"C1\" t=\"inlineStr\"><is><t>Số CCCD</t></is></c></row>"

static str all_rows(struct arena *a, str bytes)
{
    struct xlsx *x DEFER(xlsx_done) = NULL;
    struct xlsx_row row;
    struct buf b;
    bool more;
    status st = xlsx_open(bytes, (str){ 0 }, &x);
    str text;

    if (!status_ok(st))
        return str_of(error_def(st.code)->name);
    buf_init(&b, 1 << 20);
    for (;;) {
        st = xlsx_next(x, &row, &more);
        if (!status_ok(st))
            buf_printf(&b, "%s %d", error_def(st.code)->name, (int)fault_here()->row);
        if (!status_ok(st) || !more)
            break;
        buf_printf(&b, "%d:", (int)row.number);
        for (size_t i = 0; i < row.count; i++)
            buf_printf(&b, "%s%.*s", i ? "|" : "", STR_ARG(row.cells[i].ptr == xlsx_formula ? STR("FORMULA") : row.cells[i]));
        buf_printf(&b, "%s%s\n", row.bad ? " " : "", row.bad ? error_def(row.bad)->name : "");
    }
    text = arena_str(a, buf_str(&b));
    buf_done(&b);
    return text;
}

static void expect(str bytes, const char *expected, const char *what)
{
    struct arena *a = arena_new(4 << 20);
    str got = all_rows(a, bytes);

    if (!str_eq(got, str_of(expected)))
        fail_msg("%s: got %.*s, not %s", what, STR_ARG(got), expected);
    arena_free(a);
}

static void cells_of_each_kind(void **state)
{
    struct arena *a = arena_new(8 << 20);
    const char *styles = "<numFmts><numFmt numFmtId=\"170\" formatCode=\"dd/mm/yyyy;@\"/><numFmt numFmtId=\"171\" formatCode=\"&quot;d&quot;0.0\"/></numFmts>"
                         "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"170\"/>"
                         "<xf numFmtId=\"171\"/></cellXfs>";

    (void)state;
    expect(book_make(a, "<row r=\"2\"><c r=\"B2\" t=\"s\"><v>1</v></c><c t=\"s\"><v>0</v></c><c r=\"F2\" t=\"s\"><v>77</v></c></row>",
                     "<si><t>không</t></si><si><r><t>một</t></r><r><t> hai</t></r><rPh><t>x</t></rPh></si>", NULL),
           "2:|một hai|không\n", "shared texts, missing cells");
    expect(book_make(a, "<row><c><v>1090012345</v></c><c><v>1.090012345E9</v></c><c><v>12.5</v></c><c t=\"b\"><v>1</v></c><c t=\"e\"><v>#N/A</v></c></row>", NULL, NULL),
           "1:1090012345|1090012345|12.5|1|#N/A\n", "numbers");
    expect(book_make(a, "<row><c s=\"1\"><v>32905</v></c><c s=\"2\"><v>32905.75</v></c><c s=\"3\"><v>32905</v></c><c s=\"1\"><v>1</v></c></row>", NULL, styles),
           "1:1990-02-01|1990-02-01|32905|1900-01-01\n", "dates by style");
    expect(book_make(a, "<row><c><f>1+1</f><v>2</v></c><c><f>A1</f></c><c t=\"str\"><f>x</f><v>chữ</v></c></row>", NULL, NULL), "1:2|FORMULA|chữ\n",
           "formulas");
    expect(book_make(a, "<row r=\"5\"/><row r=\"9\"><c r=\"A9\"><v>1</v></c></row><row><c><v>2</v></c></row>", NULL, NULL), "9:1\n10:2\n", "row numbers");
    expect(book_make(a, "<row><c r=\"IW1\"><v>1</v></c></row>", NULL, NULL), "1: CSV_COLUMNS\n", "too many columns");
    assert_false(workbook_format_is_date(0, STR("0.00")));
    assert_true(workbook_format_is_date(0, STR("[$-42A]d mmmm yyyy")));
    assert_false(workbook_format_is_date(0, STR("[Red]0 \"days\"")));
    arena_free(a);
}

/* TCVN3 keeps toned capitals in fonts of their own: the font of the cell, or of the run, says which letters are capitals. */
static void fonts_of_capitals(void **state)
{
    struct arena *a = arena_new(8 << 20);
    const char *styles = "<fonts><font><name val=\".VnTime\"/></font><font><sz val=\"12\"/><name val=\".VnTimeH\"/></font></fonts>"
                         "<cellXfs><xf numFmtId=\"0\" fontId=\"0\"/><xf numFmtId=\"0\" fontId=\"1\"/><xf numFmtId=\"0\" fontId=\"9\"/></cellXfs>";
    const char *shared = "<si><t>®ç v¨n ¸nh</t></si><si><t>®ç v¨n ¬n</t></si>"
                         "<si><r><rPr><rFont val=\".VnTimeH\"/></rPr><t>®</t></r><r><rPr><rFont val=\".VnTime\"/></rPr><t>ç v¨n</t></r></si>"
                         "<si><t>Đỗ Văn Lê</t></si>";

    (void)state;
    expect(book_make(a, "<row><c s=\"1\" t=\"s\"><v>0</v></c><c s=\"0\" t=\"s\"><v>0</v></c><c s=\"0\" t=\"s\"><v>1</v></c><c s=\"1\" t=\"s\"><v>2</v></c><c s=\"1\" t=\"s\"><v>3</v></c>"
                        "<c s=\"1\" t=\"inlineStr\"><is><t>®ç</t></is></c><c s=\"2\" t=\"inlineStr\"><is><t>®ç</t></is></c></row>",
                     shared, styles),
           "1:§ç V¡N ¸NH|®ç v¨n ¸nh|®ç v¨n ¬n|§ç v¨n|Đỗ Văn Lê|§ç|®ç\n", "fonts");
    arena_free(a);
}

static void what_is_broken_or_a_weapon(void **state)
{
    struct arena *a = arena_new(512 << 20);
    size_t many = (size_t)40 << 20;
    char *zeros = arena_alloc(a, many);
    str good = book_make(a, "<row><c><v>1</v></c></row>", NULL, NULL);

    (void)state;
    expect(str_slice(good, 0, good.len / 2), "FILE_BROKEN", "truncated archive");
    expect(STR("PK\x03\x04 and then nothing"), "FILE_BROKEN", "no archive");
    struct book_part other[] = { { "word/document.xml", STR("<w/>") } };
    expect(book_zip(a, other, 1), "FILE_KIND", "a document");
    struct book_part climb[] = { { "xl/workbook.xml", STR("<workbook/>") }, { "../../etc/passwd", STR("x") } };
    expect(book_zip(a, climb, 2), "FILE_BROKEN", "path traversal");
    assert_string_equal(fault_here()->detail, "zip entry leaves its folder");
    memset(zeros, ' ', many);
    struct book_part bomb[] = { { "xl/workbook.xml", STR("<workbook/>") }, { "xl/worksheets/sheet1.xml", { zeros, many } } };
    expect(book_zip(a, bomb, 2), "FILE_BOMB", "zip bomb");
    struct book_part *crowd = ARENA_ARRAY(a, struct book_part, 5000);
    for (int i = 0; i < 5000; i++)
        crowd[i] = (struct book_part){ arena_printf(a, "f%d", i).ptr, STR("x") };
    expect(book_zip(a, crowd, 5000), "FILE_BOMB", "too many entries");
    struct book_part laughs[] = {
        { "xl/workbook.xml", STR("<?xml version=\"1.0\"?><!DOCTYPE w [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><workbook>&b;</workbook>") },
    };
    expect(book_zip(a, laughs, 1), "FILE_BOMB", "entities");
    struct book_part no_sheet[] = { { "xl/workbook.xml", STR("<workbook><sheets/></workbook>") } };
    expect(book_zip(a, no_sheet, 1), "FILE_BROKEN", "no sheet");
    expect(book_make(a, "<row r=\"3\"><c><v>1</v></c></row><row><c><v>2</c></row>", NULL, NULL), "3:1\nFILE_BROKEN 4", "torn XML");
    arena_free(a);
}

static void a_sheet_by_name(void **state)
{
    struct arena *a = arena_new(8 << 20);
    struct sheet_options o = { .sheet = STR("List") };
    struct sheet *s DEFER(sheet_done) = NULL;
    str book = book_make(a, HEADER "<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>An</t></is></c><c r=\"B2\"><v>1990</v></c></row>", NULL, NULL);

    (void)state;
    assert_true(status_ok(sheet_open(book, (day){ 20261121 }, &o, &s)));
    assert_int_equal(s->kind, FILE_XLSX);
    assert_int_equal(sheet_rows_expected(s), 98);
    assert_true(str_eq(s->sheet_name, STR("List")));
    sheet_done(&s);
    o.sheet = STR("Other");
    assert_int_equal(sheet_open(book, (day){ 20261121 }, &o, &s).code, ERR_ENUM_UNKNOWN);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_of_each_kind),
        cmocka_unit_test(fonts_of_capitals),
        cmocka_unit_test(what_is_broken_or_a_weapon),
        cmocka_unit_test(a_sheet_by_name),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
