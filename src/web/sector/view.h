/* What the pages of sector registers show. */
#pragma once
#include "web/view.h"

struct sector_link_view {
    str name, url, note;
    bool live;
};
struct sectors_view {
    struct sector_link_view *items;
    size_t count;
};

struct sector_count_view {
    str name, url;
    int64_t rows, linked;
    int correct, complete, clean, live; /* per cent */
};
struct sector_column_view {
    str label, type, class, note;
};
struct sector_rule_view {
    str says, dimension, expects, url; /* url: the rows that fail it; empty: none, or not to be seen */
    int64_t failing;
};
struct sector_row_view {
    str url, number, name, birth, sex, unit, link, cells, broken;
};
struct sector_view {
    str code, name, owner, law, class, subject;
    struct link *crumbs;
    size_t crumb_count;
    struct sector_count_view total, *units;
    size_t unit_count;
    struct sector_column_view *columns;
    size_t column_count;
    struct sector_rule_view *rules;
    size_t rule_count;
    int64_t stale;
    bool may_see_rows;
    struct list_option *filters; /* label and address of each */
    size_t filter_count;
    str filter;
    str failing; /* says which failing rows alone are shown; empty: all rows are */
    struct sector_row_view *rows;
    size_t row_count;
    str next_url;
    str origin, origin_late; /* of a register that lives elsewhere; origin_late: how it fails */
};
/* What came of a look-up. */
struct sector_found_view {
    str code, name, back_url, again_url, state, age;
    struct sector_row_view *rows;
    size_t count;
};

struct sector_pair {
    str label, value;
    bool readable;
};
struct sector_moment_view {
    str kind, organisation, changed;
    day effective;
    int64_t recorded_us;
    struct sector_pair *cells;
    size_t cell_count;
};
struct sector_input_view {
    str key, label, value, measure, hint;
    str error;     /* why its value was refused */
    str described; /* the element that says more of it: its hint or its error */
    bool fixed, digits; /* fixed: part of the key */
    const struct list_option *choices; /* of a code list */
    size_t choice_count;
};
struct sector_row_page_view {
    str error, hint, wrong; /* wrong: the address of the input that was refused */
    bool done, may_write;
    struct sector_input_view *inputs;
    size_t input_count;
    str title, back_url, unit, link;
    struct sector_pair *cells;
    size_t cell_count;
    str code;
    int64_t row;
    struct sector_broken_view { str check, says; } *broken;
    bool may_ask; /* for a mending */
    size_t broken_count;
    int64_t version;
    bool ended, stale;
    str age; /* of a copy */
    struct sector_moment_view *moments;
    size_t moment_count;
};
