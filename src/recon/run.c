/* The row of a run: planned, seen, stopped, gone on with, published; and the run as a ground. Who planned a run under his own area
 * sees and compares only that; a run is itself the lawful ground for comparing its rows, no further than the ground under which it was
 * planned (NĐ 47/2020/NĐ-CP Đ41).
 * tested by: src/recon/test/run_test.c, tests/scenario/sector.scn */
#include "recon/inside.h"

#include <string.h>

enum { RECENT_RUNS = 20, OPEN_MAX = 100 };

const char *const run_state_words[] = { "planned", "snapshot", "matching", "scored", "publishing", "published", "cancelled", "failed" };
const char *const run_outcome_words[] = { "matched", "conflicting", "ambiguous", "not_found", "duplicate", "deceased", "moved", "cancelled" };

/* Officers see the runs of their own organisation; the centre, its leaders and the operator see all. */
bool run_is_visible(const struct ctx *cx, const struct recon_run_row *r)
{
    if (cx->actor.roles & (ROLE_OPERATOR | ROLE_COORDINATOR | ROLE_LEADER))
        return true;
    return cx->actor.organisation.len && str_eq(cx->actor.organisation, r->organisation);
}

STATUS run_of(struct ctx *cx, int64_t id, struct recon_run_row *ret)
{
    bool found;
    TRY(recon_run_get(cx, RECON_SHARD, id, ret, &found));
    return found && run_is_visible(cx, ret) ? OK : FAIL_AT(RUN_MISSING, STR("run"));
}

const struct sector_register *run_register(const struct ctx *cx, const struct recon_run_row *r)
{
    return defs_sector(cx->app->defs, r->code, day_of_us(r->snapshot_us));
}

void run_item_fill(struct ctx *cx, const struct recon_run_row *r, struct run_item *ret)
{
    const struct sector_register *def = run_register(cx, r);
    *ret = (struct run_item){
        .run = r->id, .code = r->code, .title = !def ? r->code : cx->lang == LANG_EN ? def->en : def->vi, .state = r->state, .has_unit = r->unit != 0,
        .unit = { r->unit }, .unit_name = defs_unit_path(cx->arena, cx->app->defs, (unit_id){ r->unit }, cx->today, cx->lang), .delivery = r->delivery,
        .repeats = r->repeats, .snapshot = r->snapshot_us, .rows_done = r->rows_done, .rows_total = r->rows_total, .rows = r->rows_kept,
        .matched = r->matched, .cases = r->case_count, .digest = r->digest, .created = r->created_us, .has_finished = r->finished_us != 0,
        .finished = r->finished_us, .has_published = r->published_us != 0, .published = r->published_us };
}

/* --- ground -------------------------------------------------------------------------------------------------------------------- */

static status not_live(const struct ctx *cx) { return FAIL_WITH(GROUND_NOT_LIVE, STR("purpose"), cx->purpose.reference); }

/* "CODE" allows planning a run of that register to whoever may read it; "ID" allows work on that run. */
static status ground_check(struct ctx *cx, const struct operation *op, struct grant *ret)
{
    const struct sector_register *def;
    struct recon_run_row r;
    int64_t id;
    bool own_unit, found;
    if (!str_starts(str_of(op->name), STR("run.")))
        return not_live(cx);
    if (!str_i64(cx->purpose.reference, &id)) {
        def = defs_sector(cx->app->defs, cx->purpose.reference, cx->today);
        if (!def || !str_eq(str_of(op->name), STR("run.plan")) || !sector_may_read(cx, def, &own_unit))
            return not_live(cx);
        *ret = (struct grant){ .fields = op->reads, .only_unit = own_unit ? cx->actor.unit : UNIT_NONE };
        return OK;
    }
    TRY(recon_run_get(cx, RECON_SHARD, id, &r, &found));
    def = found && run_is_visible(cx, &r) ? run_register(cx, &r) : NULL;
    if (!def || !sector_may_read(cx, def, &own_unit))
        return not_live(cx);
    *ret = (struct grant){ .fields = (uint64_t)r.grant_fields & op->reads, .only_unit = { r.grant_unit } };
    if (own_unit && !ret->only_unit.v)
        ret->only_unit = cx->actor.unit;
    return OK;
}

const struct ground_kind run_ground = { "run", ground_check };

/* --- planning -------------------------------------------------------------------------------------------------------------------- */

/* Ids are the time of planning in microseconds, so that they sort, and stay below 2^53 for every reader of JSON. */
static STATUS id_new_of(struct ctx *cx, int64_t *ret)
{
    struct recon_run_row row;
    bool taken = true;
    for (*ret = cx->now_us; taken;) {
        TRY(recon_run_get(cx, RECON_SHARD, *ret, &row, &taken));
        *ret += taken;
    }
    return OK;
}

