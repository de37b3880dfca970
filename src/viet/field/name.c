/* Splitting follows the order family, middle, given (40,496 names: 3 words 68.5 %, 4 words 30.5 %). Doubts never refuse a
 * name: names of ethnic minorities and foreigners are legal as they are (Luật Hộ tịch 2014 Đ14; Bộ luật Dân sự 2015 Đ26). */
#include "viet/field/name.h"

#include "viet/fold.h"
#include "viet/letter.h"
#include "viet/syllable.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char *const families[] = {
#define SURNAME(key) key,
#include "viet/field/surname.def"
#undef SURNAME
};

/* Family names of two words, folded. */
static const char *const double_families[] = { "ton that ", "ton nu ", "cong tang ", "cong huyen " };

/* Keys of regional forms and of forms made to avoid the names of rulers. */
static const char *const variants[][2] = {
    { "hoàng", "huỳnh" },   { "vũ", "võ" },      { "chu", "châu" },    { "phúc", "phước" }, { "nhân", "nhơn" },
    { "sinh", "sanh" },     { "nhật", "nhựt" },  { "bảo", "bửu" },     { "chính", "chánh" }, { "thái", "thới" },
    { "cảnh", "kiểng" },    { "tùng", "tòng" },  { "nghĩa", "ngãi" },  { "phượng", "phụng" }, { "mệnh", "mạng" },
    { "quí", "quới" },      { "hoa", "huê" },    { "lĩnh", "lãnh" },   { "cương", "cang" },  { "tính", "tánh" },
    { "trường", "tràng" },  { "đường", "đàng" },
};

/* With their diacritics: Chú is a form of address, Chu and Châu are family names. In names that lost all of them, the first
 * letters of these tell. */
static const char *const honorifics[] = { "ông", "bà", "cụ", "anh", "chị", "em", "cháu", "cô", "chú", "bác", "mr", "mrs", "ms", "đc" };

static bool next_word(str s, size_t *at, str *ret)
{
    while (*at < s.len && s.ptr[*at] == ' ')
        ++*at;
    size_t from = *at;
    while (*at < s.len && s.ptr[*at] != ' ')
        ++*at;
    *ret = str_slice(s, from, *at);
    return ret->len > 0;
}

static size_t family_bytes(str name)
{
    char folded[24];
    str start = { folded, viet_fold_into(folded, sizeof folded, str_slice(name, 0, 24)) };
    size_t at = 0;
    str word;
    next_word(name, &at, &word);
    for (size_t i = 0; i < COUNT(double_families); i++)
        if (str_starts(start, str_of(double_families[i])))
            next_word(name, &at, &word);
    return at;
}

void name_split(str name, struct person_name *ret)
{
    name = str_trim(name);
    size_t last = name.len, family = family_bytes(name);
    while (last > 0 && name.ptr[last - 1] != ' ')
        last--;
    *ret = (struct person_name){ .given = str_from(name, last) };
    if (last == 0)
        return;
    if (family >= last) /* "Tôn Nữ" alone: the last word is the given name */
        family = str_find_char(name, ' ');
    ret->family = str_slice(name, 0, family);
    ret->middle = str_trim(str_slice(name, family, last));
}

/* Letter by letter in small letters, tones kept; `out` is cut when full, and then equals no key. */
static str key_of(str word, char out[static 40])
{
    struct syllable s;
    size_t at = 0, len = 0;
    if (syllable_parse(word, &s))
        return (str){ out, syllable_key(&s, out) };
    while (at < word.len && len < 36)
        len += text_put(out + len, letter_lower(viet_lookalike(text_next(word, &at))));
    return (str){ out, len };
}

/* Most differ in the first letter. */
static bool is(str key, const char *known)
{
    return key.len > 0 && key.ptr[0] == known[0] && str_eq(key, str_of(known));
}

bool name_is_family(str word)
{
    char bytes[40];
    str key = key_of(word, bytes);
    for (size_t i = 0; i < COUNT(families); i++)
        if (is(key, families[i]))
            return true;
    return false;
}

static bool folds_to_family(str word)
{
    char one[40], other[40];
    str folded = { one, viet_fold_into(one, sizeof one, word) };
    for (size_t i = 0; i < COUNT(families); i++)
        if (str_eq(folded, (str){ other, viet_fold_into(other, sizeof other, str_of(families[i])) }))
            return true;
    return false;
}

bool name_is_variant(str one, str other)
{
    char a[40], b[40];
    str first = key_of(one, a), second = key_of(other, b);
    for (size_t i = 0; i < COUNT(variants); i++) {
        str left = str_of(variants[i][0]), right = str_of(variants[i][1]);
        if ((str_eq(first, left) && str_eq(second, right)) || (str_eq(first, right) && str_eq(second, left)))
            return true;
    }
    return false;
}

