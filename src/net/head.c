/* Strict reading of a request head (RFC 9110, 9112), where the library beneath is lenient. Two programs that read the
 * same bytes differently are how requests are smuggled past a proxy, so all that has two readings is refused: bare LF,
 * folded lines, white space before a colon, repeated Host or length, a length beside a transfer coding.
 *
 * The library cuts the head in place: each CR and LF becomes a NUL, as does the first colon of a line. A line that ended
 * in a bare LF, was folded or held a NUL therefore lies elsewhere than where its neighbours say it must. */
#include "net/edge.h"

#include <string.h>
#include <strings.h>

#define LINE_END 2 /* CR LF */

static bool nuls_at(const char *at, size_t count)
{
    while (count)
        if (at[--count])
            return false;
    return true;
}

static const char *end_of(str s)
{
    return s.ptr + s.len;
}

static bool line_is_whole(const struct param *h)
{
    const char *gap = end_of(h->name);

    if (h->value.ptr <= gap || (size_t)(h->value.ptr - gap) > EDGE_POOL_BYTES || *gap)
        return false;
    while (++gap < h->value.ptr)
        if (*gap != ' ' && *gap != '\t')
            return false;
    return true;
}

STATUS head_layout(const struct head *h)
{
    const char *at = end_of(h->version) + LINE_END;

    if (h->uri.ptr != end_of(h->method) + 1 || h->version.ptr != end_of(h->uri) + 1 || h->version.len != 8)
        return FAIL_AT(REQUEST_MALFORMED, STR("request-line"));
    if (!nuls_at(end_of(h->version), LINE_END))
        return FAIL_AT(REQUEST_MALFORMED, STR("request-line"));
    for (size_t i = 0; i < h->header_count; i++) {
        if (h->headers[i].name.ptr != at || !line_is_whole(&h->headers[i]))
            return FAIL_AT(REQUEST_MALFORMED, STR("header"));
        at = end_of(h->headers[i].value);
        if (!nuls_at(at, LINE_END))
            return FAIL_AT(REQUEST_MALFORMED, STR("header"));
        at += LINE_END;
    }
    if (h->bytes != (size_t)(at + LINE_END - h->method.ptr))
        return FAIL_AT(REQUEST_MALFORMED, STR("header"));
    return OK;
}

/* RFC 9110 5.6.2: the characters of a token, a bit each: what is printable, without "(),/:;<=>?@[\]{}" and the quote. */
static const uint64_t token_characters[2] = { 0x03ff6cfa00000000, 0x57ffffffc7fffffe };

static bool is_token(str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];

        if (c >= 0x80 || !(token_characters[c / 64] >> c % 64 & 1))
            return false;
    }
    return s.len > 0;
}

#define EACH_BYTE(c) (UINT64_MAX / 0xff * (c))

/* Of eight bytes: whether one is below a blank, or DEL. */
static bool has_control(uint64_t bytes)
{
    uint64_t del = bytes ^ EACH_BYTE(0x7f);

    return (((bytes - EACH_BYTE(' ')) & ~bytes) | ((del - EACH_BYTE(1)) & ~del)) & EACH_BYTE(0x80);
}

/* Eight bytes at a time, and one by one where there is a control character: it may be a tab. */
static bool is_field_value(str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        uint64_t next;

        if (i % 8 == 0 && s.len - i >= sizeof next) {
            memcpy(&next, s.ptr + i, sizeof next);
            if (!has_control(next)) {
                i += sizeof next - 1;
                continue;
            }
        }
        if ((c < ' ' && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

static bool is_host(str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              (c && strchr(".-_:[]", c))))
            return false;
    }
    return s.len > 0 && s.len <= 255;
}

static bool is_named(const struct param *h, str name)
{
    return h->name.len == name.len && strncasecmp(h->name.ptr, name.ptr, name.len) == 0;
}

struct found {
    int hosts, lengths, codings;
    str host, length;
};

static void note(struct found *f, const struct param *h)
{
    if (is_named(h, STR("host"))) {
        f->hosts++;
        f->host = str_trim(h->value);
    } else if (is_named(h, STR("content-length"))) {
        f->lengths++;
        f->length = str_trim(h->value);
    } else if (is_named(h, STR("transfer-encoding"))) {
        f->codings++;
    }
}

