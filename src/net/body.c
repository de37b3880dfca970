/* The body of a request: kept in memory up to NET_BODY_MEMORY_MAX, in an unlinked file beyond that, which is mapped once
 * it is whole, so that whoever reads it sees one slice in either case. Its length is known from the head.
 *
 * The file is written on the loop's thread: that reaches the page cache and blocks only when the machine is short of
 * memory. Its room is taken beforehand, so that a full disk is told before the sender has sent anything. */
#include "net/edge.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A file without a name; where the file system knows none, a name that is gone before a byte is written. */
static int unnamed_file(struct arena *a, str directory)
{
    int fd = open(arena_z(a, directory), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    char *path;

    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
        return fd;
    path = arena_z(a, arena_join(a, directory, STR("/.spool-XXXXXX")));
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        unlink(path);
    return fd;
}

static STATUS spool_open(struct flight *f)
{
    str directory = f->loop->server->options.spool_directory;
    int failure;

    if (directory.len == 0)
        return FAIL(BODY_TOO_LARGE);
    f->spool_fd = unnamed_file(f->arena, directory);
    if (f->spool_fd < 0) {
        int why = errno;
        status bad = FAIL(IO);
        fault_detail("spool: errno %d", why);
        return bad;
    }
    failure = posix_fallocate(f->spool_fd, 0, (off_t)f->length);
    if (failure == ENOSPC || failure == EDQUOT || failure == EFBIG)
        return FAIL(DISK_FULL);
    return failure ? FAIL(IO) : OK;
}

STATUS body_begin(struct flight *f, struct body_rule rule)
{
    size_t max = rule.spool || rule.bytes_max < NET_BODY_MEMORY_MAX ? rule.bytes_max : NET_BODY_MEMORY_MAX;

    if (f->length > max)
        return FAIL(BODY_TOO_LARGE);
    if (f->length > NET_BODY_MEMORY_MAX)
        return spool_open(f);
    if (f->length) {
        f->body = malloc(f->length);
        MUST(f->body != NULL);
    }
    return OK;
}

STATUS body_add(struct flight *f, const char *data, size_t bytes)
{
    MUST(f->body_used + bytes <= f->length);
    if (f->spool_fd < 0) {
        memcpy(f->body + f->body_used, data, bytes);
        f->body_used += bytes;
        return OK;
    }
    while (bytes) {
        ssize_t n = pwrite(f->spool_fd, data, bytes, (off_t)f->body_used);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return errno == ENOSPC ? FAIL(DISK_FULL) : FAIL(IO);
        f->body_used += (uint64_t)n;
        data += n;
        bytes -= (size_t)n;
    }
    return OK;
}

static STATUS map_spool(struct flight *f)
{
    void *at = mmap(NULL, f->length, PROT_READ, MAP_SHARED, f->spool_fd, 0);

    if (at == MAP_FAILED)
        return FAIL(IO);
    f->mapped = at;
    f->x.request.body = (str){ at, f->length };
    f->x.request.body_fd = f->spool_fd;
    return OK;
}

STATUS body_end(struct flight *f)
{
    struct request *r = &f->x.request;

    MUST(f->body_used == f->length);
    if (f->length == 0)
        return OK;
    if (f->spool_fd >= 0)
        TRY(map_spool(f));
    else
        r->body = (str){ f->body, f->length };
    if (request_type_is(r, STR("application/x-www-form-urlencoded"))) {
        if (f->spool_fd >= 0)
            return FAIL(BODY_TOO_LARGE);
        return params_urlencoded(f->arena, r->body, &r->fields);
    }
    if (request_type_is(r, STR("multipart/form-data")))
        return params_multipart(f->arena, r->content_type, r->body, &r->fields, &r->files);
    return OK;
}
