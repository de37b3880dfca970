/* Entries that go over the tape: seen at once, in the tree once, whatever fails between tape and tables. */
#include "fixture.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct tape *take(struct fixture *f)
{
    struct tape *t = NULL;

    WITHIN(f)
        GOOD(ledger_tape_open(&f->cx, SHARD, &t));
    return t;
}

static void tell(struct fixture *f, struct tape *t, const int64_t *persons, size_t count)
{
    struct ledger_entry *list = ARENA_ARRAY(f->cx.arena, struct ledger_entry, count);

    for (size_t i = 0; i < count; i++)
        list[i] = entry_about(persons[i], 1);
    GOOD(ledger_tape_add(f->cx.arena, t, list, count));
}

static void store_once(struct fixture *f)
{
    WITHIN(f)
        GOOD(ledger_tape_store(&f->cx, SHARD));
}

/* How often the person is met, by both ways of reading. */
static size_t met(struct fixture *f, int64_t person)
{
    struct ledger_record *list;
    size_t count, latest, of_latest = 0;

    WITHIN(f) {
        GOOD(ledger_latest(&f->cx, SHARD, 1000, &list, &latest));
        for (size_t i = 0; i < latest; i++)
            of_latest += list[i].entry.person.v == person;
        GOOD(ledger_by_person(&f->cx, &(struct ledger_person_query){ SHARD, { person }, 0, 1000 }, &list, &count));
    }
    assert_int_equal(count, of_latest);
    return count;
}

static void leave(struct fixture *f, struct tape *t)
{
    store_once(f);
    store_once(f); /* sees that the first one has committed */
    tape_close(t);
}

static void seen_on_each_step_of_the_way(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct tape *t = take(f);

    tell(f, t, (int64_t[]){ 7, 8, 7 }, 3);
    append_about(f, (int64_t[]){ 7, 9 }, 2);
    assert_int_equal(met(f, 7), 3);
    assert_int_equal(audit(f, STR("")).pending, 5);
    store_once(f);
    assert_int_equal(met(f, 7), 3);
    tell(f, t, (int64_t[]){ 7 }, 1);
    assert_int_equal(met(f, 7), 4);
    assert_int_equal(sequence_once(f), 5);
    assert_int_equal(met(f, 7), 4);
    store_once(f);
    assert_int_equal(sequence_once(f), 1);
    assert_int_equal(met(f, 7), 4);
    leave(f, t);
    struct ledger_report r = audit(f, STR(""));
    assert_true(r.fault == LEDGER_SOUND && r.size == 6 && r.pending == 0);
}

/* The store fails at each call between tape and tables in turn; every entry is met once before and after. */
static void any_call_may_fail(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct tape *t = take(f);
    size_t told = 0;

    for (int64_t nth = 1;; nth++) {
        tell(f, t, (int64_t[]){ 5, 6 }, 2);
        told++;
        store_fault_set(nth, STORE_FAULT_ERROR);
        int64_t before = store_calls();
        status st = tx_begin(f->db, &f->cx.tx);
        if (status_ok(st)) {
            st = ledger_tape_store(&f->cx, SHARD);
            status end = OK;
            if (status_ok(st))
                end = tx_commit(f->cx.tx);
            else
                tx_rollback(f->cx.tx);
            st = status_ok(st) ? end : st;
        }
        int64_t calls = store_calls() - before;
        store_fault_set(0, STORE_FAULT_ERROR);
        assert_int_equal(met(f, 5), told);
        if (status_ok(st) && calls < nth)
            break;
    }
    assert_true(told > 4);
    leave(f, t);
    assert_int_equal(sequence_once(f), 2 * (int64_t)told);
    assert_int_equal(met(f, 6), told);
}

/* The process ends between tape and tables: what is there twice is taken once, what is only on the tape is not lost. */
static void the_next_owner_takes_over(void **state)
{
    struct fixture *f = fixture_ready(state);
    char path[160], kept[160];

    snprintf(path, sizeof path, "%s/t.db-tape", f->own.folder.path);
    snprintf(kept, sizeof kept, "%s/kept", f->own.folder.path);
    for (int round = 1; round <= 3; round++) {
        struct tape *t = take(f);
        tell(f, t, (int64_t[]){ 3 }, 1);
        if (round != 2)
            store_once(f); /* committed, and never said to be settled */
        if (round != 3)
            tell(f, t, (int64_t[]){ 4 }, 1);
        assert_int_equal(link(path, kept), 0);
        tape_close(t);
        assert_int_equal(rename(kept, path), 0);
        unlink(kept);
        t = take(f);
        assert_int_equal(met(f, 3), round);
        assert_int_equal(met(f, 4), round < 3 ? round : 2);
        leave(f, t);
        assert_int_equal(met(f, 3), round);
    }
    assert_int_equal(sequence_once(f), 5);
}

static void a_change_is_refused(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct tape *t = take(f);
    struct ledger_entry e = entry_about(1, 5);

    assert_int_equal(e.kind, LEDGER_CHANGE);
    BAD(ledger_tape_add(f->cx.arena, t, &e, 1), INTERNAL);
    tape_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SQLITE_ONLY(seen_on_each_step_of_the_way),
        SQLITE_ONLY(any_call_may_fail),
        SQLITE_ONLY(the_next_owner_takes_over),
        SQLITE_ONLY(a_change_is_refused),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
