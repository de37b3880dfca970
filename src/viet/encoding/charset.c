/* The byte tables. Facts, gathered in letter.def and in the few rules below: VNI puts a sign after a base letter, CP1258
 * puts a combining tone after a letter of Windows-1252 with five places changed. */
#include "viet/encoding/charset.h"

#include <pthread.h>
#include <string.h>

static struct charset tcvn3, viscii, vps;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static size_t slot(uint32_t cp)
{
    return cp >= 0x1EA0 ? cp - 0x1EA0 + 241 : cp - 0xC0;
}

static void add(struct charset *c, uint16_t upper, uint16_t lower, uint8_t upper_byte, uint8_t lower_byte)
{
    c->code[upper_byte] = upper;
    c->code[lower_byte] = lower;
    /* Where VISCII puts a capital into a control or the no-break space, writers used the small letter instead. */
    c->shared[lower_byte] = upper_byte == lower_byte || upper_byte < 0x20 || (upper_byte == 0xA0 && c == &viscii);
    c->byte[1][slot(upper)] = upper_byte;
    c->byte[0][slot(lower)] = lower_byte;
}

static void build(void)
{
#define LETTER(base, mark, tone, upper, lower, tcvn3_upper, tcvn3_lower, viscii_upper, viscii_lower, vps_upper, vps_lower) \
    add(&tcvn3, upper, lower, tcvn3_upper, tcvn3_lower);                                                               \
    add(&viscii, upper, lower, viscii_upper, viscii_lower);                                                            \
    add(&vps, upper, lower, vps_upper, vps_lower);
#include "viet/letter.def"
#undef LETTER
}

const struct charset *charset_of(enum encoding set)
{
    MUST(pthread_once(&once, build) == 0);
    switch (set) {
    case ENCODING_TCVN3: return &tcvn3;
    case ENCODING_VISCII: return &viscii;
    case ENCODING_VPS: return &vps;
    default: return NULL;
    }
}

uint8_t charset_byte(const struct charset *c, uint32_t cp, bool *ret_shared)
{
    struct letter l;
    *ret_shared = false;
    if (cp < 0x80 || !letter_take(cp, &l))
        return 0;
    uint8_t byte = c->byte[l.upper][slot(cp)];
    l.upper = !l.upper;
    *ret_shared = c->byte[l.upper][slot(letter_make(l))] == byte;
    return byte;
}

/* 0x80 … 0x9F of Windows-1252. */
static const uint16_t punctuation[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
    0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
};

uint32_t cp1252_code(uint8_t byte)
{
    return byte >= 0x80 && byte < 0xA0 ? punctuation[byte - 0x80] : byte;
}

bool cp1252_byte(uint32_t cp, uint8_t *ret)
{
    *ret = (uint8_t)cp;
    /* Converters let the five bytes without a meaning through as control characters. */
    if (cp < 0x80 || (cp >= 0xA0 && cp <= 0xFF) || (cp < 0xA0 && punctuation[cp - 0x80] == 0))
        return true;
    for (int i = 0; i < 32; i++) {
        if (punctuation[i] != cp)
            continue;
        *ret = (uint8_t)(0x80 + i);
        return true;
    }
    return false;
}

bool charset_punctuation(uint32_t code)
{
    return (code >= 0x2013 && code <= 0x2026) || code == 0xA0 || code == 0xAB || code == 0xBB || code == 0xB0;
}

static const struct {
    uint8_t byte;
    uint16_t code;
} cp1258_changes[] = {
    { 0x8A, 0 },      { 0x8E, 0 },      { 0x9A, 0 },      { 0x9E, 0 },      { 0xC3, 0x0102 }, { 0xCC, 0x0300 },
    { 0xD0, 0x0110 }, { 0xD2, 0x0309 }, { 0xD5, 0x01A0 }, { 0xDD, 0x01AF }, { 0xDE, 0x0303 }, { 0xE3, 0x0103 },
    { 0xEC, 0x0301 }, { 0xF0, 0x0111 }, { 0xF2, 0x0323 }, { 0xF5, 0x01A1 }, { 0xFD, 0x01B0 }, { 0xFE, 0x20AB },
};

uint32_t cp1258_code(uint8_t byte)
{
    for (size_t i = 0; i < sizeof cp1258_changes / sizeof *cp1258_changes; i++)
        if (cp1258_changes[i].byte == byte)
            return cp1258_changes[i].code;
    return cp1252_code(byte);
}

