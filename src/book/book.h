/* Writes tables as CSV, TSV or an XLSX workbook, cell after cell, so that one walk over the rows serves all three. In a workbook each table is a sheet and every
 * text stays a text: no zero is lost. Memory does not grow with the rows, but for the bytes of a draft. A cell too long for a workbook is cut.
 * A bad write is remembered and said once, by book_close() or book_take(). */
#pragma once
#include "base/arena.h"
#include "base/day.h"
#include "base/status.h"
#include "base/str.h"

enum book_format { BOOK_CSV, BOOK_TSV, BOOK_XLSX };

struct book;

/* A file at `path`, which is written over. ERR_IO. */
STATUS book_open(str path, enum book_format format, struct book **ret);
/* No file: bytes in memory for book_take(). The rows of a workbook pass through an unnamed file in `directory`. ERR_IO. */
STATUS book_draft(str directory, enum book_format format, struct book **ret);

void book_table(struct book *b, str title); /* begins a table; tables of a CSV are parted by an empty line, and the title is a workbook's */
void book_text(struct book *b, str text);
/* A text from outside for people's eyes: one that a spreadsheet would run as a formula gets an apostrophe in front (a workbook's cell is a text by its type). */
void book_words(struct book *b, str text);
void book_number(struct book *b, int64_t number);
/* A day, written day first: of a workbook a cell that sorts and reckons as a day (years before 1900 stay a text), else a text. */
void book_day(struct book *b, day d);
void book_line(struct book *b); /* ends the line */
STATUS book_check(const struct book *b); /* ERR_IO as soon as a write failed, for one who would rather stop early */

/* Closes; *at becomes NULL. ERR_IO with the path when bytes are missing: the file is gone then. */
STATUS book_close(struct book **at);
void book_drop(struct book **at); /* closes and removes what is not wanted; NULL is nothing; for DEFER */
/* Closes a draft and gives its bytes. ERR_FILE_TOO_LARGE beyond bytes_max, ERR_IO. */
STATUS book_take(struct book **at, struct arena *a, size_t bytes_max, str *ret);
