/* The blocks of a document and their drawing in order: what each looks like, by NĐ 30/2020/NĐ-CP annex I. Sizes are points,
 * the letters Tinos, which has the measures of the Times New Roman that the decree asks for and all Vietnamese letters.
 * tested by: src/paper/test/paper_test.c */
#include "paper/inside.h"

#include <cairo-pdf.h>
#include <string.h>

#include "messages/messages.h"

static const char font_family[] = "Tinos";

/* Fontconfig and pango keep their lists of fonts until the process ends; the leak checker of test builds asks here what to pass over. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:libfontconfig\nleak:libpango\n"; }

struct paper *paper_new(struct arena *a, const struct paper_about *about)
{
    struct paper *p = ARENA_NEW(a, struct paper);
    *p = (struct paper){ .arena = a, .about = *about };
    p->last = &p->first;
    return p;
}

static struct block *block_add(struct paper *p, enum block_kind kind)
{
    struct block *b = ARENA_NEW(p->arena, struct block);
    b->kind = kind;
    *p->last = b;
    p->last = &b->next;
    return b;
}

void paper_head(struct paper *p, const struct paper_head *head) { block_add(p, BLOCK_HEAD)->head = *head; }
void paper_form(struct paper *p, struct paper_words name) { block_add(p, BLOCK_FORM)->text = name; }
void paper_heading(struct paper *p, struct paper_words text) { block_add(p, BLOCK_HEADING)->text = text; }
void paper_text(struct paper *p, struct paper_words text) { block_add(p, BLOCK_TEXT)->text = text; }
void paper_item(struct paper *p, struct paper_words text) { block_add(p, BLOCK_ITEM)->text = text; }
void paper_note(struct paper *p, struct paper_words text) { block_add(p, BLOCK_NOTE)->text = text; }

void paper_title(struct paper *p, struct paper_words title, struct paper_words under)
{
    struct block *b = block_add(p, BLOCK_TITLE);
    b->text = title;
    b->under = under;
}

void paper_pairs(struct paper *p, const struct paper_pair *pairs, size_t count)
{
    struct block *b = block_add(p, BLOCK_PAIRS);
    b->pairs = pairs;
    b->pair_count = count;
}

void paper_table(struct paper *p, const struct paper_table *t)
{
    MUST(t->column_count >= 1 && t->column_count <= PAPER_COLUMNS_MAX);
    block_add(p, BLOCK_TABLE)->table = *t;
}

void paper_signers(struct paper *p, const struct paper_signer *left, const struct paper_signer *right)
{
    struct block *b = block_add(p, BLOCK_SIGNERS);
    if (left)
        b->left = *left;
    if (right)
        b->right = *right;
}

void paper_code(struct paper *p, str text, struct paper_words beside)
{
    struct block *b = block_add(p, BLOCK_CODE);
    b->code = text;
    b->text = beside;
}

/* --- the head ------------------------------------------------------------------------------------------------------------- */

struct column {
    double x, width, y;
};

static void column_line(struct canvas *cv, struct column *c, struct paper_words w, const struct style *s)
{
    if (words_are_empty(w))
        return;
    PangoLayout *l = words_layout(cv, w, s, c->width);
    layout_draw(cv, l, c->x, c->y);
    c->y += layout_height(l);
    g_object_unref(l);
}

/* The line under agency and motto, `share` of the column, in its middle. */
static void column_rule(struct canvas *cv, struct column *c, double share)
{
    double length = c->width * share;
    c->y += 2;
    cairo_set_line_width(cv->cairo, 0.7);
    cairo_move_to(cv->cairo, c->x + (c->width - length) / 2, c->y);
    cairo_rel_line_to(cv->cairo, length, 0);
    cairo_stroke(cv->cairo);
    c->y += 8;
}

static struct paper_words date_words(struct canvas *cv, const struct paper_head *h)
{
    int y = day_year(h->on), m = day_month(h->on), d = day_of_month(h->on);
    str month_en = { 0 }, year = arena_printf(cv->arena, "%d", y);
    /* A day below 10 and the first two months take a zero in front (NĐ 30/2020 annex I, I.4). */
    str date = arena_printf(cv->arena, "%02d", d), month = arena_printf(cv->arena, m < 3 ? "%02d" : "%d", m);
    struct paper_words w = { .vi = msg_paper_place_date(cv->arena, LANG_VI, h->place.vi, date, month, year) };
    (void)msg_find(arena_printf(cv->arena, "month_%d", m), LANG_EN, &month_en);
    if (h->place.en.len)
        w.en = msg_paper_place_date(cv->arena, LANG_EN, h->place.en, arena_printf(cv->arena, "%d", d), month_en, year);
    return w;
}

