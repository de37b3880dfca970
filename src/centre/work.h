/* Between the thread that works off deliveries (job.c) and what it does with one of them (work.c). */
#pragma once
#include "centre/into.h"

#include <pthread.h>

/* False when another process has it, or its file is elsewhere. */
bool delivery_off(struct job *j, struct app *app, int64_t id);

STATUS job_lane_run(struct app *app, struct arena *a, bool writes, status (*run)(struct ctx *, void *), void *arg); /* work.c */
bool job_stopping(struct job *j);
void job_wait(struct job *j, int ms); /* less when somebody wakes the job */
void job_chunk_set(struct job *j, struct chunk *c);
