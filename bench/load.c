/* Load for the benchmark: N keep-alive connections on one thread, each sending its next request when the last one is
 * answered, with bodies from a file so that no two requests need be alike. Prints one line of JSON.
 *
 *   load PORT CONNECTIONS SECONDS PATH [BODIES [HEADER]…]
 *
 * BODIES holds one body a line and makes it a POST of application/json; "-" means GET. The first tenth of the time warms
 * up and is not counted. Anything but a 2xx reply, or a lost connection, is an error. */
#include "base/base.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define LATENCY_SLOTS 200000 /* of 5 µs: up to a second */
#define SLOT_US 5

struct client {
    int fd;
    int64_t sent_us;
    size_t have;   /* bytes of the reply so far */
    size_t expect; /* head and body; 0 while the head is not whole */
    bool good;
    char reply[16384];
};

static struct {
    uint16_t port;
    int connections;
    int64_t seconds;
    str path, headers, bodies, next;
    char *request;
    size_t request_cap;
    uint64_t done, errors, reconnects;
    int64_t latency_max_us, counted_from_us;
    uint32_t slots[LATENCY_SLOTS];
    int epoll_fd;
} load;

static bool read_bodies(const char *path)
{
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    void *at;

    if (fd < 0 || fstat(fd, &about) != 0 || about.st_size == 0)
        return false;
    at = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    load.bodies = (str){ at, (size_t)about.st_size };
    return at != MAP_FAILED;
}

static str next_body(void)
{
    str line = { 0 };

    if (load.bodies.len == 0)
        return line;
    while (line.len == 0) {
        if (load.next.len == 0)
            load.next = load.bodies;
        str_cut(&load.next, '\n', &line);
    }
    return line;
}

static bool send_request(struct client *c)
{
    str body = next_body();
    int head = snprintf(load.request, load.request_cap, "%s %.*s HTTP/1.1\r\nHost: localhost:%d\r\n%.*s",
                        body.len ? "POST" : "GET", STR_ARG(load.path), load.port, STR_ARG(load.headers));
    size_t len = (size_t)head, room = load.request_cap - (size_t)head;

    len += (size_t)(body.len ? snprintf(load.request + len, room,
                                        "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n", body.len)
                             : snprintf(load.request + len, room, "\r\n"));
    if (len + body.len > load.request_cap)
        return false;
    if (body.len)
        memcpy(load.request + len, body.ptr, body.len);
    c->sent_us = clock_mono_us();
    c->have = c->expect = 0;
    return send(c->fd, load.request, len + body.len, MSG_NOSIGNAL) == (ssize_t)(len + body.len);
}

static bool open_client(struct client *c)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(load.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct epoll_event e = { .events = EPOLLIN, .data.ptr = c };
    int on = 1;

    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&at, sizeof at) != 0)
        return false;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    return epoll_ctl(load.epoll_fd, EPOLL_CTL_ADD, c->fd, &e) == 0 && send_request(c);
}

/* The head tells how long the whole reply is. */
static void read_head(struct client *c)
{
    str got = { c->reply, c->have < sizeof c->reply ? c->have : sizeof c->reply };
    size_t end = str_find(got, STR("\r\n\r\n")), at;
    int64_t length = 0;

    if (end == got.len)
        return;
    at = str_find(str_slice(got, 0, end), STR("Content-Length: "));
    if (at < end) {
        str value = str_from(got, at + 16);

        str_i64(str_slice(value, 0, str_find_char(value, '\r')), &length);
    }
    c->good = got.len > 9 && got.ptr[9] == '2';
    c->expect = end + 4 + (size_t)length;
}

static void note(struct client *c, int64_t now_us)
{
    int64_t took = now_us - c->sent_us;

    if (c->sent_us < load.counted_from_us)
        return;
    load.done++;
    load.errors += !c->good;
    load.slots[took / SLOT_US < LATENCY_SLOTS ? took / SLOT_US : LATENCY_SLOTS - 1]++;
    if (took > load.latency_max_us)
        load.latency_max_us = took;
}

