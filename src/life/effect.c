/* What a leg changes: operations of the registers, with the leg as their ground, and rows of sector registers, which the office
 * keeps by their definitions. All of it happens in the transaction that ends the leg, and what it gave is kept with the leg: the
 * number for the legs after it, the rows for taking them back.
 *
 * Refuses an effect outside its leg, and a definition whose effect names what no operation takes.
 * tested by: src/life/test/life_test.c */
#include "life/inside.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "register/register_sql.h"
#include "register/sector/sector.h"
#include "messages/messages.h"

enum { BODY_BYTES_MAX = 16384, OUTPUTS_MAX = 40, ROWS_LISTED_MAX = 50 };

struct doing {
    struct ctx *cx;
    struct bundle *b;
    int leg;
    struct answer outputs[OUTPUTS_MAX];
    size_t count;
};

/* --- the ground ----------------------------------------------------------------------------------------------------------- */

static bool names(const struct life_effect *list, size_t count, str operation)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].kind == LIFE_EFFECT_CALL && str_eq(list[i].target, operation))
            return true;
    return false;
}

/* Live only inside this module's own commands and the post's: nobody borrows a leg as a reason to change a register. */
static status ground_check(struct ctx *cx, const struct operation *op, struct grant *ret)
{
    const struct operation *outer = cx->journal->outer;
    str rest = cx->purpose.reference, id_text;
    struct bundle b;
    int64_t id;
    bool inside = outer && (str_starts(str_of(outer->name), STR("life.")) || str_starts(str_of(outer->name), STR("post.")));
    if (!inside || !str_cut(&rest, '.', &id_text) || !str_i64(id_text, &id))
        return FAIL_WITH(GROUND_NOT_LIVE, STR("purpose"), cx->purpose.reference);
    TRY(bundle_find(cx, id, &b));
    int leg = life_leg_find(b.event, rest);
    const struct life_leg *def = leg < 0 ? NULL : &b.event->legs[leg];
    if (!def || (!names(def->effects, def->effect_count, str_of(op->name)) && !names(def->undos, def->undo_count, str_of(op->name))))
        return FAIL_WITH(GROUND_NOT_LIVE, STR("purpose"), cx->purpose.reference);
    *ret = (struct grant){ .fields = op->reads };
    return OK;
}

const struct ground_kind life_ground = { "life", ground_check };

/* --- doing one ------------------------------------------------------------------------------------------------------------ */

static void output_keep(struct doing *d, str key, str value)
{
    if (d->count < OUTPUTS_MAX)
        d->outputs[d->count++] = (struct answer){ key, value };
}

static STATUS outputs_take(struct doing *d, const struct operation *op, const void *out)
{
    struct buf b;
    const char *key;
    json_t *value;
    buf_init(&b, BODY_BYTES_MAX);
    shape_write_json(d->cx, op->gives, out, &b);
    json_t *root = json_loadb(b.ptr, b.len, 0, NULL);
    buf_done(&b);
    if (!root)
        return FAIL(INTERNAL);
    json_object_foreach(root, key, value) {
        str name = arena_str(d->cx->arena, str_of(key));
        if (json_is_string(value))
            output_keep(d, name, arena_str(d->cx->arena, (str){ json_string_value(value), json_string_length(value) }));
        else if (json_is_integer(value))
            output_keep(d, name, arena_printf(d->cx->arena, "%lld", (long long)json_integer_value(value)));
    }
    json_decref(root);
    return OK;
}

static struct purpose leg_purpose(const struct doing *d)
{
    return (struct purpose){ STR("life"), arena_printf(d->cx->arena, "%lld.%.*s", (long long)d->b->row.id, STR_ARG(d->b->event->legs[d->leg].key)) };
}

static str leg_value(const void *with, str from)
{
    const struct doing *d = with;
    return bundle_value(d->cx, d->b, from);
}

static STATUS operation_do(struct doing *d, const struct life_effect *e)
{
    const struct operation_given given = {
        .name = e->target, .purpose = leg_purpose(d), .values = e->values, .count = e->count, .value = leg_value, .with = d };
    void *out = NULL;
    TRY(operation_call_given(d->cx, &given, &out));
    return outputs_take(d, operation_find(d->cx->app, e->target), out);
}

