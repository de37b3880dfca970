/* One letter of Vietnamese text, taken apart into base, mark and tone, and put together again. Everything in viet that
 * knows about letters stands on this table; characters outside the alphabet go to ICU. */
#pragma once
#include "base/str.h"

enum mark { MARK_NONE, MARK_BREVE, MARK_CIRCUMFLEX, MARK_HORN, MARK_STROKE, MARK_COUNT };
/* ngang, huyền, hỏi, ngã, sắc, nặng */
enum tone { TONE_LEVEL, TONE_GRAVE, TONE_HOOK, TONE_TILDE, TONE_ACUTE, TONE_DOT, TONE_COUNT };

struct letter {
    char base; /* 'a' … 'z' */
    uint8_t mark, tone;
    bool upper;
};

/* The 186 letters of Vietnamese text: ASCII ones and those of letter.def. False for all else. */
bool letter_take(uint32_t code_point, struct letter *ret);
/* 0 if there is no such letter, as for "n with a horn". */
uint32_t letter_make(struct letter l);
bool letter_is_vowel(struct letter l);
uint32_t letter_lower(uint32_t code_point); /* any script, one to one */
uint32_t letter_upper(uint32_t code_point);
/* Part of a word: letters and combining marks of any script. Digits are not. */
bool letter_in_word(uint32_t code_point);
/* The tone or mark that a combining character stands for; false if it is none of the eight used in Vietnamese. */
bool letter_combining(uint32_t code_point, enum mark *ret_mark, enum tone *ret_tone);
/* The combining character of a tone; 0 for the level tone. */
uint32_t letter_tone_combining(enum tone tone);
