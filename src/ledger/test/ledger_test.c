/* Appending, reading, proving, serving and forgetting, against a model kept in memory. Both engines. */
#include "fixture.h"
#include <stdio.h>
#include <string.h>

enum { MODEL_MAX = 6000 };

/* What was appended, in order: on one connection the log must have the same order. */
struct model {
    int64_t person[MODEL_MAX];
    int64_t count, sequenced;
};

static void grow(struct fixture *f, struct model *m, size_t count)
{
    for (size_t i = 0; i < count; i++)
        m->person[m->count + (int64_t)i] = 1 + rng_below(&f->rng, 20);
    append_about(f, &m->person[m->count], count);
    m->count += (int64_t)count;
}

static void empty_log(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct ledger_record record, *list;
    struct ledger_proof proof;
    struct buf out DEFER(buf_done);
    size_t count;

    buf_init(&out, 65536);
    assert_int_equal(sequence_once(f), 0);
    assert_int_equal(last_checkpoint(f).size, 0);
    assert_int_equal(last_checkpoint(f).note.len, 0);
    WITHIN(f) {
        BAD(ledger_entry_at(&f->cx, SHARD, 0, &record), ENTRY_MISSING);
        BAD(ledger_prove_inclusion(&f->cx, SHARD, 0, 0, &proof), ENTRY_MISSING);
        BAD(ledger_tile_read(&f->cx, SHARD, STR("checkpoint"), &out), ENTRY_MISSING);
        BAD(ledger_tile_read(&f->cx, SHARD, STR("tile/0/000"), &out), ENTRY_MISSING);
        GOOD(ledger_by_person(&f->cx, &(struct ledger_person_query){ SHARD, { 1 }, 0, 10 }, &list, &count));
        assert_int_equal(count, 0);
        GOOD(ledger_latest(&f->cx, SHARD, 10, &list, &count));
        assert_int_equal(count, 0);
    }
    assert_int_equal(audit(f, STR("")).fault, LEDGER_SOUND);
}

static void check_person(struct fixture *f, const struct model *m, int64_t person)
{
    struct ledger_record *list;
    size_t count, want = 0;

    WITHIN(f) {
        GOOD(ledger_by_person(&f->cx, &(struct ledger_person_query){ SHARD, { person }, 0, 1000 }, &list, &count));
        for (int64_t i = 0; i < m->count; i++)
            want += m->person[i] == person;
        assert_int_equal(count, want < 1000 ? want : 1000);
        int64_t at = m->sequenced;
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(list[i].entry.person.v, person);
            if (list[i].index == LEDGER_PENDING)
                continue;
            for (at--; m->person[at] != person; at--)
                ;
            assert_int_equal(list[i].index, at);
        }
    }
}

static void readers_see_every_entry_at_once(void **state)
{
    struct fixture *f = fixture_ready(state);
    static struct model m;
    struct ledger_record record;

    memset(&m, 0, sizeof m);
    for (int round = 0; round < 40; round++) {
        grow(f, &m, 1 + rng_below(&f->rng, round % 10 == 0 ? 700 : 20));
        if (round % 3 == 0)
            m.sequenced += sequence_once(f);
        check_person(f, &m, 1 + rng_below(&f->rng, 20));
    }
    check_person(f, &m, 21);
    for (int64_t i = 0; i < m.sequenced; i += 13) {
        WITHIN(f)
            GOOD(ledger_entry_at(&f->cx, SHARD, i, &record));
        assert_int_equal(record.entry.person.v, m.person[i]);
        assert_true(str_eq(record.entry.operation, STR("person.verify")));
        assert_int_equal(record.entry.shard, SHARD);
    }
    WITHIN(f) {
        BAD(ledger_entry_at(&f->cx, SHARD, m.sequenced, &record), ENTRY_MISSING);
        BAD(ledger_entry_at(&f->cx, SHARD, -1, &record), ENTRY_MISSING);
    }
    struct ledger_report r = audit(f, STR(""));
    assert_int_equal(r.fault, LEDGER_SOUND);
    assert_true(r.size == m.sequenced && r.pending == m.count - m.sequenced);
}

