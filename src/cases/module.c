/* The module as the process knows it.
 * tested by: src/cases/test/case_test.c */
#include "cases/inside.h"

const struct module cases_module = {
    .name = "cases",
    .operations = cases_operations,
    .operation_count = CASES_OPERATION_COUNT,
    .migrations = &cases_migrations,
};
