/* The module as the process knows it, and its watch: every half minute it stops what waited too long, and sweeps a part of the
 * vault, all of it in an hour.
 * tested by: src/service/test/dossier_test.c */
#include "gate/worker.h"
#include "service/file/vault.h"

#include <stdatomic.h>

static status service_start(struct app *app)
{
    const struct service_keys *keys;
    return keys_of(app, &keys); /* makes them in a new installation */
}

enum { WATCH_MS = 30000, SWEPT_AT_ONCE = VAULT_FOLDERS * WATCH_MS / (VAULT_ORPHAN_S * 1000) + 1 };

/* Where to begin is the process's: after a start any part will do. */
static int watch_step(struct worker *w)
{
    static _Atomic unsigned next;
    struct vault_part part = { atomic_fetch_add(&next, SWEPT_AT_ONCE), SWEPT_AT_ONCE };
    struct arena *a = arena_new(1 << 20);
    if (!status_ok(worker_call(w, a, false, vault_sweep, &part)))
        log_fault("vault_sweep_failed", 0);
    arena_free(a);
    return sweep_step(w);
}

static const struct worker_plan watch = { .job = "dossier-watch", .step = watch_step, .sweep = "dossier.sweep", .first_ms = WATCH_MS, .every_ms = WATCH_MS };

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