static void head_draw(struct canvas *cv, const struct paper_head *h)
{
    static const struct style caps = { .size = 12, .align = PAPER_CENTRE }, bold = { .size = 12, .bold = true, .align = PAPER_CENTRE },
                              motto = { .size = 13, .bold = true, .align = PAPER_CENTRE }, plain = { .size = 13, .align = PAPER_CENTRE },
                              date = { .size = 13, .italic = true, .align = PAPER_CENTRE };
    bool english = h->agency.en.len > 0;
    struct column l = { cv->left - 10, cv->width * 0.44, cv->y }, r = { cv->left + cv->width * 0.44, cv->width * 0.56 + 6, cv->y };
    column_line(cv, &l, h->over, &caps);
    column_line(cv, &l, h->agency, &bold);
    column_rule(cv, &l, 0.4);
    if (h->number.len) {
        struct paper_words number = { .vi = msg_paper_number(cv->arena, LANG_VI, h->number) };
        column_line(cv, &l, number, &plain);
    }
    column_line(cv, &r, (struct paper_words){ msg_paper_state(LANG_VI), english ? msg_paper_state(LANG_EN) : STR("") }, &bold);
    column_line(cv, &r, (struct paper_words){ msg_paper_motto(LANG_VI), english ? msg_paper_motto(LANG_EN) : STR("") }, &motto);
    column_rule(cv, &r, 0.56);
    if (!words_are_empty(h->place))
        column_line(cv, &r, date_words(cv, h), &date);
    cv->y = (l.y > r.y ? l.y : r.y) + 14;
    cv->fresh = false;
}

/* --- the other blocks ------------------------------------------------------------------------------------------------------ */

static void title_draw(struct canvas *cv, const struct block *b)
{
    static const struct style title = { .size = 14, .bold = true, .align = PAPER_CENTRE }, under = { .size = 13, .bold = true, .align = PAPER_CENTRE };
    cv->y += 6;
    words_flow(cv, b->text, &title, 0);
    if (!words_are_empty(b->under))
        words_flow(cv, b->under, &under, 0);
    cv->y += 8;
}

static void signer_draw(struct canvas *cv, const struct paper_signer *s, struct column *c)
{
    static const struct style role = { .size = 13, .bold = true, .align = PAPER_CENTRE }, note = { .size = 12, .italic = true, .align = PAPER_CENTRE };
    column_line(cv, c, s->role, &role);
    column_line(cv, c, s->note, &note);
    if (!s->name.len)
        return;
    c->y += 34; /* where a hand would sign */
    column_line(cv, c, (struct paper_words){ .vi = s->name }, &role);
}

static void signers_draw(struct canvas *cv, const struct block *b)
{
    enum { SIGNERS_HIGH = 150 };
    cv->y += 8;
    canvas_need(cv, SIGNERS_HIGH);
    struct column l = { cv->left, cv->width / 2 - 8, cv->y }, r = { cv->left + cv->width / 2 + 8, cv->width / 2 - 8, cv->y };
    signer_draw(cv, &b->left, &l);
    signer_draw(cv, &b->right, &r);
    cv->y = (l.y > r.y ? l.y : r.y) + 10;
    cv->fresh = false;
}

static STATUS code_draw(struct canvas *cv, const struct block *b)
{
    enum { SIDE = 85, GAP = 10 }; /* 30 mm */
    static const struct style beside = { .size = 11 };
    struct qr q;
    TRY(qr_make(cv->arena, b->code, &q));
    canvas_need(cv, SIDE + GAP);
    double module = SIDE / (double)(q.size + 8), top = cv->y;
    for (int y = 0; y < q.size; y++)
        for (int x = 0; x < q.size; x++)
            if (q.modules[y * q.size + x])
                cairo_rectangle(cv->cairo, cv->left + (x + 4) * module, top + (y + 4) * module, module, module);
    cairo_fill(cv->cairo);
    PangoLayout *l = words_layout(cv, b->text, &beside, cv->width - SIDE - GAP);
    layout_draw(cv, l, cv->left + SIDE + GAP, top + GAP);
    g_object_unref(l);
    cv->y += SIDE + GAP;
    cv->fresh = false;
    return OK;
}

static STATUS block_draw(struct canvas *cv, const struct block *b)
{
    static const struct style form = { .size = 11, .italic = true, .align = PAPER_RIGHT, .inline_en = true }, heading = { .size = 13, .bold = true },
                              text = { .size = 13, .justified = true, .indent = 28 }, item = { .size = 13, .justified = true },
                              note = { .size = 10, .italic = true, .justified = true };
    switch (b->kind) {
    case BLOCK_HEAD: head_draw(cv, &b->head); break;
    case BLOCK_FORM: words_flow(cv, b->text, &form, 0); break;
    case BLOCK_TITLE: title_draw(cv, b); break;
    case BLOCK_HEADING:
        cv->y += 4;
        canvas_need(cv, 60); /* not alone at the foot of a page */
        words_flow(cv, b->text, &heading, 0);
        break;
    case BLOCK_TEXT: words_flow(cv, b->text, &text, 0); break;
    case BLOCK_ITEM:
        canvas_need(cv, 20);
        words_flow(cv, (struct paper_words){ arena_printf(cv->arena, "– %.*s", STR_ARG(b->text.vi)), b->text.en }, &item, 14);
        break;
    case BLOCK_PAIRS: pairs_draw(cv, b->pairs, b->pair_count); break;
    case BLOCK_TABLE: table_draw(cv, &b->table); break;
    case BLOCK_SIGNERS: signers_draw(cv, b); break;
    case BLOCK_CODE: return code_draw(cv, b);
    case BLOCK_NOTE: words_flow(cv, b->text, &note, 0); break;
    }
    return OK;
}

