/* Slips of writing, after what lists of Vietnamese agencies show: a wrong key, a wrong or lost tone, a typing method that
 * was off for one word, words in another order, the form of a name from another region.
 * tested by: src/synth/test/pairs_test.c */
#include "synth/slip.h"

#include "viet/viet.h"

#include <string.h>

enum { TRIES = 24, WORDS_MAX = 32 };

const char *const slip_variants[][2] = {
    { "Hoàng", "Huỳnh" }, { "Vũ", "Võ" },      { "Phúc", "Phước" },  { "Nhân", "Nhơn" },  { "Nhật", "Nhựt" },   { "Bảo", "Bửu" },
    { "Chính", "Chánh" }, { "Tùng", "Tòng" },  { "Phượng", "Phụng" }, { "Hoa", "Huê" },    { "Cương", "Cang" },  { "Sinh", "Sanh" },
};
const size_t slip_variant_count = sizeof slip_variants / sizeof *slip_variants;

void letters_read(struct letters *l, str text)
{
    l->count = 0;
    for (size_t at = 0; at < text.len && l->count < LETTERS_MAX;)
        l->cp[l->count++] = text_next(text, &at);
}

str letters_write(const struct letters *l, char out[static LETTERS_MAX * 4])
{
    size_t len = 0;
    for (size_t i = 0; i < l->count; i++)
        len += text_put(out + len, l->cp[i]);
    return (str){ out, len };
}

static void put_in(struct letters *l, size_t at, uint32_t cp)
{
    if (l->count == LETTERS_MAX)
        l->count--;
    memmove(l->cp + at + 1, l->cp + at, (l->count - at) * sizeof *l->cp);
    l->cp[at] = cp;
    l->count++;
}

static void take_out(struct letters *l, size_t at, size_t count)
{
    memmove(l->cp + at, l->cp + at + count, (l->count - at - count) * sizeof *l->cp);
    l->count -= count;
}

/* The key beside this one, on the row of its keyboard. */
static char key_beside(struct rng *r, char c)
{
    static const char *const rows[] = { "qwertyuiop", "asdfghjkl", "zxcvbnm" };
    for (size_t i = 0; i < 3; i++) {
        const char *at = strchr(rows[i], c);
        if (!at)
            continue;
        bool left = at != rows[i] && (!at[1] || rng_chance(r, 0.5));
        return left ? at[-1] : at[1];
    }
    return c;
}

static bool replace(struct rng *r, struct letters *l, size_t at, struct letter have)
{
    struct letter other = have;
    if (letter_is_vowel(have) && rng_chance(r, 0.6)) {
        other.tone = (uint8_t)rng_below(r, TONE_COUNT);
    } else {
        other.base = key_beside(r, have.base);
        other.mark = MARK_NONE;
        other.tone = TONE_LEVEL;
    }
    uint32_t cp = letter_make(other);
    if (!cp || cp == l->cp[at])
        return false;
    l->cp[at] = cp;
    return true;
}

static bool typo_at(struct rng *r, struct letters *l, size_t at, struct letter have)
{
    struct letter next;
    switch (rng_below(r, 5)) {
    case 0:
        have.base = key_beside(r, have.base);
        put_in(l, at, letter_make((struct letter){ .base = have.base, .upper = have.upper }));
        return true;
    case 1:
        take_out(l, at, 1);
        return true;
    case 2: {
        uint32_t cp = l->cp[at];
        if (at + 1 >= l->count || !letter_take(l->cp[at + 1], &next) || l->cp[at + 1] == cp)
            return false;
        l->cp[at] = l->cp[at + 1];
        l->cp[at + 1] = cp;
        return true;
    }
    default: return replace(r, l, at, have);
    }
}

/* The first letter of a word is seldom wrong. */
bool slip_typo(struct rng *r, struct letters *l)
{
    for (int try = 0; try < TRIES && l->count > 2; try++) {
        size_t at = 1 + rng_below(r, (uint32_t)l->count - 1);
        struct letter have;
        if (!letter_take(l->cp[at], &have) || (l->cp[at - 1] == ' ' && !rng_chance(r, 0.2)))
            continue;
        if (typo_at(r, l, at, have))
            return true;
    }
    return false;
}

struct word {
    size_t from, to;
};

static size_t words_of(const struct letters *l, struct word out[static WORDS_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < l->count && n < WORDS_MAX; i++) {
        if (l->cp[i] == ' ')
            continue;
        size_t from = i;
        while (i < l->count && l->cp[i] != ' ')
            i++;
        out[n++] = (struct word){ from, i };
    }
    return n;
}

