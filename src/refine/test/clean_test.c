/* A list cleaned from bytes to files: the copy keeps each source cell, the journal says each repair and question, what cannot
 * be written is refused and leaves nothing behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/csv.h"
#include "refine/refine.h"

static struct defs *defs;
static struct arena *arena;
static char folder[] = "clean_test.XXXXXX";

static str path_of(const char *name) { return arena_printf(arena, "%s/%s", folder, name); }

static str file_read(str path)
{
    FILE *f = fopen(arena_z(arena, path), "rbe");
    char *bytes = arena_alloc(arena, 1 << 20);
    size_t n = f ? fread(bytes, 1, (1 << 20) - 1, f) : 0;

    assert_non_null(f);
    fclose(f);
    return (str){ bytes, n };
}

static const char list[] = "STT,Họ và tên,Ngày sinh,Giới tính,Số CCCD,Địa chỉ,Điện thoại\n"
                           "1,NGUYỄN VĂN AN,1980-02-15,NAM,1080017345,\"Tổ 5, P. Bồ Đề, Q. Long Biên, HN\",0168 234 5678\n"
                           "2,Trần Thị Bình,25/12/90,Nữ,001190O17345,\"Phường Ngọc Hà, Quận Ba Đình, Hà Nội\",\n"
                           "3,,,,1.09E+10,,123\n";

static struct clean_report clean(const char *text, const char *out, const char *report)
{
    struct clean_options o = { .defs = defs, .today = { 20261122 }, .lang = LANG_EN, .out = out ? path_of(out) : (str){ 0 },
                               .report = report ? path_of(report) : (str){ 0 } };
    struct clean_report r;

    assert_true(status_ok(clean_list(arena, str_of(text), &o, &r)));
    return r;
}

static void cells_stand_beside_their_sources(void **state)
{
    struct clean_report r = clean(list, "a.csv", NULL);
    str text = file_read(path_of("a.csv"));

    (void)state;
    assert_int_equal(r.rows, 3);
    assert_int_equal(r.refused, 1);
    assert_true(str_find(text, STR("NGUYỄN VĂN AN,Nguyễn Văn An,1980-02-15,15/02/1980,NAM,Nam,1080017345,001080017345,")) < text.len);
    assert_true(str_find(text, STR(",Tổ 5,\"Phường Bồ Đề, Thành phố Hà Nội\",00118,")) < text.len);
    assert_true(str_find(text, STR("0168 234 5678,0382345678,")) < text.len);
    assert_true(str_find(text, STR("25/12/90,25/12/1990,Nữ,Nữ,001190O17345,001190017345,")) < text.len);
    assert_int_equal(r.questions[WARNING_unit_divided], 1);
    assert_int_equal(r.questions[WARNING_number_rounded], 1);
    assert_int_equal(r.questions[WARNING_phone_unreadable], 1);
    assert_int_equal(r.repairs[REPAIR_PHONE_PREFIX], 1);
}

static void journals_tell_rules(void **state)
{
    (void)state;
    clean(list, NULL, "r.csv");
    str text = file_read(path_of("r.csv"));
    assert_true(str_find(text, STR("2,Số CCCD,number,repair,leading_zero,1080017345,001080017345,0.99")) < text.len);
    assert_true(str_find(text, STR("3,Địa chỉ,address,question,unit_divided,,\"00004 Phường Ba Đình, Thành phố Hà Nội; ")) < text.len);
    assert_true(str_find(text, STR("4,,,refused,number_unreadable,,,")) < text.len);
    clean(list, NULL, "r.json");
    text = file_read(path_of("r.json"));
    assert_true(str_find(text, STR("\"phone_prefix\": {\"cells\": 1, \"share\": 0.333333}")) < text.len);
    assert_true(str_find(text, STR("\"why\": \"unit_divided\"")) < text.len);
}

static void roles_may_be_told(void **state)
{
    static const char text[] = "a,b\nNGUYỄN VĂN AN,15.2.1980\n";
    struct clean_options o = { .defs = defs, .today = { 20261122 }, .out = path_of("b.tsv") };
    struct clean_report r;

    (void)state;
    assert_true(status_ok(clean_roles(arena, LANG_EN, STR("roles.yaml"), STR("columns:\n  a: full-name\n  b: birth-date\n"), &o.sheet.map)));
    assert_true(status_ok(clean_list(arena, str_of(text), &o, &r)));
    str got = file_read(o.out);
    assert_true(str_find(got, STR("NGUYỄN VĂN AN\tNguyễn Văn An\t15.2.1980\t15/02/1980\t")) < got.len);
    assert_false(status_ok(clean_roles(arena, LANG_EN, STR("roles.yaml"), STR("columns:\n  a: no-such-role\n"), &o.sheet.map)));
    assert_int_equal(fault_here()->row, 2);
}

static void refuses_other_endings(void **state)
{
    struct clean_options o = { .defs = defs, .today = { 20261122 }, .out = path_of("a.doc") };
    struct clean_report r;

    (void)state;
    assert_true(status_is(clean_list(arena, str_of(list), &o, &r), ERR_ENUM_UNKNOWN));
    o.out = path_of("none/a.csv");
    assert_true(status_is(clean_list(arena, str_of(list), &o, &r), ERR_IO));
    o.out = path_of("c.csv");
    o.report = path_of("c.xlsx");
    assert_true(status_is(clean_list(arena, str_of(list), &o, &r), ERR_ENUM_UNKNOWN));
    assert_int_not_equal(access(arena_z(arena, o.out), F_OK), 0); /* nothing half-done */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_stand_beside_their_sources),
        cmocka_unit_test(journals_tell_rules),
        cmocka_unit_test(roles_may_be_told),
        cmocka_unit_test(refuses_other_endings),
    };

    arena = arena_new(512 << 20);
    if (!mkdtemp(folder) || !status_ok(defs_load(arena, (str){ 0 }, &defs, NULL)))
        return 1;
    cmocka_set_message_output(CM_OUTPUT_TAP);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    static const char *const names[] = { "a.csv", "r.csv", "r.json", "b.tsv" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(arena_z(arena, path_of(names[i])));
    rmdir(folder);
    defs_free(defs);
    arena_free(arena);
    return failed;
}
