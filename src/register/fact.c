/* The assertions of one event as a compact document: the database keeps it and never looks inside. One byte of version,
 * one of the event's usual source, then for each assertion a byte for the field, a byte of flags and the value; whatever
 * has its usual value takes no room. Some 100 bytes hold the thirty facts of a birth.
 *
 * Refuses (as corrupt) what does not read back whole: an unknown version, a field without a definition, a length that
 * runs past the end. */
#include "register/inside.h"

#include <string.h>

enum { DOC_VERSION = 1 };
enum { HAS_FROM = 1, FROM_EFFECTIVE = 2, HAS_TO = 4, HAS_CONFIDENCE = 8, HAS_EVIDENCE = 16, HAS_SOURCE = 32 };

bool fact_is_text(int field)
{
    const struct person_field_def *def = person_field_def(field);
    return def && def->type == FIELD_TYPE_TEXT;
}

struct sink {
    char *ptr;
    size_t len, cap;
};

static void put_byte(struct sink *s, uint8_t byte)
{
    MUST(s->len < s->cap);
    s->ptr[s->len++] = (char)byte;
}

static void put_varint(struct sink *s, uint64_t value)
{
    while (value >= 0x80) {
        put_byte(s, (uint8_t)(value | 0x80));
        value >>= 7;
    }
    put_byte(s, (uint8_t)value);
}

static void put_signed(struct sink *s, int64_t value) { put_varint(s, ((uint64_t)value << 1) ^ (uint64_t)(value >> 63)); }

static void put_fact(struct sink *s, const struct event *e, const struct fact *f, int usual_source)
{
    bool effective = f->from.ymd != 0 && f->from.ymd == e->effective.ymd;
    int flags = (effective ? FROM_EFFECTIVE : f->from.ymd ? HAS_FROM : 0) | (f->to.ymd ? HAS_TO : 0) |
                (f->confidence != 100 ? HAS_CONFIDENCE : 0) | (f->evidence ? HAS_EVIDENCE : 0) |
                (f->source != usual_source ? HAS_SOURCE : 0);
    put_byte(s, (uint8_t)f->field);
    put_byte(s, (uint8_t)flags);
    if (fact_is_text(f->field)) {
        put_varint(s, f->text.len);
        MUST(f->text.len <= s->cap - s->len);
        if (f->text.len > 0)
            memcpy(s->ptr + s->len, f->text.ptr, f->text.len);
        s->len += f->text.len;
    } else {
        put_signed(s, f->number);
    }
    if (flags & HAS_FROM)
        put_varint(s, (uint64_t)f->from.ymd);
    if (flags & HAS_TO)
        put_varint(s, (uint64_t)f->to.ymd);
    if (flags & HAS_CONFIDENCE)
        put_byte(s, (uint8_t)f->confidence);
    if (flags & HAS_EVIDENCE)
        for (int shift = 0; shift < 64; shift += 8)
            put_byte(s, (uint8_t)(f->evidence >> shift));
    if (flags & HAS_SOURCE)
        put_byte(s, (uint8_t)f->source);
}

size_t facts_encode_into(const struct event *e, char *out, size_t cap)
{
    struct sink s = { out, 0, cap };
    int usual = e->fact_count > 0 ? e->facts[0].source : 0;
    put_byte(&s, DOC_VERSION);
    put_byte(&s, (uint8_t)usual);
    for (size_t i = 0; i < e->fact_count; i++)
        put_fact(&s, e, &e->facts[i], usual);
    return s.len;
}

void facts_encode(const struct event *e, struct buf *out)
{
    char bytes[DOC_BYTES_MAX];
    buf_bytes(out, bytes, facts_encode_into(e, bytes, sizeof bytes));
}

struct source_bytes {
    const unsigned char *at, *end;
    bool bad;
};

static uint8_t take_byte(struct source_bytes *s)
{
    if (s->at == s->end) {
        s->bad = true;
        return 0;
    }
    return *s->at++;
}

static uint64_t take_varint(struct source_bytes *s)
{
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        uint8_t byte = take_byte(s);
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80)
            return value;
    }
    s->bad = true;
    return 0;
}

static int64_t take_signed(struct source_bytes *s)
{
    uint64_t value = take_varint(s);
    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

static day take_day(struct source_bytes *s)
{
    uint64_t value = take_varint(s);
    day d = { (int32_t)(value <= 99991231 ? value : 0) };
    s->bad = s->bad || value > 99991231 || !day_is_valid(d);
    return d;
}

static void take_text(struct arena *arena, struct source_bytes *s, struct fact *f)
{
    uint64_t len = take_varint(s);
    if (len > (uint64_t)(s->end - s->at)) {
        s->bad = true;
        return;
    }
    f->text = arena_str(arena, (str){ (const char *)s->at, (size_t)len });
    s->at += len;
}

static void take_fact(struct arena *arena, struct source_bytes *s, const struct event *e, int usual_source, struct fact *f)
{
    *f = (struct fact){ .field = take_byte(s), .confidence = 100, .source = (int16_t)usual_source };
    int flags = take_byte(s);
    if (!person_field_def(f->field)) {
        s->bad = true;
        return;
    }
    if (fact_is_text(f->field))
        take_text(arena, s, f);
    else
        f->number = take_signed(s);
    if (flags & FROM_EFFECTIVE)
        f->from = e->effective;
    if (flags & HAS_FROM)
        f->from = take_day(s);
    if (flags & HAS_TO)
        f->to = take_day(s);
    if (flags & HAS_CONFIDENCE)
        f->confidence = (int8_t)take_byte(s);
    if (flags & HAS_EVIDENCE)
        for (int shift = 0; shift < 64; shift += 8)
            f->evidence |= (uint64_t)take_byte(s) << shift;
    if (flags & HAS_SOURCE)
        f->source = take_byte(s);
    s->bad = s->bad || f->source < 0 || f->source >= SOURCE_COUNT || f->confidence < 0 || f->confidence > 100;
}

STATUS facts_decode(struct arena *arena, str doc, struct event *e)
{
    const unsigned char *begin = (const unsigned char *)doc.ptr;
    struct source_bytes s = { begin, begin + doc.len, false };
    struct fact list[FACTS_MAX];
    bool version_ok = take_byte(&s) == DOC_VERSION;
    int usual = take_byte(&s);
    e->fact_count = 0;
    while (!s.bad && s.at < s.end && e->fact_count < FACTS_MAX)
        take_fact(arena, &s, e, usual, &list[e->fact_count++]);
    if (s.bad || !version_ok || s.at != s.end)
        return FAIL_AT(CORRUPT, STR("person_event.doc"));
    e->facts = ARENA_ARRAY(arena, struct fact, e->fact_count + 1);
    if (e->fact_count > 0)
        memcpy(e->facts, list, e->fact_count * sizeof *list);
    return OK;
}
