/* The thread that sends. Each peer has a line of its own: so many messages under way at once, one of a stream, and the next goes
 * out when one comes back, so that neither a lost message nor a silent peer holds the others up. What the other node has taken
 * (its signature says so) is settled in one transaction with all that came back meanwhile. A line on which nothing gets through
 * rests for pauses that double, up to half a minute; a message is never given up. Waking is a hint, looking again is the guarantee.
 *
 * Refuses redirects, answers that are too long, and certificates that do not fit, unless the address is plain http.
 * tested by: tests/life/two_nodes.py */
#include "gate/worker.h"
#include "post/inside.h"

#include <curl/curl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 128 << 20, LINES_MAX = 100, FLYING_MOST = 48, ROOM_LEAST = 12, LOOK_MS = 250, LOOK_BUSY_MS = 20, GATHER_MS = 5,
       PAUSE_FIRST_MS = 10, PAUSE_TOLD_MS = 1000, PAUSE_MOST_MS = 30000, HTTP_TOO_MANY = 429, CONNECT_MS = 5000, ANSWER_MS = 20000,
       ANSWER_BYTES_MAX = 65536 };

enum parcel_state { PARCEL_FREE, PARCEL_FLIES, PARCEL_TAKEN };

/* A message under way. It stays in its place until its being taken is in the store. */
struct parcel {
    enum parcel_state state;
    struct post_letter letter; /* its texts are in `texts` */
    CURL *easy;
    struct buf texts, request, answer;
};

struct line {
    str node;
    struct parcel parcels[FLYING_MOST];
    size_t busy; /* parcels that are not free */
    size_t lost; /* in a row */
    int pause_ms;
    int64_t look_at_us; /* when its outbox is to be read again */
};

struct sender {
    struct app *app;
    struct worker_plan plan;
    struct worker *worker;
    CURLM *multi;
    struct curl_slist *headers;
    struct arena *arena;
    struct sign_key key;
    bool has_key;
    struct line *lines;
    size_t line_count, taken;
    int64_t settle_at_us; /* what is taken */
};

/* --- one message ---------------------------------------------------------------------------------------------------------- */

static size_t answer_add(char *bytes, size_t size, size_t count, void *arg)
{
    struct parcel *p = arg;
    buf_add(&p->answer, (str){ bytes, size * count });
    return p->answer.full ? 0 : size * count;
}

static void request_write(struct buf *b, const struct post_letter *l, str signature)
{
    buf_add(b, STR("{\"from\":"));
    buf_json(b, l->from);
    buf_add(b, STR(",\"to\":"));
    buf_json(b, l->to);
    buf_printf(b, ",\"stream\":%lld,\"seq\":%lld,\"kind\":", (long long)l->stream, (long long)l->seq);
    buf_json(b, l->kind);
    buf_add(b, STR(",\"body\":"));
    buf_json(b, l->body);
    buf_add(b, STR(",\"signature\":"));
    buf_json(b, signature);
    buf_char(b, '}');
}

static void letter_keep(struct parcel *p, const struct post_letter *l, str to)
{
    buf_init(&p->texts, BODY_BYTES_MAX + 1000);
    buf_add(&p->texts, l->kind);
    buf_add(&p->texts, l->body);
    p->letter = *l;
    p->letter.to = to;
    p->letter.kind = str_slice(buf_str(&p->texts), 0, l->kind.len);
    p->letter.body = str_from(buf_str(&p->texts), l->kind.len);
}

static void parcel_free(struct sender *s, struct line *line, struct parcel *p)
{
    if (p->easy) {
        curl_multi_remove_handle(s->multi, p->easy);
        curl_easy_cleanup(p->easy);
    }
    buf_done(&p->texts);
    buf_done(&p->request);
    buf_done(&p->answer);
    *p = (struct parcel){ 0 };
    line->busy--;
}

static bool easy_set(struct sender *s, struct parcel *p, str url)
{
    CURL *e = p->easy = curl_easy_init();
    if (!e || p->request.full || p->texts.full)
        return false;
    curl_easy_setopt(e, CURLOPT_URL, url.ptr);
    curl_easy_setopt(e, CURLOPT_PRIVATE, p);
    curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(e, CURLOPT_HTTPHEADER, s->headers);
    curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)p->request.len);
    curl_easy_setopt(e, CURLOPT_POSTFIELDS, p->request.ptr);
    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, answer_add);
    curl_easy_setopt(e, CURLOPT_WRITEDATA, p);
    curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)ANSWER_MS);
    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    return curl_multi_add_handle(s->multi, e) == CURLM_OK;
}

