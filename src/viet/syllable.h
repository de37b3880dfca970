/* Is this a syllable that Vietnamese can have? Onset, rime and tone as the orthography writes them. The measure by which
 * encodings are told apart and typing residue is repaired; never a reason to refuse a name, since names of ethnic
 * minorities and foreigners follow other rules. */
#pragma once
#include "base/status.h"
#include "viet/letter.h"

struct syllable {
    char onset[8]; /* "" … "ngh", lower case */
    char rime[16]; /* "iêng": lower case, without tone */
    enum tone tone;
};

/* Where "hoa" with a falling tone carries it: old "hòa" (as administrative names are written), new "hoà" (QĐ 1989/QĐ-BGDĐT
 * 2018). Both differ in open oa, oe, uy only. */
enum tone_style { TONE_STYLE_OLD, TONE_STYLE_NEW };

/* `word` in normal form C, any case, the tone on any vowel. */
bool syllable_parse(str word, struct syllable *ret);
bool syllable_is_valid(str word);
/* Bytes written, lower case. `out` holds any syllable. */
size_t syllable_write(const struct syllable *s, enum tone_style style, char out[static 40]);
/* The form for comparing: new tone places, and one letter where y and i sound alike (Lý, Lí; Quý, Quí). */
size_t syllable_key(const struct syllable *s, char out[static 40]);
/* Cuts the next run of letters off the text from *at on; false at the end. */
bool syllable_next_word(str text, size_t *at, str *ret_word);
/* Which of the words are syllables: 0 … 1; 0 for a text without words. */
double syllable_share(str text, size_t *ret_words);
/* all lower, all upper, or only the first upper; false for "tHị" */
bool syllable_case_is_sane(str word);
