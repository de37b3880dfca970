/* A round of questions: leased in one transaction, carried over TLS side by side, each settled in a transaction of its own.
 *
 * Refuses plain http, redirections, certificates that do not fit, and answers that are too long. No address, token, number or
 * answer is ever logged.
 * tested by: tests/origin/two_agencies.py */
#include "origin/inside.h"

#include "defs/life.h"
#include "gate/worker.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { AT_ONCE = 16, CONNECT_MS_MAX = 3000, REQUEST_BYTES_MAX = 65536, ANSWER_BYTES_MAX = 1 << 20, ARENA_BYTES = 64 << 20, TOKEN_BYTES_MAX = 4096, POLL_MS = 200,
       IDLE_MS = 1000, AGAIN_MS = 250, NOTHING_MS = 5000 }; /* rests: nothing due; something failed and may be tried again; no such register */

struct carried {
    struct app *app;
    const struct origin_question *q;
    CURL *easy;
    struct curl_slist *heads;
    struct buf request, answer;
    struct sector_fetched_in in;
    enum origin_reason reason;
};
struct batch {
    struct origin_question *questions;
    size_t count;
};

/* --- one question ------------------------------------------------------------------------------------------------------------ */

static size_t answer_add(char *bytes, size_t size, size_t count, void *arg)
{
    struct carried *c = arg;
    buf_add(&c->answer, (str){ bytes, size * count });
    return c->answer.full ? 0 : size * count;
}

static str file_of(struct arena *a, const struct app *app, str name, const char *ending)
{
    return arena_printf(a, "%.*s/origins/%.*s.%s", STR_ARG(app->directory), STR_ARG(name), ending);
}

/* The access token that the agency gave; it stands in a file of the installation, never in a definition. */
static str token_read(struct arena *a, const struct app *app, str name)
{
    char *text = arena_alloc(a, TOKEN_BYTES_MAX);
    int fd = open(file_of(a, app, name, "token").ptr, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, text, TOKEN_BYTES_MAX);
    if (fd >= 0)
        close(fd);
    return str_trim((str){ text, n > 0 ? (size_t)n : 0 });
}

static void head_add(struct carried *c, struct arena *a, const char *name, str value)
{
    c->heads = curl_slist_append(c->heads, arena_printf(a, "%s: %.*s", name, STR_ARG(value)).ptr);
}

static void heads_make(struct carried *c, struct arena *a)
{
    const struct sector_origin *o = c->q->def->origin;
    str mark = origin_mark(a);
    c->heads = curl_slist_append(NULL, "Expect:");
    head_add(c, a, "Content-Type", STR("application/json"));
    head_add(c, a, "Accept", STR("application/json"));
    head_add(c, a, "Purpose", arena_printf(a, "agreement/%.*s", STR_ARG(o->agreement)));
    head_add(c, a, "Via", c->q->via.len ? arena_printf(a, "%.*s, 1.1 %.*s", STR_ARG(c->q->via), STR_ARG(mark)) : arena_printf(a, "1.1 %.*s", STR_ARG(mark)));
    if (o->token.len)
        head_add(c, a, "Authorization", arena_printf(a, "Bearer %.*s", STR_ARG(token_read(a, c->app, o->token))));
}

static str address_of(struct arena *a, const struct app *app, const struct sector_origin *o)
{
    const struct peer *p = o->node.len ? defs_peer(app->defs, o->node) : NULL;
    str base = p ? p->url : o->url;
    return arena_printf(a, "%.*s%.*s", STR_ARG(base), STR_ARG(o->path));
}

static bool easy_make(struct carried *c, struct arena *a)
{
    const struct sector_origin *o = c->q->def->origin;
    buf_init(&c->request, REQUEST_BYTES_MAX);
    buf_init(&c->answer, ANSWER_BYTES_MAX);
    origin_request_write(a, c->q, &c->request);
    c->easy = curl_easy_init();
    if (!c->easy || c->request.full)
        return false;
    heads_make(c, a);
    curl_easy_setopt(c->easy, CURLOPT_URL, address_of(a, c->app, o).ptr);
    curl_easy_setopt(c->easy, CURLOPT_PROTOCOLS_STR, "https");
    if (o->trust.len)
        curl_easy_setopt(c->easy, CURLOPT_CAINFO, file_of(a, c->app, o->trust, "pem").ptr);
    curl_easy_setopt(c->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(c->easy, CURLOPT_HTTPHEADER, c->heads);
    curl_easy_setopt(c->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)c->request.len);
    curl_easy_setopt(c->easy, CURLOPT_POSTFIELDS, c->request.ptr);
    curl_easy_setopt(c->easy, CURLOPT_WRITEFUNCTION, answer_add);
    curl_easy_setopt(c->easy, CURLOPT_WRITEDATA, c);
    curl_easy_setopt(c->easy, CURLOPT_PRIVATE, c);
    curl_easy_setopt(c->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(o->timeout_ms < CONNECT_MS_MAX ? o->timeout_ms : CONNECT_MS_MAX));
    curl_easy_setopt(c->easy, CURLOPT_TIMEOUT_MS, (long)o->timeout_ms);
    curl_easy_setopt(c->easy, CURLOPT_NOSIGNAL, 1L);
    return true;
}

