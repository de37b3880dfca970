/* The records of one linkage: columns by role, on one side (deduplicate) or two (link). Both sides share dictionaries, so
 * that equal values have equal codes and a similarity is computed once for two values, however many pairs have them.
 *
 * No decision of the engine may depend on a code, a row number or a thread: only on values, counts and hashes of content;
 * so the answer is the same for any order of rows and any number of threads. A value that is not known is code 0, is in no
 * dictionary, and agrees and differs with nothing. */
#pragma once
#include "viet/viet.h"

/* What a column is. The word stands in roles.yaml. */
#define LINK_ROLES(X)                                                                                                      \
    X(IGNORE, "ignore", LINK_KIND_NONE)                                                                                    \
    X(ID, "id", LINK_KIND_NONE) /* names the record in what goes out; never compared */                                    \
    X(FULL_NAME, "full-name", LINK_KIND_WORDS)                                                                             \
    X(GIVEN_NAME, "given-name", LINK_KIND_TEXT)                                                                            \
    X(MIDDLE_NAME, "middle-name", LINK_KIND_TEXT)                                                                          \
    X(SURNAME, "surname", LINK_KIND_TEXT)                                                                                  \
    X(BIRTH_DATE, "birth-date", LINK_KIND_DAY)                                                                             \
    X(BIRTH_YEAR, "birth-year", LINK_KIND_DAY) /* year, month and day columns become one birth date */                     \
    X(BIRTH_MONTH, "birth-month", LINK_KIND_DAY)                                                                           \
    X(BIRTH_DAY, "birth-day", LINK_KIND_DAY)                                                                               \
    X(AGE, "age", LINK_KIND_TEXT)                                                                                          \
    X(SEX, "sex", LINK_KIND_TEXT)                                                                                          \
    X(PERSON_NUMBER, "person-number", LINK_KIND_DIGITS) /* by the rules of Viet Nam: two valid, different ones are two people */ \
    X(ID_NUMBER, "id-number", LINK_KIND_DIGITS)         /* any other identifying number: strong, never a veto */            \
    X(PHONE, "phone", LINK_KIND_DIGITS)                                                                                    \
    X(EMAIL, "email", LINK_KIND_TEXT)                                                                                      \
    X(ADDRESS, "address", LINK_KIND_WORDS)                                                                                 \
    X(STREET_NUMBER, "street-number", LINK_KIND_TEXT)                                                                      \
    X(STREET, "street", LINK_KIND_TEXT)                                                                                    \
    X(PLACE, "place", LINK_KIND_TEXT)                                                                                      \
    X(POSTCODE, "postcode", LINK_KIND_TEXT)                                                                                \
    X(REGION, "region", LINK_KIND_TEXT)                                                                                    \
    X(PARENT_NAME, "parent-name", LINK_KIND_WORDS)                                                                         \
    X(FATHER_NAME, "father-name", LINK_KIND_WORDS)                                                                         \
    X(MOTHER_NAME, "mother-name", LINK_KIND_WORDS)                                                                         \
    X(HOUSEHOLD, "household", LINK_KIND_TEXT)                                                                              \
    X(CODE, "code", LINK_KIND_TEXT)                                                                                        \
    X(TEXT, "text", LINK_KIND_WORDS)

enum link_role {
#define X(name, word, kind) LINK_##name,
    LINK_ROLES(X)
#undef X
    LINK_ROLE_COUNT
};

/* How a column is held; each field fills the arrays of its kind and leaves the others NULL. */
enum link_kind {
    LINK_KIND_NONE,
    LINK_KIND_TEXT,   /* code[]: whole folded value in `dict` */
    LINK_KIND_WORDS,  /* link_words() of word.h: the words in their order, codes in `dict` */
    LINK_KIND_DAY,    /* code[]: link_day(); month or day 0 = not known */
    LINK_KIND_DIGITS, /* digits[]: a number of up to 16 digits (more: the last 16) as link_digits(); 0 = not known */
};
enum { LINK_WORDS_MAX = 8, LINK_FIELDS_MAX = 20, LINK_DIGITS_MAX = 16, LINK_ID_ROWS = 1024 };

