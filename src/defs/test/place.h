/* What a test of definitions works in: a folder that serves as a data folder, and an arena. */
#pragma once
#include "base/test/folder.h"

static struct arena *arena;
static struct folder folder;

static int setup(void **state)
{
    (void)state;
    arena = arena_new(64 << 20);
    return folder_make(&folder) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    folder_end(&folder);
    arena_free(arena);
    return 0;
}
