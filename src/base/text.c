/* UTF-8 as RFC 3629 has it: no overlong form, no surrogate, nothing above U+10FFFF. Most text of the program is ASCII
 * in markup and keys, so eight bytes are passed at a time while none has its top bit set. */
#include "base/text.h"

#include <endian.h>
#include <string.h>

#define TOP_BITS 0x8080808080808080u
#define REPLACEMENT 0xFFFDu

/* Bytes of plain ASCII from `at` on. */
static size_t ascii_run(str s, size_t at)
{
    size_t from = at;
    uint64_t eight;

    for (; at + 8 <= s.len; at += 8) {
        memcpy(&eight, s.ptr + at, 8);
        eight = le64toh(eight) & TOP_BITS;
        if (eight)
            return at + (size_t)__builtin_ctzll(eight) / 8 - from;
    }
    while (at < s.len && !((unsigned char)s.ptr[at] & 0x80))
        at++;
    return at - from;
}

static bool is_tail(unsigned char c)
{
    return (c & 0xC0) == 0x80;
}

/* Length of the sequence of two to four bytes at `p`, 0 if it is malformed. RFC 3629 section 4. */
static size_t sequence(const unsigned char *p, size_t left)
{
    if (p[0] >= 0xC2 && p[0] <= 0xDF)
        return left >= 2 && is_tail(p[1]) ? 2 : 0;
    if (p[0] >= 0xE0 && p[0] <= 0xEF) {
        if (left < 3 || !is_tail(p[1]) || !is_tail(p[2]))
            return 0;
        return (p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) ? 0 : 3;
    }
    if (p[0] >= 0xF0 && p[0] <= 0xF4) {
        if (left < 4 || !is_tail(p[1]) || !is_tail(p[2]) || !is_tail(p[3]))
            return 0;
        return (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F) ? 0 : 4;
    }
    return 0;
}

bool text_is_ascii(str s)
{
    return ascii_run(s, 0) == s.len;
}

bool text_is_utf8(str s)
{
    size_t at = 0;

    while (at < s.len) {
        if (!((unsigned char)s.ptr[at] & 0x80)) {
            at += ascii_run(s, at);
            continue;
        }

        size_t len = sequence((const unsigned char *)s.ptr + at, s.len - at);

        if (len == 0)
            return false;
        at += len;
    }
    return true;
}

uint32_t text_next(str s, size_t *at)
{
    if (*at >= s.len)
        return REPLACEMENT;

    const unsigned char *p = (const unsigned char *)s.ptr + *at;

    if (p[0] < 0x80) {
        *at += 1;
        return p[0];
    }

    size_t len = sequence(p, s.len - *at);

    if (len == 0) {
        *at += 1;
        return REPLACEMENT;
    }
    *at += len;

    uint32_t code_point = p[0] & (0xFFu >> (len + 1));

    for (size_t i = 1; i < len; i++)
        code_point = code_point << 6 | (p[i] & 0x3Fu);
    return code_point;
}

/* What is not a scalar value is written as U+FFFD. */
size_t text_put(char out[static 4], uint32_t code_point)
{
    if (code_point < 0x80) {
        out[0] = (char)code_point;
        return 1;
    }
    if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF))
        code_point = REPLACEMENT;

    size_t len = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;

    for (size_t i = len; --i > 0; code_point >>= 6)
        out[i] = (char)(0x80 | (code_point & 0x3F));
    out[0] = (char)((0xF00u >> len & 0xF0u) | code_point);
    return len;
}

size_t text_count(str s)
{
    size_t count = 0;

    for (size_t at = 0; at < s.len; count++) {
        size_t run = ascii_run(s, at);

        if (run) {
            count += run - 1;
            at += run;
        } else {
            text_next(s, &at);
        }
    }
    return count;
}

str text_cut(str s, size_t bytes_max)
{
    if (s.len <= bytes_max)
        return s;

    size_t end = bytes_max;

    while (end > 0 && bytes_max - end < 3 && is_tail((unsigned char)s.ptr[end]))
        end--;
    return str_slice(s, 0, end);
}

/* U+0000…U+001F, U+007F and U+0080…U+009F (in UTF-8: C2 80…C2 9F). */
static bool has_control(str s, bool lines)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];

        if (c < 0x20 && !(lines && (c == '\n' || c == '\t')))
            return true;
        if (c == 0x7F || (c == 0xC2 && i + 1 < s.len && (unsigned char)s.ptr[i + 1] < 0xA0))
            return true;
    }
    return false;
}

static STATUS check(str field, str s, size_t bytes_max, bool lines)
{
    if (s.len > bytes_max)
        return FAIL_AT(TEXT_TOO_LONG, field);
    if (!text_is_utf8(s))
        return FAIL_AT(TEXT_NOT_UTF8, field);
    if (has_control(s, lines))
        return FAIL_AT(TEXT_CONTROL, field);
    return OK;
}

STATUS text_check(str field, str s, size_t bytes_max)
{
    return check(field, s, bytes_max, false);
}

STATUS text_check_lines(str field, str s, size_t bytes_max)
{
    return check(field, s, bytes_max, true);
}
