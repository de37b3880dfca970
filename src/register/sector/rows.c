/* Reading and writing rows, as operations.
 * tested by: src/register/test/sector_test.c */
#include "defs/sector/origin.h"
#include "register/sector/inside.h"

#include <string.h>

enum { ROWS_DEFAULT = 50, SCAN_ROWS = 200, SCAN_PAGES_MAX = 25 };
#define IN_NO_MASK (UINT64_C(1) << 63) /* asked for, but no rule judges it */

/* --- put and end ---------------------------------------------------------------------------------------------------------- */

STATUS sector_subject_find(struct ctx *cx, const struct sector_register *r, int64_t number, struct sector_put *put)
{
    enum number_state state = NUMBER_ISSUED;
    bool known = false;
    put->link = r->has_subject ? LINK_NOT_FOUND : LINK_NO_SUBJECT;
    if (!r->has_subject || !number)
        return OK;
    TRY(person_by_number(cx, number, &put->person, &state, &known));
    for (int i = 0; i < 8 && known && put->person.survives_as.v; i++)
        TRY(person_by_id(cx, put->person.survives_as, &put->person, &known));
    if (known)
        put->link = state == NUMBER_ISSUED || put->person.number != number ? LINK_LINKED : LINK_CANCELLED;
    return OK;
}

static enum sector_only only_of(const struct sector_given *g)
{
    if (!g->has_only)
        return ONLY_ANY;
    return g->only == SECTOR_GIVEN_ONLY_NEW ? ONLY_NEW : ONLY_CHANGE;
}

static STATUS given_read(struct ctx *cx, const struct sector_register *r, const struct sector_given *g, struct sector_put *put)
{
    uint64_t seen = 0;
    *put = (struct sector_put){ .effective = g->has_effective ? g->effective : cx->today, .source = cx->actor.organisation, .unit = cx->actor.unit,
                                .given = UINT64_MAX, .only = only_of(g), .expected_version = g->has_expected_version ? (int32_t)g->expected_version : 0 };
    TRY(effective_check(cx, put->effective, STR("effective")));
    put->content.listed = (struct sector_listed){ g->has_number ? g->number : 0, g->has_name ? g->name : (str){ 0 },
                                                  g->has_birth ? g->birth : (day){ 0 }, g->has_sex ? g->sex : SEX_UNKNOWN };
    if (r->subject_needed && !g->has_number && !(g->has_name && g->has_birth))
        return FAIL_AT(FIELD_MISSING, STR("number"));
    for (size_t i = 0; i < g->cells_count; i++) {
        int f = sector_field_find(r, g->cells[i].field);
        if (f < 0)
            return FAIL_WITH(FIELDS_UNKNOWN, STR("cells"), g->cells[i].field);
        if (seen >> f & 1)
            return FAIL_WITH(FIELD_DOUBLE, STR("cells"), g->cells[i].field);
        seen |= UINT64_C(1) << f;
        TRY(sector_value_read(cx, &r->fields[f], g->cells[i].value, &put->content.values[f]));
    }
    for (size_t i = 0; i < r->key_count; i++)
        if (!put->content.values[r->key[i]].known)
            return FAIL_AT(FIELD_MISSING, r->fields[r->key[i]].key);
    if (put->only == ONLY_CHANGE)
        put->given = seen;
    return sector_subject_find(cx, r, g->has_number ? g->number : 0, put);
}

static STATUS put_all(struct ctx *cx, const struct sector_register *r, const struct sector_put_in *in, struct sector_put_out *ret)
{
    struct sector_batch *b DEFER(sector_batch_done) = NULL;
    sector_batch_start(cx, r, &b);
    ret->rows = ARENA_ARRAY(cx->arena, struct sector_written, in->rows_count + 1);
    for (size_t i = 0; i < in->rows_count; i++) {
        struct sector_put put;
        struct sector_written_row w;
        status st = given_read(cx, r, &in->rows[i], &put);
        if (status_ok(st))
            st = sector_batch_put(b, &put, &w);
        if (!status_ok(st)) {
            fault_place((int64_t)i + 1, 0);
            return fault_pass(st, __FILE__, __LINE__);
        }
        struct sector_written *out = &ret->rows[ret->rows_count++];
        *out = (struct sector_written){ .row = w.id, .version = w.version, .done = (int32_t)w.done };
        out->broken_count = sector_broken_words(cx, r, w.broken, &out->broken);
    }
    return sector_batch_end(b);
}

