/* Entities from run to run: what is kept, what the journal tells, what can be undone, and which files are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "refine/link/entities.h"

#include <string.h>

static const str names[] = { STR("a"), STR("b,1"), STR("c"), STR("d"), STR("e"), STR("f") };

struct desk {
    struct arena *arena;
    struct entities e;
    struct buf file;
};

static status file_write(void *with, str bytes)
{
    buf_add(with, bytes);
    return OK;
}

static void desk_open(struct desk *d)
{
    d->arena = arena_new(64 << 20);
    entities_start(&d->e, d->arena, STR("state"));
    buf_init(&d->file, 1 << 20);
}

static void desk_close(struct desk *d)
{
    entities_done(&d->e);
    buf_done(&d->file);
    arena_free(d->arena);
}

/* Writes and reads back: all that follows stands on the file, as between two runs. */
static void save_and_load(struct desk *d)
{
    struct link_csv csv;
    str text;

    buf_clear(&d->file);
    link_csv_start(&csv, file_write, &d->file);
    entities_write(&d->e, &csv);
    assert_true(status_ok(link_csv_end(&csv)));
    entities_done(&d->e);
    text = arena_str(d->arena, buf_str(&d->file));
    entities_start(&d->e, d->arena, STR("state"));
    assert_true(status_ok(entities_read(&d->e, text)));
}

static void run(struct desk *d, const char *clusters)
{
    uint32_t cluster[6];
    struct entities_run r = { .sides = 1, .count = { (uint32_t)strlen(clusters) }, .id = { names }, .cluster = { cluster } };

    for (uint32_t i = 0; i < r.count[0]; i++)
        cluster[i] = (uint32_t)(clusters[i] - '0');
    assert_true(status_ok(entities_update(&d->e, &r)));
    save_and_load(d);
}

static uint64_t of(const struct desk *d, int record) { return entities_of(&d->e, 0, names[record]); }

static void grown_list_keeps_numbers(void **state)
{
    struct desk d;
    uint64_t a, c;

    (void)state;
    desk_open(&d);
    run(&d, "0011");
    a = of(&d, 0);
    c = of(&d, 2);
    assert_true(a && c && a != c && of(&d, 1) == a);
    run(&d, "332214");
    assert_int_equal(of(&d, 0), a);
    assert_int_equal(of(&d, 3), c);
    assert_int_equal(d.e.runs, 2);
    assert_int_equal(d.e.entry_count, 0);
    desk_close(&d);
}

static void undone_merge_stays_undone(void **state)
{
    struct desk d;
    uint64_t a, c;

    (void)state;
    desk_open(&d);
    run(&d, "0001");
    a = of(&d, 0);
    c = of(&d, 3);
    run(&d, "0000");
    assert_int_equal(of(&d, 3), a);
    assert_int_equal(d.e.entry_count, 1);
    assert_int_equal(d.e.entries[0].change, ENTITY_MERGED);
    assert_int_equal(d.e.entries[0].moved_count, 1);
    assert_true(status_ok(entities_undo(&d.e, 1)));
    save_and_load(&d);
    assert_int_equal(of(&d, 3), c);
    run(&d, "00000");
    assert_int_equal(of(&d, 3), c); /* the engine says one, a human said two */
    assert_int_equal(of(&d, 0), a);
    assert_int_equal(entities_undo(&d.e, 1).code, ERR_ENTITY_ENTRY);
    assert_int_equal(entities_undo(&d.e, 99).code, ERR_ENTITY_ENTRY);
    assert_int_equal(entities_undo(&d.e, 0).code, ERR_ENTITY_ENTRY);
    desk_close(&d);
}

static void undone_split_stays_together(void **state)
{
    struct desk d;
    uint64_t a;

    (void)state;
    desk_open(&d);
    run(&d, "0000");
    a = of(&d, 0);
    run(&d, "0001");
    assert_int_equal(d.e.entries[0].change, ENTITY_SPLIT);
    assert_true(of(&d, 3) != a);
    assert_true(status_ok(entities_undo(&d.e, 1)));
    run(&d, "0001");
    assert_int_equal(of(&d, 3), a);
    desk_close(&d);
}

static void later_entry_first(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d);
    run(&d, "00112");
    run(&d, "00112");
    run(&d, "00000"); /* two merges into one */
    assert_int_equal(d.e.entry_count, 2);
    run(&d, "01111"); /* and some go again */
    assert_true(d.e.entry_count > 2);
    status st = entities_undo(&d.e, 1);
    assert_true(status_ok(st) || status_is(st, ERR_ENTITY_LATER));
    desk_close(&d);
    desk_open(&d);
    run(&d, "001");
    run(&d, "000");
    run(&d, "001");
    assert_int_equal(entities_undo(&d.e, 1).code, ERR_ENTITY_LATER);
    assert_true(status_ok(entities_undo(&d.e, 2)));
    assert_true(status_ok(entities_undo(&d.e, 1)));
    desk_close(&d);
}

/* A record that the new list lacks goes with its entity. */
static void absent_record_follows(void **state)
{
    struct desk d;
    uint64_t a;

    (void)state;
    desk_open(&d);
    run(&d, "000111");
    a = of(&d, 0);
    run(&d, "0000"); /* without e and f */
    assert_int_equal(of(&d, 3), a);
    assert_int_equal(of(&d, 5), a);
    assert_int_equal(d.e.entries[0].moved_count, 3);
    desk_close(&d);
}

static void bad_files(void **state)
{
    struct desk d;
    str good;

    (void)state;
    desk_open(&d);
    run(&d, "0011");
    run(&d, "0000");
    good = arena_str(d.arena, buf_str(&d.file));
    for (size_t cut = 0; cut < good.len; cut++) { /* cut off anywhere */
        struct entities e;
        entities_start(&e, d.arena, STR("state"));
        assert_int_equal(entities_read(&e, str_slice(good, 0, cut)).code, ERR_ENTITY_STATE);
        entities_done(&e);
    }
    for (size_t at = 0; at < good.len; at++) { /* any byte changed */
        struct entities e;
        char *bad = arena_z(d.arena, good);
        bad[at] ^= 1;
        entities_start(&e, d.arena, STR("state"));
        assert_int_equal(entities_read(&e, (str){ bad, good.len }).code, ERR_ENTITY_STATE);
        entities_done(&e);
    }
    desk_close(&d);
}

static void double_ids(void **state)
{
    static const str twice[] = { STR("a"), STR("a") };
    uint32_t cluster[] = { 0, 1 };
    struct entities_run r = { .sides = 1, .count = { 2 }, .id = { twice }, .cluster = { cluster } };
    struct desk d;

    (void)state;
    desk_open(&d);
    assert_int_equal(entities_update(&d.e, &r).code, ERR_RECORD_DOUBLE);
    r = (struct entities_run){ .sides = 2, .count = { 1, 1 }, .id = { twice, twice }, .cluster = { cluster, cluster } };
    assert_true(status_ok(entities_update(&d.e, &r))); /* two lists may use one id for two people */
    assert_int_equal(d.e.record_count, 2);
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grown_list_keeps_numbers), cmocka_unit_test(undone_merge_stays_undone), cmocka_unit_test(undone_split_stays_together),
        cmocka_unit_test(later_entry_first),        cmocka_unit_test(absent_record_follows),     cmocka_unit_test(bad_files),
        cmocka_unit_test(double_ids),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
