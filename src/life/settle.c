/* What follows by itself after each change: legs begin whose causes are done, legs are left out that can no longer be, automatic ones
 * are done, and when the last has ended the bundle ends and its dossier is decided. Runs in the transaction of the change.
 * tested by: src/life/test/life_test.c */
#include "life/inside.h"

enum { ROUNDS_MAX = 64 };

static STATUS office_of(struct ctx *cx, const struct bundle *b, const struct life_leg *def, struct organisation *ret)
{
    const struct defs *d = cx->app->defs;
    unit_id at = UNIT_NONE;
    str place = bundle_value(cx, b, def->owner_at);
    if (place.len)
        TRY(defs_unit_parse(d, place, cx->today, &at));
    if (at.v && (defs_organisation_of(cx->arena, d, def->owner_kind, at, ret) ||
                 defs_organisation_of(cx->arena, d, def->owner_kind, defs_unit_province(d, at), ret)))
        return OK;
    return FAIL_WITH(OFFICE_UNKNOWN, STR("leg"), def->key);
}

static STATUS asked_person(struct ctx *cx, const struct bundle *b, const struct life_leg *def, int64_t *ret)
{
    enum number_state state;
    struct person p;
    int64_t number;
    bool known = false;
    *ret = 0;
    if (str_i64(bundle_value(cx, b, def->owner_person), &number))
        TRY(person_by_number(cx, number, &p, &state, &known));
    *ret = known ? p.id.v : 0;
    return OK;
}

STATUS leg_send(struct ctx *cx, struct bundle *b, int leg)
{
    const struct life_leg *def = &b->event->legs[leg];
    const struct calendar *c = defs_calendar(cx->app->defs);
    struct life_leg_row *l = &b->legs[leg];
    struct organisation office;
    TRY(office_of(cx, b, def, &office));
    l->organisation = office.code;
    l->unit = office.unit.v;
    TRY(asked_person(cx, b, def, &l->person));
    day from = calendar_receipt_day(c, cx->now_us, defs_received_until(cx->app->defs));
    l->sent_us = cx->now_us;
    l->due_us = working_day_end(c, calendar_add_days(c, from, def->working_days));
    l->until_us = def->ends_days ? working_day_end(c, calendar_add_days(c, from, def->ends_days)) : 0;
    l->answer_us = l->person ? 0 : calendar_add_minutes(c, cx->now_us, b->event->acknowledge_minutes);
    int64_t answer_us = l->answer_us;
    TRY(leg_step(cx, b, leg, LEG_SEND, STR("")));
    l->answer_us = answer_us;
    const struct peer *there = l->person ? NULL : defs_peer_holding(cx->app->defs, def->owner_kind);
    if (there) {
        l->node = there->node;
        return leg_tell(cx, b, leg, TELL_OPEN);
    }
    if (l->person)
        TRY(leg_step(cx, b, leg, LEG_ACKNOWLEDGE, STR("")));
    return leg_notice(cx, b, leg, l->person ? "ask" : "leg");
}

/* An office that nobody can name ends its leg, with the reason; at the very start it ends the application instead. */
static STATUS leg_go(struct ctx *cx, struct bundle *b, int leg)
{
    status st = leg_send(cx, b, leg);
    if (!status_is(st, ERR_OFFICE_UNKNOWN) || b->seen_version == 0)
        return status_ok(st) ? OK : fault_pass(st, __FILE__, __LINE__);
    str reason = msg_error(cx->arena, LANG_VI, fault_here());
    fault_clear();
    return leg_step(cx, b, leg, LEG_SKIP, reason);
}

static STATUS automatic(struct ctx *cx, struct bundle *b, int leg)
{
    struct organisation office;
    TRY(office_of(cx, b, &b->event->legs[leg], &office));
    b->legs[leg].organisation = office.code;
    b->legs[leg].unit = office.unit.v;
    struct actor before = act_as_program(cx, office.code);
    status st = leg_effects(cx, b, leg);
    if (status_ok(st))
        st = leg_step(cx, b, leg, LEG_COMPLETE, STR(""));
    cx->actor = before;
    return status_ok(st) ? OK : fault_pass(st, __FILE__, __LINE__);
}

static bool is_absent(struct ctx *cx, const struct bundle *b, const struct life_leg *def)
{
    return def->when.len && !str_eq(bundle_value(cx, b, def->when), def->when_is);
}

static STATUS leg_settle(struct ctx *cx, struct bundle *b, int leg, bool *ret_moved)
{
    enum leg_state states[LIFE_LEGS_MAX];
    struct life_leg_row *l = &b->legs[leg];
    bundle_states(b, states);
    *ret_moved = true;
    if (l->state == LEG_READY)
        return b->event->legs[leg].automatic && !defs_peer_holding(cx->app->defs, b->event->legs[leg].owner_kind) ? automatic(cx, b, leg) : leg_go(cx, b, leg);
    if (l->state == LEG_WAITING) {
        l->absent = is_absent(cx, b, &b->event->legs[leg]);
        enum leg_next next = leg_next(b->event, states, (size_t)leg, bundle_absent(b));
        if (next != LEG_NEXT_WAIT)
            return leg_step(cx, b, leg, next == LEG_NEXT_RELEASE ? LEG_RELEASE : LEG_SKIP, STR(""));
    }
    *ret_moved = false;
    return OK;
}

/* What the applicant is told in the end: the reason of the first leg that failed. */
static str reason_of(const struct bundle *b)
{
    for (size_t i = 0; i < b->event->leg_count; i++)
        if ((b->legs[i].state == LEG_REFUSED || b->legs[i].state == LEG_TIMED_OUT) && b->legs[i].reason.len)
            return b->legs[i].reason;
    return STR("");
}

static STATUS bundle_end(struct ctx *cx, struct bundle *b)
{
    enum leg_state states[LIFE_LEGS_MAX];
    bundle_states(b, states);
    enum bundle_state how = bundle_of(b->event, states, bundle_absent(b));
    if (how == BUNDLE_OPEN || b->row.state != BUNDLE_OPEN)
        return OK;
    b->row.state = (int16_t)how;
    b->row.ended_us = cx->now_us;
    if (how == BUNDLE_DONE || how == BUNDLE_PARTLY)
        TRY(bundle_notice(cx, b, how == BUNDLE_DONE ? "done" : "partly"));
    return parent_end(cx, b, how, reason_of(b));
}

STATUS bundle_settle(struct ctx *cx, struct bundle *b)
{
    bool moved = bundle_is_home(b);
    for (int round = 0; moved && round < ROUNDS_MAX; round++) {
        moved = false;
        for (size_t i = 0; i < b->event->leg_count; i++) {
            bool one;
            TRY(leg_settle(cx, b, (int)i, &one));
            moved = moved || one;
        }
    }
    return bundle_is_home(b) ? bundle_end(cx, b) : OK;
}
