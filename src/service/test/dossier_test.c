/* Whatever is done to dossiers in whatever order by whomever, in groups as the writing lane commits them, sent twice, on old views,
 * with the store failing at any call and the process dying before a commit: the row is the fold of its events, one decision a
 * generation, the clock as its events say, every figure a count, money counted once, what goes in comes out or is there, every
 * result in the ledger, and what is refused or lost changes nothing.
 *
 * DANCU_TEST_COMMANDS: how many on each engine (`make soak`: a million). */
#include "register/test/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "service/inside.h"
#include "service/paper/inside.h"

enum { COMMANDS_SQLITE = 20000, COMMANDS_POSTGRESQL = 3000, RECENT = 400, GROUP = 48, RING = 256, OFFICERS = 3, APPLICANTS = 4, PERIODS = 8, PERIOD_DAYS = 6,
       ORDERS_OPEN = 16, ID_BYTES = 32, PAYMENT = 500000 };

/* What the test believes of a dossier, moved only by what was committed. */
struct mirror {
    int64_t id, paid;
    int32_t version;
    enum dossier_state state;
    uint8_t digest[SHA256_BYTES]; /* of its result */
    int16_t generation;
    uint32_t taker; /* who took it last */
    bool record, has_digest;
};

struct order {
    uint32_t command; /* 0 … 14, or ORDERS_OPEN */
    size_t at;        /* of the mirror */
    uint32_t who;
    int64_t version;
    bool grant, record, again;
    char receipt[8], id[ID_BYTES];
    /* what came of it */
    status result;
    struct dossier_now now;
    bool has_digest;
    uint8_t digest[SHA256_BYTES];
};

struct world {
    struct fixture *f;
    struct rng rng;
    struct person_birth_out people[APPLICANTS];
    struct mirror *mirrors;
    size_t count, cap, checked;
    struct order group[GROUP], ring[RING];
    size_t ring_count;
    struct ledger_entry *entries;
    size_t entry_count;
    size_t sent, done, refused, repeated, faults, unsure, deaths, serial;
    int64_t received, processed;
};

/* --- one order -------------------------------------------------------------------------------------------------------------- */

static str office_of(bool record) { return record ? STR("G01.H26") : STR("H26.00004.TP"); }

static void as_someone(struct world *w, const struct order *o)
{
    struct ctx *cx = &w->f->cx;
    if (o->who < APPLICANTS) {
        as_citizen(w->f, (person_id){ w->people[o->who].person });
        cx->actor.account = (account_id){ 100 + o->who };
    } else {
        as_officer(w->f, "");
        cx->actor.account = (account_id){ 200 + o->who };
        cx->actor.organisation = office_of(o->record);
    }
    cx->purpose = (struct purpose){ 0 };
}

static status gate(struct world *w, const char *operation, const struct order *o, const char *mark, const void *in, void *out)
{
    const struct operation *op = operation_find(w->f->app, str_of(operation));
    assert_non_null(op);
    w->f->cx.command_id = arena_printf(w->f->cx.arena, "%s%s", o->id, mark);
    return gate_call(&w->f->cx, op, in, out);
}

static status order_open(struct world *w, struct order *o)
{
    struct dossier_create_out made;
    struct dossier_submit_out sent;
    struct answer one[] = { { STR("kind"), STR("two") }, { STR("purpose"), STR("x") }, { STR("phone"), STR("0912345678") } };
    struct answer two[] = { { STR("purpose"), STR("property") } };
    struct dossier_create_in in = { .procedure = o->record ? STR("criminal-record") : STR("marital-status") };
    status st = gate(w, "dossier.create", o, "", &in, &made);
    if (!status_ok(st))
        return st;
    struct dossier_submit_in submit = { .dossier = made.now.dossier, .expected_version = made.now.version, .answers = o->record ? one : two,
                                        .answers_count = o->record ? 3 : 1 };
    st = gate(w, "dossier.submit", o, "s", &submit, &sent);
    o->now = sent.now;
    return st;
}

static const enum dossier_command commands[] = { COMMAND_ACCEPT, COMMAND_DECLINE, COMMAND_TAKE, COMMAND_TAKE, COMMAND_ASK_SUPPLEMENT, COMMAND_SUPPLY, COMMAND_CHARGE, COMMAND_PAY,
                                                 COMMAND_FORWARD, COMMAND_GRANT, COMMAND_REFUSE, COMMAND_DELIVER, COMMAND_TAKE, COMMAND_WITHDRAW, COMMAND_REOPEN };

