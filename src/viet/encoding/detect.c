/* Which encoding is a column in? Every candidate reads some hundred pieces of it; the one whose reading consists of Vietnamese
 * syllables in sane case wins. Only words that tell encodings apart count, and between two candidates only those that they read
 * differently. It refuses to choose when another reading is about as good, because a wrong one writes wrong names into a
 * register and nobody sees it. */
#include <string.h>

#include "viet/encoding/charset.h"
#include "viet/encoding/sample.h"
#include "viet/syllable.h"

enum { HEAD_BYTES = 4096, CANDIDATES_MAX = 36, WORDS_MAX = 2048, FEW_WORDS = 40, SISTER_SHARE = 10, ARENA_BYTES = 1 << 20 };
#define SCORE_MIN 0.6
/* Measured on random columns of names of two and three words, 400 of each size in each of the sets, wrapped or not, in capitals
 * or not. Decided: of 3 cells 81 in 100, of 6 cells 93, of 12 cells 99, of 24 all. Read wrongly although decided, but for the
 * letters that BK HCM 1 merges: of one cell 7 in 1,000 (VIQR taken for plain ASCII), of 3 and more 1 in 10,000 (ISC).
 *
 * Of the words that two candidates read differently: few must tell clearly, many may tell little each. */
#define LEAD_MIN 0.9
#define MARGIN_FEW 0.3
#define LEAD_MANY 4
#define MARGIN_MANY 0.12
/* What a set that hardly anybody used must do better, in words. */
#define RARE_HANDICAP 0.5
/* A candidate that reads so many words well leaves no room for sets that hardly anybody used. */
#define SCORE_SAFE 0.97

struct word_read {
    uint32_t text;  /* hash of the reading in small letters: readings that differ in case only are no rivals */
    uint32_t twice; /* credit, doubled */
};

struct candidate {
    struct encoding_form form;
    double credit;
    size_t strange; /* words without any */
    struct word_read *words;
};

struct field {
    struct arena *a, *scratch;
    struct pieces pieces;
    bool bar;                   /* "|" parts cells: most pieces have it */
    size_t words;               /* that tell encodings apart, at most WORDS_MAX */
    uint16_t piece[WORDS_MAX];  /* of each word */
    struct candidate list[CANDIDATES_MAX];
    size_t count;
};

/* The likeliest first: of two readings that are equally good the first is taken. */
static const enum encoding sets[] = {
    ENCODING_UTF8,       ENCODING_TCVN3, ENCODING_VNI, ENCODING_VISCII,     ENCODING_VPS,        ENCODING_CP1258,
    ENCODING_TCVN5712_1, ENCODING_BK2,   ENCODING_BK1, ENCODING_VIETWARE_X, ENCODING_VIETWARE_F, ENCODING_ISC,
    ENCODING_VNI_MAC,
};
enum { SETS = sizeof sets / sizeof *sets, SETS_KNOWN = 6 };

static bool is_vietnamese(str word)
{
    size_t at = 0;
    struct letter l;
    while (at < word.len)
        if (!letter_take(text_next(word, &at), &l))
            return false;
    return true;
}

/* Nobody writes these between letters or behind one, but sets of few bytes put capitals there. */
static bool is_odd_sign(uint32_t code)
{
    return code == '^' || code == '`' || code == '~' || code == '@' || code == '#' || code == '\\' || code == '|' || code == '{' || code == '}';
}

static bool has_strange(str token)
{
    size_t at = 0;
    bool letter = false, odd = false;
    while (at < token.len) {
        uint32_t code = text_next(token, &at);
        bool was_letter = letter, was_odd = odd;
        letter = letter_in_word(code);
        odd = is_odd_sign(code);
        if ((code >= 0x80 && !letter && !charset_punctuation(code)) || (odd && was_letter) || (letter && was_odd))
            return true;
        /* A question mark inside a token is a letter that some converter lost. */
        if ((code < 0x20 && code != '\t' && code != '\n' && code != '\r') || (code == '?' && at < token.len))
            return true;
    }
    return false;
}

static bool begins_small(str token)
{
    size_t at = 0;
    uint32_t first = text_next(token, &at);
    return letter_upper(first) != first;
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
    /* No-break spaces part words, not letters: "T n" is none, "Gi y" hardly one. */
    size_t gap = str_find(token, STR("\u00A0"));
    if (gap == token.len)
        return credit;
    at = gap + 2;
    uint32_t next = at < token.len ? text_next(token, &at) : 0;
    bool torn = gap > 0 && letter_upper(next) != next && !begins_small(token);
    return credit < 1 ? 0 : torn ? 0.5 : credit;
}

static bool is_separator(char c, bool bar)
{
    return c == ' ' || c == ',' || c == ';' || c == '\t' || c == '\n' || c == '\r' || (bar && c == '|');
}

/* Separators keep their bytes in every candidate, so that words of two readings correspond. */
static bool token_next(const struct field *f, str s, size_t *at, str *ret)
{
    while (*at < s.len && is_separator(s.ptr[*at], f->bar))
        ++*at;
    size_t from = *at;
    while (*at < s.len && !is_separator(s.ptr[*at], f->bar))
        ++*at;
    *ret = str_slice(s, from, *at);
    return ret->len > 0;
}

