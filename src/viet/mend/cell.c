/* The order matters: halves of letters look like spaces and soft hyphens, so encoding comes before cleaning; typing residue
 * is read in normal form C, so it comes last. */
#include "viet/mend/cell.h"

#include "viet/enter.h"
#include "viet/letter.h"
#include "viet/mend/mojibake.h"
#include "viet/typing.h"

static void told(struct cell_mending *m, struct repair r)
{
    if (m->count < m->cap)
        m->repairs[m->count] = r;
    m->count++;
}

/* Marks that stand apart from their letter, in any order. */
static bool has_marks_apart(str s)
{
    size_t at = 0;
    while (at < s.len) {
        enum mark mark;
        enum tone tone;
        if (letter_combining(text_next(s, &at), &mark, &tone))
            return true;
    }
    return false;
}

/* ASCII and letters of the alphabet in normal form C, with single spaces between words: it is as it will enter, and no two
 * of these characters look like the halves of a letter. Most cells are so. */
static bool is_plain(str s)
{
    bool space = true;
    size_t at = 0;
    while (at < s.len) {
        unsigned char c = (unsigned char)s.ptr[at];
        struct letter l;
        if (c < 0x80 ? c < 0x20 || c > 0x7E || (c == ' ' && space) : !letter_take(text_next(s, &at), &l))
            return false;
        at += c < 0x80;
        space = c == ' ';
    }
    return s.len == 0 || !space;
}

static void words_mend(struct cell_mending *m, str *ret)
{
    enum { WORDS_MAX = 8 };
    struct repair words[WORDS_MAX];
    bool look = true;

    for (int pass = 0; pass < 2 && look; pass++) { /* keys are read behind letters that only looked like Latin ones */
        size_t n = typing_repair(m->arena, *ret, ret, words, WORDS_MAX);

        look = false;
        for (size_t i = 0; i < n && i < WORDS_MAX; i++) {
            told(m, words[i]);
            look = look || words[i].rule == REPAIR_LOOKALIKE;
        }
    }
}

size_t words_remend(struct arena *a, str *inout_text, struct repair *out, size_t cap)
{
    struct cell_mending m = { .arena = a, .repairs = out, .cap = cap };

    words_mend(&m, inout_text);
    return m.count < cap ? m.count : cap;
}

STATUS cell_mend(struct cell_mending *m, str field, str raw, str *ret)
{
    str text = raw, before;
    double confidence;

    m->count = 0;
    if (raw.len <= m->bytes_max && is_plain(raw) && text_is_utf8(raw)) {
        *ret = arena_str(m->arena, raw);
        if (m->words)
            words_mend(m, ret);
        return OK;
    }
    if (mojibake_undo(m->arena, raw, &text, &confidence))
        told(m, (struct repair){ REPAIR_MOJIBAKE, raw, text, confidence });
    TRY(viet_enter_cell(m->arena, field, text, m->bytes_max, ret));
    before = text_is_ascii(text) || !has_marks_apart(text) ? text : viet_compose(m->arena, text);
    if (!str_eq(before, text))
        told(m, (struct repair){ REPAIR_MARKS_APART, text, before, 1 });
    if (!str_eq(before, *ret))
        told(m, (struct repair){ REPAIR_SPACES, before, *ret, 1 });
    if (m->words)
        words_mend(m, ret);
    return OK;
}
