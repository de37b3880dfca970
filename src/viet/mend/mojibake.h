/* Text that was UTF-8, was read as Windows-1252, Latin-1 or Windows-1258 by some program, and saved again: "Nguyá»…n". */
#pragma once
#include "base/base.h"

/* Undoes it, also where it happened up to three times or in parts of the text only. Takes text as it came, before no-break
 * spaces and soft hyphens are cleaned away: they are halves of letters. False, and `ret` is `raw`, if there is nothing to undo.
 * ret_confidence: how sure (0 … 1). The result may hold letters apart from their marks: viet_enter_cell() comes after. */
bool mojibake_undo(struct arena *a, str raw, str *ret, double *ret_confidence);
