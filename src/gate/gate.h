/* The one door. Every call of every face passes gate_call(): it asks whether the actor may, checks that the named ground
 * is live and covers the fields, runs the module's function, and leaves the ledger entries of what was read and changed
 * in the context's journal, which commits in the same transaction or keeps the reply back.
 *
 * Operations are described in <module>/<stem>.op.yaml; tools/opc makes the structs, the tables below and the documents.
 * Law: Luật Căn cước 2023 Đ10, NĐ 70/2024 Đ8 (who may exploit the data), NĐ 47/2020 Đ45 (what is logged). */
#pragma once
#include "base/base.h"
#include "defs/defs.h"
#include "ledger/ledger.h"
#include "messages/message.h"
#include "store/store.h"

/* --- What an operation is --------------------------------------------------------------------------------------- */

struct op_shape;
enum op_type {
    OP_BOOL,   /* bool */
    OP_I64,    /* int64_t, min … max */
    OP_TEXT,   /* str, at most max bytes, NFC, one line */
    OP_NUMBER, /* int64_t; outside: 12 digits in a string */
    OP_DAY,    /* day; outside: yyyy, yyyy-mm or yyyy-mm-dd */
    OP_TIME,   /* int64_t µs; outside: RFC 3339 */
    OP_UNIT,   /* unit_id; outside: a unit code as defs_unit_parse() reads it */
    OP_SEX,    /* enum sex; outside: male, female, other, unknown */
    OP_FIELDS, /* uint64_t mask of the person fields; outside: a list of their names */
    OP_ENUM,   /* int32_t index into `words` */
    OP_SHAPE,  /* an embedded struct */
    OP_LIST,   /* pointer to the items, their number in the size_t at count_offset; at most max of them */
    OP_BYTES,  /* str: the raw body of a request or a reply */
};

struct op_field {
    const char *name;
    enum op_type type;
    bool optional;          /* then a bool stands at has_offset */
    enum op_type item;      /* of a list */
    uint32_t offset, has_offset, count_offset;
    int64_t min, max;
    const struct op_shape *shape;
    const char *const *words; /* of an enum, NULL-terminated */
    const char *says_vi, *says_en;
};
struct op_shape {
    const char *name;
    size_t bytes;
    const struct op_field *fields; size_t field_count;
};

enum ground_need { GROUND_NONE, GROUND_REQUIRED };

struct operation {
    const char *name;   /* "person.verify"; the verb is "person verify" */
    const char *method; /* "GET" or "POST" */
    const char *path;   /* "/api/v1/persons/verify"; {x} is a field of `takes`, never personal */
    const char *says_vi, *says_en;
    const char *law;
    uint32_t may; /* enum role bits */
    enum ground_need ground;
    /* once: a command id claims it (gate/once.c); quick: a few rows, found by their keys; proves: its body is signed; slow: gate/prepare.h */
    bool writes, once, quick, proves, slow;
    uint64_t reads;    /* fields of a person that it may use or show */
    size_t body_bytes_max;
    const char *consumes, *produces; /* of OP_BYTES in takes and gives, else NULL (JSON) */
    const struct op_shape *takes, *gives;
    status (*run)(struct ctx *cx, const void *in, void *ret_out);
};

/* --- Grounds ---------------------------------------------------------------------------------------------------- */

/* What a live ground allows. */
struct grant {
    uint64_t fields;       /* what may be used or shown */
    person_id only_person; /* or PERSON_NONE: anyone */
    unit_id only_unit;     /* people of this unit and the units in it, or UNIT_NONE */
    int32_t per_minute;    /* calls of this actor under this ground, 0: no limit */
};

struct ground_kind {
    const char *name;
    /* Is cx->purpose.reference live now for this actor and operation? ERR_GROUND_NOT_LIVE, ERR_GROUND_HOURS … */
    status (*check)(struct ctx *cx, const struct operation *op, struct grant *ret);
};

/* Whom a disclosure or change is about. */
struct subject {
    person_id person; /* PERSON_NONE: asked about somebody whom the register does not know */
    unit_id unit;     /* of residence */
};

/* To be called before a person's values leave the module: refuses what the grant does not cover (ERR_GROUND_FIELDS,
 * ERR_GROUND_PERSON) and writes the disclosure into the journal. Calls about the same person in one request add up.
 * change_note(): the same for a change. */
STATUS disclosure_note(struct ctx *cx, struct subject who, uint64_t fields);
STATUS change_note(struct ctx *cx, struct subject who, uint64_t fields);

struct worker;
enum { JOURNAL_WAKES_MAX = 4 };
struct journal {
    const struct operation *op, *outer; /* the one that runs; and the one that called it, or NULL */
    struct grant grant;
    struct ledger_entry *entries; /* in the ctx's arena */
    size_t count, cap, wake_count;
    struct worker *wakes[JOURNAL_WAKES_MAX]; /* gate/worker.h */
};

/* --- Modules and the process ------------------------------------------------------------------------------------ */

