/* Hooks for tests, alive only with --debug: they set clock, random source and store faults, and digest the content. */
#pragma once
#include "cli/cli.h"

/* --clock and --seed; ERR_OPTION_NEEDS without --debug. */
STATUS debug_prepare(struct command *c);
/* POST /debug/clock (RFC 3339 or +SECONDS), /debug/seed, /debug/fault (NTH KIND), /debug/digest, /debug/reload,
 * /debug/calls. */
void debug_handle(struct app *app, struct exchange *x);
