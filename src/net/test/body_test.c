/* Bodies: limits by route, memory and spool file, a sender that is told before or after it sent too much, forms. */
#include "net/edge.h"
#include "net/test/wire.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena *a;
static char directory[] = "/tmp/net_body_XXXXXX";

static struct wire *start(str spool)
{
    struct server_options o = { .spool_directory = spool };

    return wire_start(&o);
}

static str random_body(size_t bytes, uint64_t seed)
{
    char *made = arena_alloc(a, bytes);
    struct rng r;

    rng_seed(&r, seed, 0);
    for (size_t i = 0; i < bytes; i++)
        made[i] = (char)rng_u64(&r);
    return (str){ made, bytes };
}

static str post(struct wire *w, const char *path, const char *headers, str body)
{
    int fd = wire_connect(w);
    str reply;

    wire_send(fd, arena_printf(a, "POST %s HTTP/1.1\r\nHost: x\r\n%sContent-Length: %zu\r\n\r\n", path, headers, body.len));
    wire_send(fd, body);
    reply = wire_read(a, fd, false);
    close(fd);
    return reply;
}

/* What arrives is what was sent, below and above the size at which a file takes over. */
static void arrives_whole(void **state)
{
    static const size_t sizes[] = { 1, 100, 8191, 8192, 8193, NET_BODY_MEMORY_MAX - 1, NET_BODY_MEMORY_MAX,
                                    NET_BODY_MEMORY_MAX + 1, (size_t)5 << 20 };
    struct wire *w = start(str_of(directory));

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        str body = random_body(sizes[i], i);
        str reply = post(w, "/upload", "", body);
        char wanted[64];

        snprintf(wanted, sizeof wanted, "length: %zu\nhash: %016llx\nspooled: %d\n", sizes[i],
                 (unsigned long long)str_hash(body), sizes[i] > NET_BODY_MEMORY_MAX);
        assert_true(wire_has(reply, wanted));
        arena_reset(a);
    }
    wire_free(w);
}

static void limit_of_the_route(void **state)
{
    struct wire *w = start(str_of(directory));
    str reply;

    (void)state;
    assert_int_equal(wire_status(post(w, "/small", "", random_body(100, 1))), 200);
    reply = post(w, "/small", "", random_body(101, 1));
    assert_int_equal(wire_status(reply), 413);
    assert_true(wire_has(reply, "BODY_TOO_LARGE"));
    assert_int_equal(wire_status(post(w, "/echo", "", random_body(NET_BODY_MEMORY_MAX + 1, 1))), 413);
    assert_int_equal(atomic_load(&w->handled), 1);
    wire_free(w);
}

/* A body that is too long, but not hopelessly, is read away: the connection lives on. */
static void connection_outlives_refusal(void **state)
{
    struct wire *w = start(str_of(directory));
    int fd = wire_connect(w);

    (void)state;
    for (int i = 0; i < 3; i++) {
        wire_send(fd, STR("POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n"));
        wire_send(fd, random_body(3000000, 2));
        assert_int_equal(wire_status(wire_read(a, fd, false)), 413);
        wire_send(fd, STR("GET /echo HTTP/1.1\r\nHost: x\r\n\r\n"));
        assert_int_equal(wire_status(wire_read(a, fd, false)), 200);
    }
    close(fd);
    wire_free(w);
}

/* Who asks first is told before it sends; who would send too much even to be thrown away is told at once as well. */
static void told_before_sending(void **state)
{
    struct wire *w = start(str_of(directory));
    int fd = wire_connect(w);

    (void)state;
    wire_send(fd, STR("POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\nExpect: 100-continue\r\n\r\n"));
    assert_int_equal(wire_status(wire_read(a, fd, false)), 413);
    assert_true(wire_is_closed(fd));
    close(fd);
    fd = wire_connect(w);
    wire_send(fd, STR("POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 90000000\r\n\r\n"));
    assert_int_equal(wire_status(wire_read(a, fd, false)), 413);
    assert_true(wire_is_closed(fd));
    close(fd);
    fd = wire_connect(w);
    wire_send(fd, STR("POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"));
    assert_int_equal(wire_status(wire_read(a, fd, false)), 100);
    wire_send(fd, STR("abc"));
    assert_int_equal(wire_status(wire_read(a, fd, false)), 200);
    close(fd);
    wire_free(w);
}

