/* The module as the process knows it. tested by: src/money/test/payment_test.c */
#include "money/inside.h"

const struct module money_module = {
    .name = "money",
    .operations = money_operations,
    .operation_count = MONEY_OPERATION_COUNT,
    .migrations = &money_migrations,
};
