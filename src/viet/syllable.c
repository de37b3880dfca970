/* The syllables of Vietnamese as facts of its orthography: which rimes exist, which onset letters stand before which
 * vowels (c/k/q, g/gh, ng/ngh), and that a rime closed by c, ch, p or t carries only the rising or the heavy tone.
 * It accepts some syllables that no word uses; it must never refuse one that a name uses. */
#include "viet/syllable.h"

#include <pthread.h>
#include <string.h>

#include "base/text.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
enum { LETTERS_MAX = 9 }; /* "nghiêng" has seven */

/* Bytewise sorted: searched by halves. */
static const char *const rimes[] = {
    "a", "ac", "ach", "ai", "am", "an", "ang", "anh", "ao", "ap", "at", "au", "ay", "e", "ec", "em", "en",
    "eng", "eo", "ep", "et", "i", "ia", "ich", "im", "in", "inh", "ip", "it", "iu", "iêc", "iêm", "iên",
    "iêng", "iêp", "iêt", "iêu", "o", "oa", "oac", "oach", "oai", "oam", "oan", "oang", "oanh", "oao", "oap",
    "oat", "oay", "oc", "oe", "oen", "oeo", "oet", "oi", "om", "on", "ong", "ooc", "oong", "op", "ot", "oăc",
    "oăm", "oăn", "oăng", "oăt", "u", "ua", "uc", "ui", "um", "un", "ung", "up", "ut", "uy", "uya", "uych",
    "uyn", "uynh", "uyp", "uyt", "uyu", "uyên", "uyêt", "uân", "uâng", "uât", "uây", "uê", "uêch", "uênh",
    "uôc", "uôi", "uôm", "uôn", "uông", "uôt", "uơ", "y", "yêm", "yên", "yêng", "yêt", "yêu", "âc", "âm", "ân",
    "âng", "âp", "ât", "âu", "ây", "ê", "êch", "êm", "ên", "ênh", "êp", "êt", "êu", "ô", "ôc", "ôi", "ôm",
    "ôn", "ông", "ôp", "ôt", "ăc", "ăm", "ăn", "ăng", "ăp", "ăt", "ơ", "ơi", "ơm", "ơn", "ơp", "ơt", "ư", "ưa",
    "ưc", "ưi", "ưm", "ưn", "ưng", "ưt", "ưu", "ươc", "ươi", "ươm", "ươn", "ương", "ươp", "ươt", "ươu",
};

static const char *const rimes_after_qu[] = {
    "a", "ac", "ach", "ai", "an", "ang", "anh", "ao", "at", "ay", "e", "en", "eo", "et", "i", "ich", "inh",
    "it", "iên", "iêt", "y", "ych", "ynh", "yp", "yt", "yên", "yêt", "ân", "âng", "ât", "ây", "ê", "êch", "ên",
    "ênh", "êt", "ôc", "ăc", "ăm", "ăn", "ăng", "ăp", "ăt", "ơ", "ơi",
};

/* Rimes have at most eight bytes: packed into one number, first byte highest, they compare as texts do. */
static uint64_t rime_keys[COUNT(rimes)], rime_keys_after_qu[COUNT(rimes_after_qu)];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static uint64_t pack(str s)
{
    uint64_t key = 0;
    for (size_t i = 0; i < 8; i++)
        key = key << 8 | (i < s.len ? (unsigned char)s.ptr[i] : 0);
    return key;
}

static void pack_all(void)
{
    for (size_t i = 0; i < COUNT(rimes); i++)
        rime_keys[i] = pack(str_of(rimes[i]));
    for (size_t i = 0; i < COUNT(rimes_after_qu); i++)
        rime_keys_after_qu[i] = pack(str_of(rimes_after_qu[i]));
}

