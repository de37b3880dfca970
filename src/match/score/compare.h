/* Comparison levels: what two records say of each other, field by field, in three bits each, packed into one word (the
 * pattern). All that is learned and decided later is learned from patterns, so that a model may be as rich as it likes at
 * no cost per pair. What is not known on either side is level 0 and says nothing. */
#pragma once
#include "match/set/set.h"

enum { LEVEL_BITS = 3, LEVELS = 1 << LEVEL_BITS, LEVEL_MASK = LEVELS - 1 };

/* Levels by the kind of the field; the higher the nearer, but for ELSEWHERE and the lowest names, whose strength only the
 * data can tell. The lower levels of a kind that do not occur stay empty. */
enum level {
    LEVEL_UNKNOWN = 0,
    LEVEL_DIFFERENT = 1,
    LEVEL_SAME = 7, /* of every kind: equal as written, tones and all */

    TEXT_FAINT = 2,     /* initial, beginning, one word in common, or a faint likeness */
    TEXT_ELSEWHERE = 3, /* equal to the field beside it: names or lines swapped */
    TEXT_LIKE = 4,      /* two slips, or Jaro-Winkler .9 */
    TEXT_SLIP = 5,      /* one letter put in, left out, replaced or swapped */
    TEXT_LETTERS = 6,   /* equal without tones, spaces and hyphens */

    DAYS_YEAR = 2,   /* the year only, or two slips */
    DAYS_PARTS = 3,  /* two parts of three */
    DAYS_SLIP = 4,   /* one digit, or two neighbours swapped */
    DAYS_SWAP = 5,   /* day and month swapped */
    DAYS_COARSE = 6, /* equal as far as the less precise one goes */

    DIGITS_START = 2, /* the first half */
    DIGITS_FAR = 3,   /* two slips */
    DIGITS_SHIFT = 4, /* a digit put in or left out, or one number is the end of the other */
    DIGITS_SWAP = 5,  /* neighbours swapped */
    DIGITS_SLIP = 6,  /* one digit replaced */

    NAME_FIRST = 2,   /* only the first word: in Vietnamese, the family */
    NAME_LAST = 3,    /* only the last word */
    NAME_ENDS = 4,    /* first and last; what stands between differs or is missing */
    NAME_NEAR = 5,    /* every word is met, with slips or in another order */
    NAME_LETTERS = 6, /* equal without tones */

    WORDS_2 = 2, /* a fifth of the weight of the words in common … */
    WORDS_3 = 3,
    WORDS_4 = 4,
    WORDS_5 = 5,
    WORDS_6 = 6, /* … all of them, but not as written */
};

struct comparison {
    uint8_t field;  /* in the set */
    int8_t beside;  /* the comparison whose values this one's may have been swapped with, or -1 */
    bool is_name;   /* WORDS: a person's name */
    bool is_number; /* TEXT: digits, for which half-likeness says nothing */
};

/* What is compared; for one set. */
struct comparer {
    const struct link_set *set;
    int count;
    struct comparison list[LINK_FIELDS_MAX];
    struct word_facts *facts; /* private: one for each dictionary of words */
    uint8_t facts_of[LINK_FIELDS_MAX];
    int dicts;
    struct cards *cards; /* NULL: the columns are read */
};
void comparer_init(struct comparer *c, const struct link_set *set);
/* From here on compare_pairs() reads cards (card.h), which are made now; comparer_cards_drop() gives them back. */
void comparer_cards(struct comparer *c, int threads);
void comparer_cards_drop(struct comparer *c);
void comparer_done(struct comparer *c);

/* Remembers the levels of texts met before; one for each thread. */
struct compare_memo;
struct compare_memo *compare_memo_new(void);
void compare_memo_free(struct compare_memo *m);

/* Loads values of records that are about to be looked at: a short loop of loads that do not wait for each other keeps the
 * memory far busier than work with prefetches between (measured: twice as fast), if it is for few enough to stay near. */
enum { COMPARE_TOUCHED = 256 };
void compare_touch(const struct link_field *f, int side, const uint32_t *rows, size_t count);

/* Many pairs at once, at most COMPARE_MANY. Of a pair whose personal numbers are two people's nothing else is compared: its
 * pattern holds that number's level only, since no agreement could outweigh it. */
enum { COMPARE_MANY = 4096 };
void compare_pairs(const struct comparer *c, struct compare_memo *memo, const struct link_pair *pairs, size_t count, uint64_t *ret_patterns);
uint64_t compare_pair(const struct comparer *c, struct compare_memo *memo, struct link_pair pair);
/* Two records of any sides, as clusters need. */
uint64_t compare_records(const struct comparer *c, struct compare_memo *memo, int side_a, uint32_t a, int side_b, uint32_t b);

static inline int pattern_level(uint64_t pattern, int comparison)
{
    return (int)(pattern >> (comparison * LEVEL_BITS)) & LEVEL_MASK;
}

/* By kind; for tests and for explaining. */
enum level compare_text(str a, str b, bool is_number);
enum level compare_days(uint32_t a, uint32_t b);
enum level compare_digits(uint64_t a, uint64_t b);
/* Personal numbers: DIFFERENT only for two that are plausible and more than a slip apart, which are two people; START when
 * one of them cannot be right as it stands. */
enum level compare_persons(uint64_t a, uint64_t b);
