/* Load mode, for the first filling of empty tables: secondary indexes that are not unique are dropped and rebuilt at
 * the end, and commits are not forced to disk until then. The statements of the dropped indexes stand in a table of the
 * database, so that a load which a crash broke off is ended by the next store_migrate().
 *
 * Refuses to begin twice.
 * tested by: src/store/test/store_test.c */
#include <string.h>

#include "store/engine.h"

#define INDEXES_MAX 256
#define ARENA_BYTES (4u << 20)

static int add_slot;

static const struct query query_add = {
    .name = "load_index_add",
    .sqlite = "INSERT INTO store_load_index (name, statement) VALUES (?1, ?2)",
    .postgresql = "INSERT INTO store_load_index (name, statement) VALUES ($1, $2)",
    .param_types = "ss",
    .param_count = 2,
    .slot = &add_slot,
};

struct index_list {
    struct { str name, statement; } list[INDEXES_MAX];
    size_t count;
};

static status read_indexes(struct ctx *cx, const char *sql, struct index_list *out)
{
    struct db *d = cx->tx->db;
    struct rows *rows DEFER(rows_done_at) = NULL;
    bool more;

    out->count = 0;
    TRY(d->store->engine->ask(d, sql, &rows));
    for (;;) {
        TRY(rows_next(rows, &more));
        if (!more)
            return OK;
        MUST(out->count < INDEXES_MAX);
        out->list[out->count].name = arena_str(cx->arena, rows_str(rows, 0));
        out->list[out->count++].statement = arena_str(cx->arena, rows_str(rows, 1));
    }
}

static status note_and_drop(struct ctx *cx)
{
    struct db *d = cx->tx->db;
    const struct engine *engine = d->store->engine;
    struct index_list *found = ARENA_NEW(cx->arena, struct index_list);

    TRY(read_indexes(cx, engine->sql_indexes, found));
    TRY(engine->run(d, engine->kind == STORE_SQLITE ? "CREATE TABLE store_load_index (name TEXT NOT NULL, statement TEXT NOT NULL, PRIMARY KEY (name)) STRICT"
                                                    : "CREATE TABLE store_load_index (name TEXT NOT NULL, statement TEXT NOT NULL, PRIMARY KEY (name))"));
    for (size_t i = 0; i < found->count; i++) {
        const struct value params[] = { { .type = VALUE_TEXT, .s = found->list[i].name }, { .type = VALUE_TEXT, .s = found->list[i].statement } };
        TRY(query_exec(cx, &query_add, params, NULL));
        str drop = arena_printf(cx->arena, "DROP INDEX \"%.*s\"", STR_ARG(found->list[i].name));
        TRY(engine->run(d, drop.ptr));
    }
    return OK;
}

static status rebuild(struct ctx *cx)
{
    struct db *d = cx->tx->db;
    struct index_list *found = ARENA_NEW(cx->arena, struct index_list);

    TRY(read_indexes(cx, "SELECT name, statement FROM store_load_index ORDER BY name", found));
    for (size_t i = 0; i < found->count; i++)
        TRY(d->store->engine->run(d, found->list[i].statement.ptr));
    return d->store->engine->run(d, "DROP TABLE store_load_index");
}

/* Runs `work` in a transaction of its own. */
static status in_tx(struct db *d, status (*work)(struct ctx *cx))
{
    struct ctx cx = { .arena = arena_new(ARENA_BYTES) };
    status st = tx_begin(d, &cx.tx);

    if (status_ok(st)) {
        st = work(&cx);
        if (status_ok(st))
            st = tx_commit(cx.tx);
        else
            tx_rollback(cx.tx);
    }
    arena_free(cx.arena);
    return st;
}

static status is_loading(struct db *d, bool *ret)
{
    struct tx *t;
    struct rows *rows = NULL;
    bool more = true;

    *ret = false;
    TRY(tx_begin(d, &t));
    status st = d->store->engine->ask(d, d->store->engine->sql_tables, &rows);
    while (status_ok(st) && more) {
        st = rows_next(rows, &more);
        if (status_ok(st) && more && str_eq(rows_str(rows, 0), STR("store_load_index")))
            *ret = true;
    }
    rows_done(rows);
    tx_rollback(t);
    return st;
}

static status end_load(struct db *d)
{
    TRY(d->store->engine->run(d, d->store->engine->sql_sort));
    TRY(in_tx(d, rebuild));
    return d->store->engine->db_idle(d); /* everything to the file, before a commit counts as durable again */
}

status load_recover(struct store *s, struct db *d)
{
    bool loading;

    if (__atomic_load_n(&s->loading, __ATOMIC_RELAXED))
        return OK;
    TRY(is_loading(d, &loading));
    return loading ? end_load(d) : OK;
}

STATUS store_load_begin(struct store *s)
{
    struct db *d;

    MUST(!__atomic_load_n(&s->loading, __ATOMIC_RELAXED));
    TRY(db_open(s, DB_WRITE, &d));
    status st = load_recover(s, d);
    if (status_ok(st))
        st = in_tx(d, note_and_drop);
    db_close(d);
    if (status_ok(st))
        __atomic_store_n(&s->loading, true, __ATOMIC_RELAXED);
    return st;
}

STATUS store_load_end(struct store *s)
{
    struct db *d;

    MUST(__atomic_load_n(&s->loading, __ATOMIC_RELAXED));
    __atomic_store_n(&s->loading, false, __ATOMIC_RELAXED);
    TRY(db_open(s, DB_WRITE, &d));
    status st = end_load(d);
    db_close(d);
    return st;
}
