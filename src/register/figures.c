/* Figures of the population, kept with every change: a table of counts by unit of residence, year of birth, sex and state.
 * A figure shown is a sum over it, so that the home page of a province costs some thousands of rows and not millions of
 * people. figures_check() counts everybody anew. Nobody is shown here, so nothing is noted.
 * tested by: src/register/test/verify_test.c */
#include "register/inside.h"
#include "register/register_ops.h"

#include <stdlib.h>
#include <string.h>

enum { CHILD_BELOW = 18, ELDER_FROM = 60, UNITS_SHOWN_MAX = 4000, COHORTS_MAX = 400 };

static bool counted(const struct person *p) { return p && !p->survives_as.v; }

static struct register_figure_change_params figure_key(const struct person *p, int64_t change)
{
    return (struct register_figure_change_params){ .shard = shard_of(p->id.v), .unit = p->unit.v, .birth_year = day_year(p->birth),
                                                   .sex = p->sex, .state = p->state, .change = change };
}

STATUS figure_move(struct ctx *cx, const struct person *before, const struct person *after)
{
    if (counted(before) && counted(after)) {
        struct register_figure_change_params a = figure_key(before, 0), b = figure_key(after, 0);
        if (a.unit == b.unit && a.birth_year == b.birth_year && a.sex == b.sex && a.state == b.state)
            return OK;
    }
    figures_changed(cx);
    if (counted(before)) {
        struct register_figure_change_params minus = figure_key(before, -1);
        TRY(register_figure_change(cx, &minus, NULL));
    }
    if (counted(after)) {
        struct register_figure_change_params plus = figure_key(after, 1);
        TRY(register_figure_change(cx, &plus, NULL));
    }
    return OK;
}

STATUS figures_of_unit(struct ctx *cx, unit_id unit, struct figure **ret, size_t *ret_count)
{
    struct register_figure_rows_row *rows;
    TRY(register_figure_rows(cx, 0, unit.v, &rows, ret_count));
    *ret = ARENA_ARRAY(cx->arena, struct figure, *ret_count + 1);
    for (size_t i = 0; i < *ret_count; i++)
        (*ret)[i] = (struct figure){ { rows[i].unit }, rows[i].birth_year, rows[i].sex, rows[i].state, rows[i].people };
    return OK;
}

/* Age in whole years at the end of this year: the table keeps years of birth, not days. */
static void total_add(struct unit_total *t, const struct register_figure_all_row *r, int year)
{
    int age = r->birth_year ? year - r->birth_year : -1;
    if (r->state == PERSON_DECEASED) {
        t->deceased += r->people;
        return;
    }
    t->people += r->people;
    t->women += r->sex == SEX_FEMALE ? r->people : 0;
    t->missing += r->state == PERSON_MISSING ? r->people : 0;
    t->children += age >= 0 && age < CHILD_BELOW ? r->people : 0;
    t->elders += age >= ELDER_FROM ? r->people : 0;
}

STATUS figures_by_unit(struct ctx *cx, struct unit_total **ret, size_t *ret_count)
{
    struct register_figure_all_cursor cursor DEFER(register_figure_all_done) = { 0 };
    struct unit_total *list = ARENA_ARRAY(cx->arena, struct unit_total, UNITS_SHOWN_MAX * 4);
    struct register_figure_all_row row;
    size_t count = 0;
    bool more;
    TRY(register_figure_all_each(cx, 0, &cursor));
    for (;;) {
        TRY(register_figure_all_next(&cursor, &row, &more));
        if (!more)
            break;
        if (count == 0 || list[count - 1].unit.v != row.unit) {
            MUST(count < UNITS_SHOWN_MAX * 4); /* no country has so many units */
            list[count++].unit = (unit_id){ row.unit };
        }
        total_add(&list[count - 1], &row, day_year(cx->today));
    }
    *ret = list;
    *ret_count = count;
    return OK;
}

STATUS figures_check(struct ctx *cx)
{
    struct register_figure_all_cursor kept DEFER(register_figure_all_done) = { 0 };
    struct register_figure_counted_cursor anew DEFER(register_figure_counted_done) = { 0 };
    struct register_figure_all_row k;
    struct register_figure_counted_row c;
    bool more_kept, more_counted;
    TRY(register_figure_all_each(cx, 0, &kept));
    TRY(register_figure_counted_each(cx, 0, &anew));
    for (;;) {
        TRY(register_figure_all_next(&kept, &k, &more_kept));
        TRY(register_figure_counted_next(&anew, &c, &more_counted));
        if (!more_kept && !more_counted)
            return OK;
        bool same = more_kept == more_counted && k.unit == c.unit && k.birth_year == c.birth_year && k.sex == c.sex &&
                    k.state == c.state && k.people == c.people;
        if (!same)
            return FAIL_AT(CORRUPT, STR("register_figure"));
    }
}

