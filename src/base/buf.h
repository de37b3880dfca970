/* A growing byte buffer that takes its maximum at birth. Past the maximum it stops growing and stays `full`; the writer
 * checks once at the end with buf_check(), so that code which builds text has no error path at each step. */
#pragma once
#include "base/status.h"
#include "base/str.h"

struct buf {
    char *ptr;
    size_t len, cap, bytes_max;
    bool full;
};

void buf_init(struct buf *b, size_t bytes_max);
void buf_done(struct buf *b);
void buf_clear(struct buf *b); /* length to zero, memory kept */
void buf_add(struct buf *b, str s);
void buf_bytes(struct buf *b, const void *bytes, size_t len);
void buf_char(struct buf *b, char c);
void buf_i64(struct buf *b, int64_t value);
void buf_u64(struct buf *b, uint64_t value);
void buf_pad(struct buf *b, uint64_t value, int digits); /* decimal with leading zeros */
void buf_hex(struct buf *b, const void *bytes, size_t len);
void buf_base64(struct buf *b, const void *bytes, size_t len); /* RFC 4648 section 4, padded */
void buf_json(struct buf *b, str s);                           /* a quoted JSON string, RFC 8259 */
__attribute__((format(printf, 2, 3))) void buf_printf(struct buf *b, const char *format, ...);
str buf_str(const struct buf *b); /* valid until the next change */
STATUS buf_check(const struct buf *b);
