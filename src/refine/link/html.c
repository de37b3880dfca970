/* A linkage as one HTML page that needs nothing else: no script, no font, no image from anywhere. A content security policy
 * in its head says so to the browser. Every chart has its figures in a table below it, which opens without a script.
 * tested by: src/refine/link/test/report_test.c */
#include "messages/messages.h"
#include "refine/link/chart.h"
#include "refine/link/roles.h"

#include <math.h>

static const char style[] =
    "body{font:16px/1.5 'Be Vietnam Pro',system-ui,sans-serif;color:#0b0c0c;background:#fff;max-width:60rem;margin:0 auto;padding:1rem}\n"
    "h1{font-size:2rem}h2{font-size:1.4rem;margin-top:2.5rem}h3{font-size:1.1rem;margin-bottom:.25rem}\n"
    "table{border-collapse:collapse;width:100%;margin:.5rem 0 1rem}caption{text-align:left;font-weight:bold}\n"
    "th,td{text-align:left;padding:.3rem .6rem .3rem 0;border-bottom:1px solid #b1b4b6;vertical-align:top}\n"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}\n"
    "summary{cursor:pointer;color:#1d70b8;padding:.25rem 0}svg{width:100%;height:auto}svg text{font-size:12px;fill:#0b0c0c}\n"
    ".bar,.key{fill:#1d70b8}.bar.two,.key.two{fill:#b2371a}.line{fill:none;stroke:#1d70b8;stroke-width:2}\n"
    ".line.two{stroke:#b2371a;stroke-dasharray:6 3}.bar~.line{stroke:#b2371a}\n"
    ".axis{stroke:#505a5f}.grid{stroke:#e1e3e4}.threshold{stroke:#0b0c0c;stroke-width:2;stroke-dasharray:3 3}\n"
    ".note{color:#505a5f}.mind{border-left:.5rem solid #b2371a;padding-left:1rem}.scroll{overflow-x:auto}\n"
    "@media print{body{max-width:none}h2,svg,tr{break-inside:avoid}}\n";

static void tag(const struct page_out *p, const char *open, str text, const char *close)
{
    buf_add(p->buf, str_of(open));
    html_text(p->buf, text);
    buf_add(p->buf, str_of(close));
}

static void head_cell(const struct page_out *p, str text, bool number)
{
    tag(p, number ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">", text, "</th>");
}
static void row_head(const struct page_out *p, str text) { tag(p, "<tr><th scope=\"row\">", text, "</th>"); }
static void number_cell(const struct page_out *p, str text) { tag(p, "<td class=\"n\">", text, "</td>"); }
static void row_end(const struct page_out *p) { buf_add(p->buf, STR("</tr>\n")); }
static str count_text(const struct page_out *p, uint64_t n) { return msg_number(p->arena, p->lang, (int64_t)n); }

/* A table scrolls by itself on a small screen, and the keyboard can reach it. */
static void table_open(const struct page_out *p, str caption)
{
    tag(p, "<section class=\"scroll\" tabindex=\"0\" aria-label=\"", caption, "\">\n");
    tag(p, "<table><caption>", caption, "</caption>\n");
}
static void table_close(const struct page_out *p) { buf_add(p->buf, STR("</tbody></table></section>\n")); }

/* The figures of a chart, whose name opens them. */
static void figures_open(const struct page_out *p, str caption)
{
    tag(p, "<details><summary>", caption, "</summary>\n");
    table_open(p, caption);
}
static void figures_close(const struct page_out *p)
{
    table_close(p);
    buf_add(p->buf, STR("</details>\n"));
}

/* Six digits, with the mark of the language. */
static void share_cell(const struct page_out *p, double share)
{
    char *z = arena_z(p->arena, arena_printf(p->arena, "%.6f", share));

    z[1] = p->lang == LANG_VI ? ',' : '.';
    number_cell(p, str_of(z));
}

static void figure_row(const struct page_out *p, str label, str value)
{
    row_head(p, label);
    number_cell(p, value);
    row_end(p);
}

