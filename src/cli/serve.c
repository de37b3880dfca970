/* dancu serve: opens the store, starts the faces, listens, stops politely. Prints one line when it is ready, so that a
 * script can wait for it. Health says that the process lives, readiness that it takes work; both say nothing else.
 * tested by: tests/scenario/run.py */
#include "base/metric.h"
#include "cli/debug.h"
#include "cli/verbs.h"
#include "messages/messages.h"
#include "net/rate.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PORT_DEFAULT = 8443, FACES_MAX = 8, STOP_DEADLINE_MS = 10000, THREADS_MAX = 64, PEM_BYTES_MAX = 1 << 20, TLS_DAYS = 397, THREADS_USUAL_MAX = 8,
       METRICS_BYTES_MAX = 4 << 20, RELOAD_BYTES_MAX = 64 << 20,
       STRANGERS_MAX = 65536, STRANGER_PER_MINUTE = 1200, STRANGER_BURST = 600 };
#define ARENA_BYTES_MAX ((size_t)1 << 30) /* of one exchange: an export of half a gigabyte passes through it */

struct serving {
    struct app *app;
    const struct face *faces;
    size_t face_count;
    void *states[FACES_MAX];
    struct rate *strangers; /* requests without credentials, by address */
    bool stopping;
};

static size_t face_of(const struct serving *s, str path)
{
    for (size_t i = 0; i < s->face_count; i++)
        if (s->faces[i].owns(path))
            return i;
    return s->face_count - 1; /* the last one answers for everything else */
}

static void plain(struct exchange *x, int http, str body)
{
    x->reply.status = http;
    x->reply.content_type = STR("text/plain; charset=utf-8");
    x->reply.body = body;
    exchange_finish(x);
}

static void metrics_reply(struct exchange *x)
{
    struct buf b;
    buf_init(&b, METRICS_BYTES_MAX);
    metric_expose(&b);
    plain(x, 200, arena_str(x->request.arena, buf_str(&b)));
    buf_done(&b);
}

static bool program_path(struct serving *s, struct exchange *x)
{
    str path = x->request.path;
    if (str_eq(path, STR("/health")))
        plain(x, 200, STR("ok\n"));
    else if (str_eq(path, STR("/ready")))
        plain(x, s->stopping ? 503 : 200, s->stopping ? STR("stopping\n") : STR("ready\n"));
    else if (str_eq(path, STR("/metrics")))
        metrics_reply(x);
    else if (s->app->debug && str_starts(path, STR("/debug/")))
        debug_handle(s->app, x);
    else
        return false;
    return true;
}

static void serving_handle(struct exchange *x, void *arg)
{
    struct serving *s = arg;
    if (program_path(s, x))
        return;
    size_t i = face_of(s, x->request.path);
    if (!request_has_credentials(&x->request) && !rate_take(s->strangers, x->request.peer, NULL)) {
        struct fault f = { .status = { ERR_RATE_LIMIT } };
        s->faces[i].problem(x, &f);
        exchange_finish(x);
        return;
    }
    s->faces[i].handle(s->states[i], x);
}

static struct body_rule serving_body_rule(const struct request *r, void *arg)
{
    const struct serving *s = arg;
    size_t i = face_of(s, r->path);
    if (s->faces[i].body_rule)
        return s->faces[i].body_rule(s->states[i], r);
    return (struct body_rule){ .bytes_max = 1 << 16 };
}

static void serving_refuse(struct exchange *x, enum error_code error, void *arg)
{
    const struct serving *s = arg;
    struct fault f = { .status = { (uint16_t)error } };
    /* A head that cannot be read was written by a program: it gets a problem document, not a page. */
    size_t i = face_of(s, x->request.path.len ? x->request.path : STR("/api/"));
    s->faces[i].problem(x, &f);
}

static size_t serving_turn(void *arg, void (*wake)(void *loop), void *loop)
{
    return lanes_flush(((struct serving *)arg)->app->lanes, wake, loop);
}

static STATUS faces_start(struct serving *s)
{
    MUST(s->face_count <= FACES_MAX);
    for (size_t i = 0; i < s->face_count; i++)
        if (s->faces[i].start)
            TRY(s->faces[i].start(s->app, &s->states[i]));
    return OK;
}

static void faces_stop(struct serving *s)
{
    for (size_t i = s->face_count; i > 0; i--)
        if (s->faces[i - 1].stop && s->states[i - 1])
            s->faces[i - 1].stop(s->states[i - 1]);
}

static STATUS pem_read(struct command *c, const char *option, const char **ret)
{
    str path = command_text(c, option, (str){ 0 });
    FILE *f = fopen(arena_z(c->arena, path), "re");
    if (!f) {
        int why = errno;
        status bad = FAIL_WITH(IO, str_of(option), path);
        fault_detail("%s", strerror(why));
        return bad;
    }
    char *text = arena_alloc(c->arena, PEM_BYTES_MAX);
    size_t n = fread(text, 1, PEM_BYTES_MAX - 1, f);
    fclose(f);
    text[n] = 0;
    *ret = text;
    return OK;
}

static STATUS tls_prepare(struct command *c, str address, struct server_options *o)
{
    if (command_has(c, "plain"))
        return OK;
    if (command_has(c, "tls-cert") && command_has(c, "tls-key")) {
        TRY(pem_read(c, "tls-cert", &o->tls_certificate_pem));
        return pem_read(c, "tls-key", &o->tls_key_pem);
    }
    struct tls_pair pair;
    TRY(tls_pair_make(c->arena, address, TLS_DAYS, &pair));
    o->tls_certificate_pem = arena_z(c->arena, pair.certificate_pem);
    o->tls_key_pem = arena_z(c->arena, pair.key_pem);
    return OK;
}

