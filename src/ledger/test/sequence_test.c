/* The sequencer: order under concurrent writers, one holder at a time, faults at every call, and every tree that it must
 * refuse to sign. Both engines. */
#include "fixture.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void step(struct fixture *f, struct ledger *l, int64_t *ret_sequenced)
{
    WITHIN(f)
        GOOD(ledger_sequence(&f->cx, l, ret_sequenced));
}

static void refuses_to_sign(struct fixture *f)
{
    struct ledger_checkpoint before = last_checkpoint(f);
    int64_t sequenced;

    append_some(f, 10);
    GOOD(tx_begin(f->db, &f->cx.tx));
    BAD(ledger_sequence(&f->cx, f->ledger, &sequenced), LEDGER_FORKED);
    tx_rollback(f->cx.tx);
    assert_int_equal(last_checkpoint(f).size, before.size);
}

static void rolled_back_append_leaves_no_gap(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct ledger_entry e = entry_about(1, 1);

    append_some(f, 3);
    GOOD(tx_begin(f->db, &f->cx.tx));
    GOOD(ledger_append(&f->cx, &e, 1));
    tx_rollback(f->cx.tx);
    append_some(f, 4);
    assert_int_equal(sequence_once(f), 7);
    assert_int_equal(sequence_once(f), 0);
    assert_int_equal(audit(f, STR("")).fault, LEDGER_SOUND);
}

/* ---- a second writer, in a thread of its own as in the server */

struct writer {
    struct fixture *f;
    pthread_barrier_t turn;
    int64_t person;
    int rounds;
};

static void write_slowly(struct writer *w)
{
    struct ctx cx = { .arena = arena_new(1 << 22) };
    struct ledger_entry e = entry_about(w->person, 1);
    struct db *d;

    GOOD(db_open(w->f->store, DB_WRITE, &d));
    GOOD(tx_begin(d, &cx.tx));
    GOOD(ledger_append(&cx, &e, 1));
    pthread_barrier_wait(&w->turn); /* it has its number, nobody sees it yet */
    pthread_barrier_wait(&w->turn); /* another has committed and was sequenced */
    GOOD(tx_commit(cx.tx));
    db_close(d);
    arena_free(cx.arena);
}

static void *run_slow_writer(void *with)
{
    write_slowly(with);
    return NULL;
}

static void late_commit_is_not_passed_over(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct writer w = { .f = f, .person = 77 };
    struct ledger_record *list;
    pthread_t thread;
    size_t count;

    assert_int_equal(pthread_barrier_init(&w.turn, NULL, 2), 0);
    assert_int_equal(pthread_create(&thread, NULL, run_slow_writer, &w), 0);
    pthread_barrier_wait(&w.turn);
    append_some(f, 5); /* takes its number later, commits earlier */
    assert_int_equal(sequence_once(f), 5);
    pthread_barrier_wait(&w.turn);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(sequence_once(f), 1);
    WITHIN(f)
        GOOD(ledger_by_person(&f->cx, &(struct ledger_person_query){ SHARD, { 77 }, 0, 10 }, &list, &count));
    assert_int_equal(count, 1);
    assert_int_equal(list[0].index, 5);
    assert_int_equal(audit(f, STR("")).fault, LEDGER_SOUND);
}

static void *run_busy_writer(void *with)
{
    struct writer *w = with;
    struct ctx cx = { .arena = arena_new(1 << 22) };
    struct db *d;

    GOOD(db_open(w->f->store, DB_WRITE, &d));
    for (int i = 0; i < w->rounds; i++) {
        struct ledger_entry e[3] = { entry_about(w->person, i), entry_about(w->person, i), entry_about(w->person, i) };
        GOOD(tx_begin(d, &cx.tx));
        GOOD(ledger_append(&cx, e, 3));
        if (i % 4 == 3)
            tx_rollback(cx.tx);
        else
            GOOD(tx_commit(cx.tx));
    }
    db_close(d);
    arena_free(cx.arena);
    return NULL;
}

