/* Slices of text. Every function clamps or answers "no"; none reads past a slice, and none needs a terminator. */
#include "base/str.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_BYTES_MAX 63

str str_of(const char *terminated)
{
    return terminated ? (str){ terminated, strlen(terminated) } : (str){ 0 };
}

bool str_eq(str a, str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

int str_cmp(str a, str b)
{
    size_t shared = a.len < b.len ? a.len : b.len;
    int order = shared ? memcmp(a.ptr, b.ptr, shared) : 0;

    return order ? order : (a.len > b.len) - (a.len < b.len);
}

bool str_starts(str s, str prefix)
{
    return s.len >= prefix.len && str_eq(str_slice(s, 0, prefix.len), prefix);
}

bool str_ends(str s, str suffix)
{
    return s.len >= suffix.len && str_eq(str_from(s, s.len - suffix.len), suffix);
}

str str_slice(str s, size_t from, size_t to)
{
    if (to > s.len)
        to = s.len;
    if (from > to)
        from = to;
    return (str){ s.ptr ? s.ptr + from : NULL, to - from };
}

str str_from(str s, size_t from)
{
    return str_slice(s, from, s.len);
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

str str_trim(str s)
{
    size_t from = 0, to = s.len;

    while (from < to && is_space(s.ptr[from]))
        from++;
    while (to > from && is_space(s.ptr[to - 1]))
        to--;
    return str_slice(s, from, to);
}

size_t str_find_char(str s, char c)
{
    const char *at = s.len ? memchr(s.ptr, c, s.len) : NULL;

    return at ? (size_t)(at - s.ptr) : s.len;
}

size_t str_find(str s, str needle)
{
    if (needle.len == 0)
        return 0;

    const char *at = s.len ? memmem(s.ptr, s.len, needle.ptr, needle.len) : NULL;

    return at ? (size_t)(at - s.ptr) : s.len;
}

/* A used-up rest has a NULL ptr, so that a last empty piece ("a,") differs from the end. */
bool str_cut(str *rest, char separator, str *ret_piece)
{
    if (!rest->ptr)
        return false;

    size_t end = str_find_char(*rest, separator);

    *ret_piece = str_slice(*rest, 0, end);
    *rest = end < rest->len ? str_from(*rest, end + 1) : (str){ 0 };
    return true;
}

bool str_is_digits(str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
    return s.len > 0;
}

/* Counts downwards from zero, because the most negative number has no positive twin. */
bool str_i64(str s, int64_t *ret_value)
{
    bool negative = s.len && s.ptr[0] == '-';
    str digits = negative ? str_from(s, 1) : s;
    int64_t value = 0;

    if (!str_is_digits(digits))
        return false;
    for (size_t i = 0; i < digits.len; i++)
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_sub_overflow(value, digits.ptr[i] - '0', &value))
            return false;
    if (!negative && value == INT64_MIN)
        return false;
    *ret_value = negative ? value : -value;
    return true;
}

static size_t digits_at(str s, size_t at)
{
    size_t from = at;

    while (at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9')
        at++;
    return at - from;
}

/* [-] digits [. digits] [e [+-] digits], and nothing of what strtod takes besides (hexadecimal, inf, nan, blanks). */
static bool is_decimal(str s)
{
    size_t at = s.len && s.ptr[0] == '-';
    size_t count = digits_at(s, at);

    if (count == 0)
        return false;
    at += count;
    if (at < s.len && s.ptr[at] == '.') {
        count = digits_at(s, at + 1);
        if (count == 0)
            return false;
        at += 1 + count;
    }
    if (at < s.len && (s.ptr[at] == 'e' || s.ptr[at] == 'E')) {
        at++;
        at += at < s.len && (s.ptr[at] == '+' || s.ptr[at] == '-');
        count = digits_at(s, at);
        if (count == 0)
            return false;
        at += count;
    }
    return at == s.len;
}

/* strtod follows LC_NUMERIC; the program never calls setlocale(), so the point is the separator. */
bool str_f64(str s, double *ret_value)
{
    char copy[NUMBER_BYTES_MAX + 1];

    if (s.len > NUMBER_BYTES_MAX || !is_decimal(s))
        return false;
    memcpy(copy, s.ptr, s.len);
    copy[s.len] = '\0';

    double value = strtod(copy, NULL);

    if (!isfinite(value))
        return false;
    *ret_value = value;
    return true;
}

static uint64_t mix(uint64_t a, uint64_t b)
{
    __extension__ unsigned __int128 product = (unsigned __int128)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t load64(const char *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof v);
    return v;
}

/* Multiply and fold, 16 bytes a step. The last 16 bytes are read overlapping, so that no byte-wise tail remains.
 * Against crowding by an adversary it offers nothing: tables that outsiders fill are bounded by their owners. */
uint64_t str_hash(str s)
{
    const uint64_t k0 = 0xa24baed4963ee407u, k1 = 0x9fb21c651e98df25u, k2 = 0xd6e8feb86659fd93u;
    uint64_t h = k0 ^ s.len, a = 0, b = 0;

    if (s.len > 16) {
        size_t at = 0;

        for (; at + 16 < s.len; at += 16)
            h = mix(load64(s.ptr + at) ^ k1, load64(s.ptr + at + 8) ^ h);
        a = load64(s.ptr + s.len - 16);
        b = load64(s.ptr + s.len - 8);
    } else if (s.len >= 8) {
        a = load64(s.ptr);
        b = load64(s.ptr + s.len - 8);
    } else if (s.len > 0) {
        memcpy(&a, s.ptr, s.len);
    }
    return mix(k2 ^ s.len, mix(a ^ k1, b ^ h));
}
