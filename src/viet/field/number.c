/* Reads numbers as lists write them and says what was repaired. A repaired number is only a suggestion: leading zeros and
 * misread digits can be restored in more than one way, and a number that belongs to somebody else is worse than none.
 * Law: NĐ 137/2015/NĐ-CP Đ13; TT 59/2021/TT-BCA Đ4. */
#include "viet/field/number.h"

#include <string.h>

#include "viet/fold.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct {
    int prefix;
    const char *name;
} provinces[] = {
#define PROVINCE(prefix, name) { prefix, name },
#include "viet/field/province.def"
#undef PROVINCE
};

enum { DIGITS_MAX = 15 };

/* Letters that scanners and typists put for digits; lower case, as folded. */
static char digit_of(char c)
{
    switch (c) {
    case 'o': case 'q': case 'd': return '0';
    case 'l': case 'i': case '|': case '!': return '1';
    case 'z': return '2';
    case 's': return '5';
    case 'b': return '8';
    case 'g': return '9';
    default: return 0;
    }
}

static bool is_separator(char c)
{
    return c == ' ' || c == '.' || c == '-' || c == '\'' || c == '/' || c == '_' || c == '"' || c == ',';
}

/* "1.09099E+10" has lost its last digits. */
static bool is_rounded(str s)
{
    size_t e = str_find_char(s, 'e');
    return e > 0 && e + 1 < s.len && s.ptr[e - 1] >= '0' && s.ptr[e - 1] <= '9' &&
           (s.ptr[e + 1] == '+' || str_is_digits(str_from(s, e + 1)));
}

/* "1099001234.0": one dot, zeros behind it, digits before it. */
static str without_fraction(str s, uint32_t *repairs)
{
    size_t dot = str_find_char(s, '.');
    str tail = str_from(s, dot + 1);
    if (dot == s.len || tail.len == 0 || tail.len > 2 || !str_is_digits(str_slice(s, 0, dot)))
        return s;
    for (size_t i = 0; i < tail.len; i++)
        if (tail.ptr[i] != '0')
            return s;
    *repairs |= NUMBER_FRACTION;
    return str_slice(s, 0, dot);
}

static bool digits_take(str s, char digits[static DIGITS_MAX], size_t *ret_len, uint32_t *repairs)
{
    size_t len = 0, letters = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (is_separator(c)) {
            *repairs |= NUMBER_SEPARATORS;
            continue;
        }
        if (c < '0' || c > '9') {
            c = digit_of(c);
            letters++;
            *repairs |= NUMBER_LETTERS;
        }
        if (c == 0 || len == DIGITS_MAX)
            return false;
        digits[len++] = c;
    }
    *ret_len = len;
    return len >= 8 && letters <= 3;
}

static int64_t value_of(const char *digits, size_t len)
{
    int64_t value = 0;
    MUST(str_i64((str){ digits, len }, &value));
    return value;
}

bool number_read(str raw, struct number_reading *ret)
{
    char folded[48], digits[DIGITS_MAX];
    size_t len;
    *ret = (struct number_reading){ 0 };
    str s = { folded, viet_fold_into(folded, sizeof folded, raw) };
    if (s.len == sizeof folded)
        return false;
    if (is_rounded(s)) {
        ret->repairs = NUMBER_ROUNDED;
        return false;
    }
    s = without_fraction(s, &ret->repairs);
    if (!digits_take(s, digits, &len, &ret->repairs)) {
        *ret = (struct number_reading){ 0 };
        return false;
    }
    ret->number = value_of(digits, len);
    if (len == 12 && ret->number >= NUMBER_FIRST) {
        ret->kind = ret->repairs & NUMBER_LETTERS ? NUMBER_SUGGESTED : NUMBER_PERSONAL;
        return true;
    }
    /* A prefix has one or two leading zeros, so a shortened number has ten or eleven digits; nine make an old card's
     * number, of which Hà Nội's and its neighbours' begin with zero themselves. */
    if (len == 10 || len == 11) {
        ret->zeros = 12 - (int)len;
        ret->kind = NUMBER_SUGGESTED;
        ret->repairs |= NUMBER_ZEROS;
        if (number_prefix_is_known((int)(ret->number / 1000000000)))
            return true;
    } else if (len == 9 || (len == 8 && !(ret->repairs & NUMBER_LETTERS))) {
        ret->kind = NUMBER_OLD;
        ret->zeros = 9 - (int)len;
        ret->repairs |= len == 8 ? NUMBER_ZEROS : 0;
        if (ret->number > 0)
            return true;
    }
    *ret = (struct number_reading){ 0 };
    return false;
}

