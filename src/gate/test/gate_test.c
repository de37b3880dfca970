/* The door and the lanes on a real store: who may, on which ground, what is written down, and that a command which fails
 * takes nobody with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gate/test/probe.h"
#include "gate/worker.h"
#include "store/test/own_store.h"

static struct app *app;
static struct arena *arena;
static struct own_store own;

static int setup(void **state)
{
    (void)state;
    static const struct module *const modules[] = { &probe_module };
    struct defs_problems problems = { 0 };
    if (!own_store_sqlite(&own))
        return -1;
    arena = arena_new(1 << 28);
    struct app_options o = { .url = str_of(own.url), .directory = str_of(own.folder.path), .arena = arena, .problems = &problems };
    status st = app_start(&o, modules, 1, &app);
    if (!status_ok(st))
        fprintf(stderr, "# %s %s\n", error_def(st.code)->name, fault_here()->detail);
    return status_ok(st) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    app_stop(app);
    arena_free(arena);
    own_store_end(&own);
    return 0;
}

struct call {
    struct work work;
    struct probe_show_in in;
    struct probe_show_out out;
    const struct operation *op;
};

static status call_run(struct ctx *cx, void *arg)
{
    struct call *c = arg;
    return gate_call(cx, c->op, &c->in, &c->out);
}

static void call_make(struct call *c, int op, uint32_t roles, const char *kind, const char *reference)
{
    memset(c, 0, sizeof *c);
    c->op = &probe_operations[op];
    c->in = (struct probe_show_in){ .number = 5, .fields = 1u << FIELD_NAME };
    c->work = (struct work){ .run = call_run, .arg = c, .writes = c->op->writes };
    c->work.cx = (struct ctx){
        .arena = arena,
        .app = app,
        .actor = { .roles = roles, .account = { 9 }, .organisation = STR("benhvien-tinh") },
        .purpose = { str_of(kind), str_of(reference) },
        .request_id = 77,
    };
}

static status call(struct call *c) { return lanes_call(app->lanes, &c->work); }

static status call_now(int op, uint32_t roles, const char *kind, const char *reference)
{
    struct call c;
    call_make(&c, op, roles, kind, reference);
    return call(&c);
}

static void refusals(void **state)
{
    (void)state;
    assert_int_equal(call_now(PROBE_SHOW, 0, "", "").code, ERR_SIGNED_OUT);
    assert_int_equal(call_now(PROBE_SHOW, ROLE_PUBLIC, "", "").code, ERR_SIGNED_OUT);
    assert_int_equal(call_now(PROBE_SHOW, ROLE_CITIZEN, "agreement", "AG-2025-001").code, ERR_NOT_ALLOWED);
    assert_int_equal(call_now(PROBE_SHOW, ROLE_SYSTEM, "", "").code, ERR_PURPOSE_MISSING);
    assert_int_equal(call_now(PROBE_SHOW, ROLE_SYSTEM, "curiosity", "x").code, ERR_GROUND_UNKNOWN);
    assert_int_equal(call_now(PROBE_SHOW, ROLE_SYSTEM, "agreement", "none").code, ERR_GROUND_NOT_LIVE);
    assert_int_equal(call_now(PROBE_SHOW, ROLE_SYSTEM, "agreement", "AG-2025-001").code, ERR_OK);
}

static void another_members_agreement(void **state)
{
    (void)state;
    struct call c;
    call_make(&c, PROBE_SHOW, ROLE_SYSTEM, "agreement", "AG-2025-001");
    c.work.cx.actor.organisation = STR("somebody-else");
    assert_int_equal(call(&c).code, ERR_GROUND_NOT_LIVE);
}

static void ended_agreement(void **state)
{
    (void)state;
    int64_t us;
    assert_true(clock_parse(STR("2028-07-01T03:00:00Z"), &us));
    clock_set_us(us);
    status st = call_now(PROBE_SHOW, ROLE_SYSTEM, "agreement", "AG-2025-001");
    clock_release();
    assert_int_equal(st.code, ERR_GROUND_NOT_LIVE);
}

static void fields_outside_the_ground(void **state)
{
    (void)state;
    struct call c;
    call_make(&c, PROBE_SHOW, ROLE_SYSTEM, "agreement", "AG-2025-001");
    c.in.fields = UINT64_C(1) << FIELD_BIRTH_PLACE; /* the operation may, the agreement does not */
    assert_int_equal(call(&c).code, ERR_GROUND_FIELDS);
    call_make(&c, PROBE_SHOW, ROLE_SYSTEM, "agreement", "AG-2025-001");
    c.in.fields = UINT64_C(1) << FIELD_PHONE; /* the operation itself may not */
    assert_int_equal(call(&c).code, ERR_GROUND_FIELDS);
}

