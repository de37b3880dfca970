/* An empty log in an empty database of either engine for one test case, and entries to put into it. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "store/test/own_store.h"
#include "ledger/inside.h"
#include "tamper_sql.h"

#define GOOD(call) assert_int_equal((call).code, ERR_OK)
#define BAD(call, name) assert_int_equal((call).code, ERR_##name)
#define ORIGIN "test.example/log"
enum { SHARD = 4 };

struct fixture {
    struct own_store own;
    struct store *store;
    struct db *db;
    struct ctx cx;
    struct ledger *ledger;
    struct sign_key key;
    struct rng rng;
};

int fixture_sqlite(void **state); /* setups */
int fixture_postgresql(void **state);
int fixture_end(void **state);
struct fixture *fixture_ready(void **state); /* or SKIP */
struct ledger *fixture_ledger(struct fixture *f, size_t index_run_min);

/* Everything below begins and ends a transaction of its own. */
struct ledger_entry entry_about(int64_t person, int64_t n);
void append_about(struct fixture *f, const int64_t *persons, size_t count);
void append_some(struct fixture *f, size_t count); /* random people 1 … 20 */
int64_t sequence_once(struct fixture *f);
struct ledger_report audit(struct fixture *f, str kept);
struct ledger_checkpoint last_checkpoint(struct fixture *f);

#define WITHIN(f)                                                                                                      \
    for (bool once_ = (tx_begin((f)->db, &(f)->cx.tx).code == ERR_OK); once_; once_ = false, fixture_commit(f))
void fixture_commit(struct fixture *f);

#define EVERYWHERE(t) { #t " (sqlite)", t, fixture_sqlite, fixture_end, NULL }, { #t " (postgresql)", t, fixture_postgresql, fixture_end, NULL }
#define SQLITE_ONLY(t) { #t " (sqlite)", t, fixture_sqlite, fixture_end, NULL }
#define POSTGRESQL_ONLY(t) { #t " (postgresql)", t, fixture_postgresql, fixture_end, NULL }