static void many_writers_and_a_sequencer(void **state)
{
    enum { WRITERS = 6, ROUNDS = 40 };
    struct fixture *f = fixture_ready(state);
    struct writer w[WRITERS];
    pthread_t thread[WRITERS];
    struct ledger_record *list;
    int64_t total = 0;
    size_t count;

    for (int i = 0; i < WRITERS; i++) {
        w[i] = (struct writer){ .f = f, .person = 100 + i, .rounds = ROUNDS };
        assert_int_equal(pthread_create(&thread[i], NULL, run_busy_writer, &w[i]), 0);
    }
    for (int i = 0; i < 30; i++)
        total += sequence_once(f);
    for (int i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_join(thread[i], NULL), 0);
    for (int64_t n = 1; n > 0; total += n)
        n = sequence_once(f);
    assert_int_equal(total, WRITERS * ROUNDS / 4 * 3 * 3);
    for (int i = 0; i < WRITERS; i++) {
        WITHIN(f)
            GOOD(ledger_by_person(&f->cx, &(struct ledger_person_query){ SHARD, { 100 + i }, 0, 1000 }, &list, &count));
        assert_int_equal(count, ROUNDS / 4 * 3 * 3);
    }
    assert_int_equal(audit(f, STR("")).fault, LEDGER_SOUND);
}

/* ---- the lease */

static void one_holder_at_a_time(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct ledger *other = fixture_ledger(f, 0);
    int64_t n;

    append_some(f, 5);
    assert_int_equal(sequence_once(f), 5);
    append_some(f, 5);
    step(f, other, &n);
    assert_int_equal(n, 0);
    clock_advance_us(9 * 1000000);
    assert_int_equal(sequence_once(f), 5); /* renews */
    append_some(f, 5);
    clock_advance_us(9 * 1000000);
    step(f, other, &n);
    assert_int_equal(n, 0);
    clock_advance_us(2 * 1000000);
    step(f, other, &n);
    assert_int_equal(n, 5);
    append_some(f, 5);
    assert_int_equal(sequence_once(f), 0); /* the first has lost it */
    ledger_close(other);
    assert_int_equal(audit(f, STR("")).fault, LEDGER_SOUND);
}

static void restart_goes_on(void **state)
{
    struct fixture *f = fixture_ready(state);

    for (int i = 0; i < 5; i++) {
        append_some(f, 1 + rng_below(&f->rng, 300));
        (void)sequence_once(f);
        ledger_close(f->ledger);
        f->ledger = fixture_ledger(f, 100);
        clock_advance_us(11 * 1000000);
    }
    struct ledger_report r = audit(f, STR(""));
    assert_int_equal(r.fault, LEDGER_SOUND);
    assert_int_equal(r.pending, 0);
}

/* ---- faults: after the N-th call fails everything is as before, and a second try succeeds */

static bool append_and_sequence(struct fixture *f, bool *ret_appended)
{
    struct ledger_entry list[20];
    int64_t n;

    for (int64_t i = 0; i < 20; i++)
        list[i] = entry_about(1 + i % 5, i);
    *ret_appended = false;
    if (!status_ok(tx_begin(f->db, &f->cx.tx)))
        return false;
    if (!status_ok(ledger_append(&f->cx, list, 20))) {
        tx_rollback(f->cx.tx);
        return false;
    }
    if (!status_ok(tx_commit(f->cx.tx)))
        return false;
    *ret_appended = true;
    if (!status_ok(tx_begin(f->db, &f->cx.tx)))
        return false;
    if (!status_ok(ledger_sequence(&f->cx, f->ledger, &n))) {
        tx_rollback(f->cx.tx);
        return false;
    }
    return status_ok(tx_commit(f->cx.tx));
}

