/* Which encoding is a column in? Every candidate reads all samples; the one whose reading consists of Vietnamese syllables
 * in sane case wins. Only words that some candidate reads differently are counted. It refuses to choose when another
 * reading is about as good, because a wrong one writes wrong names into a register and nobody sees it. */
#include <string.h>

#include "viet/encoding/charset.h"
#include "viet/syllable.h"

enum { SAMPLE_BYTES = 4096, CANDIDATES = 16, ARENA_BYTES = 1 << 20 };
/* Measured on random columns of two-word names, 600 of each size over all sets, wrapped or not, in both cases: from six
 * cells on none was read wrongly and 98 in 100 were decided; from 24 on all were. With one to three cells 1 in 100 went
 * wrong, always VIQR taken for plain ASCII. */
#define SCORE_MIN 0.6
#define MARGIN_MIN 0.15

struct candidate {
    struct encoding_form form;
    double credit;
    uint64_t reading; /* hash over all that it read: equal readings are not rivals */
};

static const enum encoding sets[] = { ENCODING_UTF8, ENCODING_TCVN3, ENCODING_VNI,    ENCODING_VISCII,
                                      ENCODING_VPS,  ENCODING_CP1258, ENCODING_VIQR };

static bool can_be_wrapped(const str *samples, size_t n)
{
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        str s = str_slice(samples[i], 0, SAMPLE_BYTES);
        size_t at = 0;
        while (at < s.len) {
            uint8_t byte;
            uint32_t code = text_next(s, &at);
            any = any || (code >= 0x80 && cp1252_byte(code, &byte));
        }
    }
    return any;
}

static size_t candidates_make(const str *samples, size_t n, struct candidate list[static CANDIDATES])
{
    size_t count = 0;
    bool wrapped = can_be_wrapped(samples, n);
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        list[count++] = (struct candidate){ .form = { .set = sets[i] } };
        if (wrapped && sets[i] != ENCODING_VIQR)
            list[count++] = (struct candidate){ .form = { .set = sets[i], .wrapped = true } };
    }
    return count;
}

static bool is_vietnamese(str word)
{
    size_t at = 0;
    struct letter l;
    while (at < word.len)
        if (!letter_take(text_next(word, &at), &l))
            return false;
    return true;
}

static bool has_strange(str token)
{
    size_t at = 0;
    while (at < token.len) {
        uint32_t code = text_next(token, &at);
        if (code >= 0x80 && !letter_in_word(code) && !charset_punctuation(code))
            return true;
        /* A question mark inside a token is a letter that some converter lost. */
        if ((code < 0x20 && code != '\t' && code != '\n' && code != '\r') || (code == '?' && at < token.len))
            return true;
    }
    return false;
}

/* 1 for syllables, a half for other words in letters of the alphabet (names of minorities), 0 for what nobody writes. */
static double token_credit(str token)
{
    size_t at = 0;
    str word;
    double credit = 1;
    if (has_strange(token))
        return 0;
    while (syllable_next_word(token, &at, &word)) {
        if (!syllable_case_is_sane(word) || !is_vietnamese(word))
            return 0;
        if (!syllable_is_valid(word))
            credit = 0.5;
    }
    return credit;
}

static bool is_separator(char c)
{
    return c == ' ' || c == ',' || c == ';' || c == '\t' || c == '\n' || c == '\r' || c == '|';
}

/* Separators keep their bytes in every candidate, so that tokens of two readings correspond. */
static bool token_next(str s, size_t *at, str *ret)
{
    while (*at < s.len && is_separator(s.ptr[*at]))
        ++*at;
    size_t from = *at;
    while (*at < s.len && !is_separator(s.ptr[*at]))
        ++*at;
    *ret = str_slice(s, from, *at);
    return ret->len > 0;
}

/* Does this token of the raw bytes tell encodings apart? Bytes above ASCII, capitals of VISCII among the controls, or a
 * mnemonic of VIQR behind a letter. */
static bool is_evidence(str token)
{
    for (size_t i = 0; i < token.len; i++) {
        uint8_t c = (uint8_t)token.ptr[i];
        struct letter l;
        bool after_letter = i > 0 && letter_take((uint8_t)token.ptr[i - 1], &l);
        if (c >= 0x80 || (c < 0x20 && c > 0 && charset_of(ENCODING_VISCII)->code[c]))
            return true;
        if (after_letter && (c == '^' || c == '~' || c == '`' || c == '(' || c == '+'))
            return true;
        bool inside = after_letter && letter_is_vowel(l) && i + 1 < token.len && letter_take((uint8_t)token.ptr[i + 1], &l);
        if (inside && (c == '\'' || c == '.' || c == '?'))
            return true;
    }
    return false;
}

