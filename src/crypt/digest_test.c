/* Published vectors: FIPS 180-4 examples, RFC 4231. */
#include "crypt/crypt.h"
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static str hex(struct buf *b, const uint8_t bytes[static SHA256_BYTES])
{
    buf_clear(b);
    buf_hex(b, bytes, SHA256_BYTES);
    return buf_str(b);
}

#define ASSERT_HEX(bytes, literal) assert_true(str_eq(hex(&b, (bytes)), STR(literal)))

static void vectors(void **state)
{
    uint8_t out[SHA256_BYTES];
    struct buf b DEFER(buf_done);

    (void)state;
    buf_init(&b, 128);
    sha256_of("", 0, out);
    ASSERT_HEX(out, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    sha256_of("abc", 3, out);
    ASSERT_HEX(out, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sha256_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, out);
    ASSERT_HEX(out, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void streaming_equals_one_shot(void **state)
{
    uint8_t data[700], whole[SHA256_BYTES], pieces[SHA256_BYTES];
    struct rng r;

    (void)state;
    rng_seed(&r, 11, 0);
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)rng_u64(&r);
    for (int round = 0; round < 200; round++) {
        size_t len = rng_below(&r, sizeof data), at = 0;
        struct sha256 h;
        sha256_of(data, len, whole);
        sha256_begin(&h);
        while (at < len) {
            size_t step = 1 + rng_below(&r, (uint32_t)(len - at));
            sha256_add(&h, data + at, step);
            at += step;
        }
        sha256_end(&h, pieces);
        assert_memory_equal(whole, pieces, SHA256_BYTES);
    }
}

static void tagged_is_prefix_and_parts(void **state)
{
    uint8_t one[SHA256_BYTES], two[SHA256_BYTES];

    (void)state;
    sha256_tagged(1, STR("left"), STR("right"), one);
    sha256_of("\x01leftright", 10, two);
    assert_memory_equal(one, two, SHA256_BYTES);
    sha256_tagged(0, STR("left"), STR("right"), one);
    assert_memory_not_equal(one, two, SHA256_BYTES);
}

static void hmac_vectors(void **state)
{
    uint8_t out[SHA256_BYTES];
    char long_key[131];
    struct buf b DEFER(buf_done);

    (void)state;
    buf_init(&b, 128);
    hmac_sha256(STR("Jefe"), STR("what do ya want for nothing?"), out);
    ASSERT_HEX(out, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    for (size_t i = 0; i < sizeof long_key; i++)
        long_key[i] = (char)0xaa;
    hmac_sha256((str){ long_key, sizeof long_key }, STR("Test Using Larger Than Block-Size Key - Hash Key First"), out);
    ASSERT_HEX(out, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors),
        cmocka_unit_test(streaming_equals_one_shot),
        cmocka_unit_test(tagged_is_prefix_and_parts),
        cmocka_unit_test(hmac_vectors),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
