/* The encodings that Vietnamese lists come in, read and written. Unicode is mandatory (TCVN 6909:2001), yet lists of twenty
 * years stand in the sets of old fonts, and spreadsheets carry the bytes of those sets as Latin characters inside Unicode. */
#pragma once
#include "base/base.h"

enum encoding {
    ENCODING_NONE,
    ENCODING_UTF8, /* with or without byte order mark, forms C and D */
    ENCODING_UTF16LE,
    ENCODING_UTF16BE,
    ENCODING_TCVN3, /* ABC fonts (.VnTime); toned capitals share the byte of the small letter */
    ENCODING_VNI,   /* VNI-Windows */
    ENCODING_VISCII, /* RFC 1456 */
    ENCODING_VPS,
    ENCODING_CP1258,
    ENCODING_VIQR, /* RFC 1456, mnemonics in ASCII */
    ENCODING_COUNT
};

struct encoding_form {
    enum encoding set;
    bool wrapped;    /* the bytes of the set stand as characters of Windows-1252 in UTF-8, as in most old XLSX */
    bool upper_font; /* the text was set in a font of capitals (.VnTimeH): all of it is upper case */
};

const char *encoding_name(enum encoding set); /* "TCVN3": a word of the program */

struct decoding {
    str text;           /* valid UTF-8 in form C; may hold control characters: viet_enter() comes after */
    size_t bad;         /* bytes without a meaning, each now U+FFFD; for wrapped texts see viet_decode() */
    size_t case_guessed; /* letters whose case the set does not tell, made capitals after their neighbours */
};
/* A wrapped text that holds characters which the set cannot have made is Unicode from the start (mixed columns are
 * common): it comes back as it is, and `bad` counts those characters. */
void viet_decode(struct arena *a, struct encoding_form form, str bytes, struct decoding *ret);

struct encoded {
    str bytes;
    size_t lost;      /* characters that the set does not have, each now '?' */
    size_t case_lost; /* capitals written with the byte of the small letter */
};
void viet_encode(struct arena *a, struct encoding_form form, str text, struct encoded *ret);

enum encoding_doubt {
    ENCODING_CERTAIN,
    ENCODING_PLAIN,   /* nothing but ASCII: every reading is the same */
    ENCODING_CLOSE,   /* two readings differ and are about as good: a human must choose */
    ENCODING_STRANGE, /* no reading makes sense */
};

struct encoding_guess {
    struct encoding_form form;
    enum encoding_doubt doubt;
    double score; /* credit per word that tells encodings apart, 0 … 1 */
    struct encoding_form runner_up; /* the best that reads the column differently; set NONE if there is none */
    double runner_score;
    double margin;
    size_t words; /* words that tell encodings apart */
};

/* Judges a column of cells, or the head of a file as one sample (needed for UTF-16). The first 4096 bytes of a sample
 * count. True if accepted (CERTAIN or PLAIN); `ret` says how sure it is in any case. */
bool viet_encoding_detect(const str *samples, size_t n, struct encoding_guess *ret);
