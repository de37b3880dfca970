/* See upload.h. Names are checked letter by letter before they become part of a path.
 * tested by: src/web/web_test.c */
#include "web/upload.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { NAME_BYTES = 16, NAME_CHARS = 2 * NAME_BYTES, KEPT_S = 3600 };

static const char *path_of(struct web *web, struct arena *arena, account_id account, str name)
{
    return arena_printf(arena, "%.*s/%lld-%.*s", STR_ARG(web->uploads), (long long)account.v, STR_ARG(name)).ptr;
}

static bool name_is_ours(str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!strchr("0123456789abcdef", name.ptr[i]) || !name.ptr[i])
            return false;
    return name.len == NAME_CHARS;
}

static void old_drop(struct web *web)
{
    DIR *folder = opendir(web->uploads.ptr);
    if (!folder)
        return;
    time_t now = time(NULL);
    for (struct dirent *e; (e = readdir(folder)) != NULL;) {
        struct stat st;
        bool file = fstatat(dirfd(folder), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
        if (file && now - st.st_mtime > KEPT_S)
            unlinkat(dirfd(folder), e->d_name, 0);
    }
    closedir(folder);
}

static STATUS io_fail(const char *call)
{
    int why = errno;
    status bad = why == ENOSPC || why == EDQUOT ? FAIL_AT(DISK_FULL, STR("file")) : FAIL_AT(IO, STR("file"));
    fault_detail("%s: %s", call, strerror(why));
    return bad;
}

static STATUS bytes_write(int fd, str bytes)
{
    while (bytes.len > 0) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return io_fail("write");
        bytes = str_from(bytes, (size_t)n);
    }
    return OK;
}

STATUS upload_keep(struct web *web, struct arena *arena, account_id account, str bytes, str *ret_name)
{
    uint8_t word[NAME_BYTES];
    struct buf name;
    old_drop(web);
    random_bytes(word, sizeof word);
    buf_init(&name, NAME_CHARS);
    buf_hex(&name, word, sizeof word);
    *ret_name = arena_str(arena, buf_str(&name));
    buf_done(&name);
    const char *path = path_of(web, arena, account, *ret_name);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return io_fail("open");
    status st = bytes_write(fd, bytes);
    close(fd);
    if (!status_ok(st))
        unlink(path);
    return st;
}

STATUS upload_open(struct web *web, struct arena *arena, account_id account, str name, str *ret_bytes)
{
    struct stat st;
    if (!name_is_ours(name))
        return FAIL(DELIVERY_MISSING);
    int fd = open(path_of(web, arena, account, name), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return FAIL(DELIVERY_MISSING);
    size_t size = fstat(fd, &st) == 0 && st.st_size > 0 ? (size_t)st.st_size : 0;
    void *bytes = size ? mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    close(fd);
    if (bytes == MAP_FAILED)
        return io_fail("mmap");
    *ret_bytes = (str){ bytes, size };
    return OK;
}

void upload_close(str *bytes)
{
    if (bytes->len)
        munmap((void *)(uintptr_t)bytes->ptr, bytes->len);
    *bytes = (str){ 0 };
}

void upload_drop(struct web *web, struct arena *arena, account_id account, str name)
{
    if (name_is_ours(name))
        unlink(path_of(web, arena, account, name));
}
