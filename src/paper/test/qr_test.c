/* QR codes: zbar reads from the paper and from the page's picture what was written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "paper/paper.h"
#include "paper/test/program.h"

enum { ARENA_BYTES = 64 << 20 };

static bool holds(str text, str word) { return str_find(text, word) < text.len; }

/* The path of the picture, drawn as a portable bitmap, eight points a module. */
static str bitmap_of(struct arena *a, const struct qr *q)
{
    enum { POINTS = 8 };
    int side = (q->size + 8) * POINTS;
    str path = qr_path(a, q), run;
    char *dots = arena_alloc(a, (size_t)side * (size_t)side);
    memset(dots, 255, (size_t)side * (size_t)side);
    while (str_cut(&path, 'z', &run)) {
        int x, y, w, back;
        if (sscanf(arena_z(a, run), "M%d %dh%dv1h-%d", &x, &y, &w, &back) != 4)
            continue;
        for (int j = y * POINTS; j < (y + 1) * POINTS; j++)
            memset(dots + (size_t)j * (size_t)side + x * POINTS, 0, (size_t)w * POINTS);
    }
    return arena_join(a, arena_printf(a, "P5 %d %d 255\n", side, side), (str){ dots, (size_t)side * (size_t)side });
}

static void zbar_reads_it(void **state)
{
    static const char *const texts[] = { "a", "https://dancu.example.vn/verify/0123456789abcdef0123456789abcdef", "Giấy tiếp nhận số 12/GTN",
                                         "00020101021238540010A00000072701240006970415011001234567890208QRIBFTTA53037045802VN63046B2C" };
    (void)state;
    struct arena *a = arena_new(ARENA_BYTES);
    const char *folder = program_folder(a);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct qr q;
        int code;
        assert_true(status_ok(qr_make(a, str_of(texts[i]), &q)));
        const char *file = program_file(a, folder, "q.pgm", bitmap_of(a, &q));
        str read = program_output(a, (const char *const[]){ "zbarimg", "--quiet", "--raw", file, NULL }, &code);
        assert_int_equal(code, 0);
        assert_true(holds(read, str_of(texts[i])));
    }
    program_folder_done(folder);
    arena_free(a);
}

static void zbar_reads_the_paper(void **state)
{
    str text = STR("https://dancu.example.vn/verify/0123456789abcdef0123456789abcdef");
    struct paper_about about = { .title = { STR("QR"), { 0 } } };
    struct buf b;
    int code;
    (void)state;
    struct arena *a = arena_new(ARENA_BYTES);
    const char *folder = program_folder(a);
    struct paper *p = paper_new(a, &about);
    paper_code(p, text, (struct paper_words){ STR("Kiểm tra"), STR("Verify") });
    buf_init(&b, PAPER_BYTES_MAX);
    assert_true(status_ok(paper_render(p, &b)));
    const char *pdf = program_file(a, folder, "q.pdf", buf_str(&b)), *to = arena_printf(a, "%s/page", folder).ptr;
    buf_done(&b);
    (void)program_output(a, (const char *const[]){ "pdftoppm", "-r", "150", "-png", "-singlefile", pdf, to, NULL }, &code);
    assert_int_equal(code, 0);
    str read = program_output(a, (const char *const[]){ "zbarimg", "--quiet", "--raw", arena_printf(a, "%s.png", to).ptr, NULL }, &code);
    assert_true(holds(read, text));
    program_folder_done(folder);
    arena_free(a);
}

static void refuses(void **state)
{
    (void)state;
    struct arena *a = arena_new(ARENA_BYTES);
    struct qr q;
    char *long_text = arena_alloc(a, 3000);
    memset(long_text, 'x', 3000);
    assert_true(status_is(qr_make(a, STR(""), &q), ERR_TEXT_EMPTY));
    assert_true(status_ok(qr_make(a, (str){ long_text, 2331 }, &q)));
    assert_true(status_is(qr_make(a, (str){ long_text, 2332 }, &q), ERR_TEXT_TOO_LONG));
    assert_true(status_ok(qr_make(a, STR("a"), &q)));
    assert_true(holds(qr_svg(a, &q, STR("a \"<&>")), STR("aria-label=\"a &quot;&lt;&amp;&gt;\"")));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(zbar_reads_it), cmocka_unit_test(zbar_reads_the_paper), cmocka_unit_test(refuses) };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("qr", tests, NULL, NULL);
}
