/* Files that take their names only when they are whole: made beside their place, then renamed. */
#pragma once
#include "cli/cli.h"

struct draft {
    int fd; /* -1: none */
    char *path, *name;
};
/* The file that `option` names, if it is given. */
STATUS draft_open(struct command *c, const char *option, struct draft *d);
STATUS draft_make(struct command *c, str path, struct draft *d);
status draft_write(void *with, str bytes); /* `with`: the draft */
status draft_write_nowhere(void *with, str bytes);
void draft_drop(struct draft *d);          /* for DEFER; what was kept stays */
STATUS draft_keep(struct draft *d);
