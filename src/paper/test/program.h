/* For tests: what other people's programs say about our files. */
#pragma once
#include "base/base.h"

/* Runs a program found on the path with these words (NULL-terminated), without a shell; returns its output, standard
 * error behind it, and its exit code. Fails the test if it cannot be started. */
str program_output(struct arena *a, const char *const *words, int *ret_code);
/* A new folder that goes away with program_folder_done(), and a file in it. */
const char *program_folder(struct arena *a);
void program_folder_done(const char *folder);
const char *program_file(struct arena *a, const char *folder, const char *name, str bytes);