static bool renew(struct client *c)
{
    load.reconnects++;
    close(c->fd);
    return open_client(c);
}

static bool on_readable(struct client *c)
{
    /* Past the head, bytes of a long body overwrite one another: only their number counts. */
    size_t at = c->have < sizeof c->reply ? c->have : 0;
    ssize_t n = recv(c->fd, c->reply + at, sizeof c->reply - at, 0);

    if (n < 0 && errno == EAGAIN)
        return true;
    if (n <= 0) {
        load.errors++;
        return renew(c);
    }
    c->have += (size_t)n;
    if (!c->expect)
        read_head(c);
    if (!c->expect || c->have < c->expect)
        return true;
    note(c, clock_mono_us());
    return send_request(c) || renew(c);
}

static int64_t percentile_us(double part)
{
    uint64_t below = 0, wanted = (uint64_t)((double)load.done * part);

    for (size_t i = 0; i < LATENCY_SLOTS; i++) {
        below += load.slots[i];
        if (below > wanted)
            return (int64_t)i * SLOT_US;
    }
    return load.latency_max_us;
}

static bool run(void)
{
    struct client *clients = calloc((size_t)load.connections, sizeof *clients);
    int64_t start = clock_mono_us(), end = start + load.seconds * 1000000;
    struct epoll_event events[512];

    load.counted_from_us = start + load.seconds * 100000;
    load.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < load.connections; i++)
        if (!clients || !open_client(&clients[i]))
            return false;
    while (clock_mono_us() < end) {
        int n = epoll_wait(load.epoll_fd, events, 512, 100);

        for (int i = 0; i < n; i++)
            if (!on_readable(events[i].data.ptr))
                return false;
    }
    free(clients);
    return true;
}

static void report(void)
{
    double counted_s = (double)load.seconds * 0.9;

    printf("{\"connections\":%d,\"seconds\":%.1f,\"requests\":%llu,\"per_second\":%.0f,\"p50_us\":%lld,\"p99_us\":%lld,"
           "\"p999_us\":%lld,\"max_us\":%lld,\"errors\":%llu,\"reconnects\":%llu}\n",
           load.connections, counted_s, (unsigned long long)load.done, (double)load.done / counted_s,
           (long long)percentile_us(0.5), (long long)percentile_us(0.99), (long long)percentile_us(0.999),
           (long long)load.latency_max_us, (unsigned long long)load.errors, (unsigned long long)load.reconnects);
}

static bool read_arguments(int argc, char **argv, struct arena *a)
{
    int64_t port, connections;

    if (argc < 5 || !str_i64(str_of(argv[1]), &port) || !str_i64(str_of(argv[2]), &connections) ||
        !str_i64(str_of(argv[3]), &load.seconds) || connections < 1 || load.seconds < 1)
        return false;
    load.port = (uint16_t)port;
    load.connections = (int)connections;
    load.path = str_of(argv[4]);
    for (int i = 6; i < argc; i++)
        load.headers = arena_printf(a, "%.*s%s\r\n", STR_ARG(load.headers), argv[i]);
    if (argc > 5 && strcmp(argv[5], "-") != 0 && !read_bodies(argv[5]))
        return false;
    load.request_cap = (size_t)1 << 20;
    load.request = arena_alloc(a, load.request_cap);
    return true;
}

int main(int argc, char **argv)
{
    struct arena *a = arena_new((size_t)8 << 20);
    bool done;

    if (!read_arguments(argc, argv, a)) {
        fprintf(stderr, "usage: load PORT CONNECTIONS SECONDS PATH [BODIES [HEADER]...]\n");
        return 2;
    }
    done = run();
    if (done)
        report();
    else
        fprintf(stderr, "load: no connection to port %d\n", load.port);
    arena_free(a);
    return done ? 0 : 1;
}
