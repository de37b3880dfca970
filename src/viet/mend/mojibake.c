/* A letter of two or three UTF-8 bytes became two or three characters: a capital with a diacritic or "á", then signs that
 * stand behind no letter in any language. Only such sequences as give Vietnamese letters, marks and punctuation are undone,
 * so that whatever else the text holds stays. Behind Ã, Â and the like a quote or a space may be meant as such: these count
 * only beside a sequence that leaves no doubt, or if they turn a word into a syllable. */
#include "viet/mend/mojibake.h"

#include "viet/encoding/charset.h"
#include "viet/syllable.h"

enum { ROUNDS_MAX = 3 };

struct sequence {
    uint32_t code;
    size_t end; /* behind it */
    bool soft;  /* may be meant as it stands */
};

/* The byte that one of the three sets shows as this character; false for ASCII and all others. */
static bool byte_of(uint32_t code, uint8_t *ret)
{
    if (code == 0x0102) { /* Ă stands at C3 in Windows-1258 */
        *ret = 0xC3;
        return true;
    }
    *ret = (uint8_t)code;
    if (code >= 0x80 && code < 0xA0)
        return true;
    return code >= 0xA0 && cp1252_byte(code, ret);
}

/* What Vietnamese text is made of. */
static bool is_wanted(uint32_t code)
{
    struct letter l;
    enum mark mark;
    enum tone tone;
    return (code >= 0x80 && letter_take(code, &l)) || letter_combining(code, &mark, &tone) || code == 0xD0 || code == 0xF0 ||
           (charset_punctuation(code) && code != 0xBB && code != 0xAB) || code == 0x20AB || code == 0xFEFF || code == 0x200B;
}

/* Closing quotes, dashes, dots and spaces follow words. */
static bool is_common_sign(uint32_t code)
{
    return charset_punctuation(code) || code == 0x203A || code == 0x2022;
}

static bool sequence_at(str s, size_t at, struct sequence *ret)
{
    uint8_t byte;
    struct letter l;
    *ret = (struct sequence){ 0 };
    if ((uint8_t)s.ptr[at] < 0x80)
        return false;
    uint32_t first = text_next(s, &at);
    if (!byte_of(first, &byte) || byte < 0xC2 || byte > 0xEF)
        return false;
    int more = byte >= 0xE0 ? 2 : 1;
    uint32_t code = byte & (more == 2 ? 0x0Fu : 0x1Fu);
    ret->soft = more == 1 && letter_take(first, &l);
    for (int i = 0; i < more; i++) {
        if (at >= s.len || (uint8_t)s.ptr[at] < 0x80)
            return false;
        uint32_t sign = text_next(s, &at);
        if (!byte_of(sign, &byte) || byte < 0x80 || byte > 0xBF)
            return false;
        ret->soft = ret->soft && is_common_sign(sign);
        code = code << 6 | (byte & 0x3F);
    }
    ret->code = code;
    ret->end = at;
    return code >= (more == 2 ? 0x800u : 0x80u) && is_wanted(code);
}

/* The word round the bytes from … to. */
static str word_round(str s, size_t from, size_t to)
{
    while (from > 0 && s.ptr[from - 1] != ' ')
        from--;
    while (to < s.len && s.ptr[to] != ' ')
        to++;
    return str_slice(s, from, to);
}

static bool is_small(str word)
{
    size_t at = 0;
    uint32_t first = text_next(word, &at);
    return letter_upper(first) != first;
}

static bool has_small(str s)
{
    size_t at = 0;
    while (at < s.len) {
        uint32_t code = text_next(s, &at);
        if (letter_upper(code) != code)
            return true;
    }
    return false;
}

/* Does a doubtful sequence make a syllable of what is none? */
static bool makes_syllable(str s, size_t at, const struct sequence *q)
{
    char bytes[64];
    str before = word_round(s, at, q->end);
    size_t head = at - (size_t)(before.ptr - s.ptr), tail = before.len - (q->end - (size_t)(before.ptr - s.ptr));
    if (head + tail > sizeof bytes - 8)
        return false;
    size_t len = head;
    for (size_t i = 0; i < head; i++)
        bytes[i] = before.ptr[i];
    len += text_put(bytes + len, q->code);
    for (size_t i = 0; i < tail; i++)
        bytes[len++] = before.ptr[before.len - tail + i];
    str after = { bytes, len };
    if (!syllable_is_valid(after) || !syllable_case_is_sane(after))
        return false;
    /* "LÃ" may be the name of a family before a space; "HoÃ" is nothing, and no small letters follow capitals: "LÃ ng". */
    size_t letter = head;
    text_next(before, &letter);
    str alone = str_slice(before, 0, letter);
    if (!syllable_is_valid(alone) || !syllable_case_is_sane(alone))
        return true;
    /* A word in capitals among others that are not, and a space that stands double. */
    return tail > 0 ? is_small(str_from(before, before.len - tail)) : has_small(s);
}

/* Every sequence, whatever it gives: the outer layer of a text that was spoiled twice gives signs of the inner one. */
static str undo_layer(struct arena *a, str s)
{
    char *out = arena_alloc(a, s.len + 1);
    size_t at = 0, len = 0;
    while (at < s.len) {
        struct sequence q;
        uint8_t byte;
        bool whole = sequence_at(s, at, &q) || (q.end > at && byte_of(q.code, &byte));
        len += text_put(out + len, whole ? q.code : text_next(s, &at));
        at = whole ? q.end : at;
    }
    return (str){ out, len };
}

static size_t undo_once(struct arena *a, str s, str *ret, bool *ret_hard)
{
    char *out = arena_alloc(a, s.len + 1);
    size_t at = 0, len = 0, undone = 0;
    struct sequence q;
    *ret_hard = false;
    while (at < s.len)
        if (sequence_at(s, at, &q) && !q.soft) {
            *ret_hard = true;
            break;
        } else {
            text_next(s, &at);
        }
    for (at = 0; at < s.len;) {
        if (sequence_at(s, at, &q) && (!q.soft || *ret_hard || makes_syllable(s, at, &q))) {
            len += text_put(out + len, q.code);
            at = q.end;
            undone++;
        } else {
            uint32_t code = text_next(s, &at);
            /* The second byte of Đ has no character in Windows-1252 and is dropped by some; no other letter begins so. */
            bool half = *ret_hard && code == 0xC4;
            len += text_put(out + len, half ? 0x0110 : code);
        }
    }
    *ret = (str){ out, len };
    return undone;
}

bool mojibake_undo(struct arena *a, str raw, str *ret, double *ret_confidence)
{
    str layer[ROUNDS_MAX] = { raw };
    bool hard;
    *ret = raw;
    *ret_confidence = 0;
    if (text_is_ascii(raw) || !text_is_utf8(raw))
        return false;
    for (int i = 1; i < ROUNDS_MAX; i++)
        layer[i] = undo_layer(a, layer[i - 1]);
    /* The innermost layer that still needs undoing. */
    for (int i = ROUNDS_MAX; i-- > 0;) {
        size_t undone = undo_once(a, layer[i], ret, &hard);
        if (undone == 0 || (i > 0 && str_eq(layer[i], layer[i - 1])))
            continue;
        *ret_confidence = hard ? 0.98 : 0.85;
        return true;
    }
    *ret = raw;
    return false;
}
