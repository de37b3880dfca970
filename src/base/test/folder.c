/* See folder.h. tested by: src/defs/defs_test.c */
#include "base/test/folder.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

bool folder_make(struct folder *f)
{
    const char *place = getenv("TMPDIR");
    (void)snprintf(f->path, sizeof f->path, "%s/dancu-test-XXXXXX", place ? place : P_tmpdir);
    if (mkdtemp(f->path))
        return true;
    f->path[0] = 0;
    return false;
}

static int entry_remove(const char *path, const struct stat *st, int kind, struct FTW *place)
{
    (void)st;
    (void)kind;
    (void)place;
    return remove(path);
}

void folder_end(struct folder *f)
{
    if (f->path[0])
        (void)nftw(f->path, entry_remove, 16, FTW_DEPTH | FTW_PHYS);
    f->path[0] = 0;
}

static void path_of(const struct folder *f, const char *name, char out[static 400])
{
    (void)snprintf(out, 400, "%s/%s", f->path, name);
}

void folder_put(const struct folder *f, const char *name, const char *text)
{
    char path[400];
    path_of(f, name, path);
    for (char *at = path + strlen(f->path) + 1; *at; at++) {
        if (*at != '/')
            continue;
        *at = 0;
        (void)mkdir(path, 0700);
        *at = '/';
    }
    FILE *file = fopen(path, "we");
    MUST(file);
    MUST(fputs(text, file) >= 0);
    MUST(fclose(file) == 0);
}

void folder_drop(const struct folder *f, const char *name)
{
    char path[400];
    path_of(f, name, path);
    (void)remove(path);
}
