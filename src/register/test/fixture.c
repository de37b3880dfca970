/* SQLite always; PostgreSQL where DANCU_TEST_PG names a throw-away server (tests/pg-run), else its cases say SKIP. The
 * clock stands at noon of 21 November 2026 and goes on a second with each call, the random source is seeded.
 * tested by: src/register/test/command_test.c */
#include "fixture.h"

#include <stdlib.h>

const struct module *fixture_modules[8] = { &register_module };
size_t fixture_module_count = 1;

void good_(status st, int line)
{
    if (!status_ok(st))
        fail_msg("line %d: %s %s %s (%s:%d)", line, error_def((enum error_code)st.code)->name, fault_here()->field, fault_here()->detail,
                 fault_here()->trace[0].file, fault_here()->trace[0].line);
}

void bad_(status st, enum error_code code, const char *name, int line)
{
    if (!status_is(st, code))
        fail_msg("line %d: got %s, expected %s", line, error_def((enum error_code)st.code)->name, name);
}

static int open_all(struct fixture *f)
{
    int64_t noon_us;
    assert_true(clock_parse(STR("2026-11-21T05:00:00Z"), &noon_us));
    clock_set_us(noon_us);
    random_seed(1);
    const struct app_options options = { .url = str_of(f->own.url), .directory = str_of(f->own.folder.path), .no_lanes = true };
    GOOD(app_start(&options, fixture_modules, fixture_module_count, &f->app));
    GOOD(db_open(f->app->store, DB_WRITE, &f->db));
    ctx_for_program(&f->cx, f->app, arena_new((size_t)512 << 20), STR("test"));
    f->cx.journal = &f->journal;
    as_officer(f, "civil-status");
    return 0;
}

int fixture_sqlite(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    *state = f;
    assert_true(own_store_sqlite(&f->own));
    return open_all(f);
}

int fixture_postgresql(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    *state = f;
    f->absent = !own_store_postgresql(&f->own);
    return f->absent ? 0 : open_all(f);
}

int fixture_end(void **state)
{
    struct fixture *f = *state;
    if (!f->absent) {
        db_close(f->db);
        app_stop(f->app);
        arena_free(f->cx.arena);
        own_store_end(&f->own);
    }
    free(f);
    return 0;
}

struct fixture *fixture_ready(void **state)
{
    struct fixture *f = *state;
    if (f->absent)
        skip();
    return f;
}

static void as(struct fixture *f, uint32_t role, const char *organisation, const char *kind, const char *reference)
{
    f->cx.actor = (struct actor){ .roles = role, .account = { role }, .unit = { UNIT_A }, .organisation = str_of(organisation), .name = STR("test") };
    f->cx.purpose = (struct purpose){ str_of(kind), str_of(reference) };
}

void as_officer(struct fixture *f, const char *ground) { as(f, ROLE_OFFICER, "G01.H26.00004", "authority", ground); }
void as_coordinator(struct fixture *f, const char *ground) { as(f, ROLE_COORDINATOR, "G01", "authority", ground); }
void as_system(struct fixture *f, const char *member, const char *agreement) { as(f, ROLE_SYSTEM, member, "agreement", agreement); }

void as_citizen(struct fixture *f, person_id person)
{
    as(f, ROLE_CITIZEN, "", "", "");
    f->cx.actor.person = person;
}

void begin(struct fixture *f)
{
    clock_advance_us(1000000);
    f->cx.now_us = clock_now_us();
    f->cx.today = day_of_us(f->cx.now_us);
    GOOD(tx_begin(f->db, &f->cx.tx));
}

void commit(struct fixture *f)
{
    struct tx *tx = f->cx.tx;
    f->cx.tx = NULL;
    GOOD(tx_commit(tx));
}

status call(struct fixture *f, const char *operation, const void *in, void *out)
{
    const struct operation *op = operation_find(f->app, str_of(operation));
    assert_non_null(op);
    begin(f);
    f->journal = (struct journal){ 0 };
    status st = gate_call(&f->cx, op, in, out);
    if (status_ok(st)) {
        commit(f);
        return st;
    }
    tx_rollback(f->cx.tx);
    f->cx.tx = NULL;
    return st;
}

struct person_birth_out born(struct fixture *f, const char *name, enum sex sex, int32_t birth)
{
    struct person_birth_in in = { .name = name ? str_of(name) : STR("Nguyễn Văn An"), .sex = sex, .birth = { birth }, .registered_at = { UNIT_A },
                                  .has_ethnic = true, .ethnic = 1 };
    struct person_birth_out out;
    GOOD(call(f, "person.birth", &in, &out));
    return out;
}

struct person_birth_out resident(struct fixture *f, const char *name, int32_t birth)
{
    struct person_move_out moved;
    as_officer(f, "civil-status");
    struct person_birth_out p = born(f, name, SEX_MALE, birth);
    as_officer(f, "residence-management");
    GOOD(call(f, "person.move", &(struct person_move_in){ .number = p.number, .unit = { UNIT_A }, .effective = f->cx.today }, &moved));
    return p;
}

struct person person_of(struct fixture *f, int64_t id)
{
    struct person p;
    bool known;
    begin(f);
    GOOD(person_by_id(&f->cx, (person_id){ id }, &p, &known));
    commit(f);
    assert_true(known);
    return p;
}

void folds_hold(struct fixture *f)
{
    struct person_ids_after_row *ids;
    size_t count;
    begin(f);
    GOOD(person_ids_after(&f->cx, 0, 0, 100000, &ids, &count));
    for (size_t i = 0; i < count; i++)
        GOOD(person_check_fold(&f->cx, (person_id){ ids[i].id }));
    GOOD(figures_check(&f->cx));
    commit(f);
}
