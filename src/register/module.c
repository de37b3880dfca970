/* The register as the process sees it: its operations and tables. tested by: src/register/test/verify_test.c */
#include "register/inside.h"
#include "register/register_ops.h"
#include "register/sector/sector.h"

const struct module register_module = {
    .name = "register",
    .operations = register_operations,
    .operation_count = REGISTER_OPERATION_COUNT,
    .migrations = &register_migrations,
    .grounds = sector_grounds,
    .ground_count = SECTOR_GROUND_COUNT,
    .check = people_definition_check,
    .start = figures_kept_start,
    .end = figures_kept_end,
};
