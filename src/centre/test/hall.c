/* See hall.h. Nobody of its people exists. tested by: src/centre/test/list_test.c */
#include "centre/test/hall.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { ARENA_BYTES = 512 << 20, WAIT_TRIES = 3000 };

static const char people_csv[] =
    "id,number,name,birth,sex,ethnic,father,mother,spouse,household,relation,unit,birth_unit,residence_from,state,death,marital\n"
    "1,001080012345,Nguyễn Văn An,1980-02-01,1,1,0,0,2,1,1,00004@new,00004@new,2005-06-07,2,0,2\n"
    "2,001182054321,Trần Thị Bình,1982-09-12,2,1,0,0,1,1,2,00004@new,00004@new,2005-06-07,2,0,2\n"
    "3,001208007777,Nguyễn Minh Châu,2008-11-20,1,1,1,2,0,1,3,00004@new,00004@new,2008-11-20,2,0,1\n"
    "4,001075099123,Lê Quốc Dũng,1975,1,1,0,0,5,2,1,00004@new,00004@new,1999-01-15,2,0,2\n"
    "5,001178088456,Phạm Thu Hà,1978-05-30,2,1,0,0,4,2,2,00008@new,00004@new,1999-01-15,2,0,2\n"
    "6,001150033888,Đỗ Thị Lan,1950-03,2,1,0,0,0,2,4,00004@new,00004@new,1999-01-15,2,0,widowed\n"
    "7,001070044111,Hoàng Văn Sơn,1970-04-04,1,1,0,0,0,2,8,00004@new,00004@new,1999-01-15,4,2020-01-02,1\n"
    "8,001190055222,Vũ Thị Mai,1990-07-08,2,1,0,0,0,2,8,00004@new,00004@new,1999-01-15,2,0,1\n"
    "9,001190055333,Vũ Thị Mai,1990-07-08,2,1,0,0,0,2,8,00004@new,00004@new,1999-01-15,2,0,1\n";
static const char households_csv[] = "id,unit,address,head\n1,00004@new,Số 1 phố Thử,1\n2,00004@new,Số 2 phố Thử,4\n";
static const char events_csv[] = "id,kind,day,person,other,unit_from,unit_to,detail\n";

const str hall_list = STR("Họ và tên;Ngày sinh;Số CCCD;Ghi chú\r\n"
                          "Nguyễn Văn An;01/02/1980;001080012345;=1+1\r\n"
                          "Không Ai;;;\"mất; \"\"giấy\"\"\"\r\n"
                          "Trần Thị Bình;12/09/1982;1182054321;\r\n"
                          "xấu\xFF;1/1/1990;;\r\n"
                          "Lê Quốc Dũng;1976;001075099123;\r\n");

const struct module *hall_modules[8] = { &register_module, &centre_module };
size_t hall_module_count = 2;

static STATUS app_up(struct hall *h, bool lanes)
{
    struct defs_problems problems = { 0 };
    struct app_options o = {
        .url = str_of(h->own.url), .directory = str_of(h->own.folder.path), .no_lanes = !lanes, .arena = h->arena, .problems = &problems,
    };

    return app_start(&o, hall_modules, hall_module_count, &h->app);
}

static STATUS file_write(struct hall *h, const char *name, str text)
{
    FILE *f = fopen(arena_printf(h->arena, "%s/%s", h->own.folder.path, name).ptr, "we");

    if (!f)
        return FAIL_AT(IO, str_of(name));
    bool written = fwrite(text.ptr, 1, text.len, f) == text.len;
    return fclose(f) == 0 && written ? OK : FAIL_AT(IO, str_of(name));
}

