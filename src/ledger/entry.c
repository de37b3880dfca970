/* Coding of ledger entries (see entry.h). The reader takes nothing but what the writer makes: a record with a spare byte,
 * a padded varint or an unknown kind is corrupt, so that no two texts can stand for one entry. */
#include "ledger/entry.h"
#include <string.h>

enum { ENTRY_VERSION = 1, TAG_LIVE = 1, TAG_FORGOTTEN = 2 };

static status check_text(str field, str s)
{
    if (s.len > LEDGER_TEXT_BYTES_MAX)
        return FAIL_AT(TEXT_TOO_LONG, field);
    return OK;
}

STATUS entry_check(const struct ledger_entry *e)
{
    if (e->kind < LEDGER_CHANGE || e->kind > LEDGER_COUNT || e->person.v < 0 || e->time_us < 0)
        return FAIL_AT(VALUE_RANGE, STR("ledger_entry"));
    if (e->count != 0 && e->kind != LEDGER_COUNT)
        return FAIL_AT(VALUE_RANGE, STR("count"));
    TRY(check_text(STR("operation"), e->operation));
    TRY(check_text(STR("organisation"), e->organisation));
    TRY(check_text(STR("purpose_kind"), e->purpose_kind));
    return check_text(STR("purpose_reference"), e->purpose_reference);
}

static uint8_t *put_u64(uint8_t *at, uint64_t v)
{
    for (int shift = 56; shift >= 0; shift -= 8)
        *at++ = (uint8_t)(v >> shift);
    return at;
}

static uint8_t *put_varint(uint8_t *at, uint64_t v)
{
    for (; v >= 0x80; v >>= 7)
        *at++ = (uint8_t)(v | 0x80);
    *at++ = (uint8_t)v;
    return at;
}

static uint64_t zigzag(int64_t v)
{
    return (uint64_t)v << 1 ^ (uint64_t)(v >> 63);
}

static uint8_t *put_text(uint8_t *at, str s)
{
    at = put_varint(at, s.len);
    if (s.len > 0)
        memcpy(at, s.ptr, s.len);
    return at + s.len;
}

static size_t write_body(const struct ledger_entry *e, uint8_t body[static ENTRY_BYTES_MAX])
{
    uint8_t *at = body;

    *at++ = ENTRY_VERSION;
    *at++ = (uint8_t)e->kind;
    at = put_u64(at, (uint64_t)e->time_us);
    at = put_u64(at, (uint64_t)e->person.v);
    at = put_u64(at, e->fields);
    at = put_varint(at, e->roles);
    at = put_varint(at, zigzag(e->account.v));
    at = put_varint(at, zigzag(e->unit.v));
    at = put_varint(at, e->request_id);
    at = put_varint(at, e->count);
    at = put_text(at, e->operation);
    at = put_text(at, e->organisation);
    at = put_text(at, e->purpose_kind);
    at = put_text(at, e->purpose_reference);
    *at++ = e->has_digest;
    if (e->has_digest) {
        memcpy(at, e->digest, SHA256_BYTES);
        at += SHA256_BYTES;
    }
    MUST((size_t)(at - body) <= ENTRY_BYTES_MAX);
    return (size_t)(at - body);
}

void entry_write(const struct ledger_entry *e, struct buf *out)
{
    uint8_t record[1 + ENTRY_SALT_BYTES + ENTRY_BYTES_MAX], head[10];
    size_t len;

    record[0] = TAG_LIVE;
    random_bytes(record + 1, ENTRY_SALT_BYTES);
    len = 1 + ENTRY_SALT_BYTES + write_body(e, record + 1 + ENTRY_SALT_BYTES);
    buf_bytes(out, head, (size_t)(put_varint(head, len) - head));
    buf_bytes(out, record, len);
}

void record_write_forgotten(const struct merkle_hash *commitment, struct buf *out)
{
    buf_char(out, 1 + SHA256_BYTES);
    buf_char(out, TAG_FORGOTTEN);
    buf_bytes(out, commitment->b, SHA256_BYTES);
}

str entry_count_key(const struct ledger_entry *e, char room[static COUNT_KEY_BYTES])
{
    int32_t ymd = day_of_us(e->time_us).ymd;

    if (!str_eq(e->purpose_kind, STR("agreement")) || e->purpose_reference.len > LEDGER_TEXT_BYTES_MAX)
        return (str){ 0 };
    for (int i = 7; i >= 0; i--, ymd /= 10)
        room[i] = (char)('0' + ymd % 10);
    memcpy(room + 8, e->purpose_reference.ptr ? e->purpose_reference.ptr : "", e->purpose_reference.len);
    return (str){ room, 8 + e->purpose_reference.len };
}

/* A reader that stays bad once it has met something wrong. */
struct reader {
    const uint8_t *at, *end;
    bool bad;
};

static struct reader reader_of(str s)
{
    /* An empty str may have no pointer; adding zero to NULL is undefined in C17. */
    const uint8_t *p = (const uint8_t *)(s.ptr ? s.ptr : "");

    return (struct reader){ p, p + s.len, false };
}

