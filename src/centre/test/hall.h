/* A small register and a running centre in a folder of its own, for the tests of this module. */
#pragma once
#include "store/test/own_store.h"
#include "centre/inside.h"

struct hall {
    struct own_store own;
    struct arena *arena;
    struct app *app;
};

/* Five rows: one matched, two refused, one with a lost zero, one that differs. */
extern const str hall_list;
/* The modules that are started: a test of a module above adds its own. */
extern const struct module *hall_modules[8];
extern size_t hall_module_count;
/* On SQLite in the folder, or on a fresh schema of the server that DANCU_TEST_PG names. False with a line on standard
 * error. */
bool hall_open(struct hall *h, bool postgresql);
void hall_close(struct hall *h);
bool hall_restart(struct hall *h); /* stops the process's inside and starts it on the same store */
/* An actor with these roles, under ground `kind`/`reference` (kind NULL: none). */
struct ctx hall_as(struct hall *h, uint32_t roles, const char *kind, const char *reference);
STATUS hall_call(const struct ctx *as, const char *operation, const void *in, void *out);
/* Hands a list in, waits for its end and gives the report; the second as operator. */
STATUS hall_deliver(struct hall *h, struct ctx *cx, const struct list_import_in *in, struct list_report_out *ret);
STATUS hall_import(struct hall *h, str file, const char *source, struct list_report_out *ret);
/* After a moment: asking without a pause would take the machine from whom it asks about. */
STATUS hall_status(const struct ctx *cx, int64_t delivery, struct list_status_out *ret);
/* Does nothing but wait: DONE or FAILED, or ERR_OVERLOADED when no row is done for a quarter of a minute. */
STATUS hall_wait(struct hall *h, int64_t delivery, struct list_status_out *ret);

/* A test for either engine, as two cmocka tests. */
#define ON_BOTH(name)                                                                                                  \
    static void name##_sqlite(void **state)                                                                            \
    {                                                                                                                  \
        (void)state;                                                                                                   \
        name(false);                                                                                                   \
    }                                                                                                                  \
    static void name##_postgresql(void **state)                                                                        \
    {                                                                                                                  \
        (void)state;                                                                                                   \
        if (!getenv("DANCU_TEST_PG"))                                                                                  \
            skip();                                                                                                    \
        name(true);                                                                                                    \
    }
