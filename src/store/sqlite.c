/* The SQLite engine: one file in WAL mode, one connection per struct db, each with its own cache of prepared
 * statements. A commit is on disk when it returns (synchronous=FULL). Checkpoints are kept off the commit's way: the
 * owner of the writing connection runs them while idle, and only a log beyond WAL_PAGES_MAX forces one.
 *
 * Refuses writes on a DB_READ connection. Needs SQLite >= 3.51.3 (older ones can corrupt a database whose log is reset
 * under a second connection), which is why the build brings its own.
 * tested by: src/store/test/store_test.c */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <sqlite3.h>

#include "store/engine.h"
#include "store/sqlite_map.h"

#define BUSY_TIMEOUT_MS 5000
#define WAL_PAGES_MAX 65536 /* 256 MB of 4 KB pages */

struct statement {
    struct rows rows;
    sqlite3_stmt *handle;
    bool busy;  /* between start and done */
    bool loose; /* not in the cache: finalized at its end */
};

struct sqlite {
    struct db db;
    sqlite3 *handle;
    struct statement **cache; /* by slot */
    int cache_len;
    int wal_pages; /* in the log after the latest commit */
};

static enum error_code code_of(int rc, int system_errno)
{
    switch (rc & 0xff) {
    case SQLITE_FULL:
        return ERR_DISK_FULL;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ERR_STORE_BUSY;
    case SQLITE_CONSTRAINT:
        return rc == SQLITE_CONSTRAINT_UNIQUE || rc == SQLITE_CONSTRAINT_PRIMARYKEY || rc == SQLITE_CONSTRAINT_ROWID ? ERR_ROW_EXISTS : ERR_INTERNAL;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return ERR_CORRUPT;
    case SQLITE_IOERR:
        return system_errno == ENOSPC || system_errno == EDQUOT ? ERR_DISK_FULL : ERR_IO;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        return ERR_IO;
    case SQLITE_NOMEM:
        return ERR_MEMORY_LIMIT;
    default:
        return ERR_INTERNAL;
    }
}

/* SQLite's own messages name tables, columns and tokens of our SQL, never values. */
static status failed(struct sqlite *d, int rc, const char *what)
{
    int extended = d->handle != NULL ? sqlite3_extended_errcode(d->handle) : rc;
    status st = fault_raise(code_of(extended, d->handle != NULL ? sqlite3_system_errno(d->handle) : 0), __FILE__, __LINE__, (str){ 0 }, (str){ 0 });

    fault_detail("%s: sqlite %d: %s", what, extended, d->handle != NULL ? sqlite3_errmsg(d->handle) : sqlite3_errstr(rc));
    return st;
}

static status sqlite_run(struct db *base, const char *sql)
{
    struct sqlite *d = (struct sqlite *)base;
    int rc = sqlite3_exec(d->handle, sql, NULL, NULL, NULL);

    return rc == SQLITE_OK ? OK : failed(d, rc, sql);
}

static int note_wal(void *pointer, sqlite3 *handle, const char *name, int pages)
{
    (void)handle;
    (void)name;
    ((struct sqlite *)pointer)->wal_pages = pages;
    return SQLITE_OK;
}

/* The busy timeout comes before the journal mode, whose change needs a lock. */
static status set_up(struct sqlite *d, enum db_use use)
{
    (void)sqlite3_extended_result_codes(d->handle, 1);
    (void)sqlite3_busy_timeout(d->handle, BUSY_TIMEOUT_MS);
    TRY(sqlite_run(&d->db, "PRAGMA journal_mode=WAL"));
    TRY(sqlite_run(&d->db, "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=1073741824"));
    TRY(sqlite_run(&d->db, use == DB_WRITE ? "PRAGMA cache_size=-262144" : "PRAGMA cache_size=-32768; PRAGMA query_only=ON"));
    (void)sqlite3_wal_hook(d->handle, note_wal, d);
    return OK;
}

