/* SQLite always; PostgreSQL where DANCU_TEST_PG names a throw-away server (tests/pg-run), else its cases say SKIP.
 * tested by: src/store/test/store_test.c */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"

static int serial;

static void empty_dir(const char *dir)
{
    char path[160];
    const char *const ends[] = { "", "-wal", "-shm", "-journal" };

    for (size_t i = 0; i < 4; i++) {
        (void)snprintf(path, sizeof path, "%s/t.db%s", dir, ends[i]);
        (void)unlink(path);
    }
}

/* An empty PostgreSQL database of its own for each case: a schema, named in the URL. */
static void fresh_schema(struct bench *b, const char *base)
{
    struct store *s;
    struct db *d;
    struct ctx cx = { 0 };
    char sql[128];
    int slot = 0;
        struct query make = { .name = "make", .postgresql = sql, .param_types = "", .slot = &slot };

    GOOD(store_open(str_of(base), &s));
    GOOD(db_open(s, DB_WRITE, &d));
    GOOD(tx_begin(d, &cx.tx));
    (void)snprintf(sql, sizeof sql, "CREATE SCHEMA t%d_%d", (int)getpid(), ++serial);
    GOOD(query_exec(&cx, &make, NULL, NULL));
    GOOD(tx_commit(cx.tx));
    db_close(d);
    store_close(s);
    (void)snprintf(b->url, sizeof b->url, "%s&options=-csearch_path%%3Dt%d_%d", base, (int)getpid(), serial);
}

static void open_all(struct bench *b)
{
    GOOD(store_open(str_of(b->url), &b->store));
    GOOD(store_migrate(b->store, &probe_migrations, 1));
    GOOD(db_open(b->store, DB_WRITE, &b->db));
}

static struct bench *bench_make(void **state)
{
    struct bench *b = calloc(1, sizeof *b);

    assert_non_null(b);
    *state = b;
    b->cx.arena = arena_new((size_t)256 << 20);
    return b;
}

int bench_sqlite(void **state)
{
    struct bench *b = bench_make(state);
    const char *place = getenv("TMPDIR");

    (void)snprintf(b->dir, sizeof b->dir, "%s/store-test-XXXXXX", place != NULL ? place : P_tmpdir);
    assert_non_null(mkdtemp(b->dir));
    (void)snprintf(b->url, sizeof b->url, "sqlite:%s/t.db", b->dir);
    open_all(b);
    return 0;
}

int bench_postgresql(void **state)
{
    struct bench *b = bench_make(state);
    const char *base = getenv("DANCU_TEST_PG");

    if (base == NULL)
        return 0;
    fresh_schema(b, base);
    open_all(b);
    return 0;
}

void bench_anew(struct bench *b)
{
    db_close(b->db);
    store_close(b->store);
    arena_reset(b->cx.arena);
    if (b->dir[0] != '\0')
        empty_dir(b->dir);
    else
        fresh_schema(b, getenv("DANCU_TEST_PG"));
    open_all(b);
}

int bench_end(void **state)
{
    struct bench *b = *state;

    store_fault_set(0, STORE_FAULT_ERROR);
    db_close(b->db);
    store_close(b->store);
    arena_free(b->cx.arena);
    if (b->dir[0] != '\0') {
        empty_dir(b->dir);
        (void)rmdir(b->dir);
    }
    free(b);
    return 0;
}

struct bench *bench_ready(void **state)
{
    struct bench *b = *state;

    if (b->store == NULL)
        skip();
    return b;
}

struct probe_person_add_params probe_person_make(int64_t id)
{
    return (struct probe_person_add_params){
        .shard = 3, .id = id, .version = 1, .name = STR("Nguyễn Thị Thử"), .name_key = STR("nguyen thi thu"),
        .birth = 19500000 + (int32_t)(id % 60) * 10000, .weight = 0.5 * (double)id, .photo = { "\0\xff\x7f\0\n", 5 }, .alive = id % 2 == 0,
    };
}

STATUS probe_people_add(struct bench *b, int64_t first, int64_t count)
{
    struct probe_person_add_params *list = ARENA_ARRAY(b->cx.arena, struct probe_person_add_params, (size_t)count);

    for (int64_t i = 0; i < count; i++)
        list[i] = probe_person_make(first + i);
    TRY(tx_begin(b->db, &b->cx.tx));
    status st = probe_person_add_bulk(&b->cx, list, (size_t)count);
    if (!status_ok(st)) {
        tx_rollback(b->cx.tx);
        return st;
    }
    return tx_commit(b->cx.tx);
}