static bool listed(const uint64_t *list, size_t count, str rime)
{
    size_t low = 0, high = count;
    uint64_t key = pack(rime);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list[middle] == key)
            return rime.len <= 8;
        if (list[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* Bytes of the onset: ngh, ng, nh, ch, gh, kh, ph, th, tr, đ (two bytes), or one of bcdghklmnprstvx; 0 before a vowel. */
static size_t onset_bytes(str s)
{
    char first = s.len > 0 ? s.ptr[0] : 0, second = s.len > 1 ? s.ptr[1] : 0;
    if (str_starts(s, STR("đ")))
        return 2;
    if (first == 0 || !strchr("bcdghklmnprstvx", first))
        return 0;
    if (first == 'n' && second == 'g')
        return s.len > 2 && s.ptr[2] == 'h' ? 3 : 2;
    return (second == 'h' && strchr("cgknpt", first)) || (first == 't' && second == 'r') ? 2 : 1;
}

static bool starts_any(str s, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_starts(s, str_of(list[i])))
            return true;
    return false;
}

/* Lower case without tones into `out`, the tone apart. */
static bool strip(str word, char out[static 32], size_t *ret_len, enum tone *ret_tone)
{
    size_t at = 0, len = 0, count = 0;

    *ret_tone = TONE_LEVEL;
    while (at < word.len) {
        struct letter l;
        if (!letter_take(text_next(word, &at), &l) || ++count > LETTERS_MAX)
            return false;
        if (l.tone != TONE_LEVEL) {
            if (*ret_tone != TONE_LEVEL)
                return false;
            *ret_tone = (enum tone)l.tone;
        }
        l.tone = TONE_LEVEL;
        l.upper = false;
        len += text_put(out + len, letter_make(l));
    }
    *ret_len = len;
    return count > 0;
}

/* "gì", "giết" and "giếng" write the i of onset and rime once. */
static bool split_gi(str s, str *ret_rime, char joined[static 16])
{
    str rest = str_from(s, 2);
    static const char *const shared[] = { "ê", "c", "m", "n", "p", "t" };

    if (str_starts(rest, STR("i")) || str_starts(rest, STR("y")))
        return false;
    if (rest.len > 0 && !starts_any(rest, shared, COUNT(shared))) {
        *ret_rime = rest;
        return true;
    }
    if (rest.len > 14)
        return false;
    joined[0] = 'i';
    if (rest.len > 0)
        memcpy(joined + 1, rest.ptr, rest.len);
    *ret_rime = (str){ joined, rest.len + 1 };
    return true;
}

static bool split(str s, str *ret_onset, str *ret_rime, char joined[static 16])
{
    *ret_onset = (str){ 0 };
    *ret_rime = s;
    if (str_starts(s, STR("qu"))) {
        *ret_onset = STR("qu");
        *ret_rime = str_from(s, 2);
        return true;
    }
    if (str_starts(s, STR("gi"))) {
        *ret_onset = STR("gi");
        return split_gi(s, ret_rime, joined);
    }
    *ret_onset = str_slice(s, 0, onset_bytes(s));
    *ret_rime = str_from(s, ret_onset->len);
    return true;
}

static bool onset_suits(str onset, str rime)
{
    static const char *const front[] = { "e", "ê", "i", "y" };
    bool before_front = starts_any(rime, front, COUNT(front));

    if (str_eq(onset, STR("k")) || str_eq(onset, STR("gh")) || str_eq(onset, STR("ngh")))
        return before_front;
    if (str_eq(onset, STR("c")) || str_eq(onset, STR("g")) || str_eq(onset, STR("ng")))
        return !before_front;
    if (str_starts(rime, STR("yê")))
        return onset.len == 0;
    if (str_starts(rime, STR("iê")))
        return onset.len > 0;
    return true;
}

static bool tone_suits(str rime, enum tone tone)
{
    bool stopped = str_ends(rime, STR("c")) || str_ends(rime, STR("ch")) || str_ends(rime, STR("p")) ||
                   str_ends(rime, STR("t"));
    return !stopped || tone == TONE_ACUTE || tone == TONE_DOT;
}

bool syllable_parse(str word, struct syllable *ret)
{
    char bare[32], joined[16];
    size_t len;
    str onset, rime;

    MUST(pthread_once(&once, pack_all) == 0);
    memset(ret, 0, sizeof *ret);
    if (!strip(word, bare, &len, &ret->tone) || !split((str){ bare, len }, &onset, &rime, joined))
        return false;
    bool qu = str_eq(onset, STR("qu"));
    bool known = qu ? listed(rime_keys_after_qu, COUNT(rimes_after_qu), rime) : listed(rime_keys, COUNT(rimes), rime);
    if (!known || (!qu && !onset_suits(onset, rime)) || !tone_suits(rime, ret->tone))
        return false;
    memcpy(ret->rime, rime.ptr, rime.len);
    if (onset.len > 0)
        memcpy(ret->onset, onset.ptr, onset.len);
    return true;
}

/* Texts are made of some thousand syllables: each thread remembers its latest answers. */
enum { REMEMBERED = 4096, REMEMBERED_BYTES = 14 };
static _Thread_local struct {
    char word[REMEMBERED_BYTES];
    uint8_t len; /* 0: none */
    bool valid;
} remembered[REMEMBERED];

bool syllable_is_valid(str word)
{
    struct syllable s;
    if (word.len == 0 || word.len > REMEMBERED_BYTES)
        return syllable_parse(word, &s);
    size_t slot = str_hash(word) % REMEMBERED;
    if (remembered[slot].len != word.len || memcmp(remembered[slot].word, word.ptr, word.len) != 0) {
        remembered[slot].valid = syllable_parse(word, &s);
        remembered[slot].len = (uint8_t)word.len;
        memcpy(remembered[slot].word, word.ptr, word.len);
    }
    return remembered[slot].valid;
}

/* The letter of a rime that carries the tone: the last one with a mark; else the only vowel, the middle of three, and of
 * two the second before a consonant and the first in an open syllable, but for oa, oe, uy in the new style. */
static size_t tone_place(const struct letter *letters, size_t count, enum tone_style style)
{
    size_t vowels = 0, marked = count;
    for (size_t i = 0; i < count && letter_is_vowel(letters[i]); i++) {
        vowels++;
        if (letters[i].mark != MARK_NONE)
            marked = i;
    }
    if (marked < count)
        return marked;
    if (vowels < 2)
        return 0;
    if (vowels == 3 || vowels < count)
        return 1;
    bool glide = (letters[0].base == 'o' && (letters[1].base == 'a' || letters[1].base == 'e')) ||
                 (letters[0].base == 'u' && letters[1].base == 'y');
    return glide && style == TONE_STYLE_NEW ? 1 : 0;
}

static size_t write(str onset, str rime, enum tone tone, enum tone_style style, char *out)
{
    struct letter letters[LETTERS_MAX + 1];
    size_t count = 0, at = 0, len = 0;

    if (str_eq(onset, STR("gi")) && str_starts(rime, STR("i")))
        onset = STR("g");
    while (at < rime.len && count <= LETTERS_MAX)
        MUST(letter_take(text_next(rime, &at), &letters[count++]));
    letters[tone_place(letters, count, style)].tone = (uint8_t)tone;
    if (onset.len > 0)
        memcpy(out, onset.ptr, onset.len);
    len = onset.len;
    for (size_t i = 0; i < count; i++)
        len += text_put(out + len, letter_make(letters[i]));
    return len;
}

size_t syllable_write(const struct syllable *s, enum tone_style style, char out[static 40])
{
    return write(str_of(s->onset), str_of(s->rime), s->tone, style, out);
}

size_t syllable_key(const struct syllable *s, char out[static 40])
{
    char rime[sizeof s->rime];
    memcpy(rime, s->rime, sizeof rime);
    if (rime[0] == 'y' && (rime[1] == 0 || strcmp(s->onset, "qu") == 0))
        rime[0] = 'i';
    return write(str_of(s->onset), str_of(rime), s->tone, TONE_STYLE_NEW, out);
}

bool syllable_next_word(str text, size_t *at, str *ret_word)
{
    size_t from = *at;
    while (*at < text.len) {
        size_t before = *at;
        if (letter_in_word(text_next(text, at)))
            continue;
        if (before > from) {
            *ret_word = str_slice(text, from, before);
            return true;
        }
        from = *at;
    }
    *ret_word = str_from(text, from);
    return ret_word->len > 0;
}

double syllable_share(str text, size_t *ret_words)
{
    size_t at = 0, words = 0, valid = 0;
    str word;
    while (syllable_next_word(text, &at, &word)) {
        words++;
        valid += syllable_is_valid(word);
    }
    *ret_words = words;
    return words ? (double)valid / (double)words : 0;
}

bool syllable_case_is_sane(str word)
{
    size_t at = 0, count = 0, upper = 0;
    bool first_upper = false;
    while (at < word.len) {
        uint32_t cp = text_next(word, &at);
        bool is_upper = letter_lower(cp) != cp;
        if (count++ == 0)
            first_upper = is_upper;
        upper += is_upper;
    }
    return upper == 0 || upper == count || (upper == 1 && first_upper);
}
