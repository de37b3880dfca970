/* Why a table of our own: no library folds đ to d, none knows which letter carries a tone and which a shape, and the
 * same 67 letters are the key to every legacy encoding. Refuses nothing; what it does not know it says so. */
#include "viet/letter.h"

#include <unicode/uchar.h>

enum base_index { BASE_a, BASE_d, BASE_e, BASE_i, BASE_o, BASE_u, BASE_y, BASE_COUNT };

/* Letters lie in two narrow ranges, which make one dense table. */
enum { LATIN_FIRST = 0xC0, LATIN_LAST = 0x1B0, VIET_FIRST = 0x1EA0, VIET_LAST = 0x1EF9 };
#define LATIN_COUNT (LATIN_LAST - LATIN_FIRST + 1)
#define SLOT(cp) ((cp) >= VIET_FIRST ? (cp)-VIET_FIRST + LATIN_COUNT : (cp)-LATIN_FIRST)
#define SLOT_COUNT (LATIN_COUNT + VIET_LAST - VIET_FIRST + 1)

static const struct letter taken[SLOT_COUNT] = {
#define LETTER(b, m, t, up, low, ...)                                                                                  \
    [SLOT(up)] = { #b[0], MARK_##m, TONE_##t, true }, [SLOT(low)] = { #b[0], MARK_##m, TONE_##t, false },
#include "viet/letter.def"
#undef LETTER
};

static const uint16_t made[BASE_COUNT][MARK_COUNT][TONE_COUNT][2] = {
#define LETTER(b, m, t, up, low, ...) [BASE_##b][MARK_##m][TONE_##t] = { low, up },
#include "viet/letter.def"
#undef LETTER
};

static const uint16_t tone_mark[TONE_COUNT] = { 0, 0x0300, 0x0309, 0x0303, 0x0301, 0x0323 };

bool letter_take(uint32_t cp, struct letter *ret)
{
    if (cp < 0x80) {
        char lower = (char)(cp | 0x20);
        if (lower < 'a' || lower > 'z')
            return false;
        *ret = (struct letter){ .base = lower, .upper = cp < 'a' };
        return true;
    }
    if (!(cp >= LATIN_FIRST && cp <= LATIN_LAST) && !(cp >= VIET_FIRST && cp <= VIET_LAST))
        return false;
    *ret = taken[SLOT(cp)];
    return ret->base != 0;
}

uint32_t letter_make(struct letter l)
{
    if (l.mark == MARK_NONE && l.tone == TONE_LEVEL)
        return l.base >= 'a' && l.base <= 'z' ? (uint32_t)(l.upper ? l.base - 0x20 : l.base) : 0;
    if (l.mark >= MARK_COUNT || l.tone >= TONE_COUNT)
        return 0;
    switch (l.base) {
    case 'a': return made[BASE_a][l.mark][l.tone][l.upper];
    case 'd': return made[BASE_d][l.mark][l.tone][l.upper];
    case 'e': return made[BASE_e][l.mark][l.tone][l.upper];
    case 'i': return made[BASE_i][l.mark][l.tone][l.upper];
    case 'o': return made[BASE_o][l.mark][l.tone][l.upper];
    case 'u': return made[BASE_u][l.mark][l.tone][l.upper];
    case 'y': return made[BASE_y][l.mark][l.tone][l.upper];
    default: return 0;
    }
}

bool letter_is_vowel(struct letter l)
{
    switch (l.base) {
    case 'a': case 'e': case 'i': case 'o': case 'u': case 'y':
        return true;
    default:
        return false;
    }
}

uint32_t letter_lower(uint32_t cp)
{
    struct letter l;
    if (!letter_take(cp, &l))
        return (uint32_t)u_tolower((UChar32)cp);
    l.upper = false;
    return letter_make(l);
}

uint32_t letter_upper(uint32_t cp)
{
    struct letter l;
    if (!letter_take(cp, &l))
        return (uint32_t)u_toupper((UChar32)cp);
    l.upper = true;
    return letter_make(l);
}

bool letter_in_word(uint32_t cp)
{
    struct letter l;
    if (letter_take(cp, &l))
        return true;
    return cp >= 0x80 && (U_GET_GC_MASK((UChar32)cp) & (U_GC_L_MASK | U_GC_M_MASK)) != 0;
}

bool letter_combining(uint32_t cp, enum mark *ret_mark, enum tone *ret_tone)
{
    *ret_mark = MARK_NONE;
    *ret_tone = TONE_LEVEL;
    switch (cp) {
    case 0x0302: *ret_mark = MARK_CIRCUMFLEX; return true;
    case 0x0306: *ret_mark = MARK_BREVE; return true;
    case 0x031B: *ret_mark = MARK_HORN; return true;
    default: break;
    }
    for (int tone = TONE_GRAVE; tone < TONE_COUNT; tone++) {
        if (tone_mark[tone] != cp)
            continue;
        *ret_tone = (enum tone)tone;
        return true;
    }
    return false;
}

uint32_t letter_tone_combining(enum tone tone)
{
    return tone_mark[tone];
}
