/* What a dossier does outside itself: it is the ground on which its office reads the applicant, and its decision changes the
 * registers by their own operations, in its own transaction, so that a decision without its effect cannot be.
 *
 * Refuses an effect outside a decision, and every reading of anyone but the applicant.
 * tested by: src/service/test/dossier_test.c */
#include "service/inside.h"

#include "register/register_ops.h"
#include "register/register_sql.h"
#include "messages/messages.h"

#include <string.h>

/* --- the ground ----------------------------------------------------------------------------------------------------------- */

static bool names(const struct procedure_effect *list, size_t count, const struct operation *op)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].kind == EFFECT_CALL && str_eq(list[i].target, str_of(op->name)))
            return true;
    return false;
}

/* What a decision changes, and what a submission begins. */
static bool is_effect(const struct procedure *p, const struct operation *op, const struct operation *outer)
{
    return (str_eq(str_of(outer->name), STR("dossier.decide")) && names(p->effects, p->effect_count, op)) ||
           (str_eq(str_of(outer->name), STR("dossier.submit")) && names(p->begins, p->begin_count, op));
}

static status ground_check(struct ctx *cx, const struct operation *op, struct grant *ret)
{
    const struct operation *outer = cx->journal->outer;
    str name = str_of(op->name);
    struct dossier d = { 0 };
    int64_t id;
    bool found = false;
    if (str_i64(cx->purpose.reference, &id))
        TRY(dossier_get(cx, SHARD, id, &d.row, &found));
    if (found)
        d.procedure = defs_procedure(cx->app->defs, d.row.procedure_key, (day){ d.row.procedure_day });
    if (!found || !d.procedure)
        return FAIL_WITH(GROUND_NOT_LIVE, STR("purpose"), cx->purpose.reference);
    bool inside = outer && str_starts(str_of(outer->name), STR("dossier."));
    if (str_eq(name, STR("person.look_up")) || str_eq(name, STR("person.verify"))) {
        if (!inside && !(dossier_is_held(cx, &d) && state_is_open((enum dossier_state)d.row.state)))
            return FAIL_WITH(GROUND_NOT_LIVE, STR("purpose"), cx->purpose.reference);
        *ret = (struct grant){ .fields = d.procedure->reads & op->reads, .only_person = { d.row.applicant } };
        return OK;
    }
    if (!inside || !is_effect(d.procedure, op, outer))
        return FAIL_WITH(GROUND_NOT_LIVE, STR("purpose"), cx->purpose.reference);
    *ret = (struct grant){ .fields = op->reads };
    return OK;
}

const struct ground_kind dossier_ground = { "dossier", ground_check };

STATUS applicant_facts(struct ctx *cx, const struct dossier *d, uint64_t fields, struct person_fact **ret, size_t *ret_count)
{
    const struct operation *op = operation_find(cx->app, STR("person.look_up"));
    struct person_look_up_out out;
    struct person p;
    bool known;
    *ret_count = 0;
    TRY(person_by_id(cx, (person_id){ d->row.applicant }, &p, &known));
    struct person_look_up_in in = { .number = p.number, .fields = fields & op->reads };
    if (!known || !p.number || !in.fields)
        return OK;
    struct purpose before = cx->purpose;
    dossier_purpose(cx, d);
    status st = gate_call(cx, op, &in, &out);
    cx->purpose = before;
    if (!status_ok(st))
        return fault_pass(st, __FILE__, __LINE__);
    *ret = out.facts;
    *ret_count = out.facts_count;
    return OK;
}

/* --- effects -------------------------------------------------------------------------------------------------------------- */

struct source {
    struct ctx *cx;
    const struct dossier *d;
    const struct answer *answers;
    size_t count;
    int64_t applicant_number;
    const struct procedure_effect *effect; /* the one that is applied, and in which row of its group; 0: it has none */
    int row;
    const struct op_shape *gave; /* what the effect before it gave */
    const void *given;
};

static str given_of(const struct source *s, str name)
{
    int i = s->gave ? shape_field_index(s->gave, name) : -1;
    const struct op_field *f = i < 0 ? NULL : &s->gave->fields[i];
    const char *at = f ? (const char *)s->given + f->offset : NULL;
    if (!f || (f->type != OP_I64 && f->type != OP_TEXT && f->type != OP_NUMBER))
        return STR("");
    if (f->type == OP_TEXT)
        return *(const str *)(const void *)at;
    return arena_printf(s->cx->arena, f->type == OP_NUMBER ? "%012lld" : "%lld", (long long)*(const int64_t *)(const void *)at);
}