static void pages_of_a_person_join(void **state)
{
    struct fixture *f = fixture_ready(state);
    static struct model m;
    int64_t below = 0, seen = 0, last = INT64_MAX;

    memset(&m, 0, sizeof m);
    grow(f, &m, 900);
    m.sequenced += sequence_once(f); /* indexed */
    f->ledger->index_run_min = 100000;
    grow(f, &m, 500);
    m.sequenced += sequence_once(f); /* in the tree only */
    do {
        struct ledger_record *list;
        size_t count;
        WITHIN(f)
            GOOD(ledger_by_person(&f->cx, &(struct ledger_person_query){ SHARD, { 7 }, below, 9 }, &list, &count));
        for (size_t i = 0; i < count; i++) {
            assert_true(list[i].index < last && m.person[list[i].index] == 7);
            last = list[i].index;
        }
        seen += (int64_t)count;
        below = count > 0 ? last : -1;
    } while (below > 0);
    for (int64_t i = 0; i < m.count; i++)
        seen -= m.person[i] == 7;
    assert_int_equal(seen, 0);
}

/* Every page of a person's entries, newest first, joined: must be exactly the model's. */
static void check_pages(struct fixture *f, const struct model *m, int64_t person, size_t page)
{
    int64_t below = 0, at = m->count;

    for (;;) {
        struct ledger_record *list;
        size_t count;
        WITHIN(f)
            GOOD(ledger_by_person(&f->cx, &(struct ledger_person_query){ SHARD, { person }, below, page }, &list, &count));
        for (size_t i = 0; i < count; i++) {
            for (at--; at >= 0 && m->person[at] != person; at--)
                ;
            assert_int_equal(list[i].index, at);
        }
        if (count < page)
            break;
        below = at;
        if (below == 0)
            return;
    }
    for (at--; at >= 0; at--)
        assert_true(m->person[at] != person);
}

/* A person with more entries than a page of the index holds, runs that are merged, entries forgotten here and there. */
static void long_lists_and_merged_runs(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct ledger_run_row *runs;
    static struct model m;
    size_t count;

    memset(&m, 0, sizeof m);
    for (int round = 0; round < 29; round++) {
        size_t n = 60 + rng_below(&f->rng, 140);
        for (size_t i = 0; i < n; i++)
            m.person[m.count + (int64_t)i] = rng_chance(&f->rng, 0.6) ? 7 : 1 + (int64_t)(rng_u64(&f->rng) >> (1 + rng_below(&f->rng, 62)));
        append_about(f, &m.person[m.count], n);
        m.count += (int64_t)n;
        (void)sequence_once(f);
        for (int i = 0; i < 3; i++) {
            int64_t gone = rng_below(&f->rng, (uint32_t)m.count);
            WITHIN(f)
                GOOD(ledger_forget(&f->cx, SHARD, gone));
            m.person[gone] = 0;
        }
        assert_int_equal(audit(f, STR("")).fault, LEDGER_SOUND);
    }
    WITHIN(f)
        GOOD(ledger_runs(&f->cx, SHARD, &runs, &count));
    assert_int_equal(count, 1); /* 29 runs: four times eight became one */
    check_pages(f, &m, 7, 1000);
    check_pages(f, &m, 7, 37);
    for (int i = 0; i < 60; i++) {
        int64_t person = m.person[rng_below(&f->rng, (uint32_t)m.count)];
        if (person != 0)
            check_pages(f, &m, person, 3);
    }
}

static void latest_entries(void **state)
{
    struct fixture *f = fixture_ready(state);
    static struct model m;
    struct ledger_record *list;
    size_t count;

    memset(&m, 0, sizeof m);
    grow(f, &m, 300);
    (void)sequence_once(f);
    grow(f, &m, 5);
    WITHIN(f)
        GOOD(ledger_latest(&f->cx, SHARD, 50, &list, &count));
    assert_int_equal(count, 50);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(list[i].entry.person.v, m.person[m.count - 1 - (int64_t)i]);
        assert_int_equal(list[i].index, i < 5 ? LEDGER_PENDING : m.count - 1 - (int64_t)i);
    }
}

