/* The certificate of a first start, so that nothing is ever served in the clear: ECDSA P-256 (600 µs a handshake; RSA
 * takes 900), self-signed, for one host besides localhost. Browsers will ask; the operator replaces it by his own.
 * RFC 5280; CA/Browser Forum rules on names: the SAN counts, the common name is ornament. */
#include "crypt/crypt.h"
#include <arpa/inet.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

static void free_key(EVP_PKEY **k)
{
    EVP_PKEY_free(*k);
}
static void free_certificate(X509 **x)
{
    X509_free(*x);
}
static void free_bio(BIO **b)
{
    BIO_free_all(*b);
}

static bool is_address(const char *host)
{
    unsigned char raw[16];

    return inet_pton(AF_INET, host, raw) == 1 || inet_pton(AF_INET6, host, raw) == 1;
}

/* Letters, digits, dot, hyphen: nothing that would mean something to the extension's own syntax. */
static bool is_name(str host)
{
    for (size_t i = 0; i < host.len; i++) {
        char c = host.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-'))
            return false;
    }
    return host.len > 0 && host.len <= 253;
}

static bool extend(X509 *x, int nid, const char *value)
{
    X509V3_CTX cx;
    X509_EXTENSION *e;
    bool good;

    X509V3_set_ctx_nodb(&cx);
    X509V3_set_ctx(&cx, x, x, NULL, NULL, 0);
    e = X509V3_EXT_conf_nid(NULL, &cx, nid, value);
    good = e != NULL && X509_add_ext(x, e, -1) == 1;
    X509_EXTENSION_free(e);
    return good;
}

static bool name_it(X509 *x, const char *host)
{
    X509_NAME *n = X509_get_subject_name(x);

    return X509_NAME_add_entry_by_txt(n, "O", MBSTRING_UTF8, (const unsigned char *)"dancu", -1, -1, 0) == 1 &&
           X509_NAME_add_entry_by_txt(n, "CN", MBSTRING_UTF8, (const unsigned char *)(strlen(host) <= 64 ? host : "dancu"),
                                      -1, -1, 0) == 1 &&
           X509_set_issuer_name(x, n) == 1;
}

static bool fill(X509 *x, EVP_PKEY *key, const char *host, const char *names, int days)
{
    uint64_t serial;
    long long now_s = clock_now_us() / 1000000;

    random_bytes(&serial, sizeof serial);
    return X509_set_version(x, X509_VERSION_3) == 1 &&
           ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), serial >> 1 | 1) == 1 &&
           ASN1_TIME_set(X509_getm_notBefore(x), now_s - 3600) != NULL &&
           ASN1_TIME_set(X509_getm_notAfter(x), now_s + (long long)days * 86400) != NULL && X509_set_pubkey(x, key) == 1 &&
           name_it(x, host) && extend(x, NID_basic_constraints, "critical,CA:FALSE") &&
           extend(x, NID_key_usage, "critical,digitalSignature") && extend(x, NID_ext_key_usage, "serverAuth") &&
           extend(x, NID_subject_key_identifier, "hash") && extend(x, NID_subject_alt_name, names) &&
           X509_sign(x, key, EVP_sha256()) > 0;
}

static STATUS to_text(struct arena *a, BIO *b, str *ret)
{
    char *at = NULL;
    long len = BIO_get_mem_data(b, &at);

    if (len <= 0)
        return FAIL(INTERNAL);
    *ret = arena_str(a, (str){ at, (size_t)len });
    return OK;
}

STATUS tls_pair_make(struct arena *a, str host, int days, struct tls_pair *ret)
{
    EVP_PKEY *key DEFER(free_key) = EVP_EC_gen("P-256");
    X509 *x DEFER(free_certificate) = X509_new();
    BIO *public_out DEFER(free_bio) = BIO_new(BIO_s_mem());
    BIO *secret_out DEFER(free_bio) = BIO_new(BIO_s_secmem());
    const char *name = arena_z(a, host);
    bool address = is_address(name);

    if (!key || !x || !public_out || !secret_out)
        return FAIL(MEMORY_LIMIT);
    if ((!address && !is_name(host)) || days < 1 || days > 825)
        return FAIL_WITH(VALUE_RANGE, STR("host"), host);
    const char *kind = address ? "IP" : "DNS";
    const char *names = arena_printf(a, "%s:%s,DNS:localhost,IP:127.0.0.1,IP:::1", kind, name).ptr;
    if (!fill(x, key, name, names, days) || PEM_write_bio_X509(public_out, x) != 1 ||
        PEM_write_bio_PrivateKey(secret_out, key, NULL, NULL, 0, NULL, NULL) != 1)
        return FAIL(INTERNAL);
    TRY(to_text(a, public_out, &ret->certificate_pem));
    return to_text(a, secret_out, &ret->key_pem);
}
