/* The entities of a list that grows: which record is whom, kept in a file from run to run, with a journal of all merges,
 * splits and moves. Any of them can be undone; what was undone is pinned, so that no later run does it again.
 *
 * The file is CSV that a person can read, and ends with a checksum: one that was cut off or changed by hand is refused. */
#pragma once
#include "match/group/entity.h"
#include "refine/link/pairs.h"

struct entity_record {
    str id;
    int side; /* 0 left, 1 right */
    uint64_t entity;
    bool pinned;
};
struct entity_entry {
    uint64_t number, run;
    enum entity_change change;
    uint64_t from, to;
    bool undone;
    uint32_t *moved; /* records */
    size_t moved_count, moved_cap;
};
struct entities {
    struct arena *arena;
    str file; /* for errors */
    uint64_t next, runs;
    struct entity_record *records;
    size_t record_count, record_cap;
    struct entity_entry *entries;
    size_t entry_count, entry_cap;
    struct table places; /* side and id to place + 1 */
};

void entities_start(struct entities *e, struct arena *a, str file);
void entities_done(struct entities *e); /* for DEFER */
/* ERR_ENTITY_STATE with the line. `text` must outlive `e`. */
STATUS entities_read(struct entities *e, str text);
void entities_write(const struct entities *e, struct link_csv *out);

/* After a run: ids and clusters of one side or two, cluster numbers below the number of all records. Entries of this run are
 * those with run == e->runs. ERR_RECORD_DOUBLE when an id stands twice on a side. */
struct entities_run {
    int sides;
    uint32_t count[2];
    const str *id[2];
    const uint32_t *cluster[2];
};
STATUS entities_update(struct entities *e, const struct entities_run *run);
uint64_t entities_of(const struct entities *e, int side, str id); /* 0: not there */
/* Puts back what the entry moved and pins both sides of it. ERR_ENTITY_ENTRY (none of that number, or undone already),
 * ERR_ENTITY_LATER (its records have moved again since: undo that first). */
STATUS entities_undo(struct entities *e, uint64_t number);
