/* Records that hold too little to be linked to anyone, and what they lack. */
#pragma once
#include "match/link.h"
#include "refine/link/report.h"

/* `missing`: a bit for each comparison of the model (and field of the report) that the record says nothing for. */
typedef void unlinkable_take(void *with, int side, uint32_t record, uint64_t missing);
/* In the order of the lists. */
void unlinkable_each(const struct link_set *set, const struct link_model *m, double threshold_bits, unlinkable_take *take, void *with);
/* Their numbers, and the most frequent kinds by what they lack. */
void unlinkable_count(const struct link_set *set, const struct link_model *m, double threshold_bits, struct link_report *ret);
