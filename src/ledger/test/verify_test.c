/* The audit finds each thing that a dishonest operator could do, and names the first wrong entry. */
#include "fixture.h"
#include <string.h>

enum { ENTRIES = 700 };

/* 700 entries in groups of 7, sequenced in two steps; the person index covers all. */
static struct fixture *filled(void **state)
{
    struct fixture *f = fixture_ready(state);

    for (int i = 0; i < ENTRIES / 7; i++) {
        append_some(f, 7);
        if (i == 40) {
            (void)sequence_once(f);
            clock_advance_us(61 * 1000000);
        }
    }
    (void)sequence_once(f);
    struct ledger_report r = audit(f, STR(""));
    assert_true(r.fault == LEDGER_SOUND && r.size == ENTRIES && r.wrong_index == -1 && r.checkpoints == 2);
    return f;
}

static void expect(struct fixture *f, enum ledger_fault fault, int64_t index)
{
    struct ledger_report r = audit(f, STR(""));

    if (r.fault != fault || r.wrong_index != index)
        fail_msg("found %s at %d", ledger_fault_name(r.fault), (int)r.wrong_index);
}

/* Writes the batch that holds `index` again with one byte changed. */
static void change_entry(struct fixture *f, int64_t index, size_t byte)
{
    struct ledger_batch_get_row batch;
    struct place p;
    bool found;

    WITHIN(f) {
        GOOD(place_of_index(&f->cx, SHARD, index, &p));
        GOOD(ledger_batch_get(&f->cx, SHARD, p.writer, p.seq, &batch, &found));
        str rest = batch.body;
        struct record record;
        for (int i = 0; i <= p.ordinal; i++)
            GOOD(record_next(&rest, &record));
        char *copy = arena_z(f->cx.arena, batch.body);
        copy[(size_t)(record.whole.ptr - batch.body.ptr) + byte] ^= 1;
        GOOD(ledger_batch_replace(&f->cx, SHARD, p.writer, p.seq, (str){ copy, batch.body.len }, NULL));
    }
}

static void changed_entry(void **state)
{
    struct fixture *f = filled(state);

    change_entry(f, 300, 40); /* the mask of fields, in a full tile */
    expect(f, LEDGER_BAD_ENTRY, 300);
}

static void changed_entry_in_the_last_tile(void **state)
{
    struct fixture *f = filled(state);

    change_entry(f, 699, 40);
    expect(f, LEDGER_BAD_ENTRY, 699);
}

static void changed_salt(void **state)
{
    struct fixture *f = filled(state);

    change_entry(f, 10, 5);
    expect(f, LEDGER_BAD_ENTRY, 10);
}

static void unreadable_entry(void **state)
{
    struct fixture *f = filled(state);

    change_entry(f, 55, 18); /* the version */
    expect(f, LEDGER_BAD_ENTRY, 55);
}

static void change_tile(struct fixture *f, int16_t level, int64_t place, size_t byte)
{
    struct ledger_tile_get_row tile;
    bool found;

    WITHIN(f) {
        GOOD(ledger_tile_get(&f->cx, SHARD, level, place, &tile, &found));
        assert_true(found);
        char *copy = arena_z(f->cx.arena, tile.body);
        copy[byte] ^= 4;
        struct ledger_tile_put_params p = { SHARD, level, place, tile.width, { copy, tile.body.len } };
        GOOD(ledger_tile_put(&f->cx, &p, NULL));
    }
}

static void changed_tiles(void **state)
{
    struct fixture *f = filled(state);

    change_tile(f, 0, 1, 32 * 9);
    expect(f, LEDGER_BAD_TILE, 256 + 9);
    change_tile(f, 0, 1, 32 * 9);
    change_tile(f, 0, 2, 32 * 9 + 31);
    expect(f, LEDGER_BAD_TILE, 512 + 9);
    change_tile(f, 0, 2, 32 * 9 + 31);
    change_tile(f, 1, 0, 33);
    expect(f, LEDGER_BAD_TILE, 256);
    change_tile(f, 1, 0, 33);
    expect(f, LEDGER_SOUND, -1);
}

static void missing_tile(void **state)
{
    struct fixture *f = filled(state);

    WITHIN(f)
        GOOD(tamper_drop_tile(&f->cx, SHARD, 0, 1, NULL));
    expect(f, LEDGER_BAD_TILE, 256);
}

static void spare_tile(void **state)
{
    struct fixture *f = filled(state);
    struct merkle_hash h = { { 0 } };

    WITHIN(f) {
        struct ledger_tile_put_params p = { SHARD, 0, 3, 1, merkle_str(&h) };
        GOOD(ledger_tile_put(&f->cx, &p, NULL));
    }
    expect(f, LEDGER_BAD_TILE, ENTRIES);
}

