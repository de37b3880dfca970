/* Faults: every call of a small workload fails once, in each way, on both engines; after it the data is either before
 * or after the command that was hit, never between, and what was acknowledged is there. Also a real full disk and a
 * real kill. */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "store/engine.h"

#define COMMANDS 3

static char digests[COMMANDS + 1][65]; /* after the first k commands, the same on both engines */

static status command_in(struct ctx *cx, int64_t k)
{
    struct probe_person_add_params list[3];
    struct probe_person p;
    bool found;

    for (int64_t i = 0; i < 3; i++)
        list[i] = probe_person_make(k * 10 + i);
    TRY(probe_person_add_bulk(cx, list, 3));
    TRY(tx_mark(cx->tx));
    TRY(probe_claim_take(cx, k, k, NULL));
    TRY(tx_keep(cx->tx));
    TRY(probe_person_by_id(cx, 3, k * 10, &p, &found));
    TRY(tx_mark(cx->tx));
    TRY(probe_phone_add(cx, 3, k * 10, 1, STR("0900000000"), NULL));
    return k % 2 == 0 ? tx_keep(cx->tx) : tx_undo(cx->tx);
}

static status command(struct bench *b, int64_t k)
{
    TRY(tx_begin(b->db, &b->cx.tx));
    status st = command_in(&b->cx, k);
    if (!status_ok(st)) {
        tx_rollback(b->cx.tx);
        return st;
    }
    return tx_commit(b->cx.tx);
}

/* Runs the commands until one fails; how many were acknowledged. */
static int run(struct bench *b, status *ret)
{
    int done = 0;

    *ret = OK;
    while (done < COMMANDS && status_ok(*ret)) {
        *ret = command(b, done + 1);
        done += status_ok(*ret);
    }
    return done;
}

static void learn_digests(struct bench *b)
{
    status st;

    GOOD(store_digest(b->store, STR(""), digests[0]));
    for (int k = 1; k <= COMMANDS; k++) {
        GOOD(command(b, k));
        GOOD(store_digest(b->store, STR(""), digests[k]));
        assert_string_not_equal(digests[k], digests[k - 1]);
    }
    bench_anew(b);
    int64_t before = store_calls();
    assert_int_equal(run(b, &st), COMMANDS);
    assert_true(store_calls() - before > COMMANDS * 8);
    bench_anew(b);
}

static bool stands_at(struct bench *b, int k)
{
    char hex[65];

    GOOD(store_digest(b->store, STR(""), hex));
    return k <= COMMANDS && str_eq(str_of(hex), str_of(digests[k]));
}

static void each_call_fails(void **state, enum store_fault kind, enum error_code code)
{
    struct bench *b = bench_ready(state);
    status st = FAIL(INTERNAL);

    learn_digests(b);
    for (int64_t n = 1; !status_ok(st); n++) {
        store_fault_set(n, kind);
        int done = run(b, &st);
        store_fault_set(0, kind);
        if (status_ok(st) && done == COMMANDS && n > 1)
            break;
        assert_int_equal(st.code, code);
        assert_true(stands_at(b, kind == STORE_FAULT_UNKNOWN_COMMIT ? done + 1 : done));
        /* The connection serves on: what is missing can be done now. */
        for (int k = kind == STORE_FAULT_UNKNOWN_COMMIT ? done + 2 : done + 1; k <= COMMANDS; k++)
            GOOD(command(b, k));
        assert_true(stands_at(b, COMMANDS));
        bench_anew(b);
    }
}

static void an_error_at_each_call(void **state)
{
    each_call_fails(state, STORE_FAULT_ERROR, ERR_FAULT_INJECTED);
}

static void a_full_disk_at_each_call(void **state)
{
    each_call_fails(state, STORE_FAULT_FULL, ERR_DISK_FULL);
}

static void a_lost_answer_at_each_commit(void **state)
{
    each_call_fails(state, STORE_FAULT_UNKNOWN_COMMIT, ERR_STORE_GONE);
}

