/* Inside of clean_list(): the two files that it writes, row by row. */
#pragma once
#include "refine/refine.h"

#include <stdio.h>

/* The cleaned copy. */
struct clean_copy;
STATUS clean_copy_open(const struct clean_options *o, const struct sheet *s, struct clean_copy **ret);
STATUS clean_copy_row(struct clean_copy *c, struct arena *a, const struct sheet_row *row, const struct list_person *p, const struct row_journal *j);
STATUS clean_copy_close(struct clean_copy **c, bool keep); /* whole, or removed */

/* The report: the journal as CSV, or counts and questions as JSON. */
struct clean_journal;
STATUS clean_journal_open(const struct clean_options *o, const struct sheet *s, struct clean_journal **ret);
STATUS clean_journal_row(struct clean_journal *c, const struct list_person *p, const struct row_journal *j);
STATUS clean_journal_close(struct clean_journal **c, const struct clean_report *r); /* NULL report: remove it */

/* The message of a word, in the language of the run: "row_warning_" and "unit_divided". */
str clean_word(struct arena *a, const struct clean_options *o, const char *family, const char *word);
