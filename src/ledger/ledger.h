/* The ledger: an append-only Merkle log of every change and every disclosure of personal data. An entry says who, for
 * which organisation, under which purpose, about whom, which fields; never a value. It commits in the transaction of what
 * it records. A sequencer gives entries their index within about a second, hashes them into tiles and signs a
 * checkpoint; anyone who keeps a checkpoint can later prove that nothing was removed, changed or put in between.
 *
 * A leaf is the commitment SHA-256(salt ‖ entry): ledger_forget() destroys salt and entry, and the tree still verifies.
 * One log per `shard` (0 where the database holds one). Every call works in cx->tx.
 * Formats: RFC 6962/9162 hashing; C2SP tlog-tiles, signed-note, tlog-checkpoint, tlog-cosignature. */
#pragma once
#include "base/base.h"
#include "crypt/crypt.h"
#include "ledger/merkle.h"
#include "store/store.h"
#include "store/tape.h"

extern const struct migration_set ledger_migrations;

/* ---- entries */
enum ledger_kind { LEDGER_CHANGE = 1, LEDGER_DISCLOSURE = 2, LEDGER_COUNT = 3 };
enum { LEDGER_TEXT_BYTES_MAX = 96, LEDGER_GROUP_MAX = 160000 };

struct ledger_entry {
    int16_t shard; /* all entries of one append have the same */
    enum ledger_kind kind;
    int64_t time_us;
    str operation;          /* "person.verify" */
    account_id account;     /* who */
    str organisation;       /* for which organisation */
    uint32_t roles;         /* enum role bits of the actor */
    unit_id unit;           /* where his writ runs */
    str purpose_kind;       /* "own", "agreement", "task", … */
    str purpose_reference;
    person_id person;       /* about whom; PERSON_NONE for none */
    uint64_t fields;        /* mask of the field groups shown or changed */
    uint64_t request_id;
    uint64_t count;         /* LEDGER_COUNT: entries under this agreement on the day of time_us; else 0 */
    bool has_digest;        /* a document's SHA-256, e.g. of a dossier's result */
    uint8_t digest[SHA256_BYTES];
};

/* A row for a page or a verb. */
enum { LEDGER_PENDING = -1 };
struct ledger_record {
    int64_t index;                     /* LEDGER_PENDING until sequenced */
    bool forgotten;                    /* only index and commitment are left */
    uint8_t commitment[SHA256_BYTES];  /* the leaf data */
    struct ledger_entry entry;
};

/* Writes all entries as one row, in cx->tx; call it once, as the last write of the transaction (on PostgreSQL it holds
 * the stream's row lock until commit). Actor and purpose come from the entries, not from cx. Texts longer than
 * LEDGER_TEXT_BYTES_MAX: ERR_TEXT_TOO_LONG. Fails whole (ERR_DISK_FULL …) or not at all. */
STATUS ledger_append(struct ctx *cx, const struct ledger_entry *entries, size_t count);

/* ---- what was only read (SQLite): durable on a tape beside the database, in the tables with the sequencer's next step */
/* In cx->tx: goes on where the tables end. As tape_open(). */
STATUS ledger_tape_open(struct ctx *cx, int16_t shard, struct tape **ret);
/* As ledger_append(), without a transaction: entries of a change do not belong here. From any thread; as tape_add(). */
STATUS ledger_tape_add(struct arena *a, struct tape *t, const struct ledger_entry *entries, size_t count);
/* The same without waiting, as tape_post(); when it is refused at once, done() is not called. At least one entry. */
STATUS ledger_tape_post(struct arena *a, struct tape *t, const struct ledger_entry *entries, size_t count, struct tape_post *p);
/* Writes what waits on the store's tape, if there is one, into the tables. First in a transaction, which the caller commits. */
STATUS ledger_tape_store(struct ctx *cx, int16_t shard);

/* ---- sequencer and checkpoints */
struct ledger;
struct ledger_options {
    int16_t shard;
    str origin;                     /* name of the log and of its key, e.g. "dancu.example.vn/log"; no space, no plus */
    struct sign_key key;            /* copied */
    str memory_path;                /* a file beside the key that remembers the last checkpoint seen, so that a database
                                     * put back from an older copy is found out; "": only this process remembers */
    int64_t lease_us;               /* 0: 10 s */
    size_t index_run_min;           /* write the per-person index when that many entries wait; 0: 2,000 */
    size_t step_entries_max;        /* a step stops after the batch that reaches it; 0: 200,000 */
};
STATUS ledger_open(const struct ledger_options *options, struct ledger **ret);
void ledger_close(struct ledger *l);
void ledger_name(const struct ledger *l, str *ret_origin, uint8_t ret_public_key[static SIGN_PUBLIC_BYTES]);
/* Verifier key in the text form of signed-note ("name+hash+base64"), for witnesses and auditors. */
str ledger_verifier(const struct ledger *l, struct arena *a);

/* One step: takes what was committed since the last one (at most step_entries_max; *ret_sequenced = 0: nothing left), writes tiles and index, signs a checkpoint. In a transaction of its own, which the caller commits. Without the
 * lease it does nothing. ERR_LEDGER_FORKED: the stored tree contradicts the last checkpoint; nothing is signed. */
STATUS ledger_sequence(struct ctx *cx, struct ledger *l, int64_t *ret_sequenced);
/* Gives the lease back, so that the next process need not wait for its end. In a transaction of its own. */
STATUS ledger_release(struct ctx *cx, struct ledger *l);
/* When traffic is idle: brings the per-person index up to date whatever its run length. */
STATUS ledger_index_persons(struct ctx *cx, struct ledger *l, int64_t *ret_indexed);
/* States, as entries, how many entries each agreement had on `on` (a day that is over). Sequences what is pending
 * first, so that the number covers exactly the entries before it. Repeating it adds only what has changed. */