STATUS sector_put(struct ctx *cx, const struct sector_put_in *in, struct sector_put_out *ret)
{
    struct sector_scope s;
    TRY(sector_enter(cx, in->code, true, &s));
    if (in->rows_count == 0)
        return FAIL_AT(FIELD_MISSING, STR("rows"));
    return put_all(cx, s.def, in, ret);
}

static STATUS row_of(struct ctx *cx, const struct sector_scope *s, int64_t id, struct sector_row_row *ret)
{
    bool known;
    if (s->def->people)
        TRY(people_row(cx, s->def, id, ret, &known));
    else
        TRY(sector_row_get(cx, 0, s->def->code, id, ret, &known));
    return known && sector_row_open(cx, (unit_id){ ret->unit }) ? OK : FAIL_AT(ROW_MISSING, STR("row"));
}

STATUS sector_row_end(struct ctx *cx, const struct sector_register *r, int64_t id, int32_t expected_version, day effective, int32_t *ret_version)
{
    const struct sector_scope scope = { .def = r }, *s = &scope;
    struct sector_moves *moves DEFER(sector_moves_done) = NULL;
    struct sector_row_row row;
    int64_t changed = 0;
    TRY(effective_check(cx, effective, STR("effective")));
    TRY(row_of(cx, s, id, &row));
    if (expected_version && expected_version != row.version)
        return FAIL(VERSION_CONFLICT);
    if (row.state == SECTOR_ENDED || effective.ymd < row.effective)
        return FAIL_AT(EVENT_ORDER, STR("effective"));
    TRY(change_note(cx, (struct subject){ { row.person }, { row.unit } }, SECTOR_MASK));
    struct sector_judged before = sector_judged_of(&row), after;
    row.version++;
    row.state = SECTOR_ENDED;
    row.effective = effective.ymd;
    row.recorded_us = cx->now_us;
    after = sector_judged_of(&row);
    TRY(sector_event_add(cx, &(struct sector_event_add_params){
        .shard = 0, .code = s->def->code, .row_id = row.id, .seq = row.version, .kind = MOMENT_END, .effective = row.effective,
        .recorded_us = row.recorded_us, .source = cx->actor.organisation, .actor = cx->actor.account.v, .person = row.person,
        .why_not = row.why_not, .unit = row.unit, .doc = row.doc }, NULL));
    TRY(sector_row_set(cx, &(struct sector_row_set_params){
        .shard = 0, .code = s->def->code, .id = row.id, .expected = row.version - 1, .version = row.version, .state = row.state,
        .person = row.person, .why_not = row.why_not, .unit = row.unit, .row_key = row.row_key, .broken = row.broken, .rules = row.rules,
        .effective = row.effective, .recorded_us = row.recorded_us, .source = row.source, .delivery = row.delivery, .doc = row.doc }, &changed));
    if (changed != 1)
        return FAIL(VERSION_CONFLICT);
    sector_moves_start(&moves);
    sector_moves_add(moves, &before, -1);
    sector_moves_add(moves, &after, 1);
    *ret_version = row.version;
    return sector_moves_write(cx, moves, s->def->code);
}

STATUS sector_end(struct ctx *cx, const struct sector_end_in *in, struct sector_end_out *ret)
{
    struct sector_scope s;
    int32_t version;
    TRY(sector_enter(cx, in->code, true, &s));
    if (in->has_expected_version && in->expected_version == 0)
        return FAIL(VERSION_CONFLICT); /* no row has this version */
    TRY(sector_row_end(cx, s.def, in->row, in->has_expected_version ? (int32_t)in->expected_version : 0, in->has_effective ? in->effective : cx->today, &version));
    *ret = (struct sector_end_out){ in->row, version };
    return OK;
}

/* --- one row, now or then -------------------------------------------------------------------------------------------------- */

