/* Which column of a CSV file is what, for linkage: read from a roles.yaml that a person wrote, or suggested from heads and
 * contents to be confirmed. What is not named is left out; nothing is compared by guess alone without saying so. */
#pragma once
#include "match/set/set.h"

struct buf;

enum { ROLES_COLUMNS_MAX = 400, ROLES_HEAD_BYTES_MAX = 200 };

struct roles_column {
    str head; /* trimmed */
    enum link_role role;
    int line, column; /* in roles.yaml; 0: suggested */
};
struct roles {
    str file; /* roles.yaml as it was named, for errors; empty: suggested */
    struct roles_column *columns;
    size_t count;
};

/* The heads of a CSV file: its first record. */
struct roles_heads {
    str file; /* for errors */
    str *names;
    size_t count;
};

const char *link_role_word(enum link_role role); /* "birth-date" */
bool link_role_by_word(str word, enum link_role *ret);
enum link_kind link_role_kind(enum link_role role);

/* ERR_FILE_EMPTY, ERR_ENCODING_UNKNOWN (no UTF-8), errors of csv_next(). */
STATUS roles_heads_read(struct arena *a, str file, str csv, struct roles_heads *ret);

/* `columns:` with one line a column, "head: role". ERR_ROLES_FILE, ERR_ROLE_UNKNOWN, each with line and column. */
STATUS roles_read(struct arena *a, enum lang lang, str file, str text, struct roles *ret);
/* Against the heads of one file or two: ERR_ROLE_COLUMN (no file has it), ERR_ROLE_DOUBLE (a second id of one file),
 * ERR_ROLES_HEADS (a file has that head twice), ERR_ROLES_NONE (nothing that both sides have can be compared),
 * ERR_ROLES_MANY. */
STATUS roles_check(const struct roles *r, const struct roles_heads *heads, int sides);
/* From heads in Vietnamese or English, and from the first rows where heads say nothing. What stays unclear is ignored. */
STATUS roles_guess(struct arena *a, const str *csv, const struct roles_heads *heads, int sides, struct roles *ret);
/* As a roles.yaml that roles_read() takes. */
void roles_write(const struct roles *r, struct buf *out);
