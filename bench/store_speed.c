/* How fast the store is, by the same calls on either engine: bulk load, single durable commits, grouped ones, reads.
 *
 *     store_speed URL [PEOPLE]      into an empty database; prints one line a figure
 *
 * Refuses a database that holds anything already (the migration fails or the numbers are taken). */
#include <stdio.h>
#include <stdlib.h>

#include "store/probe_sql.h"

#define BATCH 10000
#define GROUP 64

static struct ctx cx;
static struct db *db;

static void must(status st)
{
    if (status_ok(st))
        return;
    (void)fprintf(stderr, "store_speed: %s: %s\n", error_def((enum error_code)st.code)->name, fault_here()->detail);
    exit(1);
}

static void say(const char *what, int64_t count, int64_t since_us)
{
    double s = (double)(clock_mono_us() - since_us) / 1e6;

    (void)printf("%-34s %10.0f /s   (%lld in %.2f s)\n", what, (double)count / s, (long long)count, s);
    (void)fflush(stdout);
}

static struct probe_person_add_params person(struct rng *r, int64_t id)
{
    static const str names[] = { { "Nguyễn Văn An", 16 }, { "Trần Thị Bích", 17 }, { "Lê Hoàng Cường", 18 }, { "Phạm Minh Đức", 17 } };

    return (struct probe_person_add_params){
        .shard = 1, .id = id, .version = 1, .name = names[rng_below(r, 4)], .name_key = STR("nguyen van an"),
        .birth = 19300000 + (int32_t)rng_below(r, 90) * 10000 + 101, .weight = 1, .photo = { NULL, 0 }, .alive = true,
    };
}

static void fill(const char *what, int64_t first, int64_t count)
{
    static struct probe_person_add_params list[BATCH];
    struct rng r;
    int64_t start = clock_mono_us();

    rng_seed(&r, 1, (uint64_t)first);
    for (int64_t at = 0; at < count; at += BATCH) {
        for (int64_t i = 0; i < BATCH; i++)
            list[i] = person(&r, first + at + i);
        must(tx_begin(db, &cx.tx));
        must(probe_person_add_bulk(&cx, list, BATCH));
        must(tx_commit(cx.tx));
    }
    say(what, count, start);
}

static void loaded(struct store *s, int64_t count)
{
    int64_t start = clock_mono_us();

    must(store_load_begin(s));
    fill("bulk insert in load mode", 1, count);
    must(store_load_end(s));
    say("the same, indexes and all on disk", count, start);
    (void)printf("%-34s %10.0f bytes\n", "a person takes", (double)store_bytes(s) / (double)count);
}

static void single_commits(int64_t count)
{
    int64_t start = clock_mono_us();

    for (int64_t i = 0; i < count; i++) {
        must(tx_begin(db, &cx.tx));
        must(probe_claim_take(&cx, i, i, NULL));
        must(tx_commit(cx.tx));
        if (i % 500 == 0)
            must(db_idle(db));
    }
    say("durable commits, one command each", count, start);
}

static void grouped_commits(int64_t count)
{
    int64_t start = clock_mono_us();

    for (int64_t i = 0; i < count; i += GROUP) {
        must(tx_begin(db, &cx.tx));
        for (int64_t k = 0; k < GROUP; k++) {
            must(tx_mark(cx.tx));
            must(probe_claim_take(&cx, 1000000 + i + k, i, NULL));
            must(tx_keep(cx.tx));
        }
        must(tx_commit(cx.tx));
        if (i / GROUP % 100 == 0)
            must(db_idle(db));
    }
    say("durable commands, 64 in a group", count, start);
}

static void reads(struct store *s, int64_t people, int64_t count, int64_t per_tx)
{
    struct ctx own = { .arena = arena_new(1 << 20) };
    struct db *reader;
    struct probe_person p;
    struct rng r;
    bool found;

    rng_seed(&r, 7, 7);
    must(db_open(s, DB_READ, &reader));
    int64_t start = clock_mono_us();
    for (int64_t i = 0; i < count; i += per_tx) {
        must(tx_begin(reader, &own.tx));
        for (int64_t k = 0; k < per_tx; k++)
            must(probe_person_by_id(&own, 1, 1 + (int64_t)rng_below(&r, (uint32_t)people), &p, &found));
        must(tx_commit(own.tx));
        arena_reset(own.arena);
    }
    say(per_tx == 1 ? "reads by key, a transaction each" : "reads by key, 100 a transaction", count, start);
    db_close(reader);
    arena_free(own.arena);
}

static void stream(int64_t people)
{
    struct probe_person_born_cursor c;
    struct probe_person_born_row row;
    int64_t seen = 0, start = clock_mono_us();
    bool more = true;

    must(tx_begin(db, &cx.tx));
    must(probe_person_born_each(&cx, 1, 0, 99999999, &c));
    while (more) {
        must(probe_person_born_next(&c, &row, &more));
        seen += more;
    }
    probe_person_born_done(&c);
    must(tx_commit(cx.tx));
    MUST(seen == people);
    say("rows streamed by an index", seen, start);
}

int main(int argc, char **argv)
{
    int64_t people = 1000000;
    struct store *s;

    if (argc < 2 || (argc > 2 && !str_i64(str_of(argv[2]), &people)) || people < BATCH || people % BATCH != 0) {
        (void)fprintf(stderr, "usage: store_speed URL [PEOPLE]   (a multiple of %d)\n", BATCH);
        return 2;
    }
    cx.arena = arena_new((size_t)64 << 20);
    must(store_open(str_of(argv[1]), &s));
    must(store_migrate(s, &probe_migrations, 1));
    must(db_open(s, DB_WRITE, &db));
    loaded(s, people);
    fill("bulk insert into a full table", people + 1, 100000);
    single_commits(3000);
    grouped_commits(GROUP * 1000);
    must(db_idle(db));
    reads(s, people, 200000, 1);
    reads(s, people, 200000, 100);
    stream(people + 100000);
    db_close(db);
    store_close(s);
    return 0;
}
