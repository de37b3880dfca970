/* Files under a key of their own: libsodium's secretstream over chunks, so that chunks cannot be cut off, doubled or moved, and
 * the last one says that it is. Format: "DCF1", header of 24 bytes, chunks of 64 KiB and 17 bytes each. */
#include "crypt/crypt.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 65536, EXTRA = crypto_secretstream_xchacha20poly1305_ABYTES, HEADER = crypto_secretstream_xchacha20poly1305_HEADERBYTES, MAGIC = 4 };
static const char magic[] = "DCF1";
_Static_assert(STREAM_KEY_BYTES == crypto_secretstream_xchacha20poly1305_KEYBYTES, "size of a key");

static size_t chunks_of(size_t bytes) { return bytes ? (bytes + CHUNK - 1) / CHUNK : 1; }

size_t stream_sealed_bytes(size_t plain_bytes) { return MAGIC + HEADER + plain_bytes + chunks_of(plain_bytes) * EXTRA; }

static STATUS all_write(int fd, const void *bytes, size_t len)
{
    const char *at = bytes;
    while (len) {
        ssize_t n = write(fd, at, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            int was = errno;
            status st = was == ENOSPC || was == EDQUOT ? FAIL(DISK_FULL) : FAIL(IO);
            fault_detail("%s", strerror(was));
            return st;
        }
        at += n;
        len -= (size_t)n;
    }
    return OK;
}

STATUS stream_seal(int fd, const uint8_t key[static STREAM_KEY_BYTES], str bound, str plain)
{
    crypto_secretstream_xchacha20poly1305_state s;
    unsigned char header[HEADER], out[CHUNK + EXTRA];
    size_t count = chunks_of(plain.len);
    crypto_secretstream_xchacha20poly1305_init_push(&s, header, key);
    status st = all_write(fd, magic, MAGIC);
    if (status_ok(st))
        st = all_write(fd, header, sizeof header);
    for (size_t i = 0; i < count && status_ok(st); i++) {
        str part = str_slice(plain, i * CHUNK, (i + 1) * CHUNK);
        bool last = i + 1 == count;
        crypto_secretstream_xchacha20poly1305_push(&s, out, NULL, (const unsigned char *)part.ptr, part.len, (const unsigned char *)bound.ptr, bound.len,
                                                   last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0);
        st = all_write(fd, out, part.len + EXTRA);
    }
    secret_wipe(&s, sizeof s);
    return status_ok(st) ? OK : fault_pass(st, __FILE__, __LINE__);
}

STATUS stream_open(struct arena *a, const uint8_t key[static STREAM_KEY_BYTES], str bound, str sealed, str *ret_plain)
{
    crypto_secretstream_xchacha20poly1305_state s;
    size_t done = 0;
    bool last = false;
    if (!str_starts(sealed, STR("DCF1")) || sealed.len < MAGIC + HEADER + EXTRA)
        return FAIL(SEAL);
    if (crypto_secretstream_xchacha20poly1305_init_pull(&s, (const unsigned char *)sealed.ptr + MAGIC, key) != 0)
        return FAIL(SEAL);
    str rest = str_from(sealed, MAGIC + HEADER);
    char *out = arena_alloc(a, rest.len);
    while (rest.len > 0 && !last) {
        str part = str_slice(rest, 0, CHUNK + EXTRA);
        unsigned long long got;
        unsigned char tag;
        if (part.len < EXTRA ||
            crypto_secretstream_xchacha20poly1305_pull(&s, (unsigned char *)out + done, &got, &tag, (const unsigned char *)part.ptr, part.len,
                                                       (const unsigned char *)bound.ptr, bound.len) != 0)
            break;
        done += (size_t)got;
        rest = str_from(rest, part.len);
        last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    }
    secret_wipe(&s, sizeof s);
    if (!last || rest.len > 0) {
        secret_wipe(out, done);
        return FAIL(SEAL);
    }
    *ret_plain = (str){ out, done };
    return OK;
}
