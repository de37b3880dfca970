/* See own_store.h. tested by: src/store/test/store_test.c */
#include "store/test/own_store.h"

#include "store/store.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool own_store_sqlite(struct own_store *p)
{
    if (!folder_make(&p->folder))
        return false;
    (void)snprintf(p->url, sizeof p->url, "sqlite:%s/t.db", p->folder.path);
    return true;
}

/* As a transaction of the store itself: the tests have no other client. */
static STATUS schema_make(const char *base, const char *name)
{
    struct store *s;
    struct db *d;
    struct ctx cx = { 0 };
    char sql[128];
    int slot = 0;
    struct query make = { .name = "make", .postgresql = sql, .param_types = "", .slot = &slot };
    (void)snprintf(sql, sizeof sql, "CREATE SCHEMA %s", name);
    TRY(store_open(str_of(base), &s));
    TRY(db_open(s, DB_WRITE, &d));
    TRY(tx_begin(d, &cx.tx));
    TRY(query_exec(&cx, &make, NULL, NULL));
    TRY(tx_commit(cx.tx));
    db_close(d);
    store_close(s);
    return OK;
}

bool own_store_postgresql(struct own_store *p)
{
    char name[64];
    const char *base = getenv("DANCU_TEST_PG");
    if (!base)
        return false;
    (void)snprintf(name, sizeof name, "t%d_%lld", (int)getpid(), (long long)clock_mono_us()); /* pids come again */
    MUST(status_ok(schema_make(base, name)));
    (void)snprintf(p->url, sizeof p->url, "%s&application_name=%s&options=-csearch_path%%3D%s", base, name, name);
    return folder_make(&p->folder);
}

void own_store_end(struct own_store *p) { folder_end(&p->folder); }
