/* Comparison keys. Two spellings that Vietnamese readers take for the same name must meet in one key, and the key must
 * not depend on the engine underneath: no data base folds đ, and each folds the rest its own way. */
#include "viet/fold.h"

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>

#include "viet/letter.h"
#include "viet/syllable.h"

struct pair {
    uint16_t from, to;
};

/* Sorted by `from`. Seen in real lists: đ of other alphabets, Greek and Cyrillic letters from pasted documents. */
static const struct pair lookalikes[] = {
    { 0x00B4, '\'' }, { 0x00D0, 0x0110 }, { 0x00F0, 0x0111 }, { 0x0131, 'i' },    { 0x0189, 0x0110 }, { 0x0256, 0x0111 },
    { 0x02B9, '\'' }, { 0x02BC, '\'' },   { 0x0391, 'A' },    { 0x0392, 'B' },    { 0x0395, 'E' },    { 0x0396, 'Z' },
    { 0x0397, 'H' },  { 0x0399, 'I' },    { 0x039A, 'K' },    { 0x039C, 'M' },    { 0x039D, 'N' },    { 0x039F, 'O' },
    { 0x03A1, 'P' },  { 0x03A4, 'T' },    { 0x03A5, 'Y' },    { 0x03A7, 'X' },    { 0x03BF, 'o' },    { 0x0405, 'S' },
    { 0x0406, 'I' },  { 0x0410, 'A' },    { 0x0412, 'B' },    { 0x0415, 'E' },    { 0x041A, 'K' },    { 0x041C, 'M' },
    { 0x041D, 'H' },  { 0x041E, 'O' },    { 0x0420, 'P' },    { 0x0421, 'C' },    { 0x0422, 'T' },    { 0x0423, 'Y' },
    { 0x0425, 'X' },  { 0x0430, 'a' },    { 0x0435, 'e' },    { 0x043E, 'o' },    { 0x0440, 'p' },    { 0x0441, 'c' },
    { 0x0443, 'y' },  { 0x0445, 'x' },    { 0x0455, 's' },    { 0x0456, 'i' },    { 0x2010, '-' },    { 0x2011, '-' },
    { 0x2012, '-' },  { 0x2013, '-' },    { 0x2014, '-' },    { 0x2018, '\'' },   { 0x2019, '\'' },   { 0x201B, '\'' },
    { 0x201C, '"' },  { 0x201D, '"' },    { 0x2032, '\'' },   { 0x2212, '-' },
};

uint32_t viet_lookalike(uint32_t cp)
{
    if (cp < lookalikes[0].from || (cp >= 0x1E00 && cp <= 0x1EFF)) /* most letters of Vietnamese */
        return cp;
    if (cp >= 0xFF01 && cp <= 0xFF5E)
        return cp - 0xFF01 + '!';
    size_t low = 0, high = sizeof lookalikes / sizeof *lookalikes;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (lookalikes[middle].from == cp)
            return lookalikes[middle].to;
        if (lookalikes[middle].from < cp)
            low = middle + 1;
        else
            high = middle;
    }
    return cp;
}

static bool is_space(uint32_t cp)
{
    return cp == ' ' || (cp >= '\t' && cp <= '\r') || (cp >= 0xA0 && u_isUWhiteSpace((UChar32)cp));
}

/* Letters of minority orthographies whose stroke no decomposition takes off. */
static uint32_t without_stroke(uint32_t cp)
{
    switch (cp) {
    case 0x0180: return 'b';
    case 0x0142: return 'l';
    case 0x00F8: return 'o';
    default: return cp;
    }
}

static uint32_t without_marks(uint32_t cp)
{
    UErrorCode error = U_ZERO_ERROR;
    UChar parts[32];
    const UNormalizer2 *form = unorm2_getNFDInstance(&error);
    MUST(U_SUCCESS(error));
    int32_t count = unorm2_getDecomposition(form, (UChar32)cp, parts, 32, &error);
    return U_SUCCESS(error) && count > 0 && (parts[0] & 0xF800) != 0xD800 ? parts[0] : cp;
}

/* 0: leaves no trace (combining and invisible characters). Steps are repeated until none changes anything, because the
 * lower case of one lookalike may be another. */
static uint32_t fold_one(uint32_t cp)
{
    struct letter l;
    uint32_t before;

    do {
        if (letter_take(cp, &l))
            return (uint32_t)l.base;
        if (cp < 0x80)
            return cp;
        if (U_GET_GC_MASK((UChar32)cp) & (U_GC_M_MASK | U_GC_CF_MASK | U_GC_CC_MASK))
            return 0;
        before = cp;
        cp = without_stroke((uint32_t)u_tolower((UChar32)without_marks(viet_lookalike(cp))));
    } while (cp != before);
    return cp;
}

size_t viet_fold_into(char *out, size_t cap, str s)
{
    size_t at = 0, len = 0;
    bool space = false;
    while (at < s.len) {
        uint32_t cp = text_next(s, &at);
        if (is_space(cp)) {
            space = len > 0;
            continue;
        }
        cp = fold_one(cp);
        if (cp == 0)
            continue;
        char bytes[4];
        size_t n = text_put(bytes, cp);
        if (len + n + (space ? 1 : 0) > cap)
            break;
        if (space)
            out[len++] = ' ';
        space = false;
        memcpy(out + len, bytes, n);
        len += n;
    }
    return len;
}

str viet_fold(struct arena *a, str s)
{
    size_t cap = 2 * s.len;
    char *out = arena_alloc(a, cap + 1);
    return (str){ out, viet_fold_into(out, cap, s) };
}

