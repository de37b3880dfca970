/* Hashes of content: the same in every run, on every machine and for any order of rows, because samples are drawn and
 * ties are broken by them. Multiply and fold; against an adversary they offer nothing, so equality of values is always
 * decided by the values. */
#pragma once
#include "base/base.h"

#include <string.h>

static inline uint64_t link_mix(uint64_t a, uint64_t b)
{
    __extension__ unsigned __int128 product = (unsigned __int128)(a ^ 0x9fb21c651e98df25u) * (b ^ 0xa24baed4963ee407u);

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t link_load64(const char *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof v);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    return v;
}

static inline uint64_t link_load32(const char *p)
{
    uint32_t v;

    memcpy(&v, p, sizeof v);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap32(v);
#endif
    return v;
}

/* A text of up to 16 bytes in two words; with its length they are the text itself. */
struct link_short {
    uint64_t a, b;
};
static inline struct link_short link_short_of(const char *p, size_t len)
{
    if (len >= 8)
        return (struct link_short){ link_load64(p), link_load64(p + len - 8) };
    if (len >= 4)
        return (struct link_short){ link_load32(p), link_load32(p + len - 4) };
    if (len == 0)
        return (struct link_short){ 0, 0 };
    return (struct link_short){ (uint8_t)p[0] | (uint64_t)(uint8_t)p[len / 2] << 8 | (uint64_t)(uint8_t)p[len - 1] << 16, 0 };
}

static inline uint64_t link_hash(str s)
{
    uint64_t h = 0xd6e8feb86659fd93u ^ s.len;
    struct link_short tail;
    size_t at = 0;

    for (; at + 16 < s.len; at += 16)
        h = link_mix(link_load64(s.ptr + at) ^ h, link_load64(s.ptr + at + 8));
    if (s.len > 16)
        tail = (struct link_short){ link_load64(s.ptr + s.len - 16), link_load64(s.ptr + s.len - 8) };
    else
        tail = link_short_of(s.ptr, s.len);
    return link_mix(link_mix(tail.a, h), tail.b);
}