struct entries {
    struct ledger_record *list;
    size_t count;
};

static status entries_run(struct ctx *cx, void *arg)
{
    struct entries *e = arg;
    return ledger_latest(cx, 0, 1000, &e->list, &e->count);
}

static struct entries entries_now(void)
{
    struct entries e = { 0 };
    struct work w = { .run = entries_run, .arg = &e };
    ctx_for_program(&w.cx, app, arena, STR("test"));
    assert_true(status_ok(lanes_call(app->lanes, &w)));
    return e;
}

static const struct ledger_entry *newest_of(const struct entries *e, enum ledger_kind kind)
{
    for (size_t i = 0; i < e->count; i++)
        if (e->list[i].entry.kind == kind)
            return &e->list[i].entry;
    fail_msg("no entry of this kind");
    return NULL;
}

static void what_is_written_down(void **state)
{
    (void)state;
    size_t before = entries_now().count;
    assert_int_equal(call_now(PROBE_SHOW, ROLE_SYSTEM, "agreement", "AG-2025-001").code, ERR_OK);
    assert_int_equal(call_now(PROBE_SHOW, ROLE_SYSTEM, "agreement", "none").code, ERR_GROUND_NOT_LIVE);
    assert_int_equal(call_now(PROBE_CHANGE, ROLE_OFFICER, "", "").code, ERR_OK);
    assert_int_equal(call_now(PROBE_FAIL, ROLE_OFFICER, "", "").code, ERR_EVENT_ORDER);
    struct entries e = entries_now();
    assert_int_equal(e.count, before + 2);
    /* What was only read takes another way than a change, so that either may be numbered first. */
    const struct ledger_entry *change = newest_of(&e, LEDGER_CHANGE), *shown = newest_of(&e, LEDGER_DISCLOSURE);
    assert_int_equal(change->person.v, PROBE_PERSON);
    assert_int_equal(shown->person.v, PROBE_PERSON);
    assert_int_equal(shown->fields, 1u << FIELD_NAME);
    assert_true(str_eq(shown->purpose_reference, STR("AG-2025-001")));
    assert_true(str_eq(shown->operation, STR("person.verify")));
    assert_int_equal(shown->request_id, 77);
}

static void unknown_person_is_written_down_too(void **state)
{
    (void)state;
    struct call c;
    call_make(&c, PROBE_SHOW, ROLE_SYSTEM, "agreement", "AG-2025-001");
    c.in.number = PROBE_UNKNOWN_NUMBER;
    assert_int_equal(call(&c).code, ERR_OK);
    assert_int_equal(entries_now().list[0].entry.person.v, 0);
}

static status total_run(struct ctx *cx, void *arg)
{
    struct ledger_audit audit = { .shard = 0 };
    struct ledger_report report;
    ledger_name(cx->app->ledger, &audit.origin, audit.public_key);
    TRY(ledger_verify(cx, &audit, &report));
    assert_int_equal(report.fault, LEDGER_SOUND);
    *(int64_t *)arg = report.size + report.pending;
    return OK;
}

static int64_t total_now(void)
{
    int64_t total = 0;
    struct work w = { .run = total_run, .arg = &total };
    ctx_for_program(&w.cx, app, arena, STR("test"));
    assert_true(status_ok(lanes_call(app->lanes, &w)));
    return total;
}

enum { CROWD = 2000, CROWD_REFUSED = CROWD / 3 };

static void crowd_done(struct work *w) { __atomic_add_fetch((int *)w->waiting, 1, __ATOMIC_RELEASE); }

