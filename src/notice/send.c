/* The thread that sends: a batch is taken, goes out side by side, and what became of it is written in one transaction. A slow receiver
 * holds up its batch for ANSWER_MS at most.
 *
 * Refuses redirects, long answers, certificates that do not fit, and letters over an open line to another machine.
 * tested by: tests/notice/sinks.py */
#include "notice/inside.h"

#include "gate/worker.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { ARENA_BYTES = 64 << 20, CONNECT_MS = 5000, ANSWER_MS = 15000, ANSWER_BYTES_MAX = 65536, POLL_MS = 200, PASSWORD_BYTES_MAX = 500, IDLE_MS = 1000 };

struct sending {
    struct app *app;
    struct worker *worker;
    struct arena *arena;
    struct outbox box;
    str password;
    CURLM *multi;
};
struct flight {
    CURL *easy;
    struct curl_slist *headers, *to;
    str text; /* what is still to be read from it */
    size_t answered;
};

static size_t answer_drop(char *bytes, size_t size, size_t count, void *arg)
{
    struct flight *f = arg;
    (void)bytes;
    f->answered += size * count;
    return f->answered > ANSWER_BYTES_MAX ? 0 : size * count;
}

static size_t text_read(char *out, size_t size, size_t count, void *arg)
{
    struct flight *f = arg;
    size_t n = f->text.len < size * count ? f->text.len : size * count;
    if (n)
        memcpy(out, f->text.ptr, n);
    f->text = str_from(f->text, n);
    return n;
}

/* --- a letter ---------------------------------------------------------------------------------------------------------------- */

static bool is_here(str server) { return str_find(server, STR("//127.0.0.1:")) < server.len || str_find(server, STR("//localhost:")) < server.len; }

