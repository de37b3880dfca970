/* Legs that another node works on. Its home sends the leg with what is needed for it and nothing more, and hears of each state; the
 * other node keeps the leg in its own queue. Messages come once and in order (post), so that a leg never goes back; what the home
 * has given up meanwhile is left out there, or, if it was done already, taken back.
 * Refuses what is not told by the node whose leg, or whose bundle, it is.
 * tested by: tests/life/two_nodes.py */
#include "life/inside.h"

#include <string.h>

enum { MESSAGE_BYTES_MAX = 300000, DOC_MAX = 300, OUTPUTS_MAX = 40 };

/* --- telling -------------------------------------------------------------------------------------------------------------- */

/* Whom to ask for consent at home is nothing that the other node needs. */
static bool needed_there(str key) { return !str_eq(key, STR("known.head")) && !str_eq(key, STR("known.consent")) && !str_eq(key, STR("known.reverser")); }

static STATUS doc_of(struct ctx *cx, const struct bundle *b, struct life_arrive_in *m)
{
    struct life_pair *doc = ARENA_ARRAY(cx->arena, struct life_pair, DOC_MAX);
    for (size_t i = 0; i < b->doc_count && m->doc_count < DOC_MAX; i++)
        if (needed_there(b->doc[i].key))
            doc[m->doc_count++] = (struct life_pair){ b->doc[i].key, b->doc[i].value };
    for (size_t k = 0; k < b->event->leg_count; k++) {
        struct answer *outputs;
        size_t count;
        TRY(leg_outputs(cx, &b->legs[k], &outputs, &count));
        for (size_t i = 0; i < count && m->doc_count < DOC_MAX; i++)
            doc[m->doc_count++] = (struct life_pair){ arena_printf(cx->arena, "leg.%.*s.%.*s", STR_ARG(b->event->legs[k].key), STR_ARG(outputs[i].key)),
                                                      outputs[i].value };
    }
    m->doc = doc;
    return OK;
}

static STATUS outputs_of(struct ctx *cx, const struct life_leg_row *l, struct life_arrive_in *m)
{
    struct answer *outputs;
    size_t count;
    TRY(leg_outputs(cx, l, &outputs, &count));
    struct life_pair *list = ARENA_ARRAY(cx->arena, struct life_pair, count + 1);
    for (size_t i = 0; i < count && i < OUTPUTS_MAX; i++)
        list[m->outputs_count++] = (struct life_pair){ outputs[i].key, outputs[i].value };
    m->outputs = list;
    return OK;
}

STATUS leg_tell(struct ctx *cx, const struct bundle *b, int leg, enum leg_telling what)
{
    const struct operation *op = operation_find(cx->app, STR("life.arrive"));
    const struct life_leg_row *l = &b->legs[leg];
    struct life_arrive_in m = {
        .what = (int32_t)what, .bundle = b->row.id, .leg = b->event->legs[leg].key, .state = l->state, .reason = l->reason, .event = b->row.event,
        .event_day = { b->row.event_day }, .code = b->row.code, .has_applicant = b->row.applicant_number != 0, .applicant = b->row.applicant_number,
        .organisation = l->organisation, .has_unit = l->unit != 0, .unit = { l->unit }, .due = l->due_us,
    };
    struct buf body;
    if (what == TELL_OPEN)
        TRY(doc_of(cx, b, &m));
    if (what == TELL_STATE)
        TRY(outputs_of(cx, l, &m));
    buf_init(&body, MESSAGE_BYTES_MAX);
    shape_write_json(cx, op->takes, &m, &body);
    status st = buf_check(&body);
    if (status_ok(st))
        st = post_send(cx, bundle_is_home(b) ? l->node : b->row.home, b->row.id, STR("life.arrive"), buf_str(&body));
    buf_done(&body);
    return status_ok(st) ? OK : fault_pass(st, __FILE__, __LINE__);
}

STATUS leg_drop(struct ctx *cx, struct bundle *b, int leg, enum leg_command command, str note)
{
    bool there = b->legs[leg].node.len > 0;
    TRY(leg_step(cx, b, leg, command, note));
    return there && command != LEG_ALARM ? leg_tell(cx, b, leg, TELL_SKIP) : OK;
}

/* --- being told: a node that helps ---------------------------------------------------------------------------------------- */

static void doc_take(struct ctx *cx, const struct life_arrive_in *m, struct bundle *b)
{
    struct answer *told = ARENA_ARRAY(cx->arena, struct answer, m->doc_count + 1), *merged;
    size_t count;
    for (size_t i = 0; i < m->doc_count; i++)
        told[i] = (struct answer){ m->doc[i].key, m->doc[i].value };
    form_merge(cx, (struct answers){ b->doc, b->doc_count }, (struct answers){ told, m->doc_count }, &merged, &count);
    b->doc = merged;
    b->doc_count = count;
}

static STATUS bundle_there(struct ctx *cx, const struct life_arrive_in *m, struct bundle *b, bool *ret_new)
{
    struct life_bundle_row before;
    bool found;
    TRY(life_bundle_get(cx, SHARD, m->bundle, &before, &found));
    *ret_new = !found;
    if (found)
        return bundle_find(cx, m->bundle, b);
    memset(b, 0, sizeof *b);
    b->event = defs_life(cx->app->defs, m->event, m->event_day);
    if (!b->event)
        return FAIL_WITH(LIFE_UNKNOWN, STR("event"), m->event);
    b->row = (struct life_bundle_row){ .id = m->bundle, .state = BUNDLE_OPEN, .event = m->event, .event_day = m->event_day.ymd, .home = post_sender(cx),
                                       .code = m->code, .applicant_number = m->has_applicant ? m->applicant : 0, .organisation = m->organisation,
                                       .began_us = cx->now_us };
    return OK;
}

