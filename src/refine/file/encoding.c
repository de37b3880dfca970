/* In which encoding each column of a list stands. Columns are judged one by one, because a list may be pasted together from
 * two sources, and because a column of old letters often lies wrapped inside UTF-8. A column that does not tell takes the
 * encoding of the others; when none tells, a human must say.
 * tested by: src/refine/file/test/sheet_test.c */
#include "refine/file/inside.h"

#include <string.h>

static size_t column_samples(const struct sheet *s, size_t column, str *out)
{
    size_t n = 0;

    for (size_t i = 0; i < s->head_count; i++)
        if (s->head[i].bad == ERR_OK && column < s->head[i].count && s->head[i].cells[column].len)
            out[n++] = s->head[i].cells[column];
    return n;
}

static bool has_high_bytes(const str *samples, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!text_is_ascii(samples[i]))
            return true;
    return false;
}

/* Both readings of a cell on which they part, so that whoever sent the list can say which it is. */
static STATUS unknown(struct sheet *s, size_t column, const struct encoding_guess *g)
{
    str samples[SHEET_HEAD_ROWS], what = { 0 };
    struct decoding one, other;

    column_samples(s, column, samples);
    if (g->doubt == ENCODING_CLOSE && g->differing_count) {
        viet_decode(s->arena, g->form, samples[g->differing[0]], &one);
        viet_decode(s->arena, g->runner_up, samples[g->differing[0]], &other);
        what = arena_printf(s->arena, "%s “%.*s”, %s “%.*s”", encoding_name(g->form.set), STR_ARG(text_cut(one.text, 40)),
                            encoding_name(g->runner_up.set), STR_ARG(text_cut(other.text, 40)));
    }
    status st = FAIL_WITH(ENCODING_UNKNOWN, (str){ 0 }, what);
    fault_detail("best %s %.2f, next %s %.2f", encoding_name(g->form.set), g->score, encoding_name(g->runner_up.set), g->runner_score);
    return st;
}

/* All columns as told by --encoding. */
static void columns_told(struct sheet *s)
{
    bool eight_bit = s->form.set >= ENCODING_TCVN3 && s->form.set <= ENCODING_CP1258;

    for (size_t c = 0; c < s->column_count; c++) {
        str samples[SHEET_HEAD_ROWS];
        size_t n = column_samples(s, c, samples);
        s->columns[c].form = s->form;
        if (eight_bit && s->utf8)
            s->columns[c].form.wrapped = has_high_bytes(samples, n);
    }
    s->form.wrapped = eight_bit && s->utf8;
}

/* The file's own encoding is the one that most telling words stand in. */
static void form_choose(struct sheet *s, const struct encoding_guess *guesses, const bool *sure)
{
    size_t best = 0;

    for (size_t c = 0; c < s->column_count; c++)
        if (sure[c] && guesses[c].doubt == ENCODING_CERTAIN && guesses[c].words > best) {
            best = guesses[c].words;
            s->form = guesses[c].form;
        }
}

STATUS columns_encoding(struct sheet *s, str encoding)
{
    struct encoding_guess *guesses = ARENA_ARRAY(s->arena, struct encoding_guess, SHEET_COLUMNS_MAX);
    bool sure[SHEET_COLUMNS_MAX] = { false }, high[SHEET_COLUMNS_MAX] = { false };
    enum encoding carrier = s->form.set;

    if (encoding.len && s->form.set != ENCODING_UTF16LE && s->form.set != ENCODING_UTF16BE) {
        columns_told(s);
        return OK;
    }
    s->form.set = ENCODING_NONE;
    for (size_t c = 0; c < s->column_count; c++) {
        str samples[SHEET_HEAD_ROWS];
        size_t n = column_samples(s, c, samples);
        high[c] = has_high_bytes(samples, n);
        sure[c] = viet_encoding_detect(samples, n, &guesses[c]);
    }
    form_choose(s, guesses, sure);
    for (size_t c = 0; c < s->column_count; c++) {
        struct encoding_form form = { .set = ENCODING_UTF8 };
        if (sure[c] && guesses[c].doubt == ENCODING_CERTAIN)
            form = guesses[c].form;
        else if (high[c] && s->form.set != ENCODING_NONE && !(s->utf8 && !s->form.wrapped))
            form = s->form;
        else if (high[c] && !s->utf8)
            return unknown(s, c, &guesses[c]);
        s->columns[c].form = form;
    }
    if (s->form.set == ENCODING_NONE || (s->form.set == ENCODING_UTF8 && carrier != ENCODING_NONE))
        s->form.set = carrier != ENCODING_NONE ? carrier : ENCODING_UTF8;
    return OK;
}

str sheet_decode(const struct sheet *s, struct arena *a, size_t column, str cell)
{
    struct encoding_form form = column < s->column_count ? s->columns[column].form : s->form;
    struct decoding d;

    if (form.set == ENCODING_UTF16LE || form.set == ENCODING_UTF16BE)
        form.set = ENCODING_UTF8;
    if (form.set == ENCODING_UTF8 || form.set == ENCODING_NONE || (form.set != ENCODING_VIQR && text_is_ascii(cell)))
        return cell;
    viet_decode(a, form, cell, &d);
    return d.text;
}

str sheet_encoding(const struct sheet *s, struct arena *a)
{
    return s->form.wrapped ? arena_printf(a, "%s/%s", encoding_name(s->form.set), encoding_name(ENCODING_UTF8))
                           : str_of(encoding_name(s->form.set));
}