static STATUS leg_row_put(struct doing *d, const struct life_effect *e)
{
    struct ctx *cx = d->cx;
    struct answer *cells = ARENA_ARRAY(cx->arena, struct answer, e->count + 1);
    struct row_given given = { .code = e->target, .about = bundle_value(cx, d->b, e->about), .cells = cells, .count = e->count };
    int64_t row;
    for (size_t i = 0; i < e->count; i++)
        cells[i] = (struct answer){ e->values[i].to, bundle_value(cx, d->b, e->values[i].from) };
    TRY(row_put(cx, &given, &row));
    output_keep(d, arena_join(cx->arena, STR("put."), e->target), arena_printf(cx->arena, "%lld", (long long)row));
    return OK;
}

static STATUS rows_stop(struct doing *d, const struct life_effect *e)
{
    struct ctx *cx = d->cx;
    struct sector_row_of_person_row *rows;
    struct person p;
    enum number_state state;
    int64_t number;
    size_t count, stopped = 0;
    bool known;
    str list = STR("");
    if (!str_i64(bundle_value(cx, d->b, e->about), &number))
        return FAIL_AT(FIELD_MISSING, STR("about"));
    TRY(person_by_number(cx, number, &p, &state, &known));
    if (!known)
        return OK;
    TRY(sector_rows_of_person(cx, SHARD, p.id.v, &rows, &count));
    for (size_t i = 0; i < count && stopped < ROWS_LISTED_MAX; i++) {
        struct sector_row_row row;
        bool found;
        if (!str_eq(rows[i].code, e->target))
            continue;
        TRY(sector_row_get(cx, SHARD, e->target, rows[i].id, &row, &found));
        if (!found || row.state != SECTOR_LIVE)
            continue;
        TRY(row_end(cx, e->target, row.id));
        list = arena_printf(cx->arena, "%.*s%s%lld", STR_ARG(list), stopped++ ? "," : "", (long long)row.id);
    }
    output_keep(d, arena_join(cx->arena, STR("stop."), e->target), list);
    return OK;
}

/* --- taking back ---------------------------------------------------------------------------------------------------------- */

/* What was ended is put again with the content that it had, from today: between, it was ended. */
static STATUS row_again(struct ctx *cx, str code, int64_t id)
{
    const struct sector_register *r = defs_sector(cx->app->defs, code, cx->today);
    struct sector_batch *batch DEFER(sector_batch_done) = NULL;
    struct sector_row_row row;
    struct sector_written_row written;
    struct sector_put put = { .given = UINT64_MAX, .effective = cx->today, .source = cx->actor.organisation };
    bool found, known = false;
    if (!r)
        return FAIL_WITH(REGISTER_MISSING, STR("code"), code);
    TRY(sector_row_get(cx, SHARD, code, id, &row, &found));
    if (!found || row.state == SECTOR_LIVE)
        return OK;
    TRY(sector_content_read(r, row.doc, &put.content));
    put.link = (enum sector_link)row.why_not;
    put.unit = (unit_id){ row.unit };
    if (put.link == LINK_LINKED)
        TRY(person_by_id(cx, (person_id){ row.person }, &put.person, &known));
    sector_batch_start(cx, r, &batch);
    TRY(sector_batch_put(batch, &put, &written));
    return sector_batch_end(batch);
}

static STATUS rows_undo(struct doing *d, const struct life_effect *e)
{
    struct answer *outputs = NULL;
    size_t count = 0;
    struct ctx *cx = d->cx;
    TRY(leg_outputs(cx, &d->b->legs[d->leg], &outputs, &count));
    const struct answer *put = form_answer(outputs, count, arena_join(cx->arena, STR("put."), e->target));
    const struct answer *stop = form_answer(outputs, count, arena_join(cx->arena, STR("stop."), e->target));
    str rest = stop ? stop->value : STR(""), piece;
    int64_t row;
    if (put && str_i64(put->value, &row))
        TRY(row_end(cx, e->target, row));
    while (rest.len > 0 && str_cut(&rest, ',', &piece))
        if (str_i64(piece, &row))
            TRY(row_again(cx, e->target, row));
    return OK;
}