/* Parts of 0 … 99 are kept as they were written, also when there is no such day ("19984005", day 71): a slip of the pen is
 * still one digit away from the truth, and "not known" would throw that away. */
static inline uint32_t link_day(int year, int month, int d) { return (uint32_t)(year << 14 | month << 7 | d); }
static inline int link_day_year(uint32_t d) { return (int)(d >> 14); }
static inline int link_day_month(uint32_t d) { return (int)(d >> 7 & 127); }
static inline int link_day_day(uint32_t d) { return (int)(d & 127); }
/* Digits with their count in the top byte, so that "012" and "12" differ: count << 56 | value. */
static inline uint64_t link_digits(unsigned count, uint64_t value) { return (uint64_t)count << 56 | value; }

/* Distinct values, numbered from 1. */
struct link_dict {
    uint32_t count;    /* of values; codes are 1 … count */
    const str *text;   /* [code]: folded (viet_fold), at least one byte */
    const str *tones;  /* [code]: as viet_key() has it, with tones; NULL when no value has any */
    uint32_t *uses[2]; /* [side][code]: how many records (or words) have it */
    uint64_t *hash;    /* [code]: of the folded text, the same in every run and on every machine */
};

/* A row of codes of words: LINK_WORDS_MAX of two bytes; of four, where the dictionary has outgrown that; or four codes of
 * two bytes, as most names need no more. */
enum link_row { LINK_ROW_NARROW, LINK_ROW_WIDE, LINK_ROW_SHORT };

struct link_field {
    enum link_role role;
    enum link_kind kind;
    str head;                 /* of the column, for people */
    struct link_dict *dict;   /* TEXT, WORDS; fields of like roles share one, so that swapped names meet */
    uint32_t *code[2];        /* TEXT, DAY: [side][record] */
    uint64_t *digits[2];      /* DIGITS: [side][record] */
    void *word[2];            /* WORDS: [side]: rows of codes, see word.h; words past LINK_WORDS_MAX are left out */
    uint16_t *longer[2];      /* WORDS: [side]: those that did not fit their rows */
    enum link_row row;        /* WORDS: what a row is */
    uint32_t known[2];        /* records that have a value */
};

struct link_set {
    int sides; /* 1: deduplicate; 2: link left with right */
    uint32_t count[2];
    struct link_field field[LINK_FIELDS_MAX];
    int fields;
    uint32_t **ids[2]; /* [record / LINK_ID_ROWS]: where the ids of so many records begin, in bytes from there, and where the last ends */
    uint64_t *hash[2]; /* [record]: of its content without the id: the order in which a sample is drawn and a tie is broken */
};

static inline const uint32_t *link_id_place(const struct link_set *s, int side, uint32_t record)
{
    return s->ids[side][record / LINK_ID_ROWS] + record % LINK_ID_ROWS;
}

/* The id column, or the row number when there is none. */
static inline str link_id(const struct link_set *s, int side, uint32_t record)
{
    const uint32_t *at = link_id_place(s, side, record);

    return (str){ (const char *)s->ids[side][record / LINK_ID_ROWS] + at[0], at[1] - at[0] };
}

/* Side 1 of a deduplication is side 0 again. */
static inline int link_side(const struct link_set *s, int side) { return s->sides == 1 ? 0 : side; }

/* Does the field say again what others say, so that it is no witness of its own? A full name beside given name and surname, such
 * parts beside a full name that is known more often, an age beside a birth date. It is neither compared nor a key. */
bool link_field_is_told(const struct link_set *set, int field);

/* A pair of records: left of side 0, right of side 1 (of a deduplication left < right by hash, then by row). */
struct link_pair {
    uint32_t left, right;
};
