/* Which person of the register does a row mean? The candidates are all who bear its number or old number, or its name and
 * birth; each is weighed field by field with the levels of the linkage engine. Inside of the centre.
 *
 * A weight is log2(m / u): how often the level is seen between a row and the person it means, and between a row and anybody
 * else. That a row names the commune in which somebody lives speaks for him; that it names another says nothing, since lists are old
 * and people move. Because the register is asked for all who bear a name and birth, how rare these are is counted and not estimated. */
#pragma once
#include "match/score/compare.h"
#include "refine/row.h"
#include "register/register.h"

enum judge_field { JUDGE_NUMBER, JUDGE_OLD_NUMBER, JUDGE_NAME, JUDGE_BIRTH, JUDGE_SEX, JUDGE_UNIT, JUDGE_FIELDS };

struct candidate {
    const struct person *person;
    int64_t old_number; /* 0: not known */
    bool weak;          /* brought by its name and a year that the row does not claim: a human must confirm it */
    /* made by judge_row(): */
    uint8_t level[JUDGE_FIELDS]; /* enum level */
    float bits[JUDGE_FIELDS];
    bool differs[JUDGE_FIELDS];  /* known on both sides and not the same */
    double total, probability;   /* the others and nobody considered */
};

enum verdict {
    VERDICT_NONE, /* nobody of them */
    VERDICT_ONE,
    VERDICT_MANY, /* a human must choose or confirm */
};
struct judgement {
    enum verdict verdict;
    size_t best;     /* the likeliest candidate */
    size_t in_question; /* candidates that may be meant */
};

/* What is remembered from row to row of one chunk. */
struct judge;
struct judge *judge_new(struct arena *a);
void judge_free(struct judge *j); /* NULL is allowed */
/* Sorts the candidates, the likeliest first; of equals the one with the smaller id. */
struct judgement judge_row(struct judge *j, const struct list_person *row, struct candidate *list, size_t count);

/* Does the row name the commune in which he lives, or one that the law divided and his is a part of? */
bool judge_same_unit(const struct list_person *row, const struct person *p);

/* Levels, weights and probability of one candidate in a number, and back; names nobody. */
int64_t evidence_pack(const struct candidate *c);
struct evidence_item {
    enum judge_field field;
    int level, bits; /* bits rounded */
};
size_t evidence_unpack(int64_t evidence, struct evidence_item ret[static JUDGE_FIELDS], int *ret_percent); /* known fields only */
const char *judge_field_word(enum judge_field f); /* the field of the person: "birth" */
int judge_person_field(enum judge_field f); /* the same as enum person_field */
const char *judge_scale_word(enum judge_field f); /* of its levels: "day" */
