/* From an empty form to a submitted dossier. What the state knows is filled in, so that a citizen gives each fact once; at the
 * submission the applicant must be a living person with a valid number, and the office that decides is found from the form.
 * tested by: src/service/test/dossier_test.c */
#include "service/inside.h"

#include <string.h>

/* The citizen himself, or whom the officer at the counter has before him. */
static STATUS applicant_of(struct ctx *cx, const struct dossier_create_in *in, struct person *ret)
{
    enum number_state state;
    bool known;
    if (cx->actor.roles & ROLE_CITIZEN) {
        TRY(person_by_id(cx, cx->actor.person, ret, &known));
    } else {
        if (!in->has_applicant)
            return FAIL_AT(FIELD_MISSING, STR("applicant"));
        TRY(person_by_number(cx, in->applicant, ret, &state, &known));
        known = known && state == NUMBER_ISSUED;
    }
    if (!known || ret->survives_as.v)
        return FAIL_AT(PERSON_MISSING, STR("applicant"));
    return ret->state == PERSON_DECEASED ? FAIL_AT(PERSON_DECEASED, STR("applicant")) : OK;
}

/* A value of the register as a form takes it: a unit of an older map as the one that stands there now, if it is one. */
static str value_today(struct ctx *cx, const struct procedure_field *f, const struct person_fact *fact)
{
    unit_id unit, now[2];
    size_t count;
    if (f->type != ANSWER_UNIT)
        return fact->value;
    if (!status_ok(defs_unit_parse(cx->app->defs, fact->value, cx->today, &unit)) ||
        defs_unit_at(cx->app->defs, unit, cx->today, now, 2, &count) != UNIT_ANSWER_ONE)
        return STR("");
    return defs_unit_text(cx->arena, now[0]);
}

static STATUS own_facts(struct ctx *cx, struct person_fact **ret, size_t *ret_count)
{
    const struct operation *op = operation_find(cx->app, STR("person.own"));
    struct person_own_in in = { 0 };
    struct person_own_out out;
    TRY(gate_call(cx, op, &in, &out));
    *ret = out.facts;
    *ret_count = out.facts_count;
    return OK;
}

static STATUS known_facts(struct ctx *cx, struct dossier *d, uint64_t fields, struct person_fact **ret, size_t *ret_count)
{
    return cx->actor.roles & ROLE_CITIZEN ? own_facts(cx, ret, ret_count) : applicant_facts(cx, d, fields, ret, ret_count);
}

/* A question that is new, since its row is new or the whole form, and that the register may answer. */
static bool is_fillable(const struct procedure_place *at, struct answers before, struct answers all)
{
    bool fresh = at->group ? at->row > form_rows(before, at->group) : !before.list;
    return fresh && at->field->prefill_count > 0 && !form_answer_at(all, at);
}

static const struct person_fact *fact_of(const struct person_fact *facts, size_t count, int field)
{
    for (size_t k = 0; k < count; k++)
        if (str_eq(facts[k].field, person_field_name(field)))
            return &facts[k];
    return NULL;
}

/* What the register gives for a question; "" nothing. */
static str filled(struct ctx *cx, const struct procedure_field *f, const struct person_fact *facts, size_t count)
{
    const struct person_fact *fact, *sex = fact_of(facts, count, FIELD_SEX);
    for (size_t i = 0; i < f->prefill_count; i++) {
        if (f->prefill[i].sex.len && !(sex && str_eq(f->prefill[i].sex, sex->value)))
            continue;
        fact = fact_of(facts, count, f->prefill[i].fact);
        return fact ? value_today(cx, f, fact) : (str){ 0 };
    }
    return (str){ 0 };
}

