/* The PostgreSQL engine over libpq. The connection stands in pipeline mode all the time: BEGIN, SAVEPOINT, RELEASE and
 * CLOSE wait as `pending` and travel with the next query, so that a query in a transaction costs one round trip and the
 * end of a reading transaction none. Transactions see one snapshot (REPEATABLE READ), as on SQLite; a conflict is
 * ERR_STORE_BUSY.
 *
 * Refuses nothing of its own; never puts a server's message into a fault, because it may quote values (only the
 * SQLSTATE and names of ours). A lost connection is ERR_STORE_GONE and is made anew at the next begin.
 * tested by: src/store/test/store_test.c */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/pg.h"

#define PENDING_MAX 8
#define FETCH_ROWS 1000
#define PIPELINE_ROWS 500 /* their answers must fit the socket's buffers, or both sides wait */
#define COPY_ROWS_MIN 64
#define COPY_BYTES 262144

struct pg {
    struct db db;
    PGconn *conn;
    bool *prepared; /* by slot */
    int prepared_len;
    char pending[PENDING_MAX][48];
    int pending_count;
    int unread; /* commands sent whose answers nobody has read yet, each with a sync of its own */
    bool begun; /* the server knows of the transaction */
    unsigned cursors;
};

struct pg_rows {
    struct rows rows;
    PGresult *result;
    int row;
    bool streams, last; /* last: the server has no more */
    unsigned cursor;
};

static enum error_code code_of(const char *state)
{
    static const struct { const char *prefix; enum error_code code; } table[] = {
        { "23505", ERR_ROW_EXISTS }, { "40001", ERR_STORE_BUSY }, { "40P01", ERR_STORE_BUSY }, { "55P03", ERR_STORE_BUSY },
        { "57014", ERR_STORE_BUSY }, { "53300", ERR_STORE_BUSY }, { "53100", ERR_DISK_FULL }, { "53200", ERR_MEMORY_LIMIT },
        { "57P", ERR_STORE_GONE }, { "08", ERR_STORE_GONE }, { "58", ERR_IO }, { "XX001", ERR_CORRUPT }, { "XX002", ERR_CORRUPT },
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strncmp(state, table[i].prefix, strlen(table[i].prefix)) == 0)
            return table[i].code;
    return ERR_INTERNAL;
}

static status gone(const char *what)
{
    status st = FAIL(STORE_GONE);

    fault_detail("%s: no connection to PostgreSQL", what);
    return st;
}

static status failed(struct pg *d, const PGresult *result, const char *what)
{
    const char *state = result != NULL ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *constraint = result != NULL ? PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME) : NULL;

    if (PQstatus(d->conn) != CONNECTION_OK || state == NULL)
        return gone(what);
    status st = fault_raise(code_of(state), __FILE__, __LINE__, (str){ 0 }, (str){ 0 });
    /* Of class 42, a statement that cannot be prepared, the message quotes our own SQL only. */
    const char *message = strncmp(state, "42", 2) == 0 ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    fault_detail("%s: sqlstate %s %s", what, state, message != NULL ? message : constraint != NULL ? constraint : "");
    return st;
}

/* ---- one round trip: what is pending, what is sent now, one sync, all answers ---- */

static bool send_text(struct pg *d, const char *sql)
{
    return PQsendQueryParams(d->conn, sql, 0, NULL, NULL, NULL, NULL, 1) == 1;
}

static int send_pending(struct pg *d)
{
    int count = d->pending_count;

    for (int i = 0; i < count; i++)
        if (!send_text(d, d->pending[i]))
            return -1;
    d->pending_count = 0;
    d->begun = d->begun || count > 0;
    return count;
}

static bool is_error(const PGresult *result)
{
    switch (PQresultStatus(result)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_EMPTY_QUERY:
        return false;
    default:
        return true;
    }
}

/* Reads the answer of one command. The first failure of a round is kept in *st. */
static PGresult *read_one(struct pg *d, const char *what, status *st)
{
    PGresult *result = PQgetResult(d->conn), *more;

    while (result != NULL && PQstatus(d->conn) == CONNECTION_OK && (more = PQgetResult(d->conn)) != NULL)
        PQclear(more);
    if (result == NULL || is_error(result)) {
        if (status_ok(*st))
            *st = failed(d, result, what);
        PQclear(result);
        return NULL;
    }
    return result;
}

static void read_sync(struct pg *d, const char *what, status *st)
{
    PGresult *result = PQgetResult(d->conn);

    if ((result == NULL || PQresultStatus(result) != PGRES_PIPELINE_SYNC) && status_ok(*st))
        *st = gone(what);
    PQclear(result);
}

