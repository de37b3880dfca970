/* What a decision does: the person is changed by the register's own operations, with the case as their ground and the officer's
 * paper as their evidence; a row by the functions of sector registers. All of it in the transaction of the decision, so that a
 * decision without its effect cannot be. A value that is right already is left alone.
 * tested by: src/cases/test/decide_test.c */
#include "cases/inside.h"
#include "register/register_sql.h"

#include <string.h>

/* --- the ground "case" ------------------------------------------------------------------------------------------------------ */

static bool is_effect(str name)
{
    static const char *const names[] = { "person.correct", "person.move", "person.merge", "person.unmerge" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eq(name, str_of(names[i])))
            return true;
    return false;
}

/* Live while the case waits for somebody, and only for what a decision does: nobody reads or changes a person by naming a case. */
static status ground_check(struct ctx *cx, const struct operation *op, struct grant *ret)
{
    const struct operation *outer = cx->journal->outer;
    struct case_row row;
    int64_t id;
    bool found = false;
    if (outer && str_starts(str_of(outer->name), STR("case.")) && is_effect(str_of(op->name)) && str_i64(cx->purpose.reference, &id))
        TRY(case_get(cx, CASE_SHARD, id, &row, &found));
    if (!found || row.queue == QUEUE_DONE || !case_is_near(cx, (unit_id){ row.unit }))
        return FAIL_WITH(GROUND_NOT_LIVE, STR("purpose"), cx->purpose.reference);
    *ret = (struct grant){ .fields = op->reads };
    return OK;
}

const struct ground_kind case_ground = { "case", ground_check };

static STATUS effect(struct ctx *cx, const struct case_file *c, const char *operation, const void *in, void *out)
{
    struct purpose before = cx->purpose;
    case_purpose(cx, c->row.id);
    status st = gate_call(cx, operation_find(cx->app, str_of(operation)), in, out);
    cx->purpose = before;
    return status_ok(st) ? OK : fault_pass(st, __FILE__, __LINE__);
}

/* --- the person ------------------------------------------------------------------------------------------------------------- */

static STATUS person_of(struct ctx *cx, int64_t id, struct person *ret)
{
    bool known;
    TRY(person_by_id(cx, (person_id){ id }, ret, &known));
    return known ? OK : FAIL_AT(PERSON_MISSING, STR("case"));
}

/* The source that speaks for the new value: the paper's if the officer named one, else the row's own. A weaker one than what the
 * register has needs the paper. */
static STATUS source_of(struct ctx *cx, const struct case_file *c, const struct case_verdict *v, int bit, enum fact_source *ret)
{
    const struct person_field_def *def = person_field_def(bit);
    struct held held;
    str value;
    *ret = v->source_given ? v->source : case_said_source(cx, &c->row);
    TRY(case_held_now(cx, (person_id){ c->row.person }, bit, &value, &held));
    bool weak = def->rank[*ret] == 0 || (held.known && defs_source_wins(cx->app->defs, (enum person_field)bit, (enum fact_source)held.fact.source, *ret));
    if (weak || (v->source_given && !v->evidence.len))
        return FAIL_AT(CASE_PROOF, v->source_given && !v->evidence.len ? STR("evidence") : STR("source"));
    return OK;
}

static STATUS moved(struct ctx *cx, const struct case_file *c, const struct case_verdict *v, const struct person *p)
{
    struct person_move_in in = { .number = p->number, .effective = cx->today, .has_evidence = true, .evidence = v->evidence };
    struct person_move_out out;
    TRY(defs_unit_parse(cx->app->defs, v->value, cx->today, &in.unit));
    return effect(cx, c, "person.move", &in, &out);
}

static STATUS person_set(struct ctx *cx, const struct case_file *c, const struct case_verdict *v)
{
    struct person_correct_out out;
    enum fact_source source;
    struct person p;
    str now;
    int bit;
    TRY(person_of(cx, c->row.person, &p));
    if (!person_field_by_name(c->row.attribute, &bit))
        return OK; /* a field of the sector register alone */
    TRY(case_held_now(cx, p.id, bit, &now, NULL));
    if (str_eq(now, v->value))
        return OK;
    TRY(source_of(cx, c, v, bit, &source));
    if (bit == FIELD_RESIDENCE)
        return moved(cx, c, v, &p);
    str evidence = v->evidence.len ? v->evidence : arena_printf(cx->arena, "case/%lld", (long long)c->row.id);
    struct person_correct_in in = { .number = p.number, .field = c->row.attribute, .value = v->value, .source = fact_source_def(source)->key, .evidence = evidence };
    return effect(cx, c, "person.correct", &in, &out);
}

STATUS case_merge(struct ctx *cx, const struct case_file *c, bool undo)
{
    bool back = c->row.choice == CHOICE_MERGE_BACK;
    str evidence = arena_printf(cx->arena, "case/%lld", (long long)c->row.id);
    struct person_unmerge_out apart;
    struct person_merge_out out;
    struct person p, into;
    TRY(person_of(cx, back ? c->row.other_person : c->row.person, &p));
    TRY(person_of(cx, back ? c->row.person : c->row.other_person, &into));
    if (undo)
        return effect(cx, c, "person.unmerge", &(struct person_unmerge_in){ .number = p.number, .evidence = evidence }, &apart);
    return effect(cx, c, "person.merge", &(struct person_merge_in){ .number = p.number, .into = into.number, .evidence = evidence }, &out);
}

