/* "Nguyeenx Thij Hoongf" is Nguyễn Thị Hồng with the keyboard program off. A word is touched only if it is no syllable as it
 * stands and a syllable after the repair. A lone tone letter at the end ("Max", "Las") proves little: its confidence is low
 * unless another word of the text proves the typing method. */
#include "viet/typing.h"

#include <string.h>

#include "viet/encoding/encoding.h"
#include "viet/fold.h"
#include "viet/letter.h"
#include "viet/syllable.h"

enum { KEYS_MAX = 16 };
/* Below this a repair needs another word of the text as proof: "To2" is group 2 more often than "Tò". */
#define CONFIDENCE_MIN 0.5

/* A word on its way through a typing method. */
struct typed {
    struct letter at[KEYS_MAX];
    size_t count, upper, letters;
    enum tone tone;
    bool first_upper, shaped; /* shaped: a key beside its letter changed the shape: no other spelling looks like that */
    size_t used;              /* keys that changed something */
};

static bool has_vowel(const struct typed *t)
{
    for (size_t i = 0; i < t->count; i++)
        if (letter_is_vowel(t->at[i]))
            return true;
    return false;
}

static bool push(struct typed *t, struct letter l)
{
    if (t->count == KEYS_MAX)
        return false;
    if (l.tone != TONE_LEVEL)
        t->tone = (enum tone)l.tone;
    l.tone = TONE_LEVEL;
    t->at[t->count++] = l;
    return true;
}

static bool mark_at(struct typed *t, size_t i, enum mark mark)
{
    struct letter l = t->at[i];
    l.mark = (uint8_t)mark;
    if (t->at[i].mark != MARK_NONE || letter_make(l) == 0)
        return false;
    t->at[i] = l;
    t->shaped = true;
    t->used++;
    return true;
}

/* The last letter that takes the mark. */
static bool mark_last(struct typed *t, enum mark mark)
{
    for (size_t i = t->count; i-- > 0;)
        if (mark_at(t, i, mark))
            return true;
    return false;
}

/* "uo" takes the horn on both letters: uow, u7o7, uo7. */
static bool mark_horn(struct typed *t)
{
    for (size_t i = t->count; i-- > 1;) {
        struct letter *u = &t->at[i - 1], *o = &t->at[i];
        if (u->base == 'u' && o->base == 'o' && o->mark == MARK_NONE && (u->mark == MARK_NONE || u->mark == MARK_HORN)) {
            u->mark = o->mark = MARK_HORN;
            t->shaped = true;
            t->used++;
            return true;
        }
    }
    return mark_last(t, MARK_HORN);
}

static void set_tone(struct typed *t, enum tone tone)
{
    t->tone = tone;
    t->used++;
}

static bool telex_w(struct typed *t, struct letter key)
{
    size_t last = t->count;
    while (last > 0 && !letter_is_vowel(t->at[last - 1]))
        last--;
    if (last > 0 && t->at[last - 1].base == 'a')
        return mark_at(t, last - 1, MARK_BREVE);
    if (mark_horn(t))
        return true;
    t->used++; /* a lone w, as in Wa, proves nothing */
    return push(t, (struct letter){ 'u', MARK_HORN, TONE_LEVEL, key.upper });
}

/* A second a, e, o makes the circumflex, also behind the final consonant; a second d at once or at the end. */
static bool telex_double(struct typed *t, struct letter key)
{
    enum mark mark = key.base == 'd' ? MARK_STROKE : MARK_CIRCUMFLEX;
    for (size_t i = t->count; i-- > 0;) {
        if (t->at[i].base == key.base && (mark != MARK_STROKE || i == 0)) {
            bool before = t->shaped, marked = mark_at(t, i, mark);
            t->shaped = before || (marked && i + 1 == t->count); /* the second a of Ana is apart from the first */
            return marked;
        }
        if (mark == MARK_CIRCUMFLEX && letter_is_vowel(t->at[i]))
            return false;
    }
    return false;
}

static bool telex_key(struct typed *t, struct letter key)
{
    static const char tones[TONE_COUNT] = { 'z', 'f', 'r', 'x', 's', 'j' };
    const char *tone = key.mark == MARK_NONE && key.tone == TONE_LEVEL ? memchr(tones, key.base, TONE_COUNT) : NULL;
    if (key.mark != MARK_NONE || key.tone != TONE_LEVEL)
        return push(t, key);
    if (tone && has_vowel(t)) {
        set_tone(t, (enum tone)(tone - tones));
        return true;
    }
    if (key.base == 'w')
        return telex_w(t, key);
    if ((key.base == 'a' || key.base == 'e' || key.base == 'o' || key.base == 'd') && telex_double(t, key))
        return true;
    return push(t, key);
}

static bool vni_key(struct typed *t, char digit)
{
    static const enum tone tones[] = { TONE_LEVEL, TONE_ACUTE, TONE_GRAVE, TONE_HOOK, TONE_TILDE, TONE_DOT };
    if (digit <= '5') {
        set_tone(t, tones[digit - '0']);
        return has_vowel(t);
    }
    switch (digit) {
    case '6': return mark_last(t, MARK_CIRCUMFLEX);
    case '7': return mark_horn(t);
    case '8': return mark_last(t, MARK_BREVE);
    default: return mark_last(t, MARK_STROKE);
    }
}

static void note_case(struct typed *t, struct letter l)
{
    t->first_upper = t->letters == 0 ? l.upper : t->first_upper;
    t->letters++;
    t->upper += l.upper;
}

