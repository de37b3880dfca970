/* The table of leg.def as functions. It knows no time, no person and no store.
 * tested by: src/life/test/leg_test.c */
#include "life/leg.h"

static const struct {
    const char *word;
    bool owned, ended;
} legs[LEG_STATE_COUNT] = {
#define LEG(name, word, owned, ended) { word, owned, ended },
#include "life/leg.def"
#undef LEG
};

static const struct {
    enum leg_command command;
    enum leg_state from, to;
} moves[] = {
#define LEG_MOVE(command, from, to) { LEG_##command, LEG_##from, LEG_##to },
#include "life/leg.def"
#undef LEG_MOVE
};

static const char *const command_words[LEG_COMMAND_COUNT] = { "release", "skip", "send", "acknowledge", "take", "complete",
                                                              "refuse", "time_out", "compensate", "alarm" };
static const char *const bundle_words[BUNDLE_STATE_COUNT] = { "open", "done", "partly", "refused", "withdrawn", "reversed" };

bool leg_move(enum leg_state from, enum leg_command command, enum leg_state *ret_to)
{
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++)
        if (moves[i].from == from && moves[i].command == command) {
            *ret_to = moves[i].to;
            return true;
        }
    return false;
}

bool leg_is_owned(enum leg_state s) { return legs[s].owned; }
bool leg_is_ended(enum leg_state s) { return legs[s].ended; }
const char *leg_state_word(enum leg_state s) { return s < LEG_STATE_COUNT ? legs[s].word : ""; }
const char *leg_command_word(enum leg_command c) { return c < LEG_COMMAND_COUNT ? command_words[c] : ""; }
const char *bundle_state_word(enum bundle_state s) { return s < BUNDLE_STATE_COUNT ? bundle_words[s] : ""; }
