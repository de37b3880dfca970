/* What the pages of reconciliation runs show. */
#pragma once
#include "web/view.h"

struct run_line_view {
    str name, url, state, place;
    int64_t rows, matched, snapshot_us;
};
struct runs_view {
    struct run_line_view *items;
    size_t count;
    struct list_option *registers; /* that may be planned */
    size_t register_count;
    bool may_plan;
    str next_url;
};

struct run_figure_view {
    str label, url;
    int64_t rows;
    int share;
};
struct run_field_view {
    str label, url;
    int64_t compared, differing, confidence;
};
struct run_unit_view {
    str name, url, conflicts_url;
    int64_t rows, matched, conflicting, ambiguous, not_found, other, confidence;
};
struct run_view {
    int64_t run;
    str title, state, place, url, delivery, repeats, repeats_url, digest, error;
    int64_t snapshot_us, rows_done, rows_total, rows, matched, cases;
    int percent;
    bool moving, scored, failed, may_stop, may_go_on, may_publish, may_repeat, may_work;
    struct link *crumbs;
    size_t crumb_count;
    struct run_figure_view *outcomes, *bands;
    size_t outcome_count, band_count;
    struct run_field_view *fields;
    size_t field_count;
    struct run_unit_view *units, total;
    size_t unit_count;
    struct list_option *maps; /* url and label */
    size_t map_count, map_shown;
    str map, csv_url, xlsx_url, pdf_url;
};

struct run_value_view {
    str label, listed, held;
    bool differs;
};
struct run_row_view {
    int64_t row, confidence;
    str name, unit, duplicate_of;
    struct run_value_view *values;
    size_t value_count;
    struct list_candidate_view *candidates;
    str *candidate_names;
    size_t candidate_count;
};
struct run_rows_view {
    str back_url, outcome, field, unit, next_url;
    struct list_option *outcomes;
    size_t outcome_count;
    struct run_row_view *rows;
    size_t count;
};
