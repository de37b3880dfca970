/* How alike two short folded texts are. Bytes are compared, not code points: texts are folded before, so that Latin letters
 * are one byte each; in other scripts a letter counts for the bytes in which it differs. Texts past 64 bytes are cut. */
#pragma once
#include "base/str.h"

enum { SIMILAR_BYTES_MAX = 64 };

/* Letters put in, left out, replaced, or swapped with their neighbour (optimal string alignment); `max` + 1 if more. */
int similar_edits(str a, str b, int max);
/* Jaro's similarity with Winkler's bonus for a common beginning: 0 … 1. */
double similar_jaro(str a, str b);
/* Equal but for spaces, hyphens, dots and apostrophes. */
bool similar_compact(str a, str b);
/* The same for two numbers written with `count` digits, leading zeros among them. */
int similar_digits(uint64_t a, unsigned a_count, uint64_t b, unsigned b_count, int max);
