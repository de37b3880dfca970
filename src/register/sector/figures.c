/* Figures of a register by unit: a sum over the kept counts, under the units in force; and judging rows anew after the rules or a
 * person have changed, so that the counts follow.
 * tested by: src/register/test/sector_test.c */
#include "messages/messages.h"
#include "register/sector/figure.h"

#include <stdlib.h>
#include <string.h>

enum { UNITS_MAX = 4000, COMMON_MAX = 64, JUDGE_ROWS = 1000, STEP_ROWS = 200 };

struct summing {
    struct ctx *cx;
    const struct sector_register *def;
    unit_id above;
    enum unit_map map;
    bool as_recorded; /* each unit for itself */
    struct sector_figures_out *out;
    struct table64 places;
    uint64_t flaw[DIMENSION_COUNT];                          /* the bits that are a flaw in each dimension: of the row, or of one field */
    uint64_t field_flaw[SECTOR_SUBJECT + 1][DIMENSION_COUNT]; /* of each field */
    struct table64 field_places; /* as recorded only: by unit and field */
    struct sector_field_flaws *fields;
    size_t field_count, field_cap;
    int64_t failing[SECTOR_CHECKS_MAX];
    int64_t field_flawed[SECTOR_SUBJECT + 1][DIMENSION_COUNT];
};

static void flaws_of_row(struct summing *s)
{
    for (int d = 0; d < DIMENSION_COUNT; d++) {
        s->flaw[d] = UINT64_C(1) << (FLAW_BIT + d);
        for (int f = 0; f <= SECTOR_SUBJECT; f++)
            s->field_flaw[f][d] = sector_checks_about(s->def, f, (enum dimension)d);
    }
}

/* Where rows of a unit count under the map of this view: the smallest unit of it that holds all of what the unit became or was
 * made of. Of an old unit of which the sources do not say more, its province's successor; else UNIT_NONE. */
static unit_id mapped(const struct summing *s, const struct unit *u)
{
    const struct defs *d = s->cx->app->defs;
    unit_id there[COMMON_MAX], common;
    size_t count = COMMON_MAX;
    if (u->map == s->map)
        return u->id;
    enum unit_answer answer = defs_unit_at(d, u->id, defs_map_from(d, s->map), there, COMMON_MAX, &count);
    if (answer == UNIT_ANSWER_NONE || count > COMMON_MAX)
        return s->map == MAP_NEW ? defs_unit(d, defs_unit_province(d, u->id))->next : UNIT_NONE;
    common = there[0];
    for (size_t i = 1; i < count; i++)
        while (common.v && !defs_unit_within(d, there[i], common))
            common = defs_unit(d, common)->parent;
    return common;
}

/* Where a row counts in this view: in a child of `above` or a province (*ret_child), in `above` itself, or outside of it. */
static bool place_of(const struct summing *s, unit_id unit, unit_id *ret_child)
{
    const struct defs *d = s->cx->app->defs;
    const struct unit *u = defs_unit(d, unit);
    unit_id there = u ? mapped(s, u) : UNIT_NONE;
    *ret_child = UNIT_NONE;
    if (s->as_recorded) {
        *ret_child = unit;
        return true;
    }
    if (!s->above.v) {
        *ret_child = there.v ? defs_unit_province(d, there) : UNIT_NONE;
        return true;
    }
    for (u = defs_unit(d, there); u && u->parent.v; u = defs_unit(d, u->parent))
        if (u->parent.v == s->above.v) {
            *ret_child = u->id;
            return true;
        }
    return there.v == s->above.v;
}

static struct sector_count *count_of(struct summing *s, unit_id unit)
{
    uint64_t at = 0;
    if (!table64_get(&s->places, (uint64_t)unit.v, &at)) {
        if (s->out->units_count == (s->as_recorded ? UNITS_MAX * 4 : UNITS_MAX))
            return NULL;
        at = s->out->units_count++;
        s->out->units[at] = (struct sector_count){ .has_unit = unit.v != 0, .unit = unit,
                                                   .name = unit.v ? defs_unit_name(s->cx->arena, s->cx->app->defs, unit, s->cx->today, s->cx->lang)
                                                                  : msg_sector_unplaced(s->cx->lang) };
        table64_set(&s->places, (uint64_t)unit.v, at);
    }
    return &s->out->units[at];
}

