/* The floor of the benchmark: the bare HTTP library answering a constant, driven by one outside loop, with none of our
 * checks, headers or exchanges. What the program itself serves is told as a fraction of this.
 *
 *   http_floor [PORT]     prints the port and serves until it is killed */
#include "base/base.h"

#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

static const char constant[] = "{\"holds\":true}\n";

/* The signature of MHD_AccessHandlerCallback. */
#define ANSWER_PARAMETERS                                                                                              \
    void *cls, struct MHD_Connection *c, const char *url, const char *method, const char *version, const char *data,   \
        size_t *data_bytes, void **seen

static enum MHD_Result answer(ANSWER_PARAMETERS)
{
    struct MHD_Response *r;
    enum MHD_Result sent;

    (void)cls, (void)url, (void)method, (void)version, (void)data;
    if (!*seen) {
        *seen = (void *)(uintptr_t)constant;
        return MHD_YES;
    }
    if (*data_bytes) {
        *data_bytes = 0;
        return MHD_YES;
    }
    r = MHD_create_response_from_buffer(sizeof constant - 1, (void *)(uintptr_t)constant, MHD_RESPMEM_PERSISTENT);
    MHD_add_response_header(r, "Content-Type", "application/json");
    sent = MHD_queue_response(c, 200, r);
    MHD_destroy_response(r);
    return sent;
}

int main(int argc, char **argv)
{
    int64_t port = 0;

    if (argc > 1 && !str_i64(str_of(argv[1]), &port))
        return 2;

    struct MHD_Daemon *d = MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_TURBO, (uint16_t)port, NULL, NULL, answer, NULL,
                                            MHD_OPTION_CONNECTION_LIMIT, 4096u, MHD_OPTION_END);

    if (!d)
        return 1;
    printf("%d\n", (int)MHD_get_daemon_info(d, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);

    int fd = MHD_get_daemon_info(d, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd, wait_fd = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event e = { .events = EPOLLIN };

    if (wait_fd < 0 || epoll_ctl(wait_fd, EPOLL_CTL_ADD, fd, &e) != 0)
        return 1;
    while (MHD_run(d) == MHD_YES) {
        unsigned long long timeout_ms;

        if (MHD_get_timeout(d, &timeout_ms) != MHD_YES || timeout_ms > 0)
            epoll_wait(wait_fd, &e, 1, 1000);
    }
    return 0;
}
