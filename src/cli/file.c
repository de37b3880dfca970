/* Files that a verb is given: mapped whole, read only. Refuses what is no regular file, is empty, or is larger than a list can be.
 * tested by: tests/scenario/run.py */
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_BYTES_MAX = 1 << 30 };

STATUS path_bad(str path)
{
    status st = FAIL_WITH(IO, STR("file"), path);
    fault_detail("%s", strerror(errno));
    return st;
}

STATUS command_file(struct command *c, str path, str *ret)
{
    int fd = open(arena_z(c->arena, path), O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        errno = fd >= 0 && S_ISDIR(st.st_mode) ? EISDIR : fd >= 0 ? EINVAL : errno;
        status bad = path_bad(path);
        if (fd >= 0)
            close(fd);
        return bad;
    }
    if (st.st_size == 0 || st.st_size > FILE_BYTES_MAX) {
        close(fd);
        return st.st_size ? FAIL_AT(FILE_TOO_LARGE, path) : FAIL_AT(FILE_EMPTY, path);
    }
    void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (p == MAP_FAILED)
        return path_bad(path);
    *ret = (str){ p, (size_t)st.st_size };
    return OK;
}

void file_rest(str file) { (void)madvise((void *)(uintptr_t)file.ptr, file.len, MADV_DONTNEED); }

STATUS command_roles(struct command *c, str *ret_name, str *ret_text)
{
    status st;

    *ret_name = command_text(c, "roles", (str){ 0 });
    *ret_text = (str){ 0 };
    if (!ret_name->len)
        return OK;
    st = command_file(c, *ret_name, ret_text);
    if (status_is(st, ERR_FILE_EMPTY)) { /* its hint speaks of sheets */
        fault_clear();
        return FAIL_AT(ROLES_FILE, *ret_name);
    }
    return st;
}

str path_name(str path)
{
    for (size_t i = path.len; i > 0; i--)
        if (path.ptr[i - 1] == '/')
            return str_from(path, i);
    return path;
}

bool path_is_same(struct command *c, str one, str other)
{
    struct stat a, b;
    if (stat(arena_z(c->arena, one), &a) != 0 || stat(arena_z(c->arena, other), &b) != 0)
        return false;
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}
