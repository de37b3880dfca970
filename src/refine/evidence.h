/* What a list says as a whole about how its cells are to be read: whether the day or the month stands first, what 0 and 1
 * mean, in which century two digits lie. One row cannot tell; a column often can, and then it is said with its counts. */
#pragma once
#include "refine/file/sheet.h"

enum { EVIDENCE_YEAR_FIRST = 1870, EVIDENCE_YEARS = 330, EVIDENCE_FORMS = 8 };

struct evidence {
    size_t rows;
    size_t day_first, month_first; /* dates that read in one way only */
    size_t either;                 /* dates that read in both */
    struct {
        size_t day_first, month_first, either;
        bool proven;
    } forms[EVIDENCE_FORMS]; /* the same by the way of writing: what a program rewrote looks different from what was typed */
    size_t first_of_january, births;
    size_t ladies; /* names that begin with "Bà": such a list puts forms of address before its names */
    uint32_t years[EVIDENCE_YEARS]; /* births by year, where all four digits are written */
    size_t sex_digits[10][3];       /* by digit, and by what the personal number of the same row says: nothing, male, female */
    bool month_is_first;
    bool order_is_proven; /* dates that read in both ways are not in doubt, in whatever form */
    enum sex_code sex_code;
    bool sex_code_is_known;
};

/* Reads all rows of the sheet, or up to where it breaks off, and rewinds it. */
STATUS evidence_gather(struct sheet *s, struct evidence *ret);
/* Of the first rows only, when a list is not to be read twice. */
void evidence_of_head(const struct sheet *s, struct evidence *ret);
/* Is the order of this date in doubt, one that reads in both ways? */
bool evidence_doubts(const struct evidence *e, str date);
/* Share of swapped dates among those that read in both ways, 0 … 1. */
double evidence_swapped(const struct evidence *e);
/* The century of a year of two digits by the years around it; false if the column does not tell. */
bool evidence_century(const struct evidence *e, day today, int two_digits, int *ret_year);