static int prefix_of(int64_t number)
{
    return (int)(number / 1000000000);
}

/* 0/1 twentieth century, 2/3 twenty-first … 8/9 twenty-fourth; even male, odd female. */
static int century_digit(int64_t number)
{
    return (int)(number / 100000000 % 10);
}

int number_year(int64_t number)
{
    return 1900 + century_digit(number) / 2 * 100 + (int)(number / 1000000 % 100);
}

enum sex number_sex(int64_t number)
{
    return century_digit(number) % 2 ? SEX_FEMALE : SEX_MALE;
}

const char *number_province(int64_t number)
{
    for (size_t i = 0; i < COUNT(provinces); i++)
        if (provinces[i].prefix == prefix_of(number))
            return provinces[i].name;
    return NULL;
}

bool number_prefix_is_known(int prefix)
{
    return number_province((int64_t)prefix * 1000000000) != NULL;
}

size_t number_prefixes(int *out, size_t cap)
{
    for (size_t i = 0; i < COUNT(provinces) && i < cap; i++)
        out[i] = provinces[i].prefix;
    return COUNT(provinces);
}

static bool tail_is_pattern(int64_t tail)
{
    return tail % 111111 == 0 || tail == 123456 || tail == 654321 || tail == 12345;
}

uint32_t number_plausibility(int64_t number, day birth, enum sex sex)
{
    uint32_t warnings = 0;
    if (number < NUMBER_FIRST || number >= NUMBER_LIMIT)
        return NUMBER_NOT_TWELVE;
    if (!number_prefix_is_known(prefix_of(number)))
        warnings |= NUMBER_PREFIX_UNKNOWN;
    if ((sex == SEX_MALE || sex == SEX_FEMALE) && sex != number_sex(number))
        warnings |= NUMBER_SEX_DIFFERS;
    if (!day_is_none(birth) && day_year(birth) != number_year(number))
        warnings |= day_year(birth) % 100 == number_year(number) % 100 ? NUMBER_CENTURY_DIFFERS : NUMBER_YEAR_DIFFERS;
    if (tail_is_pattern(number % 1000000))
        warnings |= NUMBER_TAIL_PATTERN;
    return warnings;
}

const char *number_warning_name(uint32_t bit)
{
    switch (bit) {
    case NUMBER_NOT_TWELVE: return "number_not_twelve";
    case NUMBER_PREFIX_UNKNOWN: return "number_prefix_unknown";
    case NUMBER_SEX_DIFFERS: return "number_sex_differs";
    case NUMBER_YEAR_DIFFERS: return "number_year_differs";
    case NUMBER_CENTURY_DIFFERS: return "number_century_differs";
    case NUMBER_TAIL_PATTERN: return "number_tail_pattern";
    default: return NULL;
    }
}

bool number_make(int prefix, enum sex sex, int year, int tail, int64_t *ret)
{
    if (!number_prefix_is_known(prefix) || year < 1900 || year > 2399 || tail < 0 || tail > 999999 ||
        (sex != SEX_MALE && sex != SEX_FEMALE))
        return false;
    int century = (year - 1900) / 100 * 2 + (sex == SEX_FEMALE);
    *ret = ((int64_t)prefix * 1000 + century * 100 + year % 100) * 1000000 + tail;
    return true;
}

void number_format(int64_t number, char out[static 13])
{
    MUST(number >= 0 && number < NUMBER_LIMIT);
    for (int i = 11; i >= 0; i--, number /= 10)
        out[i] = (char)('0' + number % 10);
    out[12] = 0;
}
