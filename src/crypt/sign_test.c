/* RFC 8032 section 7.1 vector 2; every single-bit change of message, signature or key is refused. */
#include "crypt/crypt.h"
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <string.h>

static const uint8_t seed[SIGN_SEED_BYTES] = { 0x4c, 0xcd, 0x08, 0x9b, 0x28, 0xff, 0x96, 0xda, 0x9d, 0xb6, 0xc3,
                                               0x46, 0xec, 0x11, 0x4e, 0x0f, 0x5b, 0x8a, 0x31, 0x9f, 0x35, 0xab,
                                               0xa6, 0x24, 0xda, 0x8c, 0xf6, 0xed, 0x4f, 0xb8, 0xa6, 0xfb };

static void vector(void **state)
{
    struct sign_key k;
    uint8_t signature[SIGNATURE_BYTES];
    struct buf b DEFER(buf_done);

    (void)state;
    sign_key_of_seed(seed, &k);
    buf_init(&b, 512);
    buf_hex(&b, k.public_key, sizeof k.public_key);
    assert_true(str_eq(buf_str(&b), STR("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")));
    sign_make(&k, STR("\x72"), signature);
    buf_clear(&b);
    buf_hex(&b, signature, sizeof signature);
    assert_true(str_eq(buf_str(&b), STR("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                                        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")));
    assert_true(status_ok(sign_check(k.public_key, STR("\x72"), signature)));
    sign_key_done(&k);
    assert_int_equal(k.secret[0], 0);
}

static void changed_bits(void **state)
{
    struct sign_key k;
    uint8_t signature[SIGNATURE_BYTES];
    char message[] = "a message";
    str m = { message, 9 };

    (void)state;
    sign_key_make(&k);
    sign_make(&k, m, signature);
    assert_true(status_ok(sign_check(k.public_key, m, signature)));
    for (int bit = 0; bit < SIGNATURE_BYTES * 8; bit++) {
        signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_true(status_is(sign_check(k.public_key, m, signature), ERR_SIGNATURE));
        signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (int bit = 0; bit < SIGN_PUBLIC_BYTES * 8; bit++) {
        k.public_key[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_true(status_is(sign_check(k.public_key, m, signature), ERR_SIGNATURE));
        k.public_key[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    message[3] ^= 1;
    assert_true(status_is(sign_check(k.public_key, m, signature), ERR_SIGNATURE));
}

static void small_order_key(void **state)
{
    /* The identity point "signs" everything with R = identity, S = 0 in a lenient verifier. */
    uint8_t key[SIGN_PUBLIC_BYTES] = { 1 }, signature[SIGNATURE_BYTES] = { 1 };

    (void)state;
    assert_true(status_is(sign_check(key, STR("anything"), signature), ERR_SIGNATURE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vector),
        cmocka_unit_test(changed_bits),
        cmocka_unit_test(small_order_key),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
