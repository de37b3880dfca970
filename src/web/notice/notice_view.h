/* What the pages of notices show. */
#pragma once
#include "web/page.h"

struct notice_row_view {
    int64_t notice, at_us;
    str text, subject, code, box, url, open;
    bool unread;
};
struct notices_view {
    struct notice_row_view *rows;
    size_t count;
    int64_t unread;
    str next_url;
    bool citizen;
};
struct way_view {
    str word, name, address, waiting, label;
    bool available;
};
struct contacts_view {
    struct way_view *ways;
    size_t count;
    str error, hint, failed; /* the way at which it was */
    int64_t code_minutes;
};
struct delivery_row_view {
    int64_t delivery, written_us, tries, fault_code;
    str channel, receiver, fault;
};
struct deliveries_view {
    bool mail, may_retry;
    str sms, key, receivers;
    int64_t waiting, given_up;
    struct delivery_row_view *rows;
    size_t count;
};
