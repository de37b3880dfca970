/* Rows of a workbook kept as they were read, so that a list which is read twice is unpacked once. Bounded: a list that does
 * not fit is simply read again. */
#pragma once
#include "refine/file/xlsx.h"

struct kept;
struct kept *kept_new(void);
void kept_free(struct kept *k); /* NULL is allowed */
void kept_add(struct kept *k, const struct xlsx_row *row);
void kept_finish(struct kept *k);          /* that was the last row */
bool kept_is_whole(const struct kept *k);  /* finished, and all of it fitted */
void kept_rewind(struct kept *k);
bool kept_next(struct kept *k, struct xlsx_row *ret); /* of a whole one; cells as xlsx_next() gives them */
