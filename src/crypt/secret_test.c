/* Base64 refuses what is not canonical; tokens are long, different and safe in URLs. */
#include "crypt/crypt.h"
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <string.h>

static void base64_round_trip(void **state)
{
    struct arena *a = arena_new(1 << 20);
    uint8_t raw[100];
    struct rng r;

    (void)state;
    rng_seed(&r, 5, 0);
    for (size_t len = 0; len < sizeof raw; len++) {
        struct buf b DEFER(buf_done);
        str back;
        for (size_t i = 0; i < len; i++)
            raw[i] = (uint8_t)rng_u64(&r);
        buf_init(&b, 200);
        buf_base64(&b, raw, len);
        assert_true(status_ok(base64_decode(a, buf_str(&b), &back)));
        assert_true(str_eq(back, (str){ (const char *)raw, len }));
        assert_true(status_ok(base64url_decode(a, base64url_encode(a, back), &back)));
        assert_true(str_eq(back, (str){ (const char *)raw, len }));
    }
    arena_free(a);
}

static void base64_refuses(void **state)
{
    static const char *const bad[] = { "A", "AA", "AAA", "AA=", "AB==", "AAB=", "AA==AA==", "AA\n==", " AAAA", "AAAA ",
                                       "AA-_", "====", "A===", "AAAA=", ("\xc4\x90" "AAA") };
    struct arena *a = arena_new(1 << 16);
    str back;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_true(status_is(base64_decode(a, str_of(bad[i]), &back), ERR_BASE64));
    assert_true(status_is(base64url_decode(a, STR("AA=="), &back), ERR_BASE64));
    assert_true(status_is(base64url_decode(a, STR("AA+/"), &back), ERR_BASE64));
    assert_true(status_is(base64url_decode(a, STR("AB"), &back), ERR_BASE64));
    arena_free(a);
}

static void comparing(void **state)
{
    (void)state;
    assert_true(secret_eq(STR("same"), STR("same")));
    assert_true(secret_eq(STR(""), (str){ 0 }));
    assert_false(secret_eq(STR("same"), STR("sama")));
    assert_false(secret_eq(STR("same"), STR("samee")));
}

static void wiping(void **state)
{
    uint8_t bytes[64];
    static const uint8_t zero[64];

    (void)state;
    memset(bytes, 7, sizeof bytes);
    secret_wipe(bytes, sizeof bytes);
    assert_memory_equal(bytes, zero, sizeof bytes);
}

static void tokens(void **state)
{
    struct arena *a = arena_new(1 << 16);
    str one = token_make(a, 16), two = token_make(a, 16), back;

    (void)state;
    assert_int_equal(one.len, 22);
    assert_false(str_eq(one, two));
    assert_true(status_ok(base64url_decode(a, one, &back)));
    assert_int_equal(back.len, 16);
    assert_int_equal(token_make(a, 32).len, 43);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64_round_trip), cmocka_unit_test(base64_refuses), cmocka_unit_test(comparing),
        cmocka_unit_test(wiping),            cmocka_unit_test(tokens),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