static void fails_whole(struct fixture *f, enum store_fault kind)
{
    int64_t expected;
    int failures = 0;

    append_some(f, 250);
    (void)sequence_once(f);
    expected = last_checkpoint(f).size;
    for (int64_t nth = 1;; nth++) {
        struct ledger_report r;
        bool appended, good;
        store_fault_set(nth, kind);
        good = append_and_sequence(f, &appended);
        store_fault_set(0, kind);
        expected += appended ? 20 : 0;
        r = audit(f, STR(""));
        assert_int_equal(r.fault, LEDGER_SOUND);
        assert_int_equal(r.size + r.pending, expected);
        failures += !good;
        if (good)
            break;
        while (sequence_once(f) > 0)
            ;
        r = audit(f, STR(""));
        assert_true(r.fault == LEDGER_SOUND && r.size == expected && r.pending == 0);
    }
    assert_true(failures > 20);
}

static void any_call_may_fail(void **state)
{
    fails_whole(fixture_ready(state), STORE_FAULT_ERROR);
}
static void disk_may_be_full(void **state)
{
    fails_whole(fixture_ready(state), STORE_FAULT_FULL);
}

/* The commit's answer is lost: the group is there or not, never half; the log goes on from what is there. */
static void answer_of_a_commit_may_be_lost(void **state)
{
    struct fixture *f = fixture_ready(state);
    int64_t least = 250;
    bool good = false;

    append_some(f, 250);
    (void)sequence_once(f);
    for (int64_t nth = 1; !good; nth++) {
        bool appended;
        store_fault_set(nth, STORE_FAULT_UNKNOWN_COMMIT);
        good = append_and_sequence(f, &appended);
        store_fault_set(0, STORE_FAULT_UNKNOWN_COMMIT);
        struct ledger_report r = audit(f, STR(""));
        int64_t there = r.size + r.pending;
        assert_int_equal(r.fault, LEDGER_SOUND);
        assert_true(there == least + 20 || (there == least && !appended));
        least = there;
    }
    while (sequence_once(f) > 0)
        ;
    assert_int_equal(last_checkpoint(f).size, least);
}

/* ---- what is never signed */

static void tampered_tile(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct ledger_tile_get_row tile;
    bool found;

    append_some(f, 100);
    (void)sequence_once(f);
    WITHIN(f) {
        GOOD(ledger_tile_get(&f->cx, SHARD, 0, 0, &tile, &found));
        char *copy = arena_z(f->cx.arena, tile.body);
        copy[1000] ^= 1;
        struct ledger_tile_put_params p = { SHARD, 0, 0, tile.width, { copy, tile.body.len } };
        GOOD(ledger_tile_put(&f->cx, &p, NULL));
    }
    refuses_to_sign(f);
}

static void tile_wider_than_the_tree(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct ledger_tile_get_row tile;
    bool found;

    append_some(f, 100);
    (void)sequence_once(f);
    WITHIN(f) {
        GOOD(ledger_tile_get(&f->cx, SHARD, 0, 0, &tile, &found));
        str wide = arena_join(f->cx.arena, tile.body, str_slice(tile.body, 0, 32));
        struct ledger_tile_put_params p = { SHARD, 0, 0, tile.width + 1, wide };
        GOOD(ledger_tile_put(&f->cx, &p, NULL));
    }
    refuses_to_sign(f);
}

static void older_database_put_back(void **state)
{
    struct fixture *f = fixture_ready(state);
    int64_t changed;

    append_some(f, 10);
    (void)sequence_once(f);
    clock_advance_us(61 * 1000000);
    append_some(f, 10);
    (void)sequence_once(f);
    WITHIN(f)
        GOOD(tamper_drop_checkpoint(&f->cx, SHARD, 20, &changed));
    refuses_to_sign(f);
    WITHIN(f)
        GOOD(tamper_drop_checkpoint(&f->cx, SHARD, 10, &changed));
    GOOD(tx_begin(f->db, &f->cx.tx));
    BAD(ledger_sequence(&f->cx, f->ledger, &changed), LEDGER_FORKED);
    tx_rollback(f->cx.tx);
}

