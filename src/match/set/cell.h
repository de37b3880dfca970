/* Reading one cell into what a column holds: days and digits. The common forms are read in place, all others by the
 * readers of viet. */
#pragma once
#include "match/set/set.h"

/* Set in a day whose order of day and month was guessed; taken off by link_day_settle(). */
#define LINK_DAY_GUESSED ((uint32_t)1 << 31)

/* Years that a date may have: records of the dead are linked, too. */
enum { LINK_YEAR_FIRST = 1000, LINK_YEAR_LAST = 2199 };

struct link_day_tally {
    uint64_t first_over, second_over; /* d/m/yyyy with a part over 12 */
};
/* 0: not known or no date. */
uint32_t link_day_read(str cell, day today, struct link_day_tally *tally);
/* The order that the whole column speaks for: true when it writes the month first. */
bool link_day_month_first(const struct link_day_tally *tally);
uint32_t link_day_settle(uint32_t d, bool month_first);

uint64_t link_digits_read(str cell, enum link_role role);
/* A number of at most `digits_max` digits from a cell of digits and spaces; -1 if it is none. For year, month, day columns. */
int link_part_read(str cell, int digits_max);
