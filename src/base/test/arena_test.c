/* Arenas: zeroed, aligned, apart from each other, bounded by the cap. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/clock.h"

static void memory_is_zeroed_and_aligned(void **state)
{
    struct arena *a = arena_new(64u << 20);
    struct rng r;

    (void)state;
    rng_seed(&r, 2, 0);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 2000; i++) {
            size_t bytes = rng_below(&r, i % 100 == 0 ? 100000 : 300);
            unsigned char *p = arena_alloc(a, bytes);

            assert_int_equal((uintptr_t)p % 16, 0);
            for (size_t j = 0; j < bytes; j++)
                assert_int_equal(p[j], 0);
            memset(p, 0xAA, bytes);
        }
        arena_reset(a);
        assert_int_equal(arena_used_bytes(a), 0);
    }
    arena_free(a);
    arena_free(NULL);
}

static void pieces_do_not_overlap(void **state)
{
    struct arena *a = arena_new(8u << 20);
    unsigned char *pieces[500];
    size_t sizes[500];
    struct rng r;

    (void)state;
    rng_seed(&r, 3, 0);
    for (int i = 0; i < 500; i++) {
        sizes[i] = rng_below(&r, 5000);
        pieces[i] = arena_alloc(a, sizes[i]);
        memset(pieces[i], i & 255, sizes[i]);
    }
    for (int i = 0; i < 500; i++)
        for (size_t j = 0; j < sizes[i]; j++)
            assert_int_equal(pieces[i][j], i & 255);
    assert_ptr_not_equal(arena_alloc(a, 0), arena_alloc(a, 0));
    arena_free(a);
}

static void text_is_copied(void **state)
{
    struct arena *a = arena_new(1u << 20);
    char source[] = "Hà Nội";
    str copy = arena_str(a, str_of(source));
    char long_text[3000];

    (void)state;
    source[0] = 'X';
    assert_true(str_eq(copy, STR("Hà Nội")));
    assert_int_equal(copy.ptr[copy.len], 0);
    assert_string_equal(arena_z(a, (str){ 0 }), "");
    assert_true(str_eq(arena_join(a, STR("một "), STR("hai")), STR("một hai")));
    assert_true(str_is_empty(arena_join(a, (str){ 0 }, (str){ 0 })));
    assert_true(str_eq(arena_printf(a, "%d-%s", 7, "x"), STR("7-x")));
    memset(long_text, 'y', sizeof long_text);
    long_text[sizeof long_text - 1] = '\0';
    assert_int_equal(arena_printf(a, "%s", long_text).len, sizeof long_text - 1);
    arena_free(a);
}

static void take(size_t cap, size_t count, size_t bytes)
{
    struct arena *a = arena_new(cap);

    arena_array(a, count, bytes);
    arena_free(a);
}

static bool dies(size_t cap, size_t count, size_t bytes)
{
    int how = 0;
    pid_t child = fork();

    if (child == 0) {
        close(STDERR_FILENO);
        signal(SIGABRT, SIG_DFL);
        take(cap, count, bytes);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &how, 0), child);
    return WIFSIGNALED(how) && WTERMSIG(how) == SIGABRT;
}

static void the_cap_holds(void **state)
{
    (void)state;
    assert_false(dies(4096, 1, 4096));
    assert_true(dies(4096, 1, 4097));
    assert_true(dies(4096, 2, 2064));
    assert_true(dies(4096, SIZE_MAX, 2));
    assert_true(dies(4096, 1, SIZE_MAX - 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned),
        cmocka_unit_test(pieces_do_not_overlap),
        cmocka_unit_test(text_is_copied),
        cmocka_unit_test(the_cap_holds),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