static void sqlite_db_close(struct db *base)
{
    struct sqlite *d = (struct sqlite *)base;

    for (int i = 0; i < d->cache_len; i++) {
        if (d->cache[i] != NULL)
            (void)sqlite3_finalize(d->cache[i]->handle);
        free(d->cache[i]);
    }
    free(d->cache);
    (void)sqlite3_close_v2(d->handle);
    free(d);
}

static status sqlite_db_open(struct store *s, enum db_use use, struct db **ret)
{
    struct sqlite *d = calloc(1, sizeof *d);

    MUST(d != NULL);
    d->db.store = s;
    d->db.use = use;
    int rc = sqlite3_open_v2(s->url, &d->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                             sqlite_map_vfs());
    status st = rc == SQLITE_OK ? set_up(d, use) : failed(d, rc, "open");
    if (!status_ok(st)) {
        sqlite_db_close(&d->db);
        return fault_pass(st, __FILE__, __LINE__);
    }
    *ret = &d->db;
    return OK;
}

static status sqlite_open(struct store *s)
{
    struct db *d;

    MUST(sqlite3_libversion_number() >= 3051003);
    TRY(sqlite_db_open(s, DB_WRITE, &d));
    sqlite_db_close(d);
    return OK;
}

static int64_t sqlite_bytes(struct store *s)
{
    char path[4096];
    struct stat st;
    int64_t total = stat(s->url, &st) == 0 ? (int64_t)st.st_size : 0;

    if (snprintf(path, sizeof path, "%s-wal", s->url) < (int)sizeof path && stat(path, &st) == 0)
        total += (int64_t)st.st_size;
    return total;
}

static status checkpoint(struct sqlite *d)
{
    int in_log = 0, done = 0;
    int rc = sqlite3_wal_checkpoint_v2(d->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, &in_log, &done);

    if (rc != SQLITE_OK && rc != SQLITE_BUSY)
        return failed(d, rc, "checkpoint");
    d->wal_pages = in_log > done ? in_log - done : 0;
    return OK;
}

static status sqlite_idle(struct db *base)
{
    struct sqlite *d = (struct sqlite *)base;

    return d->wal_pages > 0 ? checkpoint(d) : OK;
}

static status sqlite_relax(struct db *d, bool relaxed)
{
    return sqlite_run(d, relaxed ? "PRAGMA synchronous=OFF" : "PRAGMA synchronous=FULL");
}

static status prepare(struct sqlite *d, const char *sql, unsigned flags, struct statement **ret)
{
    struct statement *fresh = calloc(1, sizeof *fresh);

    MUST(fresh != NULL);
    int rc = sqlite3_prepare_v3(d->handle, sql, -1, flags, &fresh->handle, NULL);
    if (rc != SQLITE_OK) {
        free(fresh);
        return failed(d, rc, "prepare");
    }
    fresh->rows.db = &d->db;
    *ret = fresh;
    return OK;
}

static void cache_grow(struct sqlite *d, int slot)
{
    int len = slot + 32;
    struct statement **grown = realloc(d->cache, (size_t)len * sizeof(struct statement *));

    MUST(grown != NULL);
    for (int i = d->cache_len; i < len; i++)
        grown[i] = NULL;
    d->cache = grown;
    d->cache_len = len;
}

/* The prepared statement of `q`, ready to bind. One that is still being read gets a loose twin. */
static status statement_of(struct sqlite *d, const struct query *q, struct statement **ret)
{
    int slot = query_slot(q);

    if (slot >= d->cache_len)
        cache_grow(d, slot);
    struct statement *held = d->cache[slot];
    if (held == NULL) {
        TRY(prepare(d, q->sqlite, SQLITE_PREPARE_PERSISTENT, &held));
        d->cache[slot] = held;
    } else if (held->busy) {
        TRY(prepare(d, q->sqlite, 0, &held));
        held->loose = true;
    }
    MUST(sqlite3_bind_parameter_count(held->handle) == q->param_count);
    held->busy = true;
    *ret = held;
    return OK;
}

static status sqlite_prepare(struct db *base, const struct query *q)
{
    struct statement *held;
    status st = statement_of((struct sqlite *)base, q, &held);

    if (status_ok(st))
        held->busy = false;
    else
        fault_detail("%s: %s", q->name, sqlite3_errmsg(((struct sqlite *)base)->handle));
    return st;
}

