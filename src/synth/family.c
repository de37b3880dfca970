/* Families of a block: founders, their children, marriages within the block, grandchildren, deaths. Parents are old
 * enough and alive when a child is conceived; siblings do not marry; twins share day and parents and have two numbers.
 * Shapes: census 2019 and the statistical yearbook, rounded: a third of the founders moved in, 1.2 % of births are twins,
 * 111 boys to 100 girls since 2005.
 * tested by: src/synth/test/synth_test.c */
#include "synth/family.h"

#include <math.h>
#include <string.h>

enum {
    FOUNDER_FIRST = 1930, FOUNDER_LAST = 1992, YEAR_DAYS = 365, PREGNANCY_DAYS = 270, MOTHER_AGE_MAX = 45,
    MAP_CHANGE = 20270, /* 2025-07-01 in days since 1970 */
};

static bool full(const struct making *m) { return m->b->human_count >= m->target; }

static int32_t day_in_year(struct rng *r, int year)
{
    day first = { year * 10000 + 101 };
    return day_first(first) + (int32_t)rng_below(r, YEAR_DAYS);
}

/* Gompertz: the hazard doubles every seven years; one in a hundred dies as an infant. */
static int32_t lifespan_days(struct rng *r, enum sex sex)
{
    if (rng_chance(r, 0.01))
        return 1 + (int32_t)rng_below(r, YEAR_DAYS);
    double a = sex == SEX_MALE ? 4.5e-5 : 2.2e-5, b = 0.098;
    double years = log(1 - log(1 - rng_unit(r)) * b / a) / b;
    return (int32_t)(years * 365.25) + 1;
}

static struct human *human_add(struct making *m, enum sex sex, int32_t born)
{
    struct human *h = &m->b->humans[m->b->human_count++];
    memset(h, 0, sizeof *h);
    h->sex = (uint8_t)sex;
    h->born = born;
    h->died = born + lifespan_days(&m->r, sex);
    if (h->died > m->p->until)
        h->died = 0;
    h->ethnic = 1;
    return h;
}

static uint16_t place(const struct making *m, const struct human *h) { return (uint16_t)(h - m->b->humans + 1); }
static struct human *of(const struct making *m, uint16_t p) { return p ? &m->b->humans[p - 1] : NULL; }
static bool alive_at(const struct human *h, int32_t on) { return !h->died || h->died > on; }

static uint16_t home_add(struct making *m)
{
    m->b->home_count++;
    MUST(m->b->home_count <= BLOCK_HOUSEHOLDS_MAX);
    m->b->homes[m->b->home_count] = (struct home){ .unit = m->commune };
    return (uint16_t)m->b->home_count;
}

static int year_of(int32_t days) { return day_year(day_from_number(days)); }

static void origin_draw(struct making *m, unit_id *ret)
{
    *ret = rng_chance(&m->r, 0.14) ? plan_any_old_commune(m->p, &m->r) : plan_old_unit(m->p, &m->r, m->commune);
}

static void founder_make(struct making *m, struct human *h, unit_id origin)
{
    struct name_style style;
    h->origin = origin;
    h->birth_unit = origin;
    style_draw(&m->r, plan_prefix(m->p, origin), &style);
    h->ethnic = (uint8_t)style.ethnic;
    memcpy(m->surnames[place(m, h)], style.surname, sizeof style.surname);
    name_draw(&m->r, &style, h->sex, year_of(h->born), h->name);
    h->generation = 1;
}

static void marry(struct making *m, struct human *man, struct human *woman, int32_t on)
{
    man->spouse = place(m, woman);
    woman->spouse = place(m, man);
    man->married = woman->married = on;
    struct home *home = &m->b->homes[man->household];
    bool stays = man->household && !home->kept && rng_chance(&m->r, 0.6);
    if (!stays)
        man->household = home_add(m);
    home->kept |= stays;
    woman->household = man->household;
    woman->out = true;
    man->out = !stays;
}

static void founders_make(struct making *m)
{
    size_t clans = m->target / 7 + 1;
    for (size_t i = 0; i < clans && m->b->human_count + 2 <= m->target; i++) {
        int year = FOUNDER_FIRST + (int)rng_below(&m->r, FOUNDER_LAST - FOUNDER_FIRST + 1);
        struct human *man = human_add(m, SEX_MALE, day_in_year(&m->r, year));
        struct human *woman = human_add(m, SEX_FEMALE, day_in_year(&m->r, year + (int)rng_below(&m->r, 7) - 1));
        unit_id origin;
        origin_draw(m, &origin);
        founder_make(m, man, origin);
        origin_draw(m, &origin);
        founder_make(m, woman, origin);
        int32_t later = man->born > woman->born ? man->born : woman->born;
        int32_t on = later + (int32_t)(21 * 365.25) + (int32_t)rng_below(&m->r, 6 * YEAR_DAYS);
        if (on < m->p->until && alive_at(man, on) && alive_at(woman, on))
            marry(m, man, woman, on);
        else
            man->household = home_add(m), woman->household = home_add(m);
    }
}