/* --- the file -------------------------------------------------------------------------------------------------------------- */

static cairo_status_t bytes_take(void *closure, const unsigned char *bytes, unsigned len)
{
    buf_bytes(closure, bytes, len);
    return CAIRO_STATUS_SUCCESS;
}

static void about_set(cairo_surface_t *s, const struct paper *p)
{
    char at[28], day_text[26];
    clock_format(p->about.at_us, at);
    memcpy(day_text, at, 19);
    memcpy(day_text + 19, "Z", 2); /* cairo reads no fractions */
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_TITLE, arena_z(p->arena, p->about.title.vi));
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_AUTHOR, arena_z(p->arena, p->about.author));
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_CREATOR, "dancu");
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_CREATE_DATE, day_text);
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_MOD_DATE, day_text);
}

/* The font that is asked for must be the one that comes: another would have other measures, or lack letters. */
static STATUS font_check(PangoContext *c)
{
    PangoFontDescription *d = pango_font_description_from_string(font_family), *got;
    PangoFont *f = pango_context_load_font(c, d);
    bool good = false;
    pango_font_description_free(d);
    if (f) {
        got = pango_font_describe(f);
        good = strcmp(pango_font_description_get_family(got), font_family) == 0;
        pango_font_description_free(got);
        g_object_unref(f);
    }
    if (good)
        return OK;
    status st = FAIL(PAPER_FONT);
    fault_detail("font %s is not installed (package fonts-croscore)", font_family);
    return st;
}

static STATUS blocks_draw(struct canvas *cv, const struct paper *p)
{
    TRY(font_check(cv->pango));
    for (const struct block *b = p->first; b && !cv->too_long; b = b->next)
        TRY(block_draw(cv, b));
    return cv->too_long ? FAIL_AT(TEXT_TOO_LONG, STR("paper")) : OK;
}

static void pango_prepare(struct canvas *cv)
{
    cairo_font_options_t *o = cairo_font_options_create();
    PangoFontDescription *d = pango_font_description_from_string(font_family);
    cairo_font_options_set_hint_style(o, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(o, CAIRO_HINT_METRICS_OFF);
    cv->pango = pango_cairo_create_context(cv->cairo);
    pango_cairo_context_set_font_options(cv->pango, o);
    pango_context_set_round_glyph_positions(cv->pango, FALSE);
    pango_context_set_font_description(cv->pango, d);
    pango_context_set_language(cv->pango, pango_language_from_string("vi"));
    pango_font_description_free(d);
    cairo_font_options_destroy(o);
}

STATUS paper_render(const struct paper *p, struct buf *out)
{
    enum { LEFT = 85, RIGHT = 48, TOP = 57, BOTTOM = 57 }; /* 30, 17, 20 and 20 mm: NĐ 30/2020 annex I */
    double wide = p->about.landscape ? PAPER_POINTS_HIGH : PAPER_POINTS_WIDE, high = p->about.landscape ? PAPER_POINTS_WIDE : PAPER_POINTS_HIGH;
    struct buf draft;
    buf_init(&draft, PAPER_BYTES_MAX);
    cairo_surface_t *s = cairo_pdf_surface_create_for_stream(bytes_take, &draft, wide, high);
    cairo_pdf_surface_restrict_to_version(s, CAIRO_PDF_VERSION_1_4);
    about_set(s, p);
    double left = p->about.landscape ? TOP : LEFT;
    struct canvas cv = { .cairo = cairo_create(s), .arena = p->arena, .left = left, .top = TOP, .width = wide - left - RIGHT, .bottom = high - BOTTOM,
                         .y = TOP, .height = high, .page = 1, .fresh = true };
    pango_prepare(&cv);
    status st = blocks_draw(&cv, p);
    cairo_show_page(cv.cairo);
    g_object_unref(cv.pango);
    cairo_destroy(cv.cairo);
    cairo_surface_finish(s);
    bool broken = cairo_surface_status(s) != CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(s);
    if (status_ok(st) && broken)
        st = FAIL(INTERNAL);
    if (status_ok(st))
        st = buf_check(&draft);
    if (status_ok(st))
        buf_add(out, buf_str(&draft));
    buf_done(&draft);
    return status_ok(st) ? buf_check(out) : fault_pass(st, __FILE__, __LINE__);
}
