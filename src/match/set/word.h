/* The words of a record: a row of LINK_WORDS_MAX codes, zeros after the last, so that a record's words stand in one line of
 * the cache, whatever is asked of them. A code takes two bytes; four (`wide`) where a dictionary has outgrown that. */
#pragma once
#include "match/set/set.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { LINK_NARROW_MAX = 65535 }; /* the largest code of two bytes */

static inline size_t link_words_bytes(bool wide) { return LINK_WORDS_MAX * (wide ? sizeof(uint32_t) : sizeof(uint16_t)); }

static inline const void *link_words_row(const struct link_field *f, int side, uint32_t record)
{
    return (const char *)f->word[side] + record * link_words_bytes(f->wide);
}

struct link_words {
    uint32_t code[LINK_WORDS_MAX];
    int count;
};

#ifdef __SSE2__
static inline struct link_words link_words_narrow(const void *row)
{
    const __m128i zero = _mm_setzero_si128(), codes = _mm_loadu_si128((const __m128i *)row);
    struct link_words w;

    _mm_storeu_si128((__m128i *)(void *)w.code, _mm_unpacklo_epi16(codes, zero));
    _mm_storeu_si128((__m128i *)(void *)(w.code + 4), _mm_unpackhi_epi16(codes, zero));
    w.count = __builtin_ctz((unsigned)_mm_movemask_epi8(_mm_cmpeq_epi16(codes, zero)) | 1u << 16) / 2;
    return w;
}
#else
static inline struct link_words link_words_narrow(const void *row)
{
    const uint16_t *codes = row;
    struct link_words w = { .count = 0 };

    for (int i = 0; i < LINK_WORDS_MAX; i++) {
        w.code[i] = codes[i];
        w.count += codes[i] != 0;
    }
    return w;
}
#endif

static inline struct link_words link_words(const struct link_field *f, int side, uint32_t record)
{
    const void *row = link_words_row(f, side, record);
    struct link_words w = { .count = 0 };

    if (!f->wide)
        return link_words_narrow(row);
    memcpy(w.code, row, sizeof w.code);
    while (w.count < LINK_WORDS_MAX && w.code[w.count])
        w.count++;
    return w;
}

static inline bool link_has_words(const struct link_field *f, int side, uint32_t record)
{
    const void *row = link_words_row(f, side, record);

    return f->wide ? *(const uint32_t *)row : *(const uint16_t *)row;
}

/* The same words in the same order, and at least one. */
static inline bool link_words_same(const struct link_field *f, int side_a, uint32_t a, int side_b, uint32_t b)
{
    const char *x = link_words_row(f, side_a, a), *y = link_words_row(f, side_b, b);
    uint64_t differ = 0, one, other;

    for (size_t at = 0; at < link_words_bytes(f->wide); at += sizeof one) {
        memcpy(&one, x + at, sizeof one);
        memcpy(&other, y + at, sizeof other);
        differ |= one ^ other;
    }
    return !differ && link_has_words(f, side_a, a);
}
