/* The face of the store, the same cases on both engines. Every case begins with an empty database. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"

static int64_t people(struct bench *b)
{
    struct probe_count_row row;
    bool found;

    GOOD(tx_begin(b->db, &b->cx.tx));
    GOOD(probe_count(&b->cx, 3, &row, &found));
    tx_rollback(b->cx.tx);
    return row.people;
}

static void round_trip(void **state)
{
    struct bench *b = bench_ready(state);
    struct probe_person p;
    bool found;

    for (int64_t id = 1; id <= 3; id++) {
        struct probe_person_add_params want = probe_person_make(id == 3 ? INT64_MAX : id == 2 ? INT64_MIN : id);
        want.name = id == 2 ? STR("") : want.name;
        want.photo = id == 3 ? (str){ 0 } : want.photo;
        want.version = id == 3 ? INT32_MIN : INT32_MAX;
        want.weight = id == 3 ? -1e300 : 0.1;
        want.birth = 20000101;
        GOOD(tx_begin(b->db, &b->cx.tx));
        GOOD(probe_person_add(&b->cx, &want, NULL));
        GOOD(tx_commit(b->cx.tx));
        GOOD(tx_begin(b->db, &b->cx.tx));
        GOOD(probe_person_by_id(&b->cx, 3, want.id, &p, &found));
        tx_rollback(b->cx.tx);
        assert_true(found);
        assert_true(p.id == want.id && p.version == want.version && p.weight == want.weight && p.alive == want.alive);
        assert_true(str_eq(p.name, want.name) && str_eq(p.photo, want.photo) && p.birth == want.birth);
    }
}

static void absent_row_is_not_found(void **state)
{
    struct bench *b = bench_ready(state);
    struct probe_person p = { .id = 9 };
    bool found = true;

    GOOD(tx_begin(b->db, &b->cx.tx));
    GOOD(probe_person_by_id(&b->cx, 3, 5, &p, &found));
    assert_false(found);
    assert_int_equal(p.id, 0);
    GOOD(tx_commit(b->cx.tx));
}

static void bulk_of_many_sizes(void **state)
{
    struct bench *b = bench_ready(state);
    const int64_t sizes[] = { 0, 1, 63, 64, 65, 499, 501, 3000 };
    int64_t total = 0;

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        GOOD(probe_people_add(b, total + 1, sizes[i]));
        total += sizes[i];
        assert_int_equal(people(b), total);
    }
}

static void bulk_with_a_double_keeps_nothing(void **state)
{
    struct bench *b = bench_ready(state);

    GOOD(probe_people_add(b, 900, 1));
    BAD(probe_people_add(b, 890, 20), ROW_EXISTS);
    BAD(probe_people_add(b, 1, 1000), ROW_EXISTS);
    assert_int_equal(people(b), 1);
    GOOD(probe_people_add(b, 1, 899));
    assert_int_equal(people(b), 900);
}

static void bulk_with_on_conflict(void **state)
{
    struct bench *b = bench_ready(state);
    struct probe_claim_keep_params list[700];
    struct probe_claim_of_row row;
    struct probe_claim_sum_row sum;
    bool found;

    for (int round = 1; round <= 2; round++) {
        for (int i = 0; i < 700; i++)
            list[i] = (struct probe_claim_keep_params){ .number = i, .person = i * round };
        GOOD(tx_begin(b->db, &b->cx.tx));
        GOOD(probe_claim_keep_bulk(&b->cx, list, 700));
        GOOD(tx_commit(b->cx.tx));
    }
    GOOD(tx_begin(b->db, &b->cx.tx));
    GOOD(probe_claim_of(&b->cx, 699, &row, &found));
    GOOD(probe_claim_sum(&b->cx, &sum, &found));
    GOOD(tx_commit(b->cx.tx));
    assert_int_equal(row.person, 1398);
    assert_int_equal(sum.claims, 700);
    assert_int_equal(sum.total, 699 * 700);
}

/* PostgreSQL gives the sum and the mean of a BIGINT as NUMERIC. */
static void sums_of_every_size(void **state)
{
    struct bench *b = bench_ready(state);
    static const int64_t numbers[] = { 0, 1, -1, 9999, 10000, 10001, -99999999, 100000000, 1234567890123456, -1000000000000000, INT64_MAX / 4 };
    struct probe_claim_sum_row sum;
    int64_t total = 0;
    bool found;

    GOOD(tx_begin(b->db, &b->cx.tx));
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        GOOD(probe_claim_take(&b->cx, (int64_t)i, numbers[i], NULL));
        GOOD(probe_claim_sum(&b->cx, &sum, &found));
        total += numbers[i];
        double mean = (double)total / (double)(i + 1), off = sum.mean > mean ? sum.mean - mean : mean - sum.mean;
        assert_int_equal(sum.total, total);
        assert_true(off <= 1e-9 * (mean < 0 ? 1 - mean : 1 + mean));
    }
    GOOD(tx_commit(b->cx.tx));
}