/* Reads, writes and failures together: each gets its own answer, and the entries are exactly those of the successes. */
static void a_crowd(void **state)
{
    (void)state;
    int64_t before = total_now();
    struct call *all = calloc(CROWD, sizeof *all);
    assert_non_null(all);
    int done = 0;
    static const int ops[] = { PROBE_SHOW, PROBE_CHANGE, PROBE_FAIL };
    for (int i = 0; i < CROWD; i++) {
        call_make(&all[i], ops[i % 3], ops[i % 3] == PROBE_SHOW ? ROLE_SYSTEM : ROLE_OFFICER, "agreement", "AG-2025-001");
        all[i].work.cx.arena = arena_new(1 << 20);
        all[i].work.done = crowd_done;
        all[i].work.waiting = &done;
        lanes_submit(app->lanes, &all[i].work);
    }
    while (__atomic_load_n(&done, __ATOMIC_ACQUIRE) < CROWD)
        usleep(1000);
    for (int i = 0; i < CROWD; i++) {
        assert_int_equal(all[i].work.result.code, i % 3 == 2 ? ERR_EVENT_ORDER : ERR_OK);
        arena_free(all[i].work.cx.arena);
    }
    free(all);
    assert_int_equal(total_now() - before, CROWD - CROWD_REFUSED);
}

enum { ROUNDS = 30, ROUND_CALLS = 300, NET_THREADS = 3 };

/* A network thread that sleeps until it is woken. */
struct net {
    pthread_mutex_t lock;
    pthread_cond_t more;
    bool woken;
};

static void net_wake(void *arg)
{
    struct net *n = arg;
    pthread_mutex_lock(&n->lock);
    n->woken = true;
    pthread_cond_signal(&n->more);
    pthread_mutex_unlock(&n->lock);
}

/* Until nothing of this thread waits any more. */
static void flush_all(void)
{
    struct net n = { .lock = PTHREAD_MUTEX_INITIALIZER, .more = PTHREAD_COND_INITIALIZER };
    while (lanes_flush(app->lanes, net_wake, &n) > 0) {
        pthread_mutex_lock(&n.lock);
        while (!n.woken)
            pthread_cond_wait(&n.more, &n.lock);
        n.woken = false;
        pthread_mutex_unlock(&n.lock);
    }
}

/* Plays a network thread: quick calls in rounds, some refused; each done by its flushes, and on this thread. */
static void *rounds_play(void *arg)
{
    struct call *all = calloc(ROUND_CALLS, sizeof *all);
    int64_t *good = arg;
    MUST(all);
    for (int round = 0; round < ROUNDS; round++) {
        int done = 0;
        for (int i = 0; i < ROUND_CALLS; i++) {
            call_make(&all[i], PROBE_SHOW, i % 5 == 4 ? ROLE_CITIZEN : ROLE_SYSTEM, "agreement", "AG-2025-001");
            all[i].work.cx.arena = arena_new(1 << 20);
            all[i].work.quick = true;
            all[i].work.done = crowd_done;
            all[i].work.waiting = &done;
            MUST(lanes_gather(app->lanes, &all[i].work));
        }
        MUST(done == 0);
        flush_all();
        MUST(done == ROUND_CALLS);
        for (int i = 0; i < ROUND_CALLS; i++) {
            MUST(all[i].work.result.code == (i % 5 == 4 ? ERR_NOT_ALLOWED : ERR_OK));
            *good += status_ok(all[i].work.result);
            arena_free(all[i].work.cx.arena);
        }
    }
    free(all);
    return NULL;
}

static void rounds_of_net_threads(void **state)
{
    (void)state;
    pthread_t threads[NET_THREADS];
    int64_t before = total_now(), good[NET_THREADS] = { 0 }, all = 0;
    for (int i = 0; i < NET_THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, rounds_play, &good[i]), 0);
    for (int i = 0; i < NET_THREADS; i++) {
        pthread_join(threads[i], NULL);
        all += good[i];
    }
    assert_int_equal(all, NET_THREADS * ROUNDS * ROUND_CALLS * 4 / 5);
    assert_int_equal(total_now() - before, all);
}

