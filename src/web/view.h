/* What the pages show: plain values and words, made by the handlers, read by the templates. */
#pragma once
#include "web/page.h"

struct error_view {
    int http;
    str message, hint;
    bool sign_in; /* offer it */
};

struct sign_in_view {
    str name, next;
    str error, hint; /* of a try that failed */
};

struct link {
    str name, url;
};

struct home_row {
    str name, url; /* url: to the units below; may be empty */
    int64_t people, women, children, elders, deceased;
    int share; /* per cent of the largest row */
};
struct home_band {
    int from; /* age; -1: not known */
    int64_t men, women;
    int share_men, share_women;
};
struct home_view {
    bool signed_in;
    str place, level_note;
    struct link *crumbs;
    size_t crumb_count;
    struct home_row total, *rows;
    size_t row_count;
    struct home_band *bands;
    size_t band_count;
    bool as_registered; /* units of the time of registration; else those in force today */
    str url_registered, url_new;
    int64_t as_of_us;
};

struct record_fact {
    str label, value, source, organisation;
    day from;
    int64_t recorded_us;
    int confidence;
};
struct record_view {
    struct record_fact *facts;
    size_t fact_count;
    str *warnings;
    size_t warning_count;
    int64_t version, as_of_us;
};

struct access_entry {
    int64_t index, time_us;
    str what, who, place, ground, law, fields, proof_url;
    bool change, own;
};
struct access_view {
    struct access_entry *entries;
    size_t count;
    bool first_page;
    str next_url;
};

struct list_item_view {
    str name, url, source, state;
    int64_t rows, matched, created_us;
};
struct list_view {
    struct list_item_view *items;
    size_t count;
    str error, hint; /* of a file that was refused */
    const struct list_option *registers;
    size_t register_count;
};

struct list_option {
    str word, label;
};
struct list_column_view {
    str header, role, encoding, samples; /* role: of a person, "field:card_no" of the register, or both with a bar */
    int64_t place, filled;
};
struct list_weight_view {
    str field, level;
    int64_t bits;
};
struct list_candidate_view {
    int64_t number, percent;
    struct list_weight_view *weights;
    size_t count;
};
struct list_row_view {
    int64_t row;
    str number, name, birth, sex, outcome, reason, repairs, differs;
    str register_number, register_name, register_birth, register_sex;
    struct list_candidate_view *candidates; /* why a human is asked */
    size_t candidate_count;
};
struct list_repair_view {
    str name;
    int64_t cells;
    struct list_example_view { str before, after; } examples[3];
    size_t example_count;
};
struct list_preview_view {
    str upload, name, source, sheet, encoding, missing, delimiter, into, into_name, known_url;
    bool complete, remembered;
    const struct list_option *fields; /* of the register */
    size_t field_count;
    const str *entries; /* of an archive */
    size_t entry_count;
    struct list_column_view *columns;
    size_t column_count;
    const struct list_option *roles;
    size_t role_count;
    struct list_row_view *rows;
    size_t row_count;
    int64_t looked; /* first rows cleaned on trial, with these repairs */
    struct list_repair_view *repaired;
    size_t repaired_count;
};

struct list_count {
    str word, label, url;
    int64_t rows;
    int share;
};
struct list_counts {
    struct list_count *list;
    size_t count;
};
struct list_status_view {
    struct list_item_view item;
    int64_t delivery, rows_done, rows_total;
    int percent;
    bool running, failed, done, cancelled, known, is_workbook;
    str error, hint;
    str encoding, completes_url;
    struct list_into_view {
        str code, name, url, previous_url, changes_url;
        int64_t delivery; /* whose rows may be reconciled from here; 0: not by this reader */
        int64_t added, changed, same, gone, keyless, outside;
    } *into; /* NULL: into no register */
    int64_t rejected;
    struct list_counts outcomes, fields, reasons, repairs, warnings, units;
    bool may_see_rows;
};
struct list_value_view {
    str label, before, now; /* before: of a changed row */
};
struct list_step_view {
    str url, number, name, birth, unit;
    struct list_value_view *values;
    size_t value_count;
};
struct list_kind_view {
    str label, url;
    int64_t rows;
    bool here;
};
struct list_delta_view {
    int64_t delivery, total;
    str name, kind, next_url;
    bool is_gone, is_changed;
    struct list_kind_view *kinds;
    struct list_step_view *rows;
    struct list_option *files; /* address, and what is in it */
    size_t kind_count, count, file_count;
};
struct list_rows_view {
    int64_t delivery;
    str outcome, outcome_label, next_url;
    struct list_row_view *rows;
    size_t count;
    const struct list_option *outcomes;
    size_t outcome_count;
};
