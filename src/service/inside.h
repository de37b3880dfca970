/* Inside of service: what its parts share. */
#pragma once
#include "notice/notice.h"
#include "register/register.h"
#include "register/register_ops.h"
#include "register/sector/sector.h"
#include "service/service.h"
#include "service/service_ops.h"
#include "service/service_sql.h"

enum { SHARD = 0, EVENTS_MAX = 2000, ANSWER_KEY_BYTES = 100, ANSWERS_BYTES_MAX = 1 << 18 };
enum dossier_channel { CHANNEL_COUNTER = 1, CHANNEL_ONLINE = 2 };
enum { GRANTED_NOT_YET, GRANTED_YES, GRANTED_NO };

/* A dossier with the version of its procedure and all that happened to it. */
struct dossier {
    struct dossier_row row;
    const struct procedure *procedure;
    struct dossier_event_row *events;
    size_t event_count;
};

struct move {
    enum dossier_command command;
    int32_t expected_version; /* -1: the caller saw none */
    str note;
    int64_t amount;
    const struct organisation *to; /* hands it to that office; NULL: it stays */
};

/* --- dossier.c: finding, moving, and who may --- */
/* ERR_DOSSIER_MISSING also for one that is none of the caller's business. */
STATUS dossier_find(struct ctx *cx, int64_t id, struct dossier *ret);
bool dossier_is_own(const struct ctx *cx, const struct dossier *d);  /* the applicant himself */
bool dossier_is_held(const struct ctx *cx, const struct dossier *d); /* by the caller's office */
bool dossier_is_near(const struct ctx *cx, const struct dossier *d); /* an office of the same province: may receive and hand over */
bool dossier_may(const struct ctx *cx, const struct dossier *d, enum dossier_command command);
/* The one way of changing a dossier: checks who and when, appends the event, folds the clock, writes the row by
 * compare-and-set and notes the change. Fields of d->row that a command sets are set before. ERR_DOSSIER_STATE,
 * ERR_NOT_ALLOWED, ERR_VERSION_CONFLICT, ERR_FIELD_MISSING (a command that needs its reason). */
STATUS dossier_move(struct ctx *cx, struct dossier *d, const struct move *m);
/* Tells those whom definitions/notices.yaml names that "dossier.WHAT" happened, once for each seq. */
STATUS dossier_tell(struct ctx *cx, const struct dossier *d, const char *what, int32_t seq);
STATUS dossier_new(struct ctx *cx, const struct procedure *p, const struct person *applicant, struct dossier *ret);
STATUS dossier_code_new(struct ctx *cx, struct dossier *d);
void dossier_life(const struct ctx *cx, const struct dossier *d, struct clock_life *ret); /* its events as a clock reads them */
void dossier_now(const struct dossier *d, struct dossier_now *ret);
/* Entries about a dossier name it as their ground, also when the applicant's own office reads it. */
void dossier_purpose(struct ctx *cx, const struct dossier *d);

/* The office of a step: of the authority, or the agency that the step names. ERR_OFFICE_UNKNOWN. */
STATUS dossier_office(struct ctx *cx, const struct dossier *d, const struct person *applicant, size_t step, struct organisation *ret);

/* --- form.c: answers --- */
/* Each answer names a field that is asked, has its type and lies in its bounds; with `whole`, nothing needed is missing.
 * The fault's field is "answers.KEY". */
STATUS form_check(struct ctx *cx, const struct procedure *p, const struct answer *answers, size_t count, bool whole);
struct answers {
    const struct answer *list;
    size_t count;
};
bool form_asks(const struct procedure *p, const struct procedure_place *at, struct answers a);
const struct answer *form_answer(const struct answer *answers, size_t count, str key);
const struct answer *form_answer_at(struct answers a, const struct procedure_place *at);
str form_key(struct ctx *cx, const struct procedure_place *at);
int form_rows(struct answers a, const struct procedure_field *group);
/* All questions that are asked, in the order of the form; those of a row behind their group. Start with row = 0. */
struct form_walk {
    const struct procedure *procedure;
    struct answers answers;
    size_t field, child;
    int row;
};
bool form_next(struct form_walk *w, struct procedure_place *ret);
/* The new ones over the old ones; an empty value takes an answer back. */
void form_merge(struct ctx *cx, struct answers old, struct answers add, struct answer **ret, size_t *ret_count);
void form_settle(const struct procedure *p, struct answers given, struct answer *all, size_t *count);
STATUS form_row_drop(struct ctx *cx, const struct procedure *p, str row, struct answer *all, size_t *count); /* "members.2"; those behind it move up */
STATUS form_store(struct ctx *cx, const struct answer *answers, size_t count, str *ret);
/* An answer as a reader is shown it: the words of a choice, a unit by its name. */
str form_shown(const struct ctx *cx, const struct procedure_field *f, str value, enum lang lang);
STATUS form_load(struct ctx *cx, str stored, struct answer **ret, size_t *ret_count);

/* --- procedure.c --- */
str lang_of(const struct ctx *cx, str vi, str en); /* the one of the caller's language */
struct form_field form_field_of(struct ctx *cx, const struct procedure_place *at);

/* --- file/attach.c --- */
/* ERR_COMPONENTS_MISSING, naming all of them: what the applicant has to hand in with these answers and has not. */
STATUS components_check(struct ctx *cx, const struct dossier *d, struct answers a);

/* --- row.c: rows of sector registers --- */
/* Calls an operation with values for its fields as a definition has them, blank ones left out. */
struct operation_given {
    str name;
    struct purpose purpose;
    const struct procedure_value *values;
    size_t count;
    str (*value)(const void *with, str from); /* what a source comes to */
    const void *with;
};
STATUS operation_call_given(struct ctx *cx, const struct operation_given *g, void **ret_out);
struct row_given {
    str code, about; /* the register, and the personal number of whom the row is about */
    enum sector_only only;
    const struct answer *cells; /* field and value; empty values are left out */
    size_t count;
};
STATUS row_put(struct ctx *cx, const struct row_given *g, int64_t *ret_row);
STATUS row_end(struct ctx *cx, str code, int64_t row);
/* The next number of the register by a pattern such as "{province}A8######", counted for each text that stands before the digits. */
STATUS row_number_draw(struct ctx *cx, str code, str pattern, unit_id office, str *ret);
/* What a definition wants of a register: only its name (STOP, UNDO), also its key, or all that the register requires. */
enum row_whole { ROW_NAMED, ROW_KEYED, ROW_WHOLE };
struct row_check {
    str code;
    enum row_whole whole;
    const struct procedure_value *values;
    size_t count;
    day on;
    str file;
    int line;
};
void row_check(const struct defs *d, struct arena *a, const struct row_check *c, struct defs_problems *problems);

/* --- effect.c --- */
extern const struct ground_kind dossier_ground;
/* An effect that calls names an operation that changes a register, gives it every input that it needs and none that it has not. */
void call_check(const struct app *app, struct arena *a, const struct procedure_effect *e, struct defs_problems *problems);
void procedures_check(const struct app *app, const struct defs *d, struct arena *arena, struct defs_problems *problems);
STATUS effects_apply(struct ctx *cx, struct dossier *d);
STATUS effects_revoke(struct ctx *cx, struct dossier *d); /* a decision that is taken back: the rows that it put end */
STATUS begins_apply(struct ctx *cx, struct dossier *d); /* what the procedure begins at the submission */
/* What the register knows of the applicant, by the ground that the dossier is. */
STATUS applicant_facts(struct ctx *cx, const struct dossier *d, uint64_t fields, struct person_fact **ret, size_t *ret_count);