static status order_move(struct world *w, struct order *o)
{
    union {
        struct dossier_accept_out any; /* each begins with the dossier as it is now */
        struct dossier_decide_out decide;
        struct dossier_pay_out pay;
    } out;
    int64_t id = w->mirrors[o->at].id;
    status st = OK;
#define CALL(op, ...) st = gate(w, "dossier." #op, o, "", &(struct dossier_##op##_in){ .dossier = id, .expected_version = o->version, __VA_ARGS__ }, &out); break
    switch (o->command) {
    case 0: CALL(accept, );
    case 1: CALL(decline, .reason = STR("x"));
    case 4: CALL(ask, .reason = STR("x"));
    case 5: CALL(supply, );
    case 6: CALL(charge, .amount = 1000, .reason = STR("x"));
    case 7: st = gate(w, "dossier.pay", o, "", &(struct dossier_pay_in){ .dossier = id, .amount = PAYMENT, .receipt = str_of(o->receipt) }, &out); break;
    case 8: CALL(forward, );
    case 9:
    case 10: CALL(decide, .grant = o->grant, .has_reason = true, .reason = STR("x"));
    case 11: CALL(deliver, );
    case 13: CALL(withdraw, );
    case 14: CALL(reopen, .reason = STR("x"));
    default: CALL(take, );
    }
    o->now = out.any.now;
    return st;
}

/* As a lane does it: in a savepoint; what fails is undone and takes nobody with it. */
static status order_run(struct world *w, struct order *o)
{
    struct fixture *f = w->f;
    TRY(tx_mark(f->cx.tx));
    f->journal = (struct journal){ 0 };
    as_someone(w, o);
    o->result = o->command == ORDERS_OPEN ? order_open(w, o) : order_move(w, o);
    if (!status_ok(o->result))
        return tx_undo(f->cx.tx);
    for (size_t i = 0; i < f->journal.count; i++) {
        w->entries[w->entry_count++] = f->journal.entries[i];
        if (f->journal.entries[i].has_digest) {
            o->has_digest = true;
            memcpy(o->digest, f->journal.entries[i].digest, SHA256_BYTES);
        }
    }
    return tx_keep(f->cx.tx);
}

/* --- what has to hold ------------------------------------------------------------------------------------------------------- */

static void events_fold(const struct dossier *d)
{
    enum dossier_state s = DOSSIER_DRAFT;
    int decisions = 0, generation = 1;
    int64_t before_us = 0, paid = 0;
    for (size_t i = 0; i < d->event_count; i++) {
        const struct dossier_event_row *e = &d->events[i];
        enum dossier_state to;
        assert_int_equal(e->seq, i + 1);
        assert_true(state_move(s, (enum dossier_command)e->command, &to));
        assert_int_equal(to, e->state);
        assert_true(e->at_us >= before_us); /* so that what runs between two of them cannot overlap */
        if (e->command == COMMAND_REOPEN) {
            generation++;
            decisions = 0;
        }
        decisions += to == DOSSIER_DECIDED && s == DOSSIER_PROCESSING;
        assert_true(decisions <= 1);
        paid += e->command == COMMAND_PAY ? e->amount : 0;
        before_us = e->at_us;
        s = to;
    }
    assert_int_equal(d->row.state, s);
    assert_int_equal(d->row.generation, generation);
    assert_int_equal(d->row.paid, paid);
}

static void row_holds(struct world *w, const struct dossier *d)
{
    enum dossier_state s = (enum dossier_state)d->row.state;
    struct clock_life life;
    struct dossier_clock k;
    dossier_life(&w->f->cx, d, &life);
    dossier_clock_fold(&life, &k);
    assert_int_equal(d->row.due_us, k.due_us);
    assert_int_equal(d->row.ended_us, k.ended_us);
    assert_true((d->row.due_us > 0) >= state_clock_runs(s));
    assert_true((d->row.until_us > 0) == (s == DOSSIER_AWAITING_SUPPLEMENT || s == DOSSIER_AWAITING_PAYMENT));
    assert_true((s == DOSSIER_DECIDED || s == DOSSIER_RETURNED) == (d->row.granted != GRANTED_NOT_YET));
}

/* Returned means: with a result that is valid and whose digest the ledger took with the delivery. */
static void result_holds(struct world *w, const struct mirror *m)
{
    struct paper_row *rows;
    size_t count, valid = 0;
    GOOD(papers_of(&w->f->cx, SHARD, m->id, &rows, &count));
    for (size_t i = 0; i < count; i++)
        if (rows[i].kind == PAPER_RESULT && rows[i].state == PAPER_VALID) {
            valid++;
            assert_int_equal(rows[i].digest.len, SHA256_BYTES);
            assert_true(!m->has_digest || memcmp(rows[i].digest.ptr, m->digest, SHA256_BYTES) == 0);
        }
    assert_int_equal(valid, m->state == DOSSIER_RETURNED);
}

