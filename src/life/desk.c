/* What is done with a leg: acknowledged, taken, done, refused by its office; agreed to by the person who is asked; and the
 * whole is withdrawn before anything is done. Alarms are raised and waits ended
 * by the sweep. Each command carries the version that its officer saw.
 * tested by: src/life/test/life_test.c */
#include "life/inside.h"

enum { SWEEP_MOST = 200 };

struct at {
    struct bundle b;
    int leg;
};

static STATUS leg_find(struct ctx *cx, int64_t bundle, str key, struct at *ret)
{
    TRY(bundle_find(cx, bundle, &ret->b));
    ret->leg = life_leg_find(ret->b.event, key);
    if (!bundle_may_see(cx, &ret->b) && (ret->leg < 0 || !leg_may_work(cx, &ret->b, ret->leg)))
        return FAIL(LIFE_MISSING);
    return ret->leg < 0 || !(ret->b.held >> ret->leg & 1) ? FAIL_WITH(LEG_MISSING, STR("leg"), key) : OK;
}

/* The leg as its office's officer may change it. */
static STATUS leg_open(struct ctx *cx, int64_t bundle, str key, int64_t expected, struct at *ret)
{
    TRY(leg_find(cx, bundle, key, ret));
    const struct life_leg_row *l = &ret->b.legs[ret->leg];
    if (expected != l->version)
        return FAIL(VERSION_CONFLICT);
    if (!leg_is_owned((enum leg_state)l->state))
        return FAIL_WITH(LEG_STATE, STR("leg"), str_of(leg_state_word((enum leg_state)l->state)));
    return leg_may_work(cx, &ret->b, ret->leg) ? OK : FAIL(NOT_ALLOWED);
}

static STATUS finish(struct ctx *cx, struct at *at)
{
    TRY(bundle_settle(cx, &at->b));
    return bundle_save(cx, &at->b);
}

#define ANSWER(at, ret)                                                                                                        \
    do {                                                                                                                       \
        TRY(finish(cx, &(at)));                                                                                                \
        (ret)->leg = leg_item_of(cx, &(at).b, (at).leg);                                                                       \
        return life_now_of(cx, &(at).b, &(ret)->now);                                                                          \
    } while (0)

STATUS life_acknowledge(struct ctx *cx, const struct life_acknowledge_in *in, struct life_acknowledge_out *ret)
{
    struct at at;
    TRY(leg_open(cx, in->bundle, in->leg, in->expected_version, &at));
    TRY(leg_step(cx, &at.b, at.leg, LEG_ACKNOWLEDGE, STR("")));
    ANSWER(at, ret);
}

STATUS life_take(struct ctx *cx, const struct life_take_in *in, struct life_take_out *ret)
{
    struct at at;
    TRY(leg_open(cx, in->bundle, in->leg, in->expected_version, &at));
    if (at.b.legs[at.leg].state == LEG_SENT)
        TRY(leg_step(cx, &at.b, at.leg, LEG_ACKNOWLEDGE, STR("")));
    at.b.legs[at.leg].assignee = cx->actor.account.v;
    TRY(leg_step(cx, &at.b, at.leg, LEG_TAKE, STR("")));
    ANSWER(at, ret);
}

static STATUS assigned(const struct ctx *cx, const struct at *at)
{
    const struct life_leg_row *l = &at->b.legs[at->leg];
    if (l->state != LEG_PROCESSING)
        return FAIL_WITH(LEG_STATE, STR("leg"), str_of(leg_state_word((enum leg_state)l->state)));
    return l->assignee == cx->actor.account.v ? OK : FAIL_AT(NOT_ASSIGNED, STR("leg"));
}

STATUS life_complete(struct ctx *cx, const struct life_complete_in *in, struct life_complete_out *ret)
{
    struct at at;
    TRY(leg_open(cx, in->bundle, in->leg, in->expected_version, &at));
    TRY(assigned(cx, &at));
    TRY(leg_effects(cx, &at.b, at.leg));
    TRY(leg_step(cx, &at.b, at.leg, LEG_COMPLETE, STR("")));
    ANSWER(at, ret);
}

