/* Reading lists by several threads, see load.h. A thread takes the next rows of a list under its lock, cut into cells, and
 * encodes them beside the others: where a row begins is thus found exactly, whatever the quotes, without a second pass.
 * tested by: src/match/set/test/load_test.c */
#include "match/set/inside.h"

#include <stdlib.h>
#include <string.h>

#include "match/set/cell.h"
#include "match/set/encode.h"
#include "match/set/pages.h"
#include "match/set/word.h"

enum { POOL_BYTES = 1 << 20, EXACT_BYTES = 4 << 20, PROBES = 64, PROBE_BYTES = 16384, RELEASE_BYTES = 4 << 20 };

char *load_pool_take(struct load_pool *p, size_t bytes)
{
    char *taken;

    if (!p->at || (size_t)(p->end - p->at) < bytes) {
        size_t block = bytes > POOL_BYTES ? bytes : POOL_BYTES;

        if (p->count == p->cap) {
            p->cap = p->cap ? p->cap * 2 : 16;
            p->blocks = reallocarray(p->blocks, p->cap, sizeof *p->blocks);
            MUST(p->blocks);
        }
        p->at = p->blocks[p->count++] = malloc(block);
        MUST(p->at);
        p->end = p->at + block;
    }
    taken = p->at;
    p->at += bytes;
    return taken;
}

struct load_ids load_ids_new(struct load_pool *p, uint32_t count, size_t bytes)
{
    size_t heads = (count + 1u) * sizeof(uint32_t), align = sizeof(uint32_t) - 1;
    char *block = load_pool_take(p, heads + bytes + align);

    block += -(uintptr_t)block & align;
    *(uint32_t *)(void *)block = (uint32_t)heads;
    return (struct load_ids){ (uint32_t *)(void *)block, 0, block + heads };
}

struct job {
    void (*work)(void *arg, int thread);
    void *arg;
    int thread;
};

static void *job_run(void *with)
{
    struct job *j = with;

    j->work(j->arg, j->thread);
    return NULL;
}

void load_parallel(int threads, void (*work)(void *arg, int thread), void *arg)
{
    pthread_t started[LOAD_THREADS_MAX];
    struct job job[LOAD_THREADS_MAX];

    for (int i = 1; i < threads; i++) {
        job[i] = (struct job){ work, arg, i };
        MUST(pthread_create(&started[i], NULL, job_run, &job[i]) == 0);
    }
    work(arg, 0);
    for (int i = 1; i < threads; i++)
        MUST(pthread_join(started[i], NULL) == 0);
}

static size_t lines_count(str s, char newline)
{
    size_t count = 0;

    for (size_t i = 0; i < s.len; i++)
        count += s.ptr[i] == newline;
    return count;
}

/* Every record but the last ends in a line end, so lines bound the records. Of a large list they are estimated from
 * pieces; should there be more, everything is read again with the exact count. */
static uint32_t rows_bound(str text, char newline, bool exact)
{
    size_t step = text.len / PROBES, count = 0;

    if (exact || text.len < EXACT_BYTES) {
        count = lines_count(text, newline) + 1;
    } else {
        for (size_t i = 0; i < PROBES; i++)
            count += lines_count(str_slice(text, i * step, i * step + PROBE_BYTES), newline);
        count = (size_t)((double)count / (PROBES * PROBE_BYTES) * (double)text.len * 1.1) + 65536;
    }
    MUST(count < UINT32_MAX / LINK_WORDS_MAX);
    return (uint32_t)count;
}

static bool is_name(enum link_role role)
{
    return role == LINK_FULL_NAME || role == LINK_PARENT_NAME || role == LINK_FATHER_NAME || role == LINK_MOTHER_NAME;
}

static size_t id_blocks(size_t rows) { return (rows + LINK_ID_ROWS - 1) / LINK_ID_ROWS; }

static void arrays_new(struct load *l)
{
    for (int side = 0; side < l->set.sides; side++) {
        size_t rows = l->rows_max[side] = l->side[side].rows_max;

        l->set.ids[side] = link_pages_new(id_blocks(rows) * sizeof(uint32_t *));
        l->set.hash[side] = link_pages_new(rows * sizeof(uint64_t));
        for (int i = 0; i < l->set.fields; i++) {
            struct link_field *f = &l->set.field[i];

            if (f->kind == LINK_KIND_TEXT || f->kind == LINK_KIND_DAY)
                f->code[side] = link_pages_large_new(rows * sizeof(uint32_t));
            if (f->kind == LINK_KIND_DIGITS)
                f->digits[side] = link_pages_large_new(rows * sizeof(uint64_t));
            if (f->kind == LINK_KIND_WORDS) {
                f->row = l->wide >> l->dict_of[i] & 1 ? LINK_ROW_WIDE : is_name(f->role) ? LINK_ROW_SHORT : LINK_ROW_NARROW;
                f->word[side] = link_pages_large_new(rows * link_row_bytes(f->row));
                f->longer[side] = f->row == LINK_ROW_SHORT ? link_pages_large_new(rows * link_row_bytes(LINK_ROW_NARROW)) : NULL;
            }
        }
    }
}

