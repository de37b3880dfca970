/* The module as the process knows it, and its watch, which goes through all registers once a day.
 * tested by: src/quality/test/quality_test.c */
#include "gate/worker.h"
#include "quality/inside.h"

static const struct worker_plan watch = { .job = "quality-watch", .step = sweep_step, .sweep = "quality.judge", .every_ms = 20000, .pause_ms = 5 };

const struct module quality_module = {
    .name = "quality",
    .operations = quality_operations,
    .operation_count = QUALITY_OPERATION_COUNT,
    .migrations = &quality_migrations,
    .worker = &watch,
};
