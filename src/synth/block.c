/* A block of 2,048 people: families, then what the register knows of them: numbers, registered birth days, households,
 * moves, events. Numbers are unique over all blocks without asking one another: each block of a province has its own
 * range of the six digits, and a range apart for those born in other provinces; a bijection scatters them.
 * tested by: src/synth/test/synth_test.c */
#include "synth/family.h"

#include <stdlib.h>
#include <string.h>

enum { TAILS = 1000000, TAILS_OWN = 900000, SLOTS = 4096, MAP_CHANGE = 20270, YEAR_DAYS = 365, NUMBERED_FROM = 12784 /* 2005 */ };

struct tail_counts {
    int32_t key[SLOTS];
    uint16_t count[SLOTS];
};

static uint16_t tail_count(struct tail_counts *t, int32_t key)
{
    size_t s = ((uint32_t)key * 2654435761u >> 16) % SLOTS;
    while (t->key[s] && t->key[s] != key)
        s = (s + 1) % SLOTS;
    t->key[s] = key;
    return t->count[s]++;
}

/* 0 when the block's range is used up: the person has no number yet. */
static int64_t number_draw(const struct making *m, struct tail_counts *t, const struct human *h)
{
    int prefix = plan_prefix(m->p, h->birth_unit), year = day_year(day_from_number(h->born));
    if (!prefix)
        prefix = m->prefix;
    if (!prefix || (h->died && h->died < NUMBERED_FROM))
        return 0;
    bool own = prefix == m->prefix;
    int64_t room = own ? TAILS_OWN / m->p->blocks_of_prefix[prefix] : (TAILS - TAILS_OWN) / m->p->blocks;
    int64_t slot = own ? m->p->slot[m->index] : m->index;
    int64_t n = tail_count(t, (prefix * 4 + h->sex) * 1000 + year % 1000);
    if (n >= room)
        return 0;
    int64_t tail = (own ? 0 : TAILS_OWN) + slot * room + n, number = 0;
    tail = (tail * 387421 + prefix * 7919 + year * 31) % TAILS;
    return number_make(prefix, (enum sex)h->sex, year, (int)tail, &number) ? number : 0;
}

static day registered_birth(struct rng *r, int32_t born)
{
    day d = day_from_number(born);
    if (day_year(d) >= 1965)
        return d;
    double x = rng_unit(r);
    return (day){ x < 0.12 ? day_year(d) * 10000 : x < 0.14 ? d.ymd / 100 * 100 : d.ymd };
}

static bool dead(const struct human *h) { return h->died != 0; }

static void facts_make(struct making *m)
{
    struct tail_counts *t = calloc(1, sizeof *t);
    MUST(t);
    for (size_t i = 0; i < m->b->human_count; i++) {
        struct human *h = &m->b->humans[i];
        h->birth = registered_birth(&m->r, h->born);
        h->number = number_draw(m, t, h);
        const struct human *spouse = h->spouse ? &m->b->humans[h->spouse - 1] : NULL;
        h->marital = spouse && dead(spouse) ? MARITAL_WIDOWED : spouse ? MARITAL_MARRIED : MARITAL_SINGLE;
        h->religion = rng_chance(&m->r, 0.86) ? 0 : (uint8_t)(1 + rng_below(&m->r, 6));
        h->blood = rng_chance(&m->r, 0.7) ? 0 : (uint8_t)(1 + rng_below(&m->r, 4));
    }
    free(t);
}

/* --- households -------------------------------------------------------------------------------------------------- */

static void heads_choose(struct making *m)
{
    for (size_t i = 0; i < m->b->human_count; i++) {
        const struct human *h = &m->b->humans[i];
        struct home *home = &m->b->homes[h->household];
        if (dead(h))
            continue;
        const struct human *head = home->head ? &m->b->humans[home->head - 1] : NULL;
        bool grown = m->p->until - h->born > 18 * YEAR_DAYS;
        bool head_grown = head && m->p->until - head->born > 18 * YEAR_DAYS;
        if (!head || (grown && !head_grown))
            home->head = (uint16_t)(i + 1);
    }
}

static enum relation relation_to(const struct making *m, size_t i, uint16_t head)
{
    const struct human *h = &m->b->humans[i], *top = &m->b->humans[head - 1];
    uint16_t me = (uint16_t)(i + 1);
    if (me == head)
        return RELATION_HEAD;
    if (h->spouse == head)
        return RELATION_SPOUSE;
    if (h->father == head || h->mother == head)
        return RELATION_CHILD;
    if (top->father == me || top->mother == me)
        return RELATION_PARENT;
    return RELATION_OTHER;
}