/* What an auditor with nothing but the published files computes. */
static void published_root(struct fixture *f, int64_t size, struct merkle_hash *ret)
{
    struct merkle_range range;

    merkle_range_init(&range);
    for (int64_t at = 0; at < size; at += TILE_WIDTH) {
        struct tile_path p = { TILE_ENTRIES, (uint64_t)(at / TILE_WIDTH), size - at < TILE_WIDTH ? (int)(size - at) : TILE_WIDTH };
        struct buf path DEFER(buf_done), bundle DEFER(buf_done), tile DEFER(buf_done);
        buf_init(&path, 200);
        buf_init(&bundle, 65536);
        buf_init(&tile, 65536);
        tile_path_write(&p, &path);
        WITHIN(f) {
            GOOD(ledger_tile_read(&f->cx, SHARD, buf_str(&path), &bundle));
            p.level = 0;
            buf_clear(&path);
            tile_path_write(&p, &path);
            GOOD(ledger_tile_read(&f->cx, SHARD, buf_str(&path), &tile));
        }
        assert_int_equal(bundle.len, p.width * 34);
        assert_int_equal(tile.len, p.width * 32);
        for (int i = 0; i < p.width; i++) {
            struct merkle_hash leaf;
            assert_memory_equal(bundle.ptr + i * 34, "\x00\x20", 2);
            merkle_leaf((str){ bundle.ptr + i * 34 + 2, 32 }, &leaf);
            assert_memory_equal(leaf.b, tile.ptr + i * 32, 32);
            merkle_range_add(&range, &leaf);
        }
    }
    merkle_range_root(&range, ret);
}

static void published_files_hash_to_the_checkpoint(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct merkle_hash root;
    struct ledger_checkpoint c, read;
    struct buf out DEFER(buf_done);

    buf_init(&out, 65536);
    for (int round = 0; round < 6; round++) {
        append_some(f, 1 + rng_below(&f->rng, 300));
        (void)sequence_once(f);
        c = last_checkpoint(f);
        published_root(f, c.size, &root);
        assert_memory_equal(root.b, c.root, SHA256_BYTES);
        GOOD(ledger_checkpoint_check(f->cx.arena, c.note, STR(ORIGIN), f->key.public_key, &read));
        assert_true(read.size == c.size && memcmp(read.root, c.root, SHA256_BYTES) == 0);
    }
    BAD(ledger_checkpoint_check(f->cx.arena, c.note, STR("other.example/log"), f->key.public_key, &read), SIGNATURE);
    WITHIN(f) {
        GOOD(ledger_tile_read(&f->cx, SHARD, STR("checkpoint"), &out));
        assert_true(str_eq(buf_str(&out), c.note));
        BAD(ledger_tile_read(&f->cx, SHARD, STR("tile/0/999"), &out), ENTRY_MISSING);
        BAD(ledger_tile_read(&f->cx, SHARD, STR("tile/9/000.p/1"), &out), ENTRY_MISSING);
        BAD(ledger_tile_read(&f->cx, SHARD, STR("tile/0/00"), &out), ROUTE_UNKNOWN);
        BAD(ledger_tile_read(&f->cx, SHARD, STR("../secret"), &out), ROUTE_UNKNOWN);
    }
}