static STATUS people_load(struct hall *h)
{
    struct register_load load = { .directory = str_of(h->own.folder.path) };
    struct ctx cx;

    ctx_for_program(&cx, h->app, h->arena, STR("load"));
    TRY(file_write(h, "people.csv", (str){ people_csv, sizeof people_csv - 1 }));
    TRY(file_write(h, "households.csv", (str){ households_csv, sizeof households_csv - 1 }));
    TRY(file_write(h, "events.csv", (str){ events_csv, sizeof events_csv - 1 }));
    return register_load(&cx, &load);
}

static bool told(status st)
{
    if (!status_ok(st))
        fprintf(stderr, "# %s %s %s %s\n", error_def(st.code)->name, fault_here()->field, fault_here()->what, fault_here()->detail);
    return status_ok(st);
}

bool hall_open(struct hall *h, bool postgresql)
{
    *h = (struct hall){ .app = NULL };
    if (!(postgresql ? own_store_postgresql(&h->own) : own_store_sqlite(&h->own)))
        return false;
    h->arena = arena_new(ARENA_BYTES);
    if (!told(app_up(h, false)) || !told(people_load(h)))
        return false;
    app_stop(h->app);
    return told(app_up(h, true));
}

bool hall_restart(struct hall *h)
{
    app_stop(h->app);
    return told(app_up(h, true));
}

void hall_close(struct hall *h)
{
    app_stop(h->app);
    arena_free(h->arena);
    clock_release();
    own_store_end(&h->own);
}

struct ctx hall_as(struct hall *h, uint32_t roles, const char *kind, const char *reference)
{
    struct ctx cx;

    ctx_for_program(&cx, h->app, h->arena, STR("test"));
    cx.actor.roles = roles;
    if (kind)
        cx.purpose = (struct purpose){ str_of(kind), str_of(reference) };
    return cx;
}

struct hall_asked {
    const struct operation *op;
    const void *in;
    void *out;
};

static status asked_run(struct ctx *cx, void *arg)
{
    const struct hall_asked *a = arg;

    return gate_call(cx, a->op, a->in, a->out);
}

STATUS hall_call(const struct ctx *as, const char *operation, const void *in, void *out)
{
    struct hall_asked a = { operation_find(as->app, str_of(operation)), in, out };

    MUST(a.op);
    struct work w = { .run = asked_run, .arg = &a, .writes = a.op->writes, .cx = *as };
    return lanes_call(as->app->lanes, &w);
}

STATUS hall_status(const struct ctx *cx, int64_t delivery, struct list_status_out *ret)
{
    nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
    return hall_call(cx, "list.status", &(struct list_status_in){ delivery }, ret);
}

STATUS hall_wait(struct hall *h, int64_t delivery, struct list_status_out *ret)
{
    struct ctx cx = hall_as(h, ROLE_OPERATOR, NULL, NULL);
    int64_t done = -1;

    for (int tries = 0; tries < WAIT_TRIES; tries++) {
        TRY(hall_status(&cx, delivery, ret));
        if (ret->item.state >= LIST_ITEM_STATE_DONE)
            return OK;
        if (ret->item.rows_done != done)
            tries = 0;
        done = ret->item.rows_done;
    }
    return FAIL(OVERLOADED);
}

STATUS hall_deliver(struct hall *h, struct ctx *cx, const struct list_import_in *in, struct list_report_out *ret)
{
    struct list_import_out taken;
    struct list_status_out s;

    TRY(hall_call(cx, "list.import", in, &taken));
    TRY(hall_wait(h, taken.delivery, &s));
    if (s.item.state != LIST_ITEM_STATE_DONE)
        return FAIL_WITH(INTERNAL, STR("state"), s.error);
    return hall_call(cx, "list.report", &(struct list_report_in){ taken.delivery }, ret);
}

STATUS hall_import(struct hall *h, str file, const char *source, struct list_report_out *ret)
{
    struct ctx cx = hall_as(h, ROLE_OPERATOR, "delivery", source);

    return hall_deliver(h, &cx, &(struct list_import_in){ .file = file, .name = STR("list.csv"), .source = str_of(source) }, ret);
}
