/* A delivery: its row, its file and its ground. The file is kept as it came, named by its digest, so that refused rows can be
 * given back as they were and a comparison can go on after a crash. A delivery is itself the lawful ground for comparing
 * its rows, no further than the ground under which it was taken in (NĐ 47/2020/NĐ-CP Đ41).
 * tested by: src/centre/test/list_test.c */
#include "centre/inside.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, DIGEST_CHARS = 2 * SHA256_BYTES };

static const char *const outcome_words[OUTCOME_COUNT] = { "matched", "conflicting", "ambiguous", "not_found", "duplicate", "deceased", "cancelled", "rejected" };

const char *outcome_word(enum outcome o) { return outcome_words[o]; }

/* Officers see what their own organisation sent; the centre, its leaders and the operator see all. */
bool delivery_is_visible(const struct ctx *cx, const struct delivery_row *d)
{
    if (cx->actor.roles & (ROLE_OPERATOR | ROLE_COORDINATOR | ROLE_LEADER))
        return true;
    return cx->actor.organisation.len && str_eq(cx->actor.organisation, d->organisation);
}

STATUS delivery_of(struct ctx *cx, int64_t id, struct delivery_row *ret)
{
    bool found;

    TRY(delivery_get(cx, CENTRE_SHARD, id, ret, &found));
    return found && delivery_is_visible(cx, ret) ? OK : FAIL(DELIVERY_MISSING);
}

void delivery_item(const struct delivery_row *d, struct list_item *ret)
{
    *ret = (struct list_item){
        .delivery = d->id, .name = d->name, .source = d->source, .state = d->state, .rows_done = d->rows_done, .rows_total = d->rows_total,
        .matched = d->matched, .created = d->created_us, .has_finished = d->finished_us != 0, .finished = d->finished_us,
    };
}

/* --- ground ------------------------------------------------------------------------------------------------------------ */

/* "SOURCE" allows taking a list of that source in; "SOURCE/ID" allows work on that delivery. */
static status ground_check(struct ctx *cx, const struct operation *op, struct grant *ret)
{
    str reference = cx->purpose.reference, source;
    struct delivery_row d;
    int64_t id;
    bool found;

    if (!str_cut(&reference, '/', &source) || !source.len)
        return FAIL_WITH(GROUND_NOT_LIVE, STR("purpose"), cx->purpose.reference);
    if (!reference.len) {
        if (!(cx->actor.roles & (ROLE_COORDINATOR | ROLE_OPERATOR)) || (!str_eq(str_of(op->name), STR("list.import"))))
            return FAIL_WITH(GROUND_NOT_LIVE, STR("purpose"), cx->purpose.reference);
        *ret = (struct grant){ .fields = op->reads };
        return OK;
    }
    if (!str_i64(reference, &id) || !str_starts(str_of(op->name), STR("list.")))
        return FAIL_WITH(GROUND_NOT_LIVE, STR("purpose"), cx->purpose.reference);
    TRY(delivery_get(cx, CENTRE_SHARD, id, &d, &found));
    if (!found || !str_eq(d.source, source) || !delivery_is_visible(cx, &d))
        return FAIL_WITH(GROUND_NOT_LIVE, STR("purpose"), cx->purpose.reference);
    *ret = (struct grant){ .fields = (uint64_t)d.grant_fields & op->reads, .only_unit = { d.grant_unit } };
    return OK;
}

const struct ground_kind delivery_ground = { "delivery", ground_check };

/* --- file -------------------------------------------------------------------------------------------------------------- */

static void path_of(const struct app *app, str digest, const char *ending, char out[static PATH_BYTES])
{
    snprintf(out, PATH_BYTES, "%.*s/deliveries/%.*s%s", STR_ARG(app->directory), STR_ARG(digest), ending);
}

static status io_bad(void)
{
    int was = errno;
    status st = was == ENOSPC || was == EDQUOT ? FAIL(DISK_FULL) : FAIL_AT(IO, STR("deliveries"));

    fault_detail("%s", strerror(was));
    return st;
}

static STATUS bytes_write(int fd, str bytes)
{
    while (bytes.len) {
        ssize_t n = write(fd, bytes.ptr, bytes.len < (1u << 30) ? bytes.len : (1u << 30));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return io_bad();
        bytes = str_from(bytes, (size_t)n);
    }
    return fsync(fd) == 0 ? OK : io_bad();
}

