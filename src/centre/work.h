/* Between the worker that works off deliveries (job.c) and what it does with one of them (work.c). */
#pragma once
#include "centre/into.h"

/* False when another process has it, or its file is elsewhere. */
bool delivery_off(struct worker *w, int64_t id);