static void a_page_is_ordered_and_bounded(void **state)
{
    struct bench *b = bench_ready(state);
    struct probe_person *rows;
    size_t count;

    GOOD(probe_people_add(b, 1, 50));
    GOOD(tx_begin(b->db, &b->cx.tx));
    GOOD(probe_person_page(&b->cx, 3, 10, 20, &rows, &count));
    assert_int_equal(count, 20);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(rows[i].id, 11 + (int64_t)i);
    GOOD(probe_person_page(&b->cx, 4, 0, 20, &rows, &count));
    assert_int_equal(count, 0);
    GOOD(tx_commit(b->cx.tx));
}

/* Streams more rows than one fetch holds, and asks other things while it does. */
static void each_streams_and_nests(void **state)
{
    struct bench *b = bench_ready(state);
    struct probe_person_born_cursor outer, inner;
    struct probe_person_born_row row, other;
    struct probe_person p;
    int64_t seen = 0, last = 0;
    bool more, found;

    GOOD(probe_people_add(b, 1, 2500));
    GOOD(tx_begin(b->db, &b->cx.tx));
    GOOD(probe_person_born_each(&b->cx, 3, 0, 99999999, &outer));
    for (GOOD(probe_person_born_next(&outer, &row, &more)); more; GOOD(probe_person_born_next(&outer, &row, &more))) {
        assert_true(row.birth >= last && str_eq(row.name_key, STR("nguyen thi thu")));
        last = row.birth;
        if (++seen % 500 != 0)
            continue;
        GOOD(probe_person_born_each(&b->cx, 3, row.birth, row.birth, &inner));
        GOOD(probe_person_born_next(&inner, &other, &more));
        assert_true(more && other.birth == row.birth);
        probe_person_born_done(&inner);
        GOOD(probe_person_by_id(&b->cx, 3, row.id, &p, &found));
        assert_true(found && p.birth == row.birth);
    }
    probe_person_born_done(&outer);
    probe_person_born_done(&outer);
    assert_int_equal(seen, 2500);
    GOOD(tx_commit(b->cx.tx));
}

static void aggregates_and_empty_ones(void **state)
{
    struct bench *b = bench_ready(state);
    struct probe_count_row row;
    bool found;

    GOOD(tx_begin(b->db, &b->cx.tx));
    GOOD(probe_count(&b->cx, 3, &row, &found));
    assert_true(found && row.people == 0 && row.oldest == 0 && row.sum_of_versions == 0 && row.mean == 0);
    GOOD(tx_commit(b->cx.tx));
    GOOD(probe_people_add(b, 1, 3));
    GOOD(tx_begin(b->db, &b->cx.tx));
    GOOD(probe_count(&b->cx, 3, &row, &found));
    assert_true(row.people == 3 && row.oldest == 19510000 && row.sum_of_versions == 3 && row.mean == 1.0);
    GOOD(tx_commit(b->cx.tx));
}

