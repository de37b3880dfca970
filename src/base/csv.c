/* The scanner behind csv.h. Marks (delimiter, line end, quote) of a block of 64 bytes are gathered into one word and
 * taken off it bit by bit; RFC 4180 section 2 gives the rules for quotes. */
#include "base/csv.h"

#include <stdlib.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { BLOCK = 64, HEAD_LINES = 20, HEAD_BYTES = 65536 };

#ifdef __SSE2__
static uint64_t block_marks(const struct csv *c, const char *p)
{
    const __m128i quote = _mm_set1_epi8('"'), delimiter = _mm_set1_epi8(c->delimiter), line = _mm_set1_epi8(c->newline);
    uint64_t marks = 0;

    for (int i = 0; i < 4; i++) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
        __m128i hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, delimiter)),
                                   _mm_cmpeq_epi8(bytes, line));
        marks |= (uint64_t)(uint32_t)_mm_movemask_epi8(hit) << (16 * i);
    }
    return marks;
}
#else
static uint64_t block_marks(const struct csv *c, const char *p)
{
    uint64_t marks = 0;

    for (int i = 0; i < BLOCK; i++)
        marks |= (uint64_t)(p[i] == '"' || p[i] == c->delimiter || p[i] == c->newline) << i;
    return marks;
}
#endif

static void marks_load(struct csv *c)
{
    size_t left = (size_t)(c->end - c->block);
    char tail[BLOCK];

    if (left >= BLOCK) {
        c->marks = block_marks(c, c->block);
        return;
    }
    memcpy(tail, c->block, left);
    memset(tail + left, 0, BLOCK - left);
    c->marks = block_marks(c, tail) & (((uint64_t)1 << left) - 1);
}

/* Moves to the next mark and takes it; the end of the text if there is none. */
static const char *mark_next(struct csv *c)
{
    const char *found;

    while (c->marks == 0) {
        if (c->end - c->block <= BLOCK)
            return c->end;
        c->block += BLOCK;
        marks_load(c);
    }
    found = c->block + __builtin_ctzll(c->marks);
    c->marks &= c->marks - 1;
    return found;
}

static void marks_seek(struct csv *c, const char *at)
{
    c->block = at;
    c->marks = 0;
    if (at < c->end)
        marks_load(c);
}

void csv_start(struct csv *c, str text, char delimiter)
{
    if (!text.ptr) /* an empty str may have none */
        text = STR("");
    if (str_starts(text, STR("\xEF\xBB\xBF")))
        text = str_from(text, 3);
    *c = (struct csv){ .begin = text.ptr,
                       .at = text.ptr,
                       .end = text.ptr + text.len,
                       .delimiter = delimiter ? delimiter : csv_delimiter(text),
                       .newline = '\n',
                       .cell_bytes_max = CSV_CELL_BYTES_MAX };
    if (text.len && !memchr(text.ptr, '\n', text.len) && memchr(text.ptr, '\r', text.len))
        c->newline = '\r';
    marks_seek(c, c->at);
}

void csv_seek(struct csv *c, size_t at, int64_t row, int64_t lines)
{
    MUST(at <= (size_t)(c->end - c->begin));
    c->at = c->begin + at;
    c->row = row;
    c->lines = lines;
    marks_seek(c, c->at);
}

void csv_done(struct csv *c)
{
    free(c->scratch);
    c->scratch = NULL;
    c->scratch_cap = 0;
}

/* In the length of a cell that holds doubled quotes, until its record is whole. */
static const size_t DOUBLED = (size_t)1 << 62;

/* A record under way. */
struct record {
    const char *start;
    str *cells;
    size_t count, cells_max;
    size_t doubled_bytes; /* of cells that hold doubled quotes */
    int64_t lines;        /* line ends inside quotes */
};

/* Steps behind the first line of the bad record, so that one bad quote cannot swallow the rest of the text. */
static status record_bad(struct csv *c, const struct record *r, status st)
{
    const char *stop = memchr(r->start, c->newline, (size_t)(c->end - r->start));

    fault_place(c->row, (int32_t)(r->count + 1));
    c->raw = (str){ r->start, (size_t)((stop ? stop : c->end) - r->start) };
    if (str_ends(c->raw, STR("\r")))
        c->raw.len--;
    c->at = stop ? stop + 1 : c->end;
    c->lines = c->line;
    marks_seek(c, c->at);
    return st;
}

/* Where a line ends is CR of CRLF too; CR at the very end of the text counts as such. */
static const char *skip_cr(const struct csv *c, const char *p)
{
    return c->newline == '\n' && p < c->end && *p == '\r' && (p + 1 == c->end || p[1] == '\n') ? p + 1 : p;
}

/* A quoted cell: `open` stands on its quote, whose mark is taken. Gives the inside; *ret_stop is the mark after it. */
static enum error_code cell_quoted(struct csv *c, struct record *r, const char *open, const char **ret_stop)
{
    str *cell = &r->cells[r->count];
    bool doubled = false;
    const char *p, *after;

    for (;;) {
        p = mark_next(c);
        if ((size_t)(p - open) > c->cell_bytes_max)
            return ERR_CELL_TOO_LARGE;
        if (p == c->end)
            return ERR_CSV_QUOTE;
        r->lines += *p == c->newline;
        if (*p != '"')
            continue;
        if (p + 1 == c->end || p[1] != '"')
            break;
        doubled = true;
        mark_next(c);
    }
    after = skip_cr(c, p + 1);
    if (after < c->end && *after != c->delimiter && *after != c->newline)
        return ERR_CSV_QUOTE;
    *cell = (str){ open + 1, (size_t)(p - open - 1) };
    *ret_stop = after < c->end ? mark_next(c) : c->end;
    if (doubled) {
        r->doubled_bytes += cell->len;
        cell->len |= DOUBLED;
    }
    return ERR_OK;
}

