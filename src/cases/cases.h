/* Cases: where sources disagree about a person, and a human decides. A case is opened by a reconciliation run, by an officer or
 * by what somebody offers; it goes to the commune where the person lives, is due in working days, is decided by the matrix of
 * sources or against it with a reason, changes the registers by their own operations with the case as ground, and is then made
 * known to every register that holds the person until each has acknowledged it.
 *
 * Refuses a decision on an old view of the case, a merge by one person alone, and a weaker source without its proof.
 * Law: NĐ 70/2024/NĐ-CP Đ6; NĐ 47/2020/NĐ-CP Đ41; Luật Căn cước 2023 Đ10. */
#pragma once
#include "register/register.h"

extern const struct module cases_module;

/* In the order of the enum `kind` in case.op.yaml; stored. */
enum case_kind {
    CASE_CONFLICT,    /* a row of a sector register and the population register differ in one attribute */
    CASE_AMBIGUOUS,   /* whom a row means: `candidates` */
    CASE_DUPLICATE,   /* two rows of a register, `row` and `other_row`, mean one person */
    CASE_SAME_PERSON, /* two records of the population register, `person` and `other_person`, may be one person */
    CASE_DECEASED,    /* the person of a live row has died */
    CASE_MOVED,       /* the person of a row lives elsewhere: said and held are units */
    CASE_CANCELLED,   /* the row names a number that is cancelled or replaced */
    CASE_OFFER,       /* somebody offers a fact that no register could confirm */
    CASE_KIND_COUNT
};
enum { CASE_CANDIDATES_MAX = 8, CASE_WEIGHTS_MAX = 8, CASE_VALUE_BYTES_MAX = 1000 };

/* How much one field speaks for a candidate: log2 of how much oftener such agreement is seen with the right person. */
struct case_weight {
    str field; /* of the person: "birth" */
    str scale; /* of the level: "day" */
    int level, bits;
};
struct case_candidate {
    person_id person;
    int percent; /* of being meant */
    struct case_weight weights[CASE_WEIGHTS_MAX];
    size_t weight_count;
};

struct case_new {
    enum case_kind kind;
    str register_code; /* "" for CASE_SAME_PERSON */
    int64_t row, other_row;
    person_id person, other_person;
    unit_id unit;      /* in charge where the person has no residence; UNIT_NONE: only the centre sees the case */
    str attribute;     /* key of the person's field: "birth" */
    str field;         /* key of the row's own field that says it; "": what the list said of the person itself */
    str said, held;    /* by the row, by the population register, as person.correct reads values; "" for none */
    const struct case_candidate *candidates;
    size_t candidate_count;
    str source;        /* who asks: "run/17" */
};
/* Within a writing transaction of an operation. Known by (register, rows, people, attribute, kind): a case that is open stays
 * the one, with the new values if they differ; a settled one is not asked again about the same values. *ret_id: the case. */
STATUS case_open(struct ctx *cx, const struct case_new *c, int64_t *ret_id);