bool name_has_variant(str word)
{
    char bytes[40];
    str key = key_of(word, bytes);

    for (size_t i = 0; i < COUNT(variants); i++)
        if (is(key, variants[i][0]) || is(key, variants[i][1]))
            return true;
    return false;
}

static bool is_clan_prefix(str word, size_t words)
{
    char bytes[8];
    str folded = { bytes, viet_fold_into(bytes, sizeof bytes, word) };
    if (folded.len > 2 && folded.ptr[1] == '\'')
        return folded.ptr[0] == 'h' || folded.ptr[0] == 'k';
    return words > 1 && (str_eq(folded, STR("y")) || str_eq(folded, STR("ka")) || str_eq(folded, STR("k'")) ||
                         str_eq(folded, STR("h'")));
}

/* "Ng.", "V.", "Tr": no vowel, or a dot. A single vowel ("Y", "A") is a name. */
static bool is_abbreviated(str word)
{
    size_t at = 0, vowels = 0, letters = 0;
    while (at < word.len) {
        struct letter l;
        uint32_t cp = text_next(word, &at);
        if (cp == '.')
            return true;
        if (cp == '\'' || cp == '-' || !letter_take(cp, &l))
            return false;
        letters++;
        vowels += letter_is_vowel(l);
    }
    return vowels == 0 && letters <= 3;
}

static bool is_honorific(str word, str after, bool unmarked)
{
    char bytes[40], folded[16];
    str key = key_of(str_slice(word, 0, word.len - str_ends(word, STR("."))), bytes);
    bool bare = unmarked && !name_is_family(word);
    for (size_t i = 0; i < COUNT(honorifics); i++)
        if (is(key, honorifics[i]) || (bare && str_eq(key, (str){ folded, viet_fold_into(folded, sizeof folded, str_of(honorifics[i])) })))
            return name_is_family(after) || folds_to_family(after);
    return false;
}

static uint32_t character_warnings(str name)
{
    uint32_t warnings = 0;
    size_t at = 0;
    while (at < name.len) {
        uint32_t cp = text_next(name, &at);
        if (cp == '?' || cp == 0xFFFD)
            warnings |= NAME_LOST_LETTERS;
        else if (cp >= '0' && cp <= '9')
            warnings |= NAME_DIGITS;
        else if (!letter_in_word(cp) && cp != ' ' && cp != '\'' && cp != 0x2019 && cp != '-' && cp != '.')
            warnings |= NAME_SYMBOLS;
    }
    return warnings;
}

/* An honorific stands before a family name and a given one; where it is a family name itself (Chu), before three words. */
static bool begins_with_honorific(str name, size_t *ret_bytes)
{
    size_t at = 0, end, words = 0;
    str first, second, word;
    if (!next_word(name, &at, &first))
        return false;
    end = at;
    if (!next_word(name, &at, &second))
        return false;
    while (next_word(name, &at, &word))
        words++;
    *ret_bytes = end;
    return words >= 1 && is_honorific(first, second, text_is_ascii(name)) && (words >= 2 || !name_is_family(first));
}

uint32_t name_plausibility(str name)
{
    uint32_t warnings = character_warnings(name);
    size_t at = 0, words = 0, bytes;
    str word, part;

    while (next_word(name, &at, &word)) {
        size_t part_at = 0;
        words++;
        if (is_abbreviated(word))
            warnings |= NAME_ABBREVIATED;
        while (syllable_next_word(word, &part_at, &part)) {
            warnings |= syllable_is_valid(part) ? 0 : NAME_OTHER_WORDS;
            warnings |= syllable_case_is_sane(part) ? 0 : NAME_MIXED_CASE;
        }
    }
    at = 0;
    if (next_word(name, &at, &word)) {
        if (words > 1 && text_is_ascii(name) && !name_is_family(word) && folds_to_family(word))
            warnings |= NAME_NO_MARKS;
        if (is_clan_prefix(word, words))
            warnings |= NAME_CLAN_ORDER;
    }
    if (begins_with_honorific(name, &bytes))
        warnings |= NAME_HONORIFIC;
    warnings |= words == 0 ? NAME_EMPTY : words == 1 ? NAME_ONE_WORD : words > 6 ? NAME_MANY_WORDS : 0;
    return warnings;
}

const char *name_warning_name(uint32_t bit)
{
    static const char *const names[] = { "name_empty",       "name_one_word",      "name_many_words",   "name_digits",
                                         "name_symbols",     "name_lost_letters",  "name_other_words",  "name_no_marks",
                                         "name_mixed_case",  "name_abbreviated",   "name_honorific",    "name_clan_order" };
    for (size_t i = 0; i < COUNT(names); i++)
        if (bit == 1u << i)
            return names[i];
    return NULL;
}

