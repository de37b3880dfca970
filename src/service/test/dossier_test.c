/* Whatever is done to dossiers in whatever order by whomever: the row is the fold of its events, one decision a generation,
 * every figure a count, money is counted once, and what is refused changes nothing. */
#include "register/test/fixture.h"

#include <stdio.h>

#include "service/inside.h"

enum { STEPS_SQLITE = 6000, STEPS_POSTGRESQL = 500, DOSSIERS_MAX = 2000, RECENT = 6, OFFICERS = 3 };

struct world {
    struct fixture *f;
    struct rng rng;
    struct person_birth_out people[4];
    int64_t dossiers[DOSSIERS_MAX];
    size_t count, done, refused, decisions;
    char office_code[60];
    str office;
};

static void as_someone(struct world *w, uint32_t who)
{
    struct ctx *cx = &w->f->cx;
    if (who < 4) {
        as_citizen(w->f, (person_id){ w->people[who].person });
        cx->actor.account = (account_id){ 100 + who };
    } else {
        as_officer(w->f, "");
        cx->purpose = (struct purpose){ 0 };
        cx->actor.account = (account_id){ 200 + who };
        cx->actor.organisation = w->office.len ? w->office : STR("H26.00004.TP");
    }
    cx->purpose = (struct purpose){ 0 };
}

static struct dossier seen(struct world *w, int64_t id)
{
    struct dossier d;
    begin(w->f);
    w->f->cx.actor.roles |= ROLE_OPERATOR;
    GOOD(dossier_find(&w->f->cx, id, &d));
    w->f->cx.actor.roles &= ~(uint32_t)ROLE_OPERATOR;
    commit(w->f);
    return d;
}

static status open_one(struct world *w)
{
    struct dossier_create_out made;
    struct dossier_submit_out sent;
    struct answer one[] = { { STR("kind"), STR("two") }, { STR("purpose"), STR("x") }, { STR("phone"), STR("0912345678") } };
    struct answer two[] = { { STR("purpose"), STR("property") } };
    bool record = rng_chance(&w->rng, 0.5);
    as_someone(w, rng_below(&w->rng, 4));
    status st = call(w->f, "dossier.create", &(struct dossier_create_in){ .procedure = record ? STR("criminal-record") : STR("marital-status") }, &made);
    if (!status_ok(st))
        return st;
    w->dossiers[w->count++] = made.now.dossier;
    struct dossier_submit_in in = { .dossier = made.now.dossier, .expected_version = made.now.version, .answers = record ? one : two, .answers_count = record ? 3 : 1 };
    GOOD(call(w->f, "dossier.submit", &in, &sent));
    return OK;
}

static const enum dossier_command commands[] = { COMMAND_ACCEPT, COMMAND_DECLINE, COMMAND_TAKE, COMMAND_TAKE, COMMAND_ASK_SUPPLEMENT, COMMAND_SUPPLY, COMMAND_CHARGE, COMMAND_PAY,
                                                 COMMAND_FORWARD, COMMAND_GRANT, COMMAND_REFUSE, COMMAND_DELIVER, COMMAND_TAKE, COMMAND_WITHDRAW, COMMAND_REOPEN };

/* Mostly one that the state allows, so that lives are long; the rest are to be refused. */
static uint32_t some_command(struct world *w, const struct dossier *d)
{
    uint32_t c = rng_below(&w->rng, 15);
    enum dossier_state to;
    for (int tries = 0; tries < 40 && rng_chance(&w->rng, 0.95) && !state_move((enum dossier_state)d->row.state, commands[c], &to); tries++)
        c = rng_below(&w->rng, 15);
    return c;
}

static status move_one(struct world *w, struct dossier *d)
{
    union {
        struct dossier_accept_out any;
        struct dossier_decide_out decide;
        struct dossier_pay_out pay;
    } out;
    int64_t id = d->row.id, version = d->row.version - (int64_t)rng_chance(&w->rng, 0.1);
    char receipt[8] = { 'R', (char)('0' + (int)rng_below(&w->rng, 4)), 0 };
#define CALL(op, ...) return call(w->f, "dossier." #op, &(struct dossier_##op##_in){ .dossier = id, .expected_version = version, __VA_ARGS__ }, &out)
    switch (some_command(w, d)) {
    case 0: CALL(accept, );
    case 1: CALL(decline, .reason = STR("x"));
    case 2:
    case 3: CALL(take, );
    case 4: CALL(ask, .reason = STR("x"));
    case 5: CALL(supply, );
    case 6: CALL(charge, .amount = 1000, .reason = STR("x"));
    case 7: return call(w->f, "dossier.pay", &(struct dossier_pay_in){ .dossier = id, .amount = 500000, .receipt = str_of(receipt) }, &out);
    case 8: CALL(forward, );
    case 9:
    case 10: CALL(decide, .grant = rng_chance(&w->rng, 0.5), .has_reason = true, .reason = STR("x"));
    case 11: CALL(deliver, );
    case 12: CALL(take, );
    case 13: CALL(withdraw, );
    default: CALL(reopen, .reason = STR("x"));
    }
}