static void read_unread(struct pg *d)
{
    status ignored = OK;

    for (; d->unread > 0; d->unread--) {
        PQclear(read_one(d, "unread", &ignored));
        read_sync(d, "unread", &ignored);
    }
}

/* Ends the round of `before` commands that give nothing and `count` that may: keeps the last answer in *ret. */
static status finish(struct pg *d, int before, int count, const char *what, PGresult **ret)
{
    status st = OK;

    *ret = NULL;
    if (before < 0 || PQpipelineSync(d->conn) != 1)
        return gone(what);
    read_unread(d);
    for (int i = 0; i < before; i++)
        PQclear(read_one(d, what, &st));
    for (int i = 0; i < count; i++) {
        PQclear(*ret);
        *ret = read_one(d, what, &st);
    }
    read_sync(d, what, &st);
    if (!status_ok(st)) {
        PQclear(*ret);
        *ret = NULL;
    }
    return st;
}

static status round_text(struct pg *d, const char *sql, const char *what, PGresult **ret)
{
    int before = send_pending(d);

    if (before >= 0 && !send_text(d, sql))
        before = -1;
    return finish(d, before, 1, what, ret);
}

static status pg_run(struct db *base, const char *sql)
{
    PGresult *result;

    TRY(round_text((struct pg *)base, sql, "run", &result));
    PQclear(result);
    return OK;
}

/* ---- connection ---- */

static status set_up(struct pg *d)
{
    static const char *const words[] = { "SET client_encoding = 'UTF8'", "SET TIME ZONE 'UTC'", "SET lock_timeout = '5s'", "SET jit = off",
                                         "SET client_min_messages = error" };

    d->pending_count = d->unread = 0;
    d->begun = d->db.relaxed = false;
    if (d->prepared != NULL)
        memset(d->prepared, 0, (size_t)d->prepared_len * sizeof(bool));
    if (PQstatus(d->conn) != CONNECTION_OK || PQenterPipelineMode(d->conn) != 1)
        return gone("connect");
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        TRY(pg_run(&d->db, words[i]));
    return OK;
}

static void pg_db_close(struct db *base)
{
    struct pg *d = (struct pg *)base;

    PQfinish(d->conn);
    free(d->prepared);
    free(d);
}

static void hush(void *pointer, const PGresult *result)
{
    (void)pointer;
    (void)result;
}

static status pg_db_open(struct store *s, enum db_use use, struct db **ret)
{
    /* The URL comes last and wins. A server that has vanished from the network is given up after half a minute. */
    const char *const words[] = { "application_name", "connect_timeout", "tcp_user_timeout", "keepalives_idle", "dbname", NULL };
    const char *const values[] = { "dancu", "10", "30000", "20", s->url, NULL };
    struct pg *d = calloc(1, sizeof *d);

    MUST(d != NULL);
    d->db.store = s;
    d->db.use = use;
    d->conn = PQconnectdbParams(words, values, 1);
    (void)PQsetNoticeReceiver(d->conn, hush, NULL);
    status st = set_up(d);
    if (!status_ok(st)) {
        pg_db_close(&d->db);
        return fault_pass(st, __FILE__, __LINE__);
    }
    *ret = &d->db;
    return OK;
}

static status pg_open(struct store *s)
{
    char *why = NULL;
    PQconninfoOption *options = PQconninfoParse(s->url, &why);
    struct db *d;

    PQfreemem(why);
    if (options == NULL)
        return FAIL_AT(STORE_URL, STR("store"));
    PQconninfoFree(options);
    TRY(pg_db_open(s, DB_WRITE, &d));
    pg_db_close(d);
    return OK;
}

static int64_t pg_bytes(struct store *s)
{
    struct db *d;
    PGresult *result;
    int64_t bytes = 0;

    if (!status_ok(pg_db_open(s, DB_READ, &d)))
        return 0;
    if (status_ok(round_text((struct pg *)d, "SELECT pg_database_size(current_database())", "bytes", &result))) {
        bytes = pg_i64(result, 0, 0);
        PQclear(result);
    }
    pg_db_close(d);
    return bytes;
}

static status pg_idle(struct db *d)
{
    (void)d;
    return OK;
}

/* Makes a lost connection anew. */
static status connected(struct pg *d)
{
    if (PQstatus(d->conn) == CONNECTION_OK)
        return OK;
    PQreset(d->conn);
    return set_up(d);
}

static status pg_relax(struct db *d, bool relaxed)
{
    TRY(connected((struct pg *)d));
    return pg_run(d, relaxed ? "SET synchronous_commit = off" : "SET synchronous_commit = on");
}