STATUS sector_get(struct ctx *cx, const struct sector_get_in *in, struct sector_get_out *ret)
{
    struct sector_scope s;
    struct sector_row_row row;
    bool allowed;
    TRY(sector_enter(cx, in->code, false, &s));
    TRY(row_of(cx, &s, in->row, &row));
    ret->as_of = cx->now_us;
    ret->known = true;
    if ((in->has_valid || in->has_known) && !s.def->people)
        TRY(sector_row_as_of(cx, s.def, in->has_valid ? in->valid : cx->today, in->has_known ? in->known : INT64_MAX, &row, &ret->known));
    return ret->known ? sector_item_show(cx, &s, &row, &ret->item, &allowed) : OK;
}

/* --- pages of rows ----------------------------------------------------------------------------------------------------------- */

/* What fails is asked of rows that the rules in force have judged: the figures count no others. */
static bool wanted(const struct ctx *cx, const struct sector_rows_in *in, const struct sector_register *r, uint64_t failing, const struct sector_row_row *row)
{
    int only = in->has_only ? in->only : SECTOR_ROWS_IN_ONLY_ALL;
    if (in->has_unit && row->unit != in->unit.v && !defs_unit_covers(cx->app->defs, in->unit, (unit_id){ row->unit }))
        return false;
    if (failing && (row->state != SECTOR_LIVE || (uint64_t)row->rules != r->rules_hash || !((uint64_t)row->broken & failing)))
        return false;
    switch (only) {
    case SECTOR_ROWS_IN_ONLY_UNLINKED: return row->state == SECTOR_LIVE && row->why_not > LINK_NO_SUBJECT;
    case SECTOR_ROWS_IN_ONLY_FLAWED: return row->state == SECTOR_LIVE && row->broken != 0;
    case SECTOR_ROWS_IN_ONLY_ENDED: return row->state == SECTOR_ENDED;
    default: return row->state == SECTOR_LIVE;
    }
}

/* The bits of which a row has to have one; 0: none is asked for. */
static STATUS failing_read(const struct sector_register *r, const struct sector_rows_in *in, uint64_t *ret)
{
    int field = in->has_field ? sector_attribute_find(r, in->field) : 0;
    bool known = !in->has_check;
    if (field < 0)
        return FAIL_WITH(FIELDS_UNKNOWN, STR("field"), in->field);
    *ret = in->has_check || in->has_field || in->has_dimension ? IN_NO_MASK : 0;
    for (size_t i = 0; *ret && i < r->check_count; i++) {
        const struct sector_check *c = &r->checks[i];
        bool named = !in->has_check || str_eq(c->code, in->check);
        known = known || named;
        if (named && (!in->has_field || c->about >> field & 1) && (!in->has_dimension || (int)c->dimension == in->dimension))
            *ret |= UINT64_C(1) << i;
    }
    return known ? OK : FAIL_WITH(ENUM_UNKNOWN, STR("check"), in->check);
}

static STATUS page(struct ctx *cx, const struct sector_scope *s, const struct sector_rows_in *in, int64_t after, struct sector_row_row **ret, size_t *ret_count)
{
    const struct unit *u = in->has_unit ? defs_unit(cx->app->defs, in->unit) : NULL;
    if (s->def->people)
        return people_flawed(cx, s->def, in, after, ret, ret_count);
    if (u && u->level == UNIT_COMMUNE)
        return sector_rows_of_unit(cx, &(struct sector_rows_of_unit_params){ .shard = 0, .code = s->def->code, .unit = in->unit.v, .after = after, .most = SCAN_ROWS },
                                   ret, ret_count);
    return sector_rows_after(cx, 0, s->def->code, after, SCAN_ROWS, ret, ret_count);
}

