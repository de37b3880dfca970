/* Records on a tape: numbered, durable, found again after a crash, seen until every snapshot has them. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "store/tape.h"
#include "store/test/bench.h"

static struct tape *opened(struct bench *b, int64_t after)
{
    struct tape *t;

    GOOD(tape_open(b->store, after, &t));
    return t;
}

/* A body that tells its number, of a length that varies with it. */
static str body_of(struct arena *a, int64_t number, size_t bytes)
{
    char *out = arena_alloc(a, bytes);

    memset(out, 'a' + (int)(number % 26), bytes);
    return (str){ out, bytes };
}

static void add(struct bench *b, struct tape *t, int64_t first, size_t count, size_t bytes)
{
    struct tape_record *list = ARENA_ARRAY(b->cx.arena, struct tape_record, count);

    for (size_t i = 0; i < count; i++)
        list[i] = (struct tape_record){ 0, (int32_t)(first + (int64_t)i), body_of(b->cx.arena, first + (int64_t)i, bytes) };
    GOOD(tape_add(t, list, count));
    assert_int_equal(list[0].number, first);
}

static void expect(struct bench *b, struct tape *t, int64_t after, int64_t first, int64_t last)
{
    struct tape_record *list;
    size_t n = tape_waiting(t, b->cx.arena, after, SIZE_MAX, &list);

    assert_int_equal(n, last < first ? 0 : last - first + 1);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(list[i].number, first + (int64_t)i);
        assert_int_equal(list[i].entries, first + (int64_t)i);
        assert_true(str_eq(list[i].body, body_of(b->cx.arena, list[i].number, list[i].body.len)));
    }
}

/* As a kill leaves it: what was given up by closing a copy of the file's owner. */
static void lose(struct bench *b, struct tape *t)
{
    char path[256], kept[256];

    snprintf(path, sizeof path, "%s/t.db-tape", b->own.folder.path);
    snprintf(kept, sizeof kept, "%s/kept", b->own.folder.path);
    assert_int_equal(link(path, kept), 0);
    tape_close(t);
    assert_int_equal(rename(kept, path), 0);
    unlink(kept);
}

static void numbers_go_on(void **state)
{
    struct bench *b = bench_ready(state);
    struct tape *t = opened(b, 40);

    add(b, t, 41, 3, 10);
    add(b, t, 44, 1, 1000);
    expect(b, t, 40, 41, 44);
    expect(b, t, 43, 44, 44);
    expect(b, t, 44, 45, 44);
    lose(b, t);
    t = opened(b, 42); /* two of them had reached the tables */
    expect(b, t, 42, 43, 44);
    add(b, t, 45, 2, 7);
    lose(b, t);
    t = opened(b, 42);
    expect(b, t, 42, 43, 46);
    tape_settle(t, 46);
    expect(b, t, 42, 47, 46);
    tape_close(t);
}

static void nothing_left_nothing_there(void **state)
{
    struct bench *b = bench_ready(state);
    struct tape *t = opened(b, 0);
    char path[256];

    add(b, t, 1, 1, 10);
    tape_settle(t, 1);
    tape_close(t);
    snprintf(path, sizeof path, "%s/t.db-tape", b->own.folder.path);
    assert_int_equal(access(path, F_OK), -1);
}

static void a_gap_is_found(void **state)
{
    struct bench *b = bench_ready(state);
    struct tape *t = opened(b, 10);

    add(b, t, 11, 2, 10);
    lose(b, t);
    BAD(tape_open(b->store, 9, &t), CORRUPT);
    t = opened(b, 10);
    tape_settle(t, 12);
    tape_close(t);
}

static void one_owner(void **state)
{
    struct bench *b = bench_ready(state);
    struct tape *t = opened(b, 0), *other;
    struct store *second;

    GOOD(store_open(str_of(b->own.url), &second));
    BAD(tape_open(second, 0, &other), STORE_BUSY);
    tape_close(t);
    GOOD(tape_open(second, 0, &other));
    tape_close(other);
    store_close(second);
}

