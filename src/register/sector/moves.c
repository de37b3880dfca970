/* Counts of a register, kept with every change of a row: how many rows of a unit are linked alike and fail the same checks. So each
 * row counts in one place, and every figure (a dimension, a rule, an attribute) is a sum over places. Where a row counts is told by
 * the row alone, so that it can be taken away again after its definition has changed.
 * tested by: src/register/test/sector_test.c */
#include "register/sector/figure.h"

#include <stdlib.h>
#include <string.h>

struct move_key {
    uint64_t rules, broken;
    int32_t unit;
    int16_t link;
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
    uint64_t h = k->rules ^ (uint64_t)(uint32_t)k->unit * UINT64_C(0x9E3779B97F4A7C15) ^ k->broken * UINT64_C(0xC2B2AE3D27D4EB4F) ^ (uint64_t)(uint16_t)k->link;
    return (h ^ h >> 29) * UINT64_C(0xBF58476D1CE4E5B9);
}

static bool key_same(const struct move_key *a, const struct move_key *b)
{
    return a->rules == b->rules && a->broken == b->broken && a->unit == b->unit && a->link == b->link;
}

static void move_add(struct sector_moves *m, struct move_key key, int64_t by)
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
    bool live = j->state == SECTOR_LIVE;
    move_add(m, (struct move_key){ j->rules, live ? j->broken : 0, j->unit.v, (int16_t)(live ? (int)j->link : TALLY_ENDED) }, by);
}

STATUS sector_moves_write(struct ctx *cx, struct sector_moves *m, str code)
{
    struct sector_tally_move_params *list = ARENA_ARRAY(cx->arena, struct sector_tally_move_params, m->count + 1);
    size_t n = 0;
    for (size_t i = 0; i < m->count; i++)
        if (m->by[i])
            list[n++] = (struct sector_tally_move_params){ .shard = 0, .code = code, .rules = (int64_t)m->keys[i].rules, .unit = m->keys[i].unit,
                                                          .link = m->keys[i].link, .broken = (int64_t)m->keys[i].broken, .by = m->by[i] };
    m->count = 0;
    table64_done(&m->places);
    table64_init(&m->places, 64);
    return sector_tally_move_bulk(cx, list, n);
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
            sector_moves_add(m, &(struct sector_judged){ (uint64_t)rows[i].rules, (uint64_t)rows[i].broken, SECTOR_LIVE, LINK_LINKED, { rows[i].unit } }, 1);
            after = rows[i].person;
        }
    } while (n > 0);
    return OK;
}

static STATUS kept_subtract(struct ctx *cx, str code, struct sector_moves *m)
{
    struct sector_tallies_cursor cursor DEFER(sector_tallies_done) = { 0 };
    struct sector_tallies_row row;
    bool more;
    TRY(sector_tallies_each(cx, 0, code, &cursor));
    for (;;) {
        TRY(sector_tallies_next(&cursor, &row, &more));
        if (!more)
            return OK;
        move_add(m, (struct move_key){ (uint64_t)row.rules, (uint64_t)row.broken, row.unit, row.link }, -row.row_count);
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
            return FAIL_AT(CORRUPT, STR("sector_tally"));
    return OK;
}
