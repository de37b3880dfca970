/* From an event to notices: the rules say who is told what; each is a row, and for each address or receiver a delivery, all in the
 * transaction of the event.
 * tested by: src/notice/test/notice_test.c */
#include "messages/messages.h"
#include "notice/inside.h"

static const char *const event_names[] = {
#define EVENT(name) name,
#include "notice/event.def"
#undef EVENT
};

static bool event_known(str name)
{
    for (size_t i = 0; i < sizeof event_names / sizeof *event_names; i++)
        if (str_eq(name, str_of(event_names[i])))
            return true;
    return false;
}

struct recipient {
    enum notice_box box;
    int64_t id;
    str organisation;
};

static struct recipient recipient_of(const struct notice_event *e, enum notice_to to)
{
    switch (to) {
    case NOTICE_TO_APPLICANT: return (struct recipient){ .box = BOX_PERSON, .id = e->applicant.v };
    case NOTICE_TO_ASSIGNEE: return (struct recipient){ .box = BOX_ACCOUNT, .id = e->assignee.v };
    case NOTICE_TO_OFFICE: return (struct recipient){ .box = BOX_OFFICE, .organisation = e->organisation };
    case NOTICE_TO_HEAD: return (struct recipient){ .box = BOX_HEAD, .organisation = e->organisation };
    case NOTICE_TO_UNIT: return (struct recipient){ .box = BOX_UNIT, .id = e->unit.v };
    case NOTICE_TO_CENTRE: return (struct recipient){ .box = BOX_CENTRE };
    }
    return (struct recipient){ .box = BOX_OFFICE };
}

/* *ret_id 0: told before. */
static STATUS notice_write(struct ctx *cx, const struct notice_event *e, const struct recipient *r, str say, int64_t *ret_id)
{
    int64_t added = 0, id = id_fresh(cx->now_us);
    TRY(notice_add(cx, &(struct notice_add_params){
        .shard = SHARD, .id = id, .kind = (int16_t)r->box, .recipient = r->id, .organisation = r->organisation, .event = e->name, .about = e->about,
        .seq = e->seq, .say = say, .code = e->code, .subject_vi = e->subject_vi, .subject_en = e->subject_en, .at_us = cx->now_us }, &added));
    *ret_id = added ? id : 0;
    return OK;
}

STATUS parcel_write(struct ctx *cx, int64_t notice, enum notice_channel channel)
{
    sender_call(cx);
    return parcel_add(cx, &(struct parcel_add_params){ .shard = SHARD, .id = id_fresh(cx->now_us), .notice = notice, .channel = (int16_t)channel,
                                                           .written_us = cx->now_us }, NULL);
}

static bool channel_open(const struct ctx *cx, int16_t channel)
{
    const struct channels *c = defs_channels(cx->app->defs);
    return channel == CHANNEL_MAIL ? c->mail_server.len > 0 : sms_way_of(cx->app->defs) != NULL;
}

/* To each address that the person has confirmed. */
static STATUS letters_write(struct ctx *cx, int64_t person, int64_t notice)
{
    struct contact_row *list;
    size_t count;
    TRY(ways_of(cx, SHARD, person, &list, &count));
    for (size_t i = 0; i < count; i++)
        if (list[i].address.len && channel_open(cx, list[i].channel))
            TRY(parcel_write(cx, notice, (enum notice_channel)list[i].channel));
    return OK;
}

static STATUS receivers_tell(struct ctx *cx, const struct notice_event *e)
{
    const struct channels *c = defs_channels(cx->app->defs);
    for (size_t i = 0; i < c->receiver_count; i++) {
        const struct notice_receiver *r = &c->receivers[i];
        bool wants = false;
        int64_t notice;
        for (size_t k = 0; k < r->event_count; k++)
            wants = wants || str_eq(r->events[k], e->name);
        if (!wants)
            continue;
        TRY(notice_write(cx, e, &(struct recipient){ .box = BOX_RECEIVER, .organisation = r->name }, STR(""), &notice));
        if (notice)
            TRY(parcel_write(cx, notice, CHANNEL_WEB));
    }
    return OK;
}

STATUS notice_make(struct ctx *cx, const struct notice_event *e)
{
    size_t count;
    const struct notice_rule *rules = defs_notice_rules(cx->app->defs, &count);
    MUST(event_known(e->name) && cx->tx);
    for (size_t i = 0; i < count; i++) {
        struct recipient r = recipient_of(e, rules[i].to);
        int64_t notice;
        if (!str_eq(rules[i].event, e->name) || (!r.id && !r.organisation.len && r.box != BOX_CENTRE))
            continue;
        TRY(notice_write(cx, e, &r, rules[i].say, &notice));
        if (notice && r.box == BOX_PERSON)
            TRY(letters_write(cx, r.id, notice));
    }
    return receivers_tell(cx, e);
}

/* --- what only this module knows of the definitions ------------------------------------------------------------------------------ */

static void problem(struct arena *arena, struct defs_problems *problems, str file, int line, struct msg_kept reason, struct msg_kept remedy)
{
    defs_problem_add(arena, problems, &(struct defs_problem){ .file = file, .line = line, .column = 1 }, reason, remedy);
}

void notices_check(const struct app *app, const struct defs *d, struct arena *a, struct defs_problems *problems)
{
    const struct channels *c = defs_channels(d);
    size_t count;
    const struct notice_rule *rules = defs_notice_rules(d, &count);
    (void)app;
    for (size_t i = 0; i < count; i++) {
        str text;
        if (!event_known(rules[i].event))
            problem(a, problems, STR("notices.yaml"), rules[i].line, msg_defs_event_unknown(rules[i].event), msg_defs_fix_event_listed());
        if (!msg_find(arena_printf(a, "notice_said_%.*s", STR_ARG(rules[i].say)), LANG_VI, &text))
            problem(a, problems, STR("notices.yaml"), rules[i].line, msg_defs_notice_text(rules[i].say), msg_defs_fix_notice_text());
    }
    for (size_t i = 0; i < c->receiver_count; i++)
        for (size_t k = 0; k < c->receivers[i].event_count; k++)
            if (!event_known(c->receivers[i].events[k]))
                problem(a, problems, STR("channels.yaml"), 1, msg_defs_event_unknown(c->receivers[i].events[k]), msg_defs_fix_event_listed());
}
