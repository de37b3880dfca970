/* Copies of a register's records with slips in them, as they would stand in a list: by these keys are chosen. */
#pragma once
#include "match/index/inside.h"

/* Records of a set that belong to it but for their columns, which the copies own. */
struct slips {
    struct link_set set; /* one side; fields and dictionaries of the sample */
    uint32_t count;
};
/* `field`: of the sample, by field of the definition; `records` of the sample. Which slips there are depends on the content of
 * the records only. */
void slips_make(struct slips *s, const struct index_def *d, const struct link_set *sample, const int *field, const uint32_t *records, uint32_t count);
void slips_done(struct slips *s);