/* To `rows` of each side; 0 frees. */
static void array_cut(void *array, size_t rows_max, size_t rows, size_t bytes)
{
    if (rows)
        link_pages_cut(array, rows_max * bytes, rows * bytes);
    else
        link_pages_free(array, rows_max * bytes);
}

static void arrays_cut(struct load *l, bool all)
{
    for (int side = 0; side < l->set.sides; side++) {
        size_t max = l->rows_max[side], rows = all ? 0 : l->set.count[side] ? l->set.count[side] : 1;

        array_cut(l->set.ids[side], id_blocks(max), id_blocks(rows), sizeof(uint32_t *));
        array_cut(l->set.hash[side], max, rows, sizeof(uint64_t));
        for (int i = 0; i < l->set.fields; i++) {
            struct link_field *f = &l->set.field[i];

            array_cut(f->code[side], max, rows, sizeof(uint32_t));
            array_cut(f->digits[side], max, rows, sizeof(uint64_t));
            array_cut(f->word[side], max, rows, link_row_bytes(f->row));
            array_cut(f->longer[side], max, rows, link_row_bytes(LINK_ROW_NARROW));
        }
        l->rows_max[side] = (uint32_t)rows;
    }
}

/* The next rows, cut into cells. Cells that the scanner had to rewrite live in its scratch until its next row only. */
static uint32_t chunk_take(struct load *l, struct load_side *s, struct chunk *c)
{
    uint32_t n = 0;
    size_t count;
    bool more = true;

    c->base = s->rows;
    while (n < LOAD_CHUNK_ROWS && !s->over && !(l->options->slice && s->rows + n == s->rows_max)) {
        str *cells = c->cells + n * s->columns;
        status st = csv_next(&s->csv, cells, s->columns, &count, &more);

        if (!status_ok(st)) {
            fault_detail(s == &l->side[0] ? "left" : "right");
            s->fault = *fault_here();
            s->over = true;
            break;
        }
        s->over = !more;
        if (!more || (count == 1 && str_trim(cells[0]).len == 0))
            continue;
        for (size_t i = 0; i < count; i++) {
            if (cells[i].len == 0 || (cells[i].ptr >= s->text.ptr && cells[i].ptr < s->text.ptr + s->text.len))
                continue;
            cells[i].ptr = memcpy(load_pool_take(c->pool, cells[i].len), cells[i].ptr, cells[i].len);
        }
        for (size_t i = count; i < s->columns; i++)
            cells[i] = (str){ 0 };
        n++;
    }
    if (n > s->rows_max - s->rows) {
        s->over = s->overflow = true;
        n = 0;
    }
    s->rows += n;
    return n;
}

/* What was read before the chunk, once it is worth a call that all threads wait for. */
static str resident_take(struct load_side *s, const char *to, bool last)
{
    str bytes = { s->resident, (size_t)(to - s->resident) };

    if (bytes.len < RELEASE_BYTES && !last)
        return (str){ 0 };
    s->resident = to;
    return bytes;
}

static void rows_read(void *arg, int thread)
{
    struct load *l = arg;
    struct chunk c = { .load = l, .pool = &l->pool[thread] };
    size_t columns = l->side[0].columns > l->side[1].columns ? l->side[0].columns : l->side[1].columns;

    c.cells = malloc(LOAD_CHUNK_ROWS * columns * sizeof *c.cells);
    MUST(c.cells);
    for (int i = 0; i < l->dicts; i++)
        c.memo[i] = dict_memo_new();
    for (int turn = 0; turn < l->set.sides; turn++) {
        int side = (thread + turn) % l->set.sides;
        struct load_side *s = &l->side[side];

        c.side = side;
        do {
            const char *from;
            str unneeded;

            pthread_mutex_lock(&s->lock);
            from = s->csv.at;
            c.rows = chunk_take(l, s, &c);
            unneeded = resident_take(s, from, c.rows == 0);
            pthread_mutex_unlock(&s->lock);
            if (unneeded.len && l->options->release)
                l->options->release(l->options->with, unneeded.ptr, unneeded.len);
            if (c.rows)
                chunk_encode(&c);
        } while (c.rows && !l->outgrown);
    }
    chunk_tally(&c);
    for (int i = 0; i < l->dicts; i++)
        dict_memo_free(c.memo[i]);
    free(c.cells);
}

