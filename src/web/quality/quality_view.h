/* What the pages of quality show. */
#pragma once
#include "web/view.h"

struct quality_measure_view {
    int percent;
    bool low; /* below what is aimed at */
};
struct quality_row_view {
    str name, url, trend_url, fields_url;
    int64_t rows, stale;
    struct quality_measure_view measures[4]; /* đúng, đủ, sạch, sống */
};
struct quality_step_view {
    str register_name, url, says, dimension;
    int64_t rows, minutes, per_hour, hours;
};
/* The ways from what is shown to other units, and to the other map. */
struct quality_places {
    str country_url;
    bool within; /* a unit: of one map */
    struct link *units; /* of the one that is shown */
    size_t unit_count;
    struct link *crumbs; /* above it, the highest first */
    size_t crumb_count;
    struct list_option maps[2];
    str map;
};
/* Which unit owes mendings, most late first. */
struct quality_debt_view {
    str unit, url;
    int64_t owed, late;
    day oldest;
};
struct quality_debts_view {
    struct quality_debt_view *rows;
    size_t count;
    int64_t owed, late;
};
struct quality_view {
    str unit_name;
    struct quality_places places;
    struct quality_row_view *rows;
    size_t row_count;
    struct link *empty; /* registers without rows */
    size_t empty_count;
    struct quality_step_view *steps;
    size_t step_count;
    struct quality_debts_view debts;
    int64_t as_of_us;
};

struct quality_point_view {
    day day;
    int64_t rows;
    int percent[4];
};
struct quality_line_view {
    int dimension;
    str label, points, class; /* of an SVG polyline in a box of 600 by 200 */
};
struct quality_trend_view {
    str name, unit_name, back_url;
    struct quality_point_view *points; /* the newest first */
    size_t point_count;
    struct quality_line_view lines[4]; /* of the dimensions that are judged */
    size_t line_count;
    bool drawn;
};

/* One attribute, or one unit, in the four dimensions. */
struct quality_share_view {
    bool judged, low;
    int percent;
    int64_t flawed;
    str url, about; /* to the rows that fail, where they may be seen; what the link is about, for those who do not see the table */
};
struct quality_shares_view {
    str name, url;
    struct quality_share_view shares[4];
};
struct quality_fields_view {
    str code, register_name, unit_name, unit, map_word, field; /* field: what was chosen; empty: none */
    struct list_option *registers;
    size_t register_count;
    struct quality_places places;
    int64_t rows, stale;
    struct quality_shares_view *fields;
    size_t field_count;
    str field_name, all_url, trend_url; /* of the chosen one */
    struct quality_step_view *rules;    /* about it, which some row fails */
    size_t rule_count;
    struct quality_shares_view *units;
    size_t unit_count;
    str csv_url, xlsx_url;
};

struct quality_mending_view {
    str register_name, says, unit, url, asked_by, reason;
    int64_t issue, version, asked_us;
    day due;
    bool late, open;
};
struct quality_mendings_view {
    str unit_name, done, error, hint, next_url, tab;
    struct list_option *tabs; /* address and label */
    size_t tab_count;
    struct quality_mending_view *rows;
    size_t count;
    bool may_act;
    struct quality_debts_view debts;
};
