/* The module as the process knows it, and its watch: every half minute it stops what waited too long.
 * tested by: src/service/test/dossier_test.c */
#include "gate/watch.h"
#include "service/file/vault.h"

static status sweep_step(struct ctx *cx, bool *ret_more)
{
    struct dossier_sweep_in in = { 0 };
    struct dossier_sweep_out out = { 0 };
    TRY(gate_call(cx, operation_find(cx->app, STR("dossier.sweep")), &in, &out));
    *ret_more = out.more;
    return OK;
}

static status service_start(struct app *app)
{
    static const struct watch_plan plan = { .job = "dossier-watch", .every_s = 30, .step = sweep_step };
    const struct service_keys *keys;
    TRY(keys_of(app, &keys)); /* makes them in a new installation */
    app_state_set(app, "service", watch_start(app, &plan));
    return OK;
}

static void service_stop(struct app *app) { watch_stop(app_state(app, "service")); }
static void service_end(struct app *app)
{
    watch_free(app_state(app, "service"));
    keys_close(app);
}

const struct module service_module = {
    .name = "service",
    .operations = service_operations,
    .operation_count = SERVICE_OPERATION_COUNT,
    .migrations = &service_migrations,
    .grounds = &dossier_ground,
    .ground_count = 1,
    .check = procedures_check,
    .start = service_start,
    .stop = service_stop,
    .end = service_end,
};