/* In an open transaction. */
static void mirror_check(struct world *w, struct mirror *m)
{
    struct dossier d;
    w->f->cx.actor = (struct actor){ .roles = ROLE_OPERATOR };
    GOOD(dossier_find(&w->f->cx, m->id, &d));
    events_fold(&d);
    row_holds(w, &d);
    assert_int_equal(d.row.version, m->version);
    assert_int_equal(d.row.state, m->state);
    assert_int_equal(d.row.paid, m->paid);
    result_holds(w, m);
}

static void figures_hold(struct world *w)
{
    int64_t counted[DOSSIER_STATE_COUNT] = { 0 }, kept[DOSSIER_STATE_COUNT] = { 0 }, all = 0, open = 0;
    for (size_t i = 0; i < w->count; i++)
        counted[w->mirrors[i].state]++;
    begin(w->f);
    for (int o = 0; o < 2; o++) {
        struct dossier_figures_row *rows;
        size_t n;
        GOOD(dossier_figures(&w->f->cx, SHARD, office_of(o), &rows, &n));
        for (size_t i = 0; i < n; i++)
            kept[rows[i].state] += rows[i].dossiers;
    }
    commit(w->f);
    for (int s = DOSSIER_SUBMITTED; s < DOSSIER_STATE_COUNT; s++) {
        assert_int_equal(kept[s], counted[s]);
        all += kept[s];
        open += state_is_open((enum dossier_state)s) ? kept[s] : 0;
    }
    /* Received = processed + unprocessed: reopened ones are counted as received again. */
    assert_int_equal(w->received, w->processed + open);
    assert_int_equal(all, w->count);
}

/* --- a group ---------------------------------------------------------------------------------------------------------------- */

static uint32_t some_command(struct world *w, enum dossier_state s)
{
    static const double share[15] = { [1] = 0.2, [11] = 0.15, [13] = 0.1 }; /* ends are rare, and a delivery signs a paper and keeps its file */
    uint32_t c = 0;
    enum dossier_state to;
    for (int tries = 0; tries < 60; tries++) {
        c = rng_below(&w->rng, 15);
        if (share[c] > 0 && !rng_chance(&w->rng, share[c]))
            continue;
        if (state_move(s, commands[c], &to) || rng_chance(&w->rng, 0.02))
            break;
    }
    return c;
}

static bool is_dead(enum dossier_state s) { return s == DOSSIER_DECLINED || s == DOSSIER_WITHDRAWN || s == DOSSIER_STOPPED; }

static void order_make(struct world *w, struct order *o)
{
    *o = (struct order){ .command = ORDERS_OPEN, .who = rng_below(&w->rng, APPLICANTS), .record = rng_chance(&w->rng, 0.5) };
    (void)snprintf(o->id, sizeof o->id, "t%zu", ++w->serial);
    if (w->count < GROUP || rng_chance(&w->rng, 0.07))
        return;
    uint32_t recent = w->count < RECENT || rng_chance(&w->rng, 0.02) ? (uint32_t)w->count : RECENT;
    for (int tries = 0; tries == 0 || (tries < 8 && is_dead(w->mirrors[o->at].state)); tries++)
        o->at = w->count - 1 - rng_below(&w->rng, recent);
    const struct mirror *m = &w->mirrors[o->at];
    o->record = m->record;
    o->command = some_command(w, m->state);
    o->version = m->version - (int64_t)rng_chance(&w->rng, 0.1);
    o->who = rng_chance(&w->rng, 0.2) ? rng_below(&w->rng, APPLICANTS) : APPLICANTS + rng_below(&w->rng, OFFICERS);
    if (m->taker && rng_chance(&w->rng, 0.6))
        o->who = m->taker;
    o->grant = rng_chance(&w->rng, 0.5);
    (void)snprintf(o->receipt, sizeof o->receipt, "R%u", rng_below(&w->rng, 4));
}

/* Now and then one of the last ones comes again, word for word. */
static void order_choose(struct world *w, struct order *o)
{
    if (w->ring_count < RING || !rng_chance(&w->rng, 0.05)) {
        order_make(w, o);
        return;
    }
    *o = w->ring[rng_below(&w->rng, RING)];
    o->again = true;
    o->has_digest = false;
}

