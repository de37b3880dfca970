/* Residue of typing methods: text that was typed in Telex, VNI or VIQR while the keyboard program was off. */
#pragma once
#include "base/base.h"
#include "viet/repair.h"

/* Repairs the words of an entered text that are no Vietnamese syllables and become ones, with a confidence of at least 0.8;
 * names of minorities and foreigners stay as they are. Lookalike letters (Ð for Đ, Cyrillic, full-width) are repaired too. One
 * record for each changed word goes to `out` (at most `cap`); returns how many words changed. `ret` is `text` itself if none
 * did. */
size_t typing_repair(struct arena *a, str text, str *ret, struct repair *out, size_t cap);
