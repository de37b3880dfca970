/* The words of a record: a row of codes, zeros after the last, so that a record's words stand in one line of the cache,
 * whatever is asked of them. A short row that is too short holds LINK_ROW_LONGER and where the longer one is. */
#pragma once
#include "match/set/hash.h"
#include "match/set/set.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum {
    LINK_ROW_LONGER = 0xFFFF,
    LINK_NARROW_MAX = LINK_ROW_LONGER - 1, /* the largest code of two bytes */
    LINK_SHORT_WORDS = 4,                  /* of a short row */
};

static inline size_t link_row_bytes(enum link_row row)
{
    return row == LINK_ROW_SHORT ? LINK_SHORT_WORDS * sizeof(uint16_t) : row == LINK_ROW_WIDE ? LINK_WORDS_MAX * sizeof(uint32_t) : LINK_WORDS_MAX * sizeof(uint16_t);
}

static inline void *link_row(const struct link_field *f, int side, uint32_t record)
{
    return (char *)f->word[side] + record * link_row_bytes(f->row);
}

static inline uint32_t link_row_number(const uint16_t *row) { return row[2] | (uint32_t)row[3] << 16; }

static inline uint16_t *link_row_longer(const struct link_field *f, int side, uint32_t number)
{
    return f->longer[side] + (size_t)number * LINK_WORDS_MAX;
}

struct link_words {
    uint32_t code[LINK_WORDS_MAX];
    int count;
};

/* Of so many codes: LINK_SHORT_WORDS or LINK_WORDS_MAX. */
#ifdef __SSE2__
static inline struct link_words link_words_of(const uint16_t *codes, int max)
{
    const __m128i zero = _mm_setzero_si128();
    const __m128i row = max == LINK_SHORT_WORDS ? _mm_loadl_epi64((const __m128i *)(const void *)codes) : _mm_loadu_si128((const __m128i *)(const void *)codes);
    struct link_words w;

    _mm_storeu_si128((__m128i *)(void *)w.code, _mm_unpacklo_epi16(row, zero));
    _mm_storeu_si128((__m128i *)(void *)(w.code + 4), _mm_unpackhi_epi16(row, zero));
    w.count = __builtin_ctz((unsigned)_mm_movemask_epi8(_mm_cmpeq_epi16(row, zero)) | 1u << 16) / 2;
    return w;
}
#else
static inline struct link_words link_words_of(const uint16_t *codes, int max)
{
    struct link_words w = { .count = 0 };

    for (int i = 0; i < max; i++) {
        w.code[i] = codes[i];
        w.count += codes[i] != 0;
    }
    return w;
}
#endif

static inline struct link_words link_words_wide(const uint32_t *codes)
{
    struct link_words w = { .count = 0 };

    memcpy(w.code, codes, sizeof w.code);
    while (w.count < LINK_WORDS_MAX && w.code[w.count])
        w.count++;
    return w;
}

static inline struct link_words link_words(const struct link_field *f, int side, uint32_t record)
{
    const uint16_t *row = link_row(f, side, record);

    if (f->row == LINK_ROW_WIDE)
        return link_words_wide((const uint32_t *)(const void *)row);
    if (f->row == LINK_ROW_NARROW)
        return link_words_of(row, LINK_WORDS_MAX);
    if (row[0] == LINK_ROW_LONGER)
        return link_words_of(link_row_longer(f, side, link_row_number(row)), LINK_WORDS_MAX);
    return link_words_of(row, LINK_SHORT_WORDS);
}

static inline bool link_has_words(const struct link_field *f, int side, uint32_t record)
{
    const uint16_t *row = link_row(f, side, record);

    return row[0] || (f->row == LINK_ROW_WIDE && row[1]);
}

/* Surely the same words in the same order, and at least one; longer rows are not looked at. */
static inline bool link_words_same(const struct link_field *f, int side_a, uint32_t a, int side_b, uint32_t b)
{
    const char *x = link_row(f, side_a, a), *y = link_row(f, side_b, b);
    uint64_t differ = 0, one, other;

    for (size_t at = 0; at < link_row_bytes(f->row); at += sizeof one) {
        memcpy(&one, x + at, sizeof one);
        memcpy(&other, y + at, sizeof other);
        differ |= one ^ other;
    }
    return !differ && link_has_words(f, side_a, a);
}

/* Equal for the same words in the same order, of one field; 0 for none. */
static inline uint64_t link_words_hash(const struct link_field *f, int side, uint32_t record)
{
    const uint16_t *row = link_row(f, side, record);
    size_t bytes = link_row_bytes(f->row);
    uint64_t hash = 0;

    if (!link_has_words(f, side, record))
        return 0;
    if (f->row == LINK_ROW_SHORT && row[0] == LINK_ROW_LONGER) {
        row = link_row_longer(f, side, link_row_number(row));
        bytes = link_row_bytes(LINK_ROW_NARROW);
    }
    for (size_t at = 0; at < bytes; at += sizeof hash)
        hash = link_mix(hash, link_load64((const char *)row + at));
    return hash;
}
