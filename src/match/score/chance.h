/* What agrees by chance: the shares of levels among all pairs that a set could make, and how rare a value is. */
#pragma once
#include "match/score/score.h"

/* Birth dates in one array: slot 0 for what is no date; then the days of dates without a year, or of one that is too far off;
 * then those of each year. */
enum { CHANCE_DAY_YEARS = 800, CHANCE_DAY_SLOTS = 1 + (1 + CHANCE_DAY_YEARS) * 13 * 32 };
size_t chance_day_slot(uint32_t day);

/* Fills pairs, known, all, rarity_mean and days of a model whose comparer stands. */
void chance_count(struct link_model *m, int threads);
/* One over the chance that a value such as this stands in a record; 1 where rarity is not used. */
/* Loads what chance_rarity() will look at for these, at most COMPARE_TOUCHED. */
void chance_touch(const struct link_model *m, int comparison, const struct link_scored *list, size_t count);
double chance_rarity(const struct link_model *m, int comparison, struct link_pair pair, int level);
