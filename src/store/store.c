/* The face of the store: chooses the engine by the URL and does what both engines must do alike. Every call passes a
 * fault point; a transaction in which a call failed takes no further call until it is undone, so that a program which
 * forgets a status on SQLite is caught there and not first on PostgreSQL.
 *
 * Refuses: a URL of another database, a second transaction on a connection, a query outside a transaction. */
#include <stdlib.h>
#include <string.h>

#include "store/engine.h"

static char *copy_z(str s)
{
    char *out = malloc(s.len + 1);

    MUST(out != NULL);
    if (s.len > 0)
        memcpy(out, s.ptr, s.len);
    out[s.len] = '\0';
    return out;
}

static str directory_of(str path)
{
    size_t end = path.len;

    while (end > 0 && path.ptr[end - 1] != '/')
        end--;
    if (end == 0)
        return STR(".");
    return str_slice(path, 0, end == 1 ? 1 : end - 1);
}

STATUS store_open(str url, struct store **ret)
{
    bool pg = str_starts(url, STR("postgresql://")) || str_starts(url, STR("postgres://"));
    str path = str_starts(url, STR("sqlite:")) ? str_from(url, 7) : url;

    *ret = NULL;
    if (!pg && (path.len == 0 || str_find(path, STR("://")) < path.len || path.ptr[0] == ':'))
        return FAIL_AT(STORE_URL, STR("store"));
    struct store *s = calloc(1, sizeof *s);
    MUST(s != NULL);
    s->engine = pg ? &engine_postgresql : &engine_sqlite;
    s->url = copy_z(pg ? url : path);
    s->directory = copy_z(pg ? (str){ 0 } : directory_of(path));
    status st = s->engine->open(s);
    if (!status_ok(st)) {
        store_close(s);
        return fault_pass(st, __FILE__, __LINE__);
    }
    *ret = s;
    return OK;
}

void store_close(struct store *s)
{
    if (s == NULL)
        return;
    free(s->url);
    free(s->directory);
    free(s);
}

enum store_engine store_engine(const struct store *s)
{
    return s->engine->kind;
}

str store_directory(const struct store *s)
{
    return str_of(s->directory);
}

int64_t store_bytes(struct store *s)
{
    return s->engine->bytes(s);
}

STATUS db_open(struct store *s, enum db_use use, struct db **ret)
{
    *ret = NULL;
    TRY(store_fault_point(STORE_CALL_READ));
    return s->engine->db_open(s, use, ret);
}

void db_close(struct db *d)
{
    if (d == NULL)
        return;
    tx_rollback(&d->tx);
    tape_reader_end(d, true);
    d->store->engine->db_close(d);
}

STATUS db_idle(struct db *d)
{
    MUST(!d->tx.open);
    return d->store->engine->db_idle(d);
}

STATUS tx_begin(struct db *d, struct tx **ret)
{
    bool loading = __atomic_load_n(&d->store->loading, __ATOMIC_RELAXED);

    *ret = NULL;
    MUST(!d->tx.open);
    TRY(store_fault_point(d->use == DB_WRITE ? STORE_CALL_WRITE : STORE_CALL_READ));
    if (d->use == DB_WRITE && d->relaxed != loading) {
        TRY(d->store->engine->relax(d, loading));
        d->relaxed = loading;
    }
    if (d->use == DB_READ)
        tape_reader_begin(d);
    status st = d->store->engine->begin(d);
    if (!status_ok(st)) {
        tape_reader_end(d, false);
        return fault_pass(st, __FILE__, __LINE__);
    }
    d->tx = (struct tx){ .db = d, .open = true };
    *ret = &d->tx;
    return OK;
}

STATUS tx_commit(struct tx *t)
{
    MUST(t->open);
    status st = t->failed ? FAIL(INTERNAL) : store_fault_point(STORE_CALL_COMMIT);
    bool lose_answer = !t->failed && status_is(st, ERR_STORE_GONE);

    if (!status_ok(st) && !lose_answer) {
        tx_rollback(t);
        return st;
    }
    status done = t->db->store->engine->commit(t->db);
    tape_reader_end(t->db, false);
    t->open = false;
    return lose_answer ? st : done;
}

void tx_rollback(struct tx *t)
{
    if (t == NULL || !t->open)
        return;
    t->db->store->engine->rollback(t->db);
    tape_reader_end(t->db, false);
    t->open = false;
}

/* Passes the outcome of a call in `t` on, and remembers a failure. */
static status noted(struct tx *t, status st)
{
    if (!status_ok(st))
        t->failed = true;
    return st;
}

static status may_call(struct tx *t, enum store_call call)
{
    MUST(t != NULL && t->open);
    if (t->failed) {
        status st = FAIL(INTERNAL);
        fault_detail("an earlier call of the transaction failed");
        return st;
    }
    return noted(t, store_fault_point(call));
}

