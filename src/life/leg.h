/* The states of a leg, and what follows for the legs of a bundle from the states of all of them. Pure: no time, no store. */
#pragma once
#include "defs/life.h"

enum leg_state {
#define LEG(name, word, owned, ended) LEG_##name,
#include "life/leg.def"
#undef LEG
    LEG_STATE_COUNT
};
/* In the order in which they are kept in the store: only ever added at the end. ALARM changes no state: nobody acknowledged. */
enum leg_command {
    LEG_RELEASE, LEG_SKIP, LEG_SEND, LEG_ACKNOWLEDGE, LEG_TAKE, LEG_COMPLETE, LEG_REFUSE, LEG_TIME_OUT, LEG_COMPENSATE, LEG_ALARM,
    LEG_COMMAND_COUNT
};

bool leg_move(enum leg_state from, enum leg_command command, enum leg_state *ret_to);
bool leg_is_owned(enum leg_state s);
bool leg_is_ended(enum leg_state s);
const char *leg_state_word(enum leg_state s);
const char *leg_command_word(enum leg_command c);

/* --- fold.c --- */
enum bundle_state { BUNDLE_OPEN, BUNDLE_DONE, BUNDLE_PARTLY, BUNDLE_REFUSED, BUNDLE_WITHDRAWN, BUNDLE_REVERSED, BUNDLE_STATE_COUNT };
const char *bundle_state_word(enum bundle_state s);

/* What is to be done with a waiting leg now. `absent`: bits of the legs whose condition does not hold. */
enum leg_next { LEG_NEXT_WAIT, LEG_NEXT_RELEASE, LEG_NEXT_SKIP };
enum leg_next leg_next(const struct life_event *e, const enum leg_state *states, size_t leg, uint32_t absent);
/* DONE: every leg is done or was not needed. REFUSED: no leg was done. PARTLY: some were, some were not. REVERSED: what had been
 * done was taken back. WITHDRAWN is said by the command, never by the states. */
enum bundle_state bundle_of(const struct life_event *e, const enum leg_state *states, uint32_t absent);
/* The leg whose turn it is to be taken back: done, and no leg that stands on it is done still. -1: none is left. */
int leg_to_undo(const struct life_event *e, const enum leg_state *states);
/* The leg that the bundle is waiting for, so that somebody can always be named: the first that its owner has; -1 if ended. */
int leg_awaited(const struct life_event *e, const enum leg_state *states);
