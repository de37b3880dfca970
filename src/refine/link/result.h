/* From the engine's result to what people are told: the report of a run, and the explanation of one pair. */
#pragma once
#include "match/link.h"
#include "refine/link/report.h"

/* Counts, model, keys, histogram; files, roles and seconds are the caller's to fill in. Texts lie in the set and the plan. */
void report_of_result(const struct link_set *set, const struct link_result *r, int threads, struct link_report *ret);
enum report_class report_class_of(const struct link_found *f);
/* Pairs that are written out and counted: all but those so unlikely that a human would look at twenty for one match. */
bool report_is_told(const struct link_found *f);

/* Any two records, whether or not a key brought them together; values are those of the set (folded) until the caller puts
 * in how they were written. */
void explain_pair(struct arena *a, const struct link_set *set, const struct link_result *r, struct link_pair pair, struct link_explained *ret);