STATUS ledger_count_day(struct ctx *cx, struct ledger *l, day on, int64_t *ret_entries);

struct ledger_checkpoint {
    str note; /* the signed text, as published; "" when the log is empty and nothing was signed */
    str origin;
    int64_t size;
    uint8_t root[SHA256_BYTES];
    int64_t time_us;
};
STATUS ledger_checkpoint_last(struct ctx *cx, int16_t shard, struct ledger_checkpoint *ret);
/* Checks text and signature of a published checkpoint. ERR_SIGNATURE, ERR_LEDGER_PROOF (malformed). */
STATUS ledger_checkpoint_check(struct arena *a, str note, str origin, const uint8_t public_key[static SIGN_PUBLIC_BYTES],
                               struct ledger_checkpoint *ret);
/* A witness's countersignature line (cosignature/v1) on the checkpoint of `size`: checked against `verifier` (its key in
 * the text form of signed-note) and kept; it is served with the checkpoint. ERR_ENTRY_MISSING, ERR_SIGNATURE. */
STATUS ledger_cosign(struct ctx *cx, int16_t shard, int64_t size, str verifier, str line);

/* ---- reading */
struct ledger_person_query {
    int16_t shard;
    person_id person;
    int64_t before_index; /* newest first, below this index; 0: from the newest, pending entries included */
    size_t limit;         /* 1 … 1000 */
};
/* Sees entries committed a moment ago. */
STATUS ledger_by_person(struct ctx *cx, const struct ledger_person_query *q, struct ledger_record **ret, size_t *ret_count);
STATUS ledger_entry_at(struct ctx *cx, int16_t shard, int64_t index, struct ledger_record *ret); /* ERR_ENTRY_MISSING */
STATUS ledger_latest(struct ctx *cx, int16_t shard, size_t limit, struct ledger_record **ret, size_t *ret_count);
/* Destroys entry and salt at `index`; the commitment stays. The caller records that change as an entry of its own. */
STATUS ledger_forget(struct ctx *cx, int16_t shard, int64_t index);

/* ---- proofs */
struct ledger_proof {
    int64_t index, size_old, size; /* inclusion: index in size; consistency: size_old in size */
    uint8_t leaf[SHA256_BYTES];    /* leaf hash (inclusion) */
    uint8_t root_old[SHA256_BYTES], root[SHA256_BYTES];
    struct merkle_proof proof;     /* nearest sibling first */
};
/* size 0: the latest checkpoint's. ERR_ENTRY_MISSING when index or size lie beyond the tree. */
STATUS ledger_prove_inclusion(struct ctx *cx, int16_t shard, int64_t index, int64_t size, struct ledger_proof *ret);
STATUS ledger_prove_consistency(struct ctx *cx, int16_t shard, int64_t size_old, int64_t size, struct ledger_proof *ret);
STATUS ledger_check_inclusion(const struct ledger_proof *p);   /* ERR_LEDGER_PROOF */
STATUS ledger_check_consistency(const struct ledger_proof *p); /* ERR_LEDGER_PROOF */
/* The C2SP tlog-proof text (c2sp.org/tlog-proof@v1): index, path and checkpoint in one file that stands alone. */
STATUS ledger_proof_text(struct ctx *cx, int16_t shard, int64_t index, str *ret);

/* What GET /ledger/<path> serves: "checkpoint", "tile/0/x001/234", "tile/0/000.p/17", "tile/entries/000".
 * ERR_ROUTE_UNKNOWN (no such form), ERR_ENTRY_MISSING (beyond the tree). Partial tiles may change, full ones never do. */
STATUS ledger_tile_read(struct ctx *cx, int16_t shard, str path, struct buf *out);

/* ---- audit */
enum ledger_fault { LEDGER_SOUND, LEDGER_BAD_ENTRY, LEDGER_BAD_INDEX, LEDGER_BAD_TILE, LEDGER_BAD_ROOT,
                    LEDGER_BAD_SIGNATURE, LEDGER_BAD_HISTORY, LEDGER_BAD_COUNT, LEDGER_BAD_PERSON_INDEX };
struct ledger_report {
    enum ledger_fault fault;
    int64_t wrong_index;    /* first wrong entry, or size of the wrong checkpoint; -1: none */
    int64_t size, pending;  /* entries in the tree; entries waiting for the sequencer */
    int64_t forgotten, checkpoints, counts, bytes;
    uint8_t root[SHA256_BYTES];
    int64_t checkpoint_us;
};
struct ledger_audit {
    int16_t shard;
    str origin;
    uint8_t public_key[SIGN_PUBLIC_BYTES];
    str kept; /* a checkpoint that somebody kept elsewhere, "" for none: the log must still contain it */
    void (*progress)(void *with, int64_t done, int64_t total); /* NULL: silent */
    void *progress_with;
};
/* Walks everything: each entry against its commitment and leaf hash, each tile against its children, every kept
 * checkpoint against the tree and its signature, counts and person index against the entries. OK with a report, sound or
 * not; an error only when it could not look. */
STATUS ledger_verify(struct ctx *cx, const struct ledger_audit *audit, struct ledger_report *ret);
const char *ledger_fault_name(enum ledger_fault fault); /* "sound", "bad_entry", … : keys of messages */
