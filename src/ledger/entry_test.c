/* Round trips of random entries and groups; every truncation and every other encoding is corrupt. */
#include "ledger/entry.h"
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <string.h>

static str random_text(struct rng *r, struct arena *a)
{
    size_t len = rng_below(r, LEDGER_TEXT_BYTES_MAX + 1);
    char *p = arena_alloc(a, len + 1);

    for (size_t i = 0; i < len; i++)
        p[i] = (char)('a' + rng_below(r, 26));
    return (str){ p, len };
}

static struct ledger_entry random_entry(struct rng *r, struct arena *a)
{
    struct ledger_entry e = {
        .kind = (enum ledger_kind)(1 + rng_below(r, 3)),
        .time_us = (int64_t)(rng_u64(r) >> (1 + rng_below(r, 60))),
        .operation = random_text(r, a),
        .account.v = (int64_t)rng_u64(r) >> rng_below(r, 64),
        .organisation = random_text(r, a),
        .roles = (uint32_t)rng_u64(r),
        .unit.v = (int32_t)rng_u64(r),
        .purpose_kind = random_text(r, a),
        .purpose_reference = random_text(r, a),
        .person.v = (int64_t)(rng_u64(r) >> (1 + rng_below(r, 60))),
        .fields = rng_u64(r),
        .request_id = rng_u64(r) >> rng_below(r, 64),
        .has_digest = rng_chance(r, 0.3),
    };

    e.count = e.kind == LEDGER_COUNT ? rng_u64(r) : 0;
    for (size_t i = 0; e.has_digest && i < SHA256_BYTES; i++)
        e.digest[i] = (uint8_t)rng_u64(r);
    return e;
}

static void assert_same(const struct ledger_entry *x, const struct ledger_entry *y)
{
    assert_int_equal(x->kind, y->kind);
    assert_true(x->time_us == y->time_us && x->account.v == y->account.v && x->roles == y->roles && x->unit.v == y->unit.v);
    assert_true(x->person.v == y->person.v && x->fields == y->fields && x->request_id == y->request_id && x->count == y->count);
    assert_true(str_eq(x->operation, y->operation) && str_eq(x->organisation, y->organisation));
    assert_true(str_eq(x->purpose_kind, y->purpose_kind) && str_eq(x->purpose_reference, y->purpose_reference));
    assert_int_equal(x->has_digest, y->has_digest);
    assert_memory_equal(x->digest, y->digest, SHA256_BYTES);
}

static void round_trip(void **state)
{
    struct arena *a = arena_new(1 << 24);
    struct rng r;

    (void)state;
    rng_seed(&r, 3, 0);
    for (int round = 0; round < 300; round++) {
        struct ledger_entry list[8], back;
        struct buf b DEFER(buf_done);
        size_t count = 1 + rng_below(&r, 8);
        buf_init(&b, BATCH_BYTES_MAX);
        for (size_t i = 0; i < count; i++) {
            list[i] = random_entry(&r, a);
            assert_true(status_ok(entry_check(&list[i])));
            entry_write(&list[i], &b);
        }
        assert_true(status_ok(buf_check(&b)));
        str rest = buf_str(&b), rest_of_persons = rest;
        for (size_t i = 0; i < count; i++) {
            struct record record;
            int64_t person;
            assert_true(status_ok(record_next(&rest, &record)));
            assert_true(status_ok(record_next_person(&rest_of_persons, &person)));
            assert_true(status_ok(entry_read(&record, &back)));
            assert_same(&list[i], &back);
            assert_true(person == list[i].person.v);
        }
        assert_int_equal(rest.len, 0);
    }
    arena_free(a);
}

static void equal_entries_have_different_commitments(void **state)
{
    struct ledger_entry e = { .kind = LEDGER_DISCLOSURE, .operation = STR("person.verify"), .person.v = 7 };
    struct buf b DEFER(buf_done);
    struct record one, two;

    (void)state;
    buf_init(&b, BATCH_BYTES_MAX);
    entry_write(&e, &b);
    entry_write(&e, &b);
    str rest = buf_str(&b);
    assert_true(status_ok(record_next(&rest, &one)) && status_ok(record_next(&rest, &two)));
    assert_memory_not_equal(one.commitment.b, two.commitment.b, SHA256_BYTES);
    assert_true(str_eq(one.body, two.body));
}

static void forgetting_keeps_the_commitment(void **state)
{
    struct ledger_entry e = { .kind = LEDGER_CHANGE, .operation = STR("person.correct"), .person.v = 9 }, back;
    struct buf live DEFER(buf_done), gone DEFER(buf_done);
    struct record before, after;
    int64_t person;

    (void)state;
    buf_init(&live, BATCH_BYTES_MAX);
    buf_init(&gone, BATCH_BYTES_MAX);
    entry_write(&e, &live);
    str rest = buf_str(&live);
    assert_true(status_ok(record_next(&rest, &before)));
    record_write_forgotten(&before.commitment, &gone);
    rest = buf_str(&gone);
    assert_true(status_ok(record_next(&rest, &after)));
    assert_int_equal(rest.len, 0);
    assert_true(after.forgotten && after.salt.len == 0 && after.body.len == 0);
    assert_memory_equal(before.commitment.b, after.commitment.b, SHA256_BYTES);
    assert_true(status_ok(entry_read(&after, &back)));
    assert_int_equal(back.person.v, 0);
    rest = buf_str(&gone);
    assert_true(status_ok(record_next_person(&rest, &person)) && person == 0);
}

