/* Words in Vietnamese with and without diacritics, English, and the digits of two conventions. Refuses to guess between
 * the two: a column of 0 and 1 can be a checkbox or a code, and a guess would turn a commune's women into unknowns. */
#include "viet/field/sex.h"

#include "viet/fold.h"
#include "viet/letter.h"

static const struct {
    const char *word;
    enum sex sex;
} words[] = {
    { "", SEX_UNKNOWN },           { "-", SEX_UNKNOWN },      { "không rõ", SEX_UNKNOWN },     { "chưa rõ", SEX_UNKNOWN },
    { "unknown", SEX_UNKNOWN },    { "u", SEX_UNKNOWN },      { "nam", SEX_MALE },             { "nam giới", SEX_MALE },
    { "trai", SEX_MALE },          { "con trai", SEX_MALE },  { "ông", SEX_MALE },             { "male", SEX_MALE },
    { "m", SEX_MALE },             { "man", SEX_MALE },       { "nữ", SEX_FEMALE },            { "nữ giới", SEX_FEMALE },
    { "gái", SEX_FEMALE },         { "con gái", SEX_FEMALE }, { "bà", SEX_FEMALE },            { "female", SEX_FEMALE },
    { "f", SEX_FEMALE },           { "woman", SEX_FEMALE },   { "nuwx", SEX_FEMALE },          { "nu74", SEX_FEMALE },
    { "khác", SEX_OTHER },         { "other", SEX_OTHER },    { "giới tính khác", SEX_OTHER },
    { "không xác định", SEX_OTHER }, { "chưa xác định", SEX_OTHER },
};

enum { WORD_BYTES = 40 };

/* Lower case with tones; too long a text is cut, and then equals no word. */
static str lower_of(str s, char out[static WORD_BYTES + 4])
{
    size_t at = 0, len = 0;
    while (at < s.len && len < WORD_BYTES)
        len += text_put(out + len, letter_lower(viet_lookalike(text_next(s, &at))));
    return (str){ out, len };
}

/* With its diacritics, or without any: "năm" is a year, not a man. */
static bool is_word(str raw, str folded, str word)
{
    char bytes[WORD_BYTES + 4], plain[WORD_BYTES];
    str lower = lower_of(str_trim(raw), bytes);
    if (str_eq(lower, word))
        return true;
    return str_eq(folded, (str){ plain, viet_fold_into(plain, sizeof plain, word) }) && text_is_ascii(lower);
}

static bool read_digit(char digit, enum sex_code code, enum sex *ret)
{
    switch (digit) {
    case '0': *ret = code == SEX_CODE_BIT ? SEX_FEMALE : code == SEX_CODE_BIT_FEMALE ? SEX_MALE : SEX_UNKNOWN; return true;
    case '1': *ret = code == SEX_CODE_BIT_FEMALE ? SEX_FEMALE : SEX_MALE; return true;
    case '2': *ret = SEX_FEMALE; return code == SEX_CODE_CIVIL;
    case '3': *ret = SEX_OTHER; return code == SEX_CODE_CIVIL;
    case '9': *ret = SEX_UNKNOWN; return code == SEX_CODE_CIVIL;
    default: return false;
    }
}

/* "0.0", "1.00": a number that a spreadsheet wrote. */
static bool as_digit(str folded, char *ret)
{
    size_t dot = str_find_char(folded, '.');
    for (size_t i = dot + 1; i < folded.len; i++)
        if (folded.ptr[i] != '0')
            return false;
    *ret = folded.len ? folded.ptr[0] : 0;
    return dot == 1 && *ret >= '0' && *ret <= '9';
}

bool sex_read(str raw, enum sex_code code, enum sex *ret)
{
    char bytes[WORD_BYTES], digit;
    str folded = { bytes, viet_fold_into(bytes, sizeof bytes, raw) };
    *ret = SEX_UNKNOWN;
    if (as_digit(folded, &digit))
        return read_digit(digit, code, ret);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!is_word(raw, folded, str_of(words[i].word)))
            continue;
        *ret = words[i].sex;
        return true;
    }
    return false;
}

str sex_text(enum sex sex)
{
    static const str texts[] = { [SEX_MALE] = STR("Nam"), [SEX_FEMALE] = STR("Nữ"), [SEX_OTHER] = STR("Khác") };
    return (unsigned)sex < sizeof texts / sizeof *texts ? texts[sex] : (str){ 0 };
}

bool sex_code_detect(const str *samples, size_t n, enum sex_code *ret)
{
    size_t seen[10] = { 0 }, others = 0;
    *ret = SEX_CODE_CIVIL;
    for (size_t i = 0; i < n; i++) {
        char bytes[32], digit;
        str folded = { bytes, viet_fold_into(bytes, sizeof bytes, samples[i]) };
        if (as_digit(folded, &digit))
            seen[digit - '0']++;
        else
            others += folded.len > 0;
    }
    if (seen[2] + seen[3] + seen[9] > 0 || seen[0] + seen[1] == 0)
        return true;
    if (seen[0] > 0)
        *ret = SEX_CODE_BIT;
    return others > 0 && seen[0] == 0;
}
