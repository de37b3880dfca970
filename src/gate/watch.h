/* Work that a module does by itself, again and again: a thread that wakes every so many seconds, or when it is told to, and takes
 * steps until one says that there is no more. Each step is one transaction of the writing lane, as the program. A step that
 * fails ends the round; the next one tries again. */
#pragma once
#include "gate/gate.h"

struct watch_plan {
    const char *job; /* as which the program acts: "dossier-watch" */
    int every_s;
    bool at_once; /* the first round comes with the start */
    int pause_ms; /* between the steps of a round, so that others get their turn */
    status (*step)(struct ctx *cx, bool *ret_more);
};
/* NULL in a process that serves nobody: a single verb does what it was asked and no more. The plan must live as long. */
struct watch *watch_start(struct app *app, const struct watch_plan *plan);
void watch_wake(struct watch *w); /* NULL is allowed, here and below */
void watch_stop(struct watch *w); /* waits for the step under way */
void watch_free(struct watch *w);
