/* From old bytes to Unicode. What has no meaning becomes U+FFFD and is counted; what the set does not tell (the case of
 * toned capitals in TCVN3 and VPS) is restored from the neighbours and counted, so that the importer can show it. */
#include <string.h>

#include "viet/encoding/charset.h"
#include "viet/enter.h"

#define REPLACEMENT 0xFFFDu

struct glyph {
    uint32_t code;
    bool shared; /* a letter whose case is not told */
};

struct run {
    struct glyph *glyphs;
    size_t count, bad, case_guessed;
};

const char *encoding_name(enum encoding set)
{
    static const char *const names[ENCODING_COUNT] = {
        "NONE",        "UTF-8",   "UTF-16LE", "UTF-16BE",   "TCVN3",      "VNI", "VISCII",  "VPS",    "TCVN5712-1",
        "VISCII-TEXT", "BK-HCM1", "BK-HCM2",  "VIETWARE-F", "VIETWARE-X", "ISC", "VNI-MAC", "CP1258", "VIQR",
    };
    return set < ENCODING_COUNT ? names[set] : names[0];
}

static void put(struct run *r, uint32_t code, bool shared)
{
    r->bad += code == REPLACEMENT;
    r->glyphs[r->count++] = (struct glyph){ code, shared };
}

static void decode_utf8(str s, struct run *r)
{
    size_t at = str_starts(s, STR("\xEF\xBB\xBF")) ? 3 : 0;
    while (at < s.len)
        put(r, text_next(s, &at), false);
}

static void decode_utf16(str s, bool little, struct run *r)
{
    uint32_t high = 0;
    for (size_t at = 0; at + 1 < s.len; at += 2) {
        uint32_t first = (unsigned char)s.ptr[at], second = (unsigned char)s.ptr[at + 1];
        uint32_t unit = little ? first | second << 8 : first << 8 | second;
        bool is_low = (unit & 0xFC00) == 0xDC00;
        if (high && !is_low)
            put(r, REPLACEMENT, false);
        if (is_low)
            put(r, high ? 0x10000 + ((high & 0x3FF) << 10 | (unit & 0x3FF)) : REPLACEMENT, false);
        else if ((unit & 0xFC00) != 0xD800 && !(unit == 0xFEFF && at == 0))
            put(r, unit, false);
        high = (unit & 0xFC00) == 0xD800 ? unit : 0;
    }
    if (high || s.len % 2)
        put(r, REPLACEMENT, false);
}

static uint32_t other_byte(uint8_t byte)
{
    if (byte < 0x80)
        return byte == 0x7F ? REPLACEMENT : byte;
    return charset_punctuation(cp1252_code(byte)) ? cp1252_code(byte) : REPLACEMENT;
}

static void decode_table(str s, enum encoding form, struct run *r)
{
    const struct charset *set = charset_of(form);
    for (size_t at = 0; at < s.len; at++) {
        uint8_t byte = (uint8_t)s.ptr[at];
        uint32_t pair = at + 1 < s.len ? charset_pair(set, byte, (uint8_t)s.ptr[at + 1]) : 0;
        if (pair) {
            put(r, pair, false);
            at++;
        } else if (set->code[byte]) {
            put(r, set->code[byte], set->shared[byte]);
        } else {
            uint32_t tone = charset_combining(form, byte);
            put(r, tone ? tone : other_byte(byte), false);
        }
    }
}

static void decode_cp1258(str s, struct run *r)
{
    for (size_t at = 0; at < s.len; at++) {
        uint32_t code = cp1258_code((uint8_t)s.ptr[at]);
        put(r, code || s.ptr[at] == 0 ? code : REPLACEMENT, false);
    }
}

static bool viqr_sign(char c, struct letter *l)
{
    static const char signs[] = "`?~'.";
    static const uint8_t tones[] = { TONE_GRAVE, TONE_HOOK, TONE_TILDE, TONE_ACUTE, TONE_DOT };
    const char *sign = c ? strchr(signs, c) : NULL;
    if (sign && l->tone == TONE_LEVEL) {
        l->tone = tones[sign - signs];
        return true;
    }
    if (l->mark != MARK_NONE || l->tone != TONE_LEVEL)
        return false;
    l->mark = c == '(' ? MARK_BREVE : c == '^' ? MARK_CIRCUMFLEX : c == '+' ? MARK_HORN : MARK_NONE;
    if (l->mark != MARK_NONE && letter_make(*l) != 0)
        return true;
    l->mark = MARK_NONE;
    return false;
}

