/* One row of a list, read and cleaned: what can be repaired without doubt is repaired and told, what is doubtful is told,
 * and what names nobody is refused with its reason. Nothing of it is ever changed silently. The import of the centre and
 * `dancu clean` both go through row_clean(). */
#pragma once
#include "refine/evidence.h"
#include "refine/place.h"

enum row_reason {
#define REASON(word) REASON_##word,
#define WARNING(word)
#include "refine/word.def"
#undef REASON
#undef WARNING
    REASON_COUNT
};
enum row_warning {
#define REASON(word)
#define WARNING(word) WARNING_##word,
#include "refine/word.def"
#undef REASON
#undef WARNING
    WARNING_COUNT
};

enum { ROW_NAME_BYTES_MAX = 200, ROW_REPAIRS_MAX = 40, ROW_QUESTIONS_MAX = 16 };

/* What was done to the cells of one row, for those who want it told one by one. */
struct cell_repair {
    enum column_role role;
    struct repair is;
};
struct cell_question {
    enum column_role role;
    enum row_warning why;
    str choices; /* what it can mean, parted by "; "; empty if that cannot be said */
};
struct row_journal {
    struct cell_repair repairs[ROW_REPAIRS_MAX];
    size_t repair_count;
    struct cell_question questions[ROW_QUESTIONS_MAX];
    size_t question_count;
};

/* By what the rows of one list are cleaned. */
struct refinery {
    const struct sheet *sheet;
    struct places *places;           /* NULL: addresses are not looked at */
    struct place_memo *memo;         /* of them, or NULL */
    const struct evidence *evidence; /* what the columns say as a whole */
    struct row_journal *journal;     /* NULL: the bits of a row are enough */
};

struct list_person {
    int64_t row;
    enum row_reason reason; /* REASON_none: usable */
    int64_t number, old_number;
    bool number_doubtful; /* restored by a repair that a match must confirm */
    bool number_wrong;    /* the row has one that cannot be read */
    bool birth_wrong;
    str name;     /* in form C, without what is no part of it */
    str proposal; /* the name as it might be written: never more than a proposal */
    day birth, birth_other;
    enum sex sex;
    struct phone_reading phone;
    struct place_found place;
    uint64_t repairs, warnings; /* bits: enum repair_rule, enum row_warning */
};

/* Texts lie in the arena. Never fails: what is wrong is in `ret`. */
void row_clean(struct arena *a, const struct refinery *f, const struct sheet_row *row, struct list_person *ret);

const char *reason_word(enum row_reason r); /* "csv_quote" */
const char *repair_word(int rule);          /* "date_words"; message "repair_date_words" */
const char *warning_word(int place);

/* --- for the files that clean one kind of cell ------------------------------------------------------------------------ */
struct row_work {
    struct arena *arena;
    const struct refinery *by;
    const struct sheet_row *row;
    struct list_person *person;
};
/* The cell as it came (for the journal) and as one clean line; false, with the reason noted, when its bytes cannot be taken. */
bool row_take(struct row_work *w, enum column_role role, str *ret_raw, str *ret_text);
void row_repaired(struct row_work *w, enum column_role role, struct repair r);
void row_warned(struct row_work *w, enum column_role role, enum row_warning why, str choices);
void row_name(struct row_work *w);
void row_birth(struct row_work *w);
void row_place(struct row_work *w);
