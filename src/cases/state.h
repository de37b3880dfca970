/* The states of a case and what moves it from one to the other: a table, and nothing else moves a case. Pure. */
#pragma once
#include "base/base.h"

/* In the order of state.def; stored. */
enum case_state {
#define STATE(name, queue) CASE_STATE_##name,
#include "cases/state.def"
#undef STATE
    CASE_STATE_COUNT
};
/* What a case waits for; stored. DONE: for nothing. */
enum case_queue { QUEUE_DONE, QUEUE_SETTLE, QUEUE_EVIDENCE, QUEUE_CONFIRM, QUEUE_HOLDERS, QUEUE_COUNT };
/* Stored. */
enum case_command {
    DO_OPEN, DO_RENEW, DO_ASK, DO_SUPPLY, DO_PROPOSE, DO_REJECT, DO_CONFIRM, DO_ADJUDICATE, DO_PROPAGATE, DO_ACKNOWLEDGE, DO_CHASE,
    DO_CLOSE, DO_WAIVE, DO_UNDO, CASE_COMMAND_COUNT
};

bool case_state_move(enum case_state from, enum case_command command, enum case_state *ret_to);
enum case_queue case_state_queue(enum case_state s);
const char *case_state_word(enum case_state s);
const char *case_command_word(enum case_command c);
