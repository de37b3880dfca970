/* Makes workbooks in memory, good ones and bad ones. */
#pragma once
#include "refine/file/xlsx.h"

struct book_part {
    const char *name;
    str text;
};

/* A ZIP archive of these parts. */
str book_zip(struct arena *a, const struct book_part *parts, size_t count);
/* A workbook whose only sheet has this inside of <sheetData>; `shared` and `styles` may be NULL. */
str book_make(struct arena *a, const char *rows, const char *shared, const char *styles);