static str value_of(const void *source, str from)
{
    const struct source *s = source;
    struct arena *a = s->cx->arena;
    if (str_starts(from, STR("=")))
        return str_from(from, 1);
    if (str_starts(from, STR("form."))) {
        const struct answer *answer = form_answer(s->answers, s->count, str_from(from, 5));
        return answer ? answer->value : STR("");
    }
    if (str_starts(from, STR("row."))) {
        str key = arena_printf(a, "%.*s.%d.%.*s", STR_ARG(s->effect->each->key), s->row, STR_ARG(str_from(from, 4)));
        const struct answer *answer = form_answer(s->answers, s->count, key);
        return answer ? answer->value : STR("");
    }
    if (str_starts(from, STR("given.")))
        return given_of(s, str_from(from, 6));
    if (str_eq(from, STR("applicant.number")))
        return arena_printf(a, "%012lld", (long long)s->applicant_number);
    if (str_eq(from, STR("dossier.code")))
        return s->d->row.code;
    if (str_eq(from, STR("dossier.id")))
        return arena_printf(a, "%lld", (long long)s->d->row.id);
    if (str_eq(from, STR("decision.day")))
        return day_iso_str(a, s->cx->today);
    return defs_unit_text(a, (unit_id){ s->d->row.unit });
}

static STATUS call_apply(struct source *s, size_t index)
{
    struct ctx *cx = s->cx;
    const struct procedure_effect *e = s->effect;
    const struct operation_given given = {
        .name = e->target, .purpose = { STR("dossier"), arena_printf(cx->arena, "%lld", (long long)s->d->row.id) },
        .values = e->values, .count = e->count, .value = value_of, .with = s };
    str command = cx->command_id;
    void *out = NULL;
    cx->command_id = arena_printf(cx->arena, "dossier-%lld-%d-%zu.%d", (long long)s->d->row.id, s->d->row.generation, index, s->row);
    status st = operation_call_given(cx, &given, &out);
    cx->command_id = command;
    if (!status_ok(st))
        return fault_pass(st, __FILE__, __LINE__);
    if (!s->row) { /* rows hand nothing to each other: all see what came before the first */
        s->gave = operation_find(cx->app, e->target)->gives;
        s->given = out;
    }
    return OK;
}

static STATUS row_apply(struct source *s)
{
    static const enum sector_only only[] = { [EFFECT_PUT] = ONLY_NEW, [EFFECT_CHANGE] = ONLY_CHANGE, [EFFECT_END] = ONLY_CHANGE };
    struct ctx *cx = s->cx;
    const struct procedure_effect *e = s->effect;
    struct answer *cells = ARENA_ARRAY(cx->arena, struct answer, e->count + 1);
    struct row_given given = { e->target, value_of(s, e->about), only[e->kind], cells, e->count };
    int64_t row;
    for (size_t i = 0; i < e->count; i++) {
        cells[i].key = e->values[i].to;
        if (str_starts(e->values[i].from, STR("next.")))
            TRY(row_number_draw(cx, e->target, str_from(e->values[i].from, 5), (unit_id){ s->d->row.unit }, &cells[i].value));
        else
            cells[i].value = value_of(s, e->values[i].from);
    }
    TRY(row_put(cx, &given, &row));
    if (e->kind == EFFECT_PUT)
        return dossier_put_add(cx, SHARD, s->d->row.id, e->target, row, NULL);
    return e->kind == EFFECT_END ? row_end(cx, e->target, row) : OK;
}

static STATUS effect_apply(struct source *s, size_t index) { return s->effect->kind == EFFECT_CALL ? call_apply(s, index) : row_apply(s); }

static STATUS all_apply(struct ctx *cx, struct dossier *d, const struct procedure_effect *list, size_t list_count)
{
    struct source s = { .cx = cx, .d = d };
    struct answer *answers;
    struct person p;
    bool known;
    TRY(form_load(cx, d->row.answers, &answers, &s.count));
    TRY(person_by_id(cx, (person_id){ d->row.applicant }, &p, &known));
    s.answers = answers;
    s.applicant_number = known ? p.number : 0;
    for (size_t i = 0; i < list_count; i++) {
        int rows = list[i].each ? form_rows((struct answers){ answers, s.count }, list[i].each) : 0;
        s.effect = &list[i];
        s.row = 0;
        if (!list[i].each)
            TRY(effect_apply(&s, i));
        for (s.row = 1; s.row <= rows; s.row++)
            TRY(effect_apply(&s, i));
    }
    return OK;
}

