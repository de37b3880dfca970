/* Taking back what was recorded wrongly: legs in the reverse order of dependency, each by its own undoing. A leg on another node is asked
 * for and waited for, so that nothing is taken back below what still stands on it; when its answer comes, the rest follows in the
 * name of the officer who ordered it.
 * Law: Luật Hộ tịch 2014 Đ71.
 * tested by: tests/life/two_nodes.py */
#include "life/inside.h"

#include <string.h>

static STATUS reverser_keep(struct ctx *cx, struct bundle *b)
{
    struct answer one = { STR("known.reverser"), arena_printf(cx->arena, "%lld", (long long)cx->actor.account.v) };
    struct answer *merged;
    size_t count;
    form_merge(cx, (struct answers){ b->doc, b->doc_count }, (struct answers){ &one, 1 }, &merged, &count);
    b->doc = merged;
    b->doc_count = count;
    return OK;
}

/* The act is that officer's, carried out when its turn comes. */
static struct actor act_as_reverser(struct ctx *cx, const struct bundle *b)
{
    struct actor before = cx->actor;
    const struct answer *who = bundle_known(b, STR("known.reverser"));
    int64_t account = 0;
    if (who)
        (void)str_i64(who->value, &account);
    cx->actor = (struct actor){ .roles = ROLE_OFFICER, .account = { account }, .unit = { b->legs[0].unit }, .organisation = b->legs[0].organisation,
                                .name = STR("life") };
    return before;
}

STATUS reverse_go(struct ctx *cx, struct bundle *b)
{
    enum leg_state states[LIFE_LEGS_MAX];
    int leg;
    for (bundle_states(b, states); (leg = leg_to_undo(b->event, states)) >= 0; bundle_states(b, states)) {
        if (b->legs[leg].node.len)
            return leg_tell(cx, b, leg, TELL_UNDO);
        struct actor before = act_as_reverser(cx, b);
        status st = leg_undo(cx, b, leg, b->row.reversal);
        cx->actor = before;
        TRY(st);
    }
    bool was_open = b->row.state == BUNDLE_OPEN;
    b->row.state = BUNDLE_REVERSED;
    b->row.ended_us = cx->now_us;
    return was_open ? parent_end(cx, b, BUNDLE_REFUSED, b->row.reversal) : OK;
}

/* The office that recorded the cause takes it back: its leg comes first in the definition. */
static STATUS reverse_may(const struct ctx *cx, const struct bundle *b)
{
    if (!bundle_is_home(b) || !bundle_may_see(cx, b))
        return FAIL(LIFE_MISSING);
    return str_eq(b->legs[0].organisation, cx->actor.organisation) ? OK : FAIL(NOT_ALLOWED);
}

STATUS life_reverse(struct ctx *cx, const struct life_reverse_in *in, struct life_reverse_out *ret)
{
    enum leg_state states[LIFE_LEGS_MAX];
    struct bundle b;
    TRY(bundle_find(cx, in->bundle, &b));
    TRY(reverse_may(cx, &b));
    if (in->expected_version != b.row.version)
        return FAIL(VERSION_CONFLICT);
    if (str_trim(in->reason).len == 0)
        return FAIL_AT(FIELD_MISSING, STR("reason"));
    bundle_states(&b, states);
    if (b.event->legs[0].undo_count == 0 || b.row.reversal.len || leg_to_undo(b.event, states) < 0)
        return FAIL_WITH(LEG_STATE, STR("bundle"), str_of(bundle_state_word((enum bundle_state)b.row.state)));
    b.row.reversal = in->reason;
    TRY(reverser_keep(cx, &b));
    for (size_t i = 0; i < b.event->leg_count; i++)
        if (!leg_is_ended(states[i]))
            TRY(leg_drop(cx, &b, (int)i, LEG_SKIP, in->reason));
    TRY(reverse_go(cx, &b));
    TRY(bundle_save(cx, &b));
    return life_now_of(cx, &b, &ret->now);
}