/* The child is killed at its n-th call and has told through a pipe what it had acknowledged. */
static int killed_at(struct bench *b, int64_t n, bool *ret_killed)
{
    int ends[2], result = 0;
    char told[COMMANDS];

    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        struct bench own = *b; /* its own connection: one must not cross a fork */
        if (!status_ok(store_open(str_of(b->own.url), &own.store)) || !status_ok(db_open(own.store, DB_WRITE, &own.db)))
            _exit(3);
        store_fault_set(n, STORE_FAULT_KILL);
        for (int k = 1; k <= COMMANDS && status_ok(command(&own, k)); k++)
            if (write(ends[1], "x", 1) != 1)
                _exit(4);
        _exit(0);
    }
    (void)close(ends[1]);
    assert_int_equal(waitpid(child, &result, 0), child);
    ssize_t count = read(ends[0], told, sizeof told);
    (void)close(ends[0]);
    *ret_killed = WIFSIGNALED(result) && WTERMSIG(result) == SIGKILL;
    assert_true(*ret_killed || (WIFEXITED(result) && WEXITSTATUS(result) == 0));
    return (int)count;
}

static void a_kill_at_each_call(void **state)
{
    struct bench *b = bench_ready(state);
    bool killed = true;

    learn_digests(b);
    for (int64_t n = 1; killed; n++) {
        db_close(b->db);
        b->db = NULL;
        int done = killed_at(b, n, &killed);
        assert_true(stands_at(b, done) || (killed && stands_at(b, done + 1)));
        GOOD(db_open(b->store, DB_WRITE, &b->db));
        bench_anew(b);
    }
}

/* SQLite's own SQLITE_FULL, by a limit on the pages of the file. */
static void a_full_file_refuses_and_goes_on(void **state)
{
    struct bench *b = bench_ready(state);

    GOOD(probe_people_add(b, 1, 100));
    GOOD(db_idle(b->db));
    GOOD(engine_sqlite.run(b->db, "PRAGMA max_page_count=20"));
    BAD(probe_people_add(b, 1000, 5000), DISK_FULL);
    GOOD(engine_sqlite.run(b->db, "PRAGMA max_page_count=1000000"));
    GOOD(probe_people_add(b, 1000, 5000));
}

/* The server ends our connection (called by our schema, see own_store.c): the command is told so, the next one has a new connection. */
static void a_lost_connection_is_made_anew(void **state)
{
    struct bench *b = bench_ready(state);
    struct db *second;

    GOOD(command(b, 1));
    GOOD(db_open(b->store, DB_WRITE, &second));
    GOOD(engine_postgresql.run(second, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND application_name = current_schema"));
    db_close(second);
    BAD(command(b, 2), STORE_GONE);
    GOOD(command(b, 2));
}

/* Several programs that start at once migrate one empty database: all find it migrated. */
static void four_migrate_at_once(void **state)
{
    struct bench *b = bench_ready(state);
    static const struct migration list[] = {
        { "race", 1, "make_a", "CREATE TABLE race_a (a INTEGER NOT NULL PRIMARY KEY) STRICT", "CREATE TABLE race_a (a INTEGER NOT NULL PRIMARY KEY)" },
        { "race", 2, "make_b", "CREATE TABLE race_b (a INTEGER NOT NULL PRIMARY KEY) STRICT", "CREATE TABLE race_b (a INTEGER NOT NULL PRIMARY KEY)" },
        { "race", 3, "index_a", "CREATE INDEX race_a_a ON race_a (a)", "CREATE INDEX race_a_a ON race_a (a)" },
    };
    const struct migration_set set = { list, 3 };
    pid_t children[4];
    int result;

    db_close(b->db);
    b->db = NULL;
    for (int i = 0; i < 4; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            struct store *s;
            if (!status_ok(store_open(str_of(b->own.url), &s)))
                _exit(1);
            _exit(status_ok(store_migrate(s, &set, 1)) ? 0 : 2);
        }
    }
    for (int i = 0; i < 4; i++) {
        assert_int_equal(waitpid(children[i], &result, 0), children[i]);
        assert_int_equal(result, 0);
    }
    GOOD(store_migrate(b->store, &set, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EVERYWHERE(an_error_at_each_call),
        EVERYWHERE(a_full_disk_at_each_call),
        EVERYWHERE(a_lost_answer_at_each_commit),
        EVERYWHERE(a_kill_at_each_call),
        EVERYWHERE(four_migrate_at_once),
        SQLITE_ONLY(a_full_file_refuses_and_goes_on),
        POSTGRESQL_ONLY(a_lost_connection_is_made_anew),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