static int bind(sqlite3_stmt *handle, int place, const struct value *v, bool copy)
{
    sqlite3_destructor_type keep = copy ? SQLITE_TRANSIENT : SQLITE_STATIC;

    switch (v->type) {
    case VALUE_I64:
        return sqlite3_bind_int64(handle, place, v->i);
    case VALUE_F64:
        return sqlite3_bind_double(handle, place, v->f);
    case VALUE_TEXT:
        return sqlite3_bind_text64(handle, place, v->s.ptr != NULL ? v->s.ptr : "", v->s.len, keep, SQLITE_UTF8);
    case VALUE_BYTES:
        return sqlite3_bind_blob64(handle, place, v->s.ptr != NULL ? v->s.ptr : "", v->s.len, keep);
    }
    return SQLITE_MISUSE;
}

static status bind_all(struct sqlite *d, struct statement *held, const struct query *q, const struct value *params)
{
    for (int i = 0; i < q->param_count; i++) {
        int rc = bind(held->handle, i + 1, &params[i], q->streams);
        if (rc != SQLITE_OK)
            return failed(d, rc, q->name);
    }
    return OK;
}

static void sqlite_done(struct rows *r)
{
    struct statement *held = (struct statement *)r;

    if (held->loose) {
        (void)sqlite3_finalize(held->handle);
        free(held);
        return;
    }
    (void)sqlite3_reset(held->handle); /* its result repeats that of the last step */
    held->busy = false;
}

static status sqlite_start(struct db *base, const struct query *q, const struct value *params, struct rows **ret)
{
    struct sqlite *d = (struct sqlite *)base;
    struct statement *held;

    TRY(statement_of(d, q, &held));
    status st = bind_all(d, held, q, params);
    if (!status_ok(st)) {
        sqlite_done(&held->rows);
        return st;
    }
    *ret = &held->rows;
    return OK;
}

static status sqlite_ask(struct db *base, const char *sql, struct rows **ret)
{
    struct statement *held;

    TRY(prepare((struct sqlite *)base, sql, 0, &held));
    held->loose = held->busy = true;
    *ret = &held->rows;
    return OK;
}

static status sqlite_next(struct rows *r, bool *ret_more)
{
    struct statement *held = (struct statement *)r;
    int rc = sqlite3_step(held->handle);

    *ret_more = rc == SQLITE_ROW;
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? OK : failed((struct sqlite *)r->db, rc, "step");
}

static enum value_type sqlite_type(const struct rows *r, int column)
{
    switch (sqlite3_column_type(((const struct statement *)r)->handle, column)) {
    case SQLITE_INTEGER:
        return VALUE_I64;
    case SQLITE_FLOAT:
        return VALUE_F64;
    case SQLITE_TEXT:
        return VALUE_TEXT;
    default:
        return VALUE_BYTES;
    }
}

static int64_t sqlite_i64(const struct rows *r, int column)
{
    return sqlite3_column_int64(((const struct statement *)r)->handle, column);
}

static double sqlite_f64(const struct rows *r, int column)
{
    return sqlite3_column_double(((const struct statement *)r)->handle, column);
}

static str sqlite_text(const struct rows *r, int column)
{
    sqlite3_stmt *handle = ((const struct statement *)r)->handle;
    const char *bytes = sqlite3_column_blob(handle, column); /* of a text: its UTF-8, as it stands */

    return (str){ bytes, bytes != NULL ? (size_t)sqlite3_column_bytes(handle, column) : 0 };
}

static status step_through(struct sqlite *d, struct statement *held, const char *name)
{
    int rc;

    do
        rc = sqlite3_step(held->handle);
    while (rc == SQLITE_ROW);
    status st = rc == SQLITE_DONE ? OK : failed(d, rc, name);
    (void)sqlite3_reset(held->handle);
    return st;
}

static status sqlite_exec(struct db *base, const struct query *q, const struct value *params, int64_t *ret_changed)
{
    struct sqlite *d = (struct sqlite *)base;
    struct rows *r;

    TRY(sqlite_start(base, q, params, &r));
    status st = step_through(d, (struct statement *)r, q->name);
    *ret_changed = sqlite3_changes64(d->handle);
    sqlite_done(r);
    return st;
}

