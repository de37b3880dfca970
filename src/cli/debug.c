/* The debug verbs and their HTTP twins. They exist for tests: a server without --debug has no such paths, and a server
 * with it says so in its log. They show digests and counters, never a record.
 * tested by: tests/scenario/run.py */
#include "cli/debug.h"
#include "cli/verbs.h"
#include "gate/worker.h"
#include "messages/messages.h"
#include "register/register.h"
#include "synth/synth.h"

#include <stdio.h>
#include <string.h>

enum { SECOND_US = 1000000, LINE_BYTES_MAX = 600, RELOAD_BYTES_MAX = 64 << 20, POPULATE_SEED = 7 };

static STATUS clock_apply(str text)
{
    int64_t us;
    if (str_starts(text, STR("+")) && str_i64(str_from(text, 1), &us)) {
        clock_advance_us(us * SECOND_US);
        return OK;
    }
    if (!clock_parse(text, &us))
        return FAIL_WITH(DAY_FORMAT, STR("clock"), text);
    clock_set_us(us);
    return OK;
}

static STATUS fault_apply(str text)
{
    static const char *const kinds[] = { "error", "full", "unknown-commit", "kill" };
    str nth;
    int64_t n;
    if (!str_cut(&text, ' ', &nth) || !str_i64(nth, &n))
        return FAIL_WITH(USAGE, STR("fault"), nth);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_eq(text, str_of(kinds[i]))) {
            store_fault_set(n, (enum store_fault)i);
            return OK;
        }
    if (n == 0) {
        store_fault_set(0, STORE_FAULT_ERROR);
        return OK;
    }
    return FAIL_WITH(ENUM_UNKNOWN, STR("fault"), text);
}

static STATUS hold_apply(struct app *app, str text)
{
    str name;
    int64_t calls;
    if (!str_cut(&text, ' ', &name) || !operation_find(app, name) || !str_i64(text, &calls) || calls < -1)
        return FAIL_WITH(USAGE, STR("hold"), text);
    operation_hold(name, calls);
    return OK;
}

/* synth has a seed of its own. */
static bool verb_takes(const struct verb *v, const char *option)
{
    for (const struct option *o = v->options; o && o->name; o++)
        if (strcmp(o->name, option) == 0)
            return true;
    return false;
}

STATUS debug_prepare(struct command *c)
{
    bool wants = command_has(c, "clock") || (command_has(c, "seed") && !verb_takes(c->verb, "seed"));
    if (wants && !command_has(c, "debug"))
        return FAIL_WITH(OPTION_NEEDS, command_has(c, "clock") ? STR("clock") : STR("seed"), STR("--debug"));
    if (command_has(c, "clock"))
        TRY(clock_apply(command_text(c, "clock", (str){ 0 })));
    if (command_has(c, "seed") && !verb_takes(c->verb, "seed")) {
        int64_t seed = 0;
        TRY(command_i64(c, "seed", 0, INT64_MAX, &seed));
        random_seed((uint64_t)seed);
    }
    if (command_has(c, "debug") && strcmp(c->verb->name, "serve") == 0)
        LOG(WARN, "debug_hooks_are_on", LOG_NUM("frozen", wants));
    return OK;
}

/* Sessions come and go, and the ledger is numbered in the background and has an audit of its own: both are left out, so that
 * the digest speaks of people, lists and accounts. */
#define PASSING_TABLES                                                                                                 \
    "session,ledger_stream,ledger_batch,ledger_cursor,ledger_index,ledger_tile,ledger_checkpoint,ledger_state,"        \
    "ledger_run,ledger_page,ledger_count"

static STATUS digest_line(struct app *app, char out[static LINE_BYTES_MAX])
{
    char hex[65];
    TRY(store_digest(app->store, STR(PASSING_TABLES), hex));
    snprintf(out, LINE_BYTES_MAX, "%s\n", hex);
    return OK;
}