static uint32_t hash_lower(str token)
{
    uint32_t hash = 2166136261u;
    size_t at = 0;
    while (at < token.len)
        hash = (hash ^ letter_lower(text_next(token, &at))) * 16777619u;
    return hash;
}

/* Which raw words count: those that tell, in order. */
static void words_gather(struct field *f)
{
    size_t bars = 0;
    for (size_t i = 0; i < f->pieces.count; i++)
        bars += str_find_char(f->pieces.list[i], '|') < f->pieces.list[i].len;
    f->bar = 2 * bars > f->pieces.count;
    for (size_t i = 0; i < f->pieces.count; i++) {
        size_t at = 0;
        str raw;
        while (f->words < WORDS_MAX && token_next(f, f->pieces.list[i], &at, &raw))
            if (piece_tells(raw))
                f->piece[f->words++] = (uint16_t)i;
    }
}

static void weigh(struct field *f, struct encoding_form form)
{
    struct candidate *c = &f->list[f->count++];
    size_t word = 0;
    MUST(f->count <= CANDIDATES_MAX);
    *c = (struct candidate){ .form = form, .words = ARENA_ARRAY(f->a, struct word_read, f->words) };
    for (size_t i = 0; i < f->pieces.count && word < f->words; i++) {
        struct decoding d;
        size_t raw_at = 0, at = 0;
        str raw, token;
        arena_reset(f->scratch);
        viet_decode(f->scratch, form, f->pieces.list[i], &d);
        while (word < f->words && token_next(f, f->pieces.list[i], &raw_at, &raw)) {
            bool read = token_next(f, d.text, &at, &token);
            if (!piece_tells(raw))
                continue;
            bool good = read && !(form.wrapped && d.bad > 0);
            c->words[word].text = read ? hash_lower(token) : 0;
            c->words[word].twice = good ? (uint32_t)(2 * token_credit(token)) : 0;
            c->credit += c->words[word].twice / 2.0;
            c->strange += c->words[word].twice == 0;
            word++;
        }
    }
}

static const struct candidate *best_of(const struct field *f)
{
    const struct candidate *best = &f->list[0];
    for (size_t i = 1; i < f->count; i++)
        if (f->list[i].credit > best->credit)
            best = &f->list[i];
    return best;
}

/* Could the high bytes be UTF-8, and if so characters that a spreadsheet made of old bytes? */
static void shape_of(const struct pieces *p, bool *ret_eight_bit, bool *ret_wrapped)
{
    size_t utf8 = 0;
    *ret_wrapped = false;
    for (size_t i = 0; i < p->count; i++) {
        str s = p->list[i];
        size_t at = 0;
        utf8 += text_is_utf8(s);
        while (!*ret_wrapped && at < s.len) {
            uint8_t byte;
            uint32_t code = text_next(s, &at);
            *ret_wrapped = code >= 0x80 && code != 0xFFFD && cp1252_byte(code, &byte);
        }
    }
    /* Old bytes look like UTF-8 once in a while, not many times in a row. */
    *ret_eight_bit = utf8 < p->count || p->count < 6;
}

static void weigh_all(struct field *f)
{
    bool eight_bit, wrapped;
    shape_of(&f->pieces, &eight_bit, &wrapped);
    for (size_t i = 0; i < SETS; i++) {
        if (i == SETS_KNOWN) {
            weigh(f, (struct encoding_form){ .set = ENCODING_VIQR });
            const struct candidate *best = best_of(f);
            if (f->words >= FEW_WORDS && best->strange == 0 && best->credit >= SCORE_SAFE * (double)f->words)
                return;
        }
        if (eight_bit || sets[i] == ENCODING_UTF8)
            weigh(f, (struct encoding_form){ .set = sets[i] });
        if (wrapped)
            weigh(f, (struct encoding_form){ .set = sets[i], .wrapped = true });
    }
}

/* How the two do on the words that they read differently, or of which only one makes sense. */
struct duel {
    size_t words, different;
    double lead, margin;
};

static int is_rare(enum encoding set)
{
    for (size_t i = SETS_KNOWN; i < SETS; i++)
        if (sets[i] == set)
            return 1;
    return 0;
}

static struct duel duel_of(const struct field *f, const struct candidate *one, const struct candidate *other)
{
    struct duel d = { 0 };
    for (size_t i = 0; i < f->words; i++) {
        bool different = one->words[i].text != other->words[i].text;
        if (!different && one->words[i].twice == other->words[i].twice)
            continue;
        d.words++;
        d.different += different;
        d.lead += ((double)one->words[i].twice - (double)other->words[i].twice) / 2;
    }
    /* A rival that makes sense of none of the words is no rival, however rare the set; sisters differ in few words anyway. */
    if (d.lead < (double)d.words && SISTER_SHARE * d.words > f->words)
        d.lead += RARE_HANDICAP * (is_rare(other->form.set) - is_rare(one->form.set));
    d.lead = d.lead > 0 ? d.lead : 0;
    d.margin = d.lead < (double)d.words ? d.lead / (double)d.words : 1;
    return d;
}

