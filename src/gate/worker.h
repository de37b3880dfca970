/* A thread of a module that works off what its tables say is to be done, step by step, until nothing is left; then it waits to be
 * woken, and looks again now and then, because a wake-up is a hint and the tables are the guarantee. */
#pragma once
#include "gate/gate.h"

struct worker;
/* `step` does one thing and says whether there was one to do. It asks worker_stopping() on the way, and waits with
 * worker_pause(), which ends early when the process stops. */
STATUS worker_start(struct app *app, bool (*step)(struct worker *w), struct worker **ret);
void worker_stop(struct worker *w); /* after the step under way; NULL is allowed */
void worker_free(struct worker *w); /* NULL is allowed */
void worker_wake(struct worker *w); /* there may be something to do; NULL is allowed */
struct app *worker_app(const struct worker *w);
bool worker_stopping(struct worker *w);
void worker_pause(struct worker *w, int ms);