/* What has been planned and is not stopped or scored, of the same rows. */
static STATUS open_check(struct ctx *cx, const struct recon_run_row *r)
{
    for (int state = RUN_PLANNED; state <= RUN_PUBLISHING; state++) {
        struct recon_runs_in_state_row *rows;
        size_t n = 0;
        if (state != RUN_SCORED)
            TRY(recon_runs_in_state(cx, RECON_SHARD, (int16_t)state, OPEN_MAX, &rows, &n));
        for (size_t i = 0; i < n; i++)
            if (str_eq(rows[i].code, r->code) && rows[i].unit == r->unit && rows[i].delivery == r->delivery)
                return FAIL_WITH(RUN_OPEN, STR("code"), r->code);
    }
    return OK;
}

static STATUS delivery_check(struct ctx *cx, const struct recon_run_row *r)
{
    struct sector_delivery_get_row d;
    bool found;
    if (!r->delivery)
        return OK;
    TRY(sector_delivery_get(cx, RECON_SHARD, r->delivery, &d, &found));
    if (!found || !str_eq(d.code, r->code))
        return FAIL_AT(DELIVERY_MISSING, STR("delivery"));
    return d.done ? OK : FAIL_AT(RUN_DELIVERY_OPEN, STR("delivery"));
}

static STATUS scope_fill(struct ctx *cx, const struct run_plan_in *in, struct recon_run_row *r)
{
    struct recon_run_row before;
    if (in->has_repeat) {
        if (in->has_code || in->has_unit || in->has_delivery)
            return FAIL_AT(RUN_REPEAT_ALONE, STR("repeat"));
        TRY(run_of(cx, in->repeat, &before));
        if (before.state < RUN_SCORED || before.state > RUN_PUBLISHED)
            return FAIL_AT(RUN_NOT_SCORED, STR("repeat"));
        r->code = before.code;
        r->unit = before.unit;
        r->delivery = before.delivery;
        r->repeats = before.id;
        r->snapshot_us = before.snapshot_us;
        return OK;
    }
    if (!in->has_code)
        return FAIL_AT(FIELD_MISSING, STR("code"));
    r->code = in->code;
    r->unit = in->has_unit ? in->unit.v : cx->journal->grant.only_unit.v;
    r->delivery = in->has_delivery ? in->delivery : 0;
    r->snapshot_us = cx->now_us;
    return OK;
}

static STATUS plan_check(struct ctx *cx, const struct recon_run_row *r)
{
    const struct sector_register *def = defs_sector(cx->app->defs, r->code, cx->today);
    unit_id only = cx->journal->grant.only_unit;
    bool own_unit;
    if (!def || def->people)
        return FAIL_WITH(REGISTER_MISSING, STR("code"), r->code);
    if (!sector_in_force(def, cx->today))
        return FAIL_WITH(REGISTER_CLOSED, STR("code"), r->code);
    if (str_eq(cx->purpose.kind, STR("run")) && !str_eq(cx->purpose.reference, r->code))
        return not_live(cx);
    if (!sector_may_read(cx, def, &own_unit))
        return FAIL(NOT_ALLOWED);
    if (!def->has_subject)
        return FAIL_WITH(RUN_NO_SUBJECT, STR("code"), r->code);
    if (only.v && !(r->unit && defs_unit_covers(cx->app->defs, only, (unit_id){ r->unit })))
        return FAIL_AT(GROUND_PERSON, STR("unit"));
    TRY(delivery_check(cx, r));
    return open_check(cx, r);
}

STATUS run_plan(struct ctx *cx, const struct run_plan_in *in, struct run_plan_out *ret)
{
    const struct grant *grant = &cx->journal->grant;
    struct recon_run_row r = { .state = RUN_PLANNED };
    TRY(scope_fill(cx, in, &r));
    TRY(plan_check(cx, &r));
    TRY(id_new_of(cx, &r.id));
    TRY(recon_run_add(cx, &(struct recon_run_add_params){
        .shard = RECON_SHARD, .id = r.id, .code = r.code, .unit = r.unit, .delivery = r.delivery, .repeats = r.repeats, .snapshot_us = r.snapshot_us,
        .state = RUN_PLANNED, .publish = in->has_publish && in->publish, .account = cx->actor.account.v, .roles = (int32_t)cx->actor.roles,
        .organisation = cx->actor.organisation, .actor_unit = cx->actor.unit.v, .grant_fields = (int64_t)grant->fields,
        .grant_unit = grant->only_unit.v, .created_us = cx->now_us }, NULL));
    ret->run = r.id;
    worker_wake_after(cx, app_state(cx->app, "recon"));
    return OK;
}

/* --- moving ---------------------------------------------------------------------------------------------------------------------- */

static STATUS run_move(struct ctx *cx, const struct recon_run_row *r, enum run_state to)
{
    int64_t changed = 0;
    TRY(recon_run_move(cx, &(struct recon_run_move_params){ .shard = RECON_SHARD, .id = r->id, .expected = r->state, .state = (int16_t)to }, &changed));
    if (changed != 1)
        return FAIL(VERSION_CONFLICT);
    worker_wake_after(cx, app_state(cx->app, "recon"));
    return OK;
}

