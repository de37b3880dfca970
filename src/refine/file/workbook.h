/* What a sheet needs of its workbook: which entry it is, which styles are dates or capitals, the shared texts. */
#pragma once
#include "refine/file/archive.h"

struct workbook {
    struct arena *arena;
    str sheet, sheet_entry; /* name, and path of its entry in the archive */
    bool epoch_1904;
    bool *date_styles, *capital_styles; /* by number of the cell style; set in a TCVN3 font of capitals (.VnTimeH) */
    size_t style_count;
    str *texts; /* shared texts by number; runs in a font of capitals are raised */
    bool *texts_ruled; /* runs of this text name fonts of their own: the font of the cell says nothing of it */
    str *texts_raised; /* as cells in a font of capitals show them; made when first asked for */
    size_t text_count;
};

/* `sheet` empty: the first visible one. */
STATUS workbook_read(struct arena *arena, struct archive *a, str sheet, struct workbook *ret);
/* The shared text as its cell shows it. */
str workbook_text(struct workbook *b, size_t number, bool capitals);
/* Is this format of numbers one of dates? Built-in ones by number (ECMA-376 part 1, 18.8.30), others by their code. */
bool workbook_format_is_date(int id, str code);
