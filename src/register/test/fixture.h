/* A register in an empty database of either engine, behind the real gate, and people to put into it. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "store/test/own_store.h"
#include "register/inside.h"
#include "register/register_ops.h"

#define GOOD(call) good_(call, __LINE__)
#define BAD(call, name) bad_(call, ERR_##name, #name, __LINE__)
enum { UNIT_A = 2300004, UNIT_B = 2300008, UNIT_OLD = 1300004 }; /* communes 00004 and 00008, and 00004 before July 2025 */

struct fixture {
    struct own_store own;
    struct app *app;
    struct db *db;
    struct ctx cx;
    struct journal journal;
    bool absent; /* no PostgreSQL here */
};

/* The modules that are started: the register alone, unless a test of a module above it adds its own. */
extern const struct module *fixture_modules[8];
extern size_t fixture_module_count;
int fixture_sqlite(void **state); /* setups */
int fixture_postgresql(void **state);
int fixture_end(void **state);
struct fixture *fixture_ready(void **state); /* or SKIP */
void good_(status st, int line);
void bad_(status st, enum error_code code, const char *name, int line);

/* Through the gate, in a transaction of its own: committed if it succeeds, else rolled back. */
status call(struct fixture *f, const char *operation, const void *in, void *out);
void as_officer(struct fixture *f, const char *ground);
void as_coordinator(struct fixture *f, const char *ground);
void as_system(struct fixture *f, const char *member, const char *agreement);
void as_citizen(struct fixture *f, person_id person);
void begin(struct fixture *f);
void commit(struct fixture *f);

/* Born on `birth` in commune UNIT_A; name may be NULL. Returns the reply. */
struct person_birth_out born(struct fixture *f, const char *name, enum sex sex, int32_t birth);
struct person_birth_out resident(struct fixture *f, const char *name, int32_t birth); /* a man of UNIT_A; the actor is then its residence officer */
struct person person_of(struct fixture *f, int64_t id);
void folds_hold(struct fixture *f); /* every row is the fold of its events, every figure a count */

#define EVERYWHERE(t) { #t " (sqlite)", t, fixture_sqlite, fixture_end, NULL }, { #t " (postgresql)", t, fixture_postgresql, fixture_end, NULL }
