/* Rows of a run, opened from a figure: both values of each field as known at the snapshot, and who may be meant. Whoever is shown is
 * noted under the reader's own ground; rows outside its unit do not exist for him.
 * tested by: src/recon/test/run_test.c, tests/scenario/sector.scn */
#include "recon/inside.h"

#include <string.h>

enum { ROWS_DEFAULT = 50, SCAN_ROWS = 200, SCAN_PAGES_MAX = 50 };
#define SHOWN_FIELDS (FIELDS_NUMBER | FIELDS_NAME | FIELDS_BIRTH | FIELDS_SEX | FIELDS_RESIDENCE)

struct showing {
    struct ctx *cx;
    const struct recon_run_row *run;
    struct run_side side;
};

/* --- one row -------------------------------------------------------------------------------------------------------------------- */

static str label_of(const struct ctx *cx, int field)
{
    const struct person_field_def *def = person_field_def(field);
    return !def ? (str){ 0 } : cx->lang == LANG_EN ? def->label_en : def->label_vi;
}

static STATUS values_show(struct showing *s, const struct recon_row_row *r, const struct sector_row_row *row, const struct sector_content *content,
                          struct run_row *ret)
{
    struct run_said said[RUN_VALUES_MAX];
    struct person p = { .id = PERSON_NONE };
    unit_id written = UNIT_NONE;
    uint64_t fields = SHOWN_FIELDS | (uint64_t)r->compared | FIELDS_SHARED;
    bool known = false;
    size_t n;
    if (r->person)
        TRY(known_then_person(s->cx, s->side.then, (person_id){ r->person }, &p, &known));
    if (known || row->person)
        TRY(disclosure_note(s->cx, (struct subject){ { known ? r->person : row->person }, known && p.unit.v ? p.unit : (unit_id){ row->unit } },
                            fields & s->cx->journal->grant.fields));
    if (r->differs >> FIELD_RESIDENCE & 1 && s->side.def->unit_field < 0)
        TRY(sector_row_written_in(s->cx, s->side.def, s->side.known_us, row, &written));
    const struct run_pair pair = { content, &p, written };
    TRY(run_values(s->cx, &s->side, &pair, said, &n));
    ret->values = ARENA_ARRAY(s->cx->arena, struct run_value, n + 1);
    for (size_t i = 0; i < n; i++)
        if (said[i].listed.len || said[i].held.len)
            ret->values[ret->values_count++] = (struct run_value){
                .field = person_field_name(said[i].field), .label = label_of(s->cx, said[i].field), .listed = said[i].listed_shown,
                .held = said[i].held_shown, .differs = (uint64_t)r->differs >> said[i].field & 1 };
    ret->name = content->listed.name.len ? content->listed.name : p.name;
    return OK;
}

static STATUS candidate_show(struct showing *s, const struct recon_evidence_of_row *e, struct run_candidate *ret)
{
    struct evidence_item items[JUDGE_FIELDS];
    struct person p;
    bool known;
    int percent;
    size_t n = evidence_unpack(e->evidence, items, &percent);
    TRY(known_then_person(s->cx, s->side.then, (person_id){ e->person }, &p, &known));
    if (known)
        TRY(disclosure_note(s->cx, (struct subject){ p.id, p.unit }, SHOWN_FIELDS & s->cx->journal->grant.fields));
    *ret = (struct run_candidate){ .percent = percent, .weights = ARENA_ARRAY(s->cx->arena, struct run_weight, JUDGE_FIELDS) };
    if (known) {
        ret->has_number = p.number != 0;
        ret->number = p.number;
        ret->name = p.name;
        ret->has_birth = !day_is_none(p.birth);
        ret->birth = p.birth;
    }
    for (; ret->weights_count < n; ret->weights_count++) {
        const struct evidence_item *i = &items[ret->weights_count];
        str level = { 0 };
        (void)msg_find(arena_printf(s->cx->arena, "link_level_%s_%d", judge_scale_word(i->field), i->level), s->cx->lang, &level);
        ret->weights[ret->weights_count] = (struct run_weight){ str_of(judge_field_word(i->field)), level, i->bits };
    }
    return OK;
}

static STATUS candidates_show(struct showing *s, const struct recon_row_row *r, struct run_row *ret)
{
    struct recon_evidence_of_row *list;
    size_t n;
    if (r->outcome == RUN_MATCHED || r->outcome == RUN_NOT_FOUND)
        return OK;
    TRY(recon_evidence_of(s->cx, RECON_SHARD, s->run->id, r->row_id, RUN_EVIDENCE_MAX, &list, &n));
    ret->candidates = ARENA_ARRAY(s->cx->arena, struct run_candidate, n + 1);
    for (size_t i = 0; i < n; i++)
        TRY(candidate_show(s, &list[i], &ret->candidates[ret->candidates_count++]));
    return OK;
}

