/* Custody of a secret key in a file: made by the first start, readable by its owner only. A key is never overwritten: two
 * starts at once race for one link(2), the loser reads the winner's key; a crash leaves no half-written key behind.
 *
 * Refuses what another user of the machine could have read or planted: looser modes than 0600, a foreign owner, a
 * symbolic link, anything but a regular file of exactly 32 bytes. */
#include "crypt/crypt.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void close_file(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static status refuse(const char *why)
{
    status st = FAIL(KEY_FILE);

    fault_detail("%s", why);
    return st;
}

static STATUS read_key(int fd, uint8_t out[static KEY_FILE_BYTES])
{
    struct stat s;
    ssize_t got;

    if (fstat(fd, &s) != 0)
        return refuse("cannot stat");
    if (!S_ISREG(s.st_mode))
        return refuse("not a regular file");
    if ((s.st_mode & 077) != 0)
        return refuse("group or others may use the file: chmod 600");
    if (s.st_uid != geteuid())
        return refuse("belongs to another user");
    if (s.st_size != KEY_FILE_BYTES)
        return refuse("not 32 bytes");
    do
        got = read(fd, out, KEY_FILE_BYTES);
    while (got < 0 && errno == EINTR);
    if (got != KEY_FILE_BYTES)
        return refuse("cannot read");
    return OK;
}

static bool write_key(const char *path)
{
    uint8_t key[KEY_FILE_BYTES];
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool good;

    if (fd < 0)
        return false;
    random_bytes(key, sizeof key);
    good = write(fd, key, sizeof key) == (ssize_t)sizeof key && fsync(fd) == 0;
    secret_wipe(key, sizeof key);
    return close(fd) == 0 && good;
}

/* The directory entry must survive a crash as well, or signatures would outlive their key. */
static bool sync_directory(const char *path)
{
    char directory[4096];
    const char *slash = strrchr(path, '/');
    int fd DEFER(close_file) = -1;

    if (slash == NULL)
        snprintf(directory, sizeof directory, ".");
    else
        snprintf(directory, sizeof directory, "%.*s", (int)(slash == path ? 1 : slash - path), path);
    fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd >= 0 && fsync(fd) == 0;
}

static STATUS make_key(const char *path)
{
    char draft[4096];
    bool made;
    int n = snprintf(draft, sizeof draft, "%s.%016llx.new", path, (unsigned long long)random_u64());

    if (n < 0 || (size_t)n >= sizeof draft)
        return refuse("path too long");
    if (!write_key(draft)) {
        bool full = errno == ENOSPC;
        unlink(draft);
        return full ? FAIL(DISK_FULL) : refuse("cannot write");
    }
    made = link(draft, path) == 0 || errno == EEXIST;
    unlink(draft);
    if (!made || !sync_directory(path))
        return refuse("cannot put in place");
    return OK;
}

STATUS key_file_load(const char *path, uint8_t out[static KEY_FILE_BYTES])
{
    int fd DEFER(close_file) = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    if (fd < 0 && errno == ENOENT) {
        TRY(make_key(path));
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    }
    if (fd < 0)
        return refuse(errno == ELOOP ? "a symbolic link" : "cannot open");
    return read_key(fd, out);
}

STATUS key_file_in(str directory, const char *name, uint8_t out[static KEY_FILE_BYTES])
{
    char path[PATH_MAX];
    int len = snprintf(path, sizeof path, "%.*s/%s", STR_ARG(directory), name);

    return len > 0 && (size_t)len < sizeof path ? key_file_load(path, out) : refuse("too long a path");
}