static sigset_t signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    return set;
}

static void signals_block(void)
{
    sigset_t set = signals();
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* SIGHUP reads the definitions anew; the others end the wait. */
static STATUS signals_wait(struct app *app)
{
    sigset_t set = signals();
    for (int got = 0;;) {
        if (sigwait(&set, &got) != 0)
            return FAIL(INTERNAL);
        if (got != SIGHUP)
            return OK;
        struct arena *a = arena_new(RELOAD_BYTES_MAX);
        struct defs_problems problems = { 0 };
        status st = app_reload(app, a, &problems);
        LOG(INFO, "definitions_reload", LOG_WORD("outcome", error_def(st.code)->name), LOG_NUM("problems", problems.count));
        arena_free(a);
    }
}

/* A thread a processor: they also work, not only talk (gate/round.c). */
static int64_t threads_usual(void)
{
    int64_t n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > THREADS_USUAL_MAX ? THREADS_USUAL_MAX : n;
}

static STATUS options_read(struct command *c, struct server_options *o)
{
    int64_t port = PORT_DEFAULT, threads = threads_usual();
    TRY(command_i64(c, "port", 0, 65535, &port));
    TRY(command_i64(c, "threads", 1, THREADS_MAX, &threads));
    o->address = command_text(c, "address", STR("127.0.0.1"));
    o->port = (uint16_t)port;
    o->threads = (int)threads;
    o->proxy = command_text(c, "proxy", (str){ 0 });
    return tls_prepare(c, o->address, o);
}

static STATUS serve_until_signal(struct command *c, struct serving *s, struct server_options *o)
{
    struct server *server;
    TRY(server_start(o, &server));
    printf("ready %s://%.*s:%u\n", o->tls_key_pem ? "https" : "http", STR_ARG(o->address), server_port(server));
    fflush(stdout);
    LOG(INFO, "serving", LOG_NUM("port", server_port(server)));
    status st = signals_wait(s->app);
    s->stopping = true;
    size_t cut = server_stop(server, STOP_DEADLINE_MS);
    LOG(INFO, "stopped", LOG_NUM("cut_off", cut));
    (void)c;
    return st;
}

/* What a second of traffic leaves is freed when its entries have reached the tables, and wanted again at once: handing it
 * back to the kernel each time costs a page fault for every 4 KB. Blocks of arenas are smaller than a map of their own. */
#define TRIM_BYTES (64 << 20)
#define MAP_BYTES_MIN (4 << 20)

/* The simulated bank tells of payments with the token of a gateway's own account; without one it can do nothing. */
static STATUS simulator_prepare(struct command *c, struct app *app)
{
    char *token = getenv("DANCU_GATEWAY_TOKEN");
    if (!command_has(c, "simulator"))
        return OK;
    if (!token || !*token)
        return FAIL_WITH(OPTION_NEEDS, STR("simulator"), STR("DANCU_GATEWAY_TOKEN"));
    app_state_set(app, SIMULATOR_STATE, token);
    LOG(WARN, "simulated_bank_is_on", LOG_NUM("on", 1));
    return OK;
}

static status serve_run(struct command *c)
{
    signals_block();
    mallopt(M_TRIM_THRESHOLD, TRIM_BYTES);
    mallopt(M_MMAP_THRESHOLD, MAP_BYTES_MIN);
    DEFER(command_app_done) struct app *app = NULL;
    struct serving s = { .faces = c->faces, .face_count = c->face_count };
    struct server_options o = {
        .handlers = { .handle = serving_handle, .turn = serving_turn, .body_rule = serving_body_rule, .refuse = serving_refuse, .app = &s },
    };
    TRY(options_read(c, &o)); /* first: a slip of the pen makes no store */
    TRY(command_app_serving(c, &app));
    s.app = app;
    TRY(simulator_prepare(c, app));
    o.spool_directory = app->directory;
    o.arena_bytes_max = ARENA_BYTES_MAX;
    s.strangers = rate_new(STRANGERS_MAX, STRANGER_PER_MINUTE, STRANGER_BURST);
    app_state_set(app, STRANGERS_STATE, s.strangers);
    status st = faces_start(&s);
    if (status_ok(st))
        st = serve_until_signal(c, &s, &o);
    faces_stop(&s);
    rate_free(s.strangers);
    return st;
}

static status init_run(struct command *c)
{
    DEFER(command_app_done) struct app *app = NULL;
    TRY(command_app(c, &app));
    str line = msg_cli_init_done(c->arena, c->lang, app->directory);
    printf("%.*s\n", STR_ARG(line));
    return OK;
}

static const struct option serve_options[] = {
    { "address", "IP", msg_cli_option_address },
    { "port", "N", msg_cli_option_port },
    { "threads", "N", msg_cli_option_threads },
    { "tls-cert", "FILE", msg_cli_option_tls_cert },
    { "tls-key", "FILE", msg_cli_option_tls_key },
    { "plain", NULL, msg_cli_option_plain },
    { "proxy", "IP", msg_cli_option_proxy },
    { "simulator", NULL, msg_cli_option_simulator },
    { NULL, NULL, NULL },
};

const struct verb verbs_serve[] = {
    { "serve", "", 0, 0, serve_options, msg_cli_verb_serve, serve_run },
    { "init", "", 0, 0, NULL, msg_cli_verb_init, init_run },
    { NULL, NULL, 0, 0, NULL, NULL, NULL },
};
