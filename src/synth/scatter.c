/* A fair shuffle of more rows than memory should hold: each row goes to a heap by lot, and each heap is shuffled when it is
 * written (Rao 1961, Sandelius 1962: every order is as likely). Heaps lie in unnamed temporary files beside the result, and
 * each gives its room back once it is written: the disk never holds all rows twice.
 * tested by: src/synth/test/pairs_test.c */
#include "synth/pairs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HEAPS_MAX = 128, ROWS_PER_HEAP = 20000, WAITING_BYTES = 1 << 17, PATH_BYTES_MAX = 4096, FRAME = 2 };

struct heap {
    int fd;
    struct buf waiting;
    size_t bytes, rows;
};
struct scatter {
    str directory;
    struct rng r;
    size_t heap_count;
    struct heap heaps[HEAPS_MAX];
};

static status scatter_bad(const struct scatter *s)
{
    return synth_out_bad(s->directory);
}

STATUS scatter_open(str directory, int64_t rows, uint64_t seed, struct scatter **ret)
{
    char path[PATH_BYTES_MAX];
    struct scatter *s = calloc(1, sizeof *s);
    MUST(s);
    *ret = s;
    s->directory = directory;
    rng_seed(&s->r, seed, 0);
    size_t heaps = (size_t)rows / ROWS_PER_HEAP + 1;
    heaps = heaps < HEAPS_MAX ? heaps : HEAPS_MAX;
    for (size_t i = 0; i < heaps; i++) {
        snprintf(path, sizeof path, "%.*s/.rows-XXXXXX", STR_ARG(directory));
        int fd = mkostemp(path, O_CLOEXEC);
        if (fd < 0)
            return scatter_bad(s);
        unlink(path);
        s->heaps[i].fd = fd;
        buf_init(&s->heaps[i].waiting, WAITING_BYTES * 2);
        s->heap_count++;
    }
    return OK;
}

void scatter_close(struct scatter *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->heap_count; i++) {
        close(s->heaps[i].fd);
        buf_done(&s->heaps[i].waiting);
    }
    free(s);
}

static bool heap_flush(struct heap *h)
{
    for (size_t at = 0; at < h->waiting.len;) {
        ssize_t n = write(h->fd, h->waiting.ptr + at, h->waiting.len - at);
        if (n < 0 && errno != EINTR)
            return false;
        at += n > 0 ? (size_t)n : 0;
    }
    h->bytes += h->waiting.len;
    buf_clear(&h->waiting);
    return true;
}

static size_t frame_len(const char *at) { return (size_t)(uint8_t)at[0] | (size_t)(uint8_t)at[1] << 8; }

STATUS scatter_add(struct scatter *s, str framed)
{
    for (size_t at = 0; at < framed.len;) {
        size_t len = FRAME + frame_len(framed.ptr + at);
        struct heap *h = &s->heaps[rng_below(&s->r, (uint32_t)s->heap_count)];
        MUST(at + len <= framed.len);
        buf_bytes(&h->waiting, framed.ptr + at, len);
        h->rows++;
        at += len;
        if (h->waiting.len > WAITING_BYTES && !heap_flush(h))
            return scatter_bad(s);
    }
    return OK;
}

static bool heap_read(const struct heap *h, char *bytes)
{
    for (size_t at = 0; at < h->bytes;) {
        ssize_t n = pread(h->fd, bytes + at, h->bytes - at, (off_t)at);
        if (n == 0 || (n < 0 && errno != EINTR))
            return false;
        at += n > 0 ? (size_t)n : 0;
    }
    return true;
}

static bool heap_write(struct rng *r, const struct heap *h, const char *bytes, const char **rows, FILE *out)
{
    const char *at = bytes;
    for (size_t i = 0; i < h->rows; i++) { /* Fisher and Yates, from the inside */
        size_t j = rng_below(r, (uint32_t)i + 1);
        rows[i] = rows[j];
        rows[j] = at;
        at += FRAME + frame_len(at);
    }
    for (size_t i = 0; i < h->rows; i++)
        if (fwrite(rows[i] + FRAME, 1, frame_len(rows[i]), out) != frame_len(rows[i]))
            return false;
    return true;
}

STATUS scatter_write(struct scatter *s, FILE *out)
{
    for (size_t i = 0; i < s->heap_count; i++) {
        struct heap *h = &s->heaps[i];
        if (!heap_flush(h))
            return scatter_bad(s);
        char *bytes = malloc(h->bytes + 1);
        const char **rows = calloc(h->rows + 1, sizeof *rows);
        MUST(bytes && rows);
        bool done = heap_read(h, bytes) && heap_write(&s->r, h, bytes, rows, out);
        free(bytes);
        free(rows);
        if (!done || ftruncate(s->heaps[i].fd, 0) != 0)
            return scatter_bad(s);
    }
    return OK;
}
