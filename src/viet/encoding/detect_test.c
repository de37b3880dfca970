/* Every set is found on a column of names; on few cells it may be unsure, never wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "viet/encoding/encoding.h"
#include "viet/enter.h"
#include "viet/fold.h"

static struct arena *arena;

static const char *const names[] = {
    "Nguyễn Thị Ánh", "Trần Văn Đức",   "Lê Thị Hồng Gấm", "Phạm Quốc Cường", "Hoàng Thị Thủy", "Vũ Đình Tường",
    "Đặng Thị Lệ",    "Bùi Xuân Thắng", "Đỗ Thị Mỹ Duyên", "Hồ Ngọc Hà",      "Ngô Bảo Châu",   "Dương Thị Yến",
    "Lý Thường Kiệt", "Đinh Bộ Lĩnh",   "Võ Thị Sáu",      "Huỳnh Phú Sổ",    "Phan Bội Châu",  "Trương Mỹ Hoa",
};
enum { NAMES = sizeof names / sizeof *names };

static struct encoding_guess guess_of(struct encoding_form form, size_t from, size_t n, bool upper)
{
    str cells[NAMES];
    struct encoded e;
    struct encoding_guess g;
    for (size_t i = 0; i < n; i++) {
        str name = str_of(names[(from + i) % NAMES]);
        viet_encode(arena, form, upper ? viet_upper(arena, name) : name, &e);
        cells[i] = e.bytes;
    }
    viet_encoding_detect(cells, n, &g);
    return g;
}

static void finds_every_set(void **state)
{
    (void)state;
    for (int set = ENCODING_UTF8; set < ENCODING_COUNT; set++) {
        for (int variant = 0; variant < 4; variant++) {
            struct encoding_form form = { .set = (enum encoding)set, .wrapped = variant & 1 };
            if (form.wrapped && (set == ENCODING_UTF16LE || set == ENCODING_UTF16BE || set == ENCODING_VIQR))
                continue;
            arena_reset(arena);
            struct encoding_guess g = guess_of(form, 0, NAMES, variant & 2);
            enum encoding meant = form.set == ENCODING_VISCII_TEXT ? ENCODING_VISCII : form.set; /* read alike */
            if (g.form.set != meant || g.form.wrapped != form.wrapped || g.doubt != ENCODING_CERTAIN)
                fail_msg("%s%s read as %s%s, %.2f against %s %.2f", encoding_name(form.set), form.wrapped ? " wrapped" : "",
                         encoding_name(g.form.set), g.form.wrapped ? " wrapped" : "", g.score,
                         encoding_name(g.runner_up.set), g.runner_score);
            assert_true(g.score > 0.9);
        }
    }
}

/* Sets share many letters: what counts is that the names come out right. */
static bool reads_the_same(struct encoding_form form, enum encoding set, size_t from, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        str name = str_of(names[(from + i) % NAMES]);
        struct encoded e;
        struct decoding d;
        viet_encode(arena, (struct encoding_form){ .set = set }, name, &e);
        viet_decode(arena, form, e.bytes, &d);
        if (!str_eq(d.text, name))
            return false;
    }
    return true;
}

/* Few cells: it may be unsure, it may not be wrong. */
static void is_never_sure_and_wrong(void **state)
{
    size_t sure = 0, asked = 0;
    (void)state; /* of one to three cells four in five are decided; of the rare sets fewer */
    for (int set = ENCODING_UTF8; set < ENCODING_COUNT; set++)
        for (size_t from = 0; from < NAMES; from++)
            for (size_t n = 1; n <= 3; n++) {
                arena_reset(arena);
                struct encoding_guess g = guess_of((struct encoding_form){ .set = (enum encoding)set }, from, n, false);
                bool known = set <= ENCODING_VPS || set >= ENCODING_CP1258;
                asked += known;
                if (g.doubt != ENCODING_CERTAIN)
                    continue;
                sure += known;
                if (!reads_the_same(g.form, (enum encoding)set, from, n))
                    fail_msg("%s, %s: sure of %s", encoding_name((enum encoding)set), names[from], encoding_name(g.form.set));
            }
    assert_true(sure * 10 > asked * 8);
}