static void decode_viqr(str s, struct run *r)
{
    for (size_t at = 0; at < s.len; at++) {
        uint8_t byte = (uint8_t)s.ptr[at];
        struct letter l;
        if (byte == '\\' && at + 1 < s.len) {
            put(r, (uint8_t)s.ptr[++at] < 0x80 ? (uint8_t)s.ptr[at] : REPLACEMENT, false);
            continue;
        }
        if (byte >= 0x80 || !letter_take(byte, &l)) {
            put(r, byte < 0x80 ? byte : REPLACEMENT, false);
            continue;
        }
        if (l.base == 'd' && at + 1 < s.len && (s.ptr[at + 1] | 0x20) == 'd') {
            l.mark = MARK_STROKE;
            at++;
        }
        while (letter_is_vowel(l) && at + 1 < s.len && viqr_sign(s.ptr[at + 1], &l))
            at++;
        put(r, letter_make(l), false);
    }
}

static bool is_upper(uint32_t code)
{
    return letter_lower(code) != code;
}

/* What the letters of known case say. */
struct word_case {
    size_t upper, lower; /* after the first letter */
    bool first_upper, first_lower;
};

static size_t word_end(const struct run *r, size_t from)
{
    while (from < r->count && letter_in_word(r->glyphs[from].code))
        from++;
    return from;
}

static struct word_case word_case_of(const struct run *r, size_t from, size_t to)
{
    struct word_case c = { 0 };
    for (size_t i = from; i < to; i++) {
        const struct glyph *g = &r->glyphs[i];
        if (g->shared)
            continue;
        bool upper = is_upper(g->code), cased = upper || letter_upper(g->code) != g->code;
        if (i == from) {
            c.first_upper = upper;
            c.first_lower = cased && !upper;
        } else {
            c.upper += upper;
            c.lower += cased && !upper;
        }
    }
    return c;
}

static void raise(struct run *r, size_t i)
{
    if (!r->glyphs[i].shared || is_upper(r->glyphs[i].code))
        return;
    r->glyphs[i].code = letter_upper(r->glyphs[i].code);
    r->case_guessed++;
}

/* A word whose known letters are capitals is all capitals; where a word itself does not tell, the other words do. An
 * initial becomes a capital if every other word of the text that shows its initial begins with one; a text that shows nothing
 * follows the habit of its column. */
static void restore_case(struct run *r, enum case_habit habit)
{
    struct word_case all = { 0 };
    size_t capitals = 0, small = 0, to;

    for (size_t i = 0; i < r->count; i = to + 1) {
        to = word_end(r, i);
        struct word_case c = word_case_of(r, i, to);
        capitals += c.first_upper;
        small += c.first_lower;
        all.upper += c.upper;
        all.lower += c.lower;
    }
    bool text_upper = all.lower == 0 && (all.upper > 0 || (habit == CASE_CAPITALS && small == 0));
    bool titles = small == 0 && (capitals > 0 || habit != CASE_UNTOLD);
    for (size_t i = 0; i < r->count; i = to + 1) {
        to = word_end(r, i);
        struct word_case c = word_case_of(r, i, to);
        bool silent = c.upper == 0 && c.lower == 0;
        bool word_upper = c.upper > 0 ? c.lower == 0 : silent && text_upper && !c.first_lower;
        if (i < to && (word_upper || titles))
            raise(r, i);
        for (size_t k = i + 1; word_upper && k < to; k++)
            raise(r, k);
    }
}

/* The bytes of the old set, taken out of the characters of Windows-1252 that spreadsheets made of them. Returns how many
 * characters no such byte makes: then the text was Unicode from the start. */
static size_t unwrap(struct arena *a, str s, str *ret)
{
    char *out = arena_alloc(a, s.len + 1);
    size_t at = 0, len = 0, others = 0;
    while (at < s.len) {
        uint8_t byte;
        bool made = cp1252_byte(text_next(s, &at), &byte);
        others += !made;
        out[len++] = made ? (char)byte : ' ';
    }
    *ret = (str){ out, len };
    return others;
}

