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
    ENCODING_TCVN5712_1,  /* VN1 of TCVN 5712:1993 */
    ENCODING_VISCII_TEXT, /* VISCII without the seven capitals that lie on controls and the no-break space */
    ENCODING_BK1,         /* BK HCM 1 and 2 */
    ENCODING_BK2,
    ENCODING_VIETWARE_F,
    ENCODING_VIETWARE_X,
    ENCODING_ISC,
    ENCODING_VNI_MAC,
    ENCODING_CP1258,
    ENCODING_VIQR, /* RFC 1456, mnemonics in ASCII */
    ENCODING_COUNT
};

/* How the words of a column are written, for letters whose case the set does not tell. */
enum case_habit { CASE_UNTOLD, CASE_TITLES, CASE_CAPITALS };

struct encoding_form {
    enum encoding set;
    bool wrapped;    /* the bytes of the set stand as characters of Windows-1252 in UTF-8, as in most old XLSX */
    bool upper_font; /* the text was set in a font of capitals (.VnTimeH): all of it is upper case */
    enum case_habit habit;
};

/* What the name of a font says of the text that was set in it: ".VnTimeH", "VNI-Times", "VPS Times". False for all others. */
bool encoding_of_font(str font, struct encoding_form *ret);
/* Text that was set in a TCVN3 font of capitals and stands as characters of Windows-1252: its letters as the capitals that
 * readers saw, in place. Text that no such font shows whole is left alone. Toned letters keep their bytes: viet_decode()
 * raises them by their neighbours. */
void encoding_raise(char *text, size_t len);

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
    size_t merged;    /* letters written with the byte of another letter, as the set has it */
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
    double margin; /* on the words that the two read differently */
    size_t words; /* words that tell encodings apart, of the pieces that were weighed */
    size_t cells; /* cells, or lines of a file, that tell encodings apart */
    size_t differing[3], differing_count; /* samples that the two read differently, for showing */
};

/* Judges a column of cells, or a file or the head of one as a single sample (needed for UTF-16). A big input is weighed by
 * some hundred of its lines, evenly chosen. True if accepted (CERTAIN or PLAIN); `ret` says how sure it is in any case. */
bool viet_encoding_detect(const str *samples, size_t n, struct encoding_guess *ret);
