/* See town.h. */
#include "identity/test/town.h"

#include "register/register.h"
#include <stdio.h>
#include <stdlib.h>

enum { ARENA_BYTES = 256 << 20 };

static STATUS app_up(struct town *t, const struct module *const *modules, size_t count, bool lanes)
{
    struct defs_problems problems = { 0 };
    struct app_options o = {
        .url = arena_printf(t->arena, "sqlite:%s/town.db", t->folder.path),
        .directory = str_of(t->folder.path),
        .no_lanes = !lanes,
        .arena = t->arena,
        .problems = &problems,
    };
    return app_start(&o, modules, count, &t->app);
}

/* Two families of one commune. Nobody of them exists. */
static const char people_csv[] =
    "id,number,name,birth,sex,ethnic,father,mother,spouse,household,relation,unit,birth_unit,residence_from,state,death,marital\n"
    "1,001080012345,Nguyễn Văn An,1980-02-01,1,1,0,0,2,1,1,00004@new,00004@new,2005-06-07,2,0,2\n"
    "2,001182054321,Trần Thị Bình,1982-09-12,2,1,0,0,1,1,2,00004@new,00004@new,2005-06-07,2,0,2\n"
    "3,001208007777,Nguyễn Minh Châu,2008-11-20,1,1,1,2,0,1,3,00004@new,00004@new,2008-11-20,2,0,1\n"
    "4,001075099123,Lê Quốc Dũng,1975,1,1,0,0,5,2,1,00004@new,00004@new,1999-01-15,2,0,2\n"
    "5,001178088456,Phạm Thu Hà,1978-05-30,2,1,0,0,4,2,2,00004@new,00004@new,1999-01-15,2,0,2\n"
    "6,001150033888,Đỗ Thị Lan,1950-03,2,1,0,0,0,2,4,00004@new,00004@new,1999-01-15,2,0,widowed\n";
static const char households_csv[] = "id,unit,address,head\n1,00004@new,Số 1 phố Thử,1\n2,00004@new,Số 2 phố Thử,4\n";
static const char events_csv[] = "id,kind,day,person,other,unit_from,unit_to,detail\n";

static STATUS file_write(struct town *t, const char *name, str text)
{
    FILE *f = fopen(arena_printf(t->arena, "%s/%s", t->folder.path, name).ptr, "we");
    if (!f)
        return FAIL_AT(IO, str_of(name));
    bool written = fwrite(text.ptr, 1, text.len, f) == text.len;
    return fclose(f) == 0 && written ? OK : FAIL_AT(IO, str_of(name));
}

static STATUS people_load(struct town *t)
{
    struct register_load load = { .directory = str_of(t->folder.path) };
    struct ctx cx;
    ctx_for_program(&cx, t->app, t->arena, STR("load"));
    TRY(file_write(t, "people.csv", ((str){ people_csv, sizeof people_csv - 1 })));
    TRY(file_write(t, "households.csv", ((str){ households_csv, sizeof households_csv - 1 })));
    TRY(file_write(t, "events.csv", ((str){ events_csv, sizeof events_csv - 1 })));
    return register_load(&cx, &load);
}

static STATUS town_build(struct town *t, const struct module *const *modules, size_t count, bool people)
{
    if (people) {
        TRY(app_up(t, modules, count, false));
        TRY(people_load(t));
        app_stop(t->app);
        t->app = NULL;
    }
    return app_up(t, modules, count, true);
}

bool town_open(struct town *t, const struct module *const *modules, size_t count, bool people)
{
    *t = (struct town){ .app = NULL };
    if (!folder_make(&t->folder))
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
    folder_end(&t->folder);
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
