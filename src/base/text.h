/* The gate of every text that comes from outside: valid UTF-8 (RFC 3629), no control characters but tab and newline
 * where allowed, a length limit. Normal form C is the business of viet (it needs ICU); see viet_enter(). */
#pragma once
#include "base/status.h"
#include "base/str.h"

bool text_is_utf8(str s);
bool text_is_ascii(str s);
/* Next code point of valid UTF-8; advances *at. Returns 0xFFFD on a bad sequence and steps one byte. */
uint32_t text_next(str s, size_t *at);
size_t text_put(char out[static 4], uint32_t code_point); /* bytes written */
size_t text_count(str s);                                 /* code points */
str text_cut(str s, size_t bytes_max);                    /* shortened on a code-point boundary */
STATUS text_check(str field, str s, size_t bytes_max);    /* UTF8, CONTROL (all below U+0020, U+007F…9F), TOO_LONG */
STATUS text_check_lines(str field, str s, size_t bytes_max); /* the same, newline and tab allowed */