/* The same after a restart: the process forgets, the file does not. */
static void older_database_put_back_over_a_restart(void **state)
{
    struct fixture *f = fixture_ready(state);
    char path[64];
    struct ledger_options o = { .shard = SHARD, .origin = STR(ORIGIN), .key = f->key };
    struct ledger_checkpoint first;

    (void)snprintf(path, sizeof path, "%s/ledger-memory-XXXXXX", P_tmpdir);
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    ledger_close(f->ledger);
    o.memory_path = str_of(path);
    GOOD(ledger_open(&o, &f->ledger));
    append_some(f, 10);
    (void)sequence_once(f);
    first = last_checkpoint(f);
    clock_advance_us(61 * 1000000);
    append_some(f, 10);
    (void)sequence_once(f); /* has seen the first ten committed and remembers them */
    ledger_close(f->ledger);
    GOOD(ledger_open(&o, &f->ledger));
    clock_advance_us(11 * 1000000);
    append_some(f, 10);
    assert_int_equal(sequence_once(f), 10); /* goes on */
    ledger_close(f->ledger);

    /* An empty database in the place of this one, filled with other entries up to more than the old size. */
    void *second_state = NULL;
    assert_int_equal((store_engine(f->store) == STORE_SQLITE ? fixture_sqlite : fixture_postgresql)(&second_state), 0);
    struct fixture *second = second_state;
    append_some(second, 40);
    (void)sequence_once(second);
    ledger_close(second->ledger);
    clock_advance_us(11 * 1000000);
    GOOD(ledger_open(&o, &second->ledger));
    assert_true(second->ledger->seen_size >= first.size);
    refuses_to_sign(second);
    assert_int_equal(fixture_end(&second_state), 0);

    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs("not a note\n", file) >= 0);
    assert_int_equal(fclose(file), 0);
    BAD(ledger_open(&o, &f->ledger), CORRUPT);
    unlink(path);
    f->ledger = fixture_ledger(f, 0);
}

static void checkpoint_of_another_key(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct ledger_checkpoint c;
    struct note_verifier v;
    struct sign_key key;
    struct note n;
    int64_t changed;

    append_some(f, 10);
    (void)sequence_once(f);
    c = last_checkpoint(f);
    sign_key_make(&key);
    GOOD(note_verifier_make(STR(ORIGIN), NOTE_ED25519, key.public_key, &v));
    GOOD(note_parse(c.note, &n));
    str forged = arena_printf(f->cx.arena, "%.*s\n%.*s", STR_ARG(n.text), STR_ARG(note_sign_line(f->cx.arena, &v, &key, n.text)));
    WITHIN(f)
        GOOD(tamper_set_checkpoint(&f->cx, SHARD, c.size, (str){ (const char *)c.root, 32 }, forged, &changed));
    refuses_to_sign(f);
}

static void removed_pending_batch(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct ledger_streams_row *streams;
    int64_t changed;
    size_t count;

    append_some(f, 10);
    (void)sequence_once(f);
    append_some(f, 3);
    append_some(f, 3);
    WITHIN(f) {
        GOOD(ledger_streams(&f->cx, SHARD, &streams, &count));
        assert_int_equal(count, 1);
        GOOD(tamper_drop_batch(&f->cx, SHARD, streams[0].writer, streams[0].taken + 1, &changed));
        assert_int_equal(changed, 1);
    }
    refuses_to_sign(f);
}

/* ---- counts and thinning */