/* A page may come back short, with a place to go on from: a call looks at SCAN_ROWS * SCAN_PAGES_MAX rows at most. */
STATUS sector_rows(struct ctx *cx, const struct sector_rows_in *in, struct sector_rows_out *ret)
{
    size_t most = in->has_limit ? (size_t)in->limit : ROWS_DEFAULT, n = SCAN_ROWS;
    struct sector_scope s;
    struct sector_row_row *rows;
    int64_t after = in->has_after ? in->after : 0;
    uint64_t failing = 0;
    TRY(sector_enter(cx, in->code, false, &s));
    TRY(failing_read(s.def, in, &failing));
    if (in->has_unit && !sector_row_open(cx, in->unit))
        return FAIL(GROUND_PERSON);
    ret->rows = ARENA_ARRAY(cx->arena, struct sector_item, most);
    for (int pages = 0; pages < SCAN_PAGES_MAX && n == SCAN_ROWS; pages++) {
        TRY(page(cx, &s, in, after, &rows, &n));
        for (size_t i = 0; i < n; i++) {
            bool allowed = false;
            if (ret->rows_count == most) {
                ret->next = after;
                return OK;
            }
            after = rows[i].id;
            if (wanted(cx, in, s.def, failing, &rows[i]))
                TRY(sector_item_show(cx, &s, &rows[i], &ret->rows[ret->rows_count], &allowed));
            ret->rows_count += allowed;
        }
    }
    ret->next = n == SCAN_ROWS ? after : 0;
    return OK;
}

/* --- history ------------------------------------------------------------------------------------------------------------------ */

static bool value_same(const struct sector_value *a, const struct sector_value *b)
{
    return a->known == b->known && a->raw == b->raw && a->number == b->number && str_eq(a->text, b->text);
}

size_t sector_changed_fields(struct ctx *cx, const struct sector_register *r, const struct sector_content *before, const struct sector_content *after, str **ret)
{
    size_t n = 0;
    *ret = ARENA_ARRAY(cx->arena, str, r->field_count + 1);
    for (size_t i = 0; i < r->field_count; i++)
        if (!value_same(&before->values[i], &after->values[i]))
            (*ret)[n++] = r->fields[i].key;
    return n;
}

STATUS sector_history(struct ctx *cx, const struct sector_history_in *in, struct sector_history_out *ret)
{
    struct sector_scope s;
    struct sector_row_row row;
    struct sector_item item;
    struct sector_events_row *events;
    struct sector_content before = { 0 }, after;
    size_t n;
    bool allowed;
    TRY(sector_enter(cx, in->code, false, &s));
    TRY(row_of(cx, &s, in->row, &row));
    TRY(sector_item_show(cx, &s, &row, &item, &allowed)); /* notes the disclosure */
    TRY(sector_events(cx, 0, s.def->code, row.id, &events, &n));
    ret->moments = ARENA_ARRAY(cx->arena, struct sector_moment, n + 1);
    for (size_t i = 0; i < n; i++) {
        struct sector_moment *m = &ret->moments[ret->moments_count++];
        TRY(sector_content_read(s.def, events[i].doc, &after));
        *m = (struct sector_moment){ .seq = events[i].seq, .kind = events[i].kind - MOMENT_PUT, .effective = { events[i].effective },
                                     .recorded = events[i].recorded_us, .organisation = events[i].source, .delivery = s.def->origin ? 0 : events[i].delivery };
        m->changed_count = sector_changed_fields(cx, s.def, &before, &after, &m->changed);
        if (!item.stale || s.def->origin->silent == ORIGIN_STALE)
            m->cells_count = sector_cells_show(cx, &s, &after, &m->cells);
        before = after;
    }
    return OK;
}

STATUS sector_own(struct ctx *cx, const struct sector_own_in *in, struct sector_own_out *ret)
{
    struct sector_row_of_person_row *found;
    size_t n;
    (void)in;
    if (!cx->actor.person.v)
        return FAIL(PERSON_MISSING);
    TRY(sector_rows_of_person(cx, 0, cx->actor.person.v, &found, &n));
    ret->rows = ARENA_ARRAY(cx->arena, struct sector_item, n + 1);
    for (size_t i = 0; i < n; i++) {
        struct sector_scope s = { .def = defs_sector(cx->app->defs, found[i].code, cx->today) };
        struct sector_row_row row;
        bool known, allowed;
        if (!s.def)
            continue;
        TRY(sector_row_get(cx, 0, found[i].code, found[i].id, &row, &known));
        if (known)
            TRY(sector_item_show(cx, &s, &row, &ret->rows[ret->rows_count++], &allowed));
    }
    return OK;
}
