/* A tape: records that have to be durable now and may reach the tables of the SQLite database a moment later. One write
 * and one fdatasync(2) keep a whole group, at a tenth of what a transaction costs, and no reader's snapshot is disturbed.
 *
 * Records are numbered 1, 2, … without gaps. Whoever owns the tape writes them into tables with their numbers, and says
 * afterwards up to which number they stand there for good; after a crash the next one finds what was left.
 * One process at a time has a tape; the file stands beside the database and is not used with PostgreSQL. */
#pragma once
#include "store/store.h"

struct tape;
struct tape_record {
    int64_t number;
    int32_t entries; /* the owner's */
    str body;
};

/* The file "<database>-tape". `after`: the last number that the tables hold; what an earlier process left behind it is
 * waiting again. ERR_STORE_BUSY: another process has it. ERR_CORRUPT: numbers are missing between tables and file. */
STATUS tape_open(struct store *s, int64_t after, struct tape **ret);
/* Removes the file when nothing waits. NULL is allowed. The store's other connections may not be in a transaction. */
void tape_close(struct tape *t);

/* Records on their way to the disk: the caller's memory until done(), which is called once, on the tape's thread or at once,
 * with `result`: OK (they are durable), ERR_DISK_FULL, ERR_IO, ERR_STORE_BUSY when too much waits. What a batch kept of one
 * owner is told in one call, as a list: whoever wakes a thread for it does so once, after the last. */
struct tape_post {
    void (*done)(struct tape_post *list); /* by `next` */
    void *owner;
    status result;
    int64_t first; /* number of the first record, when OK */
    size_t bytes;  /* the tape's own */
    struct held *held;
    struct tape_post *next;
};
/* Numbers and keeps `list`, which is copied, whole or not at all. From any thread, and without waiting for the disk. */
void tape_post(struct tape *t, struct tape_post *p, const struct tape_record *list, size_t count);
/* The same, and waits for it. Those who come together share a sync. */
STATUS tape_add(struct tape *t, struct tape_record *list, size_t count);
/* Records up to `number` stand in the tables, committed: their room is free again. */
void tape_settle(struct tape *t, int64_t number);
/* Why records do not reach the tables at present (OK: they do): what tape_add() answers once there is no room. */
void tape_stalled(struct tape *t, status why);

/* The tape of a store, or NULL. */
struct tape *tape_of(const struct store *s);
/* The first records after `number`, oldest first, at most `most`, on `a`. A body lives as long as the transaction in
 * which it was asked for; in a DB_READ transaction records that its snapshot does not show are always still here. */
size_t tape_waiting(struct tape *t, struct arena *a, int64_t number, size_t most, struct tape_record **ret);
