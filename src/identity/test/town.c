/* See town.h. */
#include "identity/test/town.h"

#include "register/register.h"
#include "synth/synth.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

enum { ARENA_BYTES = 256 << 20 };

static int entry_remove(const char *path, const struct stat *st, int kind, struct FTW *place)
{
    (void)st;
    (void)kind;
    (void)place;
    return remove(path);
}

static STATUS app_up(struct town *t, const struct module *const *modules, size_t count, bool lanes)
{
    struct defs_problems problems = { 0 };
    struct app_options o = {
        .url = arena_printf(t->arena, "sqlite:%s/town.db", t->directory),
        .directory = str_of(t->directory),
        .no_lanes = !lanes,
        .arena = t->arena,
        .problems = &problems,
    };
    return app_start(&o, modules, count, &t->app);
}

static STATUS people_load(struct town *t, int64_t people)
{
    str folder = arena_printf(t->arena, "%s/synth", t->directory);
    struct synth_options o = { .people = people, .seed = 7, .directory = folder, .threads = 1 };
    struct synth_result made;
    struct register_load load = { .directory = folder };
    struct ctx cx;
    ctx_for_program(&cx, t->app, t->arena, STR("load"));
    TRY(synth_run(t->app->defs, &o, &made));
    return register_load(&cx, &load);
}

static STATUS town_build(struct town *t, const struct module *const *modules, size_t count, int64_t people)
{
    if (people) {
        TRY(app_up(t, modules, count, false));
        TRY(people_load(t, people));
        app_stop(t->app);
        t->app = NULL;
    }
    return app_up(t, modules, count, true);
}

bool town_open(struct town *t, const struct module *const *modules, size_t count, int64_t people)
{
    *t = (struct town){ .directory = "town-XXXXXX" };
    if (!mkdtemp(t->directory))
        return false;
    t->arena = arena_new(ARENA_BYTES);
    status st = town_build(t, modules, count, people);
    if (!status_ok(st))
        fprintf(stderr, "# %s %s %s\n", error_def(st.code)->name, fault_here()->field, fault_here()->detail);
    return status_ok(st);
}

void town_close(struct town *t)
{
    app_stop(t->app);
    arena_free(t->arena);
    clock_release();
    (void)nftw(t->directory, entry_remove, 16, FTW_DEPTH | FTW_PHYS);
}

struct town_call {
    const struct operation *op;
    const void *in;
    void *out;
    str token;
};

static status call_run(struct ctx *cx, void *arg)
{
    const struct town_call *c = arg;
    return gate_call(cx, c->op, c->in, c->out);
}

STATUS town_call(struct town *t, const struct ctx *as, const char *operation, const void *in, void *out)
{
    struct town_call c = { .op = operation_find(t->app, str_of(operation)), .in = in, .out = out };
    if (!c.op)
        return FAIL_WITH(ROUTE_UNKNOWN, STR("operation"), str_of(operation));
    struct work w = { .run = call_run, .arg = &c, .writes = c.op->writes };
    ctx_for_program(&w.cx, t->app, t->arena, STR("test"));
    if (as) {
        w.cx.actor = as->actor;
        w.cx.purpose = as->purpose;
        w.cx.lang = as->lang;
    }
    return lanes_call(t->app->lanes, &w);
}

static status actor_run(struct ctx *cx, void *arg)
{
    const struct town_call *c = arg;
    return cx->app->authenticate(cx, c->token);
}

STATUS town_actor(struct town *t, str token, struct actor *ret)
{
    struct town_call c = { .token = token };
    struct work w = { .run = actor_run, .arg = &c };
    ctx_for_program(&w.cx, t->app, t->arena, STR("test"));
    w.cx.actor = (struct actor){ 0 };
    status st = lanes_call(t->app->lanes, &w);
    *ret = w.cx.actor;
    return st;
}
