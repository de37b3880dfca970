/* Start and stop of the process's inside, in the order in which one part stands on another: store, schema, definitions,
 * ledger key, modules, lanes. Whatever fails on the way up is taken down again.
 * tested by: src/gate/test/gate_test.c */
#include "gate/gate.h"

#include "gate/gate_sql.h"
#include "gate/ground.h"
#include "gate/worker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MODULES_MAX = 32, PROBLEMS_BYTES_MAX = 1 << 20, PATH_BYTES_MAX = 4200 };

STATUS directory_make(str path)
{
    char z[4096];
    if (path.len == 0 || path.len >= sizeof z)
        return FAIL_AT(USAGE, STR("directory"));
    memcpy(z, path.ptr, path.len);
    z[path.len] = 0;
    for (char *p = z + 1;; p++) {
        if (*p && *p != '/')
            continue;
        char was = *p;
        *p = 0;
        if (mkdir(z, 0750) != 0 && errno != EEXIST) {
            int why = errno;
            status st = FAIL_WITH(IO, STR("directory"), path);
            fault_detail("mkdir: %s", strerror(why));
            return st;
        }
        *p = was;
        if (!was)
            return OK;
    }
}

static STATUS ledger_start(struct app *app)
{
    uint8_t seed[KEY_FILE_BYTES];
    char seen[PATH_BYTES_MAX];
    snprintf(seen, sizeof seen, "%.*s/ledger.seen", STR_ARG(app->directory));
    TRY(key_file_in(app->directory, "ledger.key", seed));
    struct ledger_options o = { .origin = STR("dancu.local/ledger"), .memory_path = str_of(seen), .step_entries_max = SEQUENCER_STEP_ENTRIES };
    sign_key_of_seed(seed, &o.key);
    secret_wipe(seed, sizeof seed);
    status st = ledger_open(&o, &app->ledger);
    sign_key_done(&o.key);
    return st;
}

static STATUS schema_apply(struct app *app)
{
    struct migration_set sets[MODULES_MAX + 2];
    size_t n = 0;
    MUST(app->module_count <= MODULES_MAX);
    sets[n++] = ledger_migrations;
    sets[n++] = gate_migrations;
    for (size_t i = 0; i < app->module_count; i++)
        if (app->modules[i]->migrations)
            sets[n++] = *app->modules[i]->migrations;
    return store_migrate(app->store, sets, n);
}

static void operations_list(struct app *app)
{
    for (size_t m = 0; m < app->module_count; m++)
        for (size_t i = 0; i < app->modules[m]->operation_count; i++) {
            const struct operation *op = &app->modules[m]->operations[i];
            MUST(table_get(&app->operations, str_of(op->name)) == NULL);
            table_set(&app->operations, str_of(op->name), (void *)(uintptr_t)op);
        }
    gate_count_start(app);
}

static STATUS modules_start(struct app *app)
{
    for (size_t i = 0; i < app->module_count; i++) {
        const struct module *m = app->modules[i];
        struct worker *w;
        if (m->start)
            TRY(m->start(app));
        if (!m->worker)
            continue;
        TRY(worker_start(app, m->worker, &w));
        if (w)
            app_state_set(app, m->name, w);
    }
    return OK;
}

/* Read whole, and judged by the modules too; what one of them finds wrong is wrong. */
static STATUS definitions_load(struct app *app, struct arena *arena, struct defs_problems *problems, struct defs **ret)
{
    struct defs_problems unseen = { 0 };
    struct arena *own = arena ? NULL : arena_new(PROBLEMS_BYTES_MAX);
    struct defs_problems *p = problems ? problems : &unseen;
    status st = defs_load(arena, app->directory, ret, problems);
    if (status_ok(st)) {
        *p = (struct defs_problems){ .lang = p->lang };
        for (size_t i = 0; i < app->module_count; i++)
            if (app->modules[i]->check)
                app->modules[i]->check(app, *ret, arena ? arena : own, p);
        if (p->count > 0) {
            st = FAIL_WITH(DEFINITION, p->list[0].file, p->list[0].reason);
            fault_place(p->list[0].line, p->list[0].column);
            defs_free(*ret);
            *ret = NULL;
        }
    }
    if (own)
        arena_free(own);
    return st;
}

