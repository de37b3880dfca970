/* Cells to values, a column of a chunk at a time, so that the loop over rows is short and its dictionary stays warm.
 * tested by: src/match/set/test/load_test.c */
#include "match/set/encode.h"

#include <stdatomic.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "match/set/hash.h"
#include "match/set/word.h"

static inline str trimmed(str s)
{
    while (s.len && (uint8_t)s.ptr[0] <= ' ')
        s.ptr++, s.len--;
    while (s.len && (uint8_t)s.ptr[s.len - 1] <= ' ')
        s.len--;
    return s;
}

enum { SPAN = 64 }; /* bytes looked at once */

/* Bytes of a word: letters, digits, the apostrophe, and all of UTF-8 past ASCII. Bit i speaks of p[i]. */
#ifdef __SSE2__
static uint64_t word_bytes(const char *p)
{
    const __m128i case_bit = _mm_set1_epi8(0x20), letter = _mm_set1_epi8((char)(0x80 - 'a')), letters = _mm_set1_epi8(-128 + 26);
    const __m128i digit = _mm_set1_epi8((char)(0x80 - '0')), digits = _mm_set1_epi8(-128 + 10), apostrophe = _mm_set1_epi8('\'');
    uint64_t bits = 0;

    for (int i = 0; i < 4; i++) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
        __m128i is_letter = _mm_cmplt_epi8(_mm_add_epi8(_mm_or_si128(v, case_bit), letter), letters);
        __m128i is_digit = _mm_cmplt_epi8(_mm_add_epi8(v, digit), digits);
        __m128i hit = _mm_or_si128(_mm_or_si128(is_letter, is_digit), _mm_or_si128(v, _mm_cmpeq_epi8(v, apostrophe)));

        bits |= (uint64_t)(uint32_t)_mm_movemask_epi8(hit) << (16 * i);
    }
    return bits;
}
#else
static uint64_t word_bytes(const char *p)
{
    uint64_t bits = 0;

    for (int i = 0; i < SPAN; i++) {
        uint8_t c = (uint8_t)p[i], small = c | 0x20;
        bits |= (uint64_t)(c >= 0x80 || c == '\'' || (c >= '0' && c <= '9') || (small >= 'a' && small <= 'z')) << i;
    }
    return bits;
}
#endif

struct column {
    struct chunk *chunk;
    struct link_field *field;
    struct dict_build *build;
    struct dict_memo *memo;
    int dict;
    const str *cells;
    size_t stride;
    uint64_t *hash;
    str readable; /* the list's text: bytes past a cell's end may be read in it */
};

enum { NOTHING_BYTES_MAX = 10 };
#define WORD(text) { text, sizeof(text) - 1 }

/* Cells that say that nothing is known, by their length. */
static bool is_nothing(str cell)
{
    static const str words[] = { WORD("-"),    WORD("?"),    WORD("--"),   WORD("\\n"),     WORD("n/a"),      WORD("nan"),      WORD("nil"),     WORD("#n/a"),
                                 WORD("null"), WORD("none"), WORD("unknown"), WORD("khong ro"), WORD("khong co"), WORD("không rõ"), WORD("không có") };
    static const uint8_t first[NOTHING_BYTES_MAX + 2] = { 0, 0, 2, 4, 7, 10, 10, 10, 11, 13, 13, 15 }; /* of that length */
    char small[NOTHING_BYTES_MAX];

    for (size_t i = 0; i < cell.len; i++)
        small[i] = (char)(cell.ptr[i] >= 'A' && cell.ptr[i] <= 'Z' ? cell.ptr[i] + 32 : cell.ptr[i]);
    for (int i = first[cell.len]; i < first[cell.len + 1]; i++)
        if (memcmp(words[i].ptr, small, cell.len) == 0)
            return true;
    return false;
}