/* A tape that takes nothing keeps the answers back, of all in the round that left an entry. */
static void a_round_on_a_full_disk(void **state)
{
    (void)state;
    static struct call all[10];
    bool met = false;
    for (int tries = 0; tries < 200 && !met; tries++) {
        int64_t before = total_now(), good = 0;
        int done = 0;
        for (int i = 0; i < 10; i++) {
            call_make(&all[i], PROBE_SHOW, ROLE_SYSTEM, "agreement", "AG-2025-001");
            all[i].work.quick = true;
            all[i].work.done = crowd_done;
            all[i].work.waiting = &done;
            assert_true(lanes_gather(app->lanes, &all[i].work));
        }
        store_fault_set(1 + tries % 3, STORE_FAULT_FULL); /* the sequencer asks the store too and may meet it instead */
        flush_all();
        store_fault_set(0, STORE_FAULT_ERROR);
        assert_int_equal(done, 10);
        for (int i = 0; i < 10; i++) {
            assert_true(status_ok(all[i].work.result) || status_is(all[i].work.result, ERR_DISK_FULL));
            good += status_ok(all[i].work.result);
        }
        met = good == 0;
        assert_int_equal(total_now() - before, good);
    }
    assert_true(met);
    assert_int_equal(call_now(PROBE_SHOW, ROLE_SYSTEM, "agreement", "AG-2025-001").code, ERR_OK);
}

/* What writes is nobody's round, whatever it says of itself. */
static void a_command_goes_to_its_lane(void **state)
{
    (void)state;
    struct call c;
    int done = 0;
    call_make(&c, PROBE_CHANGE, ROLE_OFFICER, "", "");
    c.work.quick = true;
    c.work.done = crowd_done;
    c.work.waiting = &done;
    assert_false(lanes_gather(app->lanes, &c.work));
    flush_all();
    while (!__atomic_load_n(&done, __ATOMIC_ACQUIRE))
        usleep(1000);
    assert_int_equal(c.work.result.code, ERR_OK);
}

struct meeting {
    int meets, runs;
    bool left_over;
};

static status meeting_run(struct ctx *cx, void *arg)
{
    struct meeting *m = arg;
    m->left_over |= cx->purpose.kind.len != 0 || cx->actor.account.v != 0;
    cx->purpose.kind = STR("of an earlier run");
    cx->actor.account.v = 9;
    return ++m->runs <= m->meets ? FAIL(STORE_BUSY) : OK;
}

static status meeting_call(struct meeting *m)
{
    struct work w = { .run = meeting_run, .arg = m, .writes = true };
    ctx_for_program(&w.cx, app, arena, STR("test"));
    return lanes_call(app->lanes, &w);
}

/* What meets another transaction's rows is run again in one of its own, a few times, as it came. */
static void who_meets_another_tries_again(void **state)
{
    struct meeting twice = { .meets = 2 }, always = { .meets = 1000 };
    (void)state;
    assert_int_equal(meeting_call(&twice).code, ERR_OK);
    assert_int_equal(twice.runs, 3);
    assert_int_equal(meeting_call(&always).code, ERR_STORE_BUSY);
    assert_int_equal(always.runs, 4);
    assert_false(twice.left_over || always.left_over);
}

static void full_disk_fails_whole_and_passes(void **state)
{
    (void)state;
    size_t before = 0;
    status st = { 0 };
    /* The sequencer asks the store too and may meet the fault instead. */
    for (int tries = 0; tries < 50 && !status_is(st, ERR_DISK_FULL); tries++) {
        struct call c;
        before = entries_now().count;
        store_fault_set(1, STORE_FAULT_FULL);
        call_make(&c, PROBE_CHANGE, ROLE_OFFICER, "", "");
        st = call(&c);
        store_fault_set(0, STORE_FAULT_ERROR);
    }
    assert_int_equal(st.code, ERR_DISK_FULL);
    assert_int_equal(entries_now().count, before);
    assert_int_equal(call_now(PROBE_CHANGE, ROLE_OFFICER, "", "").code, ERR_OK);
}

/* A worker that rests for an hour unless it is woken. */
static int steps, steps_at_once;
static int counted_step(struct worker *w)
{
    __atomic_store_n(&steps_at_once, worker_with(w) == &steps, __ATOMIC_RELEASE);
    __atomic_add_fetch(&steps, 1, __ATOMIC_ACQ_REL); /* last: whoever sees the count sees the rest */
    return 3600 * 1000;
}