static void child_add(struct making *m, struct human *father, struct human *mother, int32_t born)
{
    int year = year_of(born);
    double boys = year >= 2005 ? 111.0 / 211 : 106.0 / 206;
    struct human *h = human_add(m, rng_chance(&m->r, boys) ? SEX_MALE : SEX_FEMALE, born);
    h->father = place(m, father);
    h->mother = place(m, mother);
    h->household = father->household;
    h->origin = father->origin;
    h->ethnic = father->ethnic;
    h->birth_unit = born >= MAP_CHANGE ? m->commune : plan_old_unit(m->p, &m->r, m->commune);
    h->generation = (uint8_t)(father->generation + 1);
    struct name_style style = { .ethnic = h->ethnic };
    memcpy(style.surname, m->surnames[h->father], sizeof style.surname);
    memcpy(m->surnames[place(m, h)], style.surname, sizeof style.surname);
    name_draw(&m->r, &style, h->sex, year, h->name);
}

static int children_wanted(struct rng *r, int mother_year)
{
    static const uint8_t old[] = { 2, 3, 3, 4, 4, 5, 6 }, now[] = { 0, 1, 2, 2, 2, 2, 2, 3, 3, 4 };
    return mother_year < 1958 ? old[rng_below(r, sizeof old)] : now[rng_below(r, sizeof now)];
}

static void children_make(struct making *m, struct human *father)
{
    struct human *mother = of(m, father->spouse);
    int wanted = children_wanted(&m->r, year_of(mother->born));
    int32_t on = father->married + PREGNANCY_DAYS + (int32_t)rng_below(&m->r, 2 * YEAR_DAYS);
    for (int i = 0; i < wanted && !full(m); i++) {
        int age = (int)((on - mother->born) / 365.25);
        if (on >= m->p->until || age > MOTHER_AGE_MAX || !alive_at(mother, on) || !alive_at(father, on - PREGNANCY_DAYS))
            return;
        child_add(m, father, mother, on);
        if (rng_chance(&m->r, 0.012) && !full(m))
            child_add(m, father, mother, on);
        on += (int32_t)(1.6 * YEAR_DAYS) + (int32_t)rng_below(&m->r, 4 * YEAR_DAYS);
    }
}

static bool may_marry(const struct human *man, const struct human *woman)
{
    int32_t gap = woman->born - man->born;
    bool siblings = man->father && man->father == woman->father;
    return !woman->spouse && !woman->married && woman->sex == SEX_FEMALE && !siblings && man->generation == woman->generation &&
           gap > -YEAR_DAYS && gap < 7 * YEAR_DAYS;
}

static void match_one(struct making *m, struct human *man, size_t from, size_t to)
{
    size_t n = to - from, start = rng_below(&m->r, (uint32_t)n);
    for (size_t i = 0; i < n; i++) {
        struct human *woman = &m->b->humans[from + (start + i) % n];
        if (!may_marry(man, woman))
            continue;
        int32_t on = woman->born + (int32_t)(19 * 365.25) + (int32_t)rng_below(&m->r, 9 * YEAR_DAYS);
        int32_t least = man->born + (int32_t)(20.1 * 365.25);
        on = on < least ? least + (int32_t)rng_below(&m->r, 3 * YEAR_DAYS) : on;
        if (on < m->p->until && alive_at(man, on) && alive_at(woman, on))
            marry(m, man, woman, on);
        return;
    }
}

/* The people who were born in the round before marry one another, then have children. */
static void round_make(struct making *m, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        struct human *man = &m->b->humans[i];
        if (man->sex == SEX_MALE && !man->spouse && year_of(man->born) < 2008 && rng_chance(&m->r, 0.88))
            match_one(m, man, from, to);
    }
    for (size_t i = from; i < to && !full(m); i++)
        if (m->b->humans[i].sex == SEX_MALE && m->b->humans[i].spouse)
            children_make(m, &m->b->humans[i]);
}

/* What is missing to the block's size: people who came alone. */
static void singles_make(struct making *m)
{
    while (!full(m)) {
        enum sex sex = rng_chance(&m->r, 0.5) ? SEX_MALE : SEX_FEMALE;
        struct human *h = human_add(m, sex, day_in_year(&m->r, 1965 + (int)rng_below(&m->r, 42)));
        unit_id origin;
        origin_draw(m, &origin);
        founder_make(m, h, origin);
        h->household = home_add(m);
    }
}

void families_make(struct making *m)
{
    founders_make(m);
    size_t from = 0, to = m->b->human_count;
    for (size_t i = from; i < to && !full(m); i++)
        if (m->b->humans[i].sex == SEX_MALE && m->b->humans[i].spouse)
            children_make(m, &m->b->humans[i]);
    for (int round = 0; round < 3 && !full(m) && to < m->b->human_count; round++) {
        from = to;
        to = m->b->human_count;
        round_make(m, from, to);
    }
    singles_make(m);
}
