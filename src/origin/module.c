/* The module as the process knows it: a thread that asks, in a process that serves. tested by: tests/origin/two_agencies.py */
#include "origin/inside.h"

#include "gate/worker.h"

#include <curl/curl.h>

enum { FIRST_MS = 500 };

static status origin_start(struct app *app)
{
    (void)app;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    return OK;
}

static const struct worker_plan questions = { .job = "origin", .step = origin_round, .first_ms = FIRST_MS };

const struct module origin_module = { .name = "origin", .start = origin_start, .worker = &questions };