static STATUS leg_arrives(struct ctx *cx, const struct life_arrive_in *m)
{
    struct bundle b;
    bool fresh = false;
    TRY(bundle_there(cx, m, &b, &fresh));
    int leg = life_leg_find(b.event, m->leg);
    if (leg < 0 || (b.held >> leg & 1) || !str_eq(b.row.home, post_sender(cx)))
        return FAIL_WITH(LEG_MISSING, STR("leg"), m->leg);
    doc_take(cx, m, &b);
    b.legs[leg] = (struct life_leg_row){ .bundle = m->bundle, .leg = (int16_t)leg, .state = LEG_SENT, .organisation = m->organisation,
                                         .unit = m->has_unit ? m->unit.v : 0, .sent_us = cx->now_us, .due_us = m->due };
    b.held |= 1u << leg;
    if (fresh) {
        b.held = 1u << leg;
        TRY(bundle_add(cx, &b));
    } else {
        TRY(leg_insert(cx, &b, leg));
    }
    TRY(leg_step(cx, &b, leg, LEG_ACKNOWLEDGE, STR("")));
    if (b.event->legs[leg].automatic) {
        struct actor before = act_as_program(cx, m->organisation);
        status st = leg_effects(cx, &b, leg);
        cx->actor = before;
        TRY(st);
        TRY(leg_step(cx, &b, leg, LEG_COMPLETE, STR("")));
    } else {
        TRY(leg_notice(cx, &b, leg, "leg"));
    }
    return bundle_save(cx, &b);
}

/* The home does without it: left out if nothing was done, taken back if it was. */
static STATUS leg_given_up(struct ctx *cx, const struct life_arrive_in *m, bool undo_only)
{
    struct bundle b;
    TRY(bundle_find(cx, m->bundle, &b));
    int leg = life_leg_find(b.event, m->leg);
    if (leg < 0 || !(b.held >> leg & 1) || !str_eq(b.row.home, post_sender(cx)))
        return FAIL_WITH(LEG_MISSING, STR("leg"), m->leg);
    if (b.legs[leg].state == LEG_DONE)
        TRY(leg_undo(cx, &b, leg, m->reason));
    else if (!leg_is_ended((enum leg_state)b.legs[leg].state) && !undo_only)
        TRY(leg_step(cx, &b, leg, LEG_SKIP, m->reason));
    b.touched |= 1u << leg; /* told again, whatever it is */
    return bundle_save(cx, &b);
}

/* --- being told: the home ------------------------------------------------------------------------------------------------- */

/* Each state by its command, through those between; a leg that the home has ended meanwhile stays as it is. */
static STATUS leg_follow(struct ctx *cx, struct bundle *b, int leg, enum leg_state target, str reason)
{
    static const enum leg_command commands[LEG_STATE_COUNT] = { [LEG_ACKNOWLEDGED] = LEG_ACKNOWLEDGE, [LEG_PROCESSING] = LEG_TAKE, [LEG_DONE] = LEG_COMPLETE,
                                                                [LEG_REFUSED] = LEG_REFUSE, [LEG_COMPENSATED] = LEG_COMPENSATE, [LEG_SKIPPED] = LEG_SKIP };
    struct life_leg_row *l = &b->legs[leg];
    enum leg_state to;
    if (l->state == LEG_SENT && target != LEG_SKIPPED && target != LEG_COMPENSATED)
        TRY(leg_step(cx, b, leg, LEG_ACKNOWLEDGE, STR("")));
    if (l->state == (int16_t)target || !commands[target] || !leg_move((enum leg_state)l->state, commands[target], &to))
        return OK;
    return leg_step(cx, b, leg, commands[target], reason);
}

static STATUS state_arrives(struct ctx *cx, const struct life_arrive_in *m)
{
    struct answer *outputs = ARENA_ARRAY(cx->arena, struct answer, m->outputs_count + 1);
    struct bundle b;
    TRY(bundle_find(cx, m->bundle, &b));
    int leg = life_leg_find(b.event, m->leg);
    if (leg < 0 || !bundle_is_home(&b) || !str_eq(b.legs[leg].node, post_sender(cx)))
        return FAIL_WITH(LEG_MISSING, STR("leg"), m->leg);
    for (size_t i = 0; i < m->outputs_count; i++)
        outputs[i] = (struct answer){ m->outputs[i].key, m->outputs[i].value };
    TRY(leg_follow(cx, &b, leg, (enum leg_state)m->state, m->reason));
    TRY(form_store(cx, outputs, m->outputs_count, &b.legs[leg].outputs));
    b.touched |= 1u << leg;
    TRY(b.row.reversal.len && b.row.state != BUNDLE_REVERSED ? reverse_go(cx, &b) : bundle_settle(cx, &b));
    return bundle_save(cx, &b);
}

STATUS life_arrive(struct ctx *cx, const struct life_arrive_in *in, struct life_arrive_out *ret)
{
    ret->state = in->state;
    switch ((enum leg_telling)in->what) {
    case TELL_OPEN: return leg_arrives(cx, in);
    case TELL_STATE: return state_arrives(cx, in);
    case TELL_SKIP: return leg_given_up(cx, in, false);
    case TELL_UNDO: return leg_given_up(cx, in, true);
    }
    return FAIL(INTERNAL);
}
