/* Behind draft.h. tested by: tests/link/link_verb.py */
#include "cli/draft.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* Made before the work, so that a folder that cannot be written to is told at once. */
STATUS draft_open(struct command *c, const char *option, struct draft *d)
{
    str path = command_text(c, option, (str){ 0 });

    return path.len ? draft_make(c, path, d) : OK;
}

STATUS draft_make(struct command *c, str path, struct draft *d)
{
    d->name = arena_z(c->arena, path);
    d->path = arena_z(c->arena, arena_printf(c->arena, "%.*s.%ld.draft", STR_ARG(path), (long)getpid()));
    d->fd = open(d->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    return d->fd >= 0 ? OK : path_bad(path);
}

status draft_write(void *with, str bytes)
{
    struct draft *d = with;

    while (bytes.len) {
        ssize_t n = write(d->fd, bytes.ptr, bytes.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return path_bad(str_of(d->name));
        bytes = str_from(bytes, (size_t)n);
    }
    return OK;
}

status draft_write_nowhere(void *with, str bytes)
{
    (void)with;
    (void)bytes;
    return OK;
}

void draft_drop(struct draft *d)
{
    if (d->fd >= 0)
        close(d->fd);
    if (d->path)
        unlink(d->path);
    *d = (struct draft){ .fd = -1 };
}

STATUS draft_keep(struct draft *d)
{
    if (!d->path)
        return OK;
    int bad = d->fd >= 0 && close(d->fd) != 0;
    d->fd = -1;
    if (bad || rename(d->path, d->name) != 0)
        return path_bad(str_of(d->name));
    d->path = NULL;
    return OK;
}
