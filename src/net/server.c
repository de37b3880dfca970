/* Starts and stops the network threads. Each has a listening socket of its own on the same address (SO_REUSEPORT), and
 * the kernel spreads connections over them. Refuses to start beside another program on the same port, which
 * SO_REUSEPORT by itself would allow. */
#include "net/edge.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define THREADS_MAX 64
#define BACKLOG 1024
/* TLS 1.2 with forward secrecy, or 1.3 (RFC 9325). */
#define TLS_PRIORITIES "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA:-CAMELLIA-128-CBC:-SHA1:%SERVER_PRECEDENCE"

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static STATUS read_address(struct server *s, union address *ret, socklen_t *ret_len)
{
    const char *z = arena_z(s->arena, s->options.address);

    memset(ret, 0, sizeof *ret);
    if (inet_pton(AF_INET, z, &ret->v4.sin_addr) == 1) {
        ret->v4.sin_family = AF_INET;
        ret->v4.sin_port = htons(s->port);
        *ret_len = sizeof ret->v4;
        return OK;
    }
    if (inet_pton(AF_INET6, z, &ret->v6.sin6_addr) == 1) {
        ret->v6.sin6_family = AF_INET6;
        ret->v6.sin6_port = htons(s->port);
        *ret_len = sizeof ret->v6;
        return OK;
    }
    return FAIL_WITH(USAGE, STR("address"), s->options.address);
}

static STATUS io_failed(const char *what)
{
    status st = FAIL(IO);

    fault_detail("%s: errno %d", what, errno);
    return st;
}

static STATUS bound_socket(struct server *s, bool shared, int *ret_fd)
{
    union address at;
    socklen_t len = 0;
    int fd, on = 1;

    TRY(read_address(s, &at, &len));
    fd = socket(at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return io_failed("socket");
    *ret_fd = fd;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (shared && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0)
        return io_failed("SO_REUSEPORT");
    return bind(fd, &at.any, len) == 0 ? OK : io_failed("bind");
}

/* Also finds a free port when none was asked for. */
static STATUS claim_port(struct server *s)
{
    union address at;
    socklen_t len = sizeof at;
    int fd = -1;
    status st = bound_socket(s, false, &fd);

    if (status_ok(st) && getsockname(fd, &at.any, &len) != 0)
        st = io_failed("getsockname");
    if (status_ok(st))
        s->port = ntohs(at.any.sa_family == AF_INET6 ? at.v6.sin6_port : at.v4.sin_port);
    if (fd >= 0)
        close(fd);
    return st;
}

static STATUS mailbox_new(struct mailbox **ret)
{
    struct mailbox *m = calloc(1, sizeof *m);

    MUST(m != NULL);
    *ret = m;
    atomic_store(&m->owners, 1);
    m->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return m->wake_fd >= 0 ? OK : io_failed("eventfd");
}

static size_t plain_text(void *cls, struct MHD_Connection *c, char *text)
{
    (void)cls;
    (void)c;
    return strlen(text); /* targets are decoded by head.c, from a copy */
}

#define OPTIONS_MAX 24

struct option_list {
    struct MHD_OptionItem items[OPTIONS_MAX];
    int count;
};

static void option(struct option_list *o, enum MHD_OPTION name, intptr_t value, void *pointer)
{
    MUST(o->count < OPTIONS_MAX);
    o->items[o->count++] = (struct MHD_OptionItem){ name, value, pointer };
}

static void *text_option(const char *text)
{
    return (void *)(uintptr_t)text; /* the library only reads it */
}

static void set_options(struct loop *l, struct option_list *list)
{
    const struct server_options *o = &l->server->options;
    int connections = (o->connections_max > 0 ? o->connections_max : 4096) / l->server->loop_count;

    option(list, MHD_OPTION_LISTEN_SOCKET, l->listen_fd, NULL);
    option(list, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (intptr_t)EDGE_POOL_BYTES, NULL);
    option(list, MHD_OPTION_CONNECTION_MEMORY_INCREMENT, 4096, NULL);
    option(list, MHD_OPTION_CONNECTION_LIMIT, connections > 0 ? connections : 1, NULL);
    option(list, MHD_OPTION_PER_IP_CONNECTION_LIMIT, o->connections_per_peer_max, NULL);
    option(list, MHD_OPTION_CONNECTION_TIMEOUT, 0, NULL);
    option(list, MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL);
    option(list, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, NULL);
    option(list, MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)intake_completed, l);
    option(list, MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)intake_connection, l);
    option(list, MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)intake_target, l->server);
    option(list, MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)plain_text, NULL);
    if (o->tls_key_pem) {
        option(list, MHD_OPTION_HTTPS_MEM_KEY, 0, text_option(o->tls_key_pem));
        option(list, MHD_OPTION_HTTPS_MEM_CERT, 0, text_option(o->tls_certificate_pem));
        option(list, MHD_OPTION_HTTPS_PRIORITIES, 0, text_option(TLS_PRIORITIES));
    }
    if (o->tls_key_pem && o->tls_trust_pem)
        option(list, MHD_OPTION_HTTPS_MEM_TRUST, 0, text_option(o->tls_trust_pem));
    option(list, MHD_OPTION_END, 0, NULL);
}

static STATUS watch(struct loop *l, int fd)
{
    struct epoll_event e = { .events = EPOLLIN, .data.fd = fd };

    return epoll_ctl(l->wait_fd, EPOLL_CTL_ADD, fd, &e) == 0 ? OK : io_failed("epoll_ctl");
}

