/* Sealing of bodies at rest: AES-256-GCM (SP 800-38D) with a random 96-bit nonce: nonce ‖ ciphertext ‖ tag. The text in
 * `bound` says what the body belongs to, so that a sealed body moved to another row does not open.
 *
 * Limit: 2^32 seals under one key (a random nonce must not repeat); one key a subject keeps far below it. */
#include "crypt/crypt.h"
#include <openssl/evp.h>
#include <string.h>

enum { NONCE_BYTES = 12, TAG_BYTES = 16 };

static void free_context(EVP_CIPHER_CTX **c)
{
    EVP_CIPHER_CTX_free(*c);
}

static const unsigned char *bytes_of(str s)
{
    return (const unsigned char *)(s.ptr ? s.ptr : "");
}

STATUS seal_make(struct arena *a, const uint8_t key[static SEAL_KEY_BYTES], str bound, str plain, str *ret_sealed)
{
    EVP_CIPHER_CTX *c DEFER(free_context) = EVP_CIPHER_CTX_new();
    int len = 0;

    if (!c)
        return FAIL(MEMORY_LIMIT);
    if (plain.len > INT32_MAX - SEAL_EXTRA_BYTES || bound.len > INT32_MAX)
        return FAIL(BODY_TOO_LARGE);
    unsigned char *out = arena_alloc(a, plain.len + SEAL_EXTRA_BYTES);
    random_bytes(out, NONCE_BYTES);
    if (EVP_EncryptInit_ex(c, EVP_aes_256_gcm(), NULL, key, out) != 1 ||
        EVP_EncryptUpdate(c, NULL, &len, bytes_of(bound), (int)bound.len) != 1 ||
        EVP_EncryptUpdate(c, out + NONCE_BYTES, &len, bytes_of(plain), (int)plain.len) != 1 ||
        EVP_EncryptFinal_ex(c, out + NONCE_BYTES + plain.len, &len) != 1 ||
        EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, out + NONCE_BYTES + plain.len) != 1)
        return FAIL(INTERNAL);
    *ret_sealed = (str){ (const char *)out, plain.len + SEAL_EXTRA_BYTES };
    return OK;
}

STATUS seal_open(struct arena *a, const uint8_t key[static SEAL_KEY_BYTES], str bound, str sealed, str *ret_plain)
{
    EVP_CIPHER_CTX *c DEFER(free_context) = EVP_CIPHER_CTX_new();
    unsigned char tag[TAG_BYTES];
    int len = 0;

    if (!c)
        return FAIL(MEMORY_LIMIT);
    if (sealed.len < SEAL_EXTRA_BYTES || sealed.len > INT32_MAX || bound.len > INT32_MAX)
        return FAIL(SEAL);
    size_t plain_len = sealed.len - SEAL_EXTRA_BYTES;
    unsigned char *out = arena_alloc(a, plain_len + 1);
    memcpy(tag, sealed.ptr + NONCE_BYTES + plain_len, TAG_BYTES);
    if (EVP_DecryptInit_ex(c, EVP_aes_256_gcm(), NULL, key, bytes_of(sealed)) != 1 ||
        EVP_DecryptUpdate(c, NULL, &len, bytes_of(bound), (int)bound.len) != 1 ||
        EVP_DecryptUpdate(c, out, &len, bytes_of(sealed) + NONCE_BYTES, (int)plain_len) != 1 ||
        EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, TAG_BYTES, tag) != 1)
        return FAIL(INTERNAL);
    if (EVP_DecryptFinal_ex(c, out + plain_len, &len) != 1) {
        secret_wipe(out, plain_len); /* unauthenticated plaintext must not be seen */
        return FAIL(SEAL);
    }
    *ret_plain = (str){ (const char *)out, plain_len };
    return OK;
}
