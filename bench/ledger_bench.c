/* Entries per second that are durably in the ledger, as the server writes them: one writer, each group of entries one
 * transaction with its fsync, the sequencer (index, tiles, checkpoint, person index) run by the same thread each 20 ms
 * and at the end until nothing is left, as a server does that must not keep its callers waiting. All of it counts.
 *
 *   ledger_bench [URL [SECONDS]]
 *
 * Prints what the disk gives, then a line for each group size: entries per second, bytes per entry, the longest sequencer step, and a reader's time
 * for "who read my data" and for a proof. Then it audits the log. */
#include "ledger/ledger.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { GROUP_MAX = 256, PEOPLE = 1800000, STEP_US = 20000, IDLE_US = 1000000 };

struct run {
    struct store *store;
    struct db *db;
    struct ctx cx;
    struct ledger *ledger;
    struct rng rng;
    int64_t appended, sequenced, longest_us, step_us, steps;
};

/* A benchmark without its database has nothing to say. */
static void need(status st, const char *what)
{
    if (status_ok(st))
        return;
    fprintf(stderr, "ledger_bench: %s: %s %s\n", what, error_def((enum error_code)st.code)->name, fault_here()->detail);
    exit(1);
}

static struct ledger_entry entry_of(struct run *r)
{
    return (struct ledger_entry){
        .kind = LEDGER_DISCLOSURE,
        .time_us = clock_now_us(),
        .operation = STR("person.verify"),
        .account.v = 1000 + rng_below(&r->rng, 50),
        .organisation = STR("H08.12"),
        .roles = ROLE_SYSTEM,
        .unit.v = 26734,
        .purpose_kind = STR("agreement"),
        .purpose_reference = STR("TT-2026-014"),
        .person.v = 1 + rng_below(&r->rng, PEOPLE),
        .fields = 0x1f,
        .request_id = rng_u64(&r->rng) >> 20,
    };
}

static void append(struct run *r, size_t count)
{
    struct ledger_entry list[GROUP_MAX];

    for (size_t i = 0; i < count; i++)
        list[i] = entry_of(r);
    need(tx_begin(r->db, &r->cx.tx), "begin");
    need(ledger_append(&r->cx, list, count), "append");
    need(tx_commit(r->cx.tx), "commit");
    arena_reset(r->cx.arena);
    r->appended += (int64_t)count;
}

static int64_t sequence(struct run *r)
{
    int64_t n, start = clock_mono_us(), took;

    need(tx_begin(r->db, &r->cx.tx), "begin");
    need(ledger_sequence(&r->cx, r->ledger, &n), "sequence");
    need(tx_commit(r->cx.tx), "commit");
    took = clock_mono_us() - start;
    r->longest_us = took > r->longest_us ? took : r->longest_us;
    r->step_us += took;
    r->steps++;
    arena_reset(r->cx.arena);
    r->sequenced += n;
    return n;
}

/* What this machine's disk gives at this moment to anybody: 4 KiB written and synced. No group commits faster. */
static void measure_disk(const char *near)
{
    char path[160], block[4096] = { 1 };
    int64_t start = clock_mono_us(), rounds = 0;
    int fd;

    (void)snprintf(path, sizeof path, "%s.disk", near);
    fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    for (; clock_mono_us() - start < 500000; rounds++)
        if (pwrite(fd, block, sizeof block, rounds % 1000 * (off_t)sizeof block) != (ssize_t)sizeof block || fsync(fd) != 0)
            break;
    printf("disk: %.0f µs for 4 KiB written and synced\n", (double)(clock_mono_us() - start) / (double)(rounds ? rounds : 1));
    (void)close(fd);
    (void)unlink(path);
}

/* least 0: groups of 1 … most. */
static void measure(struct run *r, size_t least, size_t most, double seconds)
{
    int64_t start = clock_mono_us(), last = start, idled = start, before = r->appended, bytes = store_bytes(r->store), now = start;

    r->longest_us = r->step_us = r->steps = 0;
    while ((double)(now - start) < seconds * 1e6) {
        append(r, least == most ? most : 1 + rng_below(&r->rng, (uint32_t)most));
        now = clock_mono_us();
        if (now - last >= STEP_US) {
            (void)sequence(r);
            if (now - idled >= IDLE_US) {
                need(db_idle(r->db), "idle");
                idled = now;
            }
            last = now = clock_mono_us();
        }
    }
    while (sequence(r) > 0)
        ;
    double took = (double)(clock_mono_us() - start) / 1e6, entries = (double)(r->appended - before);
    printf("%s%-3zu entries a group: %9.0f entries/s durable and sequenced, %5.0f bytes an entry, longest step %.0f ms, sequencer %.0f %% of the time\n",
           least == most ? "    " : "1 … ", most, entries / took, (double)(store_bytes(r->store) - bytes) / entries, (double)r->longest_us / 1e3,
           (double)r->step_us / took / 1e4);
}