/* Abbreviations that clerks use; more than one meaning makes a proposal weak. */
static const struct {
    const char *short_form, *full;
    bool first; /* as a family name; else in the middle */
    double confidence;
} abbreviations[] = {
    { "ng", "Nguyễn", true, 0.95 }, { "ngx", "Nguyễn", true, 0.9 },  { "ngyn", "Nguyễn", true, 0.9 }, { "tr", "Trần", true, 0.7 },
    { "ph", "Phạm", true, 0.6 },    { "h", "Hoàng", true, 0.4 },     { "l", "Lê", true, 0.7 },        { "đ", "Đỗ", true, 0.3 },
    { "t", "Thị", false, 0.7 },     { "th", "Thị", false, 0.85 },    { "v", "Văn", false, 0.85 },
};

static bool expand(str word, bool first, str *ret, double *ret_confidence)
{
    char bytes[40];
    str key = key_of(str_slice(word, 0, word.len - str_ends(word, STR("."))), bytes);
    for (size_t i = 0; i < COUNT(abbreviations); i++) {
        if (abbreviations[i].first != first || !str_eq(key, str_of(abbreviations[i].short_form)))
            continue;
        *ret = str_of(abbreviations[i].full);
        *ret_confidence = abbreviations[i].confidence;
        return true;
    }
    return false;
}

static bool repair_abbreviation(struct arena *a, str name, struct repair *ret)
{
    size_t at = 0, index = 0;
    double one;
    str word, full, out = { 0 };
    *ret = (struct repair){ REPAIR_ABBREVIATION, name, name, 1 };
    bool any = false;
    while (next_word(name, &at, &word)) {
        bool last = str_trim(str_from(name, at)).len == 0;
        if (!last && is_abbreviated(word) && expand(word, index == 0, &full, &one)) {
            word = full;
            ret->confidence *= one;
            any = true;
        }
        out = index == 0 ? word : arena_printf(a, "%.*s %.*s", STR_ARG(out), STR_ARG(word));
        index++;
    }
    ret->after = out;
    return any;
}

/* "(đã chết)", "- hộ nghèo": what stands behind a bracket or a spaced dash. */
static bool repair_remark(str name, struct repair *ret)
{
    size_t cut = str_find_char(name, '('), dash = str_find(name, STR(" - ")), slash = str_find_char(name, '/');
    cut = dash < cut ? dash : cut;
    cut = slash < cut ? slash : cut;
    *ret = (struct repair){ REPAIR_REMARK, name, str_trim(str_slice(name, 0, cut)), 0.8 };
    return cut < name.len && ret->after.len > 0;
}

static bool begins_small(str word)
{
    size_t at = 0;
    uint32_t first = text_next(word, &at);
    return letter_upper(first) != first;
}

/* Capitals as Vietnamese names have them: each word begins with one. All of a name in capitals or in small letters is
 * changed; of other names only words that are syllables, so that McDonald, van der Berg and the like stay. */
static bool repair_case(struct arena *a, str name, struct repair *ret)
{
    str upper = viet_upper(a, name), lower = viet_lower(a, name), word, out = { 0 };
    size_t at = 0, strange = 0;
    *ret = (struct repair){ REPAIR_CASE, name, viet_title(a, name), 0.95 };
    if (str_eq(upper, lower))
        return false;
    if (str_eq(name, upper) || str_eq(name, lower))
        return !str_eq(ret->after, name);
    while (next_word(name, &at, &word)) {
        bool valid = syllable_is_valid(word);
        strange += !valid;
        if (valid && (begins_small(word) || !syllable_case_is_sane(word)))
            word = viet_title(a, word);
        out = out.len == 0 ? word : arena_printf(a, "%.*s %.*s", STR_ARG(out), STR_ARG(word));
    }
    ret->after = out;
    ret->confidence = strange == 0 ? 0.9 : 0.6;
    return !str_eq(out, name) && str_find(name, STR("  ")) == name.len;
}

size_t name_additions(str name, struct repair *out, size_t cap)
{
    size_t count = 0, bytes;
    struct repair r;

    if (count < cap && begins_with_honorific(name, &bytes))
        out[count++] = (struct repair){ REPAIR_HONORIFIC, name, str_trim(str_from(name, bytes)), 0.9 };
    if (count < cap && repair_remark(name, &r))
        out[count++] = r;
    return count;
}

size_t name_repairs(struct arena *a, str name, struct repair *out, size_t cap)
{
    size_t count = name_additions(name, out, cap);
    struct repair r;

    if (count < cap && repair_abbreviation(a, name, &r))
        out[count++] = r;
    if (count < cap && repair_case(a, name, &r))
        out[count++] = r;
    return count;
}
