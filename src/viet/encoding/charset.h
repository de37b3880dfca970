/* Byte tables of the 8-bit sets; for decode.c and encode.c only. */
#pragma once
#include "viet/encoding/encoding.h"
#include "viet/letter.h"

struct charset {
    uint16_t code[256];   /* letters only; 0 if the byte is none */
    bool shared[256];     /* the byte may stand for either case */
    uint8_t byte[2][340]; /* [upper][slot of the letter] */
};

const struct charset *charset_of(enum encoding set); /* TCVN3, VISCII, VPS; NULL for others */
uint8_t charset_byte(const struct charset *c, uint32_t code_point, bool *ret_shared); /* 0: not a letter of the set */

/* Windows-1252 and its sister 1258; 0 for a byte without meaning. */
uint32_t cp1252_code(uint8_t byte);
bool cp1252_byte(uint32_t code_point, uint8_t *ret);
/* Punctuation of Windows-1252 that the old sets leave in its place: quotes, dashes, dots, no-break space, degree. */
bool charset_punctuation(uint32_t code_point);
uint32_t cp1258_code(uint8_t byte); /* may be a combining tone */
bool cp1258_byte(uint32_t code_point, uint8_t *ret);

/* VNI writes a letter as one byte or as base and sign. Bytes are those of the small letters; capitals are 0x20 less. */
bool vni_single(uint8_t byte, struct letter *ret);
bool vni_pair(struct letter first, uint8_t sign, struct letter *ret);
size_t vni_bytes(struct letter l, uint8_t out[static 2]);
