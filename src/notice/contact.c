/* Where a citizen wants to be told: an address counts once the code that was sent there has come back; until then the one before stays. A
 * few codes a day and a few tries a code, so that nobody is flooded with letters through us and no code is guessed.
 * tested by: src/notice/test/notice_test.c */
#include "notice/inside.h"

enum { PHONE_DIGITS_MIN = 9, PHONE_DIGITS_MAX = 11, CHANNELS = 2 };
#define CODE_US ((int64_t)CODE_MINUTES * 60 * 1000000)

static bool available(const struct ctx *cx, int channel)
{
    const struct defs *d = cx->app->defs;
    return channel == CHANNEL_MAIL ? defs_channels(d)->mail_server.len > 0 : sms_way_of(d) != NULL;
}

static bool address_ok(int channel, str address)
{
    str rest = str_starts(address, STR("+84")) ? str_from(address, 3) : str_starts(address, STR("0")) ? str_from(address, 1) : STR("");
    return channel == CHANNEL_MAIL ? mail_address_ok(address) : str_is_digits(rest) && rest.len >= PHONE_DIGITS_MIN && rest.len < PHONE_DIGITS_MAX;
}

static uint64_t field_of(int channel) { return UINT64_C(1) << (channel == CHANNEL_MAIL ? FIELD_EMAIL : FIELD_PHONE); }

static struct notice_way way_of(const struct ctx *cx, int channel, const struct contact_row *c)
{
    bool waits = c->waiting.len > 0 && cx->now_us < c->asked_us + CODE_US && c->tries < CODE_TRIES;
    return (struct notice_way){ .channel = channel, .available = available(cx, channel), .has_address = c->address.len > 0, .address = c->address,
                                .has_waiting = waits, .waiting = waits ? c->waiting : STR("") };
}

static STATUS own_check(const struct ctx *cx) { return cx->actor.person.v ? OK : FAIL(PERSON_MISSING); }

/* The row, made if there is none. */
static STATUS contact_of(struct ctx *cx, int channel, struct contact_row *ret)
{
    bool known;
    TRY(own_check(cx));
    TRY(way_get(cx, SHARD, cx->actor.person.v, (int16_t)channel, ret, &known));
    if (known)
        return OK;
    *ret = (struct contact_row){ .channel = (int16_t)channel };
    return way_add(cx, SHARD, cx->actor.person.v, (int16_t)channel, NULL);
}

static STATUS contact_write(struct ctx *cx, const struct contact_row *c)
{
    int64_t changed = 0;
    TRY(way_set(cx, &(struct way_set_params){ .shard = SHARD, .person = cx->actor.person.v, .channel = c->channel, .was = c->version,
        .version = c->version + 1, .lang = c->lang, .address = c->address, .waiting = c->waiting, .asked_us = c->asked_us, .tries = c->tries, .asks = c->asks,
        .asks_day = c->asks_day }, &changed));
    if (changed != 1)
        return FAIL(VERSION_CONFLICT);
    return change_note(cx, (struct subject){ cx->actor.person, UNIT_NONE }, field_of(c->channel));
}

STATUS contact_list(struct ctx *cx, const struct contact_list_in *in, struct contact_list_out *ret)
{
    (void)in;
    TRY(own_check(cx));
    ret->ways = ARENA_ARRAY(cx->arena, struct notice_way, CHANNELS);
    for (int channel = 0; channel < CHANNELS; channel++) {
        struct contact_row c = { 0 };
        bool known;
        TRY(way_get(cx, SHARD, cx->actor.person.v, (int16_t)channel, &c, &known));
        if (known && (c.address.len || c.waiting.len))
            TRY(disclosure_note(cx, (struct subject){ cx->actor.person, UNIT_NONE }, field_of(channel)));
        ret->ways[ret->ways_count++] = way_of(cx, channel, &c);
    }
    return OK;
}

/* The code leaves as any notice does; that nobody reads it in a box is the meaning of its kind. */
static STATUS code_send(struct ctx *cx, const struct contact_row *c)
{
    int64_t notice = id_fresh(cx->now_us);
    TRY(notice_add(cx, &(struct notice_add_params){ .shard = SHARD, .id = notice, .kind = BOX_CODE, .recipient = cx->actor.person.v, .organisation = STR(""),
        .event = STR("contact.code"), .about = notice, .seq = c->channel, .say = STR(""), .code = STR(""), .subject_vi = STR(""), .subject_en = STR(""),
        .at_us = cx->now_us }, NULL));
    return parcel_write(cx, notice, (enum notice_channel)c->channel);
}

STATUS contact_set(struct ctx *cx, const struct contact_set_in *in, struct contact_set_out *ret)
{
    struct contact_row c;
    if (!available(cx, in->channel))
        return FAIL_AT(CHANNEL_CLOSED, STR("channel"));
    if (!address_ok(in->channel, in->address))
        return FAIL_WITH(ADDRESS_WRONG, STR("address"), in->address);
    TRY(contact_of(cx, in->channel, &c));
    c.asks = c.asks_day == cx->today.ymd ? c.asks + 1 : 1;
    c.asks_day = cx->today.ymd;
    if (c.asks > CODES_A_DAY)
        return FAIL_AT(CODES_MANY, STR("address"));
    c.waiting = in->address;
    c.asked_us = cx->now_us;
    c.tries = 0;
    c.lang = cx->lang == LANG_EN;
    TRY(contact_write(cx, &c));
    ret->way = way_of(cx, in->channel, &c);
    return code_send(cx, &c);
}

/* A wrong code is an answer and no failure, because the try that it cost has to stay. */
STATUS contact_confirm(struct ctx *cx, const struct contact_confirm_in *in, struct contact_confirm_out *ret)
{
    char right[CODE_DIGITS + 1];
    struct contact_row c;
    TRY(contact_of(cx, in->channel, &c));
    if (!way_of(cx, in->channel, &c).has_waiting)
        return FAIL_AT(CODE_OVER, STR("code"));
    TRY(contact_code(cx->app, cx->actor.person.v, &c, right));
    ret->holds = secret_eq(in->code, (str){ right, CODE_DIGITS });
    secret_wipe(right, sizeof right);
    c.tries++;
    if (ret->holds) {
        c.address = c.waiting;
        c.waiting = STR("");
        c.lang = cx->lang == LANG_EN;
    }
    ret->tries_left = ret->holds ? 0 : CODE_TRIES - c.tries;
    TRY(contact_write(cx, &c));
    ret->way = way_of(cx, in->channel, &c);
    return OK;
}

STATUS contact_drop(struct ctx *cx, const struct contact_drop_in *in, struct contact_drop_out *ret)
{
    struct contact_row c;
    TRY(contact_of(cx, in->channel, &c));
    c.address = c.waiting = STR("");
    TRY(contact_write(cx, &c));
    ret->way = way_of(cx, in->channel, &c);
    return OK;
}
