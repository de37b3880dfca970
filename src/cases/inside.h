/* Inside of cases: what its parts share. */
#pragma once
#include "cases/cases.h"
#include "cases/cases_ops.h"
#include "cases/cases_sql.h"
#include "cases/state.h"
#include "defs/matrix.h"
#include "register/register_ops.h"
#include "register/sector/sector.h"

enum { CASE_SHARD = 0, CASE_EVENTS_MAX = 1000, CASE_DOC_BYTES_MAX = 16384, CASE_CLAIM_S = 900 };

/* What can be decided, in the order of the enum `choice` in case.op.yaml; stored. */
enum case_choice {
    CHOICE_NONE,
    CHOICE_REGISTER,   /* the population register is right: the row is put right */
    CHOICE_ROW,        /* the row is right: the person is corrected */
    CHOICE_OTHER,      /* neither: both take the value given */
    CHOICE_CANDIDATE,  /* the row means this person */
    CHOICE_NOBODY,     /* … none of them */
    CHOICE_MERGE,      /* `person` is merged into `other_person` */
    CHOICE_MERGE_BACK, /* … the other way round */
    CHOICE_APART,      /* two people, or two rows that both stay */
    CHOICE_END,        /* the row ends */
    CHOICE_END_OTHER,  /* the other row ends */
    CHOICE_KEEP,       /* the row stays as it is */
    CHOICE_ACCEPT,     /* an offer */
    CHOICE_REFUSE,
    CHOICE_COUNT
};

struct case_file {
    struct case_row row;
    struct case_event_row *events;
    size_t event_count;
};

/* --- open.c --------------------------------------------------------------------------------------------------------------- */
void case_candidates_write(const struct case_new *c, struct buf *out);
STATUS case_candidates_read(struct ctx *cx, str doc, struct case_candidate **ret, size_t *ret_count); /* ERR_CORRUPT */

/* --- value.c: values as texts ----------------------------------------------------------------------------------------------- */
str case_attribute_name(const struct ctx *cx, const struct sector_register *s, const struct case_row *r);
/* A stored value as people read it; what cannot be read stays as it is. */
/* What an officer types, as person.correct reads it: 5/6/1943 for a day, "Nữ" for a sex. What it cannot read stays as it came. */
str case_value_typed(struct ctx *cx, const struct case_row *r, str typed);
str case_value_show(struct ctx *cx, const struct sector_register *s, const struct case_row *r, str value);
/* What the population register holds now, as person.correct reads it; "" for nothing. `ret` may be NULL. */
STATUS case_held_now(struct ctx *cx, person_id person, int bit, str *ret_value, struct held *ret);

/* --- choice.c --- */
bool case_choice_allowed(const struct case_row *r, enum case_choice choice);
enum fact_source case_said_source(const struct ctx *cx, const struct case_row *r);
/* By the authority matrix and the weights; CHOICE_NONE: a human has to look. */
STATUS case_propose(struct ctx *cx, const struct case_row *r, const struct case_candidate *candidates, size_t count, enum case_choice *ret);
size_t case_choices(struct ctx *cx, const struct case_row *r, size_t candidate_count, enum case_choice proposed, struct case_option **ret);

/* --- apply.c --- */
extern const struct ground_kind case_ground;
struct case_verdict {
    enum case_choice choice;
    person_id candidate;
    str value, evidence, reason;
    bool source_given;
    enum fact_source source;
};
/* ERR_CASE_PROOF: a weaker source would overrule a stronger one without a paper. Sets c->row.person of a row that gets linked. */
STATUS case_apply(struct ctx *cx, struct case_file *c, const struct case_verdict *v);
STATUS case_merge(struct ctx *cx, const struct case_file *c, bool undo); /* as c->row.choice says */

/* --- holder.c --- */
/* Tells all who hold the person or row of a decided case; moves it on to PROPAGATED, or CLOSED if there are none. */
STATUS case_propagate(struct ctx *cx, struct case_file *c);
void case_holder_show(struct ctx *cx, const struct case_holder_row *h, const struct case_row *r, struct case_holder *ret);

/* --- queue.c --- */
STATUS case_item_show(struct ctx *cx, const struct case_row *r, struct case_item *ret);

/* --- file.c: finding, who may, moving -------------------------------------------------------------------------------------- */
/* Is the case within the caller's writ? The centre's is the country; an officer's the unit of the account and below. */
bool case_is_near(const struct ctx *cx, unit_id unit);
/* ERR_CASE_MISSING also for one that is none of the caller's business. */
STATUS case_find(struct ctx *cx, int64_t id, struct case_file *ret);
struct case_move {
    enum case_command command;
    int64_t expected_version; /* -1: the caller saw none */
    str note;
};
/* The one way of changing a case: checks the version and the table, appends the event, writes the row by compare-and-set,
 * moves the figures and notes the change. Fields of c->row that the command sets are set before. ERR_CASE_SETTLED names who
 * was faster, ERR_CASE_STATE what the case waits for. */
STATUS case_move(struct ctx *cx, struct case_file *c, const struct case_move *m);
/* ERR_CASE_SETTLED if the caller saw another version. */
STATUS case_fresh(struct ctx *cx, const struct case_file *c, int64_t version);
void case_now(const struct case_file *c, struct case_now *ret);
/* Entries about a case name it as their ground. */
void case_purpose(struct ctx *cx, int64_t id);
/* The end of the working day so many days from today as authority.yaml says for this word. */
int64_t case_due(const struct ctx *cx, str word);
str case_kind_word(const struct case_row *r);
STATUS case_figure_count(struct ctx *cx, const struct case_row *r, int by);

/* --- tell.c: notices --- */
STATUS case_tell(struct ctx *cx, const struct case_file *c, enum case_command command); /* after its event was added */
/* Counts the units and days whose cases of this queue have become late since the last time. */
STATUS case_late_tell(struct ctx *cx, enum case_queue queue, int64_t most, int64_t *ret_count);

/* --- offer.c --- */
str offer_label(const struct ctx *cx, str key); /* of a topic, in the caller's language */
