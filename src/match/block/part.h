/* Parts of keys: what can be taken of a value so that it survives some kind of error. A part is a number, 0 where the value
 * is not known or too short; equal parts have equal numbers, in each run and for each order of rows. */
#pragma once
#include "match/set/set.h"

#define PART_KINDS(X)                                                                                                      \
    X(WHOLE, "")                                                                                                           \
    X(SOUND, "sound")       /* first letter and classes of consonants */                                                   \
    X(START, "start")       /* three letters */                                                                            \
    X(END, "end")           /* three letters */                                                                            \
    X(SWAPPED, "either way") /* both values of two like fields, in any order */                                             \
    X(BAG, "words")         /* all words in any order */                                                                   \
    X(BAG_SOUND, "sounds")                                                                                                 \
    X(FIRST_WORD, "first word")                                                                                            \
    X(LAST_WORD, "last word")                                                                                              \
    X(ENDS, "first and last word")                                                                                         \
    X(FIRST_TWO, "first words")                                                                                            \
    X(LAST_TWO, "last words")                                                                                              \
    X(RARE, "rarest word")  /* of those that stand in another record too */                                                \
    X(RARE_TWO, "rarest words")                                                                                            \
    X(INITIALS, "initials")                                                                                                \
    X(DAY, "day")           /* a full date */                                                                              \
    X(DAY_SWAPPED, "day either way")                                                                                       \
    X(YEAR, "year")                                                                                                        \
    X(YEAR_MONTH, "year and month")                                                                                        \
    X(YEAR_DAY, "year and day of month")                                                                                   \
    X(MONTH_DAY, "month and day")                                                                                          \
    X(NUMBER, "number")                                                                                                    \
    X(NUMBER_START, "number start")                                                                                        \
    X(NUMBER_END, "number end")                                                                                            \
    X(NUMBER_NO_FIRST, "number without first third")                                                                       \
    X(NUMBER_NO_MIDDLE, "number without middle third")                                                                     \
    X(NUMBER_NO_LAST, "number without last third")

enum part_kind {
#define X(name, word) PART_##name,
    PART_KINDS(X)
#undef X
    PART_KIND_COUNT
};

enum { PARTS_MAX = 64 };

struct part {
    enum part_kind kind;
    int field, other;      /* other: of SWAPPED */
    const uint32_t *table; /* by code, of a dictionary; NULL where not needed */
};

/* Tables of dictionaries for parts that look at letters, made when first asked for. Not for several threads. */
struct part_tables;
struct part_tables *part_tables_new(const struct link_set *set);
void part_tables_free(struct part_tables *t);

/* All parts of a set, at most PARTS_MAX. */
int parts_list(const struct link_set *set, struct part_tables *tables, struct part out[static PARTS_MAX]);
/* One part, of fields that it fits; what needs the whole set (the rarest word) fits none here. */
bool part_fits(enum part_kind kind, enum link_kind of);
struct part part_make(struct part_tables *tables, enum part_kind kind, int field, int other);
/* Which records: records[i], or from + i when `records` is NULL. */
struct part_rows {
    int side;
    const uint32_t *records;
    uint32_t from, count;
};
void part_fill(const struct part *p, const struct link_set *set, struct part_rows rows, uint32_t *out);
const char *part_word(enum part_kind kind);
