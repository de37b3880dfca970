/* For tests: runs pdftotext, zbarimg and their like on files of ours.
 * tested by: src/paper/test/paper_test.c */
#include "paper/test/program.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

str program_output(struct arena *a, const char *const *words, int *ret_code)
{
    posix_spawn_file_actions_t acts;
    struct buf b;
    char piece[4096];
    ssize_t got;
    int ends[2], code;
    pid_t child;
    MUST(pipe(ends) == 0);
    posix_spawn_file_actions_init(&acts);
    posix_spawn_file_actions_adddup2(&acts, ends[1], 1);
    posix_spawn_file_actions_adddup2(&acts, ends[1], 2);
    posix_spawn_file_actions_addclose(&acts, ends[0]);
    posix_spawn_file_actions_addclose(&acts, ends[1]);
    int bad = posix_spawnp(&child, words[0], &acts, NULL, (char *const *)(uintptr_t)words, environ);
    posix_spawn_file_actions_destroy(&acts);
    close(ends[1]);
    if (bad)
        fprintf(stderr, "%s: %s\n", words[0], strerror(bad));
    MUST(bad == 0);
    buf_init(&b, 64 << 20);
    while ((got = read(ends[0], piece, sizeof piece)) > 0)
        buf_bytes(&b, piece, (size_t)got);
    close(ends[0]);
    MUST(waitpid(child, &code, 0) == child);
    *ret_code = WIFEXITED(code) ? WEXITSTATUS(code) : 128;
    str out = arena_str(a, buf_str(&b));
    buf_done(&b);
    return out;
}

const char *program_folder(struct arena *a)
{
    const char *base = getenv("TMPDIR");
    char *folder = arena_z(a, arena_printf(a, "%s/paper-XXXXXX", base ? base : "/tmp"));
    MUST(mkdtemp(folder));
    return folder;
}

void program_folder_done(const char *folder)
{
    struct arena *a = arena_new(1 << 20);
    int code;
    (void)program_output(a, (const char *const[]){ "rm", "-rf", folder, NULL }, &code);
    arena_free(a);
}

const char *program_file(struct arena *a, const char *folder, const char *name, str bytes)
{
    const char *path = arena_printf(a, "%s/%s", folder, name).ptr;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    MUST(fd >= 0);
    while (bytes.len) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);
        MUST(n > 0);
        bytes = str_from(bytes, (size_t)n);
    }
    close(fd);
    return path;
}
