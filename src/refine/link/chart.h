/* Charts of a linkage's report, drawn as SVG from its figures. Each stands beside a table with the same figures, so that
 * nothing is told by shape or colour alone. Inside of the HTML page. */
#pragma once
#include "refine/link/report.h"

struct page_out {
    struct arena *arena;
    enum lang lang;
    struct buf *buf;
};

void html_text(struct buf *out, str s); /* escaped for text and quoted attributes */

void chart_histogram(const struct page_out *p, const struct link_report *r);
void chart_steps(const struct page_out *p, const struct link_report *r);
void chart_weights(const struct page_out *p, const struct report_field *f, double most_bits);
void chart_keys(const struct page_out *p, const struct link_report *r);
