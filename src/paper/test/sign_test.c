/* Signed papers: pdfsig, which knows nothing of us but the root certificate, finds the signature valid and trusted, and finds
 * each change; openssl agrees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "paper/sign.h"
#include "paper/test/program.h"

enum { ARENA_BYTES = 64 << 20 };

struct room {
    struct arena *a;
    const char *folder, *nss;
    struct authority *au;
    str plain, signed_pdf;
};

static bool holds(str text, const char *word) { return str_find(text, str_of(word)) < text.len; }

static void sign_it(struct room *r)
{
    struct paper_about about = { .at_us = clock_now_us(), .title = { STR("Giấy xác nhận"), { 0 } }, .author = STR("UBND xã Ví Dụ") };
    const struct signer *s;
    struct buf b;
    struct paper *p = paper_new(r->a, &about);
    paper_title(p, (struct paper_words){ STR("GIẤY XÁC NHẬN"), { 0 } }, (struct paper_words){ 0 });
    for (int i = 0; i < 40; i++)
        paper_text(p, (struct paper_words){ STR("Nội dung của giấy xác nhận, đủ dài để sang trang thứ hai và thứ ba của giấy này."), { 0 } });
    buf_init(&b, PAPER_BYTES_MAX);
    assert_true(status_ok(paper_render(p, &b)));
    r->plain = arena_str(r->a, buf_str(&b));
    buf_done(&b);
    assert_true(status_ok(authority_signer(r->au, STR("H21.5"), STR("Ủy ban nhân dân xã Ví Dụ"), &s)));
    struct paper_signature how = { .authority = r->au, .signer = s, .at_us = clock_now_us(), .name = STR("Ủy ban nhân dân xã Ví Dụ"),
                                   .reason = STR("Kết quả giải quyết thủ tục hành chính"), .place = STR("Hưng Yên") };
    assert_true(status_ok(paper_sign(r->a, r->plain, &how, &r->signed_pdf)));
}

static int room_open(void **state)
{
    struct arena *a = arena_new(ARENA_BYTES);
    struct room *r = ARENA_NEW(a, struct room);
    int code;
    r->a = a;
    r->folder = program_folder(a);
    assert_true(status_ok(authority_open(arena_printf(a, "%s/keys", r->folder), STR("Tỉnh Hưng Yên"), &r->au)));
    sign_it(r);
    const char *root = program_file(a, r->folder, "root.pem", signer_certificate_pem(a, authority_root(r->au)));
    r->nss = arena_printf(a, "sql:%s", r->folder).ptr;
    (void)program_output(a, (const char *const[]){ "certutil", "-N", "-d", r->nss, "--empty-password", NULL }, &code);
    assert_int_equal(code, 0);
    (void)program_output(a, (const char *const[]){ "certutil", "-A", "-d", r->nss, "-n", "root", "-t", "CT,C,C", "-i", root, NULL }, &code);
    assert_int_equal(code, 0);
    *state = r;
    return 0;
}

static int room_close(void **state)
{
    struct room *r = *state;
    authority_close(r->au);
    program_folder_done(r->folder);
    arena_free(r->a);
    return 0;
}

static str pdfsig(struct room *r, str pdf)
{
    int code;
    const char *file = program_file(r->a, r->folder, "s.pdf", pdf);
    return program_output(r->a, (const char *const[]){ "pdfsig", "-nssdir", arena_printf(r->a, "%s", r->nss).ptr, file, NULL }, &code);
}

static void pdfsig_trusts_it(void **state)
{
    struct room *r = *state;
    str said = pdfsig(r, r->signed_pdf);
    if (!holds(said, "Certificate is Trusted"))
        fprintf(stderr, "%.*s\n", STR_ARG(said));
    assert_true(holds(said, "Signature is Valid."));
    assert_true(holds(said, "Certificate is Trusted."));
    assert_true(holds(said, "Total document signed"));
    assert_true(holds(said, "ETSI.CAdES.detached"));
    assert_true(holds(said, "Ủy ban nhân dân xã Ví Dụ") || holds(said, "H21.5"));
    assert_true(str_starts(r->signed_pdf, r->plain)); /* what was there before is there still */
}