static STATUS effect_do(struct doing *d, const struct life_effect *e)
{
    switch (e->kind) {
    case LIFE_EFFECT_CALL: return operation_do(d, e);
    case LIFE_EFFECT_PUT: return leg_row_put(d, e);
    case LIFE_EFFECT_STOP: return rows_stop(d, e);
    case LIFE_EFFECT_UNDO: return rows_undo(d, e);
    }
    return FAIL(INTERNAL);
}

/* --- a leg ---------------------------------------------------------------------------------------------------------------- */

static STATUS all_do(struct ctx *cx, struct bundle *b, int leg, const struct life_effect *list, size_t count, struct doing *d)
{
    str command = cx->command_id;
    status st = OK;
    *d = (struct doing){ .cx = cx, .b = b, .leg = leg };
    for (size_t i = 0; i < count && status_ok(st); i++)
        st = effect_do(d, &list[i]);
    cx->command_id = command;
    return status_ok(st) ? OK : fault_pass(st, __FILE__, __LINE__);
}

STATUS leg_effects(struct ctx *cx, struct bundle *b, int leg)
{
    const struct life_leg *def = &b->event->legs[leg];
    struct doing d;
    TRY(all_do(cx, b, leg, def->effects, def->effect_count, &d));
    return form_store(cx, d.outputs, d.count, &b->legs[leg].outputs);
}

/* By the officer who takes it back where an operation wants one, else by the program's hand: a sector register's row, a benefit. */
static bool is_officers(const struct ctx *cx, const struct life_effect *e)
{
    const struct operation *op = e->kind == LIFE_EFFECT_CALL ? operation_find(cx->app, e->target) : NULL;
    return op && !(op->may & ROLE_OPERATOR);
}

STATUS leg_undo(struct ctx *cx, struct bundle *b, int leg, str reason)
{
    const struct life_leg *def = &b->event->legs[leg];
    struct actor before = cx->actor;
    struct doing d;
    for (size_t i = 0; i < def->undo_count; i++) {
        if (!is_officers(cx, &def->undos[i]))
            act_as_program(cx, b->legs[leg].organisation);
        status st = all_do(cx, b, leg, &def->undos[i], 1, &d);
        cx->actor = before;
        TRY(st);
    }
    return leg_step(cx, b, leg, LEG_COMPENSATE, reason);
}

/* --- checking definitions ------------------------------------------------------------------------------------------------- */

static void problem(struct arena *a, struct defs_problems *problems, const struct life_effect *e, struct msg_kept reason, struct msg_kept remedy)
{
    defs_problem_add(a, problems, &(struct defs_problem){ .file = e->file, .line = e->line, .column = 1 }, reason, remedy);
}

static void operation_check(const struct app *app, struct arena *a, const struct life_effect *e, struct defs_problems *problems)
{
    const struct operation *op = operation_find(app, e->target);
    if (!op || !op->writes || op->ground != GROUND_REQUIRED) {
        problem(a, problems, e, msg_defs_operation_unknown(e->target), msg_defs_fix_operation());
        return;
    }
    for (size_t i = 0; i < e->count; i++)
        if (shape_field_index(op->takes, e->values[i].to) < 0)
            problem(a, problems, e, msg_defs_operation_takes(str_of(op->name), e->values[i].to), msg_defs_fix_operation_field());
}

void life_check(const struct app *app, const struct defs *d, struct arena *arena, struct defs_problems *problems)
{
    for (size_t i = 0; i < defs_life_count(d); i++) {
        const struct life_event *e = defs_life_nth(d, i);
        for (size_t k = 0; k < e->leg_count; k++)
            for (size_t n = 0; n < e->legs[k].effect_count + e->legs[k].undo_count; n++) {
                const struct life_leg *leg = &e->legs[k];
                const struct life_effect *x = n < leg->effect_count ? &leg->effects[n] : &leg->undos[n - leg->effect_count];
                if (x->kind == LIFE_EFFECT_CALL)
                    operation_check(app, arena, x, problems);
                else
                    row_check(d, arena, &(struct row_check){ x->target, x->kind == LIFE_EFFECT_PUT ? ROW_WHOLE : ROW_NAMED, x->values, x->count, e->from, x->file, x->line }, problems);
            }
    }
    for (size_t i = 0; i < defs_procedure_count(d); i++)
        for (size_t k = 0; k < defs_procedure_nth(d, i)->begin_count; k++)
            call_check(app, arena, &defs_procedure_nth(d, i)->begins[k], problems);
}