/* The first problem goes out with its place, as an operator would read it. */
static STATUS reload(struct app *app, char out[static LINE_BYTES_MAX])
{
    struct arena *a = arena_new(RELOAD_BYTES_MAX);
    struct defs_problems problems = { .lang = LANG_EN };
    status st = app_reload(app, a, &problems);
    if (problems.count) {
        const struct defs_problem *p = &problems.list[0];
        snprintf(out, LINE_BYTES_MAX, "%.*s:%d:%d: %.*s; %.*s\n", STR_ARG(p->file), p->line, p->column, STR_ARG(p->reason), STR_ARG(p->remedy));
    }
    arena_free(a);
    return st;
}

static STATUS debug_do(struct app *app, str what, str body, char out[static LINE_BYTES_MAX])
{
    int64_t n;
    snprintf(out, LINE_BYTES_MAX, "ok\n");
    if (str_eq(what, STR("clock")))
        return clock_apply(body);
    if (str_eq(what, STR("fault")))
        return fault_apply(body);
    if (str_eq(what, STR("hold")))
        return hold_apply(app, body);
    if (str_eq(what, STR("digest")))
        return digest_line(app, out);
    if (str_eq(what, STR("reload")))
        return reload(app, out);
    if (str_eq(what, STR("seed")) && str_i64(body, &n)) {
        random_seed((uint64_t)n);
        return OK;
    }
    if (str_eq(what, STR("calls"))) {
        snprintf(out, LINE_BYTES_MAX, "%lld\n", (long long)store_calls());
        return OK;
    }
    return FAIL_WITH(ROUTE_UNKNOWN, STR("path"), what);
}

void debug_handle(struct app *app, struct exchange *x)
{
    char line[LINE_BYTES_MAX] = "";
    fault_clear();
    status st = debug_do(app, str_from(x->request.path, strlen("/debug/")), str_trim(x->request.body), line);
    x->reply.status = status_ok(st) ? 200 : 422;
    x->reply.content_type = STR("text/plain; charset=utf-8");
    x->reply.body = arena_str(x->request.arena, status_ok(st) || str_starts(x->request.path, STR("/debug/reload")) ? str_of(line) : str_of(error_def(st.code)->name));
    exchange_finish(x);
}

static status digest_run(struct command *c)
{
    char line[LINE_BYTES_MAX];
    DEFER(command_app_done) struct app *app = NULL;
    TRY(command_app(c, &app));
    TRY(digest_line(app, line));
    fputs(line, stdout);
    return OK;
}

/* synth and load in one, into an empty store. */
static status populate_run(struct command *c)
{
    DEFER(command_app_done) struct app *app = NULL;
    int64_t people = 0, seed = POPULATE_SEED;
    if (!str_i64(command_argument(c, 0), &people))
        return FAIL_WITH(VALUE_RANGE, STR("people"), command_argument(c, 0));
    if (c->argument_count > 1 && !str_i64(command_argument(c, 1), &seed))
        return FAIL_WITH(VALUE_RANGE, STR("seed"), command_argument(c, 1));
    TRY(command_app_bare(c, &app));
    str directory = arena_printf(c->arena, "%.*s/populate", STR_ARG(app->directory));
    struct synth_options o = { .people = people, .seed = (uint64_t)seed, .directory = directory };
    struct synth_result made;
    struct register_load load = { .directory = directory };
    struct ctx cx;
    ctx_for_program(&cx, app, c->arena, STR("populate"));
    TRY(synth_run(app->defs, &o, &made));
    TRY(register_load(&cx, &load));
    printf("%lld\n", (long long)load.people);
    return OK;
}

const struct verb verbs_debug[] = {
    { "debug populate", "PEOPLE [SEED]", 1, 2, NULL, msg_cli_verb_debug_populate, populate_run },
    { "debug digest", "", 0, 0, NULL, msg_cli_verb_debug_digest, digest_run },
    { NULL, NULL, 0, 0, NULL, NULL, NULL },
};