/* Whatever byte of the last record is wrong, those before it stand and it does not. */
static void torn_records(void **state)
{
    struct bench *b = bench_ready(state);
    char path[256];

    snprintf(path, sizeof path, "%s/t.db-tape", b->own.folder.path);
    for (off_t at = 2 * (32 + 40); at < 3 * (32 + 40); at += 5) {
        struct tape *t = opened(b, 0);
        add(b, t, 1, 3, 40);
        lose(b, t);
        int fd = open(path, O_RDWR);
        char was;
        assert_int_equal(pread(fd, &was, 1, at), 1);
        was ^= 1;
        assert_int_equal(pwrite(fd, &was, 1, at), 1);
        close(fd);
        t = opened(b, 0);
        expect(b, t, 0, 1, 2);
        tape_settle(t, 2);
        tape_close(t);
    }
}

/* Much more than both halves hold, in groups that never fit evenly; recovered at many points. */
static void halves_take_turns(void **state)
{
    struct bench *b = bench_ready(state);
    struct tape *t = opened(b, 0);
    int64_t next = 1, settled = 0;

    for (int round = 0; round < 200; round++) {
        size_t count = 1 + (size_t)round % 3;
        add(b, t, next, count, 700001);
        next += (int64_t)count;
        if (round % 7 == 6)
            tape_settle(t, settled = next - 1 - round % 5);
        if (round % 23 == 22) {
            lose(b, t);
            t = opened(b, settled);
        }
        expect(b, t, settled, settled + 1, next - 1);
        arena_reset(b->cx.arena);
    }
    tape_settle(t, next - 1);
    tape_close(t);
}

/* When the tables take nothing any more, the cause is the answer, and nothing that was kept is lost. */
static void full_when_stalled(void **state)
{
    struct bench *b = bench_ready(state);
    struct tape *t = opened(b, 0);
    struct tape_record r = { 0, 1, body_of(b->cx.arena, 1, (size_t)20 << 20) };
    status full = { ERR_DISK_FULL };

    tape_stalled(t, full);
    GOOD(tape_add(t, &r, 1));
    GOOD(tape_add(t, &r, 1));
    BAD(tape_add(t, &r, 1), DISK_FULL);
    tape_settle(t, 1);
    GOOD(tape_add(t, &r, 1));
    assert_int_equal(r.number, 3);
    lose(b, t);
    t = opened(b, 1);
    tape_settle(t, 3);
    tape_close(t);
}

static void readers_keep_what_they_lack(void **state)
{
    struct bench *b = bench_ready(state);
    struct tape *t = opened(b, 0);
    struct db *reader;
    struct tx *tx;

    GOOD(db_open(b->store, DB_READ, &reader));
    add(b, t, 1, 2, 10);
    tape_settle(t, 1);
    GOOD(tx_begin(reader, &tx));
    tape_settle(t, 2);
    expect(b, t, 1, 2, 2); /* settled, but this snapshot may not show it */
    tx_rollback(tx);
    tape_settle(t, 2);
    expect(b, t, 1, 2, 1);
    db_close(reader);
    tape_close(t);
}

static void faults_keep_nothing_or_all(void **state)
{
    struct bench *b = bench_ready(state);
    struct tape *t = opened(b, 0);
    struct tape_record r = { 0, 1, body_of(b->cx.arena, 1, 10) };

    store_fault_set(1, STORE_FAULT_FULL);
    BAD(tape_add(t, &r, 1), DISK_FULL);
    store_fault_set(1, STORE_FAULT_UNKNOWN_COMMIT);
    BAD(tape_add(t, &r, 1), STORE_GONE);
    store_fault_set(0, STORE_FAULT_ERROR);
    expect(b, t, 0, 1, 1);
    tape_settle(t, 1);
    tape_close(t);
}

/* Syncs of the tape go through here. */
static atomic_int sync_faults; /* the next so many fail */
static atomic_int syncs;
int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);