static void parcel_send(struct sender *s, struct line *line, const struct peer *to, const struct post_letter *l)
{
    struct parcel *p = line->parcels;
    str signature;
    while (p->state != PARCEL_FREE)
        p++;
    if (!status_ok(letter_sign(s->arena, &s->key, l, &signature)))
        return;
    line->busy++;
    p->state = PARCEL_FLIES;
    letter_keep(p, l, line->node);
    buf_init(&p->answer, ANSWER_BYTES_MAX);
    buf_init(&p->request, BODY_BYTES_MAX * 2);
    request_write(&p->request, &p->letter, signature);
    if (!easy_set(s, p, arena_printf(s->arena, "%.*s/post/v1", STR_ARG(to->url))))
        parcel_free(s, line, p);
}

/* Taken, now or before: the other node's signature says so, not the line between. */
static bool parcel_taken(struct sender *s, struct parcel *p, long http)
{
    const struct peer *to = defs_peer(s->app->defs, p->letter.to);
    json_t *root = to && http == 200 ? json_loadb(p->answer.ptr, p->answer.len, 0, NULL) : NULL;
    const char *outcome = json_string_value(json_object_get(root, "outcome")), *signature = json_string_value(json_object_get(root, "signature"));
    bool again = outcome && strcmp(outcome, "again") == 0, taken = outcome && (again || strcmp(outcome, "taken") == 0);
    taken = taken && signature && status_ok(answer_check(s->arena, to, &p->letter, again, str_of(signature)));
    fault_clear();
    json_decref(root);
    return taken;
}

/* --- a line --------------------------------------------------------------------------------------------------------------- */

static struct line *line_of(struct sender *s, str node)
{
    for (size_t i = 0; i < s->line_count; i++)
        if (str_eq(s->lines[i].node, node))
            return &s->lines[i];
    if (s->line_count == LINES_MAX)
        return NULL;
    struct line *line = &s->lines[s->line_count++];
    line->node = node;
    return line;
}

static bool line_has_room(const struct line *line) { return FLYING_MOST - line->busy >= ROOM_LEAST; }

static bool is_under_way(const struct line *line, const struct post_letter *l)
{
    for (size_t i = 0; i < FLYING_MOST; i++) {
        const struct parcel *p = &line->parcels[i];
        if (p->state != PARCEL_FREE && p->letter.stream == l->stream && p->letter.seq == l->seq)
            return true;
    }
    return false;
}

/* Fills the line with what waits for its peer, the oldest first. */
static void line_fill(struct sender *s, struct line *line, const struct peer *to, int64_t now_us)
{
    struct outbox *box = ARENA_NEW(s->arena, struct outbox);
    size_t sent = 0;
    box->node = line->node;
    box->most = line->busy + FLYING_MOST;
    line->look_at_us = now_us + (line->busy ? LOOK_BUSY_MS : LOOK_MS) * 1000;
    if (!status_ok(worker_call(s->worker, s->arena, false, outbox_read, box)))
        return;
    for (size_t i = 0; i < box->count && line->busy < FLYING_MOST; i++)
        if (!is_under_way(line, &box->letters[i])) {
            parcel_send(s, line, to, &box->letters[i]);
            sent++;
        }
    if (sent == 0 && line->busy == 0)
        line->lost = 0, line->pause_ms = 0; /* nothing waits */
}

static bool is_idle(const struct sender *s)
{
    for (size_t i = 0; i < s->line_count; i++)
        if (s->lines[i].busy)
            return false;
    return true;
}

static void lines_fill(struct sender *s, int64_t now_us)
{
    const struct defs *d = s->app->defs;
    bool rested = is_idle(s); /* and perhaps woken */
    if (!s->has_key && defs_peer_count(d))
        s->has_key = status_ok(node_key(s->app, &s->key));
    if (!s->has_key)
        return;
    for (size_t i = 0; i < defs_peer_count(d); i++) {
        const struct peer *to = defs_peer_nth(d, i);
        struct line *line = line_of(s, to->node);
        if (line && line_has_room(line) && (line->look_at_us <= now_us || (rested && line->pause_ms == 0)))
            line_fill(s, line, to, now_us);
    }
}

/* One that came back untaken goes out again at once, unless nothing at all gets through. */
static void line_lost(struct line *line, bool told_to_wait, int64_t now_us)
{
    if (++line->lost >= FLYING_MOST || line->busy == 0 || told_to_wait) {
        int least = told_to_wait ? PAUSE_TOLD_MS : PAUSE_FIRST_MS, longer = line->pause_ms < least ? least : line->pause_ms * 2;
        line->pause_ms = longer < PAUSE_MOST_MS ? longer : PAUSE_MOST_MS;
        line->lost = 0;
    }
    line->look_at_us = now_us + line->pause_ms * INT64_C(1000);
}

