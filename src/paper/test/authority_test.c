/* Keys are made once and kept close; what we sign and stamp, the openssl program verifies, and not when a bit is changed. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "crypt/authority.h"
#include "paper/test/program.h"

enum { ARENA_BYTES = 16 << 20 };

struct room {
    struct arena *a;
    const char *folder;
    struct authority *au;
};

static void room_open(struct room *r)
{
    r->a = arena_new(ARENA_BYTES);
    r->folder = program_folder(r->a);
    assert_true(status_ok(authority_open(arena_printf(r->a, "%s/keys", r->folder), STR("Cơ quan Ví dụ"), &r->au)));
}

static void room_close(struct room *r)
{
    authority_close(r->au);
    program_folder_done(r->folder);
    arena_free(r->a);
}

static bool says(struct arena *a, const char *const *words, const char *expected)
{
    int code;
    str out = program_output(a, words, &code);
    bool good = code == 0 && str_find(out, str_of(expected)) < out.len;
    if (!good)
        fprintf(stderr, "%.*s\n", STR_ARG(out));
    return good;
}

static void keys_are_made_once(void **state)
{
    struct room r;
    const struct signer *one, *again, *other;
    struct authority *second;
    struct stat s;
    (void)state;
    room_open(&r);
    assert_true(status_ok(authority_signer(r.au, STR("H21.5"), STR("Trung tâm Phục vụ hành chính công"), &one)));
    assert_true(status_ok(authority_signer(r.au, STR("H21.5"), STR("Trung tâm Phục vụ hành chính công"), &again)));
    assert_true(status_ok(authority_signer(r.au, STR("H21.6"), STR("Công an xã"), &other)));
    assert_ptr_equal(one, again);
    assert_false(str_eq(signer_certificate_pem(r.a, one), signer_certificate_pem(r.a, other)));
    assert_true(status_ok(authority_open(arena_printf(r.a, "%s/keys", r.folder), STR("Cơ quan Ví dụ"), &second)));
    assert_true(str_eq(signer_certificate_pem(r.a, authority_root(r.au)), signer_certificate_pem(r.a, authority_root(second))));
    assert_true(status_ok(authority_signer(second, STR("H21.5"), STR("x"), &again)));
    assert_true(str_eq(signer_certificate_pem(r.a, one), signer_certificate_pem(r.a, again)));
    authority_close(second);
    assert_int_equal(stat(arena_printf(r.a, "%s/keys/root.pem", r.folder).ptr, &s), 0);
    assert_int_equal(s.st_mode & 0777, 0600);
    room_close(&r);
}

static void refuses_open_keys_and_odd_codes(void **state)
{
    struct room r;
    const struct signer *s;
    struct authority *second;
    (void)state;
    room_open(&r);
    static const char *const codes[] = { "", "../root", "a/b", ".hidden", "a b", "a\nb" };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        assert_true(status_is(authority_signer(r.au, str_of(codes[i]), STR("x"), &s), ERR_VALUE_RANGE));
    assert_int_equal(chmod(arena_printf(r.a, "%s/keys/root.pem", r.folder).ptr, 0640), 0);
    assert_true(status_is(authority_open(arena_printf(r.a, "%s/keys", r.folder), STR("x"), &second), ERR_KEY_FILE));
    room_close(&r);
}

static void openssl_accepts_the_signature(void **state)
{
    struct room r;
    const struct signer *s;
    uint8_t digest[SHA256_BYTES];
    str der, text = STR("Giấy xác nhận tình trạng hôn nhân");
    (void)state;
    room_open(&r);
    assert_true(status_ok(authority_signer(r.au, STR("H21.5"), STR("Trung tâm Phục vụ hành chính công"), &s)));
    sha256_of(text.ptr, text.len, digest);
    assert_true(status_ok(cms_sign(r.a, r.au, s, digest, &der)));
    assert_true(status_ok(cms_check(r.au, der, text)));
    assert_true(status_is(cms_check(r.au, der, STR("Giấy xác nhận tình trạng khác")), ERR_SIGNATURE));
    const char *sig = program_file(r.a, r.folder, "s.der", der), *content = program_file(r.a, r.folder, "t", text);
    const char *root = program_file(r.a, r.folder, "root.pem", signer_certificate_pem(r.a, authority_root(r.au)));
    const char *const verify[] = { "openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", sig, "-content", content, "-CAfile", root,
                                   "-purpose", "any", "-out", "/dev/null", NULL };
    assert_true(says(r.a, verify, "successful"));
    int code;
    const char *wrong = program_file(r.a, r.folder, "t", STR("khác"));
    assert_string_equal(wrong, content);
    (void)program_output(r.a, verify, &code);
    assert_int_not_equal(code, 0);
    str shown = program_output(r.a, (const char *const[]){ "openssl", "cms", "-cmsout", "-print", "-inform", "DER", "-in", sig, NULL }, &code);
    assert_true(str_find(shown, STR("id-smime-aa-timeStampToken")) < shown.len);
    assert_true(str_find(shown, STR("id-smime-aa-signingCertificateV2")) < shown.len);
    size_t stamp = str_find(shown, STR("id-smime-aa-timeStampToken")); /* which has a signing time of its own */
    assert_true(str_find(shown, STR("signingTime")) > stamp); /* PAdES forbids it */
    room_close(&r);
}

