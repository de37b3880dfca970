/* The same cells as CSV, TSV and a workbook; drafts and files; a disk that is full. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/test/folder.h"
#include "book/book.h"
#include "refine/file/xlsx.h"

enum { DRAFT_BYTES_MAX = 1 << 20 };

static void two_tables(struct book *b)
{
    book_table(b, STR("Xã"));
    book_words(b, STR("Đơn vị"));
    book_words(b, STR("Số dòng"));
    book_line(b);
    book_words(b, STR("=1+1"));
    book_number(b, -7);
    book_line(b);
    book_table(b, STR("Trường"));
    book_text(b, STR("=2"));
    book_text(b, STR("a,\"b\t"));
    book_line(b);
}

static str draft_of(struct arena *a, enum book_format format)
{
    struct book *b DEFER(book_drop) = NULL;
    str bytes = { 0 };

    assert_true(status_ok(book_draft(STR("/tmp"), format, &b)));
    two_tables(b);
    assert_true(status_ok(book_take(&b, a, DRAFT_BYTES_MAX, &bytes)));
    assert_null(b);
    return bytes;
}

static void expect(str got, const char *expected)
{
    if (!str_eq(got, str_of(expected)))
        fail_msg("got %.*s, not %s", STR_ARG(got), expected);
}

static void delimited(void **state)
{
    (void)state;
    struct arena *a = arena_new(4 << 20);

    expect(draft_of(a, BOOK_CSV), "\xEF\xBB\xBFĐơn vị,Số dòng\r\n'=1+1,-7\r\n\r\n=2,\"a,\"\"b\t\"\r\n");
    expect(draft_of(a, BOOK_TSV), "\xEF\xBB\xBFĐơn vị\tSố dòng\r\n'=1+1\t-7\r\n\r\n=2\t\"a,\"\"b\t\"\r\n");
    arena_free(a);
}

static void sheet_is(str bytes, const char *sheet, const char *expected)
{
    struct xlsx *x DEFER(xlsx_done) = NULL;
    struct xlsx_row row;
    struct buf b;
    bool more = true;

    assert_true(status_ok(xlsx_open(bytes, str_of(sheet), &x)));
    buf_init(&b, 1 << 16);
    while (status_ok(xlsx_next(x, &row, &more)) && more)
        for (size_t i = 0; i < row.count; i++)
            buf_printf(&b, "%.*s%c", STR_ARG(row.cells[i].ptr == xlsx_formula ? STR("FORMULA") : row.cells[i]), i + 1 < row.count ? '|' : '\n');
    expect(buf_str(&b), expected);
    buf_done(&b);
}

/* A text that looks like a formula stays a text, without a mark of its own. */
static void workbook(void **state)
{
    (void)state;
    struct arena *a = arena_new(4 << 20);
    str bytes = draft_of(a, BOOK_XLSX);

    sheet_is(bytes, "Xã", "Đơn vị|Số dòng\n=1+1|-7\n");
    sheet_is(bytes, "Trường", "=2|a,\"b\t\n");
    arena_free(a);
}

static void draft_too_large(void **state)
{
    (void)state;
    struct arena *a = arena_new(4 << 20);
    struct book *b DEFER(book_drop) = NULL;
    str bytes = { 0 };

    assert_true(status_ok(book_draft(STR("/tmp"), BOOK_CSV, &b)));
    two_tables(b);
    assert_int_equal(book_take(&b, a, 8, &bytes).code, ERR_FILE_TOO_LARGE);
    assert_null(b);
    arena_free(a);
}

static void files_kept_and_dropped(void **state)
{
    (void)state;
    struct arena *a = arena_new(1 << 20);
    struct folder here DEFER(folder_end);

    assert_true(folder_make(&here));
    for (enum book_format format = BOOK_CSV; format <= BOOK_XLSX; format++) {
        str path = arena_printf(a, "%s/book-%d", here.path, (int)format);
        struct book *b = NULL;
        assert_true(status_ok(book_open(path, format, &b)));
        two_tables(b);
        assert_true(status_ok(book_close(&b)));
        assert_int_equal(access(arena_z(a, path), R_OK), 0);
        assert_true(status_ok(book_open(path, format, &b)));
        book_drop(&b);
        assert_null(b);
        assert_int_not_equal(access(arena_z(a, path), R_OK), 0);
    }
    arena_free(a);
}

static void places_that_cannot_be_written(void **state)
{
    (void)state;
    for (enum book_format format = BOOK_CSV; format <= BOOK_TSV; format++) {
        struct book *b DEFER(book_drop) = NULL;
        assert_int_equal(book_open(STR("/nowhere/book"), format, &b).code, ERR_IO);
        assert_null(b);
        /* The disk that is always full. */
        assert_true(status_ok(book_open(STR("/dev/full"), format, &b)));
        for (int i = 0; i < 100000 && status_ok(book_check(b)); i++)
            two_tables(b);
        assert_int_equal(book_check(b).code, ERR_IO);
    }
    struct book *b DEFER(book_drop) = NULL;
    assert_int_equal(book_open(STR("/nowhere/book.xlsx"), BOOK_XLSX, &b).code, ERR_IO);
    assert_true(status_ok(book_open(STR("/dev/full"), BOOK_XLSX, &b)));
    two_tables(b);
    assert_int_equal(book_close(&b).code, ERR_IO);
    assert_null(b);
    assert_int_equal(access("/dev/full", W_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(delimited),
        cmocka_unit_test(workbook),
        cmocka_unit_test(draft_too_large),
        cmocka_unit_test(files_kept_and_dropped),
        cmocka_unit_test(places_that_cannot_be_written),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
