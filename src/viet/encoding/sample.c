/* Most of what is judged is plain ASCII or UTF-8, in columns of millions of cells or in files of gigabytes: one pass over the
 * bytes, eight at a time, counts the lines that can tell anything, a second one picks some hundred of them, evenly.
 * tested by: src/viet/encoding/detect_test.c */
#include "viet/encoding/sample.h"

#include <string.h>

#include "viet/letter.h"

/* 02, 05, 06, 14, 19, 1E of VISCII; 01, 02, 04 … 06, 11 … 17 of TCVN5712-1. */
static const uint32_t control_letters = 1u << 0x01 | 1u << 0x02 | 1u << 0x04 | 1u << 0x05 | 1u << 0x06 | 0x7Fu << 0x11 | 1u << 0x19 | 1u << 0x1E;

static bool is_control_letter(uint8_t c)
{
    return c < 0x20 && (control_letters >> c & 1);
}

static bool has_high(str s)
{
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    size_t i = 0;
    for (; i + 8 <= s.len; i += 8) {
        uint64_t w;
        memcpy(&w, s.ptr + i, 8);
        bool low = ((w - ones * 0x20) & ~w & tops) != 0;
        if (w & tops)
            return true;
        for (size_t k = 0; low && k < 8; k++)
            if (is_control_letter((uint8_t)s.ptr[i + k]))
                return true;
    }
    for (; i < s.len; i++)
        if ((uint8_t)s.ptr[i] >= 0x80 || is_control_letter((uint8_t)s.ptr[i]))
            return true;
    return false;
}

static bool is_letter(char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool is_vowel(char c)
{
    return c && strchr("aeiouyAEIOUY", c) != NULL;
}

static bool has_mnemonic(str s)
{
    for (size_t i = 1; i < s.len; i++) {
        char c = s.ptr[i], before = s.ptr[i - 1];
        if (is_letter(c) || !is_letter(before))
            continue;
        if (c == '^' || c == '~' || c == '`' || c == '(' || c == '+')
            return true;
        if ((c == '\'' || c == '.' || c == '?') && is_vowel(before) && i + 1 < s.len && is_letter(s.ptr[i + 1]))
            return true;
    }
    return false;
}

/* "TR@C": a letter of ISC or BK HCM 1, and no address of electronic mail, which has a dot. */
static bool has_sign_in_word(str s)
{
    size_t signs = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] && strchr("@#|\\{}", s.ptr[i]))
            signs++;
        else if (!is_letter(s.ptr[i]) && (uint8_t)s.ptr[i] < 0x80)
            return false;
    }
    return signs > 0 && signs < s.len;
}

bool piece_tells(str token)
{
    return has_high(token) || has_mnemonic(token) || has_sign_in_word(token);
}

/* The next line of the samples, shortened. */
static bool piece_next(const str *samples, size_t n, size_t *sample, size_t *at, str *ret)
{
    while (*sample < n && *at >= samples[*sample].len) {
        ++*sample;
        *at = 0;
    }
    if (*sample == n)
        return false;
    str rest = str_from(samples[*sample], *at);
    const char *end = memchr(rest.ptr, '\n', rest.len);
    size_t len = end ? (size_t)(end - rest.ptr) : rest.len;
    *ret = str_slice(rest, 0, len < PIECE_BYTES ? len : PIECE_BYTES);
    *at += end ? len + 1 : rest.len;
    return true;
}

static void pick(const str *samples, size_t n, bool (*tells)(str), struct pieces *ret)
{
    size_t sample = 0, at = 0, seen = 0, step = (ret->evident + PIECES_MAX - 1) / PIECES_MAX;
    str piece;
    while (ret->count < PIECES_MAX && piece_next(samples, n, &sample, &at, &piece)) {
        if (!tells(piece) || seen++ % step != 0)
            continue;
        ret->sample[ret->count] = sample;
        ret->list[ret->count++] = piece;
    }
}

static size_t count(const str *samples, size_t n, bool (*tells)(str))
{
    size_t sample = 0, at = 0, evident = 0;
    str piece;
    while (piece_next(samples, n, &sample, &at, &piece))
        evident += tells(piece);
    return evident;
}

void pieces_take(struct arena *a, const str *samples, size_t n, struct pieces *ret)
{
    *ret = (struct pieces){ .list = ARENA_ARRAY(a, str, PIECES_MAX), .sample = ARENA_ARRAY(a, size_t, PIECES_MAX) };
    ret->evident = count(samples, n, has_high);
    ret->high = ret->evident > 0;
    if (!ret->high)
        ret->evident = count(samples, n, has_mnemonic);
    if (ret->evident > 0)
        pick(samples, n, ret->high ? piece_tells : has_mnemonic, ret);
}
