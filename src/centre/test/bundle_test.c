/* Archives of lists: what is taken, what is left aside, and what refuses the whole. */
#include "centre/inside.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <zip.h>

struct file {
    const char *name, *text;
};

/* The caller frees it. */
static str zip_make(const struct file *files, size_t count)
{
    zip_error_t error;
    zip_stat_t st;
    zip_source_t *out = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_t *z = zip_open_from_source(out, ZIP_TRUNCATE, &error);

    assert_non_null(z);
    zip_source_keep(out);
    for (size_t i = 0; i < count; i++) {
        zip_source_t *s = zip_source_buffer(z, files[i].text, strlen(files[i].text), 0);
        assert_true(zip_file_add(z, files[i].name, s, ZIP_FL_ENC_UTF_8) >= 0);
    }
    assert_int_equal(zip_close(z), 0);
    assert_int_equal(zip_source_open(out), 0);
    assert_int_equal(zip_source_stat(out, &st), 0);
    char *bytes = malloc(st.size);
    assert_int_equal(zip_source_read(out, bytes, st.size), (zip_int64_t)st.size);
    zip_source_close(out);
    zip_source_free(out);
    return (str){ bytes, st.size };
}

static void expect(const struct file *files, size_t count, enum error_code code)
{
    str bytes = zip_make(files, count);
    struct bundle *b DEFER(bundle_done) = NULL;
    status st = bundle_open(bytes, &b);

    assert_int_equal(st.code, code);
    assert_true(!status_ok(st) || b);
    bundle_done(&b);
    free((char *)(uintptr_t)bytes.ptr);
}

static void lists_are_found_and_residue_is_left(void **state)
{
    static const struct file files[] = { { "a/", "" }, { "a/một.csv", "x" }, { "__MACOSX/a/._một.csv", "junk" }, { ".DS_Store", "junk" },
                                         { "Thumbs.db", "junk" }, { "HAI.XLSX", "PK?" }, { "ba.tsv", "x\ty" } };
    str bytes = zip_make(files, sizeof files / sizeof *files), text;
    struct bundle *b DEFER(bundle_done) = NULL;

    (void)state;
    assert_true(status_ok(bundle_open(bytes, &b)));
    assert_int_equal(bundle_count(b), 3);
    assert_true(str_eq(bundle_name(b, 0), STR("a/một.csv")));
    assert_true(status_ok(bundle_read(b, 2, &text)));
    assert_true(str_eq(text, STR("x\ty")));
    assert_true(status_ok(bundle_read(b, 0, &text)));
    assert_true(str_eq(text, STR("x")));
    bundle_done(&b);
    free((char *)(uintptr_t)bytes.ptr);
}

static void a_list_or_a_workbook_is_no_bundle(void **state)
{
    static const struct file book[] = { { "xl/workbook.xml", "<workbook/>" }, { "readme.txt", "x" } };
    str bytes = zip_make(book, 2);
    struct bundle *b = NULL;

    (void)state;
    assert_true(status_ok(bundle_open(bytes, &b)) && !b);
    assert_true(status_ok(bundle_open(STR("Họ tên,CCCD\n"), &b)) && !b);
    free((char *)(uintptr_t)bytes.ptr);
}

static void what_is_wrong_refuses_all(void **state)
{
    static char names[BUNDLE_FILES_MAX + 1][16];
    struct file many[BUNDLE_FILES_MAX + 1];

    (void)state;
    expect((const struct file[]){ { "a.csv", "x" }, { "b.zip", "x" } }, 2, ERR_BUNDLE_NESTED);
    expect((const struct file[]){ { "a.csv", "x" }, { "b.exe", "x" } }, 2, ERR_BUNDLE_FILE);
    expect((const struct file[]){ { "../a.csv", "x" } }, 1, ERR_FILE_BROKEN);
    expect((const struct file[]){ { "/etc/a.csv", "x" } }, 1, ERR_FILE_BROKEN);
    expect((const struct file[]){ { ".hidden", "x" } }, 1, ERR_FILE_EMPTY);
    for (size_t i = 0; i <= BUNDLE_FILES_MAX; i++) {
        snprintf(names[i], sizeof names[i], "%zu.csv", i);
        many[i] = (struct file){ names[i], "x" };
    }
    expect(many, BUNDLE_FILES_MAX, ERR_OK);
    expect(many, BUNDLE_FILES_MAX + 1, ERR_BUNDLE_TOO_LARGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_are_found_and_residue_is_left),
        cmocka_unit_test(a_list_or_a_workbook_is_no_bundle),
        cmocka_unit_test(what_is_wrong_refuses_all),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
