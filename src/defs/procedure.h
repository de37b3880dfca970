/* Administrative procedures as data: who decides, what is asked and what the state fetches itself, what it costs, how long it
 * may take, who does which step, and what a decision changes in the registers. A procedure has a key for ever and versions by
 * day; a dossier keeps the version under which it was made.
 * Law: NĐ 61/2018/NĐ-CP, NĐ 107/2021, NĐ 118/2025 (one-stop shop); NĐ 42/2022 (levels); TT 01/2023/TT-VPCP (re-use of data). */
#pragma once
#include "defs/defs.h"

#define ANSWER_TYPES(X)                                                                                                      \
    X(TEXT, "text") X(NUMBER, "number") X(MONEY, "money") X(DAY, "day") X(SEX, "sex") X(UNIT, "unit") X(PERSON, "person-number") \
    X(CHOICE, "choice") X(FLAG, "flag") X(PHONE, "phone") X(EMAIL, "email") X(GROUP, "group")
enum answer_type {
#define X(name, word) ANSWER_##name,
    ANSWER_TYPES(X)
#undef X
    ANSWER_TYPE_COUNT
};

struct procedure_choice {
    str word, label_vi, label_en;
};
/* What fills an answer in: a field of the applicant in the population register, of applicants of that sex alone if one is named. */
struct procedure_prefill {
    int fact;
    str sex; /* "": anybody's */
};
enum { PREFILLS_MAX = 2 };

struct procedure_field {
    str key, label_vi, label_en, help_vi, help_en;
    enum answer_type type;
    bool required;
    int64_t min, max; /* of a number or money; of a text the bytes, 1 … max */
    bool past;        /* a day that must not lie in the future */
    const struct procedure_choice *choices;
    size_t choice_count;
    str when, when_is; /* asked only if that field has that answer; "" always. In a group: of the same row, else of the form */
    struct procedure_prefill prefill[PREFILLS_MAX]; /* the first that fits; in a group: of each new row */
    size_t prefill_count;
    const struct procedure_field *fields; /* of a group: asked min … max times, once in each row */
    size_t field_count;
    str item_vi, item_en; /* what one row is: "Thành viên" */
};
/* A question as an answer names it: "KEY", or "GROUP.ROW.KEY" with rows from 1. The answer of a group is how many rows it has. */
struct procedure_place {
    const struct procedure_field *field, *group; /* group NULL: of the form itself */
    int row;                                     /* 0: of the form itself */
};
enum { GROUP_ROWS_MAX = 50, FORM_ANSWERS_MAX = 1000 /* with all rows */ };

enum { COMPONENT_ORIGINAL = 1, COMPONENT_COPY = 2, COMPONENT_ELECTRONIC = 4 };
struct procedure_component {
    str key, label_vi, label_en;
    bool from_register; /* the state fetches it: `fields` of the applicant; nobody is asked for it */
    uint64_t fields;
    bool required;
    unsigned kinds; /* COMPONENT_… that may be handed in */
    int64_t bytes_max; /* of one file for it */
    str when, when_is; /* needed only if that field of the form has that answer; "" always */
};

struct procedure_step {
    str key, label_vi, label_en;
    bool separate;         /* by another officer than the step before */
    str office, office_at; /* another agency's: kind and place as of the authority; "": the authority's own */
};

/* What a decision changes: by an operation of a register, or in a row of a sector register about `about`. A value is "form.KEY",
 * "row.KEY" of the group under `each`, "given.KEY" of what the effect before it gave, "applicant.number", "office.unit", "decision.day",
 * "dossier.code", a literal after "=", or, for the key of a new row, "next.PATTERN" (see row_number_draw()). A value of a field that
 * was not answered leaves its input out. */
struct procedure_value {
    str to, from;
};
enum procedure_effect_kind {
    EFFECT_CALL,   /* an operation of a register */
    EFFECT_PUT,    /* a row that was not there before */
    EFFECT_CHANGE, /* the live row of `about` with the key among the values; what they do not name stays */
    EFFECT_END,    /* the same row: changed for the last time, then ended */
};
struct procedure_effect {
    enum procedure_effect_kind kind;
    str target; /* operation, or code of the register */
    str about;  /* a value: personal number of whom the row is about; "" for an operation */
    str file;   /* where it stands, for whoever judges what it names */
    int line;
    const struct procedure_value *values;
    size_t count;
    const struct procedure_field *each; /* a group: once for each of its rows; NULL: once */
};

enum procedure_level { LEVEL_FULL, LEVEL_PARTIAL, LEVEL_COUNTER }; /* toàn trình, một phần, trực tiếp */

struct procedure {
    str key, code, name_vi, name_en, area_vi, area_en, law;
    day from, to; /* of this version; to 0: open */
    enum procedure_level level;
    str authority;    /* kind of the organisation that decides */
    str authority_at; /* whose place: "applicant", or the key of a form field of type unit */
    const struct procedure_field *fields;
    size_t field_count;
    const struct procedure_component *components;
    size_t component_count;
    int64_t fee_counter, fee_online; /* đồng */
    int working_days, working_hours; /* hours if not 0 */
    bool restart;                    /* after a supplement the time begins anew */
    bool silence_grants;             /* an unanswered dossier is granted at its due time */
    int supplement_days;             /* to answer a request; then it is stopped */
    const struct procedure_step *steps;
    size_t step_count;
    str result_vi, result_en; /* what the applicant gets */
    const struct procedure_effect *effects;
    size_t effect_count;
    const struct procedure_effect *begins; /* at the submission: a life event that answers it in place of an officer */
    size_t begin_count;
    uint64_t reads; /* fields of the applicant that its offices may see while it is open */
};

size_t defs_procedure_count(const struct defs *d);
const struct procedure *defs_procedure_nth(const struct defs *d, size_t index); /* by key, then by `from` */
/* The version in force on a day; NULL if there is none. */
const struct procedure *defs_procedure(const struct defs *d, str key, day on);
const struct procedure_field *procedure_field(const struct procedure *p, str key);
bool procedure_place(const struct procedure *p, str key, struct procedure_place *ret); /* rows as far as the group may have them */
