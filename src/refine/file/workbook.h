/* What a sheet needs of its workbook: which entry it is, which styles are dates, the shared texts. */
#pragma once
#include "refine/file/archive.h"

struct workbook {
    struct arena *arena;
    str sheet, sheet_entry; /* name, and path of its entry in the archive */
    bool epoch_1904;
    bool *date_styles; /* by number of the cell style */
    size_t style_count;
    str *texts; /* shared texts by number */
    size_t text_count;
};

/* `sheet` empty: the first visible one. */
STATUS workbook_read(struct arena *arena, struct archive *a, str sheet, struct workbook *ret);
/* Is this format of numbers one of dates? Built-in ones by number (ECMA-376 part 1, 18.8.30), others by their code. */
bool workbook_format_is_date(int id, str code);
