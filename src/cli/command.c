/* What verbs share: values of options, the opened program, the actor, progress. The password of --as comes from the
 * environment or the terminal, never from the command line, where other users of the machine could read it.
 * tested by: tests/scenario/run.py */
#include "cli/verbs.h"
#include "messages/messages.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { PASSWORD_BYTES_MAX = 256, SHOW_EVERY_US = 100000, LINE_EVERY_US = 10000000, BAR_CELLS = 30 };

bool command_has(const struct command *c, const char *option) { return table_get(&c->values, str_of(option)) != NULL; }

str command_text(const struct command *c, const char *option, str otherwise)
{
    const char *v = table_get(&c->values, str_of(option));
    return v ? str_of(v) : otherwise;
}

STATUS command_i64(const struct command *c, const char *option, int64_t min, int64_t max, int64_t *inout)
{
    const char *v = table_get(&c->values, str_of(option));
    if (!v)
        return OK;
    if (!str_i64(str_of(v), inout) || *inout < min || *inout > max)
        return FAIL_WITH(VALUE_RANGE, str_of(option), str_of(v));
    return OK;
}

str command_argument(const struct command *c, size_t index)
{
    return index < c->argument_count ? str_of(c->arguments[index]) : (str){ 0 };
}

static STATUS app_open(struct command *c, bool bare, bool serving, struct app **ret)
{
    str data = command_text(c, "data", STR("var/dancu"));
    str store = command_text(c, "store", arena_printf(c->arena, "sqlite:%.*s/dancu.db", STR_ARG(data)));
    struct defs_problems problems = { .lang = c->lang };
    struct app_options o = {
        .url = store,
        .directory = data,
        .debug = command_has(c, "debug"),
        .serving = serving,
        .no_lanes = bare,
        .arena = c->arena,
        .problems = &problems,
    };
    status st = app_start(&o, c->modules, c->module_count, ret);
    for (size_t i = 0; i < problems.count; i++) {
        const struct defs_problem *p = &problems.list[i];
        fprintf(stderr, "%.*s:%d:%d: %.*s; %.*s\n", STR_ARG(p->file), p->line, p->column, STR_ARG(p->reason), STR_ARG(p->remedy));
    }
    return st;
}

STATUS command_app(struct command *c, struct app **ret) { return app_open(c, false, false, ret); }
STATUS command_app_serving(struct command *c, struct app **ret) { return app_open(c, false, true, ret); }
STATUS command_app_bare(struct command *c, struct app **ret) { return app_open(c, true, false, ret); }

void command_app_done(struct app **app) { app_stop(*app); }

static STATUS password_ask(struct command *c, str *ret)
{
    const char *env = getenv("DANCU_PASSWORD");
    if (env) {
        *ret = str_of(env);
        return OK;
    }
    struct termios was;
    if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &was) != 0)
        return FAIL_AT(FIELD_MISSING, STR("DANCU_PASSWORD"));
    struct termios quiet = was;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    fprintf(stderr, "%.*s ", STR_ARG(msg_cli_password(c->lang)));
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    char *line = arena_alloc(c->arena, PASSWORD_BYTES_MAX);
    char *got = fgets(line, PASSWORD_BYTES_MAX, stdin);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &was);
    fputc('\n', stderr);
    if (!got)
        return FAIL_AT(FIELD_MISSING, STR("password"));
    *ret = str_trim(str_of(line));
    return OK;
}

struct sign_in {
    str login, password;
    struct actor actor;
};

static status sign_in_run(struct ctx *cx, void *arg)
{
    struct sign_in *s = arg;
    TRY(cx->app->sign_in(cx, s->login, s->password));
    s->actor = cx->actor;
    return OK;
}

STATUS command_ctx(struct command *c, struct app *app, struct ctx *cx)
{
    ctx_for_program(cx, app, c->arena, STR("operator"));
    cx->lang = c->lang;
    cx->request_id = random_u64();
    cx->command_id = command_text(c, "command-id", (str){ 0 });
    str purpose = command_text(c, "purpose", (str){ 0 }), kind;
    if (!str_is_empty(purpose) && str_cut(&purpose, '/', &kind))
        cx->purpose = (struct purpose){ .kind = kind, .reference = purpose };
    if (!command_has(c, "as"))
        return OK;
    struct sign_in s = { .login = command_text(c, "as", (str){ 0 }) };
    TRY(password_ask(c, &s.password));
    struct work w = { .run = sign_in_run, .arg = &s, .writes = true, .cx = *cx };
    TRY(lanes_call(app->lanes, &w));
    cx->actor = s.actor;
    return OK;
}

/* --- progress ---------------------------------------------------------------------------------------------------- */

void progress_start(struct progress *p, enum lang lang, str label, int64_t total)
{
    *p = (struct progress){ .label = label, .total = total, .lang = lang, .started_us = clock_mono_us(), .terminal = isatty(STDERR_FILENO) };
}

static void bar_print(const struct progress *p, int64_t done, int64_t elapsed_us)
{
    double part = p->total > 0 ? (double)done / (double)p->total : 0;
    if (part > 1)
        part = 1;
    char bar[BAR_CELLS + 1];
    memset(bar, '.', BAR_CELLS);
    memset(bar, '#', (size_t)(part * BAR_CELLS));
    bar[BAR_CELLS] = 0;
    double seconds = (double)elapsed_us / 1e6;
    double rate = seconds > 0.05 ? (double)done / seconds : 0;
    double left = rate > 0 && p->total > 0 ? (double)(p->total - done) / rate : 0;
    fprintf(stderr, "%s%.*s [%s] %3.0f%%  %lld  %.0f/s  %.0f s%s", p->terminal ? "\r" : "", STR_ARG(p->label), bar, part * 100,
            (long long)done, rate, left > 0 ? left : 0, p->terminal ? "\033[K" : "\n");
}

void progress_show(struct progress *p, int64_t done)
{
    int64_t now = clock_mono_us();
    if (now - p->shown_us < (p->terminal ? SHOW_EVERY_US : LINE_EVERY_US) || (!p->terminal && !p->shown_us && now - p->started_us < LINE_EVERY_US))
        return;
    p->shown_us = now;
    bar_print(p, done, now - p->started_us);
}

void progress_end(struct progress *p, int64_t done)
{
    int64_t elapsed = clock_mono_us() - p->started_us;
    struct arena *a = arena_new(1 << 16);
    str line = msg_cli_progress_end(a, p->lang, p->label, done, (double)elapsed / 1e6);
    fprintf(stderr, "%s%.*s\n", p->terminal ? "\r\033[K" : "", STR_ARG(line));
    arena_free(a);
}
