/* Segments as files: mapped for reading, written beside their place with a scratch file that has no name. A folder whose
 * segments do not all open is refused as a whole: an answer from a part of the register would look like one from all of it.
 * tested by: tests/link/index_verb.py */
#include "cli/index.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

STATUS file_map(struct command *c, str path, str *ret)
{
    int fd = open(arena_z(c->arena, path), O_RDONLY | O_CLOEXEC);
    struct stat st;

    if (fd < 0)
        return path_bad(path);
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size == 0) {
        errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
        status bad = S_ISREG(st.st_mode) ? FAIL_AT(FILE_EMPTY, path) : path_bad(path);
        close(fd);
        return bad;
    }
    void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (p == MAP_FAILED)
        return path_bad(path);
    *ret = (str){ p, (size_t)st.st_size };
    return OK;
}

static str segment_path(struct command *c, str folder, int number) { return arena_printf(c->arena, "%.*s/%d.segment", STR_ARG(folder), number); }

STATUS index_mapped_open(struct command *c, str folder, bool in_order, struct index_mapped *m)
{
    str name[INDEX_SEGMENTS_MAX];

    *m = (struct index_mapped){ 0 };
    while (m->segments < INDEX_SEGMENTS_MAX) {
        str path = segment_path(c, folder, m->segments + 1);

        if (m->segments && access(arena_z(c->arena, path), F_OK) != 0)
            break;
        TRY(file_map(c, path, &m->segment[m->segments]));
        (void)madvise((void *)(uintptr_t)m->segment[m->segments].ptr, m->segment[m->segments].len, in_order ? MADV_SEQUENTIAL : MADV_RANDOM);
        name[m->segments++] = path;
    }
    return index_open(&m->index, m->segment, name, m->segments);
}

void index_mapped_done(struct index_mapped *m)
{
    index_close(m->index);
    for (int i = 0; i < m->segments; i++)
        munmap((void *)(uintptr_t)m->segment[i].ptr, m->segment[i].len);
    *m = (struct index_mapped){ 0 };
}

/* Whole pages only; advice, since the bytes come back from the file. */
void index_mapped_release(void *with, const void *from, size_t bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), begin = ((size_t)from + page - 1) / page * page, end = ((size_t)from + bytes) / page * page;

    (void)with;
    if (end > begin)
        (void)madvise((void *)begin, end - begin, MADV_DONTNEED);
}

/* --- writing ----------------------------------------------------------------------------------------------------------------- */

static status bytes_append(void *with, str bytes)
{
    struct segment_file *f = with;

    return draft_write(&f->draft, bytes);
}

static status all_written(int fd, uint64_t at, str bytes, const char *name)
{
    while (bytes.len) {
        ssize_t n = pwrite(fd, bytes.ptr, bytes.len, (off_t)at);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return path_bad(str_of(name));
        bytes = str_from(bytes, (size_t)n);
        at += (uint64_t)n;
    }
    return OK;
}

static status head_write(void *with, str bytes)
{
    struct segment_file *f = with;

    return all_written(f->draft.fd, 0, bytes, f->draft.name);
}

static status scratch_write(void *with, uint64_t at, str bytes)
{
    struct segment_file *f = with;

    return all_written(f->scratch, at, bytes, f->draft.name);
}

static status scratch_read(void *with, uint64_t at, char *to, size_t bytes)
{
    struct segment_file *f = with;

    while (bytes) {
        ssize_t n = pread(f->scratch, to, bytes, (off_t)at);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return path_bad(str_of(f->draft.name));
        to += n;
        at += (uint64_t)n;
        bytes -= (size_t)n;
    }
    return OK;
}

STATUS segment_create(struct command *c, str folder, int number, struct segment_file *f)
{
    str path = segment_path(c, folder, number);
    char *scratch = arena_z(c->arena, arena_printf(c->arena, "%.*s/scratch-XXXXXX", STR_ARG(folder)));

    *f = (struct segment_file){ .draft = { .fd = -1 }, .scratch = -1 };
    f->sink = (struct index_sink){ bytes_append, head_write, scratch_write, scratch_read, f };
    TRY(draft_make(c, path, &f->draft));
    f->scratch = mkostemp(scratch, O_CLOEXEC);
    if (f->scratch < 0)
        return path_bad(path);
    unlink(scratch);
    return OK;
}

STATUS segment_keep(struct segment_file *f)
{
    if (fsync(f->draft.fd) != 0)
        return path_bad(str_of(f->draft.name));
    return draft_keep(&f->draft);
}

void segment_drop(struct segment_file *f)
{
    draft_drop(&f->draft);
    if (f->scratch >= 0)
        close(f->scratch);
    f->scratch = -1;
}