/* The row is what its events make of it. */
static void folds(struct world *w, int64_t id)
{
    struct dossier d = seen(w, id);
    enum dossier_state s = DOSSIER_DRAFT;
    int decisions = 0, generation = 1;
    int64_t before_us = 0, paid = 0;
    for (size_t i = 0; i < d.event_count; i++) {
        const struct dossier_event_row *e = &d.events[i];
        enum dossier_state to;
        assert_int_equal(e->seq, i + 1);
        assert_true(state_move(s, (enum dossier_command)e->command, &to));
        assert_int_equal(to, e->state);
        assert_true(e->at_us >= before_us);
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
    assert_int_equal(d.row.state, s);
    assert_int_equal(d.row.generation, generation);
    assert_int_equal(d.row.paid, paid);
    assert_true((d.row.due_us > 0) >= state_clock_runs(s));
    assert_true((d.row.until_us > 0) == (s == DOSSIER_AWAITING_SUPPLEMENT || s == DOSSIER_AWAITING_PAYMENT));
    assert_true((s == DOSSIER_DECIDED || s == DOSSIER_RETURNED) == (d.row.granted != GRANTED_NOT_YET));
}

static void figures_hold(struct world *w)
{
    int64_t counted[DOSSIER_STATE_COUNT] = { 0 }, kept[DOSSIER_STATE_COUNT] = { 0 };
    str offices[2] = { STR("H26.00004.TP"), STR("G01.H26") };
    for (size_t i = 0; i < w->count; i++)
        counted[seen(w, w->dossiers[i]).row.state]++;
    for (int o = 0; o < 2; o++) {
        struct dossier_figures_row *rows;
        size_t n;
        begin(w->f);
        GOOD(dossier_figures(&w->f->cx, SHARD, offices[o], &rows, &n));
        for (size_t i = 0; i < n; i++)
            kept[rows[i].state] += rows[i].dossiers;
        commit(w->f);
    }
    for (int s = DOSSIER_SUBMITTED; s < DOSSIER_STATE_COUNT; s++)
        assert_int_equal(kept[s], counted[s]);
}

static void a_step(struct world *w)
{
    arena_reset(w->f->cx.arena);
    if (w->count < RECENT || (w->count < DOSSIERS_MAX && rng_chance(&w->rng, 0.1))) {
        GOOD(open_one(w));
        return;
    }
    uint32_t recent = w->count < RECENT || rng_chance(&w->rng, 0.1) ? (uint32_t)w->count : RECENT;
    int64_t id = w->dossiers[w->count - 1 - rng_below(&w->rng, recent)];
    struct dossier before = seen(w, id);
    snprintf(w->office_code, sizeof w->office_code, "%.*s", STR_ARG(before.row.organisation));
    w->office = str_of(w->office_code);
    as_someone(w, rng_chance(&w->rng, 0.2) ? rng_below(&w->rng, 4) : 4 + rng_below(&w->rng, OFFICERS));
    status st = move_one(w, &before);
    w->done += status_ok(st);
    w->refused += !status_ok(st);
    assert_true(status_ok(st) || error_def((enum error_code)st.code)->class != CLASS_BROKEN);
    struct dossier after = seen(w, id);
    if (!status_ok(st)) {
        assert_int_equal(after.row.version, before.row.version);
        assert_int_equal(after.event_count, before.event_count);
        assert_int_equal(after.row.paid, before.row.paid);
    }
    folds(w, id);
}

static void any_order_of_commands_keeps_the_rules(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct world w = { .f = f };
    int steps = store_engine(f->app->store) == STORE_SQLITE ? STEPS_SQLITE : STEPS_POSTGRESQL;
    rng_seed(&w.rng, 21, 0);
    as_officer(f, "civil-status");
    for (int i = 0; i < 4; i++) {
        struct person_move_out moved;
        as_officer(f, "civil-status");
        w.people[i] = born(f, NULL, i % 2 ? SEX_MALE : SEX_FEMALE, 19900101 + i);
        as_officer(f, "residence-management");
        GOOD(call(f, "person.move", &(struct person_move_in){ .number = w.people[i].number, .unit = { UNIT_A }, .effective = { 20260101 } }, &moved));
    }
    for (int i = 0; i < steps; i++)
        a_step(&w);
    figures_hold(&w);
    print_message("# %zu commands done, %zu refused\n", w.done, w.refused);
    assert_true(w.done > (size_t)steps / 10);
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
