/* The thread that sends: what waits goes out side by side, one message a stream at a time, and what the other node has taken (its
 * signature says so) is settled in one transaction. While nothing gets through the pauses double, up to half a minute; a message is
 * never given up. Waking is a hint, looking again is the guarantee.
 *
 * Refuses redirects, answers that are too long, and certificates that do not fit, unless the address is plain http.
 * tested by: tests/life/two_nodes.py */
#include "gate/worker.h"
#include "post/inside.h"

#include <curl/curl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 128 << 20, PAUSE_MS = 250, PAUSE_MOST_MS = 30000, CONNECT_MS = 5000, ANSWER_MS = 20000, ANSWER_BYTES_MAX = 65536 };

struct sender {
    struct app *app;
    struct worker_plan plan;
    struct worker *worker;
    CURLM *multi;
    struct arena *arena;
    _Atomic int pause_ms; /* while nothing gets through; 0: all is well */
};

struct parcel {
    struct outbox *box;
    size_t index;
    CURL *easy;
    struct buf request, answer;
};

/* --- one message ---------------------------------------------------------------------------------------------------------- */

static size_t answer_add(char *bytes, size_t size, size_t count, void *arg)
{
    struct parcel *p = arg;
    buf_add(&p->answer, (str){ bytes, size * count });
    return p->answer.full ? 0 : size * count;
}

static bool parcel_pack(struct sender *s, struct parcel *p, struct curl_slist *headers)
{
    const struct post_letter *l = &p->box->letters[p->index];
    const struct peer *to = defs_peer(s->app->defs, l->to);
    if (!to) /* no longer a peer: kept until an operator names it again */
        return false;
    buf_init(&p->request, BODY_BYTES_MAX * 2);
    buf_init(&p->answer, ANSWER_BYTES_MAX);
    buf_add(&p->request, STR("{\"from\":"));
    buf_json(&p->request, l->from);
    buf_add(&p->request, STR(",\"to\":"));
    buf_json(&p->request, l->to);
    buf_printf(&p->request, ",\"stream\":%lld,\"seq\":%lld,\"kind\":", (long long)l->stream, (long long)l->seq);
    buf_json(&p->request, l->kind);
    buf_add(&p->request, STR(",\"body\":"));
    buf_json(&p->request, l->body);
    buf_add(&p->request, STR(",\"signature\":"));
    buf_json(&p->request, p->box->signatures[p->index]);
    buf_char(&p->request, '}');
    p->easy = curl_easy_init();
    if (!p->easy || p->request.full)
        return false;
    str url = arena_printf(s->arena, "%.*s/post/v1", STR_ARG(to->url));
    curl_easy_setopt(p->easy, CURLOPT_URL, url.ptr);
    curl_easy_setopt(p->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(p->easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(p->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)p->request.len);
    curl_easy_setopt(p->easy, CURLOPT_POSTFIELDS, p->request.ptr);
    curl_easy_setopt(p->easy, CURLOPT_WRITEFUNCTION, answer_add);
    curl_easy_setopt(p->easy, CURLOPT_WRITEDATA, p);
    curl_easy_setopt(p->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(p->easy, CURLOPT_TIMEOUT_MS, (long)ANSWER_MS);
    curl_easy_setopt(p->easy, CURLOPT_NOSIGNAL, 1L);
    return curl_multi_add_handle(s->multi, p->easy) == CURLM_OK;
}

/* Taken, now or before: the other node's signature says so, not the proxy between. */
static bool parcel_taken(struct sender *s, struct parcel *p)
{
    const struct post_letter *l = &p->box->letters[p->index];
    long http = 0;
    curl_easy_getinfo(p->easy, CURLINFO_RESPONSE_CODE, &http);
    json_t *root = http == 200 ? json_loadb(p->answer.ptr, p->answer.len, 0, NULL) : NULL;
    const char *outcome = json_string_value(json_object_get(root, "outcome")), *signature = json_string_value(json_object_get(root, "signature"));
    bool again = outcome && strcmp(outcome, "again") == 0, taken = outcome && (again || strcmp(outcome, "taken") == 0);
    taken = taken && signature && status_ok(answer_check(s->arena, defs_peer(s->app->defs, l->to), l, again, str_of(signature)));
    fault_clear();
    json_decref(root);
    return taken;
}

/* --- a round -------------------------------------------------------------------------------------------------------------- */

static void multi_run(struct sender *s)
{
    int running = 1;
    while (running > 0 && !worker_stopping(s->worker)) {
        if (curl_multi_perform(s->multi, &running) != CURLM_OK)
            return;
        if (running > 0)
            curl_multi_poll(s->multi, NULL, 0, 200, NULL);
    }
}

static size_t parcels_send(struct sender *s, struct outbox *box)
{
    struct parcel *list = ARENA_ARRAY(s->arena, struct parcel, BATCH_MOST);
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    size_t taken = 0;
    headers = curl_slist_append(headers, "Expect:");
    for (size_t i = 0; i < box->count; i++) {
        list[i] = (struct parcel){ .box = box, .index = i };
        parcel_pack(s, &list[i], headers);
    }
    multi_run(s);
    for (size_t i = 0; i < box->count; i++) {
        if (list[i].easy) {
            box->taken[i] = parcel_taken(s, &list[i]);
            curl_multi_remove_handle(s->multi, list[i].easy);
            curl_easy_cleanup(list[i].easy);
        }
        taken += box->taken[i];
        buf_done(&list[i].request);
        buf_done(&list[i].answer);
    }
    curl_slist_free_all(headers);
    return taken;
}

static int send_round(struct worker *w)
{
    struct sender *s = worker_with(w);
    if (defs_peer_count(s->app->defs) == 0)
        return PAUSE_MOST_MS;
    arena_reset(s->arena);
    struct outbox *box = ARENA_NEW(s->arena, struct outbox);
    if (!status_ok(worker_call(s->worker, s->arena, false, outbox_read, box)))
        return PAUSE_MS;
    if (box->count == 0) {
        s->pause_ms = 0;
        return PAUSE_MS;
    }
    size_t taken = parcels_send(s, box);
    if (taken > 0 && !status_ok(worker_call(s->worker, s->arena, true, outbox_settle, box)))
        return PAUSE_MS; /* they go out again, and are answered as before */
    int longer = s->pause_ms == 0 ? 10 : s->pause_ms * 2;
    s->pause_ms = taken > 0 ? 0 : longer < PAUSE_MOST_MS ? longer : PAUSE_MOST_MS;
    return s->pause_ms;
}

/* While nothing gets through, a new message changes nothing about that. */
void sender_wake(struct ctx *cx, struct sender *s)
{
    if (s && s->pause_ms == 0)
        worker_wake_after(cx, s->worker);
}

STATUS sender_start(struct app *app, struct sender **ret)
{
    struct sender *s = calloc(1, sizeof *s);
    MUST(s);
    s->app = app;
    s->arena = arena_new(ARENA_BYTES);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    s->multi = curl_multi_init();
    MUST(s->multi);
    s->plan = (struct worker_plan){ .job = "post", .step = send_round, .first_ms = PAUSE_MS, .with = s };
    *ret = s;
    return worker_start(app, &s->plan, &s->worker);
}

void sender_stop(struct sender *s)
{
    if (s)
        worker_stop(s->worker);
}

void sender_free(struct sender *s)
{
    if (!s)
        return;
    worker_free(s->worker);
    curl_multi_cleanup(s->multi);
    arena_free(s->arena);
    free(s);
}
