/* The pieces of a column or a file on which encodings are judged; for detect.c only. */
#pragma once
#include "base/base.h"

enum { PIECES_MAX = 400, PIECE_BYTES = 512 };

struct pieces {
    str *list; /* slices of the samples */
    size_t *sample; /* which of the samples each comes from */
    size_t count;
    size_t evident; /* pieces in all that tell encodings apart; `list` holds them or an even choice of them */
    bool high;      /* they have bytes above ASCII, or capitals among the controls; else only signs of VIQR */
};

void pieces_take(struct arena *a, const str *samples, size_t n, struct pieces *ret);
/* Does this token of raw bytes tell encodings apart? Bytes above ASCII, capitals among the controls or the signs, or a
 * mnemonic of VIQR behind a letter. */
bool piece_tells(str token);
