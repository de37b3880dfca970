/* The loop of one network thread. It turns the library by hand, because the library's own threads stall when exactly 128
 * connections are ready: there the second look for events waits as long as the first.
 *
 *   take finished exchanges from the mailbox → resume their connections → MHD_run → sweep → wait
 *
 * Deadlines are kept here and not by the library, whose timeout starts anew with each byte and so never ends for a peer
 * that sends one byte at a time. A connection past its deadline is shut down; the library then sees its end.
 * tested by: src/net/test/server_test.c */
#include "net/edge.h"

#include "net/net_metric.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define SWEEP_EVERY_US 250000
#define STOP_GRACE_US 300000
/* When connections run short, one that waits idly has this long. */
#define SCARCE_IDLE_US 2000000
/* Exchanges that are worked on together: a quarter of those that there can be. Calling turn() costs something by itself, and so
 * does what it hands to the disk; but if all were one portion, the processors would have nothing to do while the disk has it. */
enum { PORTIONS = 4, PORTION_MIN = 8, PORTION_MAX = 32 };

static int64_t seconds_us(int chosen, int usual)
{
    return (int64_t)(chosen > 0 ? chosen : usual) * 1000000;
}

static int64_t transfer_us(const struct server_options *o, uint64_t bytes)
{
    uint64_t floor = o->transfer_floor > 0 ? (uint64_t)o->transfer_floor : 8192;

    return (int64_t)(bytes / floor) * 1000000;
}

void link_state_set(struct link *k, enum link_state state, uint64_t bytes)
{
    const struct server_options *o = &k->loop->server->options;
    int64_t head = seconds_us(o->head_timeout_s, 10);

    k->state = state;
    k->since_us = k->loop->now_us;
    switch (state) {
    case LINK_IDLE:
        k->deadline_us = k->since_us + seconds_us(o->idle_timeout_s, 60);
        break;
    case LINK_HEAD:
        k->deadline_us = k->since_us + head;
        break;
    case LINK_BODY:
    case LINK_SENDING:
        k->deadline_us = k->since_us + head + transfer_us(o, bytes);
        break;
    case LINK_RUNNING:
        k->deadline_us = INT64_MAX;
        break;
    }
}

static bool is_over(const struct loop *l, const struct link *k, bool scarce)
{
    if (l->now_us >= k->deadline_us)
        return true;
    if (k->state != LINK_IDLE)
        return false;
    return l->quiet || (scarce && l->now_us - k->since_us > SCARCE_IDLE_US);
}

static void sweep(struct loop *l)
{
    const struct server_options *o = &l->server->options;
    size_t max = (size_t)(o->connections_max > 0 ? o->connections_max : 4096) / (size_t)l->server->loop_count;
    bool scarce = l->link_count > max - max / 4;

    if (!l->quiet && l->now_us - l->swept_us < SWEEP_EVERY_US)
        return;
    l->swept_us = l->now_us;
    net_metric_links(l);
    for (struct link *k = l->links; k; k = k->next)
        if (is_over(l, k, scarce)) {
            if (!l->quiet)
                net_metric_cut(k->state);
            shutdown(k->fd, SHUT_RDWR);
            k->deadline_us = INT64_MAX;
        }
}

static void resume_finished(struct loop *l)
{
    struct flight *f = mailbox_take(l->mailbox);

    while (f) {
        struct flight *next = f->next;

        l->running--;
        MHD_resume_connection(f->link->connection);
        f = next;
    }
}

/* A handler that is not done yet keeps its exchange; its connection is answered without it. */
static void abandon_running(struct loop *l)
{
    for (struct link *k = l->links; k; k = k->next) {
        struct flight *f = k->flight;
        int running = FLIGHT_RUNNING;

        if (!f || k->state != LINK_RUNNING || f->soon)
            continue;
        atomic_store(&f->owners, 2);
        if (!atomic_compare_exchange_strong(&f->state, &running, FLIGHT_ABANDONED)) {
            atomic_store(&f->owners, 1);
            continue;
        }
        l->running--;
        atomic_fetch_add(&l->server->cut_off, 1);
        MHD_resume_connection(k->connection);
    }
}

