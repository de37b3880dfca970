/* The table of state.def as functions. It knows no time, no person and no store.
 * tested by: src/service/test/state_test.c */
#include "service/state.h"

static const struct state_row {
    int code;
    bool runs, open;
} states[DOSSIER_STATE_COUNT] = {
#define STATE(name, code, runs, open) { code, runs, open },
#include "service/state.def"
#undef STATE
};

static const struct move_row {
    enum dossier_command command;
    enum dossier_state from, to;
} moves[] = {
#define MOVE(command, from, to) { COMMAND_##command, DOSSIER_##from, DOSSIER_##to },
#include "service/state.def"
#undef MOVE
};

static const char *const state_words[DOSSIER_STATE_COUNT] = {
    "draft", "submitted", "accepted", "declined", "processing", "awaiting_supplement", "awaiting_payment", "withdrawn", "stopped",
    "decided", "returned",
};
static const char *const command_words[DOSSIER_COMMAND_COUNT] = {
    "save", "submit", "accept", "decline", "take", "ask_supplement", "supply", "charge", "pay", "time_out", "withdraw", "stop",
    "forward", "grant", "refuse", "deliver", "reopen", "apologise",
};

bool state_move(enum dossier_state from, enum dossier_command command, enum dossier_state *ret_to)
{
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++)
        if (moves[i].from == from && moves[i].command == command) {
            *ret_to = moves[i].to;
            return true;
        }
    return false;
}

int state_portal_code(enum dossier_state s) { return states[s].code; }
bool state_clock_runs(enum dossier_state s) { return states[s].runs; }
bool state_is_open(enum dossier_state s) { return states[s].open; }
const char *state_word(enum dossier_state s) { return s < DOSSIER_STATE_COUNT ? state_words[s] : ""; }
const char *command_word(enum dossier_command c) { return c < DOSSIER_COMMAND_COUNT ? command_words[c] : ""; }
