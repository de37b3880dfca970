/* What the ledger's own files share: the stored tree, references to entries, the sequencer's state. */
#pragma once
#include "ledger/entry.h"
#include "ledger/ledger_sql.h"
#include "ledger/note.h"
#include "ledger/tile.h"

/* A second context of the same transaction whose arena is the caller's to throw away, for long walks. */
struct scratch {
    struct ctx cx;
};
void scratch_begin(struct scratch *s, const struct ctx *cx);
void scratch_reset(struct scratch *s);
void scratch_done(struct scratch *s);

/* ---- the stored tree (tree.c) */
enum { TREE_CACHE = 8 };
struct tree {
    struct ctx *cx;
    int16_t shard;
    int next;
    struct tree_slot {
        int level; /* -1: free */
        int64_t place;
        int width;
        struct merkle_hash hash[TILE_WIDTH];
    } slot[TREE_CACHE];
};
struct tree *tree_open(struct ctx *cx, int16_t shard); /* on cx->arena */
struct merkle_source tree_source(struct tree *t);
/* The stored tile; ERR_CORRUPT when it is missing, torn, or narrower than `width`. */
STATUS tree_tile(struct tree *t, int level, int64_t place, int width, const struct tree_slot **ret);
/* The newest checkpoint; size 0 and the empty root when there is none. */
STATUS tree_checkpoint(struct ctx *cx, int16_t shard, struct ledger_checkpoint_row *ret, bool *ret_found);

/* ---- entries by place (read.c) */
struct place {
    int64_t index; /* LEDGER_PENDING */
    int64_t seq;
    int32_t writer, ordinal;
};
STATUS place_of_index(struct ctx *cx, int16_t shard, int64_t index, struct place *ret);
/* Reads the entries; the records' texts lie on cx->arena. */
STATUS place_fetch(struct ctx *cx, int16_t shard, const struct place *places, size_t count, struct ledger_record *ret);
int record_newest_first(const void *a, const void *b); /* of struct ledger_record, for qsort(3) */

/* ---- the tape's stream (append.c); on PostgreSQL the number is a thread's, and there is no tape */
enum { TAPE_WRITER = 1 };
/* Its batches that the transaction, which showed these streams, does not see in the table. */
size_t tape_batches(struct ctx *cx, const struct ledger_streams_row *streams, size_t count, struct tape_record **ret);

/* A growing list of places on an arena. */
struct places {
    struct place *list;
    size_t count, cap;
};
void places_add(struct arena *a, struct places *p, struct place place);

/* ---- the sequencer */
struct ledger {
    int16_t shard;
    char *origin;
    struct sign_key key;
    struct note_verifier verifier;
    int64_t lease_us;
    int64_t holder;
    size_t index_run_min, step_entries_max;
    /* The largest tree that this process has seen committed; a smaller or another one is a fork. */
    int64_t seen_size;
    struct merkle_hash seen_root;
    char *memory_path; /* NULL: none */
    int64_t remembered_us;
};
/* What outlives the process and the database (memory.c). */
STATUS memory_open(struct ledger *l, str path);
void memory_write(struct ledger *l, str note);
/* Takes or renews the lease; false: another process holds it. */
STATUS sequence_lease(struct ctx *cx, struct ledger *l, bool *ret_held);
/* ---- the index by person (person.c) */
struct pair {
    int64_t person, index;
};
enum { PERSON_PAGE_PAIRS = 450 }; /* two bytes at least for each */
STATUS person_page_read(const struct ledger_page_row *page, int64_t run, struct pair *out, size_t *ret_count);
/* Takes the pair out of the index, if it is there. */
STATUS person_forget(struct ctx *cx, int16_t shard, int64_t person, int64_t index);
/* Person index from state.person_size on, at least `least` entries or none. */
STATUS person_index(struct ctx *cx, int16_t shard, int64_t size, int64_t least, int64_t *ret_indexed);