static str map(struct arena *a, str s, uint32_t (*change)(uint32_t))
{
    /* Simple case mappings of Unicode grow at most from two bytes to three. */
    char *out = arena_alloc(a, 2 * s.len + 4);
    size_t at = 0, len = 0;
    while (at < s.len)
        len += text_put(out + len, change(text_next(s, &at)));
    return (str){ out, len };
}

str viet_lower(struct arena *a, str s)
{
    return map(a, s, letter_lower);
}

str viet_upper(struct arena *a, str s)
{
    return map(a, s, letter_upper);
}

str viet_title(struct arena *a, str s)
{
    char *out = arena_alloc(a, 2 * s.len + 4);
    size_t at = 0, len = 0;
    bool inside = false;
    while (at < s.len) {
        uint32_t cp = text_next(s, &at);
        len += text_put(out + len, inside ? letter_lower(cp) : letter_upper(cp));
        inside = letter_in_word(cp);
    }
    return (str){ out, len };
}

static uint32_t key_one(uint32_t cp)
{
    if (cp < 0x80)
        return cp >= 'A' && cp <= 'Z' ? cp | 0x20 : cp;
    return letter_lower(viet_lookalike(cp));
}

/* A word with one vowel letter that is no y is spelled in one way only: most words of names need no parsing. */
static bool has_one_spelling(str lower_word)
{
    size_t at = 0, vowels = 0;
    while (at < lower_word.len) {
        struct letter l;
        if (!letter_take(text_next(lower_word, &at), &l))
            continue;
        if (l.base == 'y')
            return false;
        vowels += letter_is_vowel(l);
    }
    return vowels <= 1;
}

/* 0: the word is its own key. */
static size_t word_key_anew(str word, char key[static 40])
{
    struct syllable parts;
    return !has_one_spelling(word) && syllable_parse(word, &parts) ? syllable_key(&parts, key) : 0;
}

/* Writes the key of a word in lower case to `out`. */
static size_t word_key(str word, char *out)
{
    char key[40];
    size_t n = word_key_anew(word, key);
    memcpy(out, n ? key : word.ptr, n ? n : word.len);
    return n ? n : word.len;
}

static str key_anew(struct arena *a, str s)
{
    str lower = map(a, s, key_one), word;
    /* A syllable's key never has more bytes than letters times three. */
    char *out = arena_alloc(a, 2 * lower.len + 4);
    size_t at = 0, len = 0, done = 0;
    bool space = false;

    while (done < lower.len) {
        bool found = syllable_next_word(lower, &at, &word);
        size_t word_at = found ? (size_t)(word.ptr - lower.ptr) : lower.len;
        while (done < word_at) {
            size_t from = done;
            if (is_space(text_next(lower, &done))) {
                space = len > 0;
                continue;
            }
            if (space)
                out[len++] = ' ';
            space = false;
            memcpy(out + len, lower.ptr + from, done - from);
            len += done - from;
        }
        if (!found)
            break;
        if (space)
            out[len++] = ' ';
        space = false;
        len += word_key(word, out + len);
        done = word_at + word.len;
        at = done;
    }
    return (str){ out, len };
}

/* The keys of what stood between two blanks lately, as it was written, by thread: a few hundred syllables make most names. */
enum { MEMO_SLOTS = 512, MEMO_PART_MAX = 15, MEMO_KEY_MAX = 15 };
struct memo {
    uint64_t part[2]; /* its bytes, then its length */
    uint8_t key_len;
    char key[MEMO_KEY_MAX];
};
static _Thread_local struct memo memo[MEMO_SLOTS];

/* Where the key of a part of at most MEMO_PART_MAX bytes is, or belongs. */
static struct memo *memo_of(str part, uint64_t ret[static 2])
{
    uint8_t bytes[16] = { [15] = (uint8_t)part.len };
    memcpy(bytes, part.ptr, part.len);
    memcpy(ret, bytes, sizeof bytes);
    uint64_t hash = (ret[0] ^ ret[1] * 0x9e3779b97f4a7c15u) * 0xff51afd7ed558ccdu;
    return &memo[(hash ^ hash >> 32) % MEMO_SLOTS];
}

/* Writes the key of a part that is not empty to `out`. */
static size_t part_key(struct arena *a, str part, char *out)
{
    uint64_t bytes[2];
    struct memo *m = part.len <= MEMO_PART_MAX ? memo_of(part, bytes) : NULL;
    if (m && m->part[0] == bytes[0] && m->part[1] == bytes[1]) {
        memcpy(out, m->key, m->key_len);
        return m->key_len;
    }
    str key = key_anew(a, part);
    memcpy(out, key.ptr, key.len);
    if (m && key.len <= MEMO_KEY_MAX) {
        memcpy(m->part, bytes, sizeof bytes);
        memcpy(m->key, key.ptr, key.len);
        m->key_len = (uint8_t)key.len;
    }
    return key.len;
}

/* No word goes over a blank, so the key is put together from those of the parts between blanks. */
str viet_key(struct arena *a, str s)
{
    char *out = arena_alloc(a, 4 * s.len + 4); /* lower case adds half at most, a syllable's key doubles that at most */
    size_t len = 0;
    str part;

    while (str_cut(&s, ' ', &part)) {
        if (part.len == 0)
            continue;
        size_t blank = len > 0, n = part_key(a, part, out + len + blank);
        if (n > 0 && blank)
            out[len] = ' ';
        len += n > 0 ? n + blank : 0;
    }
    return (str){ out, len };
}
