/* SQLite always; PostgreSQL where DANCU_TEST_PG names a throw-away server (tests/pg-run), else its cases say SKIP. The
 * clock stands at noon of 20 November 2026 until a case moves it.
 * tested by: src/ledger/test/ledger_test.c */
#include "fixture.h"
#include <stdlib.h>

struct ledger *fixture_ledger(struct fixture *f, size_t index_run_min)
{
    struct ledger_options o = { .shard = SHARD, .origin = STR(ORIGIN), .key = f->key, .index_run_min = index_run_min };
    struct ledger *l;

    GOOD(ledger_open(&o, &l));
    return l;
}

static void open_all(struct fixture *f)
{
    static const uint8_t seed[SIGN_SEED_BYTES] = { 7 };
    int64_t noon_us;

    assert_true(clock_parse(STR("2026-11-20T05:00:00Z"), &noon_us));
    clock_set_us(noon_us);
    GOOD(store_open(str_of(f->own.url), &f->store));
    GOOD(store_migrate(f->store, &ledger_migrations, 1));
    GOOD(db_open(f->store, DB_WRITE, &f->db));
    f->cx.arena = arena_new((size_t)256 << 20);
    rng_seed(&f->rng, 1, 0);
    sign_key_of_seed(seed, &f->key);
    f->ledger = fixture_ledger(f, 50);
}

int fixture_sqlite(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    assert_non_null(f);
    *state = f;
    assert_true(own_store_sqlite(&f->own));
    open_all(f);
    return 0;
}

int fixture_postgresql(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    assert_non_null(f);
    *state = f;
    if (!own_store_postgresql(&f->own))
        return 0;
    open_all(f);
    return 0;
}

int fixture_end(void **state)
{
    struct fixture *f = *state;

    store_fault_set(0, STORE_FAULT_ERROR);
    clock_release();
    if (f->store != NULL) {
        ledger_close(f->ledger);
        db_close(f->db);
        store_close(f->store);
        arena_free(f->cx.arena);
    }
    own_store_end(&f->own);
    free(f);
    return 0;
}

struct fixture *fixture_ready(void **state)
{
    struct fixture *f = *state;

    if (f->store == NULL)
        skip();
    return f;
}

void fixture_commit(struct fixture *f)
{
    GOOD(tx_commit(f->cx.tx));
}

struct ledger_entry entry_about(int64_t person, int64_t n)
{
    return (struct ledger_entry){
        .shard = SHARD,
        .kind = n % 5 == 0 ? LEDGER_CHANGE : LEDGER_DISCLOSURE,
        .time_us = clock_now_us(),
        .operation = STR("person.verify"),
        .account.v = 100 + n % 7,
        .organisation = STR("H08.12"),
        .roles = ROLE_SYSTEM,
        .unit.v = 26734,
        .purpose_kind = n % 3 == 0 ? STR("agreement") : STR("task"),
        .purpose_reference = n % 2 == 0 ? STR("TT-2026-014") : STR("TT-2026-015"),
        .person.v = person,
        .fields = (uint64_t)n,
        .request_id = (uint64_t)n,
    };
}

void append_about(struct fixture *f, const int64_t *persons, size_t count)
{
    static int64_t n;
    struct ledger_entry *list = ARENA_ARRAY(f->cx.arena, struct ledger_entry, count);

    for (size_t i = 0; i < count; i++)
        list[i] = entry_about(persons[i], n++);
    WITHIN(f)
        GOOD(ledger_append(&f->cx, list, count));
}

void append_some(struct fixture *f, size_t count)
{
    int64_t *persons = ARENA_ARRAY(f->cx.arena, int64_t, count);

    for (size_t i = 0; i < count; i++)
        persons[i] = 1 + rng_below(&f->rng, 20);
    append_about(f, persons, count);
}

int64_t sequence_once(struct fixture *f)
{
    int64_t sequenced = -1;

    WITHIN(f)
        GOOD(ledger_sequence(&f->cx, f->ledger, &sequenced));
    return sequenced;
}

struct ledger_report audit(struct fixture *f, str kept)
{
    struct ledger_audit order = { .shard = SHARD, .origin = STR(ORIGIN), .kept = kept };
    struct ledger_report r;

    for (int i = 0; i < SIGN_PUBLIC_BYTES; i++)
        order.public_key[i] = f->key.public_key[i];
    WITHIN(f)
        GOOD(ledger_verify(&f->cx, &order, &r));
    return r;
}

struct ledger_checkpoint last_checkpoint(struct fixture *f)
{
    struct ledger_checkpoint c;

    WITHIN(f)
        GOOD(ledger_checkpoint_last(&f->cx, SHARD, &c));
    return c;
}