static void says_when_it_is_close(void **state)
{
    str one = STR("L\xAA"); /* Lê in TCVN3, Lế in VISCII: both are syllables */
    struct encoding_guess g;
    (void)state;
    assert_false(viet_encoding_detect(&one, 1, &g));
    assert_int_equal(g.doubt, ENCODING_CLOSE);
    assert_true(g.margin < 0.15);
    assert_int_equal(g.words, 1);
    assert_int_not_equal(g.runner_up.set, ENCODING_NONE);
    assert_int_not_equal(g.runner_up.set, g.form.set);
}

static void says_when_nothing_fits(void **state)
{
    str noise[] = { STR("\x81\xFE\x9D\x83"), STR("\xFF\xFF\x80zz"), STR("q\x90q\x8Fq") };
    struct encoding_guess g;
    (void)state;
    assert_false(viet_encoding_detect(noise, 3, &g));
    assert_int_equal(g.doubt, ENCODING_STRANGE);
}

static void plain_text_needs_no_choice(void **state)
{
    str cells[] = { STR("Nguyen Van An"), STR("001099000123"), STR("an@example.vn"), STR("1.5") };
    struct encoding_guess g;
    (void)state;
    assert_true(viet_encoding_detect(cells, 4, &g));
    assert_int_equal(g.doubt, ENCODING_PLAIN);
    assert_int_equal(g.form.set, ENCODING_UTF8);
    assert_true(viet_encoding_detect(NULL, 0, &g));
    assert_int_equal(g.doubt, ENCODING_PLAIN);
}

static void weighs_mnemonics_against_punctuation(void **state)
{
    str viqr = STR("Cu'c Du.c"), dotted = STR("Ba.Dinh"), clan = STR("H'Hen K'Sor");
    struct encoding_guess g;
    (void)state;
    assert_true(viet_encoding_detect(&viqr, 1, &g));
    assert_int_equal(g.form.set, ENCODING_VIQR);
    assert_true(viet_encoding_detect(&dotted, 1, &g));
    assert_int_equal(g.form.set, ENCODING_UTF8);
    assert_true(viet_encoding_detect(&clan, 1, &g));
    assert_int_equal(g.form.set, ENCODING_UTF8);
}

static void equal_readings_are_no_rivals(void **state)
{
    str one = STR("L\xEA Th\xE0nh C\xF4ng"); /* the same in VISCII, VPS and CP1258 */
    struct encoding_guess g;
    struct decoding d;
    (void)state;
    assert_true(viet_encoding_detect(&one, 1, &g));
    viet_decode(arena, g.form, one, &d);
    assert_true(str_eq(d.text, STR("Lê Thành Công")));
}

static void reads_names_of_minorities(void **state)
{
    str cells[] = { STR("H'Hen Niê"), STR("K'Brơi"), STR("Y Moan Êñuôl"), STR("Đinh Krông"), STR("Siu Blêh") };
    struct encoding_guess g;
    (void)state;
    viet_encoding_detect(cells, 5, &g);
    assert_int_equal(g.form.set, ENCODING_UTF8);
    assert_false(g.form.wrapped);
}

/* Most of a column in old letters, some cells typed anew in Unicode: every cell comes out right. */
static void reads_mixed_columns(void **state)
{
    str cells[NAMES];
    struct encoded e;
    struct decoding d;
    struct encoding_guess g;
    (void)state;
    for (size_t i = 0; i < NAMES; i++) {
        viet_encode(arena, (struct encoding_form){ .set = ENCODING_TCVN3, .wrapped = true }, str_of(names[i]), &e);
        cells[i] = i % 6 == 0 ? str_of(names[i]) : e.bytes;
    }
    assert_true(viet_encoding_detect(cells, NAMES, &g));
    assert_int_equal(g.form.set, ENCODING_TCVN3);
    assert_true(g.form.wrapped);
    for (size_t i = 0; i < NAMES; i++) {
        viet_decode(arena, g.form, cells[i], &d);
        assert_true(str_eq(d.text, str_of(names[i])));
    }
}