/* ---- transactions ---- */

static status pend(struct pg *d, const char *sql)
{
    PGresult *result;

    if (d->pending_count == PENDING_MAX) {
        TRY(round_text(d, "SELECT 1", "pending", &result));
        PQclear(result);
    }
    (void)snprintf(d->pending[d->pending_count++], sizeof d->pending[0], "%s", sql);
    return OK;
}

static status pg_begin(struct db *base)
{
    struct pg *d = (struct pg *)base;

    TRY(connected(d));
    d->pending_count = 0;
    return pend(d, base->use == DB_READ ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN ISOLATION LEVEL REPEATABLE READ");
}

/* Sends `sql` without waiting for the answer, which the next round reads. */
static void send_and_leave(struct pg *d, const char *sql)
{
    if (send_text(d, sql) && PQpipelineSync(d->conn) == 1)
        d->unread++;
}

static void pg_rollback(struct db *base)
{
    struct pg *d = (struct pg *)base;

    if (d->begun && PQstatus(d->conn) == CONNECTION_OK)
        send_and_leave(d, "ROLLBACK");
    d->begun = false;
    d->pending_count = 0;
}

static status pg_commit(struct db *base)
{
    struct pg *d = (struct pg *)base;
    PGresult *result;

    if (!d->begun || base->use == DB_READ) { /* nothing was done, or nothing to keep */
        pg_rollback(base);
        return OK;
    }
    status st = round_text(d, "COMMIT", "commit", &result);
    if (status_ok(st) && strcmp(PQcmdStatus(result), "COMMIT") != 0)
        st = FAIL(INTERNAL);
    if (!status_ok(st))
        pg_rollback(base);
    d->begun = false;
    PQclear(result);
    return st;
}

static status pg_mark(struct db *d)
{
    return pend((struct pg *)d, "SAVEPOINT mark");
}

static status pg_keep(struct db *base)
{
    struct pg *d = (struct pg *)base;

    if (d->pending_count > 0 && strcmp(d->pending[d->pending_count - 1], "SAVEPOINT mark") == 0) {
        d->pending_count--;
        return OK;
    }
    return pend(d, "RELEASE mark");
}

static status pg_undo(struct db *base)
{
    struct pg *d = (struct pg *)base;

    for (int i = 0; i < d->pending_count; i++)
        if (strcmp(d->pending[i], "SAVEPOINT mark") == 0) { /* the server does not know of it */
            d->pending_count = i;
            return OK;
        }
    d->pending_count = 0; /* cursors made since the mark go with it */
    TRY(pg_run(base, "ROLLBACK TO mark"));
    return pend(d, "RELEASE mark");
}

/* ---- queries ---- */

static bool *prepared_flag(struct pg *d, int slot)
{
    if (slot >= d->prepared_len) {
        int len = slot + 64;
        bool *grown = realloc(d->prepared, (size_t)len * sizeof(bool));
        MUST(grown != NULL);
        memset(grown + d->prepared_len, 0, (size_t)(len - d->prepared_len) * sizeof(bool));
        d->prepared = grown;
        d->prepared_len = len;
    }
    return &d->prepared[slot];
}

static void name_of(const struct query *q, char out[static 16])
{
    (void)snprintf(out, 16, "q%d", query_slot(q));
}

/* A round of its own, so that the flag is set only for a statement that the server has. */
static status pg_prepare(struct db *base, const struct query *q)
{
    struct pg *d = (struct pg *)base;
    bool *flag = prepared_flag(d, query_slot(q));
    Oid types[PG_PARAMS_MAX];
    char name[16];
    PGresult *result;

    if (*flag)
        return OK;
    pg_types(q, types);
    name_of(q, name);
    int before = send_pending(d);
    if (before >= 0 && PQsendPrepare(d->conn, name, q->postgresql, q->param_count, types) != 1)
        before = -1;
    TRY(finish(d, before, 1, q->name, &result));
    PQclear(result);
    *flag = true;
    return OK;
}

static bool send_query(struct pg *d, const struct query *q, const struct pg_params *p)
{
    char name[16];

    name_of(q, name);
    return PQsendQueryPrepared(d->conn, name, q->param_count, p->values, p->lengths, p->formats, 1) == 1;
}

static status round_query(struct pg *d, const struct query *q, const struct value *values, PGresult **ret)
{
    struct pg_params p;

    TRY(pg_prepare(&d->db, q));
    pg_encode(q, values, &p);
    int before = send_pending(d);
    if (before >= 0 && !send_query(d, q, &p))
        before = -1;
    return finish(d, before, 1, q->name, ret);
}

/* DECLARE and the first FETCH in one round. */
static status open_cursor(struct pg *d, const struct query *q, const struct value *values, struct pg_rows *r)
{
    struct pg_params p;
    char *sql = NULL, fetch[48];

    r->cursor = ++d->cursors;
    MUST(asprintf(&sql, "DECLARE c%u NO SCROLL CURSOR FOR %s", r->cursor, q->postgresql) > 0);
    (void)snprintf(fetch, sizeof fetch, "FETCH %d FROM c%u", FETCH_ROWS, r->cursor);
    pg_types(q, p.types);
    pg_encode(q, values, &p);
    int before = send_pending(d);
    if (before >= 0 && (PQsendQueryParams(d->conn, sql, q->param_count, p.types, p.values, p.lengths, p.formats, 1) != 1 || !send_text(d, fetch)))
        before = -1;
    free(sql);
    TRY(finish(d, before < 0 ? -1 : before + 1, 1, q->name, &r->result));
    r->last = PQntuples(r->result) < FETCH_ROWS;
    return OK;
}

static void pg_done(struct rows *base)
{
    struct pg_rows *r = (struct pg_rows *)base;
    struct pg *d = (struct pg *)base->db;
    char close[48];

    PQclear(r->result);
    if (r->streams && r->cursor != 0 && d->begun && !d->db.tx.failed && d->db.tx.open) {
        (void)snprintf(close, sizeof close, "CLOSE c%u", r->cursor);
        (void)pend(d, close).code; /* a failure shows at the next query */
    }
    free(r);
}

static status pg_start(struct db *base, const struct query *q, const struct value *values, struct rows **ret)
{
    struct pg *d = (struct pg *)base;
    struct pg_rows *r = calloc(1, sizeof *r);

    MUST(r != NULL);
    r->rows.db = base;
    r->row = -1;
    r->streams = q->streams;
    r->last = true;
    status st = q->streams ? open_cursor(d, q, values, r) : round_query(d, q, values, &r->result);
    if (!status_ok(st)) {
        free(r);
        return fault_pass(st, __FILE__, __LINE__);
    }
    *ret = &r->rows;
    return OK;
}

static status pg_ask(struct db *d, const char *sql, struct rows **ret)
{
    const struct query q = { .name = "ask", .postgresql = sql, .param_types = "", .streams = true };

    return pg_start(d, &q, NULL, ret);
}

static status pg_next(struct rows *base, bool *ret_more)
{
    struct pg_rows *r = (struct pg_rows *)base;
    char fetch[48];

    if (++r->row >= PQntuples(r->result) && !r->last) {
        PQclear(r->result);
        r->row = 0;
        (void)snprintf(fetch, sizeof fetch, "FETCH %d FROM c%u", FETCH_ROWS, r->cursor);
        TRY(round_text((struct pg *)base->db, fetch, "fetch", &r->result));
        r->last = PQntuples(r->result) < FETCH_ROWS;
    }
    *ret_more = r->row < PQntuples(r->result);
    return OK;
}

static enum value_type pg_type(const struct rows *base, int column)
{
    return pg_value_type(PQftype(((const struct pg_rows *)base)->result, column));
}

static int64_t pg_rows_i64(const struct rows *base, int column)
{
    const struct pg_rows *r = (const struct pg_rows *)base;

    return pg_i64(r->result, r->row, column);
}

static double pg_rows_f64(const struct rows *base, int column)
{
    const struct pg_rows *r = (const struct pg_rows *)base;

    return pg_f64(r->result, r->row, column);
}

static str pg_text(const struct rows *base, int column)
{
    const struct pg_rows *r = (const struct pg_rows *)base;

    return (str){ PQgetvalue(r->result, r->row, column), (size_t)PQgetlength(r->result, r->row, column) };
}

static status pg_exec(struct db *base, const struct query *q, const struct value *values, int64_t *ret_changed)
{
    PGresult *result;

    TRY(round_query((struct pg *)base, q, values, &result));
    if (!str_i64(str_of(PQcmdTuples(result)), ret_changed))
        *ret_changed = 0;
    PQclear(result);
    return OK;
}

/* ---- many rows ---- */

static status pipeline(struct pg *d, const struct query *q, query_fill *fill, const void *list, size_t count)
{
    struct value values[PG_PARAMS_MAX];
    struct pg_params p;
    PGresult *result;

    TRY(pg_prepare(&d->db, q));
    for (size_t from = 0; from < count; from += PIPELINE_ROWS) {
        size_t upto = count - from < PIPELINE_ROWS ? count : from + PIPELINE_ROWS;
        int before = send_pending(d);
        for (size_t i = from; i < upto && before >= 0; i++) {
            fill(list, i, values);
            pg_encode(q, values, &p);
            before = send_query(d, q, &p) ? before : -1;
        }
        TRY(finish(d, before, (int)(upto - from), q->name, &result));
        PQclear(result);
    }
    return OK;
}

static bool put(struct pg *d, struct buf *b)
{
    bool fine = PQputCopyData(d->conn, b->ptr, (int)b->len) == 1;

    buf_clear(b);
    return fine;
}

static bool copy_rows(struct pg *d, const struct query *q, const struct pg_copy *copy, query_fill *fill, const void *list, size_t count)
{
    static const char head[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0"; /* signature, flags, length of the extension */
    static const char tail[] = "\377\377";
    struct value values[PG_PARAMS_MAX];
    struct pg_params p;
    struct buf b;
    bool fine = true;

    buf_init(&b, (size_t)1 << 30);
    buf_bytes(&b, head, 19);
    for (size_t i = 0; i < count && fine; i++) {
        fill(list, i, values);
        pg_encode(q, values, &p);
        pg_copy_row(copy, &p, &b);
        if (b.len >= COPY_BYTES)
            fine = !b.full && put(d, &b);
    }
    buf_bytes(&b, tail, 2);
    fine = fine && !b.full && put(d, &b);
    buf_done(&b);
    return PQputCopyEnd(d->conn, fine ? NULL : "stopped") == 1 && fine;
}

static status copy(struct pg *d, const struct query *q, const struct pg_copy *plan, query_fill *fill, const void *list, size_t count)
{
    PGresult *result;
    status st = OK;

    TRY(pg_run(&d->db, "SELECT 1")); /* what is pending and unread goes first: COPY cannot be in a pipeline */
    if (PQexitPipelineMode(d->conn) != 1)
        return gone(q->name);
    result = PQexec(d->conn, plan->sql);
    if (PQresultStatus(result) != PGRES_COPY_IN)
        st = failed(d, result, q->name);
    PQclear(result);
    bool sent = status_ok(st) && copy_rows(d, q, plan, fill, list, count);
    while ((result = PQgetResult(d->conn)) != NULL) {
        if (status_ok(st) && PQresultStatus(result) != PGRES_COMMAND_OK)
            st = failed(d, result, q->name);
        PQclear(result);
        if (PQstatus(d->conn) != CONNECTION_OK)
            break;
    }
    if (PQenterPipelineMode(d->conn) != 1 || (status_ok(st) && !sent))
        st = status_ok(st) ? gone(q->name) : st;
    return st;
}

static status pg_bulk(struct db *base, const struct query *q, query_fill *fill, const void *list, size_t count)
{
    struct pg *d = (struct pg *)base;
    struct pg_copy plan;

    if (count >= COPY_ROWS_MIN && pg_copy_of(q, &plan))
        return copy(d, q, &plan, fill, list, count);
    return pipeline(d, q, fill, list, count);
}

const struct engine engine_postgresql = {
    .kind = STORE_POSTGRESQL,
    .open = pg_open,
    .bytes = pg_bytes,
    .db_open = pg_db_open,
    .db_close = pg_db_close,
    .db_idle = pg_idle,
    .relax = pg_relax,
    .begin = pg_begin,
    .commit = pg_commit,
    .rollback = pg_rollback,
    .mark = pg_mark,
    .keep = pg_keep,
    .undo = pg_undo,
    .prepare = pg_prepare,
    .start = pg_start,
    .next = pg_next,
    .type = pg_type,
    .i64 = pg_rows_i64,
    .f64 = pg_rows_f64,
    .text = pg_text,
    .done = pg_done,
    .exec = pg_exec,
    .bulk = pg_bulk,
    .run = pg_run,
    .ask = pg_ask,
    .sql_tables = "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace ORDER BY relname COLLATE \"C\"",
    .sql_columns = { "SELECT a.attname, COALESCE(array_position(i.indkey::int2[], a.attnum), -1) + 1 FROM pg_attribute a "
                   "JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary "
                   "WHERE a.attrelid = '", "'::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum" },
    .sql_sort = "SET maintenance_work_mem = '256MB'",
    .sql_indexes = "SELECT c.relname, pg_get_indexdef(c.oid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
                   "WHERE NOT i.indisunique AND c.relnamespace = current_schema()::regnamespace ORDER BY c.relname COLLATE \"C\"",
};
