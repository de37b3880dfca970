/* Behind expect.h. Probabilities are summed as whole millionths, so that the order of pairs cannot show in the sums.
 * tested by: src/match/group/group_test.c */
#include "match/group/expect.h"

#include <math.h>
#include <stdint.h>

static const double unit = 1e6;

void group_expect(const float *probability, const bool *counts, size_t count, double missed, struct link_expected ret[static LINK_EXPECTED])
{
    uint64_t sum[LINK_EXPECTED] = { 0 }, pairs[LINK_EXPECTED] = { 0 }, all = 0;

    for (size_t i = 0; i < count; i++) {
        uint64_t millionths = (uint64_t)((double)probability[i] * unit + .5);
        size_t step = (size_t)((double)probability[i] * LINK_EXPECTED);

        step = step < LINK_EXPECTED ? step : LINK_EXPECTED - 1;
        all += counts[i] ? millionths : 0;
        sum[step] += counts[i] ? millionths : 0;
        pairs[step] += counts[i];
    }
    for (size_t step = LINK_EXPECTED - 1; step-- > 0;) {
        sum[step] += sum[step + 1];
        pairs[step] += pairs[step + 1];
    }
    for (size_t step = 0; step < LINK_EXPECTED; step++)
        ret[step] = (struct link_expected){
            .probability = (double)step / LINK_EXPECTED,
            .matches = (double)pairs[step],
            .precision = pairs[step] ? (double)sum[step] / unit / (double)pairs[step] : 1,
            .recall = all ? (double)sum[step] / (double)all * (1 - missed) : 0,
        };
}

double group_threshold(const struct link_expected e[static LINK_EXPECTED])
{
    size_t best = LINK_EXPECTED / 2;
    double best_f = -1;

    for (size_t step = 1; step < LINK_EXPECTED; step++) {
        double both = e[step].precision + e[step].recall, f = both > 0 ? 2 * e[step].precision * e[step].recall / both : 0;

        /* Of equal ones the highest: what it leaves out is no loss, and a wrong match does more harm than a missed one. */
        if (f >= best_f - 1e-9) {
            best_f = fmax(best_f, f);
            best = step;
        }
    }
    /* Steps far off one half would mean that the model contradicts itself. */
    return fmin(.8, fmax(.2, e[best].probability));
}