/* Fills in what is new since `before`; `all` has room for FORM_ANSWERS_MAX. */
static STATUS prefill(struct ctx *cx, struct dossier *d, struct answers before, struct answer *all, size_t *count)
{
    struct form_walk walk = { .procedure = d->procedure, .answers = { all, *count } }, again = walk;
    struct person_fact *facts = NULL;
    struct procedure_place at;
    size_t fact_count = 0;
    uint64_t fields = 0;
    while (form_next(&walk, &at))
        for (size_t i = 0; is_fillable(&at, before, walk.answers) && i < at.field->prefill_count; i++)
            fields |= UINT64_C(1) << at.field->prefill[i].fact | UINT64_C(1) << FIELD_SEX;
    if (!fields)
        return OK;
    TRY(known_facts(cx, d, fields, &facts, &fact_count));
    while (form_next(&again, &at)) {
        str value = is_fillable(&at, before, again.answers) ? filled(cx, at.field, facts, fact_count) : (str){ 0 };
        if (value.len > 0 && *count < FORM_ANSWERS_MAX)
            all[(*count)++] = (struct answer){ form_key(cx, &at), value };
    }
    return OK;
}

/* A group that has to have rows begins with them. */
static size_t rows_begin(struct ctx *cx, const struct procedure *p, struct answer *all)
{
    size_t count = 0;
    for (size_t i = 0; i < p->field_count; i++)
        if (p->fields[i].type == ANSWER_GROUP && p->fields[i].min > 0 && p->fields[i].when.len == 0)
            all[count++] = (struct answer){ p->fields[i].key, arena_printf(cx->arena, "%lld", (long long)p->fields[i].min) };
    return count;
}

STATUS dossier_create(struct ctx *cx, const struct dossier_create_in *in, struct dossier_create_out *ret)
{
    const struct procedure *p = defs_procedure(cx->app->defs, in->procedure, cx->today);
    struct person applicant;
    struct dossier d;
    if (!p)
        return FAIL_WITH(PROCEDURE_UNKNOWN, STR("procedure"), in->procedure);
    TRY(applicant_of(cx, in, &applicant));
    TRY(dossier_new(cx, p, &applicant, &d));
    TRY(change_note(cx, (struct subject){ applicant.id, applicant.unit }, 0));
    ret->answers = ARENA_ARRAY(cx->arena, struct answer, FORM_ANSWERS_MAX);
    ret->answers_count = rows_begin(cx, p, ret->answers);
    TRY(prefill(cx, &d, (struct answers){ 0 }, ret->answers, &ret->answers_count));
    if (ret->answers_count > 0) {
        TRY(form_store(cx, ret->answers, ret->answers_count, &d.row.answers));
        TRY(dossier_move(cx, &d, &(struct move){ .command = COMMAND_SAVE, .expected_version = -1 }));
    }
    dossier_now(&d, &ret->now);
    return OK;
}

/* What came with one call: `drop` names a row that goes first. */
struct taking {
    struct answers add;
    str drop;
    bool whole;
};

static STATUS answers_take(struct ctx *cx, struct dossier *d, const struct taking *t)
{
    struct answer *old, *merged, *all = ARENA_ARRAY(cx->arena, struct answer, FORM_ANSWERS_MAX);
    size_t old_count, count;
    TRY(form_load(cx, d->row.answers, &old, &old_count));
    if (t->drop.len > 0)
        TRY(form_row_drop(cx, d->procedure, t->drop, old, &old_count));
    form_merge(cx, (struct answers){ old, old_count }, t->add, &merged, &count);
    form_settle(d->procedure, t->add, merged, &count);
    TRY(form_check(cx, d->procedure, merged, count, t->whole));
    memcpy(all, merged, count * sizeof *all);
    if (!t->whole)
        TRY(prefill(cx, d, (struct answers){ old, old_count }, all, &count));
    TRY(form_store(cx, all, count, &d->row.answers));
    return t->whole ? components_check(cx, d, (struct answers){ all, count }) : OK;
}

