/* Rows of sector registers. A row is found by its key, says whom it is about or why that is not known, keeps every version
 * with the day from which it held and the moment at which it became known, and carries the mask of the checks that it fails.
 * All registers lie in the same tables: a definition adds one without a change of schema or program.
 *
 * Every change and every row shown is noted in the ledger by whoever runs these functions under the gate (change_note,
 * disclosure_note, field `shared`). Law: NĐ 47/2020/NĐ-CP Đ41; Luật Dữ liệu 2024. */
#pragma once
#include "defs/sector/sector.h"
#include "register/register.h"

enum sector_state { SECTOR_LIVE = 1, SECTOR_ENDED };
/* In the order of the enum `link` in sector.op.yaml; stored. */
enum sector_link { LINK_LINKED, LINK_NO_SUBJECT, LINK_NOT_FOUND, LINK_AMBIGUOUS, LINK_CANCELLED };
enum sector_happening { MOMENT_PUT = 1, MOMENT_END, MOMENT_LINK };
enum sector_done { SECTOR_SAME, SECTOR_NEW, SECTOR_CHANGED };

/* --- value.c: typed values ------------------------------------------------------------------------------------------- */
struct sector_value {
    bool known;
    bool raw;        /* `text` as it was sent: it could not be read */
    int64_t number;  /* day (ymd), number (scaled), money, unit, personal number */
    str text;        /* text, document, code */
};
/* What a list said of the subject itself. */
struct sector_listed {
    int64_t number;
    str name;
    day birth;
    enum sex sex;
};
/* The content of a row: values by the place of their field in the definition. Values of fields that this version of the
 * definition does not have are kept as they are (`rest`). */
struct sector_content {
    struct sector_listed listed;
    struct sector_value values[SECTOR_FIELDS_MAX];
    str rest;
};
void sector_content_write(const struct sector_register *r, const struct sector_content *c, struct buf *out);
STATUS sector_content_read(const struct sector_register *r, str doc, struct sector_content *ret); /* slices of doc; ERR_CORRUPT */
/* Strict, for operations: day ISO, unit code, decimal point, code, twelve digits. */
STATUS sector_value_read(struct ctx *cx, const struct sector_field *f, str text, struct sector_value *ret);
/* Lenient, for lists: what cannot be read comes back raw; blank is not known. */
void sector_cell_read(struct ctx *cx, const struct sector_field *f, str text, struct sector_value *ret);
str sector_value_text(struct arena *a, const struct sector_field *f, const struct sector_value *v); /* for machines */
str sector_value_show(struct ctx *cx, const struct sector_field *f, const struct sector_value *v);
bool sector_form_fits(str form, str text);

/* --- check.c ---------------------------------------------------------------------------------------------------------- */
/* The mask of the checks that fail. `p` NULL: not linked. */
uint64_t sector_check_row(const struct ctx *cx, const struct sector_register *r, const struct sector_content *c, const struct person *p);
str sector_check_says(const struct ctx *cx, const struct sector_register *r, const struct sector_check *c);
str sector_attribute_label(const struct ctx *cx, const struct sector_register *r, int field); /* or SECTOR_SUBJECT */

/* --- access.c --------------------------------------------------------------------------------------------------------- */
struct sector_scope {
    const struct sector_register *def;
    bool shared_only; /* only fields that may be shared */
    bool secrets;     /* state secrets too */
};
enum { SECTOR_GROUND_COUNT = 2 };
extern const struct ground_kind sector_grounds[]; /* "register", "origin" */
/* The register under the ground of this call. ERR_REGISTER_MISSING, ERR_REGISTER_CLOSED, ERR_NOT_ALLOWED, ERR_GROUND_NOT_LIVE. */
STATUS sector_enter(struct ctx *cx, str code, bool write, struct sector_scope *ret);
/* May this actor write into it, or read it, by its definition? *ret_own_unit: only rows of the own area. */
bool sector_may_write(const struct ctx *cx, const struct sector_register *r);
bool sector_may_read(const struct ctx *cx, const struct sector_register *r, bool *ret_own_unit);

