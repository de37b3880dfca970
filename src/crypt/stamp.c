/* The time-stamp authority of RFC 3161: says that a digest was there at a moment, by the clock of this machine. It sees digests
 * only and keeps nothing.
 * tested by: src/paper/test/authority_test.c */
#include "crypt/authority.h"

#include <openssl/ts.h>

/* Under the arc of UUIDs (ITU-T X.667), so that it is nobody else's. */
static const char policy[] = "2.25.231749872165839016452894117302648590137";

static void free_bio(BIO **b) { BIO_free_all(*b); }
static void free_context(TS_RESP_CTX **c) { TS_RESP_CTX_free(*c); }
static void free_response(TS_RESP **r) { TS_RESP_free(*r); }

static int time_give(TS_RESP_CTX *c, void *with, long *s, long *us)
{
    int64_t now = clock_now_us();
    (void)c;
    (void)with;
    *s = (long)(now / 1000000);
    *us = (long)(now % 1000000);
    return 1;
}

static ASN1_INTEGER *serial_give(TS_RESP_CTX *c, void *with)
{
    uint64_t serial = random_u64() >> 1 | 1;
    ASN1_INTEGER *n = ASN1_INTEGER_new();
    (void)c;
    (void)with;
    if (n && ASN1_INTEGER_set_uint64(n, serial) != 1) {
        ASN1_INTEGER_free(n);
        n = NULL;
    }
    return n;
}

static bool context_fill(TS_RESP_CTX *c, const struct authority *au)
{
    const struct signer *s = authority_stamp(au);
    ASN1_OBJECT *p = OBJ_txt2obj(policy, 1);
    STACK_OF(X509) *chain = sk_X509_new_null();
    bool good = p && chain && sk_X509_push(chain, authority_root(au)->certificate) > 0 && TS_RESP_CTX_set_signer_cert(c, s->certificate) == 1 &&
                TS_RESP_CTX_set_signer_key(c, s->key) == 1 && TS_RESP_CTX_set_certs(c, chain) == 1 && TS_RESP_CTX_set_def_policy(c, p) == 1 &&
                TS_RESP_CTX_set_signer_digest(c, EVP_sha256()) == 1 && TS_RESP_CTX_set_ess_cert_id_digest(c, EVP_sha256()) == 1 &&
                TS_RESP_CTX_add_md(c, EVP_sha256()) == 1 && TS_RESP_CTX_add_md(c, EVP_sha384()) == 1 && TS_RESP_CTX_add_md(c, EVP_sha512()) == 1 &&
                TS_RESP_CTX_set_accuracy(c, 1, 0, 0) == 1;
    if (good) {
        TS_RESP_CTX_set_time_cb(c, time_give, NULL);
        TS_RESP_CTX_set_serial_cb(c, serial_give, NULL);
    }
    sk_X509_free(chain);
    ASN1_OBJECT_free(p);
    return good;
}

static STATUS response_make(const struct authority *au, str query, TS_RESP **ret)
{
    TS_RESP_CTX *c DEFER(free_context) = TS_RESP_CTX_new();
    BIO *in DEFER(free_bio) = BIO_new_mem_buf(query.ptr, (int)query.len);
    if (!c || !in || !context_fill(c, au))
        return FAIL(MEMORY_LIMIT);
    *ret = TS_RESP_create_response(c, in);
    return *ret ? OK : FAIL(MEMORY_LIMIT);
}

STATUS stamp_answer(struct arena *a, const struct authority *au, str query, str *ret_response)
{
    TS_RESP *r DEFER(free_response) = NULL;
    unsigned char *der = NULL;
    TRY(response_make(au, query, &r));
    int len = i2d_TS_RESP(r, &der);
    if (len <= 0)
        return FAIL(MEMORY_LIMIT);
    *ret_response = arena_str(a, (str){ (char *)der, (size_t)len });
    OPENSSL_free(der);
    return OK;
}

static STATUS query_make(struct arena *a, const uint8_t *digest, str *ret)
{
    TS_REQ *q = TS_REQ_new();
    TS_MSG_IMPRINT *m = TS_MSG_IMPRINT_new();
    X509_ALGOR *alg = X509_ALGOR_new();
    unsigned char *der = NULL, room[SHA256_BYTES];
    for (size_t i = 0; i < sizeof room; i++)
        room[i] = digest[i];
    bool good = q && m && alg && X509_ALGOR_set0(alg, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL) == 1 && TS_MSG_IMPRINT_set_algo(m, alg) == 1 &&
                TS_MSG_IMPRINT_set_msg(m, room, SHA256_BYTES) == 1 && TS_REQ_set_version(q, 1) == 1 && TS_REQ_set_msg_imprint(q, m) == 1 &&
                TS_REQ_set_cert_req(q, 1) == 1;
    int len = good ? i2d_TS_REQ(q, &der) : 0;
    if (len > 0)
        *ret = arena_str(a, (str){ (char *)der, (size_t)len });
    OPENSSL_free(der);
    X509_ALGOR_free(alg);
    TS_MSG_IMPRINT_free(m);
    TS_REQ_free(q);
    return len > 0 ? OK : FAIL(MEMORY_LIMIT);
}

STATUS stamp_token(struct arena *a, const struct authority *au, const uint8_t digest[static SHA256_BYTES], str *ret_token)
{
    TS_RESP *r DEFER(free_response) = NULL;
    unsigned char *der = NULL;
    str query = { 0 };
    TRY(query_make(a, digest, &query));
    TRY(response_make(au, query, &r));
    PKCS7 *token = TS_RESP_get_token(r);
    int len = token ? i2d_PKCS7(token, &der) : 0;
    if (len <= 0)
        return FAIL(INTERNAL);
    *ret_token = arena_str(a, (str){ (char *)der, (size_t)len });
    OPENSSL_free(der);
    return OK;
}