STATUS life_refuse(struct ctx *cx, const struct life_refuse_in *in, struct life_refuse_out *ret)
{
    struct at at;
    TRY(leg_open(cx, in->bundle, in->leg, in->expected_version, &at));
    TRY(assigned(cx, &at));
    if (str_trim(in->reason).len == 0)
        return FAIL_AT(FIELD_MISSING, STR("reason"));
    TRY(leg_step(cx, &at.b, at.leg, LEG_REFUSE, in->reason));
    ANSWER(at, ret);
}

STATUS life_consent(struct ctx *cx, const struct life_consent_in *in, struct life_consent_out *ret)
{
    struct at at;
    TRY(bundle_find(cx, in->bundle, &at.b));
    at.leg = life_leg_find(at.b.event, in->leg);
    const struct life_leg_row *l = at.leg < 0 ? NULL : &at.b.legs[at.leg];
    if (!l || !l->person || l->person != cx->actor.person.v) /* whether there is such an event is not said to others */
        return FAIL(LIFE_MISSING);
    if (!leg_is_owned((enum leg_state)l->state))
        return FAIL_WITH(LEG_STATE, STR("leg"), str_of(leg_state_word((enum leg_state)l->state)));
    TRY(leg_step(cx, &at.b, at.leg, in->agree ? LEG_COMPLETE : LEG_REFUSE, in->has_reason ? in->reason : STR("")));
    ret->agreed = in->agree;
    return finish(cx, &at);
}

/* --- the whole ------------------------------------------------------------------------------------------------------------ */

STATUS life_withdraw(struct ctx *cx, const struct life_withdraw_in *in, struct life_withdraw_out *ret)
{
    struct bundle b;
    str reason = in->has_reason ? in->reason : STR("");
    TRY(bundle_find(cx, in->bundle, &b));
    if (!bundle_may_see(cx, &b) || !bundle_is_home(&b))
        return FAIL(LIFE_MISSING);
    if (in->expected_version != b.row.version)
        return FAIL(VERSION_CONFLICT);
    for (size_t i = 0; i < b.event->leg_count; i++)
        if (b.row.state != BUNDLE_OPEN || b.legs[i].state == LEG_DONE)
            return FAIL_WITH(LEG_STATE, STR("leg"), b.event->legs[i].key);
    for (size_t i = 0; i < b.event->leg_count; i++)
        if (!leg_is_ended((enum leg_state)b.legs[i].state))
            TRY(leg_drop(cx, &b, (int)i, LEG_SKIP, reason));
    b.row.state = BUNDLE_WITHDRAWN;
    b.row.ended_us = cx->now_us;
    TRY(parent_end(cx, &b, BUNDLE_WITHDRAWN, reason));
    TRY(bundle_save(cx, &b));
    return life_now_of(cx, &b, &ret->now);
}

/* --- the sweep ------------------------------------------------------------------------------------------------------------ */

static STATUS swept(struct ctx *cx, int64_t id, int leg, enum leg_command command)
{
    struct at at = { .leg = leg };
    TRY(bundle_find(cx, id, &at.b));
    TRY(leg_drop(cx, &at.b, leg, command, STR("")));
    if (command == LEG_ALARM)
        TRY(leg_notice(cx, &at.b, leg, "alarm"));
    return finish(cx, &at);
}

STATUS life_sweep(struct ctx *cx, const struct life_sweep_in *in, struct life_sweep_out *ret)
{
    struct life_legs_unanswered_row *late;
    struct life_legs_waited_out_row *out;
    size_t count;
    (void)in;
    TRY(life_legs_unanswered(cx, SHARD, cx->now_us, SWEEP_MOST, &late, &count));
    for (size_t i = 0; i < count; i++)
        TRY(swept(cx, late[i].bundle, late[i].leg, LEG_ALARM));
    ret->alarms = (int64_t)count;
    ret->more = count == SWEEP_MOST;
    TRY(life_legs_waited_out(cx, SHARD, cx->now_us, SWEEP_MOST, &out, &count));
    for (size_t i = 0; i < count; i++)
        TRY(swept(cx, out[i].bundle, out[i].leg, LEG_TIME_OUT));
    ret->ended = (int64_t)count;
    ret->more = ret->more || count == SWEEP_MOST;
    TRY(legs_chase(cx, SWEEP_MOST, &ret->late));
    ret->more = ret->more || ret->late == SWEEP_MOST;
    return OK;
}
