/* "Nguyeenx Thij Hoongf" is Nguyễn Thị Hồng with the keyboard program off. A word is touched only if it is no syllable as it
 * stands and a syllable after the repair; and only if that is surer than that another language wrote it. What speaks for a
 * repair: keys that no other spelling has (uow, dd, a digit inside), a word of Vietnamese names as the result, Vietnamese words
 * around it, another word that was surely typed so. What speaks against it: a word that others write ("Lee", "Max"). */
#include "viet/typing.h"

#include <string.h>

#include "viet/encoding/encoding.h"
#include "viet/enter.h"
#include "viet/field/name.h"
#include "viet/fold.h"
#include "viet/letter.h"
#include "viet/mend/lexicon.h"
#include "viet/syllable.h"

enum { KEYS_MAX = 16 };
/* Below this nothing is changed: "To2" is group 2 more often than "Tò". */
#define CONFIDENCE_MIN 0.8
#define CONFIDENCE_PROOF 0.85

/* A word on its way through a typing method. */
struct typed {
    struct letter at[KEYS_MAX];
    size_t count, upper, letters;
    enum tone tone;
    bool first_upper, shaped; /* shaped: a key beside its letter changed the shape: no other spelling looks like that */
    size_t used, tones;       /* keys that changed something; those that set a tone */
    char tone_key;
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
    t->tones++;
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
        t->tone_key = key.base;
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

/* No syllable has "ưo": keyboard programs put the second horn on by themselves, as in Duwong. */
static void horn_spread(struct typed *t)
{
    for (size_t i = 1; i < t->count; i++)
        if (t->at[i - 1].base == 'u' && t->at[i - 1].mark == MARK_HORN && t->at[i].base == 'o' && t->at[i].mark == MARK_NONE)
            t->at[i].mark = MARK_HORN;
}

/* The word that the keys make, if it is a syllable; in the case of the input. */
static bool finish(struct arena *a, struct typed *t, str *ret)
{
    char bytes[KEYS_MAX * 4], lower[40];
    size_t len = 0;
    struct syllable s;
    bool toned = false;
    horn_spread(t);
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
    /* The keys behind may have been typed without the shift key. */
    bool all_upper = t->upper + t->tones >= t->letters && t->upper > 1;
    *ret = all_upper ? viet_upper(a, word) : t->first_upper ? viet_title(a, word) : arena_str(a, word);
    return true;
}

/* A repair that is possible, and what speaks for it in the word itself. */
struct proposal {
    struct repair repair;
    bool strange; /* keys that no other spelling has */
    bool sure;    /* so strange that the result need not be a known word */
    bool toned;   /* only a tone was set, by a letter that other languages put at the end of words */
    bool apart;   /* only by letters apart from the one they change: "Hana" */
    bool last;    /* only by a sign or digit at the end of the word */
    bool marked;  /* by a digit that no numbering reaches (6 … 9), or without which it is no syllable: "Trac1" */
    bool known, foreign;
};

/* What the words of the text say together. */
struct text_evidence {
    size_t words, syllables, marked; /* syllables; those with diacritics */
    size_t known, families;          /* syllables that are words of names; that are names of families */
    size_t supports;                 /* words that a repair would make known ones, or that look much like typing */
    bool family;                     /* begins with a family name as it stands */
    bool proven[REPAIR_COUNT];
};

static bool by_telex(struct arena *a, str word, struct proposal *p)
{
    struct typed t = { .count = 0 };
    size_t at = 0;
    while (at < word.len) {
        struct letter l;
        if (!letter_take(text_next(word, &at), &l) || !telex_key(&t, l))
            return false;
        note_case(&t, l);
    }
    /* A tone key pressed twice takes the tone back; nobody presses two different ones. */
    *p = (struct proposal){ .repair = { REPAIR_TELEX, word, word, 0 } };
    p->strange = t.shaped && t.tones > 0;
    p->sure = p->strange && t.tone_key != 'r' && t.tone_key != 's';
    p->toned = !t.shaped && (t.tone_key == 'r' || t.tone_key == 's');
    p->apart = !t.shaped && t.tones == 0;
    return t.tones <= 1 && finish(a, &t, &p->repair.after);
}

static bool by_vni(struct arena *a, str word, struct proposal *p)
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
    *p = (struct proposal){ .repair = { REPAIR_VNI_KEYS, word, word, 0 }, .last = !inside };
    p->strange = inside || (t.shaped && t.tones > 0);
    p->last = !p->strange;
    str bare = str_slice(word, 0, word.len - 1);
    p->marked = t.shaped || !syllable_is_valid(bare);
    return digit && (t.letters > 1 || t.at[0].base == 'y') && finish(a, &t, &p->repair.after);
}