static void an_outer_join_reads_null_as_nothing(void **state)
{
    struct bench *b = bench_ready(state);
    struct probe_person_phone_row *rows;
    size_t count;

    GOOD(probe_people_add(b, 1, 1));
    GOOD(tx_begin(b->db, &b->cx.tx));
    GOOD(probe_person_phone(&b->cx, 3, 1, &rows, &count));
    assert_true(count == 1 && rows[0].place == 0 && rows[0].phone.len == 0);
    GOOD(probe_phone_add(&b->cx, 3, 1, 2, STR("0900000002"), NULL));
    GOOD(probe_phone_add(&b->cx, 3, 1, 1, STR("0900000001"), NULL));
    GOOD(probe_person_phone(&b->cx, 3, 1, &rows, &count));
    assert_true(count == 2 && str_eq(rows[0].phone, STR("0900000001")) && rows[1].place == 2);
    GOOD(tx_commit(b->cx.tx));
}

static void compare_and_set(void **state)
{
    struct bench *b = bench_ready(state);
    struct probe_person_rename_params p = { .shard = 3, .id = 1, .expected = 1, .name = STR("Mới"), .name_key = STR("moi") };
    struct probe_person_next_version_row next;
    int64_t changed = -1;
    bool found;

    GOOD(probe_people_add(b, 1, 1));
    GOOD(tx_begin(b->db, &b->cx.tx));
    GOOD(probe_person_rename(&b->cx, &p, &changed));
    assert_int_equal(changed, 1);
    GOOD(probe_person_rename(&b->cx, &p, &changed));
    assert_int_equal(changed, 0);
    GOOD(probe_person_next_version(&b->cx, 3, 1, &next, &found));
    assert_true(found && next.version == 3);
    GOOD(probe_person_next_version(&b->cx, 3, 2, &next, &found));
    assert_false(found);
    GOOD(tx_commit(b->cx.tx));
}

static void a_second_row_is_a_fault(void **state)
{
    struct bench *b = bench_ready(state);
    struct probe_born_to_many_row row;
    bool found;

    GOOD(probe_people_add(b, 1, 2));
    GOOD(tx_begin(b->db, &b->cx.tx));
    BAD(probe_born_to_many(&b->cx, 3, 1, 2, &row, &found), INTERNAL);
    tx_rollback(b->cx.tx);
}

static void rollback_keeps_nothing(void **state)
{
    struct bench *b = bench_ready(state);
    struct probe_person_add_params p = probe_person_make(1);

    GOOD(tx_begin(b->db, &b->cx.tx));
    GOOD(probe_person_add(&b->cx, &p, NULL));
    tx_rollback(b->cx.tx);
    tx_rollback(b->cx.tx);
    tx_rollback(NULL);
    assert_int_equal(people(b), 0);
}

/* A failed call poisons the transaction alike on both engines. */
static void a_failed_transaction_stays_failed(void **state)
{
    struct bench *b = bench_ready(state);
    struct probe_claim_of_row row;
    bool found;

    GOOD(tx_begin(b->db, &b->cx.tx));
    GOOD(probe_claim_take(&b->cx, 1, 1, NULL));
    BAD(probe_claim_take(&b->cx, 1, 2, NULL), ROW_EXISTS);
    BAD(probe_claim_of(&b->cx, 1, &row, &found), INTERNAL);
    BAD(tx_commit(b->cx.tx), INTERNAL);
    GOOD(tx_begin(b->db, &b->cx.tx));
    GOOD(probe_claim_of(&b->cx, 1, &row, &found));
    assert_false(found);
    GOOD(tx_commit(b->cx.tx));
}

