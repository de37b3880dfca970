/* The pages of notices: what one has been told, where else one wants to be told it, and, for operators, what could not be delivered. To open
 * what a notice is about is a form of its own that marks it as read: a page that is merely looked at changes nothing.
 * tested by: src/web/web_test.c */
#include "notice/notice_ops.h"
#include "messages/messages.h"
#include "web/notice/notice_view.h"
#include "web/notice/pages.h"
#include "web/web_tmpl.h"

enum { CODE_MINUTES = 30 };

static const char *const channel_words[] = { "mail", "sms", "web" };

/* --- the box ------------------------------------------------------------------------------------------------------------------- */

static str open_label(const struct visit *v, str event)
{
    if (str_starts(event, STR("complaint.")))
        return msg_notice_open_complaint(v->lang);
    if (str_starts(event, STR("case.")) && (v->actor.roles & ROLE_CITIZEN))
        return msg_notice_open_offers(v->lang);
    if (str_starts(event, STR("case.")))
        return str_eq(event, STR("case.late")) ? msg_notice_open_cases(v->lang) : msg_notice_open_case(v->lang);
    return str_starts(event, STR("life.")) ? msg_notice_open_life(v->lang) : msg_notice_open(v->lang);
}

static str url_of(const struct visit *v, str event, int64_t about)
{
    if (str_starts(event, STR("dossier.")))
        return arena_printf(v->arena, "/dossier/%lld", (long long)about);
    if (str_starts(event, STR("complaint.")))
        return arena_printf(v->arena, "/complaint/%lld", (long long)about);
    if (str_starts(event, STR("case.")) && (v->actor.roles & ROLE_CITIZEN))
        return STR("/me/offers");
    if (str_eq(event, STR("case.late"))) /* about a unit */
        return arena_printf(v->arena, "/centre/cases?unit=%.*s", STR_ARG(defs_unit_text(v->arena, (unit_id){ (int32_t)about })));
    if (str_starts(event, STR("case.")))
        return arena_printf(v->arena, "/centre/case/%lld", (long long)about);
    if (str_eq(event, STR("life.ready")))
        return arena_printf(v->arena, "/dossier/%lld", (long long)about);
    if (str_eq(event, STR("life.ask")))
        return STR("/me/life");
    if (str_starts(event, STR("life.")))
        return arena_printf(v->arena, "/life/%lld", (long long)about);
    return STR("");
}

status notices_run(struct ctx *cx, struct visit *v)
{
    static const char *const boxes[] = { "me", "account", "office", "head", "unit", "centre" };
    struct notices_view *view = ARENA_NEW(v->arena, struct notices_view);
    struct notice_list_in in = { 0 };
    struct notice_list_out out;
    in.has_before = str_i64(visit_query(v, "before"), &in.before) && in.before > 0;
    v->view = view;
    TRY(visit_call(cx, "notice.list", &in, &out));
    view->rows = ARENA_ARRAY(v->arena, struct notice_row_view, out.notices_count + 1);
    view->unread = out.unread;
    view->citizen = v->actor.roles & ROLE_CITIZEN;
    for (size_t i = 0; i < out.notices_count; i++) {
        const struct notice_item *n = &out.notices[i];
        view->rows[view->count++] = (struct notice_row_view){
            .notice = n->notice, .at_us = n->at, .text = n->text, .subject = n->subject, .code = n->code, .unread = !n->has_read,
            .box = view->citizen ? STR("") : visit_label(v, "notice_box_", str_of(boxes[n->box])), .url = url_of(v, n->event, n->about),
            .open = open_label(v, n->event) };
    }
    if (out.next)
        view->next_url = arena_printf(v->arena, "/me/notices?before=%lld", (long long)out.next);
    return OK;
}

void notices_show(struct page *pg, struct visit *v) { tmpl_notices(pg, v->view); }

status notices_read_run(struct ctx *cx, struct visit *v)
{
    struct notice_read_in in = { 0 };
    struct notice_read_out out;
    str which = visit_field(v, "notice");
    in.has_notice = which.len > 0;
    if (in.has_notice && !str_i64(which, &in.notice))
        return FAIL_AT(FIELD_TYPE, STR("notice"));
    TRY(visit_call(cx, "notice.read", &in, &out));
    v->redirect = STR("/me/notices");
    return OK;
}

/* --- ways ---------------------------------------------------------------------------------------------------------------------- */

static STATUS contacts_fill(struct ctx *cx, struct visit *v, struct contacts_view *view)
{
    struct contact_list_in in = { 0 };
    struct contact_list_out out;
    TRY(visit_call(cx, "contact.list", &in, &out));
    view->code_minutes = CODE_MINUTES;
    view->ways = ARENA_ARRAY(v->arena, struct way_view, out.ways_count + 1);
    for (size_t i = 0; i < out.ways_count; i++) {
        const struct notice_way *w = &out.ways[i];
        str word = str_of(channel_words[w->channel]);
        view->ways[view->count++] = (struct way_view){
            .word = word, .name = visit_label(v, "notice_channel_", word), .available = w->available, .address = w->has_address ? w->address : STR(""),
            .waiting = w->has_waiting ? w->waiting : STR(""),
            .label = w->channel == NOTICE_WAY_CHANNEL_MAIL ? msg_notice_address_mail(v->lang) : msg_notice_address_sms(v->lang) };
    }
    return OK;
}

