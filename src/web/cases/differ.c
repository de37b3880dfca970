/* The longest common sequence of letters, so that the eye finds what a clerk slipped on. Letters are code points: the texts are
 * NFC, so a letter and its marks are one.
 * tested by: src/web/cases/differ_test.c */
#include "web/cases/differ.h"

#include <string.h>

static size_t letters_of(str s, size_t *starts)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        if (((unsigned char)s.ptr[i] & 0xC0) != 0x80) {
            if (n == DIFFER_LETTERS_MAX)
                return n + 1;
            starts[n++] = i;
        }
    starts[n] = s.len;
    return n;
}

struct letters {
    str text;
    size_t starts[DIFFER_LETTERS_MAX + 1], count;
};

static bool same(const struct letters *a, size_t i, const struct letters *b, size_t k)
{
    return str_eq(str_slice(a->text, a->starts[i], a->starts[i + 1]), str_slice(b->text, b->starts[k], b->starts[k + 1]));
}

static size_t whole(struct arena *a, str shown, bool differs, struct case_piece **ret)
{
    *ret = ARENA_ARRAY(a, struct case_piece, 1);
    (*ret)[0] = (struct case_piece){ shown, differs };
    return shown.len ? 1 : 0;
}

static void lengths_fill(uint16_t (*length)[DIFFER_LETTERS_MAX + 1], const struct letters *x, const struct letters *y)
{
    for (size_t i = x->count; i-- > 0;)
        for (size_t k = y->count; k-- > 0;)
            length[i][k] = same(x, i, y, k)               ? (uint16_t)(length[i + 1][k + 1] + 1)
                           : length[i + 1][k] > length[i][k + 1] ? length[i + 1][k]
                                                                 : length[i][k + 1];
}

size_t differ_pieces(struct arena *a, str shown, str other, struct case_piece **ret)
{
    struct letters x = { .text = shown }, y = { .text = other };
    size_t n = 0, i = 0, k = 0;
    if (str_eq(shown, other) || !other.len || !shown.len)
        return whole(a, shown, false, ret);
    x.count = letters_of(shown, x.starts);
    y.count = letters_of(other, y.starts);
    if (x.count > DIFFER_LETTERS_MAX || y.count > DIFFER_LETTERS_MAX)
        return whole(a, shown, true, ret);
    uint16_t(*length)[DIFFER_LETTERS_MAX + 1] = arena_array(a, DIFFER_LETTERS_MAX + 1, sizeof *length);
    lengths_fill(length, &x, &y);
    *ret = ARENA_ARRAY(a, struct case_piece, x.count + 1);
    while (i < x.count) {
        bool common = k < y.count && same(&x, i, &y, k);
        if (!common && k < y.count && length[i][k + 1] >= length[i + 1][k]) {
            k++;
            continue;
        }
        if (n && (*ret)[n - 1].differs == !common)
            (*ret)[n - 1].text.len += x.starts[i + 1] - x.starts[i];
        else
            (*ret)[n++] = (struct case_piece){ str_slice(shown, x.starts[i], x.starts[i + 1]), !common };
        i++;
        k += common;
    }
    return n;
}
