/* Inside of the score: what the parts of a model share. */
#pragma once
#include "match/score/score.h"

void model_default(struct link_model *m); /* m and matches before anything is learned */
void model_weigh(struct link_model *m);   /* bits and prior from the shares */

/* Does the set say enough to tell relatives from one person? */
bool kin_is_told(const struct link_set *set, const struct comparer *c);
void kin_default(const struct link_model *m, int i, double ret[static LEVELS]);
void kin_bound(const struct link_model *m, int i, double share[static LEVELS]);