static void differing_note(const struct field *f, const struct candidate *one, const struct candidate *other, struct encoding_guess *ret)
{
    const size_t max = sizeof ret->differing / sizeof *ret->differing;
    for (size_t i = 0; i < f->words && ret->differing_count < max; i++) {
        size_t sample = f->pieces.sample[f->piece[i]];
        bool known = ret->differing_count > 0 && ret->differing[ret->differing_count - 1] == sample;
        if (one->words[i].text != other->words[i].text && !known)
            ret->differing[ret->differing_count++] = sample;
    }
}

/* Sisters (ISC and TCVN3) part on few words of a column. */
static bool is_close(const struct field *f, const struct duel *d)
{
    bool sisters = SISTER_SHARE * d->words <= f->words;
    return d->lead < LEAD_MIN || d->margin < (d->lead < LEAD_MANY && !sisters ? MARGIN_FEW : MARGIN_MANY);
}

static void judge(const struct field *f, struct encoding_guess *ret)
{
    const struct candidate *best = best_of(f), *rival = NULL;
    struct duel closest = { 0 };
    for (size_t i = 0; i < f->count; i++) {
        struct duel d = duel_of(f, best, &f->list[i]);
        bool nearer = is_close(f, &d) != is_close(f, &closest) ? is_close(f, &d) : d.margin < closest.margin;
        if (d.different == 0 || (rival && !nearer))
            continue;
        rival = &f->list[i];
        closest = d;
    }
    ret->form = best->form;
    ret->score = best->credit / (double)f->words;
    ret->margin = rival ? closest.margin : ret->score;
    if (rival) {
        ret->runner_up = rival->form;
        ret->runner_score = rival->credit / (double)f->words;
        differing_note(f, best, rival, ret);
    }
    ret->doubt = ret->score < SCORE_MIN ? ENCODING_STRANGE : rival && is_close(f, &closest) ? ENCODING_CLOSE : ENCODING_CERTAIN;
}

/* How the column writes its words, by the plain letters; a few exceptions are let pass. */
static enum case_habit habit_of(const struct field *f)
{
    size_t words = 0, small = 0, upper = 0, lower = 0;
    for (size_t i = 0; i < f->pieces.count; i++) {
        size_t at = 0;
        str token;
        while (token_next(f, f->pieces.list[i], &at, &token)) {
            struct letter l;
            for (size_t k = 0; k < token.len; k++) {
                if (!letter_take((uint8_t)token.ptr[k] < 0x80 ? (uint8_t)token.ptr[k] : 0, &l))
                    continue;
                words += k == 0;
                small += k == 0 && !l.upper;
                upper += k > 0 && l.upper;
                lower += k > 0 && !l.upper;
            }
        }
    }
    if (words < 4 || small * 20 > words)
        return CASE_UNTOLD;
    return upper > 20 * lower ? CASE_CAPITALS : CASE_TITLES;
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
        enum encoding one = utf16_of(str_slice(samples[i], 0, HEAD_BYTES));
        if (one == ENCODING_NONE || (set != ENCODING_NONE && one != set))
            return false;
        set = one;
    }
    if (set == ENCODING_NONE)
        return false;
    *ret = (struct encoding_guess){ .form = { .set = set }, .doubt = ENCODING_CERTAIN, .score = 1, .margin = 1 };
    return true;
}

bool viet_encoding_detect(const str *samples, size_t n, struct encoding_guess *ret)
{
    const struct encoding_guess plain = { .form = { .set = ENCODING_UTF8 }, .doubt = ENCODING_PLAIN, .score = 1, .margin = 1 };

    *ret = plain;
    if (detect_utf16(samples, n, ret))
        return true;
    struct arena *a = arena_new(8 * (size_t)ARENA_BYTES);
    struct field *f = ARENA_NEW(a, struct field);
    f->a = a;
    f->scratch = arena_new(ARENA_BYTES);
    pieces_take(a, samples, n, &f->pieces);
    words_gather(f);
    if (f->words > 0 && f->pieces.high) {
        weigh_all(f);
        judge(f, ret);
    } else if (f->words > 0) {
        weigh(f, (struct encoding_form){ .set = ENCODING_UTF8 });
        weigh(f, (struct encoding_form){ .set = ENCODING_VIQR });
        judge(f, ret);
        /* Dots and quotes between letters are punctuation until they make syllables: addresses, e-mail, initials. */
        if (ret->form.set != ENCODING_VIQR || ret->doubt != ENCODING_CERTAIN)
            *ret = plain;
    }
    ret->words = f->words;
    ret->cells = f->pieces.evident;
    const struct charset *set = charset_of(ret->form.set);
    if (set && ret->doubt != ENCODING_PLAIN)
        ret->form.habit = habit_of(f);
    arena_free(f->scratch);
    arena_free(a);
    return ret->doubt == ENCODING_CERTAIN || ret->doubt == ENCODING_PLAIN;
}
