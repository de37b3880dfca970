/* Slow steps outside of the lane that writes. Hashing a password, keeping a file and signing a paper take from milliseconds to
 * seconds and need no writing transaction, yet belong to commands that do. Such a command is marked slow: a lane of its own
 * rehearses it on a snapshot, as far as its first write, which a reading connection refuses; then the writing lane runs it from
 * the beginning, and its slow steps find what they worked out. A refusal ends it at the rehearsal.
 *
 * A step names all that its result hangs on as its key: what has changed meanwhile is another key, and is worked out again.
 * Whatever a step leaves outside of the store has to be harmless, or swept up, if the command never commits. */
#pragma once
#include "gate/gate.h"

struct prepared *prepared_new(struct arena *a); /* of a rehearsal that begins */
void prepared_ready(struct prepared *p);        /* the rehearsal is over */
bool prepared_rehearses(const struct ctx *cx);
/* What an earlier run of this work kept under this key, or NULL. */
const void *prepared_find(const struct ctx *cx, const char *step, str key);
/* `value` lives in cx->arena. Nothing happens unless the work is being rehearsed. */
void prepared_keep(struct ctx *cx, const char *step, str key, const void *value);