/* --- what came back ------------------------------------------------------------------------------------------------------- */

static void parcel_back(struct sender *s, struct parcel *p, int64_t now_us)
{
    struct line *line = line_of(s, p->letter.to);
    long http = 0;
    curl_easy_getinfo(p->easy, CURLINFO_RESPONSE_CODE, &http);
    if (!parcel_taken(s, p, http)) {
        parcel_free(s, line, p);
        line_lost(line, http == HTTP_TOO_MANY, now_us);
        return;
    }
    p->state = PARCEL_TAKEN;
    line->lost = 0;
    line->pause_ms = 0;
    if (s->taken++ == 0)
        s->settle_at_us = now_us + GATHER_MS * 1000;
}

static void parcels_back(struct sender *s, int64_t now_us)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(s->multi, &left))) {
        struct parcel *p = NULL;
        if (message->msg == CURLMSG_DONE && curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &p) == CURLE_OK && p)
            parcel_back(s, p, now_us);
    }
}

/* If it fails they stay, and are settled with the next ones. */
static void taken_settle(struct sender *s, int64_t now_us)
{
    struct settled settled = { .letters = ARENA_ARRAY(s->arena, const struct post_letter *, s->taken + 1) };
    for (size_t i = 0; i < s->line_count; i++)
        for (size_t k = 0; k < FLYING_MOST; k++)
            if (s->lines[i].parcels[k].state == PARCEL_TAKEN)
                settled.letters[settled.count++] = &s->lines[i].parcels[k].letter;
    if (!status_ok(worker_call(s->worker, s->arena, true, outbox_settle, &settled))) {
        s->settle_at_us = now_us + LOOK_MS * 1000;
        return;
    }
    for (size_t i = 0; i < s->line_count; i++)
        for (size_t k = 0; k < FLYING_MOST; k++)
            if (s->lines[i].parcels[k].state == PARCEL_TAKEN) {
                parcel_free(s, &s->lines[i], &s->lines[i].parcels[k]);
                s->lines[i].look_at_us = now_us;
            }
    s->taken = 0;
}

/* --- the worker ----------------------------------------------------------------------------------------------------------- */

/* Until something is due by itself. */
static int wait_ms(const struct sender *s, int64_t now_us)
{
    int64_t until = now_us + LOOK_MS * 1000;
    if (s->taken && s->settle_at_us < until)
        until = s->settle_at_us;
    for (size_t i = 0; i < s->line_count; i++)
        if (s->lines[i].look_at_us < until && line_has_room(&s->lines[i]) && defs_peer(s->app->defs, s->lines[i].node))
            until = s->lines[i].look_at_us;
    return until <= now_us ? 0 : (int)((until - now_us) / 1000 + 1);
}

static int sender_step(struct worker *w)
{
    struct sender *s = worker_with(w);
    int64_t now_us = clock_mono_us();
    int running;
    if (defs_peer_count(s->app->defs) == 0)
        return PAUSE_MOST_MS;
    arena_reset(s->arena);
    lines_fill(s, now_us);
    curl_multi_perform(s->multi, &running);
    parcels_back(s, now_us);
    if (s->taken && now_us >= s->settle_at_us)
        taken_settle(s, now_us);
    int ms = wait_ms(s, clock_mono_us());
    if (is_idle(s))
        return ms;
    curl_multi_poll(s->multi, NULL, 0, ms, NULL);
    return 0;
}

void sender_wake(struct ctx *cx, struct sender *s)
{
    if (s)
        worker_wake_after(cx, s->worker);
}

STATUS sender_start(struct app *app, struct sender **ret)
{
    struct sender *s = calloc(1, sizeof *s);
    MUST(s);
    s->lines = calloc(LINES_MAX, sizeof *s->lines);
    MUST(s->lines);
    s->app = app;
    s->arena = arena_new(ARENA_BYTES);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    s->multi = curl_multi_init();
    s->headers = curl_slist_append(NULL, "Content-Type: application/json");
    s->headers = curl_slist_append(s->headers, "Expect:");
    s->headers = curl_slist_append(s->headers, "Authorization: Signed");
    MUST(s->multi && s->headers);
    s->plan = (struct worker_plan){ .job = "post", .step = sender_step, .first_ms = LOOK_MS, .with = s };
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
    for (size_t i = 0; i < s->line_count; i++)
        for (size_t k = 0; k < FLYING_MOST; k++)
            if (s->lines[i].parcels[k].state != PARCEL_FREE)
                parcel_free(s, &s->lines[i], &s->lines[i].parcels[k]);
    curl_multi_cleanup(s->multi);
    curl_slist_free_all(s->headers);
    arena_free(s->arena);
    sign_key_done(&s->key);
    free(s->lines);
    free(s);
}
