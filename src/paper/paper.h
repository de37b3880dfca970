/* Papers: A4 documents as PDF from a list of blocks, in the form of Vietnamese administrative papers: state name and motto,
 * agency, number, place and date above; title, text, tables; signatures below. Vietnamese stands first and English may follow
 * it in italics. Also QR codes, for papers and for pages.
 *
 * The same blocks at the same time make the same bytes, with the same fonts. Text is never cut off: what does not fit goes on
 * to the next page, a row of a table too. A block keeps what it is given: texts must live until paper_render().
 * Refuses: a machine without the font that has all Vietnamese letters, a document of more than PAPER_PAGES_MAX pages.
 * Law: NĐ 30/2020/NĐ-CP annex I (form of administrative papers); ISO 32000-1 (PDF), ISO/IEC 18004 (QR). */
#pragma once
#include "base/base.h"

enum { PAPER_BYTES_MAX = 64 << 20, PAPER_PAGES_MAX = 2000, PAPER_COLUMNS_MAX = 16, PAPER_POINTS_WIDE = 595, PAPER_POINTS_HIGH = 842 };

/* One text in one or two languages; `en` empty: Vietnamese alone. Line ends are kept. */
struct paper_words {
    str vi, en;
};

struct paper_about {
    int64_t at_us;            /* when it is made */
    struct paper_words title; /* what readers show in the title bar; holds nobody's name */
    str author;               /* the agency */
    bool landscape;
};

struct paper;
/* Lives in the arena. */
struct paper *paper_new(struct arena *a, const struct paper_about *about);

/* The head of the first page. `over` is the agency above, may be empty. `number` without "Số:", may be empty. */
struct paper_head {
    struct paper_words over, agency;
    str number;
    struct paper_words place; /* "Hà Nội"; empty: no line of place and date */
    day on;
};
void paper_head(struct paper *p, const struct paper_head *head);
void paper_form(struct paper *p, struct paper_words name); /* "Mẫu số 01": small, at the right edge */
void paper_title(struct paper *p, struct paper_words title, struct paper_words under); /* `under` may be empty */
void paper_heading(struct paper *p, struct paper_words text);
void paper_text(struct paper *p, struct paper_words text);
void paper_item(struct paper *p, struct paper_words text); /* of a list, with a dash */

struct paper_pair {
    struct paper_words key;
    str value;
};
void paper_pairs(struct paper *p, const struct paper_pair *pairs, size_t count);

enum paper_align { PAPER_LEFT, PAPER_CENTRE, PAPER_RIGHT };
struct paper_column {
    struct paper_words head;
    int share; /* of the width, against the other columns; at least 1 */
    enum paper_align align;
};
struct paper_table {
    const struct paper_column *columns;
    size_t column_count; /* 1 … PAPER_COLUMNS_MAX */
    const str *cells;    /* row by row */
    size_t row_count;
    bool bare;           /* without lines */
};
/* Its head stands again on each page. */
void paper_table(struct paper *p, const struct paper_table *t);

/* Who signs, at the left (may have no role) and at the right, kept together on one page. */
struct paper_signer {
    struct paper_words role, note; /* "CÁN BỘ TIẾP NHẬN", "(Ký số)" */
    str name;
};
void paper_signers(struct paper *p, const struct paper_signer *left, const struct paper_signer *right);
/* A QR code of 30 mm with words beside it. ERR_TEXT_TOO_LONG at the rendering if `text` does not fit. */
void paper_code(struct paper *p, str text, struct paper_words beside);
void paper_note(struct paper *p, struct paper_words text); /* small print */

/* Appends the PDF. ERR_PAPER_FONT, ERR_TEXT_TOO_LONG (too many pages), ERR_MEMORY_LIMIT. Some milliseconds of work. */
STATUS paper_render(const struct paper *p, struct buf *out);

/* ---- QR codes (qr.c) */
struct qr {
    int size;               /* modules a side, without the quiet zone of 4 */
    const uint8_t *modules; /* size * size, 1: dark */
};
STATUS qr_make(struct arena *a, str text, struct qr *ret); /* ERR_TEXT_TOO_LONG, ERR_TEXT_EMPTY */
/* An <svg> with its quiet zone, without styles, named for those who do not see it. */
str qr_svg(struct arena *a, const struct qr *q, str label);
/* One path: "M x y h w v 1 h -w z" for each run of dark modules. */
str qr_path(struct arena *a, const struct qr *q);
