/* Record linkage, pure: columns in, pairs out. Left are the rows of a list, right the records that may be meant; each side
 * comes as columns, so that a caller hands over what it has (a chunk and its candidates, or two whole registers) without a
 * copy per record. A pair comes out when a blocking rule brings two records together; it says which fields agree and which
 * differ. What is not known on one side is in neither. match_judge() then says of one left row what its pairs amount to.
 *
 * It never decides by name alone, and never counts an unknown value as agreement. */
#pragma once
#include "viet/viet.h"

enum match_field {
    MATCH_NUMBER = 1 << 0,
    MATCH_OLD_NUMBER = 1 << 1,
    MATCH_NAME = 1 << 2,
    MATCH_BIRTH = 1 << 3,
    MATCH_SEX = 1 << 4,
};

/* A NULL column is not known for any record; 0 (or "") is not known for one. */
struct match_columns {
    size_t count;
    const int64_t *number, *old_number;
    const bool *number_doubtful; /* left: restored by a repair; counts only when name or birth confirm it */
    const str *name;             /* in form C, as written */
    const int64_t *name_hash;    /* equal for names that differ in case, diacritics and spacing only */
    const day *birth;
    const day *birth_other; /* left: the second reading of an ambiguous date; a year alone where the day may be a placeholder */
    const uint8_t *sex;     /* enum sex */
};

struct match_pair {
    uint32_t left, right;
    uint8_t agree, differ; /* enum match_field */
    uint8_t by;            /* the fields whose equality brought them together */
    bool name_exact;       /* with tones, whatever the spelling of tone places */
    bool weak;             /* brought together by a name and a year alone that the row does not claim: a human must confirm it */
};
struct match_pairs {
    struct match_pair *list; /* sorted by left, then right */
    size_t count;
};

/* Blocking rules: equal number; equal old number; equal name hash and births that can be one day (or `birth_other`). */
void match_find(struct arena *arena, const struct match_columns *left, const struct match_columns *right, struct match_pairs *ret);

enum match_verdict {
    MATCH_NONE,
    MATCH_ONE,      /* one record, nothing differs */
    MATCH_CONFLICT, /* one record, and some fields differ */
    MATCH_MANY,     /* several records are as good, or the one is weak: a human must choose */
};
struct match_judgement {
    enum match_verdict verdict;
    size_t best;      /* index into `pairs` of the record that is meant; of MANY the first candidate */
    size_t candidates; /* how many pairs are still in question */
};
/* `pairs` are all pairs of one left row. */
struct match_judgement match_judge(const struct match_pair *pairs, size_t count);
/* Is it the same name? Without diacritics on one side (a list that lost them) the letters alone are compared. */
bool match_name_agrees(struct arena *arena, str left, str right, bool *ret_exact);