static enum origin_reason reason_of_curl(CURLcode code)
{
    switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR: return ORIGIN_UNTRUSTED;
    case CURLE_WRITE_ERROR: return ORIGIN_UNREADABLE;
    default: return ORIGIN_SILENCE;
    }
}

static void answered(struct carried *c, struct arena *a, CURLcode code)
{
    long http = 0;
    curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &http);
    if (code != CURLE_OK)
        c->reason = reason_of_curl(code);
    else if (http == 200)
        c->reason = answer_read(a, c->q, buf_str(&c->answer), &c->in);
    else if (http == 508)
        c->reason = ORIGIN_ROUND;
    else
        c->reason = http == 429 || http >= 500 ? ORIGIN_LATER : ORIGIN_REFUSAL;
}

/* --- side by side ------------------------------------------------------------------------------------------------------------ */

static void multi_run(struct worker *w, CURLM *multi, struct arena *a)
{
    int running = 1, left;
    while (running > 0 && !worker_stopping(w)) {
        if (curl_multi_perform(multi, &running) != CURLM_OK)
            return;
        if (running > 0)
            curl_multi_poll(multi, NULL, 0, POLL_MS, NULL);
    }
    for (CURLMsg *m = curl_multi_info_read(multi, &left); m; m = curl_multi_info_read(multi, &left)) {
        struct carried *c = NULL;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&c);
        answered(c, a, m->data.result);
    }
}

static void carry(struct worker *w, struct carried *list, size_t count, struct arena *a)
{
    CURLM *multi = curl_multi_init();
    MUST(multi);
    for (size_t i = 0; i < count; i++) {
        list[i].reason = ORIGIN_SILENCE;
        if (easy_make(&list[i], a))
            curl_multi_add_handle(multi, list[i].easy);
    }
    multi_run(w, multi, a);
    for (size_t i = 0; i < count; i++) {
        if (list[i].easy) {
            curl_multi_remove_handle(multi, list[i].easy);
            curl_easy_cleanup(list[i].easy);
        }
        curl_slist_free_all(list[i].heads);
        buf_done(&list[i].request);
        buf_done(&list[i].answer);
    }
    curl_multi_cleanup(multi);
}

/* --- transactions ------------------------------------------------------------------------------------------------------------ */

static status take(struct ctx *cx, void *arg)
{
    struct batch *b = arg;
    return origin_questions_take(cx, AT_ONCE, &b->questions, &b->count);
}

static status write_answer(struct ctx *cx, void *arg)
{
    const struct carried *c = arg;
    struct sector_fetched_out out;
    cx->purpose = (struct purpose){ STR("origin"), c->q->def->code };
    return gate_call(cx, operation_find(cx->app, STR("sector.fetched")), &c->in, &out);
}

static status write_failure(struct ctx *cx, void *arg)
{
    const struct carried *c = arg;
    return origin_question_fail(cx, c->q, c->reason);
}

/* What cannot be written is not asked for again at once: the agency would say the same. */
static void settle(struct worker *w, struct carried *c, struct arena *a)
{
    if (c->reason == ORIGIN_NO_REASON) {
        status st = worker_call(w, a, true, write_answer, c);
        if (status_ok(st) || status_is(st, ERR_VERSION_CONFLICT))
            return; /* or the lease has passed to another */
        c->reason = error_def((enum error_code)st.code)->class == CLASS_BUSY ? ORIGIN_LATER : ORIGIN_UNREADABLE;
    }
    if (!status_ok(worker_call(w, a, true, write_failure, c)))
        fault_clear(); /* its lease ends, and then it is due again */
}

static bool any_elsewhere(const struct defs *d)
{
    day today = day_of_us(clock_now_us());
    for (size_t i = 0; i < defs_sector_count(d); i++)
        if (defs_sector_nth(d, i, today)->origin)
            return true;
    return false;
}

int origin_round(struct worker *w)
{
    struct app *app = worker_app(w);
    struct batch b = { 0 };
    bool again = false;
    if (!app->serving || !any_elsewhere(app->defs))
        return NOTHING_MS;
    struct arena *a = arena_new(ARENA_BYTES);
    if (status_ok(worker_call(w, a, true, take, &b)) && b.count > 0) {
        struct carried *list = ARENA_ARRAY(a, struct carried, b.count);
        for (size_t i = 0; i < b.count; i++)
            list[i] = (struct carried){ .app = app, .q = &b.questions[i] };
        carry(w, list, b.count, a);
        for (size_t i = 0; i < b.count && !worker_stopping(w); i++) {
            settle(w, &list[i], a);
            again = again || list[i].reason != ORIGIN_NO_REASON;
        }
    }
    fault_clear();
    arena_free(a);
    return b.count == 0 ? IDLE_MS : again ? AGAIN_MS : 0;
}
