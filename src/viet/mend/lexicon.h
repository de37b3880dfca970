/* Which words speak for a repair, and which against it. */
#pragma once
#include "base/str.h"

/* A word of Vietnamese names and addresses (word.def), in any case and with either tone place. */
bool lexicon_has(str word);
/* A word that other languages write, or a name of a minority, although typing methods could make a Vietnamese syllable of it
 * (foreign.def): "Max", "Lee". In any case. */
bool lexicon_is_foreign(str word);