STATUS tx_mark(struct tx *t)
{
    MUST(!t->marked);
    TRY(may_call(t, STORE_CALL_WRITE));
    TRY(noted(t, t->db->store->engine->mark(t->db)));
    t->marked = true;
    return OK;
}

STATUS tx_keep(struct tx *t)
{
    MUST(t->marked);
    TRY(may_call(t, STORE_CALL_WRITE));
    TRY(noted(t, t->db->store->engine->keep(t->db)));
    t->marked = false;
    return OK;
}

STATUS tx_undo(struct tx *t)
{
    MUST(t->open && t->marked);
    t->failed = false;
    TRY(noted(t, t->db->store->engine->undo(t->db)));
    t->marked = false;
    return OK;
}

struct store *tx_store(struct tx *t)
{
    return t->db->store;
}

int query_slot(const struct query *q)
{
    static int last;
    int slot = __atomic_load_n(q->slot, __ATOMIC_RELAXED);

    if (slot != 0)
        return slot;
    int fresh = __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
    if (__atomic_compare_exchange_n(q->slot, &slot, fresh, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        return fresh;
    return slot;
}

STATUS query_start(struct ctx *cx, const struct query *q, const struct value *params, struct rows **ret)
{
    *ret = NULL;
    TRY(may_call(cx->tx, STORE_CALL_READ));
    struct db *d = cx->tx->db;
    TRY(noted(cx->tx, d->store->engine->start(d, q, params, ret)));
    (*ret)->db = d;
    return OK;
}

STATUS rows_next(struct rows *r, bool *ret_more)
{
    *ret_more = false;
    TRY(may_call(&r->db->tx, STORE_CALL_READ));
    TRY(noted(&r->db->tx, r->db->store->engine->next(r, ret_more)));
    return OK;
}

int64_t rows_i64(const struct rows *r, int column)
{
    return r->db->store->engine->i64(r, column);
}

double rows_f64(const struct rows *r, int column)
{
    return r->db->store->engine->f64(r, column);
}

str rows_str(const struct rows *r, int column)
{
    return r->db->store->engine->text(r, column);
}

void rows_done(struct rows *r)
{
    if (r != NULL)
        r->db->store->engine->done(r);
}

void rows_done_at(struct rows **at)
{
    rows_done(*at);
    *at = NULL;
}

void *rows_room(struct arena *a, void *rows, size_t count, size_t *cap, size_t row_bytes)
{
    if (count < *cap)
        return rows;
    *cap = *cap == 0 ? 8 : *cap * 2;
    void *out = arena_array(a, *cap, row_bytes);
    if (count > 0)
        memcpy(out, rows, count * row_bytes);
    return out;
}

STATUS rows_not_one(const struct query *q)
{
    status st = FAIL(INTERNAL);

    fault_detail("%s gave more than one row", q->name);
    return st;
}

static status may_write(struct tx *tx)
{
    return tx->db->use == DB_READ ? FAIL(STORE_READ_ONLY) : may_call(tx, STORE_CALL_WRITE);
}

STATUS query_exec(struct ctx *cx, const struct query *q, const struct value *params, int64_t *ret_changed)
{
    int64_t changed = 0;

    TRY(may_write(cx->tx));
    TRY(noted(cx->tx, cx->tx->db->store->engine->exec(cx->tx->db, q, params, &changed)));
    if (ret_changed != NULL)
        *ret_changed = changed;
    return OK;
}

STATUS query_bulk(struct ctx *cx, const struct query *q, query_fill *fill, const void *list, size_t count)
{
    if (count == 0)
        return OK;
    TRY(may_write(cx->tx));
    TRY(noted(cx->tx, cx->tx->db->store->engine->bulk(cx->tx->db, q, fill, list, count)));
    return OK;
}

STATUS table_filled(struct ctx *cx, const char *table)
{
    struct db *d = cx->tx->db;
    if (d->store->engine->kind == STORE_SQLITE)
        return OK;
    str sql = arena_printf(cx->arena, "ANALYZE %s", table);
    TRY(may_call(cx->tx, STORE_CALL_WRITE));
    return noted(cx->tx, d->store->engine->run(d, sql.ptr));
}

static status check_set(struct db *d, const struct query_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        TRY(d->store->engine->prepare(d, set->list[i]));
    return OK;
}

STATUS store_check(struct store *s, const struct query_set *sets, size_t count)
{
    struct db *d;
    status st = OK;

    TRY(db_open(s, DB_WRITE, &d));
    for (size_t i = 0; i < count && status_ok(st); i++)
        st = check_set(d, &sets[i]);
    db_close(d);
    return st;
}
