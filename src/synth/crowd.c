/* The people of a block with what agencies' files hold about them beyond the register: names of both parents also of those
 * whose parents are in no register, a phone that a child shares with its mother, an address by the map of either time.
 * Twins, and less often brothers or sisters, are given one middle name, as families do; so that a linkage that compares
 * names, days, parents and addresses has to tell apart who differ in a syllable and a number.
 * tested by: src/synth/test/pairs_test.c */
#include "synth/pairs.h"

#include <stdlib.h>
#include <string.h>

enum { STREAM = 1 << 30, CHILD_DAYS = 15 * 365, ADDRESS_DAY_NEW = 20260101, ADDRESS_DAY_OLD = 20250601 };
static const double twin_share = 0.6, sibling_share = 0.25, shared_phone = 0.7;

struct crowd *crowd_new(void)
{
    struct crowd *c = calloc(1, sizeof *c);
    MUST(c);
    c->arena = arena_new(1 << 26);
    return c;
}

void crowd_free(struct crowd *c)
{
    arena_free(c->arena);
    free(c);
}

/* --- names ------------------------------------------------------------------------------------------------------- */

static void name_set(char out[static 64], str name)
{
    name = text_cut(name, 63);
    memcpy(out, name.ptr, name.len);
    out[name.len] = 0;
}

/* The family's word: the first, but the last of names that begin with the own one. */
static struct name_style style_of(const struct human *h)
{
    struct name_style style = { .ethnic = h->ethnic };
    str name = str_of(h->name), word = name;
    if (str_starts(name, STR("H'")) || str_starts(name, STR("Y "))) {
        while (str_find_char(word, ' ') < word.len)
            word = str_from(word, str_find_char(word, ' ') + 1);
    } else {
        word = str_slice(name, 0, str_find_char(name, ' '));
    }
    word = text_cut(word, sizeof style.surname - 1);
    memcpy(style.surname, word.ptr, word.len);
    return style;
}

static void parents_draw(const struct plan *p, struct crowd *c, const struct block *b, struct crowd_person *who)
{
    const struct human *h = who->human;
    int year = day_year(day_from_number(h->born)), province = plan_prefix(p, h->origin);
    struct name_style father = style_of(h), mother;
    if (h->father) {
        name_set(who->father, str_of(b->humans[h->father - 1].name));
        name_set(who->mother, str_of(b->humans[h->mother - 1].name));
        return;
    }
    style_draw(&c->r, province, &mother);
    name_draw(&c->r, &father, SEX_MALE, year - 22 - (int)rng_below(&c->r, 14), who->father);
    name_draw(&c->r, &mother, SEX_FEMALE, year - 19 - (int)rng_below(&c->r, 14), who->mother);
}

/* The elder's name with another given name. */
static void name_share(struct crowd *c, const struct crowd_person *elder, struct crowd_person *who)
{
    struct person_name theirs, own;
    char bytes[160];
    struct name_style style = style_of(who->human);
    name_split(str_of(elder->name), &theirs);
    for (int try = 0; try < 8; try++) {
        name_split(str_of(who->name), &own);
        bool differ = !str_eq(own.given, theirs.given) && own.given.len;
        if (differ && theirs.middle.len && theirs.family.len) {
            snprintf(bytes, sizeof bytes, "%.*s %.*s %.*s", STR_ARG(theirs.family), STR_ARG(theirs.middle), STR_ARG(own.given));
            name_set(who->name, str_of(bytes));
            return;
        }
        name_draw(&c->r, &style, (enum sex)who->human->sex, day_year(day_from_number(who->human->born)), who->name);
    }
}

static void siblings_name(struct crowd *c, size_t i)
{
    struct crowd_person *who = &c->people[i];
    const struct human *h = who->human;
    for (size_t back = 1; back <= i && back <= 6 && h->father; back++) {
        const struct crowd_person *elder = &c->people[i - back];
        if (elder->human->father != h->father || elder->human->mother != h->mother)
            return;
        bool twins = elder->human->born == h->born, same = strcmp(elder->name, who->name) == 0;
        bool shared = elder->human->sex == h->sex && h->ethnic == 1 && rng_chance(&c->r, twins ? twin_share : sibling_share);
        if (same || shared) {
            name_share(c, elder, who);
            return;
        }
    }
}

/* --- addresses --------------------------------------------------------------------------------------------------- */

static void place_draw(const struct plan *p, struct crowd *c, unit_id commune, struct crowd_home *home, int which)
{
    unit_id old = plan_old_unit(p, &c->r, commune);
    home->now[which] = defs_unit_path(c->arena, p->defs, commune, (day){ ADDRESS_DAY_NEW }, LANG_VI);
    home->before[which] = old.v ? defs_unit_path(c->arena, p->defs, old, (day){ ADDRESS_DAY_OLD }, LANG_VI) : home->now[which];
    home->group[which] = 1 + (int)rng_below(&c->r, 24);
}

static void street_write(char out[static STREET_BYTES], int house, int lane)
{
    if (lane)
        snprintf(out, STREET_BYTES, "Số %d ngõ %d", house, lane);
    else
        snprintf(out, STREET_BYTES, "Số %d", house);
}

static void home_make(const struct plan *p, const struct synth_pairs_options *o, struct crowd *c, const struct home *from, struct crowd_home *home)
{
    unit_id other = p->communes[rng_below(&c->r, (uint32_t)p->commune_count)];
    street_write(home->street[0], from->house_number, from->lane);
    place_draw(p, c, from->unit, home, 0);
    for (int side = 0; side < SIDES; side++)
        home->moved[side] = rng_chance(&c->r, o->rates[side][SYNTH_SLIP_address_moved]);
    if (!home->moved[0] && !home->moved[1])
        return;
    street_write(home->street[1], 1 + (int)rng_below(&c->r, 300), rng_chance(&c->r, 0.4) ? 1 + (int)rng_below(&c->r, 200) : 0);
    place_draw(p, c, rng_chance(&c->r, 0.5) ? from->unit : other, home, 1);
}

/* --- the block --------------------------------------------------------------------------------------------------- */

static void person_take(const struct plan *p, struct crowd *c, const struct block *b, size_t i)
{
    const struct human *h = &b->humans[i];
    struct crowd_person *who = &c->people[c->count++];
    *who = (struct crowd_person){ .human = h, .home = h->household };
    name_set(who->name, str_of(h->name));
    siblings_name(c, c->count - 1);
    parents_draw(p, c, b, who);
    if (human_phone(p, h, b->first_id + (int64_t)i, who->phone))
        return;
    bool child = p->until - h->born <= CHILD_DAYS && h->mother;
    if (child && rng_chance(&c->r, shared_phone))
        human_phone(p, &b->humans[h->mother - 1], b->first_id + h->mother - 1, who->phone);
}

void crowd_make(const struct plan *p, const struct synth_pairs_options *o, const struct block *b, int64_t index, struct crowd *ret)
{
    rng_seed(&ret->r, p->seed, STREAM + (uint64_t)index);
    arena_reset(ret->arena);
    ret->count = 0;
    for (size_t i = 1; i <= b->home_count; i++)
        if (b->homes[i].head)
            home_make(p, o, ret, &b->homes[i], &ret->homes[i]);
    for (int dead = 0; dead < 2; dead++)
        for (size_t i = 0; i < b->human_count && ret->count < CROWD_MAX; i++)
            if ((b->humans[i].died != 0) == dead)
                person_take(p, ret, b, i);
}