/* A group of commands, some of which fail: each is either whole or absent. */
static void marks_undo_one_command(void **state)
{
    struct bench *b = bench_ready(state);
    struct probe_claim_of_row row;
    bool found;

    GOOD(tx_begin(b->db, &b->cx.tx));
    for (int64_t i = 0; i < 20; i++) {
        GOOD(tx_mark(b->cx.tx));
        GOOD(probe_claim_take(&b->cx, i, i, NULL));
        if (i % 3 == 0) {
            BAD(probe_claim_take(&b->cx, i, i, NULL), ROW_EXISTS);
            GOOD(tx_undo(b->cx.tx));
        } else if (i % 3 == 1) {
            GOOD(tx_undo(b->cx.tx));
        } else {
            GOOD(tx_keep(b->cx.tx));
        }
    }
    GOOD(tx_mark(b->cx.tx));
    GOOD(tx_undo(b->cx.tx));
    GOOD(tx_mark(b->cx.tx));
    GOOD(tx_keep(b->cx.tx));
    GOOD(tx_commit(b->cx.tx));
    GOOD(tx_begin(b->db, &b->cx.tx));
    for (int64_t i = 0; i < 20; i++) {
        GOOD(probe_claim_of(&b->cx, i, &row, &found));
        assert_int_equal(found, i % 3 == 2);
    }
    GOOD(tx_commit(b->cx.tx));
}

static void a_reader_refuses_to_write_and_keeps_its_snapshot(void **state)
{
    struct bench *b = bench_ready(state);
    struct db *reader;
    struct ctx cx = { .arena = b->cx.arena };
    struct probe_count_row row;
    bool found;

    GOOD(probe_people_add(b, 1, 1));
    GOOD(db_open(b->store, DB_READ, &reader));
    GOOD(tx_begin(reader, &cx.tx));
    GOOD(probe_count(&cx, 3, &row, &found));
    GOOD(probe_people_add(b, 2, 1));
    GOOD(probe_count(&cx, 3, &row, &found));
    assert_int_equal(row.people, 1);
    BAD(probe_claim_take(&cx, 1, 1, NULL), STORE_READ_ONLY);
    tx_rollback(cx.tx);
    GOOD(tx_begin(reader, &cx.tx));
    GOOD(probe_count(&cx, 3, &row, &found));
    assert_int_equal(row.people, 2);
    GOOD(tx_commit(cx.tx));
    db_close(reader);
}

/* Its memory map is kept over foreign commits and checkpoints, and what it reads is what is there all the same. */
static void a_reader_sees_what_others_commit_and_move(void **state)
{
    struct bench *b = bench_ready(state);
    struct db *reader;
    struct ctx cx = { .arena = b->cx.arena };
    struct probe_person person;
    struct probe_count_row row;
    bool found;

    GOOD(db_open(b->store, DB_READ, &reader));
    for (int64_t round = 0, n = 0; round < 30; round++) {
        GOOD(probe_people_add(b, n + 1, 200));
        n += 200;
        GOOD(tx_begin(b->db, &b->cx.tx));
        const struct probe_person_rename_params p = { 3, 1 + round, 1, STR("Renamed"), STR("renamed") };
        GOOD(probe_person_rename(&b->cx, &p, NULL));
        GOOD(tx_commit(b->cx.tx));
        if (round % 3 == 2)
            GOOD(db_idle(b->db));
        GOOD(tx_begin(reader, &cx.tx));
        GOOD(probe_count(&cx, 3, &row, &found));
        assert_int_equal(row.people, n);
        for (int64_t id = 1; id <= round + 1; id++) {
            GOOD(probe_person_by_id(&cx, 3, id, &person, &found));
            assert_true(found && str_eq(person.name, STR("Renamed")));
        }
        tx_rollback(cx.tx);
    }
    db_close(reader);
}

static void a_foreign_key_holds(void **state)
{
    struct bench *b = bench_ready(state);

    GOOD(tx_begin(b->db, &b->cx.tx));
    BAD(probe_phone_add(&b->cx, 3, 77, 1, STR("0900000001"), NULL), INTERNAL);
    tx_rollback(b->cx.tx);
}

