/* See wire.h. The worker plays a lane: it finishes exchanges on a thread that is not the server's. */
#include "net/test/wire.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void hold(struct wire *w, struct exchange *x)
{
    pthread_mutex_lock(&w->lock);
    MUST(w->waiting_count < sizeof w->waiting / sizeof w->waiting[0]);
    w->waiting[w->waiting_count++] = x;
    pthread_cond_signal(&w->more);
    pthread_mutex_unlock(&w->lock);
}

static void echo(struct exchange *x)
{
    struct request *r = &x->request;
    struct buf b;

    buf_init(&b, (size_t)4 << 20);
    buf_printf(&b, "method: %d%s\npath: %.*s\nquery: %.*s\npeer: %.*s\nhost: %.*s\ntls: %d\nbody: %zu\n", r->method,
               r->head ? " head" : "", STR_ARG(r->path), STR_ARG(r->query_string), STR_ARG(r->peer), STR_ARG(r->host),
               r->tls, r->body.len);
    buf_printf(&b, "certificate: %zu\n", r->client_certificate.len);
    for (size_t i = 0; i < r->queries.count; i++)
        buf_printf(&b, "query %.*s=%.*s\n", STR_ARG(r->queries.list[i].name), STR_ARG(r->queries.list[i].value));
    for (size_t i = 0; i < r->fields.count; i++)
        buf_printf(&b, "field %.*s=%.*s\n", STR_ARG(r->fields.list[i].name), STR_ARG(r->fields.list[i].value));
    for (size_t i = 0; i < r->files.count; i++)
        buf_printf(&b, "file %.*s %.*s %zu\n", STR_ARG(r->files.list[i].field), STR_ARG(r->files.list[i].filename),
                   r->files.list[i].bytes.len);
    MUST(status_ok(buf_check(&b)));
    x->reply.content_type = STR("text/plain; charset=utf-8");
    x->reply.body = arena_str(r->arena, buf_str(&b));
    buf_done(&b);
}

static void uploaded(struct exchange *x)
{
    struct request *r = &x->request;

    x->reply.content_type = STR("text/plain");
    x->reply.body = arena_printf(r->arena, "length: %zu\nhash: %016llx\nspooled: %d\nfiles: %zu\n", r->body.len,
                                 (unsigned long long)str_hash(r->body), r->body_fd >= 0, r->files.count);
}

static void let_go(void *arg)
{
    atomic_fetch_add((atomic_int *)arg, 1);
}

static void file_reply(struct exchange *x)
{
    FILE *f = tmpfile();

    MUST(f != NULL && fputs("from a file\n", f) >= 0 && fflush(f) == 0);
    x->reply.body_fd = dup(fileno(f));
    x->reply.content_type = STR("text/plain");
    x->reply.cache = STR("public, max-age=60");
    reply_header(x, STR("ETag"), STR("\"abc\""));
    reply_cookie(x, STR("__Host-session"), STR("token"), 60);
    fclose(f);
}

/* What this network thread finishes in turn(). */
static _Thread_local struct {
    struct exchange *list[4096];
    size_t count;
} soon;

/* What this network thread finishes in a turn that the disk (a thread of its own) brings about. */
static _Thread_local struct ripening {
    struct exchange *list[4096];
    size_t count, posted;
    atomic_bool ripe;
    pthread_t disk;
    void (*wake)(void *loop);
    void *loop;
} ripening;

static void handle(struct exchange *x, void *app)
{
    struct wire *w = app;
    str path = x->request.path;

    atomic_fetch_add(&w->handled, 1);
    x->reply.release = let_go;
    x->reply.release_arg = &w->let_go;
    if (str_eq(path, STR("/later")) || str_eq(path, STR("/held"))) {
        hold(w, x);
        return;
    }
    if (str_eq(path, STR("/soon"))) {
        MUST(soon.count < sizeof soon.list / sizeof soon.list[0]);
        soon.list[soon.count++] = x;
        exchange_soon(x);
        return;
    }
    if (str_eq(path, STR("/ripe"))) {
        MUST(ripening.count < sizeof ripening.list / sizeof ripening.list[0]);
        ripening.list[ripening.count++] = x;
        exchange_soon(x);
        return;
    }
    if (str_eq(path, STR("/file")))
        file_reply(x);
    else if (str_eq(path, STR("/upload")))
        uploaded(x);
    else if (str_eq(path, STR("/away")))
        reply_redirect(x, x->request.queries.count ? x->request.queries.list[0].value : STR("/echo?done=1"));
    else if (str_eq(path, STR("/save")))
        reply_attachment(x, x->request.queries.list[0].value);
    else if (str_eq(path, STR("/type")))
        x->reply.content_type = x->reply.cache = x->request.queries.list[0].value;
    else if (str_starts(path, STR("/echo")) || str_eq(path, STR("/small")))
        echo(x);
    else
        x->reply.status = 404;
    exchange_finish(x);
}

static void *ripen(void *arg)
{
    struct ripening *r = arg;

    usleep(1000);
    atomic_store(&r->ripe, true);
    r->wake(r->loop);
    return NULL;
}

static void finish(struct exchange **list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        echo(list[i]);
        exchange_finish(list[i]);
    }
}

