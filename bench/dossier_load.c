/* Load for the benchmark of dossiers: N keep-alive connections on one thread, each taking dossiers from the draft to the decision,
 * citizen's and officer's commands in turn, the next when the last is answered. Prints one line of JSON.
 *
 *   dossier_load PORT CONNECTIONS SECONDS ACTORS
 *
 * ACTORS holds a line "citizen TOKEN" or "officer TOKEN" each. Connections are dealt over the citizens and the officers. The first
 * tenth of the time warms up and is not counted. Anything but a 200, or a lost connection, is an error and begins a new dossier. */
#include "base/base.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LATENCY_SLOTS = 200000, SLOT_US = 10, ACTORS_MAX = 1000, STEPS = 5, REPLY_BYTES = 32768, REQUEST_BYTES = 4096 };

static const char *const paths[STEPS] = { "", "/submit", "/accept", "/take", "/decide" };
static const bool by_officer[STEPS] = { false, false, true, true, true };

struct client {
    int fd;
    int step;
    int64_t sent_us, dossier, version;
    size_t have, expect; /* bytes of the reply; expect 0: its head is not whole */
    const char *citizen, *officer;
    char reply[REPLY_BYTES];
};

static struct {
    uint16_t port;
    int connections;
    int64_t seconds, latency_max_us, counted_from_us;
    uint64_t done, errors, decided, serial;
    uint32_t slots[LATENCY_SLOTS];
    const char *citizens[ACTORS_MAX], *officers[ACTORS_MAX];
    size_t citizen_count, officer_count;
    char failed[200];
    int epoll_fd;
} load;

static bool read_actors(const char *path)
{
    static char text[1 << 20];
    FILE *f = fopen(path, "r");
    size_t len = f ? fread(text, 1, sizeof text - 1, f) : 0;
    char *line, *rest = text;
    if (f)
        (void)fclose(f);
    text[len] = 0;
    while ((line = strsep(&rest, "\n"))) {
        if (strncmp(line, "citizen ", 8) == 0 && load.citizen_count < ACTORS_MAX)
            load.citizens[load.citizen_count++] = line + 8;
        else if (strncmp(line, "officer ", 8) == 0 && load.officer_count < ACTORS_MAX)
            load.officers[load.officer_count++] = line + 8;
    }
    return load.citizen_count && load.officer_count;
}

static int body_write(const struct client *c, char *out, size_t room)
{
    long long id = c->dossier, version = c->version;
    switch (c->step) {
    case 0: return snprintf(out, room, "{\"procedure\":\"marital-status\"}");
    case 1: return snprintf(out, room, "{\"dossier\":%lld,\"expected_version\":%lld,\"answers\":[{\"key\":\"purpose\",\"value\":\"property\"}]}", id, version);
    case 4: return snprintf(out, room, "{\"dossier\":%lld,\"expected_version\":%lld,\"grant\":true}", id, version);
    default: return snprintf(out, room, "{\"dossier\":%lld,\"expected_version\":%lld}", id, version);
    }
}

static bool send_request(struct client *c)
{
    char body[REQUEST_BYTES / 4], request[REQUEST_BYTES];
    int body_len = body_write(c, body, sizeof body);
    int len = snprintf(request, sizeof request,
                       "POST /api/v1/dossiers%s HTTP/1.1\r\nHost: localhost:%d\r\nAuthorization: Bearer %s\r\nIdempotency-Key: bench-%llx-%llu\r\n"
                       "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
                       paths[c->step], load.port, by_officer[c->step] ? c->officer : c->citizen, (unsigned long long)load.counted_from_us,
                       (unsigned long long)++load.serial, body_len, body);
    c->sent_us = clock_mono_us();
    c->have = c->expect = 0;
    return len < (int)sizeof request && send(c->fd, request, (size_t)len, MSG_NOSIGNAL) == len;
}

static bool open_client(struct client *c)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(load.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct epoll_event e = { .events = EPOLLIN, .data.ptr = c };
    int on = 1;
    c->step = 0;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&at, sizeof at) != 0)
        return false;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    return epoll_ctl(load.epoll_fd, EPOLL_CTL_ADD, c->fd, &e) == 0 && send_request(c);
}

static bool number_after(str s, str key, int64_t *ret)
{
    size_t at = str_find(s, key), end = at + key.len;
    if (at == s.len)
        return false;
    while (end < s.len && s.ptr[end] >= '0' && s.ptr[end] <= '9')
        end++;
    return str_i64(str_slice(s, at + key.len, end), ret);
}