static void every_query_prepares(void **state)
{
    struct bench *b = bench_ready(state);
    static int slot;
    static const struct query wrong = { .name = "wrong", .sqlite = "SELECT nothing FROM nowhere", .postgresql = "SELECT nothing FROM nowhere", .param_types = "", .slot = &slot };
    static const struct query *const list[] = { &wrong };

    GOOD(store_check(b->store, &probe_queries, 1));
    BAD(store_check(b->store, &(struct query_set){ list, 1 }, 1), INTERNAL);
}

static void migrations_run_again_and_refuse_a_newer_database(void **state)
{
    struct bench *b = bench_ready(state);
    struct migration_set older = { probe_migrations.list, probe_migrations.count - 1 };
    struct migration renamed[2];

    GOOD(store_migrate(b->store, &probe_migrations, 1));
    BAD(store_migrate(b->store, &older, 1), SCHEMA_NEWER);
    memcpy(renamed, probe_migrations.list, sizeof renamed);
    renamed[1].name = "something_else";
    BAD(store_migrate(b->store, &(struct migration_set){ renamed, 2 }, 1), SCHEMA_NEWER);
}

/* A migration whose statement fails leaves no trace and can be mended. */
static void a_broken_migration_leaves_nothing(void **state)
{
    struct bench *b = bench_ready(state);
    struct migration list[] = { { "extra", 1, "make", "CREATE TABLE extra (a INTEGER NOT NULL PRIMARY KEY) STRICT", "CREATE TABLE extra (a INTEGER NOT NULL PRIMARY KEY)" },
                                { "extra", 2, "break", "CREATE TABLE extra (", "CREATE TABLE extra (" } };
    struct migration_set set = { list, 2 };

    BAD(store_migrate(b->store, &set, 1), INTERNAL);
    list[1].sqlite = list[1].postgresql = "CREATE INDEX extra_a ON extra (a)";
    GOOD(store_migrate(b->store, &set, 1));
    GOOD(store_migrate(b->store, &set, 1));
}

static void load_mode_restores_the_indexes(void **state)
{
    struct bench *b = bench_ready(state);
    struct store *again;
    struct probe_person_born_cursor c DEFER(probe_person_born_done) = { 0 };
    struct probe_person_born_row row;
    char one[65], two[65];
    bool more;

    GOOD(store_load_begin(b->store));
    GOOD(probe_people_add(b, 1, 2000));
    GOOD(store_load_end(b->store));
    GOOD(store_digest(b->store, STR(""), one));
    GOOD(store_load_begin(b->store));
    /* As after a crash: another process migrates, and finds all indexes back. */
    GOOD(store_open(str_of(b->own.url), &again));
    GOOD(store_migrate(again, &probe_migrations, 1));
    GOOD(store_digest(again, STR(""), two));
    assert_string_equal(one, two);
    store_close(again);
    GOOD(tx_begin(b->db, &b->cx.tx));
    GOOD(probe_person_born_each(&b->cx, 3, 0, 99999999, &c));
    GOOD(probe_person_born_next(&c, &row, &more));
    assert_true(more);
    probe_person_born_done(&c);
    GOOD(tx_commit(b->cx.tx));
}

static void urls(void **state)
{
    struct store *s;

    (void)state;
    BAD(store_open(STR(""), &s), STORE_URL);
    BAD(store_open(STR("sqlite:"), &s), STORE_URL);
    BAD(store_open(STR(":memory:"), &s), STORE_URL);
    BAD(store_open(STR("mysql://x/y"), &s), STORE_URL);
    BAD(store_open(STR("postgresql://host:notaport:1/%zz"), &s), STORE_URL);
    BAD(store_open(STR("postgresql:///x?host=/nonexistent"), &s), STORE_GONE);
    BAD(store_open(STR("/nonexistent/folder/file.db"), &s), IO);
    assert_null(s);
}