static void missing_batch(void **state)
{
    struct fixture *f = filled(state);
    struct place p;

    WITHIN(f) {
        GOOD(place_of_index(&f->cx, SHARD, 140, &p));
        GOOD(tamper_drop_batch(&f->cx, SHARD, p.writer, p.seq, NULL));
    }
    expect(f, LEDGER_BAD_INDEX, 140);
}

/* The operator takes a batch out before it is sequenced and moves the cursor over the gap: the tree is whole, its stream
 * is not. */
static void batch_left_out_before_sequencing(void **state)
{
    struct fixture *f = filled(state);
    struct ledger_streams_row *streams;
    size_t count;

    append_some(f, 2);
    append_some(f, 3);
    WITHIN(f) {
        GOOD(ledger_streams(&f->cx, SHARD, &streams, &count));
        GOOD(tamper_drop_batch(&f->cx, SHARD, streams[0].writer, streams[0].taken + 1, NULL));
        GOOD(ledger_cursor_set(&f->cx, SHARD, streams[0].writer, streams[0].taken + 1, NULL));
    }
    assert_int_equal(sequence_once(f), 3);
    expect(f, LEDGER_BAD_INDEX, ENTRIES);
}

static void missing_index_row(void **state)
{
    struct fixture *f = filled(state);

    WITHIN(f)
        GOOD(tamper_drop_index(&f->cx, SHARD, 210, NULL));
    expect(f, LEDGER_BAD_INDEX, 210);
}

static void truncated_log(void **state)
{
    struct fixture *f = filled(state);
    struct ledger_checkpoint kept = last_checkpoint(f);

    WITHIN(f)
        GOOD(tamper_drop_index(&f->cx, SHARD, 693, NULL));
    expect(f, LEDGER_BAD_TILE, 512);
    WITHIN(f)
        GOOD(tamper_drop_checkpoint(&f->cx, SHARD, kept.size, NULL));
    assert_int_not_equal(audit(f, STR("")).fault, LEDGER_SOUND);
}

static void changed_checkpoint(void **state)
{
    struct fixture *f = filled(state);
    struct ledger_checkpoint c = last_checkpoint(f);
    char *note = arena_z(f->cx.arena, c.note);

    note[c.note.len - 20] = note[c.note.len - 20] == 'A' ? 'B' : 'A';
    WITHIN(f)
        GOOD(tamper_set_checkpoint(&f->cx, SHARD, c.size, (str){ (const char *)c.root, 32 }, str_of(note), NULL));
    expect(f, LEDGER_BAD_SIGNATURE, ENTRIES);
    c.root[4] ^= 1;
    WITHIN(f)
        GOOD(tamper_set_checkpoint(&f->cx, SHARD, c.size, (str){ (const char *)c.root, 32 }, c.note, NULL));
    expect(f, LEDGER_BAD_ROOT, ENTRIES);
}

/* The operator holds the key and builds a second, consistent log: only a checkpoint kept elsewhere tells. */
static void forked_log(void **state)
{
    struct fixture *f = fixture_ready(state);
    void *second_state = NULL;
    bool sqlite = store_engine(f->store) == STORE_SQLITE;

    append_some(f, 50);
    (void)sequence_once(f);
    struct ledger_checkpoint kept = last_checkpoint(f);
    assert_int_equal((sqlite ? fixture_sqlite : fixture_postgresql)(&second_state), 0);
    struct fixture *second = second_state;
    append_some(second, 49);
    (void)sequence_once(second);
    assert_int_equal(audit(second, STR("")).fault, LEDGER_SOUND);
    struct ledger_report r = audit(second, kept.note);
    assert_true(r.fault == LEDGER_BAD_HISTORY && r.wrong_index == 50); /* shorter than what was signed */
    append_some(second, 1);
    (void)sequence_once(second);
    r = audit(second, kept.note);
    assert_true(r.fault == LEDGER_BAD_HISTORY && r.wrong_index == 50); /* other entries than were signed */
    assert_int_equal(audit(f, kept.note).fault, LEDGER_SOUND);
    assert_int_equal(audit(f, STR("garbage\n")).fault, LEDGER_BAD_SIGNATURE);
    assert_int_equal(fixture_end(&second_state), 0);
}

