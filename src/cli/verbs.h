/* Inside of the command line. */
#pragma once
#include "cli/cli.h"
#include "messages/messages.h"

extern const struct option common_options[];
/* The verb of the operation that argv names ("person verify"), with an option for each field of its input. */
const struct verb *operation_verb(struct command *c, int argc, char **argv, int *ret_words);
void operation_list(const struct command *c);
void operation_help(const struct command *c); /* adds the description and law of an operation's verb */
