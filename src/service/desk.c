/* What offices do with a dossier: accept or decline, take, ask once for everything, charge, hand on, decide, deliver, stop,
 * reopen; and what the applicant may do meanwhile. Two officers cannot decide differently: each command carries the version
 * that its officer saw. A step that the procedure keeps apart is refused to the officer of the step before it.
 * tested by: src/service/test/dossier_test.c */
#include "service/feedback/inside.h"
#include "service/paper/inside.h"

enum { SWEEP_MOST = 500 };

static STATUS moved(struct ctx *cx, int64_t id, const struct move *m, struct dossier_now *ret)
{
    struct dossier d;
    TRY(dossier_find(cx, id, &d));
    TRY(dossier_move(cx, &d, m));
    dossier_now(&d, ret);
    return OK;
}

#define MOVE_OF(op, COMMAND, the_note)                                                                                          \
    STATUS op(struct ctx *cx, const struct op##_in *in, struct op##_out *ret)                                                  \
    {                                                                                                                          \
        return moved(cx, in->dossier, &(struct move){ .command = COMMAND, .expected_version = (int32_t)in->expected_version,   \
                                                      .note = the_note }, &ret->now);                                          \
    }
MOVE_OF(dossier_accept, COMMAND_ACCEPT, STR(""))
MOVE_OF(dossier_decline, COMMAND_DECLINE, in->reason)
MOVE_OF(dossier_ask, COMMAND_ASK_SUPPLEMENT, in->reason)
MOVE_OF(dossier_withdraw, COMMAND_WITHDRAW, in->has_reason ? in->reason : STR(""))
MOVE_OF(dossier_stop, COMMAND_STOP, in->reason)

/* No dossier is returned without its result, signed and in the ledger. */
STATUS dossier_deliver(struct ctx *cx, const struct dossier_deliver_in *in, struct dossier_deliver_out *ret)
{
    struct dossier d;
    struct paper_row result;
    TRY(dossier_find(cx, in->dossier, &d));
    TRY(dossier_move(cx, &d, &(struct move){ .command = COMMAND_DELIVER, .expected_version = (int32_t)in->expected_version }));
    TRY(paper_issue(cx, &d, PAPER_RESULT, false, &result));
    dossier_now(&d, &ret->now);
    return OK;
}

/* What was decided is taken back with its paper. */
STATUS dossier_reopen(struct ctx *cx, const struct dossier_reopen_in *in, struct dossier_reopen_out *ret)
{
    struct dossier d;
    TRY(dossier_find(cx, in->dossier, &d));
    TRY(dossier_move(cx, &d, &(struct move){ .command = COMMAND_REOPEN, .expected_version = (int32_t)in->expected_version, .note = in->reason }));
    TRY(paper_results_end(cx, &d));
    TRY(effects_revoke(cx, &d));
    dossier_now(&d, &ret->now);
    return OK;
}

/* Did this officer do the step before? */
static bool did_before(const struct ctx *cx, const struct dossier *d)
{
    for (size_t i = d->event_count; i > 0; i--) {
        const struct dossier_event_row *e = &d->events[i - 1];
        if (e->command == COMMAND_REOPEN)
            return false;
        if (e->command == COMMAND_FORWARD && e->step == d->row.step)
            return e->account == cx->actor.account.v;
    }
    return false;
}

STATUS dossier_take(struct ctx *cx, const struct dossier_take_in *in, struct dossier_take_out *ret)
{
    struct dossier d;
    TRY(dossier_find(cx, in->dossier, &d));
    if (d.procedure->steps[d.row.step].separate && did_before(cx, &d))
        return FAIL_AT(SAME_OFFICER, STR("dossier"));
    d.row.assignee = cx->actor.account.v;
    TRY(dossier_move(cx, &d, &(struct move){ .command = COMMAND_TAKE, .expected_version = (int32_t)in->expected_version }));
    dossier_now(&d, &ret->now);
    return OK;
}

STATUS dossier_forward(struct ctx *cx, const struct dossier_forward_in *in, struct dossier_forward_out *ret)
{
    struct organisation office;
    struct person applicant;
    struct dossier d;
    bool known;
    TRY(dossier_find(cx, in->dossier, &d));
    if (d.row.assignee != cx->actor.account.v)
        return FAIL_AT(NOT_ASSIGNED, STR("dossier"));
    if ((size_t)d.row.step + 1 >= d.procedure->step_count)
        return FAIL_WITH(DOSSIER_STATE, STR("dossier"), STR("processing"));
    d.row.step++;
    d.row.assignee = 0;
    TRY(person_by_id(cx, (person_id){ d.row.applicant }, &applicant, &known));
    TRY(dossier_office(cx, &d, &applicant, (size_t)d.row.step, &office));
    TRY(dossier_move(cx, &d, &(struct move){ .command = COMMAND_FORWARD, .expected_version = (int32_t)in->expected_version,
                                             .note = in->has_note ? in->note : STR(""), .to = &office }));
    dossier_now(&d, &ret->now);
    return OK;
}

STATUS dossier_charge(struct ctx *cx, const struct dossier_charge_in *in, struct dossier_charge_out *ret)
{
    struct dossier d;
    TRY(dossier_find(cx, in->dossier, &d));
    d.row.fee += in->amount;
    TRY(dossier_move(cx, &d, &(struct move){ .command = COMMAND_CHARGE, .expected_version = (int32_t)in->expected_version, .note = in->reason, .amount = in->amount }));
    dossier_now(&d, &ret->now);
    return OK;
}

/* A receipt that came before changes nothing, whatever has become of the dossier since. */
STATUS dossier_pay(struct ctx *cx, const struct dossier_pay_in *in, struct dossier_pay_out *ret)
{
    struct dossier d;
    struct dossier_payment_get_row before;
    bool known;
    TRY(dossier_find(cx, in->dossier, &d));
    if (!dossier_may(cx, &d, COMMAND_PAY))
        return FAIL(NOT_ALLOWED);
    TRY(dossier_payment_get(cx, SHARD, in->dossier, in->receipt, &before, &known));
    if (known && before.amount != in->amount)
        return FAIL_AT(COMMAND_REUSED, STR("receipt"));
    if (!known) {
        TRY(dossier_payment_add(cx, &(struct dossier_payment_add_params){ .shard = SHARD, .dossier = in->dossier, .receipt = in->receipt,
                                                                         .amount = in->amount, .recorded_us = cx->now_us }, NULL));
        d.row.paid += in->amount;
        if (d.row.paid < d.row.fee)
            return FAIL_AT(PAYMENT_SHORT, STR("amount"));
        TRY(dossier_move(cx, &d, &(struct move){ .command = COMMAND_PAY, .expected_version = -1, .note = in->receipt, .amount = in->amount }));
    }
    dossier_now(&d, &ret->now);
    ret->owed = d.row.fee > d.row.paid ? d.row.fee - d.row.paid : 0;
    return OK;
}

STATUS dossier_decide(struct ctx *cx, const struct dossier_decide_in *in, struct dossier_decide_out *ret)
{
    struct dossier d;
    TRY(dossier_find(cx, in->dossier, &d));
    if (d.row.state == DOSSIER_PROCESSING && d.row.assignee != cx->actor.account.v)
        return FAIL_AT(NOT_ASSIGNED, STR("dossier"));
    if ((size_t)d.row.step + 1 < d.procedure->step_count)
        return FAIL_AT(STEPS_LEFT, STR("dossier"));
    d.row.granted = in->grant ? GRANTED_YES : GRANTED_NO;
    TRY(dossier_move(cx, &d, &(struct move){ .command = in->grant ? COMMAND_GRANT : COMMAND_REFUSE, .expected_version = (int32_t)in->expected_version,
                                             .note = in->has_reason ? in->reason : STR("") }));
    if (in->grant)
        TRY(effects_apply(cx, &d));
    dossier_now(&d, &ret->now);
    if (in->grant)
        ret->result = cx->lang == LANG_EN ? d.procedure->result_en : d.procedure->result_vi;
    return OK;
}

STATUS dossier_sweep(struct ctx *cx, const struct dossier_sweep_in *in, struct dossier_sweep_out *ret)
{
    struct dossier_row *rows;
    size_t count;
    (void)in;
    TRY(dossiers_waited_out(cx, SHARD, cx->now_us, SWEEP_MOST, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        struct dossier d;
        TRY(dossier_find(cx, rows[i].id, &d));
        TRY(dossier_move(cx, &d, &(struct move){ .command = COMMAND_TIME_OUT, .expected_version = -1 }));
        ret->stopped++;
    }
    TRY(complaints_chase(cx, SWEEP_MOST, &ret->chased));
    TRY(dossiers_chase(cx, SWEEP_MOST, &ret->late));
    ret->more = count == SWEEP_MOST || ret->chased == SWEEP_MOST || ret->late == SWEEP_MOST;
    return OK;
}
