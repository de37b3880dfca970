/* Parameters of URLs and forms, multipart bodies, cookies and preferences: what is read, and what is refused. */
#include "net/edge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct arena *a;

static bool reads(const char *text, const char *wanted)
{
    struct param_list l;
    struct buf b;
    bool same;

    if (!status_ok(params_urlencoded(a, str_of(text), &l)))
        return false;
    buf_init(&b, 10000);
    for (size_t i = 0; i < l.count; i++)
        buf_printf(&b, "[%.*s|%.*s]", STR_ARG(l.list[i].name), STR_ARG(l.list[i].value));
    same = str_eq(buf_str(&b), str_of(wanted));
    buf_done(&b);
    return same;
}

static void urlencoded(void **state)
{
    (void)state;
    assert_true(reads("", ""));
    assert_true(reads("a=1&b=2", "[a|1][b|2]"));
    assert_true(reads("a=1&a=2", "[a|1][a|2]"));
    assert_true(reads("a", "[a|]"));
    assert_true(reads("a=&=b", "[a|][|b]"));
    assert_true(reads("&&a=1&", "[a|1]"));
    assert_true(reads("a=b=c", "[a|b=c]"));
    assert_true(reads("t%C3%AAn=Nguy%E1%BB%85n+V%C4%83n+A", "[tên|Nguyễn Văn A]"));
    assert_true(reads("a=%2B%26%3D", "[a|+&=]"));
    assert_true(reads("a=1%0D%0A2%0A3%093", "[a|1\n2\n3\t3]"));
    assert_false(reads("a=%", ""));
    assert_false(reads("a=%4", ""));
    assert_false(reads("a=%4g", ""));
    assert_false(reads("a=%FF", ""));
    assert_false(reads("a=%C0%AF", ""));
    assert_false(reads("a=%ED%A0%80", ""));
    assert_false(reads("a=%00", ""));
    assert_false(reads("a=1%0D2", ""));
    assert_false(reads("a%0A=1", ""));
    assert_false(reads("a=%1B", ""));
}

static void too_many(void **state)
{
    struct param_list l;
    struct buf b;

    (void)state;
    buf_init(&b, 100000);
    for (int i = 0; i < EDGE_PARAMS_MAX; i++)
        buf_add(&b, STR("a=1&"));
    assert_true(status_ok(params_urlencoded(a, buf_str(&b), &l)));
    assert_int_equal(l.count, EDGE_PARAMS_MAX);
    buf_add(&b, STR("a=1"));
    assert_true(status_is(params_urlencoded(a, buf_str(&b), &l), ERR_REQUEST_MALFORMED));
    buf_done(&b);
}

/* Whatever text is encoded, it is read back. */
static void round_trip(void **state)
{
    struct rng r;

    (void)state;
    rng_seed(&r, 7, 1);
    for (int round = 0; round < 2000; round++) {
        char text[64], coded[256];
        size_t len = rng_below(&r, 20), at = 0;
        str back;

        for (size_t i = 0; i < len; i++)
            text[i] = (char)(rng_u64(&r) & 0xff);
        for (size_t i = 0; i < len; i++)
            at += (size_t)snprintf(coded + at, sizeof coded - at, "%%%02X", (unsigned char)text[i]);
        assert_true(status_ok(params_percent(a, (str){ coded, at }, true, &back)));
        assert_int_equal(back.len, len);
        assert_memory_equal(back.ptr, text, len);
        arena_reset(a);
    }
}

static const char *const form = "multipart/form-data; boundary=XyZ";

static STATUS parts(const char *type, const char *body, struct param_list *fields, struct request_file_list *files)
{
    return params_multipart(a, str_of(type), str_of(body), fields, files);
}

static void multipart(void **state)
{
    struct param_list fields;
    struct request_file_list files;

    (void)state;
    assert_true(status_ok(parts(form,
                                "--XyZ\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\none\r\ntwo\r\n"
                                "--XyZ\r\ncontent-disposition: form-data; name=\"list\"; filename=\"C:\\dir\\d\xc3\xa2n.csv\"\r\n"
                                "Content-Type: text/csv\r\n\r\na,b\r\n\r\n--Xy\r\n1,2\r\n"
                                "--XyZ\r\nContent-Disposition: form-data; name=empty\r\n\r\n\r\n--XyZ--\r\n",
                                &fields, &files)));
    assert_int_equal(fields.count, 2);
    assert_true(str_eq(fields.list[0].name, STR("note")) && str_eq(fields.list[0].value, STR("one\ntwo")));
    assert_true(str_eq(fields.list[1].name, STR("empty")) && fields.list[1].value.len == 0);
    assert_int_equal(files.count, 1);
    assert_true(str_eq(files.list[0].field, STR("list")) && str_eq(files.list[0].content_type, STR("text/csv")));
    assert_true(str_eq(files.list[0].bytes, STR("a,b\r\n\r\n--Xy\r\n1,2")));
    assert_true(str_eq(files.list[0].filename, STR("d\xc3\xa2n.csv")));
    assert_true(status_ok(parts("Multipart/Form-Data; charset=utf-8; Boundary=\"a b\"", "--a b--", &fields, &files)));
    assert_int_equal(fields.count + files.count, 0);
}

