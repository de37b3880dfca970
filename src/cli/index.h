/* The register index on disk: a folder of segments, 1.segment first. */
#pragma once
#include "cli/draft.h"
#include "refine/index/job.h"

/* An index that is mapped. */
struct index_mapped {
    struct index *index;
    str segment[INDEX_SEGMENTS_MAX];
    int segments;
};
/* `in_order`: it will be read from its beginning to its end, else here and there. */
STATUS index_mapped_open(struct command *c, str folder, bool in_order, struct index_mapped *m);
void index_mapped_done(struct index_mapped *m); /* for DEFER */
void index_mapped_release(void *with, const void *from, size_t bytes);

/* A file of any size, mapped for as long as the process lives. */
STATUS file_map(struct command *c, str path, str *ret);

/* A segment on its way; takes its name when it is whole. */
struct segment_file {
    struct draft draft;
    int scratch; /* -1: none */
    struct index_sink sink;
};
STATUS segment_create(struct command *c, str folder, int number, struct segment_file *f);
STATUS segment_keep(struct segment_file *f);
void segment_drop(struct segment_file *f); /* for DEFER */

/* Shows which columns were taken for what, for a file of roles, where none was named. */
STATUS roles_suggest(struct command *c, str named, const struct roles *r);

/* `dancu link LIST.csv --index DIR`. */
STATUS index_link(struct command *c);
