/* Counts of a register by unit, kept with every change of a row: how many there are, how many are linked, ended, flawed in each
 * dimension, and failing each check. What a row adds is told by the row alone, so that the same can be taken away again
 * after its definition has changed.
 * tested by: src/register/test/sector_test.c */
#include "register/sector/figure.h"

#include <stdlib.h>
#include <string.h>

struct move_key {
    uint64_t rules;
    int32_t unit;
    int16_t figure, item;
};
struct sector_moves {
    struct move_key *keys;
    int64_t *by;
    size_t count, cap;
    struct table64 places; /* of a mixed key; collisions are told apart by probing on */
};

void sector_moves_start(struct sector_moves **ret)
{
    struct sector_moves *m = calloc(1, sizeof *m);
    MUST(m);
    table64_init(&m->places, 64);
    *ret = m;
}

void sector_moves_done(struct sector_moves **m)
{
    if (!*m)
        return;
    table64_done(&(*m)->places);
    free((*m)->keys);
    free((*m)->by);
    free(*m);
    *m = NULL;
}

static uint64_t mixed(const struct move_key *k)
{
    uint64_t h = k->rules ^ (uint64_t)(uint32_t)k->unit * UINT64_C(0x9E3779B97F4A7C15) ^ (uint64_t)(uint16_t)k->figure << 16 ^ (uint64_t)(uint16_t)k->item;
    return (h ^ h >> 29) * UINT64_C(0xBF58476D1CE4E5B9);
}

static bool key_same(const struct move_key *a, const struct move_key *b)
{
    return a->rules == b->rules && a->unit == b->unit && a->figure == b->figure && a->item == b->item;
}

static void move_add(struct sector_moves *m, struct move_key key, int by)
{
    uint64_t hash = mixed(&key), at = 0;
    while (table64_get(&m->places, hash, &at) && !key_same(&m->keys[at], &key))
        hash++;
    if (!table64_get(&m->places, hash, &at)) {
        if (m->count == m->cap) {
            m->cap = m->cap ? m->cap * 2 : 64;
            m->keys = realloc(m->keys, m->cap * sizeof *m->keys);
            m->by = realloc(m->by, m->cap * sizeof *m->by);
            MUST(m->keys && m->by);
        }
        at = m->count++;
        m->keys[at] = key;
        m->by[at] = 0;
        table64_set(&m->places, hash, at);
    }
    m->by[at] += by;
}

void sector_moves_add(struct sector_moves *m, const struct sector_judged *j, int by)
{
    struct move_key key = { .rules = j->rules, .unit = j->unit.v, .figure = SECTOR_FIGURE_ENDED };
    if (j->state == SECTOR_ENDED) {
        move_add(m, key, by);
        return;
    }
    key.figure = SECTOR_FIGURE_LINK;
    key.item = (int16_t)j->link;
    move_add(m, key, by);
    sector_moves_flaws(m, j, by);
}

void sector_moves_flaws(struct sector_moves *m, const struct sector_judged *j, int by)
{
    struct move_key key = { .rules = j->rules, .unit = j->unit.v };
    for (int bit = 0; bit < FLAW_BIT + DIMENSION_COUNT; bit++) {
        if (!(j->broken >> bit & 1))
            continue;
        key.figure = bit < FLAW_BIT ? SECTOR_FIGURE_CHECK : SECTOR_FIGURE_FLAW;
        key.item = (int16_t)(bit < FLAW_BIT ? bit : bit - FLAW_BIT);
        move_add(m, key, by);
    }
}

STATUS sector_moves_write(struct ctx *cx, struct sector_moves *m, str code)
{
    struct sector_figure_move_params *list = ARENA_ARRAY(cx->arena, struct sector_figure_move_params, m->count + 1);
    size_t n = 0;
    for (size_t i = 0; i < m->count; i++)
        if (m->by[i])
            list[n++] = (struct sector_figure_move_params){ .shard = 0, .code = code, .rules = (int64_t)m->keys[i].rules, .unit = m->keys[i].unit,
                                                           .figure = m->keys[i].figure, .item = m->keys[i].item, .by = m->by[i] };
    m->count = 0;
    table64_done(&m->places);
    table64_init(&m->places, 64);
    return sector_figure_move_bulk(cx, list, n);
}

/* --- a full recount ------------------------------------------------------------------------------------------------------ */

static STATUS rows_count(struct ctx *cx, str code, struct sector_moves *m)
{
    struct sector_row_row *rows;
    int64_t after = 0;
    size_t n;
    do {
        struct ctx part = *cx;
        part.arena = arena_new(16 << 20);
        status st = sector_rows_after(&part, 0, code, after, 500, &rows, &n);
        for (size_t i = 0; status_ok(st) && i < n; i++) {
            struct sector_judged j = sector_judged_of(&rows[i]);
            sector_moves_add(m, &j, 1);
            after = rows[i].id;
        }
        arena_free(part.arena);
        TRY(st);
    } while (n > 0);
    return OK;
}

static STATUS flaws_count(struct ctx *cx, struct sector_moves *m)
{
    struct person_flaw_row *rows;
    int64_t after = 0;
    size_t n;
    do {
        TRY(person_flaws_after(cx, 0, after, 5000, &rows, &n));
        for (size_t i = 0; i < n; i++) {
            sector_moves_flaws(m, &(struct sector_judged){ (uint64_t)rows[i].rules, (uint64_t)rows[i].broken, SECTOR_LIVE, LINK_LINKED, { rows[i].unit } }, 1);
            after = rows[i].person;
        }
    } while (n > 0);
    return OK;
}

static STATUS kept_subtract(struct ctx *cx, str code, struct sector_moves *m)
{
    struct sector_figures_all_cursor cursor DEFER(sector_figures_all_done) = { 0 };
    struct sector_figures_all_row row;
    bool more;
    TRY(sector_figures_all_each(cx, 0, code, &cursor));
    for (;;) {
        TRY(sector_figures_all_next(&cursor, &row, &more));
        if (!more)
            return OK;
        struct move_key key = { (uint64_t)row.rules, row.unit, row.figure, row.item };
        if (row.row_count > INT32_MAX)
            return FAIL_AT(CORRUPT, STR("sector_figure"));
        move_add(m, key, -(int)row.row_count);
    }
}

STATUS sector_figures_check(struct ctx *cx, str code)
{
    struct sector_moves *m DEFER(sector_moves_done) = NULL;
    const struct sector_register *r = defs_sector(cx->app->defs, code, cx->today);
    sector_moves_start(&m);
    TRY(r && r->people ? flaws_count(cx, m) : rows_count(cx, code, m));
    TRY(kept_subtract(cx, code, m));
    for (size_t i = 0; i < m->count; i++)
        if (m->by[i])
            return FAIL_AT(CORRUPT, STR("sector_figure"));
    return OK;
}