static void counts_become_entries(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct ledger_record record;
    int64_t stated;
    day yesterday = { 20261120 };

    append_some(f, 90);
    GOOD(tx_begin(f->db, &f->cx.tx));
    BAD(ledger_count_day(&f->cx, f->ledger, yesterday, &stated), VALUE_RANGE); /* the day is not over */
    tx_rollback(f->cx.tx);
    clock_advance_us((int64_t)86400 * 1000000);
    append_some(f, 10);
    WITHIN(f)
        GOOD(ledger_count_day(&f->cx, f->ledger, yesterday, &stated));
    assert_int_equal(stated, 2);
    WITHIN(f) {
        GOOD(ledger_entry_at(&f->cx, SHARD, 100, &record));
        assert_int_equal(record.entry.kind, LEDGER_COUNT);
        assert_int_equal(record.entry.count, 15);
        assert_true(str_eq(record.entry.purpose_reference, STR("TT-2026-014")));
        assert_int_equal(day_of_us(record.entry.time_us).ymd, 20261120);
    }
    WITHIN(f)
        GOOD(ledger_count_day(&f->cx, f->ledger, yesterday, &stated));
    assert_int_equal(stated, 0); /* said already */
    struct ledger_report r = audit(f, STR(""));
    assert_true(r.fault == LEDGER_SOUND && r.counts == 2 && r.size == 102);
    assert_int_equal(sequence_once(f), 0);
}

static void rolled_back_count_leaves_the_sequencer_well(void **state)
{
    struct fixture *f = fixture_ready(state);
    int64_t stated;

    append_some(f, 90);
    clock_advance_us((int64_t)86400 * 1000000);
    GOOD(tx_begin(f->db, &f->cx.tx));
    GOOD(ledger_count_day(&f->cx, f->ledger, (day){ 20261120 }, &stated));
    tx_rollback(f->cx.tx);
    assert_int_equal(sequence_once(f), 90);
    assert_int_equal(audit(f, STR("")).fault, LEDGER_SOUND);
}

static void checkpoints_are_thinned(void **state)
{
    struct fixture *f = fixture_ready(state);

    for (int i = 0; i < 50; i++) {
        append_some(f, 3);
        (void)sequence_once(f);
        clock_advance_us(5 * 1000000);
    }
    struct ledger_report r = audit(f, STR(""));
    assert_int_equal(r.fault, LEDGER_SOUND);
    assert_true(r.checkpoints >= 4 && r.checkpoints <= 6);
}

static void large_groups_and_steps(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct ledger_record record;

    append_some(f, 70 * 256 + 3); /* 71 tiles, one of them full at level 0 of 256 only later */
    append_some(f, 49000);
    assert_int_equal(sequence_once(f), 70 * 256 + 3 + 49000);
    append_some(f, 1);
    assert_int_equal(sequence_once(f), 1);
    WITHIN(f)
        GOOD(ledger_entry_at(&f->cx, SHARD, 66923, &record));
    struct ledger_report r = audit(f, STR(""));
    assert_true(r.fault == LEDGER_SOUND && r.size == 66924);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EVERYWHERE(rolled_back_append_leaves_no_gap),
        POSTGRESQL_ONLY(late_commit_is_not_passed_over),
        EVERYWHERE(many_writers_and_a_sequencer),
        EVERYWHERE(one_holder_at_a_time),
        EVERYWHERE(restart_goes_on),
        EVERYWHERE(any_call_may_fail),
        EVERYWHERE(disk_may_be_full),
        EVERYWHERE(answer_of_a_commit_may_be_lost),
        EVERYWHERE(tampered_tile),
        EVERYWHERE(tile_wider_than_the_tree),
        EVERYWHERE(older_database_put_back),
        EVERYWHERE(older_database_put_back_over_a_restart),
        EVERYWHERE(checkpoint_of_another_key),
        EVERYWHERE(removed_pending_batch),
        EVERYWHERE(counts_become_entries),
        EVERYWHERE(rolled_back_count_leaves_the_sequencer_well),
        EVERYWHERE(checkpoints_are_thinned),
        EVERYWHERE(large_groups_and_steps),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