struct module {
    const char *name;
    const struct operation *operations; size_t operation_count;
    const struct migration_set *migrations; /* or NULL */
    const struct ground_kind *grounds; size_t ground_count;
    /* or NULL: what only the module knows of definitions; adds to `problems` (defs_problem_add) */
    void (*check)(const struct app *app, const struct defs *d, struct arena *arena, struct defs_problems *problems);
    const struct worker_plan *worker; /* or NULL; the worker is then the module's state */
    status (*start)(struct app *app); /* or NULL; its state is kept with app_state_set() */
    void (*stop)(struct app *app); /* or NULL; lanes still run */
    void (*end)(struct app *app);  /* or NULL; after the lanes: frees what calls use */
};

struct app {
    struct store *store;
    struct defs *defs;
    struct ledger *ledger;
    struct lanes *lanes;
    const struct module *const *modules;
    size_t module_count;
    struct table operations, states; /* by name: struct operation; what modules keep */
    struct retired *retired; /* definitions that calls may still read; freed at the stop */
    str directory;           /* files of this installation */
    /* Set by the module that keeps accounts: fill cx->actor from a token (empty: the public), or from name and password. */
    status (*authenticate)(struct ctx *cx, str token);
    status (*sign_in)(struct ctx *cx, str login, str password);
    bool debug, serving;     /* debug verbs and test hooks are on; this process answers others, so it does what falls due */
};

struct app_options {
    str url;       /* of the store */
    str directory; /* for keys, deliveries, own definitions; made if absent */
    bool debug, serving;
    bool no_lanes; /* store and definitions only: modules are not started, the caller opens connections itself */
    struct arena *arena;            /* for the texts of `problems` */
    struct defs_problems *problems; /* what is wrong in definitions, when the start fails with ERR_DEFINITION */
};
/* Opens the store, applies migrations, loads definitions, starts modules and lanes. */
STATUS app_start(const struct app_options *options, const struct module *const *modules, size_t count, struct app **ret);
/* Reads the definitions anew. Wrong ones are refused whole and the old ones stay; calls that run keep those they began with. */
STATUS app_reload(struct app *app, struct arena *arena, struct defs_problems *problems);
void app_stop(struct app *app); /* finishes what is queued, sequences the ledger, closes */
STATUS directory_make(str path); /* with its parents; ERR_IO */
void app_state_set(struct app *app, const char *module, void *state);
void *app_state(const struct app *app, const char *module);
const struct operation *operation_find(const struct app *app, str name);

/* --- Calling ---------------------------------------------------------------------------------------------------- */

/* Within an open transaction (cx->tx): permission, ground, run. On failure nothing of it stays in the journal. `ret_out`
 * has op->gives->bytes; it must not leave before the transaction with the journal's entries has committed. */
STATUS gate_call(struct ctx *cx, const struct operation *op, const void *in, void *ret_out);

/* A piece of work in one transaction of a lane. Reads run many to a transaction on a reading connection, writes commit in
 * groups with their ledger entries; `done` is called once the entries are durable, by the commit or on the tape, on whatever
 * thread. `cx` is filled by the caller (arena, lang, request id); the lane adds transaction, journal, clock. */
struct work {
    status (*run)(struct ctx *cx, void *arg);
    void (*done)(struct work *w);
    void *arg;
    bool writes, quick, slow;
    bool notes; /* it will leave an entry, though it writes nothing itself */
    bool ran; /* on the reading lane: only its entries wait for the commit */
    struct ctx cx;
    struct journal journal;
    status result;
    struct fault fault; /* of a result that is not OK */
    struct work *next;
    void *waiting; /* of lanes_call() */
};
STATUS lanes_start(struct app *app, struct lanes **ret);
void lanes_stop(struct lanes *l); /* finishes what is queued */
void lanes_submit(struct lanes *l, struct work *w);
/* For net threads: gathers until lanes_flush(). True: quick, done by a flush of this thread, at once or after a call of `wake`. */
bool lanes_gather(struct lanes *l, struct work *w);
size_t lanes_flush(struct lanes *l, void (*wake)(void *arg), void *arg); /* how many still wait; wakes a lane once for many */
STATUS lanes_call(struct lanes *l, struct work *w); /* submits and waits; never on a net thread */
/* A ctx for the program itself (jobs): role operator, name of the job. */
void ctx_for_program(struct ctx *cx, struct app *app, struct arena *arena, str job_name);

/* --- Documents and texts made from the descriptions (gate/shape.c, gate/openapi.c) ------------------------------- */

/* Strict: unknown, double or missing fields and wrong types are refused with the field's path. */
STATUS shape_read_json(struct ctx *cx, const struct op_shape *shape, str json, void *out);
STATUS shape_read_member(struct ctx *cx, const struct op_shape *shape, str name, str text, void *out);
int shape_field_index(const struct op_shape *shape, str name); /* -1: no such field */
STATUS shape_check_complete(const struct op_shape *shape, const bool *given); /* by field index; ERR_FIELD_MISSING */
void shape_write_json(const struct ctx *cx, const struct op_shape *shape, const void *in, struct buf *out);
void openapi_write(const struct app *app, struct buf *out);            /* OpenAPI 3.1, JSON */
void permission_matrix_write(const struct app *app, struct buf *out);  /* Markdown */
/* RFC 9457 problem details of a fault, in the caller's language. */
void problem_write(struct arena *arena, enum lang lang, const struct fault *f, uint64_t request_id, struct buf *out);