static void home_move(struct making *m, struct home *home)
{
    int32_t first = day_first((day){ EVENTS_FROM_YEAR * 10000 + 101 });
    home->since = first - (int32_t)rng_below(&m->r, 20 * YEAR_DAYS);
    home->house_number = (uint16_t)(1 + rng_below(&m->r, 300));
    home->lane = rng_chance(&m->r, 0.4) ? (uint16_t)(1 + rng_below(&m->r, 200)) : 0;
    if (!rng_chance(&m->r, 0.09))
        return;
    home->moved = first + (int32_t)rng_below(&m->r, (uint32_t)(m->p->until - first));
    if (home->moved >= MAP_CHANGE)
        home->before = m->p->communes[rng_below(&m->r, (uint32_t)m->p->commune_count)];
    else
        home->before = plan_any_old_commune(m->p, &m->r);
    home->since = home->moved;
    if (home->before.v == home->unit.v || !home->before.v)
        home->moved = 0;
}

static void homes_make(struct making *m)
{
    heads_choose(m);
    for (size_t i = 1; i <= m->b->home_count; i++)
        home_move(m, &m->b->homes[i]);
    for (size_t i = 0; i < m->b->human_count; i++) {
        struct human *h = &m->b->humans[i];
        uint16_t head = m->b->homes[h->household].head;
        if (dead(h) || !head)
            h->household = 0;
        else
            h->relation = (uint8_t)relation_to(m, i, head);
    }
}

/* --- events ------------------------------------------------------------------------------------------------------ */

static void event_add(struct making *m, struct event e)
{
    if (e.on < day_first((day){ EVENTS_FROM_YEAR * 10000 + 101 }) || e.on > m->p->until)
        return;
    MUST(m->b->event_count < BLOCK_EVENTS_MAX);
    m->b->events[m->b->event_count++] = e;
}

static unit_id unit_on(const struct making *m, unit_id old, int32_t on) { return on >= MAP_CHANGE || !old.v ? m->commune : old; }

static void events_of(struct making *m, size_t i)
{
    const struct human *h = &m->b->humans[i];
    const struct home *home = &m->b->homes[h->household];
    uint16_t me = (uint16_t)(i + 1);
    unit_id old = plan_old_unit(m->p, &m->r, m->commune);
    event_add(m, (struct event){ .on = h->born, .kind = SYNTH_BIRTH, .person = me, .to = h->birth_unit });
    if (h->married && h->sex == SEX_MALE)
        event_add(m, (struct event){ .on = h->married, .kind = SYNTH_MARRIAGE, .person = me, .other = h->spouse, .to = unit_on(m, old, h->married) });
    if (h->household && home->moved > h->born && home->moved > h->married)
        event_add(m, (struct event){ .on = home->moved, .kind = SYNTH_MOVE, .person = me, .from = home->before, .to = unit_on(m, old, home->moved) });
    if (h->died)
        event_add(m, (struct event){ .on = h->died, .kind = SYNTH_DEATH, .person = me, .to = unit_on(m, old, h->died) });
}

static int event_order(const void *a, const void *b)
{
    const struct event *x = a, *y = b;
    if (x->on != y->on)
        return x->on < y->on ? -1 : 1;
    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    return (int)x->kind - (int)y->kind;
}

void block_make(const struct plan *p, int64_t index, struct block *b)
{
    struct making *m = calloc(1, sizeof *m);
    MUST(m);
    int64_t left = p->people - index * SYNTH_BLOCK;
    m->p = p;
    m->b = b;
    m->index = index;
    m->target = left < SYNTH_BLOCK ? (size_t)left : SYNTH_BLOCK;
    m->commune = plan_commune(p, index);
    rng_seed(&m->r, p->seed, (uint64_t)index);
    b->first_id = index * SYNTH_BLOCK + 1;
    b->human_count = b->home_count = b->event_count = 0;
    size_t n;
    const struct lineage *l = defs_unit_predecessors(p->defs, m->commune, &n);
    m->prefix = n ? plan_prefix(p, l[0].old) : 0;
    families_make(m);
    facts_make(m);
    homes_make(m);
    for (size_t i = 0; i < b->human_count; i++)
        events_of(m, i);
    qsort(b->events, b->event_count, sizeof *b->events, event_order);
    free(m);
}
