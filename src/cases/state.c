/* The table of state.def as functions. It knows no time, no person and no store.
 * tested by: src/cases/test/state_test.c */
#include "cases/state.h"

static const enum case_queue queues[CASE_STATE_COUNT] = {
#define STATE(name, queue) [CASE_STATE_##name] = QUEUE_##queue,
#include "cases/state.def"
#undef STATE
};

static const struct move_row {
    enum case_command command;
    enum case_state from, to;
} moves[] = {
#define MOVE(command, from, to) { DO_##command, CASE_STATE_##from, CASE_STATE_##to },
#include "cases/state.def"
#undef MOVE
};

static const char *const state_words[CASE_STATE_COUNT] = { "open", "evidence", "proposed", "adjudicated", "propagated", "closed", "waived" };
static const char *const command_words[CASE_COMMAND_COUNT] = {
    "open", "renew", "ask", "supply", "propose", "reject", "confirm", "adjudicate", "propagate", "acknowledge", "chase", "close", "waive", "undo",
};

bool case_state_move(enum case_state from, enum case_command command, enum case_state *ret_to)
{
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++)
        if (moves[i].from == from && moves[i].command == command) {
            *ret_to = moves[i].to;
            return true;
        }
    return false;
}

enum case_queue case_state_queue(enum case_state s) { return s < CASE_STATE_COUNT ? queues[s] : QUEUE_DONE; }
const char *case_state_word(enum case_state s) { return s < CASE_STATE_COUNT ? state_words[s] : ""; }
const char *case_command_word(enum case_command c) { return c < CASE_COMMAND_COUNT ? command_words[c] : ""; }
