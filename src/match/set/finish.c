/* The last pass over what was read: final codes, settled days, how many know a value and how often each is used.
 * tested by: src/match/set/test/load_test.c */
#include "match/set/cell.h"
#include "match/set/inside.h"
#include "match/set/pages.h"
#include "match/set/word.h"

#include <stdlib.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum { SLICE = 1 << 16 };

struct finish {
    struct load *load;
    uint32_t *map[LINK_FIELDS_MAX];
    size_t map_bytes[LINK_FIELDS_MAX];
    atomic_uint next[2];
    bool month_first[LINK_FIELDS_MAX][2];
    pthread_mutex_t lock;
    _Atomic uint32_t next_dict;
};

struct tally {
    uint32_t *uses[LINK_FIELDS_MAX]; /* of a dictionary, one side */
    uint32_t known[LINK_FIELDS_MAX];
};

static void text_slice(struct finish *f, struct tally *t, int i, int side, uint32_t from, uint32_t to)
{
    int dict = f->load->dict_of[i];
    const uint32_t *map = f->map[dict];
    uint32_t *code = f->load->set.field[i].code[side], *uses = t->uses[dict], known = 0;

    for (uint32_t r = from; r < to; r++) {
        code[r] = map[code[r]];
        known += code[r] != 0;
        uses[code[r]]++;
    }
    t->known[i] += known;
}

static bool narrow_row_finish(uint16_t *word, int max, const uint32_t *map, uint32_t *uses)
{
    for (int k = 0; k < max && word[k]; k++) {
        word[k] = (uint16_t)map[word[k]];
        uses[word[k]]++;
    }
    return word[0];
}

static bool row_finish(const struct link_field *f, int side, uint32_t r, const uint32_t *map, uint32_t *uses)
{
    uint16_t *row = link_row(f, side, r);
    uint32_t *word = (uint32_t *)(void *)row;

    if (f->row == LINK_ROW_NARROW)
        return narrow_row_finish(row, LINK_WORDS_MAX, map, uses);
    if (f->row == LINK_ROW_SHORT && row[0] == LINK_ROW_LONGER)
        return narrow_row_finish(link_row_longer(f, side, link_row_number(row)), LINK_WORDS_MAX, map, uses);
    if (f->row == LINK_ROW_SHORT)
        return narrow_row_finish(row, LINK_SHORT_WORDS, map, uses);
    for (int k = 0; k < LINK_WORDS_MAX && word[k]; k++) {
        word[k] = map[word[k]];
        uses[word[k]]++;
    }
    return word[0];
}

static void word_slice(struct finish *f, struct tally *t, int i, int side, uint32_t from, uint32_t to)
{
    struct link_field *field = &f->load->set.field[i];
    int dict = f->load->dict_of[i];
    const uint32_t *map = f->map[dict];
    uint32_t *uses = t->uses[dict], known = 0;

    for (uint32_t r = from; r < to; r++)
        known += row_finish(field, side, r, map, uses);
    t->known[i] += known;
}

static void plain_slice(struct finish *f, struct tally *t, int i, int side, uint32_t from, uint32_t to)
{
    struct link_field *field = &f->load->set.field[i];
    uint32_t known = 0;

    if (field->kind == LINK_KIND_DIGITS) {
        for (uint32_t r = from; r < to; r++)
            known += field->digits[side][r] != 0;
    } else {
        for (uint32_t r = from; r < to; r++) {
            field->code[side][r] = link_day_settle(field->code[side][r], f->month_first[i][side]);
            known += field->code[side][r] != 0;
        }
    }
    t->known[i] += known;
}

static void tally_new(struct finish *f, struct tally *t)
{
    *t = (struct tally){ 0 };
    for (int i = 0; i < f->load->dicts; i++)
        t->uses[i] = link_pages_new(((size_t)f->load->dict[i].count + 1) * sizeof(uint32_t));
}

static void tally_add(struct finish *f, struct tally *t, int side)
{
    struct load *l = f->load;

    pthread_mutex_lock(&f->lock);
    for (int i = 0; i < l->dicts; i++) {
        for (uint32_t k = 1; k <= l->dict[i].count; k++)
            l->uses[i][side][k] += t->uses[i][k];
        link_pages_free(t->uses[i], ((size_t)l->dict[i].count + 1) * sizeof(uint32_t));
    }
    for (int i = 0; i < l->set.fields; i++)
        l->set.field[i].known[side] += t->known[i];
    pthread_mutex_unlock(&f->lock);
}

static void slices_finish(void *arg, int thread)
{
    struct finish *f = arg;
    struct load *l = f->load;

    for (int turn = 0; turn < l->set.sides; turn++) {
        int side = (thread + turn) % l->set.sides;
        struct tally t;
        uint32_t from, count = l->set.count[side];

        tally_new(f, &t);
        while ((from = atomic_fetch_add(&f->next[side], 1) * SLICE) < count) {
            uint32_t to = count - from < SLICE ? count : from + SLICE;

            for (int i = 0; i < l->set.fields; i++) {
                enum link_kind kind = l->set.field[i].kind;

                (kind == LINK_KIND_TEXT ? text_slice : kind == LINK_KIND_WORDS ? word_slice : plain_slice)(f, &t, i, side, from, to);
            }
        }
        tally_add(f, &t, side);
    }
}

static void dicts_finish(void *arg, int thread)
{
    struct finish *f = arg;
    uint32_t i;

    (void)thread;
    while ((i = atomic_fetch_add(&f->next_dict, 1)) < (uint32_t)f->load->dicts)
        dict_finish(f->load->build[i], &f->load->dict[i], &f->map[i], &f->map_bytes[i]);
}

/* Without an id column the row number names a record. */
static void ids_number(struct load *l, int side)
{
    enum { DIGITS = 10 };
    struct load_ids ids = { 0 };

    for (size_t i = 0; i < l->side[side].columns; i++)
        if (l->side[side].target[i].part == PART_ID)
            return;
    for (uint32_t r = 0; r < l->set.count[side]; r++) {
        char digits[DIGITS + 1];
        int len = snprintf(digits, sizeof digits, "%u", r + 1);

        if (r % LINK_ID_ROWS == 0) {
            ids = load_ids_new(&l->pool[LOAD_THREADS_MAX], LINK_ID_ROWS, LINK_ID_ROWS * DIGITS);
            l->set.ids[side][r / LINK_ID_ROWS] = ids.block;
        }
        load_ids_add(&ids, (str){ digits, (size_t)len });
    }
}

void load_finish(struct load *l)
{
    struct finish f = { .load = l };

    MUST(pthread_mutex_init(&f.lock, NULL) == 0);
    load_parallel(l->threads, dicts_finish, &f);
    for (int i = 0; i < l->dicts; i++)
        for (int side = 0; side < l->set.sides; side++)
            l->dict[i].uses[side] = l->uses[i][side] = link_pages_new(((size_t)l->dict[i].count + 1) * sizeof(uint32_t));
    for (int i = 0; i < l->set.fields; i++)
        for (int side = 0; side < l->set.sides; side++)
            f.month_first[i][side] = link_day_month_first(&l->tally[i][side]);
    load_parallel(l->threads, slices_finish, &f);
    for (int i = 0; i < l->dicts; i++)
        link_pages_free(f.map[i], f.map_bytes[i]);
    for (int side = 0; side < l->set.sides; side++)
        ids_number(l, side);
    pthread_mutex_destroy(&f.lock);
}
