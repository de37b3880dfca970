/* The server as a whole: keep-alive, pipelining, exchanges finished by another thread, many connections, slow peers,
 * the fields of every reply, TLS, and a stop under load. */
#include "net/edge.h"
#include "net/test/wire.h"

#include <dirent.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define ASK(path) "GET " path " HTTP/1.1\r\nHost: x\r\n\r\n"

static struct arena *a;

static void keep_alive(void **state)
{
    struct wire *w = wire_start(NULL);
    int fd = wire_connect(w);
    str last = { 0 };

    (void)state;
    for (int i = 0; i < 50; i++) {
        wire_send(fd, i % 2 ? STR(ASK("/echo?n=1")) : STR("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"));
        str reply = wire_read(a, fd, false);

        assert_int_equal(wire_status(reply), 200);
        assert_true(wire_has(reply, i % 2 ? "\nquery n=1\n" : "\nbody: 3\n"));
        str id = str_from(reply, str_find(reply, STR("\nX-Request-Id: ")));

        assert_in_range(id.len, 33, reply.len);
        id = str_slice(id, 15, 33);
        assert_true(str_ends(id, STR("\r\n")) && !str_eq(id, last));
        last = id;
    }
    close(fd);
    assert_int_equal(atomic_load(&w->handled), 50);
    usleep(10000);
    assert_in_range(atomic_load(&w->turns), 1, 50);
    wire_free(w);
}

/* Replies come in the order of the requests, though some are finished elsewhere and later. */
static void pipelining(void **state)
{
    struct wire *w = wire_start(NULL);
    int fd = wire_connect(w);

    (void)state;
    wire_send(fd, STR(ASK("/later?n=1") ASK("/echo?n=2") "POST /later?n=3 HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody"
                      ASK("/echo?n=4") ASK("/nowhere") ASK("/soon?n=6") ASK("/later?n=7") ASK("/soon?n=8")));
    for (int i = 1; i <= 8; i++) {
        str reply = wire_read(a, fd, false);
        char wanted[32];

        snprintf(wanted, sizeof wanted, "\nquery n=%d\n", i);
        assert_int_equal(wire_status(reply), i == 5 ? 404 : 200);
        assert_true(i == 5 || wire_has(reply, wanted));
    }
    close(fd);
    wire_free(w);
}

/* A loop that sleeps is woken, not found by its next round. */
static void wakes_at_once(void **state)
{
    struct wire *w = wire_start(NULL);
    int fd = wire_connect(w);
    int64_t start_us = clock_mono_us();

    (void)state;
    for (int i = 0; i < 10; i++) {
        usleep(10000);
        wire_send(fd, STR(ASK("/later")));
        assert_int_equal(wire_status(wire_read(a, fd, false)), 200);
    }
    assert_true(clock_mono_us() - start_us < 1000000);
    close(fd);
    wire_free(w);
}

static void head_has_no_body(void **state)
{
    struct wire *w = wire_start(NULL);
    int fd = wire_connect(w);

    (void)state;
    wire_send(fd, STR("HEAD /echo HTTP/1.1\r\nHost: x\r\n\r\n" ASK("/echo")));
    assert_int_equal(wire_status(wire_read(a, fd, true)), 200);
    assert_int_equal(wire_status(wire_read(a, fd, false)), 200);
    close(fd);
    wire_free(w);
}

static void every_reply_is_guarded(void **state)
{
    static const char *const wanted[] = { "Content-Security-Policy: default-src 'none'; style-src 'self'; ",
                                          "\nX-Content-Type-Options: nosniff\r\n", "\nReferrer-Policy: same-origin\r\n",
                                          "\nCross-Origin-Opener-Policy: same-origin\r\n", "\nCache-Control: no-store\r\n",
                                          "\nCross-Origin-Resource-Policy: same-origin\r\n", "\nX-Request-Id: " };
    static const char *const asked[] = { ASK("/echo"), ASK("/later"), ASK("/nowhere"), ASK("/away"), ASK("//"),
                                         "BREW / HTTP/1.1\r\nHost: x\r\n\r\n" };
    struct wire *w = wire_start(NULL);

    (void)state;
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        str reply = wire_ask(w, a, str_of(asked[i]));

        for (size_t k = 0; k < sizeof wanted / sizeof wanted[0]; k++)
            assert_true(wire_has(reply, wanted[k]));
        assert_false(wire_has(reply, "Strict-Transport-Security"));
        assert_false(wire_has(reply, "\nServer:"));
    }
    wire_free(w);
}