static inline str known_cell(str cell)
{
    cell = trimmed(cell);
    if (cell.len == 0 || cell.len > NOTHING_BYTES_MAX)
        return cell;
    switch (cell.ptr[0]) { /* what those words begin with */
    case '-': case '?': case '#': case '\\': case 'n': case 'u': case 'k': case 'N': case 'U': case 'K':
        return is_nothing(cell) ? (str){ 0 } : cell;
    default:
        return cell;
    }
}

/* So many bytes from the cell's first on may be read. */
static inline bool can_read(const struct column *c, str cell, size_t bytes)
{
    return cell.ptr >= c->readable.ptr && cell.ptr + bytes <= c->readable.ptr + c->readable.len;
}

static void texts_encode(const struct column *c)
{
    uint32_t *code = c->field->code[c->chunk->side] + c->chunk->base;

    for (uint32_t r = 0; r < c->chunk->rows; r++) {
        str cell = known_cell(c->cells[r * c->stride]);

        c->hash[r] = link_mix(c->hash[r] + 1, link_hash(cell));
        code[r] = can_read(c, cell, DICT_SHORT) ? dict_take_near(c->build, c->memo, cell) : dict_take(c->build, c->memo, cell);
    }
}

static bool in_word(char c)
{
    uint8_t small = (uint8_t)c | 0x20;

    return (uint8_t)c >= 0x80 || c == '\'' || (c >= '0' && c <= '9') || (small >= 'a' && small <= 'z');
}

/* From *inout_start on the next word: its first byte is set, one past its last returned; equal when there is none. */
static size_t word_next(str cell, size_t *inout_start)
{
    size_t end;

    while (*inout_start < cell.len && !in_word(cell.ptr[*inout_start]))
        ++*inout_start;
    for (end = *inout_start; end < cell.len && in_word(cell.ptr[end]);)
        end++;
    return end;
}

static unsigned words_take_slowly(const struct column *c, str cell, uint32_t *words)
{
    size_t start = 0, end;
    unsigned seen = 0, n = 0;

    for (; seen < LINK_WORDS_MAX && (end = word_next(cell, &start)) > start; start = end, seen++) {
        words[n] = dict_take(c->build, c->memo, (str){ cell.ptr + start, end - start });
        n += words[n] != 0;
    }
    return n;
}

enum { SLOWLY = LINK_WORDS_MAX + 1 };

/* The words of a cell, found from one look at its first SPAN bytes; SLOWLY where more of it has to be seen. */
static inline unsigned words_take(const struct column *c, str cell, uint32_t *words)
{
    unsigned seen = 0, n = 0;
    uint64_t bits;

    if (cell.len == 0)
        return 0;
    if (!can_read(c, cell, SPAN + DICT_SHORT))
        return SLOWLY;
    bits = word_bytes(cell.ptr);
    if (cell.len < SPAN)
        bits &= ~(uint64_t)0 >> (SPAN - cell.len);
    for (; bits && seen < LINK_WORDS_MAX; seen++) {
        unsigned start = (unsigned)__builtin_ctzll(bits);
        uint64_t after = ~(bits >> start);
        unsigned len = after ? (unsigned)__builtin_ctzll(after) : SPAN;

        if (start + len == SPAN && cell.len > SPAN)
            return SLOWLY; /* the word may go on */
        bits &= start + len < SPAN ? ~(uint64_t)0 << (start + len) : 0;
        words[n] = dict_take_near(c->build, c->memo, (str){ cell.ptr + start, len });
        n += words[n] != 0;
    }
    return seen < LINK_WORDS_MAX && cell.len > SPAN ? SLOWLY : n;
}

/* Where a record's words go, all zeros so far: its row, or the longer one that takes its place. */
static void *row_for(const struct column *c, uint32_t record, unsigned count)
{
    struct load *l = c->chunk->load;
    int side = c->chunk->side;
    uint16_t *row = link_row(c->field, side, record);
    uint32_t number;

    if (c->field->row != LINK_ROW_SHORT || count <= LINK_SHORT_WORDS)
        return row;
    number = atomic_fetch_add(&l->longer[c->field - l->set.field][side], 1);
    row[0] = LINK_ROW_LONGER;
    row[2] = (uint16_t)number;
    row[3] = (uint16_t)(number >> 16);
    return link_row_longer(c->field, side, number);
}

