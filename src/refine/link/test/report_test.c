/* What a linkage says about itself: the same figures in every form, nothing unescaped, and CSV that reads back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/csv.h"
#include "refine/link/pairs.h"
#include "refine/link/report.h"

#include <math.h>
#include <string.h>

static struct link_report sample(void)
{
    struct link_report r = { .left = STR("a.csv"), .right = STR("b<c>.csv"), .sides = 2, .threads = 2, .records = { 5000, 4000 },
                             .candidates = 123456, .found = { 3900, 12, 34 }, .clusters = 3800, .clustered = 7700, .unlinkable = { 1, 2 },
                             .threshold = 0.625, .precision = 0.99996, .recall = 0.9871, .wall_seconds = 0.5, .cpu_seconds = 0.9,
                             .model = MODEL_FITTED, .rounds = 12, .prior = 0.01 };

    r.fields[r.field_count++] = (struct report_field){ .head = STR("tên <script>alert(1)</script>"), .role = LINK_FULL_NAME, .scale = SCALE_NAME,
                                                       .known = { 4990, 3990 },
                                                       .levels = { [1] = { true, 0.01, 0.9, -6.5 }, [7] = { true, 0.8, 0.001, 9.6 } } };
    r.fields[r.field_count++] = (struct report_field){ .head = STR("dob"), .role = LINK_BIRTH_DATE, .scale = SCALE_DAY,
                                                       .levels = { [5] = { true, 0.02, 0.0001, 7.6 }, [6] = { true, 0.1, 0, INFINITY } } };
    r.keys[r.key_count++] = (struct report_key){ STR("name & year"), 100000, 0.98, 0.5 };
    r.bins[r.bin_count++] = (struct report_bin){ -20, -10, 100000, 0.1 };
    r.bins[r.bin_count++] = (struct report_bin){ -10, 0, 0, 0 };
    r.bins[r.bin_count++] = (struct report_bin){ 0, 10, 3900, 3899 };
    r.steps[r.step_count++] = (struct report_step){ 0.001, 5000, 0.7, 0.999 };
    r.steps[r.step_count++] = (struct report_step){ 0.999, 3000, 1, 0.7 };
    return r;
}

struct desk {
    struct arena *arena;
    struct buf out;
    struct link_report r;
};

static void desk_open(struct desk *d)
{
    d->arena = arena_new(16 << 20);
    buf_init(&d->out, 4 << 20);
    d->r = sample();
}

static void desk_close(struct desk *d)
{
    assert_true(status_ok(buf_check(&d->out)));
    buf_done(&d->out);
    arena_free(d->arena);
}

static bool says(const struct desk *d, const char *what) { return str_find(buf_str(&d->out), str_of(what)) < d->out.len; }

static void text_tells(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d);
    report_text(d.arena, LANG_EN, &d.r, &d.out);
    assert_true(says(&d, "3,900 pairs match; 34 need a person's eye; 12 are household"));
    assert_true(says(&d, "day and month swapped"));
    assert_true(says(&d, "99.99 % of the pairs are right")); /* never rounded up to all */
    assert_true(says(&d, "name & year"));
    buf_clear(&d.out);
    report_text(d.arena, LANG_VI, &d.r, &d.out);
    assert_true(says(&d, "đảo ngày và tháng"));
    assert_true(says(&d, "ngưỡng xác suất 62,50 %"));
    d.r.model = MODEL_UNCLEAR;
    d.r.precision = -1;
    buf_clear(&d.out);
    report_summary(d.arena, LANG_EN, &d.r, &d.out);
    assert_true(says(&d, "errors cannot be estimated"));
    assert_true(says(&d, "do not tell matches from the rest"));
    desk_close(&d);
}

/* Braces and brackets close in order, outside of strings. */
static bool is_balanced(str s)
{
    char open[64];
    int depth = 0;
    bool text = false;

    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (text) {
            i += c == '\\';
            text = c != '"';
        } else if (c == '"') {
            text = true;
        } else if (c == '{' || c == '[') {
            open[depth++] = c;
        } else if ((c == '}' || c == ']') && (!depth || open[--depth] != (c == '}' ? '{' : '['))) {
            return false;
        }
    }
    return !depth && !text;
}

static void json_tells(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d);
    report_json(&d.r, &d.out);
    assert_true(is_balanced(buf_str(&d.out)));
    assert_true(says(&d, "\"candidates\":123456,"));
    assert_true(says(&d, "\"threshold\":0.625000,"));
    assert_true(says(&d, "\"records_left\":5000,\"records_right\":4000,"));
    assert_true(says(&d, "\"cpu_seconds\":0.900,"));
    assert_true(says(&d, "\"level\":\"swap\",\"m\":0.020000000"));
    assert_true(says(&d, "\"bits\":null")); /* infinity has no JSON */
    assert_false(says(&d, "inf"));
    desk_close(&d);
}

