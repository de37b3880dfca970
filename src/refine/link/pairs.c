/* Writes the CSV of pairs.h. Scores have three decimals and probabilities six, rounded half away from zero, so that the
 * bytes are the same on every machine.
 * tested by: src/refine/link/test/report_test.c */
#include "refine/link/pairs.h"

#include "base/csv.h"

#include <math.h>
#include <string.h>

enum { BLOCK_BYTES = 1 << 20, ROW_BYTES = 192, ID_BYTES = 48, QUOTED_BYTES_MAX = 2 * CSV_CELL_BYTES_MAX + 2 };

void link_csv_start(struct link_csv *c, status (*write)(void *with, str bytes), void *with)
{
    *c = (struct link_csv){ .write = write, .with = with, .failed = OK, .fault.status = OK };
    buf_init(&c->buf, BLOCK_BYTES + 2 * QUOTED_BYTES_MAX + ROW_BYTES);
}

static void block_hand_out(struct link_csv *c)
{
    for (size_t i = 0; c->sum && i < c->buf.len; i++)
        c->sum = (c->sum ^ (unsigned char)c->buf.ptr[i]) * UINT64_C(0x100000001b3);
    if (status_ok(c->failed) && c->buf.len)
        c->failed = c->write(c->with, buf_str(&c->buf));
    if (!status_ok(c->failed) && status_ok(c->fault.status))
        c->fault = *fault_here(); /* the file may be ended by another thread */
    buf_clear(&c->buf);
}

STATUS link_csv_end(struct link_csv *c)
{
    status st = buf_check(&c->buf);

    block_hand_out(c);
    buf_done(&c->buf);
    if (status_ok(st) && !status_ok(c->failed))
        *fault_here() = c->fault;
    return status_ok(st) ? c->failed : st;
}

/* Surely needs no quotes: the comma, the quote, the space and the ends of lines are all below the hyphen. */
static bool is_plain(str s)
{
    int below = 0;

    for (size_t i = 0; i < s.len; i++)
        below |= (unsigned char)s.ptr[i] - '-';
    return s.len > 0 && below >= 0;
}

static void id_add(struct link_csv *c, str id)
{
    if (is_plain(id))
        buf_add(&c->buf, id);
    else
        csv_cell(&c->buf, id, ',');
}

/* Into a row, so that a row of short ids goes into the buffer as a whole; others go there by themselves, after what the row
 * holds. Returns where the row ends. */
static char *id_put(struct link_csv *c, char *row, char *at, str id)
{
    if (id.len <= ID_BYTES && is_plain(id)) {
        memcpy(at, id.ptr, id.len);
        return at + id.len;
    }
    buf_bytes(&c->buf, row, (size_t)(at - row));
    id_add(c, id);
    return row;
}

static char *word_put(char *at, const char *text)
{
    while (*text)
        *at++ = *text++;
    return at;
}

/* Decimal, without leading zeros; returns where it ends. */
static char *whole_put(char *at, uint64_t n)
{
    char digits[20];
    int count = 0;

    do {
        digits[count++] = (char)('0' + n % 10);
        n /= 10;
    } while (n);
    while (count)
        *at++ = digits[--count];
    return at;
}

/* `digits` after the point, at most six, of a number below 10^12. */
static inline char *fixed_put(char *at, double x, int digits)
{
    static const uint32_t powers[] = { 1, 10, 100, 1000, 10000, 100000, 1000000 };
    uint64_t whole = (uint64_t)(fabs(x) * powers[digits] + .5);
    uint32_t part = (uint32_t)(whole % powers[digits]);

    if (x < 0 && whole)
        *at++ = '-';
    at = whole_put(at, whole / powers[digits]);
    *at++ = '.';
    for (int i = digits; i-- > 0; part /= 10)
        at[i] = (char)('0' + part % 10);
    return at + digits;
}

void link_csv_row_end(struct link_csv *c)
{
    buf_char(&c->buf, '\n');
    if (c->buf.len >= BLOCK_BYTES)
        block_hand_out(c);
}

uint64_t link_csv_sum(struct link_csv *c)
{
    block_hand_out(c);
    return c->sum;
}

void link_csv_pairs_head(struct link_csv *c) { buf_add(&c->buf, STR("id_left,id_right,score,probability,class\n")); }

void link_csv_pair(struct link_csv *c, str id_left, str id_right, double bits, double probability, enum report_class class)
{
    char row[ROW_BYTES], *at = row;

    at = id_put(c, row, at, id_left);
    *at++ = ',';
    at = id_put(c, row, at, id_right);
    *at++ = ',';
    at = fixed_put(at, bits, 3);
    *at++ = ',';
    at = fixed_put(at, probability, 6);
    *at++ = ',';
    at = word_put(at, report_class_word(class));
    buf_bytes(&c->buf, row, (size_t)(at - row));
    link_csv_row_end(c);
}

void link_csv_unlinkable_head(struct link_csv *c, int sides)
{
    buf_add(&c->buf, sides == 2 ? STR("id,missing,side\n") : STR("id,missing\n"));
}

void link_csv_unlinkable(struct link_csv *c, str id, str missing, int side, int sides)
{
    id_add(c, id);
    buf_char(&c->buf, ',');
    if (missing.len)
        id_add(c, missing);
    if (sides == 2)
        buf_add(&c->buf, side ? STR(",right") : STR(",left"));
    link_csv_row_end(c);
}

void link_csv_clusters_head(struct link_csv *c, int sides)
{
    buf_add(&c->buf, sides == 2 ? STR("id,cluster,side\n") : STR("id,cluster\n"));
}

void link_csv_member(struct link_csv *c, str id, uint64_t cluster, int side, int sides)
{
    char row[ROW_BYTES], *at = row;

    at = id_put(c, row, at, id);
    *at++ = ',';
    at = whole_put(at, cluster);
    if (sides == 2)
        at = word_put(at, side ? ",right" : ",left");
    buf_bytes(&c->buf, row, (size_t)(at - row));
    link_csv_row_end(c);
}