int __wrap_fdatasync(int fd)
{
    atomic_fetch_add(&syncs, 1);
    if (atomic_load(&sync_faults) > 0 && atomic_fetch_sub(&sync_faults, 1) > 0) {
        usleep(500);
        errno = EIO;
        return -1;
    }
    usleep(200);
    return __real_fdatasync(fd);
}

static atomic_int rests;
int __real_clock_nanosleep(clockid_t clock, int flags, const struct timespec *until, struct timespec *left);
int __wrap_clock_nanosleep(clockid_t clock, int flags, const struct timespec *until, struct timespec *left);

int __wrap_clock_nanosleep(clockid_t clock, int flags, const struct timespec *until, struct timespec *left)
{
    atomic_fetch_add(&rests, 1);
    return __real_clock_nanosleep(clock, flags, until, left);
}

enum { ADDERS = 4, GROUPS = 300 };

struct adder {
    struct tape *tape;
    pthread_t thread;
    size_t kept, refused;
    int64_t number[GROUPS]; /* of a group that was kept, else 0 */
};

/* The body of a record tells who wrote it, so that a number with another one's body is found. */
static void *add_many(void *arg)
{
    struct adder *me = arg;

    for (int i = 0; i < GROUPS; i++) {
        char body[64];
        int len = snprintf(body, sizeof body, "%p %d", arg, i);
        struct tape_record r = { 0, 1, { body, (size_t)len } };
        if (status_ok(tape_add(me->tape, &r, 1)))
            me->number[i] = r.number, me->kept++;
        else
            me->refused++;
    }
    return NULL;
}

static void add_together(struct tape *t, struct adder *adders)
{
    for (int i = 0; i < ADDERS; i++) {
        adders[i].tape = t;
        assert_int_equal(pthread_create(&adders[i].thread, NULL, add_many, &adders[i]), 0);
    }
    for (int i = 0; i < ADDERS; i++)
        pthread_join(adders[i].thread, NULL);
}

static void expect_bodies(struct bench *b, struct tape *t, const struct adder *adders, size_t kept)
{
    struct tape_record *list;
    size_t n = tape_waiting(t, b->cx.arena, 0, SIZE_MAX, &list);

    assert_int_equal(n, kept);
    for (int i = 0; i < ADDERS; i++)
        for (int k = 0; k < GROUPS; k++) {
            char body[64];
            if (adders[i].number[k] == 0)
                continue;
            assert_in_range(adders[i].number[k], 1, n);
            snprintf(body, sizeof body, "%p %d", (const void *)&adders[i], k);
            assert_true(str_eq(list[adders[i].number[k] - 1].body, str_of(body)));
        }
}

/* Those who come together share syncs; every number is given once, and stands in the file. */
static void adders_share_a_sync(void **state)
{
    struct bench *b = bench_ready(state);
    struct tape *t = opened(b, 0);
    struct adder *adders = calloc(ADDERS, sizeof *adders);

    assert_non_null(adders);
    atomic_store(&syncs, 0);
    add_together(t, adders);
    assert_true(atomic_load(&syncs) < ADDERS * GROUPS * 3 / 4);
    expect_bodies(b, t, adders, ADDERS * GROUPS);
    lose(b, t);
    t = opened(b, 0);
    expect_bodies(b, t, adders, ADDERS * GROUPS);
    tape_settle(t, ADDERS * GROUPS);
    tape_close(t);
    free(adders);
}

/* A sync that fails takes with it what was written and not synced, and nothing else: whoever was told OK is found again. */
static void a_lost_sync_takes_back(void **state)
{
    struct bench *b = bench_ready(state);
    struct tape *t = opened(b, 0);
    struct adder *adders = calloc(ADDERS, sizeof *adders);
    size_t kept = 0, refused = 0;

    assert_non_null(adders);
    atomic_store(&sync_faults, 40);
    add_together(t, adders);
    for (int i = 0; i < ADDERS; i++) {
        kept += adders[i].kept;
        refused += adders[i].refused;
    }
    assert_in_range(refused, 40, ADDERS * GROUPS - 1);
    expect_bodies(b, t, adders, kept);
    lose(b, t);
    t = opened(b, 0);
    expect_bodies(b, t, adders, kept);
    tape_settle(t, (int64_t)kept);
    tape_close(t);
    free(adders);
}

