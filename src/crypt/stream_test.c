/* Sealed files: what goes in comes out, for every size around a chunk; no bit, cut or exchange goes unseen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "crypt/crypt.h"

enum { ARENA_BYTES = 16 << 20 };

static str sealed_of(struct arena *a, const uint8_t *key, str bound, str plain)
{
    char path[200];
    const char *base = getenv("TMPDIR");
    (void)snprintf(path, sizeof path, "%s/stream-XXXXXX", base ? base : P_tmpdir);
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    unlink(path);
    assert_true(status_ok(stream_seal(fd, key, bound, plain)));
    off_t n = lseek(fd, 0, SEEK_END);
    assert_int_equal(n, stream_sealed_bytes(plain.len));
    char *out = arena_alloc(a, (size_t)n);
    assert_int_equal(pread(fd, out, (size_t)n, 0), n);
    close(fd);
    return (str){ out, (size_t)n };
}

static void comes_back(void **state)
{
    static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, 131072, 200001 };
    uint8_t key[STREAM_KEY_BYTES], other[STREAM_KEY_BYTES];
    (void)state;
    random_bytes(key, sizeof key);
    random_bytes(other, sizeof other);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct arena *a = arena_new(ARENA_BYTES);
        char *bytes = arena_alloc(a, sizes[i] + 1);
        random_bytes(bytes, sizes[i]);
        str plain = { bytes, sizes[i] }, sealed = sealed_of(a, key, STR("a"), plain), back;
        assert_true(status_ok(stream_open(a, key, STR("a"), sealed, &back)));
        assert_true(str_eq(plain, back));
        assert_true(sizes[i] < 16 || str_find(sealed, plain) == sealed.len);
        assert_true(status_is(stream_open(a, key, STR("b"), sealed, &back), ERR_SEAL));
        assert_true(status_is(stream_open(a, other, STR("a"), sealed, &back), ERR_SEAL));
        arena_free(a);
    }
}

static void changes_are_seen(void **state)
{
    uint8_t key[STREAM_KEY_BYTES];
    struct arena *a = arena_new((size_t)256 << 20);
    char *bytes = arena_alloc(a, 150000);
    str back;
    (void)state;
    random_bytes(key, sizeof key);
    str sealed = sealed_of(a, key, STR("x"), (str){ bytes, 150000 });
    for (size_t at = 0; at < sealed.len; at += 997) {
        char *bad = arena_z(a, sealed);
        bad[at] ^= 4;
        assert_true(status_is(stream_open(a, key, STR("x"), (str){ bad, sealed.len }, &back), ERR_SEAL));
        assert_true(status_is(stream_open(a, key, STR("x"), str_slice(sealed, 0, at), &back), ERR_SEAL));
    }
    assert_true(status_is(stream_open(a, key, STR("x"), arena_join(a, sealed, STR("more")), &back), ERR_SEAL));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(comes_back), cmocka_unit_test(changes_are_seen) };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("stream", tests, NULL, NULL);
}
