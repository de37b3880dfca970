/* The register index as verbs use it: lists of CSV in, segments out; a list or one record in, pairs or candidates out. The
 * caller maps the files and writes the bytes. */
#pragma once
#include "match/index/index.h"
#include "refine/link/pairs.h"
#include "refine/link/roles.h"

enum { INDEX_FILES_MAX = 64 };

/* Records that were read, of about so many; then keys that were written. */
enum index_step { INDEX_STEP_RECORDS, INDEX_STEP_KEYS };

struct index_job {
    struct arena *arena;
    int files;
    str name[INDEX_FILES_MAX], csv[INDEX_FILES_MAX]; /* as they are called in errors, and their bytes */
    enum lang lang;                                  /* of what is wrong in the roles */
    str roles_name, roles_text;                      /* empty: suggested */
    str model_name, model_text;                      /* a report of `link` as JSON, whose shares are taken; empty: none */
    bool sparse; /* columns that the roles name may be missing: one record says what it has */
    int threads;
    day today;
    void (*release)(void *with, const char *from, size_t bytes); /* these bytes need not stay in memory; may be NULL */
    void (*progress)(void *with, enum index_step step, int64_t done, int64_t all); /* may be NULL */
    void *with;
    /* made by the steps */
    struct roles roles;
    struct roles_heads heads;
    int64_t records;
};

/* Reads the roles and holds them against the files. ERR_COLUMN_UNKNOWN: a file has not the heads of the first. */
STATUS index_job_roles(struct index_job *j);
/* A first segment. */
STATUS index_job_build(struct index_job *j, const struct index_sink *sink);
/* A further one of an index that is there. */
STATUS index_job_add(struct index_job *j, const struct index *ix, const struct index_sink *sink);

/* --- asking --------------------------------------------------------------------------------------------------------------- */

/* The list (the job's first file) against the register: pairs as `link` writes them, the register's id on the right. */
struct index_linked {
    int64_t rows;
    double candidates, threshold;
    uint64_t matches, households, possible, cut;
};
struct index_link_options {
    double probability; /* 0: chosen without labels */
    bool many;
    void (*release)(void *with, const void *from, size_t bytes);
};
STATUS index_job_link(struct index_job *j, const struct index *ix, const struct index_link_options *o, struct link_csv *pairs, struct index_linked *ret);

/* Each row of the job's first file by itself: its candidates, best first, at most `most`, with every field's part in the
 * weight, told as text, or as JSON: one object a row. */
struct index_find_options {
    double threshold; /* a probability */
    size_t most;
    bool json;
    enum lang lang;
};
STATUS index_job_find(struct index_job *j, const struct index *ix, const struct index_find_options *o, struct buf *out);
/* CSV of one row from a JSON object; what begins with no brace is returned as it is. ERR_BODY_NOT_JSON. */
STATUS index_record_read(struct arena *a, str text, str *ret_csv);

/* Rows of the job's first file one after the other until `lookups` are done. */
struct index_timed {
    int64_t lookups, hits, candidates;
    double seconds;
    double slowest_ms, median_ms;
};
STATUS index_job_time(struct index_job *j, const struct index *ix, int64_t lookups, struct index_timed *ret);

void index_told_text(struct arena *a, enum lang lang, const struct index_told *t, struct buf *out);