static void page_tells(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d);
    d.r.fields[1].levels[6].bits = 3;
    report_html(d.arena, LANG_VI, &d.r, &d.out);
    assert_true(says(&d, "<html lang=\"vi\">"));
    assert_false(says(&d, "<script"));
    assert_true(says(&d, "tên &lt;script&gt;alert(1)&lt;/script&gt;"));
    assert_true(says(&d, "b&lt;c&gt;.csv"));
    assert_true(says(&d, "name &amp; year"));
    assert_false(says(&d, "http://"));
    assert_false(says(&d, "https://"));
    assert_false(says(&d, " style="));
    assert_false(says(&d, "nan"));
    desk_close(&d);
}

static void nothing_found(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d);
    d.r = (struct link_report){ .left = STR("a.csv"), .sides = 1, .precision = -1, .recall = -1 };
    report_html(d.arena, LANG_EN, &d.r, &d.out);
    assert_false(says(&d, "nan"));
    assert_false(says(&d, "inf"));
    buf_clear(&d.out);
    report_json(&d.r, &d.out);
    assert_true(is_balanced(buf_str(&d.out)));
    report_text(d.arena, LANG_EN, &d.r, &d.out);
    desk_close(&d);
}

static void pair_explained(void **state)
{
    struct desk d;
    struct link_explained e = { .id_left = STR("1"), .id_right = STR("2\"x"), .field_count = 1, .start = -20, .total = 3.5, .threshold = 0.5,
                                .probability = 0.9, .verdict = REPORT_DIFFERENT, .vetoed = true,
                                .fields = { { STR("dob"), STR("1990-01-02"), STR("1990-02-01"), SCALE_DAY, 5, 7.25 } } };

    (void)state;
    desk_open(&d);
    explained_text(d.arena, LANG_EN, &e, &d.out);
    assert_true(says(&d, "1990-01-02 | 1990-02-01"));
    assert_true(says(&d, "day and month swapped"));
    assert_true(says(&d, "two people"));
    assert_true(says(&d, "not the same person"));
    buf_clear(&d.out);
    explained_json(&e, &d.out);
    assert_true(is_balanced(buf_str(&d.out)));
    assert_true(says(&d, "\"class\":\"different\""));
    assert_true(says(&d, "\"level\":\"swap\",\"bits\":7.250"));
    desk_close(&d);
}

/* Every level of every scale has its words in both languages. */
static void levels_are_named(void **state)
{
    struct arena *a = arena_new(1 << 20);

    (void)state;
    for (int s = SCALE_TEXT; s <= SCALE_WORDS; s++)
        for (int level = 0; level < REPORT_LEVELS; level++)
            for (int lang = 0; lang < 2; lang++)
                assert_false(str_eq(report_level_text(a, (enum lang)lang, (enum report_scale)s, level), str_of(report_level_word((enum report_scale)s, level))) &&
                             level > 1);
    arena_free(a);
}

/* --- CSV ---------------------------------------------------------------------------------------------------------------- */

struct file {
    struct buf bytes;
    int blocks, fails_at;
};

static status file_write(void *with, str bytes)
{
    struct file *f = with;

    if (++f->blocks == f->fails_at)
        return FAIL(IO);
    buf_add(&f->bytes, bytes);
    return OK;
}

static void numbers_and_quotes(void **state)
{
    struct file f = { 0 };
    struct link_csv c;

    (void)state;
    buf_init(&f.bytes, 1 << 20);
    link_csv_start(&c, file_write, &f);
    link_csv_pairs_head(&c);
    link_csv_pair(&c, STR("a"), STR("b,1"), 12.3456, 0.9999996, REPORT_MATCH);
    link_csv_pair(&c, STR("\"q\""), STR(""), -0.0004, 0.5, REPORT_POSSIBLE);
    link_csv_pair(&c, STR("x"), STR("y"), -1.0005, 0, REPORT_HOUSEHOLD);
    link_csv_clusters_head(&c, 2);
    link_csv_member(&c, STR("x"), 7, 1, 2);
    assert_true(status_ok(link_csv_end(&c)));
    assert_true(str_eq(buf_str(&f.bytes), STR("id_left,id_right,score,probability,class\n"
                                              "a,\"b,1\",12.346,1.000000,match\n"
                                              "\"\"\"q\"\"\",,0.000,0.500000,possible\n"
                                              "x,y,-1.001,0.000000,household\n"
                                              "id,cluster,side\nx,7,right\n")));
    buf_done(&f.bytes);
}

static void blocks_and_failure(void **state)
{
    struct file f = { .fails_at = 2 };
    struct link_csv c;
    char id[1000];

    (void)state;
    memset(id, 'x', sizeof id);
    buf_init(&f.bytes, 16 << 20);
    link_csv_start(&c, file_write, &f);
    for (int i = 0; i < 5000; i++)
        link_csv_pair(&c, (str){ id, sizeof id }, STR("b"), 1, 1, REPORT_MATCH);
    assert_int_equal(link_csv_end(&c).code, ERR_IO);
    assert_int_equal(f.blocks, 2); /* nothing after the failure */
    buf_done(&f.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_tells),     cmocka_unit_test(json_tells),         cmocka_unit_test(page_tells),
        cmocka_unit_test(nothing_found),  cmocka_unit_test(pair_explained),     cmocka_unit_test(levels_are_named),
        cmocka_unit_test(numbers_and_quotes), cmocka_unit_test(blocks_and_failure),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