static const uint8_t *take(struct reader *r, size_t len)
{
    const uint8_t *p = r->at;

    if (r->bad || (size_t)(r->end - r->at) < len) {
        r->bad = true;
        return NULL;
    }
    r->at += len;
    return p;
}

static uint64_t take_varint(struct reader *r)
{
    uint64_t v = 0;

    for (int shift = 0; shift < 64; shift += 7) {
        const uint8_t *p = take(r, 1);
        if (!p)
            return 0;
        if (shift == 63 && *p > 1)
            break;
        v |= (uint64_t)(*p & 0x7f) << shift;
        if (!(*p & 0x80)) {
            r->bad |= *p == 0 && shift > 0; /* padded: not the shortest form */
            return v;
        }
    }
    r->bad = true;
    return 0;
}

static int64_t take_signed(struct reader *r)
{
    uint64_t v = take_varint(r);

    return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

static uint64_t take_u64(struct reader *r)
{
    const uint8_t *p = take(r, 8);
    uint64_t v = 0;

    for (int i = 0; p && i < 8; i++)
        v = v << 8 | p[i];
    return v;
}

static str take_text(struct reader *r)
{
    uint64_t len = take_varint(r);
    const uint8_t *p;

    if (len > LEDGER_TEXT_BYTES_MAX)
        r->bad = true;
    p = take(r, (size_t)len);
    return p ? (str){ (const char *)p, (size_t)len } : (str){ 0 };
}

/* The record's inside after length and tag; false if there is none. */
static bool cut(str *rest, str *ret_whole, str *ret_inside, uint8_t *ret_tag)
{
    struct reader r = reader_of(*rest);
    uint64_t len = take_varint(&r);
    const uint8_t *p = len >= 1 && len <= RECORD_BYTES_MAX ? take(&r, (size_t)len) : NULL;

    if (!p || r.bad)
        return false;
    *ret_tag = p[0];
    *ret_inside = (str){ (const char *)p + 1, (size_t)len - 1 };
    *ret_whole = str_slice(*rest, 0, (size_t)(r.at - (const uint8_t *)rest->ptr));
    *rest = str_from(*rest, ret_whole->len);
    if (*ret_tag == TAG_FORGOTTEN)
        return ret_inside->len == SHA256_BYTES;
    return *ret_tag == TAG_LIVE && ret_inside->len >= ENTRY_SALT_BYTES + ENTRY_FIXED_BYTES;
}

STATUS record_next(str *rest, struct record *ret)
{
    uint8_t tag;
    str inside;

    if (!cut(rest, &ret->whole, &inside, &tag))
        return FAIL(CORRUPT);
    ret->forgotten = tag == TAG_FORGOTTEN;
    if (ret->forgotten) {
        ret->salt = ret->body = (str){ 0 };
        memcpy(ret->commitment.b, inside.ptr, SHA256_BYTES);
        return OK;
    }
    ret->salt = str_slice(inside, 0, ENTRY_SALT_BYTES);
    ret->body = str_from(inside, ENTRY_SALT_BYTES);
    sha256_of(inside.ptr, inside.len, ret->commitment.b);
    return OK;
}

STATUS record_next_person(str *rest, int64_t *ret_person)
{
    uint8_t tag;
    str whole, inside;

    if (!cut(rest, &whole, &inside, &tag))
        return FAIL(CORRUPT);
    *ret_person = 0;
    if (tag == TAG_LIVE) {
        struct reader r = reader_of(str_from(inside, ENTRY_SALT_BYTES + 10));
        *ret_person = (int64_t)take_u64(&r);
    }
    return OK;
}

STATUS entry_read(const struct record *record, struct ledger_entry *ret)
{
    struct reader r = reader_of(record->body);
    const uint8_t *head, *p;
    uint64_t roles;
    int64_t unit;

    *ret = (struct ledger_entry){ 0 };
    if (record->forgotten)
        return OK;
    head = take(&r, 2);
    ret->time_us = (int64_t)take_u64(&r);
    ret->person.v = (int64_t)take_u64(&r);
    ret->fields = take_u64(&r);
    roles = take_varint(&r);
    ret->account.v = take_signed(&r);
    unit = take_signed(&r);
    ret->request_id = take_varint(&r);
    ret->count = take_varint(&r);
    ret->operation = take_text(&r);
    ret->organisation = take_text(&r);
    ret->purpose_kind = take_text(&r);
    ret->purpose_reference = take_text(&r);
    p = take(&r, 1);
    ret->has_digest = p && *p == 1;
    if (p && *p > 1)
        r.bad = true;
    p = ret->has_digest ? take(&r, SHA256_BYTES) : NULL;
    if (p)
        memcpy(ret->digest, p, SHA256_BYTES);
    if (r.bad || r.at != r.end || head[0] != ENTRY_VERSION || roles > UINT32_MAX || unit != (int32_t)unit)
        return FAIL(CORRUPT);
    ret->kind = (enum ledger_kind)head[1];
    ret->roles = (uint32_t)roles;
    ret->unit.v = (int32_t)unit;
    return status_ok(entry_check(ret)) ? OK : FAIL(CORRUPT);
}