/* --- the row ---------------------------------------------------------------------------------------------------------------- */

static STATUS register_of(struct ctx *cx, const struct case_row *r, const struct sector_register **ret)
{
    *ret = defs_sector(cx->app->defs, r->register_code, cx->today);
    if (!*ret)
        return FAIL_WITH(REGISTER_MISSING, STR("case"), r->register_code);
    return sector_in_force(*ret, cx->today) ? OK : FAIL_WITH(REGISTER_CLOSED, STR("case"), r->register_code);
}

/* What the row keeps, as a put that changes nothing. */
static STATUS put_of(struct ctx *cx, const struct sector_register *s, const struct case_row *r, struct sector_put *ret)
{
    struct sector_row_row row;
    bool known;
    *ret = (struct sector_put){ .effective = cx->today, .source = cx->actor.organisation };
    TRY(sector_row_get(cx, 0, s->code, r->row_id, &row, &known));
    if (!known || row.state != SECTOR_LIVE)
        return FAIL_AT(ROW_MISSING, STR("case"));
    ret->link = (enum sector_link)row.why_not;
    ret->expected_version = row.version;
    return row.person ? person_of(cx, row.person, &ret->person) : OK;
}

static STATUS amend(struct ctx *cx, const struct sector_register *s, int64_t row, const struct sector_put *put)
{
    struct sector_batch *b DEFER(sector_batch_done) = NULL;
    struct sector_written_row written;
    sector_batch_start(cx, s, &b);
    TRY(sector_batch_amend(b, row, put, &written));
    return sector_batch_end(b);
}

/* The list's own word about the person, or a field of the row. */
static STATUS row_set(struct ctx *cx, const struct case_row *r, str value)
{
    const struct sector_register *s;
    struct sector_put put;
    if (!r->row_id)
        return OK; /* a paper, not a row */
    TRY(register_of(cx, r, &s));
    if (s->origin)
        return OK; /* a copy: its agency is told, corrects its own, and the next answer brings it */
    TRY(put_of(cx, s, r, &put));
    struct sector_listed *l = &put.content.listed;
    int field = r->field.len ? sector_field_find(s, r->field) : sector_field_find(s, r->attribute);
    if (field >= 0) {
        put.given = UINT64_C(1) << field;
        TRY(sector_value_read(cx, &s->fields[field], value, &put.content.values[field]));
    } else if (str_eq(r->attribute, STR("name"))) {
        l->name = value;
    } else if (str_eq(r->attribute, STR("birth"))) {
        TRY(day_parse(value, &l->birth));
    } else if (str_eq(r->attribute, STR("sex"))) {
        if (!sex_read(value, SEX_CODE_CIVIL, &l->sex))
            return FAIL_AT(ENUM_UNKNOWN, STR("value"));
    } else if (str_eq(r->attribute, STR("number"))) {
        if (!str_i64(value, &l->number))
            return FAIL_AT(NUMBER_FORMAT, STR("value"));
    } else {
        return OK; /* the row says nothing of its own about it: it follows the person */
    }
    return amend(cx, s, r->row_id, &put);
}

static STATUS row_link(struct ctx *cx, const struct case_row *r, const struct person *p)
{
    const struct sector_register *s;
    struct sector_put put;
    TRY(register_of(cx, r, &s));
    TRY(put_of(cx, s, r, &put));
    put.link = p ? LINK_LINKED : LINK_NOT_FOUND;
    put.person = p ? *p : (struct person){ 0 };
    return amend(cx, s, r->row_id, &put);
}

static STATUS row_end(struct ctx *cx, const struct case_row *r, int64_t row)
{
    const struct sector_register *s;
    int32_t version;
    TRY(register_of(cx, r, &s));
    if (s->origin)
        return OK; /* as above */
    return sector_row_end(cx, s, row, 0, cx->today, &version);
}

/* --- all choices ------------------------------------------------------------------------------------------------------------ */

static STATUS both(struct ctx *cx, const struct case_file *c, const struct case_verdict *v)
{
    TRY(person_set(cx, c, v));
    return row_set(cx, &c->row, v->value);
}

STATUS case_apply(struct ctx *cx, struct case_file *c, const struct case_verdict *v)
{
    struct case_verdict told = *v;
    struct person p;
    switch (v->choice) {
    case CHOICE_REGISTER: return row_set(cx, &c->row, c->row.held);
    case CHOICE_ROW:
    case CHOICE_ACCEPT: told.value = c->row.said; return person_set(cx, c, &told);
    case CHOICE_OTHER: return both(cx, c, v);
    case CHOICE_CANDIDATE:
        TRY(person_of(cx, v->candidate.v, &p));
        if (p.survives_as.v)
            return FAIL_AT(PERSON_MERGED, STR("candidate"));
        c->row.person = p.id.v;
        return row_link(cx, &c->row, &p);
    case CHOICE_NOBODY: return row_link(cx, &c->row, NULL);
    case CHOICE_END: return row_end(cx, &c->row, c->row.row_id);
    case CHOICE_END_OTHER: return row_end(cx, &c->row, c->row.other_row);
    case CHOICE_MERGE:
    case CHOICE_MERGE_BACK: return case_merge(cx, c, false);
    case CHOICE_NONE:
    case CHOICE_APART:
    case CHOICE_KEEP:
    case CHOICE_REFUSE:
    case CHOICE_COUNT: break;
    }
    return OK;
}
