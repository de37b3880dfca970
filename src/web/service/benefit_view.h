/* What the pages of benefits show. */
#pragma once
#include "web/page.h"

struct benefit_move_view {
    str command, label;
    bool danger, reason, money; /* what its form asks for */
};
struct benefit_view {
    str url, kind, what, payee, order_no, state, state_word, bank, account_tail, reference, reason, file_url;
    int64_t version, ordered_us, amount, recovered;
    struct benefit_move_view *moves;
    size_t move_count;
};
struct benefit_tab {
    str label, url;
    bool here;
};
struct benefits_view {
    struct benefit_tab *tabs;
    size_t tab_count;
    struct benefit_view *rows;
    size_t count;
    str next_url, error, hint;
    bool exports; /* the list of what was approved may be made */
};
struct benefit_page_view {
    struct benefit_view order;
    str error, hint, words, reference, amount; /* as they were typed */
    str wrong;                                 /* where the form is that was refused */
};
/* On the page of a dossier. */
struct benefit_part_view {
    struct benefit_view *rows;
    size_t count;
};
