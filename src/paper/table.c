/* Tables over pages: the head again on each, rows whole where they fit on a page, else in pieces that each have their lines.
 * tested by: src/paper/test/paper_test.c */
#include "paper/inside.h"

enum { PAD_X = 4, PAD_Y = 3 };
static const double cell_size = 11.5;

struct grid {
    const struct paper_table *table;
    double x[PAPER_COLUMNS_MAX + 1]; /* the edges of columns */
};

static void grid_make(struct canvas *cv, const struct paper_table *t, struct grid *ret)
{
    int shares = 0;
    double at = cv->left;
    ret->table = t;
    for (size_t i = 0; i < t->column_count; i++)
        shares += t->columns[i].share > 0 ? t->columns[i].share : 1;
    for (size_t i = 0; i < t->column_count; i++) {
        ret->x[i] = at;
        at += cv->width * (t->columns[i].share > 0 ? t->columns[i].share : 1) / shares;
    }
    ret->x[t->column_count] = at;
}

static void lines_draw(struct canvas *cv, const struct grid *g, double top, double bottom)
{
    size_t n = g->table->column_count;
    if (g->table->bare)
        return;
    cairo_set_line_width(cv->cairo, 0.6);
    cairo_rectangle(cv->cairo, g->x[0], top, g->x[n] - g->x[0], bottom - top);
    for (size_t i = 1; i < n; i++) {
        cairo_move_to(cv->cairo, g->x[i], top);
        cairo_line_to(cv->cairo, g->x[i], bottom);
    }
    cairo_stroke(cv->cairo);
}

/* One piece of a row: what fits below y. */
static void piece_draw(struct canvas *cv, const struct grid *g, struct flow *flows, double room)
{
    size_t n = g->table->column_count;
    double used = 0;
    for (size_t i = 0; i < n; i++) {
        double high = flow_draw(cv, &flows[i], g->x[i] + PAD_X, cv->y + PAD_Y, room - 2 * PAD_Y, cv->fresh || cv->too_long);
        used = high > used ? high : used;
    }
    lines_draw(cv, g, cv->y, cv->y + used + 2 * PAD_Y);
    cv->y += used + 2 * PAD_Y;
    cv->fresh = false;
}

static double row_height(const struct flow *flows, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        double high = flow_height(&flows[i]);
        most = high > most ? high : most;
    }
    return most + 2 * PAD_Y;
}

static bool row_done(const struct flow *flows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!flows[i].done)
            return false;
    return true;
}

static double head_draw(struct canvas *cv, const struct grid *g, bool draw)
{
    static const struct style s = { .size = 11.5, .bold = true, .align = PAPER_CENTRE };
    struct flow flows[PAPER_COLUMNS_MAX];
    size_t n = g->table->column_count;
    for (size_t i = 0; i < n; i++)
        flow_begin(&flows[i], words_layout(cv, g->table->columns[i].head, &s, g->x[i + 1] - g->x[i] - 2 * PAD_X));
    double high = row_height(flows, n);
    if (draw)
        piece_draw(cv, g, flows, high + 1);
    for (size_t i = 0; i < n; i++)
        flow_end(&flows[i]);
    return high;
}

static void row_draw(struct canvas *cv, const struct grid *g, const str *cells, double head)
{
    struct flow flows[PAPER_COLUMNS_MAX];
    size_t n = g->table->column_count;
    for (size_t i = 0; i < n; i++) {
        struct style s = { .size = cell_size, .align = g->table->columns[i].align };
        flow_begin(&flows[i], words_layout(cv, (struct paper_words){ .vi = cells[i] }, &s, g->x[i + 1] - g->x[i] - 2 * PAD_X));
    }
    double high = row_height(flows, n), page = cv->bottom - cv->top - head;
    if (high > canvas_room(cv) && high <= page) {
        canvas_next_page(cv);
        head_draw(cv, g, true);
    }
    for (;;) {
        piece_draw(cv, g, flows, canvas_room(cv));
        if (row_done(flows, n) || cv->too_long)
            break;
        canvas_next_page(cv);
        head_draw(cv, g, true);
    }
    for (size_t i = 0; i < n; i++)
        flow_end(&flows[i]);
}

void table_draw(struct canvas *cv, const struct paper_table *t)
{
    struct grid g;
    grid_make(cv, t, &g);
    double head = head_draw(cv, &g, false);
    canvas_need(cv, head + 30); /* the head not alone at the foot */
    head_draw(cv, &g, true);
    for (size_t r = 0; r < t->row_count && !cv->too_long; r++)
        row_draw(cv, &g, &t->cells[r * t->column_count], head);
    cv->y += 8;
}

/* Key and value side by side. A value may be long: both go on over pages. */
void pairs_draw(struct canvas *cv, const struct paper_pair *pairs, size_t count)
{
    enum { GAP = 8, BETWEEN = 3 };
    static const struct style key = { .size = 13, .inline_en = true }, value = { .size = 13, .bold = true };
    double wide = cv->width * 0.4;
    for (size_t i = 0; i < count; i++) {
        struct flow f[2];
        flow_begin(&f[0], words_layout(cv, pairs[i].key, &key, wide));
        flow_begin(&f[1], words_layout(cv, (struct paper_words){ .vi = pairs[i].value }, &value, cv->width - wide - GAP));
        for (;;) {
            bool force = cv->fresh || cv->too_long;
            double a = flow_draw(cv, &f[0], cv->left, cv->y, canvas_room(cv), force);
            double b = flow_draw(cv, &f[1], cv->left + wide + GAP, cv->y, canvas_room(cv), force);
            cv->y += a > b ? a : b;
            cv->fresh = false;
            if ((f[0].done && f[1].done) || cv->too_long)
                break;
            canvas_next_page(cv);
        }
        flow_end(&f[0]);
        flow_end(&f[1]);
        cv->y += BETWEEN;
    }
    cv->y += 3;
}
