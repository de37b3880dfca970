/* How text messages leave. There is no gateway in this program: `spool` lays each text down as a file that a gateway takes away, under the
 * number of its delivery, so that the same text twice is one file; `none` sends nothing and says so. A gateway of one's own is one more
 * struct of these functions.
 * tested by: src/notice/test/notice_test.c */
#include "notice/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FILE_BYTES_MAX = 4096 };

static STATUS io_fault(const char *what)
{
    status st = errno == ENOSPC ? FAIL_AT(DISK_FULL, STR("sms")) : FAIL_AT(IO, STR("sms"));
    fault_detail("%s: %s", what, strerror(errno));
    return st;
}

static STATUS file_write(const char *path, str text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return io_fault("open");
    bool whole = write(fd, text.ptr, text.len) == (ssize_t)text.len && fsync(fd) == 0;
    status st = whole ? OK : io_fault("write");
    close(fd);
    return st;
}

static status spool_send(const struct app *app, struct arena *a, const struct parcel *p, str text)
{
    str folder = arena_printf(a, "%.*s/sms", STR_ARG(app->directory));
    str path = arena_printf(a, "%.*s/%lld.json", STR_ARG(folder), (long long)p->row.id), part = arena_printf(a, "%.*s.part", STR_ARG(path));
    struct buf b;
    TRY(directory_make(folder));
    buf_init(&b, FILE_BYTES_MAX);
    buf_printf(&b, "{\"notice\":\"%lld\",\"to\":", (long long)p->row.id);
    buf_json(&b, p->address);
    buf_add(&b, STR(",\"text\":"));
    buf_json(&b, text);
    buf_add(&b, STR("}\n"));
    status st = buf_check(&b);
    if (status_ok(st))
        st = file_write(part.ptr, buf_str(&b));
    buf_done(&b);
    TRY(st);
    return rename(part.ptr, path.ptr) == 0 ? OK : io_fault("rename");
}

static const struct sms_way spool = { "spool", spool_send };

const struct sms_way *sms_way_of(const struct defs *d) { return defs_channels(d)->sms_spool ? &spool : NULL; }
