/* The quality of a register as a file: each attribute in the four dimensions, then the units. Figures name nobody. A dimension in
 * which no rule judges an attribute is left blank: it is not known, and not perfect.
 * tested by: src/quality/test/quality_test.c */
#include "book/book.h"
#include "messages/messages.h"
#include "quality/inside.h"

enum { EXPORT_BYTES_MAX = 8 << 20 };

static void heads_put(struct book *b, const struct ctx *cx, str title, str of)
{
    const str heads[] = { of, msg_sector_rows(cx->lang), msg_sector_correct(cx->lang), msg_sector_complete(cx->lang), msg_sector_clean(cx->lang), msg_sector_live(cx->lang) };
    book_table(b, title);
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        book_words(b, heads[i]);
    book_line(b);
}

static void measure_put(struct book *b, bool judged, int64_t rows)
{
    if (judged)
        book_number(b, rows);
    else
        book_text(b, (str){ 0 });
}

static void attributes_put(struct book *b, const struct ctx *cx, const struct sector_figures_out *f)
{
    heads_put(b, cx, msg_quality_by_field(cx->lang), msg_sector_field(cx->lang));
    for (size_t i = 0; i < f->attributes_count; i++) {
        const struct sector_attribute *a = &f->attributes[i];
        book_words(b, a->label);
        book_number(b, f->total.rows);
        measure_put(b, a->has_correct, a->correct);
        measure_put(b, a->has_complete, a->complete);
        measure_put(b, a->has_clean, a->clean);
        measure_put(b, a->has_live, a->live);
        book_line(b);
    }
}

/* `of`: the attribute whose rules alone are counted; NULL: all rules. */
static void units_put(struct book *b, const struct ctx *cx, const struct sector_figures_out *f, const struct sector_attribute *of)
{
    heads_put(b, cx, msg_quality_by_unit(cx->lang), of ? msg_quality_units_of(cx->arena, cx->lang, of->label) : msg_home_unit(cx->lang));
    for (size_t i = 0; i < f->units_count; i++) {
        const struct sector_count *c = &f->units[i];
        book_words(b, c->name);
        book_number(b, c->rows);
        measure_put(b, !of || of->has_correct, c->correct);
        measure_put(b, !of || of->has_complete, c->complete);
        measure_put(b, !of || of->has_clean, c->clean);
        measure_put(b, !of || of->has_live, c->live);
        book_line(b);
    }
}

STATUS quality_export(struct ctx *cx, const struct quality_export_in *in, struct quality_export_out *ret)
{
    struct sector_figures_in ask = { .code = in->code, .has_unit = in->has_unit, .unit = in->unit, .has_map = in->has_map, .map = in->map,
                                     .has_field = in->has_field, .field = in->field };
    struct sector_figures_out f = { 0 };
    const struct sector_attribute *of = NULL;
    struct book *b DEFER(book_drop) = NULL;
    TRY(sector_figures(cx, &ask, &f));
    for (size_t i = 0; in->has_field && i < f.attributes_count; i++)
        if (str_eq(f.attributes[i].field, in->field))
            of = &f.attributes[i];
    TRY(book_draft(cx->app->directory, in->has_format && in->format == QUALITY_EXPORT_IN_FORMAT_XLSX ? BOOK_XLSX : BOOK_CSV, &b));
    attributes_put(b, cx, &f);
    units_put(b, cx, &f, of);
    return book_take(&b, cx->arena, EXPORT_BYTES_MAX, &ret->file);
}