static STATUS app_build(struct app *app, const struct app_options *o)
{
    TRY(directory_make(o->directory));
    TRY(store_open(o->url, &app->store));
    TRY(schema_apply(app));
    operations_list(app);
    TRY(definitions_load(app, o->arena, o->problems, &app->defs));
    TRY(ledger_start(app));
    if (o->no_lanes)
        return OK;
    TRY(lanes_start(app, &app->lanes));
    return modules_start(app);
}

STATUS app_start(const struct app_options *options, const struct module *const *modules, size_t count, struct app **ret)
{
    struct app *app = calloc(1, sizeof *app);
    MUST(app);
    table_init(&app->operations);
    table_init(&app->states);
    app->modules = modules;
    app->module_count = count;
    app->debug = options->debug;
    app->serving = options->serving;
    char *directory = strndup(options->directory.ptr ? options->directory.ptr : "", options->directory.len);
    MUST(directory);
    app->directory = str_of(directory);
    status st = app_build(app, options);
    if (!status_ok(st)) {
        struct fault f = *fault_here();
        app_stop(app);
        *fault_here() = f;
        return fault_pass(st, __FILE__, __LINE__);
    }
    *ret = app;
    return OK;
}

struct retired {
    struct defs *defs;
    struct retired *next;
};

/* What was replaced lives on until the stop: a reload is rare and a set of definitions takes a few megabytes. */
STATUS app_reload(struct app *app, struct arena *arena, struct defs_problems *problems)
{
    struct defs *fresh = NULL;
    TRY(definitions_load(app, arena, problems, &fresh));
    struct retired *old = calloc(1, sizeof *old);
    MUST(old);
    old->defs = __atomic_exchange_n(&app->defs, fresh, __ATOMIC_ACQ_REL);
    old->next = app->retired;
    app->retired = old;
    return OK;
}

static void retired_free(struct retired *r)
{
    while (r) {
        struct retired *next = r->next;
        defs_free(r->defs);
        free(r);
        r = next;
    }
}

/* Reverse order: modules (their jobs submit work), lanes (they drain), the rest. */
void app_stop(struct app *app)
{
    if (!app)
        return;
    for (size_t i = app->module_count; i > 0 && app->lanes; i--) {
        if (app->modules[i - 1]->worker)
            worker_stop(app_state(app, app->modules[i - 1]->name));
        if (app->modules[i - 1]->stop)
            app->modules[i - 1]->stop(app);
    }
    lanes_stop(app->lanes);
    for (size_t i = app->module_count; i > 0; i--) {
        if (app->modules[i - 1]->worker)
            worker_free(app_state(app, app->modules[i - 1]->name));
        if (app->modules[i - 1]->end)
            app->modules[i - 1]->end(app);
    }
    ledger_close(app->ledger);
    defs_free(app->defs);
    retired_free(app->retired);
    store_close(app->store);
    table_done(&app->operations);
    table_done(&app->states);
    free((char *)(uintptr_t)app->directory.ptr);
    free(app);
}

void app_state_set(struct app *app, const char *module, void *state) { table_set(&app->states, str_of(module), state); }

void *app_state(const struct app *app, const char *module) { return table_get(&app->states, str_of(module)); }

void ctx_for_program(struct ctx *cx, struct app *app, struct arena *arena, str job_name)
{
    *cx = (struct ctx){
        .arena = arena,
        .actor = { .roles = ROLE_OPERATOR, .organisation = STR("system"), .name = job_name },
        .lang = LANG_VI,
        .now_us = clock_now_us(),
        .app = app,
    };
    cx->today = day_of_us(cx->now_us);
}
