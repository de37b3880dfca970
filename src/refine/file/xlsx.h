/* A sheet of an Office Open XML workbook (ECMA-376), row by row in bounded memory: text, numbers, dates by their style,
 * results of formulas. Nothing is computed: a formula without a stored result is reported, not guessed. A document type
 * declaration is refused, so that no entity is ever expanded. */
#pragma once
#include "refine/file/archive.h"

enum { XLSX_COLUMNS_MAX = 256 };

struct xlsx;
struct xlsx_row {
    int64_t number; /* as the spreadsheet shows it */
    str *cells;     /* until the next row; UTF-8 */
    size_t count;
    uint64_t dates[XLSX_COLUMNS_MAX / 64]; /* bits: of cells that are days by their style, given in ISO form */
    enum error_code bad; /* ERR_CELL_TOO_LARGE, ERR_CSV_COLUMNS: not to be used */
};

/* The text of a cell whose formula has no stored result: compare the pointer. */
extern const char xlsx_formula[];

/* `sheet` empty: the first visible one. ERR_FILE_KIND when the archive holds no workbook, ERR_ENUM_UNKNOWN when it has no
 * such sheet. */
STATUS xlsx_open(str bytes, str sheet, struct xlsx **ret);
void xlsx_done(struct xlsx **x); /* for DEFER */
STATUS xlsx_rewind(struct xlsx *x); /* to its first row; what was read of the workbook stays */
str xlsx_sheet(const struct xlsx *x);
/* The last row by the sheet's own word, once its first row was read; 0 if it says nothing. Not to be relied on. */
int64_t xlsx_rows_expected(const struct xlsx *x);
/* Rows that hold nothing are left out. */
STATUS xlsx_next(struct xlsx *x, struct xlsx_row *ret, bool *ret_more);
