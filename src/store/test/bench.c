/* SQLite always; PostgreSQL where DANCU_TEST_PG names a throw-away server (tests/pg-run), else its cases say SKIP.
 * tested by: src/store/test/store_test.c */
#include <stdlib.h>

#include "bench.h"

static void open_all(struct bench *b)
{
    GOOD(store_open(str_of(b->own.url), &b->store));
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

    assert_true(own_store_sqlite(&b->own));
    open_all(b);
    return 0;
}

int bench_postgresql(void **state)
{
    struct bench *b = bench_make(state);

    if (!own_store_postgresql(&b->own))
        return 0;
    open_all(b);
    return 0;
}

void bench_anew(struct bench *b)
{
    bool sqlite = store_engine(b->store) == STORE_SQLITE;

    db_close(b->db);
    store_close(b->store);
    arena_reset(b->cx.arena);
    own_store_end(&b->own);
    assert_true(sqlite ? own_store_sqlite(&b->own) : own_store_postgresql(&b->own));
    open_all(b);
}

int bench_end(void **state)
{
    struct bench *b = *state;

    store_fault_set(0, STORE_FAULT_ERROR);
    db_close(b->db);
    store_close(b->store);
    arena_free(b->cx.arena);
    own_store_end(&b->own);
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
