/* Which event makes which notice for whom (definitions/notices.yaml), and by which ways notices leave (definitions/channels.yaml). */
#pragma once
#include "base/base.h"

struct defs;
enum notice_to { NOTICE_TO_APPLICANT, NOTICE_TO_OFFICE, NOTICE_TO_ASSIGNEE, NOTICE_TO_HEAD, NOTICE_TO_UNIT, NOTICE_TO_CENTRE };
struct notice_rule {
    str event; /* "dossier.accept" */
    enum notice_to to;
    str say;   /* the message notice_said_<say> */
    int line;
};
/* A system of an agency that is told of events by a signed message over the web. */
struct notice_receiver {
    str name, organisation, url;
    const str *events;
    size_t event_count;
};
struct channels {
    int64_t first_s, most_s, give_up_s; /* pauses between tries double from the first to the most */
    str site;                           /* address of the portal, for letters */
    str mail_server, mail_from;         /* "smtps://host:465"; empty: no letters leave */
    str mail_user, mail_password_file;  /* a file in the data folder; empty: the server asks for none */
    bool sms_spool;                     /* texts are laid down for a gateway; else there is no SMS */
    struct notice_receiver *receivers;
    size_t receiver_count;
};
/* How satisfaction is counted, and how long complaints may take (definitions/feedback.yaml). */
struct feedback_rules {
    int64_t satisfied_from, reason_to, target; /* levels 1 … 5; per cent */
    int64_t accept_days, settle_days;
    bool working; /* days are working days */
};
const struct feedback_rules *defs_feedback(const struct defs *d);
const struct notice_rule *defs_notice_rules(const struct defs *d, size_t *ret_count);
const struct channels *defs_channels(const struct defs *d);
const struct notice_receiver *defs_notice_receiver(const struct defs *d, str name); /* NULL: no longer one */
bool mail_address_ok(str address); /* name@domain.tld as it may stand in an envelope */