static STATUS loop_open(struct loop *l, struct server *s)
{
    struct option_list list = { .count = 0 };
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO;
    const union MHD_DaemonInfo *info;

    l->server = s;
    l->now_us = clock_mono_us();
    TRY(mailbox_new(&l->mailbox));
    TRY(bound_socket(s, true, &l->listen_fd));
    if (listen(l->listen_fd, BACKLOG) != 0)
        return io_failed("listen");
    set_options(l, &list);
    if (s->options.tls_key_pem)
        flags |= MHD_USE_TLS;
    l->daemon = MHD_start_daemon(flags, s->port, NULL, NULL, intake_step, l, MHD_OPTION_ARRAY, list.items, MHD_OPTION_END);
    if (!l->daemon)
        return io_failed(s->options.tls_key_pem ? "server with TLS" : "server");
    l->wait_fd = epoll_create1(EPOLL_CLOEXEC);
    if (l->wait_fd < 0)
        return io_failed("epoll_create1");
    info = MHD_get_daemon_info(l->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    MUST(info != NULL);
    TRY(watch(l, info->epoll_fd));
    return watch(l, l->mailbox->wake_fd);
}

/* Room for the connections, their files and the rest of the process, as far as the hard limit lets us. */
static void raise_file_limit(const struct server_options *o)
{
    rlim_t wanted = (rlim_t)(o->connections_max > 0 ? o->connections_max : 4096) * 2 + 256;
    struct rlimit l;

    if (getrlimit(RLIMIT_NOFILE, &l) != 0 || l.rlim_cur >= wanted)
        return;
    l.rlim_cur = l.rlim_max < wanted ? l.rlim_max : wanted;
    setrlimit(RLIMIT_NOFILE, &l);
}

/* SIGPIPE and the signals that the main thread waits for are none of a network thread's business. */
static STATUS loop_start(struct loop *l)
{
    sigset_t all, before;
    int failure;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    failure = pthread_create(&l->thread, NULL, loop_run, l);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = failure;
    l->started = failure == 0;
    return l->started ? OK : io_failed("thread");
}

static void loop_close(struct loop *l)
{
    if (!l->started && l->daemon)
        MHD_stop_daemon(l->daemon);
    if (!l->daemon && l->listen_fd >= 0)
        close(l->listen_fd);
    if (l->wait_fd >= 0)
        close(l->wait_fd);
    while (l->pool) {
        struct flight *next = l->pool->next;

        flight_free(l->pool);
        l->pool = next;
    }
    if (l->mailbox)
        mailbox_release(l->mailbox);
}

static STATUS start_all(struct server *s)
{
    raise_file_limit(&s->options);
    TRY(claim_port(s));
    for (int i = 0; i < s->loop_count; i++)
        TRY(loop_open(&s->loops[i], s));
    for (int i = 0; i < s->loop_count; i++)
        TRY(loop_start(&s->loops[i]));
    return OK;
}

static STATUS check_options(const struct server_options *o)
{
    if (!o->handlers.handle)
        return FAIL_AT(USAGE, STR("handle"));
    if (!o->tls_certificate_pem != !o->tls_key_pem)
        return FAIL_AT(USAGE, STR("tls"));
    if (o->tls_trust_pem && !o->tls_key_pem)
        return FAIL_AT(USAGE, STR("tls"));
    return o->threads >= 0 && o->threads <= THREADS_MAX ? OK : FAIL_AT(USAGE, STR("threads"));
}

STATUS server_start(const struct server_options *o, struct server **ret)
{
    struct server *s;
    status st;

    *ret = NULL;
    TRY(check_options(o));
    s = calloc(1, sizeof *s);
    MUST(s != NULL);
    s->options = *o;
    s->arena = arena_new((size_t)1 << 20);
    s->options.address = arena_str(s->arena, o->address);
    s->options.proxy = arena_str(s->arena, o->proxy);
    s->options.spool_directory = arena_str(s->arena, o->spool_directory);
    s->port = o->port;
    s->loop_count = o->threads > 0 ? o->threads : 1;
    s->loops = calloc((size_t)s->loop_count, sizeof *s->loops);
    MUST(s->loops != NULL);
    for (int i = 0; i < s->loop_count; i++)
        s->loops[i].listen_fd = s->loops[i].wait_fd = -1;
    atomic_store(&s->next_id, random_u64() >> 16 << 16);
    st = start_all(s);
    if (status_ok(st))
        *ret = s;
    else
        server_stop(s, 0);
    return st;
}

uint16_t server_port(const struct server *s)
{
    return s->port;
}

size_t server_stop(struct server *s, int64_t deadline_ms)
{
    uint64_t one = 1;
    size_t cut_off;

    atomic_store(&s->stop_at_us, clock_mono_us() + deadline_ms * 1000);
    atomic_store(&s->stopping, true);
    for (int i = 0; i < s->loop_count; i++)
        if (s->loops[i].started)
            MUST(write(s->loops[i].mailbox->wake_fd, &one, sizeof one) == sizeof one);
    for (int i = 0; i < s->loop_count; i++)
        if (s->loops[i].started)
            pthread_join(s->loops[i].thread, NULL);
    for (int i = 0; i < s->loop_count; i++)
        loop_close(&s->loops[i]);
    cut_off = atomic_load(&s->cut_off);
    arena_free(s->arena);
    free(s->loops);
    free(s);
    return cut_off;
}
