/* The threshold, without labels: if the probabilities are right, so are the sums over them. What the pairs from a
 * probability on would be is expected at steps of .05, and the step with the best expected F1 is taken. It trusts the
 * model: where the model is wrong, so is the expectation, and the report says from what it comes. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum { LINK_EXPECTED = 20 };
struct link_expected {
    double probability, matches, precision, recall;
};

/* `counts[i]`: pair i may be a match (its rivals left it). `missed`: share of all matches that blocking does not bring. */
void group_expect(const float *probability, const bool *counts, size_t count, double missed, struct link_expected ret[static LINK_EXPECTED]);
double group_threshold(const struct link_expected e[static LINK_EXPECTED]);
