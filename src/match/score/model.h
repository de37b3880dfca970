/* Inside of the score: what the parts of a model share. */
#pragma once
#include "match/score/score.h"

void model_default(struct link_model *m); /* m and matches before anything is learned */
void model_weigh(struct link_model *m);   /* bits and prior from the shares */
