/* Each refusal of a request head, by the bytes on the wire: what has two readings gets 400 and the connection ends, so
 * that nothing behind it can pass for a request of its own. */
#include "net/edge.h"
#include "net/test/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct wire *w;
static struct arena *a;

static const struct {
    const char *what, *bytes;
    int status;
} cases[] = {
    { "plain", "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", 200 },
    { "white space round a value", "GET /echo HTTP/1.1\r\nHost:\t x \t\r\nAccept: */*  \r\n\r\n", 200 },
    { "empty value", "GET /echo HTTP/1.1\r\nHost: x\r\nX-Empty:\r\nX-Blank: \r\n\r\n", 200 },
    { "HTTP/1.0 without Host", "GET /echo HTTP/1.0\r\n\r\n", 200 },
    { "empty line before the request", "\r\nGET /echo HTTP/1.1\r\nHost: x\r\n\r\n", 200 },
    { "absolute target", "GET http://x/echo HTTP/1.1\r\nHost: x\r\n\r\n", 200 },
    { "absolute target of another host", "GET http://y/echo HTTP/1.1\r\nHost: x\r\n\r\n", 400 },
    { "no Host", "GET /echo HTTP/1.1\r\nAccept: */*\r\n\r\n", 400 },
    { "two Hosts", "GET /echo HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", 400 },
    { "two Hosts in 1.0", "GET /echo HTTP/1.0\r\nHost: x\r\nhost: y\r\n\r\n", 400 },
    { "empty Host", "GET /echo HTTP/1.1\r\nHost:\r\n\r\n", 400 },
    { "Host with a path", "GET /echo HTTP/1.1\r\nHost: x/y\r\n\r\n", 400 },
    { "Host with a user", "GET /echo HTTP/1.1\r\nHost: u@x\r\n\r\n", 400 },
    { "Host list", "GET /echo HTTP/1.1\r\nHost: x, y\r\n\r\n", 400 },
    { "length and coding", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400 },
    { "coding and length", "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400 },
    { "coding alone", "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411 },
    { "odd coding", "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 411 },
    { "two equal lengths", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400 },
    { "two lengths", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400 },
    { "length list", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3, 3\r\n\r\nabc", 400 },
    { "signed length", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\nabc", 400 },
    { "negative length", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: -3\r\n\r\nabc", 400 },
    { "hex length", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0x3\r\n\r\nabc", 400 },
    { "empty length", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n", 400 },
    { "vast length", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n", 413 },
    { "large length", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999999999\r\n\r\n", 413 },
    { "space before a colon", "GET /echo HTTP/1.1\r\nHost : x\r\n\r\n", 400 },
    { "space before a later colon", "GET /echo HTTP/1.1\r\nHost: x\r\nAccept : y\r\n\r\n", 400 },
    { "tab before a colon", "GET /echo HTTP/1.1\r\nHost: x\r\nAccept\t: y\r\n\r\n", 400 },
    { "no colon", "GET /echo HTTP/1.1\r\nHost: x\r\nAccept\r\n\r\n", 400 },
    { "no name", "GET /echo HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n", 400 },
    { "odd name", "GET /echo HTTP/1.1\r\nHost: x\r\nA(b): y\r\n\r\n", 400 },
    { "bare LF after the request line", "GET /echo HTTP/1.1\nHost: x\r\n\r\n", 400 },
    { "bare LF after a field", "GET /echo HTTP/1.1\r\nHost: x\nAccept: y\r\n\r\n", 400 },
    { "bare LF after the last field", "GET /echo HTTP/1.1\r\nHost: x\n\r\n", 400 },
    { "bare LF at the end", "GET /echo HTTP/1.1\r\nHost: x\r\n\n", 400 },
    { "bare LF throughout", "GET /echo HTTP/1.1\nHost: x\n\n", 400 },
    { "bare LF before a body", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\nabc", 400 },
    { "bare CR in a value", "GET /echo HTTP/1.1\r\nHost: x\r\nA: b\rC: d\r\n\r\n", 400 },
    { "folded field", "GET /echo HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", 400 },
    { "folded with tab", "GET /echo HTTP/1.1\r\nHost: x\r\nA: b\r\n\tc\r\nB: d\r\n\r\n", 400 },
    { "a name built by folding", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-: 3\r\n Length\r\n\r\nabc", 400 },
    { "folded first field", "GET /echo HTTP/1.1\r\n Host: x\r\n\r\n", 400 },
    { "two spaces after the method", "GET  /echo HTTP/1.1\r\nHost: x\r\n\r\n", 400 },
    { "two spaces before the version", "GET /echo  HTTP/1.1\r\nHost: x\r\n\r\n", 0 },
    { "space after the version", "GET /echo HTTP/1.1 \r\nHost: x\r\n\r\n", 400 },
    { "no version", "GET /echo\r\nHost: x\r\n\r\n", 400 },
    { "old version", "GET /echo HTTP/0.9\r\nHost: x\r\n\r\n", 505 },
    { "new version", "GET /echo HTTP/2.0\r\nHost: x\r\n\r\n", 505 },
    { "lower-case version", "GET /echo http/1.1\r\nHost: x\r\n\r\n", 400 },
    { "unknown method", "BREW /echo HTTP/1.1\r\nHost: x\r\n\r\n", 405 },
    { "lower-case method", "get /echo HTTP/1.1\r\nHost: x\r\n\r\n", 405 },
    { "TRACE", "TRACE /echo HTTP/1.1\r\nHost: x\r\n\r\n", 405 },
    { "CONNECT", "CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n", 405 },
    { "target without a slash", "GET echo HTTP/1.1\r\nHost: x\r\n\r\n", 400 },
    { "asterisk", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 400 },
    { "fragment", "GET /echo#a HTTP/1.1\r\nHost: x\r\n\r\n", 400 },
    { "double slash", "GET //echo HTTP/1.1\r\nHost: x\r\n\r\n", 400 },
    { "dot segment", "GET /a/../echo HTTP/1.1\r\nHost: x\r\n\r\n", 400 },
    { "hidden dot segment", "GET /%2e%2E/echo HTTP/1.1\r\nHost: x\r\n\r\n", 400 },
    { "hidden slash", "GET /a%2fecho HTTP/1.1\r\nHost: x\r\n\r\n", 400 },
    { "backslash", "GET /a\\echo HTTP/1.1\r\nHost: x\r\n\r\n", 400 },
    { "hidden backslash", "GET /a%5cecho HTTP/1.1\r\nHost: x\r\n\r\n", 400 },
    { "hidden NUL", "GET /echo%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400 },
    { "hidden line end", "GET /echo%0d%0aX: HTTP/1.1\r\nHost: x\r\n\r\n", 400 },
    { "broken escape", "GET /echo%4 HTTP/1.1\r\nHost: x\r\n\r\n", 400 },
    { "not UTF-8", "GET /echo%ff HTTP/1.1\r\nHost: x\r\n\r\n", 400 },
    { "raw byte in the target", "GET /echo\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n", 400 },
    { "bad UTF-8 in the query", "GET /echo?a=%c0%80 HTTP/1.1\r\nHost: x\r\n\r\n", 400 },
    { "broken escape in the query", "GET /echo?a=%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400 },
    { "body over its route's limit", "POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\n\r\n"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 413 },
};

static void each_case(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        str reply = wire_ask(w, a, str_of(cases[i].bytes));
        int code = wire_status(reply);
        bool as_told = cases[i].status ? code == cases[i].status : code != 200;

        if (!as_told)
            print_error("%s: %d, not %d\n", cases[i].what, code, cases[i].status);
        assert_true(as_told);
    }
}

/* The same bytes, one at a time: the verdict must not depend on how they arrive. */
static void byte_by_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int fd = wire_connect(w);
        str bytes = str_of(cases[i].bytes), reply;

        for (size_t at = 0; at < bytes.len; at++) {
            wire_send(fd, str_slice(bytes, at, at + 1));
            if (i % 8 == 0)
                usleep(100);
        }
        reply = wire_read(a, fd, false);
        close(fd);
        if (cases[i].status && wire_status(reply) != cases[i].status)
            print_error("%s: %d, not %d\n", cases[i].what, wire_status(reply), cases[i].status);
        assert_true(!cases[i].status || wire_status(reply) == cases[i].status);
    }
}

/* A NUL is told from the ends of lines, which the library turns into NULs. */
static void nul_bytes(void **state)
{
    static const char in_value[] = "GET /echo HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n";
    static const char in_name[] = "GET /echo HTTP/1.1\r\nHost: x\r\nA\0B: c\r\n\r\n";
    static const char in_target[] = "GET /echo\0/x HTTP/1.1\r\nHost: x\r\n\r\n";
    static const char like_line_end[] = "GET /echo HTTP/1.1\r\nHost: x\0\0A: b\r\n\r\n";

    (void)state;
    assert_int_not_equal(wire_status(wire_ask(w, a, (str){ in_value, sizeof in_value - 1 })), 200);
    assert_int_not_equal(wire_status(wire_ask(w, a, (str){ in_name, sizeof in_name - 1 })), 200);
    assert_int_not_equal(wire_status(wire_ask(w, a, (str){ in_target, sizeof in_target - 1 })), 200);
    assert_int_not_equal(wire_status(wire_ask(w, a, (str){ like_line_end, sizeof like_line_end - 1 })), 200);
}

/* What stands behind a refused head is never taken for a request. */
static void nothing_behind_a_refusal(void **state)
{
    int before = atomic_load(&w->handled);
    str two = STR("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n"
                  "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n");
    int fd = wire_connect(w);
    str reply;

    (void)state;
    wire_send(fd, two);
    reply = wire_read(a, fd, false);
    assert_int_equal(wire_status(reply), 400);
    assert_true(wire_has(reply, "Connection: close"));
    assert_true(wire_has(reply, "REQUEST_MALFORMED"));
    assert_true(wire_has(reply, "Content-Security-Policy: default-src 'none'"));
    assert_int_equal(wire_status(wire_read(a, fd, false)), 0);
    assert_true(wire_is_closed(fd));
    close(fd);
    assert_int_equal(atomic_load(&w->handled), before);
}

static str many_headers(size_t count, size_t value_bytes)
{
    struct buf b;
    str made;

    buf_init(&b, (size_t)1 << 20);
    buf_add(&b, STR("GET /echo HTTP/1.1\r\nHost: x\r\n"));
    for (size_t i = 0; i < count; i++) {
        buf_printf(&b, "X-%zu: ", i);
        for (size_t k = 0; k < value_bytes; k++)
            buf_char(&b, 'v');
        buf_add(&b, STR("\r\n"));
    }
    buf_add(&b, STR("\r\n"));
    made = arena_str(a, buf_str(&b));
    buf_done(&b);
    return made;
}

static str long_target(size_t bytes)
{
    char *pad = arena_alloc(a, bytes);

    memset(pad, 'p', bytes);
    return arena_printf(a, "GET /echo/%.*s HTTP/1.1\r\nHost: x\r\n\r\n", (int)bytes, pad);
}

/* RFC 9110 5.5: in a value no control character but the tab, wherever it stands. */
static void every_byte_of_a_value(void **state)
{
    enum { BYTES = 20 };
    char value[BYTES];
    const struct param fields[] = { { STR("Host"), STR("x") }, { STR("A"), { value, BYTES } } };
    const struct head h = { .version = STR("HTTP/1.1"), .headers = fields, .header_count = 2 };
    uint64_t length;
    str host;

    (void)state;
    for (int at = 0; at < BYTES; at++)
        for (int c = 0; c < 256; c++) {
            bool good = c == '\t' || (c >= ' ' && c != 0x7f);
            memset(value, at % 2 ? 'a' : '\t', BYTES);
            value[at] = (char)c;
            assert_int_equal(status_ok(head_fields(&h, &host, &length)), good);
        }
}

static void sizes(void **state)
{
    (void)state;
    assert_int_equal(wire_status(wire_ask(w, a, many_headers(99, 10))), 200);
    assert_int_equal(wire_status(wire_ask(w, a, many_headers(100, 10))), 431);
    assert_int_equal(wire_status(wire_ask(w, a, many_headers(5, 1000))), 200);
    assert_int_equal(wire_status(wire_ask(w, a, many_headers(30, 1000))), 431);
    assert_int_equal(wire_status(wire_ask(w, a, long_target(4000))), 200);
    assert_int_equal(wire_status(wire_ask(w, a, long_target(30000))), 414);
}

/* Up to the limit answered, beyond it refused. In a narrow window below the size of the pool there is no room left even
 * for a refusal, and the connection just ends. */
static void sizes_near_the_limit(void **state)
{
    (void)state;
    for (size_t bytes = 4000; bytes < EDGE_POOL_BYTES + 1000; bytes += 61) {
        size_t head = bytes + sizeof "GET /echo HTTP/1.1\r\nHost: x\r\nX-0: \r\n\r\n" - 1;
        int code = wire_status(wire_ask(w, a, many_headers(1, bytes)));
        bool right = code == (head <= EDGE_HEAD_BYTES_MAX ? 200 : 431) || (code == 0 && head > EDGE_POOL_BYTES - 1400);

        if (!right)
            fail_msg("a head of %zu bytes got %d", head, code);
    }
}

/* Large heads in small pieces move the library's buffer; the check of the layout must not be fooled by that. */
static void large_head_in_pieces(void **state)
{
    str bytes = many_headers(25, 200);
    int fd = wire_connect(w);

    (void)state;
    for (size_t at = 0; at < bytes.len; at += 997) {
        wire_send(fd, str_slice(bytes, at, at + 997));
        usleep(300);
    }
    assert_int_equal(wire_status(wire_read(a, fd, false)), 200);
    close(fd);
}

static void targets(void **state)
{
    static const struct {
        const char *target, *path, *query;
    } good[] = {
        { "/", "/", "" },
        { "/a/", "/a/", "" },
        { "/a%20b?x=1&y", "/a b", "x=1&y" },
        { "/%C4%91?", "/\xc4\x91", "" },
        { "/a+b", "/a+b", "" },
        { "/a/.b/..c", "/a/.b/..c", "" },
        { "/a?/../%2f", "/a", "/../%2f" },
        { "https://h:1/a?b", "/a", "b" },
    };
    str path, query;

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(status_ok(head_target(a, str_of(good[i].target), STR("h:1"), &path, &query)));
        assert_true(str_eq(path, str_of(good[i].path)));
        assert_true(str_eq(query, str_of(good[i].query)));
    }
    assert_false(status_ok(head_target(a, STR("/."), STR("h"), &path, &query)));
    assert_false(status_ok(head_target(a, STR("/a/.."), STR("h"), &path, &query)));
    assert_false(status_ok(head_target(a, STR("/a//b"), STR("h"), &path, &query)));
    assert_false(status_ok(head_target(a, STR("//"), STR("h"), &path, &query)));
    assert_false(status_ok(head_target(a, STR(""), STR("h"), &path, &query)));
    assert_false(status_ok(head_target(a, STR("http://h"), STR("h"), &path, &query)));
}

static int set_up(void **state)
{
    (void)state;
    w = wire_start(NULL);
    a = arena_new((size_t)64 << 20);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    wire_free(w);
    arena_free(a);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_case),     cmocka_unit_test(byte_by_byte),         cmocka_unit_test(nul_bytes),
        cmocka_unit_test(nothing_behind_a_refusal), cmocka_unit_test(every_byte_of_a_value), cmocka_unit_test(sizes), cmocka_unit_test(sizes_near_the_limit), cmocka_unit_test(large_head_in_pieces),
        cmocka_unit_test(targets),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
