/* A list as rows of cells, whatever it came in: CSV with any of four delimiters in any encoding of viet/encoding, or XLSX.
 * Opening finds out what the file is by its content, in which encoding each column stands, where the header is and which
 * column plays which role; then rows come one by one. A row that cannot be read comes too, marked bad, so that nothing is
 * lost. Refused whole: what is no list at all, is locked by a password, or would grow without measure. */
#pragma once
#include "base/csv.h"
#include "refine/file/xlsx.h"
#include "viet/viet.h"

enum { SHEET_COLUMNS_MAX = XLSX_COLUMNS_MAX, SHEET_HEAD_ROWS = 300 };

enum file_kind { FILE_CSV, FILE_XLSX };

enum column_role {
    COLUMN_NONE, COLUMN_NUMBER, COLUMN_OLD_NUMBER, COLUMN_NAME, COLUMN_FAMILY, COLUMN_GIVEN, COLUMN_BIRTH, COLUMN_SEX, COLUMN_ADDRESS, COLUMN_PHONE,
    COLUMN_MALE, COLUMN_FEMALE, /* a mark, or the year of birth, in one column for men and one for women */
    COLUMN_BIRTH_MONTH, COLUMN_BIRTH_YEAR, /* where COLUMN_BIRTH holds the day alone */
    COLUMN_COUNT
};
const char *column_role_name(enum column_role r); /* "number"; "" for COLUMN_NONE */

struct sheet_options {
    str sheet;    /* of a workbook; empty: the first visible one */
    str encoding; /* "TCVN3" …; empty: recognised */
    str map;      /* "name=Họ và tên; birth=#4; phone=": a header or the place of a column; empty: suggested, or none */
};
/* Items of a map for fields of a register rather than roles of a person: "field:card_no=Số thẻ". */
#define SHEET_FIELD_MARK "field:"

struct sheet_row {
    int64_t number; /* line of a CSV, row of a workbook: 1-based */
    const str *cells;
    size_t count;
    str raw; /* the record as it came; empty for a workbook */
    uint64_t dates[XLSX_COLUMNS_MAX / 64]; /* of a workbook: see xlsx.h */
    enum error_code bad; /* why it cannot be used, or ERR_OK */
};

struct sheet_column {
    str header; /* in form C, one line */
    enum column_role role;
    struct encoding_form form;
    size_t filled; /* of the head rows */
};

struct sheet {
    struct arena *arena;
    str bytes, text; /* the file; CSV: in UTF-8 or an 8-bit set */
    enum file_kind kind;
    struct csv csv;
    char delimiter;
    struct xlsx *xlsx;
    struct kept *kept; /* of a workbook, once its rows are read for good */
    str sheet_name;
    struct encoding_form form; /* that most columns stand in */
    bool utf8;                 /* the text is UTF-8 but for some bad rows */
    struct sheet_column columns[SHEET_COLUMNS_MAX];
    size_t column_count;
    int64_t header_row, data_after; /* numbers of rows; 0: there is no header */
    int of_role[COLUMN_COUNT];        /* column, -1: none */
    enum sex_code sex_code;
    struct date_habits habits;
    struct sheet_row *head; /* the first rows, from the top of the file */
    size_t head_count;
    int64_t rows_told; /* by a workbook */
    str cells[SHEET_COLUMNS_MAX];
};

/* `bytes` must outlive it. Errors: FILE_EMPTY, FILE_KIND, FILE_ENCRYPTED, FILE_BROKEN, FILE_BOMB, ENCODING_UNKNOWN,
 * COLUMN_DOUBLE, COLUMN_UNKNOWN or ENUM_UNKNOWN (a map of no column, of no role). A role that is missing is asked for by
 * sheet_roles_check(). */
STATUS sheet_open(str bytes, day today, const struct sheet_options *o, struct sheet **ret);
void sheet_done(struct sheet **s); /* for DEFER */
STATUS sheet_roles_check(const struct sheet *s); /* ERR_COLUMN_UNMAPPED: a number, or name and birth, are needed */
enum column_role sheet_role_missing(const struct sheet *s);
/* The next row of data; rows without any content are left out. */
STATUS sheet_next(struct sheet *s, struct sheet_row *ret, bool *ret_more);
STATUS sheet_rewind(struct sheet *s);
/* How many rows there may be, for showing progress: line ends, or what the sheet says of itself. 0: not known. */
int64_t sheet_rows_expected(const struct sheet *s);
/* Is this cell a day of the workbook's own, rather than a text that looks like one? */
static inline bool sheet_cell_is_day(const struct sheet_row *r, size_t column) { return r->dates[column / 64] >> column % 64 & 1; }
/* The cell of a role in UTF-8 and form C as written, not cleaned; empty when there is none. */
str sheet_cell(const struct sheet *s, struct arena *a, const struct sheet_row *row, enum column_role role);
str sheet_decode(const struct sheet *s, struct arena *a, size_t column, str cell);
str sheet_encoding(const struct sheet *s, struct arena *a); /* "TCVN3", "TCVN3/UTF-8" when wrapped */
