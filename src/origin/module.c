/* The module as the process knows it: a thread in a process that serves. tested by: tests/origin/two_agencies.py */
#include "origin/inside.h"

#include "gate/worker.h"

#include <curl/curl.h>

static status origin_start(struct app *app)
{
    struct worker *w = NULL;
    if (!app->lanes || !app->serving)
        return OK;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    TRY(worker_start(app, origin_round, &w));
    app_state_set(app, "origin", w);
    return OK;
}

static void origin_stop(struct app *app) { worker_stop(app_state(app, "origin")); }
static void origin_end(struct app *app) { worker_free(app_state(app, "origin")); }

const struct module origin_module = { .name = "origin", .start = origin_start, .stop = origin_stop, .end = origin_end };
