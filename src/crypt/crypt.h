/* Digests, signatures, sealing, passwords and the custody of keys, over OpenSSL 3 and libsodium. One thin face, so that
 * no other folder meets a cryptographic library, and so that secrets are wiped and compared in one place.
 *
 * Refuses: keys that other users of the machine can read, base64 that is not canonical, a password hash weaker than the
 * one written here. Standards: FIPS 180-4, RFC 2104, RFC 8032, RFC 9106, SP 800-38D, RFC 4648, RFC 5280. */
#pragma once
#include "base/base.h"

/* ---- digests (digest.c) */
enum { SHA256_BYTES = 32 };
struct sha256 {
    _Alignas(16) unsigned char state[128]; /* opaque: lives on the caller's stack, holds no pointers */
};
void sha256_of(const void *bytes, size_t len, uint8_t out[static SHA256_BYTES]);
void sha256_begin(struct sha256 *h);
void sha256_add(struct sha256 *h, const void *bytes, size_t len);
void sha256_end(struct sha256 *h, uint8_t out[static SHA256_BYTES]);
/* SHA-256 of `prefix` followed by one or two parts: what Merkle trees hash by the million. */
void sha256_tagged(uint8_t prefix, str first, str second, uint8_t out[static SHA256_BYTES]);
void hmac_sha256(str key, str message, uint8_t out[static SHA256_BYTES]);

/* ---- secrets (secret.c) */
void secret_wipe(void *bytes, size_t len);
bool secret_eq(str a, str b); /* time depends on the lengths only */
/* A random token of `bytes` (16 … 64) random bytes as unpadded base64url, safe in cookies and URLs. */
str token_make(struct arena *a, size_t bytes);

/* Strict RFC 4648 section 4: padded, canonical, no white space. Decoding fails with ERR_BASE64. */
STATUS base64_decode(struct arena *a, str text, str *ret_bytes);
/* Section 5 without padding. */
STATUS base64url_decode(struct arena *a, str text, str *ret_bytes);
str base64url_encode(struct arena *a, str bytes);

/* ---- Ed25519 (sign.c) */
enum { SIGN_SEED_BYTES = 32, SIGN_PUBLIC_BYTES = 32, SIGN_SECRET_BYTES = 64, SIGNATURE_BYTES = 64 };
struct sign_key {
    uint8_t secret[SIGN_SECRET_BYTES];
    uint8_t public_key[SIGN_PUBLIC_BYTES];
};
void sign_key_make(struct sign_key *ret);
void sign_key_of_seed(const uint8_t seed[static SIGN_SEED_BYTES], struct sign_key *ret);
void sign_key_done(struct sign_key *k); /* wipes */
void sign_make(const struct sign_key *k, str message, uint8_t out[static SIGNATURE_BYTES]);
/* ERR_SIGNATURE. Refuses non-canonical signatures and points of small order. */
STATUS sign_check(const uint8_t public_key[static SIGN_PUBLIC_BYTES], str message, const uint8_t signature[static SIGNATURE_BYTES]);

/* ---- passwords (password.c): argon2id, 19 MiB, t=2, p=1, in PHC text form; some 17 ms each, so bound the callers */
enum { PASSWORD_HASH_BYTES = 128 };
STATUS password_hash(str password, char out[static PASSWORD_HASH_BYTES]); /* NUL-terminated; ERR_MEMORY_LIMIT */
/* ERR_SIGN_IN_FAILED when the password is wrong or the hash is not one of ours. Pass an empty `encoded` for an unknown
 * account: it costs the same time and fails. */
STATUS password_check(str encoded, str password);
bool password_is_stale(str encoded); /* made with lesser costs than today's: hash again at the next sign-in */

/* ---- sealing (seal.c): AES-256-GCM, random 96-bit nonce in front, tag behind; at most 2^32 seals a key */
enum { SEAL_KEY_BYTES = 32, SEAL_EXTRA_BYTES = 12 + 16 };
STATUS seal_make(struct arena *a, const uint8_t key[static SEAL_KEY_BYTES], str bound, str plain, str *ret_sealed);
/* `bound` is authenticated but not stored: name there what the ciphertext belongs to. ERR_SEAL. */
STATUS seal_open(struct arena *a, const uint8_t key[static SEAL_KEY_BYTES], str bound, str sealed, str *ret_plain);

/* ---- files (stream.c): XChaCha20-Poly1305 in chunks of 64 KiB, so that a file needs no memory of its size twice */
enum { STREAM_KEY_BYTES = 32 };
size_t stream_sealed_bytes(size_t plain_bytes);
/* Writes at the file's place. `bound` is authenticated but not stored. ERR_DISK_FULL, ERR_IO. */
STATUS stream_seal(int fd, const uint8_t key[static STREAM_KEY_BYTES], str bound, str plain);
/* The plain bytes in the arena. ERR_SEAL: another key, or not a bit as it was written, or cut off. */
STATUS stream_open(struct arena *a, const uint8_t key[static STREAM_KEY_BYTES], str bound, str sealed, str *ret_plain);

/* ---- custody (key_file.c): 32 secret bytes in a file of mode 0600, written once, atomically, by the first start.
 * Refuses a file that group or others may touch, a foreign owner, a symbolic link, a wrong length: ERR_KEY_FILE. */
enum { KEY_FILE_BYTES = 32 };
STATUS key_file_load(const char *path, uint8_t out[static KEY_FILE_BYTES]);
STATUS key_file_in(str directory, const char *name, uint8_t out[static KEY_FILE_BYTES]); /* the same, of a file there */

/* ---- a certificate for a first start (certificate.c): ECDSA P-256, self-signed, SAN = host (a DNS name or an IP
 * address) besides localhost, 127.0.0.1 and ::1. For real use the operator names his own files. */
struct tls_pair {
    str certificate_pem;
    str key_pem;
};
STATUS tls_pair_make(struct arena *a, str host, int days, struct tls_pair *ret);