static void a_file_that_is_no_database(void **state)
{
    struct bench *b = bench_ready(state);
    char path[160];
    struct store *s;

    (void)snprintf(path, sizeof path, "%s/x.db", b->own.folder.path);
    FILE *f = fopen(path, "w");
    for (int i = 0; i < 1000; i++)
        (void)fputs("this is a letter, not a database\n", f);
    (void)fclose(f);
    BAD(store_open(str_of(path), &s), CORRUPT);
    (void)unlink(path);
}

static void two_writers_exclude_each_other(void **state)
{
    struct bench *b = bench_ready(state);
    struct db *second;
    struct tx *t;

    GOOD(db_open(b->store, DB_WRITE, &second));
    GOOD(tx_begin(b->db, &b->cx.tx));
    BAD(tx_begin(second, &t), STORE_BUSY);
    tx_rollback(b->cx.tx);
    GOOD(tx_begin(second, &t));
    tx_rollback(t);
    db_close(second);
}

static void the_log_moves_into_the_file_when_idle(void **state)
{
    struct bench *b = bench_ready(state);
    int64_t before;

    GOOD(probe_people_add(b, 1, 5000));
    before = store_bytes(b->store);
    GOOD(db_idle(b->db));
    GOOD(probe_people_add(b, 6000, 5000)); /* goes over the log that was moved */
    assert_true(store_bytes(b->store) < before * 2 + before / 2);
    assert_true(str_eq(store_directory(b->store), str_of(b->own.folder.path)));
}

/* Conflicting writers: the later one is told to begin again. */
static void a_conflict_is_busy(void **state)
{
    struct bench *b = bench_ready(state);
    struct ctx other = { .arena = b->cx.arena };
    struct db *second;
    struct probe_person_rename_params p = { .shard = 3, .id = 1, .expected = 1, .name = STR("Một"), .name_key = STR("mot") };
    struct probe_person q;
    bool found;

    GOOD(probe_people_add(b, 1, 1));
    GOOD(db_open(b->store, DB_WRITE, &second));
    GOOD(tx_begin(second, &other.tx));
    GOOD(probe_person_by_id(&other, 3, 1, &q, &found));
    GOOD(tx_begin(b->db, &b->cx.tx));
    GOOD(probe_person_rename(&b->cx, &p, NULL));
    GOOD(tx_commit(b->cx.tx));
    BAD(probe_person_rename(&other, &p, NULL), STORE_BUSY);
    tx_rollback(other.tx);
    db_close(second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EVERYWHERE(round_trip),
        EVERYWHERE(absent_row_is_not_found),
        EVERYWHERE(bulk_of_many_sizes),
        EVERYWHERE(bulk_with_a_double_keeps_nothing),
        EVERYWHERE(bulk_with_on_conflict),
        EVERYWHERE(sums_of_every_size),
        EVERYWHERE(a_page_is_ordered_and_bounded),
        EVERYWHERE(each_streams_and_nests),
        EVERYWHERE(aggregates_and_empty_ones),
        EVERYWHERE(an_outer_join_reads_null_as_nothing),
        EVERYWHERE(compare_and_set),
        EVERYWHERE(a_second_row_is_a_fault),
        EVERYWHERE(rollback_keeps_nothing),
        EVERYWHERE(a_failed_transaction_stays_failed),
        EVERYWHERE(marks_undo_one_command),
        EVERYWHERE(a_reader_refuses_to_write_and_keeps_its_snapshot),
        EVERYWHERE(a_reader_sees_what_others_commit_and_move),
        EVERYWHERE(a_foreign_key_holds),
        EVERYWHERE(every_query_prepares),
        EVERYWHERE(migrations_run_again_and_refuse_a_newer_database),
        EVERYWHERE(a_broken_migration_leaves_nothing),
        EVERYWHERE(load_mode_restores_the_indexes),
        cmocka_unit_test(urls),
        SQLITE_ONLY(a_file_that_is_no_database),
        SQLITE_ONLY(two_writers_exclude_each_other),
        SQLITE_ONLY(the_log_moves_into_the_file_when_idle),
        POSTGRESQL_ONLY(a_conflict_is_busy),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
