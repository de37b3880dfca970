/* A bundle as the fold of its moments: found, moved leg by leg, written whole. Every change of a leg passes leg_step(), so that no
 * state can be reached that the table does not know.
 * tested by: src/life/test/life_test.c */
#include "life/inside.h"

#include <string.h>

bool bundle_is_home(const struct bundle *b) { return b->row.home.len == 0; }

STATUS bundle_find(struct ctx *cx, int64_t id, struct bundle *ret)
{
    struct life_leg_row *rows;
    size_t count;
    bool found;
    memset(ret, 0, sizeof *ret);
    TRY(life_bundle_get(cx, SHARD, id, &ret->row, &found));
    if (!found)
        return FAIL(LIFE_MISSING);
    ret->event = defs_life(cx->app->defs, ret->row.event, (day){ ret->row.event_day });
    if (!ret->event)
        return FAIL_WITH(LIFE_UNKNOWN, STR("event"), ret->row.event);
    ret->seen_version = ret->row.version;
    TRY(life_legs(cx, SHARD, id, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        MUST(rows[i].leg >= 0 && (size_t)rows[i].leg < ret->event->leg_count);
        ret->legs[rows[i].leg] = rows[i];
        ret->held |= 1u << rows[i].leg;
    }
    return form_load(cx, ret->row.doc, &ret->doc, &ret->doc_count);
}

/* The applicant, whoever is asked, the offices of its legs, and offices of the same province, which may all receive. */
bool bundle_may_see(const struct ctx *cx, const struct bundle *b)
{
    const struct defs *d = cx->app->defs;
    if (cx->actor.roles & ROLE_OPERATOR)
        return true;
    if ((cx->actor.roles & ROLE_CITIZEN) && cx->actor.person.v && cx->actor.person.v == b->row.applicant)
        return true;
    for (size_t i = 0; i < b->event->leg_count && (cx->actor.roles & ROLE_OFFICER); i++) {
        const struct life_leg_row *leg = &b->legs[i];
        bool near = leg->unit && cx->actor.unit.v && defs_unit_province(d, cx->actor.unit).v == defs_unit_province(d, (unit_id){ leg->unit }).v;
        if ((b->held >> i & 1) && (near || (leg->organisation.len && str_eq(leg->organisation, cx->actor.organisation))))
            return true;
    }
    return false;
}

void bundle_states(const struct bundle *b, enum leg_state *states)
{
    for (size_t i = 0; i < b->event->leg_count; i++)
        states[i] = (enum leg_state)b->legs[i].state;
}

uint32_t bundle_absent(const struct bundle *b)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < b->event->leg_count; i++)
        bits |= b->legs[i].absent ? 1u << i : 0;
    return bits;
}

STATUS leg_step(struct ctx *cx, struct bundle *b, int leg, enum leg_command command, str note)
{
    struct life_leg_row *l = &b->legs[leg];
    enum leg_state to = (enum leg_state)l->state;
    if (command != LEG_ALARM && !leg_move((enum leg_state)l->state, command, &to))
        return FAIL_WITH(LEG_STATE, STR("leg"), str_of(leg_state_word((enum leg_state)l->state)));
    if (b->row.version >= MOMENTS_MAX)
        return FAIL(OVERLOADED);
    l->state = (int16_t)to;
    l->version++;
    b->row.version++;
    b->touched |= 1u << leg;
    if (to != LEG_SENT || command == LEG_ALARM)
        l->answer_us = 0;
    if (leg_is_ended(to)) {
        l->until_us = 0;
        l->ended_us = cx->now_us;
    }
    if (note.len)
        l->reason = note;
    return life_moment_add(cx, &(struct life_moment_add_params){
        .shard = SHARD, .bundle = b->row.id, .seq = b->row.version, .leg = (int16_t)leg, .command = (int16_t)command, .state = l->state,
        .at_us = cx->now_us, .account = cx->actor.account.v, .actor = cx->actor.organisation, .note = note }, NULL);
}

/* --- writing -------------------------------------------------------------------------------------------------------------- */

STATUS leg_insert(struct ctx *cx, const struct bundle *b, int leg)
{
    const struct life_leg_row *l = &b->legs[leg];
    return life_leg_add(cx, &(struct life_leg_add_params){
        .shard = SHARD, .bundle = b->row.id, .leg = (int16_t)leg, .version = l->version, .state = l->state, .absent = l->absent,
        .organisation = l->organisation, .node = l->node, .unit = l->unit, .person = l->person, .assignee = l->assignee, .sent_us = l->sent_us,
        .answer_us = l->answer_us, .due_us = l->due_us, .until_us = l->until_us, .ended_us = l->ended_us, .reason = l->reason,
        .outputs = l->outputs }, NULL);
}

STATUS bundle_add(struct ctx *cx, struct bundle *b)
{
    const struct life_bundle_row *r = &b->row;
    TRY(form_store(cx, b->doc, b->doc_count, &b->row.doc));
    TRY(life_bundle_add(cx, &(struct life_bundle_add_params){
        .shard = SHARD, .id = r->id, .version = r->version, .state = r->state, .event = r->event, .event_day = r->event_day, .home = r->home,
        .code = r->code, .applicant = r->applicant, .applicant_number = r->applicant_number, .organisation = r->organisation,
        .began_us = r->began_us, .ended_us = r->ended_us, .reversal = r->reversal, .doc = r->doc }, NULL));
    for (size_t i = 0; i < b->event->leg_count; i++)
        if (b->held >> i & 1)
            TRY(leg_insert(cx, b, (int)i));
    b->seen_version = r->version;
    return OK;
}

static STATUS leg_write(struct ctx *cx, const struct bundle *b, int leg)
{
    const struct life_leg_row *l = &b->legs[leg];
    int64_t changed = 0;
    /* The bundle's own compare-and-set guards its legs: nobody writes a leg without it. */
    TRY(life_leg_set(cx, &(struct life_leg_set_params){
        .shard = SHARD, .bundle = b->row.id, .leg = (int16_t)leg, .version = l->version, .state = l->state, .absent = l->absent,
        .organisation = l->organisation, .node = l->node, .unit = l->unit, .person = l->person, .assignee = l->assignee, .sent_us = l->sent_us,
        .answer_us = l->answer_us, .due_us = l->due_us, .until_us = l->until_us, .ended_us = l->ended_us, .reason = l->reason,
        .outputs = l->outputs }, &changed));
    return changed == 1 ? OK : FAIL(VERSION_CONFLICT);
}

STATUS bundle_save(struct ctx *cx, struct bundle *b)
{
    int64_t changed = 0;
    TRY(form_store(cx, b->doc, b->doc_count, &b->row.doc));
    TRY(life_bundle_set(cx, &(struct life_bundle_set_params){ .shard = SHARD, .id = b->row.id, .expected = b->seen_version, .version = b->row.version,
                                                              .state = b->row.state, .ended_us = b->row.ended_us, .reversal = b->row.reversal,
                                                              .doc = b->row.doc }, &changed));
    if (changed != 1)
        return FAIL(VERSION_CONFLICT);
    for (size_t i = 0; i < b->event->leg_count; i++)
        if (b->touched >> i & 1) {
            TRY(leg_write(cx, b, (int)i));
            if (!bundle_is_home(b))
                TRY(leg_tell(cx, b, (int)i, TELL_STATE));
        }
    b->touched = 0;
    b->seen_version = b->row.version;
    return change_note(cx, (struct subject){ { b->row.applicant }, UNIT_NONE }, 0);
}
