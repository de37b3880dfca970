/* Inside of the lists: one row, drawn and spoilt. */
#pragma once
#include "synth/inside.h"

enum { LIST_COLUMNS = 7, CELL_BYTES = 160 };
enum list_column { COLUMN_ROW, COLUMN_NAME, COLUMN_BIRTH, COLUMN_SEX, COLUMN_NUMBER, COLUMN_ADDRESS, COLUMN_PHONE };

struct list_row {
    int64_t person; /* 0: a stranger */
    char name[CELL_BYTES], number[16], old_number[16], phone[16];
    day birth;
    int sex;
    unit_id unit;
    int64_t duplicate_of; /* row, 0 none */
    bool dead;
    uint64_t faults; /* bits of enum synth_fault that were done */
    char cell[LIST_COLUMNS][CELL_BYTES];
};
/* Fills the cells from the values, with faults drawn by `rates`. */
void list_row_spoil(const struct defs *defs, struct rng *r, const double *rates, struct list_row *row);
extern const char *const list_heads[LIST_COLUMNS];
