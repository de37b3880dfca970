/* Lists of agencies cleaned without a register: a file in, a copy with the cleaned cells beside the sources out, and a report
 * of every repair and of every question that only a human can answer. A source cell is never changed, and a name is never
 * replaced: what it might be stands in a column of proposals. The import of the centre cleans by the same functions. */
#pragma once
#include "base/ctx.h"
#include "refine/row.h"

enum clean_format { CLEAN_NONE, CLEAN_CSV, CLEAN_TSV, CLEAN_XLSX, CLEAN_JSON };

struct clean_options {
    const struct defs *defs;
    day today;
    enum lang lang;
    struct sheet_options sheet;
    str out, report; /* paths; empty: not written. Their endings say the format */
    void (*progress)(void *with, int64_t rows, int64_t total); /* may be NULL */
    void *progress_with;
};

struct clean_report {
    int64_t rows, refused, asked; /* rows in all, refused ones, rows with a question */
    int64_t repairs[REPAIR_COUNT], questions[WARNING_COUNT], reasons[REASON_COUNT];
    struct evidence evidence;
    str encoding, sheet_name; /* in the arena of the call */
    struct sheet_column *columns;
    size_t column_count;
};

/* Reads `bytes`, a CSV of any delimiter and encoding or an XLSX, twice. Errors: those of sheet_open(), and IO and
 * ENUM_UNKNOWN of the paths. Files that could not be written whole are removed. */
STATUS clean_list(struct arena *a, str bytes, const struct clean_options *o, struct clean_report *ret);
/* The format that a path ends in; of `allowed` (bits 1 << format), else ERR_ENUM_UNKNOWN naming `option`. */
STATUS clean_format_of(str path, uint32_t allowed, str option, enum clean_format *ret);
/* roles.yaml, as a linkage takes it ("columns:" with a role for each head), as the map that sheet_options takes. Errors of
 * roles_read(). Roles that play no part in cleaning are left out. */
STATUS clean_roles(struct arena *a, enum lang lang, str file, str yaml, str *ret_map);
