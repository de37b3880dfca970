/* What the pages of quality show. */
#pragma once
#include "web/view.h"

struct quality_measure_view {
    int percent;
    bool low; /* below what is aimed at */
};
struct quality_row_view {
    str name, url, trend_url;
    int64_t rows, stale;
    struct quality_measure_view measures[4]; /* đúng, đủ, sạch, sống */
};
struct quality_step_view {
    str register_name, url, says, dimension;
    int64_t rows, minutes, per_hour, hours;
};
struct quality_view {
    str unit_name;
    struct list_option *maps;
    size_t map_count;
    str map;
    struct quality_row_view *rows;
    size_t row_count;
    struct link *empty; /* registers without rows */
    size_t empty_count;
    struct link *units; /* to the figures of a unit of the one that is shown */
    size_t unit_count;
    struct link *crumbs; /* the units above it, the highest first */
    size_t crumb_count;
    struct quality_step_view *steps;
    size_t step_count;
    int64_t as_of_us;
};

struct quality_point_view {
    day day;
    int64_t rows;
    int percent[4];
};
struct quality_line_view {
    str label, points, class; /* of an SVG polyline in a box of 600 by 200 */
};
struct quality_trend_view {
    str name, back_url;
    struct quality_point_view *points; /* the newest first */
    size_t point_count;
    struct quality_line_view lines[4];
    bool drawn;
};
