/* From the face's reply to the bytes that leave: every reply carries the fields that tell a browser how little it may do
 * with a page of ours (W3C Content Security Policy 3, Fetch's cross-origin policies, RFC 6797), and may be stored
 * nowhere unless the handler says otherwise. No inline script or style is ever allowed, so none can be injected.
 * tested by: src/net/test/server_test.c */
#include "net/edge.h"

#include "net/net_metric.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define REPLY_HEADERS_MAX 32

static const struct {
    const char *name, *value;
} guards[] = {
    { "Content-Security-Policy",
      "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
      "form-action 'self'; frame-ancestors 'none'; base-uri 'none'" },
    { "X-Content-Type-Options", "nosniff" },
    { "Referrer-Policy", "same-origin" },
    { "Cross-Origin-Opener-Policy", "same-origin" },
    { "Cross-Origin-Resource-Policy", "same-origin" },
    { "Cross-Origin-Embedder-Policy", "require-corp" },
    { "Permissions-Policy", "geolocation=(), microphone=(), payment=()" },
};

/* A line end in a value would begin a field of its own. Input may have put it there, so it is made harmless rather than
 * made the end of the process. */
static str harmless(struct arena *a, str value)
{
    char *copy = arena_z(a, value);

    for (size_t i = 0; i < value.len; i++)
        if ((unsigned char)copy[i] < ' ' || copy[i] == 0x7f)
            copy[i] = '_';
    return (str){ copy, value.len };
}

void reply_header(struct exchange *x, str name, str value)
{
    struct reply *p = &x->reply;

    MUST(name.len && p->header_count < REPLY_HEADERS_MAX);
    if (!p->headers)
        p->headers = ARENA_ARRAY(x->request.arena, struct param, REPLY_HEADERS_MAX);
    p->headers[p->header_count++] =
        (struct param){ arena_str(x->request.arena, name), harmless(x->request.arena, value) };
}

/* RFC 6265bis: the __Host- prefix needs Secure, Path=/ and no Domain. */
void reply_cookie(struct exchange *x, str name, str value, int64_t max_age_s)
{
    struct arena *a = x->request.arena;
    str age = max_age_s > 0   ? arena_printf(a, "; Max-Age=%lld", (long long)max_age_s)
              : max_age_s < 0 ? STR("; Max-Age=0")
                              : (str){ 0 };

    reply_header(x, STR("Set-Cookie"),
                 arena_printf(a, "%.*s=%.*s; Path=/; HttpOnly; SameSite=Lax%s%.*s", STR_ARG(name), STR_ARG(value),
                              x->request.tls ? "; Secure" : "", STR_ARG(age)));
}

/* "//host" and "/\host" would leave the site. */
void reply_redirect(struct exchange *x, str path)
{
    bool ours = str_starts(path, STR("/")) && !str_starts(path, STR("//")) && !str_starts(path, STR("/\\"));

    x->reply.status = 303;
    reply_header(x, STR("Location"), ours ? path : STR("/"));
}

/* RFC 6266, with the extended form of RFC 8187 for names beyond ASCII. */
void reply_attachment(struct exchange *x, str file_name)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._";
    struct buf b;

    buf_init(&b, 4096);
    buf_add(&b, STR("attachment; filename*=UTF-8''"));
    for (size_t i = 0; i < file_name.len; i++) {
        if (memchr(plain, file_name.ptr[i], sizeof plain - 1))
            buf_char(&b, file_name.ptr[i]);
        else
            buf_printf(&b, "%%%02X", (unsigned char)file_name.ptr[i]);
    }
    reply_header(x, STR("Content-Disposition"), buf_str(&b));
    buf_done(&b);
}

static void add(struct MHD_Response *r, const char *name, const char *value)
{
    MUST(MHD_add_response_header(r, name, value) == MHD_YES);
}

static struct MHD_Response *response_of_file(struct flight *f, uint64_t *ret_bytes)
{
    struct MHD_Response *r;
    struct stat about;

    MUST(fstat(f->x.reply.body_fd, &about) == 0);
    r = MHD_create_response_from_fd64((uint64_t)about.st_size, f->x.reply.body_fd);
    MUST(r != NULL);
    f->x.reply.body_fd = -1;
    *ret_bytes = (uint64_t)about.st_size;
    return r;
}

/* The body stays where it is until the exchange is over: it is not copied, and the cast takes nothing away. */
static struct MHD_Response *response_of_bytes(str body)
{
    struct MHD_Response *r =
        MHD_create_response_from_buffer(body.len, (void *)(uintptr_t)body.ptr, MHD_RESPMEM_PERSISTENT);

    MUST(r != NULL);
    return r;
}

/* A browser that learned HSTS for localhost would refuse every other program there. */
static bool tells_hsts(const struct request *r)
{
    return r->tls && r->host.len && !str_starts(r->host, STR("localhost")) && !str_starts(r->host, STR("127."));
}

/* A response that was built for an earlier exchange of this flight. Building one costs the library three allocations a
 * field; a small reply that differs from the last one in its bytes and its request's id alone takes that one's place. */
struct kept {
    struct MHD_Response *response;
    char *id; /* the library's own text of the field X-Request-Id: every id has the same length */
    size_t len;
    bool hsts;
    char type[64], cache[64];
    char body[512];
};
enum { ID_DIGITS = 16 };

void answer_forget(struct kept *k)
{
    if (k && k->response)
        MHD_destroy_response(k->response);
    free(k);
}

