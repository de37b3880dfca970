/* dancu load DIR: fills an empty store with the people of a folder that synth wrote, the fast way.
 * tested by: tests/scenario/run.py */
#include "cli/verbs.h"
#include "messages/messages.h"
#include "register/register.h"

#include <stdio.h>

static void load_progress(void *with, int64_t done, int64_t total)
{
    struct progress *p = with;
    p->total = total;
    progress_show(p, done);
}

static status load_run(struct command *c)
{
    DEFER(command_app_done) struct app *app = NULL;
    TRY(command_app_bare(c, &app));
    struct progress p;
    progress_start(&p, c->lang, msg_cli_loading(c->lang), 0);
    struct ctx cx;
    ctx_for_program(&cx, app, c->arena, STR("load"));
    struct register_load load = { .directory = command_argument(c, 0), .progress = load_progress, .progress_with = &p };
    TRY(register_load(&cx, &load));
    progress_end(&p, load.people);
    int64_t bytes = store_bytes(app->store);
    str line = msg_cli_load_done(c->arena, c->lang, load.people, load.people ? bytes / load.people : 0);
    printf("%.*s\n", STR_ARG(line));
    return OK;
}

const struct verb verbs_load[] = {
    { "load", "DIR", 1, 1, NULL, msg_cli_verb_load, load_run },
    { NULL, NULL, 0, 0, NULL, NULL, NULL },
};