/* `counts`: the rows are not counted elsewhere. */
static void count_add(const struct summing *s, struct sector_count *c, const struct sector_tallies_row *row, bool counts)
{
    int64_t *const good[DIMENSION_COUNT] = { &c->correct, &c->complete, &c->clean, &c->live };
    if (row->link == TALLY_ENDED) {
        c->ended += row->row_count;
        return;
    }
    c->rows += counts ? row->row_count : 0;
    c->linked += counts && row->link == LINK_LINKED ? row->row_count : 0;
    for (int d = 0; d < DIMENSION_COUNT; d++)
        *good[d] += (counts ? row->row_count : 0) - ((uint64_t)row->broken & s->flaw[d] ? row->row_count : 0);
}

static struct sector_field_flaws *flaws_of_unit(struct summing *s, unit_id unit, int field)
{
    uint64_t at = 0, key = (uint64_t)(uint32_t)unit.v << 6 | (uint64_t)field;
    if (!table64_get(&s->field_places, key, &at)) {
        if (s->field_count == s->field_cap) {
            size_t cap = s->field_cap ? s->field_cap * 2 : 256;
            struct sector_field_flaws *more = ARENA_ARRAY(s->cx->arena, struct sector_field_flaws, cap);
            if (s->field_count)
                memcpy(more, s->fields, s->field_count * sizeof *more);
            s->fields = more;
            s->field_cap = cap;
        }
        at = s->field_count++;
        s->fields[at] = (struct sector_field_flaws){ .unit = unit, .field = field };
        table64_set(&s->field_places, key, at);
    }
    return &s->fields[at];
}

/* What the checks say of each field, which only the definition can tell by which the rows were judged. */
static void fields_add(struct summing *s, const struct sector_tallies_row *row, unit_id place)
{
    uint64_t broken = (uint64_t)row->broken;
    for (size_t i = 0; i < s->def->check_count; i++)
        s->failing[i] += broken >> i & 1 ? row->row_count : 0;
    for (int f = 0; f <= SECTOR_SUBJECT; f++)
        for (int d = 0; d < DIMENSION_COUNT; d++) {
            if (!(broken & s->field_flaw[f][d]))
                continue;
            s->field_flawed[f][d] += row->row_count;
            if (s->as_recorded)
                flaws_of_unit(s, place, f)->flawed[d] += row->row_count;
        }
}

static void row_sum(struct summing *s, const struct sector_tallies_row *row, bool counts)
{
    unit_id place;
    if (!place_of(s, (unit_id){ row->unit }, &place))
        return;
    if ((uint64_t)row->rules == s->def->rules_hash && row->broken)
        fields_add(s, row, place);
    if ((uint64_t)row->rules != s->def->rules_hash && row->link != TALLY_ENDED)
        s->out->stale += row->row_count;
    struct sector_count *c = count_of(s, place);
    if (c)
        count_add(s, c, row, counts);
    count_add(s, &s->out->total, row, counts);
}

/* Of the population, how many there are is counted by its own figures; only the flaws are kept here. */
static STATUS people_sum(struct summing *s)
{
    struct unit_total *totals;
    size_t count;
    int64_t as_of;
    TRY(figures_totals(s->cx, &totals, &count, &as_of));
    for (size_t i = 0; i < count; i++) {
        struct sector_tallies_row row = { .rules = (int64_t)s->def->rules_hash, .unit = totals[i].unit.v, .link = LINK_LINKED, .row_count = totals[i].people };
        row_sum(s, &row, true);
        row.link = TALLY_ENDED;
        row.row_count = totals[i].deceased;
        row_sum(s, &row, true);
    }
    return OK;
}

static STATUS tallies_sum(struct summing *s)
{
    struct sector_tallies_cursor cursor DEFER(sector_tallies_done) = { 0 };
    struct sector_tallies_row row;
    bool more;
    if (s->def->people)
        TRY(people_sum(s));
    TRY(sector_tallies_each(s->cx, 0, s->def->code, &cursor));
    for (;;) {
        TRY(sector_tallies_next(&cursor, &row, &more));
        if (!more)
            return OK;
        row_sum(s, &row, !s->def->people);
    }
}

static STATUS all_sum(struct summing *s)
{
    table64_init(&s->places, 1024);
    table64_init(&s->field_places, 64);
    status st = tallies_sum(s);
    table64_done(&s->places);
    table64_done(&s->field_places);
    return st;
}

