/* Cells to values, a column of a chunk at a time, so that the loop over rows is short and its dictionary stays warm.
 * tested by: src/match/set/test/load_test.c */
#include "match/set/encode.h"

#include <string.h>

#include "match/set/hash.h"

static inline str trimmed(str s)
{
    while (s.len && (uint8_t)s.ptr[0] <= ' ')
        s.ptr++, s.len--;
    while (s.len && (uint8_t)s.ptr[s.len - 1] <= ' ')
        s.len--;
    return s;
}

/* Bytes of a word: letters, digits, the apostrophe, and all of UTF-8 past ASCII. */
static const uint8_t in_word[256] = {
    ['\''] = 1, ['0' ... '9'] = 1, ['A' ... 'Z'] = 1, ['a' ... 'z'] = 1, [0x80 ... 0xFF] = 1,
};

struct column {
    struct chunk *chunk;
    struct link_field *field;
    struct dict_build *build;
    struct dict_memo *memo;
    const str *cells;
    size_t stride;
    uint64_t *hash;
};

static void texts_encode(const struct column *c)
{
    uint32_t *code = c->field->code[c->chunk->side] + c->chunk->base;

    for (uint32_t r = 0; r < c->chunk->rows; r++) {
        str cell = trimmed(c->cells[r * c->stride]);

        code[r] = dict_take(c->build, c->memo, cell);
        c->hash[r] = link_mix(c->hash[r] + 1, link_hash(cell));
    }
}

static unsigned words_of(const struct column *c, str cell, uint32_t word[LINK_WORDS_MAX])
{
    const char *p = cell.ptr, *end = cell.ptr + cell.len;
    unsigned n = 0;

    while (p < end && n < LINK_WORDS_MAX) {
        const char *start;
        uint32_t code;

        while (p < end && !in_word[(uint8_t)*p])
            p++;
        start = p;
        while (p < end && in_word[(uint8_t)*p])
            p++;
        code = p > start ? dict_take(c->build, c->memo, (str){ start, (size_t)(p - start) }) : 0;
        if (code)
            word[n++] = code;
    }
    return n;
}

static void words_encode(const struct column *c)
{
    uint32_t(*word)[LINK_WORDS_MAX] = c->field->word[c->chunk->side] + c->chunk->base;
    uint16_t *count = c->field->word_count[c->chunk->side] + c->chunk->base;

    for (uint32_t r = 0; r < c->chunk->rows; r++) {
        str cell = trimmed(c->cells[r * c->stride]);

        count[r] = (uint16_t)words_of(c, cell, word[r]);
        c->hash[r] = link_mix(c->hash[r] + 1, link_hash(cell));
    }
}

static void days_encode(const struct column *c, struct link_day_tally *tally)
{
    uint32_t *code = c->field->code[c->chunk->side] + c->chunk->base;

    for (uint32_t r = 0; r < c->chunk->rows; r++) {
        str cell = trimmed(c->cells[r * c->stride]);

        code[r] = link_day_read(cell, c->chunk->load->today, tally);
        c->hash[r] = link_mix(c->hash[r] + 1, link_hash(cell));
    }
}

static void digits_encode(const struct column *c)
{
    uint64_t *digits = c->field->digits[c->chunk->side] + c->chunk->base;

    for (uint32_t r = 0; r < c->chunk->rows; r++) {
        str cell = trimmed(c->cells[r * c->stride]);

        digits[r] = link_digits_read(cell, c->field->role);
        c->hash[r] = link_mix(c->hash[r] + 1, link_hash(cell));
    }
}

static uint32_t part_bits(int value, enum load_part part, int year_now)
{
    if (value <= 0)
        return 0;
    if (part == PART_MONTH)
        return value <= 12 ? link_day(0, value, 0) : 0;
    if (part == PART_DAY)
        return value <= 31 ? link_day(0, 0, value) : 0;
    if (value < 100)
        value += year_now / 100 * 100 - (value > year_now % 100 ? 100 : 0);
    return value >= 1800 && value < 2200 ? link_day(value, 0, 0) : 0;
}

/* Year, month and day meet in one column, each in its own bits. */
static void parts_encode(const struct column *c, enum load_part part)
{
    uint32_t *code = c->field->code[c->chunk->side] + c->chunk->base;
    int year_now = day_year(c->chunk->load->today);

    for (uint32_t r = 0; r < c->chunk->rows; r++) {
        str cell = trimmed(c->cells[r * c->stride]);

        code[r] |= part_bits(link_part_read(cell, part == PART_YEAR ? 4 : 2), part, year_now);
        c->hash[r] = link_mix(c->hash[r] + 1, link_hash(cell));
    }
}

static void ids_encode(const struct chunk *c, const str *cells, size_t stride)
{
    str *id = (str *)(uintptr_t)c->load->set.id[c->side] + c->base;

    for (uint32_t r = 0; r < c->rows; r++) {
        str cell = trimmed(cells[r * stride]);
        char *copy = load_pool_take(c->pool, cell.len);

        memcpy(copy, cell.ptr, cell.len);
        id[r] = (str){ copy, cell.len };
    }
}

static void column_encode(struct chunk *c, const struct load_target *t, const str *cells, size_t stride)
{
    struct load *l = c->load;
    struct link_field *f = &l->set.field[t->field];
    int dict = l->dict_of[t->field];
    struct column column = { c, f, dict < 0 ? NULL : l->build[dict], dict < 0 ? NULL : c->memo[dict], cells, stride,
                             l->set.hash[c->side] + c->base };

    if (t->part != PART_WHOLE)
        parts_encode(&column, t->part);
    else if (f->kind == LINK_KIND_TEXT)
        texts_encode(&column);
    else if (f->kind == LINK_KIND_WORDS)
        words_encode(&column);
    else if (f->kind == LINK_KIND_DAY)
        days_encode(&column, &c->tally[t->field][c->side]);
    else
        digits_encode(&column);
}

void chunk_encode(struct chunk *c)
{
    const struct load_side *s = &c->load->side[c->side];

    for (size_t i = 0; i < s->columns; i++) {
        if (s->target[i].part == PART_ID)
            ids_encode(c, c->cells + i, s->columns);
        else if (s->target[i].part != PART_NOTHING)
            column_encode(c, &s->target[i], c->cells + i, s->columns);
    }
}

void chunk_tally(struct chunk *c)
{
    pthread_mutex_lock(&c->load->tally_lock);
    for (int i = 0; i < c->load->set.fields; i++)
        for (int side = 0; side < 2; side++) {
            c->load->tally[i][side].first_over += c->tally[i][side].first_over;
            c->load->tally[i][side].second_over += c->tally[i][side].second_over;
        }
    pthread_mutex_unlock(&c->load->tally_lock);
}