static void measure_reads(struct run *r)
{
    enum { ROUNDS = 300 };
    int64_t start = clock_mono_us(), middle, size;
    struct ledger_checkpoint last;
    struct ledger_record *list;
    struct ledger_proof proof;
    size_t count;

    need(tx_begin(r->db, &r->cx.tx), "begin");
    need(ledger_checkpoint_last(&r->cx, 0, &last), "checkpoint");
    size = last.size;
    for (int i = 0; i < ROUNDS; i++) {
        struct ledger_person_query q = { 0, { 1 + rng_below(&r->rng, PEOPLE) }, 0, 20 };
        need(ledger_by_person(&r->cx, &q, &list, &count), "by person");
        arena_reset(r->cx.arena);
    }
    middle = clock_mono_us();
    for (int i = 0; i < ROUNDS; i++) {
        need(ledger_prove_inclusion(&r->cx, 0, rng_below(&r->rng, (uint32_t)size), 0, &proof), "prove");
        arena_reset(r->cx.arena);
    }
    printf("reads: %.0f µs for a person's page, %.0f µs for a checked inclusion proof in a tree of %lld\n",
           (double)(middle - start) / ROUNDS, (double)(clock_mono_us() - middle) / ROUNDS, (long long)size);
    tx_rollback(r->cx.tx);
}

static int measure_audit(struct run *r)
{
    struct ledger_audit order = { 0 };
    struct ledger_report report;
    int64_t start = clock_mono_us();

    ledger_name(r->ledger, &order.origin, order.public_key);
    need(tx_begin(r->db, &r->cx.tx), "begin");
    need(ledger_verify(&r->cx, &order, &report), "verify");
    tx_rollback(r->cx.tx);
    double took = (double)(clock_mono_us() - start) / 1e6;
    printf("audit: %s, %lld entries in %.2f s (%.0f entries/s)\n", ledger_fault_name(report.fault), (long long)report.size, took,
           (double)report.size / took);
    return report.fault == LEDGER_SOUND && report.size == r->appended && report.pending == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    char path[64] = "ledger-bench-XXXXXX", file[128];
    struct run r = { .cx = { .arena = arena_new((size_t)64 << 20) } };
    struct ledger_options o = { .origin = STR("bench.example/log") };
    double seconds = argc > 2 ? strtod(argv[2], NULL) : 3;

    if (argc <= 1 && !mkdtemp(path))
        return 1;
    (void)snprintf(file, sizeof file, "%s/ledger.db", path);
    rng_seed(&r.rng, 42, 0);
    sign_key_make(&o.key);
    need(ledger_open(&o, &r.ledger), "open");
    need(store_open(str_of(argc > 1 ? argv[1] : file), &r.store), "store");
    need(store_migrate(r.store, &ledger_migrations, 1), "migrate");
    need(db_open(r.store, DB_WRITE, &r.db), "connect");
    if (argc <= 1)
        measure_disk(file);
    measure(&r, 1, 1, seconds);
    measure(&r, 8, 8, seconds);
    measure(&r, 0, 64, seconds);
    measure(&r, 64, 64, seconds);
    measure(&r, 256, 256, seconds);
    measure_reads(&r);
    int result = measure_audit(&r);
    db_close(r.db);
    store_close(r.store);
    ledger_close(r.ledger);
    arena_free(r.cx.arena);
    if (argc <= 1) {
        static const char *const ends[] = { "", "-wal", "-shm", "-journal" };
        for (size_t i = 0; i < 4; i++) {
            (void)snprintf(file, sizeof file, "%s/ledger.db%s", path, ends[i]);
            (void)unlink(file);
        }
        (void)rmdir(path);
    }
    return result;
}
