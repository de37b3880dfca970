/* Every migration and every named query of every module, taken by both engines themselves: what sqlc cannot see in
 * SQLite alone (types across a join, what may stand beside GROUP BY) shows here. A module with SQL adds its line. */
#include <stdio.h>

#include "cases/cases_sql.h"
#include "centre/centre_sql.h"
#include "gate/gate_sql.h"
#include "identity/identity_sql.h"
#include "ledger/ledger_sql.h"
#include "life/life_sql.h"
#include "post/post_sql.h"
#include "money/money_sql.h"
#include "notice/notice_sql.h"
#include "quality/quality_sql.h"
#include "recon/recon_sql.h"
#include "register/register_sql.h"
#include "service/service_sql.h"
#include "store/test/bench.h"

static void every_statement_is_taken(void **state)
{
    struct bench *b = bench_ready(state);
    const struct migration_set migrations[] = { ledger_migrations, gate_migrations, post_migrations, notice_migrations, register_migrations, identity_migrations, cases_migrations, centre_migrations, recon_migrations, quality_migrations, service_migrations, money_migrations, life_migrations };
    const struct query_set queries[] = { ledger_queries, gate_queries, post_queries, notice_queries, register_queries, identity_queries, cases_queries, centre_queries, recon_queries, quality_queries, service_queries, money_queries, life_queries };
    status st = store_migrate(b->store, migrations, sizeof migrations / sizeof migrations[0]);

    if (status_ok(st))
        st = store_check(b->store, queries, sizeof queries / sizeof queries[0]);
    if (!status_ok(st))
        print_message("# %s\n", fault_here()->detail);
    GOOD(st);
}

int main(void)
{
    const struct CMUnitTest tests[] = { EVERYWHERE(every_statement_is_taken) };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