static int steps_soon(int expected)
{
    for (int tries = 0; tries < 2000 && __atomic_load_n(&steps, __ATOMIC_ACQUIRE) < expected; tries++)
        usleep(1000);
    usleep(20000); /* for one too many */
    return __atomic_load_n(&steps, __ATOMIC_ACQUIRE);
}

struct waking {
    struct worker *worker;
    struct call call;
};

static status wakes_and_refuses(struct ctx *cx, void *arg)
{
    const struct waking *w = arg;
    worker_wake_after(cx, w->worker);
    return FAIL(DELIVERY_ENDED);
}

/* Before its transaction has committed the worker would look in vain. */
static status wakes_and_changes(struct ctx *cx, void *arg)
{
    struct waking *w = arg;
    worker_wake_after(cx, w->worker);
    worker_wake_after(cx, w->worker);
    usleep(50000);
    assert_int_equal(__atomic_load_n(&steps, __ATOMIC_ACQUIRE), 1);
    return call_run(cx, &w->call);
}

static void a_worker_is_woken_by_a_commit(void **state)
{
    (void)state;
    static const struct worker_plan plan = { .job = "test", .step = counted_step, .with = &steps };
    struct waking waking;
    assert_true(status_ok(worker_start(app, &plan, &waking.worker)));
    assert_int_equal(steps_soon(1), 1);
    assert_true(__atomic_load_n(&steps_at_once, __ATOMIC_ACQUIRE));
    struct work refused = { .run = wakes_and_refuses, .arg = &waking, .writes = true };
    ctx_for_program(&refused.cx, app, arena, STR("test"));
    assert_int_equal(lanes_call(app->lanes, &refused).code, ERR_DELIVERY_ENDED);
    assert_int_equal(steps_soon(1), 1);
    call_make(&waking.call, PROBE_CHANGE, ROLE_OFFICER, "", "");
    waking.call.work.run = wakes_and_changes;
    waking.call.work.arg = &waking;
    assert_int_equal(call(&waking.call).code, ERR_OK);
    assert_int_equal(steps_soon(2), 2);
    worker_hand(waking.worker, 7, &steps);
    assert_null(worker_handed(waking.worker, 8));
    assert_ptr_equal(worker_handed(waking.worker, 7), &steps);
    worker_hand(waking.worker, 7, NULL);
    assert_null(worker_handed(waking.worker, 7));
    worker_stop(waking.worker);
    worker_free(waking.worker);
}

/* A process that serves nobody does what it was asked and no more. */
static void sweeps_are_for_those_who_serve(void **state)
{
    (void)state;
    static const struct worker_plan plan = { .job = "test", .step = sweep_step, .sweep = "probe.change", .every_ms = 1000 };
    struct worker *w;
    assert_true(status_ok(worker_start(app, &plan, &w)));
    assert_null(w);
    worker_wake(w);
    worker_stop(w);
    worker_free(w);
}

static void documents(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 1 << 22);
    openapi_write(app, &b);
    assert_true(status_ok(buf_check(&b)));
    assert_true(str_find(buf_str(&b), STR("\"operationId\":\"person.verify\"")) < b.len);
    buf_clear(&b);
    permission_matrix_write(app, &b);
    assert_true(str_find(buf_str(&b), STR("| `probe.change` | officer | – | yes |")) < b.len);
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refusals), cmocka_unit_test(another_members_agreement), cmocka_unit_test(ended_agreement),
        cmocka_unit_test(fields_outside_the_ground), cmocka_unit_test(what_is_written_down),
        cmocka_unit_test(unknown_person_is_written_down_too), cmocka_unit_test(full_disk_fails_whole_and_passes),
        cmocka_unit_test(documents), cmocka_unit_test(a_crowd), cmocka_unit_test(rounds_of_net_threads),
        cmocka_unit_test(a_round_on_a_full_disk), cmocka_unit_test(a_command_goes_to_its_lane), cmocka_unit_test(a_worker_is_woken_by_a_commit),
        cmocka_unit_test(sweeps_are_for_those_who_serve), cmocka_unit_test(who_meets_another_tries_again),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, setup, teardown);
}