static void quiet_down(struct loop *l)
{
    int fd = MHD_quiesce_daemon(l->daemon);

    l->quiet = true;
    if (fd >= 0)
        close(fd);
    l->listen_fd = -1;
}

/* True once nothing is left to wait for. */
static bool stop_step(struct loop *l)
{
    int64_t stop_at_us = atomic_load(&l->server->stop_at_us);

    if (!atomic_load(&l->server->stopping))
        return false;
    if (!l->quiet)
        quiet_down(l);
    if (l->running && l->now_us >= stop_at_us)
        abandon_running(l);
    return l->running == 0 && l->waiting == 0 && (l->link_count == 0 || l->now_us >= stop_at_us + STOP_GRACE_US);
}

/* What turn() finishes gets its reply made by the MHD_run() after this and sent by the one after that: `runs` of them, this one
 * too if it is not over. What comes in meanwhile waits that long. */
static void take_turn(struct loop *l, int runs)
{
    const struct server_handlers *h = &l->server->options.handlers;

    l->finished = false;
    l->came = l->seen = 0;
    if (h->turn)
        l->waiting = h->turn(h->app, mailbox_turn, l->mailbox);
    if (l->finished)
        l->sending = runs;
}

void loop_came(struct loop *l)
{
    size_t portion = l->link_count / PORTIONS;

    portion = portion < PORTION_MIN ? PORTION_MIN : portion > PORTION_MAX ? PORTION_MAX : portion;
    if (++l->came >= portion)
        take_turn(l, 3);
}

/* While exchanges wait for a turn anyway, those that keep coming make up a portion. */
static bool is_gathering(struct loop *l)
{
    bool more = l->came > l->seen;

    l->seen = l->came;
    return l->waiting > 0 && more;
}

static void end_turn(struct loop *l)
{
    if (l->sending > 0 && --l->sending > 0)
        return;
    bool due = atomic_exchange(&l->mailbox->turn_due, false);
    if (!due && is_gathering(l))
        return;
    if (due || l->came > 0)
        take_turn(l, 2);
}

/* While exchanges wait for a turn the library always asks to be run again, on their account, and would gain nothing. */
static void wait_for_events(struct loop *l)
{
    struct epoll_event events[2];
    struct mailbox *m = l->mailbox;
    unsigned long long timeout_ms = 0;
    uint64_t count;
    int n;

    if (l->came > 0 || l->sending > 0)
        return;
    if (l->waiting == 0 && MHD_get_timeout(l->daemon, &timeout_ms) == MHD_YES && timeout_ms == 0)
        return;
    atomic_store(&m->asleep, true);
    if (atomic_load(&m->head) || atomic_load(&m->turn_due)) {
        atomic_store(&m->asleep, false);
        return;
    }
    n = epoll_wait(l->wait_fd, events, 2, l->quiet ? 10 : SWEEP_EVERY_US / 1000);
    atomic_store(&m->asleep, false);
    for (int i = 0; i < n; i++)
        if (events[i].data.fd == m->wake_fd && read(m->wake_fd, &count, sizeof count) < 0)
            MUST(errno == EAGAIN);
}

/* With as many threads as processors each thread keeps its own. Left to the kernel, one that is woken often moves to the processor
 * of whoever wakes it, beside another one, while a processor is idle. If it cannot be, the work is the same. */
static void keep_processor(const struct loop *l)
{
    cpu_set_t all, own;
    ptrdiff_t others = l - l->server->loops;
    int cpu = 0;

    if (sched_getaffinity(0, sizeof all, &all) != 0 || CPU_COUNT(&all) != l->server->loop_count)
        return;
    while (!CPU_ISSET(cpu, &all) || others-- > 0)
        cpu++;
    CPU_ZERO(&own);
    CPU_SET(cpu, &own);
    (void)sched_setaffinity(0, sizeof own, &own);
}

void *loop_run(void *loop)
{
    struct loop *l = loop;

    pthread_setname_np(pthread_self(), "net");
    keep_processor(l);
    do {
        l->now_us = clock_mono_us();
        resume_finished(l);
        MUST(MHD_run(l->daemon) == MHD_YES);
        end_turn(l);
        sweep(l);
        wait_for_events(l);
    } while (!stop_step(l));
    resume_finished(l);
    MHD_stop_daemon(l->daemon);
    net_metric_links(l);
    return NULL;
}
