/* What candidate.c asks of the people of a moment. */
#pragma once
#include "centre/candidate.h"

int64_t known_then_us(const struct known_then *k);
/* One after another, *inout 0 at first: those who have changed since and bore this name, born from … to; NULL at the end. */
const struct person *known_then_by_name(const struct known_then *k, int64_t name_hash, day from, day to, size_t *inout);
