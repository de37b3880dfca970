/* Numbers in few bytes: seven bits a byte, low ones first, the eighth set but in the last (LEB128). Reading stops at the end
 * of the bytes and then gives 0 and an empty rest, so that bytes which were changed lead nowhere else. */
#pragma once
#include "base/base.h"

#include <string.h>

enum { VARINT_BYTES = 10 };

struct bytes {
    const uint8_t *at, *end;
};

static inline uint64_t varint_get(struct bytes *b)
{
    uint64_t value = 0;

    for (unsigned shift = 0; b->at < b->end && shift < 64; shift += 7) {
        uint8_t byte = *b->at++;

        value |= (uint64_t)(byte & 127) << shift;
        if (byte < 128)
            return value;
    }
    b->at = b->end;
    return 0;
}

static inline uint8_t *varint_put(uint8_t *to, uint64_t value)
{
    for (; value >= 128; value >>= 7)
        *to++ = (uint8_t)(value | 128);
    *to++ = (uint8_t)value;
    return to;
}

/* `len` bytes, fewer at the end. */
static inline str bytes_get(struct bytes *b, uint64_t len)
{
    size_t n = len < (uint64_t)(b->end - b->at) ? (size_t)len : (size_t)(b->end - b->at);
    str s = { (const char *)b->at, n };

    if (n > 0) /* of nothing, the end may be NULL */
        b->at += n;
    return s;
}