static int count_order(const void *a, const void *b)
{
    const struct sector_count *x = a, *y = b;
    return (x->unit.v > y->unit.v) - (x->unit.v < y->unit.v);
}

/* The map that was asked for; else that of the unit above, or the one in force. */
static enum unit_map map_asked(const struct ctx *cx, const struct sector_figures_in *in)
{
    const struct unit *above = in->has_unit ? defs_unit(cx->app->defs, in->unit) : NULL;
    if (in->has_map)
        return in->map == SECTOR_FIGURES_IN_MAP_OLD ? MAP_OLD : MAP_NEW;
    return above ? (enum unit_map)above->map : defs_map_at(cx->app->defs, cx->today);
}

static void failing_fill(const struct summing *s, uint64_t asked, struct sector_figures_out *ret)
{
    ret->failing = ARENA_ARRAY(s->cx->arena, struct sector_failing, s->def->check_count + 1);
    for (size_t i = 0; i < s->def->check_count; i++)
        if (s->failing[i] && s->def->checks[i].about & asked)
            ret->failing[ret->failing_count++] = (struct sector_failing){
                .check = s->def->checks[i].code, .dimension = (int32_t)s->def->checks[i].dimension,
                .says = sector_check_says(s->cx, s->def, &s->def->checks[i]), .rows = s->failing[i] };
}

/* The fields that a rule judges. */
static void attributes_fill(const struct summing *s, struct sector_figures_out *ret)
{
    ret->attributes = ARENA_ARRAY(s->cx->arena, struct sector_attribute, SECTOR_SUBJECT + 1);
    for (int i = -1; i < (int)s->def->field_count; i++) {
        int f = i < 0 ? SECTOR_SUBJECT : i;
        const uint64_t *judges = s->field_flaw[f];
        int64_t good[DIMENSION_COUNT];
        if (!(judges[0] | judges[1] | judges[2] | judges[3]))
            continue;
        for (int d = 0; d < DIMENSION_COUNT; d++)
            good[d] = ret->total.rows - s->field_flawed[f][d];
        ret->attributes[ret->attributes_count++] = (struct sector_attribute){
            .field = i < 0 ? STR("subject") : s->def->fields[f].key, .label = sector_attribute_label(s->cx, s->def, f),
            .has_correct = judges[0] != 0, .correct = good[0], .has_complete = judges[1] != 0, .complete = good[1],
            .has_clean = judges[2] != 0, .clean = good[2], .has_live = judges[3] != 0, .live = good[3] };
    }
}

STATUS sector_figures(struct ctx *cx, const struct sector_figures_in *in, struct sector_figures_out *ret)
{
    struct summing s = { .cx = cx, .def = defs_sector(cx->app->defs, in->code, cx->today), .above = in->has_unit ? in->unit : UNIT_NONE,
                         .map = map_asked(cx, in), .out = ret };
    if (!s.def)
        return FAIL_WITH(REGISTER_MISSING, STR("code"), in->code);
    flaws_of_row(&s);
    int field = in->has_field ? sector_attribute_find(s.def, in->field) : 0;
    if (field < 0)
        return FAIL_WITH(FIELDS_UNKNOWN, STR("field"), in->field);
    if (in->has_field)
        memcpy(s.flaw, s.field_flaw[field], sizeof s.flaw);
    ret->as_of = cx->now_us;
    ret->units = ARENA_ARRAY(cx->arena, struct sector_count, UNITS_MAX);
    ret->total = (struct sector_count){ .has_unit = in->has_unit, .unit = s.above,
                                        .name = defs_unit_path(cx->arena, cx->app->defs, s.above, cx->today, cx->lang) };
    TRY(all_sum(&s));
    qsort(ret->units, ret->units_count, sizeof *ret->units, count_order);
    failing_fill(&s, in->has_field ? UINT64_C(1) << field : UINT64_MAX, ret);
    attributes_fill(&s, ret);
    return OK;
}

/* --- judging anew ---------------------------------------------------------------------------------------------------------- */