/* Each bit of the signature that is changed makes it invalid or unreadable; the time stamp beside it is not covered. */
static void a_changed_signature_fails(void **state)
{
    struct room r;
    const struct signer *s;
    uint8_t digest[SHA256_BYTES];
    str der, text = STR("x");
    size_t failed = 0;
    (void)state;
    room_open(&r);
    assert_true(status_ok(authority_signer(r.au, STR("H21.5"), STR("x"), &s)));
    sha256_of(text.ptr, text.len, digest);
    assert_true(status_ok(cms_sign(r.a, r.au, s, digest, &der)));
    for (size_t i = 0; i < 1000 && i < der.len; i += 7) {
        char *bad = arena_z(r.a, der);
        bad[i] ^= 0x10;
        failed += !status_ok(cms_check(r.au, (str){ bad, der.len }, text));
    }
    assert_true(failed > 60); /* the rest lies in the root certificate beside, which nobody needs to believe */
    struct room other;
    room_open(&other);
    assert_true(status_is(cms_check(other.au, der, text), ERR_SIGNATURE)); /* another installation's root */
    room_close(&other);
    room_close(&r);
}

static void openssl_accepts_the_stamp(void **state)
{
    struct room r;
    str query, answer;
    int code;
    (void)state;
    room_open(&r);
    const char *data = program_file(r.a, r.folder, "data", STR("nội dung")), *q = arena_printf(r.a, "%s/q.tsq", r.folder).ptr;
    static const char *const digests[] = { "-sha256", "-sha384", "-sha512", "-sha1" };
    for (size_t i = 0; i < 4; i++) {
        (void)program_output(r.a, (const char *const[]){ "openssl", "ts", "-query", "-data", data, digests[i], "-cert", "-out", q, NULL }, &code);
        assert_int_equal(code, 0);
        char bytes[4096];
        int fd = open(q, O_RDONLY | O_CLOEXEC);
        ssize_t n = read(fd, bytes, sizeof bytes);
        close(fd);
        assert_true(n > 0);
        query = (str){ bytes, (size_t)n };
        assert_true(status_ok(stamp_answer(r.a, r.au, query, &answer)));
        const char *got = program_file(r.a, r.folder, "a.tsr", answer);
        const char *root = program_file(r.a, r.folder, "root.pem", signer_certificate_pem(r.a, authority_root(r.au)));
        str out = program_output(r.a, (const char *const[]){ "openssl", "ts", "-verify", "-queryfile", q, "-in", got, "-CAfile", root, NULL }, &code);
        assert_int_equal(code == 0, i < 3); /* SHA-1 is refused */
        assert_int_equal(str_find(out, STR("Verification: OK")) < out.len, i < 3);
    }
    assert_true(status_ok(stamp_answer(r.a, r.au, STR("rubbish"), &answer))); /* an answer that says so */
    const char *bad = program_file(r.a, r.folder, "a.tsr", answer);
    assert_true(says(r.a, (const char *const[]){ "openssl", "ts", "-reply", "-in", bad, "-text", NULL }, "Rejected"));
    room_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_made_once),        cmocka_unit_test(refuses_open_keys_and_odd_codes), cmocka_unit_test(openssl_accepts_the_signature),
        cmocka_unit_test(a_changed_signature_fails), cmocka_unit_test(openssl_accepts_the_stamp),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("authority", tests, NULL, NULL);
}
