/* Texts on pages: a text in one or two languages becomes a layout, whose lines are drawn one by one, so that it may go on
 * from page to page. From the second page on each bears its number above (NĐ 30/2020/NĐ-CP annex I, I.4).
 * tested by: src/paper/test/paper_test.c */
#include "paper/inside.h"

#include <stdio.h>

bool words_are_empty(struct paper_words w) { return w.vi.len == 0 && w.en.len == 0; }

double canvas_room(const struct canvas *cv) { return cv->bottom - cv->y; }

static void page_number(struct canvas *cv)
{
    static const struct style s = { .size = 13, .align = PAPER_CENTRE };
    PangoLayout *l = words_layout(cv, (struct paper_words){ .vi = arena_printf(cv->arena, "%d", cv->page) }, &s, cv->width);
    layout_draw(cv, l, cv->left, cv->top - 28);
    g_object_unref(l);
}

void canvas_next_page(struct canvas *cv)
{
    if (cv->page >= PAPER_PAGES_MAX) {
        cv->too_long = true; /* the rest is not drawn, and the whole is thrown away */
        cv->y = cv->top;
        return;
    }
    cairo_show_page(cv->cairo);
    cv->page++;
    cv->y = cv->top;
    cv->fresh = true;
    page_number(cv);
}

void canvas_need(struct canvas *cv, double points)
{
    if (!cv->fresh && canvas_room(cv) < points)
        canvas_next_page(cv);
}

/* --- layouts ---------------------------------------------------------------------------------------------------------------- */

static void attribute(PangoAttrList *list, PangoAttribute *a, size_t from)
{
    a->start_index = (guint)from;
    a->end_index = PANGO_ATTR_INDEX_TO_TEXT_END;
    pango_attr_list_insert(list, a);
}

PangoLayout *words_layout(struct canvas *cv, struct paper_words w, const struct style *s, double width)
{
    static const PangoAlignment aligns[] = { PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER, PANGO_ALIGN_RIGHT };
    PangoLayout *l = pango_layout_new(cv->pango);
    PangoAttrList *list = pango_attr_list_new();
    str between = w.en.len && w.vi.len ? (s->inline_en ? STR(" / ") : STR("\n")) : STR("");
    str text = arena_printf(cv->arena, "%.*s%.*s%.*s", STR_ARG(w.vi), STR_ARG(between), STR_ARG(w.en));
    attribute(list, pango_attr_size_new_absolute((int)(s->size * PANGO_SCALE)), 0);
    if (s->bold)
        attribute(list, pango_attr_weight_new(PANGO_WEIGHT_BOLD), 0);
    if (s->italic)
        attribute(list, pango_attr_style_new(PANGO_STYLE_ITALIC), 0);
    if (w.en.len) { /* English: a little smaller, slanted, never as heavy */
        size_t from = w.vi.len + (s->inline_en ? between.len : 0);
        attribute(list, pango_attr_size_new_absolute((int)((s->size - 1.5) * PANGO_SCALE)), from);
        attribute(list, pango_attr_weight_new(PANGO_WEIGHT_NORMAL), from);
        attribute(list, pango_attr_style_new(PANGO_STYLE_ITALIC), from);
        attribute(list, pango_attr_language_new(pango_language_from_string("en")), from);
    }
    pango_layout_set_text(l, text.ptr, (int)text.len);
    pango_layout_set_attributes(l, list);
    pango_attr_list_unref(list);
    pango_layout_set_width(l, (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(l, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(l, aligns[s->align]);
    pango_layout_set_justify(l, s->justified);
    pango_layout_set_indent(l, (int)(s->indent * PANGO_SCALE));
    pango_layout_set_line_spacing(l, 1.08f);
    return l;
}

double layout_height(PangoLayout *l)
{
    PangoRectangle r;
    pango_layout_get_extents(l, NULL, &r);
    return r.height / (double)PANGO_SCALE;
}

void layout_draw(struct canvas *cv, PangoLayout *l, double x, double y)
{
    cairo_tag_begin(cv->cairo, "P", NULL);
    cairo_move_to(cv->cairo, x, y);
    pango_cairo_show_layout(cv->cairo, l);
    cairo_tag_end(cv->cairo, "P");
}

/* --- piece by piece --------------------------------------------------------------------------------------------------------- */

void flow_begin(struct flow *f, PangoLayout *l) { *f = (struct flow){ .layout = l, .iter = pango_layout_get_iter(l) }; }

void flow_end(struct flow *f)
{
    pango_layout_iter_free(f->iter);
    g_object_unref(f->layout);
}

static void line_span(const struct flow *f, double *ret_from, double *ret_to)
{
    int from, to;
    pango_layout_iter_get_line_yrange(f->iter, &from, &to);
    *ret_from = from / (double)PANGO_SCALE;
    *ret_to = to / (double)PANGO_SCALE;
}

double flow_height(const struct flow *f)
{
    double from, to;
    if (f->done)
        return 0;
    line_span(f, &from, &to);
    return layout_height(f->layout) - from;
}

double flow_draw(struct canvas *cv, struct flow *f, double x, double y, double room, bool force)
{
    double start = -1, used = 0, from, to;
    if (f->done)
        return 0;
    cairo_tag_begin(cv->cairo, "P", NULL);
    while (!f->done) {
        PangoRectangle line;
        line_span(f, &from, &to);
        if (start < 0)
            start = from;
        if (to - start > room && !(force && used <= 0))
            break;
        pango_layout_iter_get_line_extents(f->iter, NULL, &line);
        cairo_move_to(cv->cairo, x + line.x / (double)PANGO_SCALE, y + pango_layout_iter_get_baseline(f->iter) / (double)PANGO_SCALE - start);
        pango_cairo_show_layout_line(cv->cairo, pango_layout_iter_get_line_readonly(f->iter));
        used = to - start;
        f->done = !pango_layout_iter_next_line(f->iter);
    }
    cairo_tag_end(cv->cairo, "P");
    return used;
}

void words_flow(struct canvas *cv, struct paper_words w, const struct style *s, double indent)
{
    enum { AFTER = 5 };
    struct flow f;
    flow_begin(&f, words_layout(cv, w, s, cv->width - indent));
    for (;;) {
        cv->y += flow_draw(cv, &f, cv->left + indent, cv->y, canvas_room(cv), cv->fresh || cv->too_long);
        cv->fresh = false;
        if (f.done || cv->too_long)
            break;
        canvas_next_page(cv);
    }
    flow_end(&f);
    cv->y += AFTER;
}
