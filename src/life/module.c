/* The module as the process knows it, and its watch, which every half minute raises alarms about legs that nobody
 * acknowledged and ends what waited too long.
 * tested by: src/life/test/life_test.c */
#include "gate/worker.h"
#include "life/inside.h"

static const struct worker_plan watch = { .job = "life-watch", .step = sweep_step, .sweep = "life.sweep", .first_ms = 30000, .every_ms = 30000 };

const struct module life_module = {
    .name = "life",
    .operations = life_operations,
    .operation_count = LIFE_OPERATION_COUNT,
    .migrations = &life_migrations,
    .grounds = &life_ground,
    .ground_count = 1,
    .check = life_check,
    .worker = &watch,
};
