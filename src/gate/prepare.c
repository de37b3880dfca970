/* What slow steps worked out, as a list in the arena of their work (see prepare.h). A work has few of them.
 * tested by: src/gate/test/prepare_test.c */
#include "gate/prepare.h"

#include <string.h>

struct step {
    const char *name;
    str key;
    const void *value;
    const struct step *next;
};

struct prepared {
    bool over;
    const struct step *steps;
};

struct prepared *prepared_new(struct arena *a) { return ARENA_NEW(a, struct prepared); }
void prepared_ready(struct prepared *p) { p->over = true; }
bool prepared_rehearses(const struct ctx *cx) { return cx->prepared && !cx->prepared->over; }

const void *prepared_find(const struct ctx *cx, const char *step, str key)
{
    for (const struct step *s = cx->prepared ? cx->prepared->steps : NULL; s; s = s->next)
        if (strcmp(s->name, step) == 0 && str_eq(s->key, key))
            return s->value;
    return NULL;
}

void prepared_keep(struct ctx *cx, const char *step, str key, const void *value)
{
    if (!prepared_rehearses(cx))
        return;
    struct step *s = ARENA_NEW(cx->arena, struct step);
    *s = (struct step){ step, arena_str(cx->arena, key), value, cx->prepared->steps };
    cx->prepared->steps = s;
}