static void result_add(const struct page_out *p, const struct link_report *r)
{
    tag(p, "<h2>", msg_link_report_result(p->lang), "</h2>\n");
    table_open(p, msg_link_report_files(p->arena, p->lang, r->left, r->right));
    buf_add(p->buf, STR("<tbody>\n"));
    figure_row(p, msg_link_report_records(p->lang),
               r->sides == 2 ? arena_printf(p->arena, "%.*s × %.*s", STR_ARG(count_text(p, r->records[0])), STR_ARG(count_text(p, r->records[1])))
                             : count_text(p, r->records[0]));
    figure_row(p, msg_link_report_candidates(p->lang), count_text(p, r->candidates));
    figure_row(p, msg_link_report_matches(p->lang), count_text(p, r->found[REPORT_MATCH]));
    figure_row(p, msg_link_report_possible(p->lang), count_text(p, r->found[REPORT_POSSIBLE]));
    figure_row(p, msg_link_report_households(p->lang), count_text(p, r->found[REPORT_HOUSEHOLD]));
    figure_row(p, msg_link_report_clusters(p->lang), count_text(p, r->clusters));
    figure_row(p, msg_link_report_unlinkable(p->lang), count_text(p, r->unlinkable[0] + r->unlinkable[1]));
    if (r->cut)
        figure_row(p, msg_link_report_cut(p->lang), count_text(p, r->cut));
    figure_row(p, msg_link_report_threshold(p->lang), report_percent(p->arena, p->lang, r->threshold));
    if (r->precision >= 0) {
        figure_row(p, msg_link_report_precision(p->lang), report_percent(p->arena, p->lang, r->precision));
        figure_row(p, msg_link_report_recall(p->lang), report_percent(p->arena, p->lang, r->recall));
    }
    figure_row(p, msg_link_report_seconds(p->lang), report_bits(p->arena, p->lang, r->wall_seconds));
    figure_row(p, msg_link_report_cpu(p->lang), report_bits(p->arena, p->lang, r->cpu_seconds));
    table_close(p);
    tag(p, r->model == MODEL_FITTED ? "<p>" : "<p class=\"mind\">", report_model_text(p->arena, p->lang, r->model), "</p>\n");
    if (r->suggested)
        tag(p, "<p class=\"mind\">", msg_link_report_roles_suggested(p->lang), "</p>\n");
}

static void lacks_add(const struct page_out *p, const struct link_report *r)
{
    tag(p, "<h2>", msg_link_report_lacks(p->lang), "</h2>\n");
    tag(p, "<p class=\"note\">", msg_link_report_lacks_note(p->lang), "</p>\n");
    table_open(p, msg_link_report_lacks(p->lang));
    buf_add(p->buf, STR("<thead><tr>"));
    head_cell(p, msg_link_report_missing(p->lang), false);
    head_cell(p, msg_link_report_records(p->lang), true);
    buf_add(p->buf, STR("</tr></thead><tbody>\n"));
    for (int i = 0; i < r->lack_count; i++) {
        row_head(p, report_missing(p->arena, p->lang, r, r->lack[i].missing));
        number_cell(p, count_text(p, r->lack[i].records));
        row_end(p);
    }
    table_close(p);
}

static void bins_add(const struct page_out *p, const struct link_report *r)
{
    tag(p, "<h2>", msg_link_report_histogram(p->lang), "</h2>\n");
    tag(p, "<p class=\"note\">", msg_link_report_histogram_note(p->lang), "</p>\n");
    chart_histogram(p, r);
    figures_open(p, msg_link_report_histogram(p->lang));
    buf_add(p->buf, STR("<thead><tr>"));
    head_cell(p, msg_link_report_weight(p->lang), false);
    head_cell(p, msg_link_report_pairs(p->lang), true);
    head_cell(p, msg_link_report_expected(p->lang), true);
    buf_add(p->buf, STR("</tr></thead><tbody>\n"));
    for (int i = 0; i < r->bin_count; i++) {
        const struct report_bin *b = &r->bins[i];
        row_head(p, arena_printf(p->arena, "%.*s … %.*s", STR_ARG(report_bits(p->arena, p->lang, b->from)),
                                 STR_ARG(report_bits(p->arena, p->lang, b->to))));
        number_cell(p, count_text(p, b->pairs));
        number_cell(p, count_text(p, (uint64_t)llround(fmax(b->matches, 0))));
        row_end(p);
    }
    figures_close(p);
}

static void steps_add(const struct page_out *p, const struct link_report *r)
{
    tag(p, "<h2>", msg_link_report_steps(p->lang), "</h2>\n");
    tag(p, "<p class=\"note\">", msg_link_report_steps_note(p->lang), "</p>\n");
    chart_steps(p, r);
    figures_open(p, msg_link_report_steps(p->lang));
    buf_add(p->buf, STR("<thead><tr>"));
    head_cell(p, msg_link_report_threshold(p->lang), false);
    head_cell(p, msg_link_report_pairs(p->lang), true);
    head_cell(p, msg_link_report_precision(p->lang), true);
    head_cell(p, msg_link_report_recall(p->lang), true);
    buf_add(p->buf, STR("</tr></thead><tbody>\n"));
    for (int i = 0; i < r->step_count; i++) {
        row_head(p, report_percent(p->arena, p->lang, r->steps[i].probability));
        number_cell(p, count_text(p, (uint64_t)llround(r->steps[i].pairs)));
        number_cell(p, report_percent(p->arena, p->lang, r->steps[i].precision));
        number_cell(p, report_percent(p->arena, p->lang, r->steps[i].recall));
        row_end(p);
    }
    figures_close(p);
}

