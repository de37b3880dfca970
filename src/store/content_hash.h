/* SHA-256 for the digest of a database's content. Not for security: `crypt` is a layer that the store may not use. */
#pragma once
#include "base/str.h"

struct content_hash {
    uint32_t state[8];
    uint64_t bytes;
    uint8_t block[64];
};
void content_hash_begin(struct content_hash *h);
void content_hash_add(struct content_hash *h, const void *bytes, size_t len);
void content_hash_end(struct content_hash *h, char hex_out[static 65]);