static bool has_marks(const struct letters *l, struct word w)
{
    struct letter x;
    for (size_t i = w.from; i < w.to; i++)
        if (letter_take(l->cp[i], &x) && (x.mark || x.tone))
            return true;
    return false;
}

/* Marks are typed beside their letter, the tone at the end of the word. */
static void telex_word(struct letters *l, struct word w)
{
    static const char tones[TONE_COUNT] = { 0, 'f', 'r', 'x', 's', 'j' };
    struct letters out = { .count = 0 };
    char tone = 0;
    for (size_t i = w.from; i < w.to && out.count + 2 < LETTERS_MAX; i++) {
        struct letter x;
        if (!letter_take(l->cp[i], &x)) {
            out.cp[out.count++] = l->cp[i];
            continue;
        }
        out.cp[out.count++] = letter_make((struct letter){ .base = x.base, .upper = x.upper });
        if (x.mark)
            out.cp[out.count++] = (uint32_t)(x.mark == MARK_CIRCUMFLEX || x.mark == MARK_STROKE ? x.base : 'w');
        if (x.tone)
            tone = tones[x.tone];
    }
    if (tone)
        out.cp[out.count++] = (uint32_t)tone;
    take_out(l, w.from, w.to - w.from);
    for (size_t i = 0; i < out.count; i++)
        put_in(l, w.from + i, out.cp[i]);
}

bool slip_telex(struct rng *r, struct letters *l)
{
    struct word words[WORDS_MAX];
    size_t n = words_of(l, words), start = n ? rng_below(r, (uint32_t)n) : 0;
    for (size_t i = 0; i < n; i++) {
        struct word w = words[(start + i) % n];
        if (!has_marks(l, w))
            continue;
        telex_word(l, w);
        return true;
    }
    return false;
}

bool slip_marks(struct letters *l)
{
    bool done = false;
    for (size_t i = 0; i < l->count; i++) {
        struct letter x;
        if (!letter_take(l->cp[i], &x) || (!x.mark && !x.tone))
            continue;
        l->cp[i] = letter_make((struct letter){ .base = x.base, .upper = x.upper });
        done = true;
    }
    return done;
}

bool slip_upper(struct letters *l)
{
    bool done = false;
    for (size_t i = 0; i < l->count; i++) {
        uint32_t upper = letter_upper(l->cp[i]);
        done |= upper != l->cp[i];
        l->cp[i] = upper;
    }
    return done;
}

bool slip_order(struct letters *l)
{
    struct word words[WORDS_MAX];
    size_t n = words_of(l, words);
    if (n < 2)
        return false;
    struct letters out = { .count = 0 };
    struct word last = words[n - 1];
    size_t len = last.to - last.from;
    memcpy(out.cp, l->cp + last.from, len * sizeof *out.cp);
    out.cp[len] = ' ';
    memcpy(out.cp + len + 1, l->cp, (last.from - 1) * sizeof *out.cp);
    out.count = len + last.from;
    *l = out;
    return true;
}

bool slip_middle(struct letters *l)
{
    struct word words[WORDS_MAX];
    size_t n = words_of(l, words);
    if (n < 3)
        return false;
    take_out(l, words[1].from, words[n - 1].from - words[1].from);
    return true;
}

static bool word_is(const struct letters *l, struct word w, str text)
{
    size_t at = 0;
    for (size_t i = w.from; i < w.to; i++)
        if (at >= text.len || text_next(text, &at) != l->cp[i])
            return false;
    return at == text.len;
}

static void word_set(struct letters *l, struct word w, str text)
{
    size_t to = w.from;
    take_out(l, w.from, w.to - w.from);
    for (size_t at = 0; at < text.len; to++)
        put_in(l, to, text_next(text, &at));
}

bool slip_variant(struct rng *r, struct letters *l)
{
    struct word words[WORDS_MAX];
    size_t n = words_of(l, words), start = n ? rng_below(r, (uint32_t)n) : 0;
    for (size_t i = 0; i < n * slip_variant_count; i++) {
        struct word w = words[(start + i / slip_variant_count) % n];
        const char *const *pair = slip_variants[i % slip_variant_count];
        for (int side = 0; side < 2; side++)
            if (word_is(l, w, str_of(pair[side]))) {
                word_set(l, w, str_of(pair[1 - side]));
                return true;
            }
    }
    return false;
}

bool slip_digit(struct rng *r, char *digits, size_t from)
{
    size_t n = strlen(digits);
    if (n <= from)
        return false;
    char *digit = &digits[from + rng_below(r, (uint32_t)(n - from))];
    *digit = (char)('0' + (*digit - '0' + 1 + (int)rng_below(r, 9)) % 10);
    return true;
}