static void reads_utf16_files(void **state)
{
    struct encoded e;
    struct encoding_guess g;
    str head;
    (void)state;
    viet_encode(arena, (struct encoding_form){ .set = ENCODING_UTF16LE }, STR("\uFEFFHọ tên;Năm sinh\r\nNguyễn An;1990\r\n"), &e);
    assert_true(viet_encoding_detect(&e.bytes, 1, &g));
    assert_int_equal(g.form.set, ENCODING_UTF16LE);
    viet_encode(arena, (struct encoding_form){ .set = ENCODING_UTF16BE }, STR("Họ tên;Năm sinh\r\n"), &e);
    head = e.bytes;
    assert_true(viet_encoding_detect(&head, 1, &g));
    assert_int_equal(g.form.set, ENCODING_UTF16BE);
}

static void reads_decomposed_text(void **state)
{
    str cell = viet_decompose(arena, STR("Nguyễn Thị Hường"));
    struct encoding_guess g;
    (void)state;
    assert_true(viet_encoding_detect(&cell, 1, &g));
    assert_int_equal(g.form.set, ENCODING_UTF8);
}

/* What lies in the midst of a big file counts as well, and the samples that two readings part on are told. */
static void weighs_big_inputs_evenly(void **state)
{
    enum { LINES = 20000 };
    struct buf file;
    struct encoded e;
    struct encoding_guess g;
    str lines[3] = { STR("An"), STR("L\xAA"), STR("Lan") };
    (void)state;
    buf_init(&file, 1 << 20);
    viet_encode(arena, (struct encoding_form){ .set = ENCODING_VNI }, STR("Nguyễn Thị Ánh"), &e);
    for (int i = 0; i < LINES; i++) {
        buf_add(&file, i % 100 == 99 ? e.bytes : STR("Nguyen Van An;1990"));
        buf_char(&file, '\n');
    }
    str one = buf_str(&file);
    assert_true(viet_encoding_detect(&one, 1, &g));
    assert_int_equal(g.form.set, ENCODING_VNI);
    assert_int_equal(g.cells, LINES / 100);
    buf_done(&file);
    assert_false(viet_encoding_detect(lines, 3, &g));
    assert_int_equal(g.cells, 1);
    assert_int_equal(g.differing_count, 1);
    assert_int_equal(g.differing[0], 1);
}

static void tells_the_habit_of_the_column(void **state)
{
    struct encoding_guess g = guess_of((struct encoding_form){ .set = ENCODING_TCVN3 }, 0, NAMES, false);
    (void)state;
    assert_int_equal(g.form.habit, CASE_TITLES);
    g = guess_of((struct encoding_form){ .set = ENCODING_TCVN3 }, 0, NAMES, true);
    assert_int_equal(g.form.habit, CASE_CAPITALS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_every_set),
        cmocka_unit_test(is_never_sure_and_wrong),
        cmocka_unit_test(says_when_it_is_close),
        cmocka_unit_test(says_when_nothing_fits),
        cmocka_unit_test(plain_text_needs_no_choice),
        cmocka_unit_test(weighs_mnemonics_against_punctuation),
        cmocka_unit_test(equal_readings_are_no_rivals),
        cmocka_unit_test(reads_names_of_minorities),
        cmocka_unit_test(reads_mixed_columns),
        cmocka_unit_test(reads_utf16_files),
        cmocka_unit_test(reads_decomposed_text),
        cmocka_unit_test(weighs_big_inputs_evenly),
        cmocka_unit_test(tells_the_habit_of_the_column),
    };
    arena = arena_new(1 << 20);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