static void proofs_of_every_age(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct ledger_checkpoint old[8];
    struct ledger_proof p;

    for (int i = 0; i < 8; i++) {
        append_some(f, 1 + rng_below(&f->rng, 400));
        (void)sequence_once(f);
        old[i] = last_checkpoint(f);
    }
    int64_t size = old[7].size;
    for (int i = 0; i < 200; i++) {
        int64_t at = 1 + rng_below(&f->rng, (uint32_t)size), index = rng_below(&f->rng, (uint32_t)at);
        WITHIN(f) {
            GOOD(ledger_prove_inclusion(&f->cx, SHARD, index, at, &p));
            GOOD(ledger_check_inclusion(&p));
            p.index++;
            BAD(ledger_check_inclusion(&p), LEDGER_PROOF);
            GOOD(ledger_prove_consistency(&f->cx, SHARD, at, 0, &p));
            GOOD(ledger_check_consistency(&p));
            p.root_old[0] ^= 1;
            BAD(ledger_check_consistency(&p), LEDGER_PROOF);
        }
    }
    for (int i = 0; i < 8; i++) {
        WITHIN(f)
            GOOD(ledger_prove_consistency(&f->cx, SHARD, old[i].size, 0, &p));
        assert_memory_equal(p.root_old, old[i].root, SHA256_BYTES);
        assert_memory_equal(p.root, old[7].root, SHA256_BYTES);
    }
    WITHIN(f) {
        BAD(ledger_prove_inclusion(&f->cx, SHARD, size, 0, &p), ENTRY_MISSING);
        BAD(ledger_prove_inclusion(&f->cx, SHARD, 0, size + 1, &p), ENTRY_MISSING);
        BAD(ledger_prove_consistency(&f->cx, SHARD, 0, 0, &p), ENTRY_MISSING);
        BAD(ledger_prove_consistency(&f->cx, SHARD, size + 1, 0, &p), ENTRY_MISSING);
    }
}

static void proof_text_stands_alone(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct ledger_record record;
    struct ledger_proof p = { 0 };
    struct ledger_checkpoint c;
    struct merkle_hash leaf;
    str text, rest, line, bytes;

    append_some(f, 500);
    (void)sequence_once(f);
    WITHIN(f) {
        GOOD(ledger_proof_text(&f->cx, SHARD, 321, &text));
        GOOD(ledger_entry_at(&f->cx, SHARD, 321, &record));
    }
    rest = text;
    assert_true(str_cut(&rest, '\n', &line) && str_eq(line, STR("c2sp.org/tlog-proof@v1")));
    assert_true(str_cut(&rest, '\n', &line) && str_eq(line, STR("index 321")));
    while (str_cut(&rest, '\n', &line) && line.len > 0) {
        GOOD(base64_decode(f->cx.arena, line, &bytes));
        memcpy(p.proof.path[p.proof.count++].b, bytes.ptr, SHA256_BYTES);
    }
    GOOD(ledger_checkpoint_check(f->cx.arena, rest, STR(ORIGIN), f->key.public_key, &c));
    merkle_leaf((str){ (const char *)record.commitment, SHA256_BYTES }, &leaf);
    memcpy(p.leaf, leaf.b, SHA256_BYTES);
    memcpy(p.root, c.root, SHA256_BYTES);
    p.index = 321;
    p.size = c.size;
    GOOD(ledger_check_inclusion(&p));
}

static void forgetting(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct ledger_record before, after, *list;
    struct ledger_proof p;
    size_t count;

    append_about(f, (int64_t[]){ 1, 2, 3, 2, 1 }, 5);
    append_some(f, 300);
    (void)sequence_once(f);
    struct ledger_checkpoint kept = last_checkpoint(f);
    WITHIN(f)
        GOOD(ledger_entry_at(&f->cx, SHARD, 1, &before));
    WITHIN(f)
        GOOD(ledger_forget(&f->cx, SHARD, 1));
    WITHIN(f) {
        GOOD(ledger_entry_at(&f->cx, SHARD, 1, &after));
        GOOD(ledger_prove_inclusion(&f->cx, SHARD, 1, 0, &p));
        GOOD(ledger_by_person(&f->cx, &(struct ledger_person_query){ SHARD, { 2 }, 5, 10 }, &list, &count));
        BAD(ledger_forget(&f->cx, SHARD, kept.size), ENTRY_MISSING);
    }
    assert_true(!before.forgotten && after.forgotten);
    assert_memory_equal(before.commitment, after.commitment, SHA256_BYTES);
    assert_true(after.entry.person.v == 0 && after.entry.operation.len == 0);
    assert_true(count == 1 && list[0].index == 3);
    WITHIN(f) {
        GOOD(ledger_entry_at(&f->cx, SHARD, 0, &before));
        GOOD(ledger_entry_at(&f->cx, SHARD, 2, &after));
    }
    assert_true(before.entry.person.v == 1 && after.entry.person.v == 3);
    append_some(f, 10);
    (void)sequence_once(f);
    struct ledger_report r = audit(f, kept.note);
    assert_int_equal(r.fault, LEDGER_SOUND);
    assert_int_equal(r.forgotten, 1);
}

