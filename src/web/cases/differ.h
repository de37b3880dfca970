/* Two values letter by letter: which of one the other does not have. Pure. */
#pragma once
#include "web/cases/case_view.h"

/* The pieces of `shown`; a letter that is no part of the longest common sequence with `other` is marked. Values of more than
 * DIFFER_LETTERS_MAX letters are marked whole if they differ. */
enum { DIFFER_LETTERS_MAX = 200 };
size_t differ_pieces(struct arena *a, str shown, str other, struct case_piece **ret);