static void reopen(struct world *w)
{
    db_close(w->f->db);
    GOOD(db_open(w->f->app->store, DB_WRITE, &w->f->db));
}

static status group_try(struct world *w, size_t n)
{
    struct ctx *cx = &w->f->cx;
    begin(w->f);
    w->entries = ARENA_ARRAY(cx->arena, struct ledger_entry, GROUP * 20);
    w->entry_count = 0;
    status st = OK;
    for (size_t i = 0; i < n && status_ok(st); i++)
        st = order_run(w, &w->group[i]);
    cx->command_id = STR("");
    if (status_ok(st) && w->entry_count)
        st = ledger_append(cx, w->entries, w->entry_count);
    if (status_ok(st))
        st = tx_commit(cx->tx);
    else
        tx_rollback(cx->tx);
    cx->tx = NULL;
    return st;
}

static void counted(struct world *w, struct mirror *m, enum dossier_state to)
{
    w->received += !state_is_open(m->state) && state_is_open(to);
    w->processed += state_is_open(m->state) && !state_is_open(to);
    m->state = to;
}

static void opened(struct world *w, const struct order *o)
{
    for (size_t i = w->count; o->again && i > 0; i--)
        if (w->mirrors[i - 1].id == o->now.dossier)
            return;
    MUST(w->count < w->cap);
    struct mirror *m = &w->mirrors[w->count++];
    *m = (struct mirror){ .id = o->now.dossier, .version = (int32_t)o->now.version, .record = o->record, .generation = 1 };
    assert_int_equal(o->now.state, DOSSIER_SUBMITTED);
    counted(w, m, DOSSIER_SUBMITTED);
}

/* What the reply says is what the table makes of what was believed; an order that came again got its first answer. */
static void moved(struct world *w, const struct order *o)
{
    struct mirror *m = &w->mirrors[o->at];
    enum dossier_state to;
    if (o->now.version <= m->version) {
        assert_true(o->again || commands[o->command] == COMMAND_PAY);
        return;
    }
    assert_int_equal(o->now.version, m->version + 1);
    assert_true(state_move(m->state, commands[o->command], &to));
    assert_int_equal(o->now.state, to);
    m->version++;
    m->paid += commands[o->command] == COMMAND_PAY ? PAYMENT : 0;
    m->generation += commands[o->command] == COMMAND_REOPEN;
    if (commands[o->command] == COMMAND_TAKE)
        m->taker = o->who;
    m->has_digest = o->has_digest;
    memcpy(m->digest, o->digest, SHA256_BYTES);
    counted(w, m, to);
}

/* After a commit whose answer was lost, the order in which things came about is known to the store alone. */
static void mirror_reload(struct world *w, struct mirror *m)
{
    struct dossier d;
    w->f->cx.actor = (struct actor){ .roles = ROLE_OPERATOR };
    GOOD(dossier_find(&w->f->cx, m->id, &d));
    assert_true(d.row.version >= m->version);
    w->received += d.row.generation - m->generation;
    w->processed += d.row.generation - m->generation;
    m->generation = d.row.generation;
    m->version = d.row.version;
    m->paid = d.row.paid;
    m->has_digest = false;
    bool was = state_is_open(m->state), is = state_is_open((enum dossier_state)d.row.state);
    w->processed += (int64_t)was - (int64_t)is;
    m->state = (enum dossier_state)d.row.state;
    mirror_check(w, m);
}

static void group_apply(struct world *w, size_t n, bool unsure, bool fault)
{
    for (size_t i = 0; i < n; i++) {
        struct order *o = &w->group[i];
        bool good = status_ok(o->result);
        w->done += good;
        w->refused += !good;
        w->repeated += o->again;
        assert_true(good || fault || error_def((enum error_code)o->result.code)->class != CLASS_BROKEN);
        if (good && o->command == ORDERS_OPEN)
            opened(w, o);
        else if (good && !unsure)
            moved(w, o);
        if (!o->again)
            w->ring[w->ring_count++ % RING] = *o;
    }
    begin(w->f);
    for (size_t i = 0; i < n && (unsure || fault); i++)
        if (w->group[i].command != ORDERS_OPEN)
            mirror_reload(w, &w->mirrors[w->group[i].at]);
    for (; w->checked + 2 * RECENT < w->count; w->checked++)
        mirror_check(w, &w->mirrors[w->checked]);
    commit(w->f);
}