/* True: the reply is whole. */
static bool reply_whole(struct client *c)
{
    str got = { c->reply, c->have };
    size_t end = str_find(got, STR("\r\n\r\n"));
    int64_t length = 0;
    if (end == got.len)
        return false;
    if (!c->expect) {
        (void)number_after(str_slice(got, 0, end), STR("Content-Length: "), &length);
        c->expect = end + 4 + (size_t)length;
    }
    return c->have >= c->expect || c->have == sizeof c->reply;
}

static bool next_step(struct client *c)
{
    str got = { c->reply, c->have };
    int64_t took = clock_mono_us() - c->sent_us;
    bool good = got.len > 12 && memcmp(got.ptr + 9, "200", 3) == 0 && number_after(got, STR("\"dossier\":"), &c->dossier) &&
                number_after(got, STR("\"version\":"), &c->version);
    if (!good && !load.failed[0])
        (void)snprintf(load.failed, sizeof load.failed, "%.*s", (int)(got.len > 150 ? 150 : got.len), got.ptr + (got.len > 150 ? got.len - 150 : 0));
    if (c->sent_us >= load.counted_from_us) {
        load.done += good;
        load.errors += !good;
        load.decided += good && c->step == STEPS - 1;
        load.slots[took / SLOT_US < LATENCY_SLOTS ? took / SLOT_US : LATENCY_SLOTS - 1]++;
        load.latency_max_us = took > load.latency_max_us ? took : load.latency_max_us;
    }
    c->step = good ? (c->step + 1) % STEPS : 0;
    return send_request(c);
}

static bool on_readable(struct client *c)
{
    ssize_t n = recv(c->fd, c->reply + c->have, sizeof c->reply - c->have, 0);
    if (n < 0 && errno == EAGAIN)
        return true;
    if (n <= 0) {
        load.errors++;
        close(c->fd);
        return open_client(c);
    }
    c->have += (size_t)n;
    return !reply_whole(c) || next_step(c);
}

static int64_t percentile_us(double part)
{
    uint64_t below = 0, all = load.done + load.errors;
    for (size_t i = 0; i < LATENCY_SLOTS; i++) {
        below += load.slots[i];
        if ((double)below > (double)all * part)
            return (int64_t)i * SLOT_US;
    }
    return load.latency_max_us;
}

static bool run(struct client *clients)
{
    int64_t start = clock_mono_us(), end = start + load.seconds * 1000000;
    struct epoll_event events[512];
    load.counted_from_us = start + load.seconds * 100000;
    load.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < load.connections; i++) {
        clients[i].citizen = load.citizens[(size_t)i % load.citizen_count];
        clients[i].officer = load.officers[(size_t)i % load.officer_count];
        if (!open_client(&clients[i]))
            return false;
    }
    while (clock_mono_us() < end) {
        int n = epoll_wait(load.epoll_fd, events, 512, 100);
        for (int i = 0; i < n; i++)
            if (!on_readable(events[i].data.ptr))
                return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    int64_t port, connections;
    if (argc != 5 || !str_i64(str_of(argv[1]), &port) || !str_i64(str_of(argv[2]), &connections) || !str_i64(str_of(argv[3]), &load.seconds) ||
        connections < 1 || load.seconds < 1 || !read_actors(argv[4])) {
        (void)fprintf(stderr, "usage: dossier_load PORT CONNECTIONS SECONDS ACTORS\n");
        return 2;
    }
    load.port = (uint16_t)port;
    load.connections = (int)connections;
    struct client *clients = calloc((size_t)connections, sizeof *clients);
    if (!clients || !run(clients))
        return 1;
    double counted_s = (double)load.seconds * 0.9;
    printf("{\"connections\":%d,\"requests\":%llu,\"per_second\":%.0f,\"decided\":%llu,\"p50_us\":%lld,\"p99_us\":%lld,\"max_us\":%lld,\"errors\":%llu}\n",
           load.connections, (unsigned long long)load.done, (double)load.done / counted_s, (unsigned long long)load.decided,
           (long long)percentile_us(0.5), (long long)percentile_us(0.99), (long long)load.latency_max_us, (unsigned long long)load.errors);
    if (load.failed[0])
        (void)fprintf(stderr, "first failure: %s\n", load.failed);
    free(clients);
    return 0;
}