static void mail_prepare(struct sending *s, struct flight *f, const struct parcel *p)
{
    const struct channels *c = defs_channels(s->app->defs);
    f->text = letter_write(s->arena, c, p, clock_now_us());
    f->to = curl_slist_append(NULL, arena_z(s->arena, p->address));
    curl_easy_setopt(f->easy, CURLOPT_URL, arena_z(s->arena, c->mail_server));
    curl_easy_setopt(f->easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(f->easy, CURLOPT_USE_SSL, is_here(c->mail_server) ? (long)CURLUSESSL_NONE : (long)CURLUSESSL_ALL);
    curl_easy_setopt(f->easy, CURLOPT_MAIL_FROM, arena_z(s->arena, c->mail_from));
    curl_easy_setopt(f->easy, CURLOPT_MAIL_RCPT, f->to);
    curl_easy_setopt(f->easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(f->easy, CURLOPT_READFUNCTION, text_read);
    curl_easy_setopt(f->easy, CURLOPT_READDATA, f);
    if (c->mail_user.len) {
        curl_easy_setopt(f->easy, CURLOPT_USERNAME, arena_z(s->arena, c->mail_user));
        curl_easy_setopt(f->easy, CURLOPT_PASSWORD, arena_z(s->arena, s->password));
    }
}

/* --- a webhook --------------------------------------------------------------------------------------------------------------- */

static STATUS hook_prepare(struct sending *s, struct flight *f, const struct parcel *p)
{
    char at[28];
    str signature;
    int64_t now_us = clock_now_us();
    clock_format(now_us, at);
    TRY(hook_sign(s->app, s->arena, p, now_us, &signature));
    f->text = hook_body(s->arena, p);
    f->headers = curl_slist_append(NULL, "Content-Type: application/json");
    f->headers = curl_slist_append(f->headers, "Expect:");
    f->headers = curl_slist_append(f->headers, arena_printf(s->arena, "Idempotency-Key: %lld", (long long)p->row.id).ptr);
    f->headers = curl_slist_append(f->headers, arena_printf(s->arena, "Dancu-Time: %s", at).ptr);
    f->headers = curl_slist_append(f->headers, arena_printf(s->arena, "Dancu-Signature: %.*s", STR_ARG(signature)).ptr);
    curl_easy_setopt(f->easy, CURLOPT_URL, arena_z(s->arena, p->address));
    curl_easy_setopt(f->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(f->easy, CURLOPT_HTTPHEADER, f->headers);
    curl_easy_setopt(f->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)f->text.len);
    curl_easy_setopt(f->easy, CURLOPT_POSTFIELDS, f->text.ptr);
    return OK;
}

/* --- what came back ------------------------------------------------------------------------------------------------------------ */

static enum notice_fault fault_of(CURLcode code)
{
    switch (code) {
    case CURLE_OPERATION_TIMEDOUT: return FAULT_SLOW;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_USE_SSL_FAILED: return FAULT_SECURE;
    case CURLE_LOGIN_DENIED: return FAULT_SETTINGS;
    default: return FAULT_CONNECT;
    }
}

/* A server's 5xx on an address means that it will never take it (RFC 5321 section 4.2.1), but one on signing in is our own setting; of the
 * web's answers only 410 says "never again". */
static void result_read(struct parcel *p, CURL *easy, CURLcode code)
{
    long said = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &said);
    p->fault_code = (int32_t)said;
    if (p->channel == CHANNEL_MAIL) {
        p->done = code == CURLE_OK;
        p->for_ever = !p->done && said >= 500 && code != CURLE_LOGIN_DENIED;
    } else {
        p->done = code == CURLE_OK && said >= 200 && said < 300;
        p->for_ever = code == CURLE_OK && said == 410;
    }
    if (p->done)
        p->fault = NO_FAULT;
    else if (p->for_ever)
        p->fault = FAULT_REFUSED;
    else if (said >= 400 && code != CURLE_LOGIN_DENIED && code != CURLE_OPERATION_TIMEDOUT)
        p->fault = FAULT_BUSY;
    else
        p->fault = code == CURLE_OK ? FAULT_BUSY : fault_of(code);
}

/* --- a batch ------------------------------------------------------------------------------------------------------------------ */

static void multi_run(struct sending *s, struct flight *flights)
{
    int running = 1, left;
    struct CURLMsg *m;
    while (running > 0) {
        if (curl_multi_perform(s->multi, &running) != CURLM_OK || worker_stopping(s->worker))
            break;
        if (running > 0)
            curl_multi_poll(s->multi, NULL, 0, POLL_MS, NULL);
    }
    while ((m = curl_multi_info_read(s->multi, &left)))
        for (size_t i = 0; i < s->box.count; i++)
            if (m->msg == CURLMSG_DONE && flights[i].easy == m->easy_handle)
                result_read(&s->box.parcels[i], m->easy_handle, m->data.result);
}

static void flight_start(struct sending *s, struct flight *f, struct parcel *p)
{
    f->easy = curl_easy_init();
    MUST(f->easy);
    curl_easy_setopt(f->easy, CURLOPT_WRITEFUNCTION, answer_drop);
    curl_easy_setopt(f->easy, CURLOPT_WRITEDATA, f);
    curl_easy_setopt(f->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(f->easy, CURLOPT_TIMEOUT_MS, (long)ANSWER_MS);
    curl_easy_setopt(f->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(f->easy, CURLOPT_PROXY, "");
    if (p->channel == CHANNEL_MAIL)
        mail_prepare(s, f, p);
    else if (!status_ok(hook_prepare(s, f, p)))
        p->fault = FAULT_SETTINGS;
    if (!p->fault)
        curl_multi_add_handle(s->multi, f->easy);
}

/* What needs no line: texts are laid down; what has no address any more is over; letters without a server wait for it. */
static bool send_here(struct sending *s, struct parcel *p)
{
    const struct channels *c = defs_channels(s->app->defs);
    const struct sms_way *sms = sms_way_of(s->app->defs);
    p->fault = NO_FAULT;
    if (!p->address.len && p->channel == CHANNEL_WEB) {
        p->fault = FAULT_GONE;
        p->for_ever = true;
    } else if (!p->address.len) {
        p->done = true;
    } else if ((p->channel == CHANNEL_MAIL && !c->mail_server.len) || (p->channel == CHANNEL_SMS && !sms)) {
        p->fault = FAULT_SETTINGS;
    } else if (p->channel == CHANNEL_SMS) {
        p->done = status_ok(sms->send(s->app, s->arena, p, letter_text(s->arena, c, p)));
        p->fault = p->done ? NO_FAULT : FAULT_SPACE;
    } else {
        return false;
    }
    return true;
}

static void batch_send(struct sending *s)
{
    struct flight *flights = ARENA_ARRAY(s->arena, struct flight, BATCH_MOST);
    for (size_t i = 0; i < s->box.count; i++)
        if (!send_here(s, &s->box.parcels[i])) {
            flight_start(s, &flights[i], &s->box.parcels[i]);
            s->box.parcels[i].fault = s->box.parcels[i].fault ? s->box.parcels[i].fault : FAULT_SLOW; /* unless it ends */
        }
    multi_run(s, flights);
    for (size_t i = 0; i < s->box.count; i++) {
        if (!flights[i].easy)
            continue;
        curl_multi_remove_handle(s->multi, flights[i].easy);
        curl_easy_cleanup(flights[i].easy);
        curl_slist_free_all(flights[i].headers);
        curl_slist_free_all(flights[i].to);
    }
}

/* --- a step ------------------------------------------------------------------------------------------------------------------- */

/* Looking costs no write: an idle outbox is read only. */
static status due_read(struct ctx *cx, void *outbox)
{
    struct parcel_row *rows;
    return parcels_due(cx, SHARD, cx->now_us, 1, &rows, &((struct outbox *)outbox)->count);
}

static bool batch_take(struct sending *s)
{
    bool due = status_ok(worker_call(s->worker, s->arena, false, due_read, &s->box)) && s->box.count > 0;
    return due && status_ok(worker_call(s->worker, s->arena, true, parcels_claim, &s->box)) && s->box.count > 0;
}

static void password_read(struct sending *s)
{
    const struct channels *c = defs_channels(s->app->defs);
    char *bytes = arena_alloc(s->arena, PASSWORD_BYTES_MAX);
    if (!c->mail_password_file.len)
        return;
    int fd = open(arena_printf(s->arena, "%.*s/%.*s", STR_ARG(s->app->directory), STR_ARG(c->mail_password_file)).ptr, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t n = fd >= 0 ? read(fd, bytes, PASSWORD_BYTES_MAX) : 0;
    if (fd >= 0)
        close(fd);
    s->password = str_trim((str){ bytes, n > 0 ? (size_t)n : 0 });
}

int send_step(struct worker *w)
{
    int ms = IDLE_MS;
    if (!worker_app(w)->serving)
        return IDLE_MS;
    struct arena *arena = arena_new(ARENA_BYTES);
    struct sending *s = ARENA_NEW(arena, struct sending);
    *s = (struct sending){ .app = worker_app(w), .worker = w, .arena = arena };
    if (batch_take(s)) {
        password_read(s);
        s->multi = curl_multi_init();
        MUST(s->multi);
        batch_send(s);
        curl_multi_cleanup(s->multi);
        if (s->password.len)
            secret_wipe((void *)(uintptr_t)s->password.ptr, s->password.len);
        if (status_ok(worker_call(w, arena, true, parcels_settle, &s->box)) && s->box.count == BATCH_MOST)
            ms = 0;
    }
    fault_clear();
    arena_free(arena);
    return ms;
}