/* The folder, made if need be, and locked: whoever keeps a file shares it, the sweep has it alone. Closing it lets go. */
static STATUS folder_open(const struct app *app, int lock, int *ret)
{
    char folder[PATH_BYTES];

    path_of(app, (str){ 0 }, "", folder);
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return io_bad();
    *ret = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return *ret >= 0 && flock(*ret, lock) == 0 ? OK : io_bad();
}

static void folder_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static STATUS file_is_new(const char *path, int64_t bytes, bool *ret)
{
    struct stat st;

    *ret = stat(path, &st) != 0 || st.st_size != bytes;
    return *ret || utimensat(AT_FDCWD, path, NULL, 0) == 0 ? OK : io_bad(); /* young again: no sweep takes it away */
}

STATUS delivery_file_keep(struct app *app, str digest, str bytes)
{
    int folder DEFER(folder_close) = -1, fd;
    char path[PATH_BYTES], draft[PATH_BYTES], ending[40];
    status written;
    bool is_new;

    TRY(folder_open(app, LOCK_SH, &folder));
    path_of(app, digest, "", path);
    TRY(file_is_new(path, (int64_t)bytes.len, &is_new));
    if (!is_new)
        return OK;
    snprintf(ending, sizeof ending, ".%016llx", (unsigned long long)random_u64());
    path_of(app, digest, ending, draft);
    fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return io_bad();
    written = bytes_write(fd, bytes);
    close(fd);
    if (status_ok(written) && rename(draft, path) != 0)
        written = io_bad();
    if (!status_ok(written)) {
        unlink(draft);
        return fault_pass(written, __FILE__, __LINE__);
    }
    return fsync(folder) == 0 ? OK : io_bad();
}

/* By the clock of the file system: ours may be set. Half-written, or named by no delivery, and old: what was kept for a call that was refused or cut off. */
static status orphan_remove(struct ctx *cx, const char *name)
{
    struct delivery_of_digest_row row;
    char path[PATH_BYTES];
    struct stat st;
    bool named = false;

    path_of(cx->app, str_of(name), "", path);
    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode) || time(NULL) - st.st_mtime < DELIVERY_ORPHAN_S)
        return OK;
    if (strlen(name) == DIGEST_CHARS)
        TRY(delivery_of_digest(cx, CENTRE_SHARD, str_of(name), &row, &named));
    return named || unlink(path) == 0 ? OK : io_bad();
}

status delivery_files_sweep(struct ctx *cx, void *nothing)
{
    int folder DEFER(folder_close) = -1;
    status st = OK;

    (void)nothing;
    TRY(folder_open(cx->app, LOCK_EX, &folder));
    int listed = dup(folder);
    DIR *d = listed >= 0 ? fdopendir(listed) : NULL;
    if (!d)
        return io_bad();
    for (struct dirent *e; status_ok(st) && (e = readdir(d)) != NULL;)
        st = orphan_remove(cx, e->d_name);
    closedir(d);
    return st;
}

STATUS delivery_file_map(struct app *app, str digest, bool lock, struct mapped *ret)
{
    char path[PATH_BYTES];
    struct stat st;
    void *p;

    *ret = (struct mapped){ .fd = -1 };
    path_of(app, digest, "", path);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return io_bad();
    if (lock && flock(fd, LOCK_EX | LOCK_NB) != 0) {
        close(fd);
        return FAIL(STORE_BUSY);
    }
    if (fstat(fd, &st) != 0 || st.st_size <= 0 || (p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0)) == MAP_FAILED) {
        status bad = io_bad();
        close(fd);
        return bad;
    }
    *ret = (struct mapped){ { p, (size_t)st.st_size }, fd };
    return OK;
}

void delivery_file_rest(const struct mapped *m) { (void)madvise((void *)(uintptr_t)m->bytes.ptr, m->bytes.len, MADV_DONTNEED); }

void delivery_file_unmap(struct mapped *m)
{
    if (m->fd < 0)
        return;
    munmap((void *)(uintptr_t)m->bytes.ptr, m->bytes.len);
    close(m->fd);
    m->fd = -1;
}

STATUS delivery_sheet(const struct delivery_row *d, day today, str bytes, struct sheet **ret)
{
    struct sheet_options o = { .sheet = d->sheet, .encoding = d->encoding, .map = d->map };

    TRY(sheet_open(bytes, today, &o, ret));
    return sheet_roles_check(*ret);
}