/* RFC 9112 6.1 to 6.3. A transfer coding alone is lawful, but we take only bodies whose length is told beforehand
 * (RFC 9110 15.5.12), so that no second way of framing exists here. */
static STATUS framing(const struct found *f, uint64_t *ret_length)
{
    int64_t length = 0;

    if (f->codings && f->lengths)
        return FAIL_AT(REQUEST_MALFORMED, STR("transfer-encoding"));
    if (f->codings)
        return FAIL_AT(LENGTH_REQUIRED, STR("transfer-encoding"));
    if (f->lengths > 1)
        return FAIL_AT(REQUEST_MALFORMED, STR("content-length"));
    if (f->lengths && (f->length.len > 18 || !str_is_digits(f->length) || !str_i64(f->length, &length)))
        return FAIL_AT(REQUEST_MALFORMED, STR("content-length"));
    *ret_length = (uint64_t)length;
    return OK;
}

STATUS head_fields(const struct head *h, str *ret_host, uint64_t *ret_length)
{
    struct found f = { 0 };

    for (size_t i = 0; i < h->header_count; i++) {
        if (!is_token(h->headers[i].name) || !is_field_value(h->headers[i].value))
            return FAIL_AT(REQUEST_MALFORMED, STR("header"));
        note(&f, &h->headers[i]);
    }
    bool may_lack_host = str_eq(h->version, STR("HTTP/1.0"));

    if (f.hosts > 1 || (f.hosts == 0 && !may_lack_host) || (f.hosts && !is_host(f.host)))
        return FAIL_AT(REQUEST_MALFORMED, STR("host"));
    *ret_host = f.host;
    return framing(&f, ret_length);
}

bool head_method(str name, enum http_method *ret, bool *ret_head)
{
    static const str names[] = { STR("GET"), STR("POST"), STR("PUT"), STR("PATCH"), STR("DELETE"), STR("OPTIONS") };

    *ret_head = str_eq(name, STR("HEAD"));
    if (*ret_head) {
        *ret = HTTP_GET;
        return true;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (str_eq(name, names[i])) {
            *ret = (enum http_method)i;
            return true;
        }
    return false;
}

/* "http://host/path" gives "/path", if it is the host that the Host field names. */
static STATUS strip_authority(str *target, str host)
{
    static const str schemes[] = { STR("http://"), STR("https://") };

    for (size_t i = 0; i < 2; i++) {
        if (!str_starts(*target, schemes[i]))
            continue;
        str rest = str_from(*target, schemes[i].len);
        size_t slash = str_find_char(rest, '/');

        if (slash != host.len || strncasecmp(rest.ptr, host.ptr, slash) != 0)
            return FAIL_AT(REQUEST_MALFORMED, STR("host"));
        *target = str_from(rest, slash);
    }
    return OK;
}

static bool is_target(str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];

        if (c <= ' ' || c >= 0x7f || c == '#' || c == '\\')
            return false;
    }
    return true;
}

/* A path has one spelling: no empty, "." or ".." component, and no slash that hides in a percent escape. */
static bool is_plain_path(str path)
{
    str rest = str_from(path, 1), piece;

    while (str_cut(&rest, '/', &piece)) {
        bool last = rest.ptr == NULL;

        if (str_eq(piece, STR(".")) || str_eq(piece, STR("..")) || (piece.len == 0 && !last))
            return false;
    }
    return true;
}

STATUS head_target(struct arena *a, str target, str host, str *ret_path, str *ret_query)
{
    str field = STR("path"), raw;
    size_t question;

    TRY(strip_authority(&target, host));
    if (!is_target(target) || !str_starts(target, STR("/")))
        return FAIL_AT(REQUEST_MALFORMED, field);
    question = str_find_char(target, '?');
    raw = str_slice(target, 0, question);
    *ret_query = str_from(target, question + 1);
    if (str_find(raw, STR("%2f")) < raw.len || str_find(raw, STR("%2F")) < raw.len)
        return FAIL_AT(REQUEST_MALFORMED, field);
    TRY(params_percent(a, raw, false, ret_path));
    if (str_find_char(*ret_path, '\\') < ret_path->len || !status_ok(text_check(field, *ret_path, EDGE_POOL_BYTES)))
        return FAIL_AT(REQUEST_MALFORMED, field);
    if (!is_plain_path(*ret_path))
        return FAIL_AT(REQUEST_MALFORMED, field);
    return OK;
}