/* Reads a whole record; false if any part is refused. */
static bool reads(str bytes)
{
    struct record r;
    struct ledger_entry e;
    str rest = bytes;

    return status_ok(record_next(&rest, &r)) && status_ok(entry_read(&r, &e)) && rest.len == 0;
}

static void truncated_or_padded(void **state)
{
    struct arena *a = arena_new(1 << 20);
    struct buf b DEFER(buf_done);
    struct rng r;

    (void)state;
    rng_seed(&r, 8, 0);
    struct ledger_entry e = random_entry(&r, a);
    buf_init(&b, BATCH_BYTES_MAX);
    entry_write(&e, &b);
    assert_true(reads(buf_str(&b)));
    for (size_t i = 0; i < b.len; i++)
        assert_false(reads(str_slice(buf_str(&b), 0, i)));
    buf_char(&b, 0);
    assert_false(reads(buf_str(&b)));
    arena_free(a);
}

static void other_encodings(void **state)
{
    struct ledger_entry e = { .kind = LEDGER_CHANGE, .operation = STR("a"), .roles = 1 };
    struct buf b DEFER(buf_done);
    const size_t body = 2 + ENTRY_SALT_BYTES; /* after a one-byte length and the tag */

    (void)state;
    buf_init(&b, BATCH_BYTES_MAX);
    entry_write(&e, &b);
    assert_true(b.len < 128 && reads(buf_str(&b)));
    static const struct { size_t at; uint8_t value; } wrong[] = {
        { 0, 0 },    { 1, 3 },    /* length, tag */
        { 18, 2 },   { 19, 0 },  { 19, 4 }, /* version, kind */
        { 20, 0x80 }, { 28, 0x80 }, /* negative time, negative person */
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char *p = &b.ptr[wrong[i].at], old = *p;
        *p = (char)wrong[i].value;
        assert_false(reads(buf_str(&b)));
        *p = old;
    }
    assert_int_equal(b.ptr[body + ENTRY_FIXED_BYTES], 1);
    b.ptr[b.len - 1] = 2; /* "digest present" must be 0 or 1 */
    assert_false(reads(buf_str(&b)));
    b.ptr[b.len - 1] = 1; /* and 1 asks for 32 bytes more */
    assert_false(reads(buf_str(&b)));
    b.ptr[b.len - 1] = 0;
    assert_true(reads(buf_str(&b)));
}

static void padded_varint(void **state)
{
    struct ledger_entry e = { .kind = LEDGER_CHANGE, .operation = STR("a"), .roles = 1 };
    struct buf b DEFER(buf_done), padded DEFER(buf_done);

    (void)state;
    buf_init(&b, BATCH_BYTES_MAX);
    buf_init(&padded, BATCH_BYTES_MAX);
    entry_write(&e, &b);
    /* roles 1 written as 81 00, the length one more */
    size_t at = 2 + ENTRY_SALT_BYTES + ENTRY_FIXED_BYTES;
    buf_char(&padded, (char)(b.ptr[0] + 1));
    buf_bytes(&padded, b.ptr + 1, at - 1);
    buf_bytes(&padded, "\x81\x00", 2);
    buf_bytes(&padded, b.ptr + at + 1, b.len - at - 1);
    assert_false(reads(buf_str(&padded)));
}

static void limits(void **state)
{
    char text[LEDGER_TEXT_BYTES_MAX + 1];
    struct ledger_entry e = { .kind = LEDGER_CHANGE };

    (void)state;
    memset(text, 'x', sizeof text);
    assert_true(status_ok(entry_check(&e)));
    e.operation = (str){ text, sizeof text };
    assert_true(status_is(entry_check(&e), ERR_TEXT_TOO_LONG));
    e.operation.len--;
    assert_true(status_ok(entry_check(&e)));
    e.person.v = -1;
    assert_true(status_is(entry_check(&e), ERR_VALUE_RANGE));
    e.person.v = 0;
    e.count = 1;
    assert_true(status_is(entry_check(&e), ERR_VALUE_RANGE));
    e.count = 0;
    e.kind = (enum ledger_kind)0;
    assert_true(status_is(entry_check(&e), ERR_VALUE_RANGE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip),
        cmocka_unit_test(equal_entries_have_different_commitments),
        cmocka_unit_test(forgetting_keeps_the_commitment),
        cmocka_unit_test(truncated_or_padded),
        cmocka_unit_test(other_encodings),
        cmocka_unit_test(padded_varint),
        cmocka_unit_test(limits),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