static bool by_viqr(struct arena *a, str word, struct proposal *p)
{
    struct decoding d;
    bool strong = word.len > 1 && (word.ptr[0] | 0x20) == 'd' && (word.ptr[1] | 0x20) == 'd';
    for (size_t i = 1; i < word.len; i++)
        strong = strong || strchr("^+~`", word.ptr[i]) || (i + 1 < word.len && strchr("('?.", word.ptr[i]));
    *p = (struct proposal){ .repair = { REPAIR_VIQR, word, word, 0 }, .strange = strong, .last = !strong };
    if (!text_is_ascii(word))
        return false;
    viet_decode(a, (struct encoding_form){ .set = ENCODING_VIQR }, word, &d);
    p->repair.after = d.text;
    return !str_eq(d.text, word) && syllable_is_valid(d.text) && syllable_case_is_sane(d.text);
}

/* Letters of another script or of another alphabet's Latin; what is no letter (a typographic quote) stays. */
enum { LOOK_LATIN = 1, LOOK_OWN = 2, LOOK_WIDE = 4, LOOK_SCRIPT = 8 };

static unsigned look_of(uint32_t code, uint32_t meant)
{
    struct letter l;
    if (code == meant)
        return letter_take(code, &l) ? LOOK_OWN : 0;
    if (!letter_take(meant, &l) && !(meant >= '0' && meant <= '9'))
        return 0;
    return code >= 0xFF00 ? LOOK_WIDE : code < 0x370 ? LOOK_LATIN : LOOK_SCRIPT;
}

static bool by_lookalike(struct arena *a, str word, const struct text_evidence *e, struct repair *r)
{
    char *out = arena_alloc(a, 2 * word.len + 4);
    size_t at = 0, len = 0;
    unsigned looks = 0;
    bool others = false;
    while (at < word.len) {
        uint32_t code = text_next(word, &at), meant = viet_lookalike(code);
        unsigned look = look_of(code, meant);
        struct letter l;
        looks |= look;
        len += text_put(out + len, look > LOOK_OWN || look == LOOK_LATIN ? meant : code);
        others = others || (look == 0 && code >= 0x80 && letter_in_word(code) && !letter_take(code, &l));
    }
    *r = (struct repair){ REPAIR_LOOKALIKE, word, { out, len }, 0.99 };
    if (str_eq(r->after, word) || others)
        return false;
    r->after = viet_compose(a, r->after);
    bool vietnamese = e->marked > 0 || (e->family && e->words > 1);
    if (syllable_is_valid(r->after) && (vietnamese || looks & LOOK_OWN))
        return true;
    r->confidence = 0.9;
    if (looks & LOOK_WIDE)
        return true;
    /* Two scripts in one word are never meant; eth and its like are letters of other languages. */
    return looks & LOOK_SCRIPT ? (looks & LOOK_OWN) != 0 : vietnamese;
}

static bool is_word(str token)
{
    size_t at = 0, letters = 0;
    while (at < token.len)
        letters += letter_in_word(text_next(token, &at));
    return letters > 0 && token.len <= 64;
}

static bool by_any(struct arena *a, str word, struct proposal *p)
{
    return by_telex(a, word, p) || by_vni(a, word, p) || by_viqr(a, word, p);
}

/* "Noong", "Coong": syllables that hardly any word is, but Nông and Công typed in Telex. */
static bool is_long_o(str word)
{
    struct syllable s;
    return text_is_ascii(word) && syllable_parse(word, &s) && (strcmp(s.rime, "oong") == 0 || strcmp(s.rime, "ooc") == 0);
}

/* Words come again and again, so each thread remembers some that stand. */
enum { STANDING_WORDS = 2048, STANDING_BYTES = 15 };

static bool stands(str word)
{
    static _Thread_local struct { uint8_t len; char bytes[STANDING_BYTES]; } kept[STANDING_WORDS];
    size_t slot = str_hash(word) % STANDING_WORDS;

    if (kept[slot].len == word.len && word.len > 0 && memcmp(kept[slot].bytes, word.ptr, word.len) == 0)
        return true;
    if (is_word(word) && (!syllable_is_valid(word) || is_long_o(word)))
        return false;
    if (word.len > 0 && word.len <= STANDING_BYTES) {
        memcpy(kept[slot].bytes, word.ptr, word.len);
        kept[slot].len = (uint8_t)word.len;
    }
    return true;
}

static bool propose(struct arena *a, str word, struct proposal *p)
{
    if (stands(word) || !by_any(a, word, p))
        return false;
    p->known = lexicon_has(p->repair.after);
    p->foreign = lexicon_is_foreign(word);
    return p->known || !syllable_is_valid(word);
}

/* Of the word alone. */
static double confidence_alone(const struct proposal *p)
{
    if (p->foreign || p->apart || p->last)
        return 0.3;
    if (p->toned)
        return p->known && text_is_ascii(p->repair.before) ? 0.8 : 0.4;
    if (p->repair.rule == REPAIR_VNI_KEYS)
        return p->known ? 0.95 : 0.85;
    if (p->repair.rule == REPAIR_VIQR)
        return p->known ? 0.9 : 0.75;
    if (syllable_is_valid(p->repair.before))
        return 0.5;
    return p->strange ? (p->known ? 0.95 : p->sure ? 0.85 : 0.75) : p->known ? 0.85 : 0.7;
}