static void replies_of_other_kinds(void **state)
{
    struct wire *w = wire_start(NULL);
    str reply = wire_ask(w, a, STR(ASK("/file")));

    (void)state;
    assert_true(wire_has(reply, "\r\n\r\nfrom a file\n"));
    assert_true(wire_has(reply, "\nCache-Control: public, max-age=60\r\n"));
    assert_false(wire_has(reply, "no-store"));
    assert_true(wire_has(reply, "\nETag: \"abc\"\r\n"));
    assert_true(wire_has(reply, "\nSet-Cookie: __Host-session=token; Path=/; HttpOnly; SameSite=Lax; Max-Age=60\r\n"));
    reply = wire_ask(w, a, STR(ASK("/away")));
    assert_int_equal(wire_status(reply), 303);
    assert_true(wire_has(reply, "\nLocation: /echo?done=1\r\n"));
    assert_true(wire_has(wire_ask(w, a, STR(ASK("/away?to=//evil.example"))), "\nLocation: /\r\n"));
    assert_true(wire_has(wire_ask(w, a, STR(ASK("/away?to=/%5Cevil.example"))), "\nLocation: /\r\n"));
    assert_true(wire_has(wire_ask(w, a, STR(ASK("/away?to=https://evil.example"))), "\nLocation: /\r\n"));
    assert_true(wire_has(wire_ask(w, a, STR(ASK("/away?to=/a%0AX-Evil:1"))), "\nLocation: /a_X-Evil:1\r\n"));
    assert_true(wire_has(wire_ask(w, a, STR(ASK("/save?as=d%C3%A2n%20%22c%C6%B0%22.csv"))),
                         "\nContent-Disposition: attachment; filename*=UTF-8''d%C3%A2n%20%22c%C6%B0%22.csv\r\n"));
    reply = wire_ask(w, a, STR(ASK("/type?is=a/b%0AX-Evil:1")));
    assert_true(wire_has(reply, "\nContent-Type: a/b_X-Evil:1\r\n") && wire_has(reply, "\nCache-Control: a/b_X-Evil:1\r\n"));
    assert_int_equal(atomic_load(&w->handled), 8);
    usleep(50000);
    assert_int_equal(atomic_load(&w->let_go), 8);
    wire_free(w);
}

/* The counts at which the library's own threads stall, and one beside them. */
static void many_connections(void **state)
{
    static const int counts[] = { 1, 127, 128, 129, 256, 300, 512 };
    static const str asked[] = { STR(ASK("/echo")), STR(ASK("/later")) };
    struct wire *w = wire_start(NULL);
    int fds[512];

    (void)state;
    for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
        for (int i = 0; i < counts[c]; i++)
            fds[i] = wire_connect(w);
        for (int round = 0; round < 6; round++) {
            int64_t start_us = clock_mono_us();

            for (int i = 0; i < counts[c]; i++)
                wire_send(fds[i], asked[round % 2]);
            for (int i = 0; i < counts[c]; i++)
                assert_int_equal(wire_status(wire_read(a, fds[i], false)), 200);
            assert_true(clock_mono_us() - start_us < 1000000);
            arena_reset(a);
        }
        for (int i = 0; i < counts[c]; i++)
            close(fds[i]);
    }
    wire_free(w);
}

static void limit_by_peer(void **state)
{
    struct server_options o = { .connections_per_peer_max = 3 };
    struct wire *w = wire_start(&o);
    int fds[3];

    (void)state;
    for (int i = 0; i < 3; i++) {
        fds[i] = wire_connect(w);
        wire_send(fds[i], STR(ASK("/echo")));
        assert_int_equal(wire_status(wire_read(a, fds[i], false)), 200);
    }
    assert_int_equal(wire_status(wire_ask(w, a, STR(ASK("/echo")))), 0);
    for (int i = 0; i < 3; i++)
        close(fds[i]);
    usleep(50000);
    assert_int_equal(wire_status(wire_ask(w, a, STR(ASK("/echo")))), 200);
    wire_free(w);
}

