/* What the pages of cases show. */
#pragma once
#include "web/view.h"

struct case_tab {
    str label, url;
    bool here;
};
struct case_row_view {
    str url, name, kind, attribute, said, held, unit, left;
    int64_t due_us;
    bool late;
};
struct case_figure_view {
    str unit, url;
    int64_t settle, confirm, evidence, holders, done;
};
struct cases_view {
    struct case_tab *tabs, *kinds;
    size_t tab_count, kind_count;
    struct case_row_view *rows;
    size_t count;
    struct case_figure_view *figures;
    size_t figure_count;
    str next_url, done; /* done: what was just settled */
    bool may_settle;
};

/* A piece of a value; `differs`: the other side does not have it. */
struct case_piece {
    str text;
    bool differs;
};
struct case_line {
    str label, style;
    struct case_piece *pieces;
    size_t count;
    bool differs;
};
struct case_side {
    str title, source;
    struct case_line *lines;
    size_t count;
};
struct case_option_view {
    str value, label, gives;
    int place; /* the key that chooses it, from 1 */
    bool proposed, chosen;
};
struct case_candidate_view {
    str title, name, number, birth, sex, unit;
    int64_t percent;
    struct list_weight_view *weights;
    size_t count;
};
struct case_event_view {
    str what, who, note;
    int64_t at_us;
};
struct case_holder_view {
    str code, name, state;
    int64_t due_us;
    bool waits, late;
};
struct case_view {
    int64_t id, version;
    str title, kind, state, unit, source, left, due_text, settle_url, move_url, next_url;
    int64_t due_us;
    bool late, may_settle, waits_evidence, may_confirm, may_undo, mine;
    str claimed_by;
    int64_t claimed_us;
    struct case_side *sides;
    size_t side_count;
    struct case_candidate_view *candidates;
    size_t candidate_count;
    struct case_option_view *options;
    size_t option_count;
    bool takes_value, takes_paper;
    struct list_option *sources;
    size_t source_count;
    struct case_event_view *events;
    size_t event_count;
    struct case_holder_view *holders;
    size_t holder_count;
    struct list_option *offers; /* address, and what is offered */
    size_t offer_count;
    str verdict, error, hint, done; /* done: of the case before it */
};

struct offer_view {
    str label, value, evidence, state, reason;
    int64_t offered_us;
};
struct offers_view {
    struct list_option *topics;
    size_t topic_count;
    struct offer_view *offers;
    size_t count;
    str topic, value, evidence; /* as typed, when it was refused */
    str error, hint;
};