/* A family name in front of what all are syllables, or become some: "Lee Minh An", "Ngo6 Lai Doanh". */
static bool is_family_typed(const struct proposal *p, const struct text_evidence *e, size_t place)
{
    bool doubtful = p->foreign || syllable_is_valid(p->repair.before);
    size_t readable = e->syllables + e->supports, known = e->known + e->supports;
    /* "Lys Hạnh", but not "Lys Trần" */
    bool given = e->words == 2 && e->known == 1 && e->marked == 1 && e->families == 0;
    return place == 0 && !p->apart && (e->words > (doubtful ? 2u : 1u) || given) && readable + 1 >= e->words &&
           (known + 1 >= e->words || e->marked > 0) && name_is_family(p->repair.after);
}

/* `place` counts from zero. */
static double confidence_in(const struct proposal *p, const struct text_evidence *e, size_t place)
{
    double alone = confidence_alone(p);
    bool last_word = place + 1 == e->words, inside_name = e->family && place > 0;
    bool typed = e->supports > 1 && 3 * (e->syllables + e->supports) >= 2 * e->words;
    if (e->proven[p->repair.rule])
        return alone > 0.9 ? alone : 0.9;
    if (is_family_typed(p, e, place))
        return alone > CONFIDENCE_PROOF ? alone : p->foreign ? CONFIDENCE_MIN : CONFIDENCE_PROOF;
    if (!(e->marked > 0 || inside_name || typed) || p->apart || !text_is_ascii(p->repair.before))
        return alone;
    /* "Nguyễn Thị Hana" may be her name. */
    if (p->foreign)
        return inside_name && !last_word && p->known && e->syllables + 1 >= e->words ? CONFIDENCE_MIN : alone;
    if (p->last)
        return p->known && (!last_word || (p->marked && inside_name)) && (p->repair.rule == REPAIR_VNI_KEYS || inside_name) ? 0.85 : alone;
    if (p->known && (inside_name || !syllable_is_valid(p->repair.before)))
        return alone > 0.9 ? alone : 0.9;
    /* What is no known word may be a name of a minority: "A Rooi". */
    return (inside_name || typed) && !p->toned && alone < CONFIDENCE_MIN ? CONFIDENCE_MIN : alone;
}

static bool is_apart(char c)
{
    switch (c) {
    case 0: case ' ': case ',': case ';': case ')': case '"': case '/': case '-': return true;
    default: return false;
    }
}

/* Brackets, commas and the like round a word are no part of it; signs of VIQR are. */
static bool next_token(str s, size_t *at, str *ret)
{
    while (*at < s.len && (is_apart(s.ptr[*at]) || s.ptr[*at] == '('))
        ++*at;
    size_t from = *at;
    while (*at < s.len && !is_apart(s.ptr[*at]))
        ++*at;
    *ret = str_slice(s, from, *at);
    return ret->len > 0;
}

/* Most texts hold syllables only: they are told fast. */
static bool might_be_repaired(str text)
{
    size_t at = 0;
    str token;
    while (next_token(text, &at, &token))
        if (!stands(token))
            return true;
    return false;
}

static bool is_marked(str word)
{
    return !text_is_ascii(word);
}

/* The words as they stand, and which typing methods some word proves. */
static void evidence_gather(struct arena *a, str text, struct text_evidence *e)
{
    size_t at = 0;
    str token;
    struct proposal p;
    while (next_token(text, &at, &token)) {
        bool valid = stands(token) && syllable_is_valid(token);
        e->family = e->family || (e->words == 0 && name_is_family(token));
        e->words++;
        e->syllables += valid;
        e->marked += valid && is_marked(token);
        e->known += valid && lexicon_has(token);
        e->families += valid && name_is_family(token);
        if (valid || !propose(a, token, &p))
            continue;
        e->supports += !p.foreign && !p.apart && (p.known || confidence_alone(&p) >= 0.7);
        e->proven[p.repair.rule] |= confidence_alone(&p) >= CONFIDENCE_PROOF;
    }
    at = 0;
    for (size_t place = 0; next_token(text, &at, &token); place++)
        if (propose(a, token, &p) && confidence_in(&p, e, place) >= CONFIDENCE_PROOF)
            e->proven[p.repair.rule] = true;
}

static bool repair_word(struct arena *a, str token, const struct text_evidence *e, size_t place, struct repair *r)
{
    struct proposal p;
    if (stands(token))
        return false;
    if (!syllable_is_valid(token) && by_lookalike(a, token, e, r))
        return true;
    if (!propose(a, token, &p))
        return false;
    *r = p.repair;
    r->confidence = confidence_in(&p, e, place);
    return true;
}

size_t typing_repair(struct arena *a, str text, str *ret, struct repair *out, size_t cap)
{
    size_t at = 0, done = 0, changed = 0, place = 0;
    struct text_evidence e = { 0 };
    str token, whole = { 0 };
    struct repair r;

    *ret = text;
    if (!might_be_repaired(text))
        return 0;
    evidence_gather(a, text, &e);
    for (; next_token(text, &at, &token); place++) {
        if (!repair_word(a, token, &e, place, &r) || r.confidence < CONFIDENCE_MIN)
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
