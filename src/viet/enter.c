/* Text enters once, here. TCVN 6909:2001 makes Unicode the national set; normal form C is what the population data base
 * and the card chip hold, but macOS, scanners and old converters hand over form D, and spreadsheets hand over no-break
 * spaces and zero-width characters. Refuses what could deceive a reader (controls, overrides of direction) instead of
 * cleaning it away. */
#include "viet/enter.h"

#include <string.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "viet/letter.h"

enum kind { KIND_PLAIN, KIND_SPACE, KIND_BREAK, KIND_DROPPED, KIND_REFUSED, KIND_COMBINING };

static enum kind kind_of(uint32_t cp)
{
    if (cp < 0x80) {
        if (cp == ' ')
            return KIND_SPACE;
        if (cp == '\t' || cp == '\n' || cp == '\r')
            return KIND_BREAK;
        return cp < 0x20 || cp == 0x7F ? KIND_REFUSED : KIND_PLAIN;
    }
    struct letter l;
    if (letter_take(cp, &l))
        return KIND_PLAIN;
    if (cp < 0xA0 || (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069) || (cp & 0xFFFE) == 0xFFFE ||
        (cp >= 0xFDD0 && cp <= 0xFDEF))
        return KIND_REFUSED;
    if (cp == 0xA0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200A) || cp == 0x2028 || cp == 0x2029 || cp == 0x202F ||
        cp == 0x205F || cp == 0x3000)
        return KIND_SPACE;
    if (cp == 0xAD || (cp >= 0x200B && cp <= 0x200F) || cp == 0x2060 || cp == 0xFEFF)
        return KIND_DROPPED;
    return KIND_COMBINING; /* anything outside the alphabet may change under normalisation: ICU decides */
}

/* Joins "á" + circumflex to "ấ": a tone typed before the mark is a different canonical sequence, the same letter to
 * every reader. `out` may be the memory of `s`. */
static size_t join_marks(str s, char *out)
{
    size_t len = 0, at = 0, last_at = 0;
    struct letter last = { 0 };
    bool last_is_letter = false;

    while (at < s.len) {
        uint32_t cp = text_next(s, &at);
        enum mark mark;
        enum tone tone;
        if (last_is_letter && letter_combining(cp, &mark, &tone)) {
            struct letter joined = last;
            bool fits = mark != MARK_NONE ? joined.mark == MARK_NONE : joined.tone == TONE_LEVEL;
            if (mark != MARK_NONE)
                joined.mark = (uint8_t)mark;
            else
                joined.tone = (uint8_t)tone;
            uint32_t made = fits ? letter_make(joined) : 0;
            if (made != 0) {
                last = joined;
                len = last_at + text_put(out + last_at, made);
                continue;
            }
        }
        last_is_letter = letter_take(cp, &last);
        last_at = len;
        len += text_put(out + len, cp);
    }
    return len;
}

static str normalise(struct arena *a, str s, const UNormalizer2 *form)
{
    UErrorCode error = U_ZERO_ERROR;
    /* UTF-16 units never outnumber UTF-8 bytes; forms C and D grow at most 3 and 4 times in UTF-16 (UAX 15). */
    int32_t cap = (int32_t)s.len + 1, wide_len = 0, out_len = 0, bytes = 0;
    MUST(s.len < 1u << 26);
    UChar *wide = ARENA_ARRAY(a, UChar, (size_t)cap);
    u_strFromUTF8(wide, cap, &wide_len, s.ptr, (int32_t)s.len, &error);
    MUST(U_SUCCESS(error));
    int32_t out_cap = 4 * wide_len + 1;
    UChar *out = ARENA_ARRAY(a, UChar, (size_t)out_cap);
    out_len = unorm2_normalize(form, wide, wide_len, out, out_cap, &error);
    MUST(U_SUCCESS(error));
    char *text = arena_alloc(a, (size_t)out_len * 3 + 1);
    u_strToUTF8(text, out_len * 3 + 1, &bytes, out, out_len, &error);
    MUST(U_SUCCESS(error));
    return (str){ text, (size_t)bytes };
}

/* Letters of the alphabet and ASCII are composed as they stand, and there is nothing among them to join. */
static bool is_composed(str s)
{
    struct letter l;
    size_t at = 0;
    while (at < s.len) {
        uint32_t cp = text_next(s, &at);
        if (cp >= 0x80 && !letter_take(cp, &l))
            return false;
    }
    return true;
}

str viet_compose(struct arena *a, str s)
{
    if (is_composed(s))
        return arena_str(a, s);
    UErrorCode error = U_ZERO_ERROR;
    const UNormalizer2 *form = unorm2_getNFCInstance(&error);
    MUST(U_SUCCESS(error));
    str composed = normalise(a, s, form);
    char *out = arena_alloc(a, composed.len + 1);
    return (str){ out, join_marks(composed, out) };
}

str viet_decompose(struct arena *a, str s)
{
    UErrorCode error = U_ZERO_ERROR;
    const UNormalizer2 *form = unorm2_getNFDInstance(&error);
    MUST(U_SUCCESS(error));
    return normalise(a, s, form);
}

/* Printable ASCII without doubled or outer spaces is most of all numbers, codes and dates. */
static bool is_tidy_ascii(str s)
{
    bool space = true;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c < 0x20 || c > 0x7E || (c == ' ' && space))
            return false;
        space = c == ' ';
    }
    return s.len == 0 || !space;
}

static STATUS clean(struct arena *a, str field, str raw, bool lines, str *ret, bool *ret_normal)
{
    char *out = arena_alloc(a, raw.len + 1);
    size_t len = 0, at = 0;
    bool space = false;

    *ret_normal = true;
    while (at < raw.len) {
        size_t from = at;
        uint32_t cp = text_next(raw, &at);
        switch (kind_of(cp)) {
        case KIND_BREAK:
            if (!lines)
                return FAIL_AT(TEXT_CONTROL, field);
            space = len > 0;
            continue;
        case KIND_SPACE: space = len > 0; continue;
        case KIND_DROPPED: continue;
        case KIND_REFUSED: return FAIL_AT(TEXT_CONTROL, field);
        case KIND_COMBINING: *ret_normal = false; break;
        case KIND_PLAIN: break;
        }
        if (space)
            out[len++] = ' ';
        space = false;
        memcpy(out + len, raw.ptr + from, at - from);
        len += at - from;
    }
    *ret = (str){ out, len };
    return OK;
}

static STATUS enter(struct arena *a, str field, str raw, size_t bytes_max, bool lines, str *ret)
{
    bool normal;
    if (raw.len <= bytes_max && is_tidy_ascii(raw)) {
        *ret = arena_str(a, raw);
        return OK;
    }
    /* Four bytes of decomposed or invisible input may make one: past that no cleaning can bring it under the limit. */
    if (raw.len / 4 > bytes_max + 256)
        return FAIL_AT(TEXT_TOO_LONG, field);
    if (!text_is_utf8(raw))
        return FAIL_AT(TEXT_NOT_UTF8, field);
    TRY(clean(a, field, raw, lines, ret, &normal));
    if (!normal)
        *ret = viet_compose(a, *ret);
    if (ret->len > bytes_max)
        return FAIL_AT(TEXT_TOO_LONG, field);
    return OK;
}

STATUS viet_enter(struct arena *a, str field, str raw, size_t bytes_max, str *ret)
{
    return enter(a, field, raw, bytes_max, false, ret);
}

STATUS viet_enter_cell(struct arena *a, str field, str raw, size_t bytes_max, str *ret)
{
    return enter(a, field, raw, bytes_max, true, ret);
}