STATUS effects_apply(struct ctx *cx, struct dossier *d) { return all_apply(cx, d, d->procedure->effects, d->procedure->effect_count); }
STATUS begins_apply(struct ctx *cx, struct dossier *d) { return all_apply(cx, d, d->procedure->begins, d->procedure->begin_count); }

STATUS effects_revoke(struct ctx *cx, struct dossier *d)
{
    struct dossier_puts_row *puts;
    size_t count;
    TRY(dossier_puts(cx, SHARD, d->row.id, &puts, &count));
    for (size_t i = 0; i < count; i++) {
        struct sector_row_row row;
        bool found;
        TRY(sector_row_get(cx, SHARD, puts[i].code, puts[i].row_id, &row, &found));
        if (found && row.state == SECTOR_LIVE)
            TRY(row_end(cx, puts[i].code, row.id));
    }
    return OK;
}

/* --- checking definitions ------------------------------------------------------------------------------------------------- */

static bool effect_gives(const struct procedure_effect *e, str name)
{
    for (size_t i = 0; i < e->count; i++)
        if (str_eq(e->values[i].to, name))
            return true;
    return false;
}

static void problem(struct arena *arena, struct defs_problems *problems, const struct procedure_effect *e, struct msg_kept reason, struct msg_kept remedy)
{
    defs_problem_add(arena, problems, &(struct defs_problem){ .file = e->file, .line = e->line, .column = 1 }, reason, remedy);
}

void call_check(const struct app *app, struct arena *a, const struct procedure_effect *e, struct defs_problems *problems)
{
    const struct operation *op = operation_find(app, e->target);
    if (!op || !op->writes || op->ground != GROUND_REQUIRED) {
        problem(a, problems, e, msg_defs_operation_unknown(e->target), msg_defs_fix_operation());
        return;
    }
    for (size_t i = 0; i < e->count; i++)
        if (shape_field_index(op->takes, e->values[i].to) < 0)
            problem(a, problems, e, msg_defs_operation_takes(str_of(op->name), e->values[i].to), msg_defs_fix_operation_field());
    for (size_t i = 0; i < op->takes->field_count; i++) {
        const struct op_field *f = &op->takes->fields[i];
        if (!f->optional && f->type != OP_LIST && !effect_gives(e, str_of(f->name)))
            problem(a, problems, e, msg_defs_operation_needs(str_of(op->name), str_of(f->name)), msg_defs_fix_with());
    }
}

/* "given.KEY": the nearest effect above that is no row of a group gives it. */
static void given_check(const struct app *app, struct arena *a, const struct procedure *p, size_t index, struct defs_problems *problems)
{
    const struct procedure_effect *e = &p->effects[index], *before = NULL;
    for (size_t i = 0; i < index; i++)
        before = p->effects[i].each || p->effects[i].kind != EFFECT_CALL ? before : &p->effects[i];
    const struct operation *op = before ? operation_find(app, before->target) : NULL;
    for (size_t i = 0; i < e->count; i++)
        if (str_starts(e->values[i].from, STR("given.")) && (!op || shape_field_index(op->gives, str_from(e->values[i].from, 6)) < 0))
            problem(a, problems, e, msg_defs_given_unknown(str_from(e->values[i].from, 6)), msg_defs_fix_given());
}

static void effect_check(const struct app *app, const struct defs *d, struct arena *a, const struct procedure *p, size_t index, struct defs_problems *problems)
{
    const struct procedure_effect *e = &p->effects[index];
    given_check(app, a, p, index, problems);
    if (e->kind == EFFECT_CALL)
        call_check(app, a, e, problems);
    else
        row_check(d, a, &(struct row_check){ e->target, e->kind == EFFECT_PUT ? ROW_WHOLE : ROW_KEYED, e->values, e->count, p->from, e->file, e->line }, problems);
}

void procedures_check(const struct app *app, const struct defs *d, struct arena *arena, struct defs_problems *problems)
{
    for (size_t i = 0; i < defs_procedure_count(d); i++) {
        const struct procedure *p = defs_procedure_nth(d, i);
        for (size_t k = 0; k < p->effect_count; k++)
            effect_check(app, d, arena, p, k, problems);
    }
}
