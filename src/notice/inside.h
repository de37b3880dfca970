/* Inside of notice: what its parts share. */
#pragma once
#include "crypt/crypt.h"
#include "defs/notice/notice.h"
#include "notice/notice.h"
#include "notice/notice_ops.h"
#include "notice/notice_sql.h"

enum { SHARD = 0, BATCH_MOST = 64, CODE_DIGITS = 6, CODE_TRIES = 5, CODES_A_DAY = 5, CODE_MINUTES = 30 };
enum notice_box { BOX_PERSON = 1, BOX_ACCOUNT, BOX_OFFICE, BOX_HEAD, BOX_RECEIVER, BOX_CODE /* of an address: read nowhere */, BOX_UNIT, BOX_CENTRE };
enum notice_channel { CHANNEL_MAIL, CHANNEL_SMS, CHANNEL_WEB };
enum delivery_state { DELIVERY_WAITS, DELIVERY_ENDED };
enum notice_fault { NO_FAULT, FAULT_CONNECT, FAULT_SECURE, FAULT_SLOW, FAULT_BUSY, FAULT_REFUSED, FAULT_SETTINGS, FAULT_GONE, FAULT_SPACE };

/* --- key.c: one secret of the installation, and what is made of it */
STATUS notice_sign_key(const struct app *app, struct sign_key *ret);
/* The digits that are sent to an address; never stored. */
STATUS contact_code(const struct app *app, int64_t person, const struct contact_row *c, char out[static CODE_DIGITS + 1]);

/* --- make.c */
void notices_check(const struct app *app, const struct defs *d, struct arena *a, struct defs_problems *problems);
STATUS parcel_write(struct ctx *cx, int64_t notice, enum notice_channel channel);

/* --- outbox.c: what the sender does in transactions */
struct parcel {
    struct parcel_row row;
    struct notice_row notice;
    enum notice_channel channel;
    enum lang lang;
    str address;  /* where to; empty: nowhere any more */
    str code;     /* of an address, when it is that which is sent */
    enum notice_fault fault;
    int32_t fault_code;
    bool done, for_ever; /* for_ever: trying again would be refused in the same way */
};
struct outbox {
    struct parcel parcels[BATCH_MOST];
    size_t count;
};
status parcels_claim(struct ctx *cx, void *outbox);
status parcels_settle(struct ctx *cx, void *outbox);

/* --- letter.c: texts as they leave */
str letter_text(struct arena *a, const struct channels *c, const struct parcel *p); /* words for a person */
str letter_write(struct arena *a, const struct channels *c, const struct parcel *p, int64_t now_us); /* RFC 5322 with CRLF */
str hook_body(struct arena *a, const struct parcel *p);
STATUS hook_sign(const struct app *app, struct arena *a, const struct parcel *p, int64_t now_us, str *ret);

/* --- sms.c: how texts leave; a gateway is another struct of functions */
struct sms_way {
    const char *name;
    /* Hands one text over under its number; a number that was handed over before changes nothing. */
    status (*send)(const struct app *app, struct arena *a, const struct parcel *p, str text);
};
const struct sms_way *sms_way_of(const struct defs *d); /* NULL: none */

/* --- send.c */
int send_step(struct worker *w);
void sender_call(struct ctx *cx);
