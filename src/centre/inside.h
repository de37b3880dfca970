/* What the files of the centre share. */
#pragma once
#include "centre/centre.h"
#include "centre/centre_ops.h"
#include "centre/centre_sql.h"
#include "centre/seen.h"
#include "centre/candidate.h"
#include "gate/worker.h"
#include "refine/row.h"
#include "register/register.h"

enum { CENTRE_SHARD = 0, CHUNK_ROWS = 4000, CHUNK_ROWS_LARGE = 48000, LARGE_ROWS = 400000 /* a list of so many is large */, CHUNK_ENTRIES_MAX = 110000, DELIVERY_FILE_BYTES_MAX = 1 << 30 };

/* In the order of the enums in list.op.yaml; stored. */
enum delivery_state { DELIVERY_WAITING, DELIVERY_RUNNING, DELIVERY_DONE, DELIVERY_FAILED, DELIVERY_CANCELLED };
enum outcome { OUTCOME_MATCHED, OUTCOME_CONFLICTING, OUTCOME_AMBIGUOUS, OUTCOME_NOT_FOUND, OUTCOME_DUPLICATE, OUTCOME_DECEASED,
               OUTCOME_CANCELLED, OUTCOME_REJECTED, OUTCOME_COUNT };
enum figure_kind { FIGURE_OUTCOME = 1, FIGURE_FIELD, FIGURE_REASON, FIGURE_REPAIR, FIGURE_WARNING, FIGURE_UNIT, FIGURE_UNIT_MATCHED,
                   FIGURE_UNIT_CONFLICTING };
const char *outcome_word(enum outcome o); /* "not_found" */

/* --- delivery.c: the row of a delivery, its file, its ground ----------------------------------------------------------- */
/* ERR_DELIVERY_MISSING also for one that this actor may not see. */
STATUS delivery_of(struct ctx *cx, int64_t id, struct delivery_row *ret);
void delivery_item(const struct delivery_row *d, struct list_item *ret);
/* The delivery that came with these very bytes from this source into this register; 0: none. */
STATUS delivery_known(struct ctx *cx, str bytes, str source, str into, int64_t *ret);
/* "deliveries/<digest>" below the directory of the app. Written whole or not at all, and safe on disk on return. */
STATUS delivery_file_keep(struct app *app, str digest, str bytes);
enum { DELIVERY_ORPHAN_S = 3600 };
/* Removes files that no delivery names and that nobody has touched for so long. As work of a lane. */
status delivery_files_sweep(struct ctx *cx, void *nothing);
struct mapped {
    str bytes;
    int fd; /* -1: none */
};
/* `lock`: also hold it against other processes, which ends with this one; ERR_STORE_BUSY when another has it. */
STATUS delivery_file_map(struct app *app, str digest, bool lock, struct mapped *ret);
void delivery_file_rest(const struct mapped *m); /* what was read of it needs no memory until it is read again */
void delivery_file_unmap(struct mapped *m); /* for DEFER */
extern const struct ground_kind delivery_ground;
bool delivery_is_visible(const struct ctx *cx, const struct delivery_row *d);
/* Opens the file of a delivery as it was told to be read. */
STATUS delivery_sheet(const struct delivery_row *d, day today, str bytes, struct sheet **ret);

/* --- mapping.c: what columns mean ---------------------------------------------------------------------------------------- */
/* A map says roles ("name=Họ và tên") and fields of a register ("field:card_no=#8"). */
bool mapping_field(str map, str key, str *ret_column);
int mapping_column(struct arena *a, const struct sheet *s, str column); /* "#8" or a header; -1: there is none */
/* The same map with headers for places, so that it fits the next list of the source; "" when headers do not serve. */
str mapping_by_header(struct arena *a, const struct sheet *s, str map);

/* --- bundle.c: several lists in one archive ------------------------------------------------------------------------------- */
enum { BUNDLE_FILES_MAX = 50 };
struct bundle;
/* *ret NULL: the bytes are no archive of lists, but a list or a workbook themselves. */
STATUS bundle_open(str bytes, struct bundle **ret);
void bundle_done(struct bundle **b); /* for DEFER */
size_t bundle_count(const struct bundle *b);
str bundle_name(const struct bundle *b, size_t i);
STATUS bundle_read(struct bundle *b, size_t i, str *ret_bytes); /* valid until the next call */

