/* Inside of the command line. */
#pragma once
#include "cli/cli.h"
#include "messages/message.h"

/* The verb of the operation that argv names ("person verify"), with an option for each field of its input. */
const struct verb *operation_verb(struct command *c, int argc, char **argv, int *ret_words);
bool operation_list(const struct command *c, str group); /* false: no operation's verb begins with this word */
void operation_groups(const struct command *c);          /* each first word with what may follow it */
void operation_help(const struct command *c);            /* description, law and fields of an operation's verb */
/* Calls an operation as whom and on what ground `cx` says, on the lane that it needs. */
STATUS operation_call(struct ctx *cx, const struct operation *op, const void *in, void *out);
