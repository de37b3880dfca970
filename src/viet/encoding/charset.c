/* The byte tables. Facts, gathered in single.def and paired.def; CP1258 puts a combining tone after a letter of Windows-1252
 * with a few places changed. */
#include "viet/encoding/charset.h"

#include <pthread.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct charset charsets[ENCODING_COUNT];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static size_t slot(uint32_t cp)
{
    return cp >= 0x1EA0 ? cp - 0x1EA0 + 241 : cp - 0xC0;
}

static void add_single(enum encoding set, const uint16_t code[static 2], const uint8_t byte[static 2], bool shared)
{
    struct charset *c = &charsets[set];
    for (int lower = 0; lower < 2; lower++) {
        c->code[byte[lower]] = code[lower];
        c->bytes[!lower][slot(code[lower])] = byte[lower];
    }
    c->shared[byte[1]] = shared || byte[0] == byte[1];
}

/* Where VISCII puts a capital into a control or the no-break space, many writers used the small letter instead: on reading,
 * that letter may be meant as a capital; on writing, VISCII-TEXT does as they did. */
static void add_viscii(const uint16_t code[static 2], uint8_t upper, uint8_t lower)
{
    bool risky = upper < 0x20 || upper == 0xA0;
    add_single(ENCODING_VISCII, code, (uint8_t[]){ upper, lower }, risky);
    add_single(ENCODING_VISCII_TEXT, code, (uint8_t[]){ risky ? lower : upper, lower }, risky);
    if (upper < 0x20)
        charsets[ENCODING_VISCII_TEXT].code[upper] = code[0];
}

static void put_pair(struct charset *c, size_t *firsts, uint16_t bytes, uint16_t code)
{
    uint8_t first = (uint8_t)(bytes >> 8);
    if (c->first[first] == 0)
        c->first[first] = (uint8_t)++*firsts;
    MUST(*firsts < CHARSET_FIRSTS);
    uint16_t *at = &c->pair[c->first[first]][bytes & 0xFF];
    *at = *at ? *at : code;
}

static const struct {
    uint16_t code[2];
    uint16_t bytes[4][2];
} paired[] = {
#define BYTES(upper, lower, vni, VNI, bk, BK, vietware, VIETWARE, mac, MAC)                                                     \
    { { upper, lower }, { { vni, VNI }, { bk, BK }, { vietware, VIETWARE }, { mac, MAC } } },
#include "viet/encoding/paired.def"
#undef BYTES
};

static void add_paired(enum encoding set, int column)
{
    struct charset *c = &charsets[set];
    size_t firsts = 0;
    for (size_t i = 0; i < COUNT(paired); i++) {
        const uint16_t *bytes = paired[i].bytes[column], *code = paired[i].code;
        for (int lower = 0; lower < 2; lower++) {
            c->bytes[!lower][slot(code[lower])] = bytes[lower];
            if (bytes[lower] > 0xFF)
                put_pair(c, &firsts, bytes[lower], code[lower]);
            else
                c->code[bytes[lower]] = code[lower];
        }
    }
    /* Typists mixed capitals with the signs of small letters and the other way round. */
    for (size_t i = 0; i < COUNT(paired); i++) {
        uint16_t upper = paired[i].bytes[column][0], lower = paired[i].bytes[column][1];
        if (upper <= 0xFF)
            continue;
        put_pair(c, &firsts, (uint16_t)((upper & 0xFF00) | (lower & 0xFF)), paired[i].code[0]);
        put_pair(c, &firsts, (uint16_t)((lower & 0xFF00) | (upper & 0xFF)), paired[i].code[1]);
    }
}

static void build(void)
{
    static const struct {
        uint16_t code[2];
        uint8_t tcvn5712_1[2], tcvn3[2], vps[2], viscii[2], bk1[2], vietware_f[2], isc[2];
    } singles[] = {
#define BYTES(upper, lower, t1, T1, t3, T3, vps, VPS, viscii, VISCII, bk, BK, vf, VF, isc, ISC)                                 \
    { { upper, lower }, { t1, T1 }, { t3, T3 }, { vps, VPS }, { viscii, VISCII }, { bk, BK }, { vf, VF }, { isc, ISC } },
#include "viet/encoding/single.def"
#undef BYTES
    };
    for (size_t i = 0; i < COUNT(singles); i++) {
        add_single(ENCODING_TCVN5712_1, singles[i].code, singles[i].tcvn5712_1, false);
        add_single(ENCODING_TCVN3, singles[i].code, singles[i].tcvn3, false);
        add_single(ENCODING_VPS, singles[i].code, singles[i].vps, false);
        add_viscii(singles[i].code, singles[i].viscii[0], singles[i].viscii[1]);
        add_single(ENCODING_BK1, singles[i].code, singles[i].bk1, false);
        add_single(ENCODING_VIETWARE_F, singles[i].code, singles[i].vietware_f, false);
        add_single(ENCODING_ISC, singles[i].code, singles[i].isc, false);
    }
    /* The published table of BK HCM 1 gives two bytes to two capitals each. What they mean most often; and 9E, which it leaves
     * free in the middle of A with breve, is read as the one that is missing there. */
    charsets[ENCODING_BK1].code[0x98] = 0x1EE4; /* Ụ, not Ặ */
    charsets[ENCODING_BK1].code[0x8E] = 0x1ECA; /* Ị, not Ỵ */
    charsets[ENCODING_BK1].code[0x9E] = 0x1EB6; /* Ặ */
    add_paired(ENCODING_VNI, 0);
    add_paired(ENCODING_BK2, 1);
    add_paired(ENCODING_VIETWARE_X, 2);
    add_paired(ENCODING_VNI_MAC, 3);
}

const struct charset *charset_of(enum encoding set)
{
    MUST(pthread_once(&once, build) == 0);
    return set < ENCODING_COUNT && charsets[set].bytes[1][0] ? &charsets[set] : NULL;
}

uint16_t charset_bytes(const struct charset *c, uint32_t cp, bool *ret_shared)
{
    struct letter l;
    *ret_shared = false;
    if (cp < 0x80 || !letter_take(cp, &l))
        return 0;
    uint16_t bytes = c->bytes[l.upper][slot(cp)];
    l.upper = !l.upper;
    *ret_shared = c->bytes[l.upper][slot(letter_make(l))] == bytes;
    return bytes;
}

uint32_t charset_pair(const struct charset *c, uint8_t first, uint8_t second)
{
    return c->first[first] ? c->pair[c->first[first]][second] : 0;
}

uint32_t charset_combining(enum encoding set, uint8_t byte)
{
    static const uint16_t tones[] = { 0x0300, 0x0309, 0x0303, 0x0301, 0x0323 };
    bool has = set == ENCODING_TCVN3 || set == ENCODING_TCVN5712_1;
    return has && byte >= 0xB0 && byte <= 0xB4 ? tones[byte - 0xB0] : 0;
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
