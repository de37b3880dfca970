/* A scanner of delimited text over bytes in memory (RFC 4180, with ; and tab as delimiters too): nothing is copied but
 * cells that hold doubled quotes. It finds the marks of 64 bytes at a time, so that a list of millions of rows is read at
 * the speed of memory. Lines may end in LF, CRLF or, when the text holds no LF, CR. A quote inside an unquoted cell is
 * taken as it stands. It refuses text after a closing quote, a quote that never closes, a cell past the limit and more
 * cells than the caller has room for, each with row and column. It knows nothing of encodings but the UTF-8 mark at the
 * start, which it skips. */
#pragma once
#include "base/buf.h"
#include "base/status.h"

#define CSV_CELL_BYTES_MAX 65536

struct csv {
    const char *begin, *at, *end; /* the text and the start of the next record */
    char delimiter, newline;
    size_t cell_bytes_max; /* may be set after csv_start() */
    int64_t row;           /* of the record read last, 1-based: records, blank lines among them */
    int64_t line;          /* where that record begins, 1-based: differs from row after a line break in quotes */
    str raw;               /* that record as it came, without its line end */
    /* private: */
    const char *block;
    uint64_t marks;
    int64_t lines;
    char *scratch; /* cells with doubled quotes, of the record read last */
    size_t scratch_cap;
};

/* `text` must outlive the scanner. `delimiter` 0: guessed by csv_delimiter(). */
void csv_start(struct csv *c, str text, char delimiter);
void csv_done(struct csv *c); /* for DEFER */
/* Goes to a record's start `at` (bytes from `begin`) that an earlier scanner of this text stood at, with its counts. */
void csv_seek(struct csv *c, size_t at, int64_t row, int64_t lines);
/* The next record: *ret_count cells, which live until the next call; an empty line is one empty cell. *ret_more false at
 * the end. After ERR_CSV_QUOTE, ERR_CELL_TOO_LARGE or ERR_CSV_COLUMNS the scanner stands behind the first line of the bad
 * record (raw holds that line), so that the caller may reject it and go on. */
STATUS csv_next(struct csv *c, str *cells, size_t cells_max, size_t *ret_count, bool *ret_more);
/* Of comma, semicolon, tab and bar the one that cuts the first lines most evenly; comma if none does. */
char csv_delimiter(str head);
/* Writes one cell, in quotes when it needs them. */
void csv_cell(struct buf *out, str cell, char delimiter);
