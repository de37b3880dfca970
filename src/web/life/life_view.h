/* What the pages of life events show. */
#pragma once
#include "web/page.h"

struct life_move_view {
    str command, label;
    bool needs_reason, danger;
};
struct life_leg_view {
    str key, name, state, state_word, owner, reason, node;
    int64_t version, due_us, ended_us;
    bool late, unanswered;
    struct life_move_view *moves;
    size_t move_count;
};
struct life_moment_view {
    str what, leg, who, note;
    int64_t at_us;
};
struct life_answer_view {
    str label, value;
};
struct life_view {
    str name, code, state, state_word, awaited, awaited_of, move_url, dossier_url;
    int64_t version, began_us, ended_us;
    bool applicant;
    struct life_leg_view *legs;
    size_t leg_count;
    struct life_moment_view *moments;
    size_t moment_count;
    struct life_answer_view *answers;
    size_t answer_count;
};

struct life_row_view {
    str url, code, event, name, state, state_word;
    int64_t due_us;
    bool late, unanswered, mine;
};
struct life_rows_view {
    struct life_row_view *rows;
    size_t count;
};
struct life_ask_view {
    str url, name, event;
    int64_t bundle;
    str leg;
};
struct life_mine_view {
    struct life_rows_view bundles;
    struct life_ask_view *asked;
    size_t asked_count;
};
struct life_tab {
    str label, url;
    bool here;
};
struct life_desk_view {
    struct life_tab *tabs;
    size_t tab_count;
    struct life_rows_view page;
    str next_url;
};