/* The processors of the network threads together; *ret_own: how many of these threads have one only. */
static int net_processors(int *ret_own)
{
    DIR *tasks = opendir("/proc/self/task");
    cpu_set_t all, one;
    char name[16] = "";

    CPU_ZERO(&all);
    *ret_own = 0;
    assert_non_null(tasks);
    for (struct dirent *e; (e = readdir(tasks)) != NULL;) {
        char path[300];
        snprintf(path, sizeof path, "/proc/self/task/%s/comm", e->d_name);
        FILE *comm = fopen(path, "r");
        bool net = comm && fgets(name, sizeof name, comm) && strcmp(name, "net\n") == 0;
        if (comm)
            fclose(comm);
        int64_t id = 0;
        if (!net || !str_i64(str_of(e->d_name), &id) || sched_getaffinity((pid_t)id, sizeof one, &one) != 0)
            continue;
        *ret_own += CPU_COUNT(&one) == 1;
        CPU_OR(&all, &all, &one);
    }
    closedir(tasks);
    return CPU_COUNT(&all);
}

static void a_thread_keeps_its_processor(void **state)
{
    cpu_set_t all;
    int own = 0, seen = 0;

    (void)state;
    assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
    struct server_options o = { .threads = CPU_COUNT(&all) < 64 ? CPU_COUNT(&all) : 64 };
    if (CPU_COUNT(&all) > o.threads || o.threads < 2)
        skip();
    struct wire *w = wire_start(&o);
    for (int try = 0; try < 200 && own < o.threads; try++, usleep(5000))
        seen = net_processors(&own);
    assert_int_equal(own, o.threads);
    assert_int_equal(seen, o.threads);
    wire_free(w);
    o.threads--;
    w = wire_start(&o);
    usleep(20000);
    net_processors(&own);
    assert_int_equal(own, 0);
    wire_free(w);
}

static void several_threads(void **state)
{
    struct server_options o = { .threads = 3 };
    struct wire *w = wire_start(&o);
    int fds[100];

    (void)state;
    for (int i = 0; i < 100; i++)
        fds[i] = wire_connect(w);
    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < 100; i++)
            wire_send(fds[i], i % 3 ? STR(ASK("/later")) : STR(ASK("/echo")));
        for (int i = 0; i < 100; i++)
            assert_int_equal(wire_status(wire_read(a, fds[i], false)), 200);
    }
    for (int i = 0; i < 100; i++)
        close(fds[i]);
    assert_int_equal(atomic_load(&w->handled), 1000);
    wire_free(w);
}

/* What turn() finishes is finished together, in few turns, and reaches whom it is for. */
static void finished_by(const char *request)
{
    enum { MANY = 60, ROUNDS = 20 };
    struct wire *w = wire_start(NULL);
    int fds[MANY];

    for (int i = 0; i < MANY; i++)
        fds[i] = wire_connect(w);
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < MANY; i++)
            wire_send(fds[i], arena_printf(a, ASK("/%s?n=%d"), request, i));
        for (int i = 0; i < MANY; i++) {
            str reply = wire_read(a, fds[i], false);

            assert_int_equal(wire_status(reply), 200);
            assert_true(wire_has(reply, arena_z(a, arena_printf(a, "\nquery n=%d\n", i))));
        }
        arena_reset(a);
    }
    assert_int_equal(atomic_load(&w->handled), MANY * ROUNDS);
    assert_true(atomic_load(&w->turns) < MANY * ROUNDS / 4);
    for (int i = 0; i < MANY; i++)
        close(fds[i]);
    assert_int_equal(wire_stop(w, 2000), 0);
    assert_int_equal(atomic_load(&w->let_go), MANY * ROUNDS);
    wire_free(w);
}

static void finished_by_turn(void **state)
{
    (void)state;
    finished_by("soon");
}

