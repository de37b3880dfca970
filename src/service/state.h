/* The states of a dossier and the commands that move it: a table, so that what is not written cannot happen. Pure. */
#pragma once
#include "base/base.h"

enum dossier_state {
#define STATE(name, code, runs, open) DOSSIER_##name,
#include "service/state.def"
#undef STATE
    DOSSIER_STATE_COUNT
};

/* In the order in which they are kept in the store: only ever added at the end. */
enum dossier_command {
    COMMAND_SAVE, COMMAND_SUBMIT, COMMAND_ACCEPT, COMMAND_DECLINE, COMMAND_TAKE, COMMAND_ASK_SUPPLEMENT, COMMAND_SUPPLY, COMMAND_CHARGE,
    COMMAND_PAY, COMMAND_TIME_OUT, COMMAND_WITHDRAW, COMMAND_STOP, COMMAND_FORWARD, COMMAND_GRANT, COMMAND_REFUSE, COMMAND_DELIVER,
    COMMAND_REOPEN, COMMAND_APOLOGISE, DOSSIER_COMMAND_COUNT
};

/* What `command` makes of a dossier in state `from`; false if it may not come then. */
bool state_move(enum dossier_state from, enum dossier_command command, enum dossier_state *ret_to);
int state_portal_code(enum dossier_state s);  /* 1 … 10; 0 for a draft, which the portal does not know */
bool state_clock_runs(enum dossier_state s);  /* time counts against the agency */
bool state_is_open(enum dossier_state s);     /* submitted and not ended: the applicant may still withdraw */
const char *state_word(enum dossier_state s); /* "processing": for replies and message keys */
const char *command_word(enum dossier_command c);
