/* The certificate parses, fits its key, carries the names; strange hosts are refused. */
#include "crypt/crypt.h"
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static X509 *certificate_of(str pem)
{
    BIO *b = BIO_new_mem_buf(pem.ptr, (int)pem.len);
    X509 *x = PEM_read_bio_X509(b, NULL, NULL, NULL);

    BIO_free(b);
    return x;
}

static void parses_and_fits(void **state)
{
    struct arena *a = arena_new(1 << 20);
    struct tls_pair pair;

    (void)state;
    assert_true(status_ok(tls_pair_make(a, STR("xa.example.vn"), 30, &pair)));
    X509 *x = certificate_of(pair.certificate_pem);
    BIO *b = BIO_new_mem_buf(pair.key_pem.ptr, (int)pair.key_pem.len);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(b, NULL, NULL, NULL);
    assert_non_null(x);
    assert_non_null(key);
    assert_int_equal(X509_check_private_key(x, key), 1);
    assert_int_equal(X509_verify(x, key), 1);
    assert_int_equal(X509_check_host(x, "xa.example.vn", 0, 0, NULL), 1);
    assert_int_equal(X509_check_host(x, "localhost", 0, 0, NULL), 1);
    assert_int_equal(X509_check_host(x, "example.vn", 0, 0, NULL), 0);
    assert_int_equal(X509_check_ip_asc(x, "127.0.0.1", 0), 1);
    assert_int_equal(X509_check_ip_asc(x, "::1", 0), 1);
    assert_int_equal(X509_check_ca(x), 0);
    BIO_free(b);
    EVP_PKEY_free(key);
    X509_free(x);
    arena_free(a);
}

static void address_host(void **state)
{
    struct arena *a = arena_new(1 << 20);
    struct tls_pair pair;

    (void)state;
    assert_true(status_ok(tls_pair_make(a, STR("10.1.2.3"), 1, &pair)));
    X509 *x = certificate_of(pair.certificate_pem);
    assert_int_equal(X509_check_ip_asc(x, "10.1.2.3", 0), 1);
    X509_free(x);
    arena_free(a);
}

static void strange_hosts(void **state)
{
    static const char *const bad[] = { "", "a,DNS:evil.example", "a b", "a\nb", "xã.vn", "*", "@section" };
    struct arena *a = arena_new(1 << 20);
    struct tls_pair pair;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_true(status_is(tls_pair_make(a, str_of(bad[i]), 30, &pair), ERR_VALUE_RANGE));
    assert_true(status_is(tls_pair_make(a, STR("localhost"), 0, &pair), ERR_VALUE_RANGE));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_and_fits),
        cmocka_unit_test(address_host),
        cmocka_unit_test(strange_hosts),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
