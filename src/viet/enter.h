/* The door for Vietnamese text: after it a text is valid UTF-8 in normal form C, one line, without control characters,
 * invisible characters or doubled spaces, and within its limit. */
#pragma once
#include "base/base.h"

/* `ret` is a copy in the arena. Errors: TEXT_NOT_UTF8, TEXT_CONTROL (tab, line breaks and direction overrides too),
 * TEXT_TOO_LONG (more than bytes_max after cleaning). An empty result is no error here. */
STATUS viet_enter(struct arena *a, str field, str raw, size_t bytes_max, str *ret);
/* The same for a cell of a list or a text box: tab and line breaks count as spaces. */
STATUS viet_enter_cell(struct arena *a, str field, str raw, size_t bytes_max, str *ret);
/* Normal form C of valid UTF-8. Also joins marks that were typed after the tone, which Unicode leaves apart. */
str viet_compose(struct arena *a, str s);
/* Normal form D: for tests and for systems that ask for it. */
str viet_decompose(struct arena *a, str s);
