/* Where a test keeps its store: a file in a folder of its own, or a schema of its own on the throw-away PostgreSQL server
 * that DANCU_TEST_PG names (tests/pg-run). */
#pragma once
#include "base/test/folder.h"

struct own_store {
    struct folder folder; /* made in either case */
    char url[512];
};

bool own_store_sqlite(struct own_store *p);
bool own_store_postgresql(struct own_store *p); /* false, and nothing made: there is no such server */
void own_store_end(struct own_store *p);
