/* What the states of the legs mean together: which leg may begin, which can no longer, how the bundle ended, who is awaited, in
 * which order it is taken back. No effect without its cause done: a leg begins only when every leg that it
 * needs is done or was not to be there.
 * tested by: src/life/test/leg_test.c */
#include "life/leg.h"

enum leg_next leg_next(const struct life_event *e, const enum leg_state *states, size_t leg, uint32_t absent)
{
    const struct life_leg *l = &e->legs[leg];
    bool waits = false;
    if (absent >> leg & 1)
        return LEG_NEXT_SKIP;
    for (size_t i = 0; i < e->leg_count; i++) {
        if (!(l->after >> i & 1))
            continue;
        bool ended = leg_is_ended(states[i]), done = states[i] == LEG_DONE || (absent >> i & 1);
        if (ended && !done && (l->needs >> i & 1))
            return LEG_NEXT_SKIP;
        waits = waits || !ended;
    }
    return waits ? LEG_NEXT_WAIT : LEG_NEXT_RELEASE;
}

enum bundle_state bundle_of(const struct life_event *e, const enum leg_state *states, uint32_t absent)
{
    size_t done = 0, missed = 0, undone = 0;
    for (size_t i = 0; i < e->leg_count; i++) {
        if (!leg_is_ended(states[i]))
            return BUNDLE_OPEN;
        done += states[i] == LEG_DONE;
        undone += states[i] == LEG_COMPENSATED;
        missed += states[i] != LEG_DONE && states[i] != LEG_COMPENSATED && !(absent >> i & 1);
    }
    if (undone)
        return BUNDLE_REVERSED;
    return !done ? BUNDLE_REFUSED : missed ? BUNDLE_PARTLY : BUNDLE_DONE;
}

int leg_to_undo(const struct life_event *e, const enum leg_state *states)
{
    for (size_t i = e->leg_count; i > 0; i--) {
        bool stands_under = false;
        for (size_t k = i; k < e->leg_count; k++)
            stands_under = stands_under || (states[k] == LEG_DONE && (e->legs[k].after >> (i - 1) & 1));
        if (states[i - 1] == LEG_DONE && !stands_under)
            return (int)(i - 1);
    }
    return -1;
}

int leg_awaited(const struct life_event *e, const enum leg_state *states)
{
    int next = -1;
    for (size_t i = e->leg_count; i > 0; i--)
        if (!leg_is_ended(states[i - 1]) && (next < 0 || leg_is_owned(states[i - 1]) || !leg_is_owned(states[next])))
            next = (int)(i - 1);
    return next;
}
