/* Names as lists spoil them: case, marks, typing, order, what stands around them, and what programs do to their letters.
 * tested by: src/synth/test/synth_test.c */
#include "synth/spoil/spoil.h"

#include <string.h>

/* "Nguyễn" as typed by Telex when the method was off for one word: "Nguyeenx". */
static str word_telex(struct spoiling *s, str word)
{
    static const char tones[] = { 0, 'f', 'r', 'x', 's', 'j' };
    struct buf b;
    buf_init(&b, 256);
    char tone = 0;
    for (size_t at = 0; at < word.len;) {
        uint32_t cp = text_next(word, &at);
        struct letter l;
        if (!letter_take(cp, &l)) {
            char utf8[4];
            buf_bytes(&b, utf8, text_put(utf8, cp));
            continue;
        }
        char base = (char)(l.upper ? l.base - 32 : l.base);
        buf_char(&b, base);
        if (l.mark == MARK_CIRCUMFLEX || l.mark == MARK_STROKE)
            buf_char(&b, l.base);
        else if (l.mark == MARK_BREVE || l.mark == MARK_HORN)
            buf_char(&b, 'w');
        if (l.tone)
            tone = tones[l.tone];
    }
    if (tone)
        buf_char(&b, tone);
    str out = arena_str(s->arena, buf_str(&b));
    buf_done(&b);
    return out;
}

static str name_telex(struct spoiling *s, str name)
{
    str rest = name, word, out = { 0 };
    bool done = false;
    while (str_cut(&rest, ' ', &word)) {
        str typed = done ? word : word_telex(s, word);
        done |= !str_eq(typed, word);
        out = str_is_empty(out) ? typed : arena_printf(s->arena, "%.*s %.*s", STR_ARG(out), STR_ARG(typed));
    }
    return out;
}

/* Two neighbouring ASCII letters swapped, or one dropped. */
static bool name_typo(struct spoiling *s, char *name)
{
    size_t n = strlen(name);
    for (int try = 0; try < 20 && n > 4; try++) {
        size_t i = 1 + rng_below(s->r, (uint32_t)n - 3);
        char a = name[i], b = name[i + 1];
        if (a == b || a < 'a' || a > 'z' || b < 'a' || b > 'z')
            continue;
        if (rng_chance(s->r, 0.5)) {
            name[i] = b;
            name[i + 1] = a;
        } else {
            memmove(name + i, name + i + 1, n - i);
        }
        return true;
    }
    return false;
}

/* The bytes of UTF-8 taken for Windows-1252 and saved again: "Nguyá»…n". */
static str name_mojibake(struct arena *a, str name)
{
    static const uint16_t high[32] = {
        0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
        0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178,
    };
    char *out = arena_alloc(a, name.len * 4 + 1);
    size_t n = 0;
    for (size_t i = 0; i < name.len; i++) {
        uint8_t byte = (uint8_t)name.ptr[i];
        n += text_put(out + n, byte >= 0x80 && byte < 0xA0 ? high[byte - 0x80] : byte);
    }
    return (str){ out, n };
}

/* Letters of other alphabets that look the same, from pasted documents. */
static str name_lookalike(struct arena *a, str name)
{
    static const uint32_t pairs[][2] = { { 0x110, 0xD0 }, { 0x111, 0xF0 }, { 'a', 0x430 }, { 'o', 0x43E }, { 'c', 0x441 }, { 'H', 0x41D } };
    char *out = arena_alloc(a, name.len * 4 + 1);
    size_t n = 0;
    for (size_t at = 0; at < name.len;) {
        uint32_t cp = text_next(name, &at);
        for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
            if (pairs[i][0] == cp) {
                cp = pairs[i][1];
                break;
            }
        n += text_put(out + n, cp);
    }
    return (str){ out, n };
}

/* No-break spaces between words, and a zero-width one at the end. */
static str name_hidden(struct arena *a, str name)
{
    str rest = name, word, out = { 0 };
    while (str_cut(&rest, ' ', &word))
        out = out.len ? arena_printf(a, "%.*s\u00A0%.*s", STR_ARG(out), STR_ARG(word)) : word;
    return arena_printf(a, "%.*s\u200B", STR_ARG(out));
}

/* What clerks write around a name. */
static void name_around_spoil(struct spoiling *s)
{
    static const char *const remarks[] = { " (đã chuyển đi)", " - hộ nghèo", " (con ông Ba)" };
    struct list_row *row = s->row;
    str c = arena_str(s->arena, cell(row, COLUMN_NAME));
    if (ROLL(name_honorific)) {
        DID(row, name_honorific);
        cell_set(row, COLUMN_NAME, arena_printf(s->arena, "%s %.*s", row->sex == SEX_MALE ? "Ông" : "Bà", STR_ARG(c)));
    } else if (ROLL(name_remark)) {
        DID(row, name_remark);
        cell_set(row, COLUMN_NAME, arena_printf(s->arena, "%.*s%s", STR_ARG(c), remarks[rng_below(s->r, 3)]));
    }
}

/* What programs do to the letters of a name. */
static void name_letters_spoil(struct spoiling *s)
{
    struct list_row *row = s->row;
    str c = arena_str(s->arena, cell(row, COLUMN_NAME)), to = c;
    if (ROLL(name_hidden)) {
        DID(row, name_hidden);
        to = name_hidden(s->arena, c);
    } else if (ROLL(name_lookalike)) {
        to = name_lookalike(s->arena, c);
        if (!str_eq(to, c))
            DID(row, name_lookalike);
    } else if (ROLL(name_mojibake) && !text_is_ascii(c)) {
        DID(row, name_mojibake);
        to = name_mojibake(s->arena, c);
    }
    cell_set(row, COLUMN_NAME, to);
}

void name_spoil(struct spoiling *s)
{
    struct list_row *row = s->row;
    str name = str_of(row->name);
    size_t last = name.len;
    while (last > 0 && name.ptr[last - 1] != ' ')
        last--;
    if (last > 1 && ROLL(name_order)) {
        DID(row, name_order);
        name = arena_printf(s->arena, "%.*s %.*s", STR_ARG(str_from(name, last)), (int)last - 1, name.ptr);
    }
    if (ROLL(name_telex)) {
        str typed = name_telex(s, name);
        if (!str_eq(typed, name))
            DID(row, name_telex);
        name = typed;
    } else if (ROLL(name_no_marks)) {
        str plain = viet_title(s->arena, viet_fold(s->arena, name));
        if (!str_eq(plain, name))
            DID(row, name_no_marks);
        name = plain;
    }
    cell_set(row, COLUMN_NAME, name);
    if (ROLL(name_typo) && name_typo(s, row->cell[COLUMN_NAME]))
        DID(row, name_typo);
    if (ROLL(name_upper)) {
        DID(row, name_upper);
        cell_set(row, COLUMN_NAME, viet_upper(s->arena, cell(row, COLUMN_NAME)));
    } else if (ROLL(name_lower)) {
        DID(row, name_lower);
        cell_set(row, COLUMN_NAME, viet_lower(s->arena, cell(row, COLUMN_NAME)));
    }
    name_around_spoil(s);
    name_letters_spoil(s);
    if (ROLL(name_spaces)) {
        DID(row, name_spaces);
        str c = arena_str(s->arena, cell(row, COLUMN_NAME));
        size_t gap = str_find_char(c, ' ');
        cell_set(row, COLUMN_NAME, arena_printf(s->arena, " %.*s  %.*s ", (int)gap, c.ptr, STR_ARG(str_from(c, gap + 1))));
    }
}
