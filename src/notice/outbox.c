/* What has to leave: taken for one try by moving its next time on, so that two processes do not send the same and a crash loses nothing;
 * gone when it was delivered; tried again after a pause that doubles; given up after a stated time, which operators see. Where it goes is
 * looked up at each try, so that an address that was taken back gets nothing more.
 * tested by: src/notice/test/notice_test.c */
#include "notice/inside.h"

#include "gate/worker.h"

enum { LEASE_S = 40, STATE_MOST = 100, DOUBLINGS_MOST = 20 };
#define SECOND_US INT64_C(1000000)

/* --- taking ------------------------------------------------------------------------------------------------------------------ */

static STATUS parcel_fill(struct ctx *cx, struct parcel *p)
{
    struct contact_row c;
    bool known;
    p->channel = (enum notice_channel)p->row.channel;
    TRY(notice_get(cx, SHARD, p->row.notice, &p->notice, &known));
    if (!known)
        return OK;
    if (p->notice.kind == BOX_RECEIVER) {
        const struct notice_receiver *r = defs_notice_receiver(cx->app->defs, p->notice.organisation);
        p->address = r ? r->url : STR("");
        return OK;
    }
    TRY(way_get(cx, SHARD, p->notice.recipient, p->row.channel, &c, &known));
    if (!known)
        return OK;
    p->lang = c.lang ? LANG_EN : LANG_VI;
    p->address = p->notice.kind == BOX_CODE ? c.waiting : c.address;
    if (p->notice.kind == BOX_CODE && c.waiting.len) {
        char code[CODE_DIGITS + 1];
        TRY(contact_code(cx->app, p->notice.recipient, &c, code));
        p->code = arena_str(cx->arena, (str){ code, CODE_DIGITS });
        secret_wipe(code, sizeof code);
    }
    return OK;
}

status parcels_claim(struct ctx *cx, void *outbox)
{
    struct outbox *o = outbox;
    struct parcel_row *rows;
    size_t count;
    TRY(parcels_due(cx, SHARD, cx->now_us, BATCH_MOST, &rows, &count));
    o->count = 0;
    for (size_t i = 0; i < count; i++) {
        struct parcel *p = &o->parcels[o->count];
        int64_t changed = 0;
        *p = (struct parcel){ .row = rows[i] };
        TRY(parcel_claim(cx, SHARD, rows[i].id, rows[i].next_us, cx->now_us + LEASE_S * SECOND_US, &changed));
        p->row.tries++;
        if (changed == 1) {
            TRY(parcel_fill(cx, p));
            o->count++;
        }
    }
    return OK;
}

/* --- what became of it ---------------------------------------------------------------------------------------------------------- */

static int64_t pause_us(const struct channels *c, int32_t tries)
{
    int64_t s = c->first_s;
    for (int i = 1; i < tries && i < DOUBLINGS_MOST && s < c->most_s; i++)
        s *= 2;
    return (s < c->most_s ? s : c->most_s) * SECOND_US;
}

status parcels_settle(struct ctx *cx, void *outbox)
{
    const struct outbox *o = outbox;
    const struct channels *c = defs_channels(cx->app->defs);
    for (size_t i = 0; i < o->count; i++) {
        const struct parcel *p = &o->parcels[i];
        bool over = p->for_ever || cx->now_us - p->row.written_us >= c->give_up_s * SECOND_US;
        if (p->done)
            TRY(parcel_done(cx, SHARD, p->row.id, NULL));
        else
            TRY(parcel_failed(cx, &(struct parcel_failed_params){ .shard = SHARD, .id = p->row.id, .state = over ? DELIVERY_ENDED : DELIVERY_WAITS,
                .next_us = over ? cx->now_us : cx->now_us + pause_us(c, p->row.tries), .tried_us = cx->now_us, .fault = (int16_t)p->fault,
                .fault_code = p->fault_code }, NULL));
    }
    return OK;
}

void sender_call(struct ctx *cx) { worker_wake_after(cx, app_state(cx->app, "notice")); }

/* --- for operators --------------------------------------------------------------------------------------------------------------- */

static STATUS ended_show(struct ctx *cx, struct notice_state_out *ret)
{
    struct parcel_row *rows;
    size_t count;
    TRY(parcels_ended(cx, SHARD, INT64_MAX, STATE_MOST, &rows, &count));
    ret->deliveries = ARENA_ARRAY(cx->arena, struct delivery_item, count + 1);
    for (size_t i = 0; i < count; i++) {
        const struct parcel_row *r = &rows[i];
        struct notice_row n = { 0 };
        bool known;
        TRY(notice_get(cx, SHARD, r->notice, &n, &known));
        ret->deliveries[ret->deliveries_count++] = (struct delivery_item){
            .delivery = r->id, .channel = r->channel, .receiver = n.kind == BOX_RECEIVER ? n.organisation : STR(""), .event = n.event, .written = r->written_us,
            .tried = r->tried_us, .tries = r->tries, .fault = r->fault, .fault_code = r->fault_code };
    }
    return OK;
}

STATUS notice_state(struct ctx *cx, const struct notice_state_in *in, struct notice_state_out *ret)
{
    const struct channels *c = defs_channels(cx->app->defs);
    const struct sms_way *sms = sms_way_of(cx->app->defs);
    struct parcels_count_row waiting, ended;
    struct sign_key key;
    bool known;
    (void)in;
    TRY(parcels_count(cx, SHARD, DELIVERY_WAITS, &waiting, &known));
    TRY(parcels_count(cx, SHARD, DELIVERY_ENDED, &ended, &known));
    TRY(notice_sign_key(cx->app, &key));
    *ret = (struct notice_state_out){ .mail = c->mail_server.len > 0, .sms = sms ? str_of(sms->name) : STR("none"), .waiting = waiting.n,
                                      .given_up = ended.n };
    ret->key = base64url_encode(cx->arena, (str){ (const char *)key.public_key, sizeof key.public_key });
    sign_key_done(&key);
    ret->receivers = ARENA_ARRAY(cx->arena, str, c->receiver_count + 1);
    for (size_t i = 0; i < c->receiver_count; i++)
        ret->receivers[ret->receivers_count++] = c->receivers[i].name;
    return ended_show(cx, ret);
}

STATUS notice_retry(struct ctx *cx, const struct notice_retry_in *in, struct notice_retry_out *ret)
{
    struct parcels_count_row waiting;
    int64_t changed = 0;
    bool known;
    TRY(parcel_again(cx, SHARD, in->delivery, cx->now_us, &changed));
    if (!changed)
        return FAIL(NOTICE_NOT_ENDED);
    TRY(parcels_count(cx, SHARD, DELIVERY_WAITS, &waiting, &known));
    ret->waiting = waiting.n;
    sender_call(cx);
    return OK;
}
