/* Signing keys with certificates, CMS signatures and time stamps: what results, receipts and reports are signed with.
 *
 * Refuses key files that other users of the machine can read, codes of organisations that would not be file names, time-stamp
 * queries with digests weaker than SHA-256.
 * Standards: RFC 5280 (certificates), RFC 5652 (CMS), RFC 5035 (signing certificate), RFC 3161 (time stamps). */
#pragma once
#include "crypt/crypt.h"

typedef struct x509_st X509;
typedef struct evp_pkey_st EVP_PKEY;

enum signer_kind { SIGNER_SIGN, SIGNER_ROOT, SIGNER_STAMP };
struct signer {
    enum signer_kind kind;
    EVP_PKEY *key; /* ECDSA P-256 */
    X509 *certificate;
    char *file; /* its name in the folder, without ending */
};

/* The authority in `folder` (made if absent, with its keys), whose certificates name `name`. ERR_KEY_FILE, ERR_DISK_FULL. */
struct authority;
STATUS authority_open(str folder, str name, struct authority **ret);
void authority_close(struct authority *au);
const struct signer *authority_root(const struct authority *au);
const struct signer *authority_stamp(const struct authority *au);
/* The key of an organisation for this year, made at the first need; lives as long as the authority. Any thread. */
STATUS authority_signer(struct authority *au, str code, str name, const struct signer **ret);
str signer_certificate_pem(struct arena *a, const struct signer *s);

/* ---- CMS (cms.c): a detached signature of what has this digest, with signer's and root certificate and a time stamp on the
 * signature (CAdES-T), DER. No signing time in it: the stamp tells. */
STATUS cms_sign(struct arena *a, const struct authority *au, const struct signer *s, const uint8_t digest[static SHA256_BYTES], str *ret_der);
/* Is it a signature of that digest by a certificate of this authority? ERR_SIGNATURE. */
STATUS cms_check(const struct authority *au, str der, str signed_bytes);

/* ---- time stamps (stamp.c) */
/* The answer to a TimeStampReq of RFC 3161, DER in and out; a query that is refused is answered with its reason. ERR_MEMORY_LIMIT only. */
STATUS stamp_answer(struct arena *a, const struct authority *au, str query, str *ret_response);
/* A TimeStampToken on a digest, DER. */
STATUS stamp_token(struct arena *a, const struct authority *au, const uint8_t digest[static SHA256_BYTES], str *ret_token);
