/* Draws the charts of chart.h. Sizes are in the units of the view box, so that the browser scales them; colours come from
 * the page's style by class, and reach a contrast of 3:1 on white (WCAG 2.2, 1.4.11).
 * tested by: src/refine/link/test/report_test.c */
#include "refine/link/chart.h"

#include "messages/messages.h"

#include <math.h>

enum { WIDTH = 720, HEIGHT = 260, LEFT = 56, RIGHT = 16, TOP = 16, BOTTOM = 40, ROW = 22, LABEL = 300, DECADES = 12, KEY_ROW = 40, KEY_TOP = 30 };
enum { INNER_WIDTH = WIDTH - LEFT - RIGHT, INNER_HEIGHT = HEIGHT - TOP - BOTTOM };

void html_text(struct buf *out, str s)
{
    for (size_t i = 0; i < s.len; i++)
        switch (s.ptr[i]) {
        case '&': buf_add(out, STR("&amp;")); break;
        case '<': buf_add(out, STR("&lt;")); break;
        case '>': buf_add(out, STR("&gt;")); break;
        case '"': buf_add(out, STR("&quot;")); break;
        case '\'': buf_add(out, STR("&#39;")); break;
        default: buf_char(out, s.ptr[i]);
        }
}

static void svg_open(const struct page_out *p, int height, str label)
{
    buf_printf(p->buf, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", WIDTH, height);
    html_text(p->buf, label);
    buf_add(p->buf, STR("\">\n"));
}

static void svg_close(const struct page_out *p) { buf_add(p->buf, STR("</svg>\n")); }

static void svg_line(const struct page_out *p, const char *class, const double at[4])
{
    buf_printf(p->buf, "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n", class, at[0], at[1], at[2], at[3]);
}

static void svg_rect(const struct page_out *p, const char *class, const double at[4])
{
    buf_printf(p->buf, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>\n", class, at[0], at[1], at[2], at[3]);
}

static void svg_words(const struct page_out *p, double x, double y, const char *anchor, str words)
{
    buf_printf(p->buf, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor);
    html_text(p->buf, words);
    buf_add(p->buf, STR("</text>\n"));
}

static void legend_draw(const struct page_out *p, const double at[2], const char *class, str words)
{
    svg_rect(p, class, (double[]){ at[0], at[1] - 6, 14, 4 });
    svg_words(p, at[0] + 20, at[1], "start", words);
}

/* --- along a line of bits ------------------------------------------------------------------------------------------------ */

struct scale {
    double from, to;
};

static double x_of(const struct scale *s, double bits)
{
    double part = s->to > s->from ? (bits - s->from) / (s->to - s->from) : 0;

    return LEFT + INNER_WIDTH * fmin(fmax(part, 0), 1);
}

static void axis_bits(const struct page_out *p, const struct scale *s, str label)
{
    double wide = s->to - s->from, step = wide > 80 ? 20 : wide > 30 ? 10 : wide > 12 ? 5 : 1;

    svg_line(p, "axis", (double[]){ LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM });
    for (double bits = ceil(s->from / step) * step; bits <= s->to + 1e-9; bits += step)
        svg_words(p, x_of(s, bits), HEIGHT - BOTTOM + 16, "middle", arena_printf(p->arena, "%.0f", bits + 0.)); /* + 0: no "-0" */
    svg_words(p, LEFT + INNER_WIDTH / 2.0, HEIGHT - 6, "middle", label);
}

static void threshold_draw(const struct page_out *p, const struct scale *s, double bits)
{
    double x = x_of(s, bits);

    svg_line(p, "threshold", (double[]){ x, TOP, x, HEIGHT - BOTTOM });
}

static double height_log(double n, double most) { return most > 0 ? INNER_HEIGHT * log10(1 + n) / most : 0; }

void chart_histogram(const struct page_out *p, const struct link_report *r)
{
    struct scale s = { r->bin_count ? r->bins[0].from : 0, r->bin_count ? r->bins[r->bin_count - 1].to : 1 };
    double most = 1;

    for (int i = 0; i < r->bin_count; i++)
        most = fmax(most, log10(1 + (double)r->bins[i].pairs));
    svg_open(p, HEIGHT, msg_link_report_histogram(p->lang));
    for (int d = 1; d <= DECADES && d <= most; d++) {
        double y = HEIGHT - BOTTOM - height_log(pow(10, d), most);
        svg_line(p, "grid", (double[]){ LEFT, y, WIDTH - RIGHT, y });
        svg_words(p, LEFT - 6, y + 4, "end", msg_number(p->arena, p->lang, (int64_t)pow(10, d)));
    }
    for (int i = 0; i < r->bin_count; i++) {
        double x = x_of(&s, r->bins[i].from), h = height_log((double)r->bins[i].pairs, most);
        svg_rect(p, "bar", (double[]){ x, HEIGHT - BOTTOM - h, fmax(x_of(&s, r->bins[i].to) - x - 1, 1), h });
    }
    buf_add(p->buf, STR("<polyline class=\"line\" points=\""));
    for (int i = 0; i < r->bin_count; i++)
        buf_printf(p->buf, "%.1f,%.1f ", x_of(&s, (r->bins[i].from + r->bins[i].to) / 2),
                   HEIGHT - BOTTOM - height_log(r->bins[i].matches, most));
    buf_add(p->buf, STR("\"/>\n"));
    threshold_draw(p, &s, report_threshold_bits(r->threshold));
    axis_bits(p, &s, msg_link_report_weight(p->lang));
    svg_close(p);
}

static void share_line(const struct page_out *p, const struct link_report *r, const struct scale *s, bool recall)
{
    buf_printf(p->buf, "<polyline class=\"%s\" points=\"", recall ? "line" : "line two");
    for (int i = 0; i < r->step_count; i++) {
        double share = recall ? r->steps[i].recall : r->steps[i].precision;
        buf_printf(p->buf, "%.1f,%.1f ", x_of(s, report_threshold_bits(r->steps[i].probability)), HEIGHT - BOTTOM - INNER_HEIGHT * fmin(fmax(share, 0), 1));
    }
    buf_add(p->buf, STR("\"/>\n"));
}

void chart_steps(const struct page_out *p, const struct link_report *r)
{
    struct scale s = { r->step_count ? report_threshold_bits(r->steps[0].probability) : 0,
                       r->step_count ? report_threshold_bits(r->steps[r->step_count - 1].probability) : 1 };

    svg_open(p, HEIGHT, msg_link_report_steps(p->lang));
    for (int i = 0; i <= 4; i++) {
        double y = HEIGHT - BOTTOM - INNER_HEIGHT * i / 4.0;
        svg_line(p, "grid", (double[]){ LEFT, y, WIDTH - RIGHT, y });
        svg_words(p, LEFT - 6, y + 4, "end", arena_printf(p->arena, "%d %%", i * 25));
    }
    share_line(p, r, &s, true);
    share_line(p, r, &s, false);
    threshold_draw(p, &s, report_threshold_bits(r->threshold));
    axis_bits(p, &s, msg_link_report_weight(p->lang));
    legend_draw(p, (double[]){ LEFT + 12, HEIGHT - BOTTOM - 34 }, "key", msg_link_report_recall(p->lang));
    legend_draw(p, (double[]){ LEFT + 12, HEIGHT - BOTTOM - 14 }, "key two", msg_link_report_precision(p->lang));
    svg_close(p);
}

/* --- bars in rows --------------------------------------------------------------------------------------------------------- */

/* Left of the middle speaks against, right for. */
void chart_weights(const struct page_out *p, const struct report_field *f, double most_bits)
{
    double middle = LABEL + (WIDTH - RIGHT - LABEL) / 2.0, unit = (WIDTH - RIGHT - LABEL) / 2.0 / fmax(most_bits, 1);
    int rows = 0;

    for (int k = 1; k < REPORT_LEVELS; k++)
        rows += f->levels[k].used;
    svg_open(p, rows * ROW + 8, f->head);
    svg_line(p, "axis", (double[]){ middle, 0, middle, rows * ROW + 8 });
    for (int k = REPORT_LEVELS - 1, row = 0; k > 0; k--) {
        double bits = f->levels[k].bits, y = row * ROW + 4;
        if (!f->levels[k].used)
            continue;
        svg_words(p, LABEL - 8, y + 15, "end", report_level_text(p->arena, p->lang, f->scale, k));
        svg_rect(p, bits < 0 ? "bar two" : "bar", (double[]){ bits < 0 ? middle + bits * unit : middle, y + 2, fabs(bits) * unit, ROW - 5 });
        row++;
    }
    svg_close(p);
}

/* Names of keys are long: each stands above its bars. */
void chart_keys(const struct page_out *p, const struct link_report *r)
{
    double most = 1;

    for (int i = 0; i < r->key_count; i++)
        most = fmax(most, log10(1 + r->keys[i].pairs));
    svg_open(p, r->key_count * KEY_ROW + KEY_TOP, msg_link_report_keys(p->lang));
    legend_draw(p, (double[]){ 0, 14 }, "key", msg_link_report_pairs(p->lang));
    legend_draw(p, (double[]){ WIDTH / 2.0, 14 }, "key two", msg_link_report_brings(p->lang));
    for (int i = 0; i < r->key_count; i++) {
        double y = KEY_TOP + i * KEY_ROW;
        svg_words(p, 0, y + 12, "start", r->keys[i].name);
        svg_rect(p, "bar", (double[]){ 0, y + 17, WIDTH * log10(1 + r->keys[i].pairs) / most, 7 });
        svg_rect(p, "bar two", (double[]){ 0, y + 25, WIDTH * r->keys[i].brings, 6 });
    }
    svg_close(p);
}
