/* Growing buffers. A piece that does not fit below the maximum is left out as a whole and marks the buffer full; from
 * then on nothing is added, so that what a full buffer holds is always a prefix of what was meant. */
#include "base/buf.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CAP_MIN ((size_t)256)

void buf_init(struct buf *b, size_t bytes_max)
{
    *b = (struct buf){ .bytes_max = bytes_max };
}

void buf_done(struct buf *b)
{
    free(b->ptr);
    *b = (struct buf){ .bytes_max = b->bytes_max };
}

void buf_clear(struct buf *b)
{
    b->len = 0;
    b->full = false;
}

/* Room for `extra` more bytes, or NULL and full. */
static char *room(struct buf *b, size_t extra)
{
    if (b->full || extra > b->bytes_max - b->len) {
        b->full = true;
        return NULL;
    }
    if (b->cap - b->len < extra || !b->ptr) {
        size_t wanted = b->len + extra, cap = b->cap ? b->cap : CAP_MIN;

        while (cap < wanted && cap <= b->bytes_max / 2)
            cap *= 2;
        if (cap < wanted)
            cap = b->bytes_max;
        b->ptr = realloc(b->ptr, cap);
        MUST(b->ptr != NULL);
        b->cap = cap;
    }
    return b->ptr + b->len;
}

void buf_bytes(struct buf *b, const void *bytes, size_t len)
{
    char *at = len ? room(b, len) : NULL;

    if (!at)
        return;
    memcpy(at, bytes, len);
    b->len += len;
}

void buf_add(struct buf *b, str s)
{
    buf_bytes(b, s.ptr, s.len);
}

void buf_char(struct buf *b, char c)
{
    char *at = room(b, 1);

    if (!at)
        return;
    *at = c;
    b->len++;
}

void buf_pad(struct buf *b, uint64_t value, int digits)
{
    char text[64];
    size_t at = sizeof text;

    MUST(digits <= (int)sizeof text);
    do {
        text[--at] = (char)('0' + value % 10);
        value /= 10;
        digits--;
    } while (value > 0);
    while (digits-- > 0)
        text[--at] = '0';
    buf_bytes(b, text + at, sizeof text - at);
}

void buf_u64(struct buf *b, uint64_t value)
{
    buf_pad(b, value, 1);
}

void buf_i64(struct buf *b, int64_t value)
{
    char text[24];
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    size_t at = sizeof text;

    do {
        text[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0)
        text[--at] = '-';
    buf_bytes(b, text + at, sizeof text - at);
}

void buf_hex(struct buf *b, const void *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *from = bytes;
    char *at = len ? room(b, len > SIZE_MAX / 2 ? SIZE_MAX : len * 2) : NULL;

    if (!at)
        return;
    for (size_t i = 0; i < len; i++) {
        *at++ = digits[from[i] >> 4];
        *at++ = digits[from[i] & 15];
    }
    b->len += len * 2;
}

void buf_base64(struct buf *b, const void *bytes, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *from = bytes;
    char *at = len ? room(b, len > SIZE_MAX / 2 ? SIZE_MAX : (len + 2) / 3 * 4) : NULL;

    if (!at)
        return;
    b->len += (len + 2) / 3 * 4;
    for (size_t i = 0; i < len; i += 3) {
        size_t left = len - i;
        uint32_t three = (uint32_t)from[i] << 16;

        if (left > 1)
            three |= (uint32_t)from[i + 1] << 8;
        if (left > 2)
            three |= from[i + 2];
        *at++ = digits[three >> 18];
        *at++ = digits[three >> 12 & 63];
        *at++ = left > 1 ? digits[three >> 6 & 63] : '=';
        *at++ = left > 2 ? digits[three & 63] : '=';
    }
}

static void json_escape(struct buf *b, unsigned char c)
{
    static const char shorts[] = "\"\"\\\\\bb\ff\nn\rr\tt";

    for (size_t i = 0; i + 1 < sizeof shorts; i += 2) {
        if (shorts[i] == (char)c) {
            buf_bytes(b, (const char[]){ '\\', shorts[i + 1] }, 2);
            return;
        }
    }
    buf_add(b, STR("\\u00"));
    buf_hex(b, &c, 1);
}

/* Bytes that are not UTF-8 become U+FFFD each, so that the document stays JSON whatever came in. */
static void json_repaired(struct buf *b, str s)
{
    char text[4];

    for (size_t at = 0; at < s.len;) {
        uint32_t code_point = text_next(s, &at);

        if (code_point < 0x20 || code_point == '"' || code_point == '\\')
            json_escape(b, (unsigned char)code_point);
        else
            buf_bytes(b, text, text_put(text, code_point));
    }
}

void buf_json(struct buf *b, str s)
{
    buf_char(b, '"');
    if (!text_is_utf8(s)) {
        json_repaired(b, s);
        buf_char(b, '"');
        return;
    }

    size_t run = 0;

    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];

        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        buf_bytes(b, s.ptr + run, i - run);
        json_escape(b, c);
        run = i + 1;
    }
    if (run < s.len)
        buf_bytes(b, s.ptr + run, s.len - run);
    buf_char(b, '"');
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list args;
    char small[256];

    va_start(args, format);

    int len = vsnprintf(small, sizeof small, format, args);

    va_end(args);
    MUST(len >= 0);
    if ((size_t)len < sizeof small) {
        buf_bytes(b, small, (size_t)len);
        return;
    }

    char *text = malloc((size_t)len + 1);

    MUST(text != NULL);
    va_start(args, format);
    vsnprintf(text, (size_t)len + 1, format, args);
    va_end(args);
    buf_bytes(b, text, (size_t)len);
    free(text);
}

str buf_str(const struct buf *b)
{
    return (str){ b->ptr, b->len };
}

STATUS buf_check(const struct buf *b)
{
    return b->full ? FAIL(MEMORY_LIMIT) : OK;
}