/* The process dies before the commit: nothing of the group was. */
static void group_dies(struct world *w, size_t n)
{
    begin(w->f);
    w->entries = ARENA_ARRAY(w->f->cx.arena, struct ledger_entry, GROUP * 20);
    w->entry_count = 0;
    for (size_t i = 0; i < n; i++)
        GOOD(order_run(w, &w->group[i]));
    w->f->cx.command_id = STR("");
    tx_rollback(w->f->cx.tx);
    reopen(w);
    begin(w->f);
    for (size_t i = 0; i < n; i++)
        if (w->group[i].command != ORDERS_OPEN)
            mirror_check(w, &w->mirrors[w->group[i].at]);
    commit(w->f);
    w->deaths++;
}

static void a_group(struct world *w)
{
    size_t n = 1 + rng_below(&w->rng, GROUP);
    bool fault = rng_chance(&w->rng, 0.05), unsure = false;
    enum store_fault kind = (enum store_fault)rng_below(&w->rng, 3);
    arena_reset(w->f->cx.arena);
    clock_advance_us((int64_t)rng_below(&w->rng, 60) * 1000000);
    for (size_t i = 0; i < n; i++)
        order_choose(w, &w->group[i]);
    w->sent += n;
    if (rng_chance(&w->rng, 0.01)) {
        group_dies(w, n);
        return;
    }
    if (fault)
        store_fault_set(2 + rng_below(&w->rng, (uint32_t)n * 20), kind); /* the first call is the test's own: it begins */
    status st = group_try(w, n);
    store_fault_set(0, kind);
    w->faults += fault;
    if (fault && !status_ok(st)) {
        unsure = status_is(st, ERR_STORE_GONE);
        w->unsure += unsure;
        reopen(w);
        st = group_try(w, n);
    }
    GOOD(st);
    group_apply(w, n, unsure, fault);
}

/* Days pass, and who had to do something in that time has not. */
static void days_pass(struct world *w)
{
    struct dossier_sweep_out out = { .more = true };
    clock_advance_us((int64_t)PERIOD_DAYS * 86400 * 1000000);
    while (out.more) {
        arena_reset(w->f->cx.arena);
        as_officer(w->f, "");
        w->f->cx.actor = (struct actor){ .roles = ROLE_OPERATOR };
        w->f->cx.purpose = (struct purpose){ 0 };
        GOOD(call(w->f, "dossier.sweep", &(struct dossier_sweep_in){ 0 }, &out));
    }
    for (size_t i = 0; i < w->count; i++) {
        if (i % 100 == 0)
            arena_reset(w->f->cx.arena);
        begin(w->f);
        mirror_reload(w, &w->mirrors[i]);
        commit(w->f);
    }
    figures_hold(w);
}

static size_t commands_wanted(const struct fixture *f)
{
    const char *asked = getenv("DANCU_TEST_COMMANDS");
    int64_t n = 0;
    if (asked && str_i64(str_of(asked), &n) && n > 0)
        return (size_t)n;
    return store_engine(f->app->store) == STORE_SQLITE ? COMMANDS_SQLITE : COMMANDS_POSTGRESQL;
}

static void people_make(struct world *w)
{
    struct fixture *f = w->f;
    for (int i = 0; i < APPLICANTS; i++) {
        struct person_move_out moved_out;
        as_officer(f, "civil-status");
        w->people[i] = born(f, NULL, i % 2 ? SEX_MALE : SEX_FEMALE, 19900101 + i);
        as_officer(f, "residence-management");
        GOOD(call(f, "person.move", &(struct person_move_in){ .number = w->people[i].number, .unit = { UNIT_A }, .effective = { 20260101 } }, &moved_out));
    }
}

static void any_order_of_commands_keeps_the_rules(void **state)
{
    struct fixture *f = fixture_ready(state);
    size_t wanted = commands_wanted(f);
    struct world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    w->f = f;
    w->cap = wanted + GROUP;
    w->mirrors = calloc(w->cap, sizeof *w->mirrors);
    assert_non_null(w->mirrors);
    rng_seed(&w->rng, 21, 0);
    people_make(w);
    for (size_t period = 1; period <= PERIODS; period++) {
        while (w->sent < wanted * period / PERIODS)
            a_group(w);
        days_pass(w);
    }
    print_message("# %zu commands for %zu dossiers: %zu done, %zu refused; %zu sent again, %zu store faults (%zu answers lost), %zu deaths\n", w->sent, w->count, w->done, w->refused,
                  w->repeated, w->faults, w->unsure, w->deaths);
    assert_true(w->done > wanted / 3);
    free(w->mirrors);
    free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = { EVERYWHERE(any_order_of_commands_keeps_the_rules) };
    fixture_modules[1] = &notice_module;
    fixture_modules[2] = &service_module;
    fixture_module_count = 3;
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
