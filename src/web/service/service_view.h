/* What the pages of public services show. */
#pragma once
#include "web/page.h"

struct service_link {
    str name, url, area, level, term;
    int64_t fee;
};
struct services_view {
    struct service_link *list;
    size_t count;
};
struct service_view {
    str key, name, code, area, law, level, term, result;
    int64_t fee_online, fee_counter;
    str *asked, *fetched, *steps;
    size_t asked_count, fetched_count, step_count;
    bool citizen, officer, signed_in;
    str sign_in_url;
};

struct question_choice {
    str word, label;
    bool chosen;
};
struct question_view {
    int64_t dossier, version;
    str service, key, label, help, value, error, hint, back_url, action_url;
    str type; /* "text", "long", "number", "money", "day", "choice", "unit", … */
    str day, month, year;
    struct question_choice *choices;
    size_t choice_count;
    bool optional, known;
    int64_t place, places; /* question 2 of 7 */
    str row_label;         /* "Thành viên 2" for a question of a row */
};
struct dossier_answer_view {
    str label, value, change_url;
};
/* A group: its rows so far, each to be changed or removed, and one more. */
struct row_view {
    str label, change_url;
    struct dossier_answer_view *answers;
    size_t answer_count;
    bool whole;
    int64_t row;
};
struct rows_view {
    int64_t dossier, version, least, most;
    str service, key, label, help, error, hint, back_url, action_url;
    struct row_view *rows;
    size_t count;
    int64_t place, places;
};

struct dossier_event_view {
    str what, state, step, who, note;
    int64_t at_us, amount;
};
struct dossier_holder_view {
    str name, held, late;
};
struct dossier_move_view {
    str command, label;
    bool needs_reason, takes_reason, takes_amount, takes_receipt, takes_day, danger;
    bool asks; /* wants something to be filled in */
};
struct dossier_paper_view {
    str label, url, state, verify_url, number;
    int64_t issued_us; /* 0: not issued yet */
    bool ended;
};
/* The simulated bank. */
struct payment_view;
struct bank_view {
    const struct payment_view *pay; /* NULL: nothing is owed */
    int64_t dossier, paid;          /* paid: what has just been paid, 0: not yet */
    str action_url, dossier_url, receipt, card_pays, card_declined, declined;
};
/* How a fee is paid by transfer. */
struct payment_view {
    int64_t owed;
    str bank, account, holder, words;
    str picture; /* the path of the code's dark parts */
    str box;     /* of the picture */
    str bank_url; /* of the simulated bank, if there is one */
};

struct feedback_view;
struct benefit_part_view;
struct dossier_view {
    struct benefit_part_view *benefits; /* NULL: a draft */
    struct feedback_view *feedback; /* NULL: a draft */
    struct dossier_paper_view *papers;
    size_t paper_count;
    str control_url; /* of the control sheet; officers only */
    struct dossier_component_view *components; /* with their files */
    size_t component_count;
    str files_url; /* where more can be handed in; empty: not now */
    int64_t dossier, version;
    str service, code, state, state_word, office, step, applicant, left, law;
    str applicant_number, submit_url, move_url;
    int64_t due_us, until_us, fee, paid;
    struct payment_view *pay; /* while it waits for its fee; NULL: nothing to pay, or at the counter only */
    bool late, draft, desk;
    str error, hint;
    struct dossier_answer_view *answers, *fetched;
    size_t answer_count, fetched_count;
    struct dossier_event_view *events;
    size_t event_count;
    struct dossier_holder_view *holders;
    size_t holder_count;
    struct dossier_move_view *moves;
    size_t move_count;
};

struct dossier_row_view {
    str url, code, service, applicant, state, state_word, left;
    int64_t due_us, submitted_us;
    bool late, mine;
};
struct dossiers_view {
    struct dossier_row_view *rows;
    size_t count;
    str next_url;
};
struct desk_tab {
    str label, url;
    int64_t dossiers;
    bool here;
};
struct dossier_file_view {
    str name, url, type;
    int64_t attachment, kilobytes, added_us;
    bool mine;
};
struct dossier_component_view {
    str key, label;
    struct dossier_file_view *files;
    size_t file_count;
    bool failed; /* what was refused was meant for it */
};
struct files_view {
    int64_t dossier;
    str service, action_url, drop_url, next_url, error, hint;
    struct dossier_component_view *components;
    size_t component_count;
    bool open, draft;
};
struct verify_view {
    str code, kind, state, number, office, procedure, digest, error, hint;
    int64_t issued_us, ended_us;
    bool known, valid, asked, holds;
    str asked_number, asked_name;
};
struct desk_view {
    str book_from, book_to; /* yyyy-mm-dd: this month until today */
    struct desk_tab *tabs;
    size_t tab_count;
    struct dossiers_view page;
};
