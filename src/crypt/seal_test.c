/* Round trips of every length; any changed byte, another key or another binding does not open. */
#include "crypt/crypt.h"
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <string.h>

static void round_trip(void **state)
{
    struct arena *a = arena_new(1 << 22);
    uint8_t key[SEAL_KEY_BYTES], plain[300];

    (void)state;
    random_bytes(key, sizeof key);
    random_bytes(plain, sizeof plain);
    for (size_t len = 0; len < sizeof plain; len += 7) {
        str sealed, again, back, p = { (const char *)plain, len };
        assert_true(status_ok(seal_make(a, key, STR("person 7"), p, &sealed)));
        assert_int_equal(sealed.len, len + SEAL_EXTRA_BYTES);
        assert_true(status_ok(seal_open(a, key, STR("person 7"), sealed, &back)));
        assert_true(str_eq(back, p));
        assert_true(status_ok(seal_make(a, key, STR("person 7"), p, &again)));
        assert_false(str_eq(sealed, again));
    }
    arena_free(a);
}

static void refusals(void **state)
{
    struct arena *a = arena_new(1 << 20);
    uint8_t key[SEAL_KEY_BYTES] = { 1 }, other[SEAL_KEY_BYTES] = { 2 };
    str sealed, back;

    (void)state;
    assert_true(status_ok(seal_make(a, key, STR("row 1"), STR("secret"), &sealed)));
    assert_true(status_is(seal_open(a, other, STR("row 1"), sealed, &back), ERR_SEAL));
    assert_true(status_is(seal_open(a, key, STR("row 2"), sealed, &back), ERR_SEAL));
    for (size_t i = 0; i < sealed.len; i++) {
        char *copy = arena_z(a, sealed);
        copy[i] ^= 0x40;
        assert_true(status_is(seal_open(a, key, STR("row 1"), (str){ copy, sealed.len }, &back), ERR_SEAL));
        assert_true(status_is(seal_open(a, key, STR("row 1"), str_slice(sealed, 0, i), &back), ERR_SEAL));
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(round_trip), cmocka_unit_test(refusals) };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