/* The row's mask by the rules in force; where its person lives now. False: nothing changed. */
static STATUS row_judge(struct ctx *cx, const struct sector_register *r, const struct person *p, struct sector_row_row *row, bool *ret_changed)
{
    struct sector_content c;
    TRY(sector_content_read(r, row->doc, &c));
    int64_t broken = (int64_t)sector_check_row(cx, r, &c, row->person ? p : NULL);
    int32_t unit = r->unit_field < 0 && row->person && p->unit.v ? p->unit.v : row->unit;
    *ret_changed = broken != row->broken || unit != row->unit || (uint64_t)row->rules != r->rules_hash;
    row->broken = broken;
    row->unit = unit;
    row->rules = (int64_t)r->rules_hash;
    return OK;
}

static STATUS row_rejudge(struct ctx *cx, const struct sector_register *r, const struct person *p, struct sector_row_row *row,
                          struct sector_moves *moves, bool *ret_changed)
{
    struct sector_judged before = sector_judged_of(row);
    TRY(row_judge(cx, r, p, row, ret_changed));
    if (!*ret_changed)
        return OK;
    struct sector_judged after = sector_judged_of(row);
    sector_moves_add(moves, &before, -1);
    sector_moves_add(moves, &after, 1);
    return sector_row_judged(cx, &(struct sector_row_judged_params){ .shard = 0, .code = r->code, .id = row->id, .unit = row->unit,
                                                                     .broken = row->broken, .rules = row->rules }, NULL);
}

STATUS sector_standings(struct ctx *cx, const struct sector_register *r, struct sector_standings *ret)
{
    struct sector_figures_out out = { .units = ARENA_ARRAY(cx->arena, struct sector_count, UNITS_MAX * 4) };
    struct summing s = { .cx = cx, .def = r, .out = &out, .as_recorded = true };
    flaws_of_row(&s);
    TRY(all_sum(&s));
    qsort(out.units, out.units_count, sizeof *out.units, count_order);
    *ret = (struct sector_standings){ ARENA_ARRAY(cx->arena, struct sector_standing, out.units_count + 1), out.units_count, s.fields, s.field_count };
    for (size_t i = 0; i < out.units_count; i++) {
        const struct sector_count *c = &out.units[i];
        ret->units[i] = (struct sector_standing){ c->unit, c->rows, c->linked, c->ended, { c->correct, c->complete, c->clean, c->live } };
    }
    return OK;
}

static STATUS rows_judge(struct ctx *cx, const struct sector_register *r, const struct sector_judge_in *in, struct sector_moves *moves,
                         struct sector_judge_out *ret)
{
    int64_t most = in->has_limit ? in->limit : JUDGE_ROWS, after = in->has_after ? in->after : 0;
    size_t n = STEP_ROWS;
    while (ret->judged < most && n == STEP_ROWS) {
        struct sector_row_row *rows;
        TRY(sector_rows_after(cx, 0, r->code, after, STEP_ROWS, &rows, &n));
        for (size_t i = 0; i < n && ret->judged < most; i++) {
            struct person p = { 0 };
            bool known = false, changed;
            if (rows[i].person)
                TRY(person_by_id(cx, (person_id){ rows[i].person }, &p, &known));
            TRY(row_rejudge(cx, r, &p, &rows[i], moves, &changed));
            ret->judged++;
            ret->changed += changed;
            after = rows[i].id;
        }
    }
    ret->next = ret->judged == most ? after : 0;
    return OK;
}

static STATUS some_judge(struct ctx *cx, const struct sector_register *r, const struct sector_judge_in *in, struct sector_judge_out *ret)
{
    struct sector_moves *moves DEFER(sector_moves_done) = NULL;
    if (r->people)
        return people_judge(cx, r, in, ret);
    sector_moves_start(&moves);
    TRY(rows_judge(cx, r, in, moves, ret));
    return sector_moves_write(cx, moves, r->code);
}

STATUS sector_judge(struct ctx *cx, const struct sector_judge_in *in, struct sector_judge_out *ret)
{
    struct sector_scope s;
    const struct sector_register *r = defs_sector(cx->app->defs, in->code, cx->today);
    TRY(sector_enter(cx, in->code, !(r && r->people), &s));
    return some_judge(cx, s.def, in, ret);
}

STATUS sector_judge_some(struct ctx *cx, const struct sector_register *r, int64_t after, int64_t limit, int64_t *ret_next, int64_t *ret_changed)
{
    struct sector_judge_in in = { .code = r->code, .has_after = true, .after = after, .has_limit = true, .limit = limit };
    struct sector_judge_out out = { 0 };
    TRY(some_judge(cx, r, &in, &out));
    *ret_next = out.next;
    *ret_changed = out.changed;
    return OK;
}