STATUS load_rows(struct load *l)
{
    for (int side = 0; side < l->set.sides; side++)
        l->side[side].resident = l->side[side].csv.at;
    load_parallel(l->threads, rows_read, l);
    for (int side = 0; side < l->set.sides; side++) {
        struct load_side *s = &l->side[side];

        l->set.count[side] = s->rows;
        if (status_ok(s->fault.status))
            continue;
        *fault_here() = s->fault;
        return s->fault.status;
    }
    return OK;
}

void link_set_free(struct link_set *set)
{
    struct load *l = (struct load *)(void *)set;

    if (!l)
        return;
    arrays_cut(l, true);
    for (int i = 0; i < l->dicts; i++) {
        dict_build_free(l->build[i]);
        for (int side = 0; side < 2; side++)
            link_pages_free(l->uses[i][side], ((size_t)l->dict[i].count + 1) * sizeof(uint32_t));
    }
    for (int i = 0; i <= LOAD_THREADS_MAX; i++) {
        for (size_t k = 0; k < l->pool[i].count; k++)
            free(l->pool[i].blocks[k]);
        free(l->pool[i].blocks);
    }
    for (int side = 0; side < 2; side++) {
        csv_done(&l->side[side].csv);
        pthread_mutex_destroy(&l->side[side].lock);
    }
    pthread_mutex_destroy(&l->tally_lock);
    free(l);
}

/* What is guessed before a list is read, and put right when it proves too small. */
struct guess {
    bool exact;    /* the lines are counted */
    uint32_t wide; /* see struct load */
};

static struct load *load_new(str left, str right, const struct link_load_options *o, struct guess guess)
{
    struct load *l = calloc(1, sizeof *l);

    MUST(l);
    l->options = o;
    l->wide = guess.wide;
    l->today = day_is_none(o->today) ? (day){ 20300101 } : o->today;
    l->threads = o->threads < 1 ? 1 : o->threads > LOAD_THREADS_MAX ? LOAD_THREADS_MAX : o->threads;
    l->set.sides = right.len ? 2 : 1;
    MUST(pthread_mutex_init(&l->tally_lock, NULL) == 0);
    for (int side = 0; side < 2; side++) {
        struct load_side *s = &l->side[side];

        s->text = side ? right : left;
        csv_start(&s->csv, s->text, 0);
        s->rows_max = o->slice ? (side ? 0 : o->slice->rows_max) : side < l->set.sides ? rows_bound(s->text, s->csv.newline, guess.exact) : 0;
        MUST(pthread_mutex_init(&s->lock, NULL) == 0);
    }
    return l;
}

static void slice_end(struct link_slice *slice, const struct csv *c)
{
    slice->at = (size_t)(c->at - c->begin);
    slice->row = c->row;
    slice->lines = c->lines;
    slice->more = c->at < c->end;
}

/* *ret_again: the guess, put right, was too small. */
static STATUS load_try(struct load *l, struct guess *inout_guess, bool *ret_again)
{
    *ret_again = false;
    TRY(load_heads(l));
    if (l->options->slice && l->options->slice->at)
        csv_seek(&l->side[0].csv, l->options->slice->at, l->options->slice->row, l->options->slice->lines);
    arrays_new(l);
    if (l->side[0].text.len + l->side[1].text.len < EXACT_BYTES / 4)
        l->threads = 1;
    TRY(load_rows(l));
    inout_guess->exact |= l->side[0].overflow || l->side[1].overflow;
    inout_guess->wide |= l->outgrown;
    *ret_again = l->side[0].overflow || l->side[1].overflow || l->outgrown;
    if (*ret_again)
        return OK;
    arrays_cut(l, false);
    load_finish(l);
    if (l->options->slice)
        slice_end(l->options->slice, &l->side[0].csv);
    l->options = NULL;
    return OK;
}

STATUS link_set_load(struct link_set **ret, str left, str right, const struct link_load_options *options)
{
    struct guess guess = { 0 };

    for (;;) {
        struct load *l = load_new(left, right, options, guess);
        bool again;
        status st = load_try(l, &guess, &again);

        if (status_ok(st) && !again) {
            *ret = &l->set;
            return OK;
        }
        link_set_free(&l->set);
        TRY(st);
    }
}
