/* A record in some fifty bytes: its id (letters in front, digits as a number), a bit for each field that it has, and the
 * values in the order of the fields. Reading checks nothing but the end: see bytes.h.
 * tested by: src/match/index/test/index_test.c */
#include "match/index/inside.h"

#include "match/set/word.h"

enum { ID_DIGITS_MAX = 18, ID_WORD = 32 };

static void put(struct buf *out, uint64_t value)
{
    uint8_t to[VARINT_BYTES];

    buf_bytes(out, to, (size_t)(varint_put(to, value) - to));
}

/* length of the front * 32 + count of digits; the front; the digits as a number. */
static void id_put(struct buf *out, str id)
{
    size_t digits = 0;
    uint64_t value = 0;

    while (digits < id.len && digits < ID_DIGITS_MAX && id.ptr[id.len - 1 - digits] >= '0' && id.ptr[id.len - 1 - digits] <= '9')
        digits++;
    for (size_t i = id.len - digits; i < id.len; i++)
        value = value * 10 + (uint64_t)(id.ptr[i] - '0');
    put(out, (id.len - digits) * ID_WORD + digits);
    buf_bytes(out, id.ptr, id.len - digits);
    if (digits)
        put(out, value);
}

str record_id(struct bytes *b, struct arena *a)
{
    uint64_t word = varint_get(b);
    str front = bytes_get(b, word / ID_WORD <= INDEX_TEXT_MAX ? word / ID_WORD : 0);
    int digits = (int)(word % ID_WORD);

    return digits ? arena_printf(a, "%.*s%0*llu", STR_ARG(front), digits, (unsigned long long)varint_get(b)) : arena_str(a, front);
}

static STATUS word_put(const struct pack_source *s, const struct link_field *f, int dict, uint32_t code, struct buf *out)
{
    uint32_t packed = s->map[dict][code];

    put(out, packed);
    if (packed)
        return OK;
    str key = f->dict->tones ? f->dict->tones[code] : f->dict->text[code];
    if (key.len > INDEX_TEXT_MAX)
        return FAIL_AT(CELL_TOO_LARGE, f->head);
    put(out, key.len);
    buf_add(out, key);
    return OK;
}

static bool is_known(const struct link_field *f, uint32_t row)
{
    switch (f->kind) {
    case LINK_KIND_TEXT: case LINK_KIND_DAY: return f->code[0][row];
    case LINK_KIND_WORDS: return link_has_words(f, 0, row);
    case LINK_KIND_DIGITS: return f->digits[0][row];
    case LINK_KIND_NONE: break;
    }
    return false;
}

static STATUS value_put(const struct pack_source *s, int i, uint32_t row, struct buf *out)
{
    const struct link_field *f = &s->set->field[s->field[i]];
    int dict = s->def->field[i].dict;

    if (f->kind == LINK_KIND_TEXT)
        return word_put(s, f, dict, f->code[0][row], out);
    if (f->kind == LINK_KIND_DAY) {
        put(out, f->code[0][row]);
    } else if (f->kind == LINK_KIND_DIGITS) {
        uint64_t d = f->digits[0][row];
        put(out, (d << 8 >> 8) << 5 | d >> 56);
    } else {
        struct link_words words = link_words(f, 0, row);

        put(out, (uint64_t)words.count);
        for (int k = 0; k < words.count; k++)
            TRY(word_put(s, f, dict, words.code[k], out));
    }
    return OK;
}

STATUS record_pack(const struct pack_source *s, uint32_t row, struct buf *out)
{
    uint64_t known = 0;

    if (link_id(s->set, 0, row).len > INDEX_TEXT_MAX)
        return FAIL_AT(CELL_TOO_LARGE, STR("id"));
    id_put(out, link_id(s->set, 0, row));
    for (int i = 0; i < s->def->fields; i++)
        known |= (uint64_t)(s->field[i] >= 0 && is_known(&s->set->field[s->field[i]], row)) << i;
    put(out, known);
    for (int i = 0; i < s->def->fields; i++)
        if (known >> i & 1)
            TRY(value_put(s, i, row, out));
    return OK;
}

struct bytes segment_record(const struct segment *s, uint32_t record)
{
    uint64_t block = record / INDEX_BLOCK_RECORDS, from, to, skip = 0, len = 0, in_block;
    struct bytes b = { 0 };

    if (record >= s->head.records)
        return b;
    from = s->record_at[block];
    to = s->record_at[block + 1];
    if (from > to || to > s->record_bytes)
        return b;
    b = (struct bytes){ s->record + from, s->record + to };
    in_block = s->head.records - block * INDEX_BLOCK_RECORDS;
    in_block = in_block < INDEX_BLOCK_RECORDS ? in_block : INDEX_BLOCK_RECORDS;
    for (uint32_t i = 0; i < in_block; i++) {
        uint64_t bytes = varint_get(&b) & UINT32_MAX;

        skip += i < record % INDEX_BLOCK_RECORDS ? bytes : 0;
        len = i == record % INDEX_BLOCK_RECORDS ? bytes : len;
    }
    (void)bytes_get(&b, skip);
    if ((uint64_t)(b.end - b.at) > len)
        b.end = b.at + len;
    return b;
}