static void without_spool(void **state)
{
    struct wire *w = start((str){ 0 });
    struct wire *lost = start(STR("/nonexistent"));

    (void)state;
    assert_int_equal(wire_status(post(w, "/upload", "", random_body(NET_BODY_MEMORY_MAX, 3))), 200);
    assert_int_equal(wire_status(post(w, "/upload", "", random_body(NET_BODY_MEMORY_MAX + 1, 3))), 413);
    assert_int_equal(wire_status(post(lost, "/upload", "", random_body(NET_BODY_MEMORY_MAX + 1, 3))), 500);
    wire_free(w);
    wire_free(lost);
}

/* The limit on file sizes stands for a disk that is full: told clearly, and service goes on when there is room again. */
static void disk_full(void **state)
{
    struct wire *w = start(str_of(directory));
    struct rlimit usual, tight;
    str reply;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &usual), 0);
    tight = usual;
    tight.rlim_cur = NET_BODY_MEMORY_MAX;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    reply = post(w, "/upload", "", random_body((size_t)2 << 20, 4));
    setrlimit(RLIMIT_FSIZE, &usual);
    assert_int_equal(wire_status(reply), 507);
    assert_true(wire_has(reply, "DISK_FULL"));
    assert_int_equal(wire_status(post(w, "/upload", "", random_body((size_t)2 << 20, 4))), 200);
    wire_free(w);
}

static void forms(void **state)
{
    struct wire *w = start(str_of(directory));
    str big = random_body((size_t)2 << 20, 5), body, reply;

    (void)state;
    reply = post(w, "/echo?q=1", "Content-Type: application/x-www-form-urlencoded\r\n", STR("a=1&b=t%C3%AAn"));
    assert_true(wire_has(reply, "\nquery q=1\nfield a=1\nfield b=t\xc3\xaan\n"));
    reply = post(w, "/echo", "Content-Type: application/x-www-form-urlencoded\r\n", STR("a=%FF"));
    assert_int_equal(wire_status(reply), 400);
    assert_true(wire_has(reply, "TEXT_NOT_UTF8"));
    body = arena_join(a, STR("--b\r\nContent-Disposition: form-data; name=\"list\"; filename=\"l.csv\"\r\n\r\n"), big);
    body = arena_join(a, body, STR("\r\n--b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n--b--\r\n"));
    reply = post(w, "/upload", "Content-Type: multipart/form-data; boundary=b\r\n", body);
    assert_true(wire_has(reply, "spooled: 1\nfiles: 1\n"));
    reply = post(w, "/upload", "Content-Type: multipart/form-data; boundary=c\r\n", body);
    assert_int_equal(wire_status(reply), 400);
    wire_free(w);
}

/* A sender that goes away leaves nothing behind. */
static void broken_off(void **state)
{
    struct wire *w = start(str_of(directory));
    struct dirent *entry;
    int left = 0;
    DIR *d;

    (void)state;
    for (int i = 0; i < 10; i++) {
        int fd = wire_connect(w);

        wire_send(fd, STR("POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\nsome"));
        usleep(1000);
        close(fd);
    }
    usleep(50000);
    assert_int_equal(atomic_load(&w->handled), 0);
    wire_free(w);
    d = opendir(directory);
    assert_non_null(d);
    while ((entry = readdir(d)) != NULL)
        left += entry->d_name[0] != '.';
    closedir(d);
    assert_int_equal(left, 0);
}

static int set_up(void **state)
{
    (void)state;
    a = arena_new((size_t)256 << 20);
    return mkdtemp(directory) ? 0 : 1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(a);
    return rmdir(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arrives_whole),       cmocka_unit_test(limit_of_the_route),
        cmocka_unit_test(connection_outlives_refusal), cmocka_unit_test(told_before_sending),
        cmocka_unit_test(without_spool),       cmocka_unit_test(disk_full),       cmocka_unit_test(forms),
        cmocka_unit_test(broken_off),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
