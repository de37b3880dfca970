/* The module as the process knows it, and its watch: every half minute it stops what waited too long.
 * tested by: src/service/test/dossier_test.c */
#include "gate/worker.h"
#include "service/file/vault.h"

static status service_start(struct app *app)
{
    const struct service_keys *keys;
    return keys_of(app, &keys); /* makes them in a new installation */
}


static const struct worker_plan watch = { .job = "dossier-watch", .step = sweep_step, .sweep = "dossier.sweep", .first_ms = 30000, .every_ms = 30000 };

const struct module service_module = {
    .name = "service",
    .operations = service_operations,
    .operation_count = SERVICE_OPERATION_COUNT,
    .migrations = &service_migrations,
    .grounds = &dossier_ground,
    .ground_count = 1,
    .check = procedures_check,
    .start = service_start,
    .end = keys_close,
    .worker = &watch,
};
