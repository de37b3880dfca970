/* The thread that sends: what waits goes out side by side, one message a stream at a time, and what the other node has taken (its
 * signature says so) is settled in one transaction. While nothing gets through the pauses double, up to half a minute; a message is
 * never given up. Waking is a hint, looking again is the guarantee.
 *
 * Refuses redirects, answers that are too long, and certificates that do not fit, unless the address is plain http.
 * tested by: tests/life/two_nodes.py */
#include "post/inside.h"

#include <curl/curl.h>
#include <errno.h>
#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ARENA_BYTES = 128 << 20, PAUSE_MS = 250, AFTER_WAKE_MS = 5, PAUSE_MOST_MS = 30000, CONNECT_MS = 5000, ANSWER_MS = 20000, ANSWER_BYTES_MAX = 65536 };

struct sender {
    struct app *app;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    _Atomic bool stopping;
    bool hinted;
    CURLM *multi;
    struct arena *arena;
    _Atomic int pause_ms;
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
    while (running > 0 && !s->stopping) {
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

static status in_lane(struct sender *s, struct outbox *box, status (*run)(struct ctx *, void *), bool writes)
{
    struct work work = { .run = run, .arg = box, .writes = writes };
    ctx_for_program(&work.cx, s->app, s->arena, STR("post"));
    return lanes_call(s->app->lanes, &work);
}

/* How long to rest until the next look. */
static int send_round(struct sender *s)
{
    arena_reset(s->arena);
    struct outbox *box = ARENA_NEW(s->arena, struct outbox);
    if (!status_ok(in_lane(s, box, outbox_read, false)))
        return PAUSE_MS;
    if (box->count == 0) {
        s->pause_ms = 0;
        return PAUSE_MS;
    }
    size_t taken = parcels_send(s, box);
    if (taken > 0 && !status_ok(in_lane(s, box, outbox_settle, true)))
        return PAUSE_MS; /* they go out again, and are answered as before */
    int longer = s->pause_ms == 0 ? 10 : s->pause_ms * 2;
    s->pause_ms = taken > 0 ? 0 : longer < PAUSE_MOST_MS ? longer : PAUSE_MOST_MS;
    return s->pause_ms;
}

static void rest(struct sender *s, int ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (long)ms % 1000 * 1000000L;
    until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    while (!s->stopping && !s->hinted)
        if (pthread_cond_timedwait(&s->wake, &s->lock, &until) == ETIMEDOUT)
            break;
}

static void *sender_run(void *arg)
{
    struct sender *s = arg;
    int ms = PAUSE_MS;
    pthread_mutex_lock(&s->lock);
    while (!s->stopping) {
        if (ms > 0)
            rest(s, ms);
        bool hinted = s->hinted;
        s->hinted = false;
        if (s->stopping)
            break;
        pthread_mutex_unlock(&s->lock);
        if (hinted) { /* its transaction has still to commit */
            struct timespec little = { 0, AFTER_WAKE_MS * 1000000L };
            nanosleep(&little, NULL);
        }
        ms = defs_peer_count(s->app->defs) ? send_round(s) : PAUSE_MOST_MS;
        pthread_mutex_lock(&s->lock);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

void sender_wake(struct sender *s)
{
    if (!s)
        return;
    pthread_mutex_lock(&s->lock);
    if (s->pause_ms == 0) /* while nothing gets through, a new message changes nothing about that */
        s->hinted = true;
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->lock);
}

STATUS sender_start(struct app *app, struct sender **ret)
{
    struct sender *s = calloc(1, sizeof *s);
    pthread_condattr_t attr;
    MUST(s);
    s->app = app;
    s->arena = arena_new(ARENA_BYTES);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    s->multi = curl_multi_init();
    MUST(s->multi);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->wake, &attr);
    pthread_condattr_destroy(&attr);
    MUST(pthread_create(&s->thread, NULL, sender_run, s) == 0);
    *ret = s;
    return OK;
}

void sender_stop(struct sender *s)
{
    if (!s)
        return;
    pthread_mutex_lock(&s->lock);
    s->stopping = true;
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
}

void sender_free(struct sender *s)
{
    if (!s)
        return;
    curl_multi_cleanup(s->multi);
    arena_free(s->arena);
    free(s);
}