static enum error_code cell_plain(struct csv *c, struct record *r, const char *start, const char **inout_stop)
{
    const char *stop = *inout_stop;
    str *cell = &r->cells[r->count];

    while (stop < c->end && *stop == '"')
        stop = mark_next(c);
    *inout_stop = stop;
    *cell = (str){ start, (size_t)(stop - start) };
    if (cell->len && stop[-1] == '\r' && c->newline == '\n' && (stop == c->end || *stop == '\n'))
        cell->len--;
    return cell->len > c->cell_bytes_max ? ERR_CELL_TOO_LARGE : ERR_OK;
}

/* Doubled quotes become one, in the scratch bytes, which are of full size before the first cell goes in. */
static void record_undouble(struct csv *c, struct record *r)
{
    char *out;

    if (r->doubled_bytes > c->scratch_cap) {
        free(c->scratch);
        c->scratch_cap = r->doubled_bytes * 2;
        c->scratch = malloc(c->scratch_cap);
        MUST(c->scratch);
    }
    out = c->scratch;
    for (size_t i = 0; i < r->count; i++) {
        str *cell = &r->cells[i];
        char *start = out;

        if (!(cell->len & DOUBLED))
            continue;
        cell->len &= ~DOUBLED;
        for (size_t k = 0; k < cell->len; k++) {
            *out++ = cell->ptr[k];
            k += cell->ptr[k] == '"';
        }
        *cell = (str){ start, (size_t)(out - start) };
    }
}

static void record_end(struct csv *c, struct record *r, const char *stop)
{
    c->raw = (str){ r->start, (size_t)(stop - r->start) };
    if (c->raw.len && c->newline == '\n' && stop[-1] == '\r')
        c->raw.len--;
    c->at = stop < c->end ? stop + 1 : stop;
    c->lines = c->line + r->lines;
    if (r->doubled_bytes)
        record_undouble(c, r);
}

STATUS csv_next(struct csv *c, str *cells, size_t cells_max, size_t *ret_count, bool *ret_more)
{
    struct record r = { .start = c->at, .cells = cells, .cells_max = cells_max };
    const char *start = c->at, *stop;

    *ret_count = 0;
    *ret_more = c->at < c->end;
    if (!*ret_more)
        return OK;
    c->row++;
    c->line = c->lines + 1;
    do {
        enum error_code bad;

        if (r.count == cells_max)
            return record_bad(c, &r, FAIL(CSV_COLUMNS));
        stop = mark_next(c);
        if (stop < c->end && stop == start && *stop == '"')
            bad = cell_quoted(c, &r, start, &stop);
        else
            bad = cell_plain(c, &r, start, &stop);
        if (bad == ERR_CELL_TOO_LARGE)
            return record_bad(c, &r, FAIL(CELL_TOO_LARGE));
        if (bad != ERR_OK)
            return record_bad(c, &r, FAIL(CSV_QUOTE));
        r.count++;
        start = stop + 1;
    } while (stop < c->end && *stop == c->delimiter);
    record_end(c, &r, stop);
    *ret_count = r.count;
    return OK;
}

/* How many of the first records have the commonest number of cells, and that number. */
static int delimiter_score(str head, char delimiter)
{
    int counts[HEAD_LINES] = { 0 }, lines = 0, best = 0;
    struct csv c DEFER(csv_done);
    str cells[256];
    size_t count;
    bool more;

    csv_start(&c, head, delimiter);
    while (lines < HEAD_LINES) {
        if (!status_ok(csv_next(&c, cells, 256, &count, &more)))
            count = 0;
        else if (!more)
            break;
        if (count != 1 || cells[0].len)
            counts[lines++] = (int)count;
    }
    for (int i = 0; i < lines; i++) {
        int same = 0;
        for (int k = 0; k < lines; k++)
            same += counts[k] == counts[i];
        if (counts[i] > 1 && same * 1000 + counts[i] > best)
            best = same * 1000 + counts[i];
    }
    return best;
}

char csv_delimiter(str head)
{
    static const char candidates[] = { ',', ';', '\t', '|' };
    struct fault kept = *fault_here();
    char found = ',';
    int best = 0;

    head = str_slice(head, 0, HEAD_BYTES);
    for (size_t i = 0; i < sizeof(candidates); i++) {
        int score = delimiter_score(head, candidates[i]);
        if (score > best) {
            best = score;
            found = candidates[i];
        }
    }
    *fault_here() = kept; /* what did not fit while guessing is nobody's failure */
    return found;
}

void csv_cell(struct buf *out, str cell, char delimiter)
{
    /* The mark of UTF-8 too, which would be skipped at the start of a text. */
    bool quote = cell.len && (cell.ptr[0] == ' ' || cell.ptr[cell.len - 1] == ' ' || str_starts(cell, STR("\xEF\xBB\xBF")));

    for (size_t i = 0; i < cell.len && !quote; i++)
        quote = cell.ptr[i] == '"' || cell.ptr[i] == delimiter || cell.ptr[i] == '\n' || cell.ptr[i] == '\r';
    if (!quote) {
        buf_add(out, cell);
        return;
    }
    buf_char(out, '"');
    for (size_t i = 0; i < cell.len; i++) {
        if (cell.ptr[i] == '"')
            buf_char(out, '"');
        buf_char(out, cell.ptr[i]);
    }
    buf_char(out, '"');
}
