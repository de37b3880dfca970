/* What the files of this folder share. */
#pragma once
#include "origin/origin.h"
#include "register/register_ops.h"
#include "register/sector/origin.h"

/* answer.c: what an agency answered, as the input of sector.fetched. ORIGIN_NO_REASON: it can be used. */
enum origin_reason answer_read(struct arena *a, const struct origin_question *q, str body, struct sector_fetched_in *ret);

/* fetch.c: one round, as a step of the worker. */
struct worker;
int origin_round(struct worker *w);