STATUS dossier_save(struct ctx *cx, const struct dossier_save_in *in, struct dossier_save_out *ret)
{
    struct dossier d;
    TRY(dossier_find(cx, in->dossier, &d));
    if (!dossier_may(cx, &d, COMMAND_SAVE))
        return FAIL(NOT_ALLOWED);
    TRY(answers_take(cx, &d, &(struct taking){ { in->answers, in->answers_count }, in->has_drop ? in->drop : STR(""), false }));
    TRY(dossier_move(cx, &d, &(struct move){ .command = COMMAND_SAVE, .expected_version = (int32_t)in->expected_version }));
    dossier_now(&d, &ret->now);
    return OK;
}

STATUS dossier_supply(struct ctx *cx, const struct dossier_supply_in *in, struct dossier_supply_out *ret)
{
    struct dossier d;
    TRY(dossier_find(cx, in->dossier, &d));
    if (!dossier_may(cx, &d, COMMAND_SUPPLY))
        return FAIL(NOT_ALLOWED);
    TRY(answers_take(cx, &d, &(struct taking){ { in->answers, in->answers_count }, STR(""), true }));
    TRY(dossier_move(cx, &d, &(struct move){ .command = COMMAND_SUPPLY, .expected_version = (int32_t)in->expected_version, .note = in->has_note ? in->note : STR("") }));
    dossier_now(&d, &ret->now);
    return OK;
}

STATUS dossier_office(struct ctx *cx, const struct dossier *d, const struct person *applicant, size_t step, struct organisation *ret)
{
    const struct defs *defs = cx->app->defs;
    const struct procedure_step *s = &d->procedure->steps[step];
    str kind = s->office.len ? s->office : d->procedure->authority;
    struct answer *answers;
    size_t count, units;
    unit_id at = UNIT_NONE, now[2];
    TRY(form_load(cx, d->row.answers, &answers, &count));
    const struct answer *place = form_answer(answers, count, s->office.len ? s->office_at : d->procedure->authority_at);
    if (place)
        TRY(defs_unit_parse(defs, place->value, cx->today, &at));
    else if (applicant->unit.v && defs_unit_at(defs, applicant->unit, cx->today, now, 2, &units) == UNIT_ANSWER_ONE)
        at = now[0];
    if (at.v && (defs_organisation_of(cx->arena, defs, kind, at, ret) || defs_organisation_of(cx->arena, defs, kind, defs_unit_province(defs, at), ret)))
        return OK;
    /* The old commune was split, or the register knows no residence: only a human can say which office it is. */
    return FAIL_WITH(OFFICE_UNKNOWN, STR("dossier"), d->procedure->key);
}

STATUS dossier_submit(struct ctx *cx, const struct dossier_submit_in *in, struct dossier_submit_out *ret)
{
    struct dossier d;
    struct person applicant;
    struct organisation office;
    bool known;
    TRY(dossier_find(cx, in->dossier, &d));
    if (!dossier_may(cx, &d, COMMAND_SUBMIT))
        return FAIL(NOT_ALLOWED);
    TRY(answers_take(cx, &d, &(struct taking){ { in->answers, in->answers_count }, STR(""), true }));
    TRY(person_by_id(cx, (person_id){ d.row.applicant }, &applicant, &known));
    if (!known || !applicant.number || applicant.survives_as.v)
        return FAIL_AT(PERSON_MISSING, STR("applicant"));
    if (applicant.state == PERSON_DECEASED)
        return FAIL_AT(PERSON_DECEASED, STR("applicant"));
    TRY(dossier_office(cx, &d, &applicant, 0, &office));
    d.row.organisation = office.code;
    d.row.unit = office.unit.v;
    d.row.submitted_us = cx->now_us;
    if (d.row.code.len == 0)
        TRY(dossier_code_new(cx, &d));
    TRY(dossier_move(cx, &d, &(struct move){ .command = COMMAND_SUBMIT, .expected_version = (int32_t)in->expected_version }));
    TRY(begins_apply(cx, &d));
    if (d.procedure->begin_count)
        TRY(dossier_find(cx, in->dossier, &d));
    dossier_now(&d, &ret->now);
    ret->organisation = office.code;
    ret->organisation_name = cx->lang == LANG_EN ? office.name_en : office.name_vi;
    return OK;
}