/* --- known.c: rows as they were known at a moment ---------------------------------------------------------------------- */
struct sector_row_row; /* register_sql.h */
struct sector_rows_then {
    struct sector_row_row *rows; /* those that were there and had not ended, by id */
    size_t count;
    int64_t last; /* the last id looked at */
    bool more;    /* others may follow */
};
/* Looks at `most` rows with an id above `after`. What an unlinked row of then says of its checks is not known (rules 0). */
STATUS sector_rows_known_at(struct ctx *cx, const struct sector_register *r, int64_t known_us, int64_t after, size_t most,
                            struct sector_rows_then *ret);
/* The unit that it was given when it was last written: the row itself follows its person. */
STATUS sector_row_written_in(struct ctx *cx, const struct sector_register *r, int64_t known_us, const struct sector_row_row *row, unit_id *ret);
/* The row as it was on a day, by what was known at a moment. Its unit stays that of today, which decides who may look. */
STATUS sector_row_as_of(struct ctx *cx, const struct sector_register *r, day valid, int64_t known_us, struct sector_row_row *inout, bool *ret_known);
STATUS sector_row_known_at(struct ctx *cx, const struct sector_register *r, int64_t known_us, struct sector_row_row *inout, bool *ret_live);

/* --- batch.c: writing ------------------------------------------------------------------------------------------------- */
/* ONLY_NEW: ERR_ROW_EXISTS if a row has its key; ONLY_CHANGE: ERR_ROW_MISSING unless a live row of this person has it. */
enum sector_only { ONLY_ANY, ONLY_NEW, ONLY_CHANGE };
struct sector_put {
    enum sector_only only;
    struct sector_content content;
    uint64_t given;       /* by field: the others keep what they have */
    enum sector_link link;
    struct person person; /* of a linked row */
    unit_id unit;         /* where its person does not say */
    int32_t expected_version; /* 0: not asked */
    day effective;
    str source;
    int64_t delivery;     /* 0: none */
};
struct sector_written_row {
    int64_t id;
    int32_t version;
    enum sector_done done;
    uint64_t broken;
};
/* A row as it will be if the register has none like it, made before its transaction, on whatever thread has the time. */
struct sector_draft {
    str key, listed;               /* by which it is found; as the list alone names a linked subject, else "" */
    uint64_t key_hash, listed_hash;
    str doc;                       /* empty: it was not made */
    uint64_t broken;
    enum sector_link link;
    person_id person;
    unit_id unit;
};
STATUS sector_draft_make(struct ctx *cx, const struct sector_register *r, const struct sector_put *put, struct sector_draft *ret);
/* The keys that a register has, for whoever filled it from nothing: another key has no row, and need not be looked for. Rows that others
 * write, and batches that did not commit, end its use. */
struct sector_keys {
    struct table64 hashes;
    int64_t last; /* id of the last row that is known of */
    bool known;
};
STATUS sector_keys_start(struct ctx *cx, const struct sector_register *r, struct sector_keys *ret); /* known if the register is empty */
void sector_keys_done(struct sector_keys *k);
struct sector_batch;
/* Gathers rows of one register and writes them together; what was put is seen by later puts of the same batch. */
void sector_batch_start(struct ctx *cx, const struct sector_register *r, struct sector_batch **ret);
STATUS sector_batch_keys(struct sector_batch *b, struct sector_keys *k); /* before the first row */
/* Adds the row that was drafted, if the keys tell that it is new; else it has to be put. Of `put` its content and person are not read. */
STATUS sector_batch_add(struct sector_batch *b, const struct sector_draft *d, const struct sector_put *put, struct sector_written_row *ret, bool *ret_added);
STATUS sector_batch_put(struct sector_batch *b, const struct sector_put *put, struct sector_written_row *ret);
/* A live row named by its id, whatever its key becomes: what `put` gives over what it has. ERR_ROW_MISSING, ERR_ROW_EXISTS if
 * another row has the key that it would get (two rows of one person). */