STATUS sector_row_judged_as(struct ctx *cx, const struct sector_register *r, int64_t row, struct sector_judged *ret, bool *ret_known)
{
    struct sector_row_row found;
    if (r->people)
        TRY(people_row(cx, r, row, &found, ret_known));
    else
        TRY(sector_row_get(cx, 0, r->code, row, &found, ret_known));
    *ret = *ret_known ? sector_judged_of(&found) : (struct sector_judged){ 0 };
    *ret_known = *ret_known && found.state == SECTOR_LIVE;
    return OK;
}

STATUS sector_person_changed(struct ctx *cx, const struct person *p)
{
    struct sector_row_of_person_row *found;
    size_t n;
    TRY(sector_rows_of_person(cx, 0, p->id.v, &found, &n));
    for (size_t i = 0; i < n; i++) {
        struct sector_moves *moves DEFER(sector_moves_done) = NULL;
        const struct sector_register *r = defs_sector(cx->app->defs, found[i].code, cx->today);
        struct sector_row_row row;
        bool known, changed;
        if (!r)
            continue;
        TRY(sector_row_get(cx, 0, found[i].code, found[i].id, &row, &known));
        sector_moves_start(&moves);
        if (known)
            TRY(row_rejudge(cx, r, p, &row, moves, &changed));
        TRY(sector_moves_write(cx, moves, r->code));
    }
    return OK;
}

/* --- a person who was two ------------------------------------------------------------------------------------------------------ */

/* Was the row written about `person`, or about somebody who had been merged into him? */
static STATUS row_came_from(struct ctx *cx, const struct sector_row_row *row, str code, person_id person, bool *ret)
{
    struct sector_events_row *events;
    struct person p = { 0 };
    size_t n;
    bool known = true;
    TRY(sector_events(cx, 0, code, row->id, &events, &n));
    person_id id = { n > 0 ? events[n - 1].person : row->person };
    for (int i = 0; i < 8 && id.v && id.v != person.v && known; i++) {
        TRY(person_by_id(cx, id, &p, &known));
        id = p.survives_as;
    }
    *ret = id.v == person.v;
    return OK;
}

static STATUS row_hand_over(struct ctx *cx, const struct sector_register *r, struct sector_row_row *row, const struct person *to)
{
    struct sector_moves *moves DEFER(sector_moves_done) = NULL;
    struct sector_judged before = sector_judged_of(row);
    int64_t changed = 0;
    bool other;
    row->person = to->id.v;
    TRY(row_judge(cx, r, to, row, &other));
    TRY(sector_row_set(cx, &(struct sector_row_set_params){
        .shard = 0, .code = r->code, .id = row->id, .expected = row->version, .version = row->version, .state = row->state, .person = row->person,
        .why_not = row->why_not, .unit = row->unit, .row_key = row->row_key, .broken = row->broken, .rules = row->rules, .effective = row->effective,
        .recorded_us = row->recorded_us, .source = row->source, .delivery = row->delivery, .doc = row->doc }, &changed));
    if (changed != 1)
        return FAIL(VERSION_CONFLICT);
    struct sector_judged after = sector_judged_of(row);
    sector_moves_start(&moves);
    sector_moves_add(moves, &before, -1);
    sector_moves_add(moves, &after, 1);
    TRY(change_note(cx, (struct subject){ to->id, { row->unit } }, SECTOR_MASK & cx->journal->op->reads));
    return sector_moves_write(cx, moves, r->code);
}

STATUS sector_person_merged(struct ctx *cx, const struct person *p, const struct person *into, bool undone)
{
    struct sector_row_of_person_row *found;
    size_t n;
    TRY(sector_rows_of_person(cx, 0, undone ? into->id.v : p->id.v, &found, &n));
    for (size_t i = 0; i < n; i++) {
        const struct sector_register *r = defs_sector(cx->app->defs, found[i].code, cx->today);
        struct sector_row_row row;
        bool known, theirs = true;
        TRY(sector_row_get(cx, 0, found[i].code, found[i].id, &row, &known));
        if (undone && known)
            TRY(row_came_from(cx, &row, found[i].code, p->id, &theirs));
        if (r && known && theirs)
            TRY(row_hand_over(cx, r, &row, undone ? p : into));
    }
    return OK;
}