static void field_table(const struct page_out *p, const struct report_field *f, bool has_kin)
{
    figures_open(p, f->head);
    buf_add(p->buf, STR("<thead><tr>"));
    head_cell(p, msg_link_explain_level(p->lang), false);
    head_cell(p, STR("m"), true);
    head_cell(p, STR("u"), true);
    if (has_kin)
        head_cell(p, STR("k"), true);
    head_cell(p, msg_link_explain_bits(p->lang), true);
    buf_add(p->buf, STR("</tr></thead><tbody>\n"));
    for (int k = REPORT_LEVELS - 1; k > 0; k--) {
        const struct report_level *l = &f->levels[k];
        if (!l->used)
            continue;
        row_head(p, report_level_text(p->arena, p->lang, f->scale, k));
        share_cell(p, l->m);
        share_cell(p, l->u);
        if (has_kin)
            share_cell(p, l->k);
        number_cell(p, report_bits(p->arena, p->lang, l->bits));
        row_end(p);
    }
    figures_close(p);
}

static void fields_add(const struct page_out *p, const struct link_report *r)
{
    double most = 1;

    tag(p, "<h2>", msg_link_report_weights(p->lang), "</h2>\n");
    tag(p, "<p class=\"note\">", msg_link_report_weights_note(p->lang), "</p>\n");
    if (r->has_kin)
        tag(p, "<p class=\"note\">", msg_link_report_kin_note(p->lang), "</p>\n");
    for (int i = 0; i < r->field_count; i++)
        for (int k = 1; k < REPORT_LEVELS; k++)
            if (r->fields[i].levels[k].used)
                most = fmax(most, fabs(r->fields[i].levels[k].bits));
    for (int i = 0; i < r->field_count; i++) {
        tag(p, "<h3>", r->fields[i].head, "</h3>\n");
        tag(p, "<p class=\"note\">", str_of(link_role_word(r->fields[i].role)), "</p>\n");
        chart_weights(p, &r->fields[i], most);
        field_table(p, &r->fields[i], r->has_kin);
    }
}

static void keys_add(const struct page_out *p, const struct link_report *r)
{
    tag(p, "<h2>", msg_link_report_keys(p->lang), "</h2>\n");
    tag(p, "<p class=\"note\">",
        msg_link_report_keys_note(p->arena, p->lang, r->keys_considered, (int64_t)r->sure, report_percent(p->arena, p->lang, r->missed)), "</p>\n");
    chart_keys(p, r);
    figures_open(p, msg_link_report_keys(p->lang));
    buf_add(p->buf, STR("<thead><tr>"));
    head_cell(p, msg_link_report_key(p->lang), false);
    head_cell(p, msg_link_report_pairs(p->lang), true);
    head_cell(p, msg_link_report_brings(p->lang), true);
    head_cell(p, msg_link_report_first(p->lang), true);
    buf_add(p->buf, STR("</tr></thead><tbody>\n"));
    for (int i = 0; i < r->key_count; i++) {
        const struct report_key *k = &r->keys[i];
        row_head(p, k->name);
        number_cell(p, count_text(p, (uint64_t)llround(k->pairs)));
        number_cell(p, report_percent(p->arena, p->lang, k->brings));
        number_cell(p, report_percent(p->arena, p->lang, k->first));
        row_end(p);
    }
    figures_close(p);
}

void report_html(struct arena *a, enum lang lang, const struct link_report *r, struct buf *out)
{
    struct page_out p = { .arena = a, .lang = lang, .buf = out };
    str title = msg_link_report_title(lang);

    buf_printf(out, "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n", lang == LANG_EN ? "en" : "vi");
    buf_add(out, STR("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"));
    buf_add(out, STR("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"));
    tag(&p, "<title>", title, "</title>\n");
    buf_printf(out, "<style>\n%s</style>\n</head>\n<body>\n<main>\n", style);
    tag(&p, "<h1>", title, "</h1>\n");
    result_add(&p, r);
    if (r->lack_count)
        lacks_add(&p, r);
    bins_add(&p, r);
    if (r->step_count)
        steps_add(&p, r);
    fields_add(&p, r);
    keys_add(&p, r);
    buf_add(out, STR("</main>\n</body>\n</html>\n"));
}
