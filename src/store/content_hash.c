/* SHA-256 (FIPS 180-4 section 6.2), written out because the digest of a database must not depend on the layer of
 * cryptography above. Nothing secret passes here, so no care is taken of time or memory. tested by: src/store/test/digest_test.c */
#include <endian.h>
#include <string.h>

#include "store/content_hash.h"

static const uint32_t round_words[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t turn(uint32_t x, int by)
{
    return x >> by | x << (32 - by);
}

static void schedule(const uint8_t block[64], uint32_t w[64])
{
    for (int i = 0; i < 16; i++) {
        memcpy(&w[i], block + (size_t)i * 4, 4);
        w[i] = be32toh(w[i]);
    }
    for (int i = 16; i < 64; i++) {
        uint32_t a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + w[i - 7] + (turn(a, 7) ^ turn(a, 18) ^ a >> 3) + (turn(b, 17) ^ turn(b, 19) ^ b >> 10);
    }
}

static void compress(struct content_hash *h, const uint8_t block[64])
{
    uint32_t w[64], v[8];

    schedule(block, w);
    memcpy(v, h->state, sizeof v);
    for (int i = 0; i < 64; i++) {
        uint32_t one = v[7] + (turn(v[4], 6) ^ turn(v[4], 11) ^ turn(v[4], 25)) + ((v[4] & v[5]) ^ (~v[4] & v[6])) + round_words[i] + w[i];
        uint32_t two = (turn(v[0], 2) ^ turn(v[0], 13) ^ turn(v[0], 22)) + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
        memmove(v + 1, v, 7 * sizeof v[0]);
        v[4] += one;
        v[0] = one + two;
    }
    for (int i = 0; i < 8; i++)
        h->state[i] += v[i];
}

void content_hash_begin(struct content_hash *h)
{
    *h = (struct content_hash){ .state = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 } };
}

void content_hash_add(struct content_hash *h, const void *bytes, size_t len)
{
    const uint8_t *from = bytes;

    while (len > 0) {
        size_t at = h->bytes % 64, take = 64 - at < len ? 64 - at : len;
        memcpy(h->block + at, from, take);
        h->bytes += take;
        from += take;
        len -= take;
        if (h->bytes % 64 == 0)
            compress(h, h->block);
    }
}

void content_hash_end(struct content_hash *h, char hex_out[static 65])
{
    uint64_t bits = htobe64(h->bytes * 8);
    static const uint8_t pad[64] = { 0x80 };

    content_hash_add(h, pad, 1 + (119 - h->bytes % 64) % 64);
    content_hash_add(h, &bits, sizeof bits);
    for (int i = 0; i < 64; i++)
        hex_out[i] = "0123456789abcdef"[h->state[i / 8] >> (28 - i % 8 * 4) & 15];
    hex_out[64] = '\0';
}
