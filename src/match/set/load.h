/* From the bytes of one or two lists to a struct link_set, by several threads. The columns of both lists are joined by
 * their heads or, where these differ, by role in their order; a column that stands in one list only is not compared.
 *
 * Refused: a list without rows of a head, a head that stands twice, a role for no column of either list, two id columns,
 * more than LINK_FIELDS_MAX fields, no field to compare, broken quotes, a row with more cells than the head (row and
 * column are in the fault). A row with fewer cells lacks the last ones; an empty line is no record. */
#pragma once
#include "match/set/set.h"

struct link_column {
    str head; /* as in the list, without spaces around it */
    enum link_role role;
};

/* A part of a list that is too long for memory: from a record's start on, so many rows. */
struct link_slice {
    uint32_t rows_max;  /* at least 1 */
    size_t at;          /* in and out: bytes from the first one that is no mark of UTF-8; 0: the first row */
    int64_t row, lines; /* in and out: records and lines before it, for the place of errors */
    bool more;          /* out: something follows */
};

struct link_load_options {
    const struct link_column *column; /* columns of the lists that are not named here are ignored */
    size_t columns;
    int threads; /* 0: 1 */
    day today;   /* for two-digit years; 0: such dates are read by the year 2030 */
    /* Called from any thread when bytes of a list are not needed in memory any more (they may be read once again later),
     * so that a mapped file need not stay resident. NULL is allowed. */
    void (*release)(void *with, const char *from, size_t bytes);
    void *with;
    struct link_slice *slice; /* of one list; NULL: all of it */
};

/* How a role is held. */
enum link_kind link_kind_of(enum link_role role);

/* `left` and `right` are UTF-8 text with a line of heads and need not outlive the call; an empty `right` deduplicates.
 * ERR_COLUMN_UNKNOWN, ERR_COLUMN_DOUBLE, ERR_COLUMN_UNMAPPED, ERR_FILE_EMPTY, ERR_CSV_*, ERR_CELL_TOO_LARGE;
 * the fault's detail says "left" or "right". */
STATUS link_set_load(struct link_set **ret, str left, str right, const struct link_load_options *options);
void link_set_free(struct link_set *set); /* NULL is allowed */
