/* Slow commands: rehearsed on a lane of their own, so that nobody who writes waits for them; what was worked out is found again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "gate/gate_sql.h"
#include "gate/prepare.h"
#include "gate/test/probe.h"
#include "store/test/own_store.h"

static struct app *app;
static struct arena *arena;
static struct own_store own;

static int setup(void **state)
{
    static const struct module *const modules[] = { &probe_module };
    struct defs_problems problems = { 0 };
    (void)state;
    if (!own_store_sqlite(&own))
        return -1;
    arena = arena_new(1 << 24);
    struct app_options o = { .url = str_of(own.url), .directory = str_of(own.folder.path), .arena = arena, .problems = &problems };
    return status_ok(app_start(&o, modules, 1, &app)) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    app_stop(app);
    arena_free(arena);
    own_store_end(&own);
    return 0;
}

struct command {
    struct work work;
    const char *id;
    status refuse;            /* instead of the write */
    bool changes;             /* what the step hangs on is another thing in each run */
    atomic_int runs, steps, writes;
    atomic_bool held, goes_on; /* the step waits while it is held */
};

static STATUS slow_step(struct ctx *cx, struct command *c)
{
    str key = c->changes && atomic_load(&c->runs) > 1 ? STR("later") : STR("now");
    if (prepared_find(cx, "step", key))
        return OK;
    atomic_fetch_add(&c->steps, 1);
    while (atomic_load(&c->held) && !atomic_load(&c->goes_on))
        usleep(1000);
    prepared_keep(cx, "step", key, c);
    return OK;
}

static status command_run(struct ctx *cx, void *arg)
{
    struct command *c = arg;
    atomic_fetch_add(&c->runs, 1);
    assert_true(c->refuse.code != ERR_OK || cx->purpose.kind.len == 0); /* a rehearsal leaves no trace */
    TRY(slow_step(cx, c));
    cx->purpose.kind = STR("set on the way");
    TRY(c->refuse);
    TRY(once_add(cx, &(struct once_add_params){ .command = str_of(c->id), .recorded_us = cx->now_us }, NULL));
    atomic_fetch_add(&c->writes, 1);
    return OK;
}

static void command_make(struct command *c, const char *id, bool slow)
{
    c->id = id;
    c->work = (struct work){ .run = command_run, .arg = c, .writes = true, .slow = slow };
    c->work.cx = (struct ctx){ .arena = arena_new(1 << 16), .app = app };
}

static void expect(struct command *c, int runs, int steps, int writes)
{
    assert_int_equal(atomic_load(&c->runs), runs);
    assert_int_equal(atomic_load(&c->steps), steps);
    assert_int_equal(atomic_load(&c->writes), writes);
    arena_free(c->work.cx.arena);
}

static void slow_done(struct work *w) { atomic_store((atomic_bool *)w->waiting, true); }

/* While one command is at its slow step, others are written; so are other slow ones, as long as a lane for them is free. */
static void nobody_waits(void **state)
{
    struct command slow = { .held = true }, other = { 0 }, plain = { 0 };
    atomic_bool done = false;
    (void)state;
    command_make(&slow, "slow", true);
    slow.work.done = slow_done;
    slow.work.waiting = &done;
    lanes_submit(app->lanes, &slow.work);
    while (atomic_load(&slow.steps) == 0)
        usleep(1000);
    command_make(&plain, "plain", false);
    assert_int_equal(lanes_call(app->lanes, &plain.work).code, ERR_OK);
    command_make(&other, "other", true);
    assert_int_equal(lanes_call(app->lanes, &other.work).code, ERR_OK);
    assert_false(atomic_load(&done));
    atomic_store(&slow.goes_on, true);
    while (!atomic_load(&done))
        usleep(1000);
    assert_int_equal(slow.work.result.code, ERR_OK);
    expect(&slow, 2, 1, 1);
    expect(&other, 2, 1, 1);
    expect(&plain, 1, 1, 1);
}

static void what_has_changed_is_worked_out_again(void **state)
{
    struct command c = { .changes = true };
    (void)state;
    command_make(&c, "changes", true);
    assert_int_equal(lanes_call(app->lanes, &c.work).code, ERR_OK);
    expect(&c, 2, 2, 1);
}

/* A refusal is the answer; a fault of the snapshot is not, and neither hides what the writing lane meets. */
static void a_refusal_ends_it(void **state)
{
    struct command refused = { .refuse = { ERR_NOT_ALLOWED } }, broken = { .refuse = { ERR_STORE_BUSY } }, doubled = { 0 };
    (void)state;
    command_make(&refused, "refused", true);
    assert_int_equal(lanes_call(app->lanes, &refused.work).code, ERR_NOT_ALLOWED);
    expect(&refused, 1, 1, 0);
    command_make(&broken, "broken", true);
    assert_int_equal(lanes_call(app->lanes, &broken.work).code, ERR_STORE_BUSY);
    assert_in_range(atomic_load(&broken.runs), 2, 8);
    arena_free(broken.work.cx.arena);
    command_make(&doubled, "slow", true);
    assert_int_equal(lanes_call(app->lanes, &doubled.work).code, ERR_ROW_EXISTS);
    expect(&doubled, 2, 1, 0);
}

/* Without a rehearsal nothing is kept, and the step does its work where it stands. */
static void without_a_rehearsal(void **state)
{
    struct ctx cx = { .arena = arena };
    (void)state;
    prepared_keep(&cx, "step", STR("now"), &cx);
    assert_null(prepared_find(&cx, "step", STR("now")));
    assert_false(prepared_rehearses(&cx));
    cx.prepared = prepared_new(arena);
    prepared_keep(&cx, "step", STR("now"), &cx);
    prepared_ready(cx.prepared);
    prepared_keep(&cx, "step", STR("later"), &cx);
    assert_ptr_equal(prepared_find(&cx, "step", STR("now")), &cx);
    assert_null(prepared_find(&cx, "step", STR("later")));
    assert_null(prepared_find(&cx, "other", STR("now")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_waits), cmocka_unit_test(what_has_changed_is_worked_out_again),
        cmocka_unit_test(a_refusal_ends_it), cmocka_unit_test(without_a_rehearsal),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, setup, teardown);
}
