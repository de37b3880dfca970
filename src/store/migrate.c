/* Migrations: one DDL statement a transaction, recorded in the same transaction, so that a crash leaves each either
 * done and known or not done. Both engines roll DDL back.
 *
 * Refuses a database that knows a migration which this program does not: an older program must not write to it.
 * tested by: src/store/test/store_test.c */
#include <string.h>

#include "store/engine.h"

#define RETRIES_MAX 8

static int known_slot, add_slot, newer_slot;

static const struct query query_known = {
    .name = "migration_known",
    .sqlite = "SELECT name FROM schema_migration WHERE module = ?1 AND number = ?2",
    .postgresql = "SELECT name FROM schema_migration WHERE module = $1 AND number = $2",
    .param_types = "si",
    .param_count = 2,
    .column_count = 1,
    .slot = &known_slot,
};
static const struct query query_add = {
    .name = "migration_add",
    .sqlite = "INSERT INTO schema_migration (module, number, name) VALUES (?1, ?2, ?3)",
    .postgresql = "INSERT INTO schema_migration (module, number, name) VALUES ($1, $2, $3)",
    .param_types = "sis",
    .param_count = 3,
    .slot = &add_slot,
};
static const struct query query_newer = {
    .name = "migration_newer",
    .sqlite = "SELECT COUNT(*) FROM schema_migration WHERE module = ?1 AND number > ?2",
    .postgresql = "SELECT COUNT(*) FROM schema_migration WHERE module = $1 AND number > $2",
    .param_types = "si",
    .param_count = 2,
    .column_count = 1,
    .slot = &newer_slot,
};

static const char *const ledger_sqlite = "CREATE TABLE IF NOT EXISTS schema_migration (module TEXT NOT NULL, number INTEGER NOT NULL, "
                                         "name TEXT NOT NULL, PRIMARY KEY (module, number)) STRICT, WITHOUT ROWID";
static const char *const ledger_postgresql = "CREATE TABLE IF NOT EXISTS schema_migration (module TEXT COLLATE \"C\" NOT NULL, number INTEGER NOT NULL, "
                                             "name TEXT COLLATE \"C\" NOT NULL, PRIMARY KEY (module, number))";

static status refuse(enum error_code code, const struct migration *m, const char *why)
{
    status st = fault_raise(code, __FILE__, __LINE__, str_of(m->module), (str){ 0 });

    fault_detail("%s %d %s: %s", m->module, m->number, m->name, why);
    return st;
}

static status is_known(struct ctx *cx, const struct migration *m, bool *ret)
{
    const struct value params[] = { { .type = VALUE_TEXT, .s = str_of(m->module) }, { .type = VALUE_I64, .i = m->number } };
    struct rows *rows DEFER(rows_done_at) = NULL;

    TRY(query_start(cx, &query_known, params, &rows));
    TRY(rows_next(rows, ret));
    if (*ret && !str_eq(rows_str(rows, 0), str_of(m->name)))
        return refuse(ERR_SCHEMA_NEWER, m, "the database knows this number under another name");
    return OK;
}

static status apply_in(struct ctx *cx, const struct migration *m)
{
    struct db *d = cx->tx->db;
    const struct value params[] = {
        { .type = VALUE_TEXT, .s = str_of(m->module) },
        { .type = VALUE_I64, .i = m->number },
        { .type = VALUE_TEXT, .s = str_of(m->name) },
    };
    bool known;

    TRY(is_known(cx, m, &known));
    if (known)
        return OK;
    /* First the record: a second program that migrates at the same time waits or fails here, before it touches a table. */
    TRY(query_exec(cx, &query_add, params, NULL));
    return d->store->engine->run(d, d->store->engine->kind == STORE_SQLITE ? m->sqlite : m->postgresql);
}

static status apply_once(struct db *d, const struct migration *m)
{
    struct ctx cx = { 0 };

    TRY(tx_begin(d, &cx.tx));
    status st = apply_in(&cx, m);
    if (!status_ok(st)) {
        tx_rollback(cx.tx);
        return fault_pass(st, __FILE__, __LINE__);
    }
    return tx_commit(cx.tx);
}

/* Programs that start together race for each migration; who loses looks again and finds it done. */
static status apply(struct db *d, const struct migration *m)
{
    status st = apply_once(d, m);

    for (int again = 0; again < RETRIES_MAX && (status_is(st, ERR_ROW_EXISTS) || status_is(st, ERR_STORE_BUSY)); again++)
        st = apply_once(d, m);
    return st;
}

static status none_newer(struct ctx *cx, const struct migration_set *set)
{
    const struct migration *last = &set->list[set->count - 1];
    const struct value params[] = { { .type = VALUE_TEXT, .s = str_of(last->module) }, { .type = VALUE_I64, .i = last->number } };
    struct rows *rows DEFER(rows_done_at) = NULL;
    bool more;

    TRY(query_start(cx, &query_newer, params, &rows));
    TRY(rows_next(rows, &more));
    return rows_i64(rows, 0) > 0 ? refuse(ERR_SCHEMA_NEWER, last, "the database is newer than the program") : OK;
}

static status check_newer(struct db *d, const struct migration_set *sets, size_t count)
{
    struct ctx cx = { 0 };
    status st = OK;

    TRY(tx_begin(d, &cx.tx));
    for (size_t i = 0; i < count && status_ok(st); i++)
        if (sets[i].count > 0)
            st = none_newer(&cx, &sets[i]);
    tx_rollback(cx.tx);
    return st;
}

/* Two that create a table at once can collide in PostgreSQL in spite of IF NOT EXISTS. */
static status make_ledger(struct db *d)
{
    const char *sql = d->store->engine->kind == STORE_SQLITE ? ledger_sqlite : ledger_postgresql;
    status st = d->store->engine->run(d, sql);

    for (int again = 0; again < RETRIES_MAX && (status_is(st, ERR_ROW_EXISTS) || status_is(st, ERR_STORE_BUSY)); again++)
        st = d->store->engine->run(d, sql);
    return st;
}

static status migrate(struct db *d, const struct migration_set *sets, size_t count)
{
    TRY(make_ledger(d));
    TRY(load_recover(d->store, d));
    TRY(check_newer(d, sets, count));
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < sets[i].count; k++)
            TRY(apply(d, &sets[i].list[k]));
    return OK;
}

STATUS store_migrate(struct store *s, const struct migration_set *sets, size_t count)
{
    struct db *d;

    TRY(db_open(s, DB_WRITE, &d));
    status st = migrate(d, sets, count);
    db_close(d);
    return st;
}
