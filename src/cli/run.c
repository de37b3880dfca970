/* dancu run watch: follows a reconciliation run with a progress bar until it has ended, also one that another process works off.
 * tested by: tests/scenario/run.py */
#include "cli/verbs.h"
#include "messages/messages.h"
#include "recon/recon.h"
#include "recon/recon_ops.h"

#include <stdio.h>
#include <time.h>

enum { POLL_MS = 100 };

static STATUS status_ask(struct ctx *cx, int64_t run, struct run_status_out *ret)
{
    return operation_call(cx, operation_find(cx->app, STR("run.status")), &(struct run_status_in){ run }, ret);
}

static bool is_moving(int32_t state)
{
    return state <= RUN_ITEM_STATE_MATCHING || state == RUN_ITEM_STATE_PUBLISHING;
}

static STATUS watch(struct command *c, struct ctx *cx, int64_t run)
{
    static const char *const words[] = { "planned", "snapshot", "matching", "scored", "publishing", "published", "cancelled", "failed" };
    struct run_status_out s;
    struct progress p;
    str label;
    progress_start(&p, c->lang, msg_run_watch_progress(c->lang), 0);
    for (;;) {
        struct ctx poll = *cx;
        poll.arena = arena_new(1 << 20);
        status st = status_ask(&poll, run, &s);
        arena_free(poll.arena);
        TRY(st);
        if (!is_moving(s.item.state))
            break;
        p.total = s.item.rows_total;
        progress_show(&p, s.item.rows_done);
        nanosleep(&(struct timespec){ .tv_nsec = POLL_MS * 1000000L }, NULL);
    }
    progress_end(&p, s.item.rows_done);
    TRY(status_ask(cx, run, &s));
    if (!msg_find(arena_printf(c->arena, "run_state_%s", words[s.item.state]), c->lang, &label))
        label = str_of(words[s.item.state]);
    printf("%.*s\n", STR_ARG(msg_run_watch_end(c->arena, c->lang, label, s.item.rows, s.item.matched, s.item.cases)));
    printf("%.*s\n", STR_ARG(msg_run_watch_digest(c->arena, c->lang, s.item.digest)));
    return OK;
}

static status watch_run(struct command *c)
{
    DEFER(command_app_done) struct app *app = NULL;
    struct ctx cx;
    int64_t run;
    if (!str_i64(command_argument(c, 0), &run))
        return FAIL_WITH(OPTION_VALUE, STR("RUN"), command_argument(c, 0));
    TRY(command_app(c, &app));
    TRY(command_ctx(c, app, &cx));
    return watch(c, &cx, run);
}

static const struct option watch_options[] = { { NULL, NULL, NULL } };

const struct verb verbs_run[] = {
    { "run watch", "RUN", 1, 1, watch_options, msg_run_watch_verb, watch_run },
    { NULL, NULL, 0, 0, NULL, NULL, NULL },
};