status contacts_run(struct ctx *cx, struct visit *v)
{
    v->view = ARENA_NEW(v->arena, struct contacts_view);
    return contacts_fill(cx, v, v->view);
}

void contacts_show(struct page *pg, struct visit *v)
{
    pg->path = STR("/me/contacts");
    tmpl_contacts(pg, v->view);
}

static STATUS change(struct ctx *cx, struct visit *v, int32_t channel, bool *ret_wrong, int64_t *ret_left)
{
    str command = visit_field(v, "command");
    struct contact_confirm_in confirm = { .channel = channel, .code = str_trim(visit_field(v, "code")) };
    struct contact_confirm_out confirmed;
    struct contact_set_in set = { .channel = channel, .address = str_trim(visit_field(v, "address")) };
    union {
        struct contact_set_out set;
        struct contact_drop_out drop;
    } out;
    if (str_eq(command, STR("drop")))
        return visit_call(cx, "contact.drop", &(struct contact_drop_in){ .channel = channel }, &out);
    if (str_eq(command, STR("set")))
        return visit_call(cx, "contact.set", &set, &out);
    TRY(visit_call(cx, "contact.confirm", &confirm, &confirmed));
    *ret_wrong = !confirmed.holds;
    *ret_left = confirmed.tries_left;
    return OK;
}

status contacts_change_run(struct ctx *cx, struct visit *v)
{
    str way = visit_field(v, "channel");
    bool wrong = false;
    int64_t left = 0;
    if (!str_eq(way, STR("mail")) && !str_eq(way, STR("sms")))
        return FAIL_WITH(ENUM_UNKNOWN, STR("channel"), way);
    status st = change(cx, v, str_eq(way, STR("mail")) ? CONTACT_SET_IN_CHANNEL_MAIL : CONTACT_SET_IN_CHANNEL_SMS, &wrong, &left);
    if (status_ok(st) && !wrong) {
        v->redirect = STR("/me/contacts");
        return OK;
    }
    struct contacts_view *view = ARENA_NEW(v->arena, struct contacts_view);
    if (wrong) {
        view->error = msg_notice_code_wrong(v->lang);
        view->hint = msg_notice_code_left(v->arena, v->lang, left);
        v->http = 422;
    } else {
        TRY(visit_refused(v, st, &view->error, &view->hint));
    }
    view->failed = way;
    v->view = view;
    v->show = contacts_show;
    return contacts_fill(cx, v, view);
}

/* --- for operators ---------------------------------------------------------------------------------------------------------------- */

static str list_of(struct visit *v, const str *names, size_t count)
{
    str out = STR("");
    for (size_t i = 0; i < count; i++)
        out = arena_printf(v->arena, "%.*s%s%.*s", STR_ARG(out), i ? ", " : "", STR_ARG(names[i]));
    return out;
}

status deliveries_run(struct ctx *cx, struct visit *v)
{
    static const char *const faults[] = { "none", "connect", "secure", "slow", "busy", "refused", "settings", "gone", "space" };
    struct deliveries_view *view = ARENA_NEW(v->arena, struct deliveries_view);
    struct notice_state_in in = { 0 };
    struct notice_state_out out;
    v->view = view;
    TRY(visit_call(cx, "notice.state", &in, &out));
    *view = (struct deliveries_view){ .mail = out.mail, .may_retry = v->actor.roles & ROLE_OPERATOR, .key = out.key, .waiting = out.waiting,
                                      .given_up = out.given_up, .receivers = list_of(v, out.receivers, out.receivers_count),
                                      .sms = str_eq(out.sms, STR("spool")) ? msg_notice_state_spool(v->lang) : msg_notice_state_no(v->lang) };
    view->rows = ARENA_ARRAY(v->arena, struct delivery_row_view, out.deliveries_count + 1);
    for (size_t i = 0; i < out.deliveries_count; i++) {
        const struct delivery_item *d = &out.deliveries[i];
        view->rows[view->count++] = (struct delivery_row_view){
            .delivery = d->delivery, .written_us = d->written, .tries = d->tries, .fault_code = d->fault_code,
            .channel = visit_label(v, "notice_channel_", str_of(channel_words[d->channel])), .receiver = d->receiver.len ? d->receiver : msg_notice_state_citizen(v->lang),
            .fault = visit_label(v, "notice_fault_", str_of(faults[d->fault])) };
    }
    return OK;
}

void deliveries_show(struct page *pg, struct visit *v) { tmpl_deliveries(pg, v->view); }

status deliveries_retry_run(struct ctx *cx, struct visit *v)
{
    struct notice_retry_in in = { 0 };
    struct notice_retry_out out;
    if (!str_i64(visit_field(v, "delivery"), &in.delivery))
        return FAIL_AT(FIELD_TYPE, STR("delivery"));
    TRY(visit_call(cx, "notice.retry", &in, &out));
    v->redirect = STR("/admin/notices");
    return OK;
}