static void weigh(struct arena *a, str sample, struct candidate *c, size_t *words)
{
    struct decoding d;
    size_t raw_at = 0, at = 0;
    str raw, token;

    viet_decode(a, c->form, sample, &d);
    *words = 0;
    while (token_next(sample, &raw_at, &raw)) {
        bool read = token_next(d.text, &at, &token);
        if (!is_evidence(raw))
            continue;
        ++*words;
        c->credit += read && !(c->form.wrapped && d.bad > 0) ? token_credit(token) : 0;
    }
    c->reading = c->reading * 1099511628211u + str_hash(d.text);
}

/* UTF-16 shows itself by a byte order mark or by the zero bytes of its ASCII characters. */
static enum encoding utf16_of(str s)
{
    size_t zeros[2] = { 0, 0 };
    if (s.len < 2 || s.len % 2)
        return ENCODING_NONE;
    if (str_starts(s, STR("\xFF\xFE")))
        return ENCODING_UTF16LE;
    if (str_starts(s, STR("\xFE\xFF")))
        return ENCODING_UTF16BE;
    for (size_t i = 0; i < s.len; i++)
        zeros[i & 1] += s.ptr[i] == 0;
    if (zeros[0] + zeros[1] < s.len / 8 + 1 || (zeros[0] > 0 && zeros[1] > 0))
        return ENCODING_NONE;
    return zeros[1] ? ENCODING_UTF16LE : ENCODING_UTF16BE;
}

static bool detect_utf16(const str *samples, size_t n, struct encoding_guess *ret)
{
    enum encoding set = ENCODING_NONE;
    for (size_t i = 0; i < n; i++) {
        if (samples[i].len == 0)
            continue;
        enum encoding one = utf16_of(str_slice(samples[i], 0, SAMPLE_BYTES));
        if (one == ENCODING_NONE || (set != ENCODING_NONE && one != set))
            return false;
        set = one;
    }
    if (set == ENCODING_NONE)
        return false;
    *ret = (struct encoding_guess){ .form = { .set = set }, .doubt = ENCODING_CERTAIN, .score = 1, .margin = 1 };
    return true;
}

static void judge(const struct candidate *list, size_t count, struct encoding_guess *ret)
{
    const struct candidate *best = &list[0], *second = NULL;
    for (size_t i = 1; i < count; i++)
        if (list[i].credit > best->credit)
            best = &list[i];
    for (size_t i = 0; i < count; i++)
        if (list[i].reading != best->reading && (!second || list[i].credit > second->credit))
            second = &list[i];
    double words = (double)ret->words;
    ret->form = best->form;
    ret->score = best->credit / words;
    if (second) {
        ret->runner_up = second->form;
        ret->runner_score = second->credit / words;
    }
    ret->margin = ret->score - ret->runner_score;
    if (ret->score < SCORE_MIN)
        ret->doubt = ENCODING_STRANGE;
    else
        ret->doubt = ret->margin < MARGIN_MIN ? ENCODING_CLOSE : ENCODING_CERTAIN;
}

static bool is_plain(str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((uint8_t)s.ptr[i] >= 0x80 || ((uint8_t)s.ptr[i] < 0x20 && charset_of(ENCODING_VISCII)->code[(uint8_t)s.ptr[i]]))
            return false;
    return true;
}

bool viet_encoding_detect(const str *samples, size_t n, struct encoding_guess *ret)
{
    struct candidate list[CANDIDATES];
    struct arena *a = arena_new(ARENA_BYTES);
    size_t count = candidates_make(samples, n, list), words = 0;

    const struct encoding_guess plain = { .form = { .set = ENCODING_UTF8 }, .doubt = ENCODING_PLAIN, .score = 1, .margin = 1 };
    bool ascii = true;

    *ret = plain;
    if (!detect_utf16(samples, n, ret)) {
        for (size_t i = 0; i < n; i++) {
            str sample = str_slice(samples[i], 0, SAMPLE_BYTES);
            for (size_t k = 0; k < count; k++) {
                arena_reset(a);
                weigh(a, sample, &list[k], &words);
            }
            ret->words += words;
            ascii = ascii && is_plain(sample);
        }
        if (ret->words > 0)
            judge(list, count, ret);
        /* Dots and quotes between letters are punctuation until they make syllables: addresses, e-mail, initials. */
        if (ascii && (ret->form.set != ENCODING_VIQR || ret->doubt != ENCODING_CERTAIN))
            *ret = plain;
    }
    arena_free(a);
    return ret->doubt == ENCODING_CERTAIN || ret->doubt == ENCODING_PLAIN;
}