static void append_refusals(void **state)
{
    struct fixture *f = fixture_ready(state);
    char text[LEDGER_TEXT_BYTES_MAX + 1];
    struct ledger_entry list[3] = { entry_about(1, 1), entry_about(2, 2), entry_about(3, 3) };

    memset(text, 'x', sizeof text);
    list[2].purpose_reference = (str){ text, sizeof text };
    GOOD(tx_begin(f->db, &f->cx.tx));
    BAD(ledger_append(&f->cx, list, 3), TEXT_TOO_LONG);
    BAD(ledger_append(&f->cx, list, LEDGER_GROUP_MAX + 1), VALUE_RANGE);
    GOOD(ledger_append(&f->cx, list, 0));
    tx_rollback(f->cx.tx);
    assert_int_equal(sequence_once(f), 0);
}

static void cosignatures(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct sign_key key;
    struct note_verifier v;
    struct note n;
    int64_t seconds;

    append_some(f, 3);
    (void)sequence_once(f);
    struct ledger_checkpoint c = last_checkpoint(f);
    sign_key_make(&key);
    GOOD(note_verifier_make(STR("witness.example/w1"), NOTE_COSIGNATURE, key.public_key, &v));
    GOOD(note_parse(c.note, &n));
    str line = note_cosign_line(f->cx.arena, &v, &key, n.text, 1795000000), vkey = note_verifier_text(f->cx.arena, &v);
    str wrong = note_cosign_line(f->cx.arena, &v, &key, STR("another text\n"), 1795000000);
    WITHIN(f) {
        BAD(ledger_cosign(&f->cx, SHARD, c.size, vkey, wrong), SIGNATURE);
        BAD(ledger_cosign(&f->cx, SHARD, c.size + 1, vkey, line), ENTRY_MISSING);
        BAD(ledger_cosign(&f->cx, SHARD, c.size, ledger_verifier(f->ledger, f->cx.arena), line), LEDGER_PROOF);
        BAD(ledger_cosign(&f->cx, SHARD, c.size, vkey, arena_join(f->cx.arena, line, line)), LEDGER_PROOF);
        GOOD(ledger_cosign(&f->cx, SHARD, c.size, vkey, line));
        GOOD(ledger_cosign(&f->cx, SHARD, c.size, vkey, line));
    }
    struct ledger_checkpoint signed_twice = last_checkpoint(f);
    assert_int_equal(signed_twice.note.len, c.note.len + line.len);
    GOOD(note_parse(signed_twice.note, &n));
    GOOD(note_check(f->cx.arena, &n, &v, &seconds));
    assert_int_equal(seconds, 1795000000);
    assert_int_equal(audit(f, signed_twice.note).fault, LEDGER_SOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EVERYWHERE(empty_log),
        EVERYWHERE(readers_see_every_entry_at_once),
        EVERYWHERE(pages_of_a_person_join),
        EVERYWHERE(long_lists_and_merged_runs),
        EVERYWHERE(latest_entries),
        EVERYWHERE(published_files_hash_to_the_checkpoint),
        EVERYWHERE(proofs_of_every_age),
        EVERYWHERE(proof_text_stands_alone),
        EVERYWHERE(forgetting),
        EVERYWHERE(append_refusals),
        EVERYWHERE(cosignatures),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
