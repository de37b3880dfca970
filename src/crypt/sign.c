/* Ed25519 (RFC 8032) by libsodium, which refuses small-order keys, non-canonical points and S outside its range: one
 * message and key have one signature. Keys come from the process's random source, so that a seeded test repeats. */
#include "crypt/crypt.h"
#include <sodium.h>

_Static_assert((int)SIGN_SECRET_BYTES == crypto_sign_ed25519_SECRETKEYBYTES, "seed and public key");
_Static_assert((int)SIGNATURE_BYTES == crypto_sign_ed25519_BYTES, "R and S");

void sign_key_of_seed(const uint8_t seed[static SIGN_SEED_BYTES], struct sign_key *ret)
{
    MUST(sodium_init() >= 0);
    MUST(crypto_sign_ed25519_seed_keypair(ret->public_key, ret->secret, seed) == 0);
}

void sign_key_make(struct sign_key *ret)
{
    uint8_t seed[SIGN_SEED_BYTES];

    random_bytes(seed, sizeof seed);
    sign_key_of_seed(seed, ret);
    secret_wipe(seed, sizeof seed);
}

void sign_key_done(struct sign_key *k)
{
    secret_wipe(k, sizeof *k);
}

void sign_make(const struct sign_key *k, str message, uint8_t out[static SIGNATURE_BYTES])
{
    MUST(crypto_sign_ed25519_detached(out, NULL, (const unsigned char *)message.ptr, message.len, k->secret) == 0);
}

STATUS sign_check(const uint8_t public_key[static SIGN_PUBLIC_BYTES], str message, const uint8_t signature[static SIGNATURE_BYTES])
{
    MUST(sodium_init() >= 0);
    if (crypto_sign_ed25519_verify_detached(signature, (const unsigned char *)message.ptr, message.len, public_key) != 0)
        return FAIL(SIGNATURE);
    return OK;
}
