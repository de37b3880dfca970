/* What the files of this folder share. */
#pragma once
#include "centre/candidate.h"
#include "gate/worker.h"
#include "recon/recon.h"
#include "recon/recon_ops.h"
#include "recon/recon_sql.h"
#include "register/register_sql.h"
#include "register/sector/sector.h"

/* A chunk's ledger entries have to fit one journal, and a stop may cost what was looked at: a chunk ends with the look that brings
 * it beyond RUN_CHUNK_ENTRIES or a second, the first one with its first look: then it shows that the run goes on. Each transaction
 * writes again the pages of the index by unit, hence the larger chunks of a large run. */
enum { RECON_SHARD = 0, RUN_CHUNK_ROWS = 8000, RUN_CHUNK_ROWS_LARGE = 24000, RUN_LARGE_ROWS = 400000, RUN_LOOK_ROWS = 1000, RUN_CHUNK_ENTRIES = 60000, RUN_CHUNK_US = 1000000, RUN_EVIDENCE_MAX = 5, RUN_VALUES_MAX = 12, DIGEST_HEX = 2 * SHA256_BYTES };

/* In the order of the enums in run.op.yaml; stored. */
enum run_state { RUN_PLANNED, RUN_SNAPSHOT, RUN_MATCHING, RUN_SCORED, RUN_PUBLISHING, RUN_PUBLISHED, RUN_CANCELLED, RUN_FAILED, RUN_STATES };
enum run_outcome { RUN_MATCHED, RUN_CONFLICTING, RUN_AMBIGUOUS, RUN_NOT_FOUND, RUN_DUPLICATE, RUN_DECEASED, RUN_MOVED, RUN_NUMBER_CANCELLED, RUN_OUTCOMES };
extern const char *const run_state_words[], *const run_outcome_words[];

/* --- run.c: the row of a run ------------------------------------------------------------------------------------------- */
/* ERR_RUN_MISSING also for one that this actor may not see. */
STATUS run_of(struct ctx *cx, int64_t id, struct recon_run_row *ret);
bool run_is_visible(const struct ctx *cx, const struct recon_run_row *r);
void run_item_fill(struct ctx *cx, const struct recon_run_row *r, struct run_item *ret);
const struct sector_register *run_register(const struct ctx *cx, const struct recon_run_row *r);
extern const struct ground_kind run_ground;

/* --- compare.c: one row and its person --------------------------------------------------------------------------------- */
struct run_result {
    enum run_outcome outcome;
    int64_t row;
    int32_t version; /* of the row */
    person_id person;
    unit_id unit;
    uint64_t differs, compared; /* person fields */
    int percent, candidates;
    int64_t duplicate_of, same_key; /* same_key 0: not looked for */
    struct { person_id person; int64_t evidence; } evidence[RUN_EVIDENCE_MAX];
    int evidence_count;
};
/* What of a register is compared. */
struct run_side {
    const struct sector_register *def;
    const struct known_then *then;
    int64_t known_us;
    bool one_row_each; /* the subject is the key, or part of it: a person has one row for each value of the other keys */
};
STATUS run_row_compare(struct ctx *cx, struct judge *judge, const struct run_side *side, struct sector_row_row *row, struct run_result *ret);
/* The compared fields with both values: as operations read them, and as people do. */
struct run_pair {
    const struct sector_content *content;
    const struct person *person;
    unit_id listed_unit; /* where the row was when it was written; UNIT_NONE: not asked */
};
struct run_said {
    int field;   /* enum person_field */
    str own;     /* key of the row's own field; "": what the list said of the subject */
    str listed, held, listed_shown, held_shown;
};
STATUS run_values(struct ctx *cx, const struct run_side *side, const struct run_pair *pair, struct run_said ret[static RUN_VALUES_MAX], size_t *ret_count);