/* Returns the largest code. */
static uint32_t words_put(const struct column *c, uint32_t record, const uint32_t *words, unsigned count)
{
    uint16_t *row = row_for(c, record, count);
    uint32_t largest = 0;

    if (c->field->row == LINK_ROW_WIDE) {
        memcpy(row, words, count * sizeof *words);
        return 0;
    }
    for (unsigned i = 0; i < count; i++) {
        largest = words[i] > largest ? words[i] : largest;
        row[i] = (uint16_t)words[i];
    }
    return largest;
}

static void words_encode(const struct column *c)
{
    uint32_t words[LINK_WORDS_MAX], largest = 0;

    for (uint32_t r = 0; r < c->chunk->rows; r++) {
        str cell = known_cell(c->cells[r * c->stride]);
        unsigned count = words_take(c, cell, words);
        uint32_t code = words_put(c, c->chunk->base + r, words, count == SLOWLY ? words_take_slowly(c, cell, words) : count);

        c->hash[r] = link_mix(c->hash[r] + 1, link_hash(cell));
        largest = code > largest ? code : largest;
    }
    if (largest > LINK_NARROW_MAX)
        atomic_fetch_or(&c->chunk->load->outgrown, 1u << c->dict);
}

static void days_encode(const struct column *c, struct link_day_tally *tally)
{
    uint32_t *code = c->field->code[c->chunk->side] + c->chunk->base;

    for (uint32_t r = 0; r < c->chunk->rows; r++) {
        str cell = known_cell(c->cells[r * c->stride]);

        code[r] = link_day_read(cell, c->chunk->load->today, tally);
        c->hash[r] = link_mix(c->hash[r] + 1, link_hash(cell));
    }
}

static void digits_encode(const struct column *c)
{
    uint64_t *digits = c->field->digits[c->chunk->side] + c->chunk->base;

    for (uint32_t r = 0; r < c->chunk->rows; r++) {
        str cell = known_cell(c->cells[r * c->stride]);

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
    return value >= LINK_YEAR_FIRST && value <= LINK_YEAR_LAST ? link_day(value, 0, 0) : 0;
}

/* Year, month and day meet in one column, each in its own bits. */
static void parts_encode(const struct column *c, enum load_part part)
{
    uint32_t *code = c->field->code[c->chunk->side] + c->chunk->base;
    int year_now = day_year(c->chunk->load->today);

    for (uint32_t r = 0; r < c->chunk->rows; r++) {
        str cell = known_cell(c->cells[r * c->stride]);

        code[r] |= part_bits(link_part_read(cell, part == PART_YEAR ? 4 : 2), part, year_now);
        c->hash[r] = link_mix(c->hash[r] + 1, link_hash(cell));
    }
}

static void ids_encode(const struct chunk *c, const str *cells, size_t stride)
{
    struct load_ids ids;
    size_t bytes = 0;

    for (uint32_t r = 0; r < c->rows; r++)
        bytes += cells[r * stride].len;
    ids = load_ids_new(c->pool, c->rows, bytes);
    c->load->set.ids[c->side][c->base / LINK_ID_ROWS] = ids.block;
    for (uint32_t r = 0; r < c->rows; r++)
        load_ids_add(&ids, trimmed(cells[r * stride]));
}

static void column_encode(struct chunk *c, const struct load_target *t, const str *cells, size_t stride)
{
    struct load *l = c->load;
    struct link_field *f = &l->set.field[t->field];
    int dict = l->dict_of[t->field];
    struct column column = { c, f, dict < 0 ? NULL : l->build[dict], dict < 0 ? NULL : c->memo[dict], dict, cells, stride,
                             l->set.hash[c->side] + c->base, l->side[c->side].text };

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

    /* Each column adds to it. New memory that is read before it is written costs two faults and a halt of all threads. */
    memset(c->load->set.hash[c->side] + c->base, 0, c->rows * sizeof(uint64_t));
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