/* Writes the page that holds person 3 again with its `byte` replaced. */
static void change_page(struct fixture *f, size_t byte, char by)
{
    struct ledger_run_row *runs;
    struct ledger_page_row page;
    size_t count;
    bool found;

    WITHIN(f) {
        GOOD(ledger_runs(&f->cx, SHARD, &runs, &count));
        assert_true(count > 0);
        struct ledger_page_at_params at = { SHARD, runs[0].level, runs[0].run, 3, INT64_MAX };
        GOOD(ledger_page_at(&f->cx, &at, &page, &found));
        assert_true(found && page.body.len > byte);
        char *copy = arena_z(f->cx.arena, page.body);
        copy[byte] = (char)(copy[byte] + by);
        struct ledger_page_replace_params p = { SHARD, runs[0].level, runs[0].run, page.first_person, page.first_entry,
                                                { copy, page.body.len } };
        GOOD(ledger_page_replace(&f->cx, &p, NULL));
    }
}

static void wrong_person_index(void **state)
{
    struct fixture *f = filled(state);
    struct ledger_record *list;
    size_t count;

    change_page(f, 3, 1); /* another entry */
    expect(f, LEDGER_BAD_PERSON_INDEX, -1);
    change_page(f, 3, -1);
    change_page(f, 0, 1); /* another person */
    expect(f, LEDGER_BAD_PERSON_INDEX, -1);
    change_page(f, 0, -1);
    expect(f, LEDGER_SOUND, -1);
    WITHIN(f) {
        GOOD(ledger_by_person(&f->cx, &(struct ledger_person_query){ SHARD, { 3 }, 0, 1 }, &list, &count));
        GOOD(person_forget(&f->cx, SHARD, 3, list[0].index));
    }
    expect(f, LEDGER_BAD_PERSON_INDEX, -1);
}

static void understated_count(void **state)
{
    struct fixture *f = filled(state);
    int64_t stated;

    WITHIN(f)
        GOOD(tamper_set_count(&f->cx, SHARD, 20261120, 3, NULL));
    clock_advance_us((int64_t)86400 * 1000000);
    WITHIN(f)
        GOOD(ledger_count_day(&f->cx, f->ledger, (day){ 20261120 }, &stated));
    assert_int_equal(stated, 2);
    expect(f, LEDGER_BAD_COUNT, ENTRIES);
}

static void stream_set_back(void **state)
{
    struct fixture *f = filled(state);
    struct ledger_streams_row *streams;
    size_t count;

    append_some(f, 2);
    WITHIN(f) {
        GOOD(ledger_streams(&f->cx, SHARD, &streams, &count));
        GOOD(tamper_drop_batch(&f->cx, SHARD, streams[0].writer, streams[0].seq, NULL));
    }
    expect(f, LEDGER_BAD_INDEX, ENTRIES);
    WITHIN(f)
        GOOD(tamper_set_stream(&f->cx, SHARD, streams[0].writer, streams[0].taken - 1, NULL));
    expect(f, LEDGER_BAD_INDEX, ENTRIES);
}

static void count_progress(void *with, int64_t done, int64_t total)
{
    assert_true(done <= total);
    *(int64_t *)with = done;
}

static void progress_is_told(void **state)
{
    struct fixture *f = filled(state);
    int64_t done = 0;
    struct ledger_report r;
    struct ledger_audit order = { .shard = SHARD, .origin = STR(ORIGIN), .progress = count_progress, .progress_with = &done };

    memcpy(order.public_key, f->key.public_key, SIGN_PUBLIC_BYTES);
    WITHIN(f)
        GOOD(ledger_verify(&f->cx, &order, &r));
    assert_true(r.fault == LEDGER_SOUND && done == ENTRIES);
    order.public_key[0] ^= 1;
    WITHIN(f)
        GOOD(ledger_verify(&f->cx, &order, &r));
    assert_int_equal(r.fault, LEDGER_BAD_SIGNATURE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EVERYWHERE(changed_entry),
        EVERYWHERE(changed_entry_in_the_last_tile),
        EVERYWHERE(changed_salt),
        EVERYWHERE(unreadable_entry),
        EVERYWHERE(changed_tiles),
        EVERYWHERE(missing_tile),
        EVERYWHERE(spare_tile),
        EVERYWHERE(missing_batch),
        EVERYWHERE(batch_left_out_before_sequencing),
        EVERYWHERE(missing_index_row),
        EVERYWHERE(truncated_log),
        EVERYWHERE(changed_checkpoint),
        EVERYWHERE(forked_log),
        EVERYWHERE(wrong_person_index),
        EVERYWHERE(understated_count),
        EVERYWHERE(stream_set_back),
        EVERYWHERE(progress_is_told),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