STATUS sector_batch_amend(struct sector_batch *b, int64_t id, const struct sector_put *put, struct sector_written_row *ret);
STATUS sector_batch_end(struct sector_batch *b);
void sector_batch_done(struct sector_batch **b); /* for DEFER; forgets what was not written */
/* Ends a live row (rows.c). expected_version 0: not asked. */
STATUS sector_row_end(struct ctx *cx, const struct sector_register *r, int64_t id, int32_t expected_version, day effective, int32_t *ret_version);
/* delta.c: remembers which rows a list made or changed (sorts them); `before`: how many of this kind it had until now. */
struct sector_touched {
    int64_t row;
    int32_t version;
};
STATUS sector_delta_keep(struct ctx *cx, int64_t delivery, enum sector_done kind, int64_t before, struct sector_touched *list, size_t count);
/* Rows of this delivery that no later one has seen. */
STATUS sector_rows_left_in(struct ctx *cx, str code, int64_t delivery, int64_t *ret);

/* --- moves.c: counts, kept with every change ------------------------------------------------------------------------ */
struct sector_judged {
    uint64_t rules, broken;
    enum sector_state state;
    enum sector_link link;
    unit_id unit;
};
struct sector_moves;
void sector_moves_start(struct sector_moves **ret);
void sector_moves_done(struct sector_moves **m);
void sector_moves_add(struct sector_moves *m, const struct sector_judged *j, int by);
STATUS sector_moves_write(struct ctx *cx, struct sector_moves *m, str code);
/* What is counted of one unit, by the rules in force; `rows` are live ones. */
struct sector_standing {
    unit_id unit;
    int64_t rows, linked, ended, good[DIMENSION_COUNT]; /* rows without a flaw in this dimension */
};
/* Live rows of a unit with a flaw in what a field says (or SECTOR_SUBJECT), by the rules in force. */
struct sector_field_flaws {
    unit_id unit;
    int field;
    int64_t flawed[DIMENSION_COUNT];
};
struct sector_standings {
    struct sector_standing *units; /* by unit as recorded, of either map; sorted */
    size_t unit_count;
    struct sector_field_flaws *fields; /* those that have one */
    size_t field_count;
};
STATUS sector_standings(struct ctx *cx, const struct sector_register *r, struct sector_standings *ret);
/* Judges rows after `after` anew, at most `limit`, without asking for a ground: for whoever keeps all registers. *ret_next 0: that
 * was the last. */
STATUS sector_judge_some(struct ctx *cx, const struct sector_register *r, int64_t after, int64_t limit, int64_t *ret_next, int64_t *ret_changed);
/* How a live row, or a person with a flaw, was judged last; *ret_known false: there is none. */
STATUS sector_row_judged_as(struct ctx *cx, const struct sector_register *r, int64_t row, struct sector_judged *ret, bool *ret_known);
/* Counts all rows anew and compares; ERR_CORRUPT if a figure drifted. */
STATUS sector_figures_check(struct ctx *cx, str code);
/* Judges a changed person's rows anew: the rules that ask for the person, and the unit of those that live with him. */
STATUS sector_person_changed(struct ctx *cx, const struct person *p);
/* The rows of somebody who turned out to be `into` follow him there; undone, those that were written about `p` come back. What was
 * written stays as it is: the versions of a row name whom it named. */
STATUS sector_person_merged(struct ctx *cx, const struct person *p, const struct person *into, bool undone);

/* --- people.c: the population as a register (rows: people) ------------------------------------------------------------ */
/* What is wrong with a person by the rules in force; 0 for the dead and the merged, whom nobody mends. */
uint64_t people_flaws(struct ctx *cx, const struct sector_register *r, const struct person *p);
/* Judges one person anew and moves the counts; called with every change of a person. */
STATUS people_changed(struct ctx *cx, const struct person *p);
/* Counts everybody's flaws anew and compares; ERR_CORRUPT if a figure drifted. */
STATUS people_figures_check(struct ctx *cx);
void people_definition_check(const struct app *app, const struct defs *d, struct arena *arena, struct defs_problems *problems);