static void finished_by_a_later_turn(void **state)
{
    (void)state;
    finished_by("ripe");
}

/* A stop waits for what a later turn has to finish. */
static void stopped_before_a_later_turn(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        struct wire *w = wire_start(NULL);
        int fd = wire_connect(w), goes = wire_connect(w);

        wire_send(fd, STR(ASK("/ripe")));
        wire_send(goes, STR(ASK("/ripe")));
        while (atomic_load(&w->handled) < 2)
            usleep(50);
        close(goes);
        assert_int_equal(wire_stop(w, 2000), 0);
        assert_int_equal(wire_status(wire_read(a, fd, false)), 200);
        assert_int_equal(atomic_load(&w->let_go), 2);
        close(fd);
        wire_free(w);
        arena_reset(a);
    }
}

/* Its peer may be gone before turn() comes to it. */
static void gone_before(const char *request)
{
    struct wire *w = wire_start(NULL);
    int stays = wire_connect(w);

    for (int i = 0; i < 200; i++) {
        int goes = wire_connect(w);
        struct linger hard = { 1, 0 };

        wire_send(stays, arena_printf(a, ASK("/%s"), request));
        usleep((useconds_t)(i * 13 % 1500));
        wire_send(goes, arena_printf(a, ASK("/%s"), request));
        usleep((useconds_t)(i * 7 % 300));
        setsockopt(goes, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        close(goes);
        assert_int_equal(wire_status(wire_read(a, stays, false)), 200);
        arena_reset(a);
    }
    close(stays);
    assert_int_equal(wire_stop(w, 2000), 0);
    assert_int_equal(atomic_load(&w->let_go), atomic_load(&w->handled));
    wire_free(w);
}

static void gone_before_turn(void **state)
{
    (void)state;
    gone_before("soon");
    gone_before("ripe");
}

/* A client that goes away while its request is worked on harms nobody. */
static void client_gone(void **state)
{
    struct wire *w = wire_start(NULL);

    (void)state;
    for (int i = 0; i < 20; i++) {
        int fd = wire_connect(w);
        struct linger hard = { 1, 0 };

        wire_send(fd, STR(ASK("/held")));
        usleep(500);
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        close(fd);
    }
    wire_release(w);
    usleep(50000);
    assert_int_equal(wire_status(wire_ask(w, a, STR(ASK("/echo")))), 200);
    usleep(50000);
    assert_int_equal(atomic_load(&w->let_go), 21);
    wire_free(w);
}

/* One byte at a time never restarts a deadline. */
static void slow_peers(void **state)
{
    struct server_options o = { .idle_timeout_s = 1, .head_timeout_s = 1 };
    struct wire *w = wire_start(&o);
    int idle = wire_connect(w), head = wire_connect(w), body = wire_connect(w), fine = wire_connect(w);
    int64_t slow;

    (void)state;
    wire_send(head, STR("GET /echo HTTP/1.1\r\n"));
    wire_send(body, STR("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"));
    for (int i = 0; i < 18; i++) {
        usleep(100000);
        wire_send(idle, STR("G"));
        wire_send(head, STR("a"));
        wire_send(body, STR("b"));
        wire_send(fine, STR(ASK("/echo")));
        assert_int_equal(wire_status(wire_read(a, fine, false)), 200);
    }
    assert_true(wire_is_closed(idle));
    assert_true(wire_is_closed(head));
    assert_true(wire_is_closed(body));
    assert_true(metric_find(STR("dancu_net_slow_total{state=\"head\"}"), &slow) && slow >= 1);
    assert_true(metric_find(STR("dancu_net_slow_total{state=\"body\"}"), &slow) && slow >= 1);
    close(idle), close(head), close(body), close(fine);
    wire_free(w);
}

static void *release(void *w)
{
    wire_release(w);
    return NULL;
}

/* What runs is finished and answered; what waits idly is closed; new connections are refused. */
static void graceful_stop(void **state)
{
    struct wire *w = wire_start(NULL);
    int busy[40], idle = wire_connect(w);
    pthread_t releaser;

    (void)state;
    for (int i = 0; i < 40; i++) {
        busy[i] = wire_connect(w);
        wire_send(busy[i], STR(ASK("/held")));
    }
    wire_send(idle, STR(ASK("/echo")));
    assert_int_equal(wire_status(wire_read(a, idle, false)), 200);
    while (atomic_load(&w->handled) < 41)
        usleep(1000);
    usleep(10000);
    assert_int_equal(pthread_create(&releaser, NULL, release, w), 0);
    assert_int_equal(wire_stop(w, 5000), 0);
    pthread_join(releaser, NULL);
    for (int i = 0; i < 40; i++) {
        str reply = wire_read(a, busy[i], false);

        assert_int_equal(wire_status(reply), 200);
        assert_true(wire_is_closed(busy[i]));
        close(busy[i]);
    }
    assert_true(wire_is_closed(idle));
    close(idle);
    wire_free(w);
}

/* A handler that does not end is cut off at the deadline; its exchange outlives the server. */
static void stop_cuts_off(void **state)
{
    struct server_options o = { .threads = 2 };
    struct wire *w = wire_start(&o);
    int fds[10];
    int64_t start_us;

    (void)state;
    for (int i = 0; i < 10; i++) {
        fds[i] = wire_connect(w);
        wire_send(fds[i], STR("POST /held?late=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody"));
    }
    while (atomic_load(&w->handled) < 10)
        usleep(1000);
    start_us = clock_mono_us();
    assert_int_equal(wire_stop(w, 200), 10);
    assert_true(clock_mono_us() - start_us < 2000000);
    for (int i = 0; i < 10; i++) {
        str reply = wire_read(a, fds[i], false);

        assert_int_equal(wire_status(reply), 503);
        assert_true(wire_has(reply, "STOPPING"));
        close(fds[i]);
    }
    assert_int_equal(atomic_load(&w->let_go), 0);
    wire_release(w);
    for (int i = 0; i < 500 && atomic_load(&w->let_go) < 10; i++)
        usleep(10000);
    assert_int_equal(atomic_load(&w->let_go), 10);
    wire_free(w);
}

static void finish_at_once(struct exchange *x, void *app)
{
    (void)app;
    exchange_finish(x);
}

static void options_are_checked(void **state)
{
    struct server_options o = { .address = STR("127.0.0.1") };
    struct wire *w = wire_start(NULL);
    struct server *s = NULL;

    (void)state;
    assert_true(status_is(server_start(&o, &s), ERR_USAGE)); /* no handler */
    o.handlers.handle = finish_at_once;
    o.address = STR("localhost");
    assert_true(status_is(server_start(&o, &s), ERR_USAGE));
    o.address = STR("127.0.0.1");
    o.tls_key_pem = "key";
    assert_true(status_is(server_start(&o, &s), ERR_USAGE)); /* no certificate */
    o.tls_certificate_pem = "certificate";
    assert_true(status_is(server_start(&o, &s), ERR_IO)); /* neither can be read */
    o.tls_key_pem = o.tls_certificate_pem = NULL;
    o.port = server_port(w->server);
    assert_true(status_is(server_start(&o, &s), ERR_IO)); /* taken */
    assert_null(s);
    wire_free(w);
}

static int set_up(void **state)
{
    (void)state;
    a = arena_new((size_t)256 << 20);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keep_alive),       cmocka_unit_test(pipelining),
        cmocka_unit_test(wakes_at_once),    cmocka_unit_test(finished_by_turn),
        cmocka_unit_test(gone_before_turn), cmocka_unit_test(finished_by_a_later_turn),
        cmocka_unit_test(stopped_before_a_later_turn),
        cmocka_unit_test(head_has_no_body), cmocka_unit_test(every_reply_is_guarded),
        cmocka_unit_test(replies_of_other_kinds), cmocka_unit_test(many_connections),
        cmocka_unit_test(limit_by_peer),
        cmocka_unit_test(a_thread_keeps_its_processor),
        cmocka_unit_test(several_threads),  cmocka_unit_test(client_gone),
        cmocka_unit_test(slow_peers),       cmocka_unit_test(graceful_stop),
        cmocka_unit_test(stop_cuts_off),    cmocka_unit_test(options_are_checked),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