static STATUS row_show(struct showing *s, const struct recon_row_row *r, struct run_row *ret)
{
    struct sector_content content;
    struct sector_row_row row;
    bool known, live = false;
    TRY(sector_row_get(s->cx, 0, s->side.def->code, r->row_id, &row, &known));
    if (known)
        TRY(sector_row_known_at(s->cx, s->side.def, s->side.known_us, &row, &live));
    if (!live)
        return FAIL_AT(CORRUPT, STR("recon_row"));
    TRY(sector_content_read(s->side.def, row.doc, &content));
    *ret = (struct run_row){ .row = r->row_id, .outcome = r->outcome, .confidence = r->percent, .duplicate_of = r->duplicate_of,
                             .unit_name = defs_unit_path(s->cx->arena, s->cx->app->defs, (unit_id){ r->unit }, s->cx->today, s->cx->lang) };
    TRY(values_show(s, r, &row, &content, ret));
    return candidates_show(s, r, ret);
}

/* --- pages of rows --------------------------------------------------------------------------------------------------------------- */

struct paging {
    struct run_place after;
    uint64_t differs;  /* 0: any */
    unit_id *units;    /* NULL: all */
    size_t unit_count;
};

static STATUS after_read(const struct run_rows_in *in, struct paging *p)
{
    str rest = in->has_after ? in->after : STR("-1.0"), piece;
    int64_t unit, row;
    if (!str_cut(&rest, '.', &piece) || !str_i64(piece, &unit) || !str_i64(rest, &row) || unit < -1 || unit > INT32_MAX)
        return FAIL_WITH(FIELD_TYPE, STR("after"), in->after);
    p->after.unit = (int32_t)unit;
    p->after.row = row;
    return OK;
}

/* Of the chosen units, the next rows; of all units, straight on. */
static STATUS page_read(struct showing *s, const struct paging *p, struct recon_row_row **ret, size_t *ret_count)
{
    *ret_count = 0;
    if (!p->units)
        return run_rows_after(s->cx, &p->after, SCAN_ROWS, ret, ret_count);
    for (size_t i = 0; i < p->unit_count && !*ret_count; i++) {
        if (p->units[i].v < p->after.unit)
            continue;
        struct recon_rows_of_unit_params ask = { .shard = RECON_SHARD, .run = s->run->id, .outcome = (int16_t)p->after.outcome, .unit = p->units[i].v,
                                                 .after = p->units[i].v == p->after.unit ? p->after.row : 0, .most = SCAN_ROWS };
        TRY(recon_rows_of_unit(s->cx, &ask, ret, ret_count));
    }
    return OK;
}

static bool is_open(const struct ctx *cx, int32_t unit)
{
    unit_id only = cx->journal->grant.only_unit;
    return !only.v || (unit && defs_unit_covers(cx->app->defs, only, (unit_id){ unit }));
}

/* A page may come back short, with a place to go on from: a call looks at SCAN_ROWS * SCAN_PAGES_MAX rows at most. */
static STATUS rows_fill(struct showing *s, struct paging *p, size_t most, struct run_rows_out *ret)
{
    size_t n = 1;
    for (int page = 0; page < SCAN_PAGES_MAX && n && ret->rows_count < most; page++) {
        struct recon_row_row *rows;
        TRY(page_read(s, p, &rows, &n));
        for (size_t i = 0; i < n && ret->rows_count < most; i++) {
            p->after.unit = rows[i].unit;
            p->after.row = rows[i].row_id;
            if (is_open(s->cx, rows[i].unit) && (!p->differs || (uint64_t)rows[i].differs & p->differs))
                TRY(row_show(s, &rows[i], &ret->rows[ret->rows_count++]));
        }
    }
    ret->next = n ? arena_printf(s->cx->arena, "%d.%lld", (int)p->after.unit, (long long)p->after.row) : (str){ 0 };
    return OK;
}

static STATUS rows_read(struct showing *s, const struct run_rows_in *in, struct run_rows_out *ret)
{
    struct paging p = { .after = { .run = s->run->id, .outcome = (enum run_outcome)in->outcome } };
    size_t most = in->has_limit ? (size_t)in->limit : ROWS_DEFAULT;
    int field;
    TRY(after_read(in, &p));
    if (in->has_field && !person_field_by_name(in->field, &field))
        return FAIL_WITH(FIELDS_UNKNOWN, STR("field"), in->field);
    if (in->has_field)
        p.differs = UINT64_C(1) << field;
    if (in->has_unit) {
        TRY(run_units_of(s->cx, s->run->id, p.after.outcome, in->unit, &p.units, &p.unit_count));
        if (!p.units)
            return OK;
    }
    ret->rows = ARENA_ARRAY(s->cx->arena, struct run_row, most + 1);
    return rows_fill(s, &p, most, ret);
}

STATUS run_rows(struct ctx *cx, const struct run_rows_in *in, struct run_rows_out *ret)
{
    struct recon_run_row r;
    TRY(run_of(cx, in->run, &r));
    struct showing s = { .cx = cx, .run = &r, .side = { .def = run_register(cx, &r), .known_us = r.snapshot_us } };
    bool own_unit;
    if (!s.side.def)
        return FAIL_WITH(REGISTER_MISSING, STR("code"), r.code);
    if (!sector_may_read(cx, s.side.def, &own_unit))
        return FAIL(NOT_ALLOWED);
    if (own_unit && !cx->journal->grant.only_unit.v)
        cx->journal->grant.only_unit = cx->actor.unit;
    struct known_then *then = known_then_new(r.snapshot_us);
    s.side.then = then;
    status st = rows_read(&s, in, ret);
    known_then_free(then);
    return st;
}
