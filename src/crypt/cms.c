/* Detached CMS signatures in the CAdES baseline form with a time stamp (RFC 5652; ETSI EN 319 122-1, level B-T). PAdES forbids
 * the attribute of the signing time, which OpenSSL's own CMS_final() always adds (ETSI EN 319 142-1 section 6.3): so the signed
 * attributes are put in order, encoded and signed here.
 * tested by: src/paper/test/authority_test.c */
#include "crypt/authority.h"

#include <openssl/cms.h>
#include <openssl/x509_vfy.h>
#include <stdlib.h>
#include <string.h>

enum { ATTRIBUTES_MAX = 8, SET_TAG = 0x31 };

static void free_cms(CMS_ContentInfo **c) { CMS_ContentInfo_free(*c); }
static void free_context(EVP_MD_CTX **c) { EVP_MD_CTX_free(*c); }

static int encoding_order(const void *a, const void *b) { return str_cmp(*(const str *)a, *(const str *)b); }

static void length_add(struct buf *b, size_t n)
{
    if (n < 128) {
        buf_char(b, (char)n);
        return;
    }
    buf_char(b, (char)(n < 256 ? 0x81 : 0x82)); /* the shortest form: DER */
    if (n >= 256)
        buf_char(b, (char)(n >> 8));
    buf_char(b, (char)n);
}

/* The DER of the attributes as a SET OF: what is signed (RFC 5652 section 5.4). */
static STATUS attributes_encode(struct arena *a, const CMS_SignerInfo *si, str *ret)
{
    str parts[ATTRIBUTES_MAX];
    size_t total = 0;
    struct buf b;
    int n = CMS_signed_get_attr_count(si);
    if (n <= 0 || n > ATTRIBUTES_MAX)
        return FAIL(INTERNAL);
    for (int i = 0; i < n; i++) {
        unsigned char *der = NULL;
        int len = i2d_X509_ATTRIBUTE(CMS_signed_get_attr(si, i), &der);
        if (len <= 0)
            return FAIL(MEMORY_LIMIT);
        parts[i] = arena_str(a, (str){ (char *)der, (size_t)len });
        total += parts[i].len;
        OPENSSL_free(der);
    }
    MUST(total < 65536);
    qsort(parts, (size_t)n, sizeof *parts, encoding_order);
    buf_init(&b, 65536 + 8);
    buf_char(&b, SET_TAG);
    length_add(&b, total);
    for (int i = 0; i < n; i++)
        buf_add(&b, parts[i]);
    *ret = arena_str(a, buf_str(&b));
    buf_done(&b);
    return OK;
}

static STATUS signature_make(struct arena *a, const struct signer *s, str bytes, str *ret)
{
    EVP_MD_CTX *c DEFER(free_context) = EVP_MD_CTX_new();
    size_t len = 0;
    if (!c || EVP_DigestSignInit(c, NULL, EVP_sha256(), NULL, s->key) != 1 ||
        EVP_DigestSign(c, NULL, &len, (const unsigned char *)bytes.ptr, bytes.len) != 1)
        return FAIL(INTERNAL);
    unsigned char *out = arena_alloc(a, len);
    if (EVP_DigestSign(c, out, &len, (const unsigned char *)bytes.ptr, bytes.len) != 1)
        return FAIL(INTERNAL);
    *ret = (str){ (char *)out, len };
    return OK;
}

static STATUS signer_info_fill(struct arena *a, const struct signer *s, CMS_SignerInfo *si, const uint8_t *digest, str *ret_signature)
{
    X509_ALGOR *alg = NULL;
    str attributes = { 0 };
    if (CMS_signed_add1_attr_by_NID(si, NID_pkcs9_contentType, V_ASN1_OBJECT, OBJ_nid2obj(NID_pkcs7_data), -1) != 1 ||
        CMS_signed_add1_attr_by_NID(si, NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING, digest, SHA256_BYTES) != 1)
        return FAIL(MEMORY_LIMIT);
    TRY(attributes_encode(a, si, &attributes));
    TRY(signature_make(a, s, attributes, ret_signature));
    CMS_SignerInfo_get0_algs(si, NULL, NULL, NULL, &alg);
    if (X509_ALGOR_set0(alg, OBJ_nid2obj(NID_ecdsa_with_SHA256), V_ASN1_UNDEF, NULL) != 1 ||
        ASN1_STRING_set(CMS_SignerInfo_get0_signature(si), ret_signature->ptr, (int)ret_signature->len) != 1)
        return FAIL(MEMORY_LIMIT);
    return OK;
}

STATUS cms_sign(struct arena *a, const struct authority *au, const struct signer *s, const uint8_t digest[static SHA256_BYTES], str *ret_der)
{
    const unsigned flags = CMS_PARTIAL | CMS_DETACHED | CMS_BINARY;
    uint8_t signature_digest[SHA256_BYTES];
    CMS_ContentInfo *cms DEFER(free_cms) = CMS_sign(NULL, NULL, NULL, NULL, flags);
    CMS_SignerInfo *si = cms ? CMS_add1_signer(cms, s->certificate, s->key, EVP_sha256(), flags | CMS_CADES | CMS_NOSMIMECAP) : NULL;
    unsigned char *der = NULL;
    str signature = { 0 }, token = { 0 };
    if (!si || CMS_add1_cert(cms, authority_root(au)->certificate) != 1)
        return FAIL(MEMORY_LIMIT);
    TRY(signer_info_fill(a, s, si, digest, &signature));
    sha256_of(signature.ptr, signature.len, signature_digest);
    TRY(stamp_token(a, au, signature_digest, &token));
    if (CMS_unsigned_add1_attr_by_NID(si, NID_id_smime_aa_timeStampToken, V_ASN1_SEQUENCE, token.ptr, (int)token.len) != 1)
        return FAIL(MEMORY_LIMIT);
    int len = i2d_CMS_ContentInfo(cms, &der);
    if (len <= 0)
        return FAIL(INTERNAL);
    *ret_der = arena_str(a, (str){ (char *)der, (size_t)len });
    OPENSSL_free(der);
    return OK;
}

STATUS cms_check(const struct authority *au, str der, str signed_bytes)
{
    const unsigned char *at = (const unsigned char *)der.ptr;
    CMS_ContentInfo *cms DEFER(free_cms) = d2i_CMS_ContentInfo(NULL, &at, (long)der.len);
    X509_STORE *trust = X509_STORE_new();
    BIO *content = BIO_new_mem_buf(signed_bytes.ptr, (int)signed_bytes.len);
    bool good = cms && trust && content && X509_STORE_add_cert(trust, authority_root(au)->certificate) == 1 &&
                X509_STORE_set_purpose(trust, X509_PURPOSE_ANY) == 1 &&
                CMS_verify(cms, NULL, trust, content, NULL, CMS_BINARY | CMS_CADES) == 1;
    X509_STORE_free(trust);
    BIO_free_all(content);
    return good ? OK : FAIL(SIGNATURE);
}