/* --- export.c: rows of the file beside what came of them -------------------------------------------------------------------- */
enum { EXPORT_BYTES_MAX = 1 << 29 };
typedef status delivery_head_visit(void *with, struct ctx *cx, const struct sheet *s);
typedef status delivery_row_visit(void *with, struct ctx *cx, const struct sheet *s, const struct sheet_row *row, const struct list_row_row *what);
STATUS delivery_walk(struct ctx *cx, const struct delivery_row *d, delivery_head_visit *head, delivery_row_visit *each, void *with);
str export_word(struct ctx *cx, const char *family, const char *word); /* "row_reason_", "birth_missing" */
str export_text(struct arena *a, const struct sheet *s, size_t column, str cell); /* a cell as text in UTF-8 without loss of the rest */

/* --- refused.c: refused rows out, and mended ones in ----------------------------------------------------------------------- */
/* How the file of corrected rows is to be read: as the list that it completes, whose columns it has behind those for reason and remedy. */
struct mended {
    str map, encoding; /* encoding: if the file itself does not tell */
    bool moved;        /* the map counts columns, so those two have to be there */
};
STATUS mended_as(struct ctx *cx, int64_t completes, struct mended *ret);
STATUS mended_check(const struct mended *m, struct arena *a, const struct sheet *s); /* ERR_COLUMNS_CUT: they are not */

/* --- look.c, chunk.c: some rows against the register ------------------------------------------------------------------------ */
enum { EVIDENCE_MAX = 5 };
str *report_repair_words(struct arena *a, uint64_t bits, size_t *ret_count); /* report.c; at most 16 */
struct chunk_result {
    enum outcome outcome;
    person_id person;
    const struct person *found; /* he, as he was compared; NULL where `person` is none */
    size_t noted_end;           /* of `looked`: entries about this row and those before it */
    unit_id unit;
    uint64_t differs; /* person fields */
    int32_t candidates;
    int64_t duplicate_of;
    uint64_t key; /* for `seen` */
    int64_t evidence[EVIDENCE_MAX]; /* evidence_pack() of the candidates, of rows that a human has to look at */
    int evidence_count;
};
struct sector_value;
struct sector_draft;
struct chunk {
    int64_t delivery, done_before, rows_total;
    const struct list_person *rows;
    const int64_t *hashes; /* of their names */
    size_t count, room;
    struct sector_value *values; /* of the fields of `into`: values_wide of each row */
    size_t values_wide;
    struct sector_draft *drafts; /* of rows that are new to `into`, made by chunk_look() */
    const struct seen *seen;      /* of all rows before */
    struct into *into;            /* NULL: the list goes into no register */
    /* made by chunk_look(): */
    struct judge *judge;
    struct chunk_result *results;
    size_t compared;       /* rows; it is to be called until all are */
    int64_t looked_us;     /* when the first was */
    struct looked looked;  /* whom it has compared with whom, for the ledger */
    size_t noted;          /* of these, how many are in the ledger */
    size_t applied;        /* by chunk_apply(): rows; valid once its transaction has committed. Less than `count` when they left
                            * too many entries for one transaction */
};
STATUS into_report(struct ctx *cx, int64_t delivery, struct list_report_out *ret); /* into.c: what it did to a sector register */
/* Both run under an operation of the gate, whose grant they keep. The first only reads, some rows a call. */
STATUS chunk_look(struct ctx *cx, struct chunk *c);
STATUS row_look(struct ctx *cx, struct judge *judge, const struct list_person *row, int64_t name_hash, struct chunk_result *r);
/* ERR_VERSION_CONFLICT: somebody else has written these rows. */
STATUS chunk_apply(struct ctx *cx, struct chunk *c);

/* --- work.c: works off deliveries one after another -------------------------------------------------------------------- */
extern const struct worker_plan delivery_worker; /* wake it when there may be something to do; it hands chunks to list.match */
