/* A row as its reader may see it: values by the definition, the person by the population register, each disclosure noted before
 * it leaves. A row outside the unit of the ground does not exist for its reader.
 * tested by: src/register/test/sector_test.c */
#include "defs/sector/origin.h"
#include "register/sector/inside.h"

bool sector_row_open(const struct ctx *cx, unit_id unit)
{
    unit_id only = cx->journal->grant.only_unit;
    return !only.v || (unit.v && defs_unit_covers(cx->app->defs, only, unit));
}

bool sector_field_open(const struct sector_scope *s, const struct sector_field *f)
{
    if (f->class == SECTOR_STATE_SECRET)
        return s->secrets;
    return f->share || !s->shared_only;
}

/* Of a register that lives elsewhere `delivery` is the moment at which its agency confirmed the row. */
bool sector_row_stale(const struct ctx *cx, const struct sector_register *r, const struct sector_row_row *row)
{
    return r->origin && cx->now_us - row->delivery > r->origin->fresh_us;
}

size_t sector_cells_show(struct ctx *cx, const struct sector_scope *s, const struct sector_content *c, struct sector_cell **ret)
{
    size_t n = 0;
    *ret = ARENA_ARRAY(cx->arena, struct sector_cell, s->def->field_count + 1);
    for (size_t i = 0; i < s->def->field_count; i++) {
        const struct sector_field *f = &s->def->fields[i];
        const struct sector_value *v = &c->values[i];
        if ((v->known || v->raw) && sector_field_open(s, f))
            (*ret)[n++] = (struct sector_cell){ .field = f->key, .value = sector_value_text(cx->arena, f, v),
                                                .shown = sector_value_show(cx, f, v), .readable = !v->raw };
    }
    return n;
}

size_t sector_broken_words(struct ctx *cx, const struct sector_register *r, uint64_t broken, str **ret)
{
    size_t n = 0;
    *ret = ARENA_ARRAY(cx->arena, str, SECTOR_CHECKS_MAX + 1);
    for (size_t i = 0; i < r->check_count; i++)
        if (broken >> i & 1)
            (*ret)[n++] = r->checks[i].code;
    return n;
}

/* Other people named in a row are disclosed too: by their number. */
static STATUS others_note(struct ctx *cx, const struct sector_scope *s, const struct sector_content *c, unit_id unit)
{
    for (size_t i = 0; i < s->def->field_count; i++) {
        struct person p;
        enum number_state state;
        bool known;
        if (s->def->fields[i].type != SECTOR_PERSON || !c->values[i].known || !sector_field_open(s, &s->def->fields[i]))
            continue;
        TRY(person_by_number(cx, c->values[i].number, &p, &state, &known));
        if (known)
            TRY(disclosure_note(cx, (struct subject){ p.id, unit }, FIELDS_NUMBER & cx->journal->grant.fields));
    }
    return OK;
}

static STATUS subject_show(struct ctx *cx, const struct sector_row_row *row, const struct sector_content *c, struct sector_item *ret)
{
    uint64_t fields = cx->journal->grant.fields & (FIELDS_NUMBER | FIELDS_NAME | FIELDS_BIRTH | FIELDS_SEX);
    struct person p = { .number = c->listed.number, .name = c->listed.name, .birth = c->listed.birth, .sex = (int16_t)c->listed.sex };
    bool known = false;
    if (row->person)
        TRY(person_by_id(cx, (person_id){ row->person }, &p, &known));
    TRY(disclosure_note(cx, (struct subject){ { row->person }, { row->unit } }, fields | SECTOR_MASK));
    if (fields & FIELDS_NUMBER) {
        ret->has_number = p.number != 0;
        ret->number = p.number;
    }
    if (fields & FIELDS_NAME)
        ret->name = p.name;
    if (fields & FIELDS_BIRTH) {
        ret->has_birth = !day_is_none(p.birth);
        ret->birth = p.birth;
    }
    if (fields & FIELDS_SEX)
        ret->sex = (enum sex)p.sex;
    return OK;
}

STATUS sector_item_show(struct ctx *cx, const struct sector_scope *s, const struct sector_row_row *row, struct sector_item *ret, bool *ret_allowed)
{
    struct sector_content c;
    unit_id unit = { row->unit };
    *ret_allowed = sector_row_open(cx, unit);
    if (!*ret_allowed)
        return OK;
    TRY(sector_content_read(s->def, row->doc, &c));
    *ret = (struct sector_item){
        .code = s->def->code, .title = cx->lang == LANG_EN ? s->def->en : s->def->vi, .row = row->id, .version = row->version, .state = row->state == SECTOR_ENDED ? SECTOR_ITEM_STATE_ENDED : SECTOR_ITEM_STATE_LIVE,
        .link = row->why_not, .has_unit = unit.v != 0, .unit = unit, .unit_name = defs_unit_path(cx->arena, cx->app->defs, unit, cx->today, cx->lang),
        .effective = { row->effective }, .recorded = row->recorded_us, .source = row->source, .has_as_of = s->def->origin != NULL,
        .as_of = s->def->origin ? row->delivery : 0, .stale = sector_row_stale(cx, s->def, row) };
    TRY(subject_show(cx, row, &c, ret));
    TRY(others_note(cx, s, &c, unit));
    if (!ret->stale || s->def->origin->silent == ORIGIN_STALE)
        ret->cells_count = sector_cells_show(cx, s, &c, &ret->cells);
    if ((uint64_t)row->rules == s->def->rules_hash)
        ret->broken_count = sector_broken_words(cx, s->def, (uint64_t)row->broken, &ret->broken);
    return OK;
}