/* The unit that a row belongs to in this view: a child of `above`, or a province; UNIT_NONE if it lies elsewhere. Where an
 * old unit was divided its people stay under the old province's successor, which is known, though the commune is not. */
static unit_id place_of(const struct defs *d, unit_id unit, unit_id above, bool to_new)
{
    unit_id there[1] = { unit };
    size_t count = 1;
    const struct unit *u = defs_unit(d, unit);
    if (!u)
        return UNIT_NONE;
    if (to_new && u->map == MAP_OLD && defs_unit_at(d, unit, defs_map_from(d, MAP_NEW), there, 1, &count) != UNIT_ANSWER_ONE) {
        const struct unit *province = defs_unit(d, defs_unit_province(d, unit));
        there[0] = province->next;
    }
    if (!above.v)
        return defs_unit_province(d, there[0]);
    for (u = defs_unit(d, there[0]); u && u->parent.v; u = defs_unit(d, u->parent))
        if (u->parent.v == above.v)
            return u->id;
    return UNIT_NONE;
}

static void figure_add(struct unit_figure *t, const struct unit_total *u)
{
    t->people += u->people;
    t->women += u->women;
    t->children += u->children;
    t->elders += u->elders;
    t->missing += u->missing;
    t->deceased += u->deceased;
}

static int figure_order(const void *a, const void *b)
{
    const struct unit_figure *x = a, *y = b;
    return (x->unit.v > y->unit.v) - (x->unit.v < y->unit.v);
}

static struct unit_figure *figure_of(struct unit_figure *list, size_t *count, unit_id unit)
{
    for (size_t i = *count; i > 0; i--)
        if (list[i - 1].unit.v == unit.v)
            return &list[i - 1];
    if (*count == UNITS_SHOWN_MAX)
        return NULL;
    list[*count].unit = unit;
    return &list[(*count)++];
}

static STATUS cohorts_of(struct ctx *cx, unit_id unit, struct register_figures_out *ret)
{
    struct figure *list;
    size_t count;
    ret->cohorts = ARENA_ARRAY(cx->arena, struct cohort, COHORTS_MAX);
    TRY(figures_of_unit(cx, unit, &list, &count));
    for (size_t i = 0; i < count; i++) {
        if (list[i].state == PERSON_DECEASED)
            continue;
        struct cohort *last = ret->cohorts_count ? &ret->cohorts[ret->cohorts_count - 1] : NULL;
        if (!last || last->birth_year != list[i].birth_year) {
            if (ret->cohorts_count == COHORTS_MAX)
                break;
            last = &ret->cohorts[ret->cohorts_count++];
            last->birth_year = list[i].birth_year;
        }
        last->men += list[i].sex == SEX_MALE ? list[i].people : 0;
        last->women += list[i].sex == SEX_FEMALE ? list[i].people : 0;
    }
    return OK;
}

STATUS register_figures(struct ctx *cx, const struct register_figures_in *in, struct register_figures_out *ret)
{
    const struct defs *d = cx->app->defs;
    struct unit_total *totals;
    size_t count;
    unit_id above = in->has_unit ? in->unit : UNIT_NONE;
    bool to_new = in->has_map && in->map == REGISTER_FIGURES_IN_MAP_NEW;
    TRY(figures_totals(cx, &totals, &count, &ret->as_of));
    ret->units = ARENA_ARRAY(cx->arena, struct unit_figure, UNITS_SHOWN_MAX);
    ret->total.unit = above;
    ret->total.name = defs_unit_path(cx->arena, d, above, cx->today, cx->lang);
    for (size_t i = 0; i < count; i++) {
        unit_id place = place_of(d, totals[i].unit, above, to_new);
        bool here = above.v && totals[i].unit.v == above.v;
        struct unit_figure *f = place.v ? figure_of(ret->units, &ret->units_count, place) : NULL;
        if (f)
            figure_add(f, &totals[i]);
        if (f || here || !above.v)
            figure_add(&ret->total, &totals[i]);
    }
    qsort(ret->units, ret->units_count, sizeof *ret->units, figure_order);
    for (size_t i = 0; i < ret->units_count; i++)
        ret->units[i].name = defs_unit_name(cx->arena, d, ret->units[i].unit, cx->today, cx->lang);
    return above.v ? cohorts_of(cx, above, ret) : OK;
}
