/* Letters as other programs read them: headers in ASCII and folded, a body that decodes to what was meant, the same number at each try; a
 * webhook whose signature fits this receiver, this time and this body only; addresses that cannot break out of a header. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "messages/messages.h"
#include "notice/inside.h"

static struct parcel sample(void)
{
    return (struct parcel){ .row = { .id = 77 }, .channel = CHANNEL_MAIL, .address = STR("an@example.vn"),
                            .notice = { .say = STR("supplement"), .event = STR("dossier.ask_supplement"), .code = STR("H26.1-260701-0001"), .about = 5, .seq = 4,
                                        .subject_vi = STR("Cấp giấy xác nhận tình trạng hôn nhân"), .subject_en = STR("Marital status"), .at_us = 1782871200000000,
                                        .organisation = STR("bhxh") } };
}

static const struct channels channels = { .mail_from = STR("khong-tra-loi@example.vn"), .site = STR("https://dvc.example.vn") };

static bool holds(str whole, const char *part) { return str_find(whole, str_of(part)) < whole.len; }

static void a_letter_is_mime(void **state)
{
    struct arena *a = arena_new(1 << 20);
    struct parcel p = sample();
    (void)state;
    str letter = letter_write(a, &channels, &p, 1782871200000000), line, rest = letter, body;
    assert_true(holds(letter, "Message-ID: <notice.77@example.vn>\r\n"));
    assert_true(holds(letter, "Auto-Submitted: auto-generated\r\n"));
    assert_true(holds(letter, "To: <an@example.vn>\r\n"));
    assert_true(holds(letter, "Date: Wed, 1 Jul 2026 09:00:00 +0700\r\n"));
    for (size_t i = 0; i < letter.len; i++)
        assert_true((unsigned char)letter.ptr[i] < 128);
    while (str_cut(&rest, '\n', &line))
        assert_true(line.len <= 78 && (line.len == 0 || line.ptr[line.len - 1] == '\r'));
    size_t end = str_find(letter, STR("\r\n\r\n"));
    struct buf joined;
    buf_init(&joined, 1 << 16);
    rest = str_from(letter, end + 4);
    while (str_cut(&rest, '\n', &line))
        buf_add(&joined, str_trim(line));
    assert_true(status_ok(base64_decode(a, buf_str(&joined), &body)));
    assert_true(str_eq(body, letter_text(a, &channels, &p)));
    assert_true(holds(body, "H26.1-260701-0001") && holds(body, "https://dvc.example.vn") && holds(body, "tình trạng hôn nhân"));
    buf_done(&joined);
    arena_free(a);
}

/* Encoded words decode, joined, to the subject, whatever its length: no character is cut in two. */
static void subjects_of_any_length(void **state)
{
    struct arena *a = arena_new(1 << 22);
    (void)state;
    for (int n = 0; n < 120; n++) {
        struct parcel p = sample();
        struct buf code;
        buf_init(&code, 1000);
        for (int i = 0; i < n; i++)
            buf_add(&code, i % 3 ? STR("ệ") : STR("a"));
        p.notice.code = arena_str(a, buf_str(&code));
        buf_done(&code);
        str letter = letter_write(a, &channels, &p, 1782871200000000), rest = str_from(letter, str_find(letter, STR("Subject:"))), got = STR("");
        rest = str_slice(rest, 0, str_find(rest, STR("\r\nDate")));
        for (size_t at; (at = str_find(rest, STR("=?UTF-8?B?"))) < rest.len; rest = str_from(rest, 2)) {
            str word;
            rest = str_from(rest, at + 10);
            size_t end = str_find(rest, STR("?="));
            assert_true(status_ok(base64_decode(a, str_slice(rest, 0, end), &word)));
            assert_true(word.len == 0 || ((unsigned char)word.ptr[0] & 0xC0) != 0x80);
            got = arena_join(a, got, word);
            rest = str_from(rest, end);
        }
        assert_true(str_eq(got, msg_notice_letter_title(a, LANG_VI, p.notice.code)));
    }
    arena_free(a);
}

static str signed_text(struct arena *a, const char *receiver, const char *at, str body)
{
    return arena_printf(a, "dancu notice 1\n%s\n%s\n%.*s", receiver, at, STR_ARG(body));
}

static void a_signature_fits_once(void **state)
{
    char dir[] = P_tmpdir "/notice-letter-XXXXXX", path[64];
    struct arena *a = arena_new(1 << 20);
    struct app app = { 0 };
    struct parcel p = sample();
    struct sign_key key;
    str text, raw;
    (void)state;
    assert_non_null(mkdtemp(dir));
    app.directory = str_of(dir);
    assert_true(status_ok(hook_sign(&app, a, &p, 1782871200000000, &text)));
    assert_true(status_ok(notice_sign_key(&app, &key)));
    assert_true(status_ok(base64url_decode(a, text, &raw)));
    str body = hook_body(a, &p);
    assert_string_equal(arena_z(a, body), "{\"notice\":\"77\",\"event\":\"dossier.ask_supplement\",\"code\":\"H26.1-260701-0001\",\"about\":\"5\",\"seq\":4,"
                                          "\"at\":\"2026-07-01T02:00:00.000000Z\"}");
    const uint8_t *got = (const uint8_t *)raw.ptr;
    assert_true(status_ok(sign_check(key.public_key, signed_text(a, "bhxh", "2026-07-01T02:00:00.000000Z", body), got)));
    assert_false(status_ok(sign_check(key.public_key, signed_text(a, "khac", "2026-07-01T02:00:00.000000Z", body), got)));
    assert_false(status_ok(sign_check(key.public_key, signed_text(a, "bhxh", "2026-07-01T02:00:01.000000Z", body), got)));
    (void)snprintf(path, sizeof path, "%s/notice.key", dir);
    unlink(path);
    rmdir(dir);
    arena_free(a);
}

static void addresses(void **state)
{
    static const char *const good[] = { "an@example.vn", "a.b-c+d@x.y.vn", "A_1@mail-2.example.com" };
    static const char *const bad[] = { "", "an", "@example.vn", "an@", "an@vn", "an@example.vn\r\nBcc: x@y.vn", "an @example.vn", "<an@example.vn>", "an@ex..vn", ".an@example.vn",
                                       "an.@example.vn", "a..b@example.vn", "an@example.vn,x@y.vn", "an@@example.vn", "ấn@example.vn", "an@-example.vn", "\"an\"@example.vn" };
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(mail_address_ok(str_of(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(mail_address_ok(str_of(bad[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(a_letter_is_mime), cmocka_unit_test(subjects_of_any_length), cmocka_unit_test(a_signature_fits_once),
                                        cmocka_unit_test(addresses) };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