static status bulk_row(struct sqlite *d, struct statement *held, const struct query *q, const struct value *values)
{
    TRY(bind_all(d, held, q, values));
    return step_through(d, held, q->name);
}

static status sqlite_bulk(struct db *base, const struct query *q, query_fill *fill, const void *list, size_t count)
{
    struct sqlite *d = (struct sqlite *)base;
    struct statement *held = NULL;
    struct value *values = calloc((size_t)q->param_count + 1, sizeof *values);
    status st = OK;

    MUST(values != NULL);
    st = statement_of(d, q, &held);
    for (size_t i = 0; i < count && status_ok(st); i++) {
        fill(list, i, values);
        st = bulk_row(d, held, q, values);
        if (!status_ok(st))
            fault_place((int64_t)i + 1, 0);
    }
    if (held != NULL)
        sqlite_done(&held->rows);
    free(values);
    return st;
}

/* The words of a transaction are prepared like any query. */
static status word(struct db *d, const char *sql, int *slot)
{
    const struct query q = { .name = sql, .sqlite = sql, .slot = slot };
    int64_t changed;

    return sqlite_exec(d, &q, NULL, &changed);
}

static status sqlite_begin(struct db *d)
{
    static int read_slot, write_slot;

    return d->use == DB_READ ? word(d, "BEGIN", &read_slot) : word(d, "BEGIN IMMEDIATE", &write_slot);
}

static void sqlite_rollback(struct db *base)
{
    static int slot;

    if (!sqlite3_get_autocommit(((struct sqlite *)base)->handle)) /* some failures have rolled back already */
        (void)word(base, "ROLLBACK", &slot).code;
}

static status sqlite_commit(struct db *base)
{
    static int slot;
    struct sqlite *d = (struct sqlite *)base;
    status st = word(base, "COMMIT", &slot);

    if (!status_ok(st)) {
        sqlite_rollback(base);
        return st;
    }
    /* The commit stands whatever the checkpoint says; a fault of the disk shows again at the next one. */
    if (d->wal_pages > WAL_PAGES_MAX)
        (void)checkpoint(d).code;
    return OK;
}

static status sqlite_mark(struct db *d)
{
    static int slot;

    return word(d, "SAVEPOINT mark", &slot);
}

static status sqlite_keep(struct db *d)
{
    static int slot;

    return word(d, "RELEASE mark", &slot);
}

static status sqlite_undo(struct db *d)
{
    static int slot;

    if (sqlite3_get_autocommit(((struct sqlite *)d)->handle))
        return FAIL(STORE_BUSY); /* the engine gave the whole transaction up: begin again */
    TRY(word(d, "ROLLBACK TO mark", &slot));
    return sqlite_keep(d);
}

const struct engine engine_sqlite = {
    .kind = STORE_SQLITE,
    .open = sqlite_open,
    .bytes = sqlite_bytes,
    .db_open = sqlite_db_open,
    .db_close = sqlite_db_close,
    .db_idle = sqlite_idle,
    .relax = sqlite_relax,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .mark = sqlite_mark,
    .keep = sqlite_keep,
    .undo = sqlite_undo,
    .prepare = sqlite_prepare,
    .start = sqlite_start,
    .next = sqlite_next,
    .type = sqlite_type,
    .i64 = sqlite_i64,
    .f64 = sqlite_f64,
    .text = sqlite_text,
    .done = sqlite_done,
    .exec = sqlite_exec,
    .bulk = sqlite_bulk,
    .run = sqlite_run,
    .ask = sqlite_ask,
    .sql_tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name",
    .sql_columns = { "SELECT name, pk FROM pragma_table_info('", "') ORDER BY cid" },
    .sql_sort = "PRAGMA temp_store=FILE; PRAGMA threads=3", /* not all of a nation's index in memory at once */
    .sql_indexes = "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL "
                   "AND substr(sql, 1, 13) <> 'CREATE UNIQUE' ORDER BY name",
};
