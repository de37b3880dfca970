/* The module as the process knows it, and its watch, which every half minute raises alarms about legs that nobody
 * acknowledged and ends what waited too long.
 * tested by: src/life/test/life_test.c */
#include "gate/watch.h"
#include "life/inside.h"

static status sweep_step(struct ctx *cx, bool *ret_more)
{
    struct life_sweep_in in = { 0 };
    struct life_sweep_out out = { 0 };
    TRY(gate_call(cx, operation_find(cx->app, STR("life.sweep")), &in, &out));
    *ret_more = out.more;
    return OK;
}

static status life_start(struct app *app)
{
    static const struct watch_plan plan = { .job = "life-watch", .every_s = 30, .step = sweep_step };
    app_state_set(app, "life", watch_start(app, &plan));
    return OK;
}

static void life_stop(struct app *app) { watch_stop(app_state(app, "life")); }
static void life_end(struct app *app) { watch_free(app_state(app, "life")); }

const struct module life_module = {
    .name = "life",
    .operations = life_operations,
    .operation_count = LIFE_OPERATION_COUNT,
    .migrations = &life_migrations,
    .grounds = &life_ground,
    .ground_count = 1,
    .check = life_check,
    .start = life_start,
    .stop = life_stop,
    .end = life_end,
};
