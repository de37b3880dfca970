/* The seam between the face (store.h) and the two engines. An engine is a table of functions over its own larger
 * structs, each of which begins with the face's struct; the face does what both must do alike: fault points, the rule
 * that a failed transaction stays failed, migrations, load mode, digest. */
#pragma once
#include "store/store.h"
#include "store/tape.h"

enum { TAPE_READERS_MAX = 64 }; /* reading connections of a process */

struct tx {
    struct db *db;
    bool open, marked, failed;
};

struct db {
    struct store *store;
    enum db_use use;
    bool relaxed; /* this connection runs in the durability of load mode */
    int tape_slot; /* of a reader, from 1; 0: none yet */
    struct tx tx;
};

struct rows {
    struct db *db;
};

struct engine {
    enum store_engine kind;
    status (*open)(struct store *s);
    int64_t (*bytes)(struct store *s);
    status (*db_open)(struct store *s, enum db_use use, struct db **ret);
    void (*db_close)(struct db *d);
    status (*db_idle)(struct db *d);
    status (*relax)(struct db *d, bool relaxed);
    status (*begin)(struct db *d);
    status (*commit)(struct db *d);
    void (*rollback)(struct db *d);
    status (*mark)(struct db *d);
    status (*keep)(struct db *d);
    status (*undo)(struct db *d);
    status (*prepare)(struct db *d, const struct query *q);
    status (*start)(struct db *d, const struct query *q, const struct value *params, struct rows **ret);
    status (*next)(struct rows *r, bool *ret_more);
    enum value_type (*type)(const struct rows *r, int column);
    int64_t (*i64)(const struct rows *r, int column);
    double (*f64)(const struct rows *r, int column);
    str (*text)(const struct rows *r, int column);
    void (*done)(struct rows *r);
    status (*exec)(struct db *d, const struct query *q, const struct value *params, int64_t *ret_changed);
    status (*bulk)(struct db *d, const struct query *q, query_fill *fill, const void *list, size_t count);
    status (*run)(struct db *d, const char *sql);                     /* statements without result, as text */
    status (*ask)(struct db *d, const char *sql, struct rows **ret);  /* a query as text, read to its end before the next */
    const char *sql_tables;  /* names of all tables, in order */
    const char *sql_columns[2]; /* round the name of a table: its columns in order, each with its place in the primary key or 0 */
    const char *sql_sort;    /* prepares a connection for building large indexes */
    const char *sql_indexes; /* name and statement of each index that is neither unique nor part of a constraint */
};

struct store {
    const struct engine *engine;
    char *url;       /* path of the file, or the URL */
    char *directory; /* "" for PostgreSQL */
    bool loading;    /* atomic */
    struct tape *tape; /* atomic; NULL: none */
    int64_t tape_readers[TAPE_READERS_MAX]; /* atomic, see tape_reader_begin() */
};

extern const struct engine engine_sqlite, engine_postgresql;

/* The slot of the query in every connection's cache of prepared statements, from 1. */
int query_slot(const struct query *q);

enum store_call { STORE_CALL_READ, STORE_CALL_WRITE, STORE_CALL_COMMIT };
/* Counts a call and fails it when it is the armed one. ERR_STORE_GONE at a commit means: commit, then lose the answer. */
status store_fault_point(enum store_call call);

/* Round the transaction of a DB_READ connection (tape.c). */
void tape_reader_begin(struct db *d);
void tape_reader_end(struct db *d, bool close);

status load_recover(struct store *s, struct db *d); /* ends a load that a crash broke off */
