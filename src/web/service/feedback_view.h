/* What the pages of ratings and complaints show. */
#pragma once
#include "web/page.h"

struct complaint_row_view {
    str url, code, subject, state;
    int64_t due_us, lodged_us;
    bool late;
};
/* On the page of a dossier. */
struct feedback_view {
    str rate_url, rated;         /* where to rate it; or how it was rated */
    str complain_url;            /* empty: not now */
    struct complaint_row_view *complaints;
    size_t complaint_count;
};
struct rating_level_view {
    int level;
    str label;
};
struct rate_view {
    str service, code, action_url, error, hint, reason;
    bool wrong_level; /* what `error` is about; else the reason */
    int64_t chosen;
    struct rating_level_view levels[5];
};
struct rating_line_view {
    str name, url, share;
    int64_t ratings;
    bool met;
};
struct month_view {
    const char *name; /* of the fields: NAME-month, NAME-year */
    str label;
    int64_t month, year, first_year, last_year;
};
struct satisfaction_view {
    struct month_view from, to;
    str office;
    int64_t target;
    struct rating_line_view total, *offices, *procedures;
    size_t office_count, procedure_count;
    str *reasons;
    size_t reason_count;
};
struct complain_view {
    str service, code, action_url, error, hint, reason, wish;
    int64_t accept_days, settle_days;
};
struct complaint_move_view {
    str command, label;
    bool needs_words, danger;
};
struct complaint_view {
    str code, service, state, office, complainant, reason, wish, answer, dossier_url, action_url, error, hint, words;
    int64_t version, lodged_us, due_us, ended_us;
    bool late, accepted;
    struct complaint_move_view moves[5];
    size_t move_count;
};
struct complaints_view {
    struct complaint_row_view *rows;
    size_t count;
    str next_url;
};
