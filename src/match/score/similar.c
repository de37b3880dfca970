/* Behind similar.h. The distance is computed a column at a time in the bits of a word (Hyyrö, "A bit-vector algorithm for
 * computing Levenshtein and Damerau edit distances", 2003), Jaro's windows as masks; the tables are on the stack. */
#include "match/score/similar.h"

#include <string.h>

static str cut(str s) { return str_slice(s, 0, SIMILAR_BYTES_MAX); }

/* Common ends cost nothing and most pairs that are near have long ones. */
static void ends_trim(str *a, str *b)
{
    while (a->len && b->len && a->ptr[0] == b->ptr[0]) {
        a->ptr++, b->ptr++;
        a->len--, b->len--;
    }
    while (a->len && b->len && a->ptr[a->len - 1] == b->ptr[b->len - 1])
        a->len--, b->len--;
}

static uint64_t places_of(str a, char c)
{
    uint64_t places = 0;

    for (size_t i = 0; i < a.len; i++)
        places |= (uint64_t)(a.ptr[i] == c) << i;
    return places;
}

int similar_edits(str a, str b, int max)
{
    uint64_t vp = ~UINT64_C(0), vn = 0, d0 = 0, before = 0, last;
    int distance;

    a = cut(a), b = cut(b);
    ends_trim(&a, &b);
    if (!a.len || !b.len)
        distance = (int)(a.len + b.len);
    else if ((int)(a.len > b.len ? a.len - b.len : b.len - a.len) > max)
        return max + 1;
    else {
        distance = (int)a.len;
        last = UINT64_C(1) << (a.len - 1);
        for (size_t j = 0; j < b.len; j++) {
            uint64_t here = places_of(a, b.ptr[j]), swapped = ((~d0 & here) << 1) & before, hp, hn;

            d0 = (((here & vp) + vp) ^ vp) | here | vn | swapped;
            hp = vn | ~(d0 | vp);
            hn = d0 & vp;
            distance += (hp & last) != 0;
            distance -= (hn & last) != 0;
            hp = hp << 1 | 1;
            vp = hn << 1 | ~(d0 | hp);
            vn = hp & d0;
            before = here;
        }
    }
    return distance > max ? max + 1 : distance;
}

double similar_jaro(str a, str b)
{
    uint64_t a_met = 0, b_met = 0;
    size_t window, met = 0, swapped = 0, same = 0;
    double jaro;

    a = cut(a), b = cut(b);
    if (!a.len || !b.len)
        return a.len == b.len ? 1 : 0;
    window = (a.len > b.len ? a.len : b.len) / 2;
    window = window ? window - 1 : 0;
    for (size_t i = 0; i < a.len; i++) {
        size_t from = i > window ? i - window : 0, to = i + window + 1 < b.len ? i + window + 1 : b.len;
        uint64_t range = to > from ? (to - from >= 64 ? ~UINT64_C(0) : ((UINT64_C(1) << (to - from)) - 1) << from) : 0;
        uint64_t free = places_of(b, a.ptr[i]) & range & ~b_met;

        if (free) {
            b_met |= free & -free;
            a_met |= UINT64_C(1) << i;
            met++;
        }
    }
    if (!met)
        return 0;
    for (uint64_t m = a_met, n = b_met; m; m &= m - 1, n &= n - 1)
        swapped += a.ptr[__builtin_ctzll(m)] != b.ptr[__builtin_ctzll(n)];
    jaro = ((double)met / (double)a.len + (double)met / (double)b.len + ((double)met - (double)(swapped / 2)) / (double)met) / 3;
    while (same < 4 && same < a.len && same < b.len && a.ptr[same] == b.ptr[same])
        same++;
    return jaro + (double)same * .1 * (1 - jaro);
}

static bool is_joint(char c) { return c == ' ' || c == '-' || c == '.' || c == '\''; }

bool similar_compact(str a, str b)
{
    size_t i = 0, j = 0;

    for (;;) {
        while (i < a.len && is_joint(a.ptr[i]))
            i++;
        while (j < b.len && is_joint(b.ptr[j]))
            j++;
        if (i == a.len || j == b.len)
            return i == a.len && j == b.len;
        if (a.ptr[i++] != b.ptr[j++])
            return false;
    }
}

static str digits_write(uint64_t value, unsigned count, char out[static 24])
{
    for (unsigned i = count; i-- > 0; value /= 10)
        out[i] = (char)('0' + value % 10);
    return (str){ out, count };
}

int similar_digits(uint64_t a, unsigned a_count, uint64_t b, unsigned b_count, int max)
{
    char first[24], second[24];

    return similar_edits(digits_write(a, a_count < 24 ? a_count : 24, first), digits_write(b, b_count < 24 ? b_count : 24, second), max);
}