/* Whoever may see a run and work with its register may stop, go on with and publish it. */
static STATUS run_to_move(struct ctx *cx, int64_t id, struct recon_run_row *r)
{
    bool own_unit;
    TRY(run_of(cx, id, r));
    const struct sector_register *def = run_register(cx, r);
    return def && sector_may_read(cx, def, &own_unit) ? OK : FAIL(NOT_ALLOWED);
}

STATUS run_cancel(struct ctx *cx, const struct run_cancel_in *in, struct run_cancel_out *ret)
{
    struct recon_run_row r;
    TRY(run_to_move(cx, in->run, &r));
    if (r.state > RUN_MATCHING)
        return FAIL_WITH(RUN_STATE, STR("run"), str_of(run_state_words[r.state]));
    TRY(run_move(cx, &r, RUN_CANCELLED));
    ret->state = RUN_CANCELLED;
    return OK;
}

/* From where it was stopped: a run that failed while its cases were opened goes on with those. */
STATUS run_resume(struct ctx *cx, const struct run_resume_in *in, struct run_resume_out *ret)
{
    struct recon_run_row r;
    TRY(run_to_move(cx, in->run, &r));
    if (r.state != RUN_CANCELLED && r.state != RUN_FAILED)
        return FAIL_WITH(RUN_STATE, STR("run"), str_of(run_state_words[r.state]));
    enum run_state to = r.finished_us ? RUN_PUBLISHING : r.rows_total || r.rows_done ? RUN_MATCHING : RUN_PLANNED;
    TRY(run_move(cx, &r, to));
    ret->state = (int32_t)to;
    return OK;
}

STATUS run_publish(struct ctx *cx, const struct run_publish_in *in, struct run_publish_out *ret)
{
    struct recon_run_row r;
    TRY(run_to_move(cx, in->run, &r));
    ret->state = r.state;
    if (r.state == RUN_PUBLISHING || r.state == RUN_PUBLISHED)
        return OK;
    if (r.state != RUN_SCORED)
        return FAIL_AT(RUN_NOT_SCORED, STR("run"));
    TRY(run_move(cx, &r, RUN_PUBLISHING));
    ret->state = RUN_PUBLISHING;
    return OK;
}

STATUS run_match(struct ctx *cx, const struct run_match_in *in, struct run_match_out *ret)
{
    struct run_chunk *c = worker_handed(app_state(cx->app, "recon"), cx->request_id);
    struct recon_run_row r;
    if (c && c->work->row.id == in->run) {
        bool publishing = c->work->row.state == RUN_PUBLISHING;
        TRY(publishing ? run_publish_apply(cx, c) : c->full ? run_chunk_apply(cx, c) : run_chunk_look(cx, c));
        *ret = (struct run_match_out){ .state = c->work->row.state, .rows_done = c->work->row.rows_done + (int64_t)c->looked };
        return OK;
    }
    /* Anybody else only asks that the job look again. */
    TRY(run_of(cx, in->run, &r));
    worker_wake_after(cx, app_state(cx->app, "recon"));
    *ret = (struct run_match_out){ .state = r.state, .rows_done = r.rows_done };
    return OK;
}

/* --- seeing ---------------------------------------------------------------------------------------------------------------------- */

static str error_text(struct ctx *cx, str name)
{
    struct fault f = { 0 };
    for (int code = ERR_OK + 1; code < ERR_COUNT; code++)
        if (str_eq(name, str_of(error_def((enum error_code)code)->name)))
            f.status.code = (uint16_t)code;
    return f.status.code == ERR_OK ? (str){ 0 } : msg_error(cx->arena, cx->lang, &f);
}

STATUS run_status(struct ctx *cx, const struct run_status_in *in, struct run_status_out *ret)
{
    struct recon_run_row r;
    TRY(run_of(cx, in->run, &r));
    if (r.state == RUN_PLANNED || r.state == RUN_PUBLISHING)
        worker_wake(app_state(cx->app, "recon")); /* somebody waits: also in a process that has just begun */
    run_item_fill(cx, &r, &ret->item);
    ret->error = r.error;
    ret->error_says = error_text(cx, r.error);
    return OK;
}

STATUS run_recent(struct ctx *cx, const struct run_recent_in *in, struct run_recent_out *ret)
{
    int64_t most = in->has_limit ? in->limit : RECENT_RUNS;
    struct recon_run_row *rows;
    size_t n;
    TRY(recon_runs_before(cx, RECON_SHARD, in->has_before ? in->before : INT64_MAX, most, &rows, &n));
    ret->runs = ARENA_ARRAY(cx->arena, struct run_item, n + 1);
    for (size_t i = 0; i < n; i++)
        if (run_is_visible(cx, &rows[i]))
            run_item_fill(cx, &rows[i], &ret->runs[ret->runs_count++]);
    ret->next = n == (size_t)most ? rows[n - 1].id : 0;
    return OK;
}

/* --- the module ------------------------------------------------------------------------------------------------------------------- */

const struct module recon_module = {
    .name = "recon",
    .operations = recon_operations,
    .operation_count = RECON_OPERATION_COUNT,
    .migrations = &recon_migrations,
    .grounds = &run_ground,
    .ground_count = 1,
    .worker = &run_worker,
};
