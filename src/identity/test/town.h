/* For tests of accounts and pages: an installation in a folder of its own, with a few invented people, real lanes and a frozen
 * clock that the test moves. */
#pragma once
#include "base/test/folder.h"
#include "gate/gate.h"

struct town {
    struct folder folder;
    struct app *app;
    struct arena *arena;
};

/* With `people`: six, of two families of one commune; else an empty register. False, with a remark on standard error, if it could not be made. */
bool town_open(struct town *t, const struct module *const *modules, size_t count, bool people);
void town_close(struct town *t);

/* Calls an operation in a lane, as `actor` or, when that is NULL, as the operator. */
STATUS town_call(struct town *t, const struct ctx *as, const char *operation, const void *in, void *out);
/* Who stands behind a token; roles 0 if nobody. */
STATUS town_actor(struct town *t, str token, struct actor *ret);
