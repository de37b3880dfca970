/* Inside of the gate: grounds, their limits, the counters of the door, and what start and lanes share. */
#pragma once
#include "gate/gate.h"

/* A step of the sequencer holds the writing lane for a few milliseconds, no longer. */
enum { SEQUENCER_STEP_ENTRIES = 4000 };

const struct ground_kind *ground_find(const struct app *app, str name);
/* Counts this call against the grant's calls a minute: ERR_RATE_LIMIT. */
STATUS ground_rate(struct ctx *cx, const struct grant *g);
bool ground_unit_within(struct ctx *cx, unit_id unit, unit_id container);
/* The kinds that the gate itself owns because they are definitions: "agreement" and "authority". */
extern const struct ground_kind gate_grounds[];
extern const size_t gate_ground_count;
void gate_count_start(const struct app *app); /* once the operations are listed */
void gate_count(const struct app *app, const struct operation *op, status st);
/* Runs an operation that is done once (once.c): a command id that came before gets its first answer. ERR_COMMAND_REUSED. */
STATUS once_run(struct ctx *cx, const struct operation *op, const void *in, void *ret_out);
