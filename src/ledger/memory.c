/* The last committed checkpoint, remembered in a file outside the database. A database that was put back from an older
 * copy hashes perfectly well; signing it further would fork the log. With this file the sequencer refuses, also after a
 * restart. Written at most once a second, by rename, without fsync: after a crash of the machine it may be a little old,
 * which only makes it forgive as much. A copy that is full (disk) or read-only is no reason to stop the ledger.
 *
 * Refuses a file that is there but does not bear our signature.
 *
 * tested by: src/ledger/test/sequence_test.c */
#include "ledger/inside.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { REMEMBER_EACH_US = 1000000 };

static void close_file(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static void free_arena(struct arena **a)
{
    arena_free(*a);
}

static STATUS take_note(struct ledger *l, str note)
{
    struct arena *a DEFER(free_arena) = arena_new((size_t)1 << 20);
    struct ledger_checkpoint c;

    if (!status_ok(ledger_checkpoint_check(a, note, str_of(l->origin), l->key.public_key, &c))) {
        status st = FAIL_AT(CORRUPT, STR("ledger_memory"));
        fault_detail("the remembered checkpoint does not bear our signature");
        return st;
    }
    l->seen_size = c.size;
    memcpy(l->seen_root.b, c.root, SHA256_BYTES);
    return OK;
}

STATUS memory_open(struct ledger *l, str path)
{
    char text[NOTE_BYTES_MAX];
    int fd DEFER(close_file) = -1;
    ssize_t got;

    if (str_is_empty(path))
        return OK;
    l->memory_path = strndup(path.ptr, path.len);
    MUST(l->memory_path != NULL);
    fd = open(l->memory_path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? OK : FAIL_AT(IO, STR("ledger_memory"));
    got = read(fd, text, sizeof text);
    if (got < 0)
        return FAIL_AT(IO, STR("ledger_memory"));
    return got == 0 ? OK : take_note(l, (str){ text, (size_t)got });
}

void memory_write(struct ledger *l, str note)
{
    char draft[4096];
    int64_t now = clock_mono_us();
    int fd, n;
    bool good;

    if (!l->memory_path || (l->remembered_us != 0 && now - l->remembered_us < REMEMBER_EACH_US))
        return;
    n = snprintf(draft, sizeof draft, "%s.new", l->memory_path);
    if (n < 0 || (size_t)n >= sizeof draft)
        return;
    fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0)
        return;
    good = write(fd, note.ptr, note.len) == (ssize_t)note.len;
    good = close(fd) == 0 && good;
    if (!good || rename(draft, l->memory_path) != 0)
        unlink(draft);
    else
        l->remembered_us = now;
}
