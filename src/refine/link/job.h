/* One linkage from the bytes of its lists to what is written about it: the face that verbs use. */
#pragma once
#include "refine/link/entities.h"
#include "refine/link/pairs.h"
#include "refine/link/roles.h"

struct link_set;
struct link_result;

struct link_job {
    struct arena *arena;
    int sides;
    str name[2], csv[2];         /* files as they are called in errors, and their bytes, which outlive the job */
    enum lang lang;              /* of what is wrong in it */
    str roles_name, roles_text;  /* empty: suggested */
    int threads;                 /* 0: one for each processor */
    size_t bytes_max;            /* of memory for the engine; 0: it decides */
    double probability;          /* from which a pair is a match; 0: the engine chooses */
    bool many;                   /* of two lists: a record may have several matches */
    day today;
    void (*release)(void *with, const char *from, size_t bytes); /* these bytes need not stay in memory; may be NULL */
    void *with;
    void (*step)(void *with, const char *name); /* a step of the run begins; may be NULL */
    void *step_with;
    /* made by the steps below */
    struct roles roles;
    struct roles_heads heads[2];
    struct link_set *set;
    struct link_result *result;
    const struct entities *entities; /* NULL: clusters are called by their first row */
    struct link_report report; /* seconds and threads are the caller's to fill in */
};

/* In this order. Each fails with an error that names file, line and column. */
STATUS link_job_roles(struct link_job *j);
STATUS link_job_load(struct link_job *j);
STATUS link_job_run(struct link_job *j);
void link_job_done(struct link_job *j);
int64_t link_job_records(const struct link_job *j); /* of both sides */

/* Brings the entities up to date with this run; clusters are called by them from then on. `e` must outlive the job. */
STATUS link_job_entities(struct link_job *j, struct entities *e);
/* Matches, household members, and pairs that a human should look at; by the left row, then the right. */
void link_job_pairs(const struct link_job *j, struct link_csv *out);
/* Every record with the number of its cluster: its entity, or the row of the cluster's first record. */
void link_job_clusters(const struct link_job *j, struct link_csv *out);
/* Both at once, on two threads if there are any; NULL: not this one. */
void link_job_pairs_and_clusters(const struct link_job *j, struct link_csv *pairs, struct link_csv *clusters);

/* Records that hold too little to be linked to anyone, with the heads of the fields that they lack. */
void link_job_unlinkable(const struct link_job *j, struct link_csv *out);

/* Two records by their ids; of one list both are looked for in it. ERR_RECORD_UNKNOWN, ERR_RECORD_DOUBLE. */
STATUS link_job_explain(struct link_job *j, str id_left, str id_right, struct link_explained *ret);