static void multipart_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "--Xy",
        "preamble\r\n--XyZ--",
        "--XyZ",
        "--XyZ\r\n",
        "--XyZ\r\n\r\n\r\n--XyZ--",                                                            /* no name */
        "--XyZ\r\nContent-Disposition: form-data\r\n\r\nx\r\n--XyZ--",                         /* no name */
        "--XyZ\r\nContent-Disposition: form-data; name=\"\"\r\n\r\nx\r\n--XyZ--",              /* empty name */
        "--XyZ\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n--XyZ--",
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\"; name=\"b\"\r\n\r\nx\r\n--XyZ--", /* two names */
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx\r\n--XyZ--",               /* open quote */
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx",                        /* breaks off */
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--XyZ",               /* breaks off */
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--XyZgarbage",
        "--XyZ\nContent-Disposition: form-data; name=\"a\"\n\nx\n--XyZ--",                     /* bare LF */
        "--XyZ\r\nno colon\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--XyZ--",
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: base64\r\n\r\neA==\r\n--XyZ--",
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\xff\r\n--XyZ--",          /* not UTF-8 */
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\x1b\r\n--XyZ--",          /* control */
        "--XyZ\r\nContent-Disposition: form-data; name=\"\xff\"\r\n\r\nx\r\n--XyZ--",
    };
    static const char *const types[] = { "multipart/form-data", "multipart/form-data; boundary=",
                                         "multipart/form-data; boundary=\"open", "multipart/form-data; x=y" };
    struct param_list fields;
    struct request_file_list files;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (status_ok(parts(form, bad[i], &fields, &files)))
            fail_msg("multipart %zu was taken", i);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        assert_false(status_ok(parts(types[i], "----", &fields, &files)));
}

static void file_names(void **state)
{
    static const char *const names[][2] = {
        { "../../etc/passwd", "passwd" }, { "a\\\"b.csv", "a\"b.csv" }, { "/", "" }, { "danh s\xc3\xa1"
                                                                                     "ch.xlsx", "danh s\xc3\xa1"
                                                                                                "ch.xlsx" },
    };
    struct param_list fields;
    struct request_file_list files;

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        str body = arena_printf(a, "--XyZ\r\nContent-Disposition: form-data; name=\"f\"; filename=\"%s\"\r\n\r\nx\r\n--XyZ--",
                                names[i][0]);

        assert_true(status_ok(params_multipart(a, str_of(form), body, &fields, &files)));
        assert_true(str_eq(files.list[0].filename, str_of(names[i][1])));
    }
}

static struct request with(const char *name, const char *value)
{
    struct param *h = ARENA_NEW(a, struct param);

    *h = (struct param){ str_of(name), str_of(value) };
    return (struct request){ .headers = { h, 1 } };
}

static bool cookie_is(const char *header, const char *name, const char *wanted)
{
    struct request r = with("Cookie", header);

    return str_eq(request_cookie(&r, str_of(name)), str_of(wanted));
}

static void cookies(void **state)
{
    (void)state;
    assert_true(cookie_is("a=1; b=2", "a", "1"));
    assert_true(cookie_is("a=1; b=2", "b", "2"));
    assert_true(cookie_is("aa=1;a=2", "a", "2"));
    assert_true(cookie_is("a=1; a=2", "a", ""));
    assert_true(cookie_is("a=x=y", "a", "x=y"));
    assert_true(cookie_is("A=1", "a", ""));
    assert_true(cookie_is("", "a", ""));
    assert_true(cookie_is("a", "a", ""));
}

static bool prefers(const char *accepted, const char *offers, const char *wanted)
{
    struct request r = with("accept-language", accepted);

    return str_eq(request_prefers(&r, STR("Accept-Language"), str_of(offers)), str_of(wanted));
}

static void preferences(void **state)
{
    struct request r;

    (void)state;
    assert_true(prefers("", "vi,en", "vi"));
    assert_true(prefers("en", "vi,en", "en"));
    assert_true(prefers("en-GB,en;q=0.9,vi;q=0.8", "vi,en", "en"));
    assert_true(prefers("fr, *;q=0.1", "vi,en", "vi"));
    assert_true(prefers("fr", "vi,en", ""));
    assert_true(prefers("vi-VN", "vi,en", "vi"));
    assert_true(prefers("vi;q=0, en;q=0.1", "vi,en", "en"));
    assert_true(prefers("vi;q=zwei, en;q=0.1", "vi,en", "en"));
    assert_true(prefers("text/html;q=0.9, application/*;q=1", "text/html,application/json", "application/json"));
    r = with("Accept-Encoding", "br, gzip;q=0.5");
    assert_true(request_accepts_gzip(&r));
    r = with("Accept-Encoding", "gzip;q=0, *");
    assert_false(request_accepts_gzip(&r));
    r = with("Accept-Encoding", "");
    assert_false(request_accepts_gzip(&r));
    r = with("If-None-Match", "\"x\", W/\"abc\"");
    assert_true(request_etag_matches(&r, STR("\"abc\"")));
    assert_false(request_etag_matches(&r, STR("\"ab\"")));
    r = (struct request){ .content_type = STR("Application/JSON; charset=utf-8") };
    assert_true(request_type_is(&r, STR("application/json")));
    assert_false(request_type_is(&r, STR("application/jso")));
}

static int set_up(void **state)
{
    (void)state;
    a = arena_new((size_t)64 << 20);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urlencoded), cmocka_unit_test(too_many),          cmocka_unit_test(round_trip),
        cmocka_unit_test(multipart),  cmocka_unit_test(multipart_refused), cmocka_unit_test(file_names),
        cmocka_unit_test(cookies),    cmocka_unit_test(preferences),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
