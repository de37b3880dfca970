/* From Unicode to old bytes: for lists that an old program must read, for the synthetic lists, and as the other half of
 * every round-trip test. Says what a set cannot hold instead of dropping it silently. */
#include <string.h>

#include "viet/encoding/charset.h"
#include "viet/enter.h"

struct out {
    char *bytes;
    size_t len, lost, case_lost, merged;
};

static void put(struct out *o, uint32_t byte)
{
    o->bytes[o->len++] = (char)byte;
}

static void lose(struct out *o)
{
    o->lost++;
    put(o, '?');
}

static void encode_utf16(uint32_t code, bool little, struct out *o)
{
    uint32_t units[2] = { code, 0 };
    int count = 1;
    if (code >= 0x10000) {
        units[0] = 0xD800 | (code - 0x10000) >> 10;
        units[1] = 0xDC00 | ((code - 0x10000) & 0x3FF);
        count = 2;
    }
    for (int i = 0; i < count; i++) {
        put(o, little ? units[i] & 0xFF : units[i] >> 8);
        put(o, little ? units[i] >> 8 : units[i] & 0xFF);
    }
}

static void encode_table(uint32_t code, const struct charset *set, struct out *o)
{
    bool shared;
    uint16_t bytes = charset_bytes(set, code, &shared);
    uint8_t other;
    if (bytes) {
        o->case_lost += shared && letter_lower(code) != code;
        o->merged += bytes <= 0xFF && letter_lower(set->code[bytes]) != letter_lower(code);
        if (bytes > 0xFF)
            put(o, bytes >> 8);
        put(o, bytes & 0xFF);
    } else if (code < 0x80 && set->code[code] == 0) {
        put(o, code);
    } else if (charset_punctuation(code) && cp1252_byte(code, &other) && set->code[other] == 0) {
        put(o, other);
    } else {
        lose(o);
    }
}

static void encode_cp1258(uint32_t code, struct out *o)
{
    struct letter l;
    uint8_t byte;
    if (cp1258_byte(code, &byte)) {
        put(o, byte);
        return;
    }
    if (!letter_take(code, &l) || l.tone == TONE_LEVEL) {
        lose(o);
        return;
    }
    enum tone tone = (enum tone)l.tone;
    l.tone = TONE_LEVEL;
    MUST(cp1258_byte(letter_make(l), &byte));
    put(o, byte);
    MUST(cp1258_byte(letter_tone_combining(tone), &byte));
    put(o, byte);
}

/* `next` is the character after: a plain d before another would read as đ. */
static void encode_viqr(uint32_t code, uint32_t next, bool after_vowel, struct out *o)
{
    static const char marks[MARK_COUNT] = { 0, '(', '^', '+', 0 }, tones[TONE_COUNT] = { 0, '`', '?', '~', '\'', '.' };
    struct letter l, follower;
    if (!letter_take(code, &l)) {
        if (code >= 0x80) {
            lose(o);
            return;
        }
        if (code == '\\' || (after_vowel && code && strchr("(^+`?~'.", (int)code)))
            put(o, '\\');
        put(o, code);
        return;
    }
    if (l.base == 'd' && l.mark == MARK_NONE && letter_take(next, &follower) && follower.base == 'd')
        put(o, '\\');
    put(o, (uint32_t)(l.upper ? l.base - 0x20 : l.base));
    if (l.mark == MARK_STROKE)
        put(o, (uint32_t)(l.upper ? 'D' : 'd'));
    if (marks[l.mark])
        put(o, (uint32_t)marks[l.mark]);
    if (tones[l.tone])
        put(o, (uint32_t)tones[l.tone]);
}

static str wrap(struct arena *a, str bytes)
{
    char *out = arena_alloc(a, 3 * bytes.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t byte = (uint8_t)bytes.ptr[i];
        uint32_t code = cp1252_code(byte);
        len += text_put(out + len, code || byte == 0 ? code : byte);
    }
    return (str){ out, len };
}

void viet_encode(struct arena *a, struct encoding_form form, str text, struct encoded *ret)
{
    struct out o = { .bytes = arena_alloc(a, 4 * text.len + 4) };
    size_t at = 0;
    bool vowel = false;
    const struct charset *set = charset_of(form.set);

    while (at < text.len) {
        uint32_t code = text_next(text, &at);
        size_t after = at;
        struct letter l;
        if (set)
            encode_table(code, set, &o);
        else if (form.set == ENCODING_UTF16LE || form.set == ENCODING_UTF16BE)
            encode_utf16(code, form.set == ENCODING_UTF16LE, &o);
        else if (form.set == ENCODING_CP1258)
            encode_cp1258(code, &o);
        else if (form.set == ENCODING_VIQR)
            encode_viqr(code, after < text.len ? text_next(text, &after) : 0, vowel, &o);
        else
            o.len += text_put(o.bytes + o.len, code);
        vowel = letter_take(code, &l) && letter_is_vowel(l);
    }
    str bytes = { o.bytes, o.len };
    *ret = (struct encoded){ form.wrapped ? wrap(a, bytes) : bytes, o.lost, o.case_lost, o.merged };
}
