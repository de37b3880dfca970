/* Pairs and clusters as CSV, in blocks handed to whoever writes the file. Numbers are written without printf: millions of
 * rows take a fraction of a second. */
#pragma once
#include "refine/link/report.h"

struct link_csv {
    struct buf buf;
    status (*write)(void *with, str bytes);
    void *with;
    status failed; /* the first failure of write(); nothing is written after it */
    struct fault fault; /* of it; link_csv_end() hands it to the thread that asks */
    uint64_t sum;  /* FNV-1a of what was handed out, from the value that the caller put in; 0: not asked for */
};

void link_csv_start(struct link_csv *c, status (*write)(void *with, str bytes), void *with);
STATUS link_csv_end(struct link_csv *c); /* hands out what is left and frees */
void link_csv_row_end(struct link_csv *c);
uint64_t link_csv_sum(struct link_csv *c); /* of all rows so far */

void link_csv_pairs_head(struct link_csv *c);
void link_csv_pair(struct link_csv *c, str id_left, str id_right, double bits, double probability, enum report_class class);
void link_csv_clusters_head(struct link_csv *c, int sides);
/* `side` is written when there are two. */
void link_csv_unlinkable_head(struct link_csv *c, int sides);
void link_csv_unlinkable(struct link_csv *c, str id, str missing, int side, int sides);
void link_csv_member(struct link_csv *c, str id, uint64_t cluster, int side, int sides);
