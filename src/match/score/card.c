/* Filling cards, see card.h: one pass over the columns, by all threads. tested by: src/match/score/compare_test.c */
#include "match/score/card.h"

#include "match/score/crew.h"
#include "match/set/hash.h"
#include "match/set/pages.h"
#include "match/set/word.h"

#include <stdlib.h>

enum { RECORDS_MIN = 1 << 14, ROWS = 256 };

struct filling {
    const struct comparer *comparer;
    struct cards *cards;
    int threads;
};

static bool is_wide(enum link_kind kind) { return kind == LINK_KIND_WORDS || kind == LINK_KIND_DIGITS; }

static uint64_t words_print(const struct link_field *f, int side, uint32_t row)
{
    struct link_words words = link_words(f, side, row);
    uint64_t print = (uint64_t)words.count;

    for (int i = 0; i < words.count; i++)
        print = link_mix(print, words.code[i]);
    return words.count ? print ? print : 1 : 0;
}

static void column_fill(const struct cards *k, const struct link_field *f, int at, int side, uint32_t from, uint32_t to)
{
    for (uint32_t r = from; r < to; r++) {
        uint32_t *card = k->card[side] + (size_t)r * (size_t)k->units + at;
        uint64_t wide;

        if (!is_wide(f->kind)) {
            card[0] = f->code[side][r];
            continue;
        }
        wide = f->kind == LINK_KIND_DIGITS ? f->digits[side][r] : words_print(f, side, r);
        card[0] = (uint32_t)wide;
        card[1] = (uint32_t)(wide >> 32);
    }
}

static void cards_fill(void *arg, int thread)
{
    const struct filling *all = arg;
    const struct link_set *set = all->comparer->set;

    for (int side = 0; side < set->sides; side++) {
        uint32_t to = (uint32_t)crew_from(set->count[side], thread + 1, all->threads);

        for (uint32_t from = (uint32_t)crew_from(set->count[side], thread, all->threads); from < to; from += ROWS)
            for (int i = 0; i < all->comparer->count; i++)
                column_fill(all->cards, &set->field[all->comparer->list[i].field], all->cards->at[i], side, from, to - from < ROWS ? to : from + ROWS);
    }
}

/* Wide values first, so that they are aligned. */
static void units_place(struct cards *k, const struct comparer *c)
{
    int units = 0;

    for (int wide = 1; wide >= 0; wide--)
        for (int i = 0; i < c->count; i++)
            if (is_wide(c->set->field[c->list[i].field].kind) == (bool)wide) {
                k->at[i] = (uint8_t)units;
                units += 1 + wide;
            }
    for (k->units = 1; k->units < units && k->units < CARD_LINE_UNITS;)
        k->units *= 2;
    while (k->units < units)
        k->units += CARD_LINE_UNITS;
}

struct cards *cards_new(const struct comparer *c, int threads)
{
    struct cards *k;
    struct filling all = { .comparer = c, .threads = threads };

    if ((uint64_t)c->set->count[0] + c->set->count[1] < RECORDS_MIN)
        return NULL;
    k = all.cards = calloc(1, sizeof *k);
    MUST(k);
    units_place(k, c);
    for (int side = 0; side < c->set->sides; side++) {
        k->bytes[side] = (size_t)c->set->count[side] * (size_t)k->units * sizeof(uint32_t);
        k->card[side] = link_pages_large_new(k->bytes[side]);
    }
    crew_run(threads, cards_fill, &all);
    return k;
}

void cards_free(struct cards *k)
{
    if (!k)
        return;
    for (int side = 0; side < 2; side++)
        link_pages_free(k->card[side], k->bytes[side]);
    free(k);
}