static bool is_stopping(const struct flight *f)
{
    return f->close || atomic_load_explicit(&f->loop->server->stopping, memory_order_relaxed);
}

static void add_fields(struct MHD_Response *r, struct flight *f, const char *id)
{
    const struct reply *p = &f->x.reply;

    for (size_t i = 0; i < sizeof guards / sizeof guards[0]; i++)
        add(r, guards[i].name, guards[i].value);
    if (tells_hsts(&f->x.request))
        add(r, "Strict-Transport-Security", "max-age=63072000");
    add(r, "X-Request-Id", id);
    if (is_stopping(f))
        add(r, "Connection", "close");
    add(r, "Cache-Control", p->cache.len ? harmless(f->arena, p->cache).ptr : "no-store");
    if (p->content_type.len)
        add(r, "Content-Type", harmless(f->arena, p->content_type).ptr);
    for (size_t i = 0; i < p->header_count; i++)
        add(r, p->headers[i].name.ptr, p->headers[i].value.ptr);
}

static bool may_keep(const struct flight *f)
{
    const struct reply *p = &f->x.reply;

    return p->body_fd < 0 && p->header_count == 0 && p->body.len <= sizeof f->kept->body && p->content_type.len < sizeof f->kept->type &&
           p->cache.len < sizeof f->kept->cache && !is_stopping(f);
}

static bool fits(const struct kept *k, const struct flight *f)
{
    const struct reply *p = &f->x.reply;

    return k->response && k->len == p->body.len && k->hsts == tells_hsts(&f->x.request) && str_eq(str_of(k->type), p->content_type) &&
           str_eq(str_of(k->cache), p->cache);
}

static void keep_text(char *out, str s)
{
    if (s.len)
        memcpy(out, s.ptr, s.len);
    out[s.len] = 0;
}

static struct MHD_Response *response_kept(struct flight *f, const char *id)
{
    struct reply *p = &f->x.reply;

    if (!f->kept)
        f->kept = calloc(1, sizeof *f->kept);
    struct kept *k = f->kept;
    MUST(k != NULL);
    if (p->body.len)
        memcpy(k->body, p->body.ptr, p->body.len);
    if (fits(k, f)) {
        memcpy(k->id, id, ID_DIGITS);
    } else {
        if (k->response)
            MHD_destroy_response(k->response);
        k->response = response_of_bytes((str){ k->body, p->body.len });
        k->len = p->body.len;
        k->hsts = tells_hsts(&f->x.request);
        keep_text(k->type, p->content_type);
        keep_text(k->cache, p->cache);
        add_fields(k->response, f, id);
        k->id = (char *)(uintptr_t)MHD_get_response_header(k->response, "X-Request-Id");
        MUST(k->id && strcmp(k->id, id) == 0);
    }
    return k->response;
}

enum MHD_Result answer_send(struct flight *f, struct MHD_Connection *c)
{
    struct reply *p = &f->x.reply;
    uint64_t bytes = p->body.len;
    bool kept = may_keep(f);
    struct MHD_Response *r;
    enum MHD_Result sent;
    char id[ID_DIGITS + 1];

    for (int i = 0; i < ID_DIGITS; i++)
        id[i] = "0123456789abcdef"[f->x.request.id >> (60 - 4 * i) & 15];
    id[ID_DIGITS] = 0;
    if (kept) {
        r = response_kept(f, id);
    } else {
        r = p->body_fd >= 0 ? response_of_file(f, &bytes) : response_of_bytes(p->body);
        add_fields(r, f, id);
    }
    net_metric_reply(f);
    link_state_set(f->link, LINK_SENDING, bytes);
    sent = MHD_queue_response(c, (unsigned)p->status, r);
    if (!kept)
        MHD_destroy_response(r);
    return sent;
}

/* RFC 9457, for a caller that speaks no human language. */
static void bare_problem(struct flight *f, enum error_code error)
{
    const struct error_def *d = error_def(error);

    f->x.reply.content_type = STR("application/problem+json");
    f->x.reply.body = arena_printf(f->arena, "{\"type\":\"about:blank\",\"status\":%d,\"title\":\"%s\"}\n", d->http, d->name);
}

enum MHD_Result answer_refuse(struct flight *f, struct MHD_Connection *c, enum error_code error)
{
    const struct server_handlers *h = &f->loop->server->options.handlers;

    f->phase = PHASE_REPLY;
    f->x.reply.status = error_def(error)->http;
    net_metric_refusal(error);
    if (error == ERR_METHOD_WRONG)
        reply_header(&f->x, STR("Allow"), STR("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"));
    if (h->refuse)
        h->refuse(&f->x, error, h->app);
    else
        bare_problem(f, error);
    return answer_send(f, c);
}

/* The exchange belongs to its late handler; this reply touches nothing of it. */
enum MHD_Result answer_stopping(struct MHD_Connection *c)
{
    static const char body[] = "{\"type\":\"about:blank\",\"status\":503,\"title\":\"STOPPING\"}\n";
    struct MHD_Response *r = response_of_bytes((str){ body, sizeof body - 1 });
    enum MHD_Result sent;

    for (size_t i = 0; i < sizeof guards / sizeof guards[0]; i++)
        add(r, guards[i].name, guards[i].value);
    add(r, "Cache-Control", "no-store");
    add(r, "Content-Type", "application/problem+json");
    add(r, "Retry-After", "5");
    add(r, "Connection", "close");
    sent = MHD_queue_response(c, 503, r);
    MHD_destroy_response(r);
    return sent;
}
