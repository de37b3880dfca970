/* One repair that was made or is proposed: what, of what, and how sure. Repairs are shown to people and kept beside the
 * source value; the source is never thrown away. */
#pragma once
#include "base/str.h"

#define REPAIR_RULES(X)                                                                                                \
    X(NONE, "repair_none")                                                                                             \
    X(LOOKALIKE, "repair_lookalike")       /* Ð, Cyrillic or full-width letters */                                     \
    X(TELEX, "repair_telex")               /* Nguyeenx */                                                              \
    X(VNI_KEYS, "repair_vni_keys")         /* Nguye64n */                                                              \
    X(VIQR, "repair_viqr")                 /* Nguye^~n */                                                              \
    X(HONORIFIC, "repair_honorific")       /* "Ông Nguyễn Văn An" */                                                   \
    X(REMARK, "repair_remark")             /* "Nguyễn Văn An (đã chết)" */                                             \
    X(ABBREVIATION, "repair_abbreviation") /* "Ng. Văn An" */                                                          \
    X(CASE, "repair_case")                 /* "nguyễn văn AN" */                                                       \
    X(PHONE_PREFIX, "repair_phone_prefix") /* eleven digits before 2018 */                                             \
    X(LEADING_ZERO, "repair_leading_zero")                                                                             \
    X(SPACES, "repair_spaces") /* doubled, outer, non-breaking or invisible ones */                                    \
    X(ENCODING, "repair_encoding") /* read in an old encoding */                                                       \
    X(NUMBER_SEPARATORS, "repair_number_separators") /* 001.080.017.345 */                                             \
    X(NUMBER_LETTERS, "repair_number_letters") /* O for 0, l for 1 */                                                  \
    X(NUMBER_FRACTION, "repair_number_fraction") /* 1080017345.0 */                                                    \
    X(DATE_FORM, "repair_date_form") /* 1990-01-02, 2.1.1990: another form than dd/mm/yyyy */                          \
    X(DATE_WORDS, "repair_date_words") /* ngày 2 tháng 1 năm 1990 */                                                   \
    X(DATE_SERIAL, "repair_date_serial") /* 32875: days of a spreadsheet */                                            \
    X(DATE_COMPACT, "repair_date_compact") /* 02011990 */                                                              \
    X(DATE_MONTH_FIRST, "repair_date_month_first") /* 12/25/1990 */                                                    \
    X(DATE_CENTURY, "repair_date_century") /* 25/12/90 */                                                              \
    X(DATE_ZERO_PARTS, "repair_date_zero_parts") /* 00/00/1950 */                                                      \
    X(DATE_TIME, "repair_date_time") /* 25/12/1990 00:00 */                                                            \
    X(SEX_WORD, "repair_sex_word") /* "NỮ", "F", 2, a mark in the column of women */                                   \
    X(PHONE_SEPARATORS, "repair_phone_separators") /* 0912 345 678 */                                                  \
    X(PHONE_COUNTRY, "repair_phone_country") /* +84 */                                                                 \
    X(PHONE_AREA, "repair_phone_area") /* area codes of landlines before 2017 */                                       \
    X(UNIT_NAME, "repair_unit_name") /* "P. Ngoc Ha Q.Ba Dinh HN" */                                                   \
    X(UNIT_SUCCESSOR, "repair_unit_successor") /* a unit of the map before July 2025 */ \
    X(MOJIBAKE, "repair_mojibake") /* Nguyá»…n: UTF-8 that was read as another encoding and saved again */ \
    X(MARKS_APART, "repair_marks_apart") /* letters whose marks stand behind them, in any order */

enum repair_rule {
#define X(name, word) REPAIR_##name,
    REPAIR_RULES(X)
#undef X
    REPAIR_COUNT /* at most 64: sets of rules are bits, and stored ones; new rules go to the end */
};

struct repair {
    enum repair_rule rule;
    str before, after;
    double confidence; /* 0 … 1; below 0.8 a human should look */
};

/* A word of the program, for records and message keys. */
static inline const char *repair_name(enum repair_rule rule)
{
    static const char *const names[REPAIR_COUNT] = {
#define X(name, word) word,
        REPAIR_RULES(X)
#undef X
    };
    return rule < REPAIR_COUNT ? names[rule] : names[0];
}
