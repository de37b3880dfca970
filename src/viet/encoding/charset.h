/* Byte tables of the old sets; for the files beside it only. */
#pragma once
#include "viet/encoding/encoding.h"
#include "viet/letter.h"

enum { CHARSET_SLOTS = 340, CHARSET_FIRSTS = 96 };

struct charset {
    uint16_t code[256];                   /* a letter of one byte; 0 if the byte alone is none */
    bool shared[256];                     /* the byte may stand for either case */
    uint8_t first[256];                   /* which row of `pair` the byte begins; 0: none */
    uint16_t pair[CHARSET_FIRSTS][256];   /* a letter of two bytes */
    uint16_t bytes[2][CHARSET_SLOTS];     /* [upper][slot of the letter]; above 0xFF: two bytes, the base in front */
};

/* NULL for Unicode, CP1258 and VIQR, which follow rules. */
const struct charset *charset_of(enum encoding set);
/* 0: not a letter of the set. Shared: the other case has the same bytes. */
uint16_t charset_bytes(const struct charset *c, uint32_t code_point, bool *ret_shared);
/* The letter of two bytes, or 0. */
uint32_t charset_pair(const struct charset *c, uint8_t first, uint8_t second);
/* The tones that TCVN 5712 puts at B0 … B4 for letters outside its list; 0 for other bytes and sets. */
uint32_t charset_combining(enum encoding set, uint8_t byte);

/* Windows-1252 and its sister 1258; 0 for a byte without meaning. */
uint32_t cp1252_code(uint8_t byte);
bool cp1252_byte(uint32_t code_point, uint8_t *ret);
/* Punctuation of Windows-1252 that the old sets leave in its place: quotes, dashes, dots, no-break space, degree. */
bool charset_punctuation(uint32_t code_point);
uint32_t cp1258_code(uint8_t byte); /* may be a combining tone */
bool cp1258_byte(uint32_t code_point, uint8_t *ret);