bool cp1258_byte(uint32_t cp, uint8_t *ret)
{
    for (size_t i = 0; i < sizeof cp1258_changes / sizeof *cp1258_changes; i++) {
        if (cp1258_changes[i].code != cp || cp == 0)
            continue;
        *ret = cp1258_changes[i].byte;
        return true;
    }
    return cp1252_byte(cp, ret) && cp1258_code(*ret) == cp;
}

struct sign {
    uint8_t byte, mark, tone;
};

static const struct sign vni_signs[] = {
    { 0xF9, MARK_NONE, TONE_ACUTE },       { 0xF8, MARK_NONE, TONE_GRAVE },       { 0xFB, MARK_NONE, TONE_HOOK },
    { 0xF5, MARK_NONE, TONE_TILDE },       { 0xEF, MARK_NONE, TONE_DOT },         { 0xE2, MARK_CIRCUMFLEX, TONE_LEVEL },
    { 0xE1, MARK_CIRCUMFLEX, TONE_ACUTE }, { 0xE0, MARK_CIRCUMFLEX, TONE_GRAVE }, { 0xE5, MARK_CIRCUMFLEX, TONE_HOOK },
    { 0xE3, MARK_CIRCUMFLEX, TONE_TILDE }, { 0xE4, MARK_CIRCUMFLEX, TONE_DOT },   { 0xEA, MARK_BREVE, TONE_LEVEL },
    { 0xE9, MARK_BREVE, TONE_ACUTE },      { 0xE8, MARK_BREVE, TONE_GRAVE },      { 0xFA, MARK_BREVE, TONE_HOOK },
    { 0xFC, MARK_BREVE, TONE_TILDE },      { 0xEB, MARK_BREVE, TONE_DOT },
};

static const struct {
    uint8_t byte;
    char base;
    uint8_t mark, tone;
} vni_singles[] = {
    { 0xED, 'i', MARK_NONE, TONE_ACUTE }, { 0xEC, 'i', MARK_NONE, TONE_GRAVE },   { 0xE6, 'i', MARK_NONE, TONE_HOOK },
    { 0xF3, 'i', MARK_NONE, TONE_TILDE }, { 0xF2, 'i', MARK_NONE, TONE_DOT },     { 0xEE, 'y', MARK_NONE, TONE_DOT },
    { 0xF1, 'd', MARK_STROKE, TONE_LEVEL }, { 0xF4, 'o', MARK_HORN, TONE_LEVEL }, { 0xF6, 'u', MARK_HORN, TONE_LEVEL },
};

bool vni_single(uint8_t byte, struct letter *ret)
{
    for (size_t i = 0; i < sizeof vni_singles / sizeof *vni_singles; i++) {
        if (byte < 0xC0 || (byte | 0x20) != vni_singles[i].byte)
            continue;
        *ret = (struct letter){ vni_singles[i].base, vni_singles[i].mark, vni_singles[i].tone, !(byte & 0x20) };
        return true;
    }
    return false;
}

bool vni_pair(struct letter first, uint8_t sign, struct letter *ret)
{
    if (!letter_is_vowel(first) || first.tone != TONE_LEVEL || sign < 0xC0 || first.base == 'i')
        return false;
    for (size_t i = 0; i < sizeof vni_signs / sizeof *vni_signs; i++) {
        const struct sign *s = &vni_signs[i];
        if ((sign | 0x20) != s->byte || (first.mark != MARK_NONE && s->mark != MARK_NONE))
            continue;
        *ret = first;
        ret->mark = first.mark | s->mark;
        ret->tone = s->tone;
        return letter_make(*ret) != 0;
    }
    return false;
}

static uint8_t in_case(uint8_t byte, bool upper)
{
    return upper ? byte & (uint8_t)~0x20 : byte;
}

size_t vni_bytes(struct letter l, uint8_t out[static 2])
{
    struct letter first = l, single;
    for (size_t i = 0; i < sizeof vni_singles / sizeof *vni_singles; i++) {
        out[0] = in_case(vni_singles[i].byte, l.upper);
        if (vni_single(out[0], &single) && letter_make(single) == letter_make(l))
            return 1;
    }
    out[0] = (uint8_t)(l.upper ? l.base - 0x20 : l.base);
    first.tone = TONE_LEVEL;
    if (l.mark == MARK_HORN)
        out[0] = in_case(l.base == 'o' ? 0xF4 : 0xF6, l.upper);
    else
        first.mark = MARK_NONE;
    for (size_t i = 0; i < sizeof vni_signs / sizeof *vni_signs; i++) {
        struct letter made;
        out[1] = in_case(vni_signs[i].byte, l.upper);
        if (vni_pair(first, out[1], &made) && letter_make(made) == letter_make(l))
            return 2;
    }
    return 1;
}
