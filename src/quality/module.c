/* The module as the process knows it, and its watch, which goes through all registers once a day.
 * tested by: src/quality/test/quality_test.c */
#include "gate/watch.h"
#include "quality/inside.h"

static status judge_step(struct ctx *cx, bool *ret_more)
{
    struct quality_judge_in in = { 0 };
    struct quality_judge_out out = { 0 };
    TRY(gate_call(cx, operation_find(cx->app, STR("quality.judge")), &in, &out));
    *ret_more = out.more;
    return OK;
}

static status quality_start(struct app *app)
{
    static const struct watch_plan plan = { .job = "quality-watch", .every_s = 20, .at_once = true, .pause_ms = 5, .step = judge_step };
    app_state_set(app, "quality", watch_start(app, &plan));
    return OK;
}

static void quality_stop(struct app *app) { watch_stop(app_state(app, "quality")); }
static void quality_end(struct app *app) { watch_free(app_state(app, "quality")); }

const struct module quality_module = {
    .name = "quality",
    .operations = quality_operations,
    .operation_count = QUALITY_OPERATION_COUNT,
    .migrations = &quality_migrations,
    .start = quality_start,
    .stop = quality_stop,
    .end = quality_end,
};
