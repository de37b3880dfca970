/* Inside of paper: the blocks of a document, and the page on which they are drawn. */
#pragma once
#include <cairo.h>
#include <pango/pangocairo.h>

#include "paper/paper.h"

enum block_kind { BLOCK_HEAD, BLOCK_FORM, BLOCK_TITLE, BLOCK_HEADING, BLOCK_TEXT, BLOCK_ITEM, BLOCK_PAIRS, BLOCK_TABLE, BLOCK_SIGNERS,
                  BLOCK_CODE, BLOCK_NOTE };

struct block {
    enum block_kind kind;
    struct block *next;
    struct paper_words text, under;
    str code;
    struct paper_head head;
    const struct paper_pair *pairs;
    size_t pair_count;
    struct paper_table table;
    struct paper_signer left, right;
};

struct paper {
    struct arena *arena;
    struct paper_about about;
    struct block *first, **last;
};

/* The page being drawn; lengths are points. */
struct canvas {
    cairo_t *cairo;
    PangoContext *pango;
    struct arena *arena;
    double left, top, width, bottom; /* of what may be written on */
    double y;                        /* where the next block begins */
    double height;                   /* of the sheet */
    int page;
    bool fresh; /* nothing on this page yet */
    bool too_long;
};

struct style {
    double size;
    bool bold, italic, justified, inline_en; /* inline_en: English behind a slash instead of on a line of its own */
    enum paper_align align;
    double indent;
};

/* --- page.c: texts and pages --- */
void canvas_next_page(struct canvas *cv);
double canvas_room(const struct canvas *cv);                /* from y to the bottom */
void canvas_need(struct canvas *cv, double points);         /* a new page if less is left, but not on a fresh one */
PangoLayout *words_layout(struct canvas *cv, struct paper_words w, const struct style *s, double width);
double layout_height(PangoLayout *l);
void layout_draw(struct canvas *cv, PangoLayout *l, double x, double y);   /* whole, at a place */
void words_flow(struct canvas *cv, struct paper_words w, const struct style *s, double indent); /* at y, over pages */
bool words_are_empty(struct paper_words w);

/* A layout that is drawn piece by piece. */
struct flow {
    PangoLayout *layout;
    PangoLayoutIter *iter;
    bool done;
};
void flow_begin(struct flow *f, PangoLayout *l); /* takes the layout */
void flow_end(struct flow *f);
/* Draws the lines that fit into `room` below y, at least one if `force`; returns the height of what was drawn. */
double flow_draw(struct canvas *cv, struct flow *f, double x, double y, double room, bool force);
double flow_height(const struct flow *f); /* of what is left */

/* --- table.c --- */
void table_draw(struct canvas *cv, const struct paper_table *t);
void pairs_draw(struct canvas *cv, const struct paper_pair *pairs, size_t count);