static size_t turn(void *app, void (*wake)(void *loop), void *loop)
{
    struct wire *w = app;
    struct ripening *r = &ripening;

    atomic_fetch_add(&w->turns, 1);
    if (soon.count)
        usleep(1000);
    finish(soon.list, soon.count);
    soon.count = 0;
    if (r->posted && atomic_exchange(&r->ripe, false)) {
        pthread_join(r->disk, NULL);
        finish(r->list, r->posted);
        memmove(r->list, r->list + r->posted, (r->count - r->posted) * sizeof(struct exchange *));
        r->count -= r->posted;
        r->posted = 0;
    }
    if (r->count && !r->posted) {
        r->posted = r->count;
        r->wake = wake;
        r->loop = loop;
        MUST(pthread_create(&r->disk, NULL, ripen, r) == 0);
    }
    return r->count;
}

static struct body_rule body_rule(const struct request *r, void *app)
{
    (void)app;
    if (str_eq(r->path, STR("/upload")))
        return (struct body_rule){ (size_t)64 << 20, true };
    if (str_eq(r->path, STR("/small")))
        return (struct body_rule){ 100, false };
    return (struct body_rule){ NET_BODY_MEMORY_MAX, false };
}

/* Finishes what /later and /held left, the latter only when released. */
static void *work(void *arg)
{
    struct wire *w = arg;

    pthread_mutex_lock(&w->lock);
    while (!w->over || w->waiting_count) {
        size_t kept = 0, ready = 0;
        struct exchange *now[4096];

        for (size_t i = 0; i < w->waiting_count; i++)
            if (w->released || w->over || str_eq(w->waiting[i]->request.path, STR("/later")))
                now[ready++] = w->waiting[i];
            else
                w->waiting[kept++] = w->waiting[i];
        w->waiting_count = kept;
        if (ready == 0) {
            pthread_cond_wait(&w->more, &w->lock);
            continue;
        }
        pthread_mutex_unlock(&w->lock);
        usleep(1000);
        for (size_t i = 0; i < ready; i++) {
            echo(now[i]);
            exchange_finish(now[i]);
        }
        pthread_mutex_lock(&w->lock);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

struct wire *wire_start(const struct server_options *o)
{
    struct wire *w = calloc(1, sizeof *w);
    struct server_options chosen = o ? *o : (struct server_options){ 0 };

    MUST(w != NULL);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->more, NULL);
    if (chosen.address.len == 0)
        chosen.address = STR("127.0.0.1");
    chosen.handlers.handle = handle;
    chosen.handlers.body_rule = body_rule;
    chosen.handlers.turn = turn;
    chosen.handlers.app = w;
    MUST(status_ok(server_start(&chosen, &w->server)));
    MUST(pthread_create(&w->worker, NULL, work, w) == 0);
    return w;
}

size_t wire_stop(struct wire *w, int64_t deadline_ms)
{
    size_t cut = server_stop(w->server, deadline_ms);

    w->server = NULL;
    return cut;
}

void wire_release(struct wire *w)
{
    pthread_mutex_lock(&w->lock);
    w->released = true;
    pthread_cond_broadcast(&w->more);
    pthread_mutex_unlock(&w->lock);
}

void wire_free(struct wire *w)
{
    pthread_mutex_lock(&w->lock);
    w->over = true;
    pthread_cond_broadcast(&w->more);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->worker, NULL);
    if (w->server)
        server_stop(w->server, 2000);
    free(w);
}

int wire_connect(const struct wire *w)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(server_port(w->server)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    MUST(fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at) == 0);
    return fd;
}

void wire_send(int fd, str bytes)
{
    while (bytes.len) {
        ssize_t n = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);

        if (n <= 0)
            return;
        bytes = str_from(bytes, (size_t)n);
    }
}

static bool more_within(int fd, int ms)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };

    return poll(&p, 1, ms) == 1;
}

static size_t reply_length(str got, bool head)
{
    size_t end = str_find(got, STR("\r\n\r\n")), at = str_find(got, STR("Content-Length: "));
    int64_t body = 0;
    str value;

    if (end == got.len)
        return SIZE_MAX;
    if (head || at > end)
        return end + 4;
    value = str_from(got, at + 16);
    MUST(str_i64(str_slice(value, 0, str_find_char(value, '\r')), &body));
    return end + 4 + (size_t)body;
}

/* Looks before it takes, so that a pipelined reply behind this one stays in the socket. */
str wire_read(struct arena *a, int fd, bool head)
{
    size_t wanted = SIZE_MAX, have = 0;
    char piece[8192], *reply;

    while (wanted == SIZE_MAX) {
        ssize_t n = more_within(fd, 5000) ? recv(fd, piece, sizeof piece, MSG_PEEK) : 0;

        if (n <= 0 || (size_t)n == have)
            return (str){ 0 };
        have = (size_t)n;
        wanted = reply_length((str){ piece, have }, head);
    }
    reply = arena_alloc(a, wanted);
    for (have = 0; have < wanted;) {
        ssize_t n = recv(fd, reply + have, wanted - have, 0);

        if (n <= 0)
            return (str){ 0 };
        have += (size_t)n;
    }
    return (str){ reply, have };
}

bool wire_is_closed(int fd)
{
    char piece[4096];

    while (more_within(fd, 2000))
        if (recv(fd, piece, sizeof piece, 0) <= 0)
            return true;
    return false;
}

str wire_ask(struct wire *w, struct arena *a, str bytes)
{
    int fd = wire_connect(w);
    str reply;

    wire_send(fd, bytes);
    reply = wire_read(a, fd, false);
    close(fd);
    return reply;
}

int wire_status(str reply)
{
    int64_t code = 0;

    return str_i64(str_slice(reply, 9, 12), &code) ? (int)code : 0;
}

bool wire_has(str reply, const char *part)
{
    return str_find(reply, str_of(part)) < reply.len;
}