static str run_text(struct arena *a, const struct run *r)
{
    char *out = arena_alloc(a, 4 * r->count + 1);
    size_t len = 0;
    bool apart = false;
    for (size_t i = 0; i < r->count; i++) {
        uint32_t code = r->glyphs[i].code;
        struct letter l;
        apart = apart || (code >= 0x300 && !letter_take(code, &l) && code != REPLACEMENT);
        len += text_put(out + len, code);
    }
    str text = { out, len };
    return apart ? viet_compose(a, text) : text;
}

static void decode(enum encoding set, str bytes, struct run *r)
{
    if (charset_of(set))
        decode_table(bytes, set, r);
    else if (set == ENCODING_UTF16LE || set == ENCODING_UTF16BE)
        decode_utf16(bytes, set == ENCODING_UTF16LE, r);
    else if (set == ENCODING_CP1258)
        decode_cp1258(bytes, r);
    else if (set == ENCODING_VIQR)
        decode_viqr(bytes, r);
    else
        decode_utf8(bytes, r);
}

void viet_decode(struct arena *a, struct encoding_form form, str bytes, struct decoding *ret)
{
    struct run r = { 0 };
    str raw = bytes;
    size_t others = form.wrapped && text_is_utf8(bytes) ? unwrap(a, raw, &bytes) : 0;

    r.glyphs = ARENA_ARRAY(a, struct glyph, raw.len + 2);
    decode(form.set, bytes, &r);
    if (form.wrapped && text_is_utf8(raw) && others + r.bad > 0) {
        *ret = (struct decoding){ .text = arena_str(a, raw), .bad = others + r.bad };
        return;
    }
    if (form.upper_font)
        for (size_t i = 0; i < r.count; i++)
            r.glyphs[i].code = letter_upper(r.glyphs[i].code);
    restore_case(&r, form.habit);
    *ret = (struct decoding){ run_text(a, &r), r.bad, r.case_guessed };
}

bool encoding_of_font(str font, struct encoding_form *ret)
{
    static const struct {
        str start;
        enum encoding set;
    } fonts[] = { { STR(".vn"), ENCODING_TCVN3 }, { STR("vni-"), ENCODING_VNI }, { STR("vps "), ENCODING_VPS } };
    char lower[32];
    str name = str_slice(str_trim(font), 0, sizeof lower);
    for (size_t i = 0; i < name.len; i++)
        lower[i] = (char)(name.ptr[i] >= 'A' && name.ptr[i] <= 'Z' ? name.ptr[i] | 0x20 : name.ptr[i]);
    for (size_t i = 0; i < sizeof fonts / sizeof *fonts; i++) {
        if (!str_starts((str){ lower, name.len }, fonts[i].start))
            continue;
        *ret = (struct encoding_form){ .set = fonts[i].set };
        ret->upper_font = ret->set == ENCODING_TCVN3 && name.len > 3 && name.ptr[name.len - 1] == 'H';
        return true;
    }
    return false;
}

/* The seven shapes without a tone have bytes of their own for capitals, A1 … A7 for A8 … AE; all stand in U+0080 … U+00FF and
 * so keep their length in UTF-8. Đ is A7, đ AE. */
void encoding_raise(char *text, size_t len)
{
    static const uint8_t raised[] = { 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7 };
    str s = { text, len };
    size_t at = 0;
    uint8_t byte;
    while (at < len)
        if (!cp1252_byte(text_next(s, &at), &byte) || (byte >= 0x80 && !charset_of(ENCODING_TCVN3)->code[byte] && other_byte(byte) == REPLACEMENT))
            return;
    for (size_t i = 0; i < len; i++) {
        uint8_t c = (uint8_t)text[i];
        if (c >= 'a' && c <= 'z')
            text[i] = (char)(c - 0x20);
        else if (c == 0xC2 && i + 1 < len && (uint8_t)text[i + 1] >= 0xA8 && (uint8_t)text[i + 1] <= 0xAE)
            text[i + 1] = (char)raised[(uint8_t)text[i + 1] - 0xA8];
    }
}
