/* Text as {ptr,len} slices. A str does not own its bytes and is not terminated; bytes are UTF-8 in NFC once they have
 * passed text_enter() at the edge. An empty str may have a NULL ptr. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct str {
    const char *ptr;
    size_t len;
} str;

#define STR(literal) ((str){ "" literal, sizeof(literal) - 1 })
/* For "%.*s". */
#define STR_ARG(s) (int)(s).len, (s).ptr ? (s).ptr : ""

static inline bool str_is_empty(str s) { return s.len == 0; }
str str_of(const char *terminated); /* NULL gives the empty str */
bool str_eq(str a, str b);
int str_cmp(str a, str b); /* bytewise order, as memcmp, shorter first */
bool str_starts(str s, str prefix);
bool str_ends(str s, str suffix);
str str_slice(str s, size_t from, size_t to); /* clamps both ends */
str str_from(str s, size_t from);             /* the rest, clamped */
str str_trim(str s);                          /* ASCII white space off both ends */
/* Offset of the first occurrence, or s.len. */
size_t str_find_char(str s, char c);
size_t str_find(str s, str needle);
/* Cuts the piece before the first `separator` off *rest; false once *rest is used up. "a,,b" gives a, "", b. */
bool str_cut(str *rest, char separator, str *ret_piece);
/* Whole-string decimal parse; false on anything else than [-]digits in range. */
bool str_i64(str s, int64_t *ret_value);
bool str_f64(str s, double *ret_value);
bool str_is_digits(str s); /* at least one byte, all ASCII digits */
uint64_t str_hash(str s);  /* fast, stable within a process run only */