static void text_is_read_as_before(void **state)
{
    struct room *r = *state;
    int code;
    const char *one = program_file(r->a, r->folder, "p.pdf", r->plain), *two = program_file(r->a, r->folder, "s.pdf", r->signed_pdf);
    str before = program_output(r->a, (const char *const[]){ "pdftotext", one, "-", NULL }, &code);
    str after = program_output(r->a, (const char *const[]){ "pdftotext", two, "-", NULL }, &code);
    assert_int_equal(code, 0);
    assert_true(before.len > 1000 && str_eq(before, after));
}

/* A change anywhere outside of the signature is seen. */
static void changes_are_seen(void **state)
{
    struct room *r = *state;
    size_t contents = str_find(r->signed_pdf, STR("/Contents <30"));
    assert_true(contents < r->signed_pdf.len);
    const size_t places[] = { 100, r->plain.len / 2, r->plain.len - 200, contents - 100, r->signed_pdf.len - 120 };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        char *bad = arena_z(r->a, r->signed_pdf);
        bad[places[i]] ^= 1;
        assert_false(holds(pdfsig(r, (str){ bad, r->signed_pdf.len }), "Signature is Valid."));
    }
}

static void openssl_agrees(void **state)
{
    struct room *r = *state;
    int code;
    (void)pdfsig(r, r->signed_pdf);
    (void)program_output(r->a, (const char *const[]){ "sh", "-c", "cd \"$1\" && pdfsig -dump s.pdf", "sh", r->folder, NULL }, &code);
    /* The signed bytes are the file without the hexadecimal string of the signature. */
    size_t from = str_find(r->signed_pdf, STR("/Contents <30")) + 10, to = from + str_find_char(str_from(r->signed_pdf, from), '>') + 1;
    str covered = arena_join(r->a, str_slice(r->signed_pdf, 0, from), str_from(r->signed_pdf, to));
    const char *content = program_file(r->a, r->folder, "covered", covered);
    str said = program_output(r->a, (const char *const[]){ "openssl", "cms", "-verify", "-binary", "-cades", "-inform", "DER", "-in",
        arena_printf(r->a, "%s/s.pdf.sig0", r->folder).ptr, "-content", content, "-CAfile", arena_printf(r->a, "%s/root.pem", r->folder).ptr, "-purpose", "any",
        "-out", "/dev/null", NULL }, &code);
    if (code)
        fprintf(stderr, "%.*s\n", STR_ARG(said));
    assert_int_equal(code, 0);
}

static void refuses_other_files(void **state)
{
    struct room *r = *state;
    struct paper_signature how = { .authority = r->au, .signer = authority_root(r->au), .name = STR("x"), .reason = STR("y") };
    str out;
    assert_true(status_is(paper_sign(r->a, STR(""), &how, &out), ERR_INTERNAL));
    assert_true(status_is(paper_sign(r->a, STR("%PDF-1.4\nstartxref\n99999999\n%%EOF"), &how, &out), ERR_INTERNAL));
    assert_true(status_is(paper_sign(r->a, r->signed_pdf, &how, &out), ERR_INTERNAL)); /* signed already */
    for (size_t cut = 1; cut < r->plain.len; cut += r->plain.len / 97)
        assert_true(status_is(paper_sign(r->a, str_slice(r->plain, 0, r->plain.len - cut - 8), &how, &out), ERR_INTERNAL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pdfsig_trusts_it), cmocka_unit_test(text_is_read_as_before), cmocka_unit_test(changes_are_seen),
        cmocka_unit_test(openssl_agrees),   cmocka_unit_test(refuses_other_files),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("sign", tests, room_open, room_close);
}