/* The word that the keys make, if it is a syllable; in the case of the input. */
static bool finish(struct arena *a, struct typed *t, str *ret)
{
    char bytes[KEYS_MAX * 4], lower[40];
    size_t len = 0;
    struct syllable s;
    bool toned = false;
    for (size_t i = 0; i < t->count; i++) {
        struct letter l = t->at[i];
        l.upper = false;
        if (!toned && letter_is_vowel(l)) {
            l.tone = (uint8_t)t->tone;
            toned = true;
        }
        len += text_put(bytes + len, letter_make(l));
    }
    if (t->used == 0 || !syllable_parse((str){ bytes, len }, &s))
        return false;
    str word = { lower, syllable_write(&s, TONE_STYLE_OLD, lower) };
    bool all_upper = t->upper == t->letters && t->letters > 1;
    *ret = all_upper ? viet_upper(a, word) : t->first_upper ? viet_title(a, word) : arena_str(a, word);
    return true;
}

static bool by_telex(struct arena *a, str word, struct repair *r)
{
    struct typed t = { .count = 0 };
    size_t at = 0;
    while (at < word.len) {
        struct letter l;
        if (!letter_take(text_next(word, &at), &l) || !telex_key(&t, l))
            return false;
        note_case(&t, l);
    }
    *r = (struct repair){ REPAIR_TELEX, word, word, t.shaped ? 0.95 : 0.6 };
    return finish(a, &t, &r->after);
}

static bool by_vni(struct arena *a, str word, struct repair *r)
{
    struct typed t = { .count = 0 };
    size_t at = 0;
    bool inside = false, digit = false;
    while (at < word.len) {
        struct letter l;
        uint32_t cp = text_next(word, &at);
        if (cp >= '0' && cp <= '9') {
            if (!vni_key(&t, (char)cp))
                return false;
            digit = true;
            continue;
        }
        if (!letter_take(cp, &l) || !push(&t, l))
            return false;
        inside = inside || digit;
        note_case(&t, l);
    }
    /* A digit inside the word, or one for a shape, is typing; a last digit may be a number. */
    *r = (struct repair){ REPAIR_VNI_KEYS, word, word, inside || t.shaped ? 0.95 : 0.4 };
    return digit && finish(a, &t, &r->after);
}

static bool by_viqr(struct arena *a, str word, struct repair *r)
{
    struct decoding d;
    *r = (struct repair){ REPAIR_VIQR, word, word, 0.9 };
    if (!text_is_ascii(word))
        return false;
    viet_decode(a, (struct encoding_form){ .set = ENCODING_VIQR }, word, &d);
    r->after = d.text;
    return syllable_is_valid(d.text) && syllable_case_is_sane(d.text);
}

static bool by_lookalike(struct arena *a, str word, struct repair *r)
{
    char *out = arena_alloc(a, 2 * word.len + 4);
    size_t at = 0, len = 0;
    while (at < word.len)
        len += text_put(out + len, viet_lookalike(text_next(word, &at)));
    *r = (struct repair){ REPAIR_LOOKALIKE, word, { out, len }, 0.99 };
    return !str_eq(r->after, word) && syllable_is_valid(r->after);
}

static bool is_word(str token)
{
    size_t at = 0, letters = 0;
    while (at < token.len)
        letters += letter_in_word(text_next(token, &at));
    return letters > 0 && token.len <= 64;
}

static bool repair_word(struct arena *a, str word, struct repair *r)
{
    if (!is_word(word) || syllable_is_valid(word))
        return false;
    return by_lookalike(a, word, r) || by_telex(a, word, r) || by_vni(a, word, r) || by_viqr(a, word, r);
}

/* Brackets, commas and the like round a word are no part of it; signs of VIQR are. */
static bool next_token(str s, size_t *at, str *ret)
{
    while (*at < s.len && strchr(" ,;()\"/-", s.ptr[*at]))
        ++*at;
    size_t from = *at;
    while (*at < s.len && !strchr(" ,;)\"/-", s.ptr[*at]))
        ++*at;
    *ret = str_slice(s, from, *at);
    return ret->len > 0;
}

/* Which methods does some word of the text prove beyond doubt? */
static void find_proofs(struct arena *a, str text, bool proven[static REPAIR_COUNT])
{
    size_t at = 0;
    str token;
    struct repair r;
    while (next_token(text, &at, &token))
        if (repair_word(a, token, &r) && r.confidence > 0.9)
            proven[r.rule] = true;
}

size_t typing_repair(struct arena *a, str text, str *ret, struct repair *out, size_t cap)
{
    size_t at = 0, done = 0, changed = 0;
    bool proven[REPAIR_COUNT] = { false };
    str token, whole = { 0 };
    struct repair r;

    find_proofs(a, text, proven);
    while (next_token(text, &at, &token)) {
        if (!repair_word(a, token, &r))
            continue;
        if (r.confidence < 0.9 && proven[r.rule])
            r.confidence = 0.9;
        if (r.confidence < CONFIDENCE_MIN)
            continue;
        size_t before = (size_t)(token.ptr - text.ptr);
        whole = arena_printf(a, "%.*s%.*s%.*s", STR_ARG(whole), STR_ARG(str_slice(text, done, before)), STR_ARG(r.after));
        done = before + token.len;
        if (changed < cap)
            out[changed] = r;
        changed++;
    }
    *ret = changed ? arena_join(a, whole, str_from(text, done)) : text;
    return changed;
}
