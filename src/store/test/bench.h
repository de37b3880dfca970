/* An empty database of either engine for one test case, and people to put into it. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "probe_sql.h"
#include "store/test/own_store.h"

#define GOOD(call) assert_int_equal((call).code, ERR_OK)
#define BAD(call, name) assert_int_equal((call).code, ERR_##name)

struct bench {
    struct own_store own;
    struct store *store;
    struct db *db;
    struct ctx cx;
};

int bench_sqlite(void **state); /* setups */
int bench_postgresql(void **state);
int bench_end(void **state);
struct bench *bench_ready(void **state); /* or SKIP */
void bench_anew(struct bench *b);        /* an empty database again */

struct probe_person_add_params probe_person_make(int64_t id);
STATUS probe_people_add(struct bench *b, int64_t first, int64_t count); /* in a transaction of its own */

#define EVERYWHERE(f) { #f " (sqlite)", f, bench_sqlite, bench_end, NULL }, { #f " (postgresql)", f, bench_postgresql, bench_end, NULL }
#define SQLITE_ONLY(f) { #f " (sqlite)", f, bench_sqlite, bench_end, NULL }
#define POSTGRESQL_ONLY(f) { #f " (postgresql)", f, bench_postgresql, bench_end, NULL }
