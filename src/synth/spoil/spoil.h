/* Inside of spoiling: one row in the making; each file spoils other cells. */
#pragma once
#include "synth/list.h"

#define DID(row, fault) ((row)->faults |= UINT64_C(1) << SYNTH_FAULT_##fault)
/* A rate of zero draws nothing, so that a new fault changes no list that does not ask for it. */
#define ROLL(fault) (s->rates[SYNTH_FAULT_##fault] > 0 && rng_chance(s->r, s->rates[SYNTH_FAULT_##fault]))

struct spoiling {
    const struct defs *defs;
    struct rng *r;
    const double *rates;
    struct list_row *row;
    struct arena *arena;
};
void cell_set(struct list_row *row, enum list_column c, str text);
str cell(const struct list_row *row, enum list_column c);
void name_spoil(struct spoiling *s);
void day_spoil(struct spoiling *s);
void address_make(struct spoiling *s);
