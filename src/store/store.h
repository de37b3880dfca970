/* SQL behind one face: SQLite (one file) or PostgreSQL (libpq), chosen by the URL. Queries are written by name in .sql
 * files beside their module; tools/sqlc checks them against the real schema at build time and makes typed functions
 * from them, which end in the few calls below. Nobody else writes SQL.
 *
 * Storage rules (design.md section 4) that this face keeps: every column is NOT NULL; times are int64 microseconds UTC;
 * one aggregate a transaction; no lock but compare-and-set. A call that fails leaves its transaction to be rolled back. */
#pragma once
#include "base/base.h"

struct store; /* the opened database: shared by all threads */
struct db;    /* one connection: used by one thread at a time */
struct tx;    /* the open transaction of a connection */

enum store_engine { STORE_SQLITE, STORE_POSTGRESQL };
enum db_use { DB_READ, DB_WRITE };

/* "sqlite:PATH" (or a bare path) or "postgresql://…". ERR_STORE_URL, ERR_IO, ERR_STORE_GONE. */
STATUS store_open(str url, struct store **ret);
void store_close(struct store *s);
enum store_engine store_engine(const struct store *s);
str store_directory(const struct store *s); /* where files beside the database may stand; "" for PostgreSQL */
int64_t store_bytes(struct store *s);       /* size of the database on disk */

/* SQLite has one writer: opening a second DB_WRITE connection in a process is allowed, they exclude each other by
 * SQLite's own lock with a busy timeout. A DB_READ connection refuses writes. */
STATUS db_open(struct store *s, enum db_use use, struct db **ret);
void db_close(struct db *d); /* NULL is allowed */
/* To be called by the owner of the DB_WRITE connection when it has nothing to do: moves the write-ahead log into the
 * file, so that commits never wait for it. Nothing for PostgreSQL. */
STATUS db_idle(struct db *d);

/* One transaction at a time on a connection. After a call in it has failed, every later one fails until tx_undo() or
 * tx_rollback(): PostgreSQL is so by nature, SQLite is made so. ERR_STORE_BUSY: begin again and do all of it anew. */
STATUS tx_begin(struct db *d, struct tx **ret);
/* Ends the transaction whatever comes out. Durable on OK; ERR_STORE_GONE may mean "unknown": settle by the command id. */
STATUS tx_commit(struct tx *t);
void tx_rollback(struct tx *t);   /* NULL and an ended transaction are allowed */
STATUS tx_mark(struct tx *t);     /* a savepoint round one command of a group; nesting depth one */
STATUS tx_keep(struct tx *t);     /* keep what was done since the mark */
STATUS tx_undo(struct tx *t);     /* undo it, the group goes on */
struct store *tx_store(struct tx *t);

struct migration {
    const char *module;
    int number; /* 1, 2, … without gaps within the module */
    const char *name, *sqlite, *postgresql; /* one DDL statement each */
};
struct migration_set {
    const struct migration *list;
    size_t count;
};
/* Applies what is missing, one statement a transaction, and can be run again after a crash. ERR_SCHEMA_NEWER when the
 * database knows a migration that the program does not. */
STATUS store_migrate(struct store *s, const struct migration_set *sets, size_t count);

/* What generated code calls. */
enum value_type { VALUE_I64, VALUE_F64, VALUE_TEXT, VALUE_BYTES };
struct value {
    enum value_type type;
    union { int64_t i; double f; str s; };
};
/* One statement in both dialects. Made by tools/sqlc; nobody writes it by hand outside this folder. */
struct query {
    const char *name, *sqlite, *postgresql;
    const char *param_types; /* a letter each: h i16, i i32, l i64, d f64, s text, b bytes */
    int param_count, column_count;
    bool streams; /* PostgreSQL reads it through a cursor, so that any number of rows fits */
    int *slot;    /* index of the prepared statement in every connection, given at first use */
};
struct query_set {
    const struct query *const *list;
    size_t count;
};
struct rows;
STATUS query_start(struct ctx *cx, const struct query *q, const struct value *params, struct rows **ret);
STATUS rows_next(struct rows *r, bool *ret_more);
int64_t rows_i64(const struct rows *r, int column); /* SQL NULL (outer joins, MAX of nothing) reads as 0 or "" */
double rows_f64(const struct rows *r, int column);
str rows_str(const struct rows *r, int column); /* text or bytes; valid until the next call */
void rows_done(struct rows *r);                 /* NULL is allowed */
void rows_done_at(struct rows **at);            /* for DEFER */
void *rows_room(struct arena *a, void *rows, size_t count, size_t *cap, size_t row_bytes);
STATUS rows_not_one(const struct query *q);
STATUS query_exec(struct ctx *cx, const struct query *q, const struct value *params, int64_t *ret_changed);
/* The same statement for `count` rows: one loop, or one pipeline. `fill` writes the q->param_count values of a row. */
typedef void query_fill(const void *list, size_t index, struct value *out);
STATUS query_bulk(struct ctx *cx, const struct query *q, query_fill *fill, const void *list, size_t count);
/* `table` has just grown from nothing: PostgreSQL counts it, and plans anew what it planned for an empty table. */
STATUS table_filled(struct ctx *cx, const char *table);
/* Prepares every query, so that a statement which this engine does not take shows at the start. ERR_INTERNAL names it. */
STATUS store_check(struct store *s, const struct query_set *sets, size_t count);

/* For a first load into empty tables: drop and rebuild secondary indexes, relaxed durability until load_end(). */
STATUS store_load_begin(struct store *s);
STATUS store_load_end(struct store *s);

/* Tests: the N-th call from now on fails (1 = the next), in the way of `kind`. 0 disarms. */
enum store_fault { STORE_FAULT_ERROR, STORE_FAULT_FULL, STORE_FAULT_UNKNOWN_COMMIT, STORE_FAULT_KILL };
void store_fault_set(int64_t nth_call, enum store_fault kind);
int64_t store_calls(void); /* calls since the start of the process */

/* SHA-256 over all rows of all tables in primary-key order: equal digests, equal content. Tables named in `skip` (comma
 * separated) are left out. */
STATUS store_digest(struct store *s, str skip, char hex_out[static 65]);