/* Many that come one after the other are not slowed down, unless many share a batch. */
static void a_shared_batch_rests(void **state)
{
    struct bench *b = bench_ready(state);
    struct tape *t = opened(b, 0);

    atomic_store(&rests, 0);
    for (int i = 1; i <= 10; i++)
        add(b, t, i, 1, 400);
    assert_int_equal(atomic_load(&rests), 0);
    int64_t began_us = clock_mono_us();
    for (int i = 11; i <= 20; i++)
        add(b, t, i, 1, 600);
    assert_int_equal(atomic_load(&rests), 9);
    assert_true(clock_mono_us() - began_us >= 9 * 300);
    expect(b, t, 0, 1, 20);
    tape_settle(t, 20);
    tape_close(t);
}

enum { OWNERS = 3, POSTS = 12 };

struct owner {
    int told, posts;
    int64_t last;
};

static void told(struct tape_post *list)
{
    struct owner *o = list->owner;

    o->told++;
    for (const struct tape_post *p = list; p != NULL; p = p->next) {
        MUST(p->owner == o && p->first > o->last);
        o->last = p->first;
        o->posts++;
    }
}

/* Keeps the tape's thread from here until the others have posted: they make one batch. */
static void told_late(struct tape_post *list)
{
    pthread_barrier_wait(list->owner);
    pthread_barrier_wait(list->owner);
}

/* Each owner of a batch is told once of all that is his, in the order in which he posted. */
static void owners_are_told_once(void **state)
{
    struct bench *b = bench_ready(state);
    struct tape *t = opened(b, 0);
    struct owner owners[OWNERS] = { { 0 } };
    pthread_barrier_t late;
    struct tape_post first = { .done = told_late, .owner = &late }, posts[POSTS];
    struct tape_record r = { 0, 1, body_of(b->cx.arena, 1, 50) };

    assert_int_equal(pthread_barrier_init(&late, NULL, 2), 0);
    tape_post(t, &first, &r, 1);
    pthread_barrier_wait(&late);
    for (int i = 0; i < POSTS; i++) {
        posts[i] = (struct tape_post){ .done = told, .owner = &owners[i % OWNERS] };
        r = (struct tape_record){ 0, i + 2, body_of(b->cx.arena, i + 2, 50) };
        tape_post(t, &posts[i], &r, 1);
    }
    pthread_barrier_wait(&late);
    add(b, t, POSTS + 2, 1, 50);
    for (int i = 0; i < OWNERS; i++) {
        assert_int_equal(owners[i].told, 1);
        assert_int_equal(owners[i].posts, POSTS / OWNERS);
    }
    expect(b, t, 0, 1, POSTS + 2);
    tape_settle(t, POSTS + 2);
    tape_close(t);
    pthread_barrier_destroy(&late);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SQLITE_ONLY(numbers_go_on),     SQLITE_ONLY(nothing_left_nothing_there), SQLITE_ONLY(a_gap_is_found),
        SQLITE_ONLY(one_owner),         SQLITE_ONLY(torn_records),               SQLITE_ONLY(halves_take_turns),
        SQLITE_ONLY(full_when_stalled), SQLITE_ONLY(readers_keep_what_they_lack), SQLITE_ONLY(faults_keep_nothing_or_all),
        SQLITE_ONLY(adders_share_a_sync), SQLITE_ONLY(a_lost_sync_takes_back),    SQLITE_ONLY(a_shared_batch_rests),
        SQLITE_ONLY(owners_are_told_once),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