/* --- tally.c: figures by unit --------------------------------------------------------------------------------------------- */
enum run_figure { RUN_OUTCOME_FIGURE = 1, RUN_COMPARED_FIGURE, RUN_DIFFERING_FIGURE, RUN_PERCENT_FIGURE, RUN_FIELD_PERCENT_FIGURE, RUN_BAND_FIGURE };
enum { RUN_BANDS = 4 };
extern const int run_band_from[RUN_BANDS]; /* per cent; each ends where the next begins */
struct run_tally {
    struct table64 amounts;
};
void tally_init(struct run_tally *t);
void tally_done(struct run_tally *t);
void tally_row(struct run_tally *t, const struct run_result *r);
STATUS tally_write(struct ctx *cx, const struct run_tally *t, int64_t run);

/* --- chunk.c: some rows in one transaction ------------------------------------------------------------------------------ */
/* A run under way; lives in the job. */
struct run_work {
    struct recon_run_row row; /* as last committed */
    struct arena *arena;
    struct known_then *then;
    struct table64 seen; /* same_key: the first row that has it */
    struct run_tally tally;
    bool scoped;
};
struct run_chunk {
    struct run_work *work;
    /* made by run_chunk_look(): */
    struct run_result *results; /* `room` at most */
    size_t room, count, looked; /* rows it takes; of them, that were live then; that were looked at */
    int64_t last_row;           /* before the first look: that of the chunk before */
    int64_t began_us;
    struct looked noted;        /* whom it has compared, for the ledger */
    bool first, more, full;     /* none came before; rows may follow; the chunk is to be written */
    /* made by run_chunk_apply(), or publishing; valid once its transaction has committed */
    int64_t matched, cases;
    char digest[DIGEST_HEX + 1];
    int16_t told_outcome;
    int32_t told_unit;
    int64_t told_row;
};
/* Both under run.match of the gate, whose grant they keep. The first only reads, RUN_LOOK_ROWS a call, until the chunk is full. */
STATUS run_chunk_look(struct ctx *cx, struct run_chunk *c);
/* ERR_VERSION_CONFLICT: somebody else has the run, or it was stopped. */
STATUS run_chunk_apply(struct ctx *cx, struct run_chunk *c);
void run_chunk_take(struct run_chunk *c); /* after its commit: into the work */
STATUS run_restore(struct ctx *cx, struct run_work *w); /* seen and tally of what is stored */

/* --- publish.c -------------------------------------------------------------------------------------------------------------- */
STATUS run_publish_apply(struct ctx *cx, struct run_chunk *c); /* opens the cases of the next rows */

/* --- scope.c: which rows a run of a unit or a list takes ------------------------------------------------------------------ */
static inline bool run_is_scoped(const struct recon_run_row *r) { return r->unit != 0 || r->delivery != 0; }
STATUS run_scope_make(struct ctx *cx, const struct recon_run_row *r, int64_t *ret_rows);

/* --- job.c --------------------------------------------------------------------------------------------------------------- */
extern const struct worker_plan run_worker; /* wake it when there may be something to do; it hands chunks to run.match */

/* --- paper.c: the report as a PDF: Vietnamese, and English below it where that is asked for -------------------------------- */
STATUS run_paper_write(struct ctx *cx, const struct run_report_out *r, str *ret);

/* --- figures.c, page.c ------------------------------------------------------------------------------------------------- */
/* Units that have rows of this outcome, those of `within` alone if it is one, sorted. */
STATUS run_units_of(struct ctx *cx, int64_t run, enum run_outcome outcome, unit_id within, unit_id **ret, size_t *ret_count);
/* The next rows of an outcome in the order of unit and row, after a place; unit -1: from the first. */
struct run_place {
    int64_t run;
    enum run_outcome outcome;
    int32_t unit;
    int64_t row;
};
STATUS run_rows_after(struct ctx *cx, const struct run_place *after, int64_t most, struct recon_row_row **ret, size_t *ret_count);
